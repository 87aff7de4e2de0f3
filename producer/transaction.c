/*
 * The ladder as a table, then the steps of a transaction in their order.
 *
 * Facts the order rests on, seen with librdkafka 2.0.2 and later: a refused record that is left to the flush inside of
 * commit stalls it for the whole transaction timeout and ends in _FENCED, so reports are waited for by ourselves, and
 * the first that fails aborts. A call that ran out of time must be called again, nothing else: an abort in its place
 * answers _CONFLICT. When an error is found in the background, all records are purged and say so (_PURGE_QUEUE); what
 * it was is told by the next call. A report names a request, not a record.
 */
#include "producer/transaction.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#define POLL_MS       10
#define ABORT_STEP_MS 500
#define DRAIN_MS      1000
/* What librdkafka says at once is shorter, and must not be cut without a mark. */
#define WORDS_MAX        600
#define TOPICS_WORDS_MAX 400

/* --- the ladder ----------------------------------------------------------------------------------------------------
 */

enum kind {
	KIND_FATAL = 1 << 0,
	KIND_ABORTABLE = 1 << 1,
	KIND_RETRIABLE = 1 << 2,
	KIND_PLAIN = 1 << 3,
};

#define ANY_PHASE 0xff
#define ANY_KIND  0xff
#define NOT_FATAL (KIND_ABORTABLE | KIND_RETRIABLE | KIND_PLAIN)
#define CLEAR     (KIND_ABORTABLE | KIND_PLAIN)
#define ANY_CODE  RD_KAFKA_RESP_ERR_NO_ERROR
#define CODE(c)   RD_KAFKA_RESP_ERR_##c

/* Verdicts: step, result, cause. */
#define AGAIN(result) STEP_AGAIN, PUBLISH_##result, CAUSE_OUTAGE
#define ASK           STEP_ASK, PUBLISH_ABORTED, CAUSE_OTHER
#define ABORT(cause)  STEP_ABORT, PUBLISH_ABORTED, CAUSE_##cause
#define ABORT_FAILED  STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER
#define END(result)   STEP_END, PUBLISH_##result, CAUSE_OTHER
#define END_UNKNOWN   STEP_END, PUBLISH_UNKNOWN, CAUSE_OUTAGE
/* Nothing was committed and nothing will be; the broker learns it when the transactional id is taken anew. */
#define END_ABORTED STEP_END, PUBLISH_ABORTED, CAUSE_OUTAGE
/* The first partition was refused, so the broker knows of no transaction, and says so as a fatal error: no reason of
 * its own. */
#define NOTHING_TO_ABORT STEP_END, PUBLISH_ABORTED, CAUSE_NONE
#define DONE             STEP_NONE, PUBLISH_COMMITTED, CAUSE_NONE

#define VERDICT(...) ((struct transaction_verdict){__VA_ARGS__})

