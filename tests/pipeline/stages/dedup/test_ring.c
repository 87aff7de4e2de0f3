/*
 * The ring: records keep what was written to them, whatever comes and goes at both ends, also where numbers wrap.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/ring.h"

static void push(struct ring *r)
{
	uint64_t *record = ring_push(r);
	*record = ring_newest(r) * UINT64_C(3);
}

static void records_stay_whole_while_others_come_and_go(void **state)
{
	(void)state;
	static const uint32_t firsts[] = {0, 1000, UINT32_MAX - 5000};
	for (size_t f = 0; f < 3; f++) {
		struct ring r;
		uint64_t seed = 88172645463325252u;
		ring_init(&r, sizeof(uint64_t), firsts[f]);
		for (int i = 0; i < 60000; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			uint32_t step = (uint32_t)(seed >> 33) % 10;
			bool grows = i / 10000 % 2 == 0;
			if (!r.count || step < (grows ? 8 : 3))
				push(&r);
			else if (step % 2)
				ring_drop_oldest(&r);
			else
				ring_drop_newest(&r);
			if (!r.count)
				continue;
			uint32_t some = r.oldest + (uint32_t)(seed >> 20) % r.count;
			assert_int_equal(*(uint64_t *)ring_at(&r, some), some * UINT64_C(3));
			assert_true(ring_holds(&r, some));
			assert_false(ring_holds(&r, r.oldest - 1));
			assert_false(ring_holds(&r, r.oldest + r.count));
		}
		for (uint32_t i = 0; i < r.count; i++)
			assert_int_equal(*(uint64_t *)ring_at(&r, r.oldest + i), (r.oldest + i) * UINT64_C(3));
		ring_free(&r);
	}
}

static void a_steady_row_needs_no_more_blocks(void **state)
{
	(void)state;
	struct ring r;
	ring_init(&r, 16, 7);
	for (int i = 0; i < 3000; i++)
		ring_push(&r);
	uint32_t places = r.n_places;
	for (int i = 0; i < 200000; i++) {
		ring_push(&r);
		ring_drop_oldest(&r);
	}
	assert_int_equal(r.n_places, places);
	assert_int_equal(r.count, 3000);
	ring_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(records_stay_whole_while_others_come_and_go),
	        cmocka_unit_test(a_steady_row_needs_no_more_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
