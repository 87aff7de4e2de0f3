/*
 * Where reading stands in each assigned partition.
 *
 * Kafka's offsets leave gaps (transaction markers, aborted records, compaction), so a message behind a gap is good; one
 * before the place where reading stands is not. The first event of a partition after its assignment is compared with
 * what was expected: a log whose earliest offset lies beyond it has lost data that the group had not read. librdkafka
 * resets such a partition without a word, so this is where it is noticed, and said: OFFSET-GAP. One thread.
 */
#ifndef WIREDESK_KAFKA_PLACES_H
#define WIREDESK_KAFKA_PLACES_H

#include "pipeline/offsets.h"

#include <librdkafka/rdkafka.h>

struct place {
	const char *topic; /* interned */
	int32_t partition;
	int64_t next;   /* nothing before it may come; OFFSET_AS_COMMITTED: not known */
	bool by_broker; /* next is what the broker said is committed, or is not known; else the loop demanded it */
	bool seen;      /* a message or end came since the assignment */
};

struct places {
	struct place *items;
	size_t n, room;
	size_t hint;
	bool asked; /* the committed offsets of this assignment */
};

void places_assign(struct places *places, const struct offsets *partitions);
void places_free(struct places *places);

/* The place of a partition (name need not be interned), or NULL. */
struct place *places_find(struct places *places, const char *topic, int32_t partition);

/*
 * A message at this offset came: may it pass? The first one of a partition may ask the broker (request_ms at most,
 * twice). Then moves the place behind it. False: it stands before what the loop already has.
 */
bool places_pass(struct places *places, struct place *place, rd_kafka_t *rk, int64_t offset);
/* The same for the end of a partition, whose offset is the next one. */
bool places_pass_end(struct places *places, struct place *place, rd_kafka_t *rk, int64_t offset);

/* Has each partition shown a sign of life since the assignment? */
bool places_all_seen(const struct places *places);

/* For librdkafka: all partitions where reading stands, or as committed. The caller destroys the list. */
rd_kafka_topic_partition_list_t *places_list(const struct places *places);

#endif
