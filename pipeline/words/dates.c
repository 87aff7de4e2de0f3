/* Reading of dates: a number, a month's name, a year, in the orders of many countries. See dates.h. */
#include "pipeline/words/dates.h"

#include "pipeline/base/civil.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/sorted.h"
#include "pipeline/words/times.h"
#include "pipeline/words/zones.h"

#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define DATES_WORD_MAX   60
#define DATES_FOLDED_MAX (2 * DATES_WORD_MAX)
#define DATES_BYTES_MAX  200 /* of a text that one date is read from */
#define DATES_MOMENT_MAX 400

#define DATES_HIJRI_MAX 70 /* of a date of the Islamic calendar before the one that is read */

/* Until the year is known, a month of Iran's calendar stands as its number and this. */
#define DATES_IRAN 100

#define DATES_LEAP_YEAR  2000 /* has all days that a year may have */
#define DATES_IRAN_BEGAN 621  /* the years of Iran's calendar are fewer by so many than ours in which they begin */

struct dates_month {
	int number;
	struct str name;
	enum { DATES_PLAIN, DATES_AFTER_STOP, DATES_PERSIAN } kind;
};

static const struct dates_month dates_months[] = {
#define MONTH(number, name)            {number, STR_INIT(name), DATES_PLAIN},
#define MONTH_AFTER_STOP(number, name) {number, STR_INIT(name), DATES_AFTER_STOP},
#define MONTH_PERSIAN(number, name)    {number, STR_INIT(name), DATES_PERSIAN},
#include "pipeline/words/months.def"
#undef MONTH
#undef MONTH_AFTER_STOP
#undef MONTH_PERSIAN
};

static const struct str dates_weekdays[] = {
#define WEEKDAY(name) STR_INIT(name),
#define DAY(number, word)
#include "pipeline/words/days.def"
#undef WEEKDAY
#undef DAY
};

static const struct {
	int number;
	struct str word;
} dates_days[] = {
#define WEEKDAY(name)
#define DAY(number, word) {number, STR_INIT(word)},
#include "pipeline/words/days.def"
#undef WEEKDAY
#undef DAY
};

/* --- pieces ----------------------------------------------------------------------------------------------------- */

static size_t dates_skip(struct str s, size_t at, const char *set)
{
	for (;;) {
		if (at + 1 < s.n && (unsigned char)s.p[at] == 0xc2 && (unsigned char)s.p[at + 1] == 0xa0)
			at += 2;
		else if (at < s.n && s.p[at] && strchr(set, s.p[at]))
			at++;
		else
			return at;
	}
}

/* Behind these words at `at`, or 0. */
static size_t dates_expect(struct str s, size_t at, const char *words)
{
	return at && (!*words || !times_is_other(s, at, words)) ? fold_expect(s, at, str_of(words)) : 0;
}

static size_t dates_expect_one(struct str s, size_t at, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t behind = dates_expect(s, at, words[i]);
		if (behind)
			return behind;
	}
	return 0;
}

static bool dates_is_digit(struct str s, size_t at)
{
	return at < s.n && fold_digit(fold_peek(s, at)) >= 0;
}

/* A number of at most `digits` digits, no more may follow. */
static size_t dates_number(struct str s, size_t at, size_t digits, int *out)
{
	size_t n = 0;
	*out = 0;
	for (; n < digits && dates_is_digit(s, at); n++)
		*out = *out * 10 + fold_digit(utf8_next(s, &at));
	return !n || dates_is_digit(s, at) ? 0 : at;
}

static size_t dates_word_end(struct str s, size_t at)
{
	size_t limit = at + DATES_WORD_MAX < s.n ? at + DATES_WORD_MAX : s.n;
	while (at < limit) {
		size_t next = at;
		uint32_t c = utf8_next(s, &next);
		if (!fold_is_word_char(c) || fold_digit(c) >= 0)
			break;
		at = next;
	}
	return at;
}

/* --- months ----------------------------------------------------------------------------------------------------- */