/* The first row that fits counts. */
static const struct rung {
	unsigned phases;
	unsigned kinds;
	rd_kafka_resp_err_t code;
	enum transaction_step step;
	enum publish_result result;
	enum publish_cause cause;
} ladder[] = {
        /* Fatal: another one has this transactional id, something is not allowed, or the producer is beyond repair. */
        {ANY_PHASE, KIND_FATAL, CODE(_FENCED), END(FENCED)},
        {ANY_PHASE, KIND_FATAL, CODE(PRODUCER_FENCED), END(FENCED)},
        {ANY_PHASE, KIND_FATAL, CODE(INVALID_PRODUCER_EPOCH), END(FENCED)},
        {ANY_PHASE, KIND_FATAL, CODE(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), END(FAILED)},
        {ANY_PHASE, KIND_FATAL, CODE(CLUSTER_AUTHORIZATION_FAILED), END(FAILED)},
        {ANY_PHASE, KIND_FATAL, CODE(INVALID_TRANSACTION_TIMEOUT), END(FAILED)},
        {ANY_PHASE, KIND_FATAL, CODE(UNSUPPORTED_VERSION), END(FAILED)},
        {ANY_PHASE, KIND_FATAL, CODE(_UNSUPPORTED_FEATURE), END(FAILED)},
        {PHASE_ABORT, KIND_FATAL, CODE(INVALID_TXN_STATE), NOTHING_TO_ABORT},
        {ANY_PHASE, KIND_FATAL, ANY_CODE, END(FATAL)},

        /* Our time ran out, or the call says itself that it may be repeated. */
        {PHASE_INIT, KIND_RETRIABLE, ANY_CODE, AGAIN(FAILED)},
        {PHASE_COMMIT, KIND_RETRIABLE, ANY_CODE, AGAIN(UNKNOWN)},
        {PHASE_OFFSETS | PHASE_ABORT, KIND_RETRIABLE, ANY_CODE, AGAIN(ABORTED)},
        {PHASE_PRODUCE, KIND_PLAIN, CODE(_QUEUE_FULL), AGAIN(ABORTED)},

        /* Consequences. */
        {PHASE_PRODUCE, KIND_PLAIN, CODE(_STATE), ASK},
        {PHASE_PRODUCE | PHASE_REPORT, KIND_PLAIN, CODE(_FATAL), ASK},
        {PHASE_REPORT, KIND_PLAIN, CODE(_PURGE_QUEUE), ASK},
        {PHASE_REPORT, KIND_PLAIN, CODE(_PURGE_INFLIGHT), ASK},

        /* At either end of a transaction only a clear answer counts. */
        {PHASE_INIT, CLEAR, ANY_CODE, END(FAILED)},
        {PHASE_ABORT, NOT_FATAL, ANY_CODE, END_ABORTED},
        {PHASE_COMMIT, KIND_PLAIN, ANY_CODE, END_UNKNOWN},
        {PHASE_BEGIN, NOT_FATAL, ANY_CODE, END_ABORTED},

        /* The group has moved on. */
        {ANY_PHASE, CLEAR, CODE(ILLEGAL_GENERATION), ABORT(GENERATION)},
        {ANY_PHASE, CLEAR, CODE(UNKNOWN_MEMBER_ID), ABORT(GENERATION)},
        {ANY_PHASE, CLEAR, CODE(FENCED_INSTANCE_ID), ABORT(GENERATION)},
        {ANY_PHASE, CLEAR, CODE(REBALANCE_IN_PROGRESS), ABORT(GENERATION)},

        /* Nothing that another attempt, or a record less, would change. */
        {ANY_PHASE, CLEAR, CODE(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(CLUSTER_AUTHORIZATION_FAILED), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(GROUP_AUTHORIZATION_FAILED), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(TOPIC_AUTHORIZATION_FAILED), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(TOPIC_EXCEPTION), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(_UNKNOWN_TOPIC), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(_UNKNOWN_PARTITION), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(UNSUPPORTED_COMPRESSION_TYPE), ABORT_FAILED},
        {ANY_PHASE, CLEAR, CODE(UNSUPPORTED_FOR_MESSAGE_FORMAT), ABORT_FAILED},

        /* A record is refused for good. */
        {ANY_PHASE, CLEAR, CODE(MSG_SIZE_TOO_LARGE), ABORT(REFUSAL)},
        {ANY_PHASE, CLEAR, CODE(RECORD_LIST_TOO_LARGE), ABORT(REFUSAL)},
        {ANY_PHASE, CLEAR, CODE(INVALID_MSG_SIZE), ABORT(REFUSAL)},
        {ANY_PHASE, CLEAR, CODE(INVALID_MSG), ABORT(REFUSAL)},
        {ANY_PHASE, CLEAR, CODE(INVALID_TIMESTAMP), ABORT(REFUSAL)},
        {ANY_PHASE, CLEAR, CODE(INVALID_RECORD), ABORT(REFUSAL)},
        {ANY_PHASE, CLEAR, CODE(POLICY_VIOLATION), ABORT(REFUSAL)},
        {PHASE_PRODUCE, KIND_PLAIN, ANY_CODE, ABORT(REFUSAL)},

        /* The broker has lost sight of the producer; the abort gives it a new epoch. */
        {ANY_PHASE, CLEAR, CODE(UNKNOWN_PRODUCER_ID), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(INVALID_PRODUCER_ID_MAPPING), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(INVALID_PRODUCER_EPOCH), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(PRODUCER_FENCED), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_FENCED), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(INVALID_TXN_STATE), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(OUT_OF_ORDER_SEQUENCE_NUMBER), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_GAPLESS_GUARANTEE), ABORT(OUTAGE)},

        /* Somebody is away. */
        {ANY_PHASE, CLEAR, CODE(UNSTABLE_OFFSET_COMMIT), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_TIMED_OUT), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_TIMED_OUT_QUEUE), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_MSG_TIMED_OUT), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_TRANSPORT), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(_WAIT_COORD), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(REQUEST_TIMED_OUT), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(NETWORK_EXCEPTION), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(BROKER_NOT_AVAILABLE), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(LEADER_NOT_AVAILABLE), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(NOT_LEADER_FOR_PARTITION), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(UNKNOWN_TOPIC_OR_PART), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(NOT_ENOUGH_REPLICAS), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(NOT_ENOUGH_REPLICAS_AFTER_APPEND), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(KAFKA_STORAGE_ERROR), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(COORDINATOR_LOAD_IN_PROGRESS), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(COORDINATOR_NOT_AVAILABLE), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(NOT_COORDINATOR), ABORT(OUTAGE)},
        {ANY_PHASE, CLEAR, CODE(CONCURRENT_TRANSACTIONS), ABORT(OUTAGE)},

        {ANY_PHASE, ANY_KIND, ANY_CODE, ABORT(OTHER)},
};

