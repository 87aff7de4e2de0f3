#include "tests/harness.h"

#include "pipeline/base/err.h"

static void keeps_the_first_error(void **state)
{
	(void)state;
	struct err err = {0};
	assert_false(err_is_set(&err));
	assert_false(err_set(&err, "cannot open '%s': %s", "x.yaml", "No such file or directory"));
	assert_false(err_set(&err, "a consequence"));
	assert_string_equal(err.words, "cannot open 'x.yaml': No such file or directory");
	err_clear(&err);
	assert_false(err_is_set(&err));
}

static void puts_a_prefix_before_what_stands(void **state)
{
	(void)state;
	struct err err = {0};
	err_set(&err, "no such key");
	assert_false(err_prefix(&err, "stage '%s'", "dedup"));
	assert_string_equal(err.words, "stage 'dedup': no such key");
}

static void cuts_what_does_not_fit_and_marks_it(void **state)
{
	(void)state;
	struct err err = {0};
	char much[3000];
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = 0;
	err_set(&err, "%s", much);
	assert_int_equal(strlen(err.words), sizeof(err.words) - 1);
	assert_string_equal(err.words + sizeof(err.words) - 1 - strlen("…"), "…");
	err_prefix(&err, "front");
	assert_memory_equal(err.words, "front: xxx", 10);
	assert_int_equal(strlen(err.words), sizeof(err.words) - 1);
	assert_string_equal(err.words + sizeof(err.words) - 1 - strlen("…"), "…");
	err_prefix(&err, "%s", much);
	assert_int_equal(strlen(err.words), sizeof(err.words) - 1);
	assert_string_equal(err.words + sizeof(err.words) - 1 - strlen("…"), "…");
}

static void does_nothing_without_a_place_for_it(void **state)
{
	(void)state;
	assert_false(err_set(NULL, "nobody reads this"));
	assert_false(err_prefix(NULL, "nor this"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(keeps_the_first_error),
	        cmocka_unit_test(puts_a_prefix_before_what_stands),
	        cmocka_unit_test(cuts_what_does_not_fit_and_marks_it),
	        cmocka_unit_test(does_nothing_without_a_place_for_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
