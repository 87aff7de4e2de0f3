/*
 * The ledger over a log; see ledger_log.h.
 *
 * What is known of the log is the follower's view (follower.h). begin brings it up to date, appends what is missing in
 * the log, and reads until that has come back. Then each story is judged (ledger_log_judge.c).
 */
#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/dedup/ledger_log_inside.h"

#include <stdlib.h>

#define LOG_PATIENCE_MS 10000
/* While the log is away and stories go on without it, each batch tries it for so long. */
#define LOG_TRY_MS 200
/* Voids that wait for the log to come back; over it stories wait, too. */
#define LOG_OWED_MAX 100000

static struct ledger_log *log_of(struct ledger *ledger)
{
	return (struct ledger_log *)(void *)ledger;
}

static int64_t log_deadline_us(const struct ledger_log *l)
{
	bool is_try = l->facts.is_away && l->options.on_outage == LEDGER_LOG_PUBLISH;
	return clock_mono_us(l->options.clock) + 1000 * (is_try ? LOG_TRY_MS : l->options.patience_ms);
}

/* --- batches ------------------------------------------------------------------------------------------------------ */

static struct log_batch *log_find(struct ledger_log *l, uint64_t number)
{
	for (size_t i = 0; i < LOG_UNSETTLED_MAX; i++)
		if (l->batches[i].is_open && l->batches[i].number == number)
			return &l->batches[i];
	return NULL;
}