/* The flags are asked in this order, as librdkafka wants it. */
static unsigned fault_kind(struct transaction_fault fault)
{
	if (fault.fatal)
		return KIND_FATAL;
	if (fault.abortable)
		return KIND_ABORTABLE;
	return fault.retriable ? KIND_RETRIABLE : KIND_PLAIN;
}

struct transaction_verdict transaction_classify(enum transaction_phase phase, struct transaction_fault fault)
{
	const struct rung *rung = ladder;
	unsigned kind = fault_kind(fault);
	CHECK(fault.code != RD_KAFKA_RESP_ERR_NO_ERROR);
	while (!((rung->phases & phase) && (rung->kinds & kind) &&
	         (rung->code == ANY_CODE || rung->code == fault.code)))
		rung++;
	CHECK(rung < ladder + sizeof(ladder) / sizeof(*ladder));
	return VERDICT(rung->step, rung->result, rung->cause);
}

/* --- words ---------------------------------------------------------------------------------------------------------
 */

static const char *phase_words(enum transaction_phase phase)
{
	switch (phase) {
	case PHASE_INIT:
		return "cannot take the transactional id";
	case PHASE_BEGIN:
		return "cannot begin a transaction";
	case PHASE_PRODUCE:
		return "cannot send a record";
	case PHASE_REPORT:
		return "the broker did not take a record";
	case PHASE_OFFSETS:
		return "cannot add the input offsets to the transaction";
	case PHASE_COMMIT:
		return "cannot commit the transaction";
	case PHASE_ABORT:
		return "cannot abort the transaction";
	}
	return "cannot publish";
}

/* An error met: where, what it is, and what librdkafka says of it. */
struct meeting {
	enum transaction_phase phase;
	rd_kafka_resp_err_t code;
	const char *words;
	struct transaction_verdict verdict;
	const char *topic; /* NULL: not known */
};

/* What to do about faults that stay until somebody does it. */
static const char *fault_advice(const struct meeting *met)
{
	switch ((int)met->code) {
	case CODE(TRANSACTIONAL_ID_AUTHORIZATION_FAILED):
		return "; allow Describe and Write on the transactional id, which is the group, a dot and the "
		       "instance";
	case CODE(CLUSTER_AUTHORIZATION_FAILED):
		return "; allow IdempotentWrite on the cluster";
	case CODE(GROUP_AUTHORIZATION_FAILED):
		return "; allow Read on this group";
	case CODE(TOPIC_AUTHORIZATION_FAILED):
		if (met->phase == PHASE_OFFSETS)
			return "; allow Read on the input topics";
		return "; allow Write on it";
	case CODE(INVALID_TRANSACTION_TIMEOUT):
		return "; the broker's transaction.max.timeout.ms is lower";
	case CODE(TOPIC_EXCEPTION):
		return "; the broker takes no records under this topic's name: look at output";
	case CODE(_UNKNOWN_TOPIC):
	case CODE(UNKNOWN_TOPIC_OR_PART):
		return "; is an output topic gone? make it with 'wiredesk topics --create'";
	default:
		return "";
	}
}

