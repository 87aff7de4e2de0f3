/* Folding: which spellings are the same to a reader. */
#include "tests/harness.h"

#include "pipeline/words/fold.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(spellings_of_one_word_are_equal),
	        cmocka_unit_test(other_words_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
