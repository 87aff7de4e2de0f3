/*
 * The Kafka source on the mock cluster, one member that stays in its group: each test takes a partition of its own and
 * assigns it by itself, which spares it the three seconds that the mock lets every group wait.
 */
#include "tests/consumer/mock.h"

#include "pipeline/base/log.h"

#include <stdatomic.h>

static const char *const topic[] = {"raw"};
static char story[] = "story"; /* librdkafka takes values that are not const */

static struct fixture {
	struct mock mock;
	struct source *source;
	const char *topic; /* interned */
	size_t n_assigned;
	struct str metadata; /* a copy */
	char log[20000];
	size_t log_n;
	_Atomic bool dawdle; /* librdkafka takes long to start a partition */
} fixture;

static void keep_log(void *arg, struct str line)
{
	struct fixture *f = arg;
	if (f->log_n + line.n < sizeof(f->log)) {
		memcpy(f->log + f->log_n, line.p, line.n);
		f->log_n += line.n;
		f->log[f->log_n] = 0;
	}
}

/* What an earlier life of the group has committed. Possible only while the group has no members. */
static void commit_before(const struct mock *m, int32_t partition, int64_t next)
{
	char words[200];
	rd_kafka_conf_t *conf = mock_conf(m);
	mock_set(conf, "group.id", "desk");
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, words, sizeof(words));
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, "raw", partition)->offset = next;
	assert_int_equal(rd_kafka_commit(rk, list, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
}

/* librdkafka tells this when the order to start a partition has its number, and before it is under way. */
static void dawdle_over_a_start(const rd_kafka_t *rk, int level, const char *facility, const char *words)
{
	(void)rk;
	(void)level;
	(void)facility;
	if (atomic_load(&fixture.dawdle) && strstr(words, "Start consuming"))
		clock_system()->sleep_us(clock_system(), 30000);
}

static struct source *dawdling_source(struct fixture *f)
{
	struct kafka_source_options options = mock_options(&f->mock, "desk", "one", topic);
	struct err err = {0};
	mock_set(options.conf, "log_level", "7");
	mock_set(options.conf, "debug", "topic");
	rd_kafka_conf_set_log_cb(options.conf, dawdle_over_a_start);
	struct source *source = kafka_source_new(&options, &err);
	assert_non_null(source);
	return source;
}

static int join(void **state)
{
	struct fixture *f = &fixture;
	*state = f;
	f->mock = mock_open();
	assert_int_equal(rd_kafka_mock_topic_create(f->mock.cluster, "raw", 20, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
	commit_before(&f->mock, 16, 2);
	commit_before(&f->mock, 17, 50);
	commit_before(&f->mock, 18, 3);
	f->source = dawdling_source(f);
	log_setup(LOG_INFO, LOG_JSON);
	log_redirect(keep_log, f);
	struct source_event event;
	assert_int_equal(mock_next(f->source, &event), SOURCE_ASSIGNED);
	f->n_assigned = event.partitions.n;
	f->topic = event.partitions.items[0].topic;
	char *copy = malloc(event.metadata.n);
	memcpy(copy, event.metadata.p, event.metadata.n);
	f->metadata = str_make(copy, event.metadata.n);
	return 0;
}

static int leave(void **state)
{
	struct fixture *f = *state;
	f->source->ops->close(f->source);
	log_redirect(NULL, NULL);
	free((void *)(uintptr_t)f->metadata.p);
	mock_close(&f->mock);
	return 0;
}

static int forget_log(void **state)
{
	struct fixture *f = *state;
	f->log_n = 0;
	f->log[0] = 0;
	return 0;
}

static void assigns_all_partitions_of_the_topic_to_a_single_member(void **state)
{
	const struct fixture *f = *state;
	assert_int_equal(f->n_assigned, 20);
}

static void hands_out_the_groups_metadata_as_bytes_that_can_be_read_back(void **state)
{
	const struct fixture *f = *state;
	struct err err = {0};
	rd_kafka_consumer_group_metadata_t *metadata = kafka_source_metadata(f->metadata, &err);
	assert_non_null(metadata);
	void *again = NULL;
	size_t n = 0;
	assert_null(rd_kafka_consumer_group_metadata_write(metadata, &again, &n));
	assert_int_equal(n, f->metadata.n);
	assert_memory_equal(again, f->metadata.p, n);
	/* The group, this member's instance and a member id stand in them. */
	assert_non_null(memmem(again, n, "desk", 5));
	assert_non_null(memmem(again, n, "one", 4));
	assert_true(n > 30);
	rd_kafka_mem_free(NULL, again);
	rd_kafka_consumer_group_metadata_destroy(metadata);
}

static void refuses_bytes_that_are_no_metadata(void **state)
{
	(void)state;
	struct err err = {0};
	assert_null(kafka_source_metadata(STR("not metadata at all, but long enough"), &err));
	assert_has(err.words, "metadata");
}

static void reads_a_partition_from_its_beginning_to_its_end(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 0, 3);
	mock_assign_one(f->source, f->topic, 0, OFFSET_AS_COMMITTED);
	mock_expect(f->source, "0", 0);
	mock_expect(f->source, "1", 1);
	mock_expect(f->source, "2", 2);
	mock_expect_end(f->source, 3);
}

static void tells_the_end_of_an_empty_partition(void **state)
{
	struct fixture *f = *state;
	mock_assign_one(f->source, f->topic, 1, OFFSET_AS_COMMITTED);
	mock_expect_end(f->source, 0);
}

static void tells_where_when_and_under_which_key_a_message_stands(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(rd_kafka_producev(f->mock.producer, RD_KAFKA_V_TOPIC("raw"), RD_KAFKA_V_PARTITION(2),
	                                   RD_KAFKA_V_KEY((void *)(uintptr_t) "k\0y", 3), RD_KAFKA_V_VALUE(story, 5),
	                                   RD_KAFKA_V_TIMESTAMP(1700000000123), RD_KAFKA_V_HEADER("feed", "antara", 6),
	                                   RD_KAFKA_V_HEADER("empty", "", 0), RD_KAFKA_V_HEADER("none", NULL, 0),
	                                   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
	                 RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_flush(f->mock.producer, MOCK_PATIENCE_MS);
	mock_assign_one(f->source, f->topic, 2, OFFSET_AS_COMMITTED);
	struct source_event event;
	assert_int_equal(mock_next(f->source, &event), SOURCE_MESSAGE);
	const struct message *msg = &event.message;
	assert_str(msg->delivery.cluster, "test");
	assert_str(msg->delivery.topic, "raw");
	assert_ptr_equal(msg->delivery.topic.p, f->topic);
	assert_int_equal(msg->delivery.partition, 2);
	assert_int_equal(msg->origin.offset, msg->delivery.offset);
	assert_true(msg->timestamp_ms == 1700000000123);
	assert_int_equal(msg->key.n, 3);
	assert_memory_equal(msg->key.p, "k\0y", 3);
	assert_null(msg->broken);
	assert_int_equal(msg->n_headers, 3);
	assert_str(msg->headers[0].name, "feed");
	assert_str(msg->headers[0].value, "antara");
	assert_str(msg->headers[1].name, "empty");
	assert_non_null(msg->headers[1].value.p);
	assert_int_equal(msg->headers[1].value.n, 0);
	assert_null(msg->headers[2].value.p);
	f->source->ops->release(f->source, msg->owner);
}

static void tells_an_absent_key_or_value_from_an_empty_one(void **state)
{
	struct fixture *f = *state;
	rd_kafka_producev(f->mock.producer, RD_KAFKA_V_TOPIC("raw"), RD_KAFKA_V_PARTITION(3),
	                  RD_KAFKA_V_KEY((void *)(uintptr_t) "", 0), RD_KAFKA_V_VALUE(NULL, 0), RD_KAFKA_V_END);
	rd_kafka_producev(f->mock.producer, RD_KAFKA_V_TOPIC("raw"), RD_KAFKA_V_PARTITION(3), RD_KAFKA_V_KEY(NULL, 0),
	                  RD_KAFKA_V_VALUE(story, 0), RD_KAFKA_V_END);
	rd_kafka_flush(f->mock.producer, MOCK_PATIENCE_MS);
	mock_assign_one(f->source, f->topic, 3, OFFSET_AS_COMMITTED);
	struct source_event tombstone, empty;
	assert_int_equal(mock_next(f->source, &tombstone), SOURCE_MESSAGE);
	assert_non_null(tombstone.message.key.p);
	assert_null(tombstone.message.value.p);
	assert_int_equal(mock_next(f->source, &empty), SOURCE_MESSAGE);
	assert_null(empty.message.key.p);
	assert_non_null(empty.message.value.p);
	assert_int_equal(empty.message.value.n, 0);
	f->source->ops->release(f->source, tombstone.message.owner);
	f->source->ops->release(f->source, empty.message.owner);
}

static void marks_a_message_with_too_many_headers_as_broken(void **state)
{
	struct fixture *f = *state;
	rd_kafka_headers_t *headers = rd_kafka_headers_new(KAFKA_SOURCE_HEADERS_MAX + 1);
	for (int i = 0; i < KAFKA_SOURCE_HEADERS_MAX + 1; i++)
		rd_kafka_header_add(headers, "h", 1, "v", 1);
	assert_int_equal(rd_kafka_producev(f->mock.producer, RD_KAFKA_V_TOPIC("raw"), RD_KAFKA_V_PARTITION(4),
	                                   RD_KAFKA_V_VALUE(story, 5), RD_KAFKA_V_HEADERS(headers),
	                                   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
	                 RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_flush(f->mock.producer, MOCK_PATIENCE_MS);
	mock_assign_one(f->source, f->topic, 4, OFFSET_AS_COMMITTED);
	struct source_event event;
	assert_int_equal(mock_next(f->source, &event), SOURCE_MESSAGE);
	assert_int_equal(event.message.n_headers, KAFKA_SOURCE_HEADERS_MAX);
	assert_non_null(event.message.broken);
	assert_int_equal(event.message.broken_reason, REASON_BAD_HEADER);
	f->source->ops->release(f->source, event.message.owner);
}

static void reads_again_from_the_offset_it_is_rewound_to(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 5, 20);
	mock_assign_one(f->source, f->topic, 5, OFFSET_AS_COMMITTED);
	char value[16];
	for (int i = 0; i < 10; i++) {
		snprintf(value, sizeof(value), "%d", i);
		mock_expect(f->source, value, i);
	}
	mock_assign_one(f->source, f->topic, 5, 4);
	for (int i = 4; i < 20; i++) {
		snprintf(value, sizeof(value), "%d", i);
		mock_expect(f->source, value, i);
	}
	mock_expect_end(f->source, 20);
}

/* Thousands of messages stand in librdkafka's queue when each rewind comes; none of them may be seen. */
static void never_hands_out_what_was_fetched_before_a_rewind(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 6, 5000);
	mock_assign_one(f->source, f->topic, 6, OFFSET_AS_COMMITTED);
	char value[16];
	for (int64_t start = 0; start < 3000; start += 100) {
		int64_t back = start == 0 ? 0 : start - 100;
		for (int64_t i = back; i < start + 200; i++) {
			snprintf(value, sizeof(value), "%lld", (long long)i);
			mock_expect(f->source, value, i);
		}
		mock_assign_one(f->source, f->topic, 6, start);
	}
}

/* Keeps its place in the group and reads nothing. */
static void assign_none(struct source *source)
{
	const struct offsets none = {0};
	struct err err = {0};
	assert_true(source->ops->assign(source, &none, &err));
}

static void expect_silence(struct source *source)
{
	struct source_event event;
	for (int i = 0; i < 8; i++) {
		source->ops->poll(source, 50, &event);
		assert_int_equal(event.happening, SOURCE_IDLE);
	}
}

/* The second message stands in librdkafka's queue already. */
static void tells_nothing_while_no_partition_is_assigned(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 7, 10);
	mock_assign_one(f->source, f->topic, 7, OFFSET_AS_COMMITTED);
	mock_expect(f->source, "0", 0);
	assign_none(f->source);
	expect_silence(f->source);
	mock_assign_one(f->source, f->topic, 7, 1);
	mock_expect(f->source, "1", 1);
}

/* The end is told by the fetch that follows the last message, so it is on its way when the assignment goes. */
static void holds_back_the_end_of_a_partition_that_is_not_assigned_any_more(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 13, 1);
	mock_assign_one(f->source, f->topic, 13, 0);
	mock_expect(f->source, "0", 0);
	assign_none(f->source);
	expect_silence(f->source);
	mock_assign_one(f->source, f->topic, 13, 1);
	mock_expect_end(f->source, 1);
}

#define START_FIRST  0
#define START_COUNT  5
#define START_ROUNDS 3

static void assign_several(struct fixture *f)
{
	struct offset at[START_COUNT];
	struct offsets partitions = {at, START_COUNT, START_COUNT};
	struct err err = {0};
	for (int32_t i = 0; i < START_COUNT; i++)
		at[i] = (struct offset){f->topic, START_FIRST + i, 0};
	assert_true(f->source->ops->assign(f->source, &partitions, &err));
}

static void expect_a_sign_of_life_of_each(struct fixture *f)
{
	bool seen[START_COUNT] = {0};
	struct source_event event;
	for (size_t n = 0; n < START_COUNT;) {
		enum source_happening happening = mock_next(f->source, &event);
		assert_true(happening == SOURCE_MESSAGE || happening == SOURCE_EOF);
		bool message = happening == SOURCE_MESSAGE;
		int32_t i = (message ? event.message.delivery.partition : event.at.partition) - START_FIRST;
		assert_in_range(i, 0, START_COUNT - 1);
		n += !seen[i];
		seen[i] = true;
		if (message)
			f->source->ops->release(f->source, event.message.owner);
	}
}

/* As after aborts in a row. A rest that comes while librdkafka still starts the partitions must not cost one its start:
 * a worker that paused them then lived on, and read nothing any more. */
static void starts_each_partition_however_soon_a_rest_follows_its_assignment(void **state)
{
	struct fixture *f = *state;
	atomic_store(&f->dawdle, true);
	for (int round = 0; round < START_ROUNDS; round++) {
		assign_several(f);
		assign_none(f->source);
		struct source_event event;
		f->source->ops->poll(f->source, 1, &event);
		assert_int_equal(event.happening, SOURCE_IDLE);
		assign_several(f);
		expect_a_sign_of_life_of_each(f);
	}
	atomic_store(&f->dawdle, false);
}

/* Rewound, and given back at once. librdkafka ended the process when it was to stop a partition twice. */
static void gives_partitions_back_however_soon_it_follows_a_rewind(void **state)
{
	struct fixture *f = *state;
	for (int round = 0; round < START_ROUNDS; round++) {
		assign_several(f);
		expect_a_sign_of_life_of_each(f);
		assign_several(f);
		mock_unassign(f->source);
	}
	assign_several(f);
	expect_a_sign_of_life_of_each(f);
}

static void knows_the_end_of_what_it_reads(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(f->source->ops->known_end(f->source, f->topic, 15), -1);
	mock_fill(&f->mock, "raw", 14, 4);
	mock_assign_one(f->source, f->topic, 14, 0);
	mock_expect(f->source, "0", 0);
	assert_int_equal(f->source->ops->known_end(f->source, f->topic, 14), 4);
}

/* Of all partitions, also of those that nobody ever assigned. */
static void says_where_each_partition_of_its_topics_ends(void **state)
{
	struct fixture *f = *state;
	struct offsets ends = {0};
	struct err err = {0};
	mock_fill(&f->mock, "raw", 10, 5);
	if (!f->source->ops->ends(f->source, &ends, MOCK_PATIENCE_MS, &err))
		fail_msg("%s", err.words);
	assert_int_equal(ends.n, 20);
	assert_int_equal(offsets_find(&ends, f->topic, 10, NULL)->next, 5);
	assert_ptr_equal(ends.items[0].topic, f->topic);
	assert_int_equal(offsets_find(&ends, f->topic, 15, NULL)->next, 0);
	offsets_free(&ends);
}

static void says_that_the_ends_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	struct offsets ends = {0};
	struct err err = {0};
	rd_kafka_resp_err_t errors[50];
	for (size_t i = 0; i < 50; i++)
		errors[i] = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
	rd_kafka_mock_push_request_errors_array(f->mock.cluster, API_LIST_OFFSETS, 50, errors);
	assert_false(f->source->ops->ends(f->source, &ends, 3000, &err));
	assert_has(err.words, "ends of the input topics");
	rd_kafka_mock_clear_request_errors(f->mock.cluster, API_LIST_OFFSETS);
	offsets_free(&ends);
}

static void says_which_offsets_are_committed(void **state)
{
	struct fixture *f = *state;
	struct offsets partitions = {0};
	offsets_set(&partitions, f->topic, 10, 0);
	struct err err = {0};
	assert_true(f->source->ops->committed(f->source, &partitions, MOCK_PATIENCE_MS, &err));
	assert_int_equal(partitions.items[0].next, OFFSET_AS_COMMITTED);
	offsets_free(&partitions);
}

static void says_that_committed_offsets_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	rd_kafka_resp_err_t errors[50];
	for (size_t i = 0; i < 50; i++)
		errors[i] = RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
	rd_kafka_mock_push_request_errors_array(f->mock.cluster, API_OFFSET_FETCH, 50, errors);
	struct offsets partitions = {0};
	offsets_set(&partitions, f->topic, 10, 0);
	struct err err = {0};
	assert_false(f->source->ops->committed(f->source, &partitions, 3000, &err));
	assert_has(err.words, "committed offsets of group 'desk'");
	rd_kafka_mock_clear_request_errors(f->mock.cluster, API_OFFSET_FETCH);
	offsets_free(&partitions);
}

