/*
 * The cluster's administration by librdkafka's admin requests. Each waits for its own answer on a queue of its own.
 */
#include "worker/admin.h"

#include "consumer/kafka_trouble.h"
#include "pipeline/base/check.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/log.h"
#include "worker/client.h"

#include <librdkafka/rdkafka.h>

#define ADMIN_TIMEOUT_MS   10000
#define ADMIN_PAUSE_MS     200
#define ADMIN_GRACE_MS     2000 /* for the library to say itself that the time is over */
#define ADMIN_TRY_MS       500
#define ADMIN_REFUSED_MS   3000 /* a broker that starts may refuse whom it takes a moment later */
#define ADMIN_SETTINGS_MAX 64

struct admin {
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;
	struct str cluster;
	char *cluster_memory; /* librdkafka's */
	size_t n_brokers;
	int32_t a_broker;   /* the id of one */
	struct err trouble; /* last heard from the error callback */
	rd_kafka_resp_err_t trouble_code;
	int64_t refused_ms; /* when log-in or certificate were first refused; 0: never */
	const struct config *config;
	/* The settings of one broker, read at the first question. */
	struct {
		char name[64];
		int64_t value;
	} settings[ADMIN_SETTINGS_MAX];
	size_t n_settings;
	bool asked_settings;
	bool is_mute; /* the cluster answers no questions about settings: asking again would only cost time */
};

/* Called inside rd_kafka_poll. "All brokers are down" comes after the reason, which says more. */
static void admin_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
	(void)rk;
	struct admin *admin = opaque;
	if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && err_is_set(&admin->trouble))
		return;
	err_clear(&admin->trouble);
	err_set(&admin->trouble, "%s", reason);
	admin->trouble_code = (rd_kafka_resp_err_t)code;
	if (trouble_is_refusal(admin->trouble_code) && !admin->refused_ms)
		admin->refused_ms = clock_mono_ms(clock_system());
}

struct admin *admin_open(const struct config *config, struct err *err)
{
	rd_kafka_conf_t *conf = client_conf(config, CLIENT_ADMIN, NULL, err);
	if (!conf)
		return NULL;
	struct admin *admin = calloc(1, sizeof *admin);
	CHECK(admin);
	char why[512];
	admin->config = config;
	rd_kafka_conf_set_opaque(conf, admin);
	rd_kafka_conf_set_error_cb(conf, admin_error);
	rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
	admin->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
	if (!admin->rk) {
		rd_kafka_conf_destroy(conf);
		free(admin);
		err_set(err, "librdkafka refuses the configuration: %s", why);
		return NULL;
	}
	admin->queue = rd_kafka_queue_new(admin->rk);
	return admin;
}

void admin_close(struct admin **admin)
{
	struct admin *a = *admin;
	*admin = NULL;
	if (!a)
		return;
	if (a->cluster_memory)
		rd_kafka_mem_free(a->rk, a->cluster_memory);
	rd_kafka_queue_destroy(a->queue);
	rd_kafka_destroy(a->rk);
	free(a);
}

struct str admin_cluster(const struct admin *admin)
{
	return admin->cluster;
}

size_t admin_brokers(const struct admin *admin)
{
	return admin->n_brokers;
}

/* --- reaching ----------------------------------------------------------------------------------------------------- */

