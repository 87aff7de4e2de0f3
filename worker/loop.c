/*
 * The loop. Read loop_run at the bottom first: fill, work, hand over, and what happens otherwise.
 *
 * There are three batches: one that fills, one in flight at the publisher, and a spare which takes what the budget
 * cuts off and is the next to fill. The order in which things are given back is the whole art:
 *
 *   collect     takes the batch in flight back. Committed: its in-order stages commit, its offsets are the place to
 *               rewind to. Else the caller falls back.
 *   fall_back   the one abort path. Takes the batch in flight back, rolls back newest first, frees all batches,
 *               rewinds the source to the last committed offsets of this assignment, pauses.
 *   settle      before partitions go: collects, drops what is half filled, unassigns. Nothing of the old assignment is
 *               in any hand when the new owner begins to read.
 */
#include "worker/loop.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "worker/assignment.h"
#include "worker/isolation.h"
#include "worker/publisher.h"
#include "worker/tally.h"
#include "worker/until_end.h"

#define POLL_MS         100
#define POLL_FLYING_MS  5
#define DERIVED_PER_RAW 4
#define ASK_MS          10000

struct loop {
	struct loop_setup with;
	struct publisher *publisher;
	struct assignment *held;
	struct tally *tally;
	struct loop_status status;

	struct batch batches[3];
	struct batch *filling;
	struct batch *flying;      /* NULL: nothing in flight */
	struct batch *spare;       /* empty */
	struct batch *cold;        /* the one whose arenas were never used */
	_Atomic int64_t flying_ms; /* since when; 0: nothing in flight */
	bool polled;               /* since the last batch: the group must hear from us, however much was cut off */
	uint64_t batch_number;

	/* The assignment. Metadata is ours, because batches that carry it may outlive the event it came with. */
	bool assigned;
	uint64_t assignment;
	char *metadata;
	size_t metadata_n;

	struct isolation isolation;
	struct until_end until_end;
	int64_t back_off_ms; /* 0: the last batch was committed */

	bool troubled; /* brokers or a stage could not take the last batch */
	int64_t last_message_ms;
	bool source_ended;
	bool over; /* an end is decided, and err says why */
	enum loop_end end;
	struct err err;
	struct offsets scratch;
	struct series *results[PUBLISH_FAILED + 1];
	struct series *batch_seconds, *publish_seconds, *condemned, *suspects;
};

/* --- small things --------------------------------------------------------------------------------------------------
 */

static int64_t now_ms(struct loop *l)
{
	return clock_mono_ms(l->with.clock);
}

/* The first end stands, like the first error. */
static void end_with(struct loop *l, enum loop_end end, const struct err *err)
{
	if (l->over)
		return;
	l->over = true;
	l->end = end;
	if (err)
		l->err = *err;
}

static bool must_stop(struct loop *l)
{
	return l->over || atomic_load(l->with.stop);
}

/* Why is the worker not ready? NULL: it is. A member that the group gives no partition to stands by, and is ready. */
static const char *find_unready(struct loop *l)
{
	const struct source_ops *ops = l->with.source->ops;
	const char *trouble = ops->trouble ? ops->trouble(l->with.source) : NULL;
	if (must_stop(l))
		return "it ends";
	if (trouble)
		return trouble;
	if (!l->assigned)
		return "the group has given it no assignment";
	return l->troubled ? "the last batch could not be taken" : NULL;
}

static void update_ready(struct loop *l)
{
	atomic_store(&l->status.unready, find_unready(l));
}

static bool batch_is_empty(const struct batch *b)
{
	return b->n_messages == 0 && b->n_eofs == 0;
}

static void number_batch(struct loop *l, struct batch *b)
{
	b->number = ++l->batch_number;
	b->metadata = str_make(l->metadata, l->metadata_n);
	b->assignment = l->assignment;
}

/* --- what a commit means -------------------------------------------------------------------------------------------
 */

static void report_lag(struct loop *l, const struct offsets *next)
{
	struct source *source = l->with.source;
	if (!source->ops->known_end)
		return;
	for (size_t i = 0; i < next->n; i++) {
		const struct offset *at = &next->items[i];
		int64_t end = source->ops->known_end(source, at->topic, at->partition);
		if (end >= 0)
			assignment_set_lag(l->held, at, end > at->next ? end - at->next : 0);
	}
}

