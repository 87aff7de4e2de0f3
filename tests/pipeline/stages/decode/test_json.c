/* JSON objects under their common names, lists of stories, envelopes. */
#include "tests/pipeline/stages/decode/open_desk.h"

static void an_object_is_read_under_its_common_names(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"title\":\" Kite festival \",\"body\":\"Line one.\\nLine "
	                         "two.\",\"guid\":\"kns-77\",\"lang\":\"en_gb\",\"author\":\"Nora "
	                         "Teasdale\",\"published\":\"2024-01-21T14:32:00+07:00\",\"version\":3,\"urgency\":"
	                         "\"4\",\"slugline\":\"KITES\","
	                         "\"located\":\"Sandling\",\"ed_note\":\"n\",\"copyright\":\"c\",\"tags\":[\"x\"]}");
	assert_string_equal(st->decode.format, "json");
	assert_int_equal(st->decode.text_kind, TEXT_DECODED);
	assert_str(st->decode.headline, "Kite festival");
	assert_str(st->decode.text, "Line one.\nLine two.");
	assert_str(st->decode.body, "Line one.\nLine two.");
	assert_str(st->decode.guid, "kns-77");
	assert_str(st->decode.uri, "urn:uuid:e352780a-1e30-5249-a81b-2a2b30ddd8bd"); /* UUIDv5 of "deskkns-77" */
	assert_str(st->decode.language, "en-GB");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.version_created, "2024-01-21T14:32:00+07:00");
	assert_str(st->decode.version, "3");
	assert_int_equal(st->decode.urgency, 4);
	assert_str(st->decode.slugline, "KITES");
	assert_str(st->decode.located, "Sandling");
	assert_str(st->decode.ed_note, "n");
	assert_str(st->decode.copyright, "c");
	assert_false(st->decode.headline_is_first_line);
	assert_int_equal(st->decode.n_warnings, 0);
}

static void every_usual_name_of_headline_and_text_is_known(void **state)
{
	(void)state;
	static const char *const headlines[] = {"headline", "head", "title", "Headline", "HEAD"};
	static const char *const bodies[] = {"body",    "content",      "text",         "body_text", "bodyText",
	                                     "story",   "article_text", "content_text", "raw",       "description",
	                                     "summary", "article_body", "storyText",    "full-text"};
	char text[200];
	for (size_t i = 0; i < sizeof headlines / sizeof *headlines; i++) {
		for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
			snprintf(text, sizeof text, "{\"%s\":\"The head\",\"%s\":\"The text.\"}", headlines[i],
			         bodies[k]);
			const struct story *st = desk_text(&desk, text);
			assert_str(st->decode.headline, "The head");
			assert_str(st->decode.body, "The text.");
		}
	}
}

static void the_best_name_of_a_field_counts_wherever_it_stands(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "{\"description\":\"d\",\"content\":\"c\",\"body\":\"b\",\"body_text\":\"t\",\"title\":\"T\","
	               "\"headline\":\"H\"}");
	assert_str(st->decode.body, "t");
	assert_str(st->decode.headline, "H");
	assert_str(st->decode.title, "T");
	st = desk_text(&desk, "{\"title\":\"T\",\"headline\":null,\"body\":\"\",\"text\":\"x\"}");
	assert_str(st->decode.headline, "T");
	assert_str(st->decode.body, "x");
	/* null is as if the key were not there. */
	assert_str(desk_text(&desk, "{\"headline\":null,\"head\":\"H\",\"body_text\":null,\"body\":\"B\"}")
	                   ->decode.headline,
	           "H");
	assert_str(desk.msg.parts[0]->decode.body, "B");
}

static void a_raw_story_in_an_envelope_has_its_headline_in_its_text(void **state)
{
	(void)state;
	assert_true(desk_text(&desk, "{\"id\":1,\"text\":\"Head\\n\\nBody.\"}")->decode.headline_is_first_line);
	assert_false(desk_text(&desk, "{\"title\":\"T\",\"text\":\"Head\\n\\nBody.\"}")->decode.headline_is_first_line);
	assert_false(desk_text(&desk, "{\"body\":\"Head\\n\\nBody.\"}")->decode.headline_is_first_line);
}

