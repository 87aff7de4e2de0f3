#include "tests/harness.h"

#include "worker/explain.h"
#include "worker/explain_text.h"

#include <unistd.h>

/* --- text --------------------------------------------------------------------------------------------------------- */

static struct buf out;
static struct explain_text text;

static int start(void **state)
{
	(void)state;
	buf_init(&out, 1 << 20);
	text = (struct explain_text){.out = &out};
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_free(&out);
	return 0;
}

static void shows_control_characters_as_numbers(void **state)
{
	(void)state;
	explain_text_line(&text, STR("a\033[2Jb\x07 c\x7f\xc2\x9b"), 100);
	assert_str(buf_view(&out), "a\\x1b[2Jb\\x07 c\\x7f\\u009b");
}

static void shows_marks_of_direction_as_numbers(void **state)
{
	(void)state;
	explain_text_line(&text,
	                  STR("a\xe2\x80\xae"
	                      "b\xe2\x81\xa6"
	                      "c\xef\xbb\xbf\xf3\xa0\x81\x81"),
	                  100);
	assert_str(buf_view(&out), "a\\u202eb\\u2066c\\ufeff\\U0e0041");
}

static void leaves_letters_of_all_scripts_alone(void **state)
{
	(void)state;
	struct str words = STR("D\xc3\xbcsseldorf \xd9\x86\xd9\x85\xe2\x80\x8c\xd8\xa7 \xe4\xb8\xad \xf0\x9f\x8e\x89");
	explain_text_line(&text, words, 100);
	assert_true(str_eq(buf_view(&out), words));
}

static void shows_bytes_that_are_no_text_as_bytes(void **state)
{
	(void)state;
	explain_text_line(&text, STR("a\xff\xc3(\xe2\x82"), 100);
	assert_str(buf_view(&out), "a\\xff\\xc3(\\xe2\\x82");
}

static void keeps_a_line_a_line(void **state)
{
	(void)state;
	explain_text_line(&text, STR("a\nb"), 100);
	assert_str(buf_view(&out), "a\\x0ab");
}

static void cuts_a_line_between_characters_and_says_so(void **state)
{
	(void)state;
	explain_text_line(&text, STR("\xc3\xa9\xc3\xa9\xc3\xa9"), 2);
	assert_str(buf_view(&out), "\xc3\xa9\xc3\xa9 \xe2\x80\xa6 (2 more bytes)");
}

static void a_block_has_its_margin_before_each_line(void **state)
{
	(void)state;
	explain_text_block(&text, STR("a\r\n\nb"), "> ", true);
	assert_str(buf_view(&out), "> a\\x0d\n> \n> b");
}

static void writes_colours_only_where_wanted(void **state)
{
	(void)state;
	explain_text_ink(&text, INK_BAD);
	explain_text_say(&text, "x");
	explain_text_ink(&text, INK_PLAIN);
	assert_str(buf_view(&out), "x");
	buf_clear(&out);
	text.colour = true;
	explain_text_ink(&text, INK_BAD);
	explain_text_say(&text, "x");
	explain_text_ink(&text, INK_PLAIN);
	assert_str(buf_view(&out), "\033[0m\033[1;31mx\033[0m");
}

/* --- stories ------------------------------------------------------------------------------------------------------ */

static const struct stage stages[] = {
        {.name = "decode", .summary = "reads", .writes = GROUP_DECODE},
        {.name = "cleanup", .summary = "cleans", .writes = GROUP_CLEANUP},
        {.name = "language", .summary = "tells languages", .writes = GROUP_LANGUAGE},
        {.name = "own", .summary = "is the user's"},
        {.name = "dedup", .summary = "compares", .writes = GROUP_DEDUP},
        {.name = "route", .summary = "sends", .writes = GROUP_ROUTE},
};

struct bench {
	struct plan plan;
	struct message msg;
	struct story st;
	struct story *parts[2];
	struct batch batch;
	char said[16384];
};

static const char *const topics[] = {"wire.articles"};
static const struct output_topics output = {.dead_letters = "wire.dead"};

static struct bench *lay(void)
{
	static struct bench b;
	memset(&b, 0, sizeof b);
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		b.plan.entries[b.plan.n++].stage = &stages[i];
	b.plan.env.output = &output;
	b.msg.delivery = (struct position){STR("local"), STR("enrich"), 0, 0};
	b.msg.value = STR("KILLER HEADLINE\nPARIS (X) - Text.\n");
	b.parts[0] = b.parts[1] = &b.st;
	b.msg.parts = b.parts;
	b.msg.n_parts = 1;
	b.batch.messages = &b.msg;
	b.batch.n_messages = 1;
	b.st = (struct story){.msg = &b.msg, .end.outcome = OUTCOME_ARTICLE};
	b.st.decode.text = b.st.decode.body = b.msg.value;
	b.st.decode.format = "plain-text";
	b.st.done = GROUP_DECODE;
	return &b;
}

static const char *explained(struct bench *b)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	struct explain_options options = {.fd = fileno(file), .plan = &b->plan};
	struct sink *sink = explain_new(&options);
	struct publication mail = {.batch = &b->batch};
	sink->ops->publish(sink, &mail);
	assert_int_equal(mail.result, PUBLISH_COMMITTED);
	sink->ops->close(sink);
	rewind(file);
	b->said[fread(b->said, 1, sizeof b->said - 1, file)] = 0;
	fclose(file);
	return b->said;
}

