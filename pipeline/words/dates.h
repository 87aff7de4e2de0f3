/*
 * Dates and times as wires write them, in many languages. Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_DATES_H
#define WIREDESK_WORDS_DATES_H

#include "pipeline/base/str.h"

struct date {
	int year, month, day; /* 0: not said */
	int hour, minute, second;
	bool has_time, has_seconds;
	bool day_or_month;  /* 3/4/2024: nobody can tell which is which; month and day stand as if the day came first */
	struct str zone;    /* as written, or empty */
	int offset_minutes; /* beside zone, when it says so itself ("GMT+7", "+07:00") */
	bool has_offset;
};

/* A date at `at` of s: a day and a month at least, the year if it has one, a time and a zone behind it if `with_time`.
 * Returns where it ends, or 0. */
size_t dates_read(struct str s, size_t at, bool with_time, struct date *out);

/* The meaning of a zone's name. `home`: the source's zone (IANA), or empty. False: unknown, or it may be several. */
bool dates_zone(struct str name, struct str home, const char **iana, int *offset_minutes);

/* Length of the name of a zone that s has at `at`, or 0; the longest that at most `most` bytes allow. Letters may
 * follow: words glued together are the caller's to judge. */
size_t dates_zone_length(struct str s, size_t at, size_t most);

#endif
