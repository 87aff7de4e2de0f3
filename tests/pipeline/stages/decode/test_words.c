/* Times, language tags, addresses, and the tables that are searched by halves. */
#include "tests/harness.h"

#include "pipeline/stages/decode/decode.h"
#include "pipeline/words/rfc3339.h"

static void a_time_has_a_zone_and_exists(void **state)
{
	(void)state;
	static const char *const good[] = {"2024-01-21T14:32:00+07:00", "2024-01-21T14:32:00Z", "2024-02-29T00:00:00z",
	                                   "2024-01-21t23:59:59.123456-00:30"};
	static const char *const bad[] = {"",
	                                  "2024",
	                                  "2024-01-21",
	                                  "2024-01-21T14:32:00",
	                                  "2024-01-21 14:32:00Z",
	                                  "2024-01-21T14:32Z",
	                                  "2023-02-29T00:00:00Z",
	                                  "1900-02-29T00:00:00Z",
	                                  "2024-13-01T00:00:00Z",
	                                  "2024-00-01T00:00:00Z",
	                                  "2024-01-32T00:00:00Z",
	                                  "2024-01-21T24:00:00Z",
	                                  "2024-01-21T14:60:00Z",
	                                  "2024-01-21T14:32:61Z",
	                                  "2024-01-21T14:32:00+0700",
	                                  "2024-01-21T14:32:00+24:00",
	                                  "2024-01-21T14:32:00.Z",
	                                  "2024-01-21T14:32:00ZZ",
	                                  "2024-01-21T14:32:00Z ",
	                                  "2024-1-21T14:32:00Z",
	                                  "24-01-21T14:32:00Z",
	                                  "2024-01-21T14:32:00+07:0",
	                                  "2024/01/21T14:32:00Z"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!rfc3339_is_time(str_of(good[i])))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (rfc3339_is_time(str_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	}
}

static void a_language_tag_is_spelled_as_usual_or_says_nothing(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
	        {"id", "id"},
	        {"EN", "en"},
	        {"en-gb", "en-GB"},
	        {"pt_BR", "pt-BR"},
	        {"ZH-hant-tw", "zh-Hant-TW"},
	        {"es-419", "es-419"},
	        {"de-CH-1996", "de-CH-1996"},
	        {"en-x-Nato", "en-x-nato"},
	        {"eng", "eng"},
	        {"fil", "fil"},
	        {" fr ", "fr"},
	        {"", ""},
	        {"xx", ""},
	        {"und", ""},
	        {"mul", ""},
	        {"zxx", ""},
	        {"english", ""},
	        {"unknown", ""},
	        {"e", ""},
	        {"e1", ""},
	        {"en-", ""},
	        {"-en", ""},
	        {"en--US", ""},
	        {"en US", ""},
	        {"en-toolongsubtag", ""},
	        {"qqq", ""},
	        {"\xc3\xa9n", ""},
	        {"i-klingon", ""},
	};
	struct language_codes codes;
	struct arena arena;
	arena_init(&arena, 0, 0);
	language_codes_fill(&codes);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_str(language_tag_read(&codes, str_of(rows[i][0]), &arena), rows[i][1]);
	arena_free(&arena);
}

static void what_is_no_tag_may_be_a_languages_name(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
	        {"english!!", "en"}, {"English", "en"}, {"Indonesian", "id"}, {"portugese", "pt"}, {"ger", "de"}};
	char tag[LANGUAGE_TAG_GUESS_BYTES];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!language_tag_guess(str_of(rows[i][0]), tag) || strcmp(tag, rows[i][1]) != 0)
			fail_msg("'%s' is not '%s' but '%s'", rows[i][0], rows[i][1], tag);
	}
	assert_false(language_tag_guess(STR("zzzzzzz"), tag));
	assert_false(language_tag_guess(STR(""), tag));
	char endless[1000];
	memset(endless, 'e', sizeof endless);
	assert_false(language_tag_guess(str_make(endless, sizeof endless), tag));
}

static void an_address_has_a_scheme_and_no_odd_characters(void **state)
{
	(void)state;
	static const char *const good[] = {"urn:newsml:dpa.com:20090101:1", "http://example.com/a?b=c&d=%20#e", "a:b",
	                                   "tag:example.com,2024:x", "HTTP://Example.COM/"};
	static const char *const bad[] = {"",       "a",     ":",    "a:",   ":b",   "1a:b",  "a b:c", "http://x/a b",
	                                  "x:\x7f", "x:<y>", "x:\"", "x:\\", "x:{}", "x:%zz", "x:%2",  "a/b:c",
	                                  "x:\n"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!identity_is_uri(str_of(good[i]), false))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (identity_is_uri(str_of(bad[i]), false))
			fail_msg("taken: %s", bad[i]);
	}
	assert_false(identity_is_uri(STR("http://x/\xc3\xa9"), false));
	assert_true(identity_is_uri(STR("http://x/\xc3\xa9"), true));
}

static void an_address_that_is_too_long_is_none(void **state)
{
	(void)state;
	char text[STORY_URI_MAX + 2];
	memset(text, 'a', sizeof text);
	text[1] = ':';
	assert_true(identity_is_uri(str_make(text, STORY_URI_MAX), false));
	assert_false(identity_is_uri(str_make(text, STORY_URI_MAX + 1), false));
}

static void every_known_name_is_found(void **state)
{
	(void)state;
	static const char *const names[] = {"headline",        "bodies", "abstract",   "versionCreated",
	                                    "version_created", "uri",    "pub-status", "Body_Text",
	                                    "items",           "story",  "urgency"};
	struct arena arena;
	arena_init(&arena, 0, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char text[64];
		struct json_doc doc;
		struct json_fields fields;
		snprintf(text, sizeof text, "{\"%s\":1}", names[i]);
		assert_int_equal(json_doc_read(&arena, str_of(text), 4, &doc), JSON_DOC_OK);
		json_fields_read(&doc, 0, &fields);
		uint32_t found = 0;
		for (size_t f = 0; f < FIELD_COUNT; f++)
			found += fields.at[f];
		assert_int_equal(found, 2);
	}
	arena_free(&arena);
}

static void tables_that_are_searched_by_halves_are_sorted(void **state)
{
	(void)state;
	static const char *const names[] = {
#define NAME(name, field, rank) name,
#include "pipeline/stages/decode/json_fields.def"
#undef NAME
	};
	static const char *const references[] = {
#define REFERENCE(name, character) #name,
#include "pipeline/words/references.def"
#undef REFERENCE
	};
	for (size_t i = 1; i < sizeof names / sizeof *names; i++)
		assert_true(strcmp(names[i - 1], names[i]) < 0);
	for (size_t i = 1; i < sizeof references / sizeof *references; i++)
		assert_true(strcmp(references[i - 1], references[i]) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_no_tag_may_be_a_languages_name),
	        cmocka_unit_test(a_time_has_a_zone_and_exists),
	        cmocka_unit_test(a_language_tag_is_spelled_as_usual_or_says_nothing),
	        cmocka_unit_test(an_address_has_a_scheme_and_no_odd_characters),
	        cmocka_unit_test(an_address_that_is_too_long_is_none),
	        cmocka_unit_test(every_known_name_is_found),
	        cmocka_unit_test(tables_that_are_searched_by_halves_are_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
