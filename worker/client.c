/*
 * From struct config to rd_kafka_conf_t. The values and their reasons were measured; they hold for librdkafka 2.0.2 and
 * later.
 */
#include "worker/client.h"

#include "pipeline/base/log.h"

#include <errno.h>
#include <unistd.h>

#define CLIENT_WORDS_MAX      512
#define CLIENT_PROPERTIES_MAX 1000
#define CLIENT_FRAMING_BYTES  4096
#define CLIENT_SYSLOG_ERROR   3
/* What librdkafka takes by default, and at most. */
#define CLIENT_MESSAGE_BYTES_LEAST 1000000
#define CLIENT_MESSAGE_BYTES_MOST  1000000000

/* --- what kafka.client may hold ----------------------------------------------------------------------------------- */

static const struct client_refused {
	const char *name;
	const char *why;
} client_refused[] = {
        {"bootstrap.servers", "it is kafka.brokers"},
        {"metadata.broker.list", "it is kafka.brokers"},
        {"group.id", "it is kafka.group"},
        {"group.instance.id", "it is the instance's name, given with --instance"},
        {"group.protocol", "exactly once relies on the classic protocol"},
        {"group.protocol.type", "exactly once relies on the classic protocol"},
        {"group.remote.assignor", "exactly once relies on the classic protocol"},
        {"session.timeout.ms", "it is kafka.session-timeout"},
        {"max.poll.interval.ms", "it is kafka.max-poll-interval"},
        {"transaction.timeout.ms", "it is kafka.transaction-timeout"},
        {"queued.max.messages.kbytes", "it is kafka.queued-max"},
        {"fetch.max.bytes", "it is kafka.fetch-max"},
        {"transactional.id", "it is made of kafka.group and --instance, so that a worker's successor fences it"},
        {"enable.idempotence", "exactly once needs it on"},
        {"acks", "exactly once needs all"},
        {"request.required.acks", "exactly once needs all"},
        {"isolation.level", "exactly once needs read_committed"},
        {"enable.auto.commit", "offsets commit with the transaction and nowhere else"},
        {"auto.commit.enable", "offsets commit with the transaction and nowhere else"},
        {"enable.auto.offset.store", "offsets commit with the transaction and nowhere else"},
        {"auto.offset.reset", "it is always earliest: latest loses stories of a new group"},
        {"partition.assignment.strategy", "it is always range: the loop relies on eager rebalancing"},
        {"enable.partition.eof", "it is always on: lag and --until-end rely on it"},
        {"partitioner", "it is murmur2_random, as Java's: a key has one partition whoever writes it"},
        {"message.max.bytes", "it follows the output topics' own max.message.bytes"},
        {"batch.size", "it follows the output topics' own max.message.bytes"},
        {"queue.buffering.max.messages", "a batch bounds it"},
        {"allow.auto.create.topics", "topics are made by 'wiredesk topics --create' only"},
        {"delivery.report.only.error", "every record's report is counted"},
        {"message.timeout.ms", "the transaction's timeout bounds it"},
        {"delivery.timeout.ms", "the transaction's timeout bounds it"},
};

bool client_property_is_secret(struct str name)
{
	static const char *const marks[] = {"password", "secret", ".pem", "oauthbearer.config", "token"};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (name.n && memmem(name.p, name.n, marks[i], strlen(marks[i])))
			return true;
	return false;
}

/*
 * The property whose name is nearest, into a buffer. librdkafka lists all of them only as a table for people: "name |
 * scope | …", a line each. (rd_kafka_conf_dump leaves those out that are not set.)
 */
static bool client_nearest(struct str name, char *nearest, size_t room)
{
	char *table = NULL;
	size_t n_bytes = 0, n = 0;
	const char *names[CLIENT_PROPERTIES_MAX + 1];
	FILE *out = open_memstream(&table, &n_bytes);
	if (!out)
		return false;
	rd_kafka_conf_properties_show(out);
	fclose(out);
	for (char *line = table, *next; line && *line && n < CLIENT_PROPERTIES_MAX; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		size_t length = strcspn(line, " |\n");
		if (length && line[length] == ' ') {
			line[length] = 0;
			names[n++] = line;
		}
	}
	names[n] = NULL;
	const char *found = options_nearest(name, names);
	if (found)
		snprintf(nearest, room, "%s", found);
	free(table);
	return found != NULL;
}

