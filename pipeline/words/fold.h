/*
 * Folding of text for comparison with tables of words, character by character. Pure functions, any thread.
 *
 * Two spellings that a reader takes for the same word fold to the same characters: case, the Turkish dotted and
 * dotless i, Arabic alefs with and without hamza, composed and decomposed nuktas, kinds of blanks, apostrophes and
 * colons. Marks that only help pronunciation, and characters that are not seen, fold to nothing.
 */
#ifndef WIREDESK_WORDS_FOLD_H
#define WIREDESK_WORDS_FOLD_H

#include "pipeline/base/utf8.h"

/* At most two characters, 8 bytes of UTF-8. */
struct folded {
	uint32_t c[2]; /* 0: nothing */
};

/* Of ASCII; 0: it is not seen. */
static inline uint32_t fold_ascii(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c + 'a' - 'A';
	return c == '\t' ? ' ' : c < ' ' || c == 0x7f ? 0 : c;
}

struct folded fold_wide(uint32_t c);
static inline struct folded fold_char(uint32_t c)
{
	return c < 0x80 ? (struct folded){{fold_ascii(c)}} : fold_wide(c);
}

/* Folds s into out (never written behind room; what does not fit is left out), runs of blanks as one; the length. */
size_t fold_text(struct str s, char *out, size_t room);

/* Are a and b the same to a reader? Both are short; more than 200 bytes are never the same. */
bool fold_equal(struct str a, struct str b);

/* Behind the words at `at` of s, character by character the same to a reader; 0: something else stands there. */
size_t fold_expect(struct str s, size_t at, struct str words);

/* A letter or digit; of a letter: does its script tell words apart by blanks? */
bool fold_is_wide_word_char(uint32_t c);
static inline bool fold_is_word_char(uint32_t c)
{
	return c < 0x80 ? (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
	                : fold_is_wide_word_char(c);
}
bool fold_is_wide_blank_script(uint32_t c);
static inline bool fold_is_blank_script(uint32_t c)
{
	return c < 0x0e00 || fold_is_wide_blank_script(c);
}
bool fold_is_wide_upper(uint32_t c);
bool fold_is_wide_lower(uint32_t c);
static inline bool fold_is_upper(uint32_t c)
{
	return c < 0x80 ? c >= 'A' && c <= 'Z' : fold_is_wide_upper(c);
}
static inline bool fold_is_lower(uint32_t c)
{
	return c < 0x80 ? c >= 'a' && c <= 'z' : fold_is_wide_lower(c);
}

/* Two capitals at least, and no letter in lower case. */
bool fold_is_capitals(struct str s);

/* The value of a decimal digit of any script, or -1. */
int fold_wide_digit(uint32_t c);
static inline int fold_digit(uint32_t c)
{
	if (c < 0x660)
		return c >= '0' && c <= '9' ? (int)c - '0' : -1;
	return fold_wide_digit(c);
}

/* At most the first n bytes of s, or the last, whole characters. */
struct str fold_cut(struct str s, size_t n);
struct str fold_last(struct str s, size_t n);

/* The character at `at`, or 0 at the end; the one that ends at `at`, or 0 at the start. */
static inline uint32_t fold_peek(struct str s, size_t at)
{
	return at < s.n ? utf8_next(s, &at) : 0;
}
static inline uint32_t fold_before(struct str s, size_t at)
{
	if (!at)
		return 0;
	do
		at--;
	while (at && ((unsigned char)s.p[at] & 0xc0) == 0x80);
	return utf8_next(s, &at);
}

#endif
