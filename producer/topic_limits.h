/*
 * Are the output topics there, and what may a record measure in them? Asked before the transactional producer exists,
 * because its own limits depend on it, and again when a broker finds something too large; through a client handle of
 * its own that is gone afterwards.
 */
#ifndef WIREDESK_TOPIC_LIMITS_H
#define WIREDESK_TOPIC_LIMITS_H

#include "pipeline/base/clock.h"
#include "pipeline/base/err.h"

#include <librdkafka/rdkafka.h>

/* What a broker takes when nobody has changed anything (max.message.bytes); used where we are not allowed to ask. */
#define TOPIC_LIMIT_DEFAULT_BYTES 1048588

struct topic_limit {
	const char *topic;
	size_t max_bytes; /* in: as known so far, or 0; out: never 0 */
};

struct topic_question {
	const rd_kafka_conf_t *template; /* as in kafka_sink.h */
	struct topic_limit *topics;
	size_t n_topics;
	const char *config_file; /* for the advice about missing topics */
	int64_t timeout_ms;
	struct clock *clock;
};

/*
 * Where nobody tells a limit it stays as it was known, else it is the brokers' default. False with err set and nothing
 * changed: a topic is missing or may not be seen, or no broker answers. Makes no topic.
 */
bool topic_limits_read(const struct topic_question *question, struct err *err);

#endif
