/*
 * Every code that the ladder knows, as the answer to every request of a transaction, on the mock cluster: what
 * librdkafka makes of it, and the ladder of that. One grid, a row a code, a column a request; a column has a cluster
 * and a thread of its own, for most of the time is librdkafka's waiting.
 *
 *     .  passes: librdkafka tries again, or takes it for done         F  fenced: exit 3
 *     o  aborted: somebody is away, or lost sight of the producer     X  fatal: exit 3
 *     g  aborted: the group has moved on                              N  nothing that another attempt would change:
 * exit 4 r  aborted: a record is refused                                 u  unknown how the commit ended a  aborted:
 * some other reason                                   ?  no such request came
 *
 * After what aborts, the same sink publishes the same batch; after what ends it, a new one does.
 */
#include "tests/producer/kit.h"

#include "pipeline/base/clock.h"
#include "pipeline/base/log.h"
#include "pipeline/base/task.h"
#include "producer/kafka_sink.h"
#include "producer/ladder.h"

#define TRANSACTION_MS 20000
#define COLUMNS        6
#define TRIES          3 /* librdkafka 2.0.2 skips the sequence numbers of a refused request: that costs a batch more */

static const struct {
	int api;
	const char *word;
} columns[COLUMNS] = {{API_INIT, "InitProducerId"},           {API_PRODUCE, "Produce"},
                      {API_ADD_PARTITIONS, "AddPartitions"},  {API_ADD_OFFSETS, "AddOffsets"},
                      {API_OFFSET_COMMIT, "TxnOffsetCommit"}, {API_END, "EndTxn"}};

#define ROW(code, cells)                                                                                               \
	{                                                                                                              \
		RD_KAFKA_RESP_ERR_##code, cells                                                                        \
	}

static const struct {
	rd_kafka_resp_err_t code;
	char cells[COLUMNS + 1];
} rows[] = {
        /* Init, Produce, AddPartitions, AddOffsets, TxnOffsetCommit, EndTxn */
        ROW(PRODUCER_FENCED, "FoFooF"),
        ROW(INVALID_PRODUCER_EPOCH, "FFFFFF"),
        ROW(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "NNNNNN"),
        ROW(CLUSTER_AUTHORIZATION_FAILED, "NNNNNN"),
        ROW(GROUP_AUTHORIZATION_FAILED, ".NNNNN"),
        ROW(TOPIC_AUTHORIZATION_FAILED, ".NNNNN"),
        ROW(INVALID_TRANSACTION_TIMEOUT, "Naaaaa"),
        ROW(UNSUPPORTED_VERSION, ".aaaaa"),
        ROW(INVALID_TXN_STATE, ".oXXXX"),
        ROW(ILLEGAL_GENERATION, ".ggggg"),
        ROW(UNKNOWN_MEMBER_ID, ".ggggg"),
        ROW(FENCED_INSTANCE_ID, ".ggggg"),
        ROW(REBALANCE_IN_PROGRESS, ".ggggg"),
        ROW(TOPIC_EXCEPTION, ".NNNNN"),
        ROW(UNSUPPORTED_COMPRESSION_TYPE, ".NNNNN"),
        ROW(UNSUPPORTED_FOR_MESSAGE_FORMAT, ".NNXXN"),
        ROW(MSG_SIZE_TOO_LARGE, ".rrrrr"),
        ROW(RECORD_LIST_TOO_LARGE, ".rrrrr"),
        ROW(INVALID_MSG_SIZE, ".rrrrr"),
        ROW(INVALID_MSG, ".rrrrr"),
        ROW(INVALID_TIMESTAMP, ".rrrrr"),
        ROW(INVALID_RECORD, ".rrrrr"),
        ROW(POLICY_VIOLATION, ".rrrrr"),
        ROW(UNKNOWN_PRODUCER_ID, ".ooooo"),
        ROW(INVALID_PRODUCER_ID_MAPPING, ".oooXo"),
        ROW(OUT_OF_ORDER_SEQUENCE_NUMBER, ".Xoooo"),
        ROW(UNSTABLE_OFFSET_COMMIT, ".ooooo"),
        ROW(REQUEST_TIMED_OUT, "..o..o"),
        ROW(NETWORK_EXCEPTION, ".ooooo"),
        ROW(BROKER_NOT_AVAILABLE, "..oooo"),
        ROW(LEADER_NOT_AVAILABLE, "..oooo"),
        ROW(NOT_LEADER_FOR_PARTITION, "..oooo"),
        ROW(UNKNOWN_TOPIC_OR_PART, ".....o"),
        ROW(NOT_ENOUGH_REPLICAS, "..oooo"),
        ROW(NOT_ENOUGH_REPLICAS_AFTER_APPEND, "..oooo"),
        ROW(KAFKA_STORAGE_ERROR, "..oooo"),
        ROW(COORDINATOR_LOAD_IN_PROGRESS, "......"),
        ROW(COORDINATOR_NOT_AVAILABLE, "......"),
        ROW(NOT_COORDINATOR, "......"),
        ROW(CONCURRENT_TRANSACTIONS, ".o...."),
        ROW(_TRANSPORT, "......"),
};
#define ROWS (sizeof(rows) / sizeof(*rows))

