/*
 * The source that is a Kafka consumer group.
 *
 * It carries its half of exactly once: static membership, eager range assignor, read_committed, no automatic commits or
 * stores, and the group's metadata taken as bytes in the callback that assigns. The rebalance callback only records;
 * poll returns it as an event, and the loop calls assign or unassign when it has settled (source.h). Only in close does
 * it answer by itself.
 *
 * Two kinds of trouble are told apart. What passes (brokers away, a topic not known yet, log-in refused while a broker
 * restarts) is a log line and SOURCE_IDLE; what lasts longer than give_up_ms, or cannot pass by itself (authorisation),
 * is SOURCE_FAILED with words that say what to do. A log that lost data before the group read it (retention) is read on
 * from its earliest offset, with the loud line OFFSET-GAP.
 *
 * The bytes of a message, its header values included, live in its owner (an rd_kafka_message_t); the array of headers
 * lives in the source until the next poll. A message with more than KAFKA_SOURCE_HEADERS_MAX headers comes with the
 * first of them and is broken (struct message).
 */
#ifndef WIREDESK_KAFKA_SOURCE_H
#define WIREDESK_KAFKA_SOURCE_H

#include "consumer/source.h"
#include "pipeline/base/clock.h"

#include <librdkafka/rdkafka.h>

#define KAFKA_SOURCE_HEADERS_MAX    10000 /* a dead letter has four for each of up to 2,000 dead parts */
#define KAFKA_SOURCE_PARTITIONS_MAX 10000 /* assigned to one worker; over it SOURCE_FAILED */

struct kafka_source_options {
	/*
	 * Brokers, security, timeouts, tuning (worker/client.h). Its opaque, rebalance_cb and error_cb are set here; a
	 * log_cb must not use the opaque. Taken, also when kafka_source_new fails.
	 */
	rd_kafka_conf_t *conf;
	const char *group;
	const char *instance; /* group.instance.id; NULL: a dynamic member, for tests and tools */
	const char *const *topics;
	size_t n_topics;
	struct str cluster; /* position.cluster of every message; copied */
	struct clock *clock;
	int64_t give_up_ms; /* trouble that lasts so long is SOURCE_FAILED; 0: 60 s */
};

/* Subscribes at once; poll then joins the group. NULL with err set when librdkafka refuses a property or a topic's
 * name. */
struct source *kafka_source_new(const struct kafka_source_options *options, struct err *err);

/*
 * The bytes of the metadata that an event carries, read back: for tests of what a source tells. NULL with err set when
 * they are none. Freed by rd_kafka_consumer_group_metadata_destroy. Any thread.
 */
rd_kafka_consumer_group_metadata_t *kafka_source_metadata(struct str bytes, struct err *err);

#endif
