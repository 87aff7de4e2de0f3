#include "tests/harness.h"

#include "pipeline/base/clock.h"

static void writes_a_time_as_rfc_3339(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
	        {0, "1970-01-01T00:00:00.000Z"},
	        {INT64_C(1705822320000), "2024-01-21T07:32:00.000Z"},
	        {INT64_C(1709164799999), "2024-02-28T23:59:59.999Z"},
	        {INT64_C(1709164800000), "2024-02-29T00:00:00.000Z"},
	        {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
	        {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
	        {-1, "1969-12-31T23:59:59.999Z"},
	        {-INT64_C(86400000), "1969-12-31T00:00:00.000Z"},
	        {-INT64_C(62135596800000), "0001-01-01T00:00:00.000Z"},
	        {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
	        {INT64_MIN, "0001-01-01T00:00:00.000Z"},
	        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[25];
		clock_format(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void never_runs_backwards_and_waits_at_least_as_long_as_asked(void **state)
{
	(void)state;
	struct clock *c = clock_system();
	int64_t before = clock_mono_us(c);
	c->sleep_us(c, 2000);
	c->sleep_us(c, -5);
	assert_true(clock_mono_us(c) - before >= 2000);
	assert_true(clock_wall_ms(c) > INT64_C(1700000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(writes_a_time_as_rfc_3339),
	        cmocka_unit_test(never_runs_backwards_and_waits_at_least_as_long_as_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
