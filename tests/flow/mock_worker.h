/*
 * A whole worker on librdkafka's mock cluster: the real source, sink, loop, runner and stages in one process, and a
 * director who acts while they run.
 *
 * The director is called on the loop's thread before each poll, so it sees the loop between two of its turns and needs
 * no locks and no sleeps: it looks (mock_worker_is_done, the captured log, metrics), and acts (puts stories, injects
 * errors, takes brokers down, stops). When nothing comes of it within MOCK_WORKER_PATIENCE_MS the run is stopped and
 * has failed. It may run on any thread, so it must not assert: what it finds wrong goes to mock_worker_fail.
 *
 * The mock shows flow, not delivery: it forgets transactional offsets and shows records of aborted transactions.
 */
#ifndef WIREDESK_TESTS_FLOW_MOCK_WORKER_H
#define WIREDESK_TESTS_FLOW_MOCK_WORKER_H

#include "tests/harness.h"

#include "consumer/kafka_source.h"
#include "pipeline/base/log.h"
#include "worker/loop.h"

#include <librdkafka/rdkafka_mock.h>

#define MOCK_WORKER_PATIENCE_MS 120000
#define MOCK_WORKER_PARTITIONS  4

/* Keys of Kafka's requests, for errors to inject. */
enum mock_api {
	API_PRODUCE = 0,
	API_HEARTBEAT = 12,
	API_INIT_PRODUCER_ID = 22,
	API_ADD_PARTITIONS = 24,
	API_ADD_OFFSETS = 25,
	API_END_TXN = 26,
	API_OFFSET_COMMIT = 28,
};

struct mock_worker;

struct mock_worker_options {
	int brokers;              /* 0: 1 */
	size_t lanes;             /* 0: 2 */
	size_t batch_stories;     /* 0: 50 */
	int64_t transaction_ms;   /* 0: 10000 */
	int64_t stop_ms;          /* 0: it waits until the batch in flight has an end */
	int64_t story_bytes;      /* limits.story; 0: 16 MB */
	int64_t message_bytes;    /* limits.message; 0: 16 MB */
	int64_t parse_bytes;      /* limits.parse; 0: 128 MB */
	const struct feed *feeds; /* NULL: just the default */
	size_t n_feeds;
	bool debug; /* the library tells everything it does */
	bool until_end;
	bool sizes_unchecked; /* records over the topics' limit reach the producer */
	void (*direct)(struct mock_worker *w, void *arg);
	void (*work)(struct mock_worker *w, void *arg); /* a lane begins on a message; or NULL */
	void *arg;
};

/* Makes cluster and topics (raw, articles, duplicates, dead) and opens the worker up to its loop. */
struct mock_worker *mock_worker_open(const struct mock_worker_options *options);
/* The worker's life. False: the director failed, or grew impatient; mock_worker_words says of what. */
bool mock_worker_run(struct mock_worker *w);
void mock_worker_close(struct mock_worker **worker);

/* It ended with a batch in flight; close waits for that, if need be for the whole transaction. */
bool mock_worker_is_abandoned(const struct mock_worker *w);
enum loop_end mock_worker_end(const struct mock_worker *w);
const char *mock_worker_words(const struct mock_worker *w); /* why it ended, or failed */

/* --- for the director --------------------------------------------------------------------------------------------- */

rd_kafka_mock_cluster_t *mock_worker_cluster(struct mock_worker *w);
/* Puts a message into raw and waits until it is there. */
void mock_worker_put(struct mock_worker *w, int32_t partition, struct str key, struct str value,
                     const struct header *headers, size_t n_headers);
/* The same for n stories of several formats and languages, all different, spread over the partitions. */
void mock_worker_put_stories(struct mock_worker *w, size_t n);
/* This message is not to be worked on. */
void mock_worker_condemn(struct mock_worker *w, int32_t partition, int64_t offset, enum reason reason);
/* Messages that were put into a partition: the offset of the next. */
int64_t mock_worker_next(const struct mock_worker *w, int32_t partition);
/* The next request of that kind to broker 1 is answered so. */
void mock_worker_inject(struct mock_worker *w, enum mock_api api, rd_kafka_resp_err_t error);
/* Injected answers of that kind that wait for their request. */
size_t mock_worker_injected(struct mock_worker *w, enum mock_api api);
void mock_worker_stop(struct mock_worker *w);
void mock_worker_fail(struct mock_worker *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Patience begins anew. */
void mock_worker_went_on(struct mock_worker *w);

/* Is everything that was put committed? */
bool mock_worker_is_done(struct mock_worker *w);
/* Messages behind the last commits, over all partitions. */
size_t mock_worker_committed(struct mock_worker *w);
/* Messages that the loop was given. */
size_t mock_worker_seen(const struct mock_worker *w);
size_t mock_worker_assignments(const struct mock_worker *w);
/* As /readyz asks. */
const char *mock_worker_unready(const struct mock_worker *w);
const struct loop_status *mock_worker_status(const struct mock_worker *w);
/* The value of a series of one label. */
int64_t mock_worker_metric(struct mock_worker *w, enum metric_id id, const char *key, const char *value);
void mock_worker_metrics(struct mock_worker *w, struct buf *out);

/* --- the log ------------------------------------------------------------------------------------------------------ */

/* Catches the log of all workers, from its first to its last line; one at a time. */
struct mock_log;
struct mock_log *mock_log_start(enum log_level least);
bool mock_log_has(struct mock_log *log, const char *part);
/* All of it; while no worker runs. */
struct str mock_log_text(const struct mock_log *log);
void mock_log_stop(struct mock_log **log);

/* --- what came out ------------------------------------------------------------------------------------------------ */

/* Calls `each` for every record of a topic, those of aborted transactions too; answers how many there are. */
size_t mock_worker_read(struct mock_worker *w, const char *topic,
                        void (*each)(void *arg, const rd_kafka_message_t *record), void *arg);

#endif
