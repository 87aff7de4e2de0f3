/*
 * The assignment: how far each partition of the current assignment is read and committed.
 *
 * The loop writes them on its own thread; /livez and the metrics read them through assignment_status, under a lock.
 */
#ifndef WIREDESK_ASSIGNMENT_H
#define WIREDESK_ASSIGNMENT_H

#include "pipeline/base/metrics.h"
#include "pipeline/batch.h"
#include "worker/loop.h"

struct assignment;

struct assignment *assignment_new(struct metrics *metrics);
void assignment_free(struct assignment **assignment);

/* A new assignment: every partition stands as the group has committed it. Ends (until-end) of partitions seen before
 * are kept. */
void assignment_take(struct assignment *p, const struct offsets *partitions, int64_t now_ms);
void assignment_drop(struct assignment *p);
size_t assignment_count(const struct assignment *p);

/* Where to go on after an abort: the next offsets of the last commit of this assignment; OFFSET_AS_COMMITTED where
 * there was none. */
void assignment_rewind(struct assignment *p, struct offsets *out);

/* A message was read; false: it lies behind the end at which this run stops, and must not be worked on. */
bool assignment_read(struct assignment *p, const struct position *at);
/* The end of a partition was met; true: its offset is not committed yet. */
bool assignment_at_end(struct assignment *p, const struct offset *at, int64_t now_ms);
/* Has the group got so far by a commit of this assignment? */
bool assignment_has_committed(struct assignment *p, const struct offset *at);
/* The batch is committed. */
void assignment_committed(struct assignment *p, const struct offsets *next, int64_t now_ms);

/* What is left to read behind that commit; for the metrics. */
void assignment_set_lag(struct assignment *p, const struct offset *at, int64_t lag);

/* For until-end: partitions whose end is not known yet; their ends; has every partition been read to its end? */
void assignment_without_end(struct assignment *p, struct offsets *out);
void assignment_set_ends(struct assignment *p, const struct offsets *ends);
bool assignment_all_read(const struct assignment *p);

/* Any thread. */
size_t assignment_status(struct assignment *p, struct partition_status *out, size_t room);

#endif
