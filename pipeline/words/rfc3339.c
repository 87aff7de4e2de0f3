#include "pipeline/words/rfc3339.h"

#include "pipeline/base/civil.h"

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
	    !rfc3339_is_in(rfc3339_number(s, 8, 2), 1, civil_month_days(year, month)))
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

/* Milliseconds of what stands behind the seconds, and where the zone begins. */
static int rfc3339_fraction_ms(struct str s, size_t *at)
{
	int ms = 0, unit = 100;
	if (s.p[*at] != '.')
		return 0;
	for (++*at; s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at, unit /= 10)
		ms += unit * (s.p[*at] - '0');
	return ms;
}

/* Of a zone that is one. */
static int rfc3339_east_s(struct str s, size_t at)
{
	if (at + 1 == s.n)
		return 0;
	int seconds = (rfc3339_number(s, at + 1, 2) * 60 + rfc3339_number(s, at + 4, 2)) * 60;
	return s.p[at] == '-' ? -seconds : seconds;
}

bool rfc3339_read(struct str s, int64_t *ms)
{
	if (!rfc3339_is_time(s))
		return false;
	int64_t days = civil_days(rfc3339_number(s, 0, 4), rfc3339_number(s, 5, 2), rfc3339_number(s, 8, 2));
	int minutes = rfc3339_number(s, 11, 2) * 60 + rfc3339_number(s, 14, 2);
	int seconds = minutes * 60 + rfc3339_number(s, 17, 2);
	size_t zone = 19;
	int fraction_ms = rfc3339_fraction_ms(s, &zone);
	*ms = days * CIVIL_DAY_MS + (int64_t)(seconds - rfc3339_east_s(s, zone)) * 1000 + fraction_ms;
	return true;
}
