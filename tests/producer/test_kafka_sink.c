/*
 * The Kafka sink on a mock cluster: what a batch becomes, and how each kind of trouble ends. The mock shows calls and
 * errors; that aborted records stay invisible is for a real broker to show.
 */
#include "tests/producer/kit.h"

#include "pipeline/base/clock.h"
#include "pipeline/base/log.h"
#include "pipeline/base/task.h"
#include "producer/kafka_sink.h"

struct fixture {
	struct kit_cluster *cluster; /* one for most tests, */
	char topics[3][32];          /* but topics of their own */
	struct output_topics names;
	struct sink *sink;
	struct sink_limits limits;
	struct batch batch;
	struct publication pub;
	struct err err;
};

static struct sink *sink_new(struct fixture *f, rd_kafka_conf_t *conf, int64_t transaction_ms)
{
	struct kafka_sink_options options = {.template = conf,
	                                     .group = "g",
	                                     .instance = "w1",
	                                     .transaction_ms = transaction_ms,
	                                     .open_ms = 10000,
	                                     .topics = &f->names,
	                                     .config_file = "desk.yaml",
	                                     .clock = clock_system()};
	struct sink *sink = kafka_sink_new(&options, &f->err);
	rd_kafka_conf_destroy(conf);
	return sink;
}

/* A sink that is open, and no batch yet. */
static void open_sink(struct fixture *f, int64_t transaction_ms)
{
	f->sink = sink_new(f, kit_cluster_conf(f->cluster), transaction_ms);
	assert_non_null(f->sink);
	assert_int_equal(f->sink->ops->open(f->sink, &f->limits, &f->err), PUBLISH_COMMITTED);
}

static void drop_line(void *arg, struct str line)
{
	(void)arg, (void)line;
}

static void name_topics(struct fixture *f)
{
	static int number;
	static const char *const stems[] = {"articles", "duplicates", "dead"};
	number++;
	for (size_t i = 0; i < 3; i++) {
		snprintf(f->topics[i], sizeof(f->topics[i]), "%s-%d", stems[i], number);
		rd_kafka_mock_topic_create(f->cluster->mock, f->topics[i], 1, 1);
	}
	f->names = (struct output_topics){
	        .fallback = f->topics[0], .duplicates = f->topics[1], .dead_letters = f->topics[2]};
}

static struct kit_cluster shared;

static int setup_on(void **state, struct kit_cluster *cluster)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->cluster = cluster;
	name_topics(f);
	kit_batch(&f->batch);
	*state = f;
	return 0;
}

static int setup(void **state)
{
	return setup_on(state, &shared);
}

/* For tests that delay answers, or take the broker down: neither can be taken back. */
static int setup_alone(void **state)
{
	struct kit_cluster *cluster = calloc(1, sizeof(*cluster));
	kit_cluster_start(cluster);
	return setup_on(state, cluster);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	if (f->sink)
		f->sink->ops->close(f->sink);
	kit_cluster_forgive(f->cluster);
	if (f->cluster != &shared) {
		kit_cluster_stop(f->cluster);
		free(f->cluster);
	}
	batch_free(&f->batch);
	free(f);
	return 0;
}

static int start(void **state)
{
	(void)state;
	log_redirect(drop_line, NULL);
	kit_cluster_start(&shared);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	kit_cluster_stop(&shared);
	return 0;
}

static void add_articles(struct fixture *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct message *msg = kit_message(&f->batch, "k", STR("raw"));
		char uri[32];
		snprintf(uri, sizeof(uri), "urn:%zu", i);
		kit_article(&f->batch, msg, uri, "{\"a\":1}");
	}
	kit_seal(&f->batch);
}

static void publish(struct fixture *f)
{
	f->pub.batch = &f->batch;
	f->sink->ops->publish(f->sink, &f->pub);
}

static void assert_published(const struct fixture *f, enum publish_result result, enum publish_cause cause)
{
	if (f->pub.result != result || f->pub.cause != cause)
		print_error("result %d cause %d: %s\n", f->pub.result, f->pub.cause, f->pub.err.words);
	assert_int_equal(f->pub.result, result);
	assert_int_equal(f->pub.cause, cause);
}

static void assert_bytes(const void *p, size_t n, const char *expected)
{
	assert_str(str_make(p, n), expected);
}

