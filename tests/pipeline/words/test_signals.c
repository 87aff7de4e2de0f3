/*
 * Words by which a wire says what a story is to others; slugs; until when.
 */
#include "tests/harness.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/signals.h"
#include "pipeline/words/slugs.h"
#include "pipeline/words/untils.h"

#define NONE SIGNAL_KINDS

static void lines_open_with_words_that_are_set_off(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum signal_kind kind;
		int number;
	} rows[] = {
	        {"CORRECTED-Tram line to open in May", SIGNAL_CORRECTION, 0},
	        {"UPDATE 2-Harrow Steel shuts furnace", SIGNAL_UPDATE, 2},
	        {"2. Zusammenfassung: Streik beendet", SIGNAL_UPDATE, 2},
	        {"【訂正】路面電車、開業", SIGNAL_CORRECTION, 0},
	        {"[정정] 전차 개통", SIGNAL_CORRECTION, 0},
	        {"(Corrects date to May 6)", SIGNAL_CORRECTION, 0},
	        {"تصحيح: الترام يبدأ", SIGNAL_CORRECTION, 0},
	        {"KILL KILL KILL", SIGNAL_KILL, 0},
	        {"Kill Bill returns", NONE, 0},
	        {"KILL DEVIL HILLS, N.C.", NONE, 0},
	        {"Update on the valley fire", NONE, 0},
	        {"Correction deepens: shares fall", NONE, 0},
	        {"Korrekturen am Haushalt", NONE, 0},
	        {"", NONE, 0},
	};
	struct signals *signals = signals_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signal_hit hit = {.kind = NONE};
		bool found = signals_open(signals, str_of(rows[i].line), false, &hit);
		assert_int_equal(found ? hit.kind : NONE, rows[i].kind);
		assert_int_equal(found ? hit.number : 0, rows[i].number);
	}
	signals_free(signals);
}

static void evidence_goes_over_the_end_of_a_line(void **state)
{
	(void)state;
	struct signals *signals = signals_new();
	assert_true(signals_hold(signals, STR("Editors: please do not\nuse the item."), SIGNAL_BAN));
	assert_true(signals_hold(signals, STR("Brand in Holm\nBitte nicht verwenden"), SIGNAL_BAN));
	assert_false(signals_hold(signals, STR("Use it as you like."), SIGNAL_BAN));
	assert_false(signals_hold(signals, STR("history"), SIGNAL_COPY));
	signals_free(signals);
}

static const struct row {
	const char *language, *words;
	enum signal_kind kind;
	enum signal_mode mode;
} table[] = {
#define SIGNAL(language, kind, mode, words, seen) {language, words, SIGNAL_##kind, SIGNAL_##mode},
#include "pipeline/words/signals.def"
#undef SIGNAL
};

/* They would mean now the one, now the other. */
static void the_same_words_mean_the_same_in_every_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (size_t j = 0; j < i; j++) {
			bool apart = table[i].kind == table[j].kind || table[i].mode != table[j].mode ||
			             !fold_equal(str_of(table[i].words), str_of(table[j].words));
			assert_true(apart ||
			            (print_error("%s: %s, %s\n", table[i].words, table[i].language, table[j].language),
			             false));
		}
}

static void of_the_same_words_the_first_language_is_told_and_all_are_known(void **state)
{
	(void)state;
	static const char *const rows[][3] = {{"CORRECTION: a tram", "en", "en fr"},
	                                      {"Embargo do 24.11. 10:00", "pl", "pl cs hr"},
	                                      {"Sperrfrist: 10 Uhr", "de", "de"}};
	struct signals *signals = signals_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signal_hit hit;
		assert_true(signals_open(signals, str_of(rows[i][0]), false, &hit));
		assert_string_equal(hit.language, rows[i][1]);
		assert_string_equal(hit.languages, rows[i][2]);
	}
	signals_free(signals);
}

