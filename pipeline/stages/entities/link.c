/*
 * Choosing among what a name may stand for. See link.h.
 *
 * The gazetteer gives the likeliest first. A country is taken at its word. Of places the one in a country that the
 * story names wins; else the first, if it is so much larger than the next of the same name that nobody would mean the
 * other without saying so. People and bodies are linked where the list knows just one.
 */
#include "pipeline/stages/entities/link.h"

#include "pipeline/stages/entities/listed.h"
#include "pipeline/words/fold.h"

#include <string.h>

#define LINK_ENTRIES       12
#define LINK_MUCH_LARGER   8       /* times the people of the next place of the same name */
#define LINK_LARGE         200000  /* a city that needs no country beside it */
#define LINK_HOME          50000   /* such a city where its language is written */
#define LINK_GREAT         500000  /* a city that is meant although the story names other countries */
#define LINK_WORLD         1500000 /* a city that is meant unless another of its name has half its people */
#define LINK_HOME_FORENAME 100000  /* a city with a forename for its name, where its language is written */
#define LINK_BASE_BYTES    96
#define LINK_BASE_WORDS    2

static int link_country_index(const char country[3])
{
	bool letters = country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' && country[1] <= 'Z' && !country[2];
	return letters ? (country[0] - 'A') * 26 + (country[1] - 'A') : -1;
}

void link_context_add(struct link_context *context, const char country[3])
{
	int at = link_country_index(country);
	if (at < 0 || context->times[at] == UINT16_MAX)
		return;
	context->times[at]++;
	context->n++;
}

static uint16_t link_context_times(const struct link_context *context, const char country[3])
{
	int at = link_country_index(country);
	return at >= 0 ? context->times[at] : 0;
}

static size_t link_entries(const struct reading *r, const struct link_surface *surface,
                           struct name_entry entries[LINK_ENTRIES])
{
	if (!r->gazetteer || surface->name == UINT32_MAX)
		return 0;
	return gazetteer_entries_for(r->gazetteer, surface->name, &r->speaker, entries, LINK_ENTRIES);
}

static struct link link_to(const struct link_surface *surface, const struct name_entry *entry)
{
	struct link link = {.is_country = (entry->classes & NAME_COUNTRY) != 0, .base = surface->base};
	memcpy(link.uri, entry->uri, sizeof link.uri);
	memcpy(link.country, entry->country, sizeof link.country);
	return link;
}

/* The list does not say of every language that it calls a country so; letters mean another in each. */
static bool link_is_country_name(const struct link_surface *surface, const struct name_entry *entry)
{
	return entry->classes & NAME_COUNTRY && !(entry->is_alternative && surface->is_letters);
}

bool link_is_country(const struct reading *r, const struct link_surface *surface, struct link *link)
{
	struct name_entry entry = listed_entry(r, surface->name);
	if (!link_is_country_name(surface, &entry))
		return false;
	*link = link_to(surface, &entry);
	return true;
}

/* The entries of these classes with an id, each thing once, in their order. */
static size_t link_keep(struct name_entry *entries, size_t n, uint16_t classes)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool again = false;
		for (size_t k = 0; k < kept; k++)
			again |= strcmp(entries[k].uri, entries[i].uri) == 0;
		if (entries[i].classes & classes && entries[i].uri[0] && !again)
			entries[kept++] = entries[i];
	}
	return kept;
}

static bool link_is_much_larger(const struct name_entry *a, const struct name_entry *b)
{
	return a->weight / LINK_MUCH_LARGER >= b->weight;
}

/* Of the places in countries that the story names, the first in the country named most. */
static const struct name_entry *link_in_context(const struct link_context *context, const struct name_entry *entries,
                                                size_t n)
{
	const struct name_entry *best = NULL;
	uint16_t most = 0;
	for (size_t i = 0; i < n; i++) {
		uint16_t times = link_context_times(context, entries[i].country);
		if (times > most) {
			most = times;
			best = &entries[i];
		}
	}
	return best;
}

/* Is there no other place of that name and about that size in the same country? */
static bool link_is_alone(const struct name_entry *one, const struct name_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (&entries[i] != one && strcmp(entries[i].country, one->country) == 0 &&
		    !link_is_much_larger(one, &entries[i]))
			return false;
	return true;
}

/* Better than the first: in a country that the story names, by a name no rarer, and no village beside a great city. */
static bool link_is_nearer(const struct name_entry *near, const struct name_entry *entries, size_t n)
{
	if (near != entries &&
	    (near->is_alternative > entries[0].is_alternative || link_is_much_larger(&entries[0], near)))
		return false;
	return link_is_alone(near, entries, n);
}

