/*
 * Reading the claims topic; see claims_reader.h.
 */
#include "consumer/claims_reader.h"

#include "consumer/kafka_conf.h"
#include "consumer/kafka_questions.h"
#include "pipeline/base/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define READER_BATCH       1000
#define READER_QUESTION_MS 5000
#define READER_WORDS_MAX   512

struct claims_cursor {
	const rd_kafka_conf_t *template;
	rd_kafka_t *rk;
	rd_kafka_topic_t *rkt;
	char topic[256];
	int64_t next;
	int64_t time_ms; /* of the last record that the log gave a time */
	bool is_lost;    /* its place is none, and nobody could say yet where the log begins */
	/* What kept records away since the last one; librdkafka says it once. */
	struct err trouble;
	rd_kafka_message_t *held, *batch[READER_BATCH];
	size_t n, at;
};

/* --- a handle ------------------------------------------------------------------------------------------------- */

/* fetch.queue.backoff and the like stay as the user set them; what the verdicts hang on does not. */
rd_kafka_t *claims_reader_asker(const rd_kafka_conf_t *template, struct err *err)
{
	char why[READER_WORDS_MAX];
	rd_kafka_conf_t *conf = rd_kafka_conf_dup(template);
	if (!kafka_conf_set(conf, "isolation.level", "read_uncommitted", err) ||
	    !kafka_conf_set(conf, "auto.offset.reset", "error", err) ||
	    !kafka_conf_set(conf, "check.crcs", "true", err) ||
	    !kafka_conf_set(conf, "enable.partition.eof", "false", err) ||
	    !kafka_conf_set(conf, "fetch.wait.max.ms", "100", err) ||
	    !kafka_conf_set(conf, "fetch.error.backoff.ms", "50", err)) {
		rd_kafka_conf_destroy(conf);
		return NULL;
	}
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));
	if (!rk) {
		rd_kafka_conf_destroy(conf);
		err_set(err, "cannot make a reader of claims: %s", why);
	}
	return rk;
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

static bool reader_is_forbidden(const char *topic, struct err *err)
{
	return err_set(err,
	               "the claims topic '%s' may not be read; allow it: kafka-acls --add --allow-principal User:NAME "
	               "--operation Read --topic %s",
	               topic, topic);
}

/* librdkafka remembers for a quarter of an hour that a partition had no leader when it was asked for, and answers from
 * memory; so memory is refreshed, for the next question. */
static void reader_refresh(rd_kafka_t *rk, const char *topic, int timeout_ms)
{
	rd_kafka_resp_err_t code;
	const struct rd_kafka_metadata *answer = kafka_questions_topic(rk, topic, timeout_ms, &code);
	if (answer)
		rd_kafka_metadata_destroy(answer);
}

static bool reader_ask(rd_kafka_t *rk, const char *topic, int timeout_ms, int64_t time_ms, int64_t *offset,
                       struct err *err)
{
	const rd_kafka_topic_partition_t at = {.topic = (char *)(uintptr_t)topic, .offset = time_ms};
	rd_kafka_resp_err_t code = kafka_questions_offset(rk, &at, timeout_ms, offset);
	if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
		return reader_is_forbidden(topic, err);
	if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
		reader_refresh(rk, topic, timeout_ms);
	return !code || err_set(err, "cannot ask the claims topic '%s' for offsets: %s", topic, rd_kafka_err2str(code));
}

bool claims_reader_bounds(rd_kafka_t *rk, const char *topic, int timeout_ms, int64_t *first, int64_t *next,
                          struct err *err)
{
	return reader_ask(rk, topic, timeout_ms, RD_KAFKA_OFFSET_BEGINNING, first, err) &&
	       reader_ask(rk, topic, timeout_ms, RD_KAFKA_OFFSET_END, next, err);
}

bool claims_reader_find(rd_kafka_t *rk, const char *topic, int timeout_ms, int64_t time_ms, int64_t *offset,
                        struct err *err)
{
	/* Before the question: what comes meanwhile is not older. */
	int64_t next;
	if (!reader_ask(rk, topic, timeout_ms, RD_KAFKA_OFFSET_END, &next, err) ||
	    !reader_ask(rk, topic, timeout_ms, time_ms > 0 ? time_ms : 0, offset, err))
		return false;
	if (*offset < 0)
		*offset = next;
	return true;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct claims_cursor *claims_reader_open(const rd_kafka_conf_t *template, const char *topic, int64_t offset,
                                         struct err *err)
{
	struct claims_cursor *c = calloc(1, sizeof(*c));
	CHECK(c && strlen(topic) < sizeof(c->topic));
	memcpy(c->topic, topic, strlen(topic) + 1);
	c->template = template;
	c->next = offset;
	c->rk = claims_reader_asker(template, err);
	c->rkt = c->rk ? rd_kafka_topic_new(c->rk, topic, NULL) : NULL;
	if (c->rkt && rd_kafka_consume_start(c->rkt, 0, offset) == 0)
		return c;
	err_set(err, "cannot read the claims topic '%s': %s", topic, rd_kafka_err2str(rd_kafka_last_error()));
	claims_reader_shut(c);
	return NULL;
}

static void reader_forget(struct claims_cursor *c)
{
	if (c->held)
		rd_kafka_message_destroy(c->held);
	c->held = NULL;
	while (c->at < c->n)
		rd_kafka_message_destroy(c->batch[c->at++]);
	c->at = c->n = 0;
}

static void *reader_end(void *arg)
{
	struct claims_cursor *c = arg;
	reader_forget(c);
	if (c->rkt) {
		rd_kafka_consume_stop(c->rkt, 0);
		rd_kafka_topic_destroy(c->rkt);
	}
	if (c->rk)
		rd_kafka_destroy(c->rk);
	free(c);
	return NULL;
}

/* librdkafka 2.0.2 waits for ever for a partition of a topic that was deleted, and nobody can say whether this one was:
 * so a handle ends by itself. */
void claims_reader_shut(struct claims_cursor *c)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, reader_end, c) == 0)
		pthread_detach(thread);
	else
		reader_end(c);
}

