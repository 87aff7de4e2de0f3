/* What a word says by itself: its letters, its shape, the list's name that it is but for an ending. See features.h. */
#include "pipeline/stages/entities/features_inside.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define FEATURES_AFFIX        5  /* letters of the longest beginning and end that count */
#define FEATURES_SHALLOW      3  /* letters of those that new words are known by */
#define FEATURES_INNER        4  /* letters of a piece from the middle */
#define FEATURES_PARTICLE     5  /* letters of a small word that a name may begin with */
#define FEATURES_STEM_LEAST   3  /* letters of a word that has a stem */
#define FEATURES_STEM_LETTERS 5  /* of a stem */
#define FEATURES_STEM         4  /* bytes of a name that an ending may stand behind */
#define FEATURES_STEM_BYTES   60 /* longer words have no ending */
#define FEATURES_ENDING       4  /* letters of the longest ending */
#define FEATURES_CHANGED      2  /* letters of the longest that may have taken an "a" away */

/* The first letters of a word, as they stand and in lower case. */
struct features_letters {
	uint32_t exact[FEATURES_LETTERS], lower[FEATURES_LETTERS];
	size_t n;
	unsigned n_upper;
};

static uint32_t features_lower(uint32_t c)
{
	if (c < 0x80)
		return c - 'A' < 26 ? c | 0x20 : c;
	return (uint32_t)u_tolower((UChar32)c);
}

static void features_read(struct str text, bool digits, struct features_letters *out)
{
	out->n = 0;
	out->n_upper = 0;
	for (size_t at = 0; at < text.n && out->n < FEATURES_LETTERS;) {
		unsigned char byte = (unsigned char)text.p[at];
		uint32_t c = byte < 0x80 ? (at++, byte) : utf8_next(text, &at);
		if (digits)
			c = '0';
		uint32_t lower = features_lower(c);
		out->n_upper += lower != c;
		out->exact[out->n] = c;
		out->lower[out->n++] = lower;
	}
}

static uint64_t features_hash(const uint32_t *letters, size_t n)
{
	uint64_t hash = n;
	for (size_t i = 0; i < n; i++)
		hash = features_mix(hash, letters[i]);
	return hash;
}

static enum features_shape features_alone_shape(uint32_t c)
{
	if (c >= 0xac00 && c <= 0xd7ff)
		return SHAPE_HANGUL;
	if (c >= 0x3041 && c <= 0x309f)
		return SHAPE_HIRAGANA;
	if ((c >= 0x30a0 && c <= 0x30ff) || (c >= 0x31f0 && c <= 0x31ff) || (c >= 0xff66 && c <= 0xff9f))
		return SHAPE_KATAKANA;
	return c >= 0x2e80 ? SHAPE_HAN : SHAPE_OTHER_ALONE;
}

static enum features_shape features_letters_shape(const struct word *word, const struct features_letters *letters)
{
	size_t n = letters->n;
	if (word->flags & WORD_ALONE)
		return features_alone_shape(letters->exact[0]);
	if (word->flags & WORD_CASELESS)
		return SHAPE_CASELESS;
	if (word->flags & WORD_UPPER_ALL)
		return n == 2 ? SHAPE_UPPER_TWO : n <= 4 ? SHAPE_UPPER_FEW : SHAPE_UPPER_MANY;
	if (word->flags & WORD_UPPER_FIRST)
		return n == 1 ? SHAPE_CAPITAL_ONE : letters->n_upper > 1 ? SHAPE_CAPITAL_MIXED : SHAPE_CAPITAL;
	if (letters->n_upper)
		return SHAPE_SMALL_MIXED;
	return n == 1 ? SHAPE_SMALL_ONE : SHAPE_SMALL;
}

/* Signs beyond ASCII that stand for one of ASCII; SHAPE_EDGE: none of them. */
static enum features_shape features_wide_sign_shape(uint32_t c)
{
	switch (c) {
	case 0x060c:
	case 0x3001:
	case 0xff0c:
		return SHAPE_COMMA;
	case 0xff1a:
	case 0xff1b:
		return SHAPE_COLON;
	case 0x2010:
	case 0x2011:
	case 0xb7:
	case 0x30fb:
		return SHAPE_HYPHEN;
	case 0x2013:
	case 0x2014:
		return SHAPE_DASH;
	case 0x2019:
		return SHAPE_APOSTROPHE;
	case 0x2026:
	case 0x3002:
	case 0xff01:
	case 0xff1f:
		return SHAPE_END;
	default:
		return SHAPE_EDGE;
	}
}

