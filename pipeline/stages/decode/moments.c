#include "pipeline/stages/decode/moments.h"

#include "pipeline/base/civil.h"
#include "pipeline/words/rfc3339.h"
#include "pipeline/words/zones.h"

#define MOMENT_BYTES_MAX 100
#define YEAR_MIN         1800
#define YEAR_MAX         2200
#define FUTURE_MS        (2 * 86400000LL)

/* Bytes of "2024-03-04T10:05:06" up to there. */
enum { MOMENT_DAY = 10, MOMENT_MINUTE = 16, MOMENT_SECOND = 19 };

static bool moments_is_year(int year)
{
	return year >= YEAR_MIN && year <= YEAR_MAX;
}

/* --- ISO 8601, as it is written ----------------------------------------------------------------------------------- */

struct iso {
	struct str s;
	size_t at;
};

/* Just so many digits; -1: they are not there. */
static int iso_digits(struct iso *iso, size_t n)
{
	int value = 0;
	if (iso->at + n > iso->s.n)
		return -1;
	for (size_t i = iso->at; i < iso->at + n; i++) {
		if (iso->s.p[i] < '0' || iso->s.p[i] > '9')
			return -1;
		value = value * 10 + (iso->s.p[i] - '0');
	}
	iso->at += n;
	return value;
}

static bool iso_skip(struct iso *iso, const char *any_of)
{
	bool found = iso->at < iso->s.n && strchr(any_of, iso->s.p[iso->at]) && iso->s.p[iso->at];
	iso->at += found;
	return found;
}

static void iso_blanks(struct iso *iso)
{
	while (iso_skip(iso, " \t"))
		;
}

/* "+02:00", "+0200", "+02", "Z"; nothing is fine, too. False, and out as it was: something else stands there. */
static bool iso_zone(struct iso *iso, struct date *out)
{
	iso_blanks(iso);
	if (iso->at == iso->s.n)
		return true;
	bool minus = iso->s.p[iso->at] == '-';
	int hours = 0, minutes = 0;
	if (!iso_skip(iso, "zZ")) {
		if (!iso_skip(iso, "+-"))
			return false;
		hours = iso_digits(iso, 2);
		iso_skip(iso, ":");
		minutes = iso->at < iso->s.n ? iso_digits(iso, 2) : 0;
	}
	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59 || iso->at < iso->s.n)
		return false;
	out->has_offset = true;
	out->offset_minutes = (minus ? -1 : 1) * (hours * 60 + minutes);
	return true;
}

/* "12:05:13.25", "1205", "120513"; the fraction is of no interest. */
static bool iso_time(struct iso *iso, struct date *out)
{
	out->hour = iso_digits(iso, 2);
	iso_skip(iso, ":");
	out->minute = iso_digits(iso, 2);
	bool more = iso_skip(iso, ":") || (iso->at < iso->s.n && iso->s.p[iso->at] >= '0' && iso->s.p[iso->at] <= '9');
	out->second = more ? iso_digits(iso, 2) : 0;
	out->has_time = true;
	out->has_seconds = more;
	if (iso_skip(iso, ".,")) {
		while (iso->at < iso->s.n && iso->s.p[iso->at] >= '0' && iso->s.p[iso->at] <= '9')
			iso->at++;
	}
	return out->hour >= 0 && out->hour < 24 && out->minute >= 0 && out->minute < 60 && out->second >= 0 &&
	       out->second <= 60;
}

/* The same, or a zone's name. may_go_on: something may follow it. */
static bool iso_zone_named(struct iso iso, bool may_go_on, struct date *out)
{
	struct iso zone = iso;
	if (iso_zone(&zone, out))
		return true;
	iso_blanks(&iso);
	struct str name = str_slice(iso.s, iso.at, iso.s.n);
	size_t known = zones_length(iso.s, iso.at, 5);
	out->has_offset = str_is(name, "UT") || str_is(name, "UTC") || str_is(name, "GMT");
	out->zone = str_slice(name, 0, known);
	return out->has_offset || (known > 0 && (may_go_on || known == name.n));
}

/* Do just four or six digits follow? */
static bool iso_is_clock(const struct iso *iso)
{
	size_t end = iso->at;
	while (end < iso->s.n && iso->s.p[end] >= '0' && iso->s.p[end] <= '9')
		end++;
	return end - iso->at == 4 || end - iso->at == 6;
}