/* The table holds the names as they fold. */
static int dates_month_number(struct str word, bool after_stop)
{
	char folded[DATES_FOLDED_MAX];
	struct str name = {folded, fold_text(word, folded, sizeof(folded))};
	for (size_t i = 0; name.n && i < COUNT(dates_months); i++) {
		const struct dates_month *m = &dates_months[i];
		if (m->name.n == name.n && m->name.p[0] == folded[0] && (after_stop || m->kind != DATES_AFTER_STOP) &&
		    str_eq(m->name, name))
			return m->number + (m->kind == DATES_PERSIAN ? DATES_IRAN : 0);
	}
	return 0;
}

/* A month's name; a full stop behind a short one is its own. after_stop: one stands before it. */
static size_t dates_month_word(struct str s, size_t at, bool after_stop, int *out)
{
	size_t end = dates_word_end(s, at);
	if (end == at)
		return 0;
	/* Short names with a stop inside are Thai: "ก.ค." */
	bool thai = (unsigned char)s.p[at] == 0xe0 && end + 3 < s.n && s.p[end] == '.';
	size_t behind = thai ? dates_word_end(s, end + 1) : end;
	if (behind > end + 1 && (*out = dates_month_number(str_slice(s, at, behind), false)) != 0)
		return behind < s.n && s.p[behind] == '.' ? behind + 1 : behind;
	/* Names of two words are Arabic. */
	bool arabic = (unsigned char)s.p[at] >= 0xd8 && (unsigned char)s.p[at] <= 0xdb;
	size_t second = arabic && end < s.n && s.p[end] == ' ' ? dates_word_end(s, end + 1) : 0;
	if (second && (*out = dates_month_number(str_slice(s, at, second), false)) != 0)
		return second;
	*out = dates_month_number(str_slice(s, at, end), after_stop);
	if (!*out)
		return 0;
	bool stops = end < s.n && s.p[end] == '.' && end + 1 < s.n && (s.p[end + 1] == ' ' || s.p[end + 1] == ',');
	return stops && end - at <= 5 ? end + 1 : end;
}

/* "March", "مارس/آذار" */
static size_t dates_month(struct str s, size_t at, bool after_stop, int *out)
{
	int same;
	size_t end = dates_month_word(s, at, after_stop, out);
	size_t other = end && end < s.n && s.p[end] == '/' ? dates_month_word(s, end + 1, false, &same) : 0;
	return other && same == *out ? other : end;
}

/* --- years ------------------------------------------------------------------------------------------------------ */

static bool dates_is_year(int year)
{
	return year >= 1900 && year <= 2199;
}

static bool dates_is_day(const struct date *d)
{
	int month = d->month % DATES_IRAN;
	return month >= 1 && month <= 12 && d->day >= 1 && d->day <= 31;
}

/* Years of Iran's calendar from 2001 to 2041: none of them is a year of the Islamic one that wires write today. */
static bool dates_is_year_of_iran(int year)
{
	return year >= 1380 && year <= 1420;
}

/* The 1st of January of 1970 was the 11th of the tenth month of 1348. Leap years: eight in 33, as they fall from 1343
 * to 1471. */
static void dates_from_iran(struct date *d)
{
	static const int first_day = 135062;                         /* of 1970, counted as below */
	int month = d->month - DATES_IRAN - 1, year = d->year - 979; /* the count of leap years begins here */
	int days = 365 * year + year / 33 * 8 + (year % 33 + 3) / 4 + (month < 6 ? 31 * month : 30 * month + 6) +
	           d->day - first_day;
	struct civil day = civil_of(days);
	d->year = day.year;
	d->month = day.month;
	d->day = day.day;
}

