/*
 * Condemned messages and parts.
 *
 * A table in memory, in the order of condemning, and its copy in a text file of lines that a person can read:
 *
 *     wiredesk condemned 1
 *     CLUSTER <tab> GROUP <tab> TOPIC <tab> PARTITION <tab> OFFSET <tab> all|stub|PART <tab> REASON <tab> WORDS
 *     end <tab> xxh3 of all before
 *
 * Bytes below space, DEL and backslashes in names are written \xNN. The file is written anew at each change: that is
 * rare, and small.
 */
#include "worker/condemned.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/log.h"
#include "pipeline/base/options.h"
#include "worker/state.h"

#include <pthread.h>

#define CONDEMNED_WORDS_MAX    300
#define CONDEMNED_TOPIC_MAX    249 /* Kafka's own limit */
#define CONDEMNED_FILE_BYTES   ((size_t)8 << 20)
#define CONDEMNED_OTHERS_BYTES ((size_t)1 << 20) /* lines of other groups; over it none is kept */
#define CONDEMNED_HEAD         "wiredesk condemned 1\n"

/* In place of a part. */
enum { CONDEMNED_ALL = -1, CONDEMNED_STUB = -2 };

struct condemned_entry {
	char topic[CONDEMNED_TOPIC_MAX + 1];
	int32_t partition;
	int64_t offset;
	int64_t part; /* or CONDEMNED_ALL, CONDEMNED_STUB */
	enum reason reason;
	char words[CONDEMNED_WORDS_MAX + 1];
};

struct condemned_table {
	size_t n;
	struct condemned_entry items[CONDEMNED_MAX];
};

struct condemned {
	char path[PATH_MAX]; /* "": memory only */
	struct buf owner;    /* what our lines begin with: cluster and group */
	struct buf others;   /* lines of others, as they stand in the file */
	/* A change is made in `next`, saved, and then takes the place of `now`: what cannot be saved never was. */
	struct condemned_table *now, *next;
	pthread_mutex_t lock; /* guards `now` against condemned_is_stub */
	_Atomic size_t n;     /* of `now`: the usual question costs one load */
	_Atomic size_t n_stubs;
};

/* --- the table --------------------------------------------------------------------------------------------------- */

static bool condemned_is_of(const struct condemned_entry *entry, const struct position *at)
{
	return entry->offset == at->offset && entry->partition == at->partition && str_is(at->topic, entry->topic);
}

static const struct condemned_entry *condemned_look_up(const struct condemned_table *table, const struct position *at,
                                                       int64_t part)
{
	for (size_t i = 0; i < table->n; i++) {
		if (table->items[i].part == part && condemned_is_of(&table->items[i], at))
			return &table->items[i];
	}
	return NULL;
}

static size_t condemned_count_parts(const struct condemned_table *table, const struct position *at)
{
	size_t n = 0;
	for (size_t i = 0; i < table->n; i++)
		n += table->items[i].part >= 0 && condemned_is_of(&table->items[i], at);
	return n;
}

/* The whole message takes the place of its parts. */
static void condemned_drop_parts(struct condemned_table *table, const struct position *at)
{
	size_t kept = 0;
	for (size_t i = 0; i < table->n; i++) {
		if (table->items[i].part < 0 || !condemned_is_of(&table->items[i], at))
			table->items[kept++] = table->items[i];
	}
	table->n = kept;
}

static bool condemned_append(struct condemned_table *table, const struct condemned_entry *entry, struct err *err)
{
	if (table->n == CONDEMNED_MAX)
		return err_set(
		        err,
		        "more than %d messages or parts are refused by the broker or kill the process: this is no "
		        "longer about single stories; the log says more under RECORD-REFUSED and CONDEMNED",
		        CONDEMNED_MAX);
	table->items[table->n++] = *entry;
	return true;
}

/* Names and words are cut at `most` bytes, not in the midst of a character. */
static void condemned_copy(char *out, struct str text, size_t most)
{
	size_t n = text.n < most ? text.n : most;
	while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(out, text.p, n);
	out[n] = 0;
}

