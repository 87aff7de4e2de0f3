/*
 * cleanup: headline and body without what is no writer's word.
 *
 * First the text is read line by line (reader.h): what is headline, note, section and time, byline, dateline, promo,
 * credit or sign goes, with its kind, its rule and its range of decode.text; the pieces that say something are kept for
 * credits. What is not sure stays. Line ends that a width has made are blanks. Then characters: lines are trimmed and
 * empty ones dropped; what remains are paragraphs, joined by one line feed. Runs of blanks become one space, control
 * characters are taken out and noted. So raw text = what stays + what was removed + white space, and no word is ever
 * lost or changed.
 *
 * Both passes go from front to back: time grows with the text alone, whatever it is made of. Removals are
 * bounded; where a text has more of them the rest of its control characters is taken out unnoted, and a warning says
 * so.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"
#include "pipeline/stages/cleanup/chars.h"
#include "pipeline/stages/cleanup/meaning.h"
#include "pipeline/stages/cleanup/plain.h"
#include "pipeline/stages/cleanup/reader.h"
#include "pipeline/stages/cleanup/rules.h"
#include "pipeline/stages/cleanup/wrap.h"

#define REMOVED_MAX 4096

struct cleanup_options {
	struct str rules;
};

static const struct option cleanup_options[] = {
        OPTION_STRING(struct cleanup_options, rules, "rules", "",
                      "File of the desk's own rules, beside the built-in ones; read again on SIGHUP."),
        OPTION_END,
};

struct cleanup {
	struct rules *rules;
	struct signals *signals;
};

struct cleanup_removed {
	struct arena *a;
	struct removal *items;
	size_t n, room;
	bool overflow;
};

/* One text on its way from raw to clean. */
struct cleanup_text {
	struct plain plain;
	struct str raw; /* its text */
	struct cleanup_removed *removed;
	size_t base;      /* where it begins in decode.text */
	bool has_base;    /* it is a part of decode.text, so removals can be noted */
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
	removed->items = arena_grow(removed->a, removed->items, &removed->room, sizeof(*removed->items));
	return true;
}

/* Ranges come in ascending order; a control next to the last one joins it. */
static void cleanup_note_rule(struct cleanup_text *t, const char *kind, const char *rule, size_t start, size_t end)
{
	struct cleanup_removed *removed = t->removed;
	if (!t->has_base)
		return;
	struct range at = plain_raw(&t->plain, (struct range){start, end});
	start = at.start + t->base;
	end = at.end + t->base;
	struct removal *last = removed->n ? &removed->items[removed->n - 1] : NULL;
	CHECK(!last || last->at.end <= start);
	if (!rule && last && last->at.end == start && strcmp(last->kind, kind) == 0) {
		last->at.end = end;
		return;
	}
	if (cleanup_make_room(removed))
		removed->items[removed->n++] = (struct removal){.kind = kind, .rule = rule, .at = {start, end}};
	else
		removed->overflow = true;
}

