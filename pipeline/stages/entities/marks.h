/*
 * Marks: what the text itself makes sure before the tagger's marks are read: the dateline's place and the story's own
 * agency wherever the body names them.
 */
#ifndef WIREDESK_ENTITIES_MARKS_H
#define WIREDESK_ENTITIES_MARKS_H

#include "pipeline/stages/entities/reading.h"

struct marks {
	struct tagged *at; /* ascending, not overlapping */
	size_t n;
};

/* What the story's own lines name; empty: nothing. */
struct marks_known {
	struct str place;  /* the dateline's */
	struct str source; /* the agency whose story it is */
};

/* The tagger's marks and those. Linear in the words. */
struct marks marks_add(const struct reading *r, const struct marks *tagged, const struct marks_known *known);

#endif
