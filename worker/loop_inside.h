/*
 * Inside the loop: what its files share.
 *
 *     loop_ready.c    how it ends, whether it is ready, what others may ask of it
 *     loop_settle.c   what a commit and a failure mean; the one place that takes the batch in flight back
 *     loop_source.c   messages, ends and assignments as they come; rewinding, backing off
 *     loop_work.c     lanes, cut and tail of one batch
 *     loop.c          the turns: fill, work, hand over, fall back, end
 *
 * Each file calls those above it only. There are three batches: one that fills, one in flight at the publisher, and a
 * spare which takes what the budget cuts off and is the next to fill. All of it is of the loop's thread, but what is
 * _Atomic, and `held`, which has a lock of its own.
 */
#ifndef WIREDESK_LOOP_INSIDE_H
#define WIREDESK_LOOP_INSIDE_H

#include "worker/assignment.h"
#include "worker/isolation.h"
#include "worker/loop.h"
#include "worker/publisher.h"
#include "worker/tally.h"
#include "worker/until_end.h"

#define LOOP_POLL_MS 100

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

	int64_t stopping_since_ms; /* 0: not seen to be told to stop */
	bool abandoned;            /* what flies belongs to the publisher for good */
	bool troubled;             /* brokers or a stage could not take the last batch */
	int64_t last_message_ms;
	int64_t tidy_ms; /* when to tidy next */
	bool source_ended;
	bool over; /* an end is decided, and err says why */
	enum loop_end end;
	struct err err;
	struct offsets scratch;
	struct series *results[PUBLISH_FAILED + 1];
	struct series *batch_seconds, *publish_seconds, *condemned, *suspects;
};

/* --- loop_ready.c ------------------------------------------------------------------------------------------------ */

int64_t loop_now_ms(struct loop *l);
/* The first end stands, like the first error. err may be NULL. */
void loop_end_with(struct loop *l, enum loop_end end, const struct err *err);
bool loop_must_stop(struct loop *l);
/* How long ago it was first seen to be told to stop; -1: it is not. */
int64_t loop_stopping_ms(struct loop *l);
/* After whatever may have changed it. */
void loop_update_ready(struct loop *l);

/* --- loop_settle.c ----------------------------------------------------------------------------------------------- */

enum collected { COLLECTED_NOTHING, COLLECTED_COMMITTED, COLLECTED_FAILED };

/*
 * Waits for the batch in flight. Committed: settled and empty again. Failed: *cause is set, and it stays in l->flying,
 * not rolled back yet, because a younger batch must be rolled back before it. Failed is also what is abandoned; then
 * nothing is in any hand of ours any more.
 */
enum collected loop_collect(struct loop *l, enum publish_cause *cause);
/*
 * Every batch is empty again; the youngest is rolled back first. The one in flight must have been taken back; if it is
 * abandoned, all stay as they are.
 */
void loop_drop_batches(struct loop *l);
/* Tells the metrics what is kept about single messages beyond their batch. */
void loop_report_kept(struct loop *l);

/* --- loop_source.c ----------------------------------------------------------------------------------------------- */

/* Polls once, and acts on what has come: partitions that go are settled in here. */
void loop_poll(struct loop *l, int timeout_ms);
/* To the offsets of the last committed batch of this assignment. Nothing may be in flight. */
void loop_rewind(struct loop *l);
/* After an abort: a rest, twice as long as the last, then the rewind. Polls go on, so that the group knows us alive. */
void loop_back_off(struct loop *l);

/* --- loop_work.c ------------------------------------------------------------------------------------------------- */

/* Must the batch that fills run alone, because it begins with a suspect? */
bool loop_begins_with_suspect(struct loop *l);
/*
 * Lanes, the cut, begin, tail of the batch that fills; what is cut off goes into the spare one. False: a stage's
 * surroundings fail, and all of it is to be read again.
 */
bool loop_work(struct loop *l);

#endif
