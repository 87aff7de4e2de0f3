/*
 * The text as a reader sees it: character references read, a terminal's sequences made one control character.
 *
 * Most texts have neither and are used as they are. What was put in the place of something else is noted, so that every
 * range of the plain text has one of the raw text. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_PLAIN_H
#define WIREDESK_CLEANUP_PLAIN_H

#include "pipeline/base/arena.h"
#include "pipeline/story.h"

struct plain {
	struct str text; /* never longer than the raw one */
	const struct edit *edits;
	size_t n;
	bool overflow; /* references beyond the limit stay as they are written */
};

struct plain plain_read(struct arena *a, struct str raw);

/* Where in the raw text a range of the plain one stands. */
struct range plain_raw(const struct plain *plain, struct range at);

#endif
