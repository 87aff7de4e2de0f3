/*
 * The loop: fills batches, works on them, hands them to the publisher, and is the one place that decides what happens
 * when anything fails.
 *
 * Two batches are in flight: the publisher commits A while the loop fills and works on B. One `collect` takes A back;
 * one `fall_back` is the only abort path: take A back, roll in-order stages back (newest first), free both batches,
 * rest, rewind the source to the offsets of the last committed batch of this assignment.
 *
 * Everything the loop touches stands behind interfaces (source, sink, clock, task), so it runs unchanged against files,
 * a Kafka cluster, or a broker in memory.
 */
#ifndef WIREDESK_LOOP_H
#define WIREDESK_LOOP_H

#include "consumer/source.h"
#include "pipeline/run.h"
#include "producer/sink.h"
#include "worker/condemned.h"
#include "worker/suspects.h"

/* Also the process's exit code. */
enum loop_end {
	LOOP_DONE = 0,   /* SIGTERM, the end of files, or --until-end */
	LOOP_FENCED = 3, /* fenced or fatal Kafka error */
	LOOP_FAILED = 4, /* the surroundings fail for good */
};

struct loop_options {
	size_t batch_stories; /* messages, and parts, a batch */
	size_t batch_bytes;
	int64_t batch_wait_ms;  /* a batch is worked on at the latest so long after its first message */
	int64_t work_ms;        /* work deadline: half of max.poll.interval.ms */
	int64_t transaction_ms; /* transaction.timeout.ms: how long publishing and resolving may take */
	int64_t stop_ms;        /* so long after it was told to stop, what is in flight is abandoned; 0: never */
	int64_t idle_commit_ms; /* after so long without a message, end-of-partition offsets are committed alone (1 s)
	                         */
	int64_t back_off_min_ms, back_off_max_ms; /* rest after an abort: doubles from one to the other */
	bool until_end; /* stop when the group is at the ends that all input partitions had at start (until_end.h) */
	enum task_kind publisher_task;
};

/* What others may ask of a running loop, from any thread: /livez, /readyz, metrics. */
struct loop_status {
	_Atomic(const char *) unready; /* why it is not ready, in words; NULL: it is */
	_Atomic int64_t
	        last_progress_ms; /* mono: last commit, or last moment at which all partitions were at their end */
	_Atomic uint64_t committed_batches;
	_Atomic uint64_t articles, duplicates, drops, dead_letters; /* parts, of committed batches */
};

/* Per partition, for /livez and metrics: guarded by a lock inside the loop. */
struct partition_status {
	const char *topic;
	int32_t partition;
	int64_t next; /* -1: nothing known yet */
	bool at_end;
	int64_t last_progress_ms;
};

struct loop;

struct loop_setup {
	struct source *source;
	struct sink *sink; /* already open */
	struct runner *runner;
	struct condemned *condemned; /* may be NULL: nothing can be refused */
	struct suspects *suspects;   /* may be NULL */
	struct clock *clock;
	struct metrics *metrics;
	struct loop_options options;
	size_t lanes;
	_Atomic bool *stop; /* set by a signal handler */
	/* Somebody who lives beside the loop and on its thread. NULL: nobody. */
	struct {
		void *arg;
		void (*turn)(void *arg);                 /* between batches, often: short */
		const char *(*unready)(const void *arg); /* why the worker is not ready, as a literal; NULL: it is */
	} beside;
	/* Between batches, with nothing in flight, once each time that the flag is set; it is cleared before. */
	struct {
		_Atomic bool *asked; /* NULL: never */
		void (*act)(void *arg);
		void *arg;
	} reload;
	/* Once a minute, between batches, with one in flight or without: short. NULL: never. */
	struct {
		void (*act)(void *arg);
		void *arg;
	} tidy;
};

struct loop *loop_new(const struct loop_setup *setup);
/*
 * Runs until stopped, at the end, or beyond help; then err says why. On return, however it ends, nothing is in flight
 * and all messages are released; source and sink stay open: their owner closes them, sink first. A stop ends the taking
 * of messages from the batch at work, so that only what was taken by then is published; it waits for what is in flight,
 * at most begin + 2 x transaction_ms, and no longer than stop_ms: what has not been committed after half of it is to be
 * aborted, and what has no end after all of it is abandoned.
 */
enum loop_end loop_run(struct loop *loop, struct err *err);
/*
 * Is a batch abandoned? Its sink is at work still, so that sink, source and runner must not be closed before loop_free
 * has waited for it. A process had better just end: as after SIGKILL the brokers give the transaction an end, when it
 * times out or when its id is taken anew, and whoever has the partitions next goes on where the group stands.
 */
bool loop_is_abandoned(const struct loop *loop);
void loop_free(struct loop **loop);

const struct loop_status *loop_status(const struct loop *loop);
/*
 * Why the worker is not ready, in words (a literal), or NULL: it is. Ready is a member of the group with an assignment,
 * be it of no partition (it stands by), that reaches the brokers, whose topics are there, whose last batch was taken,
 * whose batch on its way has had no more than a quarter of the transaction's time, and that was not told to stop, from
 * the signal on. Any thread.
 */
const char *loop_unready(const struct loop *loop);
/*
 * Does it end as soon as it may, told to or not: is there a fence, or a fatal error, that it has not come to look at
 * yet? For a stage that waits, on the loop's thread.
 */
bool loop_is_over(struct loop *loop);
/* Copies up to room entries; returns how many there are. Any thread. */
size_t loop_partitions(struct loop *loop, struct partition_status *out, size_t room);

#endif
