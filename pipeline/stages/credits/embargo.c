#include "pipeline/stages/credits/embargo.h"

#include "pipeline/base/civil.h"
#include "pipeline/stages/credits/credits_inside.h"
#include "pipeline/words/rfc3339.h"
#include "pipeline/words/untils.h"
#include "pipeline/words/zone_clock.h"
#include "pipeline/words/zones.h"

#define EMBARGO_MINUTE_MS  60000
#define EMBARGO_YEAR_DAYS  366
#define EMBARGO_BEHIND_MAX 60 /* days that a date without a year may lie behind the story's own */

/* --- days --------------------------------------------------------------------------------------------------------- */

static void embargo_civil(int64_t days, struct date *d)
{
	struct civil c = civil_of(days);
	d->year = c.year;
	d->month = c.month;
	d->day = c.day;
}

static int64_t embargo_floor(int64_t ms, int64_t unit)
{
	return ms / unit - (ms % unit < 0);
}

/* --- the story's own time ----------------------------------------------------------------------------------------- */

/* False: nothing tells when the story came. */
static bool embargo_now(const struct story *st, int64_t *ms)
{
	int year = 0, month = 0, day = 0;
	struct str said = st->credits.published.name;
	if (rfc3339_read(st->decode.version_created, ms) || rfc3339_read(said, ms))
		return true;
	if (said.n >= 10) { /* a day, or a time whose zone nobody knows */
		for (size_t i = 0; i < 4; i++)
			year = year * 10 + (said.p[i] - '0');
		month = (said.p[5] - '0') * 10 + said.p[6] - '0';
		day = (said.p[8] - '0') * 10 + said.p[9] - '0';
		*ms = civil_days(year, month, day) * CIVIL_DAY_MS;
		return true;
	}
	*ms = st->msg->timestamp_ms;
	return *ms >= 0;
}

/* --- zones -------------------------------------------------------------------------------------------------------- */

static bool embargo_zone_of(struct call *call, struct story *st, const struct until *until, int *minutes)
{
	const struct date *d = &until->d;
	const char *by_language = until_home(st->cleanup.embargo_languages);
	struct str home = st->msg->feed ? st->msg->feed->zone : (struct str){0};
	st->credits.embargo.zone_basis = "stated";
	if ((d->zone.n || d->has_offset) && credits_offset(call, st, d, &st->credits.embargo.zone, minutes))
		return true;
	st->credits.embargo.zone_basis = "city";
	if (until->city_zone && zone_clock_offset(call->local, str_of(until->city_zone), d, minutes)) {
		st->credits.embargo.zone = until->city_zone;
		return true;
	}
	st->credits.embargo.zone_basis = NULL;
	if (d->zone.n)
		return false; /* a zone that could be several countries' */
	st->credits.embargo.zone_basis = "source";
	if (zone_clock_offset(call->local, home, d, minutes)) {
		st->credits.embargo.zone = home.p;
		return true;
	}
	st->credits.embargo.zone_basis = "language";
	st->credits.embargo.zone = by_language;
	if (by_language && zone_clock_offset(call->local, str_of(by_language), d, minutes))
		return true;
	st->credits.embargo.zone_basis = st->credits.embargo.zone = NULL;
	return false;
}

/* --- the day ------------------------------------------------------------------------------------------------------ */

/* The first such day that does not lie too far behind the story's own. */
static void embargo_year(struct date *d, int64_t now_ms)
{
	struct date today, found = {0};
	int64_t now_days = embargo_floor(now_ms, CIVIL_DAY_MS), days;
	embargo_civil(now_days, &today);
	int year = today.year - 1;
	do {
		found = *d;
		dates_set_year(&found, year++);
		days = civil_days(found.year, found.month, found.day);
	} while (days < now_days - EMBARGO_BEHIND_MAX);
	*d = found;
}

/* A day of the week, or none at all: the first such day whose time is not past. */
static void embargo_next_day(struct until *until, int64_t now_ms, int minutes)
{
	struct date *d = &until->d;
	int64_t local_ms = now_ms + (int64_t)minutes * EMBARGO_MINUTE_MS, day = embargo_floor(local_ms, CIVIL_DAY_MS);
	int64_t at_ms = (d->hour * 60 + d->minute) * (int64_t)EMBARGO_MINUTE_MS;
	bool is_past = at_ms <= local_ms - day * CIVIL_DAY_MS;
	int64_t step = until->weekday < 0 ? 1 : 7;
	if (until->weekday >= 0)
		day += (until->weekday - (day + 4) % 7 + 7) % 7;
	else
		is_past = at_ms < local_ms - day * CIVIL_DAY_MS;
	bool same_day = day == embargo_floor(local_ms, CIVIL_DAY_MS);
	embargo_civil(day + (same_day && is_past ? step : 0), d);
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static const char *embargo_state(const struct story *st, struct str value)
{
	int64_t until_ms, now_ms;
	if (!rfc3339_read(value, &until_ms))
		return "unknown";
	if (!embargo_now(st, &now_ms))
		return "stands";
	if (until_ms > now_ms + EMBARGO_YEAR_DAYS * CIVIL_DAY_MS)
		return "not-believed";
	return until_ms <= now_ms ? "passed" : "stands";
}

static struct str embargo_value(struct call *call, struct story *st, struct until *until)
{
	int64_t now_ms = 0;
	int minutes = 0;
	struct date *d = &until->d;
	bool has_now = embargo_now(st, &now_ms);
	if (!d->has_time || d->day_or_month || until->is_no_day || (!d->year && !has_now))
		return (struct str){0};
	if (!d->day) {
		/* The zone may depend on the day, and the day on the zone. */
		struct date today;
		embargo_civil(embargo_floor(now_ms, CIVIL_DAY_MS), &today);
		d->year = today.year;
		d->month = today.month;
		d->day = today.day;
		if (!embargo_zone_of(call, st, until, &minutes))
			return (struct str){0};
		embargo_next_day(until, now_ms, minutes);
	} else if (!d->year) {
		embargo_year(d, now_ms);
	}
	if (!embargo_zone_of(call, st, until, &minutes))
		return (struct str){0};
	struct str value = credits_moment(call, d, minutes);
	/* The 29th of February of a year that is none of its own. */
	return rfc3339_is_time(value) ? value : (struct str){0};
}

/* The line that says until when: cleanup's, or the one that its reader cut by a rule of another table. */
static struct str embargo_line(const struct story *st)
{
	for (size_t i = 0; !st->cleanup.embargo.n && i < st->cleanup.n_pieces; i++)
		if (st->cleanup.pieces[i].kind == PIECE_EMBARGO)
			return str_slice(st->cleanup.text, st->cleanup.pieces[i].at.start,
			                 st->cleanup.pieces[i].at.end);
	return st->cleanup.embargo;
}

void embargo_read(struct call *call, struct story *st)
{
	struct until until;
	struct str line = embargo_line(st);
	st->credits.embargo.text = line;
	if (st->decode.embargoed_until.n) {
		st->credits.embargo.value = st->decode.embargoed_until;
	} else if (line.n) {
		if (until_read(line, &until))
			st->credits.embargo.value = embargo_value(call, st, &until);
	} else {
		return;
	}
	st->credits.embargo.state = embargo_state(st, st->credits.embargo.value);
}
