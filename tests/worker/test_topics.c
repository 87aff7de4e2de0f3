#include "tests/harness.h"

#include "worker/topics.h"

static int64_t wished_bytes(struct config *config, const struct topic *topic)
{
	struct admin_wish wish;
	topics_wish(config, topic, 4, 1, &wish);
	for (size_t i = 0; i < wish.n_settings; i++)
		if (strcmp(wish.settings[i].name, "max.message.bytes") == 0)
			return strtoll(wish.settings[i].value, NULL, 10);
	return -1;
}

static int64_t wished_bytes_for(struct config *config, enum topic_role role)
{
	size_t n;
	struct topic *topics = topics_of(config, &n);
	for (size_t i = 0; i < n; i++)
		if (topics[i].role == role)
			return wished_bytes(config, &topics[i]);
	return -1;
}

static struct config *load(void)
{
	struct err err = {0};
	static const char *const sets[] = {"limits.message=1MB"};
	struct config *config = config_load("/dev/null", sets, 1, &err);
	if (!config)
		print_error("%s\n", err.words);
	assert_non_null(config);
	return config;
}

static void an_input_topic_takes_a_message_of_the_limit_and_what_replay_puts_around_it(void **state)
{
	(void)state;
	struct config *config = load();

	int64_t bytes = wished_bytes_for(config, TOPIC_INPUT);

	assert_true(bytes >= 1000000 + 16 * 1024);
	assert_int_equal(bytes, topics_input_bytes(config));
	config_free(&config);
}

static void an_output_topic_takes_more_than_the_input_holds(void **state)
{
	(void)state;
	struct config *config = load();

	int64_t input_bytes = wished_bytes_for(config, TOPIC_INPUT);

	assert_true(wished_bytes_for(config, TOPIC_ARTICLES) > input_bytes + 512 * 1024);
	assert_true(wished_bytes_for(config, TOPIC_DEAD_LETTERS) > input_bytes + 512 * 1024);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_input_topic_takes_a_message_of_the_limit_and_what_replay_puts_around_it),
	        cmocka_unit_test(an_output_topic_takes_more_than_the_input_holds),
	};
	return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
