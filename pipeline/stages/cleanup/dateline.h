/*
 * Datelines: "PARIS, June 3 (AFP) - ". Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_DATELINE_H
#define WIREDESK_CLEANUP_DATELINE_H

#include "pipeline/story.h"

#define DATELINE_MAX_BYTES   220
#define DATELINE_ALONE_BYTES 120 /* of one that has a line of its own */

struct dateline {
	size_t end;                               /* behind its last mark and blanks */
	struct range place, source, date, author; /* empty: it has none */
	const char *rule;
};

/* Does a paragraph that begins at `at` and ends at `end` begin with a dateline, or is it one (out->end is `end`), with
 * more text below? Only where there is no doubt. */
bool dateline_read(struct str text, size_t at, size_t end, struct dateline *out);

/* Is the line a place in capitals and nothing else? A section's name may look like that. */
bool dateline_read_place(struct str text, size_t at, size_t end, struct dateline *out);

/* Is it, folded, a row of dateline.def: words that open a line and are no place? */
bool dateline_is_no_place(struct str s);

#endif
