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

/* source.h's committed. The handle's read_committed makes the broker answer only what no open transaction could still
 * change. Any thread. */
bool kafka_questions_committed(rd_kafka_t *rk, struct offsets *partitions, int timeout_ms, struct err *err);

/* source.h's ends: every partition of the subscribed topics, whose names are interned in `topics`. Each topic, and the
 * ends together, may take timeout_ms. */
bool kafka_questions_ends(rd_kafka_t *rk, struct topics *topics, struct offsets *ends, int timeout_ms, struct err *err);

#endif
