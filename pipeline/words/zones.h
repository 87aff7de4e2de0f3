/*
 * Names of time zones as wires write them. Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_ZONES_H
#define WIREDESK_WORDS_ZONES_H

#include "pipeline/base/str.h"

#include <limits.h>

/* What tells which of several zones a name means. */
struct zones_hint {
	struct str home;  /* the source's own zone (IANA), or empty; it decides */
	struct str place; /* the dateline's place, or empty; decides next */
	struct str text;  /* decides where it names places of one of the zones alone */
};

/* Instead of minutes: the distance from UTC depends on the day, as the IANA zone has it. */
#define ZONES_BY_DAY INT_MIN

/* The meaning of a zone's name. False: unknown, or it may be several. */
bool zones_find(struct str name, const struct zones_hint *hint, const char **iana, int *offset_minutes);

/* Length of the name of a zone that s has at `at`, or 0; the longest that at most `most` bytes allow. Letters may
 * follow: words glued together are the caller's to judge. */
size_t zones_length(struct str s, size_t at, size_t most);

#endif
