/*
 * What is asked of a line again and again, found once: the phrases in it, and whether it opens with a dateline. The
 * readers come by most lines several times, from above, from the end and from the lines around; nothing that is kept
 * here depends on what they have cut. A line that is made up on the way (another start, another end) keeps nothing.
 */
#ifndef WIREDESK_CLEANUP_FACTS_H
#define WIREDESK_CLEANUP_FACTS_H

#include "pipeline/stages/cleanup/dateline.h"
#include "pipeline/stages/cleanup/marks.h"
#include "pipeline/stages/cleanup/phrases.h"

struct line_facts {
	const struct phrase_hit *hits; /* NULL: not looked for */
	size_t n_hits;
	size_t core; /* beside hits: behind brackets and bullets */
	enum { FACTS_NOT_READ, FACTS_NO_DATELINE, FACTS_DATELINE } opens;
	struct dateline *dateline;
	bool is_no_makers; /* makers.h: it is not made of names and agencies alone */
};

/* Gives each of n lines a place for its facts. */
void facts_make(struct arena *a, struct line *lines, size_t n);

/* dateline_read of the line's words, once. */
bool facts_dateline(const struct marks *m, const struct line *line, struct dateline *out);

#endif
