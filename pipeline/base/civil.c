#include "pipeline/base/civil.h"

#define CIVIL_ERA_DAYS   146097 /* 400 years */
#define CIVIL_EPOCH_DAYS 719468 /* 0000-03-01 to 1970-01-01 */

int64_t civil_days(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * CIVIL_ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - CIVIL_EPOCH_DAYS;
}

struct civil civil_of(int64_t days)
{
	int64_t z = days + CIVIL_EPOCH_DAYS, era = (z >= 0 ? z : z - (CIVIL_ERA_DAYS - 1)) / CIVIL_ERA_DAYS;
	int64_t of_era = z - era * CIVIL_ERA_DAYS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
	struct civil c = {.month = (int)(month < 10 ? month + 3 : month - 9),
	                  .day = (int)(of_year - (153 * month + 2) / 5 + 1)};
	c.year = (int)(year + era * 400 + (c.month <= 2));
	return c;
}

int civil_month_days(int year, int month)
{
	return (int)(civil_days(year + month / 12, month % 12 + 1, 1) - civil_days(year, month, 1));
}
