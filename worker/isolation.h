/*
 * Isolation: finding the one record that the broker refuses, among a batch whose publish fails as a whole.
 *
 * A delivery report names a request, not a record: a thousand good stories share the error of one. So after two
 * failures without a commit between them the failed batch's messages become a *range* (from its first to its last
 * offset of each partition). Messages in the range are published in groups that halve with every failure and double
 * with every commit, down to one message whose records go one by one; messages outside it are not held up, but those
 * that fail themselves join it. When all of the range is committed, it is over. Since it grows only by what fails, and
 * every commit shortens it, this ends.
 *
 * Loop thread only.
 */
#ifndef WIREDESK_ISOLATION_H
#define WIREDESK_ISOLATION_H

#include "pipeline/batch.h"

struct isolation {
	size_t most;  /* messages a batch in good times */
	size_t group; /* messages of the range a batch, now */
	unsigned failed_in_row;
	bool active;
	struct offsets low, high; /* the range, by partition: low inclusive and rising, high exclusive */
	size_t probe_from;        /* one by one: records known to be good */
};

void isolation_init(struct isolation *iso, size_t most);
void isolation_free(struct isolation *iso);

/* How many messages to take from the front of the batch: innocents up to the range, or one group of the range. */
size_t isolation_take(const struct isolation *iso, const struct batch *b);
/* Does the batch go one record at a time? */
bool isolation_one_by_one(const struct isolation *iso, const struct batch *b);

void isolation_failed(struct isolation *iso, const struct batch *b);
void isolation_committed(struct isolation *iso, const struct batch *b);
/* The partitions are gone, or the record has been found: start afresh. */
void isolation_reset(struct isolation *iso);

#endif
