/*
 * The ledger that workers share, in a worker: made for the dedup stage, read back before the worker joins its group,
 * kept up to date while it runs, and counted.
 *
 * All but shared_ledger_unready on the loop's thread (or before it runs).
 */
#ifndef WIREDESK_SHARED_LEDGER_H
#define WIREDESK_SHARED_LEDGER_H

#include "pipeline/base/metrics.h"
#include "pipeline/stage.h"
#include "pipeline/stages/dedup/ledger_log.h"
#include "worker/admin.h"
#include "worker/config.h"

struct shared_ledger {
	const struct config *config;
	struct ledger *ledger; /* the stage's; NULL: the run list asks for none */
	struct clock *clock;
	struct quit quit;
	char topic[256];
	bool publishes;          /* stories go on unjudged while the log is away */
	struct metrics *metrics; /* NULL: nobody counts */
	struct series *read, *written, *voided, *repeated, *foreign, *newer, *unjudged, *orphaned;
	struct series *reread_front, *reread_back, *moved, *lag, *wait;
	struct ledger_log_facts last;
	int64_t turned_us; /* when it was last kept up to date */
	bool is_away;      /* it could not be, then, and the log says so */
	_Atomic(const char *) unready;
};

/* stage_env's ledger_new; its ledger_arg is a struct shared_ledger with config, clock, quit and metrics set. */
struct ledger *shared_ledger_new(const struct stage_env *env, const struct ledger_wish *wish, struct err *err);

/* Is the topic of the claims as it must be? A second one, compacted, or with a clock of its own is never a matter of
 * taste. False with err set: what is wrong, and the command that mends it. */
bool shared_ledger_check(const struct shared_ledger *shared, struct admin *admin, struct err *err);

/* Reads the log back, with a line of progress now and then. False: err says why not; empty: quit was asked. A log
 * that is away for long is no reason where stories are published without it. */
bool shared_ledger_restore(struct shared_ledger *shared, struct err *err);

/* Now and then, between batches: reads on a little, and counts. arg: the shared ledger. */
void shared_ledger_turn(void *arg);
/* Why the worker is not ready, as a literal; NULL: it is, as far as claims go. Any thread. */
const char *shared_ledger_unready(const void *arg);

#endif