struct column {
	size_t at;
	struct kit_cluster cluster;
	struct output_topics names;
	struct sink *sink;
	struct batch batch;
	struct publication pub;
	struct err err;
	struct task *task;
	char found[ROWS + 1];
	size_t not_usable; /* rows after which nothing could be published */
};

static void drop_line(void *arg, struct str line)
{
	(void)arg, (void)line;
}

/* --- one cell ----------------------------------------------------------------------------------------------------- */

static char letter_of(enum publish_result result, enum publish_cause cause)
{
	switch (result) {
	case PUBLISH_COMMITTED:
		return '.';
	case PUBLISH_UNKNOWN:
		return 'u';
	case PUBLISH_FENCED:
		return 'F';
	case PUBLISH_FATAL:
		return 'X';
	case PUBLISH_FAILED:
		return 'N';
	case PUBLISH_ABORTED:
		break;
	}
	return cause == CAUSE_OUTAGE ? 'o' : cause == CAUSE_GENERATION ? 'g' : cause == CAUSE_REFUSAL ? 'r' : 'a';
}

static enum publish_result column_open(struct column *c)
{
	struct sink_limits limits;
	rd_kafka_conf_t *conf = kit_cluster_conf(&c->cluster);
	struct kafka_sink_options options = {.template = conf,
	                                     .group = "g",
	                                     .instance = "w1",
	                                     .transaction_ms = TRANSACTION_MS,
	                                     .open_ms = 10000,
	                                     .topics = &c->names,
	                                     .config_file = "desk.yaml",
	                                     .clock = clock_system()};
	if (c->sink)
		c->sink->ops->close(c->sink);
	err_clear(&c->err);
	c->sink = kafka_sink_new(&options, &c->err);
	rd_kafka_conf_destroy(conf);
	return c->sink ? c->sink->ops->open(c->sink, &limits, &c->err) : PUBLISH_FAILED;
}

static void column_publish(struct column *c)
{
	c->pub = (struct publication){.batch = &c->batch};
	c->sink->ops->publish(c->sink, &c->pub);
}

static bool ends_sink(enum publish_result result)
{
	return result != PUBLISH_COMMITTED && result != PUBLISH_ABORTED;
}

/* Is the answer taken by now? */
static bool is_met(struct column *c)
{
	size_t left = 0;
	rd_kafka_mock_broker_error_stack_cnt(c->cluster.mock, 1, (int16_t)columns[c->at].api, &left);
	return left == 0;
}

static char meet(struct column *c, rd_kafka_resp_err_t code)
{
	enum publish_result result;
	enum publish_cause cause = CAUSE_NONE;
	rd_kafka_mock_broker_push_request_error_rtts(c->cluster.mock, 1, (int16_t)columns[c->at].api, 1, code, 0);
	if (columns[c->at].api == API_INIT) {
		result = column_open(c);
	} else {
		column_publish(c);
		result = c->pub.result;
		cause = c->pub.cause;
	}
	bool met = is_met(c);
	kit_cluster_forgive(&c->cluster);
	if (ends_sink(result))
		column_open(c);
	return met ? letter_of(result, cause) : '?';
}

