/*
 * The ledger over a log; see ledger_log.h.
 *
 * What is known of the log is the follower's view (follower.h). begin brings it up to date, appends what is missing in
 * the log, and reads until that has come back. Then each story is judged at its own position: by the view, or, where it
 * was claimed too long ago for that, by looking back (look_back.h).
 */
#include "pipeline/stages/dedup/ledger_log.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/follower.h"
#include "pipeline/stages/dedup/judging.h"
#include "pipeline/stages/dedup/look_back.h"

#include <stdlib.h>

#define LOG_UNSETTLED_MAX 2
#define LOG_PATIENCE_MS   10000
/* While the log is away and stories go on without it, each batch tries it for so long. */
#define LOG_TRY_MS 200
/* Voids that wait for the log to come back; over it stories wait, too. */
#define LOG_OWED_MAX 100000
/* The clocks of brokers, and of whoever feeds them, differ by no more; or by a span, if that is longer. */
#define LOG_CLOCKS_MS 60000

struct log_batch {
	bool is_open;
	uint64_t number;
	struct judgement *found;
	bool *is_found;
	size_t n, room;
	struct arena texts;
};

/* Records to append: one buffer, and where each ends. */
struct log_records {
	struct buf bytes, one;
	size_t *ends;
	struct str *values;
	size_t n, room;
};

struct ledger_log {
	struct ledger ledger; /* first, so that one is the other */
	struct ledger_log_options options;
	struct str space; /* own copy */
	struct claim_format writes[CLAIM_FORMATS_MAX + 1];
	struct follower *follower;
	struct log_batch batches[LOG_UNSETTLED_MAX];
	struct log_records records;
	struct key *owed; /* voids that the log has yet to get */
	size_t n_owed, owed_room;
	struct look_back_item *items;
	size_t item_room;
	struct ledger_log_facts facts;
};

static struct ledger_log *log_of(struct ledger *ledger)
{
	return (struct ledger_log *)(void *)ledger;
}

static void *log_grow(void *p, size_t room, size_t size)
{
	CHECK(room <= SIZE_MAX / size);
	p = realloc(p, room * size);
	if (!p)
		check_panic("out of memory");
	return p;
}

static int64_t log_deadline_us(const struct ledger_log *l)
{
	bool is_try = l->facts.is_away && l->options.on_outage == LEDGER_LOG_PUBLISH;
	return clock_mono_us(l->options.clock) + 1000 * (is_try ? LOG_TRY_MS : l->options.patience_ms);
}

static bool log_must_stop(const struct ledger_log *l)
{
	return l->options.stop && atomic_load(l->options.stop);
}

/* --- batches ------------------------------------------------------------------------------------------------------ */

static struct log_batch *log_find(struct ledger_log *l, uint64_t number)
{
	for (size_t i = 0; i < LOG_UNSETTLED_MAX; i++)
		if (l->batches[i].is_open && l->batches[i].number == number)
			return &l->batches[i];
	return NULL;
}

static struct log_batch *log_open_batch(struct ledger_log *l, uint64_t number, size_t n)
{
	struct log_batch *b = &l->batches[l->batches[0].is_open];
	CHECK(!b->is_open && !log_find(l, number));
	b->is_open = true;
	b->number = number;
	b->n = n;
	if (n > b->room) {
		b->found = log_grow(b->found, n, sizeof(*b->found));
		b->is_found = log_grow(b->is_found, n, sizeof(*b->is_found));
		b->room = n;
	}
	for (size_t i = 0; i < n; i++)
		b->is_found[i] = false;
	return b;
}

static void log_close_batch(struct ledger *ledger, uint64_t number)
{
	struct log_batch *b = log_find(log_of(ledger), number);
	if (!b)
		return;
	b->is_open = false;
	arena_reset(&b->texts);
}

static void log_set_unjudged(struct ledger_log *l, struct log_batch *b, size_t i, struct str evidence)
{
	b->found[i] = judging_none(evidence);
	b->is_found[i] = true;
	l->facts.unjudged++;
}

/* --- records to append -------------------------------------------------------------------------------------------- */

static void log_take_record(struct ledger_log *l)
{
	struct log_records *r = &l->records;
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->ends = log_grow(r->ends, r->room, sizeof(*r->ends));
		r->values = log_grow(r->values, r->room, sizeof(*r->values));
	}
	buf_str(&r->bytes, buf_view(&r->one));
	CHECK(!r->bytes.overflow);
	r->ends[r->n++] = r->bytes.n;
	buf_clear(&r->one);
}

static void log_clear_records(struct ledger_log *l)
{
	buf_clear(&l->records.bytes);
	buf_clear(&l->records.one);
	l->records.n = 0;
}

