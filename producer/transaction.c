/*
 * The steps of a transaction in their order, but for its records and its offsets.
 *
 * Facts the order rests on, seen with librdkafka 2.0.2 and later: a call that ran out of time must be called again,
 * nothing else: an abort in its place answers _CONFLICT. Nothing may be left to the flush inside of commit
 * (transaction_records.c).
 */
#include "producer/transaction.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "producer/transaction_inside.h"

#define ABORT_STEP_MS 500

void transaction_attach(struct transaction *t, rd_kafka_conf_t *conf)
{
	CHECK(!t->producer); /* they are of the handle that is made next */
	rd_kafka_conf_set_opaque(conf, t);
	rd_kafka_conf_set_dr_msg_cb(conf, transaction_reported);
	rd_kafka_conf_set_error_cb(conf, transaction_event);
}

static rd_kafka_error_t *call_init(struct transaction *t, int timeout_ms)
{
	return rd_kafka_init_transactions(t->producer, timeout_ms);
}

struct ladder_verdict transaction_init(struct transaction *t, int64_t timeout_ms, struct err *err)
{
	CHECK(t->producer && !t->open);
	t->event_words[0] = 0;
	return transaction_call(t, PHASE_INIT, call_init, clock_mono_us(t->clock) + timeout_ms * 1000, err);
}

static rd_kafka_error_t *call_begin(struct transaction *t, int timeout_ms)
{
	(void)timeout_ms;
	return rd_kafka_begin_transaction(t->producer);
}

/* Nobody polls between transactions: what the client met then is told only now, and is of the past. */
static void transaction_forget_events(struct transaction *t)
{
	t->is_past = true;
	if (t->producer)
		rd_kafka_poll(t->producer, 0);
	t->is_past = false;
	t->event_words[0] = 0;
}

void transaction_start(struct transaction *t, struct publication *pub)
{
	CHECK(!t->open && !t->metadata && !t->offsets);
	CHECK(pub->batch->next.n > 0);
	/* librdkafka holds nothing of the batch before: that is gone. */
	CHECK(!t->producer || t->n_reported == t->n_sent);
	t->pub = pub;
	t->began_us = clock_mono_us(t->clock);
	t->commit_sent = false;
	t->verdict = (struct ladder_verdict){0};
	t->fault = t->report = RD_KAFKA_RESP_ERR_NO_ERROR;
	t->n_topics = t->n_records = t->n_good = t->n_sent = t->n_reported = t->n_failed = 0;
	transaction_forget_events(t);
	pub->n_refusals = 0;
	pub->probed_to = 0;
	err_clear(&pub->err);
}

void transaction_give_up(struct transaction *t, struct ladder_verdict verdict)
{
	transaction_decide(t, verdict, NULL);
}

bool transaction_begin(struct transaction *t)
{
	if (!transaction_goes_on(t) || !transaction_take_offsets(t))
		return false;
	CHECK(!t->open);
	struct ladder_verdict verdict =
	        transaction_call(t, PHASE_BEGIN, call_begin, transaction_quarter_us(t, 2), &t->pub->err);
	if (verdict.step != STEP_NONE)
		return transaction_decide(t, verdict, NULL);
	t->open = true;
	return true;
}

static rd_kafka_error_t *call_commit(struct transaction *t, int timeout_ms)
{
	return rd_kafka_commit_transaction(t->producer, timeout_ms);
}

bool transaction_commit(struct transaction *t)
{
	if (!transaction_goes_on(t))
		return false;
	CHECK(t->open && !t->commit_sent);
	CHECK(!t->n_failed && t->n_reported == t->n_sent);
	t->commit_sent = true;
	struct ladder_verdict verdict =
	        transaction_call(t, PHASE_COMMIT, call_commit, transaction_quarter_us(t, 4), &t->pub->err);
	if (verdict.step != STEP_NONE)
		return transaction_decide(t, verdict, NULL);
	t->open = false;
	transaction_decide(t, (struct ladder_verdict){STEP_END, PUBLISH_COMMITTED, CAUSE_NONE}, NULL);
	return true;
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/*
 * In steps, each of which throws the queued records away anew: one whose request was behind a refused one comes back
 * into the queue to be sent again, and a single call would wait for it until the transaction times out.
 */
static rd_kafka_error_t *call_abort(struct transaction *t, int timeout_ms)
{
	return rd_kafka_abort_transaction(t->producer, timeout_ms < ABORT_STEP_MS ? timeout_ms : ABORT_STEP_MS);
}

/* An abort that is not known to have worked outweighs a reason that would pass, but not one that stays. */
static void transaction_abort(struct transaction *t)
{
	struct err err = {0};
	struct ladder_verdict verdict =
	        transaction_call(t, PHASE_ABORT, call_abort, transaction_quarter_us(t, 4), &err);
	if (verdict.step == STEP_NONE)
		return;
	if (verdict.cause == CAUSE_NONE && !t->commit_sent) {
		t->verdict.step = STEP_END;
		return;
	}
	log_warn("ABORT-FAILED", "a transaction could not be aborted", LOG_CSTR("error", err.words),
	         LOG_CSTR("because", t->pub->err.words));
	if (verdict.result == PUBLISH_ABORTED && t->commit_sent)
		verdict.result = PUBLISH_UNKNOWN;
	if (t->verdict.result == PUBLISH_ABORTED) {
		t->verdict = verdict;
		t->pub->err = err;
	}
	t->verdict.step = STEP_END;
}

bool transaction_finish(struct transaction *t)
{
	CHECK(t->verdict.step != STEP_NONE);
	if (t->verdict.step == STEP_ABORT && t->open)
		transaction_abort(t);
	bool usable =
	        t->verdict.result == PUBLISH_COMMITTED || (t->verdict.step == STEP_ABORT && !transaction_lost_count(t));
	bool drained = transaction_drain(t) && t->producer;
	t->open = false;
	CHECK(t->commit_sent || (t->verdict.result != PUBLISH_COMMITTED && t->verdict.result != PUBLISH_UNKNOWN));
	CHECK(t->verdict.result != PUBLISH_COMMITTED || (drained && t->n_failed == 0 && t->pub->n_refusals == 0));
	t->pub->result = t->verdict.result;
	t->pub->cause = t->verdict.cause;
	transaction_drop_offsets(t);
	return usable && drained;
}
