/* Bytes to text: marks, forced charsets, UTF-16 without a mark, and bytes that are no text. */
#include "tests/pipeline/stages/decode/desk.h"

#define BYTES(literal) str_make(literal, sizeof(literal) - 1)

static void valid_utf8_is_taken_as_it_is(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st = desk_text(&d, "Caf\xc3\xa9 reopens");
	assert_string_equal(st->decode.charset, "UTF-8");
	assert_string_equal(st->decode.charset_basis, "valid-utf8");
	assert_int_equal(st->decode.text_kind, TEXT_MESSAGE);
	assert_ptr_equal(st->decode.text.p, d.msg.value.p);
	assert_ptr_equal(st->decode.body.p, d.msg.value.p);
	desk_close(&d);
}

static void a_mark_stays_in_the_text_that_ranges_point_into_and_leaves_the_body(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st = desk_text(&d, "\xef\xbb\xbfText");
	assert_string_equal(st->decode.charset_basis, "bom");
	assert_int_equal(st->decode.text_kind, TEXT_MESSAGE);
	assert_int_equal(st->decode.text.n, 7);
	assert_str(st->decode.body, "Text");
	st = desk_text(&d, "\xef\xbb\xbf {\"headline\":\"H\",\"body\":\"B\"}");
	assert_string_equal(st->decode.format, "json");
	desk_close(&d);
}

static void utf16_and_utf32_are_known_by_their_marks(void **state)
{
	(void)state;
	static const struct {
		struct str bytes;
		const char *charset;
	} rows[] = {
	        {STR_INIT("\xff\xfeH\0\xe9\0=\xd8\0\xde"), "UTF-16LE"},
	        {STR_INIT("\xfe\xff\0H\0\xe9\xd8=\xde\0"), "UTF-16BE"},
	        {STR_INIT("\xff\xfe\0\0H\0\0\0\xe9\0\0\0\0\xf6\x01\0"), "UTF-32LE"},
	        {STR_INIT("\0\0\xfe\xff\0\0\0H\0\0\0\xe9\0\x01\xf6\0"), "UTF-32BE"},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_story(&d, rows[i].bytes);
		assert_str(st->decode.text, "H\xc3\xa9\xf0\x9f\x98\x80");
		assert_str(st->decode.body, "H\xc3\xa9\xf0\x9f\x98\x80");
		assert_string_equal(st->decode.charset, rows[i].charset);
		assert_string_equal(st->decode.charset_basis, "bom");
		assert_int_equal(st->decode.text_kind, TEXT_DECODED);
	}
	desk_close(&d);
}

static void utf16_without_a_mark_is_known_by_its_pattern(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st = desk_story(&d, BYTES("W\0o\0r\0d\0\xe9\0"));
	assert_str(st->decode.text, "Word\xc3\xa9");
	assert_string_equal(st->decode.charset, "UTF-16LE");
	assert_string_equal(st->decode.charset_basis, "utf-16-pattern");
	st = desk_story(&d, BYTES("\0{\0\"\0t\0i\0t\0l\0e\0\"\0:\0\"\0T\0\"\0}"));
	assert_string_equal(st->decode.charset, "UTF-16BE");
	assert_string_equal(st->decode.format, "json");
	assert_str(st->decode.headline, "T");
	desk_close(&d);
}

static void a_torn_utf16_text_is_refused_with_its_byte(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	desk_assert_dead(&d, BYTES("\xff\xfeH\0\x3d\xd8x\0"), REASON_BAD_CHARSET, "byte 4");
	desk_assert_dead(&d, BYTES("\xff\xfeH\0x"), REASON_BAD_CHARSET, "byte 4");
	desk_assert_dead(&d, BYTES("\xff\xfeH\0\0\0x\0"), REASON_NOT_TEXT, "NUL");
	desk_close(&d);
}

