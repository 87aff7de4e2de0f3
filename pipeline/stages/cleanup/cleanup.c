/*
 * cleanup: headline and body without what is no writer's word.
 *
 * Lines are trimmed and empty ones dropped; what remains are paragraphs, joined by one line feed. Runs of blanks become
 * one space. Control characters are taken out. Where the format knows no headline (decode.headline_is_first_line), the
 * first line that holds something is it. What is taken out of a line, and the headline's line, is noted as a removal
 * with its range of decode.text, so that raw text = what stays + what was removed + white space. No word is ever lost
 * or changed.
 *
 * One pass from front to back, word by word: time grows with the text alone, whatever it is made of. Removals are
 * bounded; where a text has more of them the rest of its control characters is taken out unnoted, and a warning says
 * so.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"
#include "pipeline/stages/cleanup/chars.h"

#define REMOVED_MAX 4096

struct cleanup_removed {
	struct arena *a;
	struct removal *items;
	size_t n, room;
	bool overflow;
};

/* One text on its way from raw to clean. */
struct cleanup_text {
	struct str raw;
	struct cleanup_removed *removed;
	size_t base;      /* where raw begins in decode.text */
	bool has_base;    /* raw is a part of decode.text, so removals can be noted */
	bool is_one_line; /* breaks are blanks */
	enum { RTL_UNKNOWN, RTL_NO, RTL_YES } right_to_left;
	char *out;
	size_t n;
	bool line_is_open; /* the current line has something */
	bool blank_is_due; /* blanks were met behind it */
};

/* --- removals ------------------------------------------------------------------------------------------------- */

static bool cleanup_make_room(struct cleanup_removed *removed)
{
	if (removed->n < removed->room)
		return true;
	if (removed->room >= REMOVED_MAX)
		return false;
	size_t room = removed->room ? 2 * removed->room : 16;
	struct removal *items = ARENA_ARRAY(removed->a, struct removal, room);
	if (removed->n)
		memcpy(items, removed->items, removed->n * sizeof(*items));
	removed->items = items;
	removed->room = room;
	return true;
}

/* Ranges come in ascending order; a control next to the last one joins it. */
static void cleanup_note(struct cleanup_text *t, const char *kind, size_t start, size_t end)
{
	struct cleanup_removed *removed = t->removed;
	if (!t->has_base)
		return;
	start += t->base;
	end += t->base;
	struct removal *last = removed->n ? &removed->items[removed->n - 1] : NULL;
	CHECK(!last || last->at.end <= start);
	if (last && last->at.end == start && strcmp(last->kind, kind) == 0) {
		last->at.end = end;
		return;
	}
	if (cleanup_make_room(removed))
		removed->items[removed->n++] = (struct removal){.kind = kind, .at = {start, end}};
	else
		removed->overflow = true;
}

/* --- one pass ------------------------------------------------------------------------------------------------- */

static void cleanup_put(struct cleanup_text *t, size_t start, size_t n)
{
	if (!t->line_is_open && t->n)
		t->out[t->n++] = '\n';
	else if (t->line_is_open && t->blank_is_due)
		t->out[t->n++] = ' ';
	t->line_is_open = true;
	t->blank_is_due = false;
	memcpy(t->out + t->n, t->raw.p + start, n);
	t->n += n;
}

static void cleanup_break(struct cleanup_text *t)
{
	if (t->is_one_line) {
		t->blank_is_due = true;
		return;
	}
	t->line_is_open = false;
	t->blank_is_due = false;
}

static bool cleanup_is_right_to_left(struct cleanup_text *t)
{
	if (t->right_to_left == RTL_UNKNOWN)
		t->right_to_left = chars_has_right_to_left(t->raw) ? RTL_YES : RTL_NO;
	return t->right_to_left == RTL_YES;
}

/* What depends on its surroundings is text there, and a control elsewhere. */
static enum chars_kind cleanup_kind_here(struct cleanup_text *t, enum chars_kind kind)
{
	if (kind == CHARS_BIDI)
		return cleanup_is_right_to_left(t) ? CHARS_TEXT : CHARS_CONTROL;
	if (kind == CHARS_BREAKABLE) {
		bool in_word = t->line_is_open && !t->blank_is_due;
		return in_word && chars_ends_without_blanks(str_make(t->out, t->n)) ? CHARS_TEXT : CHARS_CONTROL;
	}
	return kind;
}

/* The character at `at`, which is no plain text; returns where the next one begins. */
static size_t cleanup_special(struct cleanup_text *t, size_t at)
{
	size_t next = at;
	switch (cleanup_kind_here(t, chars_next(t->raw, &next))) {
	case CHARS_BREAK:
		cleanup_break(t);
		break;
	case CHARS_BLANK:
		t->blank_is_due = true;
		break;
	case CHARS_SEPARATOR:
		t->blank_is_due = true;
		cleanup_note(t, "control", at, next);
		break;
	case CHARS_CONTROL:
		cleanup_note(t, "control", at, next);
		break;
	default:
		cleanup_put(t, at, next - at);
	}
	return next;
}

static bool cleanup_at_break(const struct cleanup_text *t, size_t at)
{
	return at < t->raw.n && chars_next(t->raw, &at) == CHARS_BREAK;
}

