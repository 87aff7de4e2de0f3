/*
 * Records on their way into a log: written one by one, appended together.
 *
 * One buffer holds them all, and stays for the next ones. One thread.
 */
#ifndef WIREDESK_DEDUP_OUTBOX_H
#define WIREDESK_DEDUP_OUTBOX_H

#include "pipeline/base/buf.h"
#include "pipeline/claims_log.h"

struct outbox {
	struct buf one; /* the record that is being written */
	struct buf bytes;
	size_t *ends;
	struct str *values;
	size_t n, room;
};

/* No record is longer than record_bytes_max. */
void outbox_init(struct outbox *outbox, size_t record_bytes_max);
void outbox_free(struct outbox *outbox);
void outbox_clear(struct outbox *outbox);

/* The record in `one` is finished, and the next may be written. */
void outbox_take(struct outbox *outbox);
/* All of them, in order; true at once where there is none. They stay until outbox_clear. */
bool outbox_append(struct outbox *outbox, struct claims_log *log, int64_t patience_ms, struct err *err);

#endif
