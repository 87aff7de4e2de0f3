/*
 * The ladder is a table: the first row that fits an error counts.
 */
#include "producer/ladder.h"

#include "pipeline/base/check.h"

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

#define VERDICT(...) ((struct ladder_verdict){__VA_ARGS__})

/* The first row that fits counts. */
static const struct rung {
	unsigned phases;
	unsigned kinds;
	rd_kafka_resp_err_t code;
	enum ladder_step step;
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
static unsigned fault_kind(struct ladder_fault fault)
{
	if (fault.fatal)
		return KIND_FATAL;
	if (fault.abortable)
		return KIND_ABORTABLE;
	return fault.retriable ? KIND_RETRIABLE : KIND_PLAIN;
}

struct ladder_verdict ladder_judge(enum ladder_phase phase, struct ladder_fault fault)
{
	const struct rung *rung = ladder;
	unsigned kind = fault_kind(fault);
	CHECK(phase && (phase & (phase - 1)) == 0); /* one, not a set of them */
	CHECK(fault.code != RD_KAFKA_RESP_ERR_NO_ERROR);
	while (!((rung->phases & phase) && (rung->kinds & kind) &&
	         (rung->code == ANY_CODE || rung->code == fault.code)))
		rung++;
	CHECK(rung < ladder + sizeof(ladder) / sizeof(*ladder));
	return VERDICT(rung->step, rung->result, rung->cause);
}

struct ladder_verdict ladder_abort(enum publish_cause cause)
{
	return VERDICT(STEP_ABORT, PUBLISH_ABORTED, cause);
}

struct ladder_verdict ladder_end(enum publish_result result)
{
	CHECK(result != PUBLISH_ABORTED);
	return VERDICT(STEP_END, result, CAUSE_OTHER);
}
