/*
 * The local ledger: claims in this process's memory, in the order in which it saw them.
 *
 * A batch is judged whole in begin, each claim as it is entered: at that moment the index holds just the claims before
 * it. What judging found is copied into memory of the batch, so that claims may leave the index while a batch is
 * unsettled. Claims past the window leave in begin, which no verdict can tell; those over the bounds leave in commit
 * alone, so that a rollback finds everything it has to put back still there.
 */
#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/dedup/claims.h"
#include "pipeline/stages/dedup/judging.h"
#include "pipeline/stages/dedup/keys.h"

#define LOCAL_UNSETTLED_MAX 2
/* Claims whose memory is asked for at a time. */
#define LOCAL_EXPECTED 16
_Static_assert(LOCAL_EXPECTED <= CLAIMS_EXPECTED_MAX && LOCAL_EXPECTED <= KEYS_EXPECTED_MAX, "no more than they take");

struct local_batch {
	uint64_t number;
	int64_t order_ms; /* before it */
	size_t n_fresh;   /* claims of this batch that are the newest in the index, or newest but one batch */
	struct judgement *found;
	size_t n, room;
	struct arena texts;
};

struct local {
	struct ledger ledger; /* first, so that one is the other */
	struct ledger_local_options options;
	struct claims *claims;
	struct keys *keys; /* one a claim, in the same order */
	int64_t order_ms;  /* the latest of the stories' dates, where they are judged by */
	struct local_batch batches[LOCAL_UNSETTLED_MAX];
	struct local_batch *unsettled[LOCAL_UNSETTLED_MAX]; /* oldest first */
	struct local_batch *spare[LOCAL_UNSETTLED_MAX];
	size_t n_unsettled;
};

static struct local *local_of(struct ledger *ledger)
{
	return (struct local *)(void *)ledger;
}

static size_t local_unsettled_claims(const struct local *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n_unsettled; i++)
		n += l->unsettled[i]->n_fresh;
	return n;
}

static struct local_batch *local_find(const struct local *l, uint64_t number)
{
	for (size_t i = 0; i < l->n_unsettled; i++)
		if (l->unsettled[i]->number == number)
			return l->unsettled[i];
	return NULL;
}

static struct local_batch *local_open_batch(struct local *l, uint64_t number, size_t n)
{
	CHECK(l->n_unsettled < LOCAL_UNSETTLED_MAX);
	CHECK(!local_find(l, number));
	struct local_batch *b = l->spare[LOCAL_UNSETTLED_MAX - 1 - l->n_unsettled];
	l->unsettled[l->n_unsettled++] = b;
	b->number = number;
	b->n = 0;
	b->n_fresh = 0;
	b->order_ms = l->order_ms;
	if (n <= b->room)
		return b;
	b->found = grow(b->found, n, sizeof(*b->found));
	b->room = n;
	return b;
}

/* Takes the batch out of the unsettled ones; its memory is used again. */
static void local_close_batch(struct local *l, struct local_batch *b)
{
	CHECK(l->n_unsettled > 0);
	if (l->unsettled[0] == b)
		l->unsettled[0] = l->unsettled[l->n_unsettled - 1];
	l->n_unsettled--;
	l->spare[LOCAL_UNSETTLED_MAX - 1 - l->n_unsettled] = b;
	arena_reset(&b->texts);
}

/* --- the operations ------------------------------------------------------------------------------------------- */

static void local_drop_oldest(struct local *l)
{
	claims_drop_oldest(l->claims);
	keys_drop_oldest(l->keys);
}

static void local_forget_past(struct local *l, int64_t now_ms)
{
	size_t unsettled = local_unsettled_claims(l);
	while (!l->options.is_story_time && claims_count(l->claims) > unsettled &&
	       claims_oldest_is_past(l->claims, now_ms))
		local_drop_oldest(l);
}

static uint32_t local_place(const struct local *l, const struct keys_entry *entry)
{
	return claims_newest_but(l->claims, keys_newer(l->keys, entry));
}

static void local_void(struct local *l, const struct claim_key *ended)
{
	struct key key = key_of(ended);
	for (struct keys_entry e = {0}; keys_next_ended(l->keys, &key, &e);) {
		if (!e.is_void)
			claims_void(l->claims, local_place(l, &e));
		keys_set_void(l->keys, &e);
	}
}

/* Dates fall and rise again; the order is that in which they came. */
static uint32_t local_enter_fresh(struct local *l, const struct claim *claim, int64_t now_ms)
{
	if (!l->options.is_story_time)
		return claims_enter(l->claims, claim, now_ms, now_ms);
	if (claim->is_dated && l->order_ms < claim->time_ms)
		l->order_ms = claim->time_ms;
	return claims_enter(l->claims, claim, claim->is_dated ? claim->time_ms : CLAIMS_NO_TIME, l->order_ms);
}

