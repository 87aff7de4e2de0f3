/*
 * What a history is made of: brokers, judge, and up to three workers' processes, each perhaps with a twin; and what is
 * counted and told of what happens to them.
 */
#ifndef WIREDESK_TESTS_SIMULATION_WORLD_H
#define WIREDESK_TESTS_SIMULATION_WORLD_H

#include "tests/flow/simulation/fiber.h"
#include "tests/flow/simulation/judge.h"
#include "tests/flow/simulation/schedule.h"
#include "tests/membroker/worker.h"

#include <inttypes.h>

#define WORKERS_MAX 3
#define PROCESSES   (2 * WORKERS_MAX) /* each may have a twin */
#define LANES       3
#define STATE_BYTES (128 * 1024)

#define MS     INT64_C(1000)
#define SECOND (1000 * MS)

enum happening {
	KILLED,
	KILLED_AT_WORK,
	POISONED,
	STOPPED,
	STOOD_STILL,
	TWINS,
	OUTAGES,
	FAULTS,
	DELAYS,
	REBALANCED,
	THROWN_OUT,
	EXPIRED,
	LEAPS,
	ABANDONED,
	ENDED_WELL,
	ENDED_FENCED,
	ENDED_FAILED,
	LIVES,
	HAPPENINGS
};

/* What one process leaves in its folder. */
struct state_file {
	char bytes[STATE_BYTES];
	ssize_t n; /* -1: not there */
};

struct world;

/* One worker's process, life after life. */
struct process {
	struct world *world;
	struct host host;
	struct clock clock;
	int64_t mono_skew_us, wall_skew_ms;
	char instance[16], dir[96];
	struct mem_client *client; /* NULL: it does not run */
	struct process *original;  /* of a twin */
	_Atomic bool stop;
	int64_t stop_us;  /* when it was told to */
	int64_t stood_us; /* still, or without an answer, so long since then */
	bool unheard;     /* its next request of a transaction waits for long */
	bool away;        /* nobody starts it until all heals */
	int64_t start_us; /* not before */
	int64_t gone_us;  /* died, or left without a word; 0: no */
	int64_t polled_us;
	int64_t still_since_us;
	uint64_t transaction; /* open at its broker */
	int64_t transaction_us;
	const struct tale *at_work[LANES];
	int poison_deaths[PARTITIONS_MAX][MESSAGES_MAX];
	struct test_worker_options options;
	struct witness witness;
	struct state_file *saved; /* one for each of its names */
	uint64_t articles, duplicates, drops, dead_letters;
};

struct world {
	struct mem_broker *broker;
	struct judge judge;
	struct process processes[PROCESSES];
	size_t n_workers;
	uint32_t fault_rate; /* one of so many calls */
	uint32_t delay_rate;
	bool faults[MEM_FATAL + 1]; /* that happen in this history */
	uint32_t event_rate;
	int64_t outage_until_us;
	int64_t heal_us;
	uint64_t heal_step;
	bool has_poison;
	bool healing, over;
	int to_come; /* messages */
	uint64_t counts[HAPPENINGS];
	uint64_t trace; /* of all that happened, in its order */
};

/* From now on what happens is told on stderr. */
void world_be_loud(void);
void world_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What makes one history another. */
void world_trace(struct world *w, uint64_t what);
/* Counted, and traced. */
void world_happens(struct world *w, enum happening what);

#endif
