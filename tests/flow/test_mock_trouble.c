/*
 * The whole worker on the mock cluster while the world around moves: brokers away, coordinators on the move, partitions
 * lost. What matters is that it goes on and ends well; delivery is for a real broker.
 */
#include "tests/flow/mock_script.h"

#include "pipeline/base/task.h"

/* --- brokers come and go ------------------------------------------------------------------------------------------ */

static void take_the_broker_away(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	switch (script->scene) {
	case 0:
		mock_worker_put_stories(w, STORIES);
		script_next(w, script);
		break;
	case 1:
		if (mock_worker_seen(w) < 100)
			break;
		rd_kafka_mock_broker_set_down(mock_worker_cluster(w), 1);
		script_next(w, script);
		break;
	case 2:
		if (!atomic_load(&mock_worker_status(w)->unready))
			break;
		rd_kafka_mock_broker_set_up(mock_worker_cluster(w), 1);
		script_next(w, script);
		break;
	default:
		/* The batch may be committed before the source has asked whether the broker is back. */
		if (mock_worker_is_done(w) && !atomic_load(&mock_worker_status(w)->unready))
			mock_worker_stop(w);
	}
}

static void is_not_ready_while_the_broker_is_away_and_goes_on_when_it_is_back(void **state)
{
	struct mock_worker *w = mock_worker_open(
	        &(struct mock_worker_options){.direct = take_the_broker_away, .arg = *state, .transaction_ms = 4000});
	script_run_well(w);
	assert_true(mock_worker_status(w)->articles >= STORIES);
	assert_true(script_aborted(w) >= 1);
	mock_worker_close(&w);
}

/* Nothing is in flight, and nothing comes: only the source can find out. */
static void take_the_idle_broker_away(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	const char *unready = mock_worker_unready(w);
	switch (script->scene) {
	case 0:
		mock_worker_put_stories(w, 20);
		script_next(w, script);
		break;
	case 1:
		if (!mock_worker_is_done(w) || unready)
			break;
		rd_kafka_mock_broker_set_down(mock_worker_cluster(w), 1);
		script_next(w, script);
		break;
	case 2:
		if (!unready || strcmp(unready, "no broker answers") != 0 || !mock_log_has(script->log, "KAFKA-AWAY"))
			break;
		rd_kafka_mock_broker_set_up(mock_worker_cluster(w), 1);
		script_next(w, script);
		break;
	default:
		if (!unready)
			mock_worker_stop(w);
	}
}

static void is_not_ready_while_the_broker_is_away_although_nothing_comes(void **state)
{
	struct script *script = *state;
	struct mock_worker *w =
	        mock_worker_open(&(struct mock_worker_options){.direct = take_the_idle_broker_away, .arg = script});
	script_run_well(w);
	assert_true(mock_log_has(script->log, "KAFKA-BACK"));
	mock_worker_close(&w);
}

/* The commit's answer comes after three of the transaction's eight seconds; the loop itself may be waiting for it. */
struct late {
	struct mock_worker *worker;
	_Atomic bool put, seen;
	bool well;
};

static void answer_late(struct mock_worker *w, void *arg)
{
	struct late *late = arg;
	if (!atomic_load(&late->put) && !mock_worker_unready(w)) {
		rd_kafka_mock_broker_push_request_error_rtts(mock_worker_cluster(w), 1, API_END_TXN, 1,
		                                             RD_KAFKA_RESP_ERR_NO_ERROR, 3000);
		mock_worker_put_stories(w, 4);
		atomic_store(&late->put, true);
	}
	if (atomic_load(&late->put) && mock_worker_is_done(w) && !mock_worker_unready(w))
		mock_worker_stop(w);
}

static void live_late(void *arg)
{
	struct late *late = arg;
	late->well = mock_worker_run(late->worker);
}

static void is_not_ready_while_brokers_take_long_over_a_batch(void **state)
{
	struct late late = {0};
	(void)state;
	late.worker = mock_worker_open(
	        &(struct mock_worker_options){.direct = answer_late, .arg = &late, .transaction_ms = 8000});
	struct task *task = task_new(TASK_THREAD, "late");
	task_post(task, live_late, &late);
	while (!task_is_idle(task)) {
		const char *unready = mock_worker_unready(late.worker);
		if (unready && strstr(unready, "long over a batch"))
			atomic_store(&late.seen, true);
		clock_system()->sleep_us(clock_system(), 1000);
	}
	task_wait(task, -1);
	task_free(&task);
	assert_true(late.well);
	assert_true(atomic_load(&late.seen));
	mock_worker_close(&late.worker);
}

static void ask_while_told_to_stop(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	if (mock_worker_unready(w))
		return;
	script->was_ready = true;
	mock_worker_stop(w);
	if (!mock_worker_unready(w))
		mock_worker_fail(w, "ready although it was told to stop");
}

