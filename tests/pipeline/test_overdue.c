#include "tests/harness.h"

#include "pipeline/overdue.h"

#define STEP_US  100000
#define LIMIT_US 500000

static void what_is_at_work_for_as_long_as_allowed_is_overdue(void **state)
{
	(void)state;
	struct overdue overdue = {0};
	for (int i = 0; i < 5; i++)
		assert_false(overdue_look(&overdue, 7, STEP_US, LIMIT_US));
	assert_true(overdue_look(&overdue, 7, STEP_US, LIMIT_US));
}

static void one_after_the_other_is_not_overdue_however_long_all_take(void **state)
{
	(void)state;
	struct overdue overdue = {0};
	for (int i = 0; i < 40; i++)
		assert_false(overdue_look(&overdue, 1 + i / 4, STEP_US, LIMIT_US));
}

static void the_time_for_which_nothing_is_at_work_counts_for_nothing(void **state)
{
	(void)state;
	struct overdue overdue = {0};
	for (int i = 0; i < 40; i++)
		assert_false(overdue_look(&overdue, 0, STEP_US, LIMIT_US));
	assert_false(overdue_look(&overdue, 9, STEP_US, LIMIT_US));
}

/* Of a process that was stopped for an hour in the middle of a story. */
static void a_long_stop_of_the_whole_process_makes_nothing_overdue(void **state)
{
	(void)state;
	struct overdue overdue = {0};
	const int64_t limit_us = 5 * (int64_t)OVERDUE_STEP_MAX_US;
	assert_false(overdue_look(&overdue, 7, STEP_US, limit_us));
	assert_false(overdue_look(&overdue, 7, INT64_C(3600000000), limit_us));
	assert_false(overdue_look(&overdue, 7, STEP_US, limit_us));
	assert_int_equal(overdue.worked_us, OVERDUE_STEP_MAX_US + STEP_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_at_work_for_as_long_as_allowed_is_overdue),
	        cmocka_unit_test(one_after_the_other_is_not_overdue_however_long_all_take),
	        cmocka_unit_test(the_time_for_which_nothing_is_at_work_counts_for_nothing),
	        cmocka_unit_test(a_long_stop_of_the_whole_process_makes_nothing_overdue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
