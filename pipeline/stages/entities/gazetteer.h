/*
 * The gazetteer: names of places, organisations and people, what they may stand for, and the ids of some of them.
 *
 * A list is a feature, never a decision: a name in it may be a word ("Bild", "Time", "Will"), or many things. The
 * tagger reads the classes of the names that a story's words match; the linker asks what a name that was found may
 * stand for. One file, mapped read-only, shared by all lanes; how it is built is said in gazetteer_file.h, its maker is
 * tools/make-gazetteer, its sources and their licences are in GAZETTEER.md.
 */
#ifndef WIREDESK_ENTITIES_GAZETTEER_H
#define WIREDESK_ENTITIES_GAZETTEER_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"
#include "pipeline/stages/entities/words.h"

#include <stdint.h>

/* What a name may be; a set of bits, since many names are several things. */
enum name_class {
	NAME_COUNTRY = 1 << 0,
	NAME_CAPITAL = 1 << 1,
	NAME_CITY = 1 << 2,   /* more than 15,000 people */
	NAME_TOWN = 1 << 3,   /* fewer */
	NAME_REGION = 1 << 4, /* states, provinces, continents */
	NAME_COMPANY = 1 << 5,
	NAME_MEDIA = 1 << 6, /* news agencies, newspapers, broadcasters */
	NAME_PARTY = 1 << 7,
	NAME_CLUB = 1 << 8,
	NAME_UNIVERSITY = 1 << 9,
	NAME_BODY = 1 << 10, /* international organisations, ministries, authorities */
	NAME_FORENAME = 1 << 11,
	NAME_SURNAME = 1 << 12,
	NAME_PERSON = 1 << 13, /* a whole name */
	NAME_DEMONYM = 1 << 14,
	NAME_ACRONYM = 1 << 15, /* with one of the others: a short form */
};
#define NAME_PLACES        (NAME_COUNTRY | NAME_CAPITAL | NAME_CITY | NAME_TOWN | NAME_REGION)
#define NAME_ORGANISATIONS (NAME_COMPANY | NAME_MEDIA | NAME_PARTY | NAME_CLUB | NAME_UNIVERSITY | NAME_BODY)

struct gazetteer;

/* Maps and checks the file; any thread may ask what is open. NULL with err set: not there, not readable, another
 * version, or damaged. */
struct gazetteer *gazetteer_open(const char *path, struct err *err);
void gazetteer_close(struct gazetteer **gazetteer);

/* A run of words that is a name in the list. */
struct name_match {
	uint32_t first, n; /* words */
	uint16_t classes;  /* of all that it may be */
	uint32_t name;     /* for gazetteer_entries */
};

/* What the list knows of a word by its letters alone: found out in two steps, so that the first asks the memory for
 * what the second needs. */
struct gazetteer_word {
	uint64_t hash; /* 0: no name has such a word */
	uint32_t name; /* that is just the word; UINT32_MAX: none */
	bool begins;   /* may a name begin with it? */
	bool goes_on;  /* and be longer? */
};
void gazetteer_word_want(const struct gazetteer *gazetteer, const struct words *words, size_t i,
                         struct gazetteer_word *out);
void gazetteer_word_look(const struct gazetteer *gazetteer, const struct words *words, size_t i,
                         struct gazetteer_word *out);

/*
 * The longest matches from left to right, not overlapping, of the words from a place on; matches are case-sensitive but
 * for texts and names in capitals. Writes at most `most`, returns how many. Names have at most GAZETTEER_NAME_WORDS
 * (where each character is a word: a dozen characters are one name).
 */
#define GAZETTEER_NAME_WORDS 16
size_t gazetteer_match(const struct gazetteer *gazetteer, const struct words *words, struct name_match *out,
                       size_t most);
/* The same, of words that are known by themselves. */
size_t gazetteer_match_known(const struct gazetteer *gazetteer, const struct words *words,
                             const struct gazetteer_word *known, struct name_match *out, size_t most);

/* One thing that a name may stand for. */
struct name_entry {
	uint16_t classes;
	char uri[48];        /* Wikidata for countries, people, bodies; GeoNames for cities and states; empty: no id */
	char country[3];     /* ISO 3166-1, or empty */
	uint32_t weight;     /* population, or what the list gives; 0: none */
	bool is_alternative; /* a name of another language, or a rare one: weighs less than a name of the story's own */
};

/* All that a name (name_match.name, or gazetteer_find of a text) may stand for, likeliest first for a story in that
 * language (BCP 47; empty: unknown) if nothing else is known. Writes at most `most`, returns how many. */
size_t gazetteer_entries(const struct gazetteer *gazetteer, uint32_t name, struct str language, struct name_entry *out,
                         size_t most);

/* The same where many names are asked for: what the list knows of the language is found out once. */
struct gazetteer_speaker {
	uint32_t language;
	const char *homes;
};
struct gazetteer_speaker gazetteer_speaker(const struct gazetteer *gazetteer, struct str language);
size_t gazetteer_entries_for(const struct gazetteer *gazetteer, uint32_t name, const struct gazetteer_speaker *speaker,
                             struct name_entry *out, size_t most);

/* Classes of the name that a text of one word is, which begins with a capital; 0: it is none. */
uint16_t gazetteer_classes(const struct gazetteer *gazetteer, struct str word);

/* The name that is just these words; UINT32_MAX: none. */
uint32_t gazetteer_find(const struct gazetteer *gazetteer, const struct words *words, size_t first, size_t n);

/* The same of words that are known by themselves. */
uint32_t gazetteer_find_known(const struct gazetteer *gazetteer, const struct words *words,
                              const struct gazetteer_word *known, size_t first, size_t n);

/* Is the country one of those where the language is written most? */
bool gazetteer_is_at_home(struct str language, const char country[3]);

/* The usual full name of a country in a language ("US", "id" → Amerika Serikat), a part of the mapped file until
 * gazetteer_close; empty: not known. */
struct str gazetteer_country_name(const struct gazetteer *gazetteer, const char country[3], struct str language);

#endif