static bool admin_try(struct admin *admin, int timeout_ms)
{
	const struct rd_kafka_metadata *metadata;
	if (rd_kafka_metadata(admin->rk, 0, NULL, &metadata, timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return false;
	admin->n_brokers = (size_t)metadata->broker_cnt;
	admin->a_broker = metadata->broker_cnt ? metadata->brokers[0].id : -1;
	rd_kafka_metadata_destroy(metadata);
	admin->cluster_memory = rd_kafka_clusterid(admin->rk, timeout_ms);
	/* Brokers before 0.10.1 have no id; everything else about them is too old for us as well. */
	admin->cluster = str_of(admin->cluster_memory ? admin->cluster_memory : "unknown");
	return admin->n_brokers > 0;
}

/* Says at once what the wait is for: half a minute of silence looks like a hang. */
static void admin_tell_waiting(struct admin *admin, int timeout_ms)
{
	log_warn("WAITING", "no broker answers yet; waiting for one", LOG_STR("brokers", admin->config->kafka.brokers),
	         LOG_INT("at_most_s", timeout_ms / 1000), LOG_CSTR("error", admin->trouble.words));
}

static bool admin_fail_to_reach(struct admin *admin, int timeout_ms, struct err *err)
{
	const char *words = admin->trouble.words;
	if (trouble_is_refusal(admin->trouble_code))
		return err_set(err, "the brokers refuse this client: %s; %s%s", words,
		               trouble_of(admin->trouble_code)->advice, trouble_hint(words, rd_kafka_version()));
	return err_set(err,
	               "no broker answered within %d s%s%s; are kafka.brokers and the security settings in "
	               "kafka.client right, and is the cluster up?",
	               timeout_ms / 1000, err_is_set(&admin->trouble) ? ": " : "", words);
}

bool admin_reach(struct admin *admin, int timeout_ms, const _Atomic bool *stop, struct err *err)
{
	bool told = false;
	int64_t now_ms, until_ms = clock_mono_ms(clock_system()) + timeout_ms;
	admin->refused_ms = 0;
	do {
		if (stop && atomic_load(stop))
			return false;
		if (admin_try(admin, ADMIN_TRY_MS))
			return true;
		rd_kafka_poll(admin->rk, 0);
		if (!told)
			admin_tell_waiting(admin, admin->refused_ms ? ADMIN_REFUSED_MS : timeout_ms);
		told = true;
		now_ms = clock_mono_ms(clock_system());
	} while (now_ms < until_ms && !(admin->refused_ms && now_ms - admin->refused_ms >= ADMIN_REFUSED_MS));
	return admin_fail_to_reach(admin, timeout_ms, err);
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static rd_kafka_AdminOptions_t *admin_options(struct admin *admin, rd_kafka_admin_op_t op)
{
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(admin->rk, op);
	rd_kafka_AdminOptions_set_request_timeout(options, ADMIN_TIMEOUT_MS, NULL, 0);
	return options;
}

/* The answer to a request, or NULL with err set. */
static rd_kafka_event_t *admin_answer(struct admin *admin, const char *what, const char *subject, struct err *err)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, ADMIN_TIMEOUT_MS + ADMIN_GRACE_MS);
	if (event && !rd_kafka_event_error(event))
		return event;
	admin->is_mute = !event || rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__TIMED_OUT ||
	                 rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE;
	err_set(err, "cannot %s '%s': %s", what, subject, event ? rd_kafka_event_error_string(event) : "no answer");
	if (event)
		rd_kafka_event_destroy(event);
	return NULL;
}

/* One resource's settings, given one by one. False: the cluster does not tell. */
static bool admin_settings(struct admin *admin, rd_kafka_ResourceType_t type, const char *name,
                           void (*take)(void *arg, const char *name, const char *value), void *arg)
{
	if (admin->is_mute)
		return false;
	rd_kafka_ConfigResource_t *ask = rd_kafka_ConfigResource_new(type, name);
	rd_kafka_AdminOptions_t *options = admin_options(admin, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
	rd_kafka_DescribeConfigs(admin->rk, &ask, 1, options, admin->queue);
	rd_kafka_event_t *event = admin_answer(admin, "read the settings of", name, NULL);
	bool good = false;
	size_t n = 0, n_entries = 0;
	const rd_kafka_ConfigResource_t **resources =
	        event ? rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &n)
	              : NULL;
	if (n == 1 && rd_kafka_ConfigResource_error(resources[0]) == RD_KAFKA_RESP_ERR_NO_ERROR) {
		const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &n_entries);
		for (size_t i = 0; i < n_entries; i++) {
			const char *value = rd_kafka_ConfigEntry_value(entries[i]);
			take(arg, rd_kafka_ConfigEntry_name(entries[i]), value ? value : "");
		}
		good = true;
	}
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_ConfigResource_destroy(ask);
	return good;
}

/* --- brokers ------------------------------------------------------------------------------------------------------ */

static void admin_take_setting(void *arg, const char *name, const char *value)
{
	struct admin *admin = arg;
	static const char *const wanted[] = {"transaction.max.timeout.ms", "group.min.session.timeout.ms",
	                                     "group.max.session.timeout.ms", "message.max.bytes"};
	int64_t number;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (strcmp(name, wanted[i]) == 0 && options_parse_int(str_of(value), &number)) {
			CHECK(admin->n_settings < ADMIN_SETTINGS_MAX);
			snprintf(admin->settings[admin->n_settings].name, sizeof admin->settings[0].name, "%s", name);
			admin->settings[admin->n_settings++].value = number;
		}
}

int64_t admin_broker_setting(struct admin *admin, const char *name)
{
	if (!admin->asked_settings) {
		char id[24];
		snprintf(id, sizeof id, "%d", admin->a_broker);
		admin->asked_settings = true;
		admin_settings(admin, RD_KAFKA_RESOURCE_BROKER, id, admin_take_setting, admin);
	}
	for (size_t i = 0; i < admin->n_settings; i++)
		if (strcmp(admin->settings[i].name, name) == 0)
			return admin->settings[i].value;
	return -1;
}

/* --- topics ------------------------------------------------------------------------------------------------------- */

