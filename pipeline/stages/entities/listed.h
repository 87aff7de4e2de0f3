/*
 * Listed: what the gazetteer says of a name in its story, and where it leaves no doubt.
 */
#ifndef WIREDESK_ENTITIES_LISTED_H
#define WIREDESK_ENTITIES_LISTED_H

#include "pipeline/stages/entities/reading.h"

#define LISTED_BIG_CITY 100000 /* people: its name is rarely a word */

/* The likeliest thing that a name stands for in this language; its classes are 0 where there is none. */
struct name_entry listed_entry(const struct reading *r, uint32_t name);

/* All that a name of the list may be; UINT32_MAX: nothing. */
uint16_t listed_classes_of(const struct reading *r, uint32_t name);

/* The same of a run of words. */
uint16_t listed_classes(const struct reading *r, size_t first, size_t n);

/* The first match that ends behind a word; `from` goes up only, so all calls together are linear. */
const struct name_match *listed_match_at(const struct reading *r, size_t *from, size_t word);

/* Does a word with a capital stand right before or behind it? Then it may be a part of a longer name. */
bool listed_has_neighbour(const struct reading *r, const struct name_match *match);

/* Are the words around in capitals? Then those of a run tell no name by them. */
bool listed_in_capitals(const struct reading *r, size_t first, size_t n);

/* Does the list leave no doubt? Then *type is what it is. */
bool listed_is_sure(const struct reading *r, const struct name_match *match, enum name_type *type);

#endif
