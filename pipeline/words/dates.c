/* Reading of dates: a number, a month's name, a year, in the orders of many countries. See dates.h. */
#include "pipeline/words/dates.h"

#include "pipeline/words/fold.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct dates_month {
	int number;
	struct str name;
};

static const struct dates_month dates_months[] = {
#define MONTH(number, name) {number, STR_INIT(name)},
#include "pipeline/words/months.def"
#undef MONTH
};

struct dates_zone {
	struct str name;
	int offset_minutes;
	const char *iana;
	enum { SURE, SHARED } meaning;
};

static const struct dates_zone dates_zones[] = {
#define ZONE(name, minutes, iana, meaning) {STR_INIT(name), minutes, iana, meaning},
#include "pipeline/words/zones.def"
#undef ZONE
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

static size_t dates_expect(struct str s, size_t at, const char *words)
{
	struct str w = str_of(words);
	return at && str_starts(str_slice(s, at, s.n), w) ? at + w.n : 0;
}

static bool dates_is_digit(struct str s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* A number of at most `digits` digits, no more may follow. */
static size_t dates_number(struct str s, size_t at, size_t digits, int *out)
{
	size_t start = at;
	*out = 0;
	while (at - start < digits && dates_is_digit(s, at))
		*out = *out * 10 + (s.p[at++] - '0');
	return at == start || dates_is_digit(s, at) ? 0 : at;
}

static size_t dates_word_end(struct str s, size_t at)
{
	size_t limit = at + 60 < s.n ? at + 60 : s.n;
	while (at < limit) {
		uint32_t c = fold_peek(s, at);
		if (!fold_is_word_char(c) || (c >= '0' && c <= '9'))
			break;
		at++;
		while (at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

/* A month's name; a full stop behind a short one is its own. */
static size_t dates_month(struct str s, size_t at, int *out)
{
	size_t end = dates_word_end(s, at);
	struct str word = str_slice(s, at, end);
	if (!word.n)
		return 0;
	uint32_t first = fold_char(fold_peek(word, 0)).c[0];
	for (size_t i = 0; i < COUNT(dates_months); i++) {
		if (fold_char(fold_peek(dates_months[i].name, 0)).c[0] != first ||
		    !fold_equal(word, dates_months[i].name))
			continue;
		*out = dates_months[i].number;
		bool is_short =
		        end < s.n && s.p[end] == '.' && end + 1 < s.n && (s.p[end + 1] == ' ' || s.p[end + 1] == ',');
		return is_short && word.n <= 5 ? end + 1 : end;
	}
	return 0;
}

static bool dates_is_year(int year)
{
	return year >= 1900 && year <= 2199;
}

static bool dates_is_day(const struct date *d)
{
	return d->month >= 1 && d->month <= 12 && d->day >= 1 && d->day <= 31;
}

static size_t dates_year(struct str s, size_t at, struct date *out)
{
	int year;
	size_t from = dates_skip(s, at, " ,");
	size_t end = dates_is_digit(s, from) ? dates_number(s, from, 4, &year) : 0;
	if (!end || !dates_is_year(year))
		return at;
	out->year = year;
	return end;
}

/* --- orders ----------------------------------------------------------------------------------------------------- */

/* 21 Januari 2024, 3. Juni, 10 de febrero de 2025, 1st May */
static size_t dates_day_month(struct str s, size_t at, struct date *out)
{
	size_t p = dates_number(s, at, 2, &out->day);
	if (!p)
		return 0;
	size_t ordinal = dates_word_end(s, p);
	if (ordinal - p == 2 || ordinal - p == 1)
		p = ordinal;
	p = dates_skip(s, p, ". ");
	size_t of = dates_expect(s, p, "de ");
	p = dates_month(s, of ? of : p, &out->month);
	if (!p || !dates_is_day(out))
		return 0;
	of = dates_expect(s, dates_skip(s, p, " "), "de ");
	return dates_year(s, of ? of : p, out);
}

/* January 21, 2024; Feb. 3 */
static size_t dates_month_day(struct str s, size_t at, struct date *out)
{
	/* A look behind the word is cheaper than one into the table. */
	if (!dates_is_digit(s, dates_skip(s, dates_word_end(s, at), ". ")))
		return 0;
	size_t p = dates_month(s, at, &out->month);
	if (!p)
		return 0;
	p = dates_number(s, dates_skip(s, p, " "), 2, &out->day);
	return p && dates_is_day(out) ? dates_year(s, p, out) : 0;
}

/* 2024-01-21, 21/1/2024, 21.01.2024 */
static size_t dates_numeric(struct str s, size_t at, struct date *out)
{
	int a, b, c;
	size_t p = dates_number(s, at, 4, &a);
	char mark = p && p < s.n ? s.p[p] : 0;
	if (mark != '/' && mark != '-' && mark != '.')
		return 0;
	p = dates_number(s, p + 1, 2, &b);
	if (!p || p >= s.n || s.p[p] != mark)
		return 0;
	p = dates_number(s, p + 1, 4, &c);
	if (!p)
		return 0;
	bool year_first = dates_is_year(a);
	if (!year_first && !dates_is_year(c))
		return 0;
	out->year = year_first ? a : c;
	out->month = b;
	out->day = year_first ? c : a;
	if (!year_first && b > 12 && a <= 12) {
		out->month = a;
		out->day = b;
	} else {
		out->day_or_month = !year_first && mark == '/' && a <= 12 && b <= 12 && a != b;
	}
	return dates_is_day(out) ? p : 0;
}

/* 2024年1月21日, 2月10日, 1월 21일 */
static size_t dates_east(struct str s, size_t at, struct date *out)
{
	int number;
	size_t p = dates_number(s, at, 4, &number);
	size_t year = p ? dates_expect(s, p, "年") : 0;
	if (p && !year)
		year = dates_expect(s, p, "년");
	if (year) {
		out->year = number;
		p = dates_number(s, dates_skip(s, year, " "), 2, &number);
	}
	if (!p)
		return 0;
	out->month = number;
	size_t month = dates_expect(s, p, "月");
	if (!month)
		month = dates_expect(s, p, "월");
	p = month ? dates_number(s, dates_skip(s, month, " "), 2, &out->day) : 0;
	size_t day = p ? dates_expect(s, p, "日") : 0;
	if (p && !day)
		day = dates_expect(s, p, "일");
	return day && dates_is_day(out) ? day : 0;
}

/* --- times ------------------------------------------------------------------------------------------------------ */

size_t dates_zone_length(struct str s, size_t at, size_t most)
{
	size_t best = 0;
	struct str rest = str_slice(s, at, s.n);
	for (size_t i = 0; i < COUNT(dates_zones); i++)
		if (dates_zones[i].name.n > best && dates_zones[i].name.n <= most &&
		    str_starts(rest, dates_zones[i].name))
			best = dates_zones[i].name.n;
	return best;
}

/* +07:00, +7, Z */
static size_t dates_offset(struct str s, size_t at, struct date *out)
{
	int hours, minutes = 0;
	if (at < s.n && s.p[at] == 'Z' && !fold_is_word_char(fold_peek(s, at + 1))) {
		out->has_offset = true;
		out->offset_minutes = 0;
		return at + 1;
	}
	if (at >= s.n || (s.p[at] != '+' && s.p[at] != '-'))
		return 0;
	size_t p = dates_number(s, at + 1, 2, &hours), four = 0;
	if (!p && (four = dates_number(s, at + 1, 4, &hours)) == at + 5) {
		minutes = hours % 100;
		hours /= 100;
		p = four;
	} else if (p && p < s.n && s.p[p] == ':' && dates_number(s, p + 1, 2, &minutes)) {
		p += 3;
	}
	if (!p || hours > 14 || minutes > 59)
		return 0;
	out->has_offset = true;
	out->offset_minutes = (s.p[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return p;
}

static size_t dates_zone_at(struct str s, size_t at, struct date *out)
{
	size_t start = dates_skip(s, at, " ");
	bool in_brackets = start < s.n && s.p[start] == '(';
	start += in_brackets;
	size_t n = dates_zone_length(s, start, s.n);
	size_t end = start + n;
	size_t offset = dates_offset(s, end, out);
	/* A dash behind a time is no sign unless it stands right there. */
	if (offset && !n && start != at && s.p[start] == '-')
		offset = 0;
	if (!offset)
		out->has_offset = false;
	else
		end = offset;
	if (end == start || (in_brackets && (end >= s.n || s.p[end] != ')')))
		return at;
	out->zone = str_slice(s, start, end);
	return end + in_brackets;
}

static size_t dates_half_day(struct str s, size_t at, struct date *out)
{
	struct str rest = str_slice(s, dates_skip(s, at, " "), s.n);
	static const struct {
		struct str word;
		bool afternoon;
	} words[] = {{STR_INIT("p.m."), true}, {STR_INIT("a.m."), false}, {STR_INIT("pm"), true},
	             {STR_INIT("am"), false},  {STR_INIT("PM"), true},    {STR_INIT("AM"), false}};
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t end = (size_t)(rest.p - s.p) + words[i].word.n;
		if (out->hour < 1 || out->hour > 12 || !str_starts(rest, words[i].word) ||
		    fold_is_word_char(fold_peek(s, end)))
			continue;
		out->hour = out->hour % 12 + (words[i].afternoon ? 12 : 0);
		return end;
	}
	return at;
}

/* Behind a date: " - 14:32 WIB", "T14:32:05Z", " at 2:30 p.m. EST", " | 14.32 Uhr". */
static size_t dates_time(struct str s, size_t at, struct date *out)
{
	static const char *const words[] = {"at ",  "um ",  "pukul ", "jam ", "à ", "às ", "a las ", "kl. ",
	                                    "klo ", "ore ", "alle ",  "om ",  "в ", "о ",  "saat ",  "godz. "};
	size_t p = dates_skip(s, at, " ,|-(");
	if (p == at && at < s.n && s.p[at] == 'T')
		p++;
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t behind = p ? dates_expect(s, p, words[i]) : 0;
		if (behind) {
			p = behind;
			break;
		}
	}
	struct date d = *out;
	size_t hour = dates_number(s, p, 2, &d.hour);
	if (!hour || hour >= s.n || (s.p[hour] != ':' && s.p[hour] != '.' && s.p[hour] != 'h'))
		return at;
	size_t end = dates_number(s, hour + 1, 2, &d.minute);
	if (!end || end != hour + 3 || d.hour > 23 || d.minute > 59)
		return at;
	size_t second = end < s.n && s.p[end] == ':' ? dates_number(s, end + 1, 2, &d.second) : 0;
	if (second && d.second <= 60) {
		end = second;
		d.has_seconds = true;
	}
	d.has_time = true;
	end = dates_half_day(s, end, &d);
	size_t clock = dates_expect(s, dates_skip(s, end, " "), "Uhr");
	end = dates_zone_at(s, clock ? clock : end, &d);
	*out = d;
	return end;
}

size_t dates_read(struct str s, size_t at, bool with_time, struct date *out)
{
	size_t (*const orders[])(struct str s, size_t at, struct date * out) = {dates_numeric, dates_east,
	                                                                        dates_day_month, dates_month_day};
	s = fold_cut(s, at + 200);
	for (size_t i = 0; i < COUNT(orders); i++) {
		*out = (struct date){0};
		size_t end = orders[i](s, at, out);
		if (end)
			return with_time ? dates_time(s, end, out) : end;
	}
	return 0;
}

bool dates_zone(struct str name, struct str home, const char **iana, int *offset_minutes)
{
	for (size_t i = 0; i < COUNT(dates_zones); i++) {
		const struct dates_zone *zone = &dates_zones[i];
		if (!str_eq(zone->name, name) || (zone->meaning == SHARED && !str_is(home, zone->iana)))
			continue;
		*iana = zone->iana;
		*offset_minutes = zone->offset_minutes;
		return true;
	}
	return false;
}