static void local_expect(struct local *l, const struct claim *claims, size_t n)
{
	struct key keys[LOCAL_EXPECTED];
	for (size_t i = 0; i < n; i++)
		keys[i] = key_of(&claims[i].key);
	keys_expect(l->keys, keys, n);
	claims_expect(l->claims, claims, n);
}

/* The claim's place, entered or found again. What was void and comes again, mended, is claimed anew. */
static uint32_t local_enter(struct local *l, struct local_batch *b, const struct claim *claim, int64_t now_ms)
{
	struct keys_entry known = {0}, fresh = {.key = key_of(&claim->key)};
	if (keys_find(l->keys, &fresh.key, &known) && !known.is_void)
		return local_place(l, &known);
	b->n_fresh++;
	keys_add(l->keys, &fresh);
	return local_enter_fresh(l, claim, now_ms);
}

static enum ledger_answer local_begin(struct ledger *ledger, uint64_t batch, const struct claim *claims, size_t n,
                                      const struct claim_key *ended, size_t n_ended, struct err *err)
{
	(void)err;
	struct local *l = local_of(ledger);
	int64_t now_ms = clock_mono_ms(l->options.clock);
	local_forget_past(l, now_ms);
	for (size_t i = 0; i < n_ended; i++)
		local_void(l, &ended[i]);
	struct local_batch *b = local_open_batch(l, batch, n);
	for (size_t i = 0; i < n; i++) {
		if (i % LOCAL_EXPECTED == 0)
			local_expect(l, claims + i, n - i < LOCAL_EXPECTED ? n - i : LOCAL_EXPECTED);
		ledger_working(ledger, i);
		judging_judge(l->claims, &claims[i], local_enter(l, b, &claims[i], now_ms), &b->texts,
		              &b->found[b->n++]);
	}
	ledger_working(ledger, LEDGER_NO_CLAIM);
	return LEDGER_READY;
}

static void local_judge(struct ledger *ledger, uint64_t batch, size_t i, struct judgement *out)
{
	struct local *l = local_of(ledger);
	struct local_batch *b = local_find(l, batch);
	CHECK(b && i < b->n);
	*out = b->found[i];
}

static bool local_is_over(const struct local *l, size_t unsettled)
{
	size_t count = claims_count(l->claims), most = l->options.claims_max;
	return count > unsettled && (count > most || claims_text_bytes(l->claims) / LEDGER_TEXT_BYTES > most);
}

static void local_commit(struct ledger *ledger, uint64_t batch)
{
	struct local *l = local_of(ledger);
	CHECK(l->n_unsettled > 0 && l->unsettled[0]->number == batch);
	local_close_batch(l, l->unsettled[0]);
	size_t unsettled = local_unsettled_claims(l);
	while (local_is_over(l, unsettled))
		local_drop_oldest(l);
}

static void local_rollback(struct ledger *ledger, uint64_t batch)
{
	struct local *l = local_of(ledger);
	struct local_batch *b = local_find(l, batch);
	if (!b)
		return;
	CHECK(b == l->unsettled[l->n_unsettled - 1]);
	for (; b->n_fresh; b->n_fresh--) {
		claims_drop_newest(l->claims);
		keys_drop_newest(l->keys);
	}
	l->order_ms = b->order_ms;
	local_close_batch(l, b);
}

static size_t local_size(struct ledger *ledger)
{
	return claims_count(local_of(ledger)->claims);
}

static void local_close(struct ledger *ledger)
{
	struct local *l = local_of(ledger);
	claims_free(&l->claims);
	keys_free(&l->keys);
	for (size_t i = 0; i < LOCAL_UNSETTLED_MAX; i++) {
		free(l->batches[i].found);
		arena_free(&l->batches[i].texts);
	}
	free(l);
}

static const struct ledger_ops local_ops = {
        .name = "local",
        .begin = local_begin,
        .judge = local_judge,
        .commit = local_commit,
        .rollback = local_rollback,
        .size = local_size,
        .close = local_close,
};

struct ledger *ledger_local_new(const struct ledger_local_options *options)
{
	CHECK(options->clock && options->window_ms > 0 && options->claims_max > 0);
	struct local *l = grow_new(sizeof(*l));
	l->ledger.ops = &local_ops;
	l->options = *options;
	l->claims = claims_new(&(struct claims_window){
	        .ms = options->window_ms, .limits = options->limits, .is_story_time = options->is_story_time});
	l->keys = keys_new();
	for (size_t i = 0; i < LOCAL_UNSETTLED_MAX; i++) {
		l->spare[i] = &l->batches[i];
		arena_init(&l->batches[i].texts, 0, 0);
	}
	return &l->ledger;
}
