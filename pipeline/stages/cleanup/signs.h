/*
 * The last lines of a story: end marks, initials, an agency's sign, copyright, contacts. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_SIGNS_H
#define WIREDESK_CLEANUP_SIGNS_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts the line and keeps its pieces, where it is none of the writer's. */
bool signs_read(struct scan *s);

/* Cuts a line that is a word for the end or an agency's sign, and none of the others. */
bool signs_is_end(struct scan *s);

/* A sign behind the last sentence of a line that stays ("… repartió billetes. ENS"); kind NULL: there is none. */
struct removal signs_behind_last(struct marks *m, const struct line *line);

#endif
