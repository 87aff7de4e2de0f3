/*
 * The mapped list of names: checked once as a whole, then trusted. See gazetteer.h and gazetteer_file.h.
 *
 * Finding a name costs a hash of each word and one look into the table of slots or into the filter of beginnings; only
 * where the filter knows a run of words as the beginning of a name the next word is asked for.
 */
#include "pipeline/stages/entities/gazetteer.h"

#include "pipeline/base/check.h"
#include "pipeline/base/mapped.h"
#include "pipeline/stages/entities/gazetteer_file.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* Of all that a name may stand for the likeliest; the rest are small towns of the same name. */
#define GAZETTEER_ENTRIES_MAX 64
#define GAZETTEER_NO_NAME     UINT32_MAX

struct gazetteer {
	struct mapped file;
	const struct gazetteer_file_head *head;
	const uint64_t *filter;
	const struct gazetteer_file_set *sets;
	const struct gazetteer_file_object *objects;
	const uint32_t *first_links;
	const uint32_t *links;
	const uint32_t *slots;
	const uint32_t *country_names;
	const char (*languages)[12];
	const char (*countries)[4];
	const struct gazetteer_file_name *names;
	const char *text;
};

/* --- opening -------------------------------------------------------------------------------------------------- */

static const struct mapped_kind gazetteer_kind = {
        .name = "list of names",
        .magic = GAZETTEER_FILE_MAGIC,
        .version = GAZETTEER_FILE_VERSION,
        .head_bytes = sizeof(struct gazetteer_file_head),
        .bytes_max = GAZETTEER_FILE_BYTES_MAX,
        .bytes_at = offsetof(struct gazetteer_file_head, bytes),
        .checksum_at = offsetof(struct gazetteer_file_head, checksum),
};

/* The next part of the file; too long: `left` becomes SIZE_MAX and stays it. */
static const void *gazetteer_part(const char **at, size_t *left, size_t count, size_t size)
{
	const char *part = *at;
	if (*left == SIZE_MAX || count > *left / size) {
		*left = SIZE_MAX;
		return part;
	}
	*at += count * size;
	*left -= count * size;
	return part;
}

/* Parts where the head says they are, and no byte too few or too many. */
static bool gazetteer_lay_out(struct gazetteer *g)
{
	const struct gazetteer_file_head *head = g->head;
	if (head->n_languages > GAZETTEER_FILE_LANGUAGES_MAX || head->n_countries > GAZETTEER_FILE_COUNTRIES_MAX)
		return false;
	const char *at = (const char *)(head + 1);
	size_t left = g->file.n - sizeof(*head), names = (size_t)head->n_languages * head->n_countries;
	g->filter = gazetteer_part(&at, &left, head->n_filter, sizeof(*g->filter));
	g->sets = gazetteer_part(&at, &left, head->n_sets, sizeof(*g->sets));
	g->objects = gazetteer_part(&at, &left, head->n_objects, sizeof(*g->objects));
	g->first_links = gazetteer_part(&at, &left, (size_t)head->n_linked + 1, sizeof(*g->first_links));
	g->links = gazetteer_part(&at, &left, head->n_links, sizeof(*g->links));
	g->slots = gazetteer_part(&at, &left, head->n_slots, sizeof(*g->slots));
	g->country_names = gazetteer_part(&at, &left, names, sizeof(*g->country_names));
	g->languages = gazetteer_part(&at, &left, head->n_languages, sizeof(*g->languages));
	g->countries = gazetteer_part(&at, &left, head->n_countries, sizeof(*g->countries));
	g->names = gazetteer_part(&at, &left, head->n_names, sizeof(*g->names));
	g->text = gazetteer_part(&at, &left, head->n_text, 1);
	return left == 0;
}

/* Numbers of sets and objects exist; links are in the order of their names. */
static bool gazetteer_links_are_sound(const struct gazetteer *g)
{
	const struct gazetteer_file_head *head = g->head;
	if (head->n_linked > head->n_names || g->first_links[0] != 0 || g->first_links[head->n_linked] != head->n_links)
		return false;
	for (size_t i = 0; i < head->n_linked; i++) {
		if (g->first_links[i] > g->first_links[i + 1])
			return false;
	}
	for (size_t i = 0; i < head->n_links; i++) {
		uint32_t set = g->links[i] & ((1U << GAZETTEER_FILE_SET_BITS) - 1);
		if (set >= head->n_sets || g->links[i] >> GAZETTEER_FILE_SET_BITS >= head->n_objects)
			return false;
	}
	for (size_t i = 0; i < head->n_objects; i++) {
		if (g->objects[i].country > head->n_countries || g->objects[i].scheme > GAZETTEER_FILE_GEONAMES)
			return false;
	}
	return true;
}

