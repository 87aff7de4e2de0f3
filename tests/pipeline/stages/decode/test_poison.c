/* What hostile senders send: each ends in bounded time and memory, and takes none of its neighbours down. */
#include "tests/pipeline/stages/decode/open_desk.h"

#include <time.h>

#define STORY "{\"headline\":\"Good\",\"body\":\"Neighbour.\"}"

/* head, then `times` times what comes again, then tail; to be freed. */
static struct str repeated(const char *head, const char *again, size_t times, const char *tail)
{
	size_t n = strlen(head) + times * strlen(again) + strlen(tail), at = 0;
	char *p = malloc(n + 1);
	memcpy(p, head, strlen(head));
	at += strlen(head);
	for (size_t i = 0; i < times; i++, at += strlen(again))
		memcpy(p + at, again, strlen(again));
	memcpy(p + at, tail, strlen(tail) + 1);
	return str_make(p, n);
}

static void give_and_free(struct str text)
{
	desk_give(&desk, text);
	free((void *)(uintptr_t)text.p);
}

static void assert_dead(enum reason reason)
{
	assert_int_equal(desk.msg.end.outcome, OUTCOME_DEAD);
	assert_string_equal(reason_word(desk.msg.end.reason), reason_word(reason));
}

static void deep_nesting_is_a_dead_letter(void **state)
{
	(void)state;
	give_and_free(repeated("", "[", 10000, ""));
	assert_dead(REASON_LIMIT_DEPTH);
	give_and_free(repeated("", "{\"a\":", 10000, ""));
	assert_dead(REASON_LIMIT_DEPTH);
	give_and_free(repeated("{\"headline\":\"H\",\"x\":", "[", 64, ""));
	assert_dead(REASON_LIMIT_DEPTH);
	give_and_free(repeated("", "[", 10, "\"x\"]]]]]]]]]]"));
	desk_assert_part(&desk, 0, REASON_BAD_FORMAT);
}

static void a_deep_string_among_good_ones_ends_alone(void **state)
{
	(void)state;
	give_and_free(repeated("[" STORY ",\"", "[", 100, "\"," STORY "]"));
	assert_int_equal(desk.msg.n_parts, 3);
	desk_assert_part(&desk, 1, REASON_LIMIT_DEPTH);
	assert_str(desk.msg.parts[2]->decode.body, "Neighbour.");
}

static void a_megabyte_of_numbers_is_too_many_parts(void **state)
{
	(void)state;
	give_and_free(repeated("[", "1,", 500000, "1]"));
	assert_dead(REASON_LIMIT_PARTS);
}

static void a_megabyte_of_numbers_in_a_story_is_only_skipped(void **state)
{
	(void)state;
	give_and_free(repeated("{\"headline\":\"H\",\"x\":[", "1,", 500000, "1]}"));
	assert_int_equal(desk.msg.n_parts, 1);
	assert_str(desk.msg.parts[0]->decode.headline, "H");
}

static void two_thousand_parts_are_taken_and_one_more_is_not(void **state)
{
	(void)state;
	give_and_free(repeated("[", "\"a story\",", 1999, "\"the last\"]"));
	assert_int_equal(desk.msg.n_parts, 2000);
	assert_str(desk.msg.parts[1999]->decode.text, "the last");
	assert_int_equal(desk.msg.parts[1999]->part, 1999);
	give_and_free(repeated("[", "\"a story\",", 2000, "\"one more\"]"));
	assert_dead(REASON_LIMIT_PARTS);
}

static void a_string_that_is_no_text_ends_its_story_alone(void **state)
{
	(void)state;
	static const char *const bad[] = {"{\"headline\":\"\\ud800\"}",
	                                  "{\"body\":\"x\",\"subjects\":[{\"name\":\"\\u0000\"}]}", "\"\\udfff\"",
	                                  "{\"\\ud800\":1,\"headline\":\"H\"}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		give_and_free(repeated("[" STORY ",", bad[i], 1, "," STORY "]"));
		assert_int_equal(desk.msg.n_parts, 3);
		desk_assert_part(&desk, 1, REASON_BAD_JSON);
		assert_int_equal(desk.msg.parts[0]->end.outcome, OUTCOME_OPEN);
		assert_str(desk.msg.parts[2]->decode.headline, "Good");
	}
}