static void assert_header(const rd_kafka_message_t *record, const char *name, const char *expected)
{
	rd_kafka_headers_t *headers;
	const void *value;
	size_t n;
	assert_int_equal(rd_kafka_message_headers(record, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(rd_kafka_header_get_last(headers, name, &value, &n), RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_bytes(value, n, expected);
}

/* --- what is published -------------------------------------------------------------------------------------------- */

static void an_article_goes_to_its_topics_under_its_uri_with_its_headers(void **state)
{
	struct fixture *f = *state;
	const char *const topics[] = {f->names.fallback, f->names.duplicates};
	open_sink(f, 10000);
	struct message *msg = kit_message(&f->batch, "k", STR("raw"));
	struct story *st = kit_article(&f->batch, msg, "urn:1", "{\"a\":1}");
	st->record.headers[st->record.n_headers++] = (struct header){STR("wiredesk-language"), STR("id")};
	st->route.topics = topics;
	st->route.n_topics = 2;
	kit_seal(&f->batch);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	for (size_t i = 0; i < 2; i++) {
		rd_kafka_t *reader = kit_reader(f->cluster, topics[i]);
		rd_kafka_message_t *record = kit_reader_next(reader);
		assert_bytes(record->key, record->key_len, "urn:1");
		assert_bytes(record->payload, record->len, "{\"a\":1}");
		assert_header(record, "wiredesk-language", "id");
		rd_kafka_message_destroy(record);
		rd_kafka_destroy(reader);
	}
}

static void records_keep_the_order_of_messages_and_parts(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	for (int i = 0; i < 3; i++) {
		struct message *msg = kit_message(&f->batch, NULL, STR("raw"));
		for (int part = 0; part < 3; part++) {
			char value[16];
			snprintf(value, sizeof(value), "%d/%d", i, part);
			kit_article(&f->batch, msg, "urn:same", value);
		}
	}
	kit_seal(&f->batch);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	rd_kafka_t *reader = kit_reader(f->cluster, f->names.fallback);
	for (int i = 0; i < 9; i++) {
		char value[16];
		snprintf(value, sizeof(value), "%d/%d", i / 3, i % 3);
		rd_kafka_message_t *record = kit_reader_next(reader);
		assert_bytes(record->payload, record->len, value);
		rd_kafka_message_destroy(record);
	}
	rd_kafka_destroy(reader);
}

static void a_message_with_a_dead_part_gives_its_other_parts_and_one_dead_letter(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	struct message *msg = kit_message(&f->batch, "k7", STR("three parts"));
	kit_article(&f->batch, msg, "urn:0", "{\"n\":0}");
	kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DEAD, REASON_BAD_FORMAT, "decode", "no title");
	kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DROP, REASON_FILTERED, "mine", "");
	kit_seal(&f->batch);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	rd_kafka_t *reader = kit_reader(f->cluster, f->names.dead_letters);
	rd_kafka_message_t *record = kit_reader_next(reader);
	assert_bytes(record->key, record->key_len, "k7");
	assert_bytes(record->payload, record->len, "three parts");
	assert_header(record, "wiredesk-part", "1");
	assert_header(record, "wiredesk-reason", "bad-format");
	assert_header(record, "wiredesk-origin", "c1/raw/0/0");
	rd_kafka_message_destroy(record);
	rd_kafka_destroy(reader);
	reader = kit_reader(f->cluster, f->names.fallback);
	record = kit_reader_next(reader);
	assert_bytes(record->payload, record->len, "{\"n\":0}");
	rd_kafka_message_destroy(record);
	rd_kafka_destroy(reader);
}

static bool stub_always(void *arg, const struct message *msg)
{
	(void)arg, (void)msg;
	return true;
}

static void a_dead_letter_that_was_refused_goes_out_as_a_stub(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	struct message *msg = kit_message(&f->batch, "k", STR("refused"));
	kit_end(&msg->end, OUTCOME_DEAD, REASON_REFUSED, "broker", "too large");
	kit_seal(&f->batch);
	f->pub.stub = stub_always;

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	rd_kafka_t *reader = kit_reader(f->cluster, f->names.dead_letters);
	rd_kafka_message_t *record = kit_reader_next(reader);
	assert_null(record->payload);
	assert_header(record, "wiredesk-stub", "refused");
	rd_kafka_message_destroy(record);
	rd_kafka_destroy(reader);
}

static void drops_and_ends_of_partitions_commit_offsets_alone(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	struct message *msg = kit_message(&f->batch, "k", STR("nothing in it"));
	kit_end(&msg->end, OUTCOME_DROP, REASON_NO_STORY, "decode", "");
	kit_seal(&f->batch);
	publish(f);
	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);

	batch_reset(&f->batch);
	kit_seal(&f->batch);
	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

static void messages_that_were_cut_off_are_not_published(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	add_articles(f, 2);
	f->batch.n_taken = 1;
	publish(f);
	batch_reset(&f->batch);
	add_articles(f, 1);
	f->batch.messages[0].parts[0]->record.value = STR("next");

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	rd_kafka_t *reader = kit_reader(f->cluster, f->names.fallback);
	rd_kafka_message_destroy(kit_reader_next(reader));
	rd_kafka_message_t *record = kit_reader_next(reader);
	assert_bytes(record->payload, record->len, "next");
	rd_kafka_message_destroy(record);
	rd_kafka_destroy(reader);
}

/* --- the ladder, each rung on the cluster ------------------------------------------------------------------------- */

struct rung {
	const char *request;
	int api;
	rd_kafka_resp_err_t code;
	enum publish_result result;
	enum publish_cause cause;
};

#define ERR(c) RD_KAFKA_RESP_ERR_##c

/* Answered once; after an abort the same sink publishes the same batch. */
static void assert_rung(struct fixture *f, const struct rung *rung)
{
	kit_cluster_fail(f->cluster, rung->api, 1, rung->code);
	publish(f);
	if (f->pub.result != rung->result || f->pub.cause != rung->cause)
		print_error("%s answered %s: ", rung->request, rd_kafka_err2name(rung->code));
	assert_published(f, rung->result, rung->cause);
	if (rung->result != PUBLISH_COMMITTED)
		assert_int_not_equal(f->pub.err.words[0], 0);
	kit_cluster_forgive(f->cluster);
}

static void passing_errors_are_retried_inside(void **state)
{
	static const struct rung rungs[] = {
	        {"Produce", API_PRODUCE, ERR(NOT_LEADER_FOR_PARTITION), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"Produce", API_PRODUCE, ERR(NOT_ENOUGH_REPLICAS), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"Produce", API_PRODUCE, ERR(REQUEST_TIMED_OUT), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"Produce", API_PRODUCE, ERR(_TRANSPORT), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(CONCURRENT_TRANSACTIONS), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(NOT_COORDINATOR), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"AddOffsetsToTxn", API_ADD_OFFSETS, ERR(COORDINATOR_NOT_AVAILABLE), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(COORDINATOR_LOAD_IN_PROGRESS), PUBLISH_COMMITTED,
	         CAUSE_NONE},
	        {"EndTxn", API_END, ERR(NOT_COORDINATOR), PUBLISH_COMMITTED, CAUSE_NONE},
	        {"EndTxn", API_END, ERR(_TRANSPORT), PUBLISH_COMMITTED, CAUSE_NONE},
	        /* Last, for the mock has not counted what it says it has. */
	        {"Produce", API_PRODUCE, ERR(DUPLICATE_SEQUENCE_NUMBER), PUBLISH_COMMITTED, CAUSE_NONE},
	};
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 3);
	for (size_t i = 0; i < sizeof(rungs) / sizeof(*rungs); i++)
		assert_rung(f, &rungs[i]);
}