static void bytes_that_are_no_utf8_are_refused_with_the_first_bad_one(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	desk_assert_dead(&d, BYTES("Caf\xe9 reopens"), REASON_NOT_TEXT, "byte 3");
	desk_assert_dead(&d, BYTES("cut off \xe2\x82"), REASON_NOT_TEXT, "byte 8");
	desk_assert_dead(&d, BYTES("\xed\xa0\x80"), REASON_NOT_TEXT, "byte 0");
	desk_assert_dead(&d, BYTES("\xc0\xaf"), REASON_NOT_TEXT, "byte 0");
	desk_assert_dead(&d, BYTES("a NUL \0 byte"), REASON_NOT_TEXT, "byte 6 of the message is NUL");
	desk_assert_dead(&d, BYTES("\xef\xbb\xbf\xff"), REASON_NOT_TEXT, "byte 3");
	desk_close(&d);
}

static void a_forced_charset_is_used(void **state)
{
	(void)state;
	static const struct {
		const char *said, *used;
		struct str bytes;
		const char *text;
	} rows[] = {
	        {"windows-1252", "windows-1252",
	         STR_INIT("\x93"
	                  "Caf\xe9\x94 \x80"),
	         "\xe2\x80\x9c"
	         "Caf\xc3\xa9\xe2\x80\x9d \xe2\x82\xac"},
	        {"ISO-8859-1", "windows-1252", STR_INIT("\x93x"), "\xe2\x80\x9cx"},
	        {"iso-8859-2", "iso-8859-2", STR_INIT("\xb1"), "\xc4\x85"},
	        {"koi8-r", "koi8-r", STR_INIT("\xf0\xf2"), "\xd0\x9f\xd0\xa0"},
	        {"GB2312", "gb18030", STR_INIT("\xd6\xd0"), "\xe4\xb8\xad"},
	        {"Shift_JIS", "Shift_JIS", STR_INIT("\x93\xfa"), "\xe6\x97\xa5"},
	        {"UTF-16BE", "UTF-16BE", STR_INIT("\x4e\x2d"), "\xe4\xb8\xad"},
	        {"utf8", "UTF-8", STR_INIT("\xc3\xa9"), "\xc3\xa9"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct desk d;
		desk_open(&d, rows[i].said, "");
		const struct story *st = desk_story(&d, rows[i].bytes);
		assert_str(st->decode.text, rows[i].text);
		assert_string_equal(st->decode.charset, rows[i].used);
		assert_string_equal(st->decode.charset_basis, "declared");
		desk_close(&d);
	}
}

static void a_byte_without_meaning_in_the_forced_charset_is_never_replaced(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "shift_jis", "");
	desk_assert_dead(&d, BYTES("abc\x93"), REASON_BAD_CHARSET, "byte 3 of the message is not valid in shift_jis");
	desk_assert_dead(&d, BYTES("abc\xfd\xfdzz"), REASON_BAD_CHARSET, "byte 3");
	/* What came before does not stick to the next message. */
	assert_str(desk_text(&d, "abc")->decode.text, "abc");
	desk_close(&d);
	desk_open(&d, "utf-8", "");
	desk_assert_dead(&d, BYTES("Caf\xe9"), REASON_BAD_CHARSET, "byte 3");
	desk_assert_dead(&d, BYTES("Caf\0"), REASON_NOT_TEXT, "byte 3");
	desk_close(&d);
}

static void a_message_that_failed_leaves_nothing_behind_for_the_next(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "iso-2022-jp", "");
	/* The first switches to two bytes a character and breaks off there. */
	desk_assert_dead(&d, BYTES("\x1b$B\xff\xff"), REASON_BAD_CHARSET, "byte 3");
	assert_str(desk_text(&d, "FLOOD")->decode.text, "FLOOD");
	desk_close(&d);
}

