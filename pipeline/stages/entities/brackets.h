/*
 * Brackets: letters in brackets say how far the name before them goes, and which words it is made of: "Société
 * nationale des chemins de fer français (SNCF)".
 */
#ifndef WIREDESK_ENTITIES_BRACKETS_H
#define WIREDESK_ENTITIES_BRACKETS_H

#include "pipeline/stages/entities/marks.h"

#define BRACKETS_LETTERS_MOST 10

/* Is the word an opening bracket? */
bool brackets_open(const struct reading *r, size_t word);

/* The run of letters right behind an opening bracket, and how many words it is: "(KPK)", "(„GfB“)", "(PDI-P)", "(WTO,
 * based in Geneva)"; 0: there is none. */
size_t brackets_letters(const struct reading *r, size_t open, size_t *first);

/* The marks, with names that letters in brackets make sure. */
struct marks brackets_mark(const struct reading *r, const struct marks *given);

#endif