static void abortable_errors_abort_say_why_and_leave_the_sink_usable(void **state)
{
	static const struct rung rungs[] = {
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(ILLEGAL_GENERATION), PUBLISH_ABORTED, CAUSE_GENERATION},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(UNKNOWN_MEMBER_ID), PUBLISH_ABORTED, CAUSE_GENERATION},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(FENCED_INSTANCE_ID), PUBLISH_ABORTED, CAUSE_GENERATION},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(UNSTABLE_OFFSET_COMMIT), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(PRODUCER_FENCED), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(GROUP_AUTHORIZATION_FAILED), PUBLISH_FAILED, CAUSE_OTHER},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(TOPIC_AUTHORIZATION_FAILED), PUBLISH_FAILED, CAUSE_OTHER},
	        {"Produce", API_PRODUCE, ERR(MSG_SIZE_TOO_LARGE), PUBLISH_ABORTED, CAUSE_REFUSAL},
	        {"Produce", API_PRODUCE, ERR(INVALID_TIMESTAMP), PUBLISH_ABORTED, CAUSE_REFUSAL},
	        {"Produce", API_PRODUCE, ERR(INVALID_RECORD), PUBLISH_ABORTED, CAUSE_REFUSAL},
	        {"Produce", API_PRODUCE, ERR(TOPIC_AUTHORIZATION_FAILED), PUBLISH_FAILED, CAUSE_OTHER},
	        {"Produce", API_PRODUCE, ERR(UNKNOWN_PRODUCER_ID), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"Produce", API_PRODUCE, ERR(PRODUCER_FENCED), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"Produce", API_PRODUCE, ERR(INVALID_TXN_STATE), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"Produce", API_PRODUCE, ERR(INVALID_PRODUCER_ID_MAPPING), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(INVALID_PRODUCER_ID_MAPPING), PUBLISH_ABORTED,
	         CAUSE_OUTAGE},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(TOPIC_AUTHORIZATION_FAILED), PUBLISH_FAILED,
	         CAUSE_OTHER},
	        {"AddOffsetsToTxn", API_ADD_OFFSETS, ERR(PRODUCER_FENCED), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"AddOffsetsToTxn", API_ADD_OFFSETS, ERR(INVALID_PRODUCER_ID_MAPPING), PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {"EndTxn", API_END, ERR(INVALID_PRODUCER_ID_MAPPING), PUBLISH_ABORTED, CAUSE_OUTAGE},
	};
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 3);
	for (size_t i = 0; i < sizeof(rungs) / sizeof(*rungs); i++) {
		assert_rung(f, &rungs[i]);
		publish(f);
		if (f->pub.result != PUBLISH_COMMITTED)
			print_error("after %s answered %s: ", rungs[i].request, rd_kafka_err2name(rungs[i].code));
		assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	}
}

