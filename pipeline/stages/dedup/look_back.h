/*
 * Looking back: a story that was claimed long ago and comes again is judged by what the log held at its own position.
 *
 * The part of the log that its judgement hangs on is read once more, into a view of its own, which is thrown away: as
 * much as a restart reads, for all such stories of a batch together. One thread.
 */
#ifndef WIREDESK_DEDUP_LOOK_BACK_H
#define WIREDESK_DEDUP_LOOK_BACK_H

#include "pipeline/base/arena.h"
#include "pipeline/stages/dedup/follower.h"

/* A story whose claim is known. */
struct look_back_item {
	size_t i; /* of its batch */
	struct key key;
	const struct claim *claim; /* the story's own; its words are used where its text is that of the log */
	int64_t offset, time_ms;   /* of the claim in the log */
	struct judgement *out;     /* texts are copied into `keep` */
	bool is_judged;            /* set; stays false where the log no longer holds it, and then it is `unjudged` */
};

enum look_back_answer {
	LOOK_BACK_DONE,
	LOOK_BACK_AWAY, /* the log cannot be reached: err says why; nothing is judged for sure */
};

struct look_back {
	const struct ledger *ledger; /* is told what is judged (ledger_working) */
	const struct ledger_log_options *options;
	struct follower *follower;
	struct ledger_log_facts *facts;
	struct arena *keep;
};

/* Sorts the items. Goes on as long as records come; AWAY when none does for patience_ms. */
enum look_back_answer look_back(const struct look_back *how, struct look_back_item *items, size_t n, struct err *err);

#endif
