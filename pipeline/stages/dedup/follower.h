/*
 * Follows the claims log: reads it from the front to its end, and on, into one view.
 *
 * The view is begun anew, and the log read from the front again, when its settings change, when the log was made anew,
 * and when the owner asks for a view that reaches further back. Reading stops wherever its time ends, and goes on with
 * the next call. One thread.
 */
#ifndef WIREDESK_DEDUP_FOLLOWER_H
#define WIREDESK_DEDUP_FOLLOWER_H

#include "pipeline/base/clock.h"
#include "pipeline/stages/dedup/ledger_log.h"
#include "pipeline/stages/dedup/view.h"

struct follower;

/* options live as long as the follower. facts: counted in. */
struct follower *follower_new(const struct ledger_log_options *options, struct ledger_log_facts *facts);
void follower_free(struct follower **follower);

enum follower_answer {
	FOLLOWER_THERE,
	FOLLOWER_LATE, /* time ran out */
	FOLLOWER_AWAY, /* the log cannot be reached: err says why */
	/* The log's settings are none that this worker can follow: err says which and what to do. */
	FOLLOWER_REFUSED,
};

/* Reads up to the end of the log, as it is now. deadline_us: of the clock's monotonic time. */
enum follower_answer follower_to_end(struct follower *f, int64_t deadline_us, struct err *err);
/* Reads until the key is known; what was read before is complete (follower_to_end was THERE). */
enum follower_answer follower_to_key(struct follower *f, const struct key *key, int64_t deadline_us, struct err *err);

/* The view, if it was read to the end once; else NULL. Changes with the next call of the above. */
struct view *follower_view(struct follower *f);
/* Is what the view would say of this claim what the log says? */
bool follower_can_judge(struct follower *f, const struct keys_entry *entry);
/* The view does not reach back far enough for a claim of that time: begin another. */
void follower_reach_back(struct follower *f, int64_t time_ms);

/* The settings that stood when the record at `offset` was written. */
const struct claim_settings *follower_settings(const struct follower *f, int64_t offset);
/* The format by which these settings compare, or NULL. */
const struct claim_format *follower_format(const struct follower *f, const struct claim_settings *settings);
/* Where a view has to begin that judges a claim of that time. */
int64_t follower_view_start(const struct claim_settings *settings, int64_t time_ms);
/* Where reading stands, and where the log ended when it was last asked. */
void follower_where(const struct follower *f, int64_t *next, int64_t *end);
/* Is it time to write the settings again, or for the first time? */
bool follower_wants_settings(const struct follower *f);
uint64_t follower_space(const struct follower *f);

#endif
