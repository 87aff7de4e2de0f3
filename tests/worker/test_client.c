#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "worker/client.h"

static struct config *load(const char *const *sets, size_t n)
{
	struct err err = {0};
	struct config *config = config_load(NULL, sets, n, &err);
	if (!config)
		print_error("%s\n", err.words);
	assert_non_null(config);
	return config;
}

static void assert_property(const rd_kafka_conf_t *conf, const char *name, const char *expected)
{
	char value[512];
	size_t n = sizeof value;
	assert_int_equal(rd_kafka_conf_get(conf, name, value, &n), RD_KAFKA_CONF_OK);
	assert_string_equal(value, expected);
}

static void a_consumer_carries_what_the_configuration_says(void **state)
{
	(void)state;
	const char *sets[] = {"kafka.brokers=k1:1,k2:2", "kafka.session-timeout=3s", "kafka.queued-max=4MiB",
	                      "kafka.client.security.protocol=SASL_SSL", "kafka.client.fetch.wait.max.ms=7"};
	struct config *config = load(sets, 5);
	struct err err = {0};
	rd_kafka_conf_t *conf = client_conf(config, CLIENT_CONSUMER, "one", &err);
	assert_non_null(conf);
	assert_property(conf, "bootstrap.servers", "k1:1,k2:2");
	assert_property(conf, "session.timeout.ms", "3000");
	assert_property(conf, "heartbeat.interval.ms", "1000");
	assert_property(conf, "max.poll.interval.ms", "300000");
	assert_property(conf, "queued.max.messages.kbytes", "4096");
	assert_property(conf, "client.id", "wiredesk-one");
	assert_property(conf, "socket.nagle.disable", "true");
	assert_property(conf, "topic.metadata.refresh.interval.ms", "30000");
	assert_property(conf, "security.protocol", "sasl_ssl");
	/* Good advice may be overruled. */
	assert_property(conf, "fetch.wait.max.ms", "7");
	rd_kafka_conf_destroy(conf);
	config_free(&config);
}

static void a_connection_that_stands_while_nothing_comes_through_is_left_soon(void **state)
{
	(void)state;
	struct config *config = load(NULL, 0);
	for (int kind = 0; kind < 2; kind++) {
		struct err err = {0};
		rd_kafka_conf_t *conf = client_conf(config, kind ? CLIENT_ADMIN : CLIENT_CONSUMER, "one", &err);
		assert_non_null(conf);
		assert_property(conf, "socket.timeout.ms", "15000");
		rd_kafka_conf_destroy(conf);
	}
	config_free(&config);
}

static void a_broker_that_is_back_is_noticed_soon(void **state)
{
	(void)state;
	struct config *config = load(NULL, 0);
	for (int kind = CLIENT_CONSUMER; kind <= CLIENT_ADMIN; kind++) {
		struct err err = {0};
		rd_kafka_conf_t *conf = client_conf(config, kind, "one", &err);
		assert_non_null(conf);
		assert_property(conf, "reconnect.backoff.max.ms", "1000");
		rd_kafka_conf_destroy(conf);
	}
	config_free(&config);
}

static void a_loader_sends_a_message_of_the_limit(void **state)
{
	(void)state;
	const char *sets[] = {"limits.message=2MB"};
	struct config *config = load(sets, 1);
	struct err err = {0};
	rd_kafka_conf_t *conf = client_conf(config, CLIENT_LOADER, "one", &err);
	assert_non_null(conf);
	assert_property(conf, "message.max.bytes", "2004096");
	rd_kafka_conf_destroy(conf);
	config_free(&config);
}

static void a_sender_has_room_beside_the_message_within_the_librarys_bounds(void **state)
{
	(void)state;
	const char *small[] = {"limits.message=1kB"}, *usual[] = {"limits.message=2MB"},
	           *large[] = {"limits.message=1GB"};
	struct config *configs[] = {load(small, 1), load(usual, 1), load(large, 1)};
	static const int64_t expected[] = {1001000, 3000000, 1000000000};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(client_message_bytes(configs[i], 1000000), expected[i]);
		config_free(&configs[i]);
	}
}

/* librdkafka checks properties against each other only when a handle is made. */
static void librdkafka_takes_what_is_made(void **state)
{
	(void)state;
	const char *sets[] = {"kafka.brokers=127.0.0.1:21099", "limits.message=1GB", "kafka.fetch-max=1GiB",
	                      "batch.stories=100000", "kafka.session-timeout=1s"};
	struct config *config = load(sets, 5);
	static const enum client_kind kinds[] = {CLIENT_CONSUMER, CLIENT_PRODUCER, CLIENT_LOADER, CLIENT_ADMIN};
	for (size_t i = 0; i < 4; i++) {
		struct err err = {0};
		char why[300] = "";
		rd_kafka_conf_t *conf = client_conf(config, kinds[i], "one", &err);
		assert_non_null(conf);
		bool consumes = kinds[i] == CLIENT_CONSUMER || kinds[i] == CLIENT_ADMIN;
		rd_kafka_t *rk = rd_kafka_new(consumes ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, why, sizeof why);
		assert_string_equal(why, "");
		assert_non_null(rk);
		rd_kafka_destroy(rk);
	}
	config_free(&config);
}

static void never_repeats_a_secret_value(void **state)
{
	(void)state;
	struct err err = {0};
	assert_true(client_property_is_secret(STR("sasl.password")));
	assert_true(client_property_is_secret(STR("ssl.key.password")));
	assert_true(client_property_is_secret(STR("ssl.key.pem")));
	assert_true(client_property_is_secret(STR("sasl.oauthbearer.client.secret")));
	assert_false(client_property_is_secret(STR("sasl.username")));
	assert_false(client_property_check(STR("sasl.pasword"), STR("hush"), &err));
	assert_has(err.words, "did you mean 'sasl.password'?");
	assert_null(strstr(err.words, "hush"));
}

int main(void)
{
	log_setup(LOG_SILENT, LOG_TEXT);
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_consumer_carries_what_the_configuration_says),
	        cmocka_unit_test(a_connection_that_stands_while_nothing_comes_through_is_left_soon),
	        cmocka_unit_test(a_broker_that_is_back_is_noticed_soon),
	        cmocka_unit_test(a_loader_sends_a_message_of_the_limit),
	        cmocka_unit_test(a_sender_has_room_beside_the_message_within_the_librarys_bounds),
	        cmocka_unit_test(librdkafka_takes_what_is_made),
	        cmocka_unit_test(never_repeats_a_secret_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
