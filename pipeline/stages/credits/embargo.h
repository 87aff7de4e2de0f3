/*
 * Until when a story is held, as a point in time: what its line or note says, the zone by what it names, the source, or
 * the language of its words, a day of the week and a year that is not said by the story's own date. Pure but for the
 * zone's clock.
 */
#ifndef WIREDESK_CREDITS_EMBARGO_H
#define WIREDESK_CREDITS_EMBARGO_H

#include "pipeline/stage.h"

/* Writes credits.embargo of the story; all of its other credits are known. */
void embargo_read(struct call *call, struct story *st);

#endif
