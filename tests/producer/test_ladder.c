/*
 * The ladder as a table: what is decided of each error, by where it was met and by librdkafka's flags. The same errors
 * on a cluster: test_kafka_sink.c.
 */
#include "tests/harness.h"

#include "producer/ladder.h"

#define ERR(c) RD_KAFKA_RESP_ERR_##c

enum flag { PLAIN, ABORTABLE, RETRIABLE, FATAL };

struct row {
	enum ladder_phase phase;
	rd_kafka_resp_err_t code;
	enum flag flag;
	enum ladder_step step;
	enum publish_result result;
	enum publish_cause cause;
};

static void assert_row(const struct row *row)
{
	struct ladder_fault fault = {.code = row->code,
	                             .fatal = row->flag == FATAL,
	                             .abortable = row->flag == ABORTABLE,
	                             .retriable = row->flag == RETRIABLE};
	struct ladder_verdict verdict = ladder_judge(row->phase, fault);
	if (verdict.step != row->step || verdict.result != row->result || verdict.cause != row->cause)
		print_error("%s in phase %d, flag %d: step %d result %d cause %d\n", rd_kafka_err2name(row->code),
		            row->phase, row->flag, verdict.step, verdict.result, verdict.cause);
	assert_int_equal(verdict.step, row->step);
	assert_int_equal(verdict.result, row->result);
	assert_int_equal(verdict.cause, row->cause);
}

#define ASSERT_ROWS(rows)                                                                                              \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++)                                                    \
	assert_row(&(rows)[i])

static const enum ladder_phase phases[] = {PHASE_INIT,    PHASE_BEGIN,  PHASE_PRODUCE, PHASE_REPORT,
                                           PHASE_OFFSETS, PHASE_COMMIT, PHASE_ABORT};
#define N_PHASES (sizeof(phases) / sizeof(*phases))

static void a_fatal_error_ends_the_worker_wherever_it_is_met(void **state)
{
	static const struct row rows[] = {
	        {0, ERR(_FENCED), FATAL, STEP_END, PUBLISH_FENCED, CAUSE_OTHER},
	        {0, ERR(PRODUCER_FENCED), FATAL, STEP_END, PUBLISH_FENCED, CAUSE_OTHER},
	        {0, ERR(INVALID_PRODUCER_EPOCH), FATAL, STEP_END, PUBLISH_FENCED, CAUSE_OTHER},
	        {0, ERR(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), FATAL, STEP_END, PUBLISH_FAILED, CAUSE_OTHER},
	        {0, ERR(CLUSTER_AUTHORIZATION_FAILED), FATAL, STEP_END, PUBLISH_FAILED, CAUSE_OTHER},
	        {0, ERR(INVALID_TRANSACTION_TIMEOUT), FATAL, STEP_END, PUBLISH_FAILED, CAUSE_OTHER},
	        {0, ERR(OUT_OF_ORDER_SEQUENCE_NUMBER), FATAL, STEP_END, PUBLISH_FATAL, CAUSE_OTHER},
	        {0, ERR(UNKNOWN), FATAL, STEP_END, PUBLISH_FATAL, CAUSE_OTHER},
	};
	(void)state;
	for (size_t p = 0; p < N_PHASES; p++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			struct row row = rows[i];
			row.phase = phases[p];
			assert_row(&row);
		}
	}
}

static void the_fatal_flag_is_asked_before_the_others(void **state)
{
	(void)state;
	struct ladder_fault fault = {
	        .code = ERR(ILLEGAL_GENERATION), .fatal = true, .abortable = true, .retriable = true};
	assert_int_equal(ladder_judge(PHASE_OFFSETS, fault).result, PUBLISH_FATAL);
	fault.fatal = false;
	assert_int_equal(ladder_judge(PHASE_OFFSETS, fault).step, STEP_ABORT);
}