/* librdkafka reports such an error and never starts the partition; the source must ask again. */
static void asks_again_when_committed_offsets_could_not_be_had(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 11, 2);
	rd_kafka_resp_err_t errors[] = {RD_KAFKA_RESP_ERR_UNKNOWN, RD_KAFKA_RESP_ERR_UNKNOWN};
	rd_kafka_mock_push_request_errors_array(f->mock.cluster, API_OFFSET_FETCH, 2, errors);
	mock_assign_one(f->source, f->topic, 11, OFFSET_AS_COMMITTED);
	mock_expect(f->source, "0", 0);
	mock_expect(f->source, "1", 1);
	assert_has(f->log, "Failed to fetch committed offset");
}

static void goes_on_where_the_group_stands(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 18, 5);
	mock_assign_one(f->source, f->topic, 18, OFFSET_AS_COMMITTED);
	mock_expect(f->source, "3", 3);
	mock_expect(f->source, "4", 4);
	mock_expect_end(f->source, 5);
	assert_string_equal(f->log, "");
	struct offsets partitions = {0};
	offsets_set(&partitions, f->topic, 18, 0);
	struct err err = {0};
	assert_true(f->source->ops->committed(f->source, &partitions, MOCK_PATIENCE_MS, &err));
	assert_int_equal(partitions.items[0].next, 3);
	offsets_free(&partitions);
}

