/*
 * Notes to editors above a story, and what a headline says of its version. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_NOTES_H
#define WIREDESK_CLEANUP_NOTES_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts the line where it is a note and keeps what it says in the marks. above: no headline has been met yet, where
 * fewer words are enough; below one, notes_holds has been asked before. */
bool notes_read(struct scan *s, bool above);

/* Cuts the line where it says until when the story is held. */
bool notes_holds(struct scan *s);

/* Keeps what words before a headline say of its version: "CORRECTED-", "UPDATE 2-", "Ralat:". */
void notes_headline(const struct scan *s);

/* The line is a note that says what the story corrects: the first one is kept. */
void notes_corrects(struct marks *m, const struct line *line);

/* Does a part that goes to editors alone, down to the end of the text, begin with this line? */
bool notes_is_notebook(const struct scan *s);

/* Where ", 1st Ld-Writethru" begins in a headline, or its end. */
size_t notes_version_tag(struct str text, const struct line *line);

#endif
