/*
 * What is said of an error that a transaction met: what was being done, with what, in whose name, librdkafka's words,
 * and what to do about it where somebody must.
 */
#include "producer/transaction_inside.h"

#define TOPICS_WORDS_MAX 400

static const char *phase_words(enum ladder_phase phase)
{
	switch (phase) {
	case PHASE_INIT:
		return "cannot take the transactional id";
	case PHASE_BEGIN:
		return "cannot begin a transaction";
	case PHASE_PRODUCE:
		return "cannot send a record";
	case PHASE_REPORT:
		return "the broker did not take a record";
	case PHASE_OFFSETS:
		return "cannot add the input offsets to the transaction";
	case PHASE_COMMIT:
		return "cannot commit the transaction";
	case PHASE_ABORT:
		return "cannot abort the transaction";
	}
	return "cannot publish";
}

/* What to do about faults that stay until somebody does it. */
static const char *fault_advice(const struct meeting *met)
{
	switch ((int)met->code) {
	case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
		return "; allow Describe and Write on the transactional id, which is the group, a dot and the "
		       "instance";
	case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
		return "; allow IdempotentWrite on the cluster";
	case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
		return "; allow Read on this group";
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
		if (met->phase == PHASE_OFFSETS)
			return "; allow Read on the input topics";
		return "; allow Write on it";
	case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
		return "; the broker's transaction.max.timeout.ms is lower";
	case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
		return "; the broker takes no records under this topic's name: look at output";
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
		return "; is an output topic gone? make it with 'wiredesk topics --create'";
	default:
		return "";
	}
}

/* The library does not say which topic was forbidden: it is one of those that the transaction has records for. */
static void name_topics(const struct transaction *t, const struct meeting *met, char *out, size_t n)
{
	out[0] = 0;
	if (met->topic)
		snprintf(out, n, " for topic '%s'", met->topic);
	if (met->topic || met->code != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || met->phase == PHASE_OFFSETS)
		return;
	for (size_t i = 0; i < t->n_topics; i++) {
		size_t at = strlen(out);
		const char *before = i ? ", " : t->n_topics == 1 ? " for topic " : " for one of the topics ";
		snprintf(out + at, n - at, "%s'%s'", before, rd_kafka_topic_name(t->topics[i]));
	}
}

void transaction_tell(const struct transaction *t, const struct meeting *met, struct err *err)
{
	bool outage = met->verdict.cause == CAUSE_OUTAGE && t->event_words[0];
	char topics[TOPICS_WORDS_MAX];
	name_topics(t, met, topics, sizeof(topics));
	if (met->verdict.result == PUBLISH_FENCED)
		err_set(err,
		        "another worker runs as instance '%s' of group '%s', or this one was away for longer than "
		        "transaction.timeout.ms: %s",
		        t->instance, t->group, met->words);
	else
		err_set(err, "%s%s (instance '%s' of group '%s'): %s%s%s%s", phase_words(met->phase), topics,
		        t->instance, t->group, met->words, fault_advice(met), outage ? "; last seen: " : "",
		        outage ? t->event_words : "");
}
