/* Names of zones; where several countries share one, places tell. See zones.h. */
#include "pipeline/words/zones.h"

#include "pipeline/words/fold.h"

#define COUNT(array)      (sizeof(array) / sizeof((array)[0]))
#define ZONES_TEXT_BYTES  4000 /* of a story, in which places are looked for */
#define ZONES_PLACE_BYTES 200
#define ZONES_SHORT_BYTES 2 /* "ET" before more letters is no zone */

struct zones_row {
	struct str name;
	int offset_minutes;
	const char *iana;
	enum { SURE, SHARED } meaning;
};

static const struct zones_row zones_rows[] = {
#define ZONE(name, minutes, iana, meaning) {STR_INIT(name), minutes, iana, meaning},
#define ZONE_PLACE(iana, place)
#include "pipeline/words/zones.def"
#undef ZONE
#undef ZONE_PLACE
};

struct zones_place {
	const char *iana;
	struct str place;
};

static const struct zones_place zones_places[] = {
#define ZONE(name, minutes, iana, meaning)
#define ZONE_PLACE(iana, place) {iana, STR_INIT(place)},
#include "pipeline/words/zones.def"
#undef ZONE
#undef ZONE_PLACE
};

size_t zones_length(struct str s, size_t at, size_t most)
{
	size_t best = 0;
	struct str rest = str_slice(s, at, s.n);
	for (size_t i = 0; i < COUNT(zones_rows); i++)
		if (zones_rows[i].name.n > best && zones_rows[i].name.n <= most &&
		    str_starts(rest, zones_rows[i].name) &&
		    (zones_rows[i].name.n > ZONES_SHORT_BYTES ||
		     !fold_is_word_char(fold_peek(rest, zones_rows[i].name.n))))
			best = zones_rows[i].name.n;
	return best;
}

static bool zones_is_place_of(const char *iana, struct str place)
{
	for (size_t i = 0; i < COUNT(zones_places); i++)
		if (strcmp(zones_places[i].iana, iana) == 0 && fold_equal(place, zones_places[i].place))
			return true;
	return false;
}

/* A whole word of folded text? Scripts without blanks have no such ends. */
static bool zones_holds(struct str text, struct str word)
{
	for (size_t at = 0; at + word.n <= text.n; at++) {
		const char *hit = memmem(text.p + at, text.n - at, word.p, word.n);
		if (!hit)
			return false;
		at = (size_t)(hit - text.p);
		uint32_t first = fold_peek(word, 0), before = fold_before(text, at),
		         behind = fold_peek(text, at + word.n);
		if (!fold_is_blank_script(first) || (!fold_is_word_char(before) && !fold_is_word_char(behind)))
			return true;
	}
	return false;
}

static bool zones_is_named(const char *iana, struct str folded)
{
	for (size_t i = 0; i < COUNT(zones_places); i++)
		if (strcmp(zones_places[i].iana, iana) == 0 && zones_holds(folded, zones_places[i].place))
			return true;
	return false;
}

/* The only zone of that name that the text speaks of, or NULL. */
static const struct zones_row *zones_by_text(struct str name, struct str text)
{
	char folded[ZONES_TEXT_BYTES];
	size_t n = fold_text(fold_cut(text, ZONES_TEXT_BYTES), folded, sizeof(folded));
	const struct zones_row *found = NULL;
	for (size_t i = 0; i < COUNT(zones_rows); i++) {
		if (!str_eq(zones_rows[i].name, name) || !zones_is_named(zones_rows[i].iana, str_make(folded, n)))
			continue;
		if (found)
			return NULL;
		found = &zones_rows[i];
	}
	return found;
}

static const struct zones_row *zones_shared(struct str name, const struct zones_hint *hint)
{
	for (size_t i = 0; i < COUNT(zones_rows); i++)
		if (str_eq(zones_rows[i].name, name) && str_is(hint->home, zones_rows[i].iana))
			return &zones_rows[i];
	for (size_t i = 0; hint->place.n && hint->place.n <= ZONES_PLACE_BYTES && i < COUNT(zones_rows); i++)
		if (str_eq(zones_rows[i].name, name) && zones_is_place_of(zones_rows[i].iana, hint->place))
			return &zones_rows[i];
	return zones_by_text(name, hint->text);
}

bool zones_find(struct str name, const struct zones_hint *hint, const char **iana, int *offset_minutes)
{
	const struct zones_row *row = NULL;
	for (size_t i = 0; i < COUNT(zones_rows) && !row; i++)
		if (str_eq(zones_rows[i].name, name))
			row = &zones_rows[i];
	if (row && row->meaning == SHARED)
		row = zones_shared(name, hint);
	if (!row)
		return false;
	*iana = row->iana;
	*offset_minutes = row->offset_minutes;
	return true;
}