/* The mock's partitions hold five megabytes; what is older goes, as by retention. */
static void says_loudly_when_stories_were_lost_before_the_group_read_them(void **state)
{
	struct fixture *f = *state;
	size_t n = 500000;
	char *large = calloc(1, n);
	for (int i = 0; i < 20; i++) {
		rd_kafka_producev(f->mock.producer, RD_KAFKA_V_TOPIC("raw"), RD_KAFKA_V_PARTITION(16),
		                  RD_KAFKA_V_VALUE(large, n), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
		rd_kafka_flush(f->mock.producer, MOCK_PATIENCE_MS);
	}
	free(large);
	mock_assign_one(f->source, f->topic, 16, OFFSET_AS_COMMITTED);
	struct source_event event;
	assert_int_equal(mock_next(f->source, &event), SOURCE_MESSAGE);
	assert_true(event.message.delivery.offset > 2);
	f->source->ops->release(f->source, event.message.owner);
	assert_has(f->log, "OFFSET-GAP");
	assert_has(f->log, "\"expected\":2");
	/* Once an assignment. */
	forget_log(state);
	assert_int_equal(mock_next(f->source, &event), SOURCE_MESSAGE);
	f->source->ops->release(f->source, event.message.owner);
	assert_string_equal(f->log, "");
}

static void says_loudly_when_the_topic_ends_before_what_the_group_has_read(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 17, 2);
	mock_assign_one(f->source, f->topic, 17, OFFSET_AS_COMMITTED);
	mock_expect(f->source, "0", 0);
	assert_has(f->log, "OFFSET-BACK");
}

