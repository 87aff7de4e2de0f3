/*
 * The runner: takes a batch through the plan. Lanes side by side through the any-order stages and the rendering, then,
 * on the loop thread, begin, the in-order tail, and later commit or rollback.
 *
 * The runner keeps the promises that stages rely on: feeds looked up, empty messages dropped, limits metered (a story
 * over its meter becomes a dead letter here), parts counted, replays filtered, condemned stories ended, calls and times
 * counted.
 */
#ifndef WIREDESK_RUN_H
#define WIREDESK_RUN_H

#include "pipeline/base/task.h"
#include "pipeline/batch.h"
#include "pipeline/plan.h"

/* The runner's questions to the process around it; any pointer may be NULL. Called from lane threads, for messages of
 * their own. */
struct run_hooks {
	void *arg;
	/* This lane begins on this message (NULL: on none). lane 0 is the loop thread, also in begin and in the tail.
	 */
	void (*working)(void *arg, size_t lane, const struct message *msg);
	/*
	 * Must this message (part -1) or this part of it not be worked on? Then the words why and in *reason refused or
	 * poison; else NULL. Asked before expand with part -1 and after it for every part.
	 */
	const char *(*condemned)(void *arg, const struct message *msg, int64_t part, enum reason *reason);
};

struct runner_options {
	size_t lanes;              /* 1 … LANES_MAX, the loop thread included */
	enum task_kind task_kind;  /* TASK_INLINE in simulations */
	size_t record_limit_bytes; /* largest key + value + headers an article or duplicate may have; 0: no limit */
	int64_t story_time_ms;     /* a lane that needs longer for one message ends the process; 0: no limit */
	struct run_hooks hooks;
};

struct runner;

/* The plan must be open and outlive the runner. NULL with err set when a stage's open_local fails. */
struct runner *runner_new(struct plan *plan, const struct runner_options *options, struct err *err);
void runner_free(struct runner **runner);

/* The budget of one batch; whatever runs out first ends the taking of messages (the cut). At least one message is
 * taken. */
struct run_budget {
	size_t messages; /* take no more than so many */
	size_t stories;  /* parts in all; one message may exceed it alone */
	size_t derived_bytes;
	int64_t deadline_us;      /* of the plan's clock; 0: none */
	const _Atomic bool *stop; /* set: used up, whatever is left; NULL: never */
	bool one_lane;            /* only the loop thread works (suspects) */
};

/* Lanes and rendering. Sets n_taken; the caller then seals the batch (batch_seal). */
void runner_work(struct runner *r, struct batch *b, const struct run_budget *budget);

/* After sealing. begin of all in-order stages, in order, up to the first that answers abort. */
bool runner_begin(struct runner *r, struct batch *b, struct err *err);
/* The in-order stages for every open story, then outcome and finished record. */
void runner_tail(struct runner *r, struct batch *b);
/* Settles the in-order stages whose begin was called; the caller sees to the order of batches. */
void runner_commit(struct runner *r, struct batch *b);
void runner_rollback(struct runner *r, struct batch *b);

#endif