static void a_key_said_twice_ends_its_story_alone(void **state)
{
	(void)state;
	desk_give(&desk, STR("[" STORY ",{\"headline\":\"A\",\"headline\":\"B\"},{\"body\":\"x\",\"x\":1,\"x\":2},"
	                     "{\"body\":\"x\",\"genres\":[],\"genres\":[]}]"));
	assert_int_equal(desk.msg.n_parts, 4);
	desk_assert_part(&desk, 1, REASON_BAD_JSON);
	assert_has(desk.msg.parts[1]->end.words.p, "the key 'headline' stands twice");
	/* What nobody reads may stand as often as it likes. */
	assert_int_equal(desk.msg.parts[2]->end.outcome, OUTCOME_OPEN);
	desk_assert_part(&desk, 3, REASON_BAD_JSON);
}

static void two_spellings_of_one_field_are_no_doubled_key(void **state)
{
	(void)state;
	desk_give(&desk, STR("{\"body_text\":\"first\",\"bodyText\":\"second\"}"));
	assert_int_equal(desk.msg.n_parts, 1);
	assert_str(desk.msg.parts[0]->decode.body, "first");
}

static void huge_numbers_are_text(void **state)
{
	(void)state;
	give_and_free(repeated("{\"headline\":\"H\",\"urgency\":", "9", 100000, ",\"version\":1e999999,\"id\":-0.0}"));
	const struct story *st = desk.msg.parts[0];
	assert_int_equal(st->end.outcome, OUTCOME_OPEN);
	assert_int_equal(st->decode.urgency, 0);
	assert_str(st->decode.version, "1e999999");
	assert_str(st->decode.guid, "-0.0");
}

static void what_is_no_story_ends_alone(void **state)
{
	(void)state;
	desk_give(&desk, STR("[1,true,null,\"\",{},{\"x\":1},[]," STORY "]"));
	assert_int_equal(desk.msg.n_parts, 7);
	desk_assert_part(&desk, 0, REASON_BAD_FORMAT);
	desk_assert_part(&desk, 1, REASON_BAD_FORMAT);
	desk_assert_part(&desk, 2, REASON_BAD_FORMAT);
	desk_assert_part(&desk, 3, REASON_NO_STORY);
	desk_assert_part(&desk, 4, REASON_NO_STORY);
	desk_assert_part(&desk, 5, REASON_BAD_FORMAT);
	assert_str(desk.msg.parts[6]->decode.headline, "Good");
	for (size_t i = 0; i < 7; i++)
		assert_int_not_equal(desk.msg.parts[i]->decode.uri.n, 0);
}

static void many_keys_and_long_keys_are_read_once(void **state)
{
	(void)state;
	give_and_free(repeated("{", "\"x\":1,", 150000, "\"headline\":\"H\"}"));
	assert_str(desk.msg.parts[0]->decode.headline, "H");
	give_and_free(repeated("{\"", "k", 900000, "\":1,\"headline\":\"H\"}"));
	assert_str(desk.msg.parts[0]->decode.headline, "H");
	give_and_free(repeated("{\"", "_", 900000, "head_line\":\"H\"}"));
	assert_str(desk.msg.parts[0]->decode.headline, "H");
}

static void many_bodies_are_read_in_one_pass(void **state)
{
	(void)state;
	give_and_free(repeated("{\"bodies\":[", "{\"role\":\"x\",\"value\":\"v\"},", 40000,
	                       "{\"role\":\"main\",\"value\":\"M\"}]}"));
	assert_str(desk.msg.parts[0]->decode.body, "M");
}

static void escapes_all_over_are_undone_in_one_pass(void **state)
{
	(void)state;
	give_and_free(repeated("\"", "\\u00e9\\n", 100000, "\""));
	assert_int_equal(desk.msg.parts[0]->decode.text.n, 300000);
}

static void blank_megabytes_hold_no_story(void **state)
{
	(void)state;
	give_and_free(repeated("", " \n", 500000, ""));
	assert_int_equal(desk.msg.n_parts, 0);
	give_and_free(repeated("[", "\"\",", 1999, "\"\"]"));
	assert_int_equal(desk.msg.n_parts, 2000);
}

static void an_empty_list_beside_a_form_says_nothing(void **state)
{
	(void)state;
	/* The form's members are lists of one value; what stands beside it is no form, and its last list ends the text.
	 */
	desk_give(&desk, STR("{\"data\":{\"a\":[\"x\"],\"b\":[\"y\"],\"c\":[\"z\"]},"
	                     "\"nitf\":{\"body\":\"The text.\",\"headline\":[]}}"));
	assert_int_equal(desk.msg.n_parts, 1);
	assert_str(desk.msg.parts[0]->decode.body, "The text.");
	assert_int_equal(desk.msg.parts[0]->decode.headline.n, 0);
	/* In a form itself an entry of a list may be one. */
	desk_give(&desk, STR("{\"headline\":[\"H\"],\"body\":[\"B\"],\"by\":[[]]}"));
	assert_int_equal(desk.msg.n_parts, 1);
	assert_str(desk.msg.parts[0]->decode.headline, "H");
	assert_str(desk.msg.parts[0]->decode.body, "B");
	assert_int_equal(desk.msg.parts[0]->decode.by.n, 0);
}