/* A date, and a time of day behind it if there is one, the year with four digits. */
static bool iso_read(struct str s, struct date *out)
{
	struct iso iso = {s, 0};
	*out = (struct date){0};
	out->year = iso_digits(&iso, 4);
	bool dashed = iso_skip(&iso, "-/");
	out->month = iso_digits(&iso, 2);
	if (dashed && !iso_skip(&iso, "-/"))
		return false;
	out->day = iso_digits(&iso, 2);
	if (out->year < 0 || out->month < 1 || out->month > 12 || out->day < 1)
		return false;
	if (iso.at == s.n)
		return true;
	/* "202403041005" and "20240304100506Z". As milliseconds since 1970 twelve such digits would be some months of
	 * 1975 and 1976, which nobody sends. */
	bool together = !dashed && iso_is_clock(&iso) && out->day <= 31 && moments_is_year(out->year);
	if (!together && !iso_skip(&iso, "Tt \t"))
		return false;
	iso_blanks(&iso);
	return iso_time(&iso, out) && iso_zone_named(iso, false, out);
}

/* --- e-mail's dates (RFC 5322, and the years of two digits before it) --------------------------------------------- */

static bool mail_read(struct str s, struct date *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	/* "-0000 (UTC)": what a zone is called beside its offset. */
	if (s.n && s.p[s.n - 1] == ')')
		s = str_trim(str_slice(s, 0, str_index(s, '(', 0)));
	struct iso iso = {s, str_index(s, ',', 0) < s.n ? str_index(s, ',', 0) + 1 : 0};
	*out = (struct date){0};
	iso_blanks(&iso);
	size_t start = iso.at;
	while (iso.at < s.n && s.p[iso.at] >= '0' && s.p[iso.at] <= '9')
		iso.at++;
	size_t digits = iso.at - start;
	iso.at = start;
	out->day = digits == 1 || digits == 2 ? iso_digits(&iso, digits) : -1;
	if (out->day < 1 || !iso_skip(&iso, " -") || iso.at + 3 > s.n)
		return false;
	for (int month = 0; month < 12; month++) {
		if (memcmp(s.p + iso.at, months + 3 * (size_t)month, 3) == 0)
			out->month = month + 1;
	}
	iso.at += 3;
	if (!out->month || !iso_skip(&iso, " -"))
		return false;
	start = iso.at;
	out->year = iso_digits(&iso, 4);
	if (out->year < 0) {
		iso.at = start;
		out->year = iso_digits(&iso, 2);
		out->year += out->year < 0 ? 0 : out->year < 50 ? 2000 : 1900;
	}
	if (out->year < 0 || !iso_skip(&iso, " ") || !iso_time(&iso, out))
		return false;
	return iso_zone_named(iso, true, out);
}

/* --- since 1970 --------------------------------------------------------------------------------------------------- */

/* 9 or 10 digits are seconds, 12 or 13 milliseconds: years from 1973 to 2286, without those of milliseconds that
 * iso_read takes for a date. */
static bool moments_epoch(struct str s, struct date *out)
{
	int64_t value = 0;
	if (s.n != 9 && s.n != 10 && s.n != 12 && s.n != 13)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		value = value * 10 + (s.p[i] - '0');
	}
	int64_t seconds = s.n > 10 ? value / 1000 : value;
	struct civil day = civil_of(seconds / 86400);
	int of_day = (int)(seconds % 86400);
	*out = (struct date){.year = day.year,
	                     .month = day.month,
	                     .day = day.day,
	                     .hour = of_day / 3600,
	                     .minute = of_day / 60 % 60,
	                     .second = of_day % 60,
	                     .has_time = true,
	                     .has_offset = true};
	return true;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static struct str moments_refuse(struct decode *d, struct story *st, const char *word)
{
	decode_warn(d, st, word);
	return (struct str){0};
}

