#include "tests/harness.h"

#include "worker/labelled.h"

#include <math.h>
#include <stdio.h>

struct said {
	const char *id;
	enum verdict verdict;
	int64_t of;
	const char *evidence; /* NULL: none */
};

static void add(struct labelled *l, const struct said *said, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char uri[40];
		snprintf(uri, sizeof(uri), "urn:%s", said[i].id);
		struct story st = {
		        .decode.uri = str_of(uri),
		        .decode.body = STR("one two three four five"),
		        .dedup = {.verdict = said[i].verdict, .score = 1, .evidence = str_of(said[i].evidence)}};
		labelled_add(l, str_of(said[i].id), said[i].verdict == VERDICT_NONE ? NULL : &st, said[i].of);
	}
}

static bool read_pairs(struct labelled *l, const char *pairs, struct err *err)
{
	FILE *file = fmemopen((void *)(uintptr_t)pairs, strlen(pairs), "r");
	assert_non_null(file);
	bool good = labelled_read_pairs(l, file, "pairs.tsv", err);
	fclose(file);
	return good;
}

static int set_up(void **state)
{
	static struct labelled l;
	labelled_init(&l);
	*state = &l;
	return 0;
}

static int tear_down(void **state)
{
	labelled_free(*state);
	return 0;
}

static void chains_of_copies_lead_to_one_story(void **state)
{
	struct labelled *l = *state;
	struct labelled_scores scores;
	struct err err = {0};
	add(l,
	    (struct said[]){{"a", VERDICT_ORIGINAL, -1, NULL},
	                    {"b", VERDICT_SYNDICATED, 0, NULL},
	                    {"c", VERDICT_REVISION, 1, NULL},
	                    {"d", VERDICT_ORIGINAL, -1, NULL},
	                    {"e", VERDICT_EXACT, 3, NULL}},
	    5);
	assert_true(read_pairs(
	        l, "a\tc\trevision\nb\tc\tsyndicated\na\td\tdifferent\nd\te\tdifferent\nc\te\tsyndicated\n", &err));
	labelled_score(l, &scores);
	assert_int_equal(scores.near.right, 2);
	assert_int_equal(scores.near.wrong, 1);
	assert_int_equal(scores.near.missed, 1);
	assert_true(fabs(labelled_f1(&scores.near) - 2.0 / 3) < 1e-9);
	assert_int_equal(scores.relations_all, 1);
	assert_int_equal(scores.relations[VERDICT_SYNDICATED][VERDICT_REVISION], 1);
	assert_int_equal(scores.relations_right, 0);
}

/* Found {a b c} {d e}; true {a b c e} {d}: pairs in both 3, found 4, true 6, of 10: (3 - 2.4) / (5 - 2.4). */
static void clusters_are_compared_by_the_adjusted_rand_index(void **state)
{
	struct labelled *l = *state;
	struct labelled_scores scores;
	struct err err = {0};
	add(l,
	    (struct said[]){{"a", VERDICT_ORIGINAL, -1, NULL},
	                    {"b", VERDICT_SYNDICATED, 0, NULL},
	                    {"c", VERDICT_REVISION, 0, NULL},
	                    {"d", VERDICT_ORIGINAL, -1, NULL},
	                    {"e", VERDICT_EXACT, 3, NULL}},
	    5);
	assert_true(read_pairs(l, "a\tb\texact\nb\tc\texact\nc\te\tsyndicated\na\td\tdifferent\n", &err));
	labelled_score(l, &scores);
	assert_true(fabs(scores.ari - 0.6 / 2.6) < 1e-9);
}

static void clusters_that_agree_score_one(void **state)
{
	struct labelled *l = *state;
	struct labelled_scores scores;
	struct err err = {0};
	add(l,
	    (struct said[]){{"a", VERDICT_ORIGINAL, -1, NULL},
	                    {"b", VERDICT_EXACT, 0, NULL},
	                    {"c", VERDICT_ORIGINAL, -1, NULL}},
	    3);
	assert_true(read_pairs(l, "a\tb\texact\na\tc\tdifferent\n", &err));
	labelled_score(l, &scores);
	assert_true(scores.ari == 1);
	assert_true(isnan(labelled_precision(&scores.contains)));
}

