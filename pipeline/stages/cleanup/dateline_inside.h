/* What the files of datelines share. See dateline.h. */
#ifndef WIREDESK_CLEANUP_DATELINE_INSIDE_H
#define WIREDESK_CLEANUP_DATELINE_INSIDE_H

#include "pipeline/stages/cleanup/dateline.h"

#define DATELINE_SOURCE_BYTES 48
#define DATELINE_LOOK_BYTES   60

/* What can end a dateline. */
struct dateline_mark {
	struct str words;
	size_t kept; /* bytes of it that belong to what stands before it */
	enum {
		MARK_DASH,
		MARK_STOP,
		MARK_COLON,
		MARK_GLUED
	} kind; /* a glued dash needs a source or a date before it */
};

struct dateline_sense {
	struct dateline *out;
	const struct dateline_mark *mark;
	bool source_in_marks;
	struct range second; /* a place that is perhaps the source */
	struct range day;    /* a number that is no date by itself */
	size_t items, places, regions;
};

/* Is [at, hit) a dateline that sense->mark ends? text: all of it, for what stands behind; s: cut where a dateline must
 * have ended. sense but for mark and out is empty; *sense->out is filled. */
bool dateline_sense(struct str text, struct str s, size_t at, size_t hit, struct dateline_sense *sense);

/* dateline_read for the shapes of China, Japan and Korea, at `at` of a text that is cut as s is. */
bool dateline_east_read(struct str s, size_t at, struct dateline *out);

/* Behind the blanks at `at`; [start, end) without blanks at its ends. */
size_t dateline_blanks(struct str s, size_t at);
struct range dateline_trim(struct str s, struct range r);

/* Behind these words at `at`; where they begin, from `at` on; or 0. */
size_t dateline_after(struct str s, size_t at, const char *words);
size_t dateline_find(struct str s, size_t at, const char *words);

/* A name of at most `most` words: each begins with a capital, or its script has none. */
bool dateline_is_name(struct str s, size_t most);

/* "The government said …": a word, a small one that no name has, and no number. Nothing is a dateline that begins so.
 */
bool dateline_is_sentence(struct str s, size_t at);

/* "NEW YORK" of "NEW YORK and LONDON": small between capitals it joins two places. Else all of it. */
struct range dateline_first_of(struct str s, struct range places);

/* "KOMPAS.TV"; "CNN Indonesia", behind a place in capitals. */
bool dateline_is_site(struct str s);
bool dateline_is_outlet(struct str s);

/* Does the last of the words stand in the text by itself, without the one before it? Then it is a surname. */
bool dateline_is_surname(struct str words, struct str text);

/* "NTK-Kari Solbakken": length of the agency's capitals before a reporter's name, or 0. */
size_t dateline_agency_end(struct str source);

/* Rows of dateline.def: cities of up to four letters; cities whose name opens a story in small letters, too; parties.
 */
bool dateline_is_short_place(struct str s);
bool dateline_is_city(struct str s);
bool dateline_is_party(struct str s);

#endif
