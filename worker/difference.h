/*
 * What differs between two records of one story: field by field, a path of keys for each ("bodies[0].value").
 */
#ifndef WIREDESK_DIFFERENCE_H
#define WIREDESK_DIFFERENCE_H

#include "pipeline/base/arena.h"
#include "worker/explain_text.h"

struct difference {
	struct str field;
	struct str a, b; /* JSON as it was written; empty: the field is not there */
	struct difference *next;
};

/* In the order of a's fields, then b's own. Lists of one object are looked into, others are one value. Two texts of
 * which one is no JSON differ as a whole, under the field "". Everything lives in the arena, and as long as a and b. */
struct difference *difference_find(struct str a, struct str b, struct arena *arena);

/* For a person: of texts the lines, of lists the values that only one has; cut after `most` lines and characters. */
void difference_show(const struct difference *d, struct explain_text *t, struct arena *arena);

/* Where a record or an ending stands: the message's number and the part's (none: 0). False: it does not say. */
bool difference_place(struct str record, struct arena *arena, uint64_t place[2]);

#endif