static void log_add_void(struct ledger_log *l, const struct key *key)
{
	claim_record_write_void(&l->records.one, follower_space(l->follower), key);
	log_take_record(l);
	l->facts.voids++;
}

/* Everything of those that ended which the log knows and has not voided yet. */
static void log_add_voids(struct ledger_log *l, const struct claim_key *ended, size_t n)
{
	struct keys *keys = view_keys(follower_view(l->follower));
	for (size_t i = 0; i < l->n_owed; i++)
		log_add_void(l, &l->owed[i]);
	for (size_t i = 0; i < n; i++) {
		struct key key = key_of(&ended[i]);
		for (struct keys_entry *e = NULL; (e = keys_next_ended(keys, &key, e));)
			if (!e->is_void)
				log_add_void(l, &e->key);
	}
}

static void log_add_settings(struct ledger_log *l)
{
	const struct claim_settings *settings = follower_settings(l->follower, INT64_MAX);
	claim_record_write_settings(&l->records.one, follower_space(l->follower), settings);
	log_take_record(l);
}

/* Claims of which the log knows nothing. The key of the last one in *last; false: there is none. */
static bool log_add_claims(struct ledger_log *l, struct log_batch *b, const struct claim *claims, struct key *last)
{
	struct keys *keys = view_keys(follower_view(l->follower));
	size_t before = l->records.n;
	for (size_t i = 0; i < b->n; i++) {
		struct key key = key_of(&claims[i].key);
		if (b->is_found[i] || keys_find(keys, &key))
			continue;
		if (!claim_record_write(&l->records.one, follower_space(l->follower), &claims[i], l->writes)) {
			log_set_unjudged(l, b, i, STR("{\"reason\":\"claim-too-long\"}"));
			continue;
		}
		log_take_record(l);
		*last = key;
	}
	l->facts.written += l->records.n - before;
	return l->records.n > before;
}