/* What is kept about single messages beyond their batch. */
static void report_kept(struct loop *l)
{
	if (l->with.condemned)
		series_set(l->condemned, (int64_t)condemned_count(l->with.condemned));
	if (l->with.suspects)
		series_set(l->suspects, (int64_t)suspects_count(l->with.suspects));
}

static void settle_committed(struct loop *l, struct batch *b)
{
	int64_t now = now_ms(l);
	runner_commit(l->with.runner, b);
	assignment_committed(l->held, &b->next, now);
	until_end_committed(&l->until_end, &b->next);
	report_lag(l, &b->next);
	struct tally_counts counts = tally_batch(l->tally, b);
	l->status.articles += counts.articles;
	l->status.duplicates += counts.duplicates;
	l->status.drops += counts.drops;
	l->status.dead_letters += counts.dead_letters;
	l->status.committed_batches++;
	atomic_store(&l->status.last_progress_ms, now);
	if (l->with.condemned)
		condemned_forget(l->with.condemned, b);
	if (l->with.suspects)
		suspects_forget(l->with.suspects, b);
	report_kept(l);
	if (b->n_messages)
		series_observe_us(l->batch_seconds, clock_mono_us(l->with.clock) - b->opened_us);
	l->back_off_ms = 0;
	l->troubled = false;
	isolation_committed(&l->isolation, b);
}

/* --- what a failure means ------------------------------------------------------------------------------------------
 */

/* Of a batch without a known end nobody can say what is visible, but that the group's offsets say the same. */
static void log_failure(const struct publication *mail)
{
	bool aborted = mail->result == PUBLISH_ABORTED;
	log_warn(aborted ? "BATCH-ABORTED" : "BATCH-FAILED",
	         aborted ? "nothing of the batch is visible, it is read again"
	                 : "this worker cannot publish the batch, the next one goes on where the group stands",
	         LOG_INT("batch", (int64_t)mail->batch->number), LOG_CSTR("cause", publish_cause_word(mail->cause)),
	         LOG_INT("messages", (int64_t)mail->batch->n_messages), LOG_CSTR("why", mail->err.words));
}

/* A record that is known to be refused never goes that way again: story to dead letter, dead letter to stub. */
static bool condemn(struct loop *l, const struct message *msg, const struct refusal *refusal, struct err *err)
{
	struct condemned *condemned = l->with.condemned;
	log_warn("RECORD-REFUSED", "the broker refuses a record for good", LOG_STR("topic", msg->delivery.topic),
	         LOG_INT("partition", msg->delivery.partition), LOG_INT("offset", msg->delivery.offset),
	         LOG_INT("part", refusal->part), LOG_CSTR("why", refusal->words));
	series_add(metrics_plain(l->with.metrics, METRIC_REFUSALS), 1);
	if (!condemned)
		return err_set(err, "a record is refused: %s", refusal->words);
	if (refusal->part >= 0)
		return condemned_add(condemned, &msg->delivery, refusal->part, REASON_REFUSED, refusal->words, err);
	if (condemned_is_stub(condemned, msg))
		return err_set(err, "the dead-letter topic refuses even a stub without a value: %s", refusal->words);
	return condemned_add_stub(condemned, &msg->delivery, refusal->words, err);
}

/* One message, its records one by one, and still nobody knows which: the message as a whole. */
static bool condemn_whole(struct loop *l, const struct publication *mail, struct err *err)
{
	const struct message *msg = &mail->batch->messages[0];
	if (msg->end.outcome == OUTCOME_DEAD) {
		struct refusal refusal = {.part = -1};
		snprintf(refusal.words, sizeof(refusal.words), "%.*s", (int)sizeof(refusal.words) - 1, mail->err.words);
		return condemn(l, msg, &refusal, err);
	}
	return condemned_add(l->with.condemned, &msg->delivery, -1, REASON_REFUSED, mail->err.words, err);
}

static void isolate(struct loop *l, const struct publication *mail)
{
	struct err err = {0};
	bool kept = true;
	if (mail->cause == CAUSE_PROBE)
		l->isolation.probe_from = mail->probed_to;
	if (mail->cause != CAUSE_REFUSAL && mail->cause != CAUSE_OTHER)
		return;
	for (size_t i = 0; i < mail->n_refusals && kept; i++)
		kept = condemn(l, &mail->batch->messages[mail->refusals[i].message], &mail->refusals[i], &err);
	if (mail->n_refusals == 0 && mail->cause == CAUSE_REFUSAL && mail->one_by_one && l->with.condemned)
		kept = condemn_whole(l, mail, &err);
	else if (mail->n_refusals == 0)
		isolation_failed(&l->isolation, mail->batch);
	report_kept(l);
	if (!kept)
		end_with(l, LOOP_FAILED, &err);
}

