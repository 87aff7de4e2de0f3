/*
 * First metadata, which says whether the topics exist, then DescribeConfigs, which says how large their records may be.
 * Metadata is asked for in short steps, so that refused credentials are told at once and not when the time is over.
 */
#include "producer/topic_limits.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#include <errno.h>

#define NAMES_MAX_BYTES 8000
#define STEP_MS         500
#define DESCRIBE_MS     5000
#define MISSING_MS      2000 /* a topic that was just made may not be known to every broker yet */

struct asking {
	const struct topic_question *question;
	rd_kafka_t *client;
	int64_t began_us;
	int32_t broker;            /* that answered */
	rd_kafka_resp_err_t event; /* the client's last error event, and its words */
	char event_words[600];
};

static int64_t spent_ms(const struct asking *asking)
{
	return (clock_mono_us(asking->question->clock) - asking->began_us) / 1000;
}

static int64_t left_ms(const struct asking *asking)
{
	return asking->question->timeout_ms - spent_ms(asking);
}

static void topic_limits_event(rd_kafka_t *client, int code, const char *words, void *arg)
{
	struct asking *asking = arg;
	(void)client;
	/* "all brokers down" follows upon the words that say why. */
	if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && asking->event_words[0])
		return;
	asking->event = (rd_kafka_resp_err_t)code;
	snprintf(asking->event_words, sizeof(asking->event_words), "%s", words);
}

/* A producer, so that no consumer group comes into it, which makes no topics. */
static bool topic_limits_connect(struct asking *asking, struct err *err)
{
	char words[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_dup(asking->question->template);
	rd_kafka_conf_set_opaque(conf, asking);
	rd_kafka_conf_set_error_cb(conf, topic_limits_event);
	rd_kafka_conf_res_t set = rd_kafka_conf_set(conf, "allow.auto.create.topics", "false", words, sizeof(words));
	CHECK(set == RD_KAFKA_CONF_OK);
	asking->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
	if (asking->client)
		return true;
	rd_kafka_conf_destroy(conf);
	return err_set(err, "cannot make a Kafka client: %s", words);
}

/* --- metadata ----------------------------------------------------------------------------------------------------- */

enum look { LOOK_FOUND, LOOK_MISSING, LOOK_AGAIN, LOOK_REFUSED };

static rd_kafka_resp_err_t topic_error(const struct rd_kafka_metadata *metadata, const char *topic)
{
	for (int i = 0; i < metadata->topic_cnt; i++) {
		if (strcmp(metadata->topics[i].topic, topic) == 0)
			return metadata->topics[i].err;
	}
	return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

static enum look topic_limits_judge(struct asking *asking, const struct rd_kafka_metadata *metadata, struct err *err)
{
	const struct topic_question *question = asking->question;
	enum look look = LOOK_FOUND;
	err_clear(err);
	for (size_t i = 0; i < question->n_topics; i++) {
		const char *topic = question->topics[i].topic;
		switch (topic_error(metadata, topic)) {
		case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
			err_clear(err);
			err_set(err, "may not see output topic '%s': allow Describe and Write on it", topic);
			return LOOK_REFUSED;
		case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
			err_clear(err);
			err_set(err, "'%s' is no name for a topic", topic);
			return LOOK_REFUSED;
		case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
		case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
			err_set(err, "output topic '%s' does not exist: make it with `wiredesk topics -c %s --create`",
			        topic, question->config_file);
			look = LOOK_MISSING;
			break;
		default:
			break; /* it is there; that it has no leader just now is for the producer to wait out */
		}
	}
	return look;
}

static enum look topic_limits_look(struct asking *asking, struct err *err)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t code = rd_kafka_metadata(asking->client, 0, NULL, &metadata, STEP_MS);
	rd_kafka_poll(asking->client, 0);
	if (!code) {
		enum look look = topic_limits_judge(asking, metadata, err);
		asking->broker = metadata->orig_broker_id;
		rd_kafka_metadata_destroy(metadata);
		return look;
	}
	err_clear(err);
	err_set(err, "no broker answers: %s", asking->event_words[0] ? asking->event_words : rd_kafka_err2str(code));
	return asking->event == RD_KAFKA_RESP_ERR__AUTHENTICATION ? LOOK_REFUSED : LOOK_AGAIN;
}

/* The client asks for the topics that it knows, so handles are made for all of them. */
static bool topic_limits_find(struct asking *asking, struct err *err)
{
	const struct topic_question *question = asking->question;
	rd_kafka_topic_t **handles = calloc(question->n_topics, sizeof(*handles));
	CHECK(handles);
	for (size_t i = 0; i < question->n_topics; i++) {
		handles[i] = rd_kafka_topic_new(asking->client, question->topics[i].topic, NULL);
		if (!handles[i])
			err_set(err, "'%s' is no name for a topic: %s", question->topics[i].topic,
			        rd_kafka_err2str(rd_kafka_last_error()));
	}
	enum look look = err_is_set(err) ? LOOK_REFUSED : LOOK_AGAIN;
	while (look == LOOK_AGAIN || look == LOOK_MISSING) {
		look = topic_limits_look(asking, err);
		int64_t patience_ms = look == LOOK_MISSING ? MISSING_MS - spent_ms(asking) : left_ms(asking);
		if (patience_ms <= 0)
			break;
		if (look == LOOK_MISSING)
			asking->question->clock->sleep_us(asking->question->clock, 100000);
	}
	for (size_t i = 0; i < question->n_topics; i++) {
		if (handles[i])
			rd_kafka_topic_destroy(handles[i]);
	}
	free(handles);
	return look == LOOK_FOUND;
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

/* NULL, or why the limit is not told. */
static const char *topic_limits_take(struct topic_limit *limit, const rd_kafka_ConfigResource_t *resource)
{
	size_t n = 0;
	const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &n);
	if (rd_kafka_ConfigResource_error(resource))
		return rd_kafka_err2str(rd_kafka_ConfigResource_error(resource));
	for (size_t i = 0; i < n; i++) {
		const char *value = rd_kafka_ConfigEntry_value(entries[i]);
		if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), "max.message.bytes") != 0 || !value)
			continue;
		char *end;
		errno = 0;
		unsigned long long bytes = strtoull(value, &end, 10);
		if (!errno && end != value && *end == 0)
			limit->max_bytes = (size_t)bytes;
	}
	return limit->max_bytes ? NULL : "the broker does not tell it";
}

