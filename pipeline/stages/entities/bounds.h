/*
 * Bounds: may a run of words be a name where it stands, by what is glued to it? The list has short names that stand in
 * longer words ("Mali" in "conglomalit" as Japanese writes it), and in addresses of the web.
 *
 * For names that nothing but their letters speaks for: the tagger has seen what stands beside its own.
 */
#ifndef WIREDESK_ENTITIES_BOUNDS_H
#define WIREDESK_ENTITIES_BOUNDS_H

#include "pipeline/stages/entities/reading.h"

/* The run is of one word or more, without white space before its characters where each is a word. */
bool bounds_fit(const struct reading *r, size_t first, size_t n);

#endif