/* Minutes from UTC. A zone of its own decides; the source's where it has none, or one that may be several. */
static bool moments_offset(struct decode *d, const struct date *date, int *minutes)
{
	struct decode_local *local = d->call->local;
	struct zones_hint hint = {.home = d->msg->feed->zone};
	const char *iana = NULL;
	if (date->has_offset) {
		*minutes = date->offset_minutes;
		return true;
	}
	if (!date->zone.n)
		return zone_clock_offset(&local->zone, hint.home, date, minutes);
	if (!zones_find(date->zone, &hint, &iana, minutes))
		return false;
	return *minutes != ZONES_BY_DAY || zone_clock_offset(&local->zone, str_of(iana), date, minutes);
}

static struct str moments_write(struct decode *d, const struct date *date, int minutes)
{
	struct arena *keep = d->call->keep;
	if (!minutes)
		return arena_printf(keep, "%04d-%02d-%02dT%02d:%02d:%02dZ", date->year, date->month, date->day,
		                    date->hour, date->minute, date->second);
	return arena_printf(keep, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", date->year, date->month, date->day,
	                    date->hour, date->minute, date->second, minutes < 0 ? '-' : '+', abs(minutes) / 60,
	                    abs(minutes) % 60);
}

/* As it stands; small letters are allowed and understood by few. */
static struct str moments_plain(struct decode *d, struct str s)
{
	if (s.p[10] == 'T' && s.p[s.n - 1] != 'z')
		return s;
	char *out = arena_alloc(d->call->keep, s.n);
	memcpy(out, s.p, s.n);
	out[10] = 'T';
	if (out[s.n - 1] == 'z')
		out[s.n - 1] = 'Z';
	return str_make(out, s.n);
}

static bool moments_date(struct str s, struct date *out)
{
	if (iso_read(s, out) || mail_read(s, out) || moments_epoch(s, out))
		return true;
	/* What begins as ISO 8601 and is none is no text with a date in it either. */
	struct iso iso = {s, 0};
	bool is_iso = iso_digits(&iso, 4) >= 0 && (iso_skip(&iso, "-/") || iso_digits(&iso, 4) >= 0);
	return !is_iso && dates_moment(s, out) && !out->day_or_month;
}

/* Is it more than two days after the message itself? */
static bool moments_is_future(const struct decode *d, struct str moment)
{
	int64_t ms;
	return d->msg->timestamp_ms > 0 && rfc3339_read(moment, &ms) && ms - d->msg->timestamp_ms > FUTURE_MS;
}

/* What is known without the zone or the hour goes to *part, where there is one. */
static struct str moments_part(struct decode *d, struct story *st, const struct date *date, struct named *part)
{
	struct str whole = moments_write(d, date, 0);
	if (!rfc3339_is_time(whole))
		return moments_refuse(d, st, "time-not-used");
	if (part && moments_is_future(d, whole))
		return moments_refuse(d, st, "time-in-future");
	size_t n = !date->has_time ? MOMENT_DAY : date->has_seconds ? MOMENT_SECOND : MOMENT_MINUTE;
	if (part)
		part->name = str_slice(whole, 0, n);
	return moments_refuse(d, st,
	                      date->has_time ? "time-without-zone"
	                      : part         ? "time-without-hour"
	                                     : "time-not-used");
}

static struct str moments_read_parts(struct decode *d, struct story *st, struct str s, struct named *part)
{
	struct date date;
	int minutes;
	s = str_trim(s);
	if (!s.n)
		return s;
	if (rfc3339_is_time(s))
		return moments_plain(d, s);
	if (s.n > MOMENT_BYTES_MAX || !moments_date(s, &date) || !moments_is_year(date.year))
		return moments_refuse(d, st, "time-not-used");
	if (part)
		part->label = s;
	if (!date.has_time || !moments_offset(d, &date, &minutes))
		return moments_part(d, st, &date, part);
	struct str made = moments_write(d, &date, minutes);
	return rfc3339_is_time(made) ? made : moments_refuse(d, st, "time-not-used");
}

struct str moments_read(struct decode *d, struct story *st, struct str s)
{
	return moments_read_parts(d, st, s, NULL);
}

struct str moments_read_past(struct decode *d, struct story *st, struct str s, struct named *part)
{
	*part = (struct named){0};
	struct str moment = moments_read_parts(d, st, s, part);
	return moment.n && moments_is_future(d, moment) ? moments_refuse(d, st, "time-in-future") : moment;
}
