/*
 * The publisher: one batch at a time through the sink, on a task of its own, while the loop works on the next.
 *
 * What the sink could not find out, the publisher does: after an unknown outcome it takes the transactional id anew, so
 * that the old transaction has an end, and asks the group's committed offsets which end that was. Nobody guesses.
 *
 * All functions are called on the loop thread.
 */
#ifndef WIREDESK_PUBLISHER_H
#define WIREDESK_PUBLISHER_H

#include "consumer/source.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/task.h"
#include "producer/sink.h"
#include "worker/condemned.h"

struct publisher;

struct publisher_options {
	struct sink *sink;
	struct source *source;
	struct condemned *condemned; /* may be NULL */
	struct clock *clock;
	enum task_kind task_kind;
	int64_t transaction_ms; /* budget for resolving an unknown outcome */
};

struct publisher *publisher_new(const struct publisher_options *options);
/* Nothing may be in flight. */
void publisher_free(struct publisher **publisher);

/* Hands a sealed batch over: it and its arenas are the publisher's until publisher_take. one_by_one, probe_from:
 * sink.h. */
void publisher_post(struct publisher *p, struct batch *batch, bool one_by_one, size_t probe_from);
/* Is the batch in flight settled, so that publisher_take would not wait? */
bool publisher_is_done(struct publisher *p);
/* Is it settled, and so that this worker cannot go on? */
bool publisher_is_over(struct publisher *p);
/* Waits so long at most (-1: for ever); returns whether it is settled. Real time, not the clock's. */
bool publisher_wait(struct publisher *p, int timeout_ms);
/* Abort, unless the commit is already sent: the partitions are lost, or the worker must end. */
enum publisher_ask { PUBLISHER_LOST, PUBLISHER_ENDS };
void publisher_ask_abort(struct publisher *p, enum publisher_ask why);
/*
 * Waits for the batch in flight and gives it back with its result, which is never PUBLISH_UNKNOWN: what could not be
 * resolved within the transaction timeout is PUBLISH_FAILED, and a restart resolves it the same way. Valid until the
 * next post.
 */
const struct publication *publisher_take(struct publisher *p);
/* How long the last batch took, begin to end. */
int64_t publisher_took_us(const struct publisher *p);

#endif
