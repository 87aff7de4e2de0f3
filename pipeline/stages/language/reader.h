/*
 * Words of a text as the model of languages sees them, and the features of a word.
 *
 * Letters are in lower case, marks joined with them (NFC), apostrophes kept inside words only; all else ends a word. A
 * feature is a hash of two to five neighbouring letters, the word's edges counted as letters; of one letter beyond
 * ASCII; and of the whole word. The program that makes the model reads through the same functions, so that both see the
 * same.
 */
#ifndef WIREDESK_LANGUAGE_READER_H
#define WIREDESK_LANGUAGE_READER_H

#include "pipeline/base/str.h"

#include <stdint.h>

#define READER_WORD_MAX     40 /* letters; what is longer is read as several words */
#define READER_FEATURES_MAX (5 * (READER_WORD_MAX + 2) + 1)

struct reader;

/* Made once, read by all lanes. */
struct reader *reader_new(void);
void reader_free(struct reader **reader);

/* The next word at or after *at, which moves past it; returns its number of letters, 0 at the end. Valid UTF-8 only. */
size_t reader_next_word(const struct reader *reader, struct str text, size_t *at, uint16_t word[READER_WORD_MAX]);

/* Does the next word at or after the place begin with a capital letter, as names do? */
bool reader_is_capital(const struct reader *reader, struct str text, size_t at);

/* Writes a word that mixes Latin and Cyrillic letters in the one alphabet that has all of them or what looks like them.
 */
void reader_unmix(uint16_t *word, size_t n);

/*
 * Is the word of letters that text in this script has? Latin words stand in text of all scripts, and say nothing there
 * about its language; likewise others in Latin text. Told by the word's first letter.
 */
bool reader_is_at_home(const uint16_t *word, bool in_latin);

/* The features of a word as keys; a group of languages (those of a script) has its own seed. Returns how many. */
size_t reader_features(uint32_t group, const uint16_t *word, size_t n, uint64_t keys[READER_FEATURES_MAX]);

/* Which of a word's features is the whole word. */
static inline uint64_t reader_whole(const uint64_t *keys, size_t n)
{
	return keys[n < 4 ? n : 4];
}

#endif
