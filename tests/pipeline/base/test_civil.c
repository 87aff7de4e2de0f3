#include "tests/harness.h"

#include "pipeline/base/civil.h"

static int month_length(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static void assert_day(int64_t days, int year, int month, int day)
{
	struct civil c = civil_of(days);
	assert_int_equal(civil_days(year, month, day), days);
	assert_true(c.year == year && c.month == month && c.day == day);
}

static void counts_every_day_of_twenty_five_centuries_as_the_rule_of_leap_years_does(void **state)
{
	(void)state;
	int64_t days = -INT64_C(719162); /* of 0001-01-01 */
	for (int year = 1; year <= 2500; year++)
		for (int month = 1; month <= 12; month++) {
			assert_int_equal(civil_month_days(year, month), month_length(year, month));
			for (int day = 1; day <= month_length(year, month); day++)
				assert_day(days++, year, month, day);
		}
}

static void knows_the_days_around_its_turning_points(void **state)
{
	(void)state;
	assert_day(0, 1970, 1, 1);
	assert_day(-1, 1969, 12, 31);
	assert_day(11016, 2000, 2, 29);
	assert_day(19743, 2024, 1, 21);
	assert_day(-719468, 0, 3, 1);
	assert_day(-719469, 0, 2, 29);
	assert_day(-719529, -1, 12, 31);
	assert_day(2932896, 9999, 12, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(counts_every_day_of_twenty_five_centuries_as_the_rule_of_leap_years_does),
	        cmocka_unit_test(knows_the_days_around_its_turning_points),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
