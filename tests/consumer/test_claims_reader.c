/*
 * Reading a claims topic that has its troubles. The mock cluster gives no record a time of its own, as a topic with
 * CreateTime.
 */
#include "consumer/claims_reader.h"
#include "tests/consumer/mock.h"

#define TOPIC "claims"

struct fixture {
	struct mock mock;
	rd_kafka_conf_t *conf;
};

static int set_up(void **state)
{
	static struct fixture f;
	f.mock = mock_open();
	assert_int_equal(rd_kafka_mock_topic_create(f.mock.cluster, TOPIC, 1, 1), 0);
	f.conf = mock_conf(&f.mock);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	rd_kafka_conf_destroy(f->conf);
	mock_close(&f->mock);
	return 0;
}

static struct claims_cursor *open_cursor(struct fixture *f)
{
	struct err err = {0};
	struct claims_cursor *cursor = claims_reader_open(f->conf, TOPIC, 0, &err);
	assert_non_null(cursor);
	return cursor;
}

static void a_record_that_its_writer_stamped_is_nobodys(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, TOPIC, 0, 2);
	struct claims_cursor *cursor = open_cursor(f);
	for (int64_t i = 0; i < 2; i++) {
		struct log_record record;
		struct err err = {0};
		assert_int_equal(claims_reader_read(cursor, MOCK_PATIENCE_MS, &record, &err), LOG_RECORD);
		assert_int_equal(record.offset, i);
		assert_int_equal(record.time_ms, 0);
		assert_int_equal(record.value.n, 0);
	}
	claims_reader_shut(cursor);
}

/* librdkafka says it once. Who only looks whether there is more is not held up by it. */
static void what_keeps_records_away_is_told_to_all_who_wait_until_one_comes(void **state)
{
	struct fixture *f = *state;
	struct log_record record;
	struct err err = {0};
	rd_kafka_resp_err_t codes[200];
	for (size_t i = 0; i < 200; i++)
		codes[i] = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
	rd_kafka_mock_push_request_errors_array(f->mock.cluster, API_FETCH, 200, codes);
	struct claims_cursor *cursor = open_cursor(f);
	assert_int_equal(claims_reader_read(cursor, MOCK_PATIENCE_MS, &record, &err), LOG_AWAY);
	assert_has(err.words, "kafka-acls --add --allow-principal User:NAME --operation Read --topic " TOPIC);
	err_clear(&err);
	assert_int_equal(claims_reader_read(cursor, 1, &record, &err), LOG_AWAY);
	assert_has(err.words, "--operation Read");
	assert_int_equal(claims_reader_read(cursor, 0, &record, &err), LOG_END);
	rd_kafka_mock_clear_request_errors(f->mock.cluster, API_FETCH);
	mock_fill(&f->mock, TOPIC, 0, 1);
	enum log_answer answer = LOG_AWAY;
	for (int i = 0; i < 300 && answer != LOG_RECORD; i++)
		answer = claims_reader_read(cursor, 100, &record, &err);
	assert_int_equal(answer, LOG_RECORD);
	err_clear(&err);
	assert_int_equal(claims_reader_read(cursor, 1, &record, &err), LOG_END);
	claims_reader_shut(cursor);
}

static void questions_are_answered_and_one_that_is_not_ends_in_time(void **state)
{
	struct fixture *f = *state;
	int64_t first, next;
	struct err err = {0};
	mock_fill(&f->mock, TOPIC, 0, 3);
	rd_kafka_t *asker = claims_reader_asker(f->conf, &err);
	assert_non_null(asker);
	assert_true(claims_reader_bounds(asker, TOPIC, MOCK_PATIENCE_MS, &first, &next, &err));
	assert_int_equal(first, 0);
	assert_int_equal(next, 3);
	rd_kafka_mock_broker_set_down(f->mock.cluster, 1);
	int64_t began_ms = clock_mono_ms(clock_system());
	assert_false(claims_reader_bounds(asker, TOPIC, 300, &first, &next, &err));
	assert_has(err.words, "cannot ask the claims topic '" TOPIC "'");
	assert_true(clock_mono_ms(clock_system()) - began_ms < MOCK_PATIENCE_MS);
	rd_kafka_mock_broker_set_up(f->mock.cluster, 1);
	rd_kafka_destroy(asker);
}

static void a_question_that_is_forbidden_is_told_with_the_right_that_it_takes(void **state)
{
	struct fixture *f = *state;
	int64_t first, next;
	struct err err = {0};
	rd_kafka_t *asker = claims_reader_asker(f->conf, &err);
	assert_non_null(asker);
	rd_kafka_mock_push_request_errors(f->mock.cluster, API_LIST_OFFSETS, 1,
	                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	assert_false(claims_reader_bounds(asker, TOPIC, MOCK_PATIENCE_MS, &first, &next, &err));
	assert_has(err.words, "--operation Read --topic " TOPIC);
	rd_kafka_destroy(asker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_record_that_its_writer_stamped_is_nobodys, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_keeps_records_away_is_told_to_all_who_wait_until_one_comes, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(questions_are_answered_and_one_that_is_not_ends_in_time, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(a_question_that_is_forbidden_is_told_with_the_right_that_it_takes,
	                                        set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
