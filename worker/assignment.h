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

/* A new assignment: every partition stands as the group has committed it. */
void assignment_take(struct assignment *p, const struct offsets *partitions, int64_t now_ms);
void assignment_drop(struct assignment *p);
size_t assignment_count(const struct assignment *p);

/* Where to go on after an abort: the next offsets of the last commit of this assignment; OFFSET_AS_COMMITTED where
 * there was none. */
void assignment_rewind(struct assignment *p, struct offsets *out);

/* A message was read; false: it lies behind the end at which this run stops, and must not be worked on: it is left out,
 * and no end behind it is committed. */
bool assignment_read(struct assignment *p, const struct position *at);
/* The end of a partition was met; true: its offset is not committed yet. */
bool assignment_at_end(struct assignment *p, const struct offset *at, int64_t now_ms);
/* Has the group got so far by a commit of this assignment? */
bool assignment_has_committed(struct assignment *p, const struct offset *at);
/* The batch is committed. */
void assignment_committed(struct assignment *p, const struct offsets *next, int64_t now_ms);

/* What is left to read behind that commit; for the metrics. */
void assignment_set_lag(struct assignment *p, const struct offset *at, int64_t lag);

/*
 * For until-end: the ends of all partitions there were at start (one that is not among them came later: nothing of it
 * is wanted). Has every partition been read to its end, and is nothing beyond to be worked on?
 */
void assignment_set_ends(struct assignment *p, const struct offsets *ends);
bool assignment_all_read(const struct assignment *p);
/*
 * From here on what lies behind the ends is worked on, too, until the next assignment. True: something was left out
 * before, and only a rewind brings it back.
 */
bool assignment_lift_ends(struct assignment *p);
bool assignment_is_lifted(const struct assignment *p);

/* Any thread. */
size_t assignment_status(struct assignment *p, struct partition_status *out, size_t room);

#endif