static void is_not_ready_from_the_moment_it_is_told_to_stop(void **state)
{
	struct script *script = *state;
	struct mock_worker *w =
	        mock_worker_open(&(struct mock_worker_options){.direct = ask_while_told_to_stop, .arg = script});
	script_run_well(w);
	assert_true(script->was_ready);
	mock_worker_close(&w);
}

static void leave_commits_unanswered(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	rd_kafka_resp_err_t cut_off[1000];
	switch (script->scene) {
	case 0:
		for (size_t i = 0; i < 1000; i++)
			cut_off[i] = RD_KAFKA_RESP_ERR__TRANSPORT;
		mock_worker_put_stories(w, 20);
		rd_kafka_mock_push_request_errors_array(mock_worker_cluster(w), API_END_TXN, 1000, cut_off);
		script_next(w, script);
		break;
	case 1:
		if (!mock_log_has(script->log, "OUTCOME-UNKNOWN"))
			break;
		rd_kafka_mock_clear_request_errors(mock_worker_cluster(w), API_END_TXN);
		script_next(w, script);
		break;
	default:
		if (mock_worker_is_done(w))
			mock_worker_stop(w);
	}
}

/* The mock forgets transactional offsets, so what is found out here is always that it was aborted. */
static void finds_out_how_a_commit_without_an_answer_ended(void **state)
{
	struct script *script = *state;
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){
	        .direct = leave_commits_unanswered, .arg = script, .transaction_ms = 3000});
	script_run_well(w);
	assert_true(mock_log_has(script->log, "OUTCOME-RESOLVED"));
	assert_int_equal(mock_worker_status(w)->articles, 20);
	mock_worker_close(&w);
}

/* Nor does anybody answer the producer that is to find out. */
static void leave_for_good(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	rd_kafka_resp_err_t cut_off[1000];
	if (script->scene > 0)
		return;
	for (size_t i = 0; i < 1000; i++)
		cut_off[i] = RD_KAFKA_RESP_ERR__TRANSPORT;
	rd_kafka_mock_push_request_errors_array(mock_worker_cluster(w), API_INIT_PRODUCER_ID, 1000, cut_off);
	leave_commits_unanswered(w, arg);
}

static void ends_with_words_when_nobody_can_say_how_a_commit_ended(void **state)
{
	struct mock_worker *w = mock_worker_open(
	        &(struct mock_worker_options){.direct = leave_for_good, .arg = *state, .transaction_ms = 1000});
	if (!mock_worker_run(w))
		fail_msg("%s", mock_worker_words(w));
	assert_int_equal(mock_worker_end(w), LOOP_FAILED);
	assert_has(mock_worker_words(w), "'one'");
	assert_true(mock_log_has(((struct script *)*state)->log, "BATCH-FAILED"));
	assert_false(mock_log_has(((struct script *)*state)->log, "nothing of the batch is visible"));
	assert_int_equal(mock_worker_status(w)->articles, 0);
	assert_non_null(mock_worker_status(w)->unready);
	mock_worker_close(&w);
}

static void move_coordinators(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	rd_kafka_mock_cluster_t *cluster = mock_worker_cluster(w);
	switch (script->scene) {
	case 0:
		rd_kafka_mock_coordinator_set(cluster, "transaction", "desk.one", 1);
		rd_kafka_mock_coordinator_set(cluster, "group", "desk", 1);
		mock_worker_put_stories(w, STORIES);
		script_next(w, script);
		break;
	case 1:
		if (mock_worker_status(w)->committed_batches < 2)
			break;
		rd_kafka_mock_coordinator_set(cluster, "transaction", "desk.one", 2);
		script_next(w, script);
		break;
	case 2:
		if (mock_worker_status(w)->committed_batches < 5)
			break;
		rd_kafka_mock_coordinator_set(cluster, "group", "desk", 3);
		script_next(w, script);
		break;
	default:
		if (mock_worker_is_done(w))
			mock_worker_stop(w);
	}
}

static void follows_coordinators_that_move(void **state)
{
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){
	        .direct = move_coordinators, .arg = *state, .brokers = 3, .batch_stories = 10});
	script_run_well(w);
	assert_true(mock_worker_status(w)->articles >= STORIES);
	mock_worker_close(&w);
}

/* --- told to stop while the brokers do not answer ----------------------------------------------------------------- */

static void leave_a_commit_unanswered(struct mock_worker *w, void *arg)
{
	struct late *late = arg;
	if (atomic_load(&late->put) || mock_worker_unready(w))
		return;
	rd_kafka_mock_broker_push_request_error_rtts(mock_worker_cluster(w), 1, API_END_TXN, 1,
	                                             RD_KAFKA_RESP_ERR_NO_ERROR, 9000);
	mock_worker_put_stories(w, 4);
	atomic_store(&late->put, true);
}