/* Behind a month: " 2024", ", 2024", " de 2024", " 2024 года", " 2024." Returns `at` where there is none. */
static size_t dates_year(struct str s, size_t at, struct date *out)
{
	static const char *const before[] = {"de ", "del ", "năm "}, *const behind[] = {" года", " г.", " року", " р.",
	                                                                                " م"};
	int year;
	size_t from = dates_skip(s, at, " ,"), of = dates_expect_one(s, from, before, COUNT(before));
	size_t end = dates_number(s, of ? of : from, 4, &year);
	/* A year of the Buddhist calendar, as in Thailand. */
	if (end && year >= 2443 && year <= 2742)
		year -= 543;
	if (!end || !(out->month > DATES_IRAN ? dates_is_year_of_iran(year) : dates_is_year(year)))
		return at;
	out->year = year;
	size_t word = dates_expect_one(s, end, behind, COUNT(behind));
	return word ? word : end;
}

/* A day in words: "तीन". Returns where it ends, or 0. */
static size_t dates_day_word(struct str s, size_t at, int *out)
{
	if (at >= s.n || (unsigned char)s.p[at] != 0xe0)
		return 0;
	size_t end = dates_word_end(s, at);
	for (size_t i = 0; i < COUNT(dates_days); i++)
		if (fold_equal(dates_days[i].word, str_slice(s, at, end))) {
			*out = dates_days[i].number;
			return end;
		}
	return 0;
}

/* --- days of the week -------------------------------------------------------------------------------------------- */

/* Names of two words are Vietnamese, and Persian ones may be. */
size_t dates_weekday(struct str s, size_t at)
{
	size_t first = dates_word_end(s, at),
	       second = first < s.n && s.p[first] == ' ' ? dates_word_end(s, first + 1) : 0;
	while (first < s.n && s.p[first] == '-' && dates_word_end(s, first + 1) > first + 1)
		first = dates_word_end(s, first + 1); /* "segunda-feira" */
	const size_t ends[] = {second, first};
	for (size_t i = 0; i < COUNT(ends); i++) {
		char folded[DATES_FOLDED_MAX];
		struct str word = str_slice(s, at, ends[i]);
		struct str name = {folded, word.n ? fold_text(word, folded, sizeof(folded)) : 0};
		if (name.n && sorted_has(dates_weekdays, COUNT(dates_weekdays), name))
			return ends[i];
	}
	return 0;
}

/* Behind a date: ", vasárnap", " (日)", "（日曜日）". Short names stand in brackets. Returns `at` where there is none.
 */
static size_t dates_behind_weekday(struct str s, size_t at)
{
	static const struct {
		const char *open, *close;
	} marks[] = {{"., ", ""}, {", ", ""}, {" (", ")"}, {"(", ")"}, {"（", "）"}, {" （", "）"}, {" [", "]"}};
	for (size_t i = 0; i < COUNT(marks); i++) {
		size_t start = dates_expect(s, at, marks[i].open), end = start ? dates_weekday(s, start) : 0;
		bool in_brackets = *marks[i].close != 0;
		if (end && (in_brackets ? (end = dates_expect(s, end, marks[i].close)) != 0 : end - start > 3))
			return end;
	}
	return at;
}

/* --- orders ----------------------------------------------------------------------------------------------------- */

/* 21 Januari 2024, 3. Juni, 10 de febrero de 2025, 1st May, 3 tháng 2 năm 2025 */
static size_t dates_day_month(struct str s, size_t at, struct date *out)
{
	static const char *const of[] = {"de ", "of "};
	size_t p = dates_number(s, at, 2, &out->day);
	if (!p && !(p = dates_day_word(s, at, &out->day)))
		return 0;
	size_t ordinal = dates_word_end(s, p), vietnamese = dates_expect(s, p, " tháng ");
	if (ordinal - p == 2 || ordinal - p == 1)
		p = ordinal;
	size_t degree = dates_expect(s, p, "°");
	bool stop = p < s.n && s.p[p] == '.';
	p = dates_skip(s, degree ? degree : p, ". ");
	size_t word = dates_expect_one(s, p, of, COUNT(of));
	p = vietnamese ? dates_number(s, vietnamese, 2, &out->month)
	               : dates_month(s, word ? word : p, stop, &out->month);
	return p && dates_is_day(out) ? dates_year(s, p, out) : 0;
}

