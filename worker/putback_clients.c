/*
 * The clients of `wiredesk replay`.
 */
#include "worker/client.h"
#include "worker/command.h"
#include "worker/putback_loop.h"

#define PUTBACK_HEADERS_BYTES (1 << 20) /* room beside the value */

/* --- callbacks, inside polls ------------------------------------------------------------------------------------- */

/* What a topic says of a record, whoever asks and how often. */
static bool putback_is_refusal(rd_kafka_resp_err_t fault)
{
	return fault == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || fault == RD_KAFKA_RESP_ERR_INVALID_MSG ||
	       fault == RD_KAFKA_RESP_ERR_INVALID_RECORD || fault == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP ||
	       fault == RD_KAFKA_RESP_ERR_POLICY_VIOLATION;
}

void putback_fail(struct putback_loop *l, rd_kafka_resp_err_t fault)
{
	l->n_failed++;
	/* Purged are those that an earlier failure took with it. */
	if (fault == RD_KAFKA_RESP_ERR__PURGE_QUEUE || fault == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
		return;
	if (!err_is_set(&l->failure))
		l->is_refusal = putback_is_refusal(fault);
	err_set(&l->failure, "%s", rd_kafka_err2str(fault));
}

static void putback_on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	if (message->err)
		putback_fail(opaque, message->err);
}

static void putback_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
	(void)rk;
	(void)code;
	struct putback_loop *l = opaque;
	err_clear(&l->trouble);
	err_set(&l->trouble, "%s", reason);
}

/* --- clients ----------------------------------------------------------------------------------------------------- */

struct putback_property {
	const char *name, *value;
};

/* The promise rests on these, whatever the configuration says. */
static const struct putback_property putback_consumer_properties[] = {
        {"isolation.level", "read_committed"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "earliest"},
        {"enable.partition.eof", "true"},
        {"allow.auto.create.topics", "false"},
        {NULL, NULL},
};

static const struct putback_property putback_producer_properties[] = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"partitioner", "murmur2_random"}, /* as Java's, so that a key has one partition whoever writes it */
        {"linger.ms", "10"},
        {NULL, NULL},
};

static bool putback_set_all(rd_kafka_conf_t *conf, const struct putback_property *properties, struct err *err)
{
	for (; properties->name; properties++) {
		if (!client_set(conf, properties->name, properties->value, err))
			return false;
	}
	return true;
}

static rd_kafka_t *putback_client(struct putback_loop *l, rd_kafka_type_t type, rd_kafka_conf_t *conf, struct err *err)
{
	char why[512];
	rd_kafka_conf_set_opaque(conf, l);
	rd_kafka_conf_set_error_cb(conf, putback_on_error);
	if (type == RD_KAFKA_PRODUCER)
		rd_kafka_conf_set_dr_msg_cb(conf, putback_on_report);
	rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
	if (rk)
		return rk;
	rd_kafka_conf_destroy(conf);
	err_set(err, "librdkafka refuses the configuration: %s", why);
	return NULL;
}

bool putback_open_consumer(struct putback_loop *l, struct err *err)
{
	rd_kafka_conf_t *conf = client_conf(l->with.config, CLIENT_CONSUMER, "replay", err);
	if (!conf)
		return false;
	if (!putback_set_all(conf, putback_consumer_properties, err) || !client_set(conf, "group.id", l->group, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	l->consumer = putback_client(l, RD_KAFKA_CONSUMER, conf, err);
	if (!l->consumer)
		return false;
	rd_kafka_poll_set_consumer(l->consumer);
	return true;
}

/* Whether the topic takes a record is the broker's to say. */
static bool putback_set_producer(struct putback_loop *l, rd_kafka_conf_t *conf, struct err *err)
{
	char bytes[24], timeout[24], id[310];
	snprintf(bytes, sizeof bytes, "%lld", (long long)client_message_bytes(l->with.config, PUTBACK_HEADERS_BYTES));
	snprintf(timeout, sizeof timeout, "%lld", (long long)l->with.config->kafka.transaction_timeout_ms);
	snprintf(id, sizeof id, "%s/0", l->group);
	return putback_set_all(conf, putback_producer_properties, err) &&
	       client_set(conf, "transactional.id", id, err) &&
	       client_set(conf, "transaction.timeout.ms", timeout, err) &&
	       client_set(conf, "message.max.bytes", bytes, err);
}

bool putback_open_producer(struct putback_loop *l, struct err *err)
{
	rd_kafka_conf_t *conf = client_conf(l->with.config, CLIENT_PRODUCER, "replay", err);
	if (!conf)
		return false;
	if (!putback_set_producer(l, conf, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	l->producer = putback_client(l, RD_KAFKA_PRODUCER, conf, err);
	return l->producer != NULL;
}

const char *putback_who(rd_kafka_resp_err_t fault)
{
	return fault == RD_KAFKA_RESP_ERR__FENCED ? "; another replay of this group has begun" : "";
}

int putback_fault(const char *what, rd_kafka_error_t *fault, struct err *err)
{
	bool is_fatal = rd_kafka_error_is_fatal(fault);
	err_set(err, "%s: %s%s", what, rd_kafka_error_string(fault), putback_who(rd_kafka_error_code(fault)));
	rd_kafka_error_destroy(fault);
	return is_fatal ? EXIT_CODE_FENCED : EXIT_CODE_FAILED;
}

int putback_take_id(struct putback_loop *l, struct err *err)
{
	rd_kafka_error_t *fault = rd_kafka_init_transactions(l->producer, PUTBACK_ASK_MS);
	if (!fault)
		return EXIT_CODE_DONE;
	int code = putback_fault("cannot take the transactional id of replay", fault, err);
	if (err_is_set(&l->trouble))
		err_prefix(err, "%s", l->trouble.words);
	return code;
}