/* The loop itself may be waiting for the answer when it is told. */
static void leaves_a_commit_without_an_answer_to_whoever_comes_next(void **state)
{
	struct script *script = *state;
	struct late late = {0};
	late.worker = mock_worker_open(&(struct mock_worker_options){
	        .direct = leave_a_commit_unanswered, .arg = &late, .transaction_ms = 6000, .stop_ms = 500});
	struct task *task = task_new(TASK_THREAD, "late");
	task_post(task, live_late, &late);
	while (!task_wait(task, 10)) {
		if (atomic_load(&late.put) && mock_worker_injected(late.worker, API_END_TXN) == 0)
			mock_worker_stop(late.worker);
	}
	task_free(&task);
	assert_true(late.well);
	assert_int_equal(mock_worker_end(late.worker), LOOP_DONE);
	assert_true(mock_worker_is_abandoned(late.worker));
	assert_true(mock_log_has(script->log, "BATCH-ABANDONED"));
	assert_false(mock_log_has(script->log, "nothing of the batch is visible"));
	assert_int_equal(mock_worker_status(late.worker)->articles, 0);
	mock_worker_close(&late.worker);
}

/* The producer's own patience, half of the transaction's time, is much longer than the test. */
static void stop_while_records_are_not_taken(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	const size_t n = 5000;
	switch (script->scene) {
	case 0:
		if (mock_worker_unready(w))
			break;
		mock_worker_put_stories(w, 4);
		for (size_t i = 0; i < n; i++)
			mock_worker_inject(w, API_PRODUCE, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
		script_next(w, script);
		break;
	default:
		if (mock_worker_injected(w, API_PRODUCE) < n)
			mock_worker_stop(w);
	}
}

static void aborts_what_is_not_taken_in_time_once_it_is_told_to_stop(void **state)
{
	struct script *script = *state;
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){
	        .direct = stop_while_records_are_not_taken, .arg = script, .transaction_ms = 60000, .stop_ms = 10000});
	script_run_well(w);
	assert_false(mock_worker_is_abandoned(w));
	assert_int_equal(script_aborted(w), 1);
	assert_true(mock_log_has(script->log, "the worker is to end"));
	assert_int_equal(mock_worker_status(w)->articles, 0);
	mock_worker_close(&w);
}

/* --- partitions go ------------------------------------------------------------------------------------------------ */

static void let_heartbeats_fail(struct mock_worker *w, void *arg)
{
	static const rd_kafka_resp_err_t answers[] = {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
	                                              RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS};
	static const char *const words[] = {"LOST", "REVOKED"};
	const size_t n = sizeof(answers) / sizeof(*answers);
	struct script *script = arg;
	size_t turn = (size_t)script->scene;
	if (mock_worker_assignments(w) != turn + 1 || !mock_worker_is_done(w))
		return;
	if (turn > 0 && !mock_log_has(script->log, words[turn - 1]))
		mock_worker_fail(w, "answer %zu to a heartbeat did not end the assignment as '%s'", turn,
		                 words[turn - 1]);
	if (turn == n) {
		mock_worker_stop(w);
		return;
	}
	mock_worker_put_stories(w, 20);
	mock_worker_inject(w, API_HEARTBEAT, answers[turn]);
	script_next(w, script);
}

static void rejoins_the_group_after_heartbeats_that_fail(void **state)
{
	struct mock_worker *w =
	        mock_worker_open(&(struct mock_worker_options){.direct = let_heartbeats_fail, .arg = *state});
	script_run_well(w);
	assert_int_equal(mock_worker_assignments(w), 3);
	assert_true(mock_worker_status(w)->articles >= 40);
	mock_worker_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        SCRIPT_TEST(is_not_ready_while_the_broker_is_away_and_goes_on_when_it_is_back),
	        SCRIPT_TEST(is_not_ready_while_the_broker_is_away_although_nothing_comes),
	        SCRIPT_TEST(is_not_ready_while_brokers_take_long_over_a_batch),
	        SCRIPT_TEST(is_not_ready_from_the_moment_it_is_told_to_stop),
	        SCRIPT_TEST(finds_out_how_a_commit_without_an_answer_ended),
	        SCRIPT_TEST(ends_with_words_when_nobody_can_say_how_a_commit_ended),
	        SCRIPT_TEST(leaves_a_commit_without_an_answer_to_whoever_comes_next),
	        SCRIPT_TEST(aborts_what_is_not_taken_in_time_once_it_is_told_to_stop),
	        SCRIPT_TEST(follows_coordinators_that_move),
	        SCRIPT_TEST(rejoins_the_group_after_heartbeats_that_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