/* Ends the loop, where a result is beyond help. */
static void judge_result(struct loop *l, const struct publication *mail)
{
	if (mail->result == PUBLISH_FENCED || mail->result == PUBLISH_FATAL)
		end_with(l, LOOP_FENCED, &mail->err);
	else if (mail->result == PUBLISH_FAILED)
		end_with(l, LOOP_FAILED, &mail->err);
}

/* --- taking the batch in flight back --------------------------------------------------------------------------------
 */

enum collected { COLLECTED_NOTHING, COLLECTED_COMMITTED, COLLECTED_FAILED };

/*
 * Waits for the batch in flight. Committed: settled and empty again. Failed: it stays in l->flying, not rolled back
 * yet, because a younger batch must be rolled back before it.
 */
static enum collected collect(struct loop *l, enum publish_cause *cause)
{
	if (!l->flying)
		return COLLECTED_NOTHING;
	const struct publication *mail = publisher_take(l->publisher);
	atomic_store(&l->flying_ms, 0);
	series_add(l->results[mail->result], 1);
	series_observe_us(l->publish_seconds, publisher_took_us(l->publisher));
	if (mail->result == PUBLISH_COMMITTED) {
		settle_committed(l, l->flying);
		batch_reset(l->flying);
		l->flying = NULL;
		return COLLECTED_COMMITTED;
	}
	log_failure(mail);
	judge_result(l, mail);
	isolate(l, mail);
	*cause = mail->cause;
	return COLLECTED_FAILED;
}

/* Every batch is empty again; the youngest is rolled back first. */
static void drop_batches(struct loop *l)
{
	runner_rollback(l->with.runner, l->filling);
	if (l->flying)
		runner_rollback(l->with.runner, l->flying);
	for (size_t i = 0; i < 3; i++)
		batch_reset(&l->batches[i]);
	l->flying = NULL;
	l->filling = &l->batches[0];
	l->spare = &l->batches[1];
}

/* --- rewinding -----------------------------------------------------------------------------------------------------
 */

static void rewind_source(struct loop *l)
{
	struct err err = {0};
	if (!l->assigned)
		return;
	assignment_rewind(l->held, &l->scratch);
	if (!l->with.source->ops->assign(l->with.source, &l->scratch, &err))
		end_with(l, LOOP_FAILED, &err);
	l->source_ended = false;
}

static void poll_source(struct loop *l, int timeout_ms);

/* Polls go on, so that the group knows us alive; what happens meanwhile is acted on. */
static void back_off(struct loop *l)
{
	const struct loop_options *options = &l->with.options;
	struct source *source = l->with.source;
	l->back_off_ms = l->back_off_ms ? 2 * l->back_off_ms : options->back_off_min_ms;
	if (l->back_off_ms > options->back_off_max_ms)
		l->back_off_ms = options->back_off_max_ms;
	int64_t until = now_ms(l) + l->back_off_ms;
	uint64_t assignment = l->assignment;
	source->ops->pause(source);
	for (int64_t left = l->back_off_ms; left > 0 && !must_stop(l); left = until - now_ms(l)) {
		poll_source(l, left < POLL_MS ? (int)left : POLL_MS);
		if (l->assignment != assignment)
			break; /* what failed then need not fail now */
	}
	source->ops->resume(source);
}

static void fall_back(struct loop *l, enum publish_cause cause, bool failed_already)
{
	enum publish_cause late = CAUSE_NONE;
	if (!failed_already && collect(l, &late) == COLLECTED_FAILED && cause == CAUSE_NONE)
		cause = late;
	drop_batches(l);
	series_add(metrics_labelled(l->with.metrics, METRIC_REWINDS, "cause", str_of(publish_cause_word(cause))), 1);
	if (must_stop(l))
		return;
	rewind_source(l);
	if (cause == CAUSE_REFUSAL || cause == CAUSE_PROBE)
		return; /* the next try is another batch, or the same with the record condemned */
	if (cause == CAUSE_OUTAGE || cause == CAUSE_BEGIN)
		l->troubled = true;
	back_off(l);
}