static void paragraphs_may_come_as_a_list(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "{\"body\":[\"One.\",\" Two. \",\"\",3]}")->decode.body, "One.\nTwo.\n3");
	assert_str(desk_text(&desk, "{\"body\":[1,2,3,4,5,6]}")->decode.body, "1\n2\n3\n4\n5\n6");
}

static void markup_becomes_paragraphs(void **state)
{
	(void)state;
	assert_str(
	        desk_text(&desk, "{\"title\":\"T\",\"body\":\"<p>One &amp; two.</p>\\n<p>Three.</p>\"}")->decode.text,
	        "One & two.\nThree.");
	assert_str(desk_text(&desk, "{\"content_html\":\"One<br>two\"}")->decode.text, "One\ntwo");
	/* A plain version without line feeds has lost its paragraphs. */
	assert_str(
	        desk_text(&desk, "{\"body_text\":\"One.Two.\",\"body_html\":\"<p>One.</p><p>Two.</p>\"}")->decode.text,
	        "One.\nTwo.");
	assert_str(desk_text(&desk, "{\"body_text\":\"One.\\nTwo.\",\"body_html\":\"<p>1</p><p>2</p>\"}")->decode.text,
	           "One.\nTwo.");
}

static void names_are_taken_out_of_objects_and_lists(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "{\"title\":\"T\",\"author\":{\"name\":\"A\",\"url\":\"u\"}}")->decode.by, "A");
	assert_str(desk_text(&desk, "{\"title\":\"T\",\"authors\":[{\"name\":\"A\"},\"B\",{},{\"name\":\"\"}]}")
	                   ->decode.by,
	           "A, B");
}

static void a_time_counts_only_with_its_zone(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "{\"title\":\"T\",\"date\":\"2024-01-21 14:32\",\"created\":\"2024-01-20t10:00:00z\"}");
	assert_int_equal(st->decode.version_created.n, 0);
	assert_str(st->decode.first_created, "2024-01-20T10:00:00Z");
	assert_true(desk_has_warning(st, "time-without-zone"));
	st = desk_text(&desk, "{\"title\":\"T\",\"date_published\":\"2024-01-20T10:00:00Z\",\"date_modified\":\"2024-"
	                      "01-21T10:00:00Z\"}");
	assert_str(st->decode.version_created, "2024-01-21T10:00:00Z");
	assert_str(st->decode.first_created, "2024-01-20T10:00:00Z");
}

static void a_language_that_says_nothing_is_absent(void **state)
{
	(void)state;
	static const char *const values[] = {"\"\"", "\"unknown\"", "\"und\"", "7", "null", "[\"en\"]", "\"en us\""};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char text[100];
		snprintf(text, sizeof text, "{\"title\":\"T\",\"language\":%s}", values[i]);
		assert_int_equal(desk_text(&desk, text)->decode.language.n, 0);
	}
}

static void a_uri_is_kept_to_the_letter(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"title\":\"T\",\"uri\":\"HTTP://Ex\\u00e4mple.com:80/../x#y\",\"id\":5}");
	assert_str(st->decode.uri, "HTTP://Ex\xc3\xa4mple.com:80/../x#y");
	assert_str(st->decode.guid, "HTTP://Ex\xc3\xa4mple.com:80/../x#y");
	st = desk_text(&desk, "{\"title\":\"T\",\"id\":\"tag:example.com,2024:1\"}");
	assert_str(st->decode.uri, "tag:example.com,2024:1");
}

static void an_id_that_is_no_address_counts_within_its_source(void **state)
{
	(void)state;
	struct desk other;
	desk_open(&other, "", "");
	other.feed.name = STR("other");
	const char *text = "{\"title\":\"T\",\"uri\":\"no address\"}",
	           *same = "{\"title\":\"U\",\"id\":\"no address\"}";
	struct str mine = desk_text(&desk, text)->decode.uri, theirs = desk_text(&other, text)->decode.uri;
	assert_true(str_starts(mine, STR("urn:uuid:")));
	assert_false(str_eq(mine, theirs));
	assert_str(desk.msg.parts[0]->decode.guid, "no address");
	char kept[64];
	snprintf(kept, sizeof kept, "%.*s", STR_ARG(mine));
	assert_str(desk_text(&desk, same)->decode.uri, kept);
	desk_close(&other);
}

