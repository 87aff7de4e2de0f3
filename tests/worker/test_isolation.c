/*
 * Isolation by itself: which messages go together after failures, and that every refused record is found, whatever the
 * order in which partitions are read.
 */
#include "tests/harness.h"

#include "worker/isolation.h"

#define MOST       16
#define PARTITIONS 4

static const char topic[] = "raw";

struct fixture {
	struct isolation iso;
	struct batch batch, rest;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	isolation_init(&f->iso, MOST);
	batch_init(&f->batch, 1, NULL, NULL);
	batch_init(&f->rest, 1, NULL, NULL);
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	isolation_free(&f->iso);
	batch_free(&f->batch);
	batch_free(&f->rest);
	free(f);
	return 0;
}

static void add(struct fixture *f, int partition, int64_t offset)
{
	struct message msg = {.delivery = {STR("c"), {topic, 3}, partition, offset}, .value = STR("v")};
	batch_add(&f->batch, &msg);
}

static void add_run(struct fixture *f, int partition, int64_t from, int64_t to)
{
	for (int64_t offset = from; offset < to; offset++)
		add(f, partition, offset);
}

/* Seals the first n messages; the rest is forgotten, as after a rewind. */
static void cut(struct fixture *f, size_t n)
{
	f->batch.n_taken = n;
	batch_reset(&f->rest);
	batch_seal(&f->batch, &f->rest);
}

/* The batch of just this run fails. */
static void fail_run(struct fixture *f, int partition, int64_t from, int64_t to)
{
	batch_reset(&f->batch);
	add_run(f, partition, from, to);
	cut(f, (size_t)(to - from));
	isolation_failed(&f->iso, &f->batch);
	batch_reset(&f->batch);
}

static void commit_run(struct fixture *f, int partition, int64_t from, int64_t to)
{
	batch_reset(&f->batch);
	add_run(f, partition, from, to);
	cut(f, (size_t)(to - from));
	isolation_committed(&f->iso, &f->batch);
	batch_reset(&f->batch);
}

static size_t would_take(struct fixture *f, int partition, int64_t from, int64_t to)
{
	batch_reset(&f->batch);
	add_run(f, partition, from, to);
	size_t n = isolation_take(&f->iso, &f->batch);
	batch_reset(&f->batch);
	return n;
}

/* --- step by step ------------------------------------------------------------------------------------------------- */

static void takes_all_while_nothing_fails_or_just_once(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(would_take(f, 0, 0, 10), 10);
	fail_run(f, 0, 0, 10);
	assert_int_equal(would_take(f, 0, 0, 10), 10);
	assert_int_equal(would_take(f, 0, 0, 40), MOST);
	assert_false(f->iso.active);
}

static void a_commit_between_two_failures_makes_them_harmless(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 10);
	commit_run(f, 0, 0, 10);
	fail_run(f, 0, 10, 20);
	assert_false(f->iso.active);
}

static void a_batch_of_offsets_alone_isolates_nothing(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 0);
	fail_run(f, 0, 0, 0);
	fail_run(f, 0, 0, 0);
	assert_false(f->iso.active);
}

static void halves_with_each_failure_down_to_one_record_at_a_time(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 16);
	fail_run(f, 0, 0, 16);
	for (int64_t group = 8; group >= 1; group /= 2) {
		assert_int_equal(would_take(f, 0, 0, 16), group);
		add_run(f, 0, 0, group);
		assert_int_equal(isolation_one_by_one(&f->iso, &f->batch), group == 1);
		fail_run(f, 0, 0, group);
	}
	assert_int_equal(would_take(f, 0, 0, 16), 1);
}

static void doubles_with_each_commit_until_the_range_is_done(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 16);
	fail_run(f, 0, 0, 16);
	for (int64_t group = 8; group >= 2; group /= 2)
		fail_run(f, 0, 0, group);
	commit_run(f, 0, 0, 1);
	assert_int_equal(would_take(f, 0, 1, 16), 2);
	commit_run(f, 0, 1, 3);
	assert_int_equal(would_take(f, 0, 3, 16), 4);
	commit_run(f, 0, 3, 7);
	assert_int_equal(would_take(f, 0, 7, 16), 8);
	commit_run(f, 0, 7, 15);
	assert_true(f->iso.active);
	commit_run(f, 0, 15, 16);
	assert_false(f->iso.active);
	assert_int_equal(would_take(f, 0, 16, 32), MOST);
}

