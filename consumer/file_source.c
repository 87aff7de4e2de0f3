/*
 * Files and stdin as a source: bytes are read into one buffer, which holds at most one message and what came behind it;
 * each message is then copied into memory of its own, its owner. With each_line a small layer in between reads the line
 * as JSON.
 */
#include "consumer/file_source.h"

#include "pipeline/base/check.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_SOURCE_CHUNK_BYTES ((size_t)64 * 1024)
#define FILE_SOURCE_STEPS       64
#define FILE_SOURCE_DEPTH       64 /* deeper objects are decode's to refuse, with its own limit */

static const char file_source_topic[] = FILE_SOURCE_TOPIC;
static const char *const file_source_stdin[] = {"-"};

struct file_source {
	struct source source;
	struct file_source_options options;
	size_t file; /* index of the one being read, or the next */
	int fd;      /* -1: none is open */
	bool at_end; /* of this file */
	bool first_line;
	bool skipping; /* the rest of a line over the limit */

	/* Bytes read and not yet handed out: [start, end). Up to `searched` there is no line feed. */
	char *bytes;
	size_t start, end, searched, room;

	int64_t number; /* of the next message */
	bool told_assigned;
	bool idle; /* no partition is assigned */
	struct offset place;
	struct arena scratch; /* reading one line as JSON */
};

static struct file_source *file_source_of(struct source *source)
{
	return (struct file_source *)source;
}

/* --- reading -------------------------------------------------------------------------------------------------- */

enum file_source_read { READ_SOME, READ_NOTHING, READ_END, READ_FAILED };

static const char *file_source_name(const struct file_source *s)
{
	const char *name = s->options.files[s->file];
	return strcmp(name, "-") == 0 ? "standard input" : name;
}

static bool file_source_open(struct file_source *s, struct err *err)
{
	const char *name = s->options.files[s->file];
	s->fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	s->at_end = false;
	s->first_line = true;
	s->start = s->end = s->searched = 0;
	return s->fd >= 0 || err_set(err, "cannot open '%s': %s", name, strerror(errno));
}

static void file_source_shut(struct file_source *s)
{
	if (s->fd >= 0 && strcmp(s->options.files[s->file], "-") != 0)
		close(s->fd);
	s->fd = -1;
	s->skipping = false;
}

/* Room for a chunk behind `end`. One message and a chunk is the most that is ever kept. */
static void file_source_make_room(struct file_source *s)
{
	if (s->start > 0) {
		memmove(s->bytes, s->bytes + s->start, s->end - s->start);
		s->end -= s->start;
		s->searched -= s->start;
		s->start = 0;
	}
	if (s->room - s->end >= FILE_SOURCE_CHUNK_BYTES)
		return;
	CHECK(s->end <= s->options.limit_bytes + FILE_SOURCE_CHUNK_BYTES);
	s->room = 2 * s->room + FILE_SOURCE_CHUNK_BYTES;
	s->bytes = realloc(s->bytes, s->room);
	CHECK(s->bytes);
}

/* What is there now; waits for a first byte, but never for a full buffer. */
static enum file_source_read file_source_read(struct file_source *s, int timeout_ms, struct err *err)
{
	struct pollfd ready = {.fd = s->fd, .events = POLLIN};
	int n = poll(&ready, 1, timeout_ms);
	if (n == 0 || (n < 0 && errno == EINTR))
		return READ_NOTHING;
	if (n > 0) {
		file_source_make_room(s);
		ssize_t got = read(s->fd, s->bytes + s->end, FILE_SOURCE_CHUNK_BYTES);
		if (got > 0) {
			s->end += (size_t)got;
			return READ_SOME;
		}
		if (got == 0)
			return READ_END;
		if (errno == EINTR || errno == EAGAIN)
			return READ_NOTHING;
	}
	err_set(err, "cannot read '%s': %s", file_source_name(s), strerror(errno));
	return READ_FAILED;
}

/* --- messages ------------------------------------------------------------------------------------------------- */

