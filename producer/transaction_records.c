/*
 * The records of a transaction: sending them, waiting for their reports, and finding the one that is refused.
 *
 * A refused record that is left to the flush inside of commit stalls it for the whole transaction timeout and ends in
 * _FENCED, so reports are waited for by ourselves, and the first that fails aborts. When an error is found in the
 * background, all records are purged and say so (_PURGE_QUEUE); what it was is told by the next call. A report names a
 * request, not a record.
 */
#include "producer/transaction_inside.h"

#include "pipeline/base/check.h"

#define DRAIN_MS 1000
/* Records that wait for so long may wait for a topic that is gone; so long the brokers may take to tell. */
#define SILENCE_US (5 * 1000000LL)
#define ASK_MS     500

/* --- reports ------------------------------------------------------------------------------------------------------ */

static bool is_consequence(rd_kafka_resp_err_t code)
{
	return ladder_judge(PHASE_REPORT, (struct ladder_fault){.code = code}).step == STEP_ASK;
}

/* Set even where nobody looks at reports: without it each wait sleeps in steps of 10 ms. */
void transaction_reported(rd_kafka_t *producer, const rd_kafka_message_t *record, void *arg)
{
	struct transaction *t = arg;
	(void)producer;
	CHECK(t->n_reported < t->n_sent);
	t->n_reported++;
	if (!record->err)
		return;
	if (t->n_failed++ == 0 || (is_consequence(t->report) && !is_consequence(record->err))) {
		t->report = record->err;
		snprintf(t->report_topic, sizeof(t->report_topic), "%s", rd_kafka_topic_name(record->rkt));
	}
}