/* Would a story that names other countries, or none, mean this place without a word on where it lies? */
static bool link_is_known_place(struct str language, const struct link_context *context,
                                const struct name_entry *entries, size_t n)
{
	const struct name_entry *first = &entries[0], *second = n > 1 ? &entries[1] : NULL;
	uint32_t second_weight = second ? second->weight : 0;
	bool home = gazetteer_is_at_home(language, first->country);
	uint32_t least = home && !first->is_alternative ? LINK_HOME : LINK_LARGE;
	bool state = first->classes & (NAME_CAPITAL | NAME_REGION) && !first->is_alternative;
	if (!home && context->n && !link_context_times(context, first->country))
		least = LINK_GREAT;
	if (first->weight < least && !state)
		return false;
	bool world = first->weight >= LINK_WORLD && first->weight / 2 >= second_weight;
	return !second || second->is_alternative > first->is_alternative || world || link_is_much_larger(first, second);
}

/* Is the place that the dateline gives a capital, or the only one of the name, and where the language is written? */
static bool link_is_dateline(struct str language, const struct name_entry *entries, size_t n)
{
	const struct name_entry *first = &entries[0];
	bool capital = first->classes & NAME_CAPITAL && !first->is_alternative;
	return capital || (n == 1 && !first->is_alternative && gazetteer_is_at_home(language, first->country));
}

static bool link_has_forename(const struct name_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].classes & NAME_FORENAME)
			return true;
	return false;
}

/* "Vittoria", "Florence": a small place of such a name is seldom meant; "Dijon" in French, "Basel" in German is. */
static bool link_is_no_forename(struct str language, bool forename, const struct name_entry *entry)
{
	bool home = gazetteer_is_at_home(language, entry->country) && !entry->is_alternative;
	return !forename || entry->weight >= (home ? LINK_HOME_FORENAME : LINK_LARGE);
}

static struct link link_place(struct str language, const struct link_context *context,
                              const struct link_surface *surface, struct name_entry *entries, size_t n)
{

	bool forename = link_has_forename(entries, n);
	n = link_keep(entries, n, NAME_PLACES);
	if (!n)
		return (struct link){0};
	if (link_is_country_name(surface, &entries[0]))
		return link_to(surface, &entries[0]);
	if (surface->is_dateline && link_is_dateline(language, entries, n))
		return link_to(surface, &entries[0]);
	const struct name_entry *near = link_in_context(context, entries, n);
	if (near && link_is_nearer(near, entries, n))
		return link_is_no_forename(language, forename, near) ? link_to(surface, near) : (struct link){0};
	bool known = link_is_known_place(language, context, entries, n) &&
	             link_is_no_forename(language, forename, &entries[0]);
	return known ? link_to(surface, &entries[0]) : (struct link){0};
}

/* People and organisations: only one, or nobody. */
static struct link link_only(const struct link_surface *surface, struct name_entry *entries, size_t n, uint16_t classes)
{
	n = link_keep(entries, n, classes);
	return n == 1 ? link_to(surface, &entries[0]) : (struct link){0};
}

struct link link_find(const struct reading *r, const struct link_context *context, const struct link_surface *surface)
{
	struct name_entry entries[LINK_ENTRIES];
	size_t n = link_entries(r, surface, entries);
	struct link none = {0};
	switch (surface->type) {
	case NAME_IS_PLACE:
		return link_place(r->language, context, surface, entries, n);
	case NAME_IS_PERSON:
		return surface->is_long ? link_only(surface, entries, n, NAME_PERSON) : none;
	case NAME_IS_ORGANISATION:
		return link_only(surface, entries, n, NAME_ORGANISATIONS);
	}
	return none;
}

/* --- endings ----------------------------------------------------------------------------------------------------- */

static const struct link_ending {
	const char *languages;
	struct str written, listed;
} link_endings[] = {
#define ENDING(languages, written, listed) {languages, STR_INIT(written), STR_INIT(listed)},
#include "pipeline/stages/entities/endings.def"
#undef ENDING
};
#define LINK_ENDINGS (sizeof link_endings / sizeof *link_endings)

/* The rows of a language, which stand together. */
struct link_rows {
	size_t from, to;
};

static struct link_rows link_find_rows(const struct reading *r)
{
	struct link_rows rows = {0, 0};
	for (size_t i = 0; i < LINK_ENDINGS; i = rows.to) {
		const char *languages = link_endings[i].languages;
		rows = (struct link_rows){i, i + 1};
		while (rows.to < LINK_ENDINGS && strcmp(link_endings[rows.to].languages, languages) == 0)
			rows.to++;
		if (reading_is_in(r, languages))
			return rows;
	}
	return (struct link_rows){0, 0};
}

static struct link_rows link_rows_of(const struct reading *r)
{
	struct reading_asked *asked = r->asked;
	if (!asked->has_endings) {
		struct link_rows rows = link_find_rows(r);
		asked->endings_from = (uint32_t)rows.from;
		asked->endings_to = (uint32_t)rows.to;
		asked->has_endings = true;
	}
	return (struct link_rows){asked->endings_from, asked->endings_to};
}