/* The library does not say which topic was forbidden: it is one of those that the transaction has records for. */
static void name_topics(const struct transaction *t, const struct meeting *met, char *out, size_t n)
{
	out[0] = 0;
	if (met->topic)
		snprintf(out, n, " for topic '%s'", met->topic);
	if (met->topic || met->code != CODE(TOPIC_AUTHORIZATION_FAILED) || met->phase == PHASE_OFFSETS)
		return;
	for (size_t i = 0; i < t->n_topics; i++) {
		size_t at = strlen(out);
		const char *before = i ? ", " : t->n_topics == 1 ? " for topic " : " for one of the topics ";
		snprintf(out + at, n - at, "%s'%s'", before, rd_kafka_topic_name(t->topics[i]));
	}
}

static void tell(const struct transaction *t, const struct meeting *met, struct err *err)
{
	bool outage = met->verdict.cause == CAUSE_OUTAGE && t->event_words[0];
	char topics[TOPICS_WORDS_MAX];
	name_topics(t, met, topics, sizeof(topics));
	if (met->verdict.result == PUBLISH_FENCED)
		err_set(err,
		        "another worker runs as instance '%s' of group '%s', or this one was away for longer than "
		        "transaction.timeout.ms: %s",
		        t->instance, t->group, met->words);
	else
		err_set(err, "%s%s (instance '%s' of group '%s'): %s%s%s%s", phase_words(met->phase), topics,
		        t->instance, t->group, met->words, fault_advice(met), outage ? "; last seen: " : "",
		        outage ? t->event_words : "");
}

/* --- verdicts ------------------------------------------------------------------------------------------------------
 */

/* The first verdict stands. Always false, so that a step can return it. */
static bool transaction_decide(struct transaction *t, struct transaction_verdict verdict, const char *words)
{
	CHECK(verdict.step == STEP_ABORT || verdict.step == STEP_END);
	if (t->verdict.step != STEP_NONE)
		return false;
	t->verdict = verdict;
	if (words)
		err_set(&t->pub->err, "%s", words);
	return false;
}

static bool transaction_decide_met(struct transaction *t, const struct meeting *met)
{
	if (t->verdict.step != STEP_NONE)
		return false;
	tell(t, met, &t->pub->err);
	t->fault = met->code;
	return transaction_decide(t, met->verdict, NULL);
}

static bool transaction_was_asked(struct transaction *t)
{
	if (!atomic_load_explicit(&t->pub->abort_asked, memory_order_acquire))
		return false;
	transaction_decide(t, VERDICT(ABORT(ASKED)), "the partitions were lost");
	return true;
}

/* May a step go on? */
static bool transaction_goes_on(struct transaction *t)
{
	return t->verdict.step == STEP_NONE && !transaction_was_asked(t);
}

static int64_t transaction_quarter_us(const struct transaction *t, int quarters)
{
	return t->began_us + t->transaction_ms * 1000 * quarters / 4;
}

