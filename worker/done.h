/*
 * Which offsets of a partition are done with, when not all of them are: everything below `base`, and ranges above it.
 *
 * Written as text it goes where the offset itself goes, into the group's committed metadata, so that both change in one
 * transaction. Loop thread only.
 */
#ifndef WIREDESK_DONE_H
#define WIREDESK_DONE_H

#include "pipeline/base/buf.h"

#include <stdint.h>

/* Brokers take 4096 bytes of metadata by default. */
#define DONE_TEXT_MAX 4000

struct done_range {
	int64_t from, to; /* [from, to) */
};

/* Zero-initialised is valid: nothing is done. */
struct done {
	int64_t base;
	struct done_range *ranges; /* ascending, not touching each other nor the base */
	size_t n, room;
};

void done_free(struct done *done);
void done_copy(struct done *to, const struct done *from);
void done_add(struct done *done, int64_t from, int64_t to);
bool done_has(const struct done *done, int64_t offset);

/* The ranges as text, empty for none. False: they do not fit DONE_TEXT_MAX. */
bool done_write(const struct done *done, struct buf *out);
/* Base from the committed offset, ranges from its metadata. False: that was written by something else. */
bool done_read(struct done *done, int64_t base, struct str text);

#endif
