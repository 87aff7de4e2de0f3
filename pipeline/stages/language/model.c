/*
 * Words, letters and triples of letters that tell languages apart. See model.h.
 *
 * Text and tables go through the same reader of words: lower case, marks joined with their letters (NFC), anything but
 * letters and marks ends a word. A feature is a hash of its code points; behind it stands the list of languages that
 * have it, with weights. Words that no language lists speak through their triples instead, and letters beyond a
 * script's basic ones speak always: for the languages that have them, against those of the script that do not.
 */
#include "pipeline/stages/language/model.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#define WORD_LETTERS_MAX 40 /* what is longer speaks with its beginning */

/*
 * Weights are ln(p / p0): how often the feature is met in a language that lists it, against how often in any other. The
 * twelve most frequent words of a language make 2 % of its words each, those up to the fortieth .8 %, the rest .3 %;
 * elsewhere .05 %.
 */
#define WEIGHT_WORD_FIRST  3.7f
#define WEIGHT_WORD_SECOND 2.8f
#define WEIGHT_WORD_REST   1.8f
#define WORDS_FIRST        12
#define WORDS_SECOND       40
/* Written without its marks, as agencies' telex copy is: likelier this than another language, no more. */
#define WEIGHT_UNMARKED  .5f
#define WEIGHT_TRIPLE    .6f
#define WEIGHT_LETTER    .8f
#define WEIGHT_NO_LETTER (-1.5f)

static const struct language model_rows[] = {
#define LANGUAGE(tag, script, name) {tag, script, name},
#include "pipeline/stages/language/languages.def"
#undef LANGUAGE
};
#define ROWS (sizeof(model_rows) / sizeof(model_rows[0]))
_Static_assert(ROWS <= MODEL_LANGUAGES_MAX, "MODEL_LANGUAGES_MAX is too small");

static const struct {
	const char *tag, *script, *words, *letters, *triples;
} model_features[] = {
#define FEATURES(tag, script, words, letters, triples) {tag, script, words, letters, triples},
#include "pipeline/stages/language/features.def"
#undef FEATURES
};
#define FEATURE_ROWS (sizeof(model_features) / sizeof(model_features[0]))

enum feature_kind { FEATURE_WORD = 1, FEATURE_TRIPLE, FEATURE_LETTER };

struct model_posting {
	uint64_t key;
	float weight;
	uint32_t row;
};

struct model {
	struct model_posting *postings; /* ascending by key, then row */
	size_t n, room;
	uint32_t *slots; /* open addressing: number of a key's first posting + 1, 0: free */
	size_t slots_mask;
	const UNormalizer2 *nfc;
	uint8_t telling[65536 / 8]; /* a bit a letter of the features: most letters need no look */
};

/* A word on its way through the reader. */
struct model_word {
	UChar32 letters[WORD_LETTERS_MAX];
	size_t n;
	bool is_cut;
};

/* --- reading words -------------------------------------------------------------------------------------------- */

static bool model_is_mark(UChar32 c)
{
	int8_t type = u_charType(c);
	return type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
}

static void model_add_letter(const struct model *m, struct model_word *word, UChar32 c)
{
	UChar32 joined = word->n && model_is_mark(c) ? unorm2_composePair(m->nfc, word->letters[word->n - 1], c) : -1;
	if (joined >= 0)
		word->letters[word->n - 1] = joined;
	else if (word->n < WORD_LETTERS_MAX)
		word->letters[word->n++] = c;
	else
		word->is_cut = true;
}

/* The next word at or after *at; false at the text's end. */
static bool model_next_word(const struct model *m, struct str text, size_t *at, struct model_word *word)
{
	word->n = 0;
	word->is_cut = false;
	while (*at < text.n) {
		UChar32 c = (unsigned char)text.p[*at] < 0x80 ? text.p[(*at)++] : (UChar32)utf8_next(text, at);
		bool is_letter = c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') : u_isalpha(c);
		if (is_letter)
			model_add_letter(m, word, c < 0x80 ? (c | 0x20) : u_tolower(c));
		else if (word->n && model_is_mark(c))
			model_add_letter(m, word, c);
		else if (word->n)
			return true;
	}
	return word->n > 0;
}

/* --- keys ----------------------------------------------------------------------------------------------------- */

