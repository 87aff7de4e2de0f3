#include "tests/harness.h"

#include "pipeline/base/buf.h"

#include <inttypes.h>

static void grows_as_it_is_written(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 10000; i++)
		buf_putc(&b, (char)('a' + i % 26));
	assert_int_equal(b.n, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	assert_false(b.overflow);
	buf_free(&b);
	assert_null(b.p);
}

static void writes_nothing_over_its_limit_until_cleared(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 300);
	char bytes[300] = {0};
	buf_put(&b, bytes, 299);
	buf_put(&b, bytes, 2);
	assert_true(b.overflow);
	buf_putc(&b, 'x');
	buf_printf(&b, "%d", 1);
	assert_int_equal(b.n, 299);
	buf_clear(&b);
	assert_false(b.overflow);
	buf_put(&b, bytes, 300);
	assert_false(b.overflow);
	assert_int_equal(b.n, 300);
	buf_free(&b);
}

static void printf_fills_the_limit_to_the_last_byte(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 8);
	buf_printf(&b, "%s", "12345678");
	assert_false(b.overflow);
	assert_str(buf_view(&b), "12345678");
	buf_printf(&b, "%s", "9");
	assert_true(b.overflow);
	buf_free(&b);
}

static void takes_nothing_where_the_limit_is_nothing(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 0);
	buf_put(&b, NULL, 0);
	assert_false(b.overflow);
	buf_putc(&b, 'x');
	assert_true(b.overflow);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

static void refuses_sizes_that_would_wrap_around(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_putc(&b, 'x');
	assert_false(buf_reserve(&b, SIZE_MAX));
	buf_clear(&b);
	buf_hex(&b, "", SIZE_MAX / 2 + 1);
	assert_true(b.overflow);
	buf_free(&b);
}

static void gives_much_memory_back_when_cleared(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 8 << 20);
	assert_true(buf_reserve(&b, 5 << 20));
	buf_clear(&b);
	assert_int_equal(b.room, 1 << 20);
	const char *kept = b.p;
	assert_true(buf_reserve(&b, 1 << 20));
	assert_ptr_equal(b.p, kept);
	buf_free(&b);
}

static void writes_numbers_as_printf_does(void **state)
{
	(void)state;
	const int64_t numbers[] = {0, 7, -1, 10, 999, -1000, INT64_MAX, INT64_MIN};
	struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "%" PRId64, numbers[i]);
		buf_clear(&b);
		buf_int(&b, numbers[i]);
		assert_str(buf_view(&b), expected);
	}
	buf_free(&b);
}

static void writes_hex_and_views(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	buf_hex(&b, "\x00\x7f\xff", 3);
	buf_str(&b, STR("-end"));
	buf_str(&b, (struct str){NULL, 0});
	assert_str(buf_view(&b), "007fff-end");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(grows_as_it_is_written),
	        cmocka_unit_test(writes_nothing_over_its_limit_until_cleared),
	        cmocka_unit_test(printf_fills_the_limit_to_the_last_byte),
	        cmocka_unit_test(takes_nothing_where_the_limit_is_nothing),
	        cmocka_unit_test(refuses_sizes_that_would_wrap_around),
	        cmocka_unit_test(gives_much_memory_back_when_cleared),
	        cmocka_unit_test(writes_numbers_as_printf_does),
	        cmocka_unit_test(writes_hex_and_views),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