static void half_a_pair_is_never_written(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "utf-7", "");
	assert_str(desk_text(&d, "+2D3eAA-!")->decode.text, "\xf0\x9f\x98\x80!");
	desk_assert_dead(&d, BYTES("abc+2D0- x"), REASON_BAD_CHARSET, "is not valid in utf-7");
	desk_assert_dead(&d, BYTES("abc+2D0-"), REASON_BAD_CHARSET, "is not valid in utf-7");
	desk_assert_dead(&d, BYTES("abc+3gA- x"), REASON_BAD_CHARSET, "is not valid in utf-7");
	/* A pair across the end of the converter's buffer is one character still. */
	static char bytes[5000];
	for (size_t pad = 0; pad < 3; pad++) {
		size_t n = pad;
		memset(bytes, 'x', n);
		for (; n + 16 < sizeof bytes; n += 8)
			memcpy(bytes + n, "+2D3eAA-", 8);
		const struct story *st = desk_story(&d, str_make(bytes, n));
		assert_int_equal(st->decode.text.n, pad + (n - pad) / 8 * 4);
	}
	desk_close(&d);
}

static void a_mark_counts_more_than_a_forced_charset(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "windows-1252", "");
	const struct story *st = desk_text(&d, "\xef\xbb\xbf"
	                                       "Caf\xc3\xa9");
	assert_str(st->decode.body, "Caf\xc3\xa9");
	assert_string_equal(st->decode.charset_basis, "bom");
	desk_close(&d);
}

static void a_long_text_is_converted_whole(void **state)
{
	(void)state;
	struct desk d;
	static char bytes[100001];
	memset(bytes, 0xe9, sizeof bytes);
	desk_open(&d, "windows-1252", "");
	const struct story *st = desk_story(&d, str_make(bytes, sizeof bytes));
	assert_int_equal(st->decode.text.n, 2 * sizeof bytes);
	for (size_t i = 0; i < st->decode.text.n; i += 2)
		assert_memory_equal(st->decode.text.p + i, "\xc3\xa9", 2);
	desk_close(&d);
}

static void an_unknown_charset_is_found_before_the_first_story(void **state)
{
	(void)state;
	struct desk d;
	struct err err = {""};
	assert_false(desk_try(&d, "utf-seven-and-a-half", "", &err));
	assert_has(err.words, "sources: source 'desk': unknown charset 'utf-seven-and-a-half'");
	assert_null(strstr(err.words, "did you mean"));
	desk_drop(&d);
	static const struct {
		const char *wrong, *near;
	} rows[] = {{"utf-9", "utf-8"}, {"UTF", "UTF-8"}, {"latin11", "latin1"}, {"windows-1522", "windows-1252"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char words[60];
		err_clear(&err);
		assert_false(desk_try(&d, rows[i].wrong, "", &err));
		snprintf(words, sizeof words, "did you mean '%s'?", rows[i].near);
		assert_has(err.words, words);
		desk_drop(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(valid_utf8_is_taken_as_it_is),
	        cmocka_unit_test(a_mark_stays_in_the_text_that_ranges_point_into_and_leaves_the_body),
	        cmocka_unit_test(utf16_and_utf32_are_known_by_their_marks),
	        cmocka_unit_test(utf16_without_a_mark_is_known_by_its_pattern),
	        cmocka_unit_test(a_torn_utf16_text_is_refused_with_its_byte),
	        cmocka_unit_test(bytes_that_are_no_utf8_are_refused_with_the_first_bad_one),
	        cmocka_unit_test(a_forced_charset_is_used),
	        cmocka_unit_test(a_byte_without_meaning_in_the_forced_charset_is_never_replaced),
	        cmocka_unit_test(a_message_that_failed_leaves_nothing_behind_for_the_next),
	        cmocka_unit_test(half_a_pair_is_never_written),
	        cmocka_unit_test(a_mark_counts_more_than_a_forced_charset),
	        cmocka_unit_test(a_long_text_is_converted_whole),
	        cmocka_unit_test(an_unknown_charset_is_found_before_the_first_story),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