static void admin_take_topic(void *arg, const char *name, const char *value)
{
	struct admin_topic *out = arg;
	int64_t number = -1;
	options_parse_int(str_of(value), &number);
	if (strcmp(name, "max.message.bytes") == 0)
		out->message_bytes = number;
	else if (strcmp(name, "retention.ms") == 0)
		out->retention_ms = number;
	else if (strcmp(name, "min.insync.replicas") == 0)
		out->in_sync = number;
	else if (strcmp(name, "cleanup.policy") == 0)
		snprintf(out->cleanup, sizeof out->cleanup, "%s", value);
	else if (strcmp(name, "message.timestamp.type") == 0)
		snprintf(out->timestamps, sizeof out->timestamps, "%s", value);
}

static bool admin_read_metadata(const rd_kafka_metadata_topic_t *topic, struct admin_topic *out, struct err *err)
{
	switch (topic->err) {
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
		return true;
	case RD_KAFKA_RESP_ERR_NO_ERROR:
	case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
		out->exists = true;
		out->partitions = topic->partition_cnt;
		out->replication = topic->partition_cnt ? topic->partitions[0].replica_cnt : -1;
		return true;
	default:
		out->is_forbidden = topic->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
		return err_set(err, "the cluster refuses to describe topic '%s': %s", topic->topic,
		               rd_kafka_err2str(topic->err));
	}
}

bool admin_find(struct admin *admin, const char *topic, struct admin_topic *out, struct err *err)
{
	const struct rd_kafka_metadata *metadata;
	*out = (struct admin_topic){
	        .partitions = -1, .replication = -1, .message_bytes = -1, .retention_ms = -1, .in_sync = -1};
	rd_kafka_topic_t *handle = rd_kafka_topic_new(admin->rk, topic, NULL);
	if (!handle)
		return err_set(err, "librdkafka refuses topic '%s': %s", topic,
		               rd_kafka_err2str(rd_kafka_last_error()));
	rd_kafka_resp_err_t fault = rd_kafka_metadata(admin->rk, 0, handle, &metadata, ADMIN_TIMEOUT_MS);
	rd_kafka_topic_destroy(handle);
	if (fault != RD_KAFKA_RESP_ERR_NO_ERROR)
		return err_set(err, "the cluster does not describe topic '%s': %s", topic, rd_kafka_err2str(fault));
	bool good = metadata->topic_cnt != 1 || admin_read_metadata(&metadata->topics[0], out, err);
	rd_kafka_metadata_destroy(metadata);
	return good;
}

bool admin_describe(struct admin *admin, const char *topic, struct admin_topic *out, struct err *err)
{
	if (!admin_find(admin, topic, out, err))
		return false;
	/* A cluster that does not know the question says so at once when one broker is asked; else only a timeout
	 * tells. */
	admin_broker_setting(admin, "message.max.bytes");
	if (out->exists)
		out->is_described = admin_settings(admin, RD_KAFKA_RESOURCE_TOPIC, topic, admin_take_topic, out);
	return true;
}

static rd_kafka_NewTopic_t *admin_new_topic(const struct admin_wish *wish, struct err *err)
{
	char why[512];
	rd_kafka_NewTopic_t *made =
	        rd_kafka_NewTopic_new(wish->topic, wish->partitions, wish->replication, why, sizeof why);
	if (!made) {
		err_set(err, "topic '%s' cannot be made: %s", wish->topic, why);
		return NULL;
	}
	for (size_t i = 0; i < wish->n_settings; i++)
		rd_kafka_NewTopic_set_config(made, wish->settings[i].name, wish->settings[i].value);
	return made;
}

static bool admin_read_created(rd_kafka_event_t *event, const char *topic, bool *existed, struct err *err)
{
	size_t n;
	const rd_kafka_topic_result_t **results =
	        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
	rd_kafka_resp_err_t fault = n == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
	*existed = fault == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
	if (fault == RD_KAFKA_RESP_ERR_NO_ERROR || *existed)
		return true;
	const char *words = n == 1 ? rd_kafka_topic_result_error_string(results[0]) : NULL;
	return err_set(err, "the cluster refuses to make topic '%s': %s", topic,
	               words ? words : rd_kafka_err2str(fault));
}

