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

/* Parts where the head says they are, and no byte too few or too many. */
static bool gazetteer_lay_out(struct gazetteer *g)
{
	const struct gazetteer_file_head *head = g->head;
	if (head->n_languages > GAZETTEER_FILE_LANGUAGES_MAX || head->n_countries > GAZETTEER_FILE_COUNTRIES_MAX)
		return false;
	const char *at = (const char *)(head + 1);
	size_t left = g->file.n - sizeof(*head), names = (size_t)head->n_languages * head->n_countries;
	g->filter = mapped_part(&at, &left, head->n_filter, sizeof(*g->filter));
	g->sets = mapped_part(&at, &left, head->n_sets, sizeof(*g->sets));
	g->objects = mapped_part(&at, &left, head->n_objects, sizeof(*g->objects));
	g->first_links = mapped_part(&at, &left, (size_t)head->n_linked + 1, sizeof(*g->first_links));
	g->links = mapped_part(&at, &left, head->n_links, sizeof(*g->links));
	g->slots = mapped_part(&at, &left, head->n_slots, sizeof(*g->slots));
	g->country_names = mapped_part(&at, &left, names, sizeof(*g->country_names));
	g->languages = mapped_part(&at, &left, head->n_languages, sizeof(*g->languages));
	g->countries = mapped_part(&at, &left, head->n_countries, sizeof(*g->countries));
	g->names = mapped_part(&at, &left, head->n_names, sizeof(*g->names));
	g->text = mapped_part(&at, &left, head->n_text, 1);
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

/* How many words before one is looked at what a longer name needs is asked for. */
#define GAZETTEER_AHEAD 8

struct gazetteer_reader {
	const struct gazetteer *g;
	const struct words *words;
	const struct gazetteer_word *known; /* NULL: is found out */
};

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

/* Where names cannot begin: at signs, and at small letters but for a few words that the filter knows. */
static bool gazetteer_may_begin(const struct gazetteer *g, const struct word *word, uint64_t hash)
{
	if (words_is_small(word))
		return gazetteer_begins(g, gazetteer_file_join(0, hash) ^ GAZETTEER_FILE_SMALL);
	return word->kind != WORD_SIGN;
}

/* Of a word whose hash is known. */
static void gazetteer_look(const struct gazetteer *g, const struct word *word, struct gazetteer_word *out)
{
	struct gazetteer_run run = {0};
	out->name = GAZETTEER_NO_NAME;
	out->begins = out->hash && gazetteer_may_begin(g, word, out->hash);
	out->goes_on = false;
	if (!out->begins)
		return;
	gazetteer_run_add(&run, word, 0, out->hash);
	out->name = gazetteer_name_of(g, &run);
	out->goes_on = gazetteer_begins(g, run.hash);
}

/* Asks the memory for what tells whether a run is a name, and whether it goes on. */
static void gazetteer_ask(const struct gazetteer *g, uint64_t run)
{
	__builtin_prefetch(&g->slots[gazetteer_file_slot(run, g->head->n_slots)]);
	__builtin_prefetch(&g->filter[gazetteer_file_filter(run, g->head->n_filter).at]);
}

void gazetteer_word_want(const struct gazetteer *gazetteer, const struct words *words, size_t i,
                         struct gazetteer_word *out)
{
	const struct gazetteer *g = gazetteer;
	out->hash = gazetteer_file_word(words_text(words, i));
	uint64_t run = gazetteer_file_join(0, out->hash);
	if (words->at[i].kind == WORD_SIGN)
		return;
	/* Of a small word the filter is asked first, and most are not in it. */
	if (words_is_small(&words->at[i]))
		__builtin_prefetch(&g->filter[gazetteer_file_filter(run ^ GAZETTEER_FILE_SMALL, g->head->n_filter).at]);
	else
		gazetteer_ask(g, run);
}

void gazetteer_word_look(const struct gazetteer *gazetteer, const struct words *words, size_t i,
                         struct gazetteer_word *out)
{
	gazetteer_look(gazetteer, &words->at[i], out);
}

static uint64_t gazetteer_hash(const struct gazetteer_reader *reader, size_t word)
{
	return reader->known ? reader->known[word].hash : gazetteer_file_word(words_text(reader->words, word));
}

/* The longest name from a word on; found->n is 0 if there is none. */
static void gazetteer_longest(const struct gazetteer_reader *reader, size_t first, const struct gazetteer_word *begin,
                              struct name_match *found)
{
	const struct gazetteer *g = reader->g;
	const struct words *words = reader->words;
	struct gazetteer_run run = {0};
	uint32_t name = begin->name;
	bool goes_on = begin->goes_on;
	uint64_t hash = begin->hash;
	found->n = 0;
	for (size_t n = 0;; n++) {
		if (name != GAZETTEER_NO_NAME)
			*found = (struct name_match){(uint32_t)first, (uint32_t)n + 1, g->names[name].classes, name};
		if (!goes_on || n + 1 == GAZETTEER_NAME_WORDS || first + n + 1 == words->n ||
		    words->at[first + n + 1].flags & WORD_PARAGRAPH)
			return;
		gazetteer_run_add(&run, &words->at[first + n], n, hash);
		hash = gazetteer_hash(reader, first + n + 1);
		struct gazetteer_run longer = run;
		gazetteer_run_add(&longer, &words->at[first + n + 1], n + 1, hash);
		name = gazetteer_name_of(g, &longer);
		goes_on = gazetteer_begins(g, longer.hash);
	}
}

/* A name behind a letter that Arabic writes before the word. */
static void gazetteer_longest_arabic(const struct gazetteer_reader *reader, size_t first, struct name_match *found)
{
	char put_together[GAZETTEER_FILE_WORD_BYTES];
	struct str word = words_text(reader->words, first);
	size_t cut = gazetteer_file_proclitic(word);
	if (!cut)
		return;
	struct str rest = gazetteer_file_article(word, put_together, sizeof(put_together));
	if (!rest.n)
		rest = str_slice(word, cut, word.n);
	struct gazetteer_word begin = {.hash = gazetteer_file_word(rest)};
	gazetteer_look(reader->g, &reader->words->at[first], &begin);
	if (begin.begins)
		gazetteer_longest(reader, first, &begin, found);
}

/* What the list says of the name that the word is, and of a name of two words from there on, is asked for. */
static void gazetteer_ask_ahead(const struct gazetteer_reader *reader, size_t first)
{
	const struct gazetteer_word *known = reader->known;
	if (!known || first >= reader->words->n)
		return;
	if (known[first].begins && known[first].name != GAZETTEER_NO_NAME)
		__builtin_prefetch(&reader->g->names[known[first].name]);
	if (first + 1 < reader->words->n && known[first].goes_on)
		gazetteer_ask(reader->g,
		              gazetteer_file_join(gazetteer_file_join(0, known[first].hash), known[first + 1].hash));
}

size_t gazetteer_match_known(const struct gazetteer *gazetteer, const struct words *words,
                             const struct gazetteer_word *known, struct name_match *out, size_t most)
{
	size_t n = 0;
	struct gazetteer_reader reader = {.g = gazetteer, .words = words, .known = known};
	for (size_t i = 0, asked = 0; i < words->n && n < most;) {
		struct name_match found = {.n = 0};
		struct gazetteer_word begin;
		for (; asked < i + GAZETTEER_AHEAD; asked++)
			gazetteer_ask_ahead(&reader, asked);
		if (known) {
			begin = known[i];
		} else {
			gazetteer_word_want(gazetteer, words, i, &begin);
			gazetteer_word_look(gazetteer, words, i, &begin);
		}
		if (begin.begins)
			gazetteer_longest(&reader, i, &begin, &found);
		if (!found.n && words->at[i].flags & WORD_CASELESS)
			gazetteer_longest_arabic(&reader, i, &found);
		if (found.n) {
			/* Who finds a name will ask what it stands for. */
			if (found.name < gazetteer->head->n_linked)
				__builtin_prefetch(&gazetteer->first_links[found.name]);
			out[n++] = found;
		}
		i += found.n ? found.n : 1;
	}
	return n;
}

size_t gazetteer_match(const struct gazetteer *gazetteer, const struct words *words, struct name_match *out,
                       size_t most)
{
	return gazetteer_match_known(gazetteer, words, NULL, out, most);
}

uint16_t gazetteer_classes(const struct gazetteer *gazetteer, struct str word)
{
	struct gazetteer_run run = {.hash = gazetteer_file_word(word), .capitals = 1, .has_small = word.n > 1};
	if (!run.hash)
		return 0;
	run.hash = gazetteer_file_join(0, run.hash);
	uint32_t name = gazetteer_name_of(gazetteer, &run);
	return name == GAZETTEER_NO_NAME ? 0 : gazetteer->names[name].classes;
}

uint32_t gazetteer_find_known(const struct gazetteer *gazetteer, const struct words *words,
                              const struct gazetteer_word *known, size_t first, size_t n)
{
	struct gazetteer_reader reader = {.g = gazetteer, .words = words, .known = known};
	struct gazetteer_run run = {0};
	CHECK(first <= words->n && n <= words->n - first);
	if (n == 0 || n > GAZETTEER_NAME_WORDS)
		return GAZETTEER_NO_NAME;
	if (n == 1 && known && known[first].begins)
		return known[first].name;
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = gazetteer_hash(&reader, first + i);
		if (!hash)
			return GAZETTEER_NO_NAME;
		gazetteer_run_add(&run, &words->at[first + i], i, hash);
	}
	return gazetteer_name_of(gazetteer, &run);
}