static void fatal_errors_end_the_sink(void **state)
{
	static const struct rung rungs[] = {
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(INVALID_PRODUCER_EPOCH), PUBLISH_FENCED, CAUSE_OTHER},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(PRODUCER_FENCED), PUBLISH_FENCED, CAUSE_OTHER},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(INVALID_TXN_STATE), PUBLISH_FATAL, CAUSE_OTHER},
	        {"AddPartitionsToTxn", API_ADD_PARTITIONS, ERR(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), PUBLISH_FAILED,
	         CAUSE_OTHER},
	        {"AddOffsetsToTxn", API_ADD_OFFSETS, ERR(INVALID_PRODUCER_EPOCH), PUBLISH_FENCED, CAUSE_OTHER},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(INVALID_PRODUCER_EPOCH), PUBLISH_FENCED, CAUSE_OTHER},
	        {"TxnOffsetCommit", API_OFFSET_COMMIT, ERR(INVALID_PRODUCER_ID_MAPPING), PUBLISH_FATAL, CAUSE_OTHER},
	        {"Produce", API_PRODUCE, ERR(OUT_OF_ORDER_SEQUENCE_NUMBER), PUBLISH_FATAL, CAUSE_OTHER},
	        {"Produce", API_PRODUCE, ERR(INVALID_PRODUCER_EPOCH), PUBLISH_FENCED, CAUSE_OTHER},
	        {"EndTxn", API_END, ERR(INVALID_PRODUCER_EPOCH), PUBLISH_FENCED, CAUSE_OTHER},
	        {"EndTxn", API_END, ERR(PRODUCER_FENCED), PUBLISH_FENCED, CAUSE_OTHER},
	        {"EndTxn", API_END, ERR(INVALID_TXN_STATE), PUBLISH_FATAL, CAUSE_OTHER},
	};
	struct fixture *f = *state;
	add_articles(f, 3);
	for (size_t i = 0; i < sizeof(rungs) / sizeof(*rungs); i++) {
		open_sink(f, 20000);
		assert_rung(f, &rungs[i]);
		f->sink->ops->close(f->sink);
		f->sink = NULL;
	}
}

static void a_fenced_worker_is_told_which_instance_of_which_group_it_was(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	add_articles(f, 1);
	kit_cluster_fail(f->cluster, API_END, 1, ERR(PRODUCER_FENCED));

	publish(f);

	assert_int_equal(f->pub.result, PUBLISH_FENCED);
	assert_has(f->pub.err.words, "another worker runs as instance 'w1' of group 'g'");
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static void a_commit_without_an_answer_is_unknown_and_a_new_producer_goes_on(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 1000);
	add_articles(f, 3);
	kit_cluster_answer(f->cluster, API_END, ERR(NO_ERROR), 4000);
	publish(f);
	assert_published(f, PUBLISH_UNKNOWN, CAUSE_OUTAGE);

	assert_int_equal(f->sink->ops->renew(f->sink, 10000, &f->err), PUBLISH_COMMITTED);

	publish(f);
	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

/* The commit was never sent, so the outcome is known; the next publish takes the transactional id anew. */
static void offsets_without_an_answer_abort(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 1000);
	add_articles(f, 3);
	kit_cluster_answer(f->cluster, API_ADD_OFFSETS, ERR(NO_ERROR), 4000);
	publish(f);
	assert_published(f, PUBLISH_ABORTED, CAUSE_OUTAGE);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

static void an_abort_without_an_answer_is_an_abort(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 1000);
	add_articles(f, 3);
	kit_cluster_fail(f->cluster, API_OFFSET_COMMIT, 1, ERR(ILLEGAL_GENERATION));
	kit_cluster_answer(f->cluster, API_END, ERR(NO_ERROR), 4000);
	publish(f);
	assert_published(f, PUBLISH_ABORTED, CAUSE_OUTAGE);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

static void an_abort_without_an_answer_is_unknown_once_the_commit_was_sent(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 1000);
	add_articles(f, 3);
	kit_cluster_answer(f->cluster, API_END, ERR(INVALID_PRODUCER_ID_MAPPING), 0);
	kit_cluster_answer(f->cluster, API_END, ERR(NO_ERROR), 4000);

	publish(f);

	assert_published(f, PUBLISH_UNKNOWN, CAUSE_OUTAGE);
}

/* Every broker is away when the transactional id is to be taken anew: nothing was sent, the worker lives on. */
static void an_outage_at_the_next_publish_aborts_that_too(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 1000);
	add_articles(f, 3);
	kit_cluster_answer(f->cluster, API_ADD_OFFSETS, ERR(NO_ERROR), 4000);
	publish(f);
	rd_kafka_mock_broker_set_down(f->cluster->mock, 1);
	publish(f);
	assert_published(f, PUBLISH_ABORTED, CAUSE_OUTAGE);
	rd_kafka_mock_broker_set_up(f->cluster->mock, 1);

	/* The client's own back-off may outlast one try. */
	for (int i = 0; i < 20 && f->pub.result == PUBLISH_ABORTED; i++)
		publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

