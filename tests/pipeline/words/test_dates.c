/*
 * Dates, times and zones in the words and digits of many countries.
 */
#include "tests/harness.h"

#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/zones.h"

struct row {
	const char *text;
	int year, month, day, hour, minute;
	bool has_time;
	const char *zone;
};

static const struct row rows[] = {
        {"21 Januari 2024, 14:32 WIB", 2024, 1, 21, 14, 32, true, "WIB"},
        {"January 21, 2024 2:32 p.m. EST", 2024, 1, 21, 14, 32, true, "EST"},
        {"March 3rd, 2025", 2025, 3, 3, 0, 0, false, ""},
        {"3. Juni 2024 14.05 Uhr MESZ", 2024, 6, 3, 14, 5, true, "MESZ"},
        {"1er mars 2025 à 10h15", 2025, 3, 1, 10, 15, true, ""},
        {"4 mars 2025 à 10h", 2025, 3, 4, 10, 0, true, ""},
        {"10 de febrero de 2025 a las 9:05", 2025, 2, 10, 9, 5, true, ""},
        {"1° marzo 2025 alle ore 8.30", 2025, 3, 1, 0, 0, false, ""},
        {"3 марта 2025 года, 14:05 МСК", 2025, 3, 3, 14, 5, true, "МСК"},
        {"3 березня 2025 року", 2025, 3, 3, 0, 0, false, ""},
        {"12. listopada 2024.", 2024, 10, 12, 0, 0, false, ""},
        {"12 listopada 2024", 2024, 11, 12, 0, 0, false, ""},
        {"2025. március 3. 14:05", 2025, 3, 3, 14, 5, true, ""},
        {"2025 m. kovo 3 d.", 2025, 3, 3, 0, 0, false, ""},
        {"2025. gada 3. martā", 2025, 3, 3, 0, 0, false, ""},
        {"3 مارس/آذار 2025", 2025, 3, 3, 0, 0, false, ""},
        {"٣ مارس ٢٠٢٥", 2025, 3, 3, 0, 0, false, ""},
        {"3 كانون الثاني 2025", 2025, 1, 3, 0, 0, false, ""},
        {"३ मार्च २०२५", 2025, 3, 3, 0, 0, false, ""},
        {"3 มีนาคม 2568", 2025, 3, 3, 0, 0, false, ""},
        {"3 tháng 2 năm 2025", 2025, 2, 3, 0, 0, false, ""},
        {"2025年3月3日 下午2:05", 2025, 3, 3, 14, 5, true, ""},
        {"2025年3月3日14時05分", 2025, 3, 3, 14, 5, true, ""},
        {"2025년 3월 3일 오후 2시 5분", 2025, 3, 3, 14, 5, true, ""},
        {"2025-03-03T14:05:09Z", 2025, 3, 3, 14, 5, true, "Z"},
        {"03.03.2025, 14:05 Uhr", 2025, 3, 3, 14, 5, true, ""},
        {"3 March 2025, 1405 GMT", 2025, 3, 3, 14, 5, true, "GMT"},
        {"Machi 3, 2025 saa 14:05 EAT", 2025, 3, 3, 14, 5, true, "EAT"},
        {"3 Mart 2025 - 14:05 (TRT)", 2025, 3, 3, 14, 5, true, "TRT"},
        {"3 March 2025, 12 noon GMT", 2025, 3, 3, 12, 0, true, "GMT"},
        {"2025年3月3日(月) 午後11時5分", 2025, 3, 3, 23, 5, true, ""},
        {"２０２５年３月３日　午後１１時５分", 2025, 3, 3, 23, 5, true, ""},
        {"2025年3月3日（月曜日）午前9時5分", 2025, 3, 3, 9, 5, true, ""},
        {"2025. március 3., hétfő 14:05", 2025, 3, 3, 14, 5, true, ""},
        {"3 March 2025, Monday, 14:05 GMT", 2025, 3, 3, 14, 5, true, "GMT"},
        {"03.03.25, 14:05", 2025, 3, 3, 14, 5, true, ""},
        {"3 mars 2025 kl 14.05", 2025, 3, 3, 14, 5, true, ""},
        {"3 มีนาคม 2568 เวลา 14:05 น.", 2025, 3, 3, 14, 5, true, ""},
        {"तीन मार्च 2025", 2025, 3, 3, 0, 0, false, ""},
        {"इक्कीस जनवरी", 0, 1, 21, 0, 0, false, ""},
        {"۱۳ اسفند ۱۴۰۳، ۱۸:۲۰", 2025, 3, 3, 18, 20, true, ""},
        {"۷ اردیبهشت ۱۴۰۴", 2025, 4, 27, 0, 0, false, ""},
        {"1403/12/30 14:05", 2025, 3, 20, 14, 5, true, ""},
        {"1 فروردین 1400", 2021, 3, 21, 0, 0, false, ""},
        {"3 رمضان 1446 هـ الموافق 03 مارس 2025 م", 2025, 3, 3, 0, 0, false, ""},
        {"2:05 p.m. ET, Mon March 3, 2025", 2025, 3, 3, 14, 5, true, "ET"},
        {"14.05, 3 mars 2025", 2025, 3, 3, 14, 5, true, ""},
        {"3 March 2025 14:05 ETHIOPIA", 2025, 3, 3, 14, 5, true, ""},
        {"3/3/2025 à 14h05 (heure de Paris)", 2025, 3, 3, 14, 5, true, "heure de Paris"},
        {"031405 Mär 25", 2025, 3, 3, 14, 5, true, ""},
        {"031405 GMT Mar 25", 2025, 3, 3, 14, 5, true, "GMT"},
        {"3 มี.ค. 2568", 2025, 3, 3, 0, 0, false, ""},
        {"2025-03-03/14:05", 2025, 3, 3, 14, 5, true, ""},
        {"3 ožujka 2025. u 14:05", 2025, 3, 3, 14, 5, true, ""},
        {"3 DE MARZO DE 2025 A LAS 14:05", 2025, 3, 3, 14, 5, true, ""},
        {"3 MARS 2025 À 14H05 GMT", 2025, 3, 3, 14, 5, true, "GMT"},
        {"3 mars 2025 à 14 heures 05", 2025, 3, 3, 14, 5, true, ""},
        {"3 ΜΑΡΤΊΟΥ 2025 ΣΤΙΣ 14:05", 2025, 3, 3, 14, 5, true, ""},
};

