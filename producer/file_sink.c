/*
 * Lines are gathered in a buffer and written in large pieces; a record that is larger than the buffer goes out by
 * itself, without a copy.
 */
#include "producer/file_sink.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

#include <errno.h>
#include <poll.h>

#define BUFFER_BYTES (1 << 20)
#define LINE_BYTES   (64 << 10) /* of an ending: words are cut at 500 bytes, names of clusters and topics are short */

struct file_sink {
	struct sink sink;
	int fd;
	char *name;
	struct buf out;
	struct buf line; /* of an ending that is no record */
	struct buf id;
	uint64_t dead_letters;
	int fault; /* errno of the first write that failed */
};

static struct file_sink *file_sink_of(struct sink *sink)
{
	return (struct file_sink *)sink;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void file_sink_write(struct file_sink *f, struct str bytes)
{
	while (bytes.n && !f->fault) {
		ssize_t n = write(f->fd, bytes.p, bytes.n);
		if (n >= 0) {
			bytes = str_slice(bytes, (size_t)n, bytes.n);
		} else if (errno == EAGAIN) {
			struct pollfd writable = {.fd = f->fd, .events = POLLOUT};
			poll(&writable, 1, -1);
		} else if (errno != EINTR) {
			f->fault = errno;
		}
	}
}

static void file_sink_flush(struct file_sink *f)
{
	file_sink_write(f, buf_view(&f->out));
	f->out.n = 0;
}

static void file_sink_put(struct file_sink *f, struct str bytes)
{
	if (f->out.n + bytes.n > BUFFER_BYTES)
		file_sink_flush(f);
	if (bytes.n > BUFFER_BYTES)
		file_sink_write(f, bytes);
	else
		buf_put(&f->out, bytes.p, bytes.n);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* part -1: the message as a whole. */
static void write_id(struct file_sink *f, struct json *j, const struct position *at, int64_t part)
{
	buf_clear(&f->id);
	buf_str(&f->id, at->cluster);
	buf_putc(&f->id, '/');
	buf_str(&f->id, at->topic);
	buf_putc(&f->id, '/');
	buf_int(&f->id, at->partition);
	buf_putc(&f->id, '/');
	buf_int(&f->id, at->offset);
	if (part >= 0) {
		buf_putc(&f->id, '/');
		buf_int(&f->id, part);
	}
	json_key(j, "id");
	json_str(j, buf_view(&f->id));
}

/* A cut may have ended the words inside a character. */
static struct str valid_words(struct str words)
{
	return str_slice(words, 0, utf8_valid_length(words));
}

static void file_sink_ending(struct file_sink *f, const struct message *msg, int64_t part, const struct ending *end)
{
	bool dead = end->outcome == OUTCOME_DEAD;
	CHECK(dead || end->outcome == OUTCOME_DROP);
	f->dead_letters += dead;
	buf_clear(&f->line);
	struct json j = json_start(&f->line);
	json_open_object(&j);
	json_key(&j, "type");
	json_cstr(&j, dead ? "dead-letter" : "drop");
	json_key(&j, "reason");
	json_cstr(&j, reason_word(end->reason));
	json_key(&j, "stage");
	json_cstr(&j, end->stage ? end->stage : "run");
	if (dead) {
		json_key(&j, "error");
		json_str(&j, valid_words(end->words));
	}
	write_id(f, &j, &msg->origin, part);
	if (part >= 0) {
		json_key(&j, "part");
		json_int(&j, part);
	}
	json_close(&j);
	buf_putc(&f->line, '\n');
	CHECK(!f->line.overflow && !f->id.overflow);
	file_sink_put(f, buf_view(&f->line));
}

static void file_sink_story(struct file_sink *f, const struct story *st)
{
	if (st->end.outcome != OUTCOME_ARTICLE && st->end.outcome != OUTCOME_DUPLICATE) {
		file_sink_ending(f, st->msg, st->part, &st->end);
		return;
	}
	file_sink_put(f, st->record.value);
	file_sink_put(f, STR("\n"));
}

static void file_sink_message(struct file_sink *f, const struct message *msg)
{
	if (msg->end.outcome != OUTCOME_OPEN) {
		file_sink_ending(f, msg, -1, &msg->end);
		return;
	}
	CHECK(msg->n_parts > 0);
	for (size_t i = 0; i < msg->n_parts; i++)
		file_sink_story(f, msg->parts[i]);
}

/* --- the sink ----------------------------------------------------------------------------------------------------- */

static enum publish_result file_sink_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	(void)sink;
	(void)err;
	*limits = (struct sink_limits){0};
	return PUBLISH_COMMITTED;
}

/* A line once written cannot be taken back, so there is no abort here: abort_asked is for those who have partitions. */
static void file_sink_publish(struct sink *sink, struct publication *pub)
{
	struct file_sink *f = file_sink_of(sink);
	err_clear(&pub->err);
	pub->n_refusals = 0;
	for (size_t i = 0; i < pub->batch->n_taken && !f->fault; i++)
		file_sink_message(f, &pub->batch->messages[i]);
	file_sink_flush(f);
	pub->result = f->fault ? PUBLISH_FAILED : PUBLISH_COMMITTED;
	pub->cause = f->fault ? CAUSE_OTHER : CAUSE_NONE;
	if (f->fault)
		err_set(&pub->err, "cannot write %s: %s", f->name, strerror(f->fault));
}

static enum publish_result file_sink_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	(void)sink;
	(void)timeout_ms;
	(void)err;
	return PUBLISH_COMMITTED;
}

static void file_sink_close(struct sink *sink)
{
	struct file_sink *f = file_sink_of(sink);
	buf_free(&f->out);
	buf_free(&f->line);
	buf_free(&f->id);
	free(f->name);
	free(f);
}

static const struct sink_ops file_sink_ops = {
        .open = file_sink_open,
        .publish = file_sink_publish,
        .renew = file_sink_renew,
        .close = file_sink_close,
};

struct sink *file_sink_new(int fd, const char *name)
{
	struct file_sink *f = calloc(1, sizeof(*f));
	CHECK(f);
	f->sink.ops = &file_sink_ops;
	f->fd = fd;
	f->name = strdup(name);
	CHECK(f->name);
	buf_init(&f->out, BUFFER_BYTES);
	buf_init(&f->line, LINE_BYTES);
	buf_init(&f->id, LINE_BYTES);
	return &f->sink;
}

uint64_t file_sink_dead_letters(const struct sink *sink)
{
	return ((const struct file_sink *)sink)->dead_letters;
}
