/*
 * The stage to copy, and the test to copy with it.
 */
#include "tests/pipeline/stages/fixture.h"

extern const struct stage stage_template;

static void drops_a_story_that_holds_the_word_with_a_reason(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_template, "words", "[horoscope, lottery]", NULL);
	struct story *st = fixture_story(f, "Your Horoscope: good news", "Stars and all that.");
	assert_int_equal(fixture_run(f, st), ANSWER_DROP);
	assert_int_equal(st->end.outcome, OUTCOME_DROP);
	assert_int_equal(st->end.reason, REASON_FILTERED);
	assert_string_equal(st->end.stage, "template");
	st = fixture_story(f, "", "He won the lottery");
	assert_int_equal(fixture_run(f, st), ANSWER_DROP);
	fixture_free(f);
}

static void keeps_a_story_that_only_holds_it_inside_another_word(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_template, "words", "[war]", NULL);
	static const char *const others[] = {"beware", "warm", "wär", "awar", "wa", "w\xc3\xa4r war\xc3\xa4", ""};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(fixture_run(f, fixture_story(f, others[i], others[i])), ANSWER_KEEP);
	static const char *const hits[] = {"war", "(war)", "cold-war", "warm war", "war\n", "beware, WAR"};
	for (size_t i = 0; i < sizeof(hits) / sizeof(hits[0]); i++)
		assert_int_equal(fixture_run(f, fixture_story(f, "", hits[i])), ANSWER_DROP);
	fixture_free(f);
}

static void keeps_everything_when_no_word_is_given(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_template, NULL);
	struct story *st = fixture_story(f, "War", "and peace");
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	assert_int_equal(st->end.outcome, OUTCOME_OPEN);
	fixture_free(f);
}

static void looks_at_what_cleanup_left(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_template, "words", "[war]", NULL);
	struct story *st = fixture_story(f, "war", "war");
	st->done |= GROUP_CLEANUP;
	st->cleanup.headline = STR("peace");
	st->cleanup.body = STR("peace");
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(drops_a_story_that_holds_the_word_with_a_reason),
	        cmocka_unit_test(keeps_a_story_that_only_holds_it_inside_another_word),
	        cmocka_unit_test(keeps_everything_when_no_word_is_given),
	        cmocka_unit_test(looks_at_what_cleanup_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
