/*
 * One Kafka transaction, step by step. What an error means for it is the ladder's to say (ladder.h).
 *
 *     transaction_start(t, pub);
 *     transaction_begin(t) && transaction_produce(t, …) … && transaction_flush(t) && transaction_offsets(t) &&
 *             transaction_commit(t);
 *     transaction_finish(t);
 *
 * Each step returns false once the transaction has its verdict; steps after that do nothing and return false, too.
 * finish aborts where the verdict says so and fills in the publication's result, cause and words. All of it together
 * takes no longer than transaction_ms: records may take half of it, offsets up to three quarters, the rest is for the
 * end. Records are not copied.
 */
#ifndef WIREDESK_TRANSACTION_H
#define WIREDESK_TRANSACTION_H

#include "pipeline/base/clock.h"
#include "producer/ladder.h"
#include "producer/offsets_call.h"
#include "producer/sink.h"

#define TRANSACTION_TOPICS_MAX 8

/* One for each sink, at a fixed address: librdkafka's callbacks get it. */
struct transaction {
	/* For the life of the sink. */
	struct clock *clock;
	const char *group, *instance; /* for words */
	int64_t transaction_ms;
	struct offsets_caller *caller;
	/* For the life of a producer. */
	rd_kafka_t *producer;
	/* For one transaction. */
	struct publication *pub;
	int64_t began_us;
	bool open;        /* there is something to abort */
	bool commit_sent; /* from here on only the broker knows how it ends */
	rd_kafka_consumer_group_metadata_t *metadata;
	rd_kafka_topic_partition_list_t *offsets;
	struct ladder_verdict verdict;
	rd_kafka_resp_err_t fault; /* that the verdict is about */
	size_t n_records;          /* given to produce */
	size_t n_good;             /* one by one: so many were taken */
	size_t n_sent;
	/* From callbacks, which run inside of our own polls. */
	size_t n_reported, n_failed;
	rd_kafka_resp_err_t report; /* of the first failed report that is no mere consequence, else of the first */
	char report_topic[256];     /* of that report */
	/* The topics that records were given for, as far as there is room. */
	rd_kafka_topic_t *topics[TRANSACTION_TOPICS_MAX];
	size_t n_topics;
	bool is_past;              /* events that come now are old */
	rd_kafka_resp_err_t event; /* the client's last error event, and its words */
	char event_words[600];
};

/* Sets the callbacks that the steps rely on; before rd_kafka_new. */
void transaction_attach(struct transaction *t, rd_kafka_conf_t *conf);

/*
 * Takes the transactional id, which fences its last holder and ends its open transaction. t->producer is set by the
 * caller. STEP_NONE: done; else FENCED, FATAL or FAILED with err set, and CAUSE_OUTAGE where nobody answered in time.
 */
struct ladder_verdict transaction_init(struct transaction *t, int64_t timeout_ms, struct err *err);

/* The clock runs from here. */
void transaction_start(struct transaction *t, struct publication *pub);
/* For a caller that had to make the producer first, and could not. Words stand in the publication. */
void transaction_give_up(struct transaction *t, struct ladder_verdict verdict);
bool transaction_begin(struct transaction *t);

enum record_kind { RECORD_STORY, RECORD_DEAD_LETTER, RECORD_STUB };

struct transaction_record {
	enum record_kind kind;
	rd_kafka_topic_t *topic;
	struct str key, value; /* null pointers: none; must live until finish has returned */
	const struct header *headers;
	size_t n_headers;
	/* For a refusal's name. */
	size_t message;
	int64_t part;
};

/*
 * A record that producev itself refuses is noted in the publication, the verdict is to abort, and yet the answer is
 * true while there is room for more refusals: the others are to be found in the same attempt.
 */
bool transaction_produce(struct transaction *t, const struct transaction_record *record);

/* Waits for all reports, or for the first one that failed. */
bool transaction_flush(struct transaction *t);
bool transaction_offsets(struct transaction *t);
bool transaction_commit(struct transaction *t);

/*
 * False: this producer is of no more use, because the transaction's end is not known to it, or because librdkafka may
 * still hold pointers into the records. It has to be destroyed before they go.
 */
bool transaction_finish(struct transaction *t);

#endif
