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

#include "worker/config.h"
#include "worker/putback.h"

struct putback_setup {
	const struct config *config;
	struct str reason;        /* only letters of this reason; empty: all */
	bool dry_run;             /* look and count, take no transactional id, commit nothing */
	const _Atomic bool *stop; /* asked between transactions */
};

/* Committed, or in a dry run seen. */
struct putback_counts {
	uint64_t letters[PUTBACK_KIND_COUNT]; /* of PUTBACK_GOOD: those put back */
	uint64_t parts;                       /* stories that those put back stand for */
	uint64_t reasons[REASON_COUNT];       /* of those put back, by their first reason */
	uint64_t refused;                     /* good, but the raw topic does not take them; left for later */
	struct err refusal;                   /* the first one's place and words */
};

/* An exit code; err says why when it is not 0. counts are right in either case. */
int putback_run(const struct putback_setup *setup, struct putback_counts *counts, struct err *err);

#endif
