/*
 * The ledger over a log from inside: for the files that make it up, ledger_log.c (batches, and what goes into the log)
 * and ledger_log_judge.c (verdicts on what has come back).
 */
#ifndef WIREDESK_LEDGER_LOG_INSIDE_H
#define WIREDESK_LEDGER_LOG_INSIDE_H

#include "pipeline/stages/dedup/follower.h"
#include "pipeline/stages/dedup/ledger_log.h"
#include "pipeline/stages/dedup/look_back.h"
#include "pipeline/stages/dedup/outbox.h"

#define LOG_UNSETTLED_MAX 2

struct log_batch {
	bool is_open;
	uint64_t number;
	struct key *keys; /* of its claims */
	struct judgement *found;
	bool *is_found;
	size_t n, room;
	struct arena texts;
};

struct ledger_log {
	struct ledger ledger; /* first, so that one is the other */
	struct ledger_log_options options;
	struct str space; /* own copy */
	struct claim_format writes[CLAIM_FORMATS_MAX + 1];
	struct follower *follower;
	struct log_batch batches[LOG_UNSETTLED_MAX];
	struct outbox records;
	struct key *owed; /* voids that the log has yet to get */
	size_t n_owed, owed_room;
	struct look_back_item *items;
	size_t item_room;
	struct ledger_log_facts facts;
};

/* LOG_AGAIN: the log is not what it was, or must be read further back. */
enum log_judged { LOG_JUDGED, LOG_AGAIN, LOG_NOT_NOW };

void ledger_log_set_unjudged(struct ledger_log *l, struct log_batch *b, size_t i, struct str evidence);
/* All that are not judged yet. Claims at fresh_from or behind it in the log were appended just now. */
enum log_judged ledger_log_judge_all(struct ledger_log *l, struct log_batch *b, const struct claim *claims,
                                     int64_t fresh_from, struct err *err);

#endif
