/*
 * The configuration's keys: one row each, with default, bounds and help.
 */
#include "worker/config_tables.h"

static const char *const config_levels[] = {"debug", "info", "warn", "error", "silent", NULL}; /* enum log_level */
static const char *const config_formats[] = {"auto", "text", "json", NULL};                    /* enum log_format */

#define VALUES struct config_values

static const struct option config_top_rows[] = {
        OPTION_NODE(VALUES, raw.kafka, "kafka", "The cluster, the group and the input topics."),
        OPTION_NODE(VALUES, raw.sources, "sources",
                    "A list of feeds: what is known of stories before they are read. The first that matches counts."),
        OPTION_NODE(VALUES, raw.output, "output", "The output topics."),
        OPTION_NODE(VALUES, raw.batch, "batch", "What one transaction holds."),
        OPTION_INT(VALUES, config.lanes, "lanes", "2", "1", "64", "Threads that work on a batch, the loop's included."),
        OPTION_NODE(VALUES, raw.limits, "limits", "What a message or story may measure; over it, it is a dead letter."),
        OPTION_DURATION(
                VALUES, config.story_time_ms, "story-time", "30s", "0", "1h",
                "A message that takes longer ends the process as a crash would, and is suspected. 0: no limit."),
        OPTION_BYTES(VALUES, config.memory_bytes, "memory", "0", "0", "1000GB",
                     "The ceiling that check compares the sum of all memory with. 0: none."),
        OPTION_STRING(VALUES, raw.state_dir, "state-dir", "",
                      "Folder for the lock and the suspects, made if absent. An override (--set, "
                      "WIREDESK__STATE_DIR) comes first, then $STATE_DIRECTORY, as systemd sets it, then this key, "
                      "then ./wiredesk-state."),
        OPTION_NODE(VALUES, raw.http, "http", "Metrics and health."),
        OPTION_NODE(VALUES, raw.log, "log", "Log lines."),
        OPTION_NODE(VALUES, raw.stages, "stages",
                    "The run list: names of stages, or a name with its options. 'wiredesk stages NAME' lists these."),
        OPTION_END,
};

static const struct option config_kafka_rows[] = {
        OPTION_STRING(VALUES, config.kafka.brokers, "brokers", "localhost:9092",
                      "Where the cluster is found: host:port, more than one with commas between."),
        OPTION_STRING(VALUES, config.kafka.group, "group", "wiredesk",
                      "The consumer group. The transactional id is the group, a dot and the instance's name."),
        OPTION_STRINGS(VALUES, config.kafka.input, "input", "wire.raw", "The topics that raw stories are read from."),
        OPTION_NODE(VALUES, raw.client, "client",
                    "Other properties of librdkafka, by their names there: security.protocol, sasl.username, "
                    "ssl.ca.location, …"),
        OPTION_DURATION(VALUES, config.kafka.session_timeout_ms, "session-timeout", "10s", "1s", "30m",
                        "For so long the partitions of a dead worker rest; a restart inside it costs no rebalance."),
        OPTION_DURATION(
                VALUES, config.kafka.max_poll_interval_ms, "max-poll-interval", "5m", "6s", "24h",
                "A worker that does not poll for so long is thrown out of the group. Half of it is the work deadline."),
        OPTION_DURATION(VALUES, config.kafka.transaction_timeout_ms, "transaction-timeout", "20s", "1s", "15m",
                        "For so long a dead worker's open transaction may hold up readers of the output; "
                        "let it be longer than a broker needs to restart."),
        OPTION_BYTES(VALUES, config.kafka.queued_max_bytes, "queued-max", "64MiB", "1MiB", "2GiB",
                     "Messages fetched ahead. Smaller saves memory and costs speed."),
        OPTION_BYTES(VALUES, config.kafka.fetch_max_bytes, "fetch-max", "16MiB", "1MiB", "1GiB",
                     "What one broker may answer to one request."),
        OPTION_END,
};

static const struct option config_output_rows[] = {
        OPTION_NODE(VALUES, raw.articles, "articles",
                    "The topic of articles (default wire.articles), or a map of languages to topics with 'default' for "
                    "all others."),
        OPTION_STRING(VALUES, raw.duplicates, "duplicates", "wire.duplicates", "The topic of duplicates."),
        OPTION_STRING(VALUES, raw.dead_letters, "dead-letters", "wire.dead", "The topic of dead letters."),
        OPTION_END,
};

