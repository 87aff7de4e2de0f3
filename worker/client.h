/*
 * Makes librdkafka's configuration objects from ours: what configuration decides stands here, what each client does
 * with it is its own (callbacks of consumers and producers are set by those who own the handles).
 */
#ifndef WIREDESK_CLIENT_H
#define WIREDESK_CLIENT_H

#include "worker/config.h"

#include <librdkafka/rdkafka.h>

enum client_kind {
	CLIENT_CONSUMER, /* for consumer/kafka_source.h, which adds the group and what exactly once rests on */
	CLIENT_PRODUCER, /* for producer/kafka_sink.h, which adds the transactional id and the topics' limits */
	CLIENT_LOADER,   /* an idempotent producer without transactions */
	CLIENT_ADMIN,    /* metadata and admin requests */
};

/*
 * Ours until rd_kafka_new takes it. NULL with err set when a property is refused, or a file cannot be read that one
 * names: that is bad configuration (exit 2), for waiting would not mend it. instance: may be NULL for loader and admin.
 */
rd_kafka_conf_t *client_conf(const struct config *config, enum client_kind kind, const char *instance, struct err *err);

/* message.max.bytes of who sends messages of limits.message with so much beside them, within librdkafka's bounds. */
int64_t client_message_bytes(const struct config *config, int64_t beside);

/* Sets one property. False with err set when librdkafka refuses it; a secret's value is never repeated. */
bool client_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err);

/*
 * May this property stand in kafka.client? Refused with the reason: what carries the guarantee, what has a key of its
 * own here, and what librdkafka does not know (with the nearest name) or cannot read. The value is never repeated.
 */
bool client_property_check(struct str name, struct str value, struct err *err);

/* Is this property's value to be masked wherever it is printed? */
bool client_property_is_secret(struct str name);

#endif
