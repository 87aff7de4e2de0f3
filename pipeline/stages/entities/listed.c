/* Asking the gazetteer with the words around. See listed.h. */
#include "pipeline/stages/entities/listed.h"

#include "pipeline/stages/entities/bounds.h"
#include "pipeline/stages/entities/calendar.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/title.h"

#define LISTED_ACRONYM_LEAST 3
#define LISTED_ENTRIES       12
#define LISTED_KNOWN_CITY    300000
#define LISTED_PERSONS       (NAME_FORENAME | NAME_SURNAME)

struct name_entry listed_entry(const struct reading *r, uint32_t name)
{
	struct reading_asked *asked = r->asked;
	size_t at = name % READING_ENTRIES;
	if (!r->gazetteer || name == UINT32_MAX)
		return (struct name_entry){0};
	if (asked->names[at] != name + 1) {
		asked->names[at] = name + 1;
		asked->entries[at] = (struct name_entry){0};
		gazetteer_entries_for(r->gazetteer, name, &r->speaker, &asked->entries[at], 1);
	}
	return asked->entries[at];
}

uint16_t listed_classes_of(const struct reading *r, uint32_t name)
{
	struct name_entry entries[LISTED_ENTRIES];
	size_t found = name == UINT32_MAX
	                       ? 0
	                       : gazetteer_entries_for(r->gazetteer, name, &r->speaker, entries, LISTED_ENTRIES);
	uint16_t classes = 0;
	for (size_t i = 0; i < found; i++)
		classes |= entries[i].classes;
	return classes;
}

uint16_t listed_classes(const struct reading *r, size_t first, size_t n)
{
	return listed_classes_of(r, reading_find(r, first, n));
}

const struct name_match *listed_match_at(const struct reading *r, size_t *from, size_t word)
{
	while (*from < r->n_matches && r->matches[*from].first + r->matches[*from].n <= word)
		(*from)++;
	return *from < r->n_matches ? &r->matches[*from] : NULL;
}

static bool listed_all_capitals(const struct reading *r, const struct name_match *match)
{
	for (size_t i = match->first; i < match->first + match->n; i++) {
		const struct word *w = reading_word(r, i);
		if (w->kind == WORD_LETTERS && reading_letters(r, i) > 3 && !reading_is_capital(w))
			return false;
	}
	return reading_is_capital(reading_word(r, match->first));
}

bool listed_has_neighbour(const struct reading *r, const struct name_match *match)
{
	size_t behind = match->first + match->n;
	const struct word *first = reading_word(r, match->first);
	bool before = match->first && !(first->flags & WORD_SENTENCE) &&
	              reading_word(r, match->first - 1)->flags & WORD_UPPER_FIRST &&
	              !(reading_word(r, match->first - 1)->flags & WORD_SENTENCE) && !title_is_one(r, match->first - 1);
	bool after = behind < r->words->n && reading_word(r, behind)->flags & WORD_UPPER_FIRST &&
	             !(reading_word(r, behind)->flags & WORD_SENTENCE);
	return before || after;
}

static bool listed_is_acronym(const struct reading *r, const struct name_match *match)
{
	return match->n == 1 && reading_word(r, match->first)->flags & WORD_UPPER_ALL;
}

bool listed_in_capitals(const struct reading *r, size_t first, size_t n)
{
	size_t from = first > 4 ? first - 4 : 0, to = first + n + 4, upper = 0, words = 0;
	for (size_t i = from; i < to && i < r->words->n; i++) {
		const struct word *w = reading_word(r, i);
		bool inside = i >= first && i < first + n;
		if (inside || w->kind != WORD_LETTERS || reading_letters(r, i) < 2)
			continue;
		words++;
		upper += (w->flags & WORD_UPPER_ALL) != 0;
	}
	return words && 2 * upper > words;
}

