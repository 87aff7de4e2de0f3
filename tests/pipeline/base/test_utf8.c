#include "tests/harness.h"

#include "pipeline/base/utf8.h"

/* The definition, straight from the code points: slow, and by another way than the code under test. */
static size_t slow_valid_length(const unsigned char *p, size_t n)
{
	size_t at = 0;
	while (at < n) {
		size_t more = p[at] < 0x80 ? 0 : p[at] >> 5 == 6 ? 1 : p[at] >> 4 == 14 ? 2 : p[at] >> 3 == 30 ? 3 : 9;
		if (more == 9 || n - at <= more)
			return at;
		uint32_t code = more == 0 ? p[at] : p[at] & (0x3fu >> more);
		for (size_t i = 1; i <= more; i++) {
			if (p[at + i] >> 6 != 2)
				return at;
			code = code << 6 | (p[at + i] & 0x3f);
		}
		static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
		if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			return at;
		at += more + 1;
	}
	return n;
}

static void agrees_with_the_definition_on_every_short_sequence(void **state)
{
	(void)state;
	static const unsigned char bytes[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
	                                      0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
	                                      0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfe, 0xff};
	const size_t n = sizeof(bytes);
	unsigned char text[5];
	for (size_t i = 0; i < n * n * n * n; i++) {
		text[0] = bytes[i % n];
		text[1] = bytes[i / n % n];
		text[2] = bytes[i / n / n % n];
		text[3] = bytes[i / n / n / n];
		text[4] = 'x';
		for (size_t k = 1; k <= 5; k++) {
			size_t expected = slow_valid_length(text, k);
			if (utf8_valid_length(str_make(text, k)) != expected)
				fail_msg("%02x %02x %02x %02x, %zu bytes", text[0], text[1], text[2], text[3], k);
		}
	}
}

static void finds_a_bad_byte_at_every_place_of_an_ascii_run(void **state)
{
	(void)state;
	char text[100];
	for (size_t n = 0; n < sizeof(text); n++) {
		memset(text, 'a', sizeof(text));
		assert_int_equal(utf8_valid_length(str_make(text, n)), n);
		for (size_t at = 0; at < n; at++) {
			text[at] = (char)0xff;
			assert_int_equal(utf8_valid_length(str_make(text, n)), at);
			assert_int_equal(utf8_ascii_end(str_make(text, n), at / 2), at);
			assert_int_equal(utf8_ascii_end(str_make(text, n), at + 1), n);
			text[at] = 'a';
		}
	}
	assert_true(utf8_is_valid(str_make(NULL, 0)));
	assert_int_equal(utf8_ascii_end(str_make(NULL, 0), 0), 0);
}

static void reads_back_every_scalar_value_that_it_writes(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		if (code == 0xd800)
			code = 0xe000;
		char text[4];
		size_t n = utf8_write(text, code), at = 0;
		assert_true(utf8_is_valid(str_make(text, n)));
		assert_int_equal(utf8_next(str_make(text, n), &at), code);
		assert_int_equal(at, n);
	}
}

static void steps_through_mixed_text_and_counts_it(void **state)
{
	(void)state;
	struct str text = STR("aé€😀z");
	static const uint32_t codes[] = {'a', 0xe9, 0x20ac, 0x1f600, 'z'};
	size_t at = 0;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(utf8_next(text, &at), codes[i]);
	assert_int_equal(at, text.n);
	assert_int_equal(utf8_count(text), 5);
	assert_int_equal(utf8_count(str_make(NULL, 0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(agrees_with_the_definition_on_every_short_sequence),
	        cmocka_unit_test(finds_a_bad_byte_at_every_place_of_an_ascii_run),
	        cmocka_unit_test(reads_back_every_scalar_value_that_it_writes),
	        cmocka_unit_test(steps_through_mixed_text_and_counts_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