static void marks_what_was_removed_with_kind_and_rule(void **state)
{
	(void)state;
	struct bench *b = lay();
	struct removal removed[] = {{"headline", NULL, {0, 16}}, {"dateline", "city-agency", {16, 28}}};
	b->st.done |= GROUP_CLEANUP;
	b->st.cleanup.removed = removed;
	b->st.cleanup.n_removed = 2;
	const char *said = explained(b);
	assert_has(said, "  | [-KILLER HEADLINE-]{headline}\n  | [-PARIS (X) - -]{dateline city-agency}Text.\n");
	assert_has(said, "28 of 34 bytes, in 2 places");
}

static void shows_the_body_again_only_where_it_is_another(void **state)
{
	(void)state;
	struct bench *b = lay();
	struct removal removed = {"headline", NULL, {0, 16}};
	b->st.done |= GROUP_CLEANUP;
	b->st.cleanup.removed = &removed;
	b->st.cleanup.n_removed = 1;
	b->st.cleanup.body = STR("PARIS (X) - Text.");
	assert_has(explained(b), "body         17 characters: what is not marked\n");
	b->st.cleanup.body = STR("PARIS - Text.");
	assert_has(explained(b), "body         13 characters\n  | PARIS - Text.\n");
}

static void tells_the_runner_up_and_why_it_is_not_sure(void **state)
{
	(void)state;
	struct bench *b = lay();
	b->st.done |= GROUP_LANGUAGE;
	b->st.language.tag = "und";
	b->st.language.runner_up = "nl";
	b->st.language.confidence = 0.25;
	b->st.language.reason = "too-short";
	const char *said = explained(b);
	assert_has(said, "und, confidence 0.25, not reliable");
	assert_has(said, "runner-up    nl");
	assert_has(said, "too-short");
}

static void tells_verdict_score_and_where_it_goes(void **state)
{
	(void)state;
	struct bench *b = lay();
	b->st.done |= GROUP_DEDUP | GROUP_ROUTE;
	b->st.dedup.verdict = VERDICT_SYNDICATED;
	b->st.dedup.of_uri = STR("urn:x:1");
	b->st.dedup.score = 0.875;
	b->st.route.topics = topics;
	b->st.route.n_topics = 1;
	const char *said = explained(b);
	assert_has(said, "verdict      syndicated");
	assert_has(said, "of           urn:x:1");
	assert_has(said, "score        0.875");
	assert_has(said, "wire.articles (article)");
}

static void names_a_stage_of_the_users_own(void **state)
{
	(void)state;
	assert_has(explained(lay()), "\nown  is the user's\n");
}

static void leaves_out_stages_that_a_dead_story_did_not_reach(void **state)
{
	(void)state;
	struct bench *b = lay();
	b->st.end = (struct ending){OUTCOME_DEAD, REASON_LIMIT_STORY, "language", STR("needs \033 more")};
	const char *said = explained(b);
	assert_has(said, "DEAD LETTER: limit-story");
	assert_has(said, "by           language");
	assert_has(said, "needs \\x1b more");
	assert_has(said, "wire.dead");
	assert_null(strstr(said, "\ncleanup"));
	assert_null(strstr(said, "\nown"));
}

static void shows_how_a_message_begins_that_nobody_could_read(void **state)
{
	(void)state;
	struct bench *b = lay();
	b->msg.value = STR("\x1b]0;evil\x07\xff");
	b->msg.n_parts = 0;
	b->msg.end = (struct ending){OUTCOME_DEAD, REASON_NOT_TEXT, "decode", STR("byte 9 is no text")};
	const char *said = explained(b);
	assert_has(said, "  | \\x1b]0;evil\\x07\\xff\n");
	assert_has(said, "byte 9 is no text");
	assert_null(strchr(said, '\033'));
}

static void says_why_a_message_was_dropped(void **state)
{
	(void)state;
	struct bench *b = lay();
	b->msg.n_parts = 0;
	b->msg.end = (struct ending){OUTCOME_DROP, REASON_NO_STORY, "decode", STR("")};
	const char *said = explained(b);
	assert_has(said, "DROPPED: no-story");
	assert_has(said, reason_meaning(REASON_NO_STORY));
}

static void numbers_the_stories_of_one_message(void **state)
{
	(void)state;
	struct bench *b = lay();
	b->msg.n_parts = 2;
	assert_has(explained(b), "--- story 1 of 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(shows_control_characters_as_numbers, start, end),
	        cmocka_unit_test_setup_teardown(shows_marks_of_direction_as_numbers, start, end),
	        cmocka_unit_test_setup_teardown(leaves_letters_of_all_scripts_alone, start, end),
	        cmocka_unit_test_setup_teardown(shows_bytes_that_are_no_text_as_bytes, start, end),
	        cmocka_unit_test_setup_teardown(keeps_a_line_a_line, start, end),
	        cmocka_unit_test_setup_teardown(cuts_a_line_between_characters_and_says_so, start, end),
	        cmocka_unit_test_setup_teardown(a_block_has_its_margin_before_each_line, start, end),
	        cmocka_unit_test_setup_teardown(writes_colours_only_where_wanted, start, end),
	        cmocka_unit_test(marks_what_was_removed_with_kind_and_rule),
	        cmocka_unit_test(shows_the_body_again_only_where_it_is_another),
	        cmocka_unit_test(tells_the_runner_up_and_why_it_is_not_sure),
	        cmocka_unit_test(tells_verdict_score_and_where_it_goes),
	        cmocka_unit_test(names_a_stage_of_the_users_own),
	        cmocka_unit_test(leaves_out_stages_that_a_dead_story_did_not_reach),
	        cmocka_unit_test(shows_how_a_message_begins_that_nobody_could_read),
	        cmocka_unit_test(says_why_a_message_was_dropped),
	        cmocka_unit_test(numbers_the_stories_of_one_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
