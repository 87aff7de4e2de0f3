#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "tests/worker/program.h"
#include "worker/command.h"
#include "worker/putback_loop.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/*
 * The loop against librdkafka's mock cluster. It shows flow: what is put back, with which headers, what is left. It
 * does not keep offsets that were sent in a transaction, so that nothing is put back twice is shown on a real broker.
 */

struct cluster {
	rd_kafka_t *client; /* owns the mock; writes dead letters */
	rd_kafka_mock_cluster_t *mock;
	struct config *config;
	struct putback_counts counts;
	_Atomic bool stop;
	struct err err;
};

static int start(void **state)
{
	static struct cluster c;
	char why[300], brokers[300];
	c = (struct cluster){0};
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", NULL, 0);
	rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
	rd_kafka_conf_set(conf, "message.max.bytes", "4000000", NULL, 0);
	c.client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	assert_non_null(c.client);
	c.mock = rd_kafka_handle_mock_cluster(c.client);
	rd_kafka_mock_topic_create(c.mock, "wire.raw", 2, 1);
	rd_kafka_mock_topic_create(c.mock, "wire.dead", 1, 1);
	snprintf(brokers, sizeof brokers, "kafka.brokers=%s", rd_kafka_mock_cluster_bootstraps(c.mock));
	const char *sets[] = {brokers, "kafka.client.log_level=0"};
	c.config = config_load(NULL, sets, 2, &c.err);
	if (!c.config)
		print_error("%s\n", c.err.words);
	*state = &c;
	return c.config ? 0 : -1;
}

static int end(void **state)
{
	struct cluster *c = *state;
	config_free(&c->config);
	rd_kafka_destroy(c->client);
	return 0;
}

/* A dead letter: "name=value" headers, NULL at the end. */
static void bury(struct cluster *c, const char *value, const char *const *headers)
{
	char key[] = "key";
	rd_kafka_headers_t *list = rd_kafka_headers_new(8);
	for (; *headers; headers++) {
		const char *equals = strchr(*headers, '=');
		rd_kafka_header_add(list, *headers, equals - *headers, equals + 1, -1);
	}
	assert_int_equal(rd_kafka_producev(c->client, RD_KAFKA_V_TOPIC("wire.dead"), RD_KAFKA_V_PARTITION(0),
	                                   RD_KAFKA_V_VALUE((void *)(uintptr_t)value, value ? strlen(value) : 0),
	                                   RD_KAFKA_V_KEY(key, 3), RD_KAFKA_V_HEADERS(list),
	                                   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
	                 0);
	assert_int_equal(rd_kafka_flush(c->client, 10000), 0);
}

#define BURY(c, value, ...) bury((c), (value), (const char *const[]){__VA_ARGS__, NULL})

static int replay_with(struct cluster *c, struct putback_setup setup)
{
	struct progress progress;
	setup.config = c->config;
	setup.stop = &c->stop;
	setup.progress = &progress;
	if (!setup.clock)
		setup.clock = clock_system();
	return putback_run(&setup, &c->counts, &c->err);
}

static int replay(struct cluster *c, const char *reason, bool dry_run)
{
	return replay_with(c, (struct putback_setup){.filter.reason = str_of(reason), .dry_run = dry_run});
}

/* Reads a raw topic to its end; a line a record: "partition value name=value …". */
static const char *raw(struct cluster *c)
{
	static char lines[8192];
	size_t n = 0;
	char why[300];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(c->mock), NULL, 0);
	rd_kafka_conf_set(conf, "group.id", "reader", NULL, 0);
	rd_kafka_conf_set(conf, "enable.partition.eof", "true", NULL, 0);
	rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
	rd_kafka_t *reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(2);
	rd_kafka_topic_partition_list_add(list, "wire.raw", 0)->offset = 0;
	rd_kafka_topic_partition_list_add(list, "wire.raw", 1)->offset = 0;
	rd_kafka_assign(reader, list);
	rd_kafka_topic_partition_list_destroy(list);
	for (int ends = 0; ends < 2;) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(reader, 30000);
		assert_non_null(message);
		rd_kafka_headers_t *headers;
		const char *name;
		const void *value;
		size_t size;
		ends += message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
		if (!message->err) {
			n += (size_t)snprintf(lines + n, sizeof lines - n, "%d %.*s", message->partition,
			                      (int)message->len, (const char *)message->payload);
			for (size_t i = 0; rd_kafka_message_headers(message, &headers) == 0 &&
			                   rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0;
			     i++)
				n += (size_t)snprintf(lines + n, sizeof lines - n, " %s=%.*s", name, (int)size,
				                      (const char *)value);
			n += (size_t)snprintf(lines + n, sizeof lines - n, "\n");
		}
		rd_kafka_message_destroy(message);
	}
	lines[n] = 0;
	rd_kafka_consumer_close(reader);
	rd_kafka_destroy(reader);
	return lines;
}