bool admin_create(struct admin *admin, const struct admin_wish *wish, bool *existed, struct err *err)
{
	rd_kafka_NewTopic_t *made = admin_new_topic(wish, err);
	if (!made)
		return false;
	rd_kafka_AdminOptions_t *options = admin_options(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	rd_kafka_AdminOptions_set_operation_timeout(options, ADMIN_TIMEOUT_MS, NULL, 0);
	rd_kafka_CreateTopics(admin->rk, &made, 1, options, admin->queue);
	rd_kafka_event_t *event = admin_answer(admin, "make topic", wish->topic, err);
	bool good = event && admin_read_created(event, wish->topic, existed, err);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_NewTopic_destroy(made);
	return good;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

#if RD_KAFKA_VERSION >= 0x020300ff
static void admin_ask_operations(rd_kafka_AdminOptions_t *options)
{
	rd_kafka_error_t *refused = rd_kafka_AdminOptions_set_include_authorized_operations(options, 1);
	if (refused)
		rd_kafka_error_destroy(refused);
}

/* No list at all: a cluster from before Kafka 2.3. */
static void admin_read_operations(const rd_kafka_ConsumerGroupDescription_t *group, struct admin_group *out)
{
	size_t n;
	const rd_kafka_AclOperation_t *allowed = rd_kafka_ConsumerGroupDescription_authorized_operations(group, &n);
	if (!allowed)
		return;
	out->read = ADMIN_READ_FORBIDDEN;
	for (size_t i = 0; i < n; i++)
		if (allowed[i] == RD_KAFKA_ACL_OPERATION_READ || allowed[i] == RD_KAFKA_ACL_OPERATION_ALL)
			out->read = ADMIN_READ_ALLOWED;
}
#else
static void admin_ask_operations(rd_kafka_AdminOptions_t *options)
{
	(void)options;
}

static void admin_read_operations(const rd_kafka_ConsumerGroupDescription_t *group, struct admin_group *out)
{
	(void)group;
	(void)out;
}
#endif

static rd_kafka_resp_err_t admin_read_group(rd_kafka_event_t *event, struct admin_group *out)
{
	size_t n = 0;
	const rd_kafka_ConsumerGroupDescription_t **groups = NULL;
	if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR)
		groups = rd_kafka_DescribeConsumerGroups_result_groups(
		        rd_kafka_event_DescribeConsumerGroups_result(event), &n);
	if (n != 1)
		return rd_kafka_event_error(event);
	const rd_kafka_error_t *fault = rd_kafka_ConsumerGroupDescription_error(groups[0]);
	if (fault)
		return rd_kafka_error_code(fault);
	rd_kafka_consumer_group_state_t state = rd_kafka_ConsumerGroupDescription_state(groups[0]);
	out->members = rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
	/* "Dead" is what a coordinator says of a group that it has never met. */
	if (state != RD_KAFKA_CONSUMER_GROUP_STATE_DEAD)
		snprintf(out->state, sizeof out->state, "%s", rd_kafka_consumer_group_state_name(state));
	admin_read_operations(groups[0], out);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t admin_ask_group(struct admin *admin, const char *group, struct admin_group *out)
{
	*out = (struct admin_group){.read = ADMIN_READ_UNKNOWN};
	rd_kafka_AdminOptions_t *options = admin_options(admin, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
	admin_ask_operations(options);
	rd_kafka_DescribeConsumerGroups(admin->rk, &group, 1, options, admin->queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, ADMIN_TIMEOUT_MS + ADMIN_GRACE_MS);
	rd_kafka_AdminOptions_destroy(options);
	if (!event)
		return RD_KAFKA_RESP_ERR__TIMED_OUT;
	rd_kafka_resp_err_t fault = admin_read_group(event, out);
	rd_kafka_event_destroy(event);
	return fault;
}

/* A cluster's first group takes its coordinator a second or two. */
static bool admin_coordinator_is_late(rd_kafka_resp_err_t fault)
{
	return fault == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
	       fault == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE || fault == RD_KAFKA_RESP_ERR_NOT_COORDINATOR;
}

bool admin_group(struct admin *admin, const char *group, struct admin_group *out, struct err *err)
{
	/* The mock cluster drops the connection at this question; that it answers few it says of settings, too. */
	*out = (struct admin_group){0};
	admin_broker_setting(admin, "message.max.bytes");
	if (admin->is_mute)
		return true;
	rd_kafka_resp_err_t fault = admin_ask_group(admin, group, out);
	for (int waited_ms = 0; admin_coordinator_is_late(fault) && waited_ms < ADMIN_TIMEOUT_MS;
	     waited_ms += ADMIN_PAUSE_MS) {
		clock_system()->sleep_us(clock_system(), ADMIN_PAUSE_MS * 1000);
		fault = admin_ask_group(admin, group, out);
	}
	out->is_described = fault != RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE;
	if (fault == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
		out->read = ADMIN_READ_FORBIDDEN;
	return fault == RD_KAFKA_RESP_ERR_NO_ERROR || fault == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND ||
	       out->read == ADMIN_READ_FORBIDDEN || !out->is_described ||
	       err_set(err, "the cluster does not tell of group '%s': %s", group, rd_kafka_err2str(fault));
}
