/*
 * What a desk's own rules (rules.h) say of a line. They are asked before the built-in readers, and a rule that keeps a
 * line before all others. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_OWN_H
#define WIREDESK_CLEANUP_OWN_H

#include "pipeline/stages/cleanup/scan.h"

/* What a rule of this kind takes out, as the record calls it; NULL: it says something (an author, a kill), and is read
 * as the built-in ones are. */
const char *own_removal(enum phrase_kind kind);

/* Does a rule say that the line stays? */
bool own_keeps(const struct scan *s);

/* Cuts the line where a rule takes it out. is_tail: nothing that stays stands behind it. */
bool own_read(struct scan *s, bool is_tail);

/* Lines that are cut but that a rule keeps stay, all but the headline; what they said is forgotten. */
void own_restore(struct marks *m);

#endif