static void a_dead_letter_goes_back_with_its_identity_and_nothing_of_its_death(void **state)
{
	struct cluster *c = *state;
	BURY(c, "twelve", "feed=antara", "wiredesk-origin=c/wire.raw/1/41", "wiredesk-attempts=1",
	     "wiredesk-first-seen=2024", "wiredesk-part=3", "wiredesk-stage=decode", "wiredesk-reason=bad-json",
	     "wiredesk-error=words");
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 1);
	assert_int_equal(c->counts.n_rows, 1);
	assert_int_equal(c->counts.rows[0].reason, REASON_BAD_JSON);
	assert_string_equal(c->counts.rows[0].stage, "decode");
	assert_true(c->counts.oldest_ms > 0 && c->counts.oldest_ms == c->counts.newest_ms);
	assert_string_equal(raw(c), "1 twelve feed=antara wiredesk-origin=c/wire.raw/1/41 wiredesk-attempts=1 "
	                            "wiredesk-first-seen=2024 wiredesk-part=3\n");
}

static void what_cannot_go_back_is_counted_by_its_kind(void **state)
{
	struct cluster *c = *state;
	BURY(c, NULL, "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=refused", "wiredesk-stub=refused");
	BURY(c, "x", "wiredesk-origin=c/elsewhere/0/1", "wiredesk-reason=poison");
	BURY(c, "x", "feed=antara");
	BURY(c, "good", "wiredesk-origin=c/wire.raw/0/2", "wiredesk-reason=poison");
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_STUB], 1);
	assert_int_equal(c->counts.letters[PUTBACK_NO_INPUT], 1);
	assert_int_equal(c->counts.letters[PUTBACK_NO_ORIGIN], 1);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 1);
	assert_string_equal(raw(c), "0 good wiredesk-origin=c/wire.raw/0/2\n");
}

static void only_the_wanted_reason_goes_back(void **state)
{
	struct cluster *c = *state;
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	BURY(c, "b", "wiredesk-origin=c/wire.raw/0/2", "wiredesk-reason=not-text");
	assert_int_equal(replay(c, "not-text", false), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_OTHER_REASON], 1);
	assert_string_equal(raw(c), "0 b wiredesk-origin=c/wire.raw/0/2\n");
}

static void what_is_left_by_time_or_number_of_deaths_is_told_apart(void **state)
{
	struct cluster *c = *state;
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-attempts=1", "wiredesk-reason=poison");
	BURY(c, "b", "wiredesk-origin=c/wire.raw/0/2", "wiredesk-attempts=2", "wiredesk-reason=poison");
	struct putback_setup setup = {.filter = {.until_ms = 1000}};
	assert_int_equal(replay_with(c, setup), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_OTHER_TIME], 2);
	setup.filter = (struct putback_filter){.since_ms = 1000, .attempts = 2};
	assert_int_equal(replay_with(c, setup), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_OTHER_TIME], 0);
	assert_int_equal(c->counts.letters[PUTBACK_TRIED], 1);
	assert_string_equal(raw(c), "0 a wiredesk-origin=c/wire.raw/0/1 wiredesk-attempts=1\n");
}

/* A clock that only waiting moves. */
struct patient {
	struct clock base;
	int64_t us;
	_Atomic bool *stop;
};

static int64_t patient_now(struct clock *clock)
{
	return ((struct patient *)clock)->us;
}

static void patient_wait(struct clock *clock, int64_t us)
{
	((struct patient *)clock)->us += us;
}

