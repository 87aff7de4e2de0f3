/*
 * The table of samples: exact while it grows and is swept, and no larger than it has to be.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/noted.h"

#define FIRST   (UINT64_C(1) << 32)
#define SAMPLES 10

/* A claim's k-th sample, and no other claim's. */
static uint32_t sample_of(uint64_t claim, uint32_t k)
{
	return ((uint32_t)(claim - FIRST) * SAMPLES + k) * 2654435761u;
}

static void add(struct noted *n, uint32_t samples)
{
	noted_add_claim(n);
	for (uint32_t k = 0; k < samples; k++)
		noted_put(n, sample_of(n->next - 1, k));
}

/* How many notes there are of it, newest first, all of claims that are held; the newest in *newest. */
static size_t find(const struct noted *n, uint32_t sample, uint64_t *newest)
{
	struct noted_walk walk;
	uint64_t claim, last = UINT64_MAX;
	size_t found = 0;
	noted_begin(n, sample, &walk);
	noted_ready(&walk);
	for (; noted_next(n, &walk, &claim); last = claim) {
		assert_true(claim < last && claim >= n->oldest && claim < n->next);
		if (!found++)
			*newest = claim;
	}
	return found;
}

static void assert_holds(const struct noted *n, uint64_t claim, uint32_t samples)
{
	for (uint32_t k = 0; k < samples; k++) {
		uint64_t newest;
		bool is_held = claim >= n->oldest && claim < n->next;
		assert_int_equal(find(n, sample_of(claim, k), &newest), is_held);
		if (is_held)
			assert_true(newest == claim);
	}
}

static size_t pages(const struct noted *n)
{
	return n->n_slabs * 64;
}

static void finds_each_note_of_what_is_held_and_no_other(void **state)
{
	(void)state;
	struct noted n;
	noted_init(&n, FIRST);
	for (int i = 0; i < 120000; i++) {
		add(&n, SAMPLES);
		if (n.next - n.oldest > 20000)
			noted_drop_oldest(&n);
	}
	for (uint64_t claim = FIRST; claim < n.next; claim += claim < n.oldest ? 7 : 1)
		assert_holds(&n, claim, SAMPLES);
	/* 200,000 notes, of which a page holds some 200; slabs are whole, and which part grows first is by chance. */
	assert_in_range(pages(&n), 800, 20 * 64);
	noted_free(&n);
}

/* Claims that note little fill no page, but must be told apart all the same. */
static void tells_claims_apart_that_note_hardly_anything(void **state)
{
	(void)state;
	struct noted n;
	noted_init(&n, FIRST);
	for (int i = 0; i < 400000; i++) {
		add(&n, i % 100 == 0);
		if (n.next - n.oldest > 90000)
			noted_drop_oldest(&n);
	}
	for (uint64_t claim = FIRST; claim < n.next; claim += 100)
		assert_holds(&n, claim, 1);
	noted_free(&n);
}

static void forgets_what_is_taken_back(void **state)
{
	(void)state;
	struct noted n;
	noted_init(&n, FIRST);
	for (int i = 0; i < 3000; i++)
		add(&n, SAMPLES);
	noted_take_back(&n, FIRST + 2000);
	for (int i = 0; i < 1000; i++)
		noted_add_claim(&n);
	for (uint64_t claim = FIRST; claim < FIRST + 2000; claim++)
		assert_holds(&n, claim, SAMPLES);
	uint64_t newest;
	for (uint64_t claim = FIRST + 2000; claim < FIRST + 3000; claim++)
		assert_int_equal(find(&n, sample_of(claim, 0), &newest), 0);
	noted_free(&n);
}

static void keeps_the_order_of_a_sample_that_fills_many_pages(void **state)
{
	(void)state;
	struct noted n;
	uint64_t newest;
	noted_init(&n, FIRST);
	for (int i = 0; i < 5000; i++) {
		add(&n, SAMPLES);
		noted_put(&n, 77);
	}
	assert_int_equal(find(&n, 77, &newest), 5000);
	assert_true(newest == n.next - 1);
	for (int i = 0; i < 4500; i++)
		noted_drop_oldest(&n);
	for (int i = 0; i < 5000; i++)
		add(&n, SAMPLES);
	assert_int_equal(find(&n, 77, &newest), 500);
	noted_free(&n);
}

/* More than fit one page, while the table grows again and again, until its memory comes in large pieces. */
static void keeps_the_order_of_one_samples_notes_when_it_grows(void **state)
{
	(void)state;
	struct noted n;
	uint64_t newest = 0;
	noted_init(&n, FIRST);
	for (int i = 0; i < 110000; i++) {
		add(&n, SAMPLES);
		if (i % 50 == 0)
			noted_put(&n, 77);
		if (i % 5000 == 4999) {
			assert_int_equal(find(&n, 77, &newest), i / 50 + 1);
			assert_true(newest == n.next - 50);
		}
	}
	noted_free(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(finds_each_note_of_what_is_held_and_no_other),
	        cmocka_unit_test(tells_claims_apart_that_note_hardly_anything),
	        cmocka_unit_test(forgets_what_is_taken_back),
	        cmocka_unit_test(keeps_the_order_of_a_sample_that_fills_many_pages),
	        cmocka_unit_test(keeps_the_order_of_one_samples_notes_when_it_grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
