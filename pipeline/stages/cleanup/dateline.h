/*
 * Datelines: "PARIS, June 3 (AFP) - ". Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_DATELINE_H
#define WIREDESK_CLEANUP_DATELINE_H

#include "pipeline/story.h"

struct dateline {
	size_t end;                               /* behind its last mark and blanks */
	struct range place, source, date, author; /* empty: it has none */
	const char *rule;
};

/* Does a paragraph that begins at `at` and ends at `end` begin with a dateline? Only where there is no doubt. */
bool dateline_read(struct str text, size_t at, size_t end, struct dateline *out);

#endif
