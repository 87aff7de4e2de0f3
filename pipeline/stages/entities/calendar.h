/*
 * Days of the week and months, in the language of the story: they are no names, also where a place is called so.
 * "دوشنبه" is Monday in Persian, and the capital of Tajikistan.
 */
#ifndef WIREDESK_ENTITIES_CALENDAR_H
#define WIREDESK_ENTITIES_CALENDAR_H

#include "pipeline/stages/entities/reading.h"

struct calendar;

/* Of the story's language; NULL: none is known. */
const struct calendar *calendar_of(const struct reading *r);

/*
 * Is the run of words a day of the week, or a month? Not where it has a capital that the language does not give them,
 * and no sentence begins: "Domingo" in Spanish. A calendar of NULL has none.
 */
bool calendar_is_day(const struct calendar *calendar, const struct reading *r, size_t first, size_t n);
bool calendar_is_month(const struct calendar *calendar, const struct reading *r, size_t first, size_t n);

/* Walks through all days and months of all languages, from zeros on; false at the end. */
struct calendar_place {
	size_t row, at;
	bool in_months;
};
bool calendar_next(struct calendar_place *place, struct str *text);

#endif