/* --- writing the file -------------------------------------------------------------------------------------------- */

static void condemned_put_field(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c < ' ' || c == 0x7f || c == '\\')
			buf_printf(out, "\\x%02x", c);
		else
			buf_putc(out, (char)c);
	}
	buf_putc(out, '\t');
}

static void condemned_put_entry(struct buf *out, struct str owner, const struct condemned_entry *entry)
{
	buf_str(out, owner);
	condemned_put_field(out, str_of(entry->topic));
	buf_printf(out, "%d\t%lld\t", entry->partition, (long long)entry->offset);
	if (entry->part >= 0)
		buf_printf(out, "%lld\t", (long long)entry->part);
	else
		buf_printf(out, "%s\t", entry->part == CONDEMNED_STUB ? "stub" : "all");
	condemned_put_field(out, str_of(reason_word(entry->reason)));
	condemned_put_field(out, str_of(entry->words));
	out->p[out->n - 1] = '\n';
}

static void condemned_put_end(struct buf *out)
{
	uint64_t hash = digest_xxh64(buf_view(out));
	buf_printf(out, "end\t%016llx\n", (unsigned long long)hash);
}

static bool condemned_save(const struct condemned *c, const struct condemned_table *table, struct err *err)
{
	if (!c->path[0])
		return true;
	struct buf out;
	buf_init(&out, CONDEMNED_FILE_BYTES);
	buf_str(&out, STR(CONDEMNED_HEAD));
	buf_str(&out, buf_view(&c->others));
	for (size_t i = 0; i < table->n; i++)
		condemned_put_entry(&out, buf_view(&c->owner), &table->items[i]);
	condemned_put_end(&out);
	CHECK(!out.overflow);
	bool good = state_replace(c->path, buf_view(&out), err);
	buf_free(&out);
	return good;
}

/* --- reading the file -------------------------------------------------------------------------------------------- */

static int condemned_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes condemned_put_field; false: it was not made by it, or is too long. */
static bool condemned_read_text(struct str text, char *out, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\\') {
			struct str code = str_slice(text, i, i + 4);
			int high = code.n == 4 && code.p[1] == 'x' ? condemned_hex_digit(code.p[2]) : -1;
			int low = code.n == 4 ? condemned_hex_digit(code.p[3]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 3;
		}
		if (n == most)
			return false;
		out[n++] = c;
	}
	out[n] = 0;
	return true;
}

/* What stands before the next `stop`, which *rest loses too. */
static struct str condemned_cut(struct str *rest, char stop)
{
	size_t at = str_index(*rest, stop, 0);
	struct str piece = str_slice(*rest, 0, at);
	*rest = str_slice(*rest, at + 1, rest->n);
	return piece;
}

static bool condemned_read_reason(struct str word, enum reason *out)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		if (str_is(word, reason_word((enum reason)i))) {
			*out = (enum reason)i;
			return true;
		}
	}
	return false;
}

static bool condemned_read_part(struct str text, int64_t *part)
{
	if (str_is(text, "all") || str_is(text, "stub")) {
		*part = str_is(text, "all") ? CONDEMNED_ALL : CONDEMNED_STUB;
		return true;
	}
	return options_parse_int(text, part) && *part >= 0;
}

/* A line of ours, behind cluster and group. */
static bool condemned_read_entry(struct str line, struct condemned_entry *entry)
{
	int64_t partition;
	if (!condemned_read_text(condemned_cut(&line, '\t'), entry->topic, CONDEMNED_TOPIC_MAX))
		return false;
	if (!options_parse_int(condemned_cut(&line, '\t'), &partition) || partition < 0 || partition > INT32_MAX)
		return false;
	entry->partition = (int32_t)partition;
	if (!options_parse_int(condemned_cut(&line, '\t'), &entry->offset))
		return false;
	if (!condemned_read_part(condemned_cut(&line, '\t'), &entry->part))
		return false;
	if (!condemned_read_reason(condemned_cut(&line, '\t'), &entry->reason))
		return false;
	return condemned_read_text(line, entry->words, CONDEMNED_WORDS_MAX);
}