static int left_ms(const struct transaction *t, int64_t until_us)
{
	int64_t left = (until_us - clock_mono_us(t->clock)) / 1000;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

static struct transaction_fault fault_of(const rd_kafka_error_t *error)
{
	return (struct transaction_fault){
	        .code = rd_kafka_error_code(error),
	        .fatal = rd_kafka_error_is_fatal(error),
	        .abortable = rd_kafka_error_txn_requires_abort(error),
	        .retriable = rd_kafka_error_is_retriable(error),
	};
}

/* Takes the error. The client's own words about what is wrong (brokers away, credentials refused) come with a poll. */
static struct meeting transaction_meet(struct transaction *t, enum transaction_phase phase, rd_kafka_error_t *error,
                                       char words[WORDS_MAX])
{
	struct transaction_fault fault = fault_of(error);
	/* Some of the library's words end in a full stop, and ours go on behind them. */
	const char *said = rd_kafka_error_string(error);
	size_t n = strlen(said);
	snprintf(words, WORDS_MAX, "%.*s", (int)(n && said[n - 1] == '.' ? n - 1 : n), said);
	rd_kafka_error_destroy(error);
	if (t->producer)
		rd_kafka_poll(t->producer, 0);
	return (struct meeting){phase, fault.code, words, transaction_classify(phase, fault), NULL};
}

/*
 * Calls until the answer is something else than "again", or the time is over. The verdict's step is NONE on success;
 * else err has words.
 */
static struct transaction_verdict transaction_call(struct transaction *t, enum transaction_phase phase,
                                                   rd_kafka_error_t *(*call)(struct transaction *, int timeout_ms),
                                                   int64_t until_us, struct err *err)
{
	char words[WORDS_MAX];
	for (;;) {
		int left = left_ms(t, until_us);
		rd_kafka_error_t *error = call(t, left > POLL_MS ? left : POLL_MS);
		if (!error)
			return VERDICT(DONE);
		struct meeting met = transaction_meet(t, phase, error, words);
		if (met.verdict.step == STEP_AGAIN && left_ms(t, until_us) > 0) {
			t->clock->sleep_us(t->clock, POLL_MS * 1000);
			continue;
		}
		if (met.verdict.step == STEP_AGAIN)
			met.verdict.step = STEP_END;
		tell(t, &met, err);
		return met.verdict;
	}
}

/* --- callbacks -----------------------------------------------------------------------------------------------------
 */

static bool is_consequence(rd_kafka_resp_err_t code)
{
	return transaction_classify(PHASE_REPORT, (struct transaction_fault){.code = code}).step == STEP_ASK;
}

/* Set even where nobody looks at reports: without it each wait sleeps in steps of 10 ms. */
static void transaction_reported(rd_kafka_t *producer, const rd_kafka_message_t *record, void *arg)
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

/* Told by the consumer and, where it costs a batch, with that. */
static bool is_outage(rd_kafka_resp_err_t code)
{
	return code == CODE(_TRANSPORT) || code == CODE(_RESOLVE) || code == CODE(_TIMED_OUT) ||
	       code == CODE(_ALL_BROKERS_DOWN);
}

static void transaction_event(rd_kafka_t *producer, int code, const char *words, void *arg)
{
	struct transaction *t = arg;
	(void)producer;
	if (t->is_past)
		return;
	/* "All brokers are down" comes after the words that say why. */
	if (code == CODE(_ALL_BROKERS_DOWN) && t->event_words[0])
		return;
	t->event = (rd_kafka_resp_err_t)code;
	snprintf(t->event_words, sizeof(t->event_words), "%s", words);
	if (is_outage(t->event))
		return;
	log_warn("KAFKA-ERROR", "the producer reports an error", LOG_CSTR("code", rd_kafka_err2name(t->event)),
	         LOG_CSTR("error", t->event_words));
}

void transaction_attach(struct transaction *t, rd_kafka_conf_t *conf)
{
	rd_kafka_conf_set_opaque(conf, t);
	rd_kafka_conf_set_dr_msg_cb(conf, transaction_reported);
	rd_kafka_conf_set_error_cb(conf, transaction_event);
}

/* --- the steps -----------------------------------------------------------------------------------------------------
 */

static rd_kafka_error_t *call_init(struct transaction *t, int timeout_ms)
{
	return rd_kafka_init_transactions(t->producer, timeout_ms);
}

struct transaction_verdict transaction_init(struct transaction *t, int64_t timeout_ms, struct err *err)
{
	t->event_words[0] = 0;
	return transaction_call(t, PHASE_INIT, call_init, clock_mono_us(t->clock) + timeout_ms * 1000, err);
}

static rd_kafka_topic_partition_list_t *offsets_list(const struct offsets *offsets)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)offsets->n);
	for (size_t i = 0; i < offsets->n; i++) {
		const struct offset *at = &offsets->items[i];
		CHECK(at->next >= 0);
		rd_kafka_topic_partition_list_add(list, at->topic, at->partition)->offset = at->next;
	}
	return list;
}

/*
 * Metadata of a consumer that is no member fences nothing. librdkafka has no way to ask for the member, so its own
 * format is looked into, where it is the known one: "CGMDv2:", generation (4 bytes), group, NUL, member, NUL, …
 */
static bool names_no_member(struct str metadata)
{
	const struct str known = STR("CGMDv2:");
	if (!str_starts(metadata, known))
		return metadata.n == 0;
	size_t group_end = str_index(metadata, 0, known.n + 4);
	return group_end + 1 >= metadata.n || metadata.p[group_end + 1] == 0;
}

