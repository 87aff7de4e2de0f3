/* What the files of credits share: how far a time is from UTC, and how it is written. Pure but for the zone's clock. */
#ifndef WIREDESK_CREDITS_INSIDE_H
#define WIREDESK_CREDITS_INSIDE_H

#include "pipeline/stage.h"
#include "pipeline/words/dates.h"

/* A time's distance from UTC. Where the zone's name could be several countries', the source's own zone tells, else the
 * story's places. False: nobody can tell; *minutes says nothing then. */
bool credits_offset(struct call *call, const struct story *st, const struct date *d, const char **zone, int *minutes);

/* As RFC 3339 writes it; the date has all its fields. */
struct str credits_moment(struct call *call, const struct date *d, int minutes);

#endif