static void does_not_hold_up_or_mix_in_who_is_outside_of_the_range(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 10, 20);
	fail_run(f, 0, 10, 20);
	assert_int_equal(would_take(f, 1, 0, 12), 12);  /* another partition */
	assert_int_equal(would_take(f, 0, 20, 30), 10); /* behind it */
	assert_int_equal(would_take(f, 0, 4, 30), 6);   /* before it */
	add_run(f, 1, 0, 3);
	add_run(f, 0, 10, 20);
	assert_int_equal(isolation_take(&f->iso, &f->batch), 3);
	assert_false(isolation_one_by_one(&f->iso, &f->batch));
	batch_reset(&f->batch);
	add_run(f, 0, 18, 20);
	add_run(f, 1, 0, 3);
	assert_int_equal(isolation_take(&f->iso, &f->batch), 2);
}

static void commits_outside_of_the_range_leave_its_group_as_it_is(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 8);
	fail_run(f, 0, 0, 8);
	fail_run(f, 0, 0, 4);
	commit_run(f, 1, 0, 16);
	assert_int_equal(would_take(f, 0, 0, 8), 2);
	assert_true(f->iso.active);
}

static void who_fails_outside_of_the_range_joins_it(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 10, 20);
	fail_run(f, 0, 10, 20);
	commit_run(f, 1, 0, 1);
	fail_run(f, 1, 1, 5);
	assert_int_equal(would_take(f, 1, 1, 9), 8);
	fail_run(f, 1, 1, 5);
	assert_int_equal(would_take(f, 1, 1, 9), 2);
	commit_run(f, 1, 1, 5);
	assert_true(f->iso.active);
	fail_run(f, 0, 4, 8);
	fail_run(f, 0, 4, 8);
	assert_int_equal(would_take(f, 0, 4, 30), 2);
	assert_int_equal(would_take(f, 0, 8, 30), 2); /* lies between the two */
	commit_run(f, 0, 4, 20);
	assert_false(f->iso.active);
}

static void goes_one_by_one_only_for_a_message_of_the_range_alone(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 4);
	fail_run(f, 0, 0, 4);
	add(f, 0, 0);
	assert_false(isolation_one_by_one(&f->iso, &f->batch)); /* its group may still have two */
	fail_run(f, 0, 0, 2);
	add(f, 0, 0);
	assert_true(isolation_one_by_one(&f->iso, &f->batch));
	add(f, 0, 1);
	assert_false(isolation_one_by_one(&f->iso, &f->batch));
	batch_reset(&f->batch);
	add(f, 1, 0);
	assert_false(isolation_one_by_one(&f->iso, &f->batch));
}

static void a_range_spans_the_partitions_of_its_batch(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 2; i++) {
		batch_reset(&f->batch);
		add_run(f, 0, 0, 4);
		add_run(f, 2, 7, 9);
		cut(f, 6);
		isolation_failed(&f->iso, &f->batch);
	}
	assert_int_equal(would_take(f, 2, 7, 9), 2);
	assert_int_equal(would_take(f, 2, 9, 20), 11);
	commit_run(f, 2, 7, 9);
	assert_true(f->iso.active);
	commit_run(f, 0, 0, 4);
	assert_false(f->iso.active);
}

static void forgets_everything_when_partitions_go(void **state)
{
	struct fixture *f = *state;
	fail_run(f, 0, 0, 8);
	fail_run(f, 0, 0, 8);
	isolation_reset(&f->iso);
	assert_int_equal(would_take(f, 0, 0, 8), 8);
	fail_run(f, 0, 0, 8);
	assert_false(f->iso.active);
}

/* --- every bad record is found ------------------------------------------------------------------------------------ */

#define LENGTH 60

/* A group's input on a broker that refuses some records without a name, and the loop around isolation. */
struct world {
	struct fixture *f;
	uint64_t random;
	bool bad[PARTITIONS][LENGTH];
	bool condemned[PARTITIONS][LENGTH];
	int64_t committed[PARTITIONS];
	/* -1: partitions come at random; else this one always comes first, whole, but only once a range is there. */
	int order;
	bool late_is_there;
	size_t rounds;
};

static uint32_t chance(struct world *w, uint32_t below)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->random >> 33) % below;
}