static void an_abort_that_finds_itself_fenced_says_so(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	add_articles(f, 3);
	kit_cluster_fail(f->cluster, API_OFFSET_COMMIT, 1, ERR(ILLEGAL_GENERATION));
	kit_cluster_fail(f->cluster, API_END, 1, ERR(PRODUCER_FENCED));

	publish(f);

	assert_published(f, PUBLISH_FENCED, CAUSE_OTHER);
	assert_has(f->pub.err.words, "another worker runs as instance");
}

static void records_without_an_answer_abort_and_are_let_go(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 2000);
	add_articles(f, 3);
	kit_cluster_answer(f->cluster, API_PRODUCE, ERR(NO_ERROR), 20000);

	publish(f);
	/* The request is still out: what it points to must not be read any more. */
	batch_reset(&f->batch);

	assert_int_not_equal(f->pub.result, PUBLISH_COMMITTED);
	assert_int_equal(f->pub.cause, CAUSE_OUTAGE);
}

static void an_outage_while_renewing_is_told(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 1000);
	rd_kafka_mock_broker_set_down(f->cluster->mock, 1);

	enum publish_result result = f->sink->ops->renew(f->sink, 1000, &f->err);

	assert_int_equal(result, PUBLISH_FAILED);
	assert_has(f->err.words, "cannot take the transactional id (instance 'w1' of group 'g')");
}

/* Three times is the number at which librdkafka 2.0.2 forgets the request, and never comes back. */
static void a_coordinator_that_is_nowhere_does_not_hold_the_sink_for_ever(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 2000);
	add_articles(f, 3);
	kit_cluster_fail(f->cluster, API_FIND_COORDINATOR, 3, ERR(COORDINATOR_NOT_AVAILABLE));
	publish(f);
	assert_published(f, PUBLISH_ABORTED, CAUSE_OUTAGE);

	kit_cluster_forgive(f->cluster);
	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

/* --- the abort flag ----------------------------------------------------------------------------------------------- */

static void a_batch_whose_partitions_are_lost_is_not_even_begun(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	add_articles(f, 3);
	f->pub.abort_asked = true;
	kit_cluster_fail(f->cluster, API_ADD_PARTITIONS, 1, ERR(PRODUCER_FENCED)); /* would be fatal */

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_ASKED);
}

static void publish_in_task(void *arg)
{
	publish(arg);
}

static void partitions_lost_while_records_are_out_abort_at_once(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 60000);
	add_articles(f, 3);
	kit_cluster_answer(f->cluster, API_PRODUCE, ERR(NO_ERROR), 1000);
	struct task *task = task_new(TASK_THREAD, "publisher");
	task_post(task, publish_in_task, f);
	assert_false(task_wait(task, 300));
	atomic_store(&f->pub.abort_asked, true);
	task_free(&task);

	assert_published(f, PUBLISH_ABORTED, CAUSE_ASKED);
	atomic_store(&f->pub.abort_asked, false);
	publish(f);
	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

/* --- refusals ----------------------------------------------------------------------------------------------------- */

static char large_value[1200000];

static void records_that_the_client_refuses_are_named_all_at_once(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	memset(large_value, 'x', sizeof(large_value));
	add_articles(f, 5);
	f->batch.messages[1].parts[0]->record.value = str_make(large_value, sizeof(large_value));
	struct story *second = kit_article(&f->batch, &f->batch.messages[3], "urn:second", "");
	second->record.value = str_make(large_value, sizeof(large_value));

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_REFUSAL);
	assert_int_equal(f->pub.n_refusals, 2);
	assert_int_equal(f->pub.refusals[0].message, 1);
	assert_int_equal(f->pub.refusals[0].part, 0);
	assert_int_equal(f->pub.refusals[1].message, 3);
	assert_int_equal(f->pub.refusals[1].part, 1);
	assert_has(f->pub.refusals[0].words, "too large");
}

static void a_report_names_no_record_when_many_are_out(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 3);
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(INVALID_TIMESTAMP));

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_REFUSAL);
	assert_int_equal(f->pub.n_refusals, 0);
}

static void a_report_names_its_record_when_they_go_one_by_one(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 1);
	kit_article(&f->batch, &f->batch.messages[0], "urn:b", "{}");
	kit_article(&f->batch, &f->batch.messages[0], "urn:c", "{}");
	f->pub.one_by_one = true;
	kit_cluster_fail(f->cluster, API_PRODUCE, 2, ERR(NO_ERROR));
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(INVALID_TIMESTAMP));

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_REFUSAL);
	assert_int_equal(f->pub.n_refusals, 1);
	assert_int_equal(f->pub.refusals[0].message, 0);
	assert_int_equal(f->pub.refusals[0].part, 2);
	assert_has(f->pub.refusals[0].words, "timestamp");
}

