#include "tests/harness.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/log.h"
#include "worker/config.h"

static char file_name[] = "/tmp/wd_test_config_XXXXXX";

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(file_name);
	close(fd);
	unsetenv("STATE_DIRECTORY");
	return fd < 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file_name);
}

static void write_file(const char *text)
{
	FILE *out = fopen(file_name, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

#define LOAD(text, ...)                                                                                                \
	load((text), (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL},                                           \
	     sizeof((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL}) / sizeof(char *) - 1)
static struct config *load(const char *text, const char *const *sets, size_t n)
{
	struct err err = {0};
	write_file(text);
	struct config *config = config_load(file_name, sets, n, &err);
	if (!config)
		print_error("%s\n", err.words);
	assert_non_null(config);
	return config;
}

#define REFUSES(text, words, ...)                                                                                      \
	refuses((text), (words), (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL},                               \
	        sizeof((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL}) / sizeof(char *) - 1)
static void refuses(const char *text, const char *words, const char *const *sets, size_t n)
{
	struct err err = {0};
	write_file(text);
	struct config *config = config_load(file_name, sets, n, &err);
	assert_null(config);
	assert_has(err.words, words);
}

static void is_complete_without_a_file(void **state)
{
	(void)state;
	struct err err = {0};
	struct config *config = config_load(NULL, NULL, 0, &err);
	assert_non_null(config);
	assert_str(config->kafka.brokers, "localhost:9092");
	assert_int_equal(config->kafka.input.n, 1);
	assert_str(config->kafka.input.items[0], "wire.raw");
	assert_string_equal(config->output.fallback, "wire.articles");
	assert_string_equal(config->output.dead_letters, "wire.dead");
	assert_int_equal(config->batch.bytes, 8000000);
	assert_int_equal(config->limits.depth, 64);
	assert_int_equal(config->limits.parse_bytes, 128000000);
	assert_int_equal(config->n_feeds, 1);
	assert_str(config->feeds[0].name, "default");
	assert_int_equal(node_count(config->stages), 8);
	assert_str(config->state_dir, "./wiredesk-state");
	config_free(&config);
	assert_null(config);
}

static const char whole[] =
        "kafka:\n"
        "  brokers: k1:9092,k2:9092\n"
        "  group: desk\n"
        "  input: [a.raw, b.raw]\n"
        "  client: {security.protocol: SASL_SSL, sasl.password: hush}\n"
        "sources:\n"
        "  - {name: antara, match: {header: {feed: antara}}, zone: Asia/Jakarta, expect: [id, ms]}\n"
        "  - {name: b, match: {topic: b.raw, key-prefix: 'x:'}, scope: own}\n"
        "output:\n"
        "  articles: {default: out, id: out.id}\n"
        "  dead-letters: dead\n"
        "batch: {stories: 500, bytes: 4MB, wait: 50ms}\n"
        "lanes: 4\n"
        "state-dir: /somewhere\n"
        "stages: [decode, dedup: {window: 24h}, route]\n";

static void reads_what_the_file_says(void **state)
{
	(void)state;
	struct config *c = LOAD(whole);
	assert_str(c->kafka.brokers, "k1:9092,k2:9092");
	assert_int_equal(c->kafka.input.n, 2);
	assert_int_equal(c->kafka.n_client, 2);
	assert_str(c->kafka.client[0].name, "security.protocol");
	assert_int_equal(c->n_feeds, 3);
	assert_str(c->feeds[0].match_header, "feed");
	assert_str(c->feeds[0].match_header_value, "antara");
	assert_int_equal(c->feeds[0].n_expect, 2);
	assert_str(c->feeds[1].match_key_prefix, "x:");
	assert_str(c->feeds[1].scope, "own");
	assert_str(c->feeds[2].name, "default");
	assert_string_equal(c->output.fallback, "out");
	assert_int_equal(c->output.n_by_language, 1);
	assert_string_equal(c->output.by_language[0].language, "id");
	assert_string_equal(c->output.by_language[0].topic, "out.id");
	assert_string_equal(c->output.duplicates, "wire.duplicates");
	assert_int_equal(c->batch.wait_ms, 50);
	assert_int_equal(c->lanes, 4);
	assert_str(c->state_dir, "/somewhere");
	config_free(&c);
}

static void takes_a_plain_name_for_articles(void **state)
{
	(void)state;
	struct config *c = LOAD("output: {articles: all}\n");
	assert_string_equal(c->output.fallback, "all");
	assert_int_equal(c->output.n_by_language, 0);
	config_free(&c);
}

static void a_source_without_match_stays_the_last_one(void **state)
{
	(void)state;
	struct config *c = LOAD("sources: [{name: rest, zone: UTC}]\n");
	assert_int_equal(c->n_feeds, 1);
	assert_str(c->feeds[0].name, "rest");
	config_free(&c);
}

static void set_wins_over_environment_wins_over_file(void **state)
{
	(void)state;
	setenv("WIREDESK__LANES", "5", 1);
	setenv("WIREDESK__BATCH__STORIES", "7", 1);
	setenv("WIREDESK__KAFKA__MAX_POLL_INTERVAL", "10m", 1);
	setenv("WIREDESK__KAFKA__CLIENT__SASL_USERNAME", "a: [b", 1);
	setenv("WIREDESK__KAFKA__INPUT", "[x, y]", 1);
	struct config *c = LOAD("lanes: 2\n", "batch.stories=9");
	assert_int_equal(c->lanes, 5);
	assert_int_equal(c->batch.stories, 9);
	assert_int_equal(c->kafka.max_poll_interval_ms, 600000);
	assert_int_equal(c->kafka.n_client, 1);
	assert_str(c->kafka.client[0].name, "sasl.username");
	assert_str(c->kafka.client[0].value, "a: [b");
	assert_int_equal(c->kafka.input.n, 2);
	config_free(&c);
	unsetenv("WIREDESK__LANES");
	unsetenv("WIREDESK__BATCH__STORIES");
	unsetenv("WIREDESK__KAFKA__MAX_POLL_INTERVAL");
	unsetenv("WIREDESK__KAFKA__CLIENT__SASL_USERNAME");
	unsetenv("WIREDESK__KAFKA__INPUT");
}

static void a_variable_for_a_section_comes_before_those_for_its_keys(void **state)
{
	(void)state;
	setenv("WIREDESK__BATCH__WAIT", "7ms", 1);
	setenv("WIREDESK__BATCH", "{stories: 5, wait: 9ms}", 1);
	struct config *c = LOAD("batch: {bytes: 1MB}\n");
	assert_int_equal(c->batch.stories, 5);
	assert_int_equal(c->batch.wait_ms, 7);
	assert_int_equal(c->batch.bytes, 8000000);
	config_free(&c);
	unsetenv("WIREDESK__BATCH");
	unsetenv("WIREDESK__BATCH__WAIT");
}

static void warns_of_other_variables_of_ours(void **state)
{
	(void)state;
	setenv("WIREDESK_LANES", "5", 1);
	struct config *c = LOAD("");
	assert_int_equal(c->lanes, 2);
	assert_int_equal(c->warnings.n, 1);
	assert_has(c->warnings.items[0].p, "'WIREDESK_LANES'");
	config_free(&c);
	unsetenv("WIREDESK_LANES");
}

static void a_variable_that_names_no_key_is_an_error(void **state)
{
	(void)state;
	setenv("WIREDESK__KAFKA__BROKER", "x", 1);
	REFUSES("", "brokers");
	unsetenv("WIREDESK__KAFKA__BROKER");
}

static void set_steps_into_the_run_list_by_name(void **state)
{
	(void)state;
	struct config *c = LOAD("", "stages.dedup.window=24h");
	const struct node *dedup = c->stages->first;
	while (dedup && dedup->kind != NODE_MAP)
		dedup = dedup->next;
	assert_non_null(dedup);
	assert_str(dedup->first->key, "dedup");
	assert_str(node_get(dedup->first, "window")->text, "24h");
	config_free(&c);
	c = LOAD(whole, "stages.0={dedup: {window: 5h}}", "stages.1=cleanup");
	assert_str(node_get(c->stages->first->first, "window")->text, "5h");
	config_free(&c);
	c = LOAD(whole, "stages.dedup.ledger=local", "stages.1.dedup.window=1h", "stages.0=cleanup",
	         "sources.0.zone=UTC");
	assert_str(c->stages->first->text, "cleanup");
	dedup = c->stages->first->next->first;
	assert_str(node_get(dedup, "window")->text, "1h");
	assert_str(node_get(dedup, "ledger")->text, "local");
	assert_str(c->feeds[0].zone, "UTC");
	config_free(&c);
}

static void refuses_a_set_that_leads_nowhere(void **state)
{
	(void)state;
	REFUSES("", "--set lanes: write KEY=VALUE", "lanes");
	REFUSES("", "no stage 'dedupe' in the run list", "stages.dedupe.window=1h");
	REFUSES("", "--set stages.17: no stage '17'", "stages.17=x");
	REFUSES(whole, "no entry '7' in this list of 2", "sources.7.zone=UTC");
	REFUSES("", "empty name", "kafka..group=x");
	REFUSES("lanes: 2\n", "'lanes' is a plain value", "lanes.x.y=3");
	REFUSES("", "--set lanes", "lanes=many");
	REFUSES("", "--set lanes: not valid YAML", "lanes=[1");
}

static void names_the_place_and_the_nearest_key(void **state)
{
	(void)state;
	REFUSES("kafka:\n  broker: x\n", ":2:3: ");
	REFUSES("kafka:\n  broker: x\n", "brokers");
	REFUSES("lanes: 2\nlane: 3\n", ":2:1: ");
	REFUSES("lanes: zwei\n", ":1:8: ");
	REFUSES("lanes: 65\n", "64");
	REFUSES("batch: 7\n", "'batch' must be a map");
	REFUSES("- a\n", "a configuration is a map");
	REFUSES("sources: [{name: a, zon: UTC}]\n", "zone");
	REFUSES("sources: [{zone: UTC}]\n", "name");
	REFUSES("sources: [{name: a, zone: Asia/Jakata}]\n", ":1:27: 'Asia/Jakata' is no time zone");
	REFUSES("sources: [{name: a, match: {header: {a: b, c: d}}}]\n", "one header's name and its value");
	REFUSES("sources: {}\n", "'sources' is a list");
}

static void refuses_sources_that_can_never_match(void **state)
{
	(void)state;
	REFUSES("sources: [{name: a}, {name: b}]\n", "source 'b' can never match: 'a' before it has no 'match'");
	REFUSES("sources: [{name: a, match: {topic: other}}]\n", "'other' is no input topic");
	REFUSES("sources: [{name: a, match: {topic: wire.raw}}, {name: a}]\n", "a second source 'a'");
}

static void refuses_topics_that_would_feed_on_themselves(void **state)
{
	(void)state;
	REFUSES("output: {articles: wire.raw}\n", "'wire.raw' is input and output at once");
	REFUSES("output: {duplicates: wire.dead}\n", "'wire.dead' is for dead letters and for records at once");
	REFUSES("output: {articles: {id: x}}\n", "no 'default'");
	REFUSES("output: {articles: a b}\n", "'a b' is no topic's name");
	REFUSES("kafka: {input: [a, a]}\n", "topic 'a' stands twice");
	REFUSES("kafka: {input: []}\n", "no input topic");
}

static void refuses_brokers_that_no_client_can_reach(void **state)
{
	(void)state;
	REFUSES("kafka: {brokers: ''}\n", ":1:18: no broker");
	REFUSES("kafka: {brokers: ' , ,'}\n", ":1:18: no broker");
	REFUSES("kafka: {brokers: 'k1:9092, k2:kafka'}\n", ":1:18: 'k2:kafka' has no port from 1 to 65535");
	REFUSES("kafka: {brokers: 'k1:99999'}\n", "'k1:99999' has no port");
	REFUSES("kafka: {brokers: 'k1:0'}\n", "'k1:0' has no port");
	REFUSES("kafka: {brokers: 'k1:'}\n", "'k1:' has no port");
	REFUSES("kafka: {brokers: '[::1]:-1'}\n", "'[::1]:-1' has no port");
	REFUSES("kafka: {brokers: 'SSL://k1:90922'}\n", "'SSL://k1:90922' has no port");
	struct config *c = LOAD("kafka: {brokers: 'k1, k2:65535,SSL://k3:1, [::1]:9092, [::1], fe80::1,'}\n");
	config_free(&c);
}

static void refuses_properties_that_carry_the_guarantee(void **state)
{
	(void)state;
	REFUSES("kafka: {client: {isolation.level: read_uncommitted}}\n", "exactly once needs read_committed");
	REFUSES("kafka: {client: {isolation.level: read_uncommitted}}\n", ":1:18: ");
	REFUSES("kafka: {client: {enable.auto.commit: true}}\n", "'enable.auto.commit' cannot be set here");
	REFUSES("kafka: {client: {request.required.acks: 1}}\n", "exactly once needs all");
	REFUSES("kafka: {client: {bootstrap.servers: x}}\n", "it is kafka.brokers");
	REFUSES("kafka: {client: {sasl.usernam: x}}\n", "did you mean 'sasl.username'?");
	REFUSES("kafka: {client: {security.protocol: tls}}\n", "librdkafka refuses 'security.protocol'");
	REFUSES("kafka: {client: {linger.ms: [1]}}\n", "must be one value");
}

static void says_the_numbers_of_times_that_do_not_fit(void **state)
{
	(void)state;
	REFUSES("kafka: {max-poll-interval: 60s, transaction-timeout: 20s}\n", "(60000 ms) is too short");
	REFUSES("kafka: {max-poll-interval: 60s, transaction-timeout: 20s}\n", "at least 120000 ms");
	REFUSES("kafka: {max-poll-interval: 60s, transaction-timeout: 20s}\n", "at most 10000 ms");
	REFUSES("story-time: 10m\n", "story-time (600000 ms)");
	REFUSES("kafka: {session-timeout: 6m}\n", "kafka.session-timeout (360000 ms)");
	REFUSES("http: {listen: localhost}\n", "no address and port");
	struct config *c = LOAD("http: {stuck: 10s}\n");
	assert_int_equal(c->warnings.n, 1);
	assert_has(c->warnings.items[0].p, "http.stuck (10000 ms)");
	config_free(&c);
}

static void finds_the_folder_of_state(void **state)
{
	(void)state;
	setenv("STATE_DIRECTORY", "/systemd:/other", 1);
	struct config *c = LOAD("state-dir: /file\n");
	assert_str(c->state_dir, "/systemd");
	assert_string_equal(c->state_dir_source, "STATE_DIRECTORY");
	assert_int_equal(c->warnings.n, 1);
	assert_has(c->warnings.items[0].p, ":1:12: state-dir '/file' is not used, for STATE_DIRECTORY says '/systemd'");
	config_free(&c);
	c = LOAD("state-dir: /systemd\n");
	assert_int_equal(c->warnings.n, 0);
	config_free(&c);
	c = LOAD("state-dir: /file\n", "state-dir=/set");
	assert_str(c->state_dir, "/set");
	assert_has(c->state_dir_source, "--set state-dir");
	assert_int_equal(c->warnings.n, 0);
	config_free(&c);
	setenv("WIREDESK__STATE_DIR", "/variable", 1);
	c = LOAD("state-dir: /file\n");
	assert_str(c->state_dir, "/variable");
	config_free(&c);
	unsetenv("WIREDESK__STATE_DIR");
	unsetenv("STATE_DIRECTORY");
	c = LOAD("state-dir: /file\n");
	assert_str(c->state_dir, "/file");
	assert_has(c->state_dir_source, ":1:12");
	config_free(&c);
}

static void prints_what_is_set_without_its_secrets(void **state)
{
	(void)state;
	char secret[] = "/tmp/wd_test_secret_XXXXXX";
	int fd = mkstemp(secret);
	assert_int_equal(write(fd, "hidden\n", 7), 7);
	close(fd);
	char set[100];
	snprintf(set, sizeof set, "kafka.client.sasl.username=${file:%s}", secret);
	struct config *c = LOAD(whole, set);
	unlink(secret);
	assert_str(c->kafka.client[2].value, "hidden");
	struct buf out;
	buf_init(&out, 100000);
	config_print(c, &out);
	buf_putc(&out, 0);
	assert_has(out.p, "  group: desk\n");
	assert_has(out.p, "    security.protocol: SASL_SSL\n");
	assert_has(out.p, "    sasl.password: \"***\"\n");
	assert_has(out.p, "    sasl.username: \"***\"\n");
	assert_null(strstr(out.p, "hush"));
	assert_null(strstr(out.p, "hidden"));
	assert_has(out.p, "  wait: 50ms\n");
	out.n--;
	/* What is printed can be loaded. */
	char text[20000];
	snprintf(text, sizeof text, "%.*s", (int)out.n, out.p);
	struct config *again = LOAD(text);
	assert_int_equal(again->batch.stories, 500);
	assert_int_equal(again->n_feeds, c->n_feeds);
	assert_int_equal(node_count(again->stages), 3);
	config_free(&again);
	config_free(&c);
	buf_free(&out);
}

static void help_names_every_key(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 100000);
	config_help(&out);
	buf_putc(&out, 0);
	const char *const keys[] = {"brokers", "max-poll-interval", "dead-letters", "key-prefix", "state-dir", "stuck",
	                            "level"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		assert_has(out.p, keys[i]);
	assert_has(out.p, "default 5m");
	buf_free(&out);
}

int main(void)
{
	log_setup(LOG_SILENT, LOG_TEXT);
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(is_complete_without_a_file),
	        cmocka_unit_test(reads_what_the_file_says),
	        cmocka_unit_test(takes_a_plain_name_for_articles),
	        cmocka_unit_test(a_source_without_match_stays_the_last_one),
	        cmocka_unit_test(set_wins_over_environment_wins_over_file),
	        cmocka_unit_test(a_variable_for_a_section_comes_before_those_for_its_keys),
	        cmocka_unit_test(warns_of_other_variables_of_ours),
	        cmocka_unit_test(a_variable_that_names_no_key_is_an_error),
	        cmocka_unit_test(set_steps_into_the_run_list_by_name),
	        cmocka_unit_test(refuses_a_set_that_leads_nowhere),
	        cmocka_unit_test(names_the_place_and_the_nearest_key),
	        cmocka_unit_test(refuses_sources_that_can_never_match),
	        cmocka_unit_test(refuses_topics_that_would_feed_on_themselves),
	        cmocka_unit_test(refuses_brokers_that_no_client_can_reach),
	        cmocka_unit_test(refuses_properties_that_carry_the_guarantee),
	        cmocka_unit_test(says_the_numbers_of_times_that_do_not_fit),
	        cmocka_unit_test(finds_the_folder_of_state),
	        cmocka_unit_test(prints_what_is_set_without_its_secrets),
	        cmocka_unit_test(help_names_every_key),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
