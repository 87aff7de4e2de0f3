/*
 * wiredesk check: is the configuration right, and is the world as it says? A line a finding: ok, warn or error, with
 * what mends it. Nothing is changed by it, and a running worker is not disturbed: no transactional id is taken, no
 * group joined, no lock.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/log.h"
#include "pipeline/base/metrics.h"
#include "pipeline/plan.h"
#include "worker/command.h"
#include "worker/http_client.h"
#include "worker/memory.h"
#include "worker/state.h"
#include "worker/topics.h"

#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>

#define CMD_CHECK_REACH_MS            15000
#define CMD_CHECK_TEXT_MAX            (256 * 1024)
#define CMD_CHECK_RECORD_MARGIN_BYTES (16 * 1024) /* what a dead letter carries beside the message */

enum finding { FINDING_OK, FINDING_WARN, FINDING_CONFIG, FINDING_WORLD };

struct cmd_check {
	const struct command_line *line;
	struct config *config;
	const char *file;
	struct admin *admin;
	size_t n_warnings, n_config, n_world;
};

__attribute__((format(printf, 3, 4))) static void cmd_check_say(struct cmd_check *c, enum finding finding,
                                                                const char *format, ...)
{
	static const char *const words[] = {"ok", "warn", "error", "error"};
	va_list args;
	printf("%-5s  ", words[finding]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	c->n_warnings += finding == FINDING_WARN;
	c->n_config += finding == FINDING_CONFIG;
	c->n_world += finding == FINDING_WORLD;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static bool cmd_check_config(struct cmd_check *c)
{
	const char *sets[COMMAND_GIVEN_MAX];
	size_t n = command_values(c->line, "set", sets, COMMAND_GIVEN_MAX);
	struct err err = {0};
	c->config = config_load(c->file, sets, n, &err);
	if (!c->config) {
		cmd_check_say(c, FINDING_CONFIG, "%s", err.words);
		return false;
	}
	cmd_check_say(c, FINDING_OK, "configuration '%s' is read", c->file);
	for (size_t i = 0; i < c->config->warnings.n; i++)
		cmd_check_say(c, FINDING_WARN, "%s", c->config->warnings.items[i].p);
	return true;
}

static void cmd_check_warn(void *arg, const char *words)
{
	struct cmd_check *c = arg;
	cmd_check_say(c, FINDING_WARN, "%s", words);
}

static void cmd_check_open_plan(struct cmd_check *c, struct plan *plan, const char *data_dir)
{
	struct err err = {0};
	struct metrics *metrics = metrics_new();
	struct stage_env env = config_stage_env(c->config);
	env.data_dir = str_of(data_dir);
	env.clock = clock_system();
	env.metrics = metrics;
	env.warn = cmd_check_warn;
	env.warn_arg = c;
	if (plan_open(plan, &env, &err)) {
		cmd_check_say(c, FINDING_OK, "models and tables in '%s' can be read", data_dir);
		plan_close(plan);
	} else {
		cmd_check_say(c, FINDING_WORLD, "%s", err.words);
	}
	metrics_free(&metrics);
}

static void cmd_check_names(const struct plan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", plan->entries[i].stage->name);
	buf_putc(out, 0);
}

static void cmd_check_stages(struct cmd_check *c, const char *data_dir, const struct err *no_data)
{
	struct err err = {0};
	struct plan plan = {0};
	struct stage_env env = config_stage_env(c->config);
	env.warn = cmd_check_warn;
	env.warn_arg = c;
	if (!plan_read(&plan, c->config->stages, stage_registry, &c->config->arena, &err) ||
	    !plan_check(&plan, &env, &err)) {
		cmd_check_say(c, FINDING_CONFIG, "%s", err.words);
		return;
	}
	struct buf names;
	buf_init(&names, CMD_CHECK_TEXT_MAX);
	cmd_check_names(&plan, &names);
	cmd_check_say(c, FINDING_OK, "run list: %s", names.p);
	buf_free(&names);
	if (err_is_set(no_data))
		cmd_check_say(c, FINDING_WORLD, "%s", no_data->words);
	else
		cmd_check_open_plan(c, &plan, data_dir);
}

static void cmd_check_memory(struct cmd_check *c, const char *data_dir)
{
	struct memory_facts facts = {.brokers = c->admin ? admin_brokers(c->admin) : 0};
	struct memory_sum sum;
	struct buf out;
	memory_find_facts(&facts, c->config, data_dir);
	memory_add(&sum, c->config, &facts);
	double total_mb = (double)sum.total_bytes / 1e6, ceiling_mb = (double)c->config->memory_bytes / 1e6;
	if (c->config->memory_bytes && sum.total_bytes > c->config->memory_bytes)
		cmd_check_say(c, FINDING_CONFIG,
		              "memory may reach %.0f MB, over the ceiling 'memory' (%.0f MB); make the largest part "
		              "below smaller",
		              total_mb, ceiling_mb);
	else if (c->config->memory_bytes)
		cmd_check_say(c, FINDING_OK, "memory may reach %.0f MB, under the ceiling 'memory' (%.0f MB)", total_mb,
		              ceiling_mb);
	else
		cmd_check_say(c, FINDING_OK, "memory may reach %.0f MB:", total_mb);
	buf_init(&out, CMD_CHECK_TEXT_MAX);
	memory_write(&sum, &out);
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

/* Only tries; run makes the folder. */
static void cmd_check_state_dir(struct cmd_check *c)
{
	const char *dir = c->config->state_dir.p, *source = c->config->state_dir_source;
	struct err err = {0};
	struct stat st;
	if (!state_dir_try(dir, &err))
		cmd_check_say(c, FINDING_WORLD,
		              "state folder '%s' (%s) cannot be written to: %s; make room there, or: chown USER %s, or "
		              "name another one: --set state-dir=DIR",
		              dir, source, err.words, dir);
	else if (stat(dir, &st) != 0)
		cmd_check_say(c, FINDING_OK, "state folder '%s' (%s) is not there yet; run makes it", dir, source);
	else
		cmd_check_say(c, FINDING_OK, "state folder '%s' (%s) can be written to", dir, source);
}

static void cmd_check_listen(struct cmd_check *c)
{
	struct http_address address;
	if (!c->config->http.enabled || !http_parse_address(c->config->http.listen, &address, NULL))
		return;
	const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)&address.at;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)&address.at;
	bool is_loopback = address.at.ss_family == AF_INET ? ntohl(four->sin_addr.s_addr) >> 24 == 127
	                                                   : IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
	if (!is_loopback)
		cmd_check_say(c, FINDING_WARN,
		              "metrics and health on '%s' can be read by whoever reaches this host, without a password",
		              c->config->http.listen.p);
}

/* --- the cluster -------------------------------------------------------------------------------------------------- */

static void cmd_check_broker_bound(struct cmd_check *c, const char *setting, const char *key, int64_t value_ms,
                                   bool at_most)
{
	int64_t bound_ms = admin_broker_setting(c->admin, setting);
	if (bound_ms < 0 || (at_most ? value_ms <= bound_ms : value_ms >= bound_ms))
		return;
	cmd_check_say(c, FINDING_CONFIG,
	              "%s is %lld ms, and the brokers allow %s %lld ms (%s); change the one or the other", key,
	              (long long)value_ms, at_most ? "at most" : "at least", (long long)bound_ms, setting);
}

static void cmd_check_brokers(struct cmd_check *c)
{
	const struct config *config = c->config;
	cmd_check_say(c, FINDING_OK, "cluster '%s' answers, %zu broker%s", admin_cluster(c->admin).p,
	              admin_brokers(c->admin), admin_brokers(c->admin) == 1 ? "" : "s");
	cmd_check_broker_bound(c, "transaction.max.timeout.ms", "kafka.transaction-timeout",
	                       config->kafka.transaction_timeout_ms, true);
	cmd_check_broker_bound(c, "group.max.session.timeout.ms", "kafka.session-timeout",
	                       config->kafka.session_timeout_ms, true);
	cmd_check_broker_bound(c, "group.min.session.timeout.ms", "kafka.session-timeout",
	                       config->kafka.session_timeout_ms, false);
}

static void cmd_check_group(struct cmd_check *c)
{
	struct err err = {0};
	struct admin_group is;
	const char *group = c->config->kafka.group.p;
	if (!admin_group(c->admin, group, &is, &err))
		cmd_check_say(c, FINDING_WORLD, "%s", err.words);
	else if (!is.is_described)
		cmd_check_say(c, FINDING_WARN,
		              "the cluster answers no questions about groups; whether group '%s' may be read, only run "
		              "tells",
		              group);
	else if (is.read == ADMIN_READ_FORBIDDEN)
		cmd_check_say(c, FINDING_WORLD,
		              "group '%s' may not be read; allow it: kafka-acls --add --allow-principal User:NAME "
		              "--operation Read --group %s",
		              group, group);
	else
		cmd_check_say(c, FINDING_OK, "group '%s' may be %s: %s, %zu member%s", group,
		              is.read == ADMIN_READ_ALLOWED ? "read" : "seen (whether it may be read, only run tells)",
		              is.state[0] ? is.state : "new", is.members, is.members == 1 ? "" : "s");
}

static void cmd_check_claims(struct cmd_check *c, const struct topic *topic, const struct admin_topic *is)
{
	struct err err = {0};
	if (!topics_claims_fit(c->config, topic->name, is, &err))
		cmd_check_say(c, FINDING_WORLD, "%s", err.words);
}

static void cmd_check_input(struct cmd_check *c, const struct topic *topic, const struct admin_topic *is)
{
	if (is->partitions == 1)
		cmd_check_say(c, FINDING_WARN, "topic '%s' has one partition, so only one worker at a time can read it",
		              topic->name);
	int64_t wanted = topics_input_bytes(c->config);
	if (is->message_bytes >= 0 && is->message_bytes < wanted)
		cmd_check_say(
		        c, FINDING_WARN,
		        "topic '%s' takes messages of %lld bytes, and limits.message allows %lld: the brokers refuse "
		        "what is larger to whoever sends it, replay among them; mend it: kafka-configs --alter "
		        "--topic %s --add-config max.message.bytes=%lld, or make limits.message smaller",
		        topic->name, (long long)is->message_bytes, (long long)c->config->limits.message_bytes,
		        topic->name, (long long)wanted);
	if (is->message_bytes > wanted)
		cmd_check_say(
		        c, FINDING_WARN,
		        "topic '%s' takes messages of %lld bytes; those over limits.message (%lld) become dead letters",
		        topic->name, (long long)is->message_bytes, (long long)c->config->limits.message_bytes);
}

static void cmd_check_output(struct cmd_check *c, const struct topic *topic, const struct admin_topic *is,
                             int64_t input_bytes)
{
	bool is_dead = topic->role == TOPIC_DEAD_LETTERS;
	int64_t needed = input_bytes + CMD_CHECK_RECORD_MARGIN_BYTES;
	if (is->message_bytes >= 0 && input_bytes > 0 && is->message_bytes < needed)
		cmd_check_say(c, FINDING_WARN,
		              "topic '%s' takes records of %lld bytes, and input messages may have %lld: what does not "
		              "fit becomes a dead letter%s; "
		              "mend it: kafka-configs --alter --topic %s --add-config max.message.bytes=%lld",
		              topic->name, (long long)is->message_bytes, (long long)input_bytes,
		              is_dead ? " without its bytes" : "", topic->name, (long long)needed + 1024 * 1024);
	if (is_dead && strstr(is->cleanup, "compact"))
		cmd_check_say(c, FINDING_WORLD,
		              "topic '%s' is compacted, and refuses dead letters of messages without a key; mend it: "
		              "kafka-configs --alter --topic %s "
		              "--add-config cleanup.policy=delete",
		              topic->name, topic->name);
}

static void cmd_check_safety(struct cmd_check *c, const struct topic *topic, const struct admin_topic *is)
{
	if (is->replication == 1 && admin_brokers(c->admin) > 1)
		cmd_check_say(c, FINDING_WARN, "topic '%s' has one replica only: it is lost with its broker",
		              topic->name);
	if (is->replication > 2 && is->in_sync == 1)
		cmd_check_say(c, FINDING_WARN,
		              "topic '%s' has min.insync.replicas 1: what one broker took counts as safe; mend it: "
		              "kafka-configs --alter --topic %s "
		              "--add-config min.insync.replicas=2",
		              topic->name, topic->name);
}

static void cmd_check_topic(struct cmd_check *c, const struct topic *topic, const struct admin_topic *is,
                            int64_t input_bytes)
{
	if (!is->exists) {
		cmd_check_say(
		        c, FINDING_WORLD,
		        "topic '%s' (%s) is not there, or may not be seen; make it: wiredesk topics -c %s --create",
		        topic->name, topic_role_word(topic->role), c->file);
		return;
	}
	cmd_check_say(c, FINDING_OK, "topic '%s' (%s) has %d partition%s", topic->name, topic_role_word(topic->role),
	              is->partitions, is->partitions == 1 ? "" : "s");
	if (!is->is_described)
		cmd_check_say(c, FINDING_WARN,
		              "the settings of topic '%s' may not be read; allow it: kafka-acls --add "
		              "--allow-principal User:NAME --operation "
		              "DescribeConfigs --topic %s",
		              topic->name, topic->name);
	if (topic->role == TOPIC_INPUT)
		cmd_check_input(c, topic, is);
	else if (topic->role == TOPIC_CLAIMS)
		cmd_check_claims(c, topic, is);
	else
		cmd_check_output(c, topic, is, input_bytes);
	cmd_check_safety(c, topic, is);
}

static void cmd_check_topics(struct cmd_check *c)
{
	size_t n;
	struct topic *topics = topics_of(c->config, &n);
	int64_t input_bytes = -1; /* the largest message that can come; inputs stand first */
	for (size_t i = 0; i < n; i++) {
		struct err err = {0};
		struct admin_topic is;
		if (!admin_describe(c->admin, topics[i].name, &is, &err)) {
			cmd_check_say(c, FINDING_WORLD, "%s", err.words);
			continue;
		}
		if (topics[i].role == TOPIC_INPUT && is.message_bytes > input_bytes)
			input_bytes = is.message_bytes;
		cmd_check_topic(c, &topics[i], &is, input_bytes);
	}
}

static void cmd_check_cluster(struct cmd_check *c)
{
	struct err err = {0};
	c->admin = admin_open(c->config, &err);
	if (!c->admin) {
		cmd_check_say(c, FINDING_CONFIG, "%s", err.words);
	} else if (!admin_reach(c->admin, CMD_CHECK_REACH_MS, NULL, &err)) {
		cmd_check_say(c, FINDING_WORLD, "%s", err.words);
	} else {
		cmd_check_brokers(c);
		cmd_check_group(c);
		cmd_check_topics(c);
	}
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static void cmd_check_print(const struct config *config)
{
	struct buf out;
	buf_init(&out, CMD_CHECK_TEXT_MAX);
	config_print(config, &out);
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

static int cmd_check_verdict(const struct cmd_check *c)
{
	size_t n_errors = c->n_config + c->n_world;
	printf("\n%zu error%s, %zu warning%s%s\n", n_errors, n_errors == 1 ? "" : "s", c->n_warnings,
	       c->n_warnings == 1 ? "" : "s", command_has(c->line, "offline") ? "; the cluster was not asked" : "");
	fflush(stdout);
	if (c->n_config)
		return EXIT_CODE_USAGE;
	return c->n_world ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
}

static void cmd_check_all(struct cmd_check *c)
{
	char data_dir[PATH_MAX] = "";
	struct err no_data = {0};
	command_data_dir(c->line, data_dir, &no_data);
	cmd_check_stages(c, data_dir, &no_data);
	cmd_check_state_dir(c);
	cmd_check_listen(c);
	if (!command_has(c->line, "offline"))
		cmd_check_cluster(c);
	cmd_check_memory(c, data_dir);
	admin_close(&c->admin);
}

static int cmd_check_run(const struct command_line *line)
{
	if (command_has(line, "print")) {
		struct config *config = command_config(line);
		if (!config)
			return EXIT_CODE_USAGE;
		cmd_check_print(config);
		config_free(&config);
		return EXIT_CODE_DONE;
	}
	struct cmd_check c = {.line = line, .file = command_value(line, "config")};
	log_setup(LOG_ERROR, LOG_AUTO);
	if (cmd_check_config(&c))
		cmd_check_all(&c);
	config_free(&c.config);
	return cmd_check_verdict(&c);
}

static const struct command_option cmd_check_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        COMMAND_OPTION_DATA,
        {"offline", 0, NULL, "Only the file: the cluster is not asked."},
        {"print", 0, NULL,
         "Prints the configuration as it is after defaults and overrides, secrets masked, and checks nothing else."},
        COMMAND_OPTION_END,
};

const struct command command_check = {
        .name = "check",
        .arguments = "-c FILE [--offline | --print]",
        .summary = "Is the configuration right, and are brokers and topics there with the right settings?",
        .help = "A line a finding: ok, warn or error, with what mends it. Exit code 2 when the configuration is wrong, "
                "4 when the world is, "
                "0 when only warnings are left. What a client may write cannot be asked of Kafka; only writing tells.",
        .options = cmd_check_options,
        .needs_config = true,
        .run = cmd_check_run,
};
