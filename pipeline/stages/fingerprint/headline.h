/*
 * What a headline says of its story: is it an update or a correction, and which words are left to compare.
 */
#ifndef WIREDESK_HEADLINE_H
#define WIREDESK_HEADLINE_H

#include "pipeline/base/str.h"
#include "pipeline/sketch.h"

/* Longer headlines are compared by their beginning. */
#define HEADLINE_BYTES_MAX 600

/*
 * SKETCH_UPDATE or SKETCH_CORRECTION where the headline begins with such a mark, and *rest is what stands behind it;
 * else 0 and all of it. A mark is a word of marks.def in brackets ("(Adds details)", "【更正】"), or before a colon,
 * dash or number ("UPDATE 2-", "Ralat: "), with an ordinal before it or none ("3rd Writethru: "). Also in brackets at
 * the end.
 */
uint8_t headline_marks(struct str headline, struct str *rest);

/* "Headline | Outlet": without what stands behind the bar, where it stands late enough. */
struct str headline_without_outlet(struct str headline);

/* Adds marks to text->flags and words to text->headline. */
void headline_read(struct str headline, struct sketch_text *text);

#endif
