/*
 * Days of the civil calendar and days since 1970-01-01, one from the other: the proleptic Gregorian calendar, without
 * a time zone. The C library's own functions read the process's time zone on the way and take a lock for it; these
 * touch nothing, and may be called from any thread.
 *
 * After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March put the leap day last;
 * then the first day of a month is a linear function of its number.
 */
#ifndef WIREDESK_CIVIL_H
#define WIREDESK_CIVIL_H

#include <stdint.h>

#define CIVIL_DAY_MS INT64_C(86400000)

struct civil {
	int year, month, day; /* month and day count from 1 */
};

/* Days from 1970-01-01 to that day; negative before it. `month` is 1..12; a day past its month's end runs on. */
int64_t civil_days(int year, int month, int day);

/* The day that many days after 1970-01-01, for years within -1,000,000 to 1,000,000. */
struct civil civil_of(int64_t days);

/* How many days the month has. */
int civil_month_days(int year, int month);

#endif
