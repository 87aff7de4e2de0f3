/*
 * Until when a story is held, as a point in time: what its line or note says, the zone by what it names, the source, or
 * the language of its words, a day of the week and a year that is not said by the story's own date. Pure but for the
 * zone's clock.
 */
#ifndef WIREDESK_CREDITS_EMBARGO_H
#define WIREDESK_CREDITS_EMBARGO_H

#include "pipeline/stage.h"
#include "pipeline/words/untils.h"

struct zone_clock;

/* Writes credits.embargo of the story; all of its other credits are known. offset: the distance from UTC that the words
 * say themselves, where `told` is set. */
void embargo_read(struct call *call, struct story *st);

/* What the words say of their zone: false where they say nothing that tells. */
bool embargo_zone(struct call *call, const struct story *st, const struct date *d, const char **zone, int *minutes);

#endif
