/*
 * Writing to the claims topic; see claims_writer.h.
 */
#include "producer/claims_writer.h"

#include "pipeline/base/check.h"
#include "producer/kafka_conf.h"

#include <stdlib.h>
#include <string.h>

#define WRITER_WORDS_MAX 512
/* librdkafka gives a record up after so long; begin tries again as often as it must. */
#define WRITER_TIMEOUT_MS "5000"
#define WRITER_POLL_MS    20
/* With none a batch's first claims leave alone, a request each: three times the CPU, and later, all in all. */
#define WRITER_LINGER_MS "1"

struct claims_writer {
	rd_kafka_conf_t *template;
	char topic[256];
	struct clock *clock;
	struct quit quit;
	rd_kafka_t *rk;   /* NULL: to be made */
	bool knows_topic; /* and who leads it */
	/* Of the append at work. Reports of earlier ones carry another number. */
	uintptr_t append;
	size_t acknowledged, failed;
	rd_kafka_resp_err_t why;
	bool is_unstamped; /* the log gave a record no time of its own */
};

static void writer_report(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	struct claims_writer *w = opaque;
	if ((uintptr_t)m->_private != w->append)
		return;
	rd_kafka_timestamp_type_t type;
	rd_kafka_message_timestamp(m, &type);
	w->acknowledged += !m->err;
	w->failed += m->err != 0;
	if (m->err)
		w->why = m->err;
	else if (type != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME)
		w->is_unstamped = true;
}

static bool writer_make(struct claims_writer *w, struct err *err)
{
	char why[WRITER_WORDS_MAX];
	rd_kafka_conf_t *conf = rd_kafka_conf_dup(w->template);
	rd_kafka_conf_set_dr_msg_cb(conf, writer_report);
	rd_kafka_conf_set_opaque(conf, w);
	bool good = kafka_conf_set(conf, "enable.idempotence", "true", err) &&
	            kafka_conf_set(conf, "acks", "all", err) &&
	            kafka_conf_set(conf, "linger.ms", WRITER_LINGER_MS, err) &&
	            kafka_conf_set(conf, "retry.backoff.ms", "10", err) &&
	            kafka_conf_set(conf, "message.timeout.ms", WRITER_TIMEOUT_MS, err);
	w->rk = good ? rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why)) : NULL;
	w->knows_topic = false;
	if (w->rk)
		return true;
	rd_kafka_conf_destroy(conf);
	return err_set(err, "cannot make the writer of claims: %s", why);
}

/* Else the first record of a process waits for it, up to a second. Nothing hangs on the answer. */
static void writer_learn_topic(struct claims_writer *w, int64_t deadline_us)
{
	const struct rd_kafka_metadata *metadata;
	int64_t left_ms = (deadline_us - clock_mono_us(w->clock)) / 1000;
	rd_kafka_topic_t *topic = left_ms > 0 ? rd_kafka_topic_new(w->rk, w->topic, NULL) : NULL;
	if (!topic)
		return;
	w->knows_topic = rd_kafka_metadata(w->rk, 0, topic, &metadata, (int)(left_ms < 1000 ? left_ms : 1000)) == 0;
	if (w->knows_topic)
		rd_kafka_metadata_destroy(metadata);
	rd_kafka_topic_destroy(topic);
}

struct claims_writer *claims_writer_new(const rd_kafka_conf_t *template, const char *topic, struct clock *clock,
                                        struct quit quit, struct err *err)
{
	struct claims_writer *w = calloc(1, sizeof(*w));
	CHECK(w && strlen(topic) < sizeof(w->topic));
	memcpy(w->topic, topic, strlen(topic) + 1);
	w->template = rd_kafka_conf_dup(template);
	w->clock = clock;
	w->quit = quit;
	if (!writer_make(w, err))
		claims_writer_free(&w);
	return w;
}

static void writer_end(struct claims_writer *w)
{
	if (!w->rk)
		return;
	rd_kafka_purge(w->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	w->append++;
	rd_kafka_poll(w->rk, 0);
	rd_kafka_destroy(w->rk);
	w->rk = NULL;
}

void claims_writer_free(struct claims_writer **writer)
{
	struct claims_writer *w = *writer;
	if (!w)
		return;
	*writer = NULL;
	writer_end(w);
	rd_kafka_conf_destroy(w->template);
	free(w);
}

/* What a refusal is called, and what mends it. */
static bool writer_refused(const struct claims_writer *w, rd_kafka_resp_err_t code, struct err *err)
{
	if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
		return err_set(err,
		               "the claims topic '%s' may not be written; allow it: kafka-acls --add --allow-principal "
		               "User:NAME --operation Write --topic %s",
		               w->topic, w->topic);
	return err_set(err, "cannot write to the claims topic '%s': %s", w->topic, rd_kafka_err2str(code));
}

/* The bytes are copied: after an append that ran out of time they may still be on their way. */
static bool writer_send(struct claims_writer *w, struct str value, int64_t deadline_us, struct err *err)
{
	for (;;) {
		rd_kafka_resp_err_t code = rd_kafka_producev(w->rk, RD_KAFKA_V_TOPIC(w->topic), RD_KAFKA_V_PARTITION(0),
		                                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		                                             RD_KAFKA_V_VALUE((void *)(uintptr_t)value.p, value.n),
		                                             RD_KAFKA_V_OPAQUE((void *)w->append), RD_KAFKA_V_END);
		if (!code)
			return true;
		bool is_full = code == RD_KAFKA_RESP_ERR__QUEUE_FULL;
		if (!is_full || clock_mono_us(w->clock) > deadline_us)
			return writer_refused(w, code, err);
		rd_kafka_poll(w->rk, WRITER_POLL_MS);
	}
}

static bool writer_wait(struct claims_writer *w, size_t n, int64_t deadline_us, struct err *err)
{
	while (w->acknowledged + w->failed < n && clock_mono_us(w->clock) < deadline_us && !quit_is_asked(&w->quit))
		rd_kafka_poll(w->rk, WRITER_POLL_MS);
	if (w->acknowledged == n && !w->is_unstamped)
		return true;
	if (w->is_unstamped)
		return err_set(err,
		               "the claims topic '%s' does not give records its own time; mend it: kafka-configs "
		               "--alter --topic %s --add-config message.timestamp.type=LogAppendTime",
		               w->topic, w->topic);
	if (w->failed)
		return writer_refused(w, w->why, err);
	return err_set(err, "the claims topic '%s' did not take %zu of %zu records: no answer in time", w->topic,
	               n - w->acknowledged, n);
}

bool claims_writer_append(struct claims_writer *w, const struct str *values, size_t n, int64_t patience_ms,
                          struct err *err)
{
	int64_t deadline_us = clock_mono_us(w->clock) + 1000 * patience_ms;
	if (!w->rk && !writer_make(w, err))
		return false;
	if (!w->knows_topic)
		writer_learn_topic(w, deadline_us);
	w->append++;
	w->acknowledged = w->failed = 0;
	w->is_unstamped = false;
	w->why = RD_KAFKA_RESP_ERR_NO_ERROR;
	bool sent = true;
	for (size_t i = 0; i < n && sent; i++)
		sent = writer_send(w, values[i], deadline_us, err);
	if (sent && writer_wait(w, n, deadline_us, err))
		return true;
	/* librdkafka refuses further records by what it knew of the topic until it asks again. */
	w->knows_topic = false;
	/* What an idempotent producer cannot go on from is made anew. */
	char why[WRITER_WORDS_MAX];
	if (rd_kafka_fatal_error(w->rk, why, sizeof(why)))
		writer_end(w);
	return false;
}