/* An owner of its own, at least a byte, so that an empty message differs from an absent one. */
static void file_source_hand_out(struct file_source *s, struct str bytes, struct message *msg)
{
	char *own = malloc(bytes.n + 1);
	CHECK(own);
	if (bytes.n)
		memcpy(own, bytes.p, bytes.n);
	own[bytes.n] = 0;
	*msg = (struct message){
	        .delivery = {STR(FILE_SOURCE_CLUSTER), STR(FILE_SOURCE_TOPIC), 0, s->number++},
	        .timestamp_ms = -1,
	        .value = {own, bytes.n},
	        .owner = own,
	};
	msg->origin = msg->delivery;
}

/* The value that a line stands for; where it is neither a string nor an object: why, in words, else NULL. */
static const char *file_source_read_line(struct file_source *s, struct str line, struct str *value)
{
	struct json_doc doc;
	if (!utf8_is_valid(line))
		return "the line is not valid UTF-8, so it is no JSON";
	enum json_doc_fault fault = json_doc_check(&s->scratch, line, FILE_SOURCE_DEPTH, &doc);
	if (line.p[0] == '{' && fault != JSON_DOC_NOT_JSON)
		return NULL;
	if (line.p[0] != '"' || fault)
		return "the line is neither a JSON string nor a JSON object";
	if (doc.any_bad)
		return "the line's JSON string holds \\u0000 or half of a surrogate pair";
	*value = json_doc_text(&doc, 0, &s->scratch);
	return NULL;
}

static struct str file_source_without_mark(struct file_source *s, struct str line)
{
	static const struct str mark = STR_INIT("\xEF\xBB\xBF");
	bool marked = s->first_line && str_starts(line, mark);
	s->first_line = false;
	return marked ? str_slice(line, mark.n, line.n) : line;
}

/* A line over the limit goes out as it is, cut: the runner sees its size. */
static void file_source_tell_line(struct file_source *s, struct str line, struct message *msg)
{
	struct str value = line;
	const char *words = NULL;
	if (line.n <= s->options.limit_bytes) {
		value = line = str_trim(file_source_without_mark(s, line));
		if (line.n > 0)
			words = file_source_read_line(s, line, &value);
	}
	file_source_hand_out(s, value, msg);
	msg->broken = words;
	s->first_line = false;
	arena_reset(&s->scratch);
}

static struct str file_source_unread(const struct file_source *s)
{
	return str_make(s->bytes + s->start, s->end - s->start);
}

static void file_source_consume(struct file_source *s, size_t n)
{
	s->start += n;
	if (s->searched < s->start)
		s->searched = s->start;
}

/* A line over the limit was handed out in part; its rest goes unseen. */
static void file_source_skip(struct file_source *s)
{
	struct str unread = file_source_unread(s);
	size_t feed = str_index(unread, '\n', 0);
	s->skipping = feed == unread.n;
	file_source_consume(s, s->skipping ? feed : feed + 1);
}

/* The next line, if the buffer has one. */
static bool file_source_take_line(struct file_source *s, struct message *msg)
{
	if (s->skipping)
		file_source_skip(s);
	struct str unread = file_source_unread(s);
	size_t most = s->options.limit_bytes + 1;
	size_t feed = str_index(unread, '\n', s->searched - s->start);
	s->searched = s->start + feed;
	bool found = feed < unread.n;
	if (!found && feed < most && !(s->at_end && feed > 0))
		return false;
	size_t n = feed < most ? feed : most;
	s->skipping = found ? feed > most : feed >= most;
	file_source_tell_line(s, str_slice(unread, 0, n), msg);
	file_source_consume(s, found && !s->skipping ? n + 1 : n);
	return true;
}

/* The whole file, as soon as it is complete or known to be too large. */
static bool file_source_take_file(struct file_source *s, struct message *msg)
{
	size_t most = s->options.limit_bytes + 1;
	struct str unread = file_source_unread(s);
	if (!s->at_end && unread.n < most)
		return false;
	file_source_hand_out(s, str_slice(unread, 0, most), msg);
	file_source_shut(s);
	s->file++;
	return true;
}

/* --- the source's functions ----------------------------------------------------------------------------------- */