static bool client_unknown(struct str name, struct err *err)
{
	char nearest[100];
	if (client_nearest(name, nearest, sizeof nearest))
		return err_set(err, "librdkafka has no property '%.*s'; did you mean '%s'?", STR_ARG(name), nearest);
	return err_set(err, "librdkafka has no property '%.*s'", STR_ARG(name));
}

bool client_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	char why[CLIENT_WORDS_MAX];
	switch (rd_kafka_conf_set(conf, name, value, why, sizeof why)) {
	case RD_KAFKA_CONF_OK:
		return true;
	case RD_KAFKA_CONF_UNKNOWN:
		return client_unknown(str_of(name), err);
	default:
		/* librdkafka's words repeat the value. */
		if (client_property_is_secret(str_of(name)))
			return err_set(err, "librdkafka refuses the value of '%s'", name);
		return err_set(err, "librdkafka refuses '%s': %s", name, why);
	}
}

bool client_property_check(struct str name, struct str value, struct err *err)
{
	for (size_t i = 0; i < sizeof client_refused / sizeof client_refused[0]; i++)
		if (str_is(name, client_refused[i].name))
			return err_set(err, "property '%s' cannot be set here: %s", client_refused[i].name,
			               client_refused[i].why);
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	bool good = client_set(conf, name.p, value.p, err);
	rd_kafka_conf_destroy(conf);
	return good;
}

/* --- a client's configuration ------------------------------------------------------------------------------------- */

/*
 * Broken connections ("FAIL"), requests without an answer ("REQTMOUT") and transactions that must be aborted ("TXNERR";
 * one beyond help is worse than an error) come as errors, too, to those who know what they mean: consumer/ says once
 * that brokers are away, what publishing met stands in the batch's line, and replay counts what is refused. Told by
 * each client at each try they bury the rest.
 */
static bool client_is_told_elsewhere(int syslog_level, const char *facility)
{
	return strcmp(facility, "FAIL") == 0 || strcmp(facility, "REQTMOUT") == 0 ||
	       (strcmp(facility, "TXNERR") == 0 && syslog_level >= CLIENT_SYSLOG_ERROR);
}

static enum log_level client_log_level(int syslog_level, const char *facility)
{
	if (syslog_level > 6 || client_is_told_elsewhere(syslog_level, facility))
		return LOG_DEBUG;
	if (syslog_level <= CLIENT_SYSLOG_ERROR)
		return LOG_ERROR;
	return syslog_level == 4 ? LOG_WARN : LOG_INFO;
}

/* librdkafka's lines become ours; its facility ("FAIL", "REQTMOUT") stays to search for. Called on its threads. */
static void client_log(const rd_kafka_t *rk, int level, const char *facility, const char *words)
{
	log_write(client_log_level(level, facility), "KAFKA-LIBRARY", words,
	          (const struct log_field[]){LOG_CSTR("client", rd_kafka_name(rk)), LOG_CSTR("facility", facility),
	                                     LOG_LAST});
}

static bool client_set_number(rd_kafka_conf_t *conf, const char *name, int64_t value, struct err *err)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)value);
	return client_set(conf, name, text, err);
}

/*
 * A broker that is back is to be noticed soon: tries to reach it grow apart to a second, as Java's clients' do.
 * librdkafka lets them grow to ten, and then stories stood still for up to ten seconds beside a broker that served.
 */
static bool client_set_common(rd_kafka_conf_t *conf, const struct config *config, const char *instance, struct err *err)
{
	char id[300];
	snprintf(id, sizeof id, "wiredesk%s%.200s", instance ? "-" : "", instance ? instance : "");
	rd_kafka_conf_set_log_cb(conf, client_log);
	return client_set(conf, "client.id", id, err) &&
	       client_set(conf, "bootstrap.servers", config->kafka.brokers.p, err) &&
	       client_set(conf, "socket.nagle.disable", "true", err) &&
	       client_set(conf, "reconnect.backoff.max.ms", "1000", err);
}

/*
 * A connection that stands while nothing comes through any more, as behind a firewall that forgot it, is found out by a
 * request that is not answered: after a minute, librdkafka thinks, in which a partition is not read. In this time a
 * whole answer of fetch-max comes over ten megabits a second. A producer's time is bounded by its transaction.
 */
static bool client_set_patience(rd_kafka_conf_t *conf, struct err *err)
{
	return client_set(conf, "socket.timeout.ms", "15000", err);
}

