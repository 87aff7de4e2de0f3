/*
 * Refusals: a record that the broker refuses for good never goes that way again. A story's becomes a dead letter, a
 * dead letter's a stub without its value; behind a stub there is nothing smaller, and the worker ends.
 *
 * Loop thread only.
 */
#ifndef WIREDESK_REFUSALS_H
#define WIREDESK_REFUSALS_H

#include "pipeline/base/metrics.h"
#include "producer/sink.h"
#include "worker/condemned.h"

struct refusals {
	struct condemned *condemned; /* may be NULL: then nothing can be refused */
	struct metrics *metrics;
};

/* Condemns each record that the publication names. False with err set: one cannot be, and the worker must end. */
bool refusals_condemn(const struct refusals *r, const struct publication *mail, struct err *err);
/*
 * The batch's only message, whose records went one by one, and still nobody knows which it was: the message as a whole.
 * There must be a table of condemned ones.
 */
bool refusals_condemn_whole(const struct refusals *r, const struct publication *mail, struct err *err);

#endif
