/*
 * wiredesk topics: the topics that the configuration names, as the cluster has them; with --create, those that are
 * missing are made.
 */
#include "pipeline/base/clock.h"
#include "worker/claims_topic.h"
#include "worker/command.h"
#include "worker/topics.h"

#include <inttypes.h>

#define CMD_TOPICS_REACH_MS        15000
#define CMD_TOPICS_PARTITIONS_MAX  10000
#define CMD_TOPICS_REPLICATION_MAX 100
#define CMD_TOPICS_TRIES           50
#define CMD_TOPICS_TRY_US          100000

struct cmd_topics {
	const struct command_line *line;
	struct config *config;
	struct admin *admin;
	bool create, settle;
	int partitions, replication;
	size_t n_missing;
};

static bool cmd_topics_number(const struct command_line *line, const char *name, int preset, int most, int *out,
                              struct err *err)
{
	const char *text = command_value(line, name);
	int64_t n = preset;
	if (text && (!options_parse_int(str_of(text), &n) || n < 1 || n > most))
		return err_set(err, "--%s is a number from 1 to %d, not '%.50s'", name, most, text);
	*out = (int)n;
	return true;
}

static void cmd_topics_print(const struct topic *topic, const struct admin_topic *is, const char *remark)
{
	char partitions[16] = "-", replication[16] = "-", bytes[24] = "-";
	if (is->exists) {
		snprintf(partitions, sizeof partitions, "%d", is->partitions);
		snprintf(replication, sizeof replication, "%d", is->replication);
		if (is->message_bytes >= 0)
			snprintf(bytes, sizeof bytes, "%" PRId64, is->message_bytes);
	}
	printf("%-28s %-13s %10s %11s %17s  %s\n", topic->name, topic_role_word(topic->role), partitions, replication,
	       bytes, remark);
}

/* Makes it and looks again, so that what is printed is what is there. */
static bool cmd_topics_make(struct cmd_topics *t, const struct topic *topic, struct admin_topic *is, struct err *err)
{
	struct admin_wish wish;
	bool existed;
	topics_wish(t->config, topic, t->partitions, t->replication, &wish);
	if (!admin_create(t->admin, &wish, &existed, err))
		return false;
	/* The broker that is asked may hear of it a little later than the one that made it. */
	for (int tries = 0; tries < CMD_TOPICS_TRIES && !is->exists; tries++) {
		if (tries)
			clock_system()->sleep_us(clock_system(), CMD_TOPICS_TRY_US);
		if (!admin_describe(t->admin, topic->name, is, err))
			return false;
	}
	return is->exists ||
	       err_set(err, "topic '%s' was made, and does not show; look again with wiredesk topics", topic->name);
}

static bool cmd_topics_one(struct cmd_topics *t, const struct topic *topic, struct err *err)
{
	struct admin_topic is;
	const char *remark = "";
	if (!admin_describe(t->admin, topic->name, &is, err))
		return false;
	if (!is.exists && t->create) {
		remark = "made";
		if (!cmd_topics_make(t, topic, &is, err))
			return false;
	} else if (!is.exists) {
		remark = "missing";
		t->n_missing++;
	}
	cmd_topics_print(topic, &is, remark);
	return true;
}

static bool cmd_topics_all(struct cmd_topics *t, struct err *err)
{
	size_t n;
	struct topic *topics = topics_of(t->config, &n);
	if (!admin_reach(t->admin, CMD_TOPICS_REACH_MS, NULL, err))
		return false;
	printf("%-28s %-13s %10s %11s %17s\n", "topic", "for", "partitions", "replication", "max.message.bytes");
	for (size_t i = 0; i < n; i++)
		if (!cmd_topics_one(t, &topics[i], err))
			return false;
	return true;
}

/* The settings that this configuration has, as the latest in the log: every worker follows them. */
static bool cmd_topics_settle(struct cmd_topics *t, struct err *err)
{
	size_t n;
	struct topic *topics = topics_of(t->config, &n);
	struct claim_settings settings;
	struct str space;
	if (!topics_claims_settings(t->config, &settings, &space))
		return err_set(err, "this configuration keeps no claims in Kafka: dedup's ledger is not 'kafka'");
	for (size_t i = 0; i < n; i++)
		if (topics[i].role == TOPIC_CLAIMS &&
		    !claims_topic_settle(t->config, topics[i].name, space, &settings, err))
			return false;
	printf("all workers judge by a window of %" PRId64 " s and %" PRIu32 " claims from now on\n",
	       settings.window_ms / 1000, settings.window_claims);
	return true;
}

static int cmd_topics_with(struct cmd_topics *t)
{
	struct err err = {0};
	if (!cmd_topics_number(t->line, "partitions", 4, CMD_TOPICS_PARTITIONS_MAX, &t->partitions, &err) ||
	    !cmd_topics_number(t->line, "replication", -1, CMD_TOPICS_REPLICATION_MAX, &t->replication, &err))
		return command_fail(t->line, EXIT_CODE_USAGE, &err);
	t->admin = admin_open(t->config, &err);
	if (!t->admin)
		return command_fail(t->line, EXIT_CODE_USAGE, &err);
	bool good = cmd_topics_all(t, &err) && (!t->settle || t->n_missing || cmd_topics_settle(t, &err));
	admin_close(&t->admin);
	fflush(stdout);
	if (!good)
		return command_fail(t->line, EXIT_CODE_FAILED, &err);
	if (t->n_missing)
		return command_fail_words(t->line, EXIT_CODE_FAILED,
		                          "%zu missing; make them: wiredesk topics -c %s --create", t->n_missing,
		                          t->config->file ? t->config->file : "FILE");
	return EXIT_CODE_DONE;
}

static int cmd_topics_run(const struct command_line *line)
{
	struct cmd_topics t = {
	        .line = line, .create = command_has(line, "create"), .settle = command_has(line, "settle-claims")};
	t.config = command_config(line);
	if (!t.config)
		return EXIT_CODE_USAGE;
	int code = cmd_topics_with(&t);
	config_free(&t.config);
	return code;
}

static const struct command_option cmd_topics_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        {"create", 0, NULL, "Makes the topics that are missing; those that are there stay as they are."},
        {"partitions", 0, "N", "Partitions of topics that are made (default 4; the claims topic always has one)."},
        {"replication", 0, "N", "Their replication factor (default: the cluster's own)."},
        {"settle-claims", 0, NULL,
         "Writes dedup's window, window-stories and limits of likeness of this configuration into the claims log: all "
         "workers follow them, "
         "and "
         "those that start must be configured alike."},
        COMMAND_OPTION_END,
};

const struct command command_topics = {
        .name = "topics",
        .arguments = "-c FILE [--create [--partitions N] [--replication N]] [--settle-claims]",
        .summary = "Lists the topics that the configuration names, or makes them.",
        .help = "Exit code 4 when topics are missing and --create was not given. Topics are made with a "
                "max.message.bytes that fits limits.message.",
        .options = cmd_topics_options,
        .needs_config = true,
        .run = cmd_topics_run,
};
