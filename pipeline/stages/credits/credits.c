/*
 * credits: who made the story, where and when, read from the pieces that cleanup found.
 *
 * Cleanup tells lines apart; here names come out of lists and into normal case, and the time gets its zone: the one
 * that stands behind it, else the source's. A zone that could be several countries' is unknown unless the source's own
 * tells. Ranges are the pieces', in decode.text.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"
#include "pipeline/stages/credits/credits_inside.h"
#include "pipeline/stages/credits/embargo.h"
#include "pipeline/stages/credits/names.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/zone_clock.h"
#include "pipeline/words/zones.h"

#include <unicode/ustring.h>

#define CREDITS_NAMES_MAX    64
#define CREDITS_LANGUAGE_MIN 40 /* bytes of a text that tell whether it is English */
#define CREDITS_LANGUAGE_MAX 1500

struct credits_list {
	struct named items[CREDITS_NAMES_MAX];
	size_t n;
};

struct credits_lists {
	struct credits_list authors, editors, contributors, sources, related;
	struct credits_list agencies; /* in the place of an author */
};

/* --- names ------------------------------------------------------------------------------------------------------ */

static struct str credits_text(const struct story *st, struct range at)
{
	return str_slice(st->cleanup.text, at.start, at.end);
}

static bool credits_has(const struct credits_list *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (fold_equal(list->items[i].name, name))
			return true;
	return false;
}

static void credits_add(struct credits_list *list, struct named named)
{
	if (list->n < CREDITS_NAMES_MAX && named.name.n && !credits_has(list, named.name))
		list->items[list->n++] = named;
}

/* An agency's letters beside a person's name: "Von Grete Hollerbach, KPD", "…, dpa". */
static bool credits_is_agency(struct str name)
{
	bool small = name.n && fold_is_lower((unsigned char)name.p[0]);
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (c == ' ' || c >= 0x80 || fold_is_lower(c) != small)
			return false;
	}
	return name.n <= (small ? 4 : 5);
}

