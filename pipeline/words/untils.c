/* Word by word; what is a date is tried before what is a time, as "12.11." could be both. See untils.h. */
#include "pipeline/words/untils.h"

#include "pipeline/base/civil.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/times.h"

#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define UNTIL_BYTES_MAX  400
#define UNTIL_FOLDED_MAX (2 * UNTIL_BYTES_MAX)
#define UNTIL_NAME_MAX   64
#define UNTIL_LEAP_YEAR  2000 /* has all days that a year may have */

static const struct {
	int number;
	const char *name;
} until_days[] = {
#define DAY_OF_WEEK(number, name) {number, name},
#define CITY(zone, name)
#include "pipeline/words/untils.def"
#undef DAY_OF_WEEK
#undef CITY
};

static const struct {
	const char *zone, *name;
} until_cities[] = {
#define DAY_OF_WEEK(number, name)
#define CITY(zone, name) {zone, name},
#include "pipeline/words/untils.def"
#undef DAY_OF_WEEK
#undef CITY
};

/* Behind the day of the week at `at`, or 0. */
static size_t until_weekday(struct str s, size_t at, int *number)
{
	size_t end = at;
	while (end < s.n && (fold_is_word_char(fold_peek(s, end)) || s.p[end] == '-' || s.p[end] == '\''))
		utf8_next(s, &end);
	if (end == at || end - at > UNTIL_NAME_MAX)
		return 0;
	for (size_t i = 0; i < COUNT(until_days); i++)
		if (fold_equal(str_of(until_days[i].name), str_slice(s, at, end))) {
			*number = until_days[i].number;
			return end;
		}
	return 0;
}

static size_t until_two_digits(struct str s, size_t at, int *out)
{
	size_t p = at;
	*out = 0;
	for (size_t n = 0; p < s.n && n < 2 && s.p[p] >= '0' && s.p[p] <= '9'; n++)
		*out = *out * 10 + (s.p[p++] - '0');
	return p;
}

/* "24.11.": a day and a month, without a year. */
static size_t until_day_month(struct str s, size_t at, struct date *d)
{
	int day, month;
	size_t p = until_two_digits(s, at, &day);
	if (p == at || p >= s.n || s.p[p] != '.')
		return 0;
	size_t q = until_two_digits(s, p + 1, &month);
	if (q == p + 1 || q >= s.n || s.p[q] != '.' || (q + 1 < s.n && s.p[q + 1] >= '0' && s.p[q + 1] <= '9'))
		return 0;
	if (day < 1 || day > 31 || month < 1 || month > 12)
		return 0;
	d->day = day;
	d->month = month;
	return q + 1;
}

static size_t until_date(struct str s, size_t at, struct until *until)
{
	struct date d = {0};
	size_t end = until_day_month(s, at, &d);
	bool is_real = !end || d.day <= civil_month_days(UNTIL_LEAP_YEAR, d.month);
	end = end ? end : dates_read(s, at, true, &d);
	if (!end || !is_real) {
		end = end ? end : dates_no_day(s, at);
		until->is_no_day |= end > 0;
		return end;
	}
	if (until->d.has_time && !d.has_time)
		dates_at_clock(&d, until->d);
	until->d = d;
	return end;
}

static size_t until_time(struct str s, size_t at, struct until *until)
{
	struct date clock = until->d;
	size_t end = times_read(s, at, &clock);
	if (!end)
		return 0;
	clock.has_time = true;
	until->d = clock;
	return end;
}

/* What stands at `at`; where it ends, or 0. */
static size_t until_piece(struct str s, size_t at, struct until *until)
{
	size_t end = until->d.day ? 0 : until_date(s, at, until);
	if (!end && !until->d.has_time)
		end = until_time(s, at, until);
	if (!end && until->weekday < 0)
		end = until_weekday(s, at, &until->weekday);
	return end;
}

