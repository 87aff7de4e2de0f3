/*
 * The sink of `wiredesk explain`: messages, their parts, and how each ended. What the stages made of a part stands in
 * explain_stages.c.
 */
#include "worker/explain.h"

#include "pipeline/base/check.h"
#include "worker/explain_text.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

#define EXPLAIN_OUT_BYTES  ((size_t)256 << 20) /* of one message; its text is cut much earlier */
#define EXPLAIN_HEAD_BYTES 1000                /* of a message that no stage could read */
#define EXPLAIN_WORDS_MAX  500

struct explain {
	struct sink sink;
	struct explain_options with;
	struct buf out;
	struct explain_text text;
};

/* --- endings ----------------------------------------------------------------------------------------------------- */

static void explain_ending(struct explain_text *t, const struct ending *end, const char *dead_letters)
{
	bool dead = end->outcome == OUTCOME_DEAD;
	explain_text_ink(t, dead ? INK_BAD : INK_WARN);
	explain_text_say(t, "%s: %s", dead ? "DEAD LETTER" : "DROPPED", reason_word(end->reason));
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, "\n");
	explain_row(t, "by");
	explain_text_say(t, "%s\n", end->stage);
	explain_row(t, "means");
	explain_text_say(t, "%s\n", reason_meaning(end->reason));
	if (end->words.n && !str_is(end->words, reason_meaning(end->reason))) {
		explain_row(t, "why");
		explain_text_line(t, end->words, EXPLAIN_WORDS_MAX);
		explain_text_say(t, "\n");
	}
	explain_row(t, "to");
	explain_text_say(t, dead ? "%s, bytes untouched; 'wiredesk replay' puts it back\n" : "nowhere: it is counted\n",
	                 dead_letters);
}

static const char *explain_dead_letters(const struct explain *e)
{
	const struct output_topics *output = e->with.plan->env.output;
	return output && output->dead_letters ? output->dead_letters : "the topic of dead letters";
}

static void explain_success(struct explain_text *t, const struct story *st)
{
	bool article = st->end.outcome == OUTCOME_ARTICLE;
	explain_text_ink(t, article ? INK_GOOD : INK_WARN);
	explain_text_say(t, "%s", article ? "ARTICLE" : "DUPLICATE");
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, "\n");
	explain_row(t, "record");
	explain_text_say(t, "%zu bytes; 'wiredesk enrich' prints it\n", st->record.value.n);
}

/* --- stories ------------------------------------------------------------------------------------------------------ */

/* A stage has run when what it writes is there; one that writes nothing runs as long as the story lives. */
static bool explain_has_run(const struct stage *stage, const struct story *st)
{
	if (stage->writes)
		return (st->done & stage->writes) == stage->writes;
	return st->end.outcome == OUTCOME_ARTICLE || st->end.outcome == OUTCOME_DUPLICATE;
}

static void explain_story(struct explain *e, const struct story *st)
{
	struct explain_text *t = &e->text;
	const struct plan *plan = e->with.plan;
	if (st->msg->n_parts > 1) {
		explain_text_ink(t, INK_TITLE);
		explain_text_say(t, "\n--- story %" PRIu32 " of %zu\n", st->part + 1, st->msg->n_parts);
		explain_text_ink(t, INK_PLAIN);
	}
	for (size_t i = 0; i < plan->n; i++) {
		if (!explain_has_run(plan->entries[i].stage, st))
			continue;
		explain_text_say(t, "\n");
		explain_stage(t, plan->entries[i].stage, st);
	}
	explain_text_say(t, "\n");
	if (st->end.outcome == OUTCOME_ARTICLE || st->end.outcome == OUTCOME_DUPLICATE)
		explain_success(t, st);
	else
		explain_ending(t, &st->end, explain_dead_letters(e));
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static void explain_name(struct explain *e, const struct message *msg)
{
	struct explain_text *t = &e->text;
	size_t number = (size_t)msg->delivery.offset;
	explain_text_ink(t, INK_TITLE);
	explain_text_say(t, "=== message %zu", number);
	if (e->with.files && number < e->with.n_files) {
		explain_text_say(t, ": ");
		explain_text_line(t, str_of(e->with.files[number]), EXPLAIN_WORDS_MAX);
	}
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, "\n");
	explain_row(t, "bytes");
	explain_text_say(t, "%zu%s%s\n", msg->value.n, msg->sha256_hex[0] ? ", sha-256 " : "", msg->sha256_hex);
	if (msg->feed && msg->feed->name.n && !str_is(msg->feed->name, "default")) {
		explain_row(t, "source");
		explain_text_line(t, msg->feed->name, EXPLAIN_WORDS_MAX);
		explain_text_say(t, "\n");
	}
}

/* Of a message that is dead as a whole nothing else shows what it was. */
static void explain_head(struct explain_text *t, const struct message *msg)
{
	struct str head = str_slice(msg->value, 0, EXPLAIN_HEAD_BYTES);
	if (!head.n)
		return;
	explain_row(t, "begins");
	explain_text_say(t, "\n");
	explain_text_block(t, head, "  | ", true);
	explain_text_say(t, head.n < msg->value.n ? "\n  (%zu more bytes)\n" : "\n", msg->value.n - head.n);
}

static void explain_message(struct explain *e, const struct message *msg)
{
	explain_name(e, msg);
	if (msg->end.outcome != OUTCOME_OPEN) {
		explain_head(&e->text, msg);
		explain_text_say(&e->text, "\n");
		explain_ending(&e->text, &msg->end, explain_dead_letters(e));
	} else {
		explain_row(&e->text, "stories");
		explain_text_say(&e->text, "%zu\n", msg->n_parts);
		for (size_t i = 0; i < msg->n_parts; i++)
			explain_story(e, msg->parts[i]);
	}
	explain_text_say(&e->text, "\n");
}

/* --- the sink ----------------------------------------------------------------------------------------------------- */

static bool explain_write(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n >= 0) {
			bytes = str_slice(bytes, (size_t)n, bytes.n);
		} else if (errno == EAGAIN) {
			struct pollfd out = {.fd = fd, .events = POLLOUT};
			poll(&out, 1, -1);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

static enum publish_result explain_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	(void)sink;
	(void)err;
	*limits = (struct sink_limits){0};
	return PUBLISH_COMMITTED;
}

static void explain_publish(struct sink *sink, struct publication *mail)
{
	struct explain *e = (struct explain *)sink;
	mail->result = PUBLISH_COMMITTED;
	for (size_t i = 0; i < mail->batch->n_messages && mail->result == PUBLISH_COMMITTED; i++) {
		buf_clear(&e->out);
		explain_message(e, &mail->batch->messages[i]);
		if (explain_write(e->with.fd, buf_view(&e->out)))
			continue;
		mail->result = PUBLISH_FAILED;
		err_set(&mail->err, "cannot write standard output: %s", strerror(errno));
	}
}

static enum publish_result explain_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	(void)sink;
	(void)timeout_ms;
	(void)err;
	return PUBLISH_COMMITTED;
}

static void explain_close(struct sink *sink)
{
	struct explain *e = (struct explain *)sink;
	buf_free(&e->out);
	free(e);
}

static const struct sink_ops explain_ops = {explain_open, explain_publish, explain_renew, explain_close};

struct sink *explain_new(const struct explain_options *options)
{
	struct explain *e = calloc(1, sizeof *e);
	CHECK(e && options->plan);
	e->sink.ops = &explain_ops;
	e->with = *options;
	buf_init(&e->out, EXPLAIN_OUT_BYTES);
	e->text = (struct explain_text){.out = &e->out, .colour = options->colour};
	return &e->sink;
}
