/*
 * Questions to the cluster about the input: where the group stands, where its topics end. Each waits for an answer, at
 * most as long as it is told.
 */
#ifndef WIREDESK_KAFKA_QUESTIONS_H
#define WIREDESK_KAFKA_QUESTIONS_H

#include "consumer/kafka_topics.h"
#include "pipeline/base/err.h"
#include "pipeline/offsets.h"

#include <librdkafka/rdkafka.h>

/* What the cluster says of one topic; NULL: nothing, and *code says why. Destroyed by the caller. Any thread. */
const struct rd_kafka_metadata *kafka_questions_topic(rd_kafka_t *rk, const char *topic, int timeout_ms,
                                                      rd_kafka_resp_err_t *code);

/*
 * The offset at a time, or for one of the two words that the brokers take in its place, RD_KAFKA_OFFSET_BEGINNING and
 * _END; the end keeps to the handle's isolation. -1: none is so late. rd_kafka_query_watermark_offsets would ask for
 * both ends at once, but in librdkafka 2.0.2 it waits for ever for a leader that is away, whatever its timeout. Any
 * thread.
 */
rd_kafka_resp_err_t kafka_questions_offset(rd_kafka_t *rk, const rd_kafka_topic_partition_t *at, int timeout_ms,
                                           int64_t *offset);

/* source.h's committed. The handle's read_committed makes the broker answer only what no open transaction could still
 * change. Any thread. */
bool kafka_questions_committed(rd_kafka_t *rk, struct offsets *partitions, int timeout_ms, struct err *err);

/* source.h's ends: every partition of the subscribed topics, whose names are interned in `topics`. Each topic, and the
 * ends together, may take timeout_ms. */
bool kafka_questions_ends(rd_kafka_t *rk, struct topics *topics, struct offsets *ends, int timeout_ms, struct err *err);

#endif
