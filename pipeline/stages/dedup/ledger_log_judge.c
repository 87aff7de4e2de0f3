/*
 * The ledger over a log: verdicts. See ledger_log_inside.h.
 *
 * Each story is judged at its own position: by the view, or, where it was claimed too long ago for that, by looking
 * back (look_back.h).
 */
#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/dedup/judging.h"
#include "pipeline/stages/dedup/ledger_log_inside.h"

/* The clocks of brokers, and of whoever feeds them, differ by no more; or by a span, if that is longer. */
#define LOG_CLOCKS_MS 60000

void ledger_log_set_unjudged(struct ledger_log *l, struct log_batch *b, size_t i, struct str evidence)
{
	b->found[i] = judging_none(evidence);
	b->is_found[i] = true;
	l->facts.unjudged++;
}

/* The claim as it would stand in the log, its sketch in the format that is compared. False: it is too long for one. */
static bool log_as_written(struct ledger_log *l, const struct claim *claim, struct claim_record *out)
{
	const struct claim_settings *settings = follower_settings(l->follower, INT64_MAX);
	buf_clear(&l->records.one);
	if (!claim_record_write(&l->records.one, 0, claim, l->writes))
		return false;
	CHECK(claim_record_read(buf_view(&l->records.one), follower_format(l->follower, settings), out) ==
	      CLAIM_RECORD_READ);
	out->claim.words = claim->words;
	return true;
}

/* By the view; false: it cannot say. *e: what is known of the claim, if anything is (the log may have been made anew).
 */
static bool log_judge_now(struct ledger_log *l, struct log_batch *b, size_t i, const struct claim *claim,
                          struct keys_entry *e)
{
	struct view *view = follower_view(l->follower);
	struct claim_record own;
	*e = (struct keys_entry){0};
	if (!keys_find(view_keys(view), &b->keys[i], e) || !follower_can_judge(l->follower, e) ||
	    !log_as_written(l, claim, &own) || !claims_is_same(view_claims(view), view_place(view, e), &own.claim))
		return false;
	l->facts.orphaned += judging_judge(view_claims(view), &own.claim, view_place(view, e), &b->texts, &b->found[i]);
	return b->is_found[i] = true;
}

static void log_add_item(struct ledger_log *l, struct log_batch *b, size_t i, const struct claim *claim,
                         const struct keys_entry *e, size_t *n_items)
{
	if (b->n > l->item_room) {
		l->items = grow(l->items, b->n, sizeof(*l->items));
		l->item_room = b->n;
	}
	l->items[(*n_items)++] = (struct look_back_item){
	        .i = i, .key = e->key, .claim = claim, .offset = e->offset, .time_ms = e->time_ms, .out = &b->found[i]};
}

static bool log_look_back(struct ledger_log *l, struct log_batch *b, size_t n_items, struct err *err)
{
	const struct look_back how = {&l->ledger, &l->options, l->follower, &l->facts, &b->texts};
	if (look_back(&how, l->items, n_items, err) != LOOK_BACK_DONE)
		return false;
	for (size_t k = 0; k < n_items; k++) {
		size_t i = l->items[k].i;
		if (l->items[k].is_judged)
			b->is_found[i] = true;
		else
			ledger_log_set_unjudged(l, b, i, STR("{\"reason\":\"older-than-claims\"}"));
	}
	return true;
}

/* Was it, perhaps, claimed before the log's memory begins? Then the claim that is known need not be its first, and
 * those that were judged to be copies of it may stand before it. */
static bool log_is_older(struct ledger_log *l, const struct claim *claim)
{
	int64_t from_ms = view_memory_from_ms(follower_view(l->follower));
	int64_t span_ms = claims_span_ms(follower_settings(l->follower, INT64_MAX)->window_ms);
	int64_t clocks_ms = span_ms > LOG_CLOCKS_MS ? span_ms : LOG_CLOCKS_MS;
	return claim->arrived_ms >= 0 && from_ms != INT64_MIN && claim->arrived_ms <= from_ms + clocks_ms;
}

/* By the view, as many as it can say; the others become items. */
static enum log_judged log_judge_known(struct ledger_log *l, struct log_batch *b, const struct claim *claims,
                                       int64_t fresh_from, size_t *n_items)
{
	for (size_t i = 0; i < b->n; i++) {
		struct keys_entry e;
		if (!b->is_found[i] && log_is_older(l, &claims[i]))
			ledger_log_set_unjudged(l, b, i, STR("{\"reason\":\"older-than-claims\"}"));
		ledger_working(&l->ledger, i);
		if (b->is_found[i] || log_judge_now(l, b, i, &claims[i], &e))
			continue;
		if (!e.is_known)
			return LOG_AGAIN;
		if (e.offset >= fresh_from && !follower_can_judge(l->follower, &e)) {
			follower_reach_back(l->follower, e.time_ms);
			return LOG_AGAIN;
		}
		log_add_item(l, b, i, &claims[i], &e, n_items);
	}
	return LOG_JUDGED;
}

enum log_judged ledger_log_judge_all(struct ledger_log *l, struct log_batch *b, const struct claim *claims,
                                     int64_t fresh_from, struct err *err)
{
	size_t n_items = 0;
	enum log_judged judged = log_judge_known(l, b, claims, fresh_from, &n_items);
	ledger_working(&l->ledger, LEDGER_NO_CLAIM);
	if (judged != LOG_JUDGED || !n_items)
		return judged;
	return log_look_back(l, b, n_items, err) ? LOG_JUDGED : LOG_NOT_NOW;
}