/* What no answer gave stays as it was known, else is the default; one line for all of them, with the first reason. */
static void topic_limits_fall_back(const struct topic_question *question, const char *why)
{
	struct buf names;
	buf_init(&names, NAMES_MAX_BYTES);
	for (size_t i = 0; i < question->n_topics; i++) {
		struct topic_limit *limit = &question->topics[i];
		if (limit->max_bytes)
			continue;
		limit->max_bytes = TOPIC_LIMIT_DEFAULT_BYTES;
		buf_printf(&names, "%s%s", names.n ? ", " : "", limit->topic);
	}
	if (names.n)
		log_warn("LIMIT-ASSUMED", "cannot read max.message.bytes of these topics, the default is assumed",
		         LOG_STR("topics", buf_view(&names)), LOG_INT("bytes", TOPIC_LIMIT_DEFAULT_BYTES),
		         LOG_CSTR("error", why));
	buf_free(&names);
}

static void topic_limits_take_all(struct asking *asking, rd_kafka_event_t *event)
{
	const struct topic_question *question = asking->question;
	size_t n = 0;
	const rd_kafka_ConfigResource_t **resources = NULL;
	const char *why = NULL;
	if (event && !rd_kafka_event_error(event))
		resources = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &n);
	for (size_t i = 0; i < question->n_topics; i++) {
		struct topic_limit *limit = &question->topics[i];
		for (size_t r = 0; r < n; r++) {
			if (strcmp(rd_kafka_ConfigResource_name(resources[r]), limit->topic) != 0)
				continue;
			const char *untold = topic_limits_take(limit, resources[r]);
			why = why ? why : untold;
		}
	}
	if (!why)
		why = event ? rd_kafka_event_error_string(event) : "no answer in time";
	topic_limits_fall_back(question, why);
}

/*
 * Any broker knows; without one named the client would look for the controller. Whatever goes wrong has the default
 * as its answer: a record that is too large after all is refused and isolated.
 */
static void topic_limits_describe(struct asking *asking)
{
	const struct topic_question *question = asking->question;
	rd_kafka_queue_t *queue = rd_kafka_queue_new(asking->client);
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(asking->client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
	rd_kafka_ConfigResource_t **resources = calloc(question->n_topics, sizeof(*resources));
	char words[512];
	CHECK(queue && options && resources);
	rd_kafka_AdminOptions_set_request_timeout(options, DESCRIBE_MS, words, sizeof(words));
	rd_kafka_AdminOptions_set_broker(options, asking->broker, words, sizeof(words));
	for (size_t i = 0; i < question->n_topics; i++) {
		resources[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, question->topics[i].topic);
		CHECK(resources[i]);
	}
	rd_kafka_DescribeConfigs(asking->client, resources, question->n_topics, options, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, DESCRIBE_MS + STEP_MS);
	topic_limits_take_all(asking, event);
	rd_kafka_event_destroy(event);
	rd_kafka_ConfigResource_destroy_array(resources, question->n_topics);
	free(resources);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(queue);
}

bool topic_limits_read(const struct topic_question *question, struct err *err)
{
	struct asking asking = {.question = question, .began_us = clock_mono_us(question->clock)};
	if (!topic_limits_connect(&asking, err))
		return false;
	bool found = topic_limits_find(&asking, err);
	if (found)
		topic_limits_describe(&asking);
	rd_kafka_destroy(asking.client);
	return found;
}
