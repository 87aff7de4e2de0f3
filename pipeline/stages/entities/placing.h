/*
 * Placing: does the word before a name say that a place follows? Small words of the languages that are read most; where
 * none is known the answer is no.
 */
#ifndef WIREDESK_ENTITIES_PLACING_H
#define WIREDESK_ENTITIES_PLACING_H

#include "pipeline/stages/entities/reading.h"

/* "from", "near", "the port of": hardly ever stands before a person, or a club. */
bool placing_is_before(const struct reading *r, size_t first);

/* The same, or "to": stands before places more often than before persons of whom nothing is known. */
bool placing_may_be_before(const struct reading *r, size_t first);

/* Neither they nor an article stand before the word. */
bool placing_may_be_person(const struct reading *r, size_t first);

#endif
