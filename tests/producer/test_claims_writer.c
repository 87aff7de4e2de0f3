/*
 * Writing to a claims topic. (One that gives no time of its own is for tests/kafka: the mock cluster says that it
 * does.)
 */
#include "producer/claims_writer.h"
#include "tests/producer/kit.h"

#define TOPIC "claims"

struct fixture {
	struct kit_cluster cluster;
	rd_kafka_conf_t *conf;
	struct claims_writer *writer;
};

static int set_up(void **state)
{
	static struct fixture f;
	struct err err = {0};
	kit_cluster_start(&f.cluster);
	assert_int_equal(rd_kafka_mock_topic_create(f.cluster.mock, TOPIC, 1, 1), 0);
	f.conf = kit_cluster_conf(&f.cluster);
	f.writer = claims_writer_new(f.conf, TOPIC, clock_system(), (struct quit){0}, &err);
	assert_non_null(f.writer);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	claims_writer_free(&f->writer);
	rd_kafka_conf_destroy(f->conf);
	kit_cluster_stop(&f->cluster);
	return 0;
}

static void records_stand_in_the_log_in_order_when_append_returns(void **state)
{
	struct fixture *f = *state;
	const struct str values[] = {STR("one"), STR("two")};
	struct err err = {0};
	assert_true(claims_writer_append(f->writer, values, 2, 20000, &err));
	rd_kafka_t *reader = kit_reader(&f->cluster, TOPIC);
	for (size_t i = 0; i < 2; i++) {
		rd_kafka_message_t *m = kit_reader_next(reader);
		assert_str(str_make(m->payload, m->len), i ? "two" : "one");
		rd_kafka_message_destroy(m);
	}
	rd_kafka_destroy(reader);
}

static void a_right_that_is_missing_is_named_with_the_command_that_gives_it(void **state)
{
	struct fixture *f = *state;
	const struct str value = STR("one");
	struct err err = {0};
	kit_cluster_fail(&f->cluster, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	assert_false(claims_writer_append(f->writer, &value, 1, 20000, &err));
	assert_has(err.words, "kafka-acls --add --allow-principal User:NAME --operation Write --topic " TOPIC);
	err_clear(&err);
	assert_true(claims_writer_append(f->writer, &value, 1, 20000, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(records_stand_in_the_log_in_order_when_append_returns, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(a_right_that_is_missing_is_named_with_the_command_that_gives_it, set_up,
	                                        tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
