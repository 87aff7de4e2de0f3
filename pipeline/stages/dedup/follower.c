/*
 * Following the log; see follower.h.
 */
#include "pipeline/stages/dedup/follower.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Changes of settings that are remembered; those before have left the log long ago. */
#define FOLLOWER_SETTINGS_MAX 16
/* Settings are written again after this part of the window, so that the log holds them whatever falls away. */
#define FOLLOWER_SETTINGS_PART 2
/* A view begins so many spans before the window of what it judges: view.h says why. */
#define FOLLOWER_EARLY_SPANS 2
/* One wait for a record. */
#define FOLLOWER_WAIT_MS 100

struct follower_settings {
	int64_t offset;
	struct claim_settings settings;
};

struct follower {
	const struct ledger_log_options *options;
	struct ledger_log_facts *facts;
	uint64_t space;
	struct view *view; /* NULL: to be begun */
	struct claims_cursor *cursor;
	int64_t next, end; /* the offset to read; the view is complete when it has been read up to `end` */
	bool is_complete, was_complete;
	bool is_cut;      /* the log had lost records, and none with a time has come since then */
	int64_t reach_ms; /* the view has to judge claims of this time; INT64_MAX: those of now */
	int64_t now_ms;   /* the log's latest time */
	/* Those that changed something, oldest first. The first ones are the worker's own. */
	struct follower_settings settings[FOLLOWER_SETTINGS_MAX];
	size_t n_settings;
	bool has_settings;        /* of the log's own */
	int64_t settings_last_ms; /* the latest record of settings, changing or not */
};

