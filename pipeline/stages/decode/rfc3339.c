#include "pipeline/stages/decode/rfc3339.h"

/* Two or four digits at `at`, or -1. */
static int rfc3339_number(struct str s, size_t at, size_t digits)
{
	int value = 0;
	if (at + digits > s.n)
		return -1;
	for (size_t i = at; i < at + digits; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		value = value * 10 + (s.p[i] - '0');
	}
	return value;
}

static bool rfc3339_is_in(int value, int least, int most)
{
	return value >= least && value <= most;
}

static int rfc3339_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* "+hh:mm" or "Z" from `at` to the end. */
static bool rfc3339_is_zone(struct str s, size_t at)
{
	if (at + 1 == s.n)
		return s.p[at] == 'Z' || s.p[at] == 'z';
	return at + 6 == s.n && (s.p[at] == '+' || s.p[at] == '-') && s.p[at + 3] == ':' &&
	       rfc3339_is_in(rfc3339_number(s, at + 1, 2), 0, 23) && rfc3339_is_in(rfc3339_number(s, at + 4, 2), 0, 59);
}

bool rfc3339_is_time(struct str s)
{
	if (s.n < sizeof "2024-01-21T14:32:00Z" - 1 || s.n > 64)
		return false;
	int year = rfc3339_number(s, 0, 4), month = rfc3339_number(s, 5, 2);
	if (year < 0 || s.p[4] != '-' || !rfc3339_is_in(month, 1, 12) || s.p[7] != '-' ||
	    !rfc3339_is_in(rfc3339_number(s, 8, 2), 1, rfc3339_days(year, month)))
		return false;
	if ((s.p[10] != 'T' && s.p[10] != 't') || s.p[13] != ':' || s.p[16] != ':' ||
	    !rfc3339_is_in(rfc3339_number(s, 11, 2), 0, 23) || !rfc3339_is_in(rfc3339_number(s, 14, 2), 0, 59) ||
	    !rfc3339_is_in(rfc3339_number(s, 17, 2), 0, 59))
		return false;
	size_t at = 19;
	if (s.p[at] == '.') {
		size_t first = ++at;
		while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
			at++;
		if (at == first)
			return false;
	}
	return at < s.n && rfc3339_is_zone(s, at);
}
