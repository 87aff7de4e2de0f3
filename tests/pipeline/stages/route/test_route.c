/*
 * Where stories go.
 */
#include "tests/pipeline/stages/fixture.h"

extern const struct stage stage_route;

static __typeof__(*((struct output_topics *)NULL)->by_language) rows[] = {{"id", "wire.articles.id"},
                                                                          {"pt-BR", "wire.articles.br"},
                                                                          {"pt", "wire.articles.pt"},
                                                                          {"ms", "wire.articles.id"},
                                                                          {"en", "wire.articles"}};
static const struct output_topics topics = {.fallback = "wire.articles",
                                            .by_language = rows,
                                            .n_by_language = 5,
                                            .duplicates = "wire.duplicates",
                                            .dead_letters = "wire.dead"};

static void with_topics(struct stage_env *env)
{
	env->output = &topics;
}

static struct fixture *open_with_topics(void)
{
	return fixture_checked(fixture_open(&stage_route, with_topics, NULL));
}

static struct story *story_in(struct fixture *f, const char *tag, enum verdict verdict)
{
	struct story *st = fixture_story(f, "headline", "body");
	st->done |= GROUP_LANGUAGE | GROUP_DEDUP;
	st->language.tag = tag;
	st->language.reliable = true;
	st->dedup.verdict = verdict;
	return st;
}

static void assert_goes_to(struct fixture *f, struct story *st, enum outcome outcome, const char *topic)
{
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	assert_int_equal(st->route.outcome, outcome);
	assert_int_equal(st->route.n_topics, 1);
	assert_string_equal(st->route.topics[0], topic);
}

static void articles_go_by_language(void **state)
{
	(void)state;
	struct fixture *f = open_with_topics();
	assert_goes_to(f, story_in(f, "id", VERDICT_ORIGINAL), OUTCOME_ARTICLE, "wire.articles.id");
	assert_goes_to(f, story_in(f, "ms", VERDICT_REVISION), OUTCOME_ARTICLE, "wire.articles.id");
	assert_goes_to(f, story_in(f, "de", VERDICT_UNJUDGED), OUTCOME_ARTICLE, "wire.articles");
	assert_goes_to(f, story_in(f, "und", VERDICT_NONE), OUTCOME_ARTICLE, "wire.articles");
	fixture_free(f);
}

static void a_regional_tag_takes_its_own_row_or_that_of_its_language(void **state)
{
	(void)state;
	struct fixture *f = open_with_topics();
	assert_goes_to(f, story_in(f, "pt-br", VERDICT_ORIGINAL), OUTCOME_ARTICLE, "wire.articles.br");
	assert_goes_to(f, story_in(f, "pt-Latn-BR", VERDICT_ORIGINAL), OUTCOME_ARTICLE, "wire.articles.pt");
	assert_goes_to(f, story_in(f, "p", VERDICT_ORIGINAL), OUTCOME_ARTICLE, "wire.articles");
	assert_goes_to(f, story_in(f, "ptx", VERDICT_ORIGINAL), OUTCOME_ARTICLE, "wire.articles");
	fixture_free(f);
}

static void an_unreliable_language_gives_way_to_the_declared_one(void **state)
{
	(void)state;
	struct fixture *f = open_with_topics();
	struct story *st = story_in(f, "en", VERDICT_ORIGINAL);
	st->language.reliable = false;
	st->decode.language = STR("pt");
	assert_goes_to(f, st, OUTCOME_ARTICLE, "wire.articles.pt");
	fixture_free(f);
}

static void copies_go_to_the_topic_of_duplicates(void **state)
{
	(void)state;
	struct fixture *f = open_with_topics();
	assert_goes_to(f, story_in(f, "id", VERDICT_EXACT), OUTCOME_DUPLICATE, "wire.duplicates");
	assert_goes_to(f, story_in(f, "id", VERDICT_SYNDICATED), OUTCOME_DUPLICATE, "wire.duplicates");
	assert_goes_to(f, story_in(f, "id", VERDICT_EXCERPT), OUTCOME_ARTICLE, "wire.articles.id");
	fixture_free(f);
}

static void the_option_says_what_a_duplicate_is(void **state)
{
	(void)state;
	struct fixture *f = fixture_open(&stage_route, with_topics, "duplicates", "[excerpt]", NULL);
	assert_goes_to(f, story_in(f, "id", VERDICT_EXACT), OUTCOME_ARTICLE, "wire.articles.id");
	assert_goes_to(f, story_in(f, "id", VERDICT_EXCERPT), OUTCOME_DUPLICATE, "wire.duplicates");
	fixture_free(f);
	f = fixture_open(&stage_route, with_topics, "duplicates", "[]", NULL);
	assert_goes_to(f, story_in(f, "id", VERDICT_EXACT), OUTCOME_ARTICLE, "wire.articles.id");
	fixture_free(f);
}

static void a_word_that_is_no_verdict_is_refused_with_the_nearest_one(void **state)
{
	(void)state;
	struct fixture *f = fixture_open(&stage_route, NULL, "duplicates", "[exact, sindicated]", NULL);
	assert_false(f->is_open);
	assert_has(f->err.words, "'duplicates' of route may hold original, exact, syndicated, revision, excerpt or "
	                         "unjudged, not 'sindicated'; did you mean 'syndicated'?");
	fixture_free(f);
	f = fixture_open(&stage_route, NULL, "duplicates", "[none]", NULL);
	assert_false(f->is_open);
	fixture_free(f);
}

static void a_kill_goes_to_every_article_topic_once(void **state)
{
	(void)state;
	static const char *const controls[] = {"kill", "withdrawal"};
	struct fixture *f = open_with_topics();
	for (size_t i = 0; i < 2; i++) {
		struct story *st = story_in(f, "und", VERDICT_UNJUDGED);
		st->decode.control = controls[i];
		assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
		assert_int_equal(st->route.outcome, OUTCOME_ARTICLE);
		assert_int_equal(st->route.n_topics, 4);
		static const char *const all[] = {"wire.articles", "wire.articles.id", "wire.articles.br",
		                                  "wire.articles.pt"};
		for (size_t t = 0; t < 4; t++)
			assert_string_equal(st->route.topics[t], all[t]);
	}
	struct story *advisory = story_in(f, "id", VERDICT_UNJUDGED);
	advisory->decode.control = "advisory";
	assert_goes_to(f, advisory, OUTCOME_ARTICLE, "wire.articles.id");
	fixture_free(f);
}

static void without_a_configuration_the_default_names_stand(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_route, NULL);
	assert_goes_to(f, story_in(f, "id", VERDICT_ORIGINAL), OUTCOME_ARTICLE, "wire.articles");
	assert_goes_to(f, story_in(f, "id", VERDICT_EXACT), OUTCOME_DUPLICATE, "wire.duplicates");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(articles_go_by_language),
	        cmocka_unit_test(a_regional_tag_takes_its_own_row_or_that_of_its_language),
	        cmocka_unit_test(an_unreliable_language_gives_way_to_the_declared_one),
	        cmocka_unit_test(copies_go_to_the_topic_of_duplicates),
	        cmocka_unit_test(the_option_says_what_a_duplicate_is),
	        cmocka_unit_test(a_word_that_is_no_verdict_is_refused_with_the_nearest_one),
	        cmocka_unit_test(a_kill_goes_to_every_article_topic_once),
	        cmocka_unit_test(without_a_configuration_the_default_names_stand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
