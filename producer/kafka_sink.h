/*
 * The sink that is Kafka: one transaction a batch, under one transactional id.
 *
 * Life: kafka_sink_new, then sink.h's open (once, before the source is polled for the first time), publish as often as
 * there are batches, renew after an unknown outcome, close (which frees the sink). One thread at a time; rd_kafka
 * handles are made in open and renew, each a copy of the template with what exactly-once needs set on top of it.
 */
#ifndef WIREDESK_KAFKA_SINK_H
#define WIREDESK_KAFKA_SINK_H

#include "pipeline/base/clock.h"
#include "pipeline/stage.h"
#include "producer/sink.h"

#include <librdkafka/rdkafka.h>

struct kafka_sink_options {
	/*
	 * What every client of this worker has: brokers, security, the user's `client:` properties, log_cb. Copied by
	 * kafka_sink_new; it stays the caller's. Properties that carry the guarantee are set here whatever stands in
	 * it; those that only make it fast (linger.ms, retry.backoff.ms, batch.num.messages, …) only where the template
	 * has librdkafka's own default.
	 */
	const rd_kafka_conf_t *template;
	/* transactional.id is GROUP.INSTANCE; both stand in the words of a fenced worker. NUL-terminated, copied. */
	const char *group;
	const char *instance;
	int64_t transaction_ms;             /* transaction.timeout.ms, at least 1000; also how long publish may take */
	int64_t open_ms;                    /* how long open waits for brokers; 0: 30 s */
	const struct output_topics *topics; /* borrowed, outlives the sink */
	const char *config_file;            /* for the advice about `wiredesk topics`; NULL: "FILE". Copied. */
	struct clock *clock;                /* borrowed */
};

/* NULL with err set when a property of the template is wrong. Nothing is connected to yet. */
struct sink *kafka_sink_new(const struct kafka_sink_options *options, struct err *err);

#endif