static bool credits_is_job(struct str name)
{
	static const char *const words[] = {"Staff Writer",     "Staff Writers",        "Staff Reporter",
	                                    "Associated Press", "The Associated Press", "Associated Press Writer"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (fold_equal(name, str_of(words[i])))
			return true;
	/* "Nina Massey, PA Science Correspondent" */
	return str_ends(name, STR(" Correspondent")) || str_ends(name, STR(" Editor")) ||
	       str_ends(name, STR(" Reporter")) || str_ends(name, STR(" Writer"));
}

/* Behind a full name: "Asha Juma, Mbeya" is a place, "Sam Porter, The Daily Reed" and "Rui Sá, da Rádio Cerrado" say
 * for whom. */
static bool credits_is_no_person(const struct credits_list *list, struct str name)
{
	struct str last = list->items[list->n - 1].name;
	bool full = str_index(last, ' ', 0) < last.n;
	static const char *const of[] = {"da ", "do ",   "du ",  "del ", "della ",
	                                 "of ", "from ", "vom ", "fra ", "från "};
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (full && str_starts(name, str_of(of[i])))
			return true;
	return str_starts(name, STR("The ")) || agencies_is_like(name) ||
	       (full && fold_is_upper(fold_peek(name, 0)) && str_index(name, ' ', 0) == name.n);
}

static void credits_names(struct call *call, const struct story *st, const struct piece *piece,
                          struct credits_lists *lists, struct credits_list *list)
{
	struct str text = credits_text(st, piece->at), headline = story_headline(st), body = story_body(st);
	size_t before = list->n;
	for (size_t at = 0; at < text.n;) {
		struct str name = names_next(text, &at);
		if (!name.n)
			continue;
		size_t start = (size_t)(name.p - st->cleanup.text.p);
		struct range at_raw = story_raw(st, (struct range){start, start + name.n});
		/* "Por Agência Brasil": nobody. */
		if (list == &lists->authors && agencies_is(name)) {
			credits_add(&lists->agencies, (struct named){name, at_raw, {0}});
			continue;
		}
		if (list->n > before &&
		    (credits_is_agency(name) || credits_is_job(name) || credits_is_no_person(list, name)))
			continue;
		struct str normal = names_person(call->keep, name, headline, body);
		credits_add(list, (struct named){normal, at_raw, {0}});
	}
}

static void credits_whole(const struct story *st, const struct piece *piece, struct credits_list *list)
{
	struct str name = str_trim(credits_text(st, piece->at));
	credits_add(list, (struct named){name, story_raw(st, piece->at), credits_text(st, piece->label)});
}

static const struct named *credits_keep(struct call *call, const struct credits_list *list, size_t *n)
{
	struct named *kept = ARENA_ARRAY(call->keep, struct named, list->n);
	memcpy(kept, list->items, list->n * sizeof(*kept));
	*n = list->n;
	return kept;
}

/* Somebody who is named as the author does not contribute as well. */
static void credits_without_authors(struct credits_lists *lists)
{
	size_t n = 0;
	for (size_t i = 0; i < lists->contributors.n; i++)
		if (!credits_has(&lists->authors, lists->contributors.items[i].name))
			lists->contributors.items[n++] = lists->contributors.items[i];
	lists->contributors.n = n;
}

/* --- place and time --------------------------------------------------------------------------------------------- */

static void credits_dateline(struct story *st, struct range raw)
{
	st->credits.dateline = (struct named){str_slice(st->decode.text, raw.start, raw.end), raw, {0}};
}

static void credits_place(struct call *call, struct story *st, const struct piece *piece)
{
	struct str text = credits_text(st, piece->at);
	struct str name = names_normal_case(call->keep, text, story_headline(st), story_body(st));
	st->credits.place = (struct named){name, story_raw(st, piece->at), text};
}

bool credits_offset(struct call *call, const struct story *st, const struct date *d, const char **zone, int *minutes)
{
	struct zones_hint hint = {.home = st->msg->feed ? st->msg->feed->zone : (struct str){0},
	                          .place = st->credits.place.name,
	                          .text = story_body(st)};
	bool known = d->zone.n && zones_find(d->zone, &hint, zone, minutes);
	if (known && *minutes == ZONES_BY_DAY)
		known = zone_clock_offset(call->local, str_of(*zone), d, minutes);
	if (d->has_offset)
		*minutes = d->offset_minutes;
	if (known || d->has_offset)
		return true;
	if (d->zone.n || !zone_clock_offset(call->local, hint.home, d, minutes))
		return false;
	*zone = hint.home.p;
	return true;
}

struct str credits_moment(struct call *call, const struct date *d, int minutes)
{
	return arena_printf(call->keep, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", d->year, d->month, d->day, d->hour,
	                    d->minute, d->second, minutes < 0 ? '-' : '+', abs(minutes) / 60, abs(minutes) % 60);
}

/* Is the month first where the story comes from? Only where English is written, and of the zones in some of America. */
static bool credits_may_begin_with_month(const struct story *st, const struct date *d)
{
	static const char *const zones[] = {"America/New_York", "America/Chicago",   "America/Denver",
	                                    "America/Phoenix",  "America/Anchorage", "America/Los_Angeles",
	                                    "America/Toronto",  "America/Halifax",   "America/Vancouver"};
	static const char *const words[] = {" the ", " and ", " of ", " was ", " is "};
	struct str body = fold_cut(story_body(st), CREDITS_LANGUAGE_MAX);
	bool english = body.n < CREDITS_LANGUAGE_MIN;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !english; i++)
		english = memmem(body.p, body.n, words[i], strlen(words[i])) != NULL;
	if (!english)
		return false;
	for (size_t i = 0; st->credits.zone && i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strcmp(st->credits.zone, zones[i]) == 0)
			return true;
	return !st->credits.zone && (!d->has_offset || d->offset_minutes < -60);
}

static struct str credits_day(struct call *call, struct story *st, const struct date *d)
{
	/* "3/4/2024" is a year and no more where it could be two days. */
	if (d->day_or_month && credits_may_begin_with_month(st, d)) {
		st->credits.precision = "year";
		return arena_printf(call->keep, "%04d", d->year);
	}
	st->credits.precision = "day";
	return arena_printf(call->keep, "%04d-%02d-%02d", d->year, d->month, d->day);
}

static void credits_time(struct call *call, struct story *st, const struct piece *piece)
{
	struct date d;
	int minutes = 0;
	if (st->credits.published.name.n || !dates_read(st->cleanup.text, piece->at.start, true, &d) || !d.year)
		return;
	/* A zone's last letter may belong to the place behind it; cleanup knows. */
	if (d.zone.n && d.zone.p + d.zone.n > st->cleanup.text.p + piece->at.end)
		d.zone.n = (size_t)(st->cleanup.text.p + piece->at.end - d.zone.p);
	bool known = d.has_time && credits_offset(call, st, &d, &st->credits.zone, &minutes);
	struct str value = credits_day(call, st, &d);
	if (d.has_time && value.n == 10) {
		st->credits.precision = d.has_seconds ? "second" : "minute";
		value = credits_moment(call, &d, known ? minutes : 0);
		value.n -= known ? 0 : STR("+00:00").n;
		st->credits.has_offset = known;
	}
	st->credits.published = (struct named){value, story_raw(st, piece->at), d.zone};
}