static void a_rate_is_kept_and_nothing_is_waited_for_at_the_end(void **state)
{
	struct cluster *c = *state;
	struct patient clock = {{patient_now, patient_now, patient_wait}, 0, NULL};
	for (int i = 0; i < 7; i++)
		BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	struct putback_setup setup = {.rate = 2, .clock = &clock.base};
	assert_int_equal(replay_with(c, setup), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 7);
	assert_int_equal(clock.us, 3000000); /* the seventh goes when six have had their half second each */
}

/* And one that stops the replay when it waits. */
static void impatient_wait(struct clock *clock, int64_t us)
{
	struct patient *p = (struct patient *)clock;
	atomic_store(p->stop, true);
	p->us += us;
}

static void a_stop_is_heard_while_a_rate_is_kept(void **state)
{
	struct cluster *c = *state;
	struct patient clock = {{patient_now, patient_now, impatient_wait}, 0, &c->stop};
	for (int i = 0; i < 3; i++)
		BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	assert_int_equal(replay_with(c, (struct putback_setup){.rate = 1, .clock = &clock.base}), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 1);
	assert_true(clock.us <= 100000);
}

static void a_dry_run_puts_nothing_back(void **state)
{
	struct cluster *c = *state;
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	assert_int_equal(replay(c, NULL, true), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 1);
	assert_string_equal(raw(c), "");
}

static void one_too_large_stays_and_its_neighbours_go(void **state)
{
	struct cluster *c = *state;
	char *large = malloc((2 << 20) + 1);
	assert_non_null(large);
	memset(large, 'x', 2 << 20);
	large[2 << 20] = 0;
	c->config->limits.message_bytes = 1000; /* and so 1 MiB more for a record */
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	BURY(c, large, "wiredesk-origin=c/wire.raw/0/2", "wiredesk-reason=poison");
	BURY(c, "c", "wiredesk-origin=c/wire.raw/0/3", "wiredesk-reason=poison");
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 2);
	assert_int_equal(c->counts.refused, 1);
	assert_has(c->counts.refusal.words, "wire.dead/0/1");
	assert_string_equal(raw(c), "0 a wiredesk-origin=c/wire.raw/0/1\n0 c wiredesk-origin=c/wire.raw/0/3\n");
	free(large);
}

static void a_round_that_is_refused_is_done_again_one_by_one(void **state)
{
	struct cluster *c = *state;
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	BURY(c, "b", "wiredesk-origin=c/wire.raw/0/2", "wiredesk-reason=poison");
	rd_kafka_mock_push_request_errors(c->mock, 0, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 2);
	assert_int_equal(c->counts.refused, 0);
}

static void a_fenced_replay_ends_with_3(void **state)
{
	struct cluster *c = *state;
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	rd_kafka_mock_push_request_errors(c->mock, 26, 1, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_FENCED);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 0);
	assert_has(c->err.words, "another replay");
}