/* --- assignment ----------------------------------------------------------------------------------------------------
 */

/* Condemned and suspect messages that this group has passed long ago, perhaps on another worker, are of no interest. */
static void forget_what_is_past(struct loop *l)
{
	struct err err = {0};
	bool any = (l->with.condemned && condemned_count(l->with.condemned)) ||
	           (l->with.suspects && suspects_count(l->with.suspects));
	if (!any)
		return;
	assignment_rewind(l->held, &l->scratch);
	if (!l->with.source->ops->committed(l->with.source, &l->scratch, ASK_MS, &err))
		return;
	if (l->with.condemned)
		condemned_forget_below(l->with.condemned, &l->scratch);
	if (l->with.suspects)
		suspects_forget_below(l->with.suspects, &l->scratch);
}

static void keep_metadata(struct loop *l, struct str metadata)
{
	free(l->metadata);
	l->metadata = malloc(metadata.n ? metadata.n : 1);
	CHECK(l->metadata);
	if (metadata.n)
		memcpy(l->metadata, metadata.p, metadata.n);
	l->metadata_n = metadata.n;
}

static void on_assigned(struct loop *l, const struct source_event *event)
{
	struct err err = {0};
	CHECK(!l->assigned && !l->flying && batch_is_empty(l->filling));
	keep_metadata(l, event->metadata);
	assignment_take(l->held, &event->partitions, now_ms(l));
	l->assigned = true;
	l->assignment++;
	log_info("ASSIGNED", "partitions assigned", LOG_INT("partitions", (int64_t)event->partitions.n));
	until_end_works(&l->until_end);
	forget_what_is_past(l);
	assignment_rewind(l->held, &l->scratch);
	if (!l->with.source->ops->assign(l->with.source, &l->scratch, &err)) {
		end_with(l, LOOP_FAILED, &err);
		return;
	}
	l->last_message_ms = now_ms(l);
	l->troubled = false;
}

/* Partitions go, in order or at once: after this nothing of them is in our hands. */
static void on_unassigned(struct loop *l, bool lost)
{
	enum publish_cause cause = CAUSE_NONE;
	struct err err = {0};
	log_info(lost ? "LOST" : "REVOKED", lost ? "partitions are gone" : "partitions go back",
	         LOG_INT("partitions", (int64_t)assignment_count(l->held)));
	l->assigned = false;
	update_ready(l); /* before the wait */
	if (l->flying && lost)
		publisher_ask_abort(l->publisher);
	collect(l, &cause);
	drop_batches(l);
	assignment_drop(l->held);
	isolation_reset(&l->isolation);
	if (!l->with.source->ops->unassign(l->with.source, &err))
		end_with(l, LOOP_FAILED, &err);
}

/* --- filling -------------------------------------------------------------------------------------------------------
 */

static void on_message(struct loop *l, const struct message *msg)
{
	struct batch *b = l->filling;
	if (!l->assigned || !assignment_read(l->held, &msg->delivery)) {
		if (msg->owner)
			l->with.source->ops->release(l->with.source, msg->owner);
		return;
	}
	if (b->n_messages == 0)
		b->opened_us = clock_mono_us(l->with.clock);
	batch_add(b, msg);
	l->last_message_ms = now_ms(l);
}

static void on_eof(struct loop *l, const struct offset *at)
{
	if (assignment_at_end(l->held, at, now_ms(l)))
		batch_add_eof(l->filling, at);
}

static void handle_event(struct loop *l, const struct source_event *event)
{
	switch (event->happening) {
	case SOURCE_IDLE:
		break;
	case SOURCE_MESSAGE:
		on_message(l, &event->message);
		break;
	case SOURCE_EOF:
		on_eof(l, &event->at);
		break;
	case SOURCE_ASSIGNED:
		on_assigned(l, event);
		break;
	case SOURCE_REVOKED:
		on_unassigned(l, false);
		break;
	case SOURCE_LOST:
		on_unassigned(l, true);
		break;
	case SOURCE_END:
		l->source_ended = true;
		break;
	case SOURCE_FENCED:
	case SOURCE_FATAL:
		end_with(l, LOOP_FENCED, &event->err);
		break;
	case SOURCE_FAILED:
		end_with(l, LOOP_FAILED, &event->err);
		break;
	}
}