/* A '<' that begins no tag begins a text of its own, and no byte stands between the two. */
static void texts_without_a_byte_between_need_no_more_room_than_they_have(void **state)
{
	(void)state;
	give_and_free(repeated("<rss><channel><item><title>T</title><description><b/>", "<1\nb\nc", 200,
	                       "</description></item></channel></rss>"));
	assert_int_equal(desk.msg.n_parts, 1);
	assert_int_equal(desk.msg.parts[0]->end.outcome, OUTCOME_OPEN);
	assert_has(desk.msg.parts[0]->decode.body.p, "<1");
}

/* What the feed says of all items is looked for once, however much else it says. */
static void many_items_among_many_elements_are_read_in_one_pass(void **state)
{
	static const char *const feeds[][3] = {
	        {"<rss><channel>", "<item><title>x</title></item>", "<language>fr</language></channel></rss>"},
	        {"<feed xml:lang='fr'>", "<entry><title>x</title></entry>", "</feed>"}};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct str items = repeated("", feeds[i][1], 1900, feeds[i][2]);
		struct str feed = repeated(feeds[i][0], "<a/>", 100000, items.p);
		clock_t begin = clock();
		desk_give(&desk, feed);
		assert_true(clock() - begin < CLOCKS_PER_SEC);
		assert_int_equal(desk.msg.n_parts, 1900);
		assert_str(desk.msg.parts[1899]->decode.language, "fr");
		free((void *)(uintptr_t)feed.p);
		free((void *)(uintptr_t)items.p);
	}
}

static void every_change_of_a_byte_ends_somehow(void **state)
{
	(void)state;
	static const char whole[] =
	        "[{\"uri\":\"urn:x:1\",\"headlines\":[{\"role\":\"main\",\"value\":\"H\\u00e9\"}],\"bodies\":"
	        "[{\"contentType\":\"text/html\",\"value\":\"<p>a &amp; "
	        "b</p>\"}],\"subjects\":[{\"name\":\"n\"}]},\"s\"]";
	char changed[sizeof whole];
	for (size_t at = 0; at < sizeof whole - 1; at++) {
		for (int byte = 0; byte < 256; byte += at % 3 ? 7 : 1) {
			memcpy(changed, whole, sizeof whole);
			changed[at] = (char)byte;
			desk_give(&desk, str_make(changed, sizeof whole - 1));
			for (size_t i = 0; i < desk.msg.n_parts; i++)
				assert_int_not_equal(
				        desk.msg.end.outcome == OUTCOME_OPEN ? desk.msg.parts[i]->decode.uri.n : 1, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(deep_nesting_is_a_dead_letter),
	        cmocka_unit_test(a_deep_string_among_good_ones_ends_alone),
	        cmocka_unit_test(a_megabyte_of_numbers_is_too_many_parts),
	        cmocka_unit_test(a_megabyte_of_numbers_in_a_story_is_only_skipped),
	        cmocka_unit_test(two_thousand_parts_are_taken_and_one_more_is_not),
	        cmocka_unit_test(a_string_that_is_no_text_ends_its_story_alone),
	        cmocka_unit_test(a_key_said_twice_ends_its_story_alone),
	        cmocka_unit_test(two_spellings_of_one_field_are_no_doubled_key),
	        cmocka_unit_test(huge_numbers_are_text),
	        cmocka_unit_test(what_is_no_story_ends_alone),
	        cmocka_unit_test(many_keys_and_long_keys_are_read_once),
	        cmocka_unit_test(many_bodies_are_read_in_one_pass),
	        cmocka_unit_test(escapes_all_over_are_undone_in_one_pass),
	        cmocka_unit_test(blank_megabytes_hold_no_story),
	        cmocka_unit_test(an_empty_list_beside_a_form_says_nothing),
	        cmocka_unit_test(texts_without_a_byte_between_need_no_more_room_than_they_have),
	        cmocka_unit_test(many_items_among_many_elements_are_read_in_one_pass),
	        cmocka_unit_test(every_change_of_a_byte_ends_somehow),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
