/*
 * Reading words with a table of the basic plane: one look a letter instead of calls. See reader.h.
 */
#include "pipeline/stages/language/reader.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#define READER_PLANE 65536
#define READER_EDGE  1 /* stands for a word's edge; no letter has this number */

enum reader_kind { READER_OTHER, READER_LETTER, READER_MARK, READER_APOSTROPHE };

struct reader {
	const UNormalizer2 *nfc;
	uint16_t fold[READER_PLANE];
	uint8_t kind[READER_PLANE];
};

static enum reader_kind reader_kind_of(UChar32 c)
{
	if (c == '\'' || c == 0x2019 || c == 0x02bc)
		return READER_APOSTROPHE;
	if (u_isalpha(c))
		return READER_LETTER;
	int8_t type = u_charType(c);
	return type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK ? READER_MARK : READER_OTHER;
}

struct reader *reader_new(void)
{
	UErrorCode code = U_ZERO_ERROR;
	struct reader *r = malloc(sizeof(*r));
	if (!r)
		check_panic("out of memory");
	r->nfc = unorm2_getNFCInstance(&code);
	CHECK(U_SUCCESS(code));
	for (UChar32 c = 0; c < READER_PLANE; c++) {
		UChar32 lower = u_tolower(c);
		r->fold[c] = (uint16_t)(lower < READER_PLANE ? lower : c);
		r->kind[c] = (uint8_t)reader_kind_of(c);
	}
	return r;
}

void reader_free(struct reader **reader)
{
	free(*reader);
	*reader = NULL;
}

/* Joins a mark with the letter before it, where there is a letter that is both. */
static bool reader_join(const struct reader *r, uint16_t *word, size_t n, uint32_t mark)
{
	UChar32 joined = unorm2_composePair(r->nfc, word[n - 1], (UChar32)mark);
	if (joined < 0 || joined >= READER_PLANE)
		return false;
	word[n - 1] = (uint16_t)joined;
	return true;
}

/*
 * Letters that look the same in Latin and Cyrillic, in either case. Keyboards, scanners and jokers mix them within a
 * word, and so do some news services' texts.
 */
static const struct {
	uint16_t latin, cyrillic;
} reader_alike[] = {{'a', 0x430}, {'b', 0x432}, {'c', 0x441}, {'e', 0x435}, {'h', 0x43d},
                    {'i', 0x456}, {'j', 0x458}, {'k', 0x43a}, {'m', 0x43c}, {'o', 0x43e},
                    {'p', 0x440}, {'s', 0x455}, {'t', 0x442}, {'x', 0x445}, {'y', 0x443}};

static bool reader_is_cyrillic(uint16_t letter)
{
	return letter >= 0x0400 && letter < 0x0530;
}

/* The letter of the other alphabet that looks the same, or 0. */
static uint16_t reader_look_alike(uint16_t letter)
{
	for (size_t i = 0; i < sizeof(reader_alike) / sizeof(reader_alike[0]); i++) {
		if (reader_alike[i].latin == letter)
			return reader_alike[i].cyrillic;
		if (reader_alike[i].cyrillic == letter)
			return reader_alike[i].latin;
	}
	return 0;
}

size_t reader_next_word(const struct reader *r, struct str text, size_t *at, uint16_t word[READER_WORD_MAX])
{
	size_t n = 0;
	bool apostrophe = false;
	/* Two places are kept free: an apostrophe and the letter behind it come together. */
	while (*at < text.n && n + 2 <= READER_WORD_MAX) {
		uint32_t c = (unsigned char)text.p[*at] < 0x80 ? (uint32_t)text.p[(*at)++] : utf8_next(text, at);
		enum reader_kind kind = c < READER_PLANE ? (enum reader_kind)r->kind[c] : READER_OTHER;
		if (kind == READER_LETTER || (kind == READER_MARK && n)) {
			if (apostrophe)
				word[n++] = '\'';
			if (kind == READER_LETTER || apostrophe || !reader_join(r, word, n, c))
				word[n++] = r->fold[c];
			apostrophe = false;
		} else if (kind == READER_APOSTROPHE && n && !apostrophe) {
			apostrophe = true;
		} else if (n) {
			break;
		}
	}
	return n;
}

bool reader_is_capital(const struct reader *r, struct str text, size_t at)
{
	while (at < text.n) {
		uint32_t c = (unsigned char)text.p[at] < 0x80 ? (uint32_t)text.p[at++] : utf8_next(text, &at);
		if (c < READER_PLANE && r->kind[c] == READER_LETTER)
			return r->fold[c] != c;
	}
	return false;
}

/* Cyrillic first. */
void reader_unmix(uint16_t *word, size_t n)
{
	bool has_latin = false, has_cyrillic = false;
	for (size_t i = 0; i < n; i++) {
		has_latin |= word[i] < 0x0250;
		has_cyrillic |= reader_is_cyrillic(word[i]);
	}
	for (int to_cyrillic = 1; has_latin && has_cyrillic && to_cyrillic >= 0; to_cyrillic--) {
		size_t good = 0;
		while (good < n && (reader_is_cyrillic(word[good]) == to_cyrillic || reader_look_alike(word[good])))
			good++;
		for (size_t i = 0; good == n && i < n; i++)
			if (reader_is_cyrillic(word[i]) != to_cyrillic)
				word[i] = reader_look_alike(word[i]);
	}
}

bool reader_is_at_home(const uint16_t *word, bool in_latin)
{
	bool is_latin = word[0] < 0x0370 || (word[0] >= 0x1e00 && word[0] < 0x1f00);
	return is_latin == in_latin;
}

static uint64_t reader_mix(uint64_t hash, uint16_t letter)
{
	hash = (hash ^ letter) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio */
	return hash ^ hash >> 29;
}

size_t reader_features(uint32_t group, const uint16_t *word, size_t n, uint64_t keys[READER_FEATURES_MAX])
{
	CHECK(n > 0 && n <= READER_WORD_MAX);
	uint16_t edged[READER_WORD_MAX + 2];
	uint64_t seed = ((uint64_t)group + 1) << 32;
	size_t all = n + 2, n_keys = 0;
	edged[0] = edged[all - 1] = READER_EDGE;
	memcpy(edged + 1, word, n * sizeof(*word));
	for (size_t i = 0; i + 1 < all; i++) {
		uint64_t hash = reader_mix(seed, edged[i]);
		if (edged[i] >= 0x80)
			keys[n_keys++] = hash;
		for (size_t k = i + 1; k < all && k < i + 5; k++)
			keys[n_keys++] = hash = reader_mix(hash, edged[k]);
		/* With its edges a word of three letters is a feature already. */
		if (i == 0 && n > 3) {
			for (size_t k = 5; k < all; k++)
				hash = reader_mix(hash, edged[k]);
			keys[n_keys++] = hash;
		}
	}
	return n_keys;
}