/* What exactly once rests on is set by consumer/ itself. */
static bool client_set_consumer(rd_kafka_conf_t *conf, const struct config *config, struct err *err)
{
	/* A third of the session: two heartbeats may be lost. */
	int64_t heartbeat_ms = config->kafka.session_timeout_ms / 3;
	return client_set_number(conf, "session.timeout.ms", config->kafka.session_timeout_ms, err) &&
	       client_set_number(conf, "heartbeat.interval.ms", heartbeat_ms < 3000 ? heartbeat_ms : 3000, err) &&
	       client_set_number(conf, "max.poll.interval.ms", config->kafka.max_poll_interval_ms, err) &&
	       client_set_number(conf, "queued.max.messages.kbytes", config->kafka.queued_max_bytes / 1024, err) &&
	       client_set_number(conf, "fetch.max.bytes", config->kafka.fetch_max_bytes, err) &&
	       client_set(conf, "fetch.wait.max.ms", "100", err) &&
	       /* How long stories of a partition that is added wait to be seen; five minutes by default. */
	       client_set(conf, "topic.metadata.refresh.interval.ms", "30000", err);
}

/* A response holds at least one message, whatever its size; librdkafka wants room for both. */
static bool client_set_receive(rd_kafka_conf_t *conf, const struct config *config, struct err *err)
{
	int64_t most = config->kafka.fetch_max_bytes;
	if (config->limits.message_bytes > most)
		most = config->limits.message_bytes;
	most += 1024 * 1024;
	return most <= 100000000 || client_set_number(conf, "receive.message.max.bytes", most, err);
}

int64_t client_message_bytes(const struct config *config, int64_t beside)
{
	int64_t bytes = config->limits.message_bytes + beside;
	if (bytes < CLIENT_MESSAGE_BYTES_LEAST)
		return CLIENT_MESSAGE_BYTES_LEAST;
	return bytes < CLIENT_MESSAGE_BYTES_MOST ? bytes : CLIENT_MESSAGE_BYTES_MOST;
}

static bool client_set_loader(rd_kafka_conf_t *conf, const struct config *config, struct err *err)
{
	return client_set(conf, "enable.idempotence", "true", err) && client_set(conf, "linger.ms", "20", err) &&
	       /* Messages without a key are spread one by one, not in runs. */
	       client_set(conf, "sticky.partitioning.linger.ms", "0", err) &&
	       client_set(conf, "partitioner", "murmur2_random", err) &&
	       client_set_number(conf, "message.max.bytes", client_message_bytes(config, CLIENT_FRAMING_BYTES), err) &&
	       client_set(conf, "queue.buffering.max.kbytes", "65536", err);
}

/* librdkafka, or OpenSSL for it, does not say which file it could not read. */
static bool client_find_file(const char *name, const char *value, struct err *err)
{
	size_t n = strlen(name);
	const char *end = ".location";
	if (strncmp(name, "ssl.", 4) != 0 || n < strlen(end) || strcmp(name + n - strlen(end), end) != 0)
		return true;
	if (value[0] == 0 || strcmp(value, "probe") == 0 || access(value, R_OK) == 0)
		return true;
	return err_set(err, "cannot read '%s', which kafka.client.%s names: %s", value, name, strerror(errno));
}

/* They come last: ours that are good advice may be changed, ours that carry the guarantee were refused when the
 * configuration was read. */
static bool client_set_user(rd_kafka_conf_t *conf, const struct config *config, struct err *err)
{
	for (size_t i = 0; i < config->kafka.n_client; i++) {
		const char *name = config->kafka.client[i].name.p, *value = config->kafka.client[i].value.p;
		if (!client_find_file(name, value, err) || !client_set(conf, name, value, err))
			return false;
	}
	return true;
}

static bool client_fill(rd_kafka_conf_t *conf, const struct config *config, enum client_kind kind, const char *instance,
                        struct err *err)
{
	if (!client_set_common(conf, config, instance, err))
		return false;
	switch (kind) {
	case CLIENT_CONSUMER:
		return client_set_patience(conf, err) && client_set_consumer(conf, config, err) &&
		       client_set_receive(conf, config, err);
	case CLIENT_LOADER:
		return client_set_loader(conf, config, err);
	case CLIENT_ADMIN: /* and of the claims, which are waited for */
		return client_set_patience(conf, err);
	case CLIENT_PRODUCER: /* producer/ sets the rest, after asking the topics for their limits */
		break;
	}
	return true;
}

rd_kafka_conf_t *client_conf(const struct config *config, enum client_kind kind, const char *instance, struct err *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	if (client_fill(conf, config, kind, instance, err) && client_set_user(conf, config, err))
		return conf;
	rd_kafka_conf_destroy(conf);
	return NULL;
}
