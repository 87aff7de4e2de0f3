/*
 * Looking back; see look_back.h.
 */
#include "pipeline/stages/dedup/look_back.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/judging.h"

#include <stdlib.h>

/* One wait for a record. */
#define LOOK_BACK_WAIT_MS 100

static int look_back_by_offset(const void *a, const void *b)
{
	const struct look_back_item *x = a, *y = b;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The log's claim is judged; what only the story knows, the words of its facts, is taken from the story. */
static void look_back_judge(const struct look_back *how, struct view *view, struct claim_record *record,
                            const struct keys_entry *entry, struct look_back_item *item)
{
	/* The same text: the numbers of its facts are the same, too. */
	if (record->claim.body_hash == item->claim->body_hash && record->claim.exact_hash == item->claim->exact_hash)
		record->claim.words = item->claim->words;
	ledger_working(how->ledger, item->i);
	how->facts->orphaned +=
	        judging_judge(view_claims(view), &record->claim, view_place(view, entry), how->keep, item->out);
	ledger_working(how->ledger, LEDGER_NO_CLAIM);
	item->is_judged = true;
}

/* The next record, with patience, but not when nobody waits for it any more. */
static enum log_answer look_back_next(const struct look_back *how, struct claims_cursor *cursor, struct log_record *at,
                                      struct err *err)
{
	const struct ledger_log_options *options = how->options;
	int64_t deadline_us = clock_mono_us(options->clock) + 1000 * options->patience_ms;
	enum log_answer answer = LOG_END;
	while (answer == LOG_END && clock_mono_us(options->clock) < deadline_us && !quit_is_asked(&options->quit))
		answer = options->log->ops->read(cursor, LOOK_BACK_WAIT_MS, at, err);
	return answer;
}

/* Reads from the cursor to the last item's own position. */
static enum look_back_answer look_back_read(const struct look_back *how, struct claims_cursor *cursor,
                                            struct view *view, const struct claim_format *format,
                                            struct look_back_item *items, size_t n, struct err *err)
{
	int64_t next = 0;
	for (size_t i = 0; i < n;) {
		struct log_record at;
		struct claim_record record;
		struct keys_entry entry;
		enum log_answer answer = look_back_next(how, cursor, &at, err);
		if (answer == LOG_AWAY || answer == LOG_END) {
			err_set(err, "the claims log does not answer");
			return LOOK_BACK_AWAY;
		}
		if (at.offset < next) {
			err_set(err, "the claims log has been made anew");
			return LOOK_BACK_AWAY;
		}
		next = at.offset;
		while (i < n && items[i].offset < at.offset)
			i++;
		if (answer == LOG_RECORD)
			view_see(view, at.time_ms);
		if (answer == LOG_MOVED || claim_record_read(at.value, format, &record) != CLAIM_RECORD_READ ||
		    record.space != follower_space(how->follower) || record.kind == CLAIM_RECORD_SETTINGS)
			continue;
		bool is_first = view_feed(view, &at, &record, &entry) == VIEW_CLAIM;
		for (; i < n && items[i].offset == at.offset; i++)
			if (is_first && key_equal(&items[i].key, &record.key) && view_can_judge(view, &entry))
				look_back_judge(how, view, &record, &entry, &items[i]);
	}
	return LOOK_BACK_DONE;
}

/* Items under the same settings. */
static enum look_back_answer look_back_group(const struct look_back *how, const struct claim_settings *settings,
                                             struct look_back_item *items, size_t n, struct err *err)
{
	const struct claims_log_ops *ops = how->options->log->ops;
	const struct claim_format *format = follower_format(how->follower, settings);
	int64_t from, from_ms = follower_view_start(settings, items[0].time_ms);
	if (!ops->find(how->options->log, from_ms, &from, err))
		return LOOK_BACK_AWAY;
	struct claims_cursor *cursor = ops->open(how->options->log, from, err);
	if (!cursor)
		return LOOK_BACK_AWAY;
	struct view *view = view_new(&(struct view_options){.settings = *settings,
	                                                    .is_story_time = how->options->is_story_time,
	                                                    .from_ms = from_ms,
	                                                    .first_of = view_keys(follower_view(how->follower))});
	how->facts->look_backs++;
	enum look_back_answer answer = look_back_read(how, cursor, view, format, items, n, err);
	view_free(&view);
	ops->shut(cursor);
	return answer;
}

enum look_back_answer look_back(const struct look_back *how, struct look_back_item *items, size_t n, struct err *err)
{
	CHECK(follower_view(how->follower));
	qsort(items, n, sizeof(*items), look_back_by_offset);
	for (size_t from = 0, to; from < n; from = to) {
		const struct claim_settings *settings = follower_settings(how->follower, items[from].offset);
		for (to = from + 1; to < n && follower_settings(how->follower, items[to].offset) == settings;)
			to++;
		if (look_back_group(how, settings, items + from, to - from, err) == LOOK_BACK_AWAY)
			return LOOK_BACK_AWAY;
	}
	return LOOK_BACK_DONE;
}
