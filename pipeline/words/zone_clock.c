#include "pipeline/words/zone_clock.h"

#include <unicode/putil.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

void zone_clock_close(struct zone_clock *clock)
{
	if (clock->calendar)
		ucal_close((UCalendar *)clock->calendar);
	clock->calendar = NULL;
}

static void zone_clock_open(struct zone_clock *clock, struct str zone)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar id[ZONE_CLOCK_NAME_MAX];
	zone_clock_close(clock);
	memcpy(clock->zone, zone.p, zone.n);
	clock->zone[zone.n] = 0;
	u_charsToUChars(clock->zone, id, (int32_t)zone.n);
	clock->calendar = ucal_open(id, (int32_t)zone.n, "", UCAL_GREGORIAN, &code);
}

bool zone_clock_offset(struct zone_clock *clock, struct str zone, const struct date *d, int *minutes)
{
	UErrorCode code = U_ZERO_ERROR;
	if (!zone.n || zone.n >= ZONE_CLOCK_NAME_MAX)
		return false;
	if (!clock->calendar || !str_is(zone, clock->zone))
		zone_clock_open(clock, zone);
	UCalendar *calendar = clock->calendar;
	if (!calendar)
		return false;
	ucal_setDateTime(calendar, d->year, d->month - 1, d->day, d->hour, d->minute, d->second, &code);
	int32_t ms = ucal_get(calendar, UCAL_ZONE_OFFSET, &code) + ucal_get(calendar, UCAL_DST_OFFSET, &code);
	*minutes = ms / 60000;
	return U_SUCCESS(code);
}