/* A table without a free slot would be searched for ever. */
static bool gazetteer_slots_are_sound(const struct gazetteer *g)
{
	size_t n_free = 0;
	for (size_t i = 0; i < g->head->n_slots; i++) {
		n_free += g->slots[i] == 0;
		if (g->slots[i] >> GAZETTEER_FILE_CHECK_BITS > g->head->n_names)
			return false;
	}
	return n_free > g->head->n_slots / 8 && g->head->n_filter > 0;
}

static bool gazetteer_text_is_sound(const struct gazetteer *g)
{
	const struct gazetteer_file_head *head = g->head;
	if (head->n_text == 0 || g->text[0] || g->text[head->n_text - 1])
		return false;
	for (size_t i = 0; i < (size_t)head->n_languages * head->n_countries; i++) {
		if (g->country_names[i] >= head->n_text)
			return false;
	}
	for (size_t i = 0; i < head->n_languages; i++) {
		if (!memchr(g->languages[i], 0, sizeof(g->languages[i])))
			return false;
	}
	for (size_t i = 0; i < head->n_countries; i++) {
		if (strnlen(g->countries[i], sizeof(g->countries[i])) != 2)
			return false;
	}
	return true;
}

static bool gazetteer_check(struct gazetteer *g, const char *path, struct err *err)
{
	g->head = g->file.p;
	if (!gazetteer_lay_out(g) || !gazetteer_links_are_sound(g) || !gazetteer_slots_are_sound(g) ||
	    !gazetteer_text_is_sound(g))
		return err_set(err, "the list of names '%s' is damaged: its parts do not fit together", path);
	return true;
}

struct gazetteer *gazetteer_open(const char *path, struct err *err)
{
	struct gazetteer *g = calloc(1, sizeof(*g));
	if (!g)
		check_panic("out of memory");
	if (!mapped_open(&g->file, &gazetteer_kind, path, err) || !gazetteer_check(g, path, err))
		gazetteer_close(&g);
	return g;
}

void gazetteer_close(struct gazetteer **gazetteer)
{
	struct gazetteer *g = *gazetteer;
	*gazetteer = NULL;
	if (g)
		mapped_close(&g->file);
	free(g);
}

/* --- finding names -------------------------------------------------------------------------------------------- */

/*
 * Hashes of words, made some words ahead, so that the places where they will be looked for are on their way from memory
 * by then. The ring holds what a name may need behind its first word, and what is made ahead of that.
 */
#define GAZETTEER_AHEAD 24
#define GAZETTEER_RING  64
_Static_assert(GAZETTEER_NAME_WORDS + GAZETTEER_AHEAD < GAZETTEER_RING, "the ring is too small");

struct gazetteer_reader {
	const struct gazetteer *g;
	const struct words *words;
	size_t made; /* hashes of words before it are in the ring */
	uint64_t hashes[GAZETTEER_RING];
};

static bool gazetteer_is_small(const struct word *word)
{
	return word->kind == WORD_LETTERS && !(word->flags & (WORD_UPPER_FIRST | WORD_CASELESS));
}

static void gazetteer_make_hash(struct gazetteer_reader *reader)
{
	const struct gazetteer *g = reader->g;
	bool is_small = gazetteer_is_small(&reader->words->at[reader->made]);
	uint64_t hash = gazetteer_file_word(words_text(reader->words, reader->made));
	uint64_t run = gazetteer_file_join(0, hash);
	reader->hashes[reader->made++ % GAZETTEER_RING] = hash;
	/* Of a small word the filter is asked first, and most are not in it. */
	if (is_small)
		run ^= GAZETTEER_FILE_SMALL;
	else
		__builtin_prefetch(&g->slots[gazetteer_file_slot(run, g->head->n_slots)]);
	__builtin_prefetch(&g->filter[gazetteer_file_filter(run, g->head->n_filter).at]);
}

