/*
 * What happens to a member of a group: others join, sessions end, a namesake appears, rights are refused. Each test has
 * a cluster and a group of its own, which costs it the three seconds that the mock lets every new group wait.
 */
#include "tests/consumer/mock.h"

#include "pipeline/base/log.h"

static const char *const topic[] = {"raw"};

static int open_cluster(void **state)
{
	static struct mock mock;
	mock = mock_open();
	assert_int_equal(rd_kafka_mock_topic_create(mock.cluster, "raw", 4, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
	log_setup(getenv("LOUD") ? LOG_DEBUG : LOG_SILENT, LOG_TEXT);
	*state = &mock;
	return 0;
}

static int close_cluster(void **state)
{
	mock_close(*state);
	return 0;
}

static struct source *join(const struct mock *m, const char *instance)
{
	return mock_source(m, "desk", instance, topic);
}

static void expect_assigned(struct source *source, struct source_event *event, size_t n)
{
	assert_int_equal(mock_next(source, event), SOURCE_ASSIGNED);
	assert_int_equal(event->partitions.n, n);
	assert_true(event->metadata.n > 0);
}

static void assign(struct source *source, const struct source_event *event)
{
	struct err err = {0};
	assert_true(source->ops->assign(source, &event->partitions, &err));
}

static void push_error(const struct mock *m, int16_t api, size_t n, rd_kafka_resp_err_t code)
{
	for (size_t i = 0; i < n; i++)
		rd_kafka_mock_push_request_errors_array(m->cluster, api, 1, &code);
}

struct member {
	struct source *source;
	size_t n_assigned; /* 0: none, or not yet */
	size_t n_revoked;  /* how many it held when they were taken back */
};

/* Polls once and answers as the loop would. */
static void live(struct member *member)
{
	struct source_event event;
	member->source->ops->poll(member->source, 20, &event);
	switch (event.happening) {
	case SOURCE_ASSIGNED:
		assign(member->source, &event);
		member->n_assigned = event.partitions.n;
		return;
	case SOURCE_REVOKED:
	case SOURCE_LOST: /* on a machine too busy for heartbeats */
		member->n_revoked = event.partitions.n;
		member->n_assigned = 0;
		mock_unassign(member->source);
		return;
	case SOURCE_MESSAGE:
		member->source->ops->release(member->source, event.message.owner);
		return;
	default:
		assert_in_range(event.happening, SOURCE_IDLE, SOURCE_EOF);
	}
}

static void a_second_member_takes_half_of_the_partitions(void **state)
{
	struct mock *m = *state;
	mock_fill(m, "raw", 0, 3);
	struct member first = {.source = join(m, "one")};
	while (first.n_assigned != 4)
		live(&first);
	struct member second = {.source = join(m, "two")};
	int64_t until_ms = clock_mono_ms(clock_system()) + MOCK_PATIENCE_MS;
	while ((first.n_assigned != 2 || second.n_assigned != 2) && clock_mono_ms(clock_system()) < until_ms) {
		live(&first);
		live(&second);
	}
	assert_int_equal(first.n_assigned, 2);
	assert_int_equal(second.n_assigned, 2);
	assert_true(first.n_revoked > 0);
	second.source->ops->close(second.source);
	first.source->ops->close(first.source);
}

static void a_message_kept_until_after_unassign_can_still_be_released(void **state)
{
	struct mock *m = *state;
	mock_fill(m, "raw", 0, 1);
	struct source *source = join(m, "one");
	struct source_event event;
	expect_assigned(source, &event, 4);
	assign(source, &event);
	do
		assert_in_range(mock_next(source, &event), SOURCE_MESSAGE, SOURCE_EOF);
	while (event.happening != SOURCE_MESSAGE);
	struct message msg = event.message;
	mock_unassign(source);
	assert_str(msg.value, "0");
	source->ops->release(source, msg.owner);
	source->ops->close(source);
}

static void an_assignment_ended_by_the_coordinator_is_lost_and_comes_again(void **state)
{
	struct mock *m = *state;
	struct source *source = join(m, "one");
	struct source_event event;
	expect_assigned(source, &event, 4);
	assign(source, &event);
	push_error(m, API_HEARTBEAT, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
	do
		assert_in_range(mock_next(source, &event), SOURCE_EOF, SOURCE_LOST);
	while (event.happening == SOURCE_EOF);
	assert_int_equal(event.happening, SOURCE_LOST);
	mock_unassign(source);
	expect_assigned(source, &event, 4);
	source->ops->close(source);
}

static void wait_until_answered(const struct mock *m, int16_t api)
{
	size_t left = 1;
	for (int i = 0; i < MOCK_PATIENCE_MS / 10 && left > 0; i++) {
		clock_system()->sleep_us(clock_system(), 10000);
		assert_int_equal(rd_kafka_mock_broker_error_stack_cnt(m->cluster, 1, api, &left),
		                 RD_KAFKA_RESP_ERR_NO_ERROR);
	}
	assert_int_equal(left, 0);
}

/* While the loop is busy elsewhere, the member is assigned and thrown out again: the assignment that it then sees is
 * worth nothing. */
static void an_assignment_that_comes_too_late_is_not_told(void **state)
{
	struct mock *m = *state;
	rd_kafka_mock_broker_push_request_error_rtts(m->cluster, 1, API_HEARTBEAT, 1,
	                                             RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, 0);
	struct source *source = join(m, "one");
	wait_until_answered(m, API_HEARTBEAT);
	struct source_event event;
	expect_assigned(source, &event, 4);
	struct err err = {0};
	rd_kafka_consumer_group_metadata_t *metadata = kafka_source_metadata(event.metadata, &err);
	assert_non_null(metadata);
	rd_kafka_consumer_group_metadata_destroy(metadata);
	assign(source, &event);
	assert_int_equal(mock_next(source, &event), SOURCE_EOF);
	source->ops->close(source);
}

static void a_namesake_fences_this_worker_and_the_words_say_so(void **state)
{
	struct mock *m = *state;
	struct source *source = join(m, "one");
	struct source_event event;
	expect_assigned(source, &event, 4);
	assign(source, &event);
	push_error(m, API_HEARTBEAT, 1, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
	enum source_happening seen;
	do {
		seen = mock_next(source, &event);
		if (seen == SOURCE_LOST || seen == SOURCE_REVOKED)
			mock_unassign(source);
	} while (seen == SOURCE_EOF || seen == SOURCE_LOST || seen == SOURCE_REVOKED);
	assert_int_equal(seen, SOURCE_FENCED);
	assert_has(event.err.words, "another worker runs as instance 'one' of group 'desk'");
	/* And it stays so. */
	source->ops->poll(source, 0, &event);
	assert_int_equal(event.happening, SOURCE_FENCED);
	source->ops->close(source);
}

static void a_group_that_may_not_be_read_is_a_failure_with_advice(void **state)
{
	struct mock *m = *state;
	push_error(m, API_JOIN_GROUP, 20, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
	struct source *source = join(m, "one");
	struct source_event event;
	assert_int_equal(mock_next(source, &event), SOURCE_FAILED);
	assert_has(event.err.words, "group 'desk'");
	assert_has(event.err.words, "ACL: Read on Group");
	source->ops->close(source);
}

static void a_topic_that_may_not_be_read_is_a_failure_with_its_name(void **state)
{
	struct mock *m = *state;
	rd_kafka_mock_topic_set_error(m->cluster, "raw", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	struct source *source = join(m, "one");
	struct source_event event;
	assert_int_equal(mock_next(source, &event), SOURCE_FAILED);
	assert_has(event.err.words, "'raw'");
	assert_has(event.err.words, "ACL: Read on Topic");
	source->ops->close(source);
}

static void a_topic_that_stays_away_is_a_failure_after_a_while(void **state)
{
	struct mock *m = *state;
	rd_kafka_mock_topic_set_error(m->cluster, "raw", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
	struct kafka_source_options options = mock_options(m, "desk", "one", topic);
	options.give_up_ms = 500;
	struct err err = {0};
	struct source *source = kafka_source_new(&options, &err);
	struct source_event event;
	assert_int_equal(mock_next(source, &event), SOURCE_FAILED);
	assert_has(event.err.words, "input topic 'raw' does not exist");
	source->ops->close(source);
}

/* Only the second of two is away, and the first alone would do to work on. */
static void one_of_two_topics_that_stays_away_is_named(void **state)
{
	struct mock *m = *state;
	static const char *const two[] = {"raw", "more"};
	rd_kafka_mock_topic_set_error(m->cluster, "more", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
	struct kafka_source_options options = mock_options(m, "desk", "one", two);
	options.n_topics = 2;
	options.give_up_ms = 500;
	struct err err = {0};
	struct source *source = kafka_source_new(&options, &err);
	struct source_event event;
	assert_int_equal(mock_next(source, &event), SOURCE_FAILED);
	assert_has(event.err.words, "input topic 'more' does not exist");
	source->ops->close(source);
}

static void a_topic_that_comes_in_time_is_read(void **state)
{
	struct mock *m = *state;
	rd_kafka_mock_topic_set_error(m->cluster, "raw", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
	struct kafka_source_options options = mock_options(m, "desk", "one", topic);
	/*
	 * An answer that comes in the midst of a join, while the leader asks for the partitions, makes librdkafka
	 * (2.0.2) join anew. The mock lets a join take three seconds: with an interval that goes into that, each join
	 * would meet an answer at the same moment as the one before.
	 */
	mock_set(options.conf, "topic.metadata.refresh.interval.ms", "1100");
	options.give_up_ms = 20000; /* a busy machine takes its time */
	struct err err = {0};
	struct source *source = kafka_source_new(&options, &err);
	struct source_event event;
	for (int i = 0; i < 10; i++) {
		source->ops->poll(source, 100, &event);
		assert_int_equal(event.happening, SOURCE_IDLE);
	}
	rd_kafka_mock_topic_set_error(m->cluster, "raw", RD_KAFKA_RESP_ERR_NO_ERROR);
	expect_assigned(source, &event, 4);
	source->ops->close(source);
}

static void brokers_that_are_away_are_waited_for(void **state)
{
	struct mock *m = *state;
	rd_kafka_mock_broker_set_down(m->cluster, -1);
	struct source *source = join(m, "one");
	struct source_event event;
	for (int i = 0; i < 10; i++) {
		source->ops->poll(source, 100, &event);
		assert_int_equal(event.happening, SOURCE_IDLE);
	}
	rd_kafka_mock_broker_set_up(m->cluster, -1);
	expect_assigned(source, &event, 4);
	source->ops->close(source);
}

static void closes_when_told_of_an_assignment_that_nobody_answered(void **state)
{
	struct mock *m = *state;
	struct source *source = join(m, "one");
	struct source_event event;
	expect_assigned(source, &event, 4);
	source->ops->close(source);
}

static void closes_when_told_of_a_loss_that_nobody_answered(void **state)
{
	struct mock *m = *state;
	struct source *source = join(m, "one");
	struct source_event event;
	expect_assigned(source, &event, 4);
	assign(source, &event);
	push_error(m, API_HEARTBEAT, 1, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
	do
		assert_in_range(mock_next(source, &event), SOURCE_EOF, SOURCE_LOST);
	while (event.happening == SOURCE_EOF);
	assert_int_equal(event.happening, SOURCE_LOST);
	source->ops->close(source);
}

static void refuses_a_pattern_in_place_of_a_topic(void **state)
{
	struct mock *m = *state;
	static const char *const pattern[] = {"^raw.*"};
	struct kafka_source_options options = mock_options(m, "desk", "one", pattern);
	struct err err = {0};
	assert_null(kafka_source_new(&options, &err));
	assert_has(err.words, "'^raw.*'");
}

static void names_the_property_that_librdkafka_refuses(void **state)
{
	struct mock *m = *state;
	struct kafka_source_options options = mock_options(m, "desk", "one", topic);
	mock_set(options.conf, "max.poll.interval.ms", "2000"); /* shorter than the session */
	struct err err = {0};
	assert_null(kafka_source_new(&options, &err));
	assert_has(err.words, "max.poll.interval.ms");
}

#define ON_CLUSTER(test) cmocka_unit_test_setup_teardown(test, open_cluster, close_cluster)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        ON_CLUSTER(a_second_member_takes_half_of_the_partitions),
	        ON_CLUSTER(a_message_kept_until_after_unassign_can_still_be_released),
	        ON_CLUSTER(an_assignment_ended_by_the_coordinator_is_lost_and_comes_again),
	        ON_CLUSTER(an_assignment_that_comes_too_late_is_not_told),
	        ON_CLUSTER(a_namesake_fences_this_worker_and_the_words_say_so),
	        ON_CLUSTER(a_group_that_may_not_be_read_is_a_failure_with_advice),
	        ON_CLUSTER(a_topic_that_may_not_be_read_is_a_failure_with_its_name),
	        ON_CLUSTER(a_topic_that_stays_away_is_a_failure_after_a_while),
	        ON_CLUSTER(one_of_two_topics_that_stays_away_is_named),
	        ON_CLUSTER(a_topic_that_comes_in_time_is_read),
	        ON_CLUSTER(brokers_that_are_away_are_waited_for),
	        ON_CLUSTER(closes_when_told_of_an_assignment_that_nobody_answered),
	        ON_CLUSTER(closes_when_told_of_a_loss_that_nobody_answered),
	        ON_CLUSTER(refuses_a_pattern_in_place_of_a_topic),
	        ON_CLUSTER(names_the_property_that_librdkafka_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
