/*
 * Each rung of the ladder of Kafka's errors, met by the whole worker on the mock cluster: errors that librdkafka works
 * through by itself leave no trace, those that abort the transaction make the worker read the batch again, and after
 * each everything is committed. Fatal ones end it, each in a life of its own.
 */
#include "tests/flow/mock_worker.h"

#include "pipeline/base/task.h"

#define CODE(name)      RD_KAFKA_RESP_ERR_##name
#define STORIES_A_RUNG  8
#define LIVES_AT_A_TIME 8

static const char *api_word(enum mock_api api)
{
	switch (api) {
	case API_PRODUCE:
		return "Produce";
	case API_HEARTBEAT:
		return "Heartbeat";
	case API_INIT_PRODUCER_ID:
		return "InitProducerId";
	case API_ADD_PARTITIONS:
		return "AddPartitionsToTxn";
	case API_ADD_OFFSETS:
		return "AddOffsetsToTxn";
	case API_END_TXN:
		return "EndTxn";
	case API_OFFSET_COMMIT:
		return "TxnOffsetCommit";
	}
	return "?";
}

/* --- what passes -------------------------------------------------------------------------------------------------- */

struct rung {
	enum mock_api api;
	rd_kafka_resp_err_t answer;
	bool aborts;
};

static const struct rung rungs[] = {
        /* Tried again by librdkafka, unseen. */
        {API_ADD_PARTITIONS, CODE(COORDINATOR_NOT_AVAILABLE), false},
        {API_ADD_PARTITIONS, CODE(NOT_COORDINATOR), false},
        {API_ADD_PARTITIONS, CODE(CONCURRENT_TRANSACTIONS), false},
        {API_ADD_OFFSETS, CODE(COORDINATOR_NOT_AVAILABLE), false},
        {API_ADD_OFFSETS, CODE(NOT_COORDINATOR), false},
        {API_ADD_OFFSETS, CODE(CONCURRENT_TRANSACTIONS), false},
        {API_OFFSET_COMMIT, CODE(COORDINATOR_NOT_AVAILABLE), false},
        {API_OFFSET_COMMIT, CODE(NOT_COORDINATOR), false},
        {API_OFFSET_COMMIT, CODE(CONCURRENT_TRANSACTIONS), false},
        {API_OFFSET_COMMIT, CODE(COORDINATOR_LOAD_IN_PROGRESS), false},
        {API_END_TXN, CODE(COORDINATOR_NOT_AVAILABLE), false},
        {API_END_TXN, CODE(NOT_COORDINATOR), false},
        {API_END_TXN, CODE(CONCURRENT_TRANSACTIONS), false},
        {API_END_TXN, CODE(_TRANSPORT), false},
        {API_PRODUCE, CODE(NOT_LEADER_FOR_PARTITION), false},
        {API_PRODUCE, CODE(NOT_ENOUGH_REPLICAS), false},
        {API_PRODUCE, CODE(REQUEST_TIMED_OUT), false},
        {API_PRODUCE, CODE(_TRANSPORT), false},
        /* Abortable. */
        {API_PRODUCE, CODE(MSG_SIZE_TOO_LARGE), true},
        {API_PRODUCE, CODE(UNKNOWN_PRODUCER_ID), true},
        {API_PRODUCE, CODE(PRODUCER_FENCED), true},
        {API_PRODUCE, CODE(INVALID_TXN_STATE), true},
        {API_PRODUCE, CODE(INVALID_PRODUCER_ID_MAPPING), true},
        {API_ADD_PARTITIONS, CODE(INVALID_PRODUCER_ID_MAPPING), true},
        {API_ADD_OFFSETS, CODE(PRODUCER_FENCED), true},
        {API_ADD_OFFSETS, CODE(INVALID_PRODUCER_ID_MAPPING), true},
        {API_OFFSET_COMMIT, CODE(ILLEGAL_GENERATION), true},
        {API_OFFSET_COMMIT, CODE(UNKNOWN_MEMBER_ID), true},
        {API_OFFSET_COMMIT, CODE(FENCED_INSTANCE_ID), true},
        {API_OFFSET_COMMIT, CODE(UNSTABLE_OFFSET_COMMIT), true},
        {API_OFFSET_COMMIT, CODE(PRODUCER_FENCED), true},
        {API_END_TXN, CODE(INVALID_PRODUCER_ID_MAPPING), true},
        /* Last, because it leaves a hole: the mock has not got what it says it has. */
        {API_PRODUCE, CODE(DUPLICATE_SEQUENCE_NUMBER), false},
};
/* Of the log of a worker that did not go on. */
#define LOG_SHOWN_BYTES 20000
#define RUNGS           (sizeof(rungs) / sizeof(*rungs))