static void add_dead_letter(struct fixture *f)
{
	kit_end(&kit_message(&f->batch, "k", STR("raw"))->end, OUTCOME_DEAD, REASON_BAD_JSON, "decode", "");
	kit_seal(&f->batch);
}

static void a_dead_letter_that_is_refused_is_named_as_its_messages(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_dead_letter(f);
	f->pub.one_by_one = true;
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(INVALID_RECORD));

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_REFUSAL);
	assert_int_equal(f->pub.n_refusals, 1);
	assert_int_equal(f->pub.refusals[0].part, -1);
}

/* As a broker answers when the transaction's first partition was refused: there is no transaction to abort. */
static void a_refused_first_partition_is_told_and_not_the_abort_that_found_nothing(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 1);
	kit_cluster_fail(f->cluster, API_ADD_PARTITIONS, 1, ERR(TOPIC_AUTHORIZATION_FAILED));
	kit_cluster_fail(f->cluster, API_END, 1, ERR(INVALID_TXN_STATE));

	publish(f);

	assert_published(f, PUBLISH_FAILED, CAUSE_OTHER);
	assert_has(f->pub.err.words, "for topic 'articles");
	assert_has(f->pub.err.words, "allow Write");
}

/* The library says only that one was; whoever reads it looks at these. */
static void of_several_topics_each_is_named_when_one_is_forbidden(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 1);
	add_dead_letter(f);
	kit_cluster_fail(f->cluster, API_ADD_PARTITIONS, 1, ERR(TOPIC_AUTHORIZATION_FAILED));

	publish(f);

	assert_published(f, PUBLISH_FAILED, CAUSE_OTHER);
	assert_has(f->pub.err.words, "for one of the topics 'articles");
	assert_has(f->pub.err.words, ", 'dead");
}

static int assumed;

static void count_assumed(void *arg, struct str line)
{
	(void)arg;
	assumed += memmem(line.p, line.n, "LIMIT-ASSUMED", 13) != NULL;
}

/* The mock tells no topic's settings. */
static void limits_that_nobody_tells_are_one_line(void **state)
{
	struct fixture *f = *state;
	assumed = 0;
	log_redirect(count_assumed, NULL);
	open_sink(f, 20000);
	log_redirect(drop_line, NULL);
	assert_int_equal(assumed, 1);
}

static void an_abort_that_found_nothing_keeps_the_cause_and_the_worker_goes_on(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 1);
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(INVALID_TIMESTAMP));
	kit_cluster_fail(f->cluster, API_END, 1, ERR(INVALID_TXN_STATE));
	publish(f);
	assert_published(f, PUBLISH_ABORTED, CAUSE_REFUSAL);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

static void a_dead_letter_topic_that_may_not_be_written_ends_the_worker(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_dead_letter(f);
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(TOPIC_AUTHORIZATION_FAILED));
	publish(f);
	assert_published(f, PUBLISH_FAILED, CAUSE_OTHER);
	assert_has(f->pub.err.words, "for topic 'dead");
	assert_has(f->pub.err.words, "allow Write");

	/* Found before anything was sent, it has no topic: only one by one it gets one. */
	kit_cluster_fail(f->cluster, API_ADD_PARTITIONS, 1, ERR(TOPIC_AUTHORIZATION_FAILED));
	f->pub.one_by_one = true;
	publish(f);

	assert_published(f, PUBLISH_FAILED, CAUSE_OTHER);
}

static void a_stub_that_is_refused_ends_the_worker(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_dead_letter(f);
	f->pub.stub = stub_always;
	f->pub.one_by_one = true;
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(INVALID_RECORD));

	publish(f);

	assert_published(f, PUBLISH_FAILED, CAUSE_OTHER);
}

/* Ten records of 300 ms each into transactions that have 1 s for them. */
static void one_by_one_more_than_a_transaction_takes_goes_on_where_it_came_to(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 2000);
	struct message *msg = kit_message(&f->batch, NULL, STR("ten parts"));
	for (int i = 0; i < 10; i++)
		kit_article(&f->batch, msg, "urn:part", "{}");
	kit_seal(&f->batch);
	f->pub.one_by_one = true;
	size_t tries = 0;
	do {
		kit_cluster_forgive(f->cluster);
		for (size_t i = 0; i < 10; i++)
			kit_cluster_answer(f->cluster, API_PRODUCE, ERR(NO_ERROR), 300);
		publish(f);
		if (f->pub.cause != CAUSE_PROBE)
			break;
		assert_int_equal(f->pub.result, PUBLISH_ABORTED);
		assert_true(f->pub.probed_to > f->pub.probe_from);
		f->pub.probe_from = f->pub.probed_to;
	} while (++tries < 10);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
	assert_true(tries >= 1);
}

