/*
 * Inside a transaction: what its files share.
 *
 *     transaction_words.c     what is said of an error that was met
 *     transaction_course.c    the one verdict, the time that is left, calls until they have an answer, events
 *     transaction_offsets.c   the input's offsets, and the metadata they are committed under
 *     transaction_records.c   records and their reports, one by one where one is refused
 *     transaction.c           the other steps, in their order
 *
 * Each file calls those above it only. All of it runs on the publisher's thread, callbacks too: they come inside of our
 * own polls.
 */
#ifndef WIREDESK_TRANSACTION_INSIDE_H
#define WIREDESK_TRANSACTION_INSIDE_H

#include "producer/transaction.h"

#define TRANSACTION_POLL_MS 10
/* What librdkafka says at once is shorter, and must not be cut without a mark. */
#define TRANSACTION_WORDS_MAX 600

/* --- transaction_words.c ----------------------------------------------------------------------------------------- */

/* An error met: where, what it is, and what librdkafka says of it. */
struct meeting {
	enum ladder_phase phase;
	rd_kafka_resp_err_t code;
	const char *words;
	struct ladder_verdict verdict;
	const char *topic; /* NULL: not known */
};

void transaction_tell(const struct transaction *t, const struct meeting *met, struct err *err);

/* --- transaction_course.c ---------------------------------------------------------------------------------------- */

/*
 * The first verdict stands. Always false, so that a step can return it. words may be NULL: then they stand in the
 * publication already.
 */
bool transaction_decide(struct transaction *t, struct ladder_verdict verdict, const char *words);
bool transaction_decide_met(struct transaction *t, const struct meeting *met);
/* May a step go on? */
bool transaction_goes_on(struct transaction *t);

/* When so many quarters of the transaction's time are over. */
int64_t transaction_quarter_us(const struct transaction *t, int quarters);
int transaction_left_ms(const struct transaction *t, int64_t until_us);

/* Takes the error; what it meets points into words. */
struct meeting transaction_meet(struct transaction *t, enum ladder_phase phase, rd_kafka_error_t *error,
                                char words[TRANSACTION_WORDS_MAX]);

/*
 * Calls until the answer is something else than "again", or the time is over. The verdict's step is NONE on success;
 * else err has words.
 */
struct ladder_verdict transaction_call(struct transaction *t, enum ladder_phase phase,
                                       rd_kafka_error_t *(*call)(struct transaction *, int timeout_ms),
                                       int64_t until_us, struct err *err);

/* librdkafka's error callback. */
void transaction_event(rd_kafka_t *producer, int code, const char *words, void *arg);

/* --- transaction_offsets.c --------------------------------------------------------------------------------------- */

/* Reads the batch's metadata and lists its offsets. False: the transaction has its verdict. */
bool transaction_take_offsets(struct transaction *t);
/* Sends them. The producer is lost with a call that does not come back. */
rd_kafka_error_t *transaction_call_offsets(struct transaction *t, int timeout_ms);
void transaction_drop_offsets(struct transaction *t);

/* --- transaction_records.c --------------------------------------------------------------------------------------- */

/* librdkafka's callback for delivery reports. */
void transaction_reported(rd_kafka_t *producer, const rd_kafka_message_t *record, void *arg);
/* All records let go: those that are still out are thrown away. False: librdkafka may still hold some. */
bool transaction_drain(struct transaction *t);
/*
 * The broker counts a partition's records and did not count refused ones; librdkafka did, so the next transaction of
 * this producer would fail with OUT_OF_ORDER_SEQUENCE_NUMBER before it gets a new epoch.
 */
bool transaction_lost_count(const struct transaction *t);

#endif
