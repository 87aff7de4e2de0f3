/* Folding: which spellings are the same to a reader. */
#include "tests/harness.h"

#include "pipeline/words/fold.h"

#include <unicode/uchar.h>

static void spellings_of_one_word_are_equal(void **state)
{
	static const char *const same[][2] = {
	        {"Jakarta", "JAKARTA"},
	        {"İstanbul", "istanbul"},
	        {"ışık", "IŞIK"},
	        {"«", "«"},
	        {"\xc2\xadsoft", "soft"},                                 /* soft hyphen */
	        {" \xe2\x80\x8btwo  words", "two\xc2\xa0words "},         /* blanks, and one without width */
	        {"\xd8\xa3\xd8\xad\xd8\xaf", "\xd8\xa7\xd8\xad\xd8\xaf"}, /* alef with hamza and without */
	        {"\xe0\xa4\x95\xe0\xa4\xbc", "\xe0\xa5\x98"},             /* nukta */
	        {"\xd9\x80\xd9\x85\xd9\x86", "\xd9\x85\xd9\x8e\xd9\x86"}, /* tatweel; a vowel mark */
	        {"", "\xe2\x80\x8b "},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		assert_true(fold_equal(str_of(same[i][0]), str_of(same[i][1])));
		assert_true(fold_equal(str_of(same[i][1]), str_of(same[i][0])));
	}
}

static void other_words_are_not(void **state)
{
	static const char *const other[][2] = {
	        {"Jakarta", "Dakarta"}, {"Jakarta", "Jakart"},
	        {"Москва", "Моква"},    {"a", ""},
	        {"北京", "东京"},       {"o", "ö"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		assert_false(fold_equal(str_of(other[i][0]), str_of(other[i][1])));
		assert_false(fold_equal(str_of(other[i][1]), str_of(other[i][0])));
	}
}

static void ends_of_a_text_are_whole_characters(void **state)
{
	(void)state;
	struct str s = STR("añ完b");
	static const char *const first[] = {"", "a", "a", "añ", "añ", "añ", "añ完", "añ完b", "añ完b"};
	static const char *const last[] = {"", "b", "b", "b", "完b", "完b", "ñ完b", "añ完b", "añ完b"};
	for (size_t n = 0; n < sizeof(first) / sizeof(first[0]); n++) {
		assert_str(fold_cut(s, n), first[n]);
		assert_str(fold_last(s, n), last[n]);
	}
	assert_str(fold_last(STR(""), 3), "");
}

/* What is answered without asking ICU is what it would say. */
static void letters_are_what_unicode_says(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c < 0x110000; c++) {
		bool is_word = U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK);
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		assert_int_equal(fold_is_word_char(c), is_word);
		assert_int_equal(fold_is_upper(c), u_isupper((UChar32)c) || u_istitle((UChar32)c));
		assert_int_equal(fold_is_lower(c), u_islower((UChar32)c) != 0);
	}
	for (uint32_t c = 0x410; c <= 0x44f; c++)
		assert_int_equal(fold_char(c).c[0], u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(spellings_of_one_word_are_equal),
	        cmocka_unit_test(other_words_are_not),
	        cmocka_unit_test(ends_of_a_text_are_whole_characters),
	        cmocka_unit_test(letters_are_what_unicode_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