/* The text between head and end, or false: something of it is missing or changed. */
static bool condemned_check(struct str text, struct str *lines)
{
	struct str head = STR(CONDEMNED_HEAD);
	char end[32];
	size_t end_n = strlen("end\t0123456789abcdef\n");
	if (text.n < head.n + end_n || !str_starts(text, head))
		return false;
	struct str sealed = str_slice(text, 0, text.n - end_n);
	snprintf(end, sizeof end, "end\t%016llx\n", (unsigned long long)digest_xxh64(sealed));
	*lines = str_slice(sealed, head.n, sealed.n);
	return str_is(str_slice(text, sealed.n, text.n), end);
}

static bool condemned_read_lines(struct condemned *c, struct str lines)
{
	while (lines.n) {
		struct str line = condemned_cut(&lines, '\n');
		if (!str_starts(line, buf_view(&c->owner))) {
			buf_str(&c->others, line);
			buf_putc(&c->others, '\n');
			continue;
		}
		struct condemned_entry entry = {0};
		if (!condemned_read_entry(str_slice(line, c->owner.n, line.n), &entry) ||
		    !condemned_append(c->now, &entry, NULL))
			return false;
	}
	return true;
}

static void condemned_publish_counts(struct condemned *c)
{
	size_t stubs = 0;
	for (size_t i = 0; i < c->now->n; i++)
		stubs += c->now->items[i].part == CONDEMNED_STUB;
	atomic_store(&c->n_stubs, stubs);
	atomic_store(&c->n, c->now->n);
}

static bool condemned_load(struct condemned *c, struct err *err)
{
	struct buf text;
	struct str lines;
	buf_init(&text, CONDEMNED_FILE_BYTES);
	bool good = state_read(c->path, &text, err);
	if (good && text.n && (!condemned_check(buf_view(&text), &lines) || !condemned_read_lines(c, lines))) {
		state_put_aside(c->path, "its lines and its checksum do not agree");
		c->now->n = 0;
		buf_clear(&c->others);
	}
	if (c->others.overflow) {
		log_warn("STATE-OTHERS-DROPPED",
		         "what the state folder keeps of other groups is too much, it is dropped",
		         LOG_CSTR("file", c->path));
		buf_clear(&c->others);
	}
	buf_free(&text);
	condemned_publish_counts(c);
	return good;
}

/* --- changes ----------------------------------------------------------------------------------------------------- */

static void condemned_begin_change(struct condemned *c)
{
	c->next->n = c->now->n;
	memcpy(c->next->items, c->now->items, c->now->n * sizeof *c->now->items);
}

static void condemned_take_change(struct condemned *c)
{
	pthread_mutex_lock(&c->lock);
	struct condemned_table *old = c->now;
	c->now = c->next;
	c->next = old;
	condemned_publish_counts(c);
	pthread_mutex_unlock(&c->lock);
}

static bool condemned_add_entry(struct condemned *c, const struct position *at, struct condemned_entry *entry,
                                const char *words, struct err *err)
{
	CHECK(at->topic.n <= CONDEMNED_TOPIC_MAX);
	condemned_copy(entry->topic, at->topic, CONDEMNED_TOPIC_MAX);
	condemned_copy(entry->words, str_of(words), CONDEMNED_WORDS_MAX);
	entry->partition = at->partition;
	entry->offset = at->offset;
	condemned_begin_change(c);
	if (entry->part >= 0 && condemned_count_parts(c->next, at) == CONDEMNED_PARTS_MAX)
		entry->part = CONDEMNED_ALL;
	if (entry->part == CONDEMNED_ALL)
		condemned_drop_parts(c->next, at);
	if (!condemned_append(c->next, entry, err) || !condemned_save(c, c->next, err))
		return false;
	condemned_take_change(c);
	return true;
}

