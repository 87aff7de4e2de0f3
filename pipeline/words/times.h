/*
 * Times of the day as wires write them, with the zone behind them. Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_TIMES_H
#define WIREDESK_WORDS_TIMES_H

#include "pipeline/words/dates.h"

/* Is it plain that these words do not stand at `at`? Most begin with another letter. */
static inline bool times_is_other(struct str s, size_t at, const char *words)
{
	return at >= s.n || ((unsigned char)s.p[at] < 0x80 && (s.p[at] | 0x20) != (words[0] | 0x20));
}

/* A time at `at` of s: "14:32 WIB", "2:30 p.m. EST", "0900 GMT", "noon", "14 Uhr". Fills hour, minute, second, zone and
 * offset; the rest of *out stays. Returns where it ends, or 0 and *out as it was. */
size_t times_read(struct str s, size_t at, struct date *out);

/* The same behind a date, with what may stand between the two: " - 14:32 WIB", "T14:32:05Z", " at 2:30 p.m. EST",
 * " pukul 14.32". Returns where it ends, or `at`. */
size_t times_behind(struct str s, size_t at, struct date *out);

#endif