static struct log_batch *log_open_batch(struct ledger_log *l, uint64_t number, const struct claim *claims, size_t n)
{
	struct log_batch *b = &l->batches[l->batches[0].is_open];
	CHECK(!b->is_open && !log_find(l, number));
	b->is_open = true;
	b->number = number;
	b->n = n;
	if (n > b->room) {
		b->keys = grow(b->keys, n, sizeof(*b->keys));
		b->found = grow(b->found, n, sizeof(*b->found));
		b->is_found = grow(b->is_found, n, sizeof(*b->is_found));
		b->room = n;
	}
	for (size_t i = 0; i < n; i++) {
		b->keys[i] = key_of(&claims[i].key);
		b->is_found[i] = false;
	}
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

/* --- records to append -------------------------------------------------------------------------------------------- */

static void log_add_void(struct ledger_log *l, const struct key *key)
{
	claim_record_write_void(&l->records.one, follower_space(l->follower), key);
	outbox_take(&l->records);
}

/* Everything of those that ended which the log knows and has not voided yet. */
static void log_add_voids(struct ledger_log *l, const struct claim_key *ended, size_t n)
{
	struct keys *keys = view_keys(follower_view(l->follower));
	for (size_t i = 0; i < l->n_owed; i++)
		log_add_void(l, &l->owed[i]);
	for (size_t i = 0; i < n; i++) {
		struct key key = key_of(&ended[i]);
		for (struct keys_entry e = {0}; keys_next_ended(keys, &key, &e);)
			if (!e.is_void)
				log_add_void(l, &e.key);
	}
}

static void log_add_settings(struct ledger_log *l)
{
	const struct claim_settings *settings = follower_settings(l->follower, INT64_MAX);
	claim_record_write_settings(&l->records.one, follower_space(l->follower), settings);
	outbox_take(&l->records);
}

/* Claims of which the log knows nothing. The key of the last one in *last; false: there is none. */
static bool log_add_claims(struct ledger_log *l, struct log_batch *b, const struct claim *claims, struct key *last)
{
	struct keys *keys = view_keys(follower_view(l->follower));
	size_t before = l->records.n;
	for (size_t i = 0; i < b->n; i++) {
		if (b->is_found[i] || keys_find(keys, &b->keys[i], NULL))
			continue;
		ledger_working(&l->ledger, i);
		if (!claim_record_write(&l->records.one, follower_space(l->follower), &claims[i], l->writes)) {
			ledger_log_set_unjudged(l, b, i, STR("{\"reason\":\"claim-too-long\"}"));
			continue;
		}
		outbox_take(&l->records);
		*last = b->keys[i];
	}
	ledger_working(&l->ledger, LEDGER_NO_CLAIM);
	return l->records.n > before;
}

static bool log_append(struct ledger_log *l, int64_t deadline_us, struct err *err)
{
	int64_t left_us = deadline_us - clock_mono_us(l->options.clock);
	return outbox_append(&l->records, l->options.log, left_us > 1000 ? left_us / 1000 : 1, err);
}

/* --- begin -------------------------------------------------------------------------------------------------------- */

struct log_begin {
	struct log_batch *batch;
	const struct claim *claims;
	const struct claim_key *ended;
	size_t n_ended;
	int64_t deadline_us;
};

static bool log_owes(const struct ledger_log *l, const struct key *key)
{
	for (size_t i = 0; i < l->n_owed; i++)
		if (key_equal(&l->owed[i], key))
			return true;
	return false;
}

/* Once, however often its batch comes again. */
static bool log_owe(struct ledger_log *l, const struct claim_key *ended, size_t n)
{
	if (n > LOG_OWED_MAX - l->n_owed)
		return false;
	if (l->n_owed + n > l->owed_room) {
		l->owed_room = l->n_owed + n;
		l->owed = grow(l->owed, l->owed_room, sizeof(*l->owed));
	}
	for (size_t i = 0; i < n; i++) {
		struct key key = key_of(&ended[i]);
		if (!log_owes(l, &key))
			l->owed[l->n_owed++] = key;
	}
	return true;
}

/* What the log lacks is appended, and comes back. */
static enum log_judged log_claim(struct ledger_log *l, const struct log_begin *begin, struct err *err)
{
	struct key last;
	outbox_clear(&l->records);
	log_add_voids(l, begin->ended, begin->n_ended);
	size_t n_voids = l->records.n;
	bool has_claims = log_add_claims(l, begin->batch, begin->claims, &last);
	size_t n_claims = l->records.n - n_voids;
	if (l->records.n && follower_wants_settings(l->follower))
		log_add_settings(l);
	if (!log_append(l, begin->deadline_us, err))
		return LOG_NOT_NOW;
	l->facts.voids += n_voids;
	l->facts.written += n_claims;
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
	for (size_t i = 0; i < begin->batch->n; i++)
		if (keys_find(keys, &begin->batch->keys[i], NULL))
			return true;
	return false;
}

/* One attempt. Voids hang on what stood in the log before; after a failure it may be another log; and what is known
 * already brings nothing back that would tell so. */
static enum log_judged log_try(struct ledger_log *l, const struct log_begin *begin, struct err *err)
{
	int64_t next, end;
	bool wants_end = !follower_view(l->follower) || begin->n_ended || l->facts.is_away || log_knows_any(l, begin);
	if (wants_end && follower_to_end(l->follower, begin->deadline_us, err) != FOLLOWER_THERE) {
		follower_where(l->follower, &next, &end);
		err_set(err, "the claims log is being read: %lld of %lld", (long long)next, (long long)end);
		return LOG_NOT_NOW;
	}
	follower_where(l->follower, &next, &end);
	enum log_judged claimed = log_claim(l, begin, err);
	if (claimed != LOG_JUDGED)
		return claimed;
	return ledger_log_judge_all(l, begin->batch, begin->claims, next, err);
}

/* Without the log: stories are published unjudged, if that is wished; voids are written when it is back. */
static enum ledger_answer log_go_without(struct ledger_log *l, const struct log_begin *begin)
{
	struct log_batch *b = begin->batch;
	if (l->options.on_outage != LEDGER_LOG_PUBLISH || quit_is_asked(&l->options.quit) ||
	    !log_owe(l, begin->ended, begin->n_ended))
		return LEDGER_ABORT;
	for (size_t i = 0; i < b->n; i++)
		if (!b->is_found[i])
			ledger_log_set_unjudged(l, b, i, STR("{\"reason\":\"claims-unavailable\"}"));
	return LEDGER_READY;
}

static enum ledger_answer log_begin(struct ledger *ledger, uint64_t batch, const struct claim *claims, size_t n,
                                    const struct claim_key *ended, size_t n_ended, struct err *err)
{
	struct ledger_log *l = log_of(ledger);
	int64_t start_us = clock_mono_us(l->options.clock);
	struct log_begin begin = {log_open_batch(l, batch, claims, n), claims, ended, n_ended, log_deadline_us(l)};
	enum log_judged judged = LOG_AGAIN;
	while (judged == LOG_AGAIN && clock_mono_us(l->options.clock) < begin.deadline_us &&
	       !quit_is_asked(&l->options.quit))
		judged = log_try(l, &begin, err);
	l->facts.wait_us = clock_mono_us(l->options.clock) - start_us;
	l->facts.is_away = judged != LOG_JUDGED;
	l->facts.begins += judged == LOG_JUDGED;
	if (judged == LOG_JUDGED)
		return LEDGER_READY;
	err_set(err, quit_is_asked(&l->options.quit) ? "the worker ends, and waits for no claims any more"
	                                             : "the claims log changes faster than it is read");
	return log_go_without(l, &begin);
}

static void log_judge(struct ledger *ledger, uint64_t batch, size_t i, struct judgement *out)
{
	struct log_batch *b = log_find(log_of(ledger), batch);
	CHECK(b && i < b->n && b->is_found[i]);
	*out = b->found[i];
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

enum ledger_log_state ledger_log_advance(struct ledger *ledger, int64_t budget_ms, struct err *err)
{
	struct ledger_log *l = log_of(ledger);
	int64_t deadline_us = clock_mono_us(l->options.clock) + 1000 * budget_ms;
	enum follower_answer answer = follower_to_end(l->follower, deadline_us, err);
	if (answer == FOLLOWER_THERE && follower_wants_settings(l->follower)) {
		outbox_clear(&l->records);
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
	struct ledger_log *l = log_of(ledger);
	*out = l->facts;
	follower_where(l->follower, &out->next, &out->end);
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
		free(l->batches[i].keys);
		free(l->batches[i].found);
		free(l->batches[i].is_found);
		arena_free(&l->batches[i].texts);
	}
	outbox_free(&l->records);
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
	struct ledger_log *l = grow(NULL, 1, sizeof(*l));
	*l = (struct ledger_log){.ledger = {.ops = &log_ops}, .options = *options};
	if (!l->options.patience_ms)
		l->options.patience_ms = LOG_PATIENCE_MS;
	if (options->space.n) {
		char *space = grow(NULL, options->space.n, 1);
		memcpy(space, options->space.p, options->space.n);
		l->space = l->options.space = str_make(space, options->space.n);
	}
	log_set_writes(l);
	l->follower = follower_new(&l->options, &l->facts);
	outbox_init(&l->records, CLAIM_RECORD_BYTES_MAX);
	for (size_t i = 0; i < LOG_UNSETTLED_MAX; i++)
		arena_init(&l->batches[i].texts, 0, 0);
	return &l->ledger;
}