static void dates_are_read_in_many_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct date d;
		size_t end = dates_read(str_of(r->text), 0, true, &d);
		bool right = end && d.year == r->year && d.month == r->month && d.day == r->day && d.hour == r->hour &&
		             d.minute == r->minute && d.has_time == r->has_time && str_is(d.zone, r->zone);
		assert_true(right ||
		            (print_error("%s: %d-%d-%d %d:%d\n", r->text, d.year, d.month, d.day, d.hour, d.minute),
		             false));
	}
}

static void what_is_no_date_is_none(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "3", "32 March 2025", "3 apples", "1.5 million", "2025", "2025.13.45",
	                                    "31/2025", "May", "March of", "12月", "3 مارسا", "3.3.25", "तीन किताबें",
	                                    "1402/13/01", "10.20.30", "032560 Mar 25", "0314 Mar 25", "ก.ค.",
	                                    /* days that do not exist */
	                                    "31 Februari 2024, 14:32 WIB", "29 February 2023", "30 February",
	                                    "31/04/2024", "2024-02-30", "31 avril", "2024年2月30日",
	                                    "311405 GMT Apr 25", "1403/07/31", "31 مهر 1403"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct date d;
		assert_int_equal(dates_read(str_of(texts[i]), 0, true, &d), 0);
	}
}

static void the_last_day_of_february_is_one_in_a_leap_year(void **state)
{
	(void)state;
	struct date d;
	assert_true(dates_read(STR("29 February 2024"), 0, true, &d) && d.day == 29);
	assert_true(dates_read(STR("29 February"), 0, true, &d) && d.day == 29 && !d.year);
	assert_true(dates_read(STR("29/02/2000"), 0, true, &d) && d.day == 29);
}

