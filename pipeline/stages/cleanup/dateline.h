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

/* The same for the shapes of China, Japan and Korea, at `at` of a text that is cut where a dateline must have ended. */
bool dateline_east_read(struct str s, size_t at, struct dateline *out);

/* --- inside --------------------------------------------------------------------------------------------------- */

/* Behind the blanks at `at`; [start, end) without blanks at its ends. */
size_t dateline_blanks(struct str s, size_t at);
struct range dateline_trim(struct str s, struct range r);

/* Behind these words at `at`; where they begin, from `at` on; or 0. */
size_t dateline_after(struct str s, size_t at, const char *words);
size_t dateline_find(struct str s, size_t at, const char *words);

/* A name of at most `most` words: each begins with a capital, or its script has none. */
bool dateline_is_name(struct str s, size_t most);

/* "KOMPAS.TV"; "CNN Indonesia", behind a place in capitals. */
bool dateline_is_site(struct str s);
bool dateline_is_outlet(struct str s);

/* Rows of signals.def: words that open a line and are no place; cities of up to four letters; cities whose name
 * opens a story in small letters, too; parties. */
bool dateline_is_signal(struct str s);
bool dateline_is_short_place(struct str s);
bool dateline_is_city(struct str s);
bool dateline_is_party(struct str s);

#endif
