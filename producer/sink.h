/*
 * Where records go: one Kafka transaction a batch, a file or stdout, or the in-memory broker of the tests.
 *
 * publish is called on the publisher's thread; the batch and its arenas belong to the sink until it returns. What the
 * sink makes itself of a batch are its dead letters (dead_letters.h).
 */
#ifndef WIREDESK_SINK_H
#define WIREDESK_SINK_H

#include "pipeline/base/err.h"
#include "pipeline/batch.h"

#include <stdatomic.h>

enum publish_result {
	PUBLISH_COMMITTED,
	/*
	 * Nothing of it is visible, and nothing ever will be; cause says why. Also when the abort itself could not be
	 * completed (CAUSE_OUTAGE) but the commit was never sent: then the sink takes its transactional id anew at the
	 * next publish.
	 */
	PUBLISH_ABORTED,
	PUBLISH_UNKNOWN, /* the broker was asked to commit and no answer came: the publisher resolves it */
	PUBLISH_FENCED,  /* another worker runs under this transactional id: exit 3 */
	PUBLISH_FATAL,   /* Kafka's fatal error: exit 3 */
	PUBLISH_FAILED,  /* the surroundings fail for good (authorisation refused, disk full): exit 4 */
};

enum publish_cause {
	CAUSE_NONE,
	CAUSE_ASKED,      /* the abort flag was set */
	CAUSE_GENERATION, /* the group has moved on: normal when a worker joins or leaves */
	CAUSE_OUTAGE,     /* a broker is away, a request timed out */
	CAUSE_REFUSAL,    /* a record was refused for good: size, timestamp, policy */
	CAUSE_BEGIN,      /* (loop's own) a stage's begin answered abort */
	CAUSE_PROBE,      /* one by one, the transaction's time did not do: go on at probed_to */
	CAUSE_OTHER,
};
const char *publish_cause_word(enum publish_cause cause);

/* A record that is known to be refused: its story, and the broker's words. */
struct refusal {
	size_t message; /* index in the batch */
	int64_t part;   /* -1: the message's dead letter */
	char words[200];
};
#define REFUSALS_MAX 16

struct publication {
	/* in */
	struct batch *batch;
	/*
	 * Wait for each record's report before the next is sent (with linger 0), so that a refusal names its record.
	 * Records before probe_from (counted over the batch, dead letters too) are known to be good and go in bulk.
	 * When half of the transaction's time is used up: abort with CAUSE_PROBE, and probed_to says how far it came.
	 */
	bool one_by_one;
	size_t probe_from;
	_Atomic bool
	        abort_asked; /* the partitions are lost, or the worker is to end: abort, unless the commit is sent */
	/* Is this message's (part -1) or part's dead letter to be a stub, because it was refused itself? May be NULL.
	 * Publisher's thread. */
	bool (*stub)(void *arg, const struct message *msg);
	void *stub_arg;

	/* out */
	enum publish_result result;
	enum publish_cause cause;
	struct refusal refusals[REFUSALS_MAX];
	size_t n_refusals; /* more are not told */
	size_t probed_to;
	struct err err;
};

/* What a record may measure (key + value + headers + RECORD_FRAMING_BYTES): the topics' own max.message.bytes; 0: no
 * limit. */
struct sink_limits {
	size_t record_bytes; /* the least over article and duplicate topics */
	size_t dead_bytes;   /* the dead-letter topic's */
};

struct sink {
	const struct sink_ops *ops;
};

struct sink_ops {
	/*
	 * Before the source is polled for the first time: takes the transactional id, which fences a predecessor and
	 * ends its open transaction, and reads the limits. The error is one of FENCED, FATAL or FAILED.
	 */
	enum publish_result (*open)(struct sink *, struct sink_limits *limits, struct err *err);

	/*
	 * One transaction: every record of every story of the batch, dead letters, and the offsets batch->next under
	 * batch->metadata. Batches without messages commit offsets alone. Never waits longer than the transaction
	 * timeout. An abort has run before this returns.
	 *
	 * Whatever the result, on return the sink holds no pointer into the batch: the messages' bytes are given back
	 * next. Where librdkafka may still refer to them (requests in flight after an abort that timed out), it has
	 * destroyed its producer.
	 *
	 * Authorisation refused, for a topic, the group or the transactional id, is PUBLISH_FAILED: no record can help
	 * it, and a slip in an ACL must not turn a stream into dead letters. So is a stub that is refused: there is
	 * nothing smaller.
	 */
	void (*publish)(struct sink *, struct publication *);

	/*
	 * After PUBLISH_UNKNOWN: drops the producer and takes the transactional id anew, so that the old transaction
	 * has an end; then the group's committed offsets tell which one. PUBLISH_COMMITTED here means: done.
	 */
	enum publish_result (*renew)(struct sink *, int timeout_ms, struct err *err);

	void (*close)(struct sink *);
};

#endif