static void until_walk(struct str s, struct until *until)
{
	for (size_t at = 0, end; at < s.n; at = end) {
		uint32_t before = fold_before(s, at);
		bool opens = !at || !fold_is_word_char(before) || !fold_is_blank_script(before);
		if (opens && (end = until_piece(s, at, until)) > at) {
			until->start = until->end ? until->start : at;
			until->end = end;
			continue;
		}
		end = at;
		utf8_next(s, &end);
	}
}

static void until_city(struct str folded, struct until *until)
{
	for (size_t i = 0; i < COUNT(until_cities) && !until->city_zone; i++) {
		char name[UNTIL_NAME_MAX];
		size_t n = fold_text(str_of(until_cities[i].name), name, sizeof(name));
		const char *hit = n ? memmem(folded.p, folded.n, name, n) : NULL;
		size_t at = hit ? (size_t)(hit - folded.p) : 0;
		if (hit && (!at || !fold_is_word_char(fold_before(folded, at)) ||
		            !fold_is_blank_script(fold_peek(folded, at))))
			until->city_zone = until_cities[i].zone;
	}
}

bool until_read(struct str s, struct until *until)
{
	char folded[UNTIL_FOLDED_MAX];
	s = fold_cut(s, UNTIL_BYTES_MAX);
	*until = (struct until){.weekday = -1};
	until_walk(s, until);
	struct str small = {folded, fold_text(s, folded, sizeof(folded))};
	until_city(small, until);
	return until->d.day || until->is_no_day || until->d.has_time || until->weekday >= 0;
}

static const struct {
	const char *language, *zone;
	const char *clock; /* that other zones go by as well; empty: its own */
} until_homes[] = {
        {"de", "Europe/Berlin", "CET"},     {"fr", "Europe/Paris", "CET"},     {"it", "Europe/Rome", "CET"},
        {"nl", "Europe/Amsterdam", "CET"},  {"sv", "Europe/Stockholm", "CET"}, {"no", "Europe/Oslo", "CET"},
        {"da", "Europe/Copenhagen", "CET"}, {"fi", "Europe/Helsinki", "EET"},  {"is", "Atlantic/Reykjavik", ""},
        {"pl", "Europe/Warsaw", "CET"},     {"cs", "Europe/Prague", "CET"},    {"sk", "Europe/Bratislava", "CET"},
        {"hu", "Europe/Budapest", "CET"},   {"ro", "Europe/Bucharest", "EET"}, {"bg", "Europe/Sofia", "EET"},
        {"sr", "Europe/Belgrade", "CET"},   {"hr", "Europe/Zagreb", "CET"},    {"sl", "Europe/Ljubljana", "CET"},
        {"el", "Europe/Athens", "EET"},     {"tr", "Europe/Istanbul", ""},     {"uk", "Europe/Kyiv", "EET"},
        {"he", "Asia/Jerusalem", ""},       {"fa", "Asia/Tehran", ""},         {"hi", "Asia/Kolkata", ""},
        {"ja", "Asia/Tokyo", ""},           {"ko", "Asia/Seoul", ""},          {"vi", "Asia/Ho_Chi_Minh", ""},
        {"th", "Asia/Bangkok", ""},         {"ms", "Asia/Kuala_Lumpur", ""},   {"zh", "Asia/Shanghai", ""},
        {"ca", "Europe/Madrid", "CET"},     {"lt", "Europe/Vilnius", "EET"},   {"lv", "Europe/Riga", "EET"},
        {"et", "Europe/Tallinn", "EET"},
};

/* The row of a language, or COUNT(until_homes). */
static size_t until_home_of(struct str language)
{
	size_t i = 0;
	while (i < COUNT(until_homes) && !str_is(language, until_homes[i].language))
		i++;
	return i;
}

const char *until_home(const char *languages)
{
	struct str s = str_of(languages);
	size_t first = COUNT(until_homes);
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		end = str_index(s, ' ', at);
		size_t home = until_home_of(str_slice(s, at, end));
		if (home == COUNT(until_homes))
			return NULL;
		if (!at)
			first = home;
		else if (!*until_homes[first].clock || strcmp(until_homes[first].clock, until_homes[home].clock) != 0)
			return NULL;
	}
	return first < COUNT(until_homes) ? until_homes[first].zone : NULL;
}