struct climb {
	size_t next;
	int64_t aborted;
	struct mock_log *log;
};

/* A refused request can cost a second batch: librdkafka 2.0.2 skips the sequence numbers of the first. */
static void check_rung(struct mock_worker *w, struct climb *climb, const struct rung *rung)
{
	int64_t aborted = mock_worker_metric(w, METRIC_BATCHES, "result", "aborted");
	if (mock_worker_injected(w, rung->api))
		mock_worker_fail(w, "no %s met '%s'", api_word(rung->api), rd_kafka_err2name(rung->answer));
	else if ((aborted > climb->aborted) != rung->aborts)
		mock_worker_fail(w, "'%s' to %s: %lld batches were aborted", rd_kafka_err2name(rung->answer),
		                 api_word(rung->api), (long long)(aborted - climb->aborted));
	climb->aborted = aborted;
}

/* The stories are put before the answer is injected: putting them is a Produce, too. */
static void climb_on(struct mock_worker *w, void *arg)
{
	struct climb *climb = arg;
	if (!mock_worker_is_done(w))
		return;
	if (climb->next > 0)
		check_rung(w, climb, &rungs[climb->next - 1]);
	if (climb->next == RUNGS) {
		mock_worker_stop(w);
		return;
	}
	mock_worker_went_on(w);
	mock_worker_put_stories(w, STORIES_A_RUNG);
	mock_worker_inject(w, rungs[climb->next].api, rungs[climb->next].answer);
	climb->next++;
}

static void goes_on_after_each_error_that_passes(void **state)
{
	struct climb climb = {.log = mock_log_start(LOG_DEBUG)};
	(void)state;
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){.direct = climb_on, .arg = &climb});
	if (!mock_worker_run(w)) {
		const struct rung *at = &rungs[climb.next - 1];
		struct str log = mock_log_text(climb.log);
		struct str shown = str_slice(log, log.n > LOG_SHOWN_BYTES ? log.n - LOG_SHOWN_BYTES : 0, log.n);
		fprintf(stderr, "%.*s\n", STR_ARG(shown));
		fail_msg("at '%s' to %s: %s", rd_kafka_err2name(at->answer), api_word(at->api), mock_worker_words(w));
	}
	if (mock_worker_end(w) != LOOP_DONE)
		fail_msg("ended with %d: %s", mock_worker_end(w), mock_worker_words(w));
	assert_int_equal(mock_worker_status(w)->articles, RUNGS * STORIES_A_RUNG);
	assert_int_equal(mock_worker_assignments(w), 1);
	mock_worker_close(&w);
	mock_log_stop(&climb.log);
}

/* --- what ends it ------------------------------------------------------------------------------------------------- */

struct fall {
	enum mock_api api;
	rd_kafka_resp_err_t answer;
	enum loop_end end;
	const char *words;
};

#define ANOTHER "another worker runs as instance 'one' of group 'desk'"

