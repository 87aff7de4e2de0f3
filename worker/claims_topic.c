/*
 * The claims topic; see claims_topic.h.
 */
#include "worker/claims_topic.h"

#include "consumer/claims_reader.h"
#include "pipeline/base/check.h"
#include "pipeline/base/task.h"
#include "producer/claims_writer.h"
#include "worker/client.h"

#include <stdlib.h>

/* A question waits for its answer, and the loop's thread with it; after one without an answer less long, until there
 * is one again: stories that are published without the log wait for it, too. */
#define CLAIMS_TOPIC_ASK_MS    2500
#define CLAIMS_TOPIC_TRY_MS    200
#define CLAIMS_TOPIC_LOOK_MS   50
#define CLAIMS_TOPIC_SETTLE_MS 10000

/* bounds, or of a time. */
struct topic_question {
	bool is_bounds;
	int64_t time_ms;
	bool is_answered;
	int64_t first, next; /* of bounds */
	int64_t offset;      /* of a time */
	struct err err;
};

struct claims_topic {
	struct claims_log log; /* first, so that one is the other */
	char name[256];
	rd_kafka_conf_t *template;
	rd_kafka_t *asker;
	struct quit quit;
	struct task *task;
	struct topic_question question; /* of the task, while it is not idle */
	bool is_mute;                   /* the last question had no answer */
	struct claims_writer *writer;
};

static struct claims_topic *topic_of(struct claims_log *log)
{
	return (struct claims_topic *)(void *)log;
}

static bool topic_append(struct claims_log *log, const struct str *values, size_t n, int64_t patience_ms,
                         struct err *err)
{
	return claims_writer_append(topic_of(log)->writer, values, n, patience_ms, err);
}

static struct claims_cursor *topic_open(struct claims_log *log, int64_t offset, struct err *err)
{
	return claims_reader_open(topic_of(log)->template, topic_of(log)->name, offset, err);
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

static void topic_answer(void *arg)
{
	struct claims_topic *t = arg;
	struct topic_question *q = &t->question;
	q->is_answered =
	        q->is_bounds
	                ? claims_reader_bounds(t->asker, t->name, CLAIMS_TOPIC_ASK_MS, &q->first, &q->next, &q->err)
	                : claims_reader_find(t->asker, t->name, CLAIMS_TOPIC_ASK_MS, q->time_ms, &q->offset, &q->err);
}

/* Until the question that is out has ended; of a topic that was mute, not for long. */
static bool topic_wait(struct claims_topic *t)
{
	int most_ms = t->is_mute ? CLAIMS_TOPIC_TRY_MS : 2 * CLAIMS_TOPIC_ASK_MS + CLAIMS_TOPIC_TRY_MS;
	for (int waited_ms = 0; !task_wait(t->task, CLAIMS_TOPIC_LOOK_MS); waited_ms += CLAIMS_TOPIC_LOOK_MS) {
		if (waited_ms >= most_ms || quit_is_asked(&t->quit))
			return false;
	}
	return true;
}

/* Nobody can call a question back from librdkafka: who does not wait for its answer leaves it behind. When that one
 * comes after all, it is of the past, and only says that there is somebody to ask. */
static bool topic_ask(struct claims_topic *t, const struct topic_question *question, struct err *err)
{
	struct topic_question *q = &t->question;
	bool is_free = task_is_idle(t->task);
	if (!is_free && (is_free = topic_wait(t)))
		t->is_mute = !q->is_answered;
	if (is_free) {
		*q = *question;
		task_post(t->task, topic_answer, t);
	}
	bool is_answered = is_free && topic_wait(t) && q->is_answered;
	t->is_mute = !is_answered;
	if (is_answered)
		return true;
	if (is_free && task_is_idle(t->task))
		return err_set(err, "%s", q->err.words);
	return err_set(err, "the claims topic '%s' does not answer when it is asked for offsets", t->name);
}

static bool topic_bounds(struct claims_log *log, int64_t *first, int64_t *next, struct err *err)
{
	struct claims_topic *t = topic_of(log);
	if (!topic_ask(t, &(struct topic_question){.is_bounds = true}, err))
		return false;
	*first = t->question.first;
	*next = t->question.next;
	return true;
}

static bool topic_find(struct claims_log *log, int64_t time_ms, int64_t *offset, struct err *err)
{
	struct claims_topic *t = topic_of(log);
	if (!topic_ask(t, &(struct topic_question){.time_ms = time_ms}, err))
		return false;
	*offset = t->question.offset;
	return true;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static void topic_close(struct claims_log *log)
{
	struct claims_topic *t = topic_of(log);
	claims_writer_free(&t->writer);
	task_free(&t->task);
	if (t->asker)
		rd_kafka_destroy(t->asker);
	if (t->template)
		rd_kafka_conf_destroy(t->template);
	free(t);
}

static const struct claims_log_ops topic_ops = {
        .append = topic_append,
        .open = topic_open,
        .read = claims_reader_read,
        .shut = claims_reader_shut,
        .bounds = topic_bounds,
        .find = topic_find,
        .close = topic_close,
};

struct claims_log *claims_topic_new(const struct config *config, const char *topic, struct clock *clock,
                                    struct quit quit, struct err *err)
{
	struct claims_topic *t = calloc(1, sizeof(*t));
	CHECK(t && strlen(topic) < sizeof(t->name));
	t->log.ops = &topic_ops;
	memcpy(t->name, topic, strlen(topic) + 1);
	t->quit = quit;
	t->task = task_new(TASK_THREAD, "claims");
	t->template = client_conf(config, CLIENT_ADMIN, NULL, err);
	t->asker = t->template ? claims_reader_asker(t->template, err) : NULL;
	t->writer = t->asker ? claims_writer_new(t->template, topic, clock, quit, err) : NULL;
	if (t->writer)
		return &t->log;
	topic_close(&t->log);
	return NULL;
}

bool claims_topic_settle(const struct config *config, const char *topic, struct str space,
                         const struct claim_settings *settings, struct err *err)
{
	struct claims_log *log = claims_topic_new(config, topic, clock_system(), (struct quit){0}, err);
	if (!log)
		return false;
	struct buf record;
	buf_init(&record, CLAIM_RECORD_BYTES_MAX);
	claim_record_write_settings(&record, claim_space(space), settings);
	struct str value = buf_view(&record);
	bool good = log->ops->append(log, &value, 1, CLAIMS_TOPIC_SETTLE_MS, err);
	buf_free(&record);
	log->ops->close(log);
	return good;
}