/* A hash for tables of our own making, quick for few letters; the multiplier is 2^64 over the golden ratio. */
static uint64_t model_key(enum feature_kind kind, const UChar32 *letters, size_t n)
{
	/* Far apart from the start: a word and a triple must not meet by their first letters. */
	uint64_t hash = (uint64_t)kind << 60;
	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ (uint64_t)letters[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

static uint64_t model_triple_key(UChar32 a, UChar32 b, UChar32 c)
{
	return model_key(FEATURE_TRIPLE, (const UChar32[]){a, b, c}, 3);
}

/* The keys of the word's triples, one a letter, its edges as '_'. */
static size_t model_triples(const struct model_word *word, uint64_t keys[WORD_LETTERS_MAX])
{
	for (size_t i = 0; i < word->n; i++) {
		UChar32 before = i ? word->letters[i - 1] : '_';
		UChar32 after = i + 1 < word->n ? word->letters[i + 1] : '_';
		keys[i] = model_triple_key(before, word->letters[i], after);
	}
	return word->n;
}

/* --- making --------------------------------------------------------------------------------------------------- */

static void *model_allocate(void *p, size_t bytes)
{
	p = realloc(p, bytes);
	if (!p)
		check_panic("out of memory");
	return p;
}

static void model_add(struct model *m, uint64_t key, size_t row, float weight)
{
	if (m->n == m->room) {
		m->room = m->room ? 2 * m->room : 8192;
		m->postings = model_allocate(m->postings, m->room * sizeof(*m->postings));
	}
	m->postings[m->n++] = (struct model_posting){key, weight, (uint32_t)row};
}

/* The same word without its marks, or false when it has none. */
static bool model_unmark(const struct model *m, const struct model_word *word, struct model_word *out)
{
	bool changed = false;
	out->n = word->n;
	for (size_t i = 0; i < word->n; i++) {
		UChar units[8];
		UErrorCode code = U_ZERO_ERROR;
		out->letters[i] = word->letters[i];
		if (unorm2_getRawDecomposition(m->nfc, word->letters[i], units, 8, &code) <= 0 || U_FAILURE(code))
			continue;
		out->letters[i] = units[0];
		changed = true;
		/* Some letters bear two marks. */
		if (unorm2_getRawDecomposition(m->nfc, units[0], units, 8, &code) > 0)
			out->letters[i] = units[0];
	}
	return changed;
}

static void model_add_words(struct model *m, size_t row, struct str words, bool with_unmarked)
{
	struct model_word word, bare;
	size_t rank = 0;
	for (size_t at = 0; model_next_word(m, words, &at, &word); rank++) {
		CHECK(!word.is_cut);
		float weight = rank < WORDS_FIRST    ? WEIGHT_WORD_FIRST
		               : rank < WORDS_SECOND ? WEIGHT_WORD_SECOND
		                                     : WEIGHT_WORD_REST;
		model_add(m, model_key(FEATURE_WORD, word.letters, word.n), row, weight);
		if (with_unmarked && model_unmark(m, &word, &bare))
			model_add(m, model_key(FEATURE_WORD, bare.letters, bare.n), row, weight * WEIGHT_UNMARKED);
	}
}

static void model_add_triples(struct model *m, size_t row, struct str triples)
{
	for (size_t at = 0; at < triples.n;) {
		UChar32 letters[3];
		for (size_t i = 0; i < 3; i++) {
			CHECK(at < triples.n);
			letters[i] = (UChar32)utf8_next(triples, &at);
		}
		model_add(m, model_triple_key(letters[0], letters[1], letters[2]), row, WEIGHT_TRIPLE);
		CHECK(at == triples.n || triples.p[at] == ' ');
		at++;
	}
}

static bool model_has_letter(const char *letters, UChar32 wanted)
{
	struct str s = str_of(letters);
	for (size_t at = 0; at < s.n;)
		if ((UChar32)utf8_next(s, &at) == wanted)
			return true;
	return false;
}

static size_t model_row(const char *tag, const char *script)
{
	for (size_t row = 0; row < ROWS; row++)
		if (strcmp(model_rows[row].tag, tag) == 0 && strcmp(model_rows[row].script, script) == 0)
			return row;
	check_panic("features.def names '%s' in '%s', which languages.def does not", tag, script);
}

/* The letter speaks for those of the script that list it and against those that do not; once is enough. */
static void model_add_letter_of_script(struct model *m, const char *script, UChar32 letter)
{
	CHECK(letter < 65536);
	m->telling[letter / 8] |= (uint8_t)(1u << letter % 8);
	for (size_t f = 0; f < FEATURE_ROWS; f++) {
		if (strcmp(model_features[f].script, script) != 0)
			continue;
		bool has = model_has_letter(model_features[f].letters, letter);
		model_add(m, model_key(FEATURE_LETTER, &letter, 1), model_row(model_features[f].tag, script),
		          has ? WEIGHT_LETTER : WEIGHT_NO_LETTER);
	}
}

static bool model_is_first_with_letter(size_t feature, UChar32 letter)
{
	for (size_t f = 0; f < feature; f++)
		if (strcmp(model_features[f].script, model_features[feature].script) == 0 &&
		    model_has_letter(model_features[f].letters, letter))
			return false;
	return true;
}

static void model_add_letters(struct model *m, size_t feature)
{
	struct str letters = str_of(model_features[feature].letters);
	for (size_t at = 0; at < letters.n;) {
		UChar32 letter = (UChar32)utf8_next(letters, &at);
		if (model_is_first_with_letter(feature, letter))
			model_add_letter_of_script(m, model_features[feature].script, letter);
	}
}

static int model_compare(const void *a, const void *b)
{
	const struct model_posting *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->weight < y->weight) - (x->weight > y->weight);
}

/* Of a key that a language has twice (with marks, and another word's without) the greater weight stays. */
static void model_sort(struct model *m)
{
	qsort(m->postings, m->n, sizeof(*m->postings), model_compare);
	size_t kept = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct model_posting *last = kept ? &m->postings[kept - 1] : NULL;
		if (!last || last->key != m->postings[i].key || last->row != m->postings[i].row)
			m->postings[kept++] = m->postings[i];
	}
	m->n = kept;
}

