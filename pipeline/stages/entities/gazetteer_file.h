/*
 * The file of names, in the order of its parts; little-endian, each part where the one before it ends.
 *
 *     struct gazetteer_file_head
 *     uint64_t × n_filter                      beginnings of names, see gazetteer_file_filter
 *     struct gazetteer_file_set × n_sets       sets of languages; the first three are unused
 *     struct gazetteer_file_object × n_objects
 *     uint32_t × n_linked + 1                  where a name's links begin; they end where the next one's do
 *     uint32_t × n_links                       GAZETTEER_FILE_SET_BITS of set, above them the object
 *     uint32_t × n_slots                       open addressing, linear; 0: free, else GAZETTEER_FILE_CHECK_BITS of the
 *                                              hash, above them the name's number plus one
 *     uint32_t × n_languages × n_countries     a country's name in a language: where it stands in the text; 0: none
 *     char[12] × n_languages                   tags, ascending with case aside, NUL behind them
 *     char[4] × n_countries                    ISO 3166-1, ascending, NUL behind them
 *     struct gazetteer_file_name × n_names     the first n_linked have links
 *     char × n_text                            ends in NUL, as each text in it does; begins with one
 *
 * Of a name no more than a hash of its words is kept, each folded to small letters, and which of them have capitals.
 * Twenty bits of the hash and its place in the table tell names apart: one run of words in a million is taken for a
 * name that it is not.
 */
#ifndef WIREDESK_ENTITIES_GAZETTEER_FILE_H
#define WIREDESK_ENTITIES_GAZETTEER_FILE_H

#include "pipeline/stages/entities/words.h"

#include <stdint.h>

#define GAZETTEER_FILE_MAGIC         "WDNAMES\n"
#define GAZETTEER_FILE_VERSION       1
#define GAZETTEER_FILE_BYTES_MAX     (16 * 1024 * 1024)
#define GAZETTEER_FILE_COUNTRIES_MAX 255
#define GAZETTEER_FILE_LANGUAGES_MAX 384
#define GAZETTEER_FILE_CHECK_BITS    12
#define GAZETTEER_FILE_SET_BITS      14
#define GAZETTEER_FILE_WORD_BYTES    96 /* a longer word is in no name */

/*
 * Instead of a set of languages: a name that is good in every language, one of which no language is known, and one that
 * is good in every language and means this one where nothing else is said.
 */
#define GAZETTEER_FILE_SET_OWN         0
#define GAZETTEER_FILE_SET_ALTERNATIVE 1
#define GAZETTEER_FILE_SET_FAMOUS      2
#define GAZETTEER_FILE_SETS_NAMED      3

struct gazetteer_file_head {
	char magic[8];
	uint32_t version;
	uint32_t n_filter, n_sets, n_objects, n_linked, n_links, n_slots, n_languages, n_countries, n_names, n_text;
	uint32_t unused;
	uint64_t bytes;    /* of the file */
	uint64_t checksum; /* XXH3 of the file with zeros in this place */
};

struct gazetteer_file_set {
	uint64_t languages[GAZETTEER_FILE_LANGUAGES_MAX / 64];
};

/* Whose number an object's is. */
enum gazetteer_file_scheme { GAZETTEER_FILE_NO_ID, GAZETTEER_FILE_WIKIDATA, GAZETTEER_FILE_GEONAMES };

struct gazetteer_file_object {
	uint32_t number;
	uint32_t weight;
	uint16_t classes;
	uint8_t country; /* place in the list of countries; n_countries: none */
	uint8_t scheme;
};

struct gazetteer_file_name {
	uint16_t classes;
	uint8_t capitals; /* which of the first eight words begin with a capital */
	uint8_t check;    /* of the hash */
};

/* A character as names are compared. */
uint32_t gazetteer_file_fold(uint32_t c);
/* Hash of one word, folded; 0: no name has such a word (too long). */
uint64_t gazetteer_file_word(struct str word);
/* Hash of a run of words out of that of the run without the last word, which is 0 for the first. */
uint64_t gazetteer_file_join(uint64_t before, uint64_t word);

/*
 * Arabic writes some prepositions and the conjunction as a letter before the word: wa-, fa-, bi-, ka-, li-. Its bytes,
 * if the word may have one; else 0.
 */
size_t gazetteer_file_proclitic(struct str word);
/* Where li- has swallowed the first letter of the article: the word with it and without li-, put together in `out`.
 * Empty: there is no article, or no room. */
struct str gazetteer_file_article(struct str word, char *out, size_t room);

/*
 * The filter knows the beginnings of names: each run of words that a longer name begins with, and, salted with
 * GAZETTEER_FILE_SMALL, the first words of those names that begin with a small letter.
 */
#define GAZETTEER_FILE_SMALL UINT64_C(0x5bd1e9955bd1e995)

struct gazetteer_file_filter {
	uint32_t at;   /* place in the filter */
	uint64_t bits; /* all of them are set if the run is known */
};

static inline struct gazetteer_file_filter gazetteer_file_filter(uint64_t hash, uint32_t n_filter)
{
	uint64_t mixed = hash * UINT64_C(0x9e3779b97f4a7c15);
	return (struct gazetteer_file_filter){.at = (uint32_t)(((mixed >> 32) * n_filter) >> 32),
	                                      .bits = UINT64_C(1) << (mixed & 63) | UINT64_C(1) << (mixed >> 6 & 63)};
}

static inline uint32_t gazetteer_file_slot(uint64_t hash, uint32_t n_slots)
{
	return (uint32_t)(((hash >> 32) * n_slots) >> 32);
}

static inline uint32_t gazetteer_file_slot_check(uint64_t hash)
{
	return (uint32_t)hash & ((1U << GAZETTEER_FILE_CHECK_BITS) - 1);
}

static inline uint8_t gazetteer_file_name_check(uint64_t hash)
{
	return (uint8_t)(hash >> GAZETTEER_FILE_CHECK_BITS);
}

#endif