/* 14-MAR-25, 14-Mar-2025, 14/Mar/2025: a year of two digits is one of this century. */
static size_t dates_dashed(struct str s, size_t at, struct date *out)
{
	size_t p = dates_number(s, at, 2, &out->day);
	char mark = p && p < s.n ? s.p[p] : 0;
	if (mark != '-' && mark != '/')
		return 0;
	p = dates_month(s, p + 1, false, &out->month);
	if (!p || p >= s.n || s.p[p] != mark || !dates_is_day(out))
		return 0;
	size_t end = dates_number(s, p + 1, 4, &out->year);
	if (end == p + 3)
		out->year += 2000;
	return end && dates_is_year(out->year) ? end : 0;
}

/* January 21, 2024; Feb. 3; March 3rd */
static size_t dates_month_day(struct str s, size_t at, struct date *out)
{
	/* A look behind the word is cheaper than one into the table. */
	if (!dates_is_digit(s, dates_skip(s, dates_word_end(s, at), ". ")))
		return 0;
	size_t p = dates_month(s, at, false, &out->month);
	p = p ? dates_number(s, dates_skip(s, p, " "), 2, &out->day) : 0;
	if (!p || !dates_is_day(out))
		return 0;
	size_t ordinal = dates_word_end(s, p);
	return dates_year(s, ordinal - p == 2 ? ordinal : p, out);
}

/* 2024. január 21., 2024 m. sausio 21, 2024. gada 21. janvārī */
static size_t dates_year_first(struct str s, size_t at, struct date *out)
{
	static const char *const words[] = {"m. ", "gada "};
	size_t p = dates_number(s, at, 4, &out->year);
	if (!p || !dates_is_year(out->year) || p >= s.n || (s.p[p] != '.' && s.p[p] != ' '))
		return 0;
	p = dates_skip(s, p, ". ");
	size_t word = dates_expect_one(s, p, words, COUNT(words)), month;
	p = word ? word : p;
	if (dates_is_digit(s, p)) {
		size_t day = dates_number(s, p, 2, &out->day);
		month = day ? dates_month(s, dates_skip(s, day, ". "), false, &out->month) : 0;
		return month && dates_is_day(out) ? month : 0;
	}
	month = dates_month(s, p, false, &out->month);
	p = month ? dates_number(s, dates_skip(s, month, " "), 2, &out->day) : 0;
	return p && dates_is_day(out) ? dates_skip(s, p, ".") : 0;
}

/* Three numbers and the mark between them; a year of two digits is one of this century. Returns where they end, or 0.
 */
static size_t dates_three(struct str s, size_t at, int numbers[3], char *mark)
{
	size_t p = dates_number(s, at, 4, &numbers[0]);
	*mark = p && p < s.n ? s.p[p] : 0;
	if (*mark != '/' && *mark != '-' && *mark != '.')
		return 0;
	/* 2024. 1. 21. */
	bool blank = *mark == '.' && dates_is_year(numbers[0]);
	p = dates_number(s, blank ? dates_skip(s, p + 1, " ") : p + 1, 2, &numbers[1]);
	if (!p || p >= s.n || s.p[p] != *mark)
		return 0;
	size_t last = blank ? dates_skip(s, p + 1, " ") : p + 1, end = dates_number(s, last, 4, &numbers[2]);
	if (end == last + 2 && p == at + 5 && *mark != '-' && numbers[2] < 100)
		numbers[2] += 2000;
	return end;
}

