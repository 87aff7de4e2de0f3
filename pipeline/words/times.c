/* Reading of the time of day. See times.h. */
#include "pipeline/words/times.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/zones.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- pieces ----------------------------------------------------------------------------------------------------- */

static size_t times_blanks(struct str s, size_t at)
{
	for (;;) {
		if (at + 1 < s.n && (unsigned char)s.p[at] == 0xc2 && (unsigned char)s.p[at + 1] == 0xa0)
			at += 2;
		else if (at < s.n && s.p[at] == ' ')
			at++;
		else
			return at;
	}
}

/* Behind one of these words at `at`, or `at`. */
static size_t times_skip_word(struct str s, size_t at, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t end = times_is_other(s, at, words[i]) ? 0 : fold_expect(s, at, str_of(words[i]));
		if (end)
			return end;
	}
	return at;
}

/* A number of `digits` digits at most; *n: how many it has. */
static size_t times_number(struct str s, size_t at, size_t digits, int *out, size_t *n)
{
	*out = 0;
	for (*n = 0; at < s.n && *n < digits && fold_digit(fold_peek(s, at)) >= 0; (*n)++)
		*out = *out * 10 + fold_digit(utf8_next(s, &at));
	return !*n || (at < s.n && fold_digit(fold_peek(s, at)) >= 0) ? 0 : at;
}

/* --- zones ------------------------------------------------------------------------------------------------------ */