/* --- a column ----------------------------------------------------------------------------------------------------- */

static void column_run(void *arg)
{
	struct column *c = arg;
	column_open(c);
	for (size_t i = 0; i < ROWS; i++) {
		c->found[i] = meet(c, rows[i].code);
		c->pub.result = PUBLISH_ABORTED;
		for (int n = 0; n < TRIES && c->pub.result == PUBLISH_ABORTED; n++)
			column_publish(c);
		c->not_usable += c->pub.result != PUBLISH_COMMITTED;
		if (c->pub.result != PUBLISH_COMMITTED)
			column_open(c);
	}
}

static void column_start(struct column *c, size_t at)
{
	static const char *const topics[] = {"articles", "duplicates", "dead"};
	*c = (struct column){.at = at};
	kit_cluster_start(&c->cluster);
	for (size_t i = 0; i < 3; i++)
		rd_kafka_mock_topic_create(c->cluster.mock, topics[i], 1, 1);
	c->names = (struct output_topics){.fallback = topics[0], .duplicates = topics[1], .dead_letters = topics[2]};
	kit_batch(&c->batch);
	kit_article(&c->batch, kit_message(&c->batch, "k", STR("raw")), "urn:1", "{\"a\":1}");
	kit_seal(&c->batch);
	c->task = task_new(TASK_THREAD, "column");
	task_post(c->task, column_run, c);
}

static void column_end(struct column *c)
{
	task_wait(c->task, -1);
	task_free(&c->task);
	if (c->sink)
		c->sink->ops->close(c->sink);
	kit_cluster_stop(&c->cluster);
	batch_free(&c->batch);
}

/* Is there a phase, and are there flags, for which the ladder says just that of this code? */
static bool ladder_may_say(rd_kafka_resp_err_t code, char letter)
{
	for (int phase = PHASE_INIT; phase <= PHASE_ABORT; phase <<= 1) {
		for (int flag = 0; flag < 4; flag++) {
			struct ladder_fault fault = {
			        .code = code, .fatal = flag == 1, .abortable = flag == 2, .retriable = flag == 3};
			struct ladder_verdict verdict = ladder_judge((enum ladder_phase)phase, fault);
			if (letter_of(verdict.result, verdict.cause) == letter)
				return true;
		}
	}
	return false;
}

static void every_code_as_the_answer_to_every_request_ends_as_the_ladder_says(void **state)
{
	static struct column made[COLUMNS];
	size_t n_wrong = 0;
	(void)state;
	log_redirect(drop_line, NULL);
	for (size_t i = 0; i < COLUMNS; i++)
		column_start(&made[i], i);
	for (size_t i = 0; i < COLUMNS; i++)
		column_end(&made[i]);
	log_redirect(NULL, NULL);
	for (size_t r = 0; r < ROWS; r++) {
		char found[COLUMNS + 1] = {0};
		for (size_t i = 0; i < COLUMNS; i++) {
			found[i] = made[i].found[r];
			if (!strchr(".?", found[i]) && !ladder_may_say(rows[r].code, found[i])) {
				print_error("the ladder never says '%c' of %s\n", found[i],
				            rd_kafka_err2name(rows[r].code));
				n_wrong++;
			}
		}
		if (strcmp(found, rows[r].cells) == 0)
			continue;
		print_error("ROW(%s, \"%s\"), not \"%s\"\n", rd_kafka_err2name(rows[r].code), found, rows[r].cells);
		n_wrong++;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		if (made[i].not_usable)
			print_error("%zu times nothing could be published after %s\n", made[i].not_usable,
			            columns[i].word);
		n_wrong += made[i].not_usable;
	}
	assert_int_equal(n_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_code_as_the_answer_to_every_request_ends_as_the_ladder_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