/* 2024-01-21, 21/1/2024, 21.01.2024, 21.01.24; 1402/11/01 of Iran's calendar */
static size_t dates_numeric(struct str s, size_t at, struct date *out)
{
	int n[3];
	char mark;
	size_t p = dates_three(s, at, n, &mark);
	bool iran = p && dates_is_year_of_iran(n[0]), year_first = p && (iran || dates_is_year(n[0]));
	if (!p || (!year_first && !dates_is_year(n[2])))
		return 0;
	out->year = year_first ? n[0] : n[2];
	out->month = n[1] + (iran ? DATES_IRAN : 0);
	out->day = year_first ? n[2] : n[0];
	if (!year_first && mark != '.' && n[1] > 12 && n[0] <= 12) {
		out->month = n[0];
		out->day = n[1];
	} else {
		out->day_or_month = !year_first && mark == '/' && n[0] <= 12 && n[1] <= 12 && n[0] != n[1];
	}
	return dates_is_day(out) ? p : 0;
}

/* A number with one of two signs behind it. */
static size_t dates_signed(struct str s, size_t at, const char *sign, const char *other, int *out)
{
	size_t p = dates_number(s, dates_skip(s, at, " "), 4, out), end = dates_expect(s, p, sign);
	return end ? end : dates_expect(s, p, other);
}

/* 2024年1月21日, 2月10日, 1월 21일 */
static size_t dates_east(struct str s, size_t at, struct date *out)
{
	if (!dates_is_digit(s, at))
		return 0;
	size_t year = dates_signed(s, at, "年", "년", &out->year);
	size_t month = dates_signed(s, year ? year : at, "月", "월", &out->month);
	size_t day = month ? dates_signed(s, month, "日", "일", &out->day) : 0;
	if (!year)
		out->year = 0;
	return day && dates_is_day(out) && (!year || dates_is_year(out->year)) ? day : 0;
}

/* 061712 Mai 25, 071122 GMT Feb 25: an agency's stamp of day, hour and minute, with a year of two digits. */
static size_t dates_stamp(struct str s, size_t at, struct date *out)
{
	int number, year;
	size_t p = dates_number(s, at, 6, &number);
	if (p != at + 6 || p >= s.n || s.p[p] != ' ' || number / 100 % 100 > 23 || number % 100 > 59)
		return 0;
	size_t zone = zones_length(s, p + 1, s.n), month = p + 1 + zone;
	p = dates_month(s, zone ? dates_skip(s, month, " ") : month, false, &out->month);
	size_t end = p ? dates_number(s, dates_skip(s, p, " "), 2, &year) : 0;
	out->day = number / 10000;
	if (!end || !dates_is_day(out))
		return 0;
	out->year = 2000 + year;
	out->hour = number / 100 % 100;
	out->minute = number % 100;
	out->zone = str_slice(s, month - zone, month);
	return out->has_time = true, end;
}

/* "22 شعبان 1445 هـ الموافق 4 مارس 2024": behind what stands before the date that is read, or `at`. */
static size_t dates_behind_hijri(struct str s, size_t at)
{
	static const struct str same = STR_INIT("الموافق");
	int day;
	size_t behind = at < s.n && fold_digit(fold_peek(s, at)) >= 0 ? dates_number(s, at, 2, &day) : 0;
	if (!behind || behind + 1 >= s.n || s.p[behind] != ' ' || (unsigned char)s.p[behind + 1] < 0xd8)
		return at;
	struct str look = fold_cut(s, behind + DATES_HIJRI_MAX);
	const char *hit = memmem(look.p + behind, look.n - behind, same.p, same.n);
	return hit ? dates_skip(s, (size_t)(hit - s.p) + same.n, " ") : at;
}

/* Does the month have that day? Of Iran's six have 31 days, and the others 30 at most. */
static bool dates_is_real(const struct date *d)
{
	int iran = d->month - DATES_IRAN;
	if (iran > 0)
		return d->day <= (iran <= 6 ? 31 : 30) && (!d->year || dates_is_year_of_iran(d->year));
	return d->day <= civil_month_days(d->year ? d->year : DATES_LEAP_YEAR, d->month);
}

