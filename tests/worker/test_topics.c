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

static struct config *load_with(const char *set)
{
	struct err err = {0};
	struct config *config = config_load("/dev/null", &set, 1, &err);
	if (!config)
		print_error("%s\n", err.words);
	assert_non_null(config);
	return config;
}

static struct config *load(void)
{
	return load_with("limits.message=1MB");
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

static void shared_claims_have_the_topic_and_the_settings_that_dedup_has(void **state)
{
	(void)state;
	struct claim_settings settings;
	struct str space;
	size_t n;
	struct config *config =
	        load_with("stages.dedup={ledger: kafka, window-stories: 5000, namespace: old, own-facts: 3}");

	struct topic *topics = topics_of(config, &n);

	assert_string_equal(topics[n - 1].name, "wire.claims");
	assert_int_equal(topics[n - 1].role, TOPIC_CLAIMS);
	assert_true(topics_claims_settings(config, &settings, &space));
	assert_int_equal(settings.window_ms, 72 * 3600 * 1000LL);
	assert_int_equal(settings.window_claims, 5000);
	assert_int_equal(settings.limits.own_facts, 3);
	assert_int_equal(settings.limits.same_text, LIKENESS_USUAL.same_text);
	assert_true(str_is(space, "old"));
	config_free(&config);
}

static void local_claims_have_no_topic(void **state)
{
	(void)state;
	struct claim_settings settings;
	struct str space;
	size_t n;
	struct config *config = load_with("stages.dedup={window: 1h}");

	struct topic *topics = topics_of(config, &n);

	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(topics[i].role, TOPIC_CLAIMS);
	assert_int_equal(topics_claims_window_ms(config), 0);
	assert_false(topics_claims_settings(config, &settings, &space));
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_input_topic_takes_a_message_of_the_limit_and_what_replay_puts_around_it),
	        cmocka_unit_test(an_output_topic_takes_more_than_the_input_holds),
	        cmocka_unit_test(shared_claims_have_the_topic_and_the_settings_that_dedup_has),
	        cmocka_unit_test(local_claims_have_no_topic),
	};
	return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