static void ends_when_a_log_goes_back_under_its_feet(void **state)
{
	struct fixture *f = *state;
	mock_fill(&f->mock, "raw", 12, 2);
	mock_assign_one(f->source, f->topic, 12, 50);
	struct source_event event;
	assert_int_equal(mock_next(f->source, &event), SOURCE_FAILED);
	assert_has(event.err.words, "went back from offset 50 to 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(assigns_all_partitions_of_the_topic_to_a_single_member, forget_log),
	        cmocka_unit_test_setup(hands_out_the_groups_metadata_as_bytes_that_can_be_read_back, forget_log),
	        cmocka_unit_test_setup(refuses_bytes_that_are_no_metadata, forget_log),
	        cmocka_unit_test_setup(reads_a_partition_from_its_beginning_to_its_end, forget_log),
	        cmocka_unit_test_setup(tells_the_end_of_an_empty_partition, forget_log),
	        cmocka_unit_test_setup(tells_where_when_and_under_which_key_a_message_stands, forget_log),
	        cmocka_unit_test_setup(tells_an_absent_key_or_value_from_an_empty_one, forget_log),
	        cmocka_unit_test_setup(marks_a_message_with_too_many_headers_as_broken, forget_log),
	        cmocka_unit_test_setup(reads_again_from_the_offset_it_is_rewound_to, forget_log),
	        cmocka_unit_test_setup(never_hands_out_what_was_fetched_before_a_rewind, forget_log),
	        cmocka_unit_test_setup(tells_nothing_while_no_partition_is_assigned, forget_log),
	        cmocka_unit_test_setup(holds_back_the_end_of_a_partition_that_is_not_assigned_any_more, forget_log),
	        cmocka_unit_test_setup(starts_each_partition_however_soon_a_rest_follows_its_assignment, forget_log),
	        cmocka_unit_test_setup(gives_partitions_back_however_soon_it_follows_a_rewind, forget_log),
	        cmocka_unit_test_setup(knows_the_end_of_what_it_reads, forget_log),
	        cmocka_unit_test_setup(says_where_each_partition_of_its_topics_ends, forget_log),
	        cmocka_unit_test_setup(says_that_the_ends_cannot_be_read, forget_log),
	        cmocka_unit_test_setup(says_which_offsets_are_committed, forget_log),
	        cmocka_unit_test_setup(says_that_committed_offsets_cannot_be_read, forget_log),
	        cmocka_unit_test_setup(asks_again_when_committed_offsets_could_not_be_had, forget_log),
	        cmocka_unit_test_setup(goes_on_where_the_group_stands, forget_log),
	        cmocka_unit_test_setup(says_loudly_when_stories_were_lost_before_the_group_read_them, forget_log),
	        cmocka_unit_test_setup(says_loudly_when_the_topic_ends_before_what_the_group_has_read, forget_log),
	        /* The last: it ends the source. */
	        cmocka_unit_test_setup(ends_when_a_log_goes_back_under_its_feet, forget_log),

	};
	return cmocka_run_group_tests(tests, join, leave);
}