static bool transaction_read_metadata(struct transaction *t)
{
	struct str bytes = t->pub->batch->metadata;
	if (names_no_member(bytes))
		return transaction_decide(t, VERDICT(ABORT(GENERATION)),
		                          "the batch has no member of the group to commit its offsets for");
	rd_kafka_error_t *error = rd_kafka_consumer_group_metadata_read(&t->metadata, bytes.p, bytes.n);
	if (!error)
		return true;
	t->metadata = NULL;
	err_set(&t->pub->err, "cannot read the group's metadata: %s", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return transaction_decide(t, VERDICT(END(FAILED)), NULL);
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
	t->pub = pub;
	t->began_us = clock_mono_us(t->clock);
	t->commit_sent = false;
	t->verdict = VERDICT(DONE);
	t->fault = t->report = RD_KAFKA_RESP_ERR_NO_ERROR;
	t->n_topics = t->n_records = t->n_good = t->n_sent = t->n_reported = t->n_failed = 0;
	transaction_forget_events(t);
	pub->n_refusals = 0;
	pub->probed_to = 0;
	err_clear(&pub->err);
}

void transaction_give_up(struct transaction *t, struct transaction_verdict verdict)
{
	transaction_decide(t, verdict, NULL);
}

bool transaction_begin(struct transaction *t)
{
	if (!transaction_goes_on(t) || !transaction_read_metadata(t))
		return false;
	if (offsets_caller_lost(t->caller) == OFFSETS_CALLS_LOST_MAX)
		return transaction_decide(t, VERDICT(END(FATAL)),
		                          "the Kafka client does not come back from sending offsets, time and again");
	t->offsets = offsets_list(&t->pub->batch->next);
	struct transaction_verdict verdict =
	        transaction_call(t, PHASE_BEGIN, call_begin, transaction_quarter_us(t, 2), &t->pub->err);
	if (verdict.step != STEP_NONE)
		return transaction_decide(t, verdict, NULL);
	t->open = true;
	return true;
}

/* Without a producer the transaction cannot be aborted by us; taking the transactional id anew does it. */
static rd_kafka_error_t *call_offsets(struct transaction *t, int timeout_ms)
{
	bool lost;
	struct offsets_request request = {t->producer, t->offsets, t->metadata};
	CHECK(t->n_reported == t->n_sent); /* a lost producer must not hold records */
	rd_kafka_error_t *error = offsets_caller_send(t->caller, &request, timeout_ms, &lost);
	if (lost) {
		t->open = false;
		t->producer = NULL;
		t->offsets = NULL;
		t->metadata = NULL;
	}
	return error;
}

/* All records let go: those that are still out are thrown away. */
static bool transaction_drain(struct transaction *t)
{
	int64_t until_us = clock_mono_us(t->clock) + DRAIN_MS * 1000;
	if (t->n_reported < t->n_sent)
		rd_kafka_purge(t->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	while (t->n_reported < t->n_sent) {
		if (left_ms(t, until_us) <= 0)
			return false;
		rd_kafka_flush(t->producer, POLL_MS);
	}
	return true;
}

/*
 * The transaction has failed in the background: the next call says why. Not commit: should it be wrong that
 * the transaction has failed, nothing is lost by sending offsets that are aborted right after.
 */
static bool transaction_ask(struct transaction *t)
{
	char words[WORDS_MAX];
	int left = left_ms(t, transaction_quarter_us(t, 3));
	if (!transaction_drain(t))
		return transaction_decide(t, VERDICT(ABORT(OUTAGE)), "the client does not let go of the records");
	rd_kafka_error_t *error = call_offsets(t, left > POLL_MS ? left : POLL_MS);
	if (!error)
		return transaction_decide(t, VERDICT(ABORT(OTHER)),
		                          "records were thrown away, and the client does not say why");
	struct meeting met = transaction_meet(t, PHASE_REPORT, error, words);
	if (met.verdict.step == STEP_ASK)
		met.verdict.step = STEP_ABORT;
	return transaction_decide_met(t, &met);
}

/* A code that came alone, from a report or from producev. */
static bool transaction_met_code(struct transaction *t, enum transaction_phase phase, rd_kafka_resp_err_t code,
                                 const char *topic)
{
	struct meeting met = {phase, code, rd_kafka_err2str(code),
	                      transaction_classify(phase, (struct transaction_fault){.code = code}), topic};
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
		return transaction_met_code(t, PHASE_REPORT, CODE(_MSG_TIMED_OUT), NULL);
	if (t->verdict.step == STEP_NONE)
		t->pub->probed_to = t->n_good;
	return transaction_decide(t, VERDICT(ABORT(PROBE)), "one by one, the records take more than one transaction");
}

static bool transaction_has_time(const struct transaction *t)
{
	return left_ms(t, transaction_quarter_us(t, 2)) > 0;
}

/* rd_kafka_flush in short steps rather than rd_kafka_poll: it polls, too, and while it runs nothing lingers. */
bool transaction_flush(struct transaction *t)
{
	while (transaction_goes_on(t) && !t->n_failed && t->n_reported < t->n_sent) {
		if (!transaction_has_time(t))
			return transaction_out_of_time(t);
		rd_kafka_flush(t->producer, POLL_MS);
	}
	if (t->verdict.step != STEP_NONE)
		return false;
	return t->n_failed ? transaction_met_report(t) : true;
}

static void transaction_refuse(struct transaction *t, const struct transaction_record *record)
{
	struct publication *pub = t->pub;
	if (pub->n_refusals < REFUSALS_MAX) {
		struct refusal *refusal = &pub->refusals[pub->n_refusals++];
		refusal->message = record->message;
		refusal->part = record->part;
		snprintf(refusal->words, sizeof(refusal->words), "%s", rd_kafka_err2str(t->fault));
	}
	if (record->kind != RECORD_STUB || t->verdict.cause != CAUSE_REFUSAL)
		return;
	t->verdict = VERDICT(ABORT_FAILED); /* there is nothing smaller */
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
	rd_kafka_headers_t *headers = headers_of(record);
	rd_kafka_resp_err_t code;
	do {
		code = rd_kafka_producev(t->producer, RD_KAFKA_V_RKT(record->topic),
		                         RD_KAFKA_V_KEY(unconst(record->key.p), record->key.n),
		                         RD_KAFKA_V_VALUE(unconst(record->value.p), record->value.n),
		                         RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_END);
		if (code == CODE(_QUEUE_FULL))
			rd_kafka_flush(t->producer, POLL_MS);
	} while (code == CODE(_QUEUE_FULL) && !t->n_failed && transaction_goes_on(t) && transaction_has_time(t));
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

static void transaction_note_topic(struct transaction *t, const rd_kafka_topic_t *topic)
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

bool transaction_offsets(struct transaction *t)
{
	if (!transaction_goes_on(t))
		return false;
	struct transaction_verdict verdict =
	        transaction_call(t, PHASE_OFFSETS, call_offsets, transaction_quarter_us(t, 3), &t->pub->err);
	return verdict.step == STEP_NONE ? true : transaction_decide(t, verdict, NULL);
}

static rd_kafka_error_t *call_commit(struct transaction *t, int timeout_ms)
{
	return rd_kafka_commit_transaction(t->producer, timeout_ms);
}

bool transaction_commit(struct transaction *t)
{
	if (!transaction_goes_on(t))
		return false;
	CHECK(!t->n_failed && t->n_reported == t->n_sent);
	t->commit_sent = true;
	struct transaction_verdict verdict =
	        transaction_call(t, PHASE_COMMIT, call_commit, transaction_quarter_us(t, 4), &t->pub->err);
	if (verdict.step != STEP_NONE)
		return transaction_decide(t, verdict, NULL);
	t->open = false;
	transaction_decide(t, VERDICT(STEP_END, PUBLISH_COMMITTED, CAUSE_NONE), NULL);
	return true;
}

/* --- the end -------------------------------------------------------------------------------------------------------
 */

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
	struct transaction_verdict verdict =
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

/*
 * The broker counts a partition's records and did not count refused ones; librdkafka did, so the next transaction of
 * this producer would fail with OUT_OF_ORDER_SEQUENCE_NUMBER before it gets a new epoch.
 */
static bool transaction_lost_count(const struct transaction *t)
{
	return t->n_failed && !is_consequence(t->report);
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
	t->pub->result = t->verdict.result;
	t->pub->cause = t->verdict.cause;
	if (t->metadata)
		rd_kafka_consumer_group_metadata_destroy(t->metadata);
	if (t->offsets)
		rd_kafka_topic_partition_list_destroy(t->offsets);
	t->metadata = NULL;
	t->offsets = NULL;
	return usable && drained;
}
