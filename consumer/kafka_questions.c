#include "consumer/kafka_questions.h"

#include "pipeline/base/check.h"

const struct rd_kafka_metadata *kafka_questions_topic(rd_kafka_t *rk, const char *topic, int timeout_ms,
                                                      rd_kafka_resp_err_t *code)
{
	const struct rd_kafka_metadata *answer = NULL;
	rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
	CHECK(handle);
	*code = rd_kafka_metadata(rk, 0, handle, &answer, timeout_ms);
	rd_kafka_topic_destroy(handle);
	return *code ? NULL : answer;
}

rd_kafka_resp_err_t kafka_questions_offset(rd_kafka_t *rk, const rd_kafka_topic_partition_t *at, int timeout_ms,
                                           int64_t *offset)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, at->topic, at->partition)->offset = at->offset;
	rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(rk, list, timeout_ms);
	if (!code)
		code = list->elems[0].err;
	*offset = list->elems[0].offset;
	rd_kafka_topic_partition_list_destroy(list);
	return code;
}

static rd_kafka_topic_partition_list_t *kafka_questions_list(const struct offsets *partitions)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)partitions->n);
	for (size_t i = 0; i < partitions->n; i++)
		rd_kafka_topic_partition_list_add(list, partitions->items[i].topic, partitions->items[i].partition);
	return list;
}

/* The first error of a list whose elements have errors of their own. */
static rd_kafka_resp_err_t kafka_questions_error(const rd_kafka_topic_partition_list_t *list)
{
	for (int i = 0; i < list->cnt; i++) {
		if (list->elems[i].err)
			return list->elems[i].err;
	}
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool kafka_questions_committed(rd_kafka_t *rk, struct offsets *partitions, int timeout_ms, struct err *err)
{
	if (partitions->n == 0)
		return true;
	rd_kafka_topic_partition_list_t *list = kafka_questions_list(partitions);
	rd_kafka_resp_err_t code = rd_kafka_committed(rk, list, timeout_ms);
	if (!code)
		code = kafka_questions_error(list);
	for (size_t i = 0; !code && i < partitions->n; i++) {
		struct offset *at = &partitions->items[i];
		rd_kafka_topic_partition_t *found = rd_kafka_topic_partition_list_find(list, at->topic, at->partition);
		CHECK(found);
		at->next = found->offset >= 0 ? found->offset : OFFSET_AS_COMMITTED;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return !code || err_set(err, "%s", rd_kafka_err2str(code));
}

/* Adds the topic's partitions to the list. */
static rd_kafka_resp_err_t kafka_questions_partitions(rd_kafka_t *rk, const char *topic,
                                                      rd_kafka_topic_partition_list_t *list, int timeout_ms)
{
	rd_kafka_resp_err_t code;
	const struct rd_kafka_metadata *answer = kafka_questions_topic(rk, topic, timeout_ms, &code);
	if (!answer)
		return code;
	if (answer->topic_cnt == 1)
		code = answer->topics[0].err;
	if (!code && (answer->topic_cnt != 1 || answer->topics[0].partition_cnt == 0))
		code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
	for (int i = 0; !code && i < answer->topics[0].partition_cnt; i++)
		rd_kafka_topic_partition_list_add(list, topic, answer->topics[0].partitions[i].id)->offset =
		        RD_KAFKA_OFFSET_END;
	rd_kafka_metadata_destroy(answer);
	return code;
}

/* Asked for as times: one request a broker, and the answer to "the end" keeps to the handle's read_committed. */
static bool kafka_questions_ask_ends(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list, int timeout_ms,
                                     struct err *err)
{
	rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(rk, list, timeout_ms);
	if (!code)
		code = kafka_questions_error(list);
	return !code || err_set(err, "cannot read the ends of the input topics: %s", rd_kafka_err2str(code));
}

bool kafka_questions_ends(rd_kafka_t *rk, struct topics *topics, struct offsets *ends, int timeout_ms, struct err *err)
{
	rd_kafka_topic_partition_list_t *subscribed = NULL;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(0);
	rd_kafka_resp_err_t code = rd_kafka_subscription(rk, &subscribed);
	CHECK(!code);
	for (int i = 0; !code && i < subscribed->cnt; i++) {
		const char *topic = subscribed->elems[i].topic;
		code = kafka_questions_partitions(rk, topic, list, timeout_ms);
		if (code)
			err_set(err, "cannot read the partitions of input topic '%s': %s", topic,
			        rd_kafka_err2str(code));
	}
	bool good = !code && kafka_questions_ask_ends(rk, list, timeout_ms, err);
	offsets_clear(ends);
	for (int i = 0; good && i < list->cnt; i++) {
		const rd_kafka_topic_partition_t *at = &list->elems[i];
		good = at->offset >= 0 || err_set(err, "the end of partition %d of input topic '%s' is not known",
		                                  at->partition, at->topic);
		offsets_set(ends, topics_intern(topics, at->topic), at->partition, at->offset);
	}
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_topic_partition_list_destroy(subscribed);
	return good;
}
