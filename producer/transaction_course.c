/*
 * The course of a transaction: its one verdict, the time that is left, and a call of librdkafka until it has an answer.
 */
#include "producer/transaction_inside.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

bool transaction_decide(struct transaction *t, struct ladder_verdict verdict, const char *words)
{
	CHECK(verdict.step == STEP_ABORT || verdict.step == STEP_END);
	if (t->verdict.step != STEP_NONE)
		return false;
	t->verdict = verdict;
	if (words)
		err_set(&t->pub->err, "%s", words);
	return false;
}

bool transaction_decide_met(struct transaction *t, const struct meeting *met)
{
	if (t->verdict.step != STEP_NONE)
		return false;
	transaction_tell(t, met, &t->pub->err);
	t->fault = met->code;
	return transaction_decide(t, met->verdict, NULL);
}

static bool transaction_was_asked(struct transaction *t)
{
	if (!atomic_load_explicit(&t->pub->abort_asked, memory_order_acquire))
		return false;
	transaction_decide(t, ladder_abort(CAUSE_ASKED), "its partitions are lost, or the worker is to end");
	return true;
}

bool transaction_goes_on(struct transaction *t)
{
	return t->verdict.step == STEP_NONE && !transaction_was_asked(t);
}

int64_t transaction_quarter_us(const struct transaction *t, int quarters)
{
	CHECK(quarters >= 1 && quarters <= 4);
	return t->began_us + t->transaction_ms * 1000 * quarters / 4;
}

int transaction_left_ms(const struct transaction *t, int64_t until_us)
{
	int64_t left = (until_us - clock_mono_us(t->clock)) / 1000;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

/* --- calls -------------------------------------------------------------------------------------------------------- */

static struct ladder_fault fault_of(const rd_kafka_error_t *error)
{
	return (struct ladder_fault){
	        .code = rd_kafka_error_code(error),
	        .fatal = rd_kafka_error_is_fatal(error),
	        .abortable = rd_kafka_error_txn_requires_abort(error),
	        .retriable = rd_kafka_error_is_retriable(error),
	};
}

/* The client's own words about what is wrong (brokers away, credentials refused) come with a poll. */
struct meeting transaction_meet(struct transaction *t, enum ladder_phase phase, rd_kafka_error_t *error,
                                char words[TRANSACTION_WORDS_MAX])
{
	struct ladder_fault fault = fault_of(error);
	/* Some of the library's words end in a full stop, and ours go on behind them. */
	const char *said = rd_kafka_error_string(error);
	size_t n = strlen(said);
	snprintf(words, TRANSACTION_WORDS_MAX, "%.*s", (int)(n && said[n - 1] == '.' ? n - 1 : n), said);
	rd_kafka_error_destroy(error);
	if (t->producer)
		rd_kafka_poll(t->producer, 0);
	return (struct meeting){phase, fault.code, words, ladder_judge(phase, fault), NULL};
}

struct ladder_verdict transaction_call(struct transaction *t, enum ladder_phase phase,
                                       rd_kafka_error_t *(*call)(struct transaction *, int timeout_ms),
                                       int64_t until_us, struct err *err)
{
	char words[TRANSACTION_WORDS_MAX];
	CHECK(t->producer);
	for (;;) {
		int left = transaction_left_ms(t, until_us);
		rd_kafka_error_t *error = call(t, left > TRANSACTION_POLL_MS ? left : TRANSACTION_POLL_MS);
		if (!error)
			return (struct ladder_verdict){0};
		struct meeting met = transaction_meet(t, phase, error, words);
		if (met.verdict.step == STEP_AGAIN && transaction_left_ms(t, until_us) > 0) {
			t->clock->sleep_us(t->clock, TRANSACTION_POLL_MS * 1000);
			continue;
		}
		if (met.verdict.step == STEP_AGAIN)
			met.verdict.step = STEP_END;
		transaction_tell(t, &met, err);
		return met.verdict;
	}
}

/* --- events ------------------------------------------------------------------------------------------------------- */

/* Told by the consumer and, where it costs a batch, with that. */
static bool is_outage(rd_kafka_resp_err_t code)
{
	return code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__RESOLVE ||
	       code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
}

void transaction_event(rd_kafka_t *producer, int code, const char *words, void *arg)
{
	struct transaction *t = arg;
	(void)producer;
	if (t->is_past)
		return;
	/* "All brokers are down" comes after the words that say why. */
	if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && t->event_words[0])
		return;
	t->event = (rd_kafka_resp_err_t)code;
	snprintf(t->event_words, sizeof(t->event_words), "%s", words);
	if (is_outage(t->event))
		return;
	log_warn("KAFKA-ERROR", "the producer reports an error", LOG_CSTR("code", rd_kafka_err2name(t->event)),
	         LOG_CSTR("error", t->event_words));
}
