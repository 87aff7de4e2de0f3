/*
 * The ladder: the only place that knows which of Kafka's errors abort a transaction, are tried again, or end the
 * worker. It judges; what is done about it is transaction.h's.
 */
#ifndef WIREDESK_LADDER_H
#define WIREDESK_LADDER_H

#include "producer/sink.h"

#include <librdkafka/rdkafka.h>

/* What was being done when an error was met. An error found in the background shows at the next call. */
enum ladder_phase {
	PHASE_INIT = 1 << 0,
	PHASE_BEGIN = 1 << 1,
	PHASE_PRODUCE = 1 << 2, /* producev itself returned it: it belongs to that record */
	PHASE_REPORT = 1 << 3,  /* a delivery report: it belongs to a request, so to any of its records */
	PHASE_OFFSETS = 1 << 4,
	PHASE_COMMIT = 1 << 5,
	PHASE_ABORT = 1 << 6,
};

struct ladder_fault {
	rd_kafka_resp_err_t code; /* never NO_ERROR */
	/* The flags of an rd_kafka_error_t. Codes that come alone (producev, reports) have none. */
	bool fatal, abortable, retriable;
};

enum ladder_step {
	STEP_NONE,
	STEP_AGAIN, /* the same call again; when the time is over: `result` */
	STEP_ASK,   /* a consequence of another error, which the next call tells */
	STEP_ABORT, /* the transaction is to be aborted; then `result` */
	STEP_END,   /* nothing more can be done with this producer: `result` */
};

struct ladder_verdict {
	enum ladder_step step;
	enum publish_result result;
	enum publish_cause cause;
};

struct ladder_verdict ladder_judge(enum ladder_phase phase, struct ladder_fault fault);

/* Verdicts about what is no error of Kafka's. */
struct ladder_verdict ladder_abort(enum publish_cause cause);
struct ladder_verdict ladder_end(enum publish_result result);

#endif
