/*
 * A whole worker against the broker in memory: its own run list, a clock that moves by being looked at, and a witness.
 *
 * The run list is `split` (any order, expands: a value is parts separated by '|', each its own story; the part
 * "dead…" dies, "drop…" is dropped, "copy…" is a duplicate, "huge…" asks for more memory than a story may have) and
 * `witness` (in order), which keeps the promises that in-order stages rely on: begin before run, two unsettled batches
 * at most, commits in order, rollbacks newest first, and nothing known of a batch that was rolled back.
 */
#ifndef WIREDESK_TEST_WORKER_H
#define WIREDESK_TEST_WORKER_H

#include "tests/membroker/membroker.h"
#include "worker/loop.h"

#define TEST_WORKER_TRANSACTION_MS 1000

/* What the witness remembers of one life. */
struct witness {
	size_t n_pending;
	uint64_t pending[2]; /* numbers of unsettled batches, oldest first */
	size_t pending_stories[2];
	size_t committed_stories; /* of all committed batches: parts that reached the tail */
	size_t begins, commits, rollbacks;
	int begins_to_abort;    /* the next so many begins answer abort */
	uint64_t stop_at_begin; /* sets the stop flag in the begin of that number; 0: never */
	_Atomic bool *stop;
	const char *broken; /* the first promise that was broken; NULL: none */
};

/* Somebody who looks at the work; any may be NULL. On the threads that work, before they do. */
struct test_watch {
	void *arg;
	void (*working)(void *arg, size_t lane, const struct message *msg); /* as run_hooks.working */
	void (*story)(void *arg, const struct story *st);                   /* an any-order stage is at it */
	void (*abandoned)(void *arg); /* it ends with a batch in flight, and is as good as killed */
};

struct test_worker_options {
	size_t batch_stories; /* 0: 5 */
	size_t lanes;         /* 0: 1 */
	bool threads;         /* lanes and publisher on threads of their own */
	bool until_end;
	const char *state_dir;   /* NULL: no condemned, no suspects */
	int64_t story_bytes;     /* 0: 1 MB */
	struct witness *witness; /* NULL: one of its own */
	_Atomic bool *stop;      /* NULL: never */
	struct source *source;   /* NULL: the client's; else one around it, which must pass everything on */
	struct clock *clock;     /* NULL: one that moves by being looked at */
	int64_t stop_ms;         /* 0: never abandons a batch */
	struct test_watch watch;
	void (*tidy)(void *arg); /* NULL: nobody */
	void *tidy_arg;
};

struct test_worker_result {
	enum loop_end end;
	struct err err;
	uint64_t articles, duplicates, drops, dead_letters;
	struct witness witness;
	size_t held;    /* messages that were never released */
	bool abandoned; /* it ended with a batch in flight */
};

/* One life of a worker, from opening its sink to its end. The client stays. */
struct test_worker_result test_worker_run(struct mem_client *client, const struct test_worker_options *options);

#endif
