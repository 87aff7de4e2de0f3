/*
 * Versions in the order in which people count them.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/versions.h"

static void versions_are_ordered_as_people_count(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		int order;
	} rows[] = {
	        {"1", "2", -1},
	        {"9", "10", -1},
	        {"1.2", "1.10", -1},
	        {"01", "1", 0},
	        {"2", "2", 0},
	        {"1a", "1b", -1},
	        {"1", "1.0", -1},
	        {"007", "8", -1},
	        {"0", "00", 0},
	        {"a", "1", 1},
	        {"20240121T1432Z", "20240121T1433Z", -1},
	        {"99999999999999999999998", "99999999999999999999999", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(versions_compare(str_of(rows[i].a), str_of(rows[i].b)), rows[i].order);
		assert_int_equal(versions_compare(str_of(rows[i].b), str_of(rows[i].a)), -rows[i].order);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(versions_are_ordered_as_people_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