static void pieces_are_excerpts_quotations_and_siblings(void **state)
{
	struct labelled *l = *state;
	struct labelled_scores scores;
	struct err err = {0};
	add(l,
	    (struct said[]){{"a", VERDICT_ORIGINAL, -1, NULL},
	                    {"b", VERDICT_EXCERPT, 0, NULL},
	                    {"c", VERDICT_EXCERPT, 0, NULL},
	                    {"d", VERDICT_ORIGINAL, -1, "{\"contains\":[\"urn:x\",\"urn:a\"]}"},
	                    {"e", VERDICT_ORIGINAL, -1, "{\"contains\":1"}},
	    5);
	assert_true(read_pairs(
	        l, "b\ta\texcerpt\nb\tc\texcerpt\na\td\texcerpt\na\te\texcerpt\nd\te\tdifferent\nc\td\tdifferent\n",
	        &err));
	labelled_score(l, &scores);
	assert_int_equal(scores.contains.right, 3);
	assert_int_equal(scores.contains.missed, 1);
	assert_int_equal(scores.contains.wrong, 0);
}

static void errors_are_counted_by_kind_and_the_worst_come_one_of_each(void **state)
{
	struct labelled *l = *state;
	struct labelled_scores scores;
	struct labelled_error errors[3];
	struct err err = {0};
	size_t n_all;
	add(l,
	    (struct said[]){{"a", VERDICT_ORIGINAL, -1, NULL},
	                    {"b", VERDICT_EXACT, 0, NULL},
	                    {"c", VERDICT_ORIGINAL, -1, NULL},
	                    {"d", VERDICT_NONE, -1, NULL}},
	    4);
	assert_true(read_pairs(
	        l, "# a comment\n\na\tb\tdifferent\ttwins\r\na\tc\texact\ttwins\na\td\texact\nb\tc\tdifferent\ttwins\n",
	        &err));
	labelled_score(l, &scores);
	assert_int_equal(l->n_kinds, 2);
	assert_int_equal(l->kinds[1].pairs, 3);
	assert_int_equal(l->kinds[1].wrong, 2);
	assert_int_equal(l->kinds[0].wrong, 1);
	assert_int_equal(labelled_worst(l, errors, 2, &n_all), 2);
	assert_int_equal(n_all, 3);
	assert_int_equal(errors[0].fault, LABELLED_MERGED);
	assert_int_equal(errors[1].fault, LABELLED_MISSED);
	assert_true(errors[1].alike == 1);
}

static void a_pair_that_cannot_be_read_is_named_with_its_place(void **state)
{
	struct labelled *l = *state;
	struct err err = {0};
	add(l,
	    (struct said[]){{"a", VERDICT_ORIGINAL, -1, NULL},
	                    {"b", VERDICT_EXACT, 0, NULL},
	                    {"b", VERDICT_EXACT, 0, NULL},
	                    {"c", VERDICT_EXACT, 0, NULL}},
	    4);
	assert_false(read_pairs(l, "a\tc\texact\na\tx\texact\n", &err));
	assert_string_equal(err.words, "pairs.tsv:2:3: no story has the id 'x'");
	err_clear(&err);
	assert_false(read_pairs(l, "a\tb\texact\n", &err));
	assert_string_equal(err.words, "pairs.tsv:1:3: two stories have the id 'b': which one is meant?");
	err_clear(&err);
	assert_false(read_pairs(l, "a\tc\tequal\n", &err));
	assert_string_equal(err.words,
	                    "pairs.tsv:1:5: a label is exact, syndicated, revision, excerpt or different, not 'equal'");
	err_clear(&err);
	assert_false(read_pairs(l, "a\ta\texact\n", &err));
	assert_string_equal(err.words, "pairs.tsv:1:3: a pair is two stories, not twice 'a'");
	err_clear(&err);
	assert_false(read_pairs(l, "a c exact\n", &err));
	assert_string_equal(err.words,
	                    "pairs.tsv:1: a pair is two ids and a label with tabs between them, not 1 column");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(chains_of_copies_lead_to_one_story, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(clusters_are_compared_by_the_adjusted_rand_index, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(clusters_that_agree_score_one, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(pieces_are_excerpts_quotations_and_siblings, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(errors_are_counted_by_kind_and_the_worst_come_one_of_each, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(a_pair_that_cannot_be_read_is_named_with_its_place, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
