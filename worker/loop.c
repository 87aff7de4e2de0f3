/*
 * The loop. Read loop_run at the bottom first: fill, work, hand over, and what happens otherwise.
 *
 * The order in which things are given back is the whole art:
 *
 *   loop_collect    takes the batch in flight back (loop_settle.c). Committed: its in-order stages commit, its offsets
 *                   are the place to rewind to. Else the caller falls back.
 *   fall_back       the one abort path. Takes the batch in flight back, rolls back newest first, frees all batches,
 *                   rests, rewinds the source to the last committed offsets of this assignment.
 *   on_unassigned   before partitions go (loop_source.c): collects, drops what is half filled, unassigns. Nothing of
 *                   the old assignment is in any hand when the new owner begins to read.
 */
#include "worker/loop.h"

#include "pipeline/base/check.h"
#include "worker/loop_inside.h"

#define POLL_FLYING_MS 5
#define LOOP_TIDY_MS   60000

/* --- filling ------------------------------------------------------------------------------------------------------ */

static bool has_waited(struct loop *l)
{
	return clock_mono_us(l->with.clock) - l->filling->opened_us >= l->with.options.batch_wait_ms * 1000;
}

static bool all_is_read(struct loop *l)
{
	return l->source_ended || (l->with.options.until_end && l->assigned && assignment_all_read(l->held));
}

/* Ends that were met while the batch before was still in flight are committed with it. */
static bool has_new_ends(struct loop *l, const struct batch *b)
{
	for (size_t i = 0; i < b->n_eofs; i++) {
		if (!assignment_has_committed(l->held, &b->eofs[i].at))
			return true;
	}
	return false;
}

/* Is the filling batch worth working on now? */
static bool batch_is_ready(struct loop *l)
{
	struct batch *b = l->filling;
	if (b->n_messages == 0 && !l->flying && !has_new_ends(l, b))
		b->n_eofs = 0;
	if (batch_is_empty(b))
		return false;
	if (all_is_read(l))
		return true;
	if (b->n_messages == 0)
		return loop_now_ms(l) - l->last_message_ms >= l->with.options.idle_commit_ms;
	return b->n_messages >= l->with.options.batch_stories || b->raw_bytes >= l->with.options.batch_bytes ||
	       has_waited(l);
}

static int poll_timeout(struct loop *l)
{
	int64_t most = l->flying ? POLL_FLYING_MS : LOOP_POLL_MS;
	if (l->filling->n_messages == 0)
		return (int)most;
	if (batch_is_ready(l))
		return 0;
	int64_t waited_us = clock_mono_us(l->with.clock) - l->filling->opened_us;
	int64_t left_ms = l->with.options.batch_wait_ms - waited_us / 1000;
	return (int)(left_ms < 0 ? 0 : left_ms < most ? left_ms : most);
}

static void fill(struct loop *l)
{
	loop_poll(l, poll_timeout(l));
	l->polled = true;
}

/* --- handing over, falling back ----------------------------------------------------------------------------------- */

static void fall_back(struct loop *l, enum publish_cause cause, bool failed_already)
{
	enum publish_cause late = CAUSE_NONE;
	if (!failed_already && loop_collect(l, &late) == COLLECTED_FAILED && cause == CAUSE_NONE)
		cause = late;
	loop_drop_batches(l);
	series_add(metrics_labelled(l->with.metrics, METRIC_REWINDS, "cause", str_of(publish_cause_word(cause))), 1);
	if (loop_must_stop(l))
		return;
	if (cause == CAUSE_REFUSAL || cause == CAUSE_PROBE) {
		loop_rewind(l); /* the next try is another batch, or the same with the record condemned */
		return;
	}
	if (cause == CAUSE_OUTAGE || cause == CAUSE_BEGIN)
		l->troubled = true;
	loop_back_off(l);
}

/* The worked batch takes off; what was cut off fills on. */
static void hand_over(struct loop *l)
{
	CHECK(!l->flying);
	struct batch *worked = l->filling;
	CHECK(worked->assignment == l->assignment);
	l->flying = worked;
	l->filling = l->spare;
	l->spare = NULL;
	for (size_t i = 0; i < 3; i++) {
		if (&l->batches[i] != l->flying && &l->batches[i] != l->filling)
			l->spare = &l->batches[i];
	}
	CHECK(batch_is_empty(l->spare));
	l->polled = false;
	atomic_store(&l->flying_ms, loop_now_ms(l));
	publisher_post(l->publisher, worked, isolation_one_by_one(&l->isolation, worked), l->isolation.probe_from);
}

