/*
 * Which topics a configuration names, and with which settings they are best made.
 */
#include "worker/topics.h"

#include "pipeline/base/check.h"
#include "pipeline/plan.h"

/* What a record may be larger than the message that it is made of: provenance, evidence, headers, framing. */
#define TOPICS_MARGIN_BYTES (1024 * 1024)
/* What stands around an input message: framing, key, and the headers with which replay puts one back. Well below the
 * other margin, for a dead letter holds all of it. */
#define TOPICS_INPUT_MARGIN_BYTES (64 * 1024)

const char *topic_role_word(enum topic_role role)
{
	static const char *const words[] = {"input", "articles", "duplicates", "dead letters", "claims"};
	CHECK((size_t)role < sizeof words / sizeof words[0]);
	return words[role];
}

static struct plan_option topics_dedup(const struct config *config, const char *name)
{
	return plan_option(config->stages, stage_registry, "dedup", name);
}

static struct str topics_dedup_text(const struct config *config, const char *name)
{
	struct plan_option option = topics_dedup(config, name);
	return option.given.n ? option.given : option.preset;
}

int64_t topics_claims_window_ms(const struct config *config)
{
	struct plan_option window = topics_dedup(config, "window");
	int64_t window_ms = 0;
	if (!str_is(topics_dedup_text(config, "ledger"), "kafka"))
		return 0;
	options_parse_duration(window.preset, &window_ms);
	options_parse_duration(window.given, &window_ms);
	return window_ms;
}

int64_t topics_dedup_number(const struct config *config, const char *name)
{
	struct plan_option option = topics_dedup(config, name);
	int64_t number = 0;
	options_parse_int(option.preset, &number);
	options_parse_int(option.given, &number);
	return number;
}

bool topics_claims_settings(const struct config *config, struct claim_settings *settings, struct str *space)
{
	const struct likeness_limits limits = {
	        (uint8_t)topics_dedup_number(config, "same-text"), (uint8_t)topics_dedup_number(config, "same-numbers"),
	        (uint8_t)topics_dedup_number(config, "own-facts"), (uint8_t)topics_dedup_number(config, "excerpt")};
	*space = topics_dedup_text(config, "namespace");
	*settings = (struct claim_settings){topics_claims_window_ms(config),
	                                    (uint32_t)topics_dedup_number(config, "window-stories"),
	                                    CLAIM_FORMAT_SKETCH, likeness_limits_of(limits)};
	return settings->window_ms > 0;
}

static void topics_add(struct topic *topics, size_t *n, const char *name, enum topic_role role)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(topics[i].name, name) == 0)
			return;
	topics[(*n)++] = (struct topic){name, role};
}

struct topic *topics_of(struct config *config, size_t *n)
{
	const struct output_topics *output = &config->output;
	size_t room = config->kafka.input.n + output->n_by_language + 4;
	struct topic *topics = ARENA_ARRAY(&config->arena, struct topic, room);
	*n = 0;
	for (size_t i = 0; i < config->kafka.input.n; i++)
		topics_add(topics, n, config->kafka.input.items[i].p, TOPIC_INPUT);
	topics_add(topics, n, output->fallback, TOPIC_ARTICLES);
	for (size_t i = 0; i < output->n_by_language; i++)
		topics_add(topics, n, output->by_language[i].topic, TOPIC_ARTICLES);
	topics_add(topics, n, output->duplicates, TOPIC_DUPLICATES);
	topics_add(topics, n, output->dead_letters, TOPIC_DEAD_LETTERS);
	if (topics_claims_window_ms(config))
		topics_add(topics, n, topics_dedup_text(config, "claims").p, TOPIC_CLAIMS);
	CHECK(*n <= room);
	return topics;
}

static void topics_set(struct admin_wish *wish, const char *name, const char *value)
{
	CHECK(wish->n_settings < sizeof wish->settings / sizeof wish->settings[0]);
	wish->settings[wish->n_settings].name = name;
	wish->settings[wish->n_settings++].value = value;
}

static const char *topics_number(struct config *config, int64_t n)
{
	return arena_printf(&config->arena, "%lld", (long long)n).p;
}

int64_t topics_input_bytes(const struct config *config)
{
	return config->limits.message_bytes + TOPICS_INPUT_MARGIN_BYTES;
}

void topics_wish(struct config *config, const struct topic *topic, int partitions, int replication,
                 struct admin_wish *wish)
{
	*wish = (struct admin_wish){.topic = topic->name, .partitions = partitions, .replication = replication};
	if (topic->role == TOPIC_CLAIMS) {
		/* One partition is one order for the whole world; the log's own time is the only clock. */
		wish->partitions = 1;
		topics_set(wish, "cleanup.policy", "delete");
		topics_set(wish, "message.timestamp.type", "LogAppendTime");
		topics_set(wish, "retention.ms", topics_number(config, 2 * topics_claims_window_ms(config)));
		return;
	}
	int64_t most_bytes = topic->role == TOPIC_INPUT ? topics_input_bytes(config)
	                                                : config->limits.message_bytes + TOPICS_MARGIN_BYTES;
	topics_set(wish, "max.message.bytes", topics_number(config, most_bytes));
}

bool topics_claims_fit(const struct config *config, const char *topic, const struct admin_topic *is, struct err *err)
{
	int64_t least_ms = 2 * topics_claims_window_ms(config);
	const char *mend = "mend it: kafka-configs --alter --topic";
	if (is->partitions != 1)
		return err_set(
		        err,
		        "topic '%s' has %d partitions; claims need exactly one, for it is their order: name another "
		        "topic in dedup.claims",
		        topic, is->partitions);
	if (!is->is_described)
		return true;
	if (strcmp(is->cleanup, "delete") != 0)
		return err_set(err, "topic '%s' has cleanup.policy '%s'; %s %s --add-config cleanup.policy=delete",
		               topic, is->cleanup, mend, topic);
	if (strcmp(is->timestamps, "LogAppendTime") != 0)
		return err_set(err,
		               "topic '%s' has message.timestamp.type '%s'; %s %s --add-config "
		               "message.timestamp.type=LogAppendTime",
		               topic, is->timestamps, mend, topic);
	if (is->retention_ms >= 0 && is->retention_ms < least_ms)
		return err_set(
		        err,
		        "topic '%s' keeps claims for %lld ms, less than twice dedup's window; %s %s --add-config "
		        "retention.ms=%lld",
		        topic, (long long)is->retention_ms, mend, topic, (long long)least_ms);
	return true;
}
