/*
 * Names of agencies, alone and in company.
 */
#include "tests/harness.h"

#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

static void names_are_in_the_table_as_they_fold(void **state)
{
	(void)state;
	static const char *const names[] = {
#define AGENCY(name)      name,
#define AGENCY_WORD(word) word,
#define AGENCY_DESK(word) word,
#include "pipeline/words/agencies.def"
#undef AGENCY
#undef AGENCY_WORD
#undef AGENCY_DESK
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char folded[200];
		size_t n = fold_text(str_of(names[i]), folded, sizeof(folded));
		assert_true(str_is(str_make(folded, n), names[i]) || (print_error("%s\n", names[i]), false));
	}
}

static void agencies_are_known_in_any_case_and_together(void **state)
{
	(void)state;
	static const char *const agencies[] = {"AFP",          "Reuters",        "ats afp", "dpa/EFE", "TTXVN/Vietnam+",
	                                       "EUROPA PRESS", "Agência Brasil", "ТАСС",    "أ ف ب",   "연합뉴스"};
	static const char *const others[] = {"", "Anna", "AFP said", "Anna/AFP", "AFP AFP AFP AFP AFP", "map", "/"};
	for (size_t i = 0; i < sizeof(agencies) / sizeof(agencies[0]); i++)
		assert_true(agencies_is(str_of(agencies[i])) || (print_error("%s\n", agencies[i]), false));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(agencies_is(str_of(others[i])) && (print_error("%s\n", others[i]), true));
}

static void a_name_may_say_by_itself_that_it_is_an_agency(void **state)
{
	(void)state;
	assert_true(agencies_is_like(STR("Great Lakes Wire")));
	assert_true(agencies_is_like(STR("Agencia Nueva")));
	assert_false(agencies_is_like(STR("Wire")));
	assert_false(agencies_is_like(STR("Wired")));
	assert_true(agencies_is_like(STR("Redacción Madrid")) && agencies_is_desk(STR("Redacción Madrid")));
	assert_false(agencies_is_desk(STR("Great Lakes Wire")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_are_in_the_table_as_they_fold),
	        cmocka_unit_test(agencies_are_known_in_any_case_and_together),
	        cmocka_unit_test(a_name_may_say_by_itself_that_it_is_an_agency),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
