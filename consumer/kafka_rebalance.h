/*
 * What the rebalance callback saw, kept until poll tells it. The callback decides nothing: it copies, and the loop
 * acts.
 *
 * The group's metadata is taken inside the callback that assigns and kept as bytes. Taken at any later time it could be
 * of the next generation, and the broker would accept a batch whose partitions are already somebody else's.
 */
#ifndef WIREDESK_KAFKA_REBALANCE_H
#define WIREDESK_KAFKA_REBALANCE_H

#include "consumer/kafka_topics.h"
#include "consumer/source.h"

#include <librdkafka/rdkafka.h>

struct rebalance {
	enum source_happening happening; /* SOURCE_IDLE: nothing to tell; else ASSIGNED, REVOKED or LOST */
	struct offsets partitions;       /* at OFFSET_AS_COMMITTED */
	struct str metadata;             /* of the last assignment; memory of librdkafka's */
	/*
	 * The member had left the group again before the callback that assigns ran, so no metadata could be had. The
	 * assignment is worth nothing; neither it nor its end is told. Until the next assignment.
	 */
	bool stale;
};

/* In the callback. */
void rebalance_record(struct rebalance *r, rd_kafka_t *rk, rd_kafka_resp_err_t code,
                      const rd_kafka_topic_partition_list_t *partitions, struct topics *topics);
void rebalance_free(struct rebalance *r);

/* The metadata of the group as it is now, to be freed by rd_kafka_mem_free(NULL, p). A member without a name is
 * refused. */
bool rebalance_metadata(rd_kafka_t *rk, struct str *bytes, struct err *err);

#endif
