/*
 * The input's offsets in a transaction, and the group's metadata that they are committed under.
 */
#include "producer/transaction_inside.h"

#include "pipeline/base/check.h"

static rd_kafka_topic_partition_list_t *offsets_list(const struct offsets *offsets)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)offsets->n);
	for (size_t i = 0; i < offsets->n; i++) {
		const struct offset *at = &offsets->items[i];
		CHECK(at->next >= 0);
		rd_kafka_topic_partition_list_add(list, at->topic, at->partition)->offset = at->next;
	}
	return list;
}

/*
 * Metadata of a consumer that is no member fences nothing. librdkafka has no way to ask for the member, so its own
 * format is looked into, where it is the known one: "CGMDv2:", generation (4 bytes), group, NUL, member, NUL, …
 */
static bool names_no_member(struct str metadata)
{
	const struct str known = STR("CGMDv2:");
	if (!str_starts(metadata, known))
		return metadata.n == 0;
	size_t group_end = str_index(metadata, 0, known.n + 4);
	return group_end + 1 >= metadata.n || metadata.p[group_end + 1] == 0;
}

static bool transaction_read_metadata(struct transaction *t)
{
	struct str bytes = t->pub->batch->metadata;
	if (names_no_member(bytes))
		return transaction_decide(t, ladder_abort(CAUSE_GENERATION),
		                          "the batch has no member of the group to commit its offsets for");
	rd_kafka_error_t *error = rd_kafka_consumer_group_metadata_read(&t->metadata, bytes.p, bytes.n);
	if (!error)
		return true;
	t->metadata = NULL;
	err_set(&t->pub->err, "cannot read the group's metadata: %s", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return transaction_decide(t, ladder_end(PUBLISH_FAILED), NULL);
}

bool transaction_take_offsets(struct transaction *t)
{
	CHECK(!t->metadata && !t->offsets);
	if (!transaction_read_metadata(t))
		return false;
	if (offsets_caller_lost(t->caller) == OFFSETS_CALLS_LOST_MAX)
		return transaction_decide(t, ladder_end(PUBLISH_FATAL),
		                          "the Kafka client does not come back from sending offsets, time and again");
	t->offsets = offsets_list(&t->pub->batch->next);
	return true;
}

/* Without a producer the transaction cannot be aborted by us; taking the transactional id anew does it. */
rd_kafka_error_t *transaction_call_offsets(struct transaction *t, int timeout_ms)
{
	bool lost;
	struct offsets_request request = {t->producer, t->offsets, t->metadata};
	CHECK(t->n_reported == t->n_sent); /* a lost producer must not hold records */
	rd_kafka_error_t *error = offsets_caller_send(t->caller, &request, timeout_ms, &lost);
	if (lost) {
		t->open = false;
		t->producer = NULL;
		t->offsets = NULL;
		t->metadata = NULL;
	}
	return error;
}

bool transaction_offsets(struct transaction *t)
{
	if (!transaction_goes_on(t))
		return false;
	CHECK(t->open && !t->n_failed);
	struct ladder_verdict verdict = transaction_call(t, PHASE_OFFSETS, transaction_call_offsets,
	                                                 transaction_quarter_us(t, 3), &t->pub->err);
	return verdict.step == STEP_NONE ? true : transaction_decide(t, verdict, NULL);
}

void transaction_drop_offsets(struct transaction *t)
{
	if (t->metadata)
		rd_kafka_consumer_group_metadata_destroy(t->metadata);
	if (t->offsets)
		rd_kafka_topic_partition_list_destroy(t->offsets);
	t->metadata = NULL;
	t->offsets = NULL;
}