static void cleanup_note(struct cleanup_text *t, const char *kind, size_t start, size_t end)
{
	cleanup_note_rule(t, kind, NULL, start, end);
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
		/* A wide blank parts the halves of an East Asian headline as a mark would. */
		if (t->is_one_line && t->line_is_open && !t->blank_is_due && next < t->raw.n &&
		    str_starts(str_slice(t->raw, at, next), STR("\u3000")))
			cleanup_put(t, at, next - at);
		else
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

/* Cleans [at, end). */
static void cleanup_pass(struct cleanup_text *t, size_t at, size_t end)
{
	struct str text = str_slice(t->raw, 0, end);
	while (at < end) {
		size_t run = chars_text_run(text, at);
		if (run)
			cleanup_put(t, at, run);
		else
			at = cleanup_special(t, at);
		at += run;
	}
}

/* --- headline and body ---------------------------------------------------------------------------------------- */

/* Is `part` a piece of `whole`, by its address? */
static bool cleanup_is_within(struct str part, struct str whole)
{
	uintptr_t p = (uintptr_t)part.p, w = (uintptr_t)whole.p;
	return whole.p && part.p && p >= w && p + part.n <= w + whole.n;
}

/* A text of decode's on its way. What comes out is never longer: a blank or a line feed stands for at least one byte
 * that does not. */
static struct cleanup_text cleanup_text_new(struct arena *a, const struct story *st, struct str raw,
                                            struct cleanup_removed *removed)
{
	struct cleanup_text t = {.plain = plain_read(a, raw), .removed = removed};
	t.raw = t.plain.text;
	t.has_base = cleanup_is_within(raw, st->decode.text);
	if (t.has_base)
		t.base = (size_t)(raw.p - st->decode.text.p);
	t.out = arena_alloc(a, t.raw.n);
	removed->overflow = removed->overflow || t.plain.overflow;
	return t;
}

static struct str cleanup_out(const struct cleanup_text *t)
{
	return str_make(t->out, t->n);
}

/* A piece of a line goes, or all of it: then the next piece begins a line of its own. */
static size_t cleanup_cut(struct cleanup_text *t, size_t at, const struct removal *cut)
{
	cleanup_pass(t, at, cut->at.start);
	cleanup_note_rule(t, cut->kind, cut->rule, cut->at.start, cut->at.end);
	bool breaks = cut->at.end > cut->at.start && cut->at.end < t->raw.n &&
	              strchr("\n\r", t->raw.p[cut->at.end - 1]) != NULL;
	if (breaks)
		cleanup_break(t);
	return cut->at.end;
}

static size_t cleanup_line(struct cleanup_text *t, size_t at, const struct marks *m, size_t i)
{
	const struct line *line = &m->lines[i];
	if (line->kind) {
		struct removal cut = {line->kind, line->rule, {line->begin, line->cut_to ? line->cut_to : line->next}};
		/* Empty lines above the headline stand for nothing; the line itself begins behind its break. */
		at = cleanup_cut(t, at, &cut);
		if (!line->cut_to)
			cleanup_break(t);
	}
	if (i == m->lead && m->dateline.kind)
		at = cleanup_cut(t, at, &m->dateline);
	if (m->endmark.kind && m->endmark.at.start >= line->begin && m->endmark.at.end <= line->next)
		at = cleanup_cut(t, at, &m->endmark);
	return at;
}

/* What the marks say, for credits and for the record; glue and correction as they stand in decode.text. */
static void cleanup_keep(struct call *call, struct story *st, const struct cleanup_text *body, const struct marks *m)
{
	struct piece *pieces = ARENA_ARRAY(call->keep, struct piece, m->n_pieces);
	memcpy(pieces, m->pieces, m->n_pieces * sizeof(*pieces));
	st->cleanup.text = body->raw;
	st->cleanup.text_at = body->base;
	st->cleanup.edits = body->plain.edits;
	st->cleanup.n_edits = body->plain.n;
	st->cleanup.pieces = pieces;
	st->cleanup.n_pieces = m->n_pieces;
	st->cleanup.glue = m->glue;
	if (m->glue.found) {
		st->cleanup.glue.left = story_raw(st, m->glue.left);
		st->cleanup.glue.right = story_raw(st, m->glue.right);
		st->cleanup.glue.at = st->cleanup.glue.right.start;
	}
	if (m->correction.end)
		st->cleanup.correction = story_raw(st, m->correction);
	st->cleanup.is_update = m->is_update || m->correction.end;
	st->cleanup.is_kill = m->is_kill;
	st->cleanup.is_embargoed = m->is_embargoed;
	st->cleanup.is_partial = m->is_partial;
}

static struct str cleanup_headline(struct call *call, const struct marks *m)
{
	const struct line *line = &m->lines[m->headline];
	struct cleanup_removed none = {.a = call->tmp};
	struct cleanup_text t = {.raw = str_slice(m->text, 0, m->headline_end), .removed = &none, .is_one_line = true};
	size_t end = m->headline_end;
	while (end > m->headline_start && m->headline_start > line->start && strchr("+ ", m->text.p[end - 1]))
		end--; /* "++ … ++" */
	t.out = arena_alloc(call->keep, end - m->headline_start);
	cleanup_pass(&t, m->headline_start, end);
	return cleanup_out(&t);
}

/* Reads decode.body, a part of decode.text, line by line; what the lines say stands in the marks. */
static void cleanup_marked(struct call *call, struct story *st, struct cleanup_removed *removed, bool with_headline)
{
	const struct cleanup *c = call->shared;
	struct cleanup_text body = cleanup_text_new(call->keep, st, st->decode.body, removed);
	if (!st->decode.has_paragraphs)
		body.raw = wrap_undo(call->keep, call->tmp, body.raw);
	struct marks m = {.a = call->tmp,
	                  .text = body.raw,
	                  .phrases = rules_phrases(c->rules),
	                  .feed = st->msg->feed,
	                  .signals = c->signals,
	                  .given = st->decode.headline};
	reader_read(&m, with_headline);
	if (m.headline < m.n_lines)
		st->cleanup.headline = cleanup_headline(call, &m);
	size_t at = 0;
	for (size_t i = 0; i < m.n_lines; i++)
		at = cleanup_line(&body, at, &m, i);
	cleanup_pass(&body, at, body.raw.n);
	st->cleanup.body = cleanup_out(&body);
	cleanup_keep(call, st, &body, &m);
	/* A flash: its one line is headline and text. */
	bool one_line = str_index(st->cleanup.body, '\n', 0) == st->cleanup.body.n;
	if (with_headline && m.headline == m.n_lines && one_line && st->cleanup.body.n <= LINE_BYTES_MAX)
		st->cleanup.headline = st->cleanup.body;
}

/* A text that is no part of decode.text: nothing of it can be accounted for, so only characters go. */
static void cleanup_unmarked(struct call *call, struct story *st, struct cleanup_removed *removed)
{
	struct cleanup_text body = cleanup_text_new(call->keep, st, st->decode.body, removed);
	cleanup_pass(&body, 0, body.raw.n);
	st->cleanup.body = cleanup_out(&body);
}

static void cleanup_given_headline(struct call *call, struct story *st, struct cleanup_removed *removed)
{
	struct str raw = st->decode.headline;
	struct cleanup_text headline = cleanup_text_new(call->keep, st, raw, removed);
	headline.is_one_line = true;
	/* Ranges ascend: a headline that stands in the same text, but not before the body, is cleaned without a note.
	 */
	bool before = cleanup_is_within(st->decode.body, st->decode.text) && raw.p + raw.n <= st->decode.body.p;
	headline.has_base = headline.has_base && before;
	cleanup_pass(&headline, 0, headline.raw.n);
	st->cleanup.headline = cleanup_out(&headline);
}

static enum answer cleanup_run(struct call *call, struct story *st)
{
	const struct cleanup *c = call->shared;
	struct cleanup_removed removed = {.a = call->tmp};
	st->cleanup.headline = STR("");
	if (!st->decode.headline_is_first_line)
		cleanup_given_headline(call, st, &removed);
	if (cleanup_is_within(st->decode.body, st->decode.text))
		cleanup_marked(call, st, &removed, st->decode.headline_is_first_line);
	else
		cleanup_unmarked(call, st, &removed);
	st->cleanup.removed = NULL;
	st->cleanup.n_removed = removed.n;
	if (removed.n) {
		struct removal *kept = ARENA_ARRAY(call->keep, struct removal, removed.n);
		memcpy(kept, removed.items, removed.n * sizeof(*kept));
		st->cleanup.removed = kept;
	}
	st->cleanup.warning = removed.overflow ? "controls-not-noted" : NULL;
	meaning_read(c->signals, call->keep, call->tmp, st);
	return ANSWER_KEEP;
}

/* --- the stage ------------------------------------------------------------------------------------------------ */

static struct rules *cleanup_rules(const struct stage_env *env, const struct cleanup_options *options, bool only_errors,
                                   struct err *err)
{
	struct rules_world world = {.feeds = env->feeds,
	                            .n_feeds = env->n_feeds,
	                            .warn = env->warn,
	                            .warn_arg = env->warn_arg,
	                            .only_errors = only_errors};
	return rules_open(options->rules.n ? options->rules.p : NULL, &world, err);
}

static bool cleanup_check(const struct stage_env *env, const void *options, struct err *err)
{
	struct rules *rules = cleanup_rules(env, options, true, err);
	rules_close(rules);
	return rules != NULL;
}

static bool cleanup_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	struct cleanup *c = shared;
	c->signals = signals_new();
	if (!c->signals)
		return err_set(err, "no memory for the table of signals");
	c->rules = cleanup_rules(env, options, false, err);
	return c->rules != NULL;
}

static void cleanup_close(void *shared)
{
	struct cleanup *c = shared;
	rules_close(c->rules);
	signals_free(c->signals);
}

const struct stage stage_cleanup = {
        .name = "cleanup",
        .summary =
                "takes out what is no writer's word: headline and datelines to their fields, promos, signs, controls",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .writes = GROUP_CLEANUP,
        .options = cleanup_options,
        .options_size = sizeof(struct cleanup_options),
        .shared_size = sizeof(struct cleanup),
        .reopens = true,
        .check = cleanup_check,
        .open = cleanup_open,
        .close = cleanup_close,
        .run = cleanup_run,
};