bool transaction_drain(struct transaction *t)
{
	int64_t until_us = clock_mono_us(t->clock) + DRAIN_MS * 1000;
	if (t->n_reported < t->n_sent)
		rd_kafka_purge(t->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	while (t->n_reported < t->n_sent) {
		if (transaction_left_ms(t, until_us) <= 0)
			return false;
		rd_kafka_flush(t->producer, TRANSACTION_POLL_MS);
	}
	return true;
}

bool transaction_lost_count(const struct transaction *t)
{
	return t->n_failed && !is_consequence(t->report);
}

/*
 * The transaction has failed in the background: the next call says why. Not commit: should it be wrong that
 * the transaction has failed, nothing is lost by sending offsets that are aborted right after.
 */
static bool transaction_ask(struct transaction *t)
{
	char words[TRANSACTION_WORDS_MAX];
	int left = transaction_left_ms(t, transaction_quarter_us(t, 3));
	if (!transaction_drain(t))
		return transaction_decide(t, ladder_abort(CAUSE_OUTAGE), "the client does not let go of the records");
	rd_kafka_error_t *error = transaction_call_offsets(t, left > TRANSACTION_POLL_MS ? left : TRANSACTION_POLL_MS);
	if (!error)
		return transaction_decide(t, ladder_abort(CAUSE_OTHER),
		                          "records were thrown away, and the client does not say why");
	struct meeting met = transaction_meet(t, PHASE_REPORT, error, words);
	if (met.verdict.step == STEP_ASK)
		met.verdict.step = STEP_ABORT;
	return transaction_decide_met(t, &met);
}

/* A code that came alone, from a report or from producev. */
static bool transaction_met_code(struct transaction *t, enum ladder_phase phase, rd_kafka_resp_err_t code,
                                 const char *topic)
{
	struct meeting met = {phase, code, rd_kafka_err2str(code),
	                      ladder_judge(phase, (struct ladder_fault){.code = code}), topic};
	if (met.verdict.step == STEP_ASK)
		return transaction_ask(t);
	if (met.verdict.step == STEP_AGAIN)
		met.verdict.step = STEP_ABORT;
	return transaction_decide_met(t, &met);
}

static bool transaction_met_report(struct transaction *t)
{
	return transaction_met_code(t, PHASE_REPORT, t->report, t->report_topic);
}

static bool transaction_out_of_time(struct transaction *t)
{
	if (!t->pub->one_by_one || t->n_good <= t->pub->probe_from)
		return transaction_met_code(t, PHASE_REPORT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, NULL);
	if (t->verdict.step == STEP_NONE)
		t->pub->probed_to = t->n_good;
	return transaction_decide(t, ladder_abort(CAUSE_PROBE),
	                          "one by one, the records take more than one transaction");
}

static bool transaction_has_time(const struct transaction *t)
{
	return transaction_left_ms(t, transaction_quarter_us(t, 2)) > 0;
}

/* A topic that the brokers say they do not have, or NULL: none, or they do not answer. */
static const char *transaction_missing_topic(const struct transaction *t)
{
	bool answered = true, gone = false;
	size_t i = 0;
	while (answered && !gone && i < t->n_topics) {
		const struct rd_kafka_metadata *answer = NULL;
		answered = !rd_kafka_metadata(t->producer, 0, t->topics[i++], &answer, ASK_MS);
		gone = answered && answer->topic_cnt == 1 &&
		       answer->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
		if (answered)
			rd_kafka_metadata_destroy(answer);
	}
	return gone ? rd_kafka_topic_name(t->topics[i - 1]) : NULL;
}

/* rd_kafka_flush in short steps rather than rd_kafka_poll: it polls, too, and while it runs nothing lingers. */
bool transaction_flush(struct transaction *t)
{
	int64_t ask_us = clock_mono_us(t->clock) + SILENCE_US;
	while (transaction_goes_on(t) && !t->n_failed && t->n_reported < t->n_sent) {
		if (!transaction_has_time(t))
			return transaction_out_of_time(t);
		rd_kafka_flush(t->producer, TRANSACTION_POLL_MS);
		if (clock_mono_us(t->clock) < ask_us)
			continue;
		/* The library lets them wait in silence, until their time is over. */
		const char *missing = transaction_missing_topic(t);
		if (missing)
			return transaction_met_code(t, PHASE_REPORT, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, missing);
		ask_us = clock_mono_us(t->clock) + SILENCE_US;
	}
	if (t->verdict.step != STEP_NONE)
		return false;
	return t->n_failed ? transaction_met_report(t) : true;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static void transaction_refuse(struct transaction *t, const struct transaction_record *record)
{
	struct publication *pub = t->pub;
	CHECK(record->message < pub->batch->n_messages);
	if (pub->n_refusals < REFUSALS_MAX) {
		struct refusal *refusal = &pub->refusals[pub->n_refusals++];
		refusal->message = record->message;
		refusal->part = record->part;
		snprintf(refusal->words, sizeof(refusal->words), "%s", rd_kafka_err2str(t->fault));
	}
	if (record->kind != RECORD_STUB || t->verdict.cause != CAUSE_REFUSAL)
		return;
	t->verdict = (struct ladder_verdict){STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER}; /* there is nothing smaller */
	err_prefix(&pub->err, "a dead letter without its value");
}

static rd_kafka_headers_t *headers_of(const struct transaction_record *record)
{
	if (!record->n_headers)
		return NULL;
	rd_kafka_headers_t *headers = rd_kafka_headers_new(record->n_headers);
	for (size_t i = 0; i < record->n_headers; i++) {
		const struct header *header = &record->headers[i];
		rd_kafka_header_add(headers, header->name.p ? header->name.p : "", (ssize_t)header->name.n,
		                    header->value.p, (ssize_t)header->value.n);
	}
	return headers;
}

/* librdkafka's own signature takes what it will not change as void pointers. */
static void *unconst(const char *p)
{
	return (void *)(uintptr_t)p;
}

static rd_kafka_resp_err_t transaction_send(struct transaction *t, const struct transaction_record *record)
{
	CHECK(t->open && t->producer && record->topic);
	rd_kafka_headers_t *headers = headers_of(record);
	rd_kafka_resp_err_t code;
	do {
		code = rd_kafka_producev(t->producer, RD_KAFKA_V_RKT(record->topic),
		                         RD_KAFKA_V_KEY(unconst(record->key.p), record->key.n),
		                         RD_KAFKA_V_VALUE(unconst(record->value.p), record->value.n),
		                         RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_END);
		if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
			rd_kafka_flush(t->producer, TRANSACTION_POLL_MS);
	} while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && !t->n_failed && transaction_goes_on(t) &&
	         transaction_has_time(t));
	if (code && headers)
		rd_kafka_headers_destroy(headers); /* librdkafka's only if the call succeeded */
	t->n_sent += !code;
	return code;
}

/* Those in bulk come first; then one at a time, so that a report can only be this record's. */
static bool transaction_may_probe(struct transaction *t, size_t index)
{
	if (index == t->pub->probe_from && !transaction_flush(t))
		return false;
	t->n_good = index;
	return transaction_has_time(t) ? true : transaction_out_of_time(t);
}

static bool transaction_probe(struct transaction *t, const struct transaction_record *record)
{
	if (transaction_flush(t)) {
		t->n_good++;
		return true;
	}
	if (t->verdict.cause == CAUSE_REFUSAL)
		transaction_refuse(t, record);
	return false;
}

/* producev's own errors are the record's own. After a refusal the other records are only looked at. */
static bool transaction_not_sent(struct transaction *t, const struct transaction_record *record,
                                 rd_kafka_resp_err_t code)
{
	if (t->n_failed)
		return transaction_met_report(t);
	transaction_met_code(t, PHASE_PRODUCE, code, rd_kafka_topic_name(record->topic));
	if (t->verdict.cause != CAUSE_REFUSAL || t->fault != code)
		return false;
	transaction_refuse(t, record);
	return t->pub->n_refusals < REFUSALS_MAX;
}

static void transaction_note_topic(struct transaction *t, rd_kafka_topic_t *topic)
{
	size_t i = 0;
	while (i < t->n_topics && t->topics[i] != topic)
		i++;
	if (i == t->n_topics && i < TRANSACTION_TOPICS_MAX)
		t->topics[t->n_topics++] = topic;
}

bool transaction_produce(struct transaction *t, const struct transaction_record *record)
{
	size_t index = t->n_records++;
	bool refused = t->pub->n_refusals > 0;
	bool probe = t->pub->one_by_one && index >= t->pub->probe_from && !refused;
	if ((!refused && !transaction_goes_on(t)) || (probe && !transaction_may_probe(t, index)))
		return false;
	transaction_note_topic(t, record->topic);
	rd_kafka_resp_err_t code = transaction_send(t, record);
	if (code)
		return transaction_not_sent(t, record, code);
	return probe ? transaction_probe(t, record) : true;
}