static void a_probe_that_comes_nowhere_is_an_outage(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 2000);
	add_articles(f, 2);
	f->pub.one_by_one = true;
	kit_cluster_answer(f->cluster, API_PRODUCE, ERR(NO_ERROR), 1500);

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_OUTAGE);
}

static void an_outage_names_nobody_one_by_one(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 20000);
	add_articles(f, 1);
	f->pub.one_by_one = true;
	kit_cluster_fail(f->cluster, API_PRODUCE, 1, ERR(UNKNOWN_PRODUCER_ID));

	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_OUTAGE);
	assert_int_equal(f->pub.n_refusals, 0);
}

static void a_full_queue_is_waited_out(void **state)
{
	struct fixture *f = *state;
	rd_kafka_conf_t *conf = kit_cluster_conf(f->cluster);
	char words[200];
	rd_kafka_conf_set(conf, "queue.buffering.max.kbytes", "64", words, sizeof(words));
	f->sink = sink_new(f, conf, 20000);
	assert_int_equal(f->sink->ops->open(f->sink, &f->limits, &f->err), PUBLISH_COMMITTED);
	memset(large_value, 'x', sizeof(large_value));
	add_articles(f, 10);
	for (size_t i = 0; i < 10; i++)
		f->batch.messages[i].parts[0]->record.value = str_make(large_value, 50000);

	publish(f);

	assert_published(f, PUBLISH_COMMITTED, CAUSE_NONE);
}

/* --- who may commit ----------------------------------------------------------------------------------------------- */

static void offsets_without_a_member_are_refused(void **state)
{
	struct fixture *f = *state;
	void *bytes;
	size_t n;
	open_sink(f, 10000);
	add_articles(f, 1);
	rd_kafka_consumer_group_metadata_t *nobody = rd_kafka_consumer_group_metadata_new("g");
	assert_null(rd_kafka_consumer_group_metadata_write(nobody, &bytes, &n));
	rd_kafka_consumer_group_metadata_destroy(nobody);
	f->batch.metadata = str_make(bytes, n);
	publish(f);
	rd_kafka_mem_free(NULL, bytes);
	assert_published(f, PUBLISH_ABORTED, CAUSE_GENERATION);

	f->batch.metadata = (struct str){0};
	publish(f);

	assert_published(f, PUBLISH_ABORTED, CAUSE_GENERATION);
}

static void metadata_that_is_none_fails_with_words(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	add_articles(f, 1);
	f->batch.metadata = STR("CGMDv2:1234group");

	publish(f);
	assert_int_not_equal(f->pub.result, PUBLISH_COMMITTED);
	f->batch.metadata = STR("something else");
	publish(f);

	assert_published(f, PUBLISH_FAILED, CAUSE_OTHER);
	assert_has(f->pub.err.words, "cannot read the group's metadata");
}

/* --- open --------------------------------------------------------------------------------------------------------- */

static void limits_that_cannot_be_asked_for_are_the_brokers_defaults(void **state)
{
	struct fixture *f = *state;
	open_sink(f, 10000);
	assert_int_equal(f->limits.record_bytes, 1048588);
	assert_int_equal(f->limits.dead_bytes, 1048588);
}

static void a_missing_topic_is_named_and_the_command_that_makes_it(void **state)
{
	struct fixture *f = *state;
	rd_kafka_mock_topic_set_error(f->cluster->mock, f->names.duplicates, ERR(UNKNOWN_TOPIC_OR_PART));
	f->sink = sink_new(f, kit_cluster_conf(f->cluster), 10000);

	enum publish_result result = f->sink->ops->open(f->sink, &f->limits, &f->err);

	assert_int_equal(result, PUBLISH_FAILED);
	assert_has(f->err.words, "output topic 'duplicates-");
	assert_has(f->err.words, "' does not exist: make it with `wiredesk topics -c desk.yaml --create`");
}

/* The mock answers with an error and partitions both, which no broker does; librdkafka 2.8 reads such partitions by a
 * null pointer. */
static void a_topic_that_may_not_be_seen_is_named(void **state)
{
	struct fixture *f = *state;
	if (rd_kafka_version() >= 0x02060000)
		skip();
	rd_kafka_mock_topic_set_error(f->cluster->mock, f->names.dead_letters, ERR(TOPIC_AUTHORIZATION_FAILED));
	f->sink = sink_new(f, kit_cluster_conf(f->cluster), 10000);

	enum publish_result result = f->sink->ops->open(f->sink, &f->limits, &f->err);

	assert_int_equal(result, PUBLISH_FAILED);
	assert_has(f->err.words, "may not see output topic 'dead-");
	assert_has(f->err.words, "': allow Describe and Write on it");
}

