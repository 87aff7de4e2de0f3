/*
 * Inside the loop of `wiredesk replay`: what its files share.
 *
 *     putback_clients.c   consumer and producer, their properties and callbacks
 *     putback_letters.c   where to begin and to end, and the letters of a round
 *     putback_run.c       transactions and rounds
 *
 * One thread.
 */
#ifndef WIREDESK_PUTBACK_LOOP_H
#define WIREDESK_PUTBACK_LOOP_H

#include "pipeline/base/arena.h"
#include "pipeline/base/clock.h"
#include "worker/done.h"
#include "worker/putback_run.h"

#include <librdkafka/rdkafka.h>

#define PUTBACK_ASK_MS        30000
#define PUTBACK_ROUND_LETTERS 500

struct putback_partition {
	struct done done; /* as committed */
	struct done next; /* as this round will have it */
	int64_t position; /* behind the last letter read */
	int64_t end;      /* seen at start */
	bool is_read;
};

struct putback_letter {
	rd_kafka_message_t *message;
	int64_t from; /* where the partition stood before it; what lies between holds no letter */
	struct putback putback;
	struct header *headers;
	size_t n_headers;
	int64_t time_ms; /* when it died; -1: the broker does not tell */
	bool is_refused;
};

struct putback_loop {
	struct putback_setup with;
	struct putback_counts *counts;
	const char *topic;
	char group[300];
	rd_kafka_t *consumer, *producer;
	rd_kafka_consumer_group_metadata_t *metadata;
	struct clock *clock;
	struct putback_partition *partitions;
	size_t n_partitions;
	int *input_partitions; /* of each input topic */
	struct putback_letter letters[PUTBACK_ROUND_LETTERS];
	size_t n_letters, n_bytes;
	size_t round_letters; /* so many at most in a round */
	int64_t began_ms;
	int64_t n_offsets;  /* from where it began to the ends */
	struct arena arena; /* headers of the round's letters */
	struct err trouble; /* last heard from the brokers */
	int n_failed;       /* reports of the transaction in progress */
	bool is_refusal;    /* the first one's: it is about a record, not about the surroundings */
	struct err failure; /* and its words */
};

/* --- putback_clients.c ------------------------------------------------------------------------------------------- */

/* False with err set: librdkafka refuses the configuration. */
bool putback_open_consumer(struct putback_loop *l, struct err *err);
bool putback_open_producer(struct putback_loop *l, struct err *err);
/* Ends the open transaction of a replay that died, and keeps an older one from committing. An exit code. */
int putback_take_id(struct putback_loop *l, struct err *err);

/* A letter of the transaction in progress failed. */
void putback_fail(struct putback_loop *l, rd_kafka_resp_err_t fault);
/* "; another replay …" where that is what the fault means, to be put behind its words; else "". */
const char *putback_who(rd_kafka_resp_err_t fault);
/* The exit code of a transactional call that failed; says so, and frees it. */
int putback_fault(const char *what, rd_kafka_error_t *fault, struct err *err);

/* --- putback_letters.c ------------------------------------------------------------------------------------------- */

/* Finds partitions, the group's place and the ends, and begins to read. False with err set: an exit code of 4. */
bool putback_begin_reading(struct putback_loop *l, struct err *err);
bool putback_all_read(const struct putback_loop *l);
/* How many offsets lie before the ends, not read yet. */
int64_t putback_left(const struct putback_loop *l);
/* All partitions; freed by the caller. */
rd_kafka_topic_partition_list_t *putback_list(const struct putback_loop *l);

/* Some letters, or all there are. False with err set: nothing was heard for too long, or the
 * topic is another one. */
bool putback_fill(struct putback_loop *l, struct err *err);
void putback_forget_round(struct putback_loop *l);

#endif
