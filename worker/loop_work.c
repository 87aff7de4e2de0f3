/*
 * Work on a batch: the lanes, the cut, and the in-order tail. A suspect gets a batch of its own, on one lane.
 */
#include "worker/loop_inside.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#define DERIVED_PER_RAW 4

static void number_batch(struct loop *l, struct batch *b)
{
	b->number = ++l->batch_number;
	b->metadata = str_make(l->metadata, l->metadata_n);
	b->assignment = l->assignment;
}

/* Messages before the first suspect; a suspect that comes first runs alone. */
static size_t without_suspects(struct loop *l, const struct batch *b, bool *alone)
{
	*alone = false;
	if (!l->with.suspects || suspects_count(l->with.suspects) == 0)
		return b->n_messages;
	for (size_t i = 0; i < b->n_messages; i++) {
		if (!suspects_must_run_alone(l->with.suspects, &b->messages[i]))
			continue;
		*alone = i == 0;
		return i ? i : 1;
	}
	return b->n_messages;
}

bool loop_begins_with_suspect(struct loop *l)
{
	const struct batch *b = l->filling;
	return b->n_messages && l->with.suspects && suspects_count(l->with.suspects) &&
	       suspects_must_run_alone(l->with.suspects, &b->messages[0]);
}

/* Only two batches hold derived stories at a time, so the arenas move to where they are needed. */
static void warm_up(struct loop *l, struct batch *b)
{
	if (b != l->cold)
		return;
	batch_swap_lanes(b, l->spare);
	l->cold = l->spare;
}

static void run_lanes(struct loop *l, struct batch *b)
{
	bool alone;
	size_t messages = without_suspects(l, b, &alone);
	size_t isolated = isolation_take(&l->isolation, b);
	struct run_budget budget = {.messages = messages < isolated ? messages : isolated,
	                            .stories = l->with.options.batch_stories,
	                            .derived_bytes = DERIVED_PER_RAW * l->with.options.batch_bytes,
	                            .stop = l->with.stop,
	                            .one_lane = alone};
	CHECK(budget.messages >= 1); /* a batch that takes none would come again for ever */
	if (l->with.options.work_ms)
		budget.deadline_us = clock_mono_us(l->with.clock) + l->with.options.work_ms * 1000;
	if (l->with.suspects)
		suspects_alone(l->with.suspects, alone);
	warm_up(l, b);
	runner_work(l->with.runner, b, &budget);
	CHECK(b->n_taken >= 1 && b->n_taken <= budget.messages);
}

/* Begin and tail. False: a stage's surroundings fail. */
static bool run_tail(struct loop *l, struct batch *b)
{
	struct err err = {0};
	if (!runner_begin(l->with.runner, b, &err)) {
		log_warn("BEGIN-ABORTED", "a stage cannot take the batch now, it is read again",
		         LOG_INT("batch", (int64_t)b->number), LOG_CSTR("why", err.words));
		return false;
	}
	runner_tail(l->with.runner, b);
	return true;
}

bool loop_work(struct loop *l)
{
	struct batch *b = l->filling;
	bool ready = true;
	CHECK(l->spare && l->spare != b && l->spare != l->flying);
	number_batch(l, b);
	if (b->n_messages)
		run_lanes(l, b);
	batch_seal(b, l->spare);
	if (b->n_messages)
		ready = run_tail(l, b);
	if (l->with.suspects)
		suspects_alone(l->with.suspects, false);
	return ready;
}
