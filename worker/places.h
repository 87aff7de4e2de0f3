/*
 * Places: how far each partition of the current assignment is read and committed.
 *
 * The loop writes them on its own thread; /livez and the metrics read them through places_status, under a lock.
 */
#ifndef WIREDESK_PLACES_H
#define WIREDESK_PLACES_H

#include "pipeline/base/metrics.h"
#include "pipeline/batch.h"
#include "worker/loop.h"

struct places;

struct places *places_new(struct metrics *metrics);
void places_free(struct places **places);

/* A new assignment: every partition stands as the group has committed it. Ends (until-end) of partitions seen before
 * are kept. */
void places_assign(struct places *p, const struct offsets *partitions, int64_t now_ms);
void places_unassign(struct places *p);
size_t places_count(const struct places *p);

/* Where to go on after an abort: the next offsets of the last commit of this assignment; OFFSET_AS_COMMITTED where
 * there was none. */
void places_rewind(struct places *p, struct offsets *out);

/* A message was read; false: it lies behind the end at which this run stops, and must not be worked on. */
bool places_read(struct places *p, const struct position *at);
/* The end of a partition was met; true: its offset is not committed yet. */
bool places_at_end(struct places *p, const struct offset *at, int64_t now_ms);
/* The batch is committed. */
void places_committed(struct places *p, const struct offsets *next, int64_t now_ms);

/* What is left to read behind that commit; for the metrics. */
void places_set_lag(struct places *p, const struct offset *at, int64_t lag);

/* For until-end: partitions whose end is not known yet; their ends; has every partition been read to its end? */
void places_without_end(struct places *p, struct offsets *out);
void places_set_ends(struct places *p, const struct offsets *ends);
bool places_all_read(const struct places *p);

/* Any thread. */
size_t places_status(struct places *p, struct partition_status *out, size_t room);

#endif
