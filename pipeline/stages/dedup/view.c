/*
 * Views; see view.h.
 */
#include "pipeline/stages/dedup/view.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/dedup/ring.h"

#include <stdlib.h>

/* Kept beyond the window, so that what comes again is judged without reading back. */
#define VIEW_SLACK_MS (INT64_C(3600) * 1000)
/* The same for windows that are counted in claims: a part of them, and some. */
#define VIEW_SLACK_PART   16
#define VIEW_SLACK_CLAIMS 1000
/* Keys are remembered for so many windows. */
#define VIEW_KEY_WINDOWS 2
/* What a ring can number, and some less. */
#define VIEW_KEYS_MAX (RING_COUNT_MAX - RING_BLOCK_RECORDS)

struct view {
	struct view_options options;
	struct claims *claims;
	struct keys *keys;
	int64_t now_ms;         /* the log's latest time */
	int64_t whole_from_ms;  /* all claims since then are, or were, in the index, and their spans are whole */
	bool has_dropped;       /* claims beyond the number that the window allows */
	int64_t memory_from_ms; /* what was claimed before is not known */
};

struct view *view_new(const struct view_options *options)
{
	struct view *v = grow_new(sizeof(*v));
	v->options = *options;
	v->claims = claims_new(&(struct claims_window){.ms = options->settings.window_ms,
	                                               .claims = options->settings.window_claims,
	                                               .limits = options->settings.limits,
	                                               .is_story_time = options->is_story_time});
	v->keys = keys_new();
	v->now_ms = v->memory_from_ms = INT64_MIN;
	v->whole_from_ms = options->from_ms + claims_span_ms(options->settings.window_ms);
	return v;
}

void view_free(struct view **view)
{
	struct view *v = *view;
	if (!v)
		return;
	*view = NULL;
	claims_free(&v->claims);
	keys_free(&v->keys);
	free(v);
}

struct keys *view_keys(struct view *v)
{
	return v->keys;
}

struct claims *view_claims(struct view *v)
{
	return v->claims;
}

uint32_t view_place(const struct view *v, const struct keys_entry *entry)
{
	return claims_newest_but(v->claims, keys_newer(v->keys, entry));
}

/* The beginning of the span that time_ms is in. */
static int64_t view_span_start(const struct view *v, int64_t time_ms)
{
	int64_t span_ms = claims_span_ms(v->options.settings.window_ms);
	return time_ms / span_ms * span_ms;
}

/* --- leaving ------------------------------------------------------------------------------------------------------ */

/* A span of time leaves as a whole, so that those which stay are whole. */
static void view_trim_claims(struct view *v)
{
	const struct claim_settings *s = &v->options.settings;
	int64_t from_ms = view_span_start(v, v->now_ms - s->window_ms - VIEW_SLACK_MS);
	while (claims_count(v->claims) && claims_oldest_order_ms(v->claims) < from_ms)
		claims_drop_oldest(v->claims);
	if (v->whole_from_ms < from_ms)
		v->whole_from_ms = from_ms;
}

static size_t view_claims_max(const struct claim_settings *s)
{
	return (size_t)s->window_claims + s->window_claims / VIEW_SLACK_PART + VIEW_SLACK_CLAIMS;
}

static void view_trim_count(struct view *v)
{
	const struct claim_settings *s = &v->options.settings;
	for (; claims_count(v->claims) > view_claims_max(s); v->has_dropped = true)
		claims_drop_oldest(v->claims);
}

static void view_drop_oldest_key(struct view *v, int64_t forgotten_ms)
{
	view_forget_before(v, forgotten_ms);
	keys_drop_oldest(v->keys);
}

static void view_trim_key_count(struct view *v)
{
	size_t claims = view_claims_max(&v->options.settings);
	size_t most = VIEW_KEY_TIMES * (claims > VIEW_KEY_CLAIMS_MIN ? claims : VIEW_KEY_CLAIMS_MIN);
	if (most > VIEW_KEYS_MAX)
		most = VIEW_KEYS_MAX;
	while (keys_count(v->keys) >= most)
		view_drop_oldest_key(v, keys_oldest_time_ms(v->keys));
}

static void view_trim_keys(struct view *v)
{
	int64_t from_ms = v->now_ms - VIEW_KEY_WINDOWS * v->options.settings.window_ms;
	while (keys_count(v->keys) && keys_oldest_time_ms(v->keys) < from_ms)
		view_drop_oldest_key(v, from_ms);
}

void view_forget_before(struct view *v, int64_t time_ms)
{
	if (v->memory_from_ms < time_ms)
		v->memory_from_ms = time_ms;
}

int64_t view_memory_from_ms(const struct view *v)
{
	return v->memory_from_ms;
}

/* --- entering ----------------------------------------------------------------------------------------------------- */

/* Is this the first claim of its key? */
static bool view_is_first(struct view *v, const struct log_record *at, const struct key *key)
{
	struct keys_entry known = {0};
	bool is_known = v->options.first_of && keys_find(v->options.first_of, key, &known);
	return is_known ? known.offset == at->offset : !keys_find(v->keys, key, NULL);
}

/* Of what comes in time order a beginning is left out, or nothing: so a key's claim is found by what is newer. */
static void view_enter(struct view *v, const struct claim_record *record)
{
	if (v->now_ms < v->options.from_ms)
		return;
	int64_t time_ms = v->options.is_story_time ? record->claim.time_ms : v->now_ms;
	claims_enter(v->claims, &record->claim, time_ms, v->now_ms);
}

static enum view_fed view_feed_claim(struct view *v, const struct log_record *at, const struct claim_record *record,
                                     struct keys_entry *entry)
{
	if (!view_is_first(v, at, &record->key))
		return VIEW_REPEATED;
	view_trim_key_count(v);
	*entry = (struct keys_entry){.key = record->key, .offset = at->offset, .time_ms = v->now_ms};
	keys_add(v->keys, entry);
	view_enter(v, record);
	return VIEW_CLAIM;
}

static enum view_fed view_feed_void(struct view *v, const struct claim_record *record)
{
	enum view_fed fed = VIEW_LOOSE;
	for (struct keys_entry e = {0}; keys_next_ended(v->keys, &record->key, &e);) {
		uint32_t place = view_place(v, &e);
		if (!e.is_void && place != CLAIMS_NONE)
			claims_void(v->claims, place);
		keys_set_void(v->keys, &e);
		fed = VIEW_VOID;
	}
	return fed;
}

void view_see(struct view *v, int64_t time_ms)
{
	if (v->now_ms >= time_ms)
		return;
	v->now_ms = time_ms;
	view_trim_claims(v);
	view_trim_keys(v);
}

enum view_fed view_feed(struct view *v, const struct log_record *at, const struct claim_record *record,
                        struct keys_entry *entry)
{
	view_trim_count(v);
	if (record->kind == CLAIM_RECORD_VOID)
		return view_feed_void(v, record);
	CHECK(record->kind == CLAIM_RECORD_CLAIM);
	return view_feed_claim(v, at, record, entry);
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

bool view_can_judge(const struct view *v, const struct keys_entry *e)
{
	const struct claim_settings *s = &v->options.settings;
	uint32_t place = view_place(v, e);
	if (place == CLAIMS_NONE || view_span_start(v, e->time_ms - s->window_ms) < v->whole_from_ms)
		return false;
	return !v->has_dropped || claims_before(v->claims, place) >= s->window_claims;
}
