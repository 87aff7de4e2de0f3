/*
 * What a run of words looks like: names, a sentence. Guesses by letters alone, without a table of words.
 * Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_SHAPE_H
#define WIREDESK_CLEANUP_SHAPE_H

#include "pipeline/base/str.h"

#include <stdint.h>

/* Nothing but marks and blanks. */
bool shape_says_nothing(struct str s);

/* Ends as sentences end. */
bool shape_is_sentence(struct str s);
bool shape_is_sentence_end(uint32_t c);

/* Ends in a word and a sentence's end, as no name does: a full stop behind "Jr." or an initial is none. */
bool shape_stops(struct str s);

/* Its first letter is a capital, or of a script that has none. */
bool shape_opens_large(struct str s);

bool shape_has_digit(struct str s);

/* Where to write or to look: "anna@wire.example", "www.wire.example", "https://…". */
bool shape_has_link(struct str s);

/* Somebody's words are quoted in it. */
bool shape_quotes(struct str s);

/* Names of people or outlets, and what goes with names, but no sentence; *words: of how many words. */
bool shape_is_names(struct str s, size_t *words);

/* May names stand at its end, behind a colon, a stroke or a full stop? False: shape_is_names is false of whatever
 * stands behind these, as a sentence's last word does. */
bool shape_may_end_in_names(struct str s);

/* Behind the blanks and tabs at `at`. */
size_t shape_blanks(struct str s, size_t at);

#endif
