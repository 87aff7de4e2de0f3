/*
 * The transactional loop of `wiredesk replay`: dead letters of one topic, up to the ends seen at start, each put back
 * once.
 *
 * Group GROUP.replay, transactional id GROUP.replay/0, both its own. Partitions are read without group membership: the
 * transactional id alone keeps a second replay out (whoever comes later fences the earlier one, and only then asks
 * where the group stands). The loop never goes on after trouble: it aborts and ends, and the next call begins where the
 * last commit left off. A letter that is left for later stays a gap in the committed offsets (done.h).
 */
#ifndef WIREDESK_PUTBACK_RUN_H
#define WIREDESK_PUTBACK_RUN_H

#include "pipeline/base/clock.h"
#include "worker/config.h"
#include "worker/progress.h"
#include "worker/putback.h"

#define PUTBACK_STAGE_MAX 40
#define PUTBACK_ROWS_MAX  40

struct putback_setup {
	const struct config *config;
	struct putback_filter filter;
	int64_t rate;             /* letters a second at most; 0: as fast as it goes */
	bool dry_run;             /* look and count, take no transactional id, commit nothing */
	const _Atomic bool *stop; /* asked between transactions */
	struct clock *clock;
	struct progress *progress; /* started and ended in here */
};

/* Of one reason, in one stage. */
struct putback_row {
	char stage[PUTBACK_STAGE_MAX + 1];
	enum reason reason;
	uint64_t letters;
};

/* Committed, or in a dry run seen. */
struct putback_counts {
	uint64_t letters[PUTBACK_KIND_COUNT]; /* of PUTBACK_GOOD: those put back */
	uint64_t parts;                       /* stories that those put back stand for */
	uint64_t bytes;                       /* of the values of those put back */
	struct putback_row
	        rows[PUTBACK_ROWS_MAX + 1]; /* of those put back, by what killed their first part; the last */
	size_t n_rows;                      /* row is of all that the others have no room for */
	int64_t oldest_ms, newest_ms;       /* when those died that are put back; -1: none tells */
	uint64_t refused;                   /* good, but the raw topic does not take them; left for later */
	struct err refusal;                 /* the first one's place and words */
};

/* An exit code; err says why when it is not 0. counts are right in either case. */
int putback_run(const struct putback_setup *setup, struct putback_counts *counts, struct err *err);

#endif