static void follower_tell(struct follower *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void follower_tell(struct follower *f, const char *format, ...)
{
	char words[500];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (f->options->tell)
		f->options->tell(f->options->tell_arg, words);
}

/* --- settings ----------------------------------------------------------------------------------------------------- */

static void follower_forget_settings(struct follower *f)
{
	f->settings[0] = (struct follower_settings){-1, f->options->settings};
	f->n_settings = 1;
	f->has_settings = false;
}

static const struct claim_settings *follower_latest(const struct follower *f)
{
	return &f->settings[f->n_settings - 1].settings;
}

const struct claim_settings *follower_settings(const struct follower *f, int64_t offset)
{
	size_t i = f->n_settings - 1;
	while (i && f->settings[i].offset > offset)
		i--;
	return &f->settings[i].settings;
}

const struct claim_format *follower_format(const struct follower *f, const struct claim_settings *settings)
{
	const struct claim_format *format = f->options->formats ? f->options->formats : claim_formats;
	while (format->number && format->number != settings->format)
		format++;
	return format->number ? format : NULL;
}

int64_t follower_view_start(const struct claim_settings *settings, int64_t time_ms)
{
	int64_t span_ms = claims_span_ms(settings->window_ms);
	return (time_ms - settings->window_ms) / span_ms * span_ms - FOLLOWER_EARLY_SPANS * span_ms;
}

static bool follower_same(const struct claim_settings *a, const struct claim_settings *b)
{
	return a->window_ms == b->window_ms && a->window_claims == b->window_claims && a->format == b->format &&
	       likeness_limits_equal(&a->limits, &b->limits);
}

static void follower_begin_again(struct follower *f)
{
	view_free(&f->view);
	if (f->cursor)
		f->options->log->ops->shut(f->cursor);
	f->cursor = NULL;
	f->is_complete = false;
}

/* Those that stand in the log first are taken as if they had stood there from the beginning. */
static void follower_take_settings(struct follower *f, const struct log_record *at, const struct claim_settings *s)
{
	f->settings_last_ms = f->now_ms;
	if (f->settings[f->n_settings - 1].offset >= at->offset)
		return;
	bool is_first = !f->has_settings;
	f->has_settings = true;
	if (follower_same(s, follower_latest(f)))
		return;
	if (f->was_complete)
		follower_tell(f,
		              "the settings of the claims log have changed: a window of %" PRId64 " s and %" PRIu32
		              " claims, format %d, %s limits of likeness; it is read again",
		              s->window_ms / 1000, s->window_claims, s->format,
		              s->limits.same_text ? "other than the usual" : "the usual");
	if (f->n_settings == FOLLOWER_SETTINGS_MAX)
		memmove(f->settings, f->settings + 1, --f->n_settings * sizeof(*f->settings));
	f->n_settings -= is_first;
	f->settings[f->n_settings++] = (struct follower_settings){is_first ? -1 : at->offset, *s};
	follower_begin_again(f);
}

bool follower_wants_settings(const struct follower *f)
{
	return !f->has_settings ||
	       f->now_ms - f->settings_last_ms > follower_latest(f)->window_ms / FOLLOWER_SETTINGS_PART;
}

/* Can this worker judge as the others do? */
static bool follower_can_follow(struct follower *f, struct err *err)
{
	const struct claim_settings *is = follower_latest(f), *own = &f->options->settings;
	if (!follower_format(f, is))
		return err_set(
		        err,
		        "claims are compared in format %d, which this program does not know: install the version "
		        "that the other workers have",
		        is->format);
	if (f->was_complete || follower_same(is, own))
		return true;
	if (!likeness_limits_equal(&is->limits, &own->limits)) {
		const struct likeness_limits a = likeness_limits_full(is->limits),
		                             b = likeness_limits_full(own->limits);
		return err_set(
		        err,
		        "all workers judge by same-text %d, same-numbers %d, own-facts %d and excerpt %d, as the "
		        "claims log says; this configuration says %d, %d, %d and %d: set these options of dedup "
		        "alike, or change them for all with 'wiredesk topics --settle-claims'",
		        a.same_text, a.same_numbers, a.own_facts, a.excerpt, b.same_text, b.same_numbers, b.own_facts,
		        b.excerpt);
	}
	return err_set(err,
	               "all workers judge by a window of %" PRId64 " s and %" PRIu32
	               " claims in format %d, as the claims log says; this configuration says %" PRId64 " s, %" PRIu32
	               " and %d: set dedup.window and dedup.window-stories alike, or change them for all with "
	               "'wiredesk topics --settle-claims'",
	               is->window_ms / 1000, is->window_claims, is->format, own->window_ms / 1000, own->window_claims,
	               own->format);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct follower *follower_new(const struct ledger_log_options *options, struct ledger_log_facts *facts)
{
	struct follower *f = grow_new(sizeof(*f));
	f->options = options;
	f->facts = facts;
	f->space = claim_space(options->space);
	f->reach_ms = INT64_MAX;
	follower_forget_settings(f);
	return f;
}

void follower_free(struct follower **follower)
{
	struct follower *f = *follower;
	if (!f)
		return;
	*follower = NULL;
	follower_begin_again(f);
	free(f);
}

static bool follower_begin_view(struct follower *f, struct err *err)
{
	int64_t first, next;
	const struct claim_settings *settings = follower_latest(f);
	if (!f->options->log->ops->bounds(f->options->log, &first, &next, err))
		return false;
	f->cursor = f->options->log->ops->open(f->options->log, first, err);
	if (!f->cursor)
		return false;
	int64_t reach_ms = f->reach_ms < INT64_MAX ? f->reach_ms : clock_wall_ms(f->options->clock);
	f->view = view_new(&(struct view_options){.settings = *settings,
	                                          .is_story_time = f->options->is_story_time,
	                                          .from_ms = follower_view_start(settings, reach_ms)});
	f->next = first;
	f->end = next;
	f->is_cut = first > 0;
	f->is_complete = false;
	f->facts->restores++;
	return true;
}

static void follower_feed(struct follower *f, const struct log_record *at)
{
	struct claim_record record;
	struct keys_entry entry;
	const struct claim_format *format = follower_format(f, follower_latest(f));
	f->facts->read++;
	if (f->now_ms < at->time_ms)
		f->now_ms = at->time_ms;
	/* Records that carry no time of the log's own may be as old as anything. */
	if (f->is_cut && at->time_ms > 0) {
		view_forget_before(f->view, f->now_ms);
		f->is_cut = false;
	}
	view_see(f->view, at->time_ms);
	enum claim_record_answer answer = claim_record_read(at->value, format, &record);
	f->facts->foreign += answer == CLAIM_RECORD_FOREIGN;
	f->facts->newer += answer == CLAIM_RECORD_NEWER;
	if (answer != CLAIM_RECORD_READ || record.space != f->space)
		return;
	if (record.kind == CLAIM_RECORD_SETTINGS)
		follower_take_settings(f, at, &record.settings);
	else
		f->facts->repeated += view_feed(f->view, at, &record, &entry) == VIEW_REPEATED;
}

static void follower_moved(struct follower *f, int64_t to)
{
	f->facts->moves++;
	if (to >= f->next) {
		follower_tell(
		        f, "records %" PRId64 " to %" PRId64 " of the claims log are gone: reading goes on behind them",
		        f->next, to - 1);
		f->next = to;
		f->is_cut = true;
		return;
	}
	follower_tell(f, "the claims log has been made anew: what was claimed before is forgotten");
	follower_begin_again(f);
	follower_forget_settings(f);
}

/* One step; THERE: a record was read, or the log moved. LATE: nothing came. */
static enum follower_answer follower_step(struct follower *f, int64_t wait_ms, struct err *err)
{
	struct log_record record;
	switch (f->options->log->ops->read(f->cursor, wait_ms, &record, err)) {
	case LOG_RECORD:
		f->next = record.offset + 1;
		follower_feed(f, &record);
		return FOLLOWER_THERE;
	case LOG_MOVED:
		follower_moved(f, record.offset);
		return FOLLOWER_THERE;
	case LOG_AWAY:
		return FOLLOWER_AWAY;
	case LOG_END:
		break;
	}
	return FOLLOWER_LATE;
}

/* What may be waited for a record; 0: time has run out, or the worker ends. */
static int64_t follower_left_ms(struct follower *f, int64_t deadline_us)
{
	if (quit_is_asked(&f->options->quit))
		return 0;
	int64_t left_us = deadline_us - clock_mono_us(f->options->clock);
	int64_t left_ms = left_us > 0 ? left_us / 1000 : 0;
	return left_ms < FOLLOWER_WAIT_MS ? left_ms : FOLLOWER_WAIT_MS;
}

/* Reads up to f->end. A log may end in offsets that hold no record, so what is asked is where the reader stands. */
static enum follower_answer follower_read_to_end(struct follower *f, int64_t deadline_us, struct err *err)
{
	/* At the end, too: a log that is another one now says so. */
	if (f->next >= f->end && follower_step(f, 0, err) == FOLLOWER_AWAY)
		return FOLLOWER_AWAY;
	while (f->view && f->next < f->end) {
		int64_t left_ms = follower_left_ms(f, deadline_us);
		enum follower_answer answer = follower_step(f, left_ms, err);
		if (answer == FOLLOWER_AWAY || (answer == FOLLOWER_LATE && !left_ms))
			return answer;
		/* Records may come for ever. */
		if (f->view && f->next < f->end && !follower_left_ms(f, deadline_us))
			return FOLLOWER_LATE;
	}
	return FOLLOWER_THERE;
}

enum follower_answer follower_to_end(struct follower *f, int64_t deadline_us, struct err *err)
{
	for (bool is_asked = false;;) {
		int64_t first;
		if (!f->view && !follower_begin_view(f, err))
			return FOLLOWER_AWAY;
		if (!is_asked && !f->options->log->ops->bounds(f->options->log, &first, &f->end, err))
			return FOLLOWER_AWAY;
		is_asked = true;
		if (f->end < f->next) {
			follower_moved(f, f->end);
			continue;
		}
		enum follower_answer answer = follower_read_to_end(f, deadline_us, err);
		if (answer != FOLLOWER_THERE)
			return answer;
		if (f->view)
			break;
		is_asked = false; /* begun again: asked again, for the log may be another one */
	}
	if (!follower_can_follow(f, err))
		return FOLLOWER_REFUSED;
	f->is_complete = f->was_complete = true;
	return FOLLOWER_THERE;
}

enum follower_answer follower_to_key(struct follower *f, const struct key *key, int64_t deadline_us, struct err *err)
{
	CHECK(f->is_complete);
	while (f->view && !keys_find(view_keys(f->view), key, NULL)) {
		int64_t left_ms = follower_left_ms(f, deadline_us);
		if (!left_ms)
			return FOLLOWER_LATE;
		if (follower_step(f, left_ms, err) == FOLLOWER_AWAY)
			return FOLLOWER_AWAY;
	}
	return f->view ? FOLLOWER_THERE : follower_to_end(f, deadline_us, err);
}

/* --- the view ----------------------------------------------------------------------------------------------------- */

struct view *follower_view(struct follower *f)
{
	return f->is_complete ? f->view : NULL;
}

bool follower_can_judge(struct follower *f, const struct keys_entry *entry)
{
	return f->is_complete && follower_same(follower_settings(f, entry->offset), follower_latest(f)) &&
	       view_can_judge(f->view, entry);
}

void follower_reach_back(struct follower *f, int64_t time_ms)
{
	f->reach_ms = time_ms;
	follower_begin_again(f);
}

uint64_t follower_space(const struct follower *f)
{
	return f->space;
}

void follower_where(const struct follower *f, int64_t *next, int64_t *end)
{
	*next = f->next;
	*end = f->end;
}