/* Hash of a word, which is not before the one asked for last but for the words of a name. */
static uint64_t gazetteer_hash(struct gazetteer_reader *reader, size_t word)
{
	while (reader->made <= word + GAZETTEER_AHEAD && reader->made < reader->words->n)
		gazetteer_make_hash(reader);
	return reader->hashes[word % GAZETTEER_RING];
}

/* A run of words as it is compared with names. */
struct gazetteer_run {
	uint64_t hash;
	uint8_t capitals;
	bool all_capitals; /* of all its words of two letters or more, of which there is one */
	bool has_small;    /* a word of two letters or more that is not all capitals */
};

static void gazetteer_run_add(struct gazetteer_run *run, const struct word *word, size_t n, uint64_t hash)
{
	run->hash = gazetteer_file_join(run->hash, hash);
	if (n < 8 && word->flags & WORD_UPPER_FIRST)
		run->capitals |= (uint8_t)(1U << n);
	if (word->kind != WORD_LETTERS || word->end_cp - word->start_cp < 2)
		return;
	run->all_capitals = !run->has_small && word->flags & WORD_UPPER_ALL;
	run->has_small |= !(word->flags & WORD_UPPER_ALL);
}

/*
 * How well a name's capitals fit: 0 not at all. Words of the name that have one must have it in the text. A short form
 * stands in capitals, and capitals are a short form rather than a name that is shouted.
 */
static unsigned gazetteer_fit(const struct gazetteer_file_name *name, const struct gazetteer_run *run)
{
	if ((name->capitals & ~run->capitals) != 0)
		return 0;
	if (name->classes & NAME_ACRONYM)
		return run->has_small ? 0 : 2;
	return run->all_capitals ? 1 : 2 + (name->capitals == run->capitals);
}

/* The best fitting name that is this run of words. */
static uint32_t gazetteer_name_of(const struct gazetteer *g, const struct gazetteer_run *run)
{
	uint32_t check = gazetteer_file_slot_check(run->hash), found = GAZETTEER_NO_NAME;
	uint8_t name_check = gazetteer_file_name_check(run->hash);
	uint32_t at = gazetteer_file_slot(run->hash, g->head->n_slots);
	for (unsigned best = 0; g->slots[at]; at = at + 1 == g->head->n_slots ? 0 : at + 1) {
		if ((g->slots[at] & ((1U << GAZETTEER_FILE_CHECK_BITS) - 1)) != check)
			continue;
		uint32_t number = (g->slots[at] >> GAZETTEER_FILE_CHECK_BITS) - 1;
		if (g->names[number].check != name_check)
			continue;
		unsigned fit = gazetteer_fit(&g->names[number], run);
		if (fit > best) {
			best = fit;
			found = number;
		}
	}
	return found;
}

static bool gazetteer_begins(const struct gazetteer *g, uint64_t hash)
{
	struct gazetteer_file_filter filter = gazetteer_file_filter(hash, g->head->n_filter);
	return (g->filter[filter.at] & filter.bits) == filter.bits;
}

/* The longest name from a word on, whose hash is given; found->n is 0 if there is none. */
static void gazetteer_longest(struct gazetteer_reader *reader, size_t first, uint64_t hash, struct name_match *found)
{
	const struct gazetteer *g = reader->g;
	const struct words *words = reader->words;
	struct gazetteer_run run = {0};
	found->n = 0;
	for (size_t n = 0;; n++) {
		gazetteer_run_add(&run, &words->at[first + n], n, hash);
		uint32_t name = gazetteer_name_of(g, &run);
		if (name != GAZETTEER_NO_NAME)
			*found = (struct name_match){(uint32_t)first, (uint32_t)n + 1, g->names[name].classes, name};
		if (n + 1 == GAZETTEER_NAME_WORDS || first + n + 1 == words->n || !gazetteer_begins(g, run.hash) ||
		    words->at[first + n + 1].flags & WORD_PARAGRAPH)
			return;
		hash = gazetteer_hash(reader, first + n + 1);
	}
}

/* Where names cannot begin: at signs, and at small letters but for a few words that the filter knows. */
static bool gazetteer_may_begin(const struct gazetteer *g, const struct word *word, uint64_t hash)
{
	if (gazetteer_is_small(word))
		return gazetteer_begins(g, gazetteer_file_join(0, hash) ^ GAZETTEER_FILE_SMALL);
	return word->kind != WORD_SIGN;
}

/*
 * Arabic writes some prepositions and the conjunction as letters before the word: wa-, fa-, bi-, ka-, li-; the last
 * swallows the article's first letter. What is left of the word, in `out` if it had to be put together; empty: none.
 */