uint32_t gazetteer_find(const struct gazetteer *gazetteer, const struct words *words, size_t first, size_t n)
{
	return gazetteer_find_known(gazetteer, words, NULL, first, n);
}

/* --- what a name may stand for -------------------------------------------------------------------------------- */

static int gazetteer_small(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Order of a tag of the list and a wanted one, letters' case aside. */
static int gazetteer_compare_tag(const void *wanted, const void *listed)
{
	const struct str *tag = wanted;
	const char *text = listed;
	for (size_t i = 0; i < tag->n; i++) {
		int order = gazetteer_small(tag->p[i]) - gazetteer_small(text[i]);
		if (order || !text[i])
			return order;
	}
	return -(text[tag->n] != 0);
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
		if (row[0] == gazetteer_small(language.p[0]) && strncasecmp(row, language.p, n) == 0 && row[n] == ' ')
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
	const struct gazetteer_file_object *object; /* NULL: one of the name's classes alone */
	uint16_t classes;
	bool is_alternative;
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
static float gazetteer_score(const struct gazetteer *g, const struct gazetteer_file_object *entry,
                             enum gazetteer_tongue tongue, bool is_acronym, const char *homes)
{
	float score = gazetteer_points(entry->classes, entry->weight);
	const char *country = entry->country < g->head->n_countries ? g->countries[entry->country] : "";
	if (!(entry->classes & NAME_TOWN) && gazetteer_is_home(homes, country))
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

/* In decimal, behind the beginning of an id, and what stands behind that. */
static void gazetteer_write_uri(char *uri, const char *begin, uint32_t number, const char *end)
{
	char digits[10];
	size_t n = strlen(begin), n_digits = 0;
	memcpy(uri, begin, n);
	do
		digits[n_digits++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n_digits)
		uri[n++] = digits[--n_digits];
	memcpy(uri + n, end, strlen(end) + 1);
}

static struct name_entry gazetteer_entry(const struct gazetteer *g, const struct gazetteer_ranked *ranked)
{
	struct name_entry entry = {.classes = ranked->classes, .is_alternative = ranked->is_alternative};
	const struct gazetteer_file_object *object = ranked->object;
	if (!object)
		return entry;
	entry.weight = object->weight;
	if (object->scheme == GAZETTEER_FILE_WIKIDATA)
		gazetteer_write_uri(entry.uri, "http://www.wikidata.org/entity/Q", object->number, "");
	else if (object->scheme == GAZETTEER_FILE_GEONAMES)
		gazetteer_write_uri(entry.uri, "https://sws.geonames.org/", object->number, "/");
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
		rest &= (uint16_t)~ranked[i].classes;
	if (rest)
		gazetteer_insert(ranked, n, GAZETTEER_ENTRIES_MAX,
		                 (struct gazetteer_ranked){.classes = rest, .score = 0});
}

struct gazetteer_speaker gazetteer_speaker(const struct gazetteer *gazetteer, struct str language)
{
	return (struct gazetteer_speaker){gazetteer_language(gazetteer, language), gazetteer_homes(language)};
}

size_t gazetteer_entries_for(const struct gazetteer *gazetteer, uint32_t name, const struct gazetteer_speaker *speaker,
                             struct name_entry *out, size_t most)
{
	const struct gazetteer *g = gazetteer;
	struct gazetteer_ranked ranked[GAZETTEER_ENTRIES_MAX];
	size_t n = 0;
	CHECK(name < g->head->n_names);
	uint32_t first = 0, end = 0;
	bool is_acronym = g->names[name].classes & NAME_ACRONYM;
	if (name < g->head->n_linked) {
		first = g->first_links[name];
		end = g->first_links[name + 1];
	}
	for (uint32_t i = first; i < end; i++) {
		uint32_t set = g->links[i] & ((1U << GAZETTEER_FILE_SET_BITS) - 1);
		enum gazetteer_tongue tongue = gazetteer_tongue(g, set, speaker->language);
		struct gazetteer_ranked one = {.object = &g->objects[g->links[i] >> GAZETTEER_FILE_SET_BITS]};
		one.classes = one.object->classes;
		one.is_alternative = set == GAZETTEER_FILE_SET_ALTERNATIVE || tongue == TONGUE_OTHER;
		one.score = gazetteer_score(g, one.object, tongue, is_acronym, speaker->homes);
		gazetteer_insert(ranked, &n, GAZETTEER_ENTRIES_MAX, one);
	}
	gazetteer_add_rest(&g->names[name], ranked, &n);
	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		out[i] = gazetteer_entry(g, &ranked[i]);
	return n;
}

size_t gazetteer_entries(const struct gazetteer *gazetteer, uint32_t name, struct str language, struct name_entry *out,
                         size_t most)
{
	struct gazetteer_speaker speaker = gazetteer_speaker(gazetteer, language);
	return gazetteer_entries_for(gazetteer, name, &speaker, out, most);
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