static const struct fall falls[] = {
        {API_PRODUCE, CODE(INVALID_PRODUCER_EPOCH), LOOP_FENCED, ANOTHER},
        {API_PRODUCE, CODE(OUT_OF_ORDER_SEQUENCE_NUMBER), LOOP_FENCED, "sequence"},
        {API_ADD_PARTITIONS, CODE(INVALID_PRODUCER_EPOCH), LOOP_FENCED, ANOTHER},
        {API_ADD_PARTITIONS, CODE(PRODUCER_FENCED), LOOP_FENCED, ANOTHER},
        {API_ADD_PARTITIONS, CODE(INVALID_TXN_STATE), LOOP_FENCED, "transaction"},
        {API_ADD_PARTITIONS, CODE(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), LOOP_FAILED, "allow"},
        {API_ADD_PARTITIONS, CODE(TOPIC_AUTHORIZATION_FAILED), LOOP_FAILED, "allow"},
        {API_ADD_OFFSETS, CODE(INVALID_PRODUCER_EPOCH), LOOP_FENCED, ANOTHER},
        {API_ADD_OFFSETS, CODE(INVALID_TXN_STATE), LOOP_FENCED, "transaction"},
        {API_OFFSET_COMMIT, CODE(INVALID_PRODUCER_EPOCH), LOOP_FENCED, ANOTHER},
        {API_OFFSET_COMMIT, CODE(INVALID_TXN_STATE), LOOP_FENCED, "transaction"},
        {API_OFFSET_COMMIT, CODE(INVALID_PRODUCER_ID_MAPPING), LOOP_FENCED, "transaction"},
        {API_END_TXN, CODE(INVALID_PRODUCER_EPOCH), LOOP_FENCED, ANOTHER},
        {API_END_TXN, CODE(PRODUCER_FENCED), LOOP_FENCED, ANOTHER},
        {API_END_TXN, CODE(INVALID_TXN_STATE), LOOP_FENCED, "transaction"},
        {API_HEARTBEAT, CODE(FENCED_INSTANCE_ID), LOOP_FENCED, "'one'"},
};
#define FALLS (sizeof(falls) / sizeof(*falls))

struct life {
	const struct fall *fall;
	struct mock_worker *worker;
	struct task *task;
	bool put;
	bool well;
};

static void meet_the_end(struct mock_worker *w, void *arg)
{
	struct life *life = arg;
	if (life->put)
		return;
	life->put = true;
	mock_worker_put_stories(w, STORIES_A_RUNG);
	mock_worker_inject(w, life->fall->api, life->fall->answer);
}

static void live(void *arg)
{
	struct life *life = arg;
	life->well = mock_worker_run(life->worker);
}

static void begin_life(struct life *life, const struct fall *fall)
{
	*life = (struct life){.fall = fall};
	life->worker = mock_worker_open(&(struct mock_worker_options){.direct = meet_the_end, .arg = life, .lanes = 1});
	life->task = task_new(TASK_THREAD, "life");
	task_post(life->task, live, life);
}

/* Prints what is not as it should be; true: nothing. */
static bool end_life(struct life *life)
{
	const struct fall *fall = life->fall;
	struct mock_worker *w = life->worker;
	task_wait(life->task, -1);
	task_free(&life->task);
	bool as_expected = life->well && mock_worker_end(w) == fall->end && strstr(mock_worker_words(w), fall->words) &&
	                   mock_worker_status(w)->unready;
	if (!as_expected)
		print_error("'%s' to %s: ended with %d: %s\n", rd_kafka_err2name(fall->answer), api_word(fall->api),
		            mock_worker_end(w), mock_worker_words(w));
	mock_worker_close(&life->worker);
	return as_expected;
}

/* Several lives at a time: most of each is waiting for the group to form. */
static void ends_with_words_after_each_error_that_is_fatal(void **state)
{
	struct life lives[LIVES_AT_A_TIME];
	struct mock_log *log = mock_log_start(LOG_DEBUG);
	size_t n_wrong = 0;
	(void)state;
	for (size_t from = 0; from < FALLS; from += LIVES_AT_A_TIME) {
		size_t n = FALLS - from < LIVES_AT_A_TIME ? FALLS - from : LIVES_AT_A_TIME;
		for (size_t i = 0; i < n; i++)
			begin_life(&lives[i], &falls[from + i]);
		for (size_t i = 0; i < n; i++)
			n_wrong += !end_life(&lives[i]);
	}
	mock_log_stop(&log);
	assert_int_equal(n_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(goes_on_after_each_error_that_passes),
	        cmocka_unit_test(ends_with_words_after_each_error_that_is_fatal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