static struct str gazetteer_arabic_rest(struct str word, char *out, size_t room)
{
	static const char *const letters[] = {"\xd9\x88", "\xd9\x81", "\xd8\xa8", "\xd9\x83", "\xd9\x84"};
	static const char alif[] = "\xd8\xa7", lam[] = "\xd9\x84";
	if (word.n < 8)
		return (struct str){0};
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (memcmp(word.p, letters[i], 2) != 0)
			continue;
		bool is_article = letters[i][1] == lam[1] && letters[i][0] == lam[0] && memcmp(word.p + 2, lam, 2) == 0;
		if (!is_article || word.n > room)
			return str_slice(word, 2, word.n);
		memcpy(out, word.p, word.n);
		memcpy(out, alif, 2);
		return str_make(out, word.n);
	}
	return (struct str){0};
}

static void gazetteer_longest_arabic(struct gazetteer_reader *reader, size_t first, struct name_match *found)
{
	char put_together[96];
	struct str word = words_text(reader->words, first);
	unsigned char lead = (unsigned char)word.p[0];
	if (lead != 0xd8 && lead != 0xd9)
		return;
	struct str rest = gazetteer_arabic_rest(word, put_together, sizeof(put_together));
	if (rest.n)
		gazetteer_longest(reader, first, gazetteer_file_word(rest), found);
}

size_t gazetteer_match(const struct gazetteer *gazetteer, const struct words *words, struct name_match *out,
                       size_t most)
{
	size_t n = 0;
	struct name_match found;
	struct gazetteer_reader reader = {.g = gazetteer, .words = words};
	for (size_t i = 0; i < words->n && n < most;) {
		uint64_t hash = gazetteer_hash(&reader, i);
		found.n = 0;
		if (hash && gazetteer_may_begin(gazetteer, &words->at[i], hash))
			gazetteer_longest(&reader, i, hash, &found);
		if (!found.n && words->at[i].flags & WORD_CASELESS)
			gazetteer_longest_arabic(&reader, i, &found);
		if (found.n)
			out[n++] = found;
		i += found.n ? found.n : 1;
	}
	return n;
}

uint32_t gazetteer_find(const struct gazetteer *gazetteer, const struct words *words, size_t first, size_t n)
{
	struct gazetteer_run run = {0};
	CHECK(first <= words->n && n <= words->n - first);
	if (n == 0 || n > GAZETTEER_NAME_WORDS)
		return GAZETTEER_NO_NAME;
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = gazetteer_file_word(words_text(words, first + i));
		if (!hash)
			return GAZETTEER_NO_NAME;
		gazetteer_run_add(&run, &words->at[first + i], i, hash);
	}
	return gazetteer_name_of(gazetteer, &run);
}

/* --- what a name may stand for -------------------------------------------------------------------------------- */

/* Order of a tag of the list and a wanted one, letters' case aside. */
static int gazetteer_compare_tag(const void *wanted, const void *listed)
{
	const struct str *tag = wanted;
	const char *text = listed;
	int order = strncasecmp(tag->p, text, tag->n);
	return order ? order : -(text[tag->n] != 0);
}

/* Place of a tag in the list of languages, or of what is left of it when subtags are taken off; n_languages: none. */
static uint32_t gazetteer_language(const struct gazetteer *g, struct str tag)
{
	const size_t size = sizeof(g->languages[0]);
	while (tag.n > 0) {
		const char(*found)[12] = NULL;
		if (tag.n < size)
			found = bsearch(&tag, g->languages, g->head->n_languages, size, gazetteer_compare_tag);
		if (found)
			return (uint32_t)(found - g->languages);
		while (tag.n > 0 && tag.p[tag.n - 1] != '-')
			tag.n--;
		tag.n -= tag.n > 0;
	}
	return g->head->n_languages;
}

