/* What a clock in a time zone says, by ICU's data. One thread at a time: the last zone's rules are kept. */
#ifndef WIREDESK_WORDS_ZONE_CLOCK_H
#define WIREDESK_WORDS_ZONE_CLOCK_H

#include "pipeline/words/dates.h"

#define ZONE_CLOCK_NAME_MAX 64

/* Zeroed: none was asked for yet. */
struct zone_clock {
	void *calendar;
	char zone[ZONE_CLOCK_NAME_MAX];
};

void zone_clock_close(struct zone_clock *clock);

/* Minutes from UTC at a local time (all fields of the date) in an IANA zone. False: ICU does not know the zone. */
bool zone_clock_offset(struct zone_clock *clock, struct str zone, const struct date *d, int *minutes);

#endif