static void a_broker_that_is_away_is_told(void **state)
{
	struct fixture *f = *state;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char words[200];
	rd_kafka_conf_set(conf, "bootstrap.servers", "127.0.0.1:23099", words, sizeof(words));
	rd_kafka_conf_set(conf, "log_level", "0", words, sizeof(words));
	struct kafka_sink_options options = {.template = conf,
	                                     .group = "g",
	                                     .instance = "w1",
	                                     .transaction_ms = 1000,
	                                     .open_ms = 1500,
	                                     .topics = &f->names,
	                                     .clock = clock_system()};
	f->sink = kafka_sink_new(&options, &f->err);
	rd_kafka_conf_destroy(conf);

	enum publish_result result = f->sink->ops->open(f->sink, &f->limits, &f->err);

	assert_int_equal(result, PUBLISH_FAILED);
	assert_has(f->err.words, "no broker answers");
	assert_has(f->err.words, "127.0.0.1:23099");
}

static void a_transactional_id_that_is_not_allowed_fails_with_advice(void **state)
{
	struct fixture *f = *state;
	kit_cluster_fail(f->cluster, API_INIT, 1, ERR(TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
	f->sink = sink_new(f, kit_cluster_conf(f->cluster), 10000);

	enum publish_result result = f->sink->ops->open(f->sink, &f->limits, &f->err);

	assert_int_equal(result, PUBLISH_FAILED);
	assert_has(f->err.words, "allow Describe and Write on the transactional id");
}

static void a_property_that_is_wrong_is_told_before_anything_is_connected(void **state)
{
	struct fixture *f = *state;
	rd_kafka_conf_t *conf = kit_cluster_conf(f->cluster);

	struct sink *sink = sink_new(f, conf, 99999999999);

	assert_null(sink);
	assert_has(f->err.words, "transaction.timeout.ms");
}

/* With an argument: only tests whose names are like it. */
int main(int argc, char **argv)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
#define T(f)     cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ALONE(f) cmocka_unit_test_setup_teardown(f, setup_alone, teardown)
	const struct CMUnitTest tests[] = {
	        T(an_article_goes_to_its_topics_under_its_uri_with_its_headers),
	        T(records_keep_the_order_of_messages_and_parts),
	        T(a_message_with_a_dead_part_gives_its_other_parts_and_one_dead_letter),
	        T(a_dead_letter_that_was_refused_goes_out_as_a_stub),
	        T(drops_and_ends_of_partitions_commit_offsets_alone),
	        T(messages_that_were_cut_off_are_not_published),
	        T(passing_errors_are_retried_inside),
	        T(abortable_errors_abort_say_why_and_leave_the_sink_usable),
	        T(fatal_errors_end_the_sink),
	        T(a_fenced_worker_is_told_which_instance_of_which_group_it_was),
	        ALONE(a_commit_without_an_answer_is_unknown_and_a_new_producer_goes_on),
	        ALONE(offsets_without_an_answer_abort),
	        ALONE(an_abort_without_an_answer_is_an_abort),
	        ALONE(an_abort_without_an_answer_is_unknown_once_the_commit_was_sent),
	        ALONE(an_outage_at_the_next_publish_aborts_that_too),
	        T(an_abort_that_finds_itself_fenced_says_so),
	        ALONE(records_without_an_answer_abort_and_are_let_go),
	        ALONE(an_outage_while_renewing_is_told),
	        T(a_coordinator_that_is_nowhere_does_not_hold_the_sink_for_ever),
	        T(a_batch_whose_partitions_are_lost_is_not_even_begun),
	        ALONE(partitions_lost_while_records_are_out_abort_at_once),
	        T(records_that_the_client_refuses_are_named_all_at_once),
	        T(a_report_names_no_record_when_many_are_out),
	        T(a_report_names_its_record_when_they_go_one_by_one),
	        T(a_dead_letter_that_is_refused_is_named_as_its_messages),
	        T(a_refused_first_partition_is_told_and_not_the_abort_that_found_nothing),
	        T(of_several_topics_each_is_named_when_one_is_forbidden),
	        T(limits_that_nobody_tells_are_one_line),
	        T(an_abort_that_found_nothing_keeps_the_cause_and_the_worker_goes_on),
	        T(a_dead_letter_topic_that_may_not_be_written_ends_the_worker),
	        T(a_stub_that_is_refused_ends_the_worker),
	        ALONE(one_by_one_more_than_a_transaction_takes_goes_on_where_it_came_to),
	        ALONE(a_probe_that_comes_nowhere_is_an_outage),
	        T(an_outage_names_nobody_one_by_one),
	        T(a_full_queue_is_waited_out),
	        T(offsets_without_a_member_are_refused),
	        T(metadata_that_is_none_fails_with_words),
	        T(limits_that_cannot_be_asked_for_are_the_brokers_defaults),
	        T(a_missing_topic_is_named_and_the_command_that_makes_it),
	        T(a_topic_that_may_not_be_seen_is_named),
	        T(a_broker_that_is_away_is_told),
	        T(a_transactional_id_that_is_not_allowed_fails_with_advice),
	        T(a_property_that_is_wrong_is_told_before_anything_is_connected),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