/* One step: open, a message, the end of a file, a chunk of bytes. SOURCE_IDLE with *waited: in vain. */
static enum source_happening file_source_step(struct file_source *s, int timeout_ms, struct source_event *event,
                                              bool *waited)
{
	if (s->file == s->options.n_files)
		return SOURCE_END;
	if (s->fd < 0 && !file_source_open(s, &event->err))
		return SOURCE_FAILED;
	if (s->options.each_line ? file_source_take_line(s, &event->message)
	                         : file_source_take_file(s, &event->message))
		return SOURCE_MESSAGE;
	if (s->at_end) {
		file_source_shut(s);
		s->file++;
		return SOURCE_IDLE;
	}
	enum file_source_read result = file_source_read(s, timeout_ms, &event->err);
	s->at_end = result == READ_END;
	*waited = result == READ_NOTHING;
	return result == READ_FAILED ? SOURCE_FAILED : SOURCE_IDLE;
}

static void file_source_tell_assigned(struct file_source *s, struct source_event *event)
{
	s->told_assigned = true;
	s->place = (struct offset){file_source_topic, 0, OFFSET_AS_COMMITTED};
	event->happening = SOURCE_ASSIGNED;
	event->partitions = (struct offsets){&s->place, 1, 1};
	event->metadata = (struct str){0};
}

/* Goes on until something is to be told, but for so many steps only: a line without an end must not hold the loop for
 * ever. */
static void file_source_poll(struct source *source, int timeout_ms, struct source_event *event)
{
	struct file_source *s = file_source_of(source);
	event->happening = SOURCE_IDLE;
	err_clear(&event->err);
	if (!s->told_assigned) {
		file_source_tell_assigned(s, event);
		return;
	}
	bool waited = s->idle;
	if (s->idle)
		poll(NULL, 0, timeout_ms);
	for (int step = 0; step < FILE_SOURCE_STEPS && !waited && event->happening == SOURCE_IDLE; step++)
		event->happening = file_source_step(s, timeout_ms, event, &waited);
}

static bool file_source_assign(struct source *source, const struct offsets *partitions, struct err *err)
{
	struct file_source *s = file_source_of(source);
	for (size_t i = 0; i < partitions->n; i++) {
		int64_t next = partitions->items[i].next;
		if (next != s->number && !(next == OFFSET_AS_COMMITTED && s->number == 0))
			return err_set(err, "cannot read files again from message %lld on", (long long)next);
	}
	s->idle = partitions->n == 0;
	return true;
}

static bool file_source_unassign(struct source *source, struct err *err)
{
	(void)source;
	(void)err;
	return true;
}

/* Nothing is committed for files. */
static bool file_source_committed(struct source *source, struct offsets *partitions, int timeout_ms, struct err *err)
{
	(void)source;
	(void)timeout_ms;
	(void)err;
	for (size_t i = 0; i < partitions->n; i++)
		partitions->items[i].next = OFFSET_AS_COMMITTED;
	return true;
}

static void file_source_release(void *source, void *owner)
{
	(void)source;
	free(owner);
}

static void file_source_close(struct source *source)
{
	struct file_source *s = file_source_of(source);
	file_source_shut(s);
	arena_free(&s->scratch);
	free(s->bytes);
	free(s);
}

static const struct source_ops file_source_ops = {
        .poll = file_source_poll,
        .assign = file_source_assign,
        .unassign = file_source_unassign,
        .committed = file_source_committed,
        .release = file_source_release,
        .close = file_source_close,
};

/* Without opening it: a named pipe would wait for its writer. */
static bool file_source_look(const char *name, struct err *err)
{
	struct stat found;
	if (strcmp(name, "-") == 0)
		return true;
	if (stat(name, &found) || access(name, R_OK))
		return err_set(err, "cannot open '%s': %s", name, strerror(errno));
	if (S_ISDIR(found.st_mode))
		return err_set(err, "cannot read '%s': it is a folder; name the files in it", name);
	return true;
}

struct source *file_source_new(const struct file_source_options *options, struct err *err)
{
	CHECK(options->limit_bytes > 0);
	for (size_t i = 0; i < options->n_files; i++) {
		if (!file_source_look(options->files[i], err))
			return NULL;
	}
	struct file_source *s = calloc(1, sizeof(*s));
	CHECK(s);
	s->source.ops = &file_source_ops;
	s->options = *options;
	if (options->n_files == 0) {
		s->options.files = file_source_stdin;
		s->options.n_files = 1;
	}
	s->fd = -1;
	arena_init(&s->scratch, 0, 0);
	return &s->source;
}