/* Where a language is written most: a place there is meant rather than one of the same name elsewhere. */
/* clang-format off */
static const char *const gazetteer_home_rows[] = {
	"ar EG SA IQ SY JO LB AE MA DZ TN SD YE", "bn BD IN", "de DE AT CH", "en US GB CA AU NZ IE",
	"es ES MX AR CO CL PE VE EC BO UY PY CU", "fr FR BE CH CA", "id ID", "ms MY SG BN", "nb NO", "nn NO",
	"no NO", "da DK", "sv SE FI", "fi FI", "et EE", "lv LV", "lt LT", "pl PL", "cs CZ", "sk SK", "hu HU",
	"hr HR BA", "bs BA", "sr RS BA ME", "sl SI", "mk MK", "bg BG", "ro RO MD", "el GR CY", "tr TR", "it IT CH",
	"nl NL BE", "pt PT BR", "ru RU", "uk UA", "be BY", "kk KZ", "ja JP", "ko KR KP", "zh CN TW HK", "th TH",
	"vi VN", "hi IN", "fa IR AF", "he IL", "ur PK IN", "sw TZ KE", "fil PH", "tl PH", "is IS",
};
/* clang-format on */

/* The countries of a language, as " CC CC"; empty: not known. */
static const char *gazetteer_homes(struct str language)
{
	size_t n = str_index(language, '-', 0);
	for (size_t i = 0; n > 0 && i < sizeof(gazetteer_home_rows) / sizeof(gazetteer_home_rows[0]); i++) {
		const char *row = gazetteer_home_rows[i];
		if (strncasecmp(row, language.p, n) == 0 && row[n] == ' ')
			return row + n;
	}
	return "";
}

static bool gazetteer_is_home(const char *homes, const char *country)
{
	for (; *homes && country[0]; homes += 3) {
		if (homes[1] == country[0] && homes[2] == country[1])
			return true;
	}
	return false;
}

bool gazetteer_is_at_home(struct str language, const char country[3])
{
	return gazetteer_is_home(gazetteer_homes(language), country);
}

struct gazetteer_ranked {
	struct name_entry entry;
	float score;
};

/* How a link's set of languages goes with the story's. */
enum gazetteer_tongue { TONGUE_OWN, TONGUE_FAMOUS, TONGUE_UNKNOWN, TONGUE_OTHER };

static enum gazetteer_tongue gazetteer_tongue(const struct gazetteer *g, uint32_t set, uint32_t language)
{
	if (set == GAZETTEER_FILE_SET_OWN)
		return TONGUE_OWN;
	if (set == GAZETTEER_FILE_SET_FAMOUS)
		return TONGUE_FAMOUS;
	if (set == GAZETTEER_FILE_SET_ALTERNATIVE || language == g->head->n_languages)
		return TONGUE_UNKNOWN;
	return g->sets[set].languages[language / 64] >> (language % 64) & 1 ? TONGUE_OWN : TONGUE_OTHER;
}

/*
 * Points are doublings: a place has the logarithm of its people, so that a country stands before every capital, a
 * capital before a city of sixty times its size, and a city before a state thirty times as large. Towns are seldom in
 * the news.
 */
static float gazetteer_points(uint16_t classes, uint32_t weight)
{
	float people = log2f((float)weight + 1);
	if (classes & NAME_COUNTRY)
		return 36;
	if (classes & (NAME_PERSON | NAME_BODY))
		return 32;
	if (classes & NAME_CAPITAL)
		return people + 6;
	if (classes & (NAME_CITY | NAME_TOWN))
		return classes & NAME_TOWN ? people - 4 : people;
	if (classes & NAME_REGION)
		return weight ? people - 5 : 31;
	if (classes & NAME_PARTY)
		return 12 + (float)weight / 10;
	return classes & (NAME_COMPANY | NAME_MEDIA) ? 20 : classes & (NAME_UNIVERSITY | NAME_CLUB) ? 12 : 4;
}

/*
 * A name that is another language's weighs less, a short form of another language next to nothing ("AS" is the United
 * States in Indonesian only). Where no language is known for a name, as for most alternative names of cities, it may
 * well be a transcription: a city must be 256 times as large to be meant by it rather than by an own name.
 */
static float gazetteer_score(const struct name_entry *entry, enum gazetteer_tongue tongue, bool is_acronym,
                             const char *homes)
{
	float score = gazetteer_points(entry->classes, entry->weight);
	if (!(entry->classes & NAME_TOWN) && gazetteer_is_home(homes, entry->country))
		score += entry->classes & NAME_PARTY ? 8 : 2;
	if (tongue == TONGUE_FAMOUS)
		score += 6;
	if (tongue == TONGUE_OTHER)
		score -= is_acronym ? 28 : entry->classes & NAME_COUNTRY ? 18 : 6;
	if (tongue == TONGUE_UNKNOWN && !(entry->classes & NAME_COUNTRY))
		score -= entry->classes & NAME_CAPITAL ? 11 : 8;
	if (tongue == TONGUE_UNKNOWN && is_acronym)
		score -= 6;
	return score;
}

