/*
 * A story's own time; see story_time.h.
 */
#include "pipeline/stages/dedup/story_time.h"

#include <time.h>

/* The number of `digits` digits at *at, which moves behind it and one character more; -1: it is none. */
static int time_number(struct str s, size_t *at, size_t digits)
{
	int n = 0;
	for (size_t i = 0; i < digits; i++) {
		char c = *at + i < s.n ? s.p[*at + i] : 0;
		if (c < '0' || c > '9')
			return -1;
		n = 10 * n + c - '0';
	}
	*at += digits + 1;
	return n;
}

/* Seconds east of UTC of "Z" or "+07:00" at `at`. */
static bool time_zone(struct str s, size_t at, int *seconds)
{
	char sign = at < s.n ? s.p[at] : 0;
	*seconds = 0;
	if (sign == 'Z' || sign == 'z')
		return at + 1 == s.n;
	size_t digits = at + 1;
	int hours = time_number(s, &digits, 2), minutes = time_number(s, &digits, 2);
	if ((sign != '+' && sign != '-') || hours < 0 || minutes < 0)
		return false;
	*seconds = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
	return at + 6 == s.n;
}

bool story_time_read(struct str s, int64_t *ms)
{
	size_t at = 0;
	int parts[6];
	for (size_t i = 0; i < 6; i++) {
		parts[i] = time_number(s, &at, i ? 2 : 4);
		if (parts[i] < 0)
			return false;
	}
	int64_t fraction_ms = 0;
	at--;
	if (at < s.n && s.p[at] == '.') {
		int64_t unit = 100;
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++, unit /= 10)
			fraction_ms += unit * (s.p[at] - '0');
	}
	int east;
	if (!time_zone(s, at, &east))
		return false;
	struct tm tm = {.tm_year = parts[0] - 1900,
	                .tm_mon = parts[1] - 1,
	                .tm_mday = parts[2],
	                .tm_hour = parts[3],
	                .tm_min = parts[4],
	                .tm_sec = parts[5]};
	*ms = ((int64_t)timegm(&tm) - east) * 1000 + fraction_ms;
	return true;
}

int64_t story_time_of(const struct story *st, int64_t otherwise_ms)
{
	int64_t ms;
	if (story_time_read(st->decode.version_created, &ms))
		return ms;
	if (st->credits.has_offset && story_time_read(st->credits.published.name, &ms))
		return ms;
	return otherwise_ms;
}