/* +07:00, +0700, +7, Z */
static size_t times_offset(struct str s, size_t at, struct date *out)
{
	int hours, minutes = 0;
	size_t n, m;
	if (at < s.n && s.p[at] == 'Z' && !fold_is_word_char(fold_peek(s, at + 1))) {
		out->has_offset = true;
		out->offset_minutes = 0;
		return at + 1;
	}
	if (at >= s.n || (s.p[at] != '+' && s.p[at] != '-'))
		return 0;
	size_t p = times_number(s, at + 1, 4, &hours, &n);
	if (p && n == 4) {
		minutes = hours % 100;
		hours /= 100;
	} else if (p && p < s.n && s.p[p] == ':') {
		p = times_number(s, p + 1, 2, &minutes, &m);
	}
	if (!p || n == 3 || hours > 14 || minutes > 59)
		return 0;
	out->has_offset = true;
	out->offset_minutes = (s.p[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return p;
}

static size_t times_zone(struct str s, size_t at, struct date *out)
{
	size_t start = times_blanks(s, at);
	char close = start < s.n && s.p[start] == '(' ? ')' : start < s.n && s.p[start] == '[' ? ']' : 0;
	bool in_brackets = close != 0;
	start += in_brackets;
	size_t n = zones_length(s, start, s.n);
	size_t end = start + n;
	size_t offset = times_offset(s, end, out);
	/* A dash behind a time is no sign unless it stands right there. */
	if (offset && !n && start != at && s.p[start] == '-')
		offset = 0;
	if (!offset)
		out->has_offset = false;
	else
		end = offset;
	if (end == start || (in_brackets && (end >= s.n || s.p[end] != close))) {
		out->has_offset = false;
		return at;
	}
	out->zone = str_slice(s, start, end);
	return end + in_brackets;
}

/* --- times ------------------------------------------------------------------------------------------------------ */

struct times_half {
	struct str word;
	bool afternoon;
};

/* Makes an hour of twelve one of twenty-four where words of the half of the day stand at `at`; returns behind them, or
 * `at`. */
static size_t times_half_day(struct str s, size_t at, const struct times_half *halves, size_t n, int *hour)
{
	struct str rest = str_slice(s, at, s.n);
	for (size_t i = 0; i < n; i++) {
		size_t end = at + halves[i].word.n;
		bool east = (unsigned char)halves[i].word.p[0] >= 0x80;
		if (*hour < 1 || *hour > 12 || !str_starts(rest, halves[i].word) ||
		    (!east && fold_is_word_char(fold_peek(s, end))))
			continue;
		*hour = *hour % 12 + (halves[i].afternoon ? 12 : 0);
		return end;
	}
	return at;
}

static size_t times_half_behind(struct str s, size_t at, int *hour)
{
	static const struct times_half halves[] = {{STR_INIT("p.m."), true}, {STR_INIT("a.m."), false},
	                                           {STR_INIT("pm"), true},   {STR_INIT("am"), false},
	                                           {STR_INIT("PM"), true},   {STR_INIT("AM"), false},
	                                           {STR_INIT("P.M."), true}, {STR_INIT("A.M."), false}};
	size_t from = times_blanks(s, at), end = times_half_day(s, from, halves, COUNT(halves), hour);
	return end == from ? at : end;
}

/* 下午2:05, 오후 2시: the half of the day stands first. */
static size_t times_half_before(struct str s, size_t at, bool *afternoon)
{
	static const struct times_half halves[] = {{STR_INIT("下午"), true},  {STR_INIT("晚上"), true},
	                                           {STR_INIT("午後"), true},  {STR_INIT("오후"), true},
	                                           {STR_INIT("上午"), false}, {STR_INIT("凌晨"), false},
	                                           {STR_INIT("午前"), false}, {STR_INIT("오전"), false}};
	int noon = 12;
	size_t end = times_half_day(s, at, halves, COUNT(halves), &noon);
	*afternoon = noon == 12;
	return end == at ? 0 : times_blanks(s, end);
}

static bool times_minutes(struct str s, size_t *at, struct date *d)
{
	size_t n, end = times_number(s, *at, 2, &d->minute, &n);
	if (!end || n != 2 || d->minute > 59)
		return false;
	*at = end;
	size_t second = end < s.n && s.p[end] == ':' ? times_number(s, end + 1, 2, &d->second, &n) : 0;
	if (second && n == 2 && d->second <= 59) {
		d->has_seconds = true;
		*at = second;
	} else {
		d->second = 0;
	}
	return true;
}

/* 14时05分, 14時, 2시 5분 behind the hour; or 0. */
static size_t times_east(struct str s, size_t at, struct date *d)
{
	static const char *const hours[] = {"时", "時", "點", "点", "시"}, *const minutes[] = {"分", "분"};
	size_t n, hour = times_skip_word(s, at, hours, COUNT(hours));
	if (hour == at)
		return 0;
	size_t number = times_number(s, times_blanks(s, hour), 2, &d->minute, &n);
	size_t end = number ? times_skip_word(s, number, minutes, COUNT(minutes)) : 0;
	if (end > number && d->minute <= 59)
		return end;
	d->minute = 0;
	return hour;
}

/* " heures", " heures 30" behind the hour; or 0. */
static size_t times_french(struct str s, size_t at, struct date *d)
{
	size_t hours = fold_expect(s, at, STR(" heures")), minutes = hours ? times_blanks(s, hours) : 0;
	if (!hours || fold_is_word_char(fold_peek(s, hours)))
		return 0;
	if (minutes > hours && times_minutes(s, &minutes, d))
		return minutes;
	d->minute = 0;
	return hours;
}

/* Behind the hour: ":32", ".32", "h32", "h", " Uhr", " p.m."; or 0: it is no time. */
static size_t times_behind_hour(struct str s, size_t at, struct date *d)
{
	static const char *const alone[] = {" Uhr", " uur", " giờ"};
	size_t other = times_east(s, at, d), p = at + 1;
	other = other ? other : times_french(s, at, d);
	if (other)
		return other;
	if (at < s.n && strchr(":.hH", s.p[at]) && s.p[at] && times_minutes(s, &p, d))
		return times_half_behind(s, p, &d->hour);
	size_t word = times_skip_word(s, at, alone, COUNT(alone)), half = times_half_behind(s, at, &d->hour);
	if (word > at || half > at)
		return word > at ? word : half;
	bool is_hour = at < s.n && (s.p[at] == 'h' || s.p[at] == 'H');
	return is_hour && !fold_is_word_char(fold_peek(s, at + 1)) ? at + 1 : 0;
}

/* 0900 GMT, 1430 hrs: four digits are a time only where words say so. */
static size_t times_four(struct str s, size_t at, struct date *d)
{
	static const char *const words[] = {" hrs", " hours", "hrs", " Uhr", " h "};
	int number;
	size_t n, end = times_number(s, at, 4, &number, &n);
	if (!end || n != 4 || number / 100 > 23 || number % 100 > 59)
		return 0;
	size_t word = times_skip_word(s, end, words, COUNT(words)), zone = times_blanks(s, end);
	if (word == end && !zones_length(s, zone, s.n))
		return 0;
	d->hour = number / 100;
	d->minute = number % 100;
	return word;
}

/* noon, 12noon, midnight */
static size_t times_word(struct str s, size_t at, struct date *d)
{
	static const struct {
		struct str word;
		int hour;
	} words[] = {
	        {STR_INIT("12noon"), 12}, {STR_INIT("12 noon"), 12}, {STR_INIT("noon"), 12}, {STR_INIT("midnight"), 0}};
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t end = times_is_other(s, at, words[i].word.p) ? 0 : fold_expect(s, at, words[i].word);
		if (end && !fold_is_word_char(fold_peek(s, end))) {
			d->hour = words[i].hour;
			return end;
		}
	}
	return 0;
}

static size_t times_numbers(struct str s, size_t at, struct date *d)
{
	bool afternoon = false;
	size_t n, half = times_half_before(s, at, &afternoon);
	size_t hour = times_number(s, half ? half : at, 2, &d->hour, &n),
	       end = hour ? times_behind_hour(s, hour, d) : 0;
	if (half && end && d->hour <= 12)
		d->hour = d->hour % 12 + (afternoon ? 12 : 0);
	return end;
}

size_t times_read(struct str s, size_t at, struct date *out)
{
	static const char *const behind[] = {" Uhr", " uur", " hrs", " hs", " h", "h", " น.", " बजे"};
	struct date d = *out;
	size_t end = times_word(s, at, &d);
	if (!end)
		end = times_four(s, at, &d);
	if (!end)
		end = times_numbers(s, at, &d);
	if (!end || d.hour > 23)
		return 0;
	size_t word = times_skip_word(s, end, behind, COUNT(behind));
	if (!fold_is_word_char(fold_peek(s, word)))
		end = word;
	d.has_time = true;
	end = times_zone(s, end, &d);
	*out = d;
	return end;
}

/* --- behind a date ---------------------------------------------------------------------------------------------- */

static size_t times_skip_marks(struct str s, size_t at)
{
	static const char *const marks[] = {" ", ",", "|", "-",  "(",      "–",      "—",
	                                    "•", "·", "،", "、", "\u00a0", "\u3000", "/"};
	for (size_t next = times_skip_word(s, at, marks, COUNT(marks)); next != at;
	     next = times_skip_word(s, at, marks, COUNT(marks)))
		at = next;
	return at;
}

size_t times_behind(struct str s, size_t at, struct date *out)
{
	static const char *const words[] = {"at ",   "um ",     "pukul ", "jam ",    "à ",   "às ",      "a las ",
	                                    "kl. ",  "klo ",    "ore ",   "alle ",   "om ",  "в ",       "о ",
	                                    "об ",   "saat ",   "godz. ", "u ",      "v ",   "ob ",      "la ora ",
	                                    "στις ", "الساعة ", "בשעה ",  "lúc ",    "saa ", "o godz. ", "kl ",
	                                    "เวลา ", "ساعت ",   "ਸਮਾਂ ",   "vào lúc "};
	/* "2024.10.05. 9:12", "12. listopada 2024. u 14:20": the date's own stop. */
	bool stop = at + 1 < s.n && s.p[at] == '.' && s.p[at + 1] == ' ';
	size_t from = times_skip_marks(s, at + stop);
	if (from == at && at < s.n && s.p[at] == 'T')
		from++;
	size_t end = times_read(s, times_skip_word(s, from, words, COUNT(words)), out);
	return end ? end : at;
}