/* What sort of sign it is in any script. */
static enum features_shape features_usual_sign_shape(uint32_t c)
{
	switch (u_charType((UChar32)c)) {
	case U_INITIAL_PUNCTUATION:
	case U_FINAL_PUNCTUATION:
		return SHAPE_QUOTE;
	case U_START_PUNCTUATION:
		return SHAPE_OPENING;
	case U_END_PUNCTUATION:
		return SHAPE_CLOSING;
	default:
		return SHAPE_SIGN;
	}
}

static enum features_shape features_sign_shape(uint32_t c)
{
	static const uint8_t ascii[128] = {
	        ['.'] = SHAPE_STOP,   [','] = SHAPE_COMMA,       [':'] = SHAPE_COLON, [';'] = SHAPE_COLON,
	        ['-'] = SHAPE_HYPHEN, ['\''] = SHAPE_APOSTROPHE, ['&'] = SHAPE_AND,   ['/'] = SHAPE_SLASH,
	        ['!'] = SHAPE_END,    ['?'] = SHAPE_END,         ['"'] = SHAPE_QUOTE,
	};
	enum features_shape shape = c < 0x80 ? (enum features_shape)ascii[c] : features_wide_sign_shape(c);
	return shape != SHAPE_EDGE ? shape : features_usual_sign_shape(c);
}

static enum features_shape features_shape(const struct word *word, const struct features_letters *letters)
{
	if (word->kind == WORD_LETTERS)
		return features_letters_shape(word, letters);
	if (word->kind == WORD_SIGN)
		return features_sign_shape(letters->exact[0]);
	return letters->n == 1   ? SHAPE_DIGIT
	       : letters->n == 2 ? SHAPE_DIGITS_TWO
	       : letters->n == 4 ? SHAPE_DIGITS_FOUR
	                         : SHAPE_DIGITS;
}

static uint8_t features_flags(const struct word *word, const struct features_letters *letters)
{
	unsigned flags = 0;
	if (word->kind != WORD_LETTERS)
		return 0;
	if (letters->n_upper || word->flags & WORD_CASELESS)
		flags |= FEATURES_CORE;
	if (word->flags & WORD_UPPER_FIRST)
		flags |= FEATURES_CORE | FEATURES_CAPITAL;
	if (!flags)
		flags |= letters->n > FEATURES_PARTICLE ? FEATURES_SMALL | FEATURES_LONG : FEATURES_SMALL;
	if (word->flags & WORD_ALONE)
		flags |= FEATURES_ALONE;
	if (word->flags & WORD_UPPER_ALL)
		flags |= FEATURES_UPPER;
	return (uint8_t)flags;
}

static uint8_t features_sorts(unsigned classes)
{
	return (uint8_t)((classes & (NAME_COUNTRY | NAME_CAPITAL | NAME_REGION) ? FEATURES_LAND : 0) |
	                 (classes & NAME_CITY ? FEATURES_CITY : 0) | (classes & NAME_TOWN ? FEATURES_TOWN : 0) |
	                 (classes & NAME_ORGANISATIONS ? FEATURES_ORGANISATION : 0) |
	                 (classes & NAME_FORENAME ? FEATURES_FORENAME : 0) |
	                 (classes & NAME_SURNAME ? FEATURES_SURNAME : 0) |
	                 (classes & NAME_DEMONYM ? FEATURES_DEMONYM : 0));
}

/* Sorts of the name that a text of one word is, which begins with a capital; 0: it is none. */
static uint8_t features_listed(const struct gazetteer *gazetteer, struct str text)
{
	return features_sorts(gazetteer_classes(gazetteer, text));
}

