/*
 * The lines of a text. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_LINES_H
#define WIREDESK_CLEANUP_LINES_H

#include "pipeline/base/arena.h"
#include "pipeline/base/str.h"

#define LINES_MAX      65536 /* what comes behind them is text */
#define LINE_BYTES_MAX 600   /* longer ones are paragraphs */

struct line_facts;

/* One line that holds something. begin..next: all of it with its break; start..end: without blanks at its ends. */
struct line {
	size_t begin, start, end, next;
	const char *kind, *rule;  /* of the removal; NULL: it stays */
	size_t cut_to;            /* only [begin, cut_to) goes; 0: all of it, if it goes */
	struct line_facts *facts; /* what is known of start..end, whoever asks (facts.h); NULL: nothing is kept */
};

/* The lines of a text, with an empty one behind the last. */
struct line *lines_split(struct arena *a, struct str text, size_t *n);

/* The line goes; always true. */
bool lines_cut(struct line *line, const char *kind, const char *rule);

#endif