static void a_clock_has_sixty_seconds_from_0_on(void **state)
{
	(void)state;
	struct date d;
	assert_true(dates_read(STR("3 March 2025 14:05:59 GMT"), 0, true, &d) && d.has_seconds && d.second == 59);
	assert_true(dates_read(STR("3 March 2025 14:05:60 GMT"), 0, true, &d) && !d.has_seconds && d.second == 0);
}

static void four_digits_are_a_time_only_where_words_say_so(void **state)
{
	(void)state;
	struct date d;
	dates_read(STR("3 March 2025, 1405 people"), 0, true, &d);
	assert_false(d.has_time);
	dates_read(STR("3 March 2025, 1405 hrs"), 0, true, &d);
	assert_true(d.has_time);
}

static void a_moment_has_its_time_before_or_behind_its_day(void **state)
{
	(void)state;
	struct date d;
	assert_true(dates_moment(STR("Not for publication before 1100 GMT, Monday March 10"), &d));
	assert_true(d.has_time && d.hour == 11 && d.month == 3 && d.day == 10 && d.year == 0);
	assert_str(d.zone, "GMT");
	assert_true(dates_moment(STR("Sperrfrist 10. März 2025, 6.30 Uhr"), &d));
	assert_true(d.has_time && d.hour == 6 && d.minute == 30 && d.year == 2025);
	assert_false(dates_moment(STR("Embargoed until 9 a.m."), &d));
}

static void months_and_days_are_in_the_table_as_they_fold(void **state)
{
	(void)state;
	static const char *const months[] = {
#define MONTH(number, name)            name,
#define MONTH_AFTER_STOP(number, name) name,
#define MONTH_PERSIAN(number, name)    name,
#define WEEKDAY(name)                  name,
#define DAY(number, word)              word,
#include "pipeline/words/days.def"
#include "pipeline/words/months.def"
#undef MONTH
#undef MONTH_AFTER_STOP
#undef MONTH_PERSIAN
#undef WEEKDAY
#undef DAY
	};
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		char folded[200];
		size_t n = fold_text(str_of(months[i]), folded, sizeof(folded));
		assert_true(str_is(str_make(folded, n), months[i]) || (print_error("%s\n", months[i]), false));
	}
}

static void places_of_zones_are_in_the_table_as_they_fold(void **state)
{
	(void)state;
	static const char *const places[] = {
#define ZONE(name, minutes, iana, meaning)
#define ZONE_PLACE(iana, place) place,
#include "pipeline/words/zones.def"
#undef ZONE
#undef ZONE_PLACE
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char folded[200];
		size_t n = fold_text(str_of(places[i]), folded, sizeof(folded));
		assert_true(str_is(str_make(folded, n), places[i]) || (print_error("%s\n", places[i]), false));
	}
}

static void a_sources_own_zone_decides_before_places_do(void **state)
{
	(void)state;
	struct zones_hint hint = {.home = STR("Europe/Dublin"), .place = STR("Mumbai"), .text = STR("Rain in Israel.")};
	const char *iana;
	int minutes;
	assert_true(zones_find(STR("IST"), &hint, &iana, &minutes));
	assert_string_equal(iana, "Europe/Dublin");
	hint.home = STR("Asia/Tokyo");
	assert_true(zones_find(STR("IST"), &hint, &iana, &minutes));
	assert_string_equal(iana, "Asia/Kolkata");
	hint.place = STR("");
	assert_true(zones_find(STR("IST"), &hint, &iana, &minutes));
	assert_string_equal(iana, "Asia/Jerusalem");
	hint.text = STR("Rain in Israel and India.");
	assert_false(zones_find(STR("IST"), &hint, &iana, &minutes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(dates_are_read_in_many_languages),
	        cmocka_unit_test(what_is_no_date_is_none),
	        cmocka_unit_test(the_last_day_of_february_is_one_in_a_leap_year),
	        cmocka_unit_test(a_clock_has_sixty_seconds_from_0_on),
	        cmocka_unit_test(four_digits_are_a_time_only_where_words_say_so),
	        cmocka_unit_test(a_moment_has_its_time_before_or_behind_its_day),
	        cmocka_unit_test(months_and_days_are_in_the_table_as_they_fold),
	        cmocka_unit_test(places_of_zones_are_in_the_table_as_they_fold),
	        cmocka_unit_test(a_sources_own_zone_decides_before_places_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