static bool all_committed(const struct world *w)
{
	for (int p = 0; p < PARTITIONS; p++) {
		if (w->committed[p] < LENGTH)
			return false;
	}
	return true;
}

/* Reads on from the committed offsets, as after a rewind. */
static void world_fill(struct world *w)
{
	int64_t read[PARTITIONS];
	size_t n = 1 + chance(w, MOST + 8);
	memcpy(read, w->committed, sizeof(read));
	w->late_is_there |= w->f->iso.active || w->rounds > 50;
	batch_reset(&w->f->batch);
	for (size_t tries = 0; w->f->batch.n_messages < n && tries < 400; tries++) {
		int p = w->order >= 0 && w->late_is_there && read[w->order] < LENGTH ? w->order
		                                                                     : (int)chance(w, PARTITIONS);
		if (read[p] < LENGTH && (p != w->order || w->late_is_there))
			add(w->f, p, read[p]++);
	}
}

static size_t world_bad(const struct world *w, const struct batch *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n_messages; i++) {
		const struct position *at = &b->messages[i].delivery;
		n += w->bad[at->partition][at->offset] && !w->condemned[at->partition][at->offset];
	}
	return n;
}

static void world_turn(struct world *w)
{
	struct isolation *iso = &w->f->iso;
	struct batch *b = &w->f->batch;
	world_fill(w);
	if (b->n_messages == 0)
		return;
	cut(w->f, isolation_take(iso, b));
	assert_in_range(b->n_messages, 1, MOST);
	if (chance(w, 10) == 0)
		return; /* an outage: nobody is to blame */
	if (world_bad(w, b) == 0) {
		for (size_t i = 0; i < b->next.n; i++)
			w->committed[b->next.items[i].partition] = b->next.items[i].next;
		isolation_committed(iso, b);
	} else if (isolation_one_by_one(iso, b)) {
		const struct position *at = &b->messages[0].delivery;
		w->condemned[at->partition][at->offset] = true;
	} else {
		isolation_failed(iso, b);
	}
}

static void world_run(struct fixture *f, uint64_t seed, int order)
{
	struct world w = {.f = f, .random = seed, .order = order};
	size_t n_bad = 0;
	for (int p = 0; p < PARTITIONS; p++) {
		for (int64_t i = 0; i < LENGTH; i++)
			n_bad += w.bad[p][i] = chance(&w, 100) < seed % 20;
	}
	isolation_reset(&f->iso);
	size_t most_rounds = 4 * (PARTITIONS * LENGTH + 12 * n_bad + 10);
	while (!all_committed(&w)) {
		if (++w.rounds > most_rounds)
			fail_msg("seed %d, partition %d first: no end after %zu rounds", (int)seed, order, w.rounds);
		world_turn(&w);
	}
	for (int p = 0; p < PARTITIONS; p++) {
		for (int64_t i = 0; i < LENGTH; i++)
			assert_int_equal(w.condemned[p][i], w.bad[p][i]);
	}
}

static void finds_every_bad_record_and_no_other_in_any_order_of_partitions(void **state)
{
	for (uint64_t seed = 0; seed < 400; seed++)
		world_run(*state, seed, -1);
}

/* The same order at each reading: what fails outside of the range must not come first for ever. */
static void finds_them_also_where_one_partition_always_comes_first(void **state)
{
	for (uint64_t seed = 0; seed < 400; seed++)
		world_run(*state, seed, (int)(seed % PARTITIONS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(takes_all_while_nothing_fails_or_just_once),
	        TEST(a_commit_between_two_failures_makes_them_harmless),
	        TEST(a_batch_of_offsets_alone_isolates_nothing),
	        TEST(halves_with_each_failure_down_to_one_record_at_a_time),
	        TEST(doubles_with_each_commit_until_the_range_is_done),
	        TEST(does_not_hold_up_or_mix_in_who_is_outside_of_the_range),
	        TEST(commits_outside_of_the_range_leave_its_group_as_it_is),
	        TEST(who_fails_outside_of_the_range_joins_it),
	        TEST(goes_one_by_one_only_for_a_message_of_the_range_alone),
	        TEST(a_range_spans_the_partitions_of_its_batch),
	        TEST(forgets_everything_when_partitions_go),
	        TEST(finds_every_bad_record_and_no_other_in_any_order_of_partitions),
	        TEST(finds_them_also_where_one_partition_always_comes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
