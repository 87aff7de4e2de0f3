/*
 * rd_kafka_send_offsets_to_transaction, with a watchdog.
 *
 * In librdkafka 2.0.2 that call may never come back, whatever its timeout: when the group's coordinator moves and is
 * asked for three times in vain, the request is forgotten and its caller waits for ever (seen with the mock cluster and
 * with a broker whose offsets topic was just being made). So it runs on a thread of its own, and the publisher waits
 * as long as it means to. A call that does not come back keeps its producer: a handle cannot be destroyed under a
 * thread that is inside of it. The transaction has no end then, until the transactional id is taken anew.
 */
#ifndef WIREDESK_OFFSETS_CALL_H
#define WIREDESK_OFFSETS_CALL_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* So many calls may be out for good before the process has to end; each costs a producer's threads and memory. */
#define OFFSETS_CALLS_LOST_MAX 4

struct offsets_caller;

struct offsets_caller *offsets_caller_new(void);
/* Calls that are out stay out, with their producers: the process is about to end. */
void offsets_caller_free(struct offsets_caller **caller);

struct offsets_request {
	rd_kafka_t *producer;
	rd_kafka_topic_partition_list_t *offsets;
	rd_kafka_consumer_group_metadata_t *metadata;
};

/* NULL: done; else librdkafka's error. *lost: it did not come back, and all of the request is the caller's from now on.
 */
rd_kafka_error_t *offsets_caller_send(struct offsets_caller *caller, const struct offsets_request *request,
                                      int timeout_ms, bool *lost);

/* How many are out now. Those that came back in the meantime are cleared away. */
size_t offsets_caller_lost(struct offsets_caller *caller);

#endif