/* Cleans from `at` to the end, or to the break (itself not taken) of the first line that holds something. Returns where
 * it stopped. */
static size_t cleanup_pass(struct cleanup_text *t, size_t at, bool first_line_only)
{
	while (at < t->raw.n) {
		size_t run = chars_text_run(t->raw, at);
		if (run)
			cleanup_put(t, at, run);
		else if (first_line_only && t->line_is_open && cleanup_at_break(t, at))
			break;
		else
			at = cleanup_special(t, at);
		at += run;
	}
	return at;
}

/* --- headline and body ---------------------------------------------------------------------------------------- */

/* Is `part` a piece of `whole`, by its address? */
static bool cleanup_is_within(struct str part, struct str whole)
{
	uintptr_t p = (uintptr_t)part.p, w = (uintptr_t)whole.p;
	return whole.p && part.p && p >= w && p + part.n <= w + whole.n;
}

static struct cleanup_text cleanup_text_new(struct arena *a, const struct story *st, struct str raw,
                                            struct cleanup_removed *removed)
{
	struct cleanup_text t = {.raw = raw, .removed = removed};
	t.has_base = cleanup_is_within(raw, st->decode.text);
	if (t.has_base)
		t.base = (size_t)(raw.p - st->decode.text.p);
	/* What comes out is never longer: a blank or a line feed stands for at least one byte that does not. */
	t.out = arena_alloc(a, raw.n);
	return t;
}

static struct str cleanup_out(const struct cleanup_text *t)
{
	return str_make(t->out, t->n);
}

/* Behind the line's break; a carriage return takes its line feed along. */
static size_t cleanup_skip_break(struct str raw, size_t at)
{
	if (at >= raw.n)
		return raw.n;
	bool is_pair = raw.p[at] == '\r' && at + 1 < raw.n && raw.p[at + 1] == '\n';
	chars_next(raw, &at);
	return at + is_pair;
}

/* Where the line begins whose break, or the text's end, is at `end`. */
static size_t cleanup_line_start(struct str raw, size_t end)
{
	size_t start = 0;
	for (size_t at = 0; at < end;) {
		at += chars_text_run(raw, at);
		if (at < end && chars_next(raw, &at) == CHARS_BREAK)
			start = at;
	}
	return start;
}

/* The first line that holds something is the headline; returns where the body begins. */
static size_t cleanup_first_line(struct cleanup_text *t)
{
	size_t end = cleanup_pass(t, 0, true);
	if (!t->n)
		return end;
	size_t start = cleanup_line_start(t->raw, end);
	size_t next = cleanup_skip_break(t->raw, end);
	/* Controls of this line are part of it now. */
	struct cleanup_removed *removed = t->removed;
	while (removed->n && t->has_base && removed->items[removed->n - 1].at.start >= t->base + start)
		removed->n--;
	cleanup_note(t, "headline", start, next);
	return next;
}

static void cleanup_plain(struct call *call, struct story *st, struct cleanup_removed *removed)
{
	/* Nobody knows how long the line will be: room for all of it only until the call ends. */
	struct cleanup_text headline = cleanup_text_new(call->tmp, st, st->decode.body, removed);
	size_t body_at = cleanup_first_line(&headline);
	struct cleanup_text body =
	        cleanup_text_new(call->keep, st, str_slice(st->decode.body, body_at, st->decode.body.n), removed);
	cleanup_pass(&body, 0, false);
	st->cleanup.headline = arena_copy(call->keep, cleanup_out(&headline));
	st->cleanup.body = cleanup_out(&body);
}

static void cleanup_structured(struct call *call, struct story *st, struct cleanup_removed *removed)
{
	struct cleanup_text headline = cleanup_text_new(call->keep, st, st->decode.headline, removed);
	struct cleanup_text body = cleanup_text_new(call->keep, st, st->decode.body, removed);
	headline.is_one_line = true;
	/* Ranges ascend: a headline that stands in the same text, but not before the body, is cleaned without a note.
	 */
	headline.has_base = headline.has_base && body.has_base && headline.base + headline.raw.n <= body.base;
	cleanup_pass(&headline, 0, false);
	cleanup_pass(&body, 0, false);
	st->cleanup.headline = cleanup_out(&headline);
	st->cleanup.body = cleanup_out(&body);
}

static enum answer cleanup_run(struct call *call, struct story *st)
{
	struct cleanup_removed removed = {.a = call->tmp};
	if (st->decode.headline_is_first_line)
		cleanup_plain(call, st, &removed);
	else
		cleanup_structured(call, st, &removed);
	st->cleanup.removed = NULL;
	st->cleanup.n_removed = removed.n;
	if (removed.n) {
		struct removal *kept = ARENA_ARRAY(call->keep, struct removal, removed.n);
		memcpy(kept, removed.items, removed.n * sizeof(*kept));
		st->cleanup.removed = kept;
	}
	st->cleanup.warning = removed.overflow ? "controls-not-noted" : NULL;
	return ANSWER_KEEP;
}

const struct stage stage_cleanup = {
        .name = "cleanup",
        .summary = "takes out control characters and white space, finds the headline of plain text",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .writes = GROUP_CLEANUP,
        .run = cleanup_run,
};