static void slugs_say_leads_and_takes_and_kills(void **state)
{
	(void)state;
	static const struct {
		const char *slug, *core;
		int lead, take;
		bool is_kill;
	} rows[] = {
	        {"BC-EU--Westland-Budget, 3rd Ld-Writethru", "EU--Westland-Budget", 3, 0, false},
	        {"PM-Air Fares, 1st Ld-1st Add, a0584", "Air Fares", 1, 1, false},
	        {"BC-US--Harbor Collapse, 2nd Add", "US--Harbor Collapse", 0, 2, false},
	        {"HARBOR COLLAPSE Take 2", "HARBOR COLLAPSE", 0, 2, false},
	        {"BC-Flood, 2 of 3", "Flood", 0, 2, false},
	        {"HARBOR COLLAPSE (2 OF 3)", "HARBOR COLLAPSE", 0, 2, false},
	        {"BC-Flood, 2 of 3, 1st Ld", "Flood", 1, 2, false},
	        {"BC-Flood, 2 of 3 02-11 0031", "Flood", 0, 2, false},
	        {"BC-Flood-2 of 3 saved", "Flood-2 of 3 saved", 0, 0, false},
	        {"BC-Flood, 3 of 2", "Flood, 3 of 2", 0, 0, false},
	        {"BC-House of 3", "House of 3", 0, 0, false},
	        {"2ND LEAD", "", 2, 0, false},
	        {"BC-Brackenford-Flood, KILL", "Brackenford-Flood", 0, 0, true},
	        {"BC-Slug KILL   02-11 0031", "Slug", 0, 0, true},
	        {"US-BEE-KILL", "US-BEE-KILL", 0, 0, false},
	        {"US BEE KILL", "US BEE KILL", 0, 0, false},
	        {"BC-US--Killings", "US--Killings", 0, 0, false},
	        {"BC-US--Afghanistan-Withdrawal", "US--Afghanistan-Withdrawal", 0, 0, false},
	        {"WESTLAND BUDGET", "WESTLAND BUDGET", 0, 0, false},
	        {"Leaders/Election/", "Leaders/Election", 0, 0, false},
	        {"", "", 0, 0, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slug slug;
		slug_read(str_of(rows[i].slug), &slug);
		assert_str(slug.core, rows[i].core);
		assert_int_equal(slug.lead, rows[i].lead);
		assert_int_equal(slug.take, rows[i].take);
		assert_int_equal(slug.is_kill, rows[i].is_kill);
		assert_false(slug.is_budget || slug.is_withdrawal);
	}
}

static void a_long_slug_is_cut_between_characters(void **state)
{
	(void)state;
	char text[310];
	for (size_t n = 295; n <= 301; n++) {
		struct slug slug;
		memset(text, 'x', n);
		memcpy(text + n, "’a", sizeof("’a") - 1);
		assert_false(slug_read(str_make(text, n + sizeof("’a") - 1), &slug));
		assert_true(utf8_is_valid(slug.core));
	}
}

static void a_line_says_until_when_in_any_order(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int year, month, day, weekday, hour, minute;
		const char *zone, *city;
	} rows[] = {
	        {"until 0001 GMT Monday", 0, 0, 0, 1, 0, 1, "GMT", NULL},
	        {": 24.11., 10.00 Uhr", 0, 11, 24, -1, 10, 0, "", NULL},
	        {"12h00 heure de Paris", 0, 0, 0, -1, 12, 0, "heure de Paris", "Europe/Paris"},
	        {"UNTIL 00:01 LONDON TIME, FRIDAY 14 JUNE", 0, 6, 14, -1, 0, 1, "", "Europe/London"},
	        {"hingga Senin, 25 November 2024 pukul 10.00 WIB", 2024, 11, 25, 1, 10, 0, "WIB", NULL},
	        {"至北京时间11月25日10时", 0, 11, 25, -1, 10, 0, "", "Asia/Shanghai"},
	        {"JUSQU'AU 24 NOVEMBRE 2026 A 12H00 GMT", 2026, 11, 24, -1, 12, 0, "GMT", NULL},
	        {": MONDAY 6H00 EST, NEWS EDITORS", 0, 0, 0, 1, 6, 0, "EST", NULL},
	        {"BIS 24.11., 10.30 UHR MEZ", 0, 11, 24, -1, 10, 30, "MEZ", NULL},
	        {"UNTIL NOON GMT, FRIDAY 14 JUNE", 0, 6, 14, -1, 12, 0, "GMT", NULL},
	        {"UNTIL 11:30 P.M. EST, MONDAY", 0, 0, 0, 1, 23, 30, "EST", NULL},
	        {"UNTIL 1430 HRS GMT, MONDAY", 0, 0, 0, 1, 14, 30, "GMT", NULL},
	        {"ATÉ 10H GMT DE 24 DE NOVEMBRO DE 2026", 2026, 11, 24, -1, 10, 0, "GMT", NULL},
	        {"10 GIỜ 24 THÁNG 11 NĂM 2026", 2026, 11, 24, -1, 10, 0, "", NULL},
	        {"jusqu'au 24 novembre à 10 heures", 0, 11, 24, -1, 10, 0, "", NULL},
	        {"JUSQU'AU 24 NOVEMBRE, 10 HEURES 30 GMT", 0, 11, 24, -1, 10, 30, "GMT", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct until until;
		assert_true(until_read(str_of(rows[i].line), &until));
		assert_int_equal(until.d.year, rows[i].year);
		assert_int_equal(until.d.month, rows[i].month);
		assert_int_equal(until.d.day, rows[i].day);
		assert_int_equal(until.d.hour, rows[i].hour);
		assert_int_equal(until.d.minute, rows[i].minute);
		if (!rows[i].day)
			assert_int_equal(until.weekday, rows[i].weekday);
		assert_str(until.d.zone, rows[i].zone);
		if (rows[i].city)
			assert_string_equal(until.city_zone, rows[i].city);
	}
	struct until until;
	assert_false(until_read(STR(": what sanctions did to Cuba"), &until));
	assert_false(until_read(STR(""), &until));
}

/* Letters of India that fold to two. */
static void what_says_when_lies_in_the_line(void **state)
{
	(void)state;
	static const char line[] = "\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958 NOON";
	struct until until;
	assert_true(until_read(str_of(line), &until));
	assert_int_equal(until.start, sizeof(line) - sizeof("NOON"));
	assert_int_equal(until.end, sizeof(line) - 1);
}

static void languages_that_share_words_share_a_zone_or_have_none(void **state)
{
	(void)state;
	assert_string_equal(until_home("de"), "Europe/Berlin");
	assert_string_equal(until_home("pl cs hr"), "Europe/Warsaw");
	assert_null(until_home("bg sr uk"));
	assert_null(until_home("fi en"));
	assert_null(until_home("en fr fi"));
	assert_null(until_home("en"));
	assert_null(until_home(""));
	assert_null(until_home(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lines_open_with_words_that_are_set_off),
	        cmocka_unit_test(evidence_goes_over_the_end_of_a_line),
	        cmocka_unit_test(the_same_words_mean_the_same_in_every_language),
	        cmocka_unit_test(of_the_same_words_the_first_language_is_told_and_all_are_known),
	        cmocka_unit_test(slugs_say_leads_and_takes_and_kills),
	        cmocka_unit_test(a_long_slug_is_cut_between_characters),
	        cmocka_unit_test(a_line_says_until_when_in_any_order),
	        cmocka_unit_test(what_says_when_lies_in_the_line),
	        cmocka_unit_test(languages_that_share_words_share_a_zone_or_have_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