static void a_list_gives_a_part_for_each_of_its_stories(void **state)
{
	(void)state;
	desk_give(&desk, STR("[{\"headline\":\"A\"}, \"text\" ,[{\"headline\":\"C\",\"body\":\"D\"}]]"));
	assert_int_equal(desk.msg.n_parts, 3);
	assert_str(desk.msg.parts[0]->decode.headline, "A");
	assert_str(desk.msg.parts[1]->decode.text, "text");
	assert_string_equal(desk.msg.parts[1]->decode.format, "json-string");
	assert_str(desk.msg.parts[2]->decode.body, "D");
	/* UUIDv5 of "urn:sha256:" and the SHA-256 of the part's own bytes. */
	assert_str(desk.msg.parts[0]->decode.uri, "urn:uuid:5a4bfa38-5ca0-58bd-a7bf-2edd0e49677b");
	assert_str(desk.msg.parts[1]->decode.uri, "urn:uuid:d16f0e7c-4f9a-5527-92f8-17382f88d4a7");
	assert_int_equal(desk.msg.parts[1]->decode.part_hash, digest_xxh64(STR("\"text\"")));
}

static void a_list_of_one_is_its_message_byte_for_byte(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "[{\"headline\":\"A\"}]");
	assert_str(st->decode.uri, "urn:uuid:e1571a28-0ceb-5a2a-98e6-6e913d82f498");
	assert_int_equal(st->decode.part_hash, digest_xxh64(STR("[{\"headline\":\"A\"}]")));
}

static void the_items_of_a_feed_are_its_stories(void **state)
{
	(void)state;
	desk_give(&desk,
	          STR("{\"version\":\"https://jsonfeed.org/version/"
	              "1.1\",\"title\":\"Feed\",\"language\":\"sv\",\"items\":["
	              "{\"id\":\"https://example.com/1\",\"title\":\"One\",\"content_html\":\"<p>a</p><p>b</p>\"},"
	              "{\"id\":\"2\",\"content_text\":\"Two.\",\"language\":\"de\",\"authors\":[{\"name\":\"N\"}]}]}"));
	assert_int_equal(desk.msg.n_parts, 2);
	const struct story *one = desk.msg.parts[0], *two = desk.msg.parts[1];
	assert_str(one->decode.headline, "One");
	assert_str(one->decode.text, "a\nb");
	assert_str(one->decode.uri, "https://example.com/1");
	assert_str(one->decode.language, "sv");
	assert_str(two->decode.text, "Two.");
	assert_str(two->decode.language, "de");
	assert_str(two->decode.by, "N");
}

static void an_object_with_items_and_a_text_of_its_own_is_one_story(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "{\"body\":\"B\",\"items\":[{\"headline\":\"H\"}]}")->decode.body, "B");
}

static void an_object_without_text_is_a_dead_letter(void **state)
{
	(void)state;
	static const char *const texts[] = {"{\"x\":1}", "{\"id\":\"a\",\"headline\":\" \"}", "{\"headline\":[\"H\"]}",
	                                    "{\"body\":{\"a\":\"b\"}}"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		desk_give(&desk, str_of(texts[i]));
		assert_int_equal(desk.msg.n_parts, 1);
		desk_assert_part(&desk, 0, REASON_BAD_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_object_is_read_under_its_common_names),
	        cmocka_unit_test(every_usual_name_of_headline_and_text_is_known),
	        cmocka_unit_test(the_best_name_of_a_field_counts_wherever_it_stands),
	        cmocka_unit_test(a_raw_story_in_an_envelope_has_its_headline_in_its_text),
	        cmocka_unit_test(paragraphs_may_come_as_a_list),
	        cmocka_unit_test(markup_becomes_paragraphs),
	        cmocka_unit_test(names_are_taken_out_of_objects_and_lists),
	        cmocka_unit_test(a_time_counts_only_with_its_zone),
	        cmocka_unit_test(a_language_that_says_nothing_is_absent),
	        cmocka_unit_test(a_uri_is_kept_to_the_letter),
	        cmocka_unit_test(an_id_that_is_no_address_counts_within_its_source),
	        cmocka_unit_test(a_list_gives_a_part_for_each_of_its_stories),
	        cmocka_unit_test(a_list_of_one_is_its_message_byte_for_byte),
	        cmocka_unit_test(the_items_of_a_feed_are_its_stories),
	        cmocka_unit_test(an_object_with_items_and_a_text_of_its_own_is_one_story),
	        cmocka_unit_test(an_object_without_text_is_a_dead_letter),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
