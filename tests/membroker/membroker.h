/*
 * A Kafka in memory: topics, one consumer group, transactions, generations and fencing, as far as exactly once depends
 * on them; with a source and a sink that speak to it, and faults at any call.
 *
 * The broker outlives its clients: a client stands for one worker process, and one that "dies" at a call leaves at the
 * broker what a killed process would leave (an open transaction, a member that does not answer). Every call of source
 * and sink, and within publish each request (begin, each record, offsets, commit, abort), is numbered from 1 by client,
 * so that a test can let the same history fail at each number in turn.
 *
 * What is modelled: a transaction's records and offsets become visible together or never, perhaps some time after the
 * commit was answered; init_transactions bumps the epoch, fences the older producer and aborts what it left open;
 * offsets are accepted only with the metadata of the present generation, and of the client that has the instance's
 * place; metadata without a member is accepted from anyone, as Kafka does; eager rebalance; a static member that comes
 * again has its place back; offsets pending in an open transaction keep a new owner waiting. Time does not pass:
 * members and transactions expire when the test says so. Thread-safe by one lock.
 */
#ifndef WIREDESK_MEMBROKER_H
#define WIREDESK_MEMBROKER_H

#include "consumer/source.h"
#include "producer/sink.h"

struct mem_broker;
struct mem_client;

struct mem_broker *mem_broker_new(void);
void mem_broker_free(struct mem_broker **broker);

/* --- input ------------------------------------------------------------------------------------------------------- */

void mem_topic(struct mem_broker *b, const char *topic, int partitions);
/* Appends a copy; returns its offset. headers: n pairs. */
int64_t mem_put(struct mem_broker *b, const char *topic, int partition, struct str key, struct str value,
                const struct header *headers, size_t n_headers);
/* Offsets without a message, as transaction markers leave them. */
void mem_gap(struct mem_broker *b, const char *topic, int partition, int n);

/* --- output ------------------------------------------------------------------------------------------------------ */

struct mem_record {
	const char *topic;
	struct str key, value; /* copies that live with the broker; a null pointer stays one */
	struct header *headers;
	size_t n_headers;
	uint64_t transaction; /* rising number of the transaction that wrote it */
	uint64_t place;       /* rises in the order in which records came to the log, visible or not */
};

/* What a read_committed reader sees, in order. */
size_t mem_committed(struct mem_broker *b);
struct mem_record mem_record(struct mem_broker *b, size_t i);
/* Records that were sent and never became visible. */
size_t mem_aborted(struct mem_broker *b);
/* The group's committed offset; OFFSET_AS_COMMITTED: none. */
int64_t mem_group_offset(struct mem_broker *b, const char *topic, int partition);
/* Transactions that are still open, or whose end is not visible everywhere yet. */
size_t mem_open_transactions(struct mem_broker *b);
/* Tells of each transaction when it becomes visible: its records are the last n of the committed ones. Called under the
 * broker's lock: ask nothing of the broker in there. */
void mem_on_commit(struct mem_broker *b,
                   void (*told)(void *arg, const struct mem_record *records, size_t n, const struct offsets *offsets),
                   void *arg);

/* What has happened at the broker since it was made. */
struct mem_counts {
	uint64_t generations, commits, aborts, fenced, stale, unknown, late, late_refused, lagging, expired, thrown_out,
	        stolen, rejoined;
};
struct mem_counts mem_counts(struct mem_broker *b);

/* --- the world around -------------------------------------------------------------------------------------------- */

/* All members are to give back and share anew (somebody joins or leaves). */
void mem_rebalance(struct mem_broker *b);
/* Members that died, or were thrown out, are gone; the group shares anew. */
void mem_expire_members(struct mem_broker *b);
/* Another owner takes every partition for a moment and publishes the next `each` messages of each, as a correct worker
 * would; then the group shares anew. */
void mem_steal(struct mem_broker *b, int each);
/* Values that hold this text are refused as records of this topic. Borrowed. */
void mem_refuse(struct mem_broker *b, const char *topic, const char *text);
/* The session of that instance's member is over: it loses its partitions, dead or not. */
void mem_throw_out(struct mem_broker *b, const char *instance);
/* Number of the instance's open transaction, or 0. */
uint64_t mem_transaction(struct mem_broker *b, const char *instance);
/* The instance's open transaction has had its time: it is aborted, and its producer fenced. */
void mem_expire_transaction(struct mem_broker *b, const char *instance);
/* Commits that were on their way arrive, and ends that were not visible everywhere become so. */
void mem_arrive(struct mem_broker *b);

/* --- clients ----------------------------------------------------------------------------------------------------- */

enum mem_fault {
	MEM_NONE,
	MEM_DIE, /* the process is killed: this call and all later ones do nothing; poll and publish answer FATAL */
	MEM_DIE_AFTER,   /* the same, but this call was still carried out */
	MEM_FAIL,        /* the call fails for now: outage */
	MEM_LOSE_ANSWER, /* the call is carried out, and its answer is lost */
	MEM_REBALANCE,   /* at this call somebody joins the group */
	MEM_STEAL,       /* at this call the member is thrown out, and another owner works on one message a partition */
	MEM_LATE,        /* the answer does not come; a commit arrives later, if nothing has fenced it by then */
	MEM_LAG,         /* a commit is answered before it is visible */
	MEM_SLOW,        /* one by one, the transaction's time is half over here */
	MEM_FATAL,       /* the client ends in a fatal error */
};

enum mem_call {
	MEM_POLL,
	MEM_IDLE, /* a poll finds nothing: whoever directs lets the time pass; what it decides does not count */
	MEM_ASSIGN,
	MEM_UNASSIGN,
	MEM_COMMITTED,
	MEM_ENDS,
	MEM_OPEN, /* also of renew */
	MEM_BEGIN,
	MEM_RECORD,
	MEM_OFFSETS,
	MEM_COMMIT,
	MEM_ABORT,
};

/* A worker process: instance is its group.instance.id and its transactional id. Topics end with NULL. */
struct mem_client *mem_client_new(struct mem_broker *b, const char *instance, const char *const *topics,
                                  const char *articles, const char *duplicates, const char *dead);
/* The same, but it joins the group with its first poll, as a consumer does. */
struct mem_client *mem_client_new_outside(struct mem_broker *b, const char *instance, const char *const *topics,
                                          const char *articles, const char *duplicates, const char *dead);
/* Instead of one fault: somebody who decides at each call, before it is carried out. Nothing of the broker is locked.
 */
void mem_client_direct(struct mem_client *c,
                       enum mem_fault (*decide)(void *arg, struct mem_client *c, enum mem_call call), void *arg);
/* How long the poll that finds nothing may wait. */
int mem_client_wait_ms(const struct mem_client *c);
/* SIGKILL, between two calls. */
void mem_client_kill(struct mem_client *c);
/* The first promise of source.h or sink.h that the worker broke; NULL: none. */
const char *mem_client_broken(const struct mem_client *c);
/* At call number `at` (from 1) this happens, once. */
void mem_client_fault(struct mem_client *c, enum mem_fault fault, uint64_t at);
uint64_t mem_client_calls(const struct mem_client *c);
bool mem_client_is_dead(const struct mem_client *c);
/* Was the fault's call reached? */
bool mem_client_has_failed(const struct mem_client *c);
/* Messages not released yet. */
size_t mem_client_held(const struct mem_client *c);
struct source *mem_client_source(struct mem_client *c);
struct sink *mem_client_sink(struct mem_client *c);
/* Closes and frees both. */
void mem_client_free(struct mem_client **client);

#endif