/* From where the log begins; by a new handle, for this one may be stuck in what was there before. */
static enum log_answer reader_begin_again(struct claims_cursor *c, struct log_record *out, struct err *err)
{
	int64_t first, next;
	c->is_lost = true;
	if (!claims_reader_bounds(c->rk, c->topic, READER_QUESTION_MS, &first, &next, err))
		return LOG_AWAY;
	struct claims_cursor *fresh = claims_reader_open(c->template, c->topic, first, err);
	if (!fresh)
		return LOG_AWAY;
	struct claims_cursor stale = *c;
	reader_forget(c);
	*c = *fresh;
	stale.n = stale.at = 0;
	stale.held = NULL;
	*fresh = stale;
	claims_reader_shut(fresh);
	out->offset = first;
	return LOG_MOVED;
}

static enum log_answer reader_trouble(struct claims_cursor *c, const rd_kafka_message_t *m, struct log_record *out,
                                      struct err *err)
{
	switch (m->err) {
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
	case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
		return reader_begin_again(c, out, err);
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
	case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
		c->is_lost = true;
		err_set(err, "the claims topic '%s' is not there", c->topic);
		return LOG_AWAY;
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
		reader_is_forbidden(c->topic, err);
		return LOG_AWAY;
	default:
		err_set(err, "the claims topic '%s' cannot be read: %s", c->topic, rd_kafka_err2str(m->err));
		return LOG_AWAY;
	}
}

/* One waits; what else is there already comes with it. */
static bool reader_fetch(struct claims_cursor *c, int64_t wait_ms)
{
	reader_forget(c);
	c->batch[0] = rd_kafka_consume(c->rkt, 0, (int)wait_ms);
	if (!c->batch[0])
		return false;
	ssize_t more = rd_kafka_consume_batch(c->rkt, 0, 0, c->batch + 1, READER_BATCH - 1);
	c->n = 1 + (more > 0 ? (size_t)more : 0);
	return true;
}

/* Nothing came. Who waited for something should know why, if that is known. */
static enum log_answer reader_nothing(const struct claims_cursor *c, int64_t wait_ms, struct err *err)
{
	if (!wait_ms || !err_is_set(&c->trouble))
		return LOG_END;
	err_set(err, "%s", c->trouble.words);
	return LOG_AWAY;
}

/*
 * A record that was stamped by its writer (the topic had CreateTime then) could be of any year, and push the whole
 * window out: it comes without its bytes, as nobody's claim, at the time of the one before.
 */
static enum log_answer reader_take(struct claims_cursor *c, const rd_kafka_message_t *m, struct log_record *out)
{
	rd_kafka_timestamp_type_t type;
	int64_t time_ms = rd_kafka_message_timestamp(m, &type);
	bool is_logs = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
	err_clear(&c->trouble);
	c->next = m->offset + 1;
	if (is_logs)
		c->time_ms = time_ms;
	*out = (struct log_record){m->offset, c->time_ms, is_logs ? str_make(m->payload, m->len) : STR("")};
	return LOG_RECORD;
}

enum log_answer claims_reader_read(struct claims_cursor *c, int64_t wait_ms, struct log_record *out, struct err *err)
{
	if (c->is_lost)
		return reader_begin_again(c, out, err);
	if (c->held)
		rd_kafka_message_destroy(c->held);
	c->held = NULL;
	if (c->at == c->n && !reader_fetch(c, wait_ms))
		return reader_nothing(c, wait_ms, err);
	rd_kafka_message_t *m = c->held = c->batch[c->at++];
	if (!m->err)
		return reader_take(c, m, out);
	err_clear(&c->trouble);
	enum log_answer answer = reader_trouble(c, m, out, &c->trouble);
	if (answer == LOG_AWAY)
		err_set(err, "%s", c->trouble.words);
	return answer;
}
