#include "tests/harness.h"

#include "tests/worker/program.h"

static void names_every_stage_and_what_became_of_the_stories(void **state)
{
	(void)state;
	struct program p = PROGRAM("\"Rain fell in Spain on Tuesday.\"\n\"\"\n17\n", "bench", "--each-line",
	                           "--seconds", "0", "--stages", "decode,fingerprint,dedup,route", "-");
	assert_int_equal(p.code, 0);
	assert_string_equal(p.err, "");
	assert_has(p.out, "\ndecode ");
	assert_has(p.out, "\nroute ");
	assert_has(p.out, "stories/s a core");
	assert_has(p.out, "3 messages, 1 round, 3 stories");
	assert_has(p.out, "1 article, 0 duplicates, 1 drop, 1 dead letter");
	program_free(&p);
}

static void every_round_meets_the_same_state(void **state)
{
	(void)state;
	struct program p = PROGRAM("\"Rain fell in Spain.\"\n\"Rain fell in Spain.\"\n", "bench", "--each-line",
	                           "--seconds", "0", "-");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "1 article, 1 duplicate, 0 drops");
	program_free(&p);
}

static void says_what_it_wants(void **state)
{
	(void)state;
	struct program p = PROGRAM("", "bench");
	assert_int_equal(p.code, 2);
	assert_has(p.err, "which stories?");
	program_free(&p);
	p = PROGRAM("", "bench", "/no/such/file");
	assert_int_equal(p.code, 4);
	program_free(&p);
	p = PROGRAM("", "bench", "--seconds", "soon", "-");
	assert_int_equal(p.code, 2);
	program_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_every_stage_and_what_became_of_the_stories),
	        cmocka_unit_test(every_round_meets_the_same_state),
	        cmocka_unit_test(says_what_it_wants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