static struct name_entry gazetteer_entry(const struct gazetteer *g, const struct gazetteer_file_object *object)
{
	struct name_entry entry = {.classes = object->classes, .weight = object->weight};
	if (object->scheme == GAZETTEER_FILE_WIKIDATA)
		snprintf(entry.uri, sizeof(entry.uri), "http://www.wikidata.org/entity/Q%u", object->number);
	else if (object->scheme == GAZETTEER_FILE_GEONAMES)
		snprintf(entry.uri, sizeof(entry.uri), "https://sws.geonames.org/%u/", object->number);
	if (object->country < g->head->n_countries)
		memcpy(entry.country, g->countries[object->country], sizeof(entry.country));
	return entry;
}

/* Likeliest first; of equals the one that stands first in the file. */
static void gazetteer_insert(struct gazetteer_ranked *ranked, size_t *n, size_t most, struct gazetteer_ranked one)
{
	size_t at = *n;
	while (at > 0 && ranked[at - 1].score < one.score)
		at--;
	if (at == most)
		return;
	size_t behind = (*n < most ? *n : most - 1) - at;
	memmove(&ranked[at + 1], &ranked[at], behind * sizeof(*ranked));
	ranked[at] = one;
	*n += *n < most;
}

/* What the lists say of a name without saying which one it is: a surname, a forename. */
static void gazetteer_add_rest(const struct gazetteer_file_name *name, struct gazetteer_ranked *ranked, size_t *n)
{
	uint16_t rest = name->classes & (uint16_t)~NAME_ACRONYM;
	for (size_t i = 0; i < *n; i++)
		rest &= (uint16_t)~ranked[i].entry.classes;
	if (rest)
		gazetteer_insert(ranked, n, GAZETTEER_ENTRIES_MAX,
		                 (struct gazetteer_ranked){.entry = {.classes = rest}, .score = 0});
}

size_t gazetteer_entries(const struct gazetteer *gazetteer, uint32_t name, struct str language, struct name_entry *out,
                         size_t most)
{
	const struct gazetteer *g = gazetteer;
	struct gazetteer_ranked ranked[GAZETTEER_ENTRIES_MAX];
	size_t n = 0;
	CHECK(name < g->head->n_names);
	uint32_t place = gazetteer_language(g, language), first = 0, end = 0;
	bool is_acronym = g->names[name].classes & NAME_ACRONYM;
	const char *homes = gazetteer_homes(language);
	if (name < g->head->n_linked) {
		first = g->first_links[name];
		end = g->first_links[name + 1];
	}
	for (uint32_t i = first; i < end; i++) {
		uint32_t set = g->links[i] & ((1U << GAZETTEER_FILE_SET_BITS) - 1);
		enum gazetteer_tongue tongue = gazetteer_tongue(g, set, place);
		struct gazetteer_ranked one = {
		        .entry = gazetteer_entry(g, &g->objects[g->links[i] >> GAZETTEER_FILE_SET_BITS])};
		one.entry.is_alternative = set == GAZETTEER_FILE_SET_ALTERNATIVE || tongue == TONGUE_OTHER;
		one.score = gazetteer_score(&one.entry, tongue, is_acronym, homes);
		gazetteer_insert(ranked, &n, GAZETTEER_ENTRIES_MAX, one);
	}
	gazetteer_add_rest(&g->names[name], ranked, &n);
	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		out[i] = ranked[i].entry;
	return n;
}

static int gazetteer_compare_country(const void *a, const void *b)
{
	return memcmp(a, b, 2);
}

struct str gazetteer_country_name(const struct gazetteer *gazetteer, const char country[3], struct str language)
{
	const struct gazetteer_file_head *head = gazetteer->head;
	uint32_t place = gazetteer_language(gazetteer, language);
	const char(*found)[4] = bsearch(country, gazetteer->countries, head->n_countries,
	                                sizeof(gazetteer->countries[0]), gazetteer_compare_country);
	if (!found || place == head->n_languages)
		return (struct str){0};
	size_t cell = (size_t)place * head->n_countries + (size_t)(found - gazetteer->countries);
	return str_of(gazetteer->text + gazetteer->country_names[cell]);
}