/* Takes endings off a word until a name is left, alone or with the "a" that some languages change: "Maradone". */
static void features_look_up(const struct gazetteer *gazetteer, struct str text, struct features_token *out)
{
	char with_a[FEATURES_STEM_BYTES + 1];
	size_t at = text.n;
	if (text.n > FEATURES_STEM_BYTES)
		return;
	out->listed = features_listed(gazetteer, text);
	for (unsigned n = 1; !out->listed && n <= FEATURES_ENDING; n++) {
		do
			at--;
		while (at > 0 && ((unsigned char)text.p[at] & 0xc0) == 0x80);
		if (at < FEATURES_STEM)
			return;
		out->listed = features_listed(gazetteer, str_slice(text, 0, at));
		if (out->listed || n > FEATURES_CHANGED)
			continue;
		memcpy(with_a, text.p, at);
		with_a[at] = 'a';
		out->listed = features_listed(gazetteer, str_make(with_a, at + 1));
	}
	if (out->listed && at < text.n)
		out->ending = (uint16_t)(XXH3_64bits(text.p + at, text.n - at) | 1);
}

void features_word(const struct words *words, size_t i, const struct gazetteer *gazetteer, struct features_token *out)
{
	const struct word *word = &words->at[i];
	struct features_letters letters;
	letters.exact[0] = 0; /* of a word without any letter, too, the first one is looked at */
	features_read(words_text(words, i), word->kind == WORD_DIGITS, &letters);
	*out = (struct features_token){.lower = features_hash(letters.lower, letters.n),
	                               .shape = (uint8_t)features_shape(word, &letters),
	                               .flags = features_flags(word, &letters)};
	if (!(out->flags & FEATURES_CAPITAL) || letters.n < FEATURES_STEM_LEAST)
		return;
	size_t n = letters.n < FEATURES_STEM_LETTERS ? letters.n : FEATURES_STEM_LETTERS;
	out->stem = (uint32_t)features_hash(letters.lower, n);
	if (gazetteer && !(out->flags & FEATURES_UPPER))
		features_look_up(gazetteer, words_text(words, i), out);
}

void features_hash_words(const struct words *words, uint64_t *out)
{
	for (size_t i = 0; i < words->n; i++) {
		const struct word *word = &words->at[i];
		uint64_t hash = XXH3_64bits(words->text.p + word->start, word->end - word->start);
		out[i] = hash ? hash : 1;
	}
}

static void features_put(struct features_keys *out, unsigned place, bool deep, uint64_t key)
{
	CHECK(out->n < FEATURES_WORD_KEYS);
	out->place[out->n] = (uint8_t)place;
	out->deep[out->n] = deep;
	out->at[out->n++] = features_mix(key, place);
}

/* Beginnings as they stand, ends and pieces of the middle in lower case. */
static void features_put_pieces(struct features_keys *out, const struct features_letters *l, bool capital)
{
	size_t n = l->n;
	for (size_t k = 1; k <= FEATURES_AFFIX && k < n; k++) {
		features_put(out, 2, k > FEATURES_SHALLOW, features_key(KIND_BEGIN, features_hash(l->exact, k)));
		features_put(out, 2, k > FEATURES_SHALLOW, features_key(KIND_END, features_hash(l->lower + n - k, k)));
	}
	for (size_t k = 1; capital && k + FEATURES_INNER < n && k < 14; k++)
		features_put(out, 2, true, features_key(KIND_INNER, features_hash(l->lower + k, FEATURES_INNER)));
}

void features_word_keys(const struct words *words, size_t i, struct features_keys *out)
{
	const struct word *word = &words->at[i];
	struct features_letters letters;
	features_read(words_text(words, i), word->kind == WORD_DIGITS, &letters);
	uint64_t lower = features_hash(letters.lower, letters.n);
	out->n = 0;
	for (unsigned place = 0; place < FEATURES_PLACES; place++)
		features_put(out, place, place == FEATURES_EDGE, features_key(KIND_LOWER, lower));
	if (letters.n_upper) {
		uint64_t exact = features_hash(letters.exact, letters.n);
		for (unsigned place = 1; place + 1 < FEATURES_PLACES; place++)
			features_put(out, place, place == FEATURES_EDGE, features_key(KIND_EXACT, exact));
	}
	if (word->kind != WORD_LETTERS || word->flags & WORD_ALONE)
		return;
	features_put_pieces(out, &letters, word->flags & WORD_UPPER_FIRST);
	if (letters.n > 4) {
		uint64_t end = features_key(KIND_NEAR_END, features_hash(letters.lower + letters.n - 3, 3));
		features_put(out, 1, false, end);
		features_put(out, 3, false, end);
	}
}
