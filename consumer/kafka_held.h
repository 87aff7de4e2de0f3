/*
 * Partitions that are assigned and do not begin, because an open transaction holds what the group has committed.
 *
 * The brokers tell a member where its group stands only when no open transaction could change it any more, and until
 * then librdkafka asks again, without a word. The transaction of a worker that died ends when its time is over. One
 * that ended while a partition had no leader may never end there: Kafka 4.3.1 takes a partition without a leader for a
 * deleted one, and writes no marker to it (KRaftMetadataCache.getPartitionLeaderEndpoint,
 * TransactionMarkerChannelManager). So partitions that have shown no sign of life for ten seconds are asked for, and
 * where no answer comes although the brokers are there, the log has a line (OFFSETS-HELD), another each minute, and one
 * when it is over (OFFSETS-TOLD). One thread.
 */
#ifndef WIREDESK_KAFKA_HELD_H
#define WIREDESK_KAFKA_HELD_H

#include "consumer/kafka_places.h"
#include "consumer/kafka_watch.h"

struct held {
	int64_t due_us; /* the next look; 0: none */
	int64_t ask_us; /* the next question */
	struct spell spell;
};

/* Partitions were assigned, or none. */
void held_assigned(struct held *held, bool any, int64_t now_us);
/* Looks, and now and then asks: for a second at most. away: no broker answers, which is told elsewhere. */
void held_look(struct held *held, const struct places *places, rd_kafka_t *rk, bool away, struct clock *clock);

/* What came of a question, for tests: NULL: an answer; else why there is none. */
void held_answered(struct held *held, const struct place *first, const char *why, int64_t now_us);

/* What is wrong, in words; NULL: nothing that is known. */
const char *held_trouble(const struct held *held);

#endif
