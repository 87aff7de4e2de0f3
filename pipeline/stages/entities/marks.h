/*
 * Marks: what the text itself makes sure before the tagger's marks are read: the dateline's place wherever the body
 * names it, and a name whose initials stand in brackets behind it.
 */
#ifndef WIREDESK_ENTITIES_MARKS_H
#define WIREDESK_ENTITIES_MARKS_H

#include "pipeline/stages/entities/reading.h"

struct marks {
	struct tagged *at; /* ascending, not overlapping */
	size_t n;
};

/* The tagger's marks and those. place: the dateline's, or empty. Linear in the words. */
struct marks marks_add(const struct reading *r, const struct tagged *tagged, size_t n_tagged, struct str place);

#endif
