/*
 * Until when: the date, the day of the week, the time and the zone in a line about an embargo, in any order: "0001 GMT
 * Monday", "24.11., 10.00 Uhr", "12h00 heure de Paris". Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_UNTILS_H
#define WIREDESK_WORDS_UNTILS_H

#include "pipeline/words/dates.h"

struct until {
	struct date d;         /* year 0: not said; day 0: no date; has_time; zone as written */
	bool is_no_day;        /* a date stands there that no calendar has: nobody can tell when */
	int weekday;           /* 0 is Sunday; below 0: none */
	const char *city_zone; /* of a city that the line names; NULL: none */
	size_t start, end;     /* of all that says when */
};

/* False: neither a date, nor a day of the week, nor a time. */
bool until_read(struct str s, struct until *until);

/* The zone of a language that is written in one: "Sperrfrist: 10 Uhr" is Berlin's. Of several, "pl cs hr", the first
 * one's where all have one clock. NULL: they tell nothing. */
const char *until_home(const char *languages);

#endif
