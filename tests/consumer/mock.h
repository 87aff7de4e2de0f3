/*
 * A Kafka cluster in memory (librdkafka's own mock) with a producer, and a source that is a member of a group on it.
 * The mock shows flow, not delivery: it knows no transactional offsets.
 */
#ifndef WIREDESK_TESTS_CONSUMER_MOCK_H
#define WIREDESK_TESTS_CONSUMER_MOCK_H

#include "tests/harness.h"

#include "consumer/kafka_source.h"

#include <librdkafka/rdkafka_mock.h>

#define API_FETCH        1
#define API_LIST_OFFSETS 2
#define API_OFFSET_FETCH 9
#define API_JOIN_GROUP   11
#define API_HEARTBEAT    12

#define MOCK_PATIENCE_MS 30000 /* nothing here takes so long unless it is broken */

struct mock {
	rd_kafka_t *producer;
	rd_kafka_mock_cluster_t *cluster;
};

static inline void mock_set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char words[200];
	assert_int_equal(rd_kafka_conf_set(conf, name, value, words, sizeof(words)), RD_KAFKA_CONF_OK);
}

/* Heartbeats every second, so that what the coordinator answers is soon known. */
static inline rd_kafka_conf_t *mock_conf(const struct mock *m)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	mock_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(m->cluster));
	mock_set(conf, "log_level", "0");
	mock_set(conf, "session.timeout.ms", "6000"); /* also how long the mock waits for a member it has thrown out */
	mock_set(conf, "heartbeat.interval.ms", "1000");
	mock_set(conf, "fetch.wait.max.ms", "100");
	return conf;
}

static inline struct mock mock_open(void)
{
	struct mock m = {0};
	char words[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	mock_set(conf, "test.mock.num.brokers", "1");
	mock_set(conf, "log_level", "0");
	m.producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
	assert_non_null(m.producer);
	m.cluster = rd_kafka_handle_mock_cluster(m.producer);
	assert_non_null(m.cluster);
	return m;
}

static inline void mock_close(struct mock *m)
{
	rd_kafka_destroy(m->producer);
	*m = (struct mock){0};
}

/* Puts count messages "0", "1", … into a partition. */
static inline void mock_fill(struct mock *m, const char *topic, int32_t partition, int count)
{
	for (int i = 0; i < count; i++) {
		char value[16];
		int n = snprintf(value, sizeof(value), "%d", i);
		assert_int_equal(rd_kafka_producev(m->producer, RD_KAFKA_V_TOPIC(topic),
		                                   RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_VALUE(value, (size_t)n),
		                                   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
		                 RD_KAFKA_RESP_ERR_NO_ERROR);
	}
	assert_int_equal(rd_kafka_flush(m->producer, MOCK_PATIENCE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static inline struct kafka_source_options mock_options(const struct mock *m, const char *group, const char *instance,
                                                       const char *const *topic)
{
	return (struct kafka_source_options){
	        .conf = mock_conf(m),
	        .group = group,
	        .instance = instance,
	        .topics = topic,
	        .n_topics = 1,
	        .cluster = STR("test"),
	        .clock = clock_system(),
	};
}

static inline struct source *mock_source(const struct mock *m, const char *group, const char *instance,
                                         const char *const *topic)
{
	struct kafka_source_options options = mock_options(m, group, instance, topic);
	struct err err = {0};
	struct source *source = kafka_source_new(&options, &err);
	if (!source)
		print_error("%s\n", err.words);
	assert_non_null(source);
	return source;
}

/* Polls until something happens; fails when nothing does. */
static inline enum source_happening mock_next(struct source *source, struct source_event *event)
{
	int64_t until_ms = clock_mono_ms(clock_system()) + MOCK_PATIENCE_MS;
	do {
		source->ops->poll(source, 100, event);
	} while (event->happening == SOURCE_IDLE && clock_mono_ms(clock_system()) < until_ms);
	if (event->happening >= SOURCE_FENCED)
		print_message("%s\n", event->err.words);
	return event->happening;
}

static inline void mock_assign_one(struct source *source, const char *topic, int32_t partition, int64_t next)
{
	struct offset at = {topic, partition, next};
	struct offsets partitions = {&at, 1, 1};
	struct err err = {0};
	assert_true(source->ops->assign(source, &partitions, &err));
}

static inline void mock_unassign(struct source *source)
{
	struct err err = {0};
	assert_true(source->ops->unassign(source, &err));
}

/* The next event must be this message. */
static inline void mock_expect(struct source *source, const char *value, int64_t offset)
{
	struct source_event event;
	assert_int_equal(mock_next(source, &event), SOURCE_MESSAGE);
	assert_str(event.message.value, value);
	assert_int_equal(event.message.delivery.offset, offset);
	source->ops->release(source, event.message.owner);
}

static inline void mock_expect_end(struct source *source, int64_t next)
{
	struct source_event event;
	assert_int_equal(mock_next(source, &event), SOURCE_EOF);
	assert_int_equal(event.at.next, next);
}

#endif
