/*
 * Words of a body, as everything in this stage counts them: the gazetteer matches runs of words, the tagger labels
 * words, names are made of them.
 *
 * A word is a run of letters (with the marks that combine with them), a run of digits, or one other visible character;
 * where words of a script do not stand alone (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese) each character is a word of
 * its own. An apostrophe or a hyphen joins nothing: "Jong-un" is three words, "l'Italia" too. White space belongs to no
 * word.
 */
#ifndef WIREDESK_ENTITIES_WORDS_H
#define WIREDESK_ENTITIES_WORDS_H

#include "pipeline/base/arena.h"
#include "pipeline/base/str.h"

#include <stdint.h>

enum word_kind { WORD_LETTERS, WORD_DIGITS, WORD_SIGN };

enum word_flag {
	WORD_SPACE_BEFORE = 1 << 0, /* white space, or the text's beginning, stands before it */
	WORD_SENTENCE = 1 << 1,     /* first of a sentence */
	WORD_PARAGRAPH = 1 << 2,    /* first of a line; then first of a sentence, too */
	WORD_UPPER_FIRST = 1 << 3,  /* its first letter is a capital or title-case one */
	WORD_UPPER_ALL = 1 << 4,    /* two letters or more, none of them small */
	WORD_CASELESS = 1 << 5,     /* of a script without capitals */
	WORD_ALONE = 1 << 6,        /* one character, of a script where each is a word */
};

struct word {
	uint32_t start, end;       /* bytes of the body */
	uint32_t start_cp, end_cp; /* the same in code points */
	uint8_t kind;              /* enum word_kind */
	uint8_t flags;             /* WORD_… */
};

struct words {
	struct str text; /* the body: valid UTF-8 */
	struct word *at; /* ascending, not overlapping */
	size_t n;
};

/* Splits a body; `at` is in the arena. Linear in the body. */
struct words words_split(struct str body, struct arena *arena);

static inline struct str words_text(const struct words *words, size_t i)
{
	return str_slice(words->text, words->at[i].start, words->at[i].end);
}

/* Letters of a script with capitals, the first of them none. */
static inline bool words_is_small(const struct word *word)
{
	return word->kind == WORD_LETTERS && !(word->flags & (WORD_UPPER_FIRST | WORD_CASELESS));
}

/* Which of the first eight of a run of words begin with a capital, the first the lowest bit. */
static inline uint8_t words_capitals(const struct words *words, size_t first, size_t n)
{
	uint8_t capitals = 0;
	for (size_t i = 0; i < n && i < 8; i++)
		if (words->at[first + i].flags & WORD_UPPER_FIRST)
			capitals |= (uint8_t)(1U << i);
	return capitals;
}

#endif
