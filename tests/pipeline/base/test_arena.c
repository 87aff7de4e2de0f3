#include "tests/harness.h"

#include "pipeline/base/arena.h"

static void hands_out_aligned_memory_that_does_not_overlap(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 1024, 0);
	char *p[200];
	for (size_t i = 0; i < 200; i++) {
		p[i] = arena_alloc(&a, i);
		assert_int_equal((uintptr_t)p[i] % 16, 0);
		memset(p[i], (int)i, i);
	}
	for (size_t i = 0; i < 200; i++) {
		for (size_t k = 0; k < i; k++)
			assert_int_equal((unsigned char)p[i][k], i);
	}
	arena_free(&a);
}

static void gives_unique_pointers_for_nothing(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	void *one = arena_alloc(&a, 0);
	void *two = arena_alloc(&a, 0);
	assert_non_null(one);
	assert_ptr_not_equal(one, two);
	arena_free(&a);
}

static void keeps_its_blocks_across_a_reset(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 4096, 0);
	char *before = arena_alloc(&a, 100);
	arena_alloc(&a, 4000);
	arena_reset(&a);
	assert_int_equal(a.used_bytes, 0);
	assert_ptr_equal(arena_alloc(&a, 100), before);
	arena_free(&a);
}

static void gives_back_what_is_beyond_keep_bytes(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 4096, 9000);
	assert_int_equal(arena_held_bytes(&a), 0);
	arena_alloc(&a, 10);
	arena_alloc(&a, 100000);
	for (size_t i = 0; i < 3; i++)
		arena_alloc(&a, 4000);
	assert_true(arena_held_bytes(&a) > 4 * 4096 + 100000);
	arena_reset(&a);
	assert_true(arena_held_bytes(&a) >= 2 * 4096 && arena_held_bytes(&a) < 10000);
	arena_free(&a);
	assert_int_equal(arena_held_bytes(&a), 0);
}

static void takes_a_kept_large_block_again(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 4096, 1 << 20);
	arena_alloc(&a, 10);
	char *large = arena_alloc(&a, 50000);
	arena_reset(&a);
	arena_alloc(&a, 4000);
	arena_alloc(&a, 4000);
	assert_non_null(large);
	arena_reset(&a);
	/* The large block must serve, wherever in the chain it stands. */
	assert_ptr_equal(arena_alloc(&a, 49999), large);
	arena_free(&a);
}

static void counts_what_it_hands_out(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	arena_alloc(&a, 1);
	arena_alloc(&a, 17);
	assert_int_equal(a.used_bytes, 16 + 32);
	arena_free(&a);
	assert_int_equal(a.used_bytes, 0);
}

static void leaves_by_longjmp_when_the_meter_runs_out(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	jmp_buf out;
	struct arena_meter meter = {.left_bytes = 64, .out = &out};
	arena_meter_set(&a, &meter);
	volatile int reached = 0;
	if (setjmp(out) == 0) {
		arena_alloc(&a, 48);
		reached = 1;
		arena_alloc(&a, 17);
		reached = 2;
	}
	assert_int_equal(reached, 1);
	assert_int_equal(meter.left_bytes, 16);
	assert_null(arena_try(&a, 17));
	assert_non_null(arena_try(&a, 16));
	arena_meter_set(&a, NULL);
	assert_non_null(arena_alloc(&a, 1 << 20));
	arena_free(&a);
}

static void a_grown_array_keeps_its_items_and_leaves_the_old_one(void **state)
{
	(void)state;
	struct arena a;
	size_t room = 0;
	uint32_t *items = NULL;
	arena_init(&a, 0, 0);
	for (uint32_t n = 0; n < 1000; n++) {
		const uint32_t *before = items;
		if (n == room) {
			items = arena_grow(&a, items, &room, sizeof(*items));
			assert_true(n == 0 || (items != before && before[n - 1] == n - 1));
		}
		items[n] = n;
	}
	assert_int_equal(room, 1024);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	arena_free(&a);
}

static void printing_stops_at_the_meter_too(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	jmp_buf out;
	struct arena_meter meter = {.left_bytes = 128, .out = &out};
	arena_meter_set(&a, &meter);
	volatile int jumps = 0;
	if (setjmp(out) == 0)
		arena_printf(&a, "%0300d", 1);
	else
		jumps++;
	assert_int_equal(jumps, 1);
	arena_free(&a);
}

static void copies_and_prints_with_a_final_nul(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	struct str copy = arena_copy(&a, str_make("a\0b", 3));
	assert_int_equal(copy.n, 3);
	assert_memory_equal(copy.p, "a\0b", 4);
	assert_string_equal(arena_copy(&a, str_make(NULL, 0)).p, "");
	assert_str(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	struct str large = arena_printf(&a, "%0600d", 5);
	assert_int_equal(large.n, 600);
	assert_int_equal(strlen(large.p), 600);
	arena_free(&a);
}

static void clears_what_calloc_gives(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	memset(arena_alloc(&a, 4096), 0xff, 4096);
	arena_reset(&a);
	const char *p = arena_calloc(&a, 16, 256);
	for (size_t i = 0; i < 4096; i++)
		assert_int_equal(p[i], 0);
	arena_free(&a);
}

static void forgets_everything_after_a_mark(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 1024, 0);
	struct arena_mark empty = arena_mark(&a);
	char *first = arena_alloc(&a, 100);
	memset(first, 'k', 100);
	struct arena_mark outer = arena_mark(&a);
	char *second = arena_alloc(&a, 100);
	struct arena_mark inner = arena_mark(&a);
	for (size_t i = 0; i < 50; i++)
		arena_alloc(&a, 300);
	arena_rewind(&a, inner);
	assert_int_equal(a.used_bytes, inner.used_bytes);
	arena_rewind(&a, outer);
	assert_ptr_equal(arena_alloc(&a, 100), second);
	assert_int_equal(first[99], 'k');
	arena_rewind(&a, empty);
	assert_int_equal(a.used_bytes, 0);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	arena_free(&a);
}

static void reset_takes_the_meter_off(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0, 0);
	struct arena_meter meter = {.left_bytes = 0};
	arena_meter_set(&a, &meter);
	assert_null(arena_try(&a, 1));
	arena_reset(&a);
	assert_non_null(arena_try(&a, 1));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(hands_out_aligned_memory_that_does_not_overlap),
	        cmocka_unit_test(gives_unique_pointers_for_nothing),
	        cmocka_unit_test(keeps_its_blocks_across_a_reset),
	        cmocka_unit_test(gives_back_what_is_beyond_keep_bytes),
	        cmocka_unit_test(takes_a_kept_large_block_again),
	        cmocka_unit_test(counts_what_it_hands_out),
	        cmocka_unit_test(leaves_by_longjmp_when_the_meter_runs_out),
	        cmocka_unit_test(a_grown_array_keeps_its_items_and_leaves_the_old_one),
	        cmocka_unit_test(printing_stops_at_the_meter_too),
	        cmocka_unit_test(copies_and_prints_with_a_final_nul),
	        cmocka_unit_test(clears_what_calloc_gives),
	        cmocka_unit_test(forgets_everything_after_a_mark),
	        cmocka_unit_test(reset_takes_the_meter_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
