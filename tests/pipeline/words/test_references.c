/*
 * Character references: names, numbers, and what only looks like one.
 */
#include "tests/harness.h"

#include "pipeline/words/references.h"

static void names_and_numbers_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t length;
		uint32_t character;
	} rows[] = {{"&amp;", 5, '&'},         {"&nbsp; ", 6, 0xa0},     {"&zwj;x", 5, 0x200d}, {"&#8211;", 7, 0x2013},
	            {"&#x2013;", 8, 0x2013},   {"&#8211 a", 6, 0x2013},  {"&#150;", 6, 0x2013}, {"&#128;", 6, 0x20ac},
	            {"&#X1F600;", 9, 0x1f600}, {"&thetasym;", 10, 0x3d1}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t character = 0;
		assert_int_equal(references_read(str_of(rows[i].text), 0, &character), rows[i].length);
		assert_int_equal(character, rows[i].character);
	}
}

static void what_stands_for_no_character_is_none(void **state)
{
	(void)state;
	static const char *const texts[] = {"&",    "&;",       "&amp",       "&x;",         "&#;",         "&#x;",
	                                    "&#0;", "&#xD800;", "&#1114112;", "&#99999999;", "&AMPERSANDS;"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint32_t character;
		assert_int_equal(references_read(str_of(texts[i]), 0, &character), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_and_numbers_are_read),
	        cmocka_unit_test(what_stands_for_no_character_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