static bool log_append(struct ledger_log *l, int64_t deadline_us, struct err *err)
{
	struct log_records *r = &l->records;
	if (!r->n)
		return true;
	for (size_t i = 0, from = 0; i < r->n; from = r->ends[i++])
		r->values[i] = str_slice(buf_view(&r->bytes), from, r->ends[i]);
	int64_t left_us = deadline_us - clock_mono_us(l->options.clock);
	return l->options.log->ops->append(l->options.log, r->values, r->n, left_us > 1000 ? left_us / 1000 : 1, err);
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

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

/* By the view; false: it cannot say. *entry: what is known of the claim; NULL: nothing (the log was made anew). */
static bool log_judge_now(struct ledger_log *l, struct log_batch *b, size_t i, const struct claim *claim,
                          const struct keys_entry **entry)
{
	struct view *view = follower_view(l->follower);
	struct claim_record own;
	struct key key = key_of(&claim->key);
	const struct keys_entry *e = *entry = keys_find(view_keys(view), &key);
	if (!e || !follower_can_judge(l->follower, e) || !log_as_written(l, claim, &own) ||
	    !claims_is_same(view_claims(view), e->place, &own.claim))
		return false;
	l->facts.orphaned += judging_judge(view_claims(view), &own.claim, e->place, &b->texts, &b->found[i]);
	return b->is_found[i] = true;
}

static void log_add_item(struct ledger_log *l, struct log_batch *b, size_t i, const struct claim *claim,
                         const struct keys_entry *e, size_t *n_items)
{
	if (b->n > l->item_room) {
		l->items = log_grow(l->items, b->n, sizeof(*l->items));
		l->item_room = b->n;
	}
	l->items[(*n_items)++] = (struct look_back_item){
	        .key = e->key, .claim = claim, .offset = e->offset, .time_ms = e->time_ms, .out = &b->found[i]};
}

static bool log_look_back(struct ledger_log *l, struct log_batch *b, size_t n_items, struct err *err)
{
	const struct look_back how = {&l->options, l->follower, &l->facts, &b->texts};
	if (look_back(&how, l->items, n_items, err) != LOOK_BACK_DONE)
		return false;
	for (size_t k = 0; k < n_items; k++) {
		size_t i = (size_t)(l->items[k].out - b->found);
		if (l->items[k].is_judged)
			b->is_found[i] = true;
		else
			log_set_unjudged(l, b, i, STR("{\"reason\":\"older-than-claims\"}"));
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

/* All that are not judged yet. LOG_AGAIN: the log is not what it was, or must be read further back. */
enum log_judged { LOG_JUDGED, LOG_AGAIN, LOG_NOT_NOW };

static enum log_judged log_judge_all(struct ledger_log *l, struct log_batch *b, const struct claim *claims,
                                     int64_t fresh_from, struct err *err)
{
	size_t n_items = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct keys_entry *e;
		if (!b->is_found[i] && log_is_older(l, &claims[i]))
			log_set_unjudged(l, b, i, STR("{\"reason\":\"older-than-claims\"}"));
		if (b->is_found[i] || log_judge_now(l, b, i, &claims[i], &e))
			continue;
		if (!e)
			return LOG_AGAIN;
		if (e->offset >= fresh_from && !follower_can_judge(l->follower, e)) {
			follower_reach_back(l->follower, e->time_ms);
			return LOG_AGAIN;
		}
		log_add_item(l, b, i, &claims[i], e, &n_items);
	}
	if (!n_items)
		return LOG_JUDGED;
	return log_look_back(l, b, n_items, err) ? LOG_JUDGED : LOG_NOT_NOW;
}

/* --- begin -------------------------------------------------------------------------------------------------------- */

struct log_begin {
	struct log_batch *batch;
	const struct claim *claims;
	const struct claim_key *ended;
	size_t n_ended;
	int64_t deadline_us;
};

static bool log_owe(struct ledger_log *l, const struct claim_key *ended, size_t n)
{
	if (n > LOG_OWED_MAX - l->n_owed)
		return false;
	if (l->n_owed + n > l->owed_room) {
		l->owed_room = l->n_owed + n;
		l->owed = log_grow(l->owed, l->owed_room, sizeof(*l->owed));
	}
	for (size_t i = 0; i < n; i++)
		l->owed[l->n_owed++] = key_of(&ended[i]);
	return true;
}

/* What the log lacks is appended, and comes back. */
static enum log_judged log_claim(struct ledger_log *l, const struct log_begin *begin, struct err *err)
{
	struct key last;
	log_clear_records(l);
	log_add_voids(l, begin->ended, begin->n_ended);
	bool has_claims = log_add_claims(l, begin->batch, begin->claims, &last);
	if (l->records.n && follower_wants_settings(l->follower))
		log_add_settings(l);
	if (!log_append(l, begin->deadline_us, err))
		return LOG_NOT_NOW;
	l->n_owed = 0;
	if (!has_claims)
		return LOG_JUDGED;
	enum follower_answer answer = follower_to_key(l->follower, &last, begin->deadline_us, err);
	if (answer == FOLLOWER_LATE)
		err_set(err, "the claims log does not give back what was appended");
	return answer == FOLLOWER_THERE ? LOG_JUDGED : LOG_NOT_NOW;
}

/* Was one of them claimed in an earlier life? */
static bool log_knows_any(struct ledger_log *l, const struct log_begin *begin)
{
	struct keys *keys = view_keys(follower_view(l->follower));
	for (size_t i = 0; i < begin->batch->n; i++) {
		struct key key = key_of(&begin->claims[i].key);
		if (keys_find(keys, &key))
			return true;
	}
	return false;
}

/* One attempt. Voids hang on what stood in the log before; after a failure it may be another log; and what is known
 * already brings nothing back that would tell so. */
static enum log_judged log_try(struct ledger_log *l, const struct log_begin *begin, struct err *err)
{
	struct ledger_log_facts *facts = &l->facts;
	bool wants_end = !follower_view(l->follower) || begin->n_ended || facts->is_away || log_knows_any(l, begin);
	if (wants_end && follower_to_end(l->follower, begin->deadline_us, err) != FOLLOWER_THERE) {
		err_set(err, "the claims log is being read: %lld of %lld", (long long)facts->next,
		        (long long)facts->end);
		return LOG_NOT_NOW;
	}
	int64_t fresh_from = facts->next;
	enum log_judged claimed = log_claim(l, begin, err);
	if (claimed != LOG_JUDGED)
		return claimed;
	return log_judge_all(l, begin->batch, begin->claims, fresh_from, err);
}

/* Without the log: stories are published unjudged, if that is wished; voids are written when it is back. */
static enum ledger_answer log_go_without(struct ledger_log *l, const struct log_begin *begin)
{
	struct log_batch *b = begin->batch;
	if (l->options.on_outage != LEDGER_LOG_PUBLISH || log_must_stop(l) || !log_owe(l, begin->ended, begin->n_ended))
		return LEDGER_ABORT;
	for (size_t i = 0; i < b->n; i++)
		if (!b->is_found[i])
			log_set_unjudged(l, b, i, STR("{\"reason\":\"claims-unavailable\"}"));
	return LEDGER_READY;
}

static enum ledger_answer log_begin(struct ledger *ledger, uint64_t batch, const struct claim *claims, size_t n,
                                    const struct claim_key *ended, size_t n_ended, struct err *err)
{
	struct ledger_log *l = log_of(ledger);
	int64_t start_us = clock_mono_us(l->options.clock);
	struct log_begin begin = {log_open_batch(l, batch, n), claims, ended, n_ended, log_deadline_us(l)};
	enum log_judged judged = LOG_AGAIN;
	while (judged == LOG_AGAIN && clock_mono_us(l->options.clock) < begin.deadline_us && !log_must_stop(l))
		judged = log_try(l, &begin, err);
	l->facts.wait_us = clock_mono_us(l->options.clock) - start_us;
	l->facts.is_away = judged != LOG_JUDGED;
	l->facts.begins += judged == LOG_JUDGED;
	if (judged == LOG_JUDGED)
		return LEDGER_READY;
	err_set(err, "the claims log changes faster than it is read");
	return log_go_without(l, &begin);
}

static void log_judge(struct ledger *ledger, uint64_t batch, size_t i, struct judgement *out)
{
	struct log_batch *b = log_find(log_of(ledger), batch);
	CHECK(b && i < b->n && b->is_found[i]);
	*out = b->found[i];
}

/* --- the rest ------------------------------------------------------------------------------------------------------
 */

enum ledger_log_state ledger_log_advance(struct ledger *ledger, int64_t budget_ms, struct err *err)
{
	struct ledger_log *l = log_of(ledger);
	int64_t deadline_us = clock_mono_us(l->options.clock) + 1000 * budget_ms;
	enum follower_answer answer = follower_to_end(l->follower, deadline_us, err);
	if (answer == FOLLOWER_THERE && follower_wants_settings(l->follower)) {
		log_clear_records(l);
		log_add_settings(l);
		if (!log_append(l, deadline_us + 1000 * l->options.patience_ms, err))
			answer = FOLLOWER_AWAY;
		else
			answer = follower_to_end(l->follower, deadline_us + 1000 * l->options.patience_ms, err);
	}
	l->facts.is_away = answer == FOLLOWER_AWAY;
	static const enum ledger_log_state states[] = {
	        [FOLLOWER_THERE] = LEDGER_LOG_READY,
	        [FOLLOWER_LATE] = LEDGER_LOG_READING,
	        [FOLLOWER_AWAY] = LEDGER_LOG_AWAY,
	        [FOLLOWER_REFUSED] = LEDGER_LOG_REFUSED,
	};
	return states[answer];
}

void ledger_log_facts(struct ledger *ledger, struct ledger_log_facts *out)
{
	*out = log_of(ledger)->facts;
}

static size_t log_size(struct ledger *ledger)
{
	struct view *view = follower_view(log_of(ledger)->follower);
	return view ? claims_count(view_claims(view)) : 0;
}

static void log_close(struct ledger *ledger)
{
	struct ledger_log *l = log_of(ledger);
	follower_free(&l->follower);
	l->options.log->ops->close(l->options.log);
	for (size_t i = 0; i < LOG_UNSETTLED_MAX; i++) {
		free(l->batches[i].found);
		free(l->batches[i].is_found);
		arena_free(&l->batches[i].texts);
	}
	buf_free(&l->records.bytes);
	buf_free(&l->records.one);
	free(l->records.ends);
	free(l->records.values);
	free(l->owed);
	free(l->items);
	free((void *)(uintptr_t)l->space.p);
	free(l);
}

static const struct ledger_ops log_ops = {
        .name = "kafka",
        .begin = log_begin,
        .judge = log_judge,
        .commit = log_close_batch,
        .rollback = log_close_batch,
        .size = log_size,
        .close = log_close,
};

/* The formats to write, as a table. */
static void log_set_writes(struct ledger_log *l)
{
	const struct claim_format *known = l->options.formats ? l->options.formats : claim_formats;
	const uint8_t own[] = {l->options.settings.format, 0}, *writes = l->options.writes ? l->options.writes : own;
	size_t n = 0;
	for (; known->number && n < CLAIM_FORMATS_MAX; known++)
		if (strchr((const char *)writes, known->number))
			l->writes[n++] = *known;
	CHECK(n);
}

struct ledger *ledger_log_new(const struct ledger_log_options *options)
{
	struct ledger_log *l = log_grow(NULL, 1, sizeof(*l));
	*l = (struct ledger_log){.ledger = {&log_ops}, .options = *options};
	if (!l->options.patience_ms)
		l->options.patience_ms = LOG_PATIENCE_MS;
	if (options->space.n) {
		char *space = log_grow(NULL, options->space.n, 1);
		memcpy(space, options->space.p, options->space.n);
		l->space = l->options.space = str_make(space, options->space.n);
	}
	log_set_writes(l);
	l->follower = follower_new(&l->options, &l->facts);
	buf_init(&l->records.bytes, SIZE_MAX / 2);
	buf_init(&l->records.one, CLAIM_RECORD_BYTES_MAX);
	for (size_t i = 0; i < LOG_UNSETTLED_MAX; i++)
		arena_init(&l->batches[i].texts, 0, 0);
	return &l->ledger;
}
