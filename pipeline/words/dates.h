/*
 * Dates and times as wires write them, in many languages and digits. Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_DATES_H
#define WIREDESK_WORDS_DATES_H

#include "pipeline/base/str.h"

struct date {
	int year, month, day; /* 0: not said */
	int hour, minute, second;
	bool has_time, has_seconds;
	bool is_iran;       /* month and day are of Iran's calendar, as no year says which day of ours that is */
	bool day_or_month;  /* 3/4/2024: nobody can tell which is which; month and day stand as if the day came first */
	struct str zone;    /* as written, or empty */
	int offset_minutes; /* beside zone, when it says so itself ("GMT+7", "+07:00") */
	bool has_offset;
};

/* A date at `at` of s: a day and a month at least, the year if it has one, a day of the week behind it, a time and a
 * zone if `with_time`. Returns where it ends, or 0. */
size_t dates_read(struct str s, size_t at, bool with_time, struct date *out);

/* Where a date ends that no calendar has, "31 February": dates_read reads none there; or 0. */
size_t dates_no_day(struct str s, size_t at);

/* Gives a date that has no year that one; of Iran's calendar the year that begins in it. */
void dates_set_year(struct date *d, int year);

/* The day of *out, at the time that `clock` has. */
void dates_at_clock(struct date *out, struct date clock);

/* Where the name of a day of the week ends that stands at `at`, or 0. */
size_t dates_weekday(struct str s, size_t at);

/* The first date and the first time of the day in a short text, in either order ("1100 GMT, Monday March 10"). False:
 * it has no date. */
bool dates_moment(struct str s, struct date *out);

/* Has it a number, in digits of any script or in words, as all that dates_read reads has? False: surely not. */
bool dates_may_stand_in(struct str s);

#endif
