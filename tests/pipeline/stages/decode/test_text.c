/* Plain text and JSON strings; which is which; who a story is. */
#include "tests/pipeline/stages/decode/open_desk.h"

static void plain_text_is_the_message(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "Headline\n\nBody.\n");
	assert_string_equal(st->decode.format, "plain-text");
	assert_str(st->decode.text, "Headline\n\nBody.\n");
	assert_str(st->decode.body, "Headline\n\nBody.\n");
	assert_int_equal(st->decode.headline.n, 0);
	assert_true(st->decode.headline_is_first_line);
}

static void text_that_only_looks_like_json_is_plain(void **state)
{
	(void)state;
	static const char *const texts[] = {"{not JSON",
	                                    "[Update] Fire is out",
	                                    "\"We won,\" said X.",
	                                    "{\"headline\":\"H\"",
	                                    "{\"headline\":\"H\"} {\"headline\":\"I\"}",
	                                    "[1,2",
	                                    "\"tab\there\"",
	                                    "42",
	                                    "null",
	                                    "true",
	                                    "{\"a\":01}"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct story *st = desk_text(&desk, texts[i]);
		assert_string_equal(st->decode.format, "plain-text");
		assert_str(st->decode.text, texts[i]);
	}
}

static void a_message_without_a_letter_holds_no_story(void **state)
{
	(void)state;
	static const char *const texts[] = {" ",
	                                    "\n\n\t \r\n",
	                                    "\xef\xbb\xbf",
	                                    "\xc2\xa0\xe2\x80\x83\xe2\x80\x8b",
	                                    "###\n***",
	                                    "\"\"",
	                                    "\" \\n\"",
	                                    "[]",
	                                    "{}",
	                                    "[[],[]]",
	                                    "\x1b\x07",
	                                    "{\"headline\":\"\",\"body\":\" \",\"x\":null}",
	                                    "{\"items\":[]}",
	                                    "\"[]\""};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		desk_assert_no_story(&desk, str_of(texts[i]));
}

static void a_single_letter_or_digit_is_a_story(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, " 7 ")->decode.text, " 7 ");
	assert_str(desk_text(&desk, "\xe4\xb8\xad")->decode.text, "\xe4\xb8\xad");
	assert_str(desk_text(&desk, "*** \xf0\x9f\x8e\x89")->decode.text, "*** \xf0\x9f\x8e\x89");
}

static void a_json_string_is_its_value(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, " \"Head\\nB\\u00f6dy \\\"x\\\"\" ");
	assert_string_equal(st->decode.format, "json-string");
	assert_int_equal(st->decode.text_kind, TEXT_STRING);
	assert_str(st->decode.text, "Head\nB\xc3\xb6"
	                            "dy \"x\"");
	assert_true(st->decode.headline_is_first_line);
}

static void a_string_that_holds_json_is_read_on(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "\"{\\\"headline\\\":\\\"H\\\",\\\"body\\\":\\\"B\\\"}\"");
	assert_string_equal(st->decode.format, "json");
	assert_int_equal(st->decode.text_kind, TEXT_DECODED);
	assert_str(st->decode.headline, "H");
	assert_str(st->decode.text, "B");
}

static void strings_in_strings_are_read_twice_and_no_further(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "\"\\\"twice\\\"\"")->decode.text, "twice");
	assert_str(desk_text(&desk, "\"\\\"\\\\\\\"thrice\\\\\\\"\\\"\"")->decode.text, "\"thrice\"");
}

static void the_same_bytes_have_the_same_uri(void **state)
{
	(void)state;
	/* UUIDv5, URL namespace, of "urn:sha256:" and the SHA-256 of "abc"; made with Python's uuid module. */
	const struct story *st = desk_text(&desk, "abc");
	assert_str(st->decode.uri, "urn:uuid:b5e7d6ef-2ae7-551b-9c53-1e95c0a6746b");
	assert_int_equal(st->decode.guid.n, 0);
	assert_int_equal(st->decode.part_hash, digest_xxh64(STR("abc")));
	assert_str(desk_text(&desk, "abd")->decode.uri, "urn:uuid:9c01ce30-fd8a-5c17-a059-36faeb36238b");
}

static void the_seed_story_has_its_uri(void **state)
{
	(void)state;
	FILE *file = fopen(WD_SOURCE_DIR "/../shared/seed/story.txt", "rb");
	if (!file)
		file = fopen(WD_SOURCE_DIR "/../../shared/seed/story.txt", "rb");
	if (!file) {
		print_message("skipped: the seed story is not beside this repository\n");
		skip();
	}
	char bytes[4096];
	size_t n = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	const struct story *st = desk_story(&desk, str_make(bytes, n));
	assert_str(st->decode.uri, "urn:uuid:6d0bc0f1-2f46-5bad-be07-9091f438df37");
	assert_string_equal(st->decode.format, "plain-text");
	assert_string_equal(st->decode.charset_basis, "valid-utf8");
}

static void a_forced_format_is_used_and_contradiction_refused(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "plain-text");
	assert_string_equal(desk_text(&d, "{\"headline\":\"H\"}")->decode.format, "plain-text");
	desk_close(&d);
	desk_open(&d, "", "json");
	desk_assert_dead(&d, STR("no JSON"), REASON_BAD_JSON, "the source's format is JSON");
	desk_assert_dead(&d, STR("{\"headline\":\"H\""), REASON_BAD_JSON, "the source's format is JSON");
	desk_assert_no_story(&d, STR(" \n"));
	assert_string_equal(desk_text(&d, "{\"headline\":\"H\"}")->decode.format, "json");
	desk_close(&d);
	desk_open(&d, "", "ninjs");
	assert_string_equal(desk_text(&d, "{\"headline\":\"H\"}")->decode.format, "ninjs");
	desk_assert_dead(&d, STR("no JSON"), REASON_BAD_JSON, "the source's format is JSON");
	desk_give(&d, STR("[{\"headline\":\"H\"},\"text\",3]"));
	desk_assert_part(&d, 1, REASON_BAD_FORMAT);
	desk_assert_part(&d, 2, REASON_BAD_FORMAT);
	desk_close(&d);
}

static void an_unknown_format_is_found_before_the_first_story(void **state)
{
	(void)state;
	struct desk d;
	struct err err = {""};
	assert_false(desk_try(&d, "", "newsml", &err));
	assert_has(err.words, "source 'desk': unknown format 'newsml'");
	desk_drop(&d);
	err_clear(&err);
	assert_false(desk_try(&d, "", "ninj", &err));
	assert_has(err.words, "did you mean 'ninjs'?");
	desk_drop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(plain_text_is_the_message),
	        cmocka_unit_test(text_that_only_looks_like_json_is_plain),
	        cmocka_unit_test(a_message_without_a_letter_holds_no_story),
	        cmocka_unit_test(a_single_letter_or_digit_is_a_story),
	        cmocka_unit_test(a_json_string_is_its_value),
	        cmocka_unit_test(a_string_that_holds_json_is_read_on),
	        cmocka_unit_test(strings_in_strings_are_read_twice_and_no_further),
	        cmocka_unit_test(the_same_bytes_have_the_same_uri),
	        cmocka_unit_test(the_seed_story_has_its_uri),
	        cmocka_unit_test(a_forced_format_is_used_and_contradiction_refused),
	        cmocka_unit_test(an_unknown_format_is_found_before_the_first_story),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
