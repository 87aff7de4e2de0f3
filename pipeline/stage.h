/*
 * The interface of a stage: one table, and the manual of how it is called.
 *
 * A stage is a folder under stages/ with one `const struct stage stage_NAME` at the bottom of one file, static
 * functions above it, and one line of CMake. stages/template/ is the one to copy.
 *
 * Life of a stage:
 *
 *     check            once, on the main thread                              faults of the configuration are found here
 *     open             once, before the first story, on the main thread      faults of the surroundings are found here
 *     open_local       once a lane, on the main thread
 *     run              any-order: on every lane, each story on one of them   keep | drop | dead
 *     begin            in-order: once a batch, on the loop thread, after all lanes
 *     run              in-order: every story not ended, in input order, on the loop thread   keep only
 *     commit/rollback  in-order: on the loop thread; commits in batch order, rollbacks newest first, also after a
 *                      failed begin. Up to two batches may be unsettled at once.
 *     close_local, close   on the main thread
 *
 * Stages observe nothing: calls, times, drops and deaths are counted around them by the runner. They log nothing per
 * story. They reach time, files and Kafka only through what env gives them.
 */
#ifndef WIREDESK_STAGE_H
#define WIREDESK_STAGE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/err.h"
#include "pipeline/base/metrics.h"
#include "pipeline/base/options.h"
#include "pipeline/batch.h"
#include "pipeline/story.h"

struct ledger;
struct ledger_wish;
struct lane;

enum stage_order {
	STAGE_ANY_ORDER, /* stories in any order, on all lanes at once */
	STAGE_IN_ORDER,  /* one story after the other, in input order, on the loop thread */
};

struct limits {
	int64_t message_bytes; /* a message's value; default 16 MB */
	int64_t story_bytes;   /* memory of what is derived from one story; default 16 MB */
	int64_t parts;         /* stories a message; default 2000 */
	int64_t parse_bytes; /* scratch memory of one call, and never more than 128 times the message; default 128 MB */
	int64_t depth;       /* nesting of JSON and XML; default 64 */
};

/* What a stage may know of the world. Outlives every stage. */
struct stage_env {
	struct str data_dir; /* models and tables: its folder is DATA_DIR/NAME/ */
	struct clock *clock;
	struct metrics *metrics;
	struct limits limits;
	const struct feed *feeds; /* all of them; the last is the default */
	size_t n_feeds;
	/* Makes the ledger that workers share, or NULL with err set. NULL (enrich): dedup keeps claims in memory,
	 * whatever the configuration says. */
	struct ledger *(*ledger_new)(const struct stage_env *env, const struct ledger_wish *wish, struct err *err);
	void *ledger_arg;
	/* Messages come from files, which tell no time: dedup measures its window by the stories' own dates (enrich).
	 */
	bool is_by_story_time;
	/* What is no error, but surely not meant, found by an open: words with their place. NULL: nobody listens. */
	void (*warn)(void *arg, const char *words);
	void *warn_arg;
	/* Output topics of the configuration; read by route. NULL (enrich): the names below are used. */
	const struct output_topics *output;
};

/* articles: by language, `fallback` for all others. Names end in NUL and live as long as the configuration. */
struct output_topics {
	const char *fallback;
	struct {
		const char *language;
		const char *topic;
	} * by_language;
	size_t n_by_language;
	const char *duplicates;
	const char *dead_letters;
};

/* What a call may use. */
struct call {
	const char *stage;
	/*
	 * keep lives as long as the batch, tmp until the call returns. In expand and any-order run both are metered: a
	 * story over its limit leaves by longjmp and ends politely, so `local` must be sound at every allocation, and
	 * nothing else may be held. In begin, in-order run, commit and rollback nothing is metered.
	 */
	struct arena *keep;
	struct arena *tmp;
	const void *options;
	void *shared; /* any-order stages must not change it: other lanes read it at the same time */
	void *local;  /* this lane's own; NULL in begin, commit and rollback */
	const struct stage_env *env;
	struct batch *batch;
	struct lane *lane; /* the runner's own; NULL where there is no runner */
};

enum begin_answer {
	BEGIN_READY,
	BEGIN_ABORT, /* the surroundings fail: the batch is rolled back, rewound and tried again after a pause; err says
	                why */
};

struct stage {
	const char *name;
	const char *summary; /* one line for `wiredesk stages` */
	enum stage_order order;

	/* Groups of story.h. needs: a stage that writes them must stand before. reads: if a stage that writes them is
	 * in the list at all, it must stand before. writes: nobody else may. */
	uint32_t needs, reads, writes;

	const struct option *options; /* rows; NULL: none */
	size_t options_size;
	size_t shared_size, local_size; /* the runner allocates them, zeroed; 0: none, the pointer is NULL */

	/*
	 * Its files may change under a worker that runs: plan_reopen opens it anew beside itself and puts the new one
	 * in its place. What open made is used through call->shared alone, so that `local` keeps nothing of it, but for
	 * what every reopen hands on from the one before: that stays until the last of them is closed.
	 */
	bool reopens;
	/*
	 * Optional, for a stage that reopens: opens in place of open, and may take over from the one in use what need
	 * not be read again. Both are closed by close, each once.
	 */
	bool (*reopen)(const struct stage_env *env, const void *options, void *used, void *fresh, struct err *err);

	/*
	 * Optional. Is what the sources say of this stage's trade (env->feeds) sound, and what rows cannot say of its
	 * options? Nothing is opened yet, and of env only feeds, limits and warn are there. False with err set, its
	 * place first: the process ends with exit code 2.
	 */
	bool (*check)(const struct stage_env *env, const void *options, struct err *err);

	/* Optional, all of them, but one of expand and run. False with err set: the process ends with exit code 4; an
	 * open that fails holds nothing any more, and its close never comes. */
	bool (*open)(const struct stage_env *env, const void *options, void *shared, struct err *err);
	void (*close)(void *shared);
	bool (*open_local)(const struct stage_env *env, const void *options, const void *shared, void *local,
	                   struct err *err);
	void (*close_local)(void *local);

	/*
	 * decode only, in place of run: makes the message's parts with message_part (below). The message's value is not
	 * empty and within its limit. Keep with no part at all means: no story in it. A part may end here (story_dead)
	 * while its neighbours go on; the answer then is still keep.
	 */
	enum answer (*expand)(struct call *call, struct message *msg);

	/* The story has not ended. In-order stages answer keep: after the claim a story can only end by the broker. */
	enum answer (*run)(struct call *call, struct story *st);

	/*
	 * In-order stages only. begin sees all messages, ended parts too, and may wait, at most transaction.timeout.ms.
	 * commit and rollback get the batch that begin got, its stories still readable; they cannot fail. When a begin
	 * answers abort, rollback is called for that stage and those before it, not for those whose begin never came.
	 * A begin that works on one story after the other says so by call_working.
	 * In-order run gets lane 0's local.
	 */
	enum begin_answer (*begin)(struct call *call, struct batch *batch, struct err *err);
	void (*commit)(struct call *call, struct batch *batch);
	void (*rollback)(struct call *call, struct batch *batch);
};

/* For expand: adds the next part (zeroed, numbered), or NULL when limits.parts is reached: then answer
 * message_dead(LIMIT_PARTS). */
struct story *message_part(struct call *call, struct message *msg);

/*
 * For begin: this story is worked on now, and would be at fault should the process die or the work not end; NULL: none
 * is, as when it waits. In run the runner knows by itself.
 */
void call_working(struct call *call, const struct story *st);

/* All stages of this program, NULL at the end; made by CMake from the list of folders. */
extern const struct stage *const stage_registry[];

#endif