static void poll_source(struct loop *l, int timeout_ms)
{
	struct source_event event = {0};
	l->with.source->ops->poll(l->with.source, timeout_ms, &event);
	handle_event(l, &event);
	update_ready(l);
}

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
		return now_ms(l) - l->last_message_ms >= l->with.options.idle_commit_ms;
	return b->n_messages >= l->with.options.batch_stories || b->raw_bytes >= l->with.options.batch_bytes ||
	       has_waited(l);
}

static int poll_timeout(struct loop *l)
{
	int64_t most = l->flying ? POLL_FLYING_MS : POLL_MS;
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
	poll_source(l, poll_timeout(l));
	l->polled = true;
}

/* --- working ---------------------------------------------------------------------------------------------------------
 */

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

static bool comes_alone(struct loop *l, const struct batch *b)
{
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
	                            .one_lane = alone};
	if (l->with.options.work_ms)
		budget.deadline_us = clock_mono_us(l->with.clock) + l->with.options.work_ms * 1000;
	if (l->with.suspects)
		suspects_alone(l->with.suspects, alone);
	warm_up(l, b);
	runner_work(l->with.runner, b, &budget);
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

/* Lanes, the cut, begin, tail. */
static bool work(struct loop *l)
{
	struct batch *b = l->filling;
	bool ready = true;
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
	atomic_store(&l->flying_ms, now_ms(l));
	publisher_post(l->publisher, worked, isolation_one_by_one(&l->isolation, worked), l->isolation.probe_from);
}

static void work_and_hand_over(struct loop *l)
{
	enum publish_cause cause = CAUSE_NONE;
	/* If a suspect ends this process, nothing else shall be in flight. */
	if (comes_alone(l, l->filling) && collect(l, &cause) == COLLECTED_FAILED) {
		fall_back(l, cause, true);
		return;
	}
	if (!work(l)) {
		fall_back(l, CAUSE_BEGIN, false);
		return;
	}
	if (collect(l, &cause) == COLLECTED_FAILED) {
		fall_back(l, cause, true);
		return;
	}
	hand_over(l);
}

/* --- the loop
 * ---------------------------------------------------------------------------------------------------------- */

/* SIGTERM, or an end: what is in flight lands, what is half filled is dropped and read by whoever comes next. */
static void drain(struct loop *l)
{
	enum publish_cause cause = CAUSE_NONE;
	collect(l, &cause);
	drop_batches(l);
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
		end_with(l, LOOP_DONE, NULL);
	else if (answered && l->assigned && !assignment_is_lifted(l->held) && assignment_lift_ends(l->held))
		rewind_source(l);
}

static void turn(struct loop *l)
{
	enum publish_cause cause = CAUSE_NONE;
	if (l->flying && publisher_is_done(l->publisher) && collect(l, &cause) == COLLECTED_FAILED) {
		fall_back(l, cause, true);
		return;
	}
	if (l->with.options.until_end)
		watch_ends(l);
	if (l->over)
		return;
	if (l->polled && batch_is_ready(l))
		work_and_hand_over(l);
	else if (is_finished(l))
		end_with(l, LOOP_DONE, NULL);
	else
		fill(l);
}

enum loop_end loop_run(struct loop *l, struct err *err)
{
	while (!must_stop(l))
		turn(l);
	update_ready(l);
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
	CHECK(l && setup->options.batch_stories >= 1);
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
	report_kept(l);
	update_ready(l);
	atomic_store(&l->status.last_progress_ms, now_ms(l));
	return l;
}

void loop_free(struct loop **loop)
{
	struct loop *l = *loop;
	*loop = NULL;
	if (!l)
		return;
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

const struct loop_status *loop_status(const struct loop *l)
{
	return &l->status;
}

/* The loop itself may be waiting for the batch in flight, and then finds out nothing. */
const char *loop_unready(const struct loop *l)
{
	int64_t flying_ms = atomic_load(&l->flying_ms);
	if (atomic_load(l->with.stop))
		return "it ends";
	if (flying_ms && clock_mono_ms(l->with.clock) - flying_ms > l->with.options.transaction_ms / 4)
		return "the brokers take long over a batch";
	return atomic_load(&l->status.unready);
}

size_t loop_partitions(struct loop *l, struct partition_status *out, size_t room)
{
	return assignment_status(l->held, out, room);
}