static void work_and_hand_over(struct loop *l)
{
	enum publish_cause cause = CAUSE_NONE;
	/* If a suspect ends this process, nothing else shall be in flight. */
	if (loop_begins_with_suspect(l) && loop_collect(l, &cause) == COLLECTED_FAILED) {
		fall_back(l, cause, true);
		return;
	}
	if (!loop_work(l)) {
		fall_back(l, CAUSE_BEGIN, false);
		return;
	}
	if (loop_collect(l, &cause) == COLLECTED_FAILED) {
		fall_back(l, cause, true);
		return;
	}
	hand_over(l);
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

/* SIGTERM, or an end: what is in flight lands, what is half filled or cut off is dropped and read by whoever comes
 * next. */
static void drain(struct loop *l)
{
	enum publish_cause cause = CAUSE_NONE;
	loop_collect(l, &cause);
	loop_drop_batches(l);
}

static bool is_finished(struct loop *l)
{
	return l->source_ended && batch_is_empty(l->filling) && !l->flying;
}

/* Of until-end: is there nothing to do here but to wait for the others? */
static bool is_waiting(const struct loop *l)
{
	if (!l->assigned || assignment_is_lifted(l->held))
		return true;
	return !l->flying && batch_is_empty(l->filling) && assignment_all_read(l->held);
}

/*
 * Who waits for the others works on beyond the ends. They may have noted a later end of what is read here, and this
 * worker a later one of what they read; did all stop at their own and wait, they would wait for ever.
 */
static void watch_ends(struct loop *l)
{
	if (until_end_note(&l->until_end))
		assignment_set_ends(l->held, &l->until_end.ends);
	bool answered = is_waiting(l) && until_end_wait(&l->until_end);
	if (until_end_is_reached(&l->until_end))
		loop_end_with(l, LOOP_DONE, NULL);
	else if (answered && l->assigned && !assignment_is_lifted(l->held) && assignment_lift_ends(l->held))
		loop_rewind(l);
}

/* What a stage opened before may be in use as long as a batch is in flight. False: what flew has failed. */
static bool reload_when_asked(struct loop *l, enum publish_cause *cause)
{
	if (!l->with.reload.asked || !atomic_load(l->with.reload.asked))
		return true;
	if (loop_collect(l, cause) == COLLECTED_FAILED)
		return false;
	atomic_store(l->with.reload.asked, false);
	l->with.reload.act(l->with.reload.arg);
	return true;
}

static void tidy_when_due(struct loop *l)
{
	if (!l->with.tidy.act || loop_now_ms(l) < l->tidy_ms)
		return;
	l->with.tidy.act(l->with.tidy.arg);
	l->tidy_ms = loop_now_ms(l) + LOOP_TIDY_MS;
}

static void turn(struct loop *l)
{
	enum publish_cause cause = CAUSE_NONE;
	if (l->flying && publisher_is_done(l->publisher) && loop_collect(l, &cause) == COLLECTED_FAILED) {
		fall_back(l, cause, true);
		return;
	}
	if (l->with.options.until_end)
		watch_ends(l);
	if (l->over)
		return;
	if (l->with.beside.turn)
		l->with.beside.turn(l->with.beside.arg);
	tidy_when_due(l);
	if (!reload_when_asked(l, &cause)) {
		fall_back(l, cause, true);
		return;
	}
	if (l->polled && batch_is_ready(l))
		work_and_hand_over(l);
	else if (is_finished(l))
		loop_end_with(l, LOOP_DONE, NULL);
	else
		fill(l);
}

enum loop_end loop_run(struct loop *l, struct err *err)
{
	while (!loop_must_stop(l))
		turn(l);
	loop_update_ready(l);
	drain(l);
	if (err && err_is_set(&l->err))
		*err = l->err;
	return l->over ? l->end : LOOP_DONE;
}

struct loop *loop_new(const struct loop_setup *setup)
{
	static const char *const words[] = {
	        [PUBLISH_COMMITTED] = "committed", [PUBLISH_ABORTED] = "aborted", [PUBLISH_UNKNOWN] = "unknown",
	        [PUBLISH_FENCED] = "fenced",       [PUBLISH_FATAL] = "fatal",     [PUBLISH_FAILED] = "failed"};
	struct loop *l = calloc(1, sizeof(*l));
	CHECK(l && setup->options.batch_stories >= 1 && setup->lanes >= 1 && setup->lanes <= LANES_MAX);
	CHECK(setup->options.back_off_min_ms >= 1 && setup->options.back_off_min_ms <= setup->options.back_off_max_ms);
	l->with = *setup;
	l->publisher = publisher_new(&(struct publisher_options){.sink = setup->sink,
	                                                         .source = setup->source,
	                                                         .condemned = setup->condemned,
	                                                         .clock = setup->clock,
	                                                         .task_kind = setup->options.publisher_task,
	                                                         .transaction_ms = setup->options.transaction_ms});
	l->held = assignment_new(setup->metrics);
	until_end_init(&l->until_end, setup->source, setup->clock);
	l->tally = tally_new(setup->metrics);
	for (size_t i = 0; i < 3; i++)
		batch_init(&l->batches[i], setup->lanes, setup->source->ops->release, setup->source);
	l->filling = &l->batches[0];
	l->spare = &l->batches[1];
	l->cold = &l->batches[2];
	isolation_init(&l->isolation, setup->options.batch_stories);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		l->results[i] = metrics_labelled(setup->metrics, METRIC_BATCHES, "result", str_of(words[i]));
	l->batch_seconds = metrics_plain(setup->metrics, METRIC_BATCH_SECONDS);
	l->publish_seconds = metrics_plain(setup->metrics, METRIC_PUBLISH_SECONDS);
	l->condemned = metrics_plain(setup->metrics, METRIC_CONDEMNED);
	l->suspects = metrics_plain(setup->metrics, METRIC_SUSPECTS);
	loop_report_kept(l);
	loop_update_ready(l);
	atomic_store(&l->status.last_progress_ms, loop_now_ms(l));
	if (setup->tidy.act)
		l->tidy_ms = loop_now_ms(l) + LOOP_TIDY_MS;
	return l;
}

/* What was abandoned has an end at last, whichever. */
static void reclaim(struct loop *l)
{
	publisher_take(l->publisher);
	l->abandoned = false;
	loop_drop_batches(l);
}

void loop_free(struct loop **loop)
{
	struct loop *l = *loop;
	*loop = NULL;
	if (!l)
		return;
	if (l->abandoned)
		reclaim(l);
	publisher_free(&l->publisher);
	for (size_t i = 0; i < 3; i++)
		batch_free(&l->batches[i]);
	isolation_free(&l->isolation);
	assignment_free(&l->held);
	until_end_free(&l->until_end);
	tally_free(&l->tally);
	offsets_free(&l->scratch);
	free(l->metadata);
	free(l);
}
