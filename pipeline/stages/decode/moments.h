/* Points in time as formats write them. */
#ifndef WIREDESK_DECODE_MOMENTS_H
#define WIREDESK_DECODE_MOMENTS_H

#include "pipeline/stages/decode/decode.h"

/*
 * As RFC 3339 writes it, with its zone and capital letters; in call->keep or a view of s.
 *
 * Read are RFC 3339 and what formats make of it ("2016-05-12 00:05:13+00", "20160512T000513+0200",
 * "201605120005", seconds left out),
 * e-mail's dates (RFC 5322), seconds or milliseconds since 1970, and dates with a time in words of the languages of
 * pipeline/words. A name of a zone that may be several, and a time without any, is read by the source's own zone.
 *
 * Empty, with a warning in the story: it is no point in time that exists (time-not-used), or none that can be told
 * without its zone (time-without-zone).
 */
struct str moments_read(struct decode *d, struct story *st, struct str s);

/*
 * The same for what has happened already: empty, with the warning time-in-future, where it is more than two days after
 * the message itself.
 *
 * Where nothing but the zone or the hour is missing (time-without-zone, time-without-hour) part->name is what is known:
 * "2024-03-04T10:05", "2024-03-04", and part->label as it was written; else part->name is empty.
 */
struct str moments_read_past(struct decode *d, struct story *st, struct str s, struct named *part);

#endif