/* "en Utiel", "hacia Paiporta": any town of the list behind a word of place. */
static bool listed_is_placed(const struct reading *r, const struct name_match *match, const struct name_entry *entry)
{
	const struct word *w = reading_word(r, match->first);
	/* In German words that are no names have capitals, too. */
	uint32_t least = reading_is_in(r, "de") ? LISTED_BIG_CITY : 0;
	if (!(w->flags & WORD_UPPER_FIRST) || w->flags & (WORD_UPPER_ALL | WORD_SENTENCE) ||
	    !(entry->classes & NAME_PLACES) || entry->is_alternative || entry->weight < least ||
	    listed_has_neighbour(r, match))
		return false;
	if (!cue_before(r, match->first, CUE_IN | CUE_PLACE_CALLED).n || cue_at(r, match->first).kinds)
		return false;
	const struct calendar *calendar = calendar_of(r);
	return !calendar_is_month(calendar, r, match->first, match->n) &&
	       !calendar_is_day(calendar, r, match->first, match->n);
}

static bool listed_is_sure_place(const struct reading *r, const struct name_match *match,
                                 const struct name_entry *entry)
{
	bool alone = match->n == 1, caseless = reading_word(r, match->first)->flags & WORD_CASELESS;
	uint16_t others = entry->classes & NAME_COUNTRY && !entry->is_alternative ? NAME_FORENAME | NAME_DEMONYM
	                                                                          : LISTED_PERSONS | NAME_DEMONYM;
	if (listed_is_placed(r, match, entry))
		return true;
	if (match->classes & others)
		return false;
	/* Of names in other letters the list does not say whose they are; large cities are known there, too. */
	if (caseless && entry->is_alternative && entry->weight >= LISTED_KNOWN_CITY &&
	    !(match->classes & ~NAME_PLACES) && reading_letters(r, match->first) * match->n > 3)
		return true;
	/* The list does not say of every language that it calls a country so; letters mean another in each. */
	bool country = entry->classes & NAME_COUNTRY && !(match->classes & ~NAME_COUNTRY);
	if (entry->is_alternative && (!country || listed_is_acronym(r, match)))
		return false;
	/* Of a word that begins a sentence the capital says nothing; letters have more than one. */
	bool begins = alone && reading_word(r, match->first)->flags & WORD_SENTENCE && !listed_is_acronym(r, match);
	if (entry->classes & NAME_COUNTRY)
		return caseless ? reading_letters(r, match->first) * match->n > 1
		                : !begins || !(match->classes & ~NAME_PLACES);
	bool known = entry->classes & (NAME_CAPITAL | NAME_CITY) && entry->weight >= LISTED_BIG_CITY;
	return known && !(match->classes & ~NAME_PLACES) && !begins;
}

static bool listed_is_sure_organisation(const struct name_match *match, const struct name_entry *entry)
{
	uint16_t bodies = NAME_BODY | NAME_MEDIA;
	if (entry->is_alternative || !(entry->classes & bodies) || match->classes & ~(bodies | NAME_ACRONYM))
		return false;
	return match->n > 1 || match->classes & NAME_ACRONYM;
}

bool listed_is_sure(const struct reading *r, const struct name_match *match, enum name_type *type)
{
	uint16_t any = NAME_PLACES | NAME_BODY | NAME_MEDIA | NAME_PERSON;
	if (!(match->classes & any) || !listed_all_capitals(r, match) || !bounds_fit(r, match->first, match->n))
		return false;
	struct name_entry entry = listed_entry(r, match->name);
	bool acronym = listed_is_acronym(r, match);
	if (acronym && (listed_in_capitals(r, match->first, match->n) || listed_has_neighbour(r, match)))
		return false;
	if (listed_is_sure_place(r, match, &entry)) {
		*type = NAME_IS_PLACE;
		return !(acronym && entry.is_alternative) &&
		       (match->n > 1 || acronym || !listed_has_neighbour(r, match));
	}
	if (listed_is_sure_organisation(match, &entry)) {
		*type = NAME_IS_ORGANISATION;
		return !acronym || reading_letters(r, match->first) >= LISTED_ACRONYM_LEAST;
	}
	*type = NAME_IS_PERSON;
	return match->n > 1 && entry.classes & NAME_PERSON && entry.uri[0] && !listed_has_neighbour(r, match);
}
