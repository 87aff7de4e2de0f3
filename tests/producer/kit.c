/*
 * Batches and a mock cluster for the tests of producer/.
 */
#include "tests/producer/kit.h"

#include "pipeline/base/check.h"

#include <inttypes.h>

/* --- batches ------------------------------------------------------------------------------------------------------ */

void kit_batch(struct batch *b)
{
	batch_init(b, 1, NULL, NULL);
}

struct message *kit_message(struct batch *b, const char *key, struct str value)
{
	struct message msg = {
	        .delivery = {STR("c1"), STR("raw"), 0, (int64_t)b->n_messages},
	        .timestamp_ms = -1,
	        .key = key ? arena_copy(&b->fill, str_of(key)) : (struct str){0},
	        .value = value.p ? arena_copy(&b->fill, value) : value,
	};
	msg.origin = msg.delivery;
	batch_add(b, &msg);
	return &b->messages[b->n_messages - 1];
}

struct story *kit_part(struct batch *b, struct message *msg)
{
	struct story **parts = ARENA_ARRAY(&b->lanes[0], struct story *, msg->n_parts + 1);
	if (msg->n_parts)
		memcpy(parts, msg->parts, msg->n_parts * sizeof(*parts));
	parts[msg->n_parts] = batch_new_story(&b->lanes[0], msg, (uint32_t)msg->n_parts);
	msg->parts = parts;
	return parts[msg->n_parts++];
}

struct story *kit_article(struct batch *b, struct message *msg, const char *uri, const char *value)
{
	struct story *st = kit_part(b, msg);
	st->done = GROUP_DECODE;
	st->decode.uri = arena_copy(&b->lanes[0], str_of(uri));
	st->record.value = arena_copy(&b->lanes[0], str_of(value));
	st->end.outcome = OUTCOME_ARTICLE;
	return st;
}

void kit_end(struct ending *end, enum outcome outcome, enum reason reason, const char *stage, const char *words)
{
	*end = (struct ending){outcome, reason, stage, str_of(words)};
}

static struct str kit_metadata(struct arena *a)
{
	void *bytes;
	size_t n;
	rd_kafka_consumer_group_metadata_t *metadata =
	        rd_kafka_consumer_group_metadata_new_with_genid("g", 1, "member-1", NULL);
	rd_kafka_error_t *error = rd_kafka_consumer_group_metadata_write(metadata, &bytes, &n);
	CHECK(!error);
	struct str copy = arena_copy(a, str_make(bytes, n));
	rd_kafka_mem_free(NULL, bytes);
	rd_kafka_consumer_group_metadata_destroy(metadata);
	return copy;
}

void kit_seal(struct batch *b)
{
	b->n_taken = b->n_messages;
	offsets_set(&b->next, "raw", 0, (int64_t)b->n_messages);
	b->metadata = kit_metadata(&b->fill);
}

/* --- the mock cluster --------------------------------------------------------------------------------------------- */

static void kit_silent(const rd_kafka_t *client, int level, const char *facility, const char *words)
{
	(void)client, (void)level, (void)facility, (void)words;
}

void kit_cluster_start(struct kit_cluster *c)
{
	char words[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, kit_silent);
	c->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
	CHECK(c->client);
	c->mock = rd_kafka_mock_cluster_new(c->client, 1);
	CHECK(c->mock);
	/* Where offsets are committed: the mock of later librdkafka looks whether it is there. */
	CHECK(rd_kafka_mock_topic_create(c->mock, "raw", 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void kit_cluster_stop(struct kit_cluster *c)
{
	rd_kafka_mock_cluster_destroy(c->mock);
	rd_kafka_destroy(c->client);
}

rd_kafka_conf_t *kit_cluster_conf(struct kit_cluster *c)
{
	char words[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_res_t set = rd_kafka_conf_set(conf, "bootstrap.servers",
	                                            rd_kafka_mock_cluster_bootstraps(c->mock), words, sizeof(words));
	CHECK(set == RD_KAFKA_CONF_OK);
	rd_kafka_conf_set_log_cb(conf, kit_silent);
	return conf;
}

void kit_cluster_fail(struct kit_cluster *c, int api, size_t n, rd_kafka_resp_err_t code)
{
	for (size_t i = 0; i < n; i++)
		rd_kafka_mock_push_request_errors(c->mock, (int16_t)api, 1, code);
}

void kit_cluster_answer(struct kit_cluster *c, int api, rd_kafka_resp_err_t code, int ms)
{
	rd_kafka_mock_broker_push_request_error_rtts(c->mock, 1, (int16_t)api, 1, code, ms);
}

void kit_cluster_forgive(struct kit_cluster *c)
{
	static const int16_t apis[] = {API_PRODUCE, API_METADATA,       API_FIND_COORDINATOR,
	                               API_INIT,    API_ADD_PARTITIONS, API_ADD_OFFSETS,
	                               API_END,     API_OFFSET_COMMIT};
	for (size_t i = 0; i < sizeof(apis) / sizeof(*apis); i++)
		rd_kafka_mock_clear_request_errors(c->mock, apis[i]);
}

rd_kafka_t *kit_reader(struct kit_cluster *c, const char *topic)
{
	char words[200];
	rd_kafka_conf_t *conf = kit_cluster_conf(c);
	rd_kafka_conf_set(conf, "isolation.level", "read_uncommitted", words, sizeof(words));
	rd_kafka_conf_set(conf, "group.id", "reader", words, sizeof(words));
	rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", words, sizeof(words));
	rd_kafka_t *reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, words, sizeof(words));
	CHECK(reader);
	rd_kafka_topic_partition_list_t *partitions = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(partitions, topic, 0)->offset = 0;
	rd_kafka_assign(reader, partitions);
	rd_kafka_topic_partition_list_destroy(partitions);
	return reader;
}

rd_kafka_message_t *kit_reader_next(rd_kafka_t *reader)
{
	for (;;) {
		rd_kafka_message_t *record = rd_kafka_consumer_poll(reader, 10000);
		assert_non_null(record);
		if (!record->err)
			return record;
		rd_kafka_message_destroy(record);
	}
}