/* The date at `at` in one of the orders, without a time; is_real: that is a day, or that is none. */
static size_t dates_in_orders(struct str s, size_t at, bool is_real, struct date *out)
{
	size_t (*const orders[])(struct str s, size_t at,
	                         struct date * out) = {dates_numeric, dates_east,      dates_year_first, dates_stamp,
	                                               dates_dashed,  dates_day_month, dates_month_day};
	at = dates_behind_hijri(s, at);
	/* All but the last begin with a number, in digits or in words of India. */
	bool is_number = at < s.n && (dates_is_digit(s, at) || (unsigned char)s.p[at] == 0xe0);
	for (size_t i = is_number ? 0 : COUNT(orders) - 1; i < COUNT(orders); i++) {
		*out = (struct date){0};
		size_t end = orders[i](s, at, out);
		if (!end || dates_is_real(out) != is_real)
			continue;
		out->is_iran = out->month > DATES_IRAN && !out->year;
		if (out->month > DATES_IRAN && out->year)
			dates_from_iran(out);
		else
			out->month %= DATES_IRAN;
		return dates_behind_weekday(s, end);
	}
	return 0;
}

static size_t dates_day(struct str s, size_t at, struct date *out)
{
	return dates_in_orders(s, at, true, out);
}

size_t dates_no_day(struct str s, size_t at)
{
	struct date d;
	return dates_in_orders(fold_cut(s, at + DATES_BYTES_MAX), at, false, &d);
}

void dates_set_year(struct date *d, int year)
{
	d->year = year;
	if (!d->is_iran)
		return;
	d->is_iran = false;
	d->year -= DATES_IRAN_BEGAN;
	d->month += DATES_IRAN;
	dates_from_iran(d);
}

void dates_at_clock(struct date *out, struct date clock)
{
	clock.year = out->year;
	clock.month = out->month;
	clock.day = out->day;
	clock.is_iran = out->is_iran;
	clock.day_or_month = out->day_or_month;
	*out = clock;
}

/* "2:15 p.m. ET, Mon March 4, 2024": the time before its day. */
static size_t dates_clock_first(struct str s, size_t at, struct date *out)
{
	static const char *const words[] = {"on ", "am ", "den ", "le ", "el ", "del ", "em ", "il "};
	struct date clock = {0};
	size_t p = times_read(s, at, &clock);
	if (!p)
		return 0;
	p = dates_skip(s, p, " ,|-");
	size_t word = dates_expect_one(s, p, words, COUNT(words));
	p = word ? word : p;
	size_t weekday = dates_weekday(s, p), end = dates_day(s, weekday ? dates_skip(s, weekday, " ,.") : p, out);
	if (!end || out->has_time)
		return 0;
	dates_at_clock(out, clock);
	return end;
}

size_t dates_read(struct str s, size_t at, bool with_time, struct date *out)
{
	s = fold_cut(s, at + DATES_BYTES_MAX);
	size_t end = dates_day(s, at, out);
	if (end)
		return with_time && !out->has_time ? times_behind(s, end, out) : end;
	return with_time && dates_is_digit(s, at) ? dates_clock_first(s, at, out) : 0;
}

bool dates_may_stand_in(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		/* Digits beyond ASCII: of Arabic and Persian, of N'Ko; those of three bytes, and numbers in words. */
		if ((c >= '0' && c <= '9') || c == 0xd9 || c == 0xdb || c == 0xdf || c >= 0xe0)
			return true;
	}
	return false;
}

bool dates_moment(struct str s, struct date *out)
{
	struct date clock = {0};
	bool found = false;
	*out = (struct date){0};
	s = fold_cut(s, DATES_MOMENT_MAX);
	for (size_t at = 0, end; at < s.n; at = end) {
		struct date d;
		bool opens = !at || !fold_is_word_char(fold_before(s, at));
		if (opens && !found && (end = dates_read(s, at, true, &d)) != 0) {
			found = true;
			*out = d;
		} else if (!opens || clock.has_time || (end = times_read(s, at, &clock)) == 0) {
			end = at;
			utf8_next(s, &end);
		}
	}
	if (!out->has_time && clock.has_time)
		dates_at_clock(out, clock);
	return found;
}