static void model_index(struct model *m)
{
	size_t slots = 1;
	while (slots < 2 * m->n)
		slots *= 2;
	m->slots_mask = slots - 1;
	m->slots = model_allocate(NULL, slots * sizeof(*m->slots));
	memset(m->slots, 0, slots * sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++) {
		if (i && m->postings[i - 1].key == m->postings[i].key)
			continue;
		size_t slot = m->postings[i].key & m->slots_mask;
		while (m->slots[slot])
			slot = (slot + 1) & m->slots_mask;
		m->slots[slot] = (uint32_t)i + 1;
	}
}

struct model *model_new(void)
{
	UErrorCode code = U_ZERO_ERROR;
	struct model *m = model_allocate(NULL, sizeof(*m));
	*m = (struct model){.nfc = unorm2_getNFCInstance(&code)};
	CHECK(U_SUCCESS(code));
	for (size_t f = 0; f < FEATURE_ROWS; f++) {
		size_t row = model_row(model_features[f].tag, model_features[f].script);
		bool is_latin = strcmp(model_features[f].script, "Latn") == 0;
		model_add_words(m, row, str_of(model_features[f].words), is_latin);
		model_add_triples(m, row, str_of(model_features[f].triples));
		model_add_letters(m, f);
	}
	model_sort(m);
	model_index(m);
	return m;
}

void model_free(struct model **model)
{
	if (!*model)
		return;
	free((*model)->postings);
	free((*model)->slots);
	free(*model);
	*model = NULL;
}

const struct language *model_languages(size_t *n)
{
	*n = ROWS;
	return model_rows;
}

/* --- scoring -------------------------------------------------------------------------------------------------- */

/* The key's postings, or NULL; they end where the key does. */
static const struct model_posting *model_find(const struct model *m, uint64_t key)
{
	for (size_t slot = key & m->slots_mask; m->slots[slot]; slot = (slot + 1) & m->slots_mask) {
		const struct model_posting *posting = &m->postings[m->slots[slot] - 1];
		if (posting->key == key)
			return posting;
	}
	return NULL;
}

static bool model_score_key(const struct model *m, uint64_t key, struct model_scores *out)
{
	const struct model_posting *posting = model_find(m, key), *end = m->postings + m->n;
	if (!posting)
		return false;
	for (; posting < end && posting->key == key; posting++)
		out->score[posting->row] += (double)posting->weight;
	return true;
}

static bool model_score_listed(const struct model *m, uint64_t key, struct model_scores *out)
{
	const struct model_posting *posting = model_find(m, key), *end = m->postings + m->n;
	if (!posting)
		return false;
	for (; posting < end && posting->key == key; posting++) {
		out->score[posting->row] += (double)posting->weight;
		out->known_words[posting->row]++;
	}
	return true;
}

static bool model_is_telling(const struct model *m, UChar32 letter)
{
	return letter < 65536 && (m->telling[letter / 8] >> letter % 8 & 1);
}

static void model_score_word(const struct model *m, const struct model_word *word, struct model_scores *out)
{
	out->words++;
	for (size_t i = 0; i < word->n; i++)
		if (model_is_telling(m, word->letters[i]))
			model_score_key(m, model_key(FEATURE_LETTER, &word->letters[i], 1), out);
	if (!word->is_cut && model_score_listed(m, model_key(FEATURE_WORD, word->letters, word->n), out))
		return;
	uint64_t keys[WORD_LETTERS_MAX];
	size_t n = model_triples(word, keys);
	for (size_t i = 0; i < n; i++)
		model_score_key(m, keys[i], out);
}

void model_score(const struct model *m, struct str text, struct model_scores *out)
{
	*out = (struct model_scores){0};
	struct model_word word;
	for (size_t at = 0; model_next_word(m, text, &at, &word);)
		model_score_word(m, &word, out);
}
