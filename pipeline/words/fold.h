/*
 * Folding of text for comparison with tables of words, character by character. Pure functions, any thread.
 *
 * Two spellings that a reader takes for the same word fold to the same characters: case, the Turkish dotted and
 * dotless i, Arabic alefs with and without hamza, composed and decomposed nuktas, kinds of blanks, apostrophes and
 * colons. Marks that only help pronunciation, and characters that are not seen, fold to nothing.
 */
#ifndef WIREDESK_WORDS_FOLD_H
#define WIREDESK_WORDS_FOLD_H

#include "pipeline/base/str.h"

#include <stdint.h>

/* At most two characters, 8 bytes of UTF-8. */
struct folded {
	uint32_t c[2]; /* 0: nothing */
};
struct folded fold_char(uint32_t c);

/* Folds s into out (never written behind room; what does not fit is left out), runs of blanks as one; the length. */
size_t fold_text(struct str s, char *out, size_t room);

/* Are a and b the same to a reader? Both are short; more than 200 bytes are never the same. */
bool fold_equal(struct str a, struct str b);

/* A letter or digit; of a letter: does its script tell words apart by blanks? */
bool fold_is_word_char(uint32_t c);
bool fold_is_blank_script(uint32_t c);
bool fold_is_upper(uint32_t c);
bool fold_is_lower(uint32_t c);

/* Two capitals at least, and no letter in lower case. */
bool fold_is_capitals(struct str s);

/* The value of a decimal digit of any script, or -1. */
int fold_digit(uint32_t c);

/* At most n bytes of s, whole characters. */
struct str fold_cut(struct str s, size_t n);

/* The character at `at`, or 0 at the end; the one that ends at `at`, or 0 at the start. */
uint32_t fold_peek(struct str s, size_t at);
uint32_t fold_before(struct str s, size_t at);

#endif
