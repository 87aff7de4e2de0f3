/* Tables that are searched by halves stand in the order of their bytes, as they fold. */
#include "tests/harness.h"

#include "pipeline/words/fold.h"
#include "pipeline/words/sorted.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct str agencies[] = {
#define AGENCY(name) STR_INIT(name),
#define AGENCY_WORD(word)
#define AGENCY_DESK(word)
#include "pipeline/words/agencies.def"
#undef AGENCY
#undef AGENCY_WORD
#undef AGENCY_DESK
};

static const struct str weekdays[] = {
#define WEEKDAY(name) STR_INIT(name),
#define DAY(number, word)
#include "pipeline/words/days.def"
#undef WEEKDAY
#undef DAY
};

static const struct str no_places[] = {
#define NO_PLACE(words) STR_INIT(words),
#define SHORT_PLACE(name)
#define CITY(name)
#define PARTY(name)
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct str short_places[] = {
#define NO_PLACE(words)
#define SHORT_PLACE(name) STR_INIT(name),
#define CITY(name)
#define PARTY(name)
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct str cities[] = {
#define NO_PLACE(words)
#define SHORT_PLACE(name)
#define CITY(name) STR_INIT(name),
#define PARTY(name)
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct str parties[] = {
#define NO_PLACE(words)
#define SHORT_PLACE(name)
#define CITY(name)
#define PARTY(name) STR_INIT(name),
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct {
	const char *name;
	const struct str *words;
	size_t n;
} tables[] = {
        {"agencies.def", agencies, COUNT(agencies)},
        {"days.def", weekdays, COUNT(weekdays)},
        {"dateline.def, NO_PLACE", no_places, COUNT(no_places)},
        {"dateline.def, SHORT_PLACE", short_places, COUNT(short_places)},
        {"dateline.def, CITY", cities, COUNT(cities)},
        {"dateline.def, PARTY", parties, COUNT(parties)},
};

static void each_table_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++)
		for (size_t j = 1; j < tables[i].n; j++)
			if (str_compare(tables[i].words[j - 1], tables[i].words[j]) >= 0)
				fail_msg("%s: '%s' stands behind '%s'", tables[i].name, tables[i].words[j].p,
				         tables[i].words[j - 1].p);
}

static void each_word_is_folded_and_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++)
		for (size_t j = 0; j < tables[i].n; j++) {
			struct str word = tables[i].words[j];
			char folded[200];
			struct str key = {folded, fold_text(word, folded, sizeof(folded))};
			if (!sorted_has(tables[i].words, tables[i].n, key))
				fail_msg("%s: '%s' is not found as it folds", tables[i].name, word.p);
		}
}

static void what_is_in_no_row_is_not_found(void **state)
{
	(void)state;
	static const char *const others[] = {"", "a", "ap ", "zzz", "reuter", "\xff"};
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(sorted_has(agencies, COUNT(agencies), str_of(others[i])));
	assert_false(sorted_has(agencies, 0, STR("ap")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each_table_is_in_order),
	        cmocka_unit_test(each_word_is_folded_and_found),
	        cmocka_unit_test(what_is_in_no_row_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