/* When all else is known: the place may tell the zone, and the time the year. */
static void credits_times(struct call *call, struct story *st)
{
	for (size_t i = 0; i < st->cleanup.n_pieces; i++)
		if (st->cleanup.pieces[i].kind == PIECE_TIME)
			credits_time(call, st, &st->cleanup.pieces[i]);
	embargo_read(call, st);
}

/* --- the stage -------------------------------------------------------------------------------------------------- */

/* The list that a piece's names go into, or NULL. */
static struct credits_list *credits_list_of(struct credits_lists *lists, enum piece_kind kind)
{
	return kind == PIECE_AUTHOR        ? &lists->authors
	       : kind == PIECE_EDITOR      ? &lists->editors
	       : kind == PIECE_CONTRIBUTOR ? &lists->contributors
	                                   : NULL;
}

static void credits_piece(struct call *call, struct story *st, const struct piece *piece, struct credits_lists *lists)
{
	struct credits_list *names = credits_list_of(lists, piece->kind);
	struct str text = credits_text(st, piece->at);
	if (names)
		credits_names(call, st, piece, lists, names);
	else if (piece->kind == PIECE_CREDIT)
		credits_whole(st, piece, &lists->sources);
	else if (piece->kind == PIECE_RELATED)
		credits_whole(st, piece, &lists->related);
	else if (piece->kind == PIECE_SECTION)
		st->credits.section = (struct named){text, story_raw(st, piece->at), {0}};
	else if (piece->kind == PIECE_DATELINE)
		credits_dateline(st, story_raw(st, piece->at));
	else if (piece->kind == PIECE_PLACE)
		credits_place(call, st, piece);
	else if (piece->kind == PIECE_SOURCE)
		st->credits.source = text;
	else if (piece->kind == PIECE_DATE)
		st->credits.date = text;
	/* Times come last, in credits_times: the dateline's place may tell the zone. */
}

/* Items beyond their number are nobody's: to clear them all would cost more than to read a story's. */
static struct credits_lists *credits_lists_new(struct arena *a)
{
	struct credits_lists *lists = arena_alloc(a, sizeof(*lists));
	struct credits_list *all[] = {&lists->authors, &lists->editors, &lists->contributors,
	                              &lists->sources, &lists->related, &lists->agencies};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i]->n = 0;
	return lists;
}

static struct str credits_by(struct call *call, const struct credits_list *authors)
{
	struct str by = {0};
	for (size_t i = 0; i < authors->n; i++)
		by = i ? arena_printf(call->keep, "%.*s, %.*s", STR_ARG(by), STR_ARG(authors->items[i].name))
		       : authors->items[i].name;
	return by;
}

static enum answer credits_run(struct call *call, struct story *st)
{
	if (!st->cleanup.n_pieces) {
		embargo_read(call, st);
		return ANSWER_KEEP;
	}
	struct credits_lists *lists = credits_lists_new(call->tmp);
	for (size_t i = 0; i < st->cleanup.n_pieces; i++)
		credits_piece(call, st, &st->cleanup.pieces[i], lists);
	credits_times(call, st);
	credits_without_authors(lists);
	for (size_t i = 0; !st->credits.source.n && i < lists->agencies.n; i++)
		credits_add(&lists->sources, lists->agencies.items[i]);
	st->credits.by = credits_by(call, &lists->authors);
	st->credits.authors = credits_keep(call, &lists->authors, &st->credits.n_authors);
	st->credits.editors = credits_keep(call, &lists->editors, &st->credits.n_editors);
	st->credits.contributors = credits_keep(call, &lists->contributors, &st->credits.n_contributors);
	st->credits.sources = credits_keep(call, &lists->sources, &st->credits.n_sources);
	st->credits.related = credits_keep(call, &lists->related, &st->credits.n_related);
	return ANSWER_KEEP;
}

static void credits_close_local(void *local)
{
	zone_clock_close(local);
}

const struct stage stage_credits = {
        .name = "credits",
        .summary = "reads authors, editors, sources, dateline, section and time out of what cleanup took out",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE | GROUP_CLEANUP,
        .writes = GROUP_CREDITS,
        .local_size = sizeof(struct zone_clock),
        .close_local = credits_close_local,
        .run = credits_run,
};
