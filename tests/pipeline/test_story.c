#include "tests/harness.h"

#include "pipeline/stage.h"
#include "pipeline/story.h"

struct fixture {
	struct arena keep;
	struct call call;
	struct story st;
	struct message msg;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	arena_init(&f->keep, 0, 0);
	f->call = (struct call){.stage = "tester", .keep = &f->keep};
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->keep);
	free(f);
	return 0;
}

static void the_first_ending_of_a_story_stands(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(story_dead(&f->call, &f->st, REASON_BAD_JSON, "at byte %d", 7), ANSWER_DEAD);
	f->call.stage = "later";
	assert_int_equal(story_drop(&f->call, &f->st, REASON_FILTERED), ANSWER_DROP);
	assert_int_equal(story_dead(&f->call, &f->st, REASON_POISON, "again"), ANSWER_DEAD);
	assert_int_equal(f->st.end.outcome, OUTCOME_DEAD);
	assert_int_equal(f->st.end.reason, REASON_BAD_JSON);
	assert_string_equal(f->st.end.stage, "tester");
	assert_str(f->st.end.words, "at byte 7");
}

static void the_first_ending_of_a_message_stands(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(message_drop(&f->call, &f->msg, REASON_NO_STORY), ANSWER_DROP);
	assert_int_equal(message_dead(&f->call, &f->msg, REASON_BAD_JSON, "too late"), ANSWER_DEAD);
	assert_int_equal(f->msg.end.outcome, OUTCOME_DROP);
	assert_int_equal(f->msg.end.reason, REASON_NO_STORY);
	assert_str(f->msg.end.words, reason_meaning(REASON_NO_STORY));
}

static void without_words_the_reasons_meaning_speaks(void **state)
{
	struct fixture *f = *state;
	story_dead(&f->call, &f->st, REASON_LIMIT_PARTS, NULL);
	assert_str(f->st.end.words, "More parts in one message than limits.parts.");
	message_dead(&f->call, &f->msg, REASON_NOT_TEXT, NULL);
	assert_str(f->msg.end.words, reason_meaning(REASON_NOT_TEXT));
}

static void cuts_words_that_are_too_long(void **state)
{
	struct fixture *f = *state;
	char words[1000];
	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = 0;
	story_dead(&f->call, &f->st, REASON_BAD_JSON, "%s", words);
	assert_int_equal(f->st.end.words.n, 499);
	assert_int_equal(f->st.end.words.p[499], 0);
	message_dead(&f->call, &f->msg, REASON_BAD_JSON, "%.499s", words);
	assert_int_equal(f->msg.end.words.n, 499);
}

static void every_reason_has_a_word_of_its_own_and_a_meaning(void **state)
{
	(void)state;
	for (enum reason a = 0; a < REASON_COUNT; a++) {
		assert_true(strlen(reason_meaning(a)) > 10);
		assert_int_equal(strspn(reason_word(a), "abcdefghijklmnopqrstuvwxyz-"), strlen(reason_word(a)));
		for (enum reason b = 0; b < a; b++)
			assert_string_not_equal(reason_word(a), reason_word(b));
	}
	assert_string_equal(verdict_word(VERDICT_EXACT), "exact");
	assert_string_equal(verdict_word(VERDICT_UNJUDGED), "unjudged");
}

static void headline_and_body_are_the_cleaned_ones_once_there_are_any(void **state)
{
	struct fixture *f = *state;
	f->st.decode.headline = STR("raw head");
	f->st.decode.body = STR("raw body");
	f->st.cleanup.headline = STR("head");
	f->st.cleanup.body = STR("body");
	assert_str(story_headline(&f->st), "raw head");
	assert_str(story_body(&f->st), "raw body");
	f->st.done = GROUP_CLEANUP;
	assert_str(story_headline(&f->st), "head");
	assert_str(story_body(&f->st), "body");
}

static void the_language_is_detected_else_declared_else_unknown(void **state)
{
	struct fixture *f = *state;
	assert_str(story_language(&f->st), "und");
	f->st.decode.language = STR("en-GB");
	f->st.language.tag = "fr";
	f->st.language.reliable = true;
	assert_str(story_language(&f->st), "en-GB"); /* the stage has not run */
	f->st.done = GROUP_LANGUAGE;
	assert_str(story_language(&f->st), "fr");
	f->st.language.reliable = false;
	assert_str(story_language(&f->st), "en-GB");
}

static void the_last_header_of_a_name_counts(void **state)
{
	struct fixture *f = *state;
	const struct header headers[] = {
	        {STR("a"), STR("1")}, {STR("b"), {NULL, 0}}, {STR("a"), STR("2")}, {STR("ab"), STR("3")}};
	f->msg.headers = headers;
	f->msg.n_headers = 4;
	assert_str(message_header(&f->msg, "a"), "2");
	assert_null(message_header(&f->msg, "b").p);
	assert_null(message_header(&f->msg, "A").p);
}

static void an_id_names_cluster_topic_partition_offset_and_part(void **state)
{
	struct fixture *f = *state;
	struct position at = {STR("lkc-1"), STR("wire.raw"), 7, 123456789012};
	assert_str(position_id(&f->keep, &at, 3), "lkc-1/wire.raw/7/123456789012/3");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(the_first_ending_of_a_story_stands),
	        TEST(the_first_ending_of_a_message_stands),
	        TEST(without_words_the_reasons_meaning_speaks),
	        TEST(cuts_words_that_are_too_long),
	        TEST(every_reason_has_a_word_of_its_own_and_a_meaning),
	        TEST(headline_and_body_are_the_cleaned_ones_once_there_are_any),
	        TEST(the_language_is_detected_else_declared_else_unknown),
	        TEST(the_last_header_of_a_name_counts),
	        TEST(an_id_names_cluster_topic_partition_offset_and_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
