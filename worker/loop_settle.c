/*
 * What the end of a batch means: a commit to the stages, the places, the books and what is kept about messages; a
 * failure to the records that may be refused, and to the loop itself. A batch in flight is taken back here and nowhere
 * else.
 */
#include "worker/loop_inside.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "worker/refusals.h"

#define WAIT_MS      100
#define WAIT_LOOK_MS 3000 /* a batch that takes longer than that may have met an outage */

/* --- a commit ----------------------------------------------------------------------------------------------------- */

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

void loop_report_kept(struct loop *l)
{
	if (l->with.condemned)
		series_set(l->condemned, (int64_t)condemned_count(l->with.condemned));
	if (l->with.suspects)
		series_set(l->suspects, (int64_t)suspects_count(l->with.suspects));
}

static void settle_committed(struct loop *l, struct batch *b)
{
	int64_t now = loop_now_ms(l);
	CHECK(b->assignment == l->assignment); /* before partitions go, all that was read of them is settled */
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
	loop_report_kept(l);
	if (b->n_messages)
		series_observe_us(l->batch_seconds, clock_mono_us(l->with.clock) - b->opened_us);
	l->back_off_ms = 0;
	l->troubled = false;
	isolation_committed(&l->isolation, b);
}

/* --- a failure ---------------------------------------------------------------------------------------------------- */

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

static void isolate(struct loop *l, const struct publication *mail)
{
	struct err err = {0};
	struct refusals refusals = {l->with.condemned, l->with.metrics};
	bool kept = true;
	if (mail->cause == CAUSE_PROBE) {
		CHECK(mail->one_by_one && mail->probed_to > l->isolation.probe_from); /* else it would go on for ever */
		l->isolation.probe_from = mail->probed_to;
	}
	if (mail->cause != CAUSE_REFUSAL && mail->cause != CAUSE_OTHER)
		return;
	if (mail->n_refusals)
		kept = refusals_condemn(&refusals, mail, &err);
	else if (mail->cause == CAUSE_REFUSAL && mail->one_by_one && l->with.condemned)
		kept = refusals_condemn_whole(&refusals, mail, &err);
	else
		isolation_failed(&l->isolation, mail->batch);
	loop_report_kept(l);
	if (!kept)
		loop_end_with(l, LOOP_FAILED, &err);
}

/* Ends the loop, where a result is beyond help. */
static void judge_result(struct loop *l, const struct publication *mail)
{
	if (mail->result == PUBLISH_FENCED || mail->result == PUBLISH_FATAL)
		loop_end_with(l, LOOP_FENCED, &mail->err);
	else if (mail->result == PUBLISH_FAILED)
		loop_end_with(l, LOOP_FAILED, &mail->err);
}

/* --- taking the batch in flight back ------------------------------------------------------------------------------ */

/*
 * Waits until the batch in flight has an end. Once the worker is to stop, patience has one, too: for half of it the
 * batch may still be committed, then it is to be aborted.
 */
static bool wait_for_end(struct loop *l)
{
	int64_t patience_ms = l->with.options.stop_ms, looks_ms = loop_now_ms(l) + WAIT_LOOK_MS;
	while (!publisher_wait(l->publisher, patience_ms ? WAIT_MS : -1)) {
		/* Meanwhile the source is not polled, and an outage would go by unheard. */
		if (l->with.source->ops->look && loop_now_ms(l) >= looks_ms) {
			l->with.source->ops->look(l->with.source);
			looks_ms = loop_now_ms(l) + WAIT_LOOK_MS / 3;
		}
		int64_t stopping_ms = loop_stopping_ms(l);
		if (stopping_ms >= patience_ms)
			return false;
		if (stopping_ms >= patience_ms / 2)
			publisher_ask_abort(l->publisher, PUBLISHER_ENDS);
	}
	return true;
}

static void abandon(struct loop *l)
{
	l->abandoned = true;
	log_warn("BATCH-ABANDONED",
	         "the worker ends before the brokers have answered: whoever comes next goes on where the group stands",
	         LOG_INT("batch", (int64_t)l->flying->number), LOG_INT("messages", (int64_t)l->flying->n_messages));
}

enum collected loop_collect(struct loop *l, enum publish_cause *cause)
{
	if (!l->flying || l->abandoned)
		return COLLECTED_NOTHING;
	if (!wait_for_end(l)) {
		abandon(l);
		*cause = CAUSE_ASKED;
		return COLLECTED_FAILED;
	}
	const struct publication *mail = publisher_take(l->publisher);
	CHECK(mail->batch == l->flying);
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

void loop_drop_batches(struct loop *l)
{
	if (l->abandoned)
		return;
	CHECK(l->filling != l->flying);
	runner_rollback(l->with.runner, l->filling);
	if (l->flying)
		runner_rollback(l->with.runner, l->flying);
	for (size_t i = 0; i < 3; i++)
		batch_reset(&l->batches[i]);
	l->flying = NULL;
	l->filling = &l->batches[0];
	l->spare = &l->batches[1];
}