static void a_topic_without_leave_is_a_failure_and_no_refusal(void **state)
{
	struct cluster *c = *state;
	BURY(c, "a", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=poison");
	rd_kafka_mock_push_request_errors(c->mock, 0, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_FAILED);
	assert_int_equal(c->counts.refused, 0);
	assert_has(c->err.words, "authorization");
	assert_string_equal(raw(c), "");
}

static void an_empty_topic_is_no_failure(void **state)
{
	struct cluster *c = *state;
	assert_int_equal(replay(c, NULL, false), EXIT_CODE_DONE);
	assert_int_equal(c->counts.letters[PUTBACK_GOOD], 0);
}

/* Offsets only rise; where they do not, the topic is not the one whose letters were put back. */
static void a_topic_that_was_made_anew_ends_the_replay(void **state)
{
	struct cluster *c = *state;
	struct putback_loop *l = calloc(1, sizeof *l);
	assert_non_null(l);
	*l = (struct putback_loop){.with = {.config = c->config, .stop = &c->stop},
	                           .topic = "wire.dead",
	                           .group = "replay",
	                           .clock = clock_system(),
	                           .round_letters = 10};
	arena_init(&l->arena, 0, 0);
	for (int i = 0; i < 3; i++)
		BURY(c, "{}", "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=bad-json");
	assert_true(putback_open_consumer(l, &c->err));
	assert_true(putback_begin_reading(l, &c->err));
	l->partitions[0].position = 2; /* as if two had been read before */
	assert_false(putback_fill(l, &c->err));
	assert_has(c->err.words, "partition 0 of 'wire.dead' went back from offset 2 to 0: was the topic made anew?");
	assert_int_equal(l->n_letters, 0);
	rd_kafka_consumer_close(l->consumer);
	rd_kafka_destroy(l->consumer);
	done_free(&l->partitions[0].done);
	done_free(&l->partitions[0].next);
	free(l->partitions);
	free(l->input_partitions);
	arena_free(&l->arena);
	free(l);
}

static void the_command_tells_what_it_did(void **state)
{
	struct cluster *c = *state;
	char brokers[300], file[] = "/tmp/wiredesk-test-XXXXXX";
	close(mkstemp(file));
	BURY(c, NULL, "wiredesk-origin=c/wire.raw/0/1", "wiredesk-reason=refused", "wiredesk-stub=refused");
	snprintf(brokers, sizeof brokers, "kafka.brokers=%s", rd_kafka_mock_cluster_bootstraps(c->mock));
	struct program p = PROGRAM("", "replay", "-c", file, "--set", brokers);
	assert_has(p.out, "put back: 0 dead letters");
	assert_has(p.out, "not put back: 1 stubs");
	assert_int_equal(p.code, EXIT_CODE_DEAD_LETTERS);
	program_free(&p);
	p = PROGRAM("", "replay", "-c", file, "--set", brokers, "--reason", "poisson");
	assert_int_equal(p.code, EXIT_CODE_USAGE);
	assert_has(p.err, "did you mean 'poison'?");
	program_free(&p);
	static const char *const wrong[][3] = {
	        {"--stage", "decod", "no dead letter has the stage 'decod'; did you mean 'decode'?"},
	        {"--since", "yesterday", "--since 'yesterday' is neither a time with a zone"},
	        {"--until", "2026-02-30T00:00:00Z", "neither a time with a zone"},
	        {"--rate", "0", "--rate '0' is no number from 1 to"},
	        {"--attempts", "many", "--attempts 'many' is no number from 1 to"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		p = PROGRAM("", "replay", "-c", file, "--set", brokers, wrong[i][0], wrong[i][1]);
		assert_int_equal(p.code, EXIT_CODE_USAGE);
		assert_has(p.err, wrong[i][2]);
		program_free(&p);
	}
	p = PROGRAM("", "replay", "-c", file, "--set", brokers, "--since", "1h", "--until", "2h");
	assert_int_equal(p.code, EXIT_CODE_USAGE);
	assert_has(p.err, "nothing can have died since '1h' and until '2h'");
	program_free(&p);
	unlink(file);
}

#define ON_A_CLUSTER(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        ON_A_CLUSTER(a_dead_letter_goes_back_with_its_identity_and_nothing_of_its_death),
	        ON_A_CLUSTER(what_cannot_go_back_is_counted_by_its_kind),
	        ON_A_CLUSTER(only_the_wanted_reason_goes_back),
	        ON_A_CLUSTER(what_is_left_by_time_or_number_of_deaths_is_told_apart),
	        ON_A_CLUSTER(a_rate_is_kept_and_nothing_is_waited_for_at_the_end),
	        ON_A_CLUSTER(a_stop_is_heard_while_a_rate_is_kept),
	        ON_A_CLUSTER(a_dry_run_puts_nothing_back),
	        ON_A_CLUSTER(one_too_large_stays_and_its_neighbours_go),
	        ON_A_CLUSTER(a_round_that_is_refused_is_done_again_one_by_one),
	        ON_A_CLUSTER(a_fenced_replay_ends_with_3),
	        ON_A_CLUSTER(a_topic_without_leave_is_a_failure_and_no_refusal),
	        ON_A_CLUSTER(an_empty_topic_is_no_failure),
	        ON_A_CLUSTER(a_topic_that_was_made_anew_ends_the_replay),
	        ON_A_CLUSTER(the_command_tells_what_it_did),
	};
	log_setup(LOG_SILENT, LOG_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
