/*
 * What a story says of itself: that it corrects another, takes it back, is held until a time, goes on from another, is
 * no news at all. Of its headline, slugline, note to editors, the lines that were taken out and the first ones of its
 * text, in many languages (words/signals.def, words/slugs.h).
 *
 * A false kill is the worst error: words that cancel concerts, too, are a kill only where the story speaks of a story
 * and says that it is not to be used. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_MEANING_H
#define WIREDESK_CLEANUP_MEANING_H

#include "pipeline/story.h"
#include "pipeline/words/signals.h"

/* Reads all of that of a story that is cleaned but for this; writes cleanup.said, control and embargo. */
void meaning_read(const struct signals *signals, struct arena *keep, struct arena *tmp, struct story *st);

/* Does the line say that a story is taken back? text: where evidence may stand, that line and what is around it. */
bool meaning_kills(const struct signals *signals, struct str line, struct str text);

/* Is it a line that says until when the story is held? languages: those that have its words; may be NULL. */
bool meaning_holds(const struct signals *signals, struct str line, const char **languages);

/* Does the line say that something is not to be used? */
bool meaning_bans(const struct signals *signals, struct str line);

#endif