bool condemned_add(struct condemned *c, const struct position *delivery, int64_t part, enum reason reason,
                   const char *words, struct err *err)
{
	CHECK(part >= CONDEMNED_ALL);
	if (condemned_look_up(c->now, delivery, CONDEMNED_ALL) || condemned_look_up(c->now, delivery, part))
		return true;
	return condemned_add_entry(c, delivery, &(struct condemned_entry){.part = part, .reason = reason}, words, err);
}

bool condemned_add_stub(struct condemned *c, const struct position *delivery, const char *words, struct err *err)
{
	if (condemned_look_up(c->now, delivery, CONDEMNED_STUB))
		return true;
	struct condemned_entry entry = {.part = CONDEMNED_STUB, .reason = REASON_REFUSED};
	return condemned_add_entry(c, delivery, &entry, words, err);
}

static bool condemned_is_past(const struct condemned_entry *entry, const struct offsets *committed)
{
	const struct offset *at = offsets_find(committed, entry->topic, entry->partition, NULL);
	return at && at->next >= 0 && entry->offset < at->next;
}

void condemned_forget_below(struct condemned *c, const struct offsets *committed)
{
	struct err err = {0};
	if (c->n == 0)
		return;
	condemned_begin_change(c);
	size_t kept = 0;
	for (size_t i = 0; i < c->next->n; i++) {
		if (!condemned_is_past(&c->next->items[i], committed))
			c->next->items[kept++] = c->next->items[i];
	}
	if (kept == c->next->n)
		return;
	c->next->n = kept;
	/* What stays in the file is forgotten at the next assignment. */
	if (!condemned_save(c, c->next, &err))
		log_warn("STATE-NOT-SAVED", "the state folder still holds what is settled", LOG_CSTR("why", err.words));
	condemned_take_change(c);
}

void condemned_forget(struct condemned *c, const struct batch *batch)
{
	condemned_forget_below(c, &batch->next);
}

/* --- questions --------------------------------------------------------------------------------------------------- */

const char *condemned_find(struct condemned *c, const struct message *msg, int64_t part, enum reason *reason)
{
	if (atomic_load_explicit(&c->n, memory_order_acquire) == 0)
		return NULL;
	const struct condemned_entry *entry =
	        condemned_look_up(c->now, &msg->delivery, part < 0 ? CONDEMNED_ALL : part);
	if (!entry)
		return NULL;
	*reason = entry->reason;
	return entry->words;
}

bool condemned_is_stub(struct condemned *c, const struct message *msg)
{
	if (atomic_load_explicit(&c->n_stubs, memory_order_acquire) == 0)
		return false;
	pthread_mutex_lock(&c->lock);
	bool found = condemned_look_up(c->now, &msg->delivery, CONDEMNED_STUB) != NULL;
	pthread_mutex_unlock(&c->lock);
	return found;
}

size_t condemned_count(struct condemned *c)
{
	return atomic_load(&c->n);
}

/* --- life -------------------------------------------------------------------------------------------------------- */

struct condemned *condemned_open(const char *state_dir, struct str cluster, struct str group, struct err *err)
{
	struct condemned *c = calloc(1, sizeof *c);
	CHECK(c);
	c->now = calloc(1, sizeof *c->now);
	c->next = calloc(1, sizeof *c->next);
	CHECK(c->now && c->next);
	pthread_mutex_init(&c->lock, NULL);
	buf_init(&c->owner, CONDEMNED_FILE_BYTES);
	buf_init(&c->others, CONDEMNED_OTHERS_BYTES);
	condemned_put_field(&c->owner, cluster);
	condemned_put_field(&c->owner, group);
	if (state_dir && (!state_dir_make(state_dir, err) || !state_path(state_dir, "condemned", c->path, err) ||
	                  !condemned_load(c, err)))
		condemned_close(&c);
	return c;
}

void condemned_close(struct condemned **condemned)
{
	struct condemned *c = *condemned;
	*condemned = NULL;
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	buf_free(&c->owner);
	buf_free(&c->others);
	free(c->now);
	free(c->next);
	free(c);
}