/* Does the listed name stand for a place? *is_own: by a name that is not just an alternative one. */
static uint32_t link_listed_place(const struct reading *r, struct str name, bool *is_own)
{
	uint32_t found = reading_find_text(r, name);
	struct name_entry entry = listed_entry(r, found);
	bool is_place = entry.classes & (NAME_COUNTRY | NAME_CAPITAL | NAME_CITY) && entry.uri[0];
	*is_own = is_place && (!entry.is_alternative || entry.classes & NAME_COUNTRY);
	return is_place ? found : UINT32_MAX;
}

/* A word with one ending instead of another; false: it does not end so, or too little is left. */
static bool link_replace(struct str word, const struct link_ending *ending, char *out, size_t *n)
{
	size_t stem = word.n - ending->written.n;
	if (word.n < ending->written.n + 3 || stem + ending->listed.n > LINK_BASE_BYTES / LINK_BASE_WORDS ||
	    !str_ends(word, ending->written))
		return false;
	memcpy(out, word.p, stem);
	memcpy(out + stem, ending->listed.p, ending->listed.n);
	*n = stem + ending->listed.n;
	return true;
}

/* A name of one word, as listed; by its own name rather than by an alternative one. */
static struct link_surface link_without_ending(const struct reading *r, struct str word)
{
	struct link_surface surface = {.name = UINT32_MAX, .type = NAME_IS_PLACE};
	char base[LINK_BASE_BYTES];
	struct link_rows rows = link_rows_of(r);
	bool is_own = false;
	size_t n;
	for (size_t i = rows.from; i < rows.to && !is_own; i++) {
		if (!link_replace(word, &link_endings[i], base, &n))
			continue;
		struct str name = arena_copy(r->arena, str_make(base, n));
		uint32_t listed = link_listed_place(r, name, &is_own);
		if (listed == UINT32_MAX || (surface.name != UINT32_MAX && !is_own))
			continue;
		surface.name = listed;
		surface.base = name;
	}
	return surface;
}

/* A name of two, each with its own ending: "Južne Koreje". */
static struct link_surface link_without_endings(const struct reading *r, struct str first, struct str second)
{
	struct link_surface surface = {.name = UINT32_MAX, .type = NAME_IS_PLACE};
	char base[2 * LINK_BASE_BYTES + 1];
	struct link_rows rows = link_rows_of(r);
	bool is_own;
	size_t n, m;
	for (size_t i = rows.from; i < rows.to && surface.name == UINT32_MAX; i++) {
		if (!link_replace(first, &link_endings[i], base, &n))
			continue;
		base[n] = ' ';
		for (size_t k = rows.from; k < rows.to && surface.name == UINT32_MAX; k++) {
			if (!link_replace(second, &link_endings[k], base + n + 1, &m))
				continue;
			surface.base = arena_copy(r->arena, str_make(base, n + 1 + m));
			surface.name = link_listed_place(r, surface.base, &is_own);
		}
	}
	return surface;
}

static bool link_is_letters(const struct reading *r, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		const struct word *w = &r->words->at[i];
		bool few = w->flags & WORD_UPPER_ALL && w->end_cp - w->start_cp <= 4;
		bool one = w->flags & WORD_UPPER_FIRST && w->end_cp - w->start_cp == 1;
		if (w->kind == WORD_LETTERS && !few && !one)
			return false;
	}
	return true;
}

/* "Москву" is in the list, too; but what it is in the nominative is what it is called. */
static bool link_is_better(const struct reading *r, const struct link_surface *base, const struct link_surface *written)
{
	struct name_entry entry = listed_entry(r, written->name), other = listed_entry(r, base->name);
	if (base->name == UINT32_MAX || written->name == UINT32_MAX)
		return base->name != UINT32_MAX;
	return entry.is_alternative || (!other.is_alternative && strcmp(entry.uri, other.uri) == 0);
}

struct link_surface link_look_up(const struct reading *r, enum name_type type, size_t first, size_t n)
{
	struct link_surface surface = {.name = UINT32_MAX, .type = type, .is_letters = link_is_letters(r, first, n)};
	if (!r->gazetteer)
		return surface;
	surface.name = reading_find(r, first, n);
	if (type != NAME_IS_PLACE || n > LINK_BASE_WORDS || surface.is_letters)
		return surface;
	if (surface.name != UINT32_MAX && !reading_has_endings(r))
		return surface;
	struct str word = words_text(r->words, first);
	struct link_surface base =
	        n == 1 ? link_without_ending(r, word) : link_without_endings(r, word, words_text(r->words, first + 1));
	return link_is_better(r, &base, &surface) ? base : surface;
}
