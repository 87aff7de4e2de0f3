/*
 * A view's memory has bounds, and it says how far it reaches. What is judged by it is told by the simulation.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/view.h"

#define WINDOW_MS 3600000
#define BEGIN_MS  INT64_C(1700000000000)
#define MORE      1000

static void feed(struct view *view, int64_t offset, int64_t time_ms)
{
	struct claim_record record = {.kind = CLAIM_RECORD_CLAIM, .key = {(uint64_t)offset, 7, 0}};
	const struct log_record at = {.offset = offset, .time_ms = time_ms};
	struct keys_entry entry;
	record.claim.id = STR("c/t/0/1/0");
	record.claim.uri = STR("u");
	view_see(view, time_ms);
	assert_int_equal(view_feed(view, &at, &record, &entry), VIEW_CLAIM);
}

/* However many claims come within two windows: a log of many stories must not take all memory. */
static void keys_are_bounded_by_number_and_what_fell_out_is_known_to_be_unknown(void **state)
{
	(void)state;
	const size_t most = VIEW_KEY_TIMES * VIEW_KEY_CLAIMS_MIN;
	struct view *view = view_new(&(struct view_options){.settings = {WINDOW_MS, 1000, CLAIM_FORMAT_SKETCH}});
	struct key first = {0, 7, 0}, kept = {MORE, 7, 0};
	for (size_t i = 0; i < most; i++)
		feed(view, (int64_t)i, BEGIN_MS + (int64_t)i);
	assert_true(keys_find(view_keys(view), &first, NULL));
	assert_true(view_memory_from_ms(view) == INT64_MIN);
	for (size_t i = most; i < most + MORE; i++)
		feed(view, (int64_t)i, BEGIN_MS + (int64_t)i);
	assert_int_equal(keys_count(view_keys(view)), most);
	assert_false(keys_find(view_keys(view), &first, NULL));
	assert_true(keys_find(view_keys(view), &kept, NULL));
	assert_true(view_memory_from_ms(view) == BEGIN_MS + MORE - 1);
	view_free(&view);
}

static void keys_are_kept_for_two_windows(void **state)
{
	(void)state;
	struct view *view = view_new(&(struct view_options){.settings = {WINDOW_MS, 1000, CLAIM_FORMAT_SKETCH}});
	feed(view, 0, BEGIN_MS);
	feed(view, 1, BEGIN_MS + 2 * WINDOW_MS);
	assert_int_equal(keys_count(view_keys(view)), 2);
	feed(view, 2, BEGIN_MS + 2 * WINDOW_MS + 1);
	assert_int_equal(keys_count(view_keys(view)), 2);
	view_free(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(keys_are_bounded_by_number_and_what_fell_out_is_known_to_be_unknown),
	        cmocka_unit_test(keys_are_kept_for_two_windows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
