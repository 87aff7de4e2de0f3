/*
 * Points in time as numbers. Which texts are such points, decode's tests say.
 */
#include "tests/harness.h"

#include "pipeline/words/rfc3339.h"

static void a_time_is_read_in_its_zone(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
	        {"1970-01-01T00:00:00Z", 0},
	        {"1970-01-01T07:00:00+07:00", 0},
	        {"1969-12-31T19:00:00-05:00", 0},
	        {"1969-12-31T23:59:59.999Z", -1},
	        {"2024-01-21T14:32:00+07:00", INT64_C(1705822320000)},
	        {"2024-02-29t12:00:00.1239z", INT64_C(1709208000123)},
	        {"2024-02-29T12:00:00.5+05:30", INT64_C(1709188200500)},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ms = 7;
		assert_true(rfc3339_read(str_of(rows[i].text), &ms));
		assert_true(ms == rows[i].ms);
	}
}

static void what_is_none_leaves_the_number_alone(void **state)
{
	(void)state;
	int64_t ms = 7;
	assert_false(rfc3339_read(STR("2024-02-30T12:00:00Z"), &ms));
	assert_false(rfc3339_read(STR("2024-02-29T12:00:00"), &ms));
	assert_false(rfc3339_read((struct str){0}, &ms));
	assert_int_equal(ms, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_time_is_read_in_its_zone),
	        cmocka_unit_test(what_is_none_leaves_the_number_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
