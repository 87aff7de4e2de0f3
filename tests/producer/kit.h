/*
 * What the tests of producer/ share: batches made by hand, without a runner, and a mock cluster to publish to.
 */
#ifndef WIREDESK_TESTS_PRODUCER_KIT_H
#define WIREDESK_TESTS_PRODUCER_KIT_H

#include "producer/sink.h"
#include "tests/harness.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/* --- batches ------------------------------------------------------------------------------------------------------ */

void kit_batch(struct batch *b);
/* A message of topic "raw", partition 0, at the next offset. The value is copied into the batch. */
struct message *kit_message(struct batch *b, const char *key, struct str value);
struct story *kit_part(struct batch *b, struct message *msg);
/* A part that ends as an article of that key and value, without a topic of its own. */
struct story *kit_article(struct batch *b, struct message *msg, const char *uri, const char *value);
void kit_end(struct ending *end, enum outcome outcome, enum reason reason, const char *stage, const char *words);
/* n_taken, the offsets, and metadata of a member of group "g". */
void kit_seal(struct batch *b);

/* --- the mock cluster --------------------------------------------------------------------------------------------- */

enum {
	API_PRODUCE = 0,
	API_METADATA = 3,
	API_FIND_COORDINATOR = 10,
	API_INIT = 22,
	API_ADD_PARTITIONS = 24,
	API_ADD_OFFSETS = 25,
	API_END = 26,
	API_OFFSET_COMMIT = 28
};

struct kit_cluster {
	rd_kafka_t *client;
	rd_kafka_mock_cluster_t *mock;
};

/* One broker; topics are made by the tests, of one partition each. */
void kit_cluster_start(struct kit_cluster *c);
void kit_cluster_stop(struct kit_cluster *c);
/* Properties that reach it. */
rd_kafka_conf_t *kit_cluster_conf(struct kit_cluster *c);
/* The next n requests of this kind are answered with this error. */
void kit_cluster_fail(struct kit_cluster *c, int api, size_t n, rd_kafka_resp_err_t code);
/* The next request of this kind is answered so late, with this error or none. These come before those of fail. */
void kit_cluster_answer(struct kit_cluster *c, int api, rd_kafka_resp_err_t code, int ms);
void kit_cluster_forgive(struct kit_cluster *c);
/* Reads a topic's partition 0 from its beginning; ended by rd_kafka_destroy. */
rd_kafka_t *kit_reader(struct kit_cluster *c, const char *topic);
/* The next record, the caller's; fails the test when none comes. */
rd_kafka_message_t *kit_reader_next(rd_kafka_t *reader);

#endif