static const struct option config_batch_rows[] = {
        OPTION_INT(VALUES, config.batch.stories, "stories", "1000", "1", "100000", "Messages, and parts, at most."),
        OPTION_BYTES(VALUES, config.batch.bytes, "bytes", "8MB", "1kB", "1GB",
                     "Raw bytes at most; derived ones four times that."),
        OPTION_DURATION(VALUES, config.batch.wait_ms, "wait", "100ms", "0", "60s",
                        "A batch is worked on at the latest so long after its first message."),
        OPTION_END,
};

static const struct option config_limits_rows[] = {
        OPTION_BYTES(VALUES, config.limits.message_bytes, "message", "16MB", "1kB", "1GB", "A message's value."),
        OPTION_BYTES(VALUES, config.limits.story_bytes, "story", "16MB", "64kB", "1GB",
                     "Memory of what is made of one story."),
        OPTION_INT(VALUES, config.limits.parts, "parts", "2000", "1", "100000", "Stories in one message."),
        OPTION_BYTES(VALUES, config.limits.parse_bytes, "parse", "128MB", "64kB", "4GB",
                     "Scratch memory of one call of a stage; never more than 128 times the message."),
        OPTION_INT(VALUES, config.limits.depth, "depth", "64", "1", "1000", "Nesting of JSON and XML."),
        OPTION_END,
};

static const struct option config_http_rows[] = {
        OPTION_BOOL(VALUES, config.http.enabled, "enabled", "true", "Answer /metrics, /livez and /readyz?"),
        OPTION_STRING(VALUES, config.http.listen, "listen", "127.0.0.1:9464",
                      "address:port; 0.0.0.0 or [::] for all addresses."),
        OPTION_DURATION(VALUES, config.http.stuck_ms, "stuck", "5m", "1s", "24h",
                        "/livez fails when a partition that is not at its end makes no progress for so long."),
        OPTION_END,
};

static const struct option config_log_rows[] = {
        OPTION_ENUM(VALUES, config.log.level, "level", config_levels, "info", "The least level that is written."),
        OPTION_ENUM(VALUES, config.log.format, "format", config_formats, "auto",
                    "auto: text on a terminal, JSON elsewhere."),
        OPTION_END,
};

const struct config_section config_sections[] = {
        {"", 0, config_top_rows},
        {"kafka", offsetof(VALUES, raw.kafka), config_kafka_rows},
        {"output", offsetof(VALUES, raw.output), config_output_rows},
        {"batch", offsetof(VALUES, raw.batch), config_batch_rows},
        {"limits", offsetof(VALUES, raw.limits), config_limits_rows},
        {"http", offsetof(VALUES, raw.http), config_http_rows},
        {"log", offsetof(VALUES, raw.log), config_log_rows},
};
const size_t config_n_sections = sizeof config_sections / sizeof config_sections[0];

const struct option config_source_rows[] = {
        OPTION_STRING(struct config_source, feed.name, "name", NULL,
                      "The feed's name, as it stands in records and metrics."),
        OPTION_NODE(struct config_source, match, "match", "Which messages are of this feed; without it: all."),
        OPTION_STRING(struct config_source, feed.zone, "zone", "",
                      "IANA time zone of times that name none: Asia/Jakarta."),
        OPTION_STRING(struct config_source, feed.charset, "charset", "",
                      "Charset of the bytes; else it is recognised."),
        OPTION_STRING(struct config_source, feed.format, "format", "",
                      "Format of the messages; else it is recognised."),
        OPTION_NODE(struct config_source, fields, "fields",
                    "Where JSON of unknown names says what: { headline: meta/title, body: [text, short] }; decode's "
                    "FORMATS.md lists the fields."),
        OPTION_STRINGS(struct config_source, expect, "expect", "", "Languages to expect (BCP 47), likeliest first."),
        OPTION_STRING(struct config_source, feed.scope, "scope", "",
                      "Only stories of the same scope are compared by dedup."),
        OPTION_END,
};

const struct option config_match_rows[] = {
        OPTION_STRING(struct config_source, feed.match_topic, "topic", "", "The input topic's name."),
        OPTION_NODE(struct config_source, header, "header", "One header and its value: { feed: antara }."),
        OPTION_STRING(struct config_source, feed.match_key_prefix, "key-prefix", "",
                      "The beginning of the message's key."),
        OPTION_END,
};

const char config_default_stages[] = "[decode, cleanup, credits, language, entities, fingerprint, dedup, route]";