static void only_a_commit_without_an_answer_is_unknown(void **state)
{
	static const struct row rows[] = {
	        {PHASE_COMMIT, ERR(_TIMED_OUT), RETRIABLE, STEP_AGAIN, PUBLISH_UNKNOWN, CAUSE_OUTAGE},
	        {PHASE_COMMIT, ERR(_CONFLICT), PLAIN, STEP_END, PUBLISH_UNKNOWN, CAUSE_OUTAGE},
	        {PHASE_COMMIT, ERR(UNKNOWN), PLAIN, STEP_END, PUBLISH_UNKNOWN, CAUSE_OUTAGE},
	        {PHASE_OFFSETS, ERR(_TIMED_OUT), RETRIABLE, STEP_AGAIN, PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {PHASE_ABORT, ERR(_TIMED_OUT), RETRIABLE, STEP_AGAIN, PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {PHASE_ABORT, ERR(_CONFLICT), PLAIN, STEP_END, PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {PHASE_ABORT, ERR(UNKNOWN), ABORTABLE, STEP_END, PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {PHASE_BEGIN, ERR(_STATE), PLAIN, STEP_END, PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {PHASE_INIT, ERR(_TIMED_OUT), RETRIABLE, STEP_AGAIN, PUBLISH_FAILED, CAUSE_OUTAGE},
	        {PHASE_INIT, ERR(_STATE), PLAIN, STEP_END, PUBLISH_FAILED, CAUSE_OTHER},
	};
	(void)state;
	ASSERT_ROWS(rows);
}

static void the_group_moving_on_is_no_refusal(void **state)
{
	static const rd_kafka_resp_err_t codes[] = {ERR(ILLEGAL_GENERATION), ERR(UNKNOWN_MEMBER_ID),
	                                            ERR(FENCED_INSTANCE_ID), ERR(REBALANCE_IN_PROGRESS)};
	static const enum ladder_phase met[] = {PHASE_REPORT, PHASE_OFFSETS, PHASE_COMMIT};
	(void)state;
	for (size_t c = 0; c < sizeof(codes) / sizeof(*codes); c++) {
		for (size_t p = 0; p < sizeof(met) / sizeof(*met); p++)
			assert_row(&(struct row){met[p], codes[c], ABORTABLE, STEP_ABORT, PUBLISH_ABORTED,
			                         CAUSE_GENERATION});
	}
}

static void a_transaction_that_the_broker_never_knew_is_aborted_already(void **state)
{
	static const struct row rows[] = {
	        {PHASE_ABORT, ERR(INVALID_TXN_STATE), FATAL, STEP_END, PUBLISH_ABORTED, CAUSE_NONE},
	        {PHASE_COMMIT, ERR(INVALID_TXN_STATE), FATAL, STEP_END, PUBLISH_FATAL, CAUSE_OTHER},
	        {PHASE_OFFSETS, ERR(INVALID_TXN_STATE), FATAL, STEP_END, PUBLISH_FATAL, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(INVALID_TXN_STATE), FATAL, STEP_END, PUBLISH_FATAL, CAUSE_OTHER},
	};
	(void)state;
	ASSERT_ROWS(rows);
}

static void a_record_that_will_never_be_taken_is_a_refusal(void **state)
{
	static const rd_kafka_resp_err_t codes[] = {ERR(MSG_SIZE_TOO_LARGE), ERR(RECORD_LIST_TOO_LARGE),
	                                            ERR(INVALID_TIMESTAMP), ERR(INVALID_RECORD), ERR(POLICY_VIOLATION)};
	(void)state;
	for (size_t c = 0; c < sizeof(codes) / sizeof(*codes); c++) {
		assert_row(&(struct row){PHASE_REPORT, codes[c], PLAIN, STEP_ABORT, PUBLISH_ABORTED, CAUSE_REFUSAL});
		assert_row(&(struct row){PHASE_PRODUCE, codes[c], PLAIN, STEP_ABORT, PUBLISH_ABORTED, CAUSE_REFUSAL});
		/* Found in the background, told by the next call. */
		assert_row(
		        &(struct row){PHASE_REPORT, codes[c], ABORTABLE, STEP_ABORT, PUBLISH_ABORTED, CAUSE_REFUSAL});
	}
}

static void whatever_producev_itself_returns_is_the_records_own_but_for_what_is_the_clients(void **state)
{
	static const struct row rows[] = {
	        {PHASE_PRODUCE, ERR(_INVALID_ARG), PLAIN, STEP_ABORT, PUBLISH_ABORTED, CAUSE_REFUSAL},
	        {PHASE_PRODUCE, ERR(_QUEUE_FULL), PLAIN, STEP_AGAIN, PUBLISH_ABORTED, CAUSE_OUTAGE},
	        {PHASE_PRODUCE, ERR(_STATE), PLAIN, STEP_ASK, PUBLISH_ABORTED, CAUSE_OTHER},
	        {PHASE_PRODUCE, ERR(_FATAL), PLAIN, STEP_ASK, PUBLISH_ABORTED, CAUSE_OTHER},
	        {PHASE_PRODUCE, ERR(_UNKNOWN_TOPIC), PLAIN, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	};
	(void)state;
	ASSERT_ROWS(rows);
}

static void purged_records_are_a_consequence_of_something_else(void **state)
{
	static const struct row rows[] = {
	        {PHASE_REPORT, ERR(_PURGE_QUEUE), PLAIN, STEP_ASK, PUBLISH_ABORTED, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(_PURGE_INFLIGHT), PLAIN, STEP_ASK, PUBLISH_ABORTED, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(_FATAL), PLAIN, STEP_ASK, PUBLISH_ABORTED, CAUSE_OTHER},
	};
	(void)state;
	ASSERT_ROWS(rows);
}

static void what_another_attempt_would_not_change_fails(void **state)
{
	static const struct row rows[] = {
	        {PHASE_OFFSETS, ERR(GROUP_AUTHORIZATION_FAILED), ABORTABLE, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	        {PHASE_OFFSETS, ERR(TOPIC_AUTHORIZATION_FAILED), ABORTABLE, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	        {PHASE_PRODUCE, ERR(TOPIC_AUTHORIZATION_FAILED), PLAIN, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(TOPIC_AUTHORIZATION_FAILED), PLAIN, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(TOPIC_AUTHORIZATION_FAILED), ABORTABLE, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), PLAIN, STEP_ABORT, PUBLISH_FAILED,
	         CAUSE_OTHER},
	        {PHASE_REPORT, ERR(_UNKNOWN_TOPIC), PLAIN, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	        {PHASE_REPORT, ERR(TOPIC_EXCEPTION), PLAIN, STEP_ABORT, PUBLISH_FAILED, CAUSE_OTHER},
	};
	(void)state;
	ASSERT_ROWS(rows);
}

/* A story must not be condemned because a broker was away: causes outage and generation are not counted against it. */
static void brokers_that_are_away_condemn_nobody(void **state)
{
	static const rd_kafka_resp_err_t codes[] = {ERR(_TIMED_OUT),           ERR(_MSG_TIMED_OUT),
	                                            ERR(_TRANSPORT),           ERR(NOT_ENOUGH_REPLICAS),
	                                            ERR(LEADER_NOT_AVAILABLE), ERR(COORDINATOR_NOT_AVAILABLE),
	                                            ERR(UNKNOWN_PRODUCER_ID),  ERR(INVALID_PRODUCER_ID_MAPPING),
	                                            ERR(PRODUCER_FENCED),      ERR(INVALID_TXN_STATE),
	                                            ERR(KAFKA_STORAGE_ERROR),  ERR(UNSTABLE_OFFSET_COMMIT),
	                                            ERR(UNKNOWN_TOPIC_OR_PART)};
	static const enum ladder_phase met[] = {PHASE_REPORT, PHASE_OFFSETS, PHASE_COMMIT};
	(void)state;
	for (size_t c = 0; c < sizeof(codes) / sizeof(*codes); c++) {
		for (size_t p = 0; p < sizeof(met) / sizeof(*met); p++)
			assert_row(
			        &(struct row){met[p], codes[c], ABORTABLE, STEP_ABORT, PUBLISH_ABORTED, CAUSE_OUTAGE});
	}
}

/* Every code that librdkafka knows has a verdict, in every phase and with every flag. */
static void every_error_has_a_verdict(void **state)
{
	const struct rd_kafka_err_desc *known;
	size_t n;
	(void)state;
	rd_kafka_get_err_descs(&known, &n);
	assert_true(n > 100);
	for (size_t i = 0; i < n; i++) {
		if (known[i].code == ERR(NO_ERROR) || !known[i].name)
			continue;
		for (size_t p = 0; p < N_PHASES; p++) {
			for (int flags = 0; flags < 8; flags++) {
				struct ladder_fault fault = {known[i].code, flags & 1, flags & 2, flags & 4};
				struct ladder_verdict verdict = ladder_judge(phases[p], fault);
				assert_int_not_equal(verdict.step, STEP_NONE);
				assert_int_not_equal(verdict.result, PUBLISH_COMMITTED);
				if (phases[p] != PHASE_COMMIT)
					assert_int_not_equal(verdict.result, PUBLISH_UNKNOWN);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_fatal_error_ends_the_worker_wherever_it_is_met),
	        cmocka_unit_test(the_fatal_flag_is_asked_before_the_others),
	        cmocka_unit_test(only_a_commit_without_an_answer_is_unknown),
	        cmocka_unit_test(the_group_moving_on_is_no_refusal),
	        cmocka_unit_test(a_transaction_that_the_broker_never_knew_is_aborted_already),
	        cmocka_unit_test(a_record_that_will_never_be_taken_is_a_refusal),
	        cmocka_unit_test(whatever_producev_itself_returns_is_the_records_own_but_for_what_is_the_clients),
	        cmocka_unit_test(purged_records_are_a_consequence_of_something_else),
	        cmocka_unit_test(what_another_attempt_would_not_change_fails),
	        cmocka_unit_test(brokers_that_are_away_condemn_nobody),
	        cmocka_unit_test(every_error_has_a_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
