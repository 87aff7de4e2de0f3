/*
 * Loading the configuration: file, environment and --set become one tree; rows read it section by section; what rows
 * cannot say (sources, article topics, properties, consistency) is read by hand below.
 */
#include "worker/config.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "worker/client.h"
#include "worker/config_override.h"
#include "worker/config_tables.h"
#include "worker/http_client.h"
#include "worker/yaml.h"

#include <ctype.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

/* --- the tree ----------------------------------------------------------------------------------------------------- */

static struct node *config_root(struct arena *a, const char *file, struct err *err)
{
	struct node *root = file ? yaml_read_file(a, file, err) : node_map(a);
	if (!root)
		return NULL;
	if (root->kind == NODE_SCALAR && root->text.n == 0)
		root->kind = NODE_MAP;
	if (root->kind != NODE_MAP) {
		err_set(err, "%s: a configuration is a map, such as 'kafka: …'", node_where(root));
		return NULL;
	}
	if (!root->source)
		root->source = "defaults";
	return yaml_expand(a, root, err) ? root : NULL;
}

/* The default run list stands in the tree from the beginning, so that --set stages.dedup.window=… finds it. */
static void config_default_run_list(struct arena *a, struct node *root)
{
	if (node_get(root, "stages"))
		return;
	struct node *list = yaml_read(a, str_of(config_default_stages), "default run list", false, NULL);
	CHECK(list);
	node_append(a, root, STR("stages"), list);
}

static struct node *config_tree(struct config *config, const char *file, const char *const *sets, size_t n_sets,
                                struct err *err)
{
	struct node *root = config_root(&config->arena, file, err);
	if (!root)
		return NULL;
	config_default_run_list(&config->arena, root);
	if (!override_environment(&config->arena, root, environ, &config->warnings, err))
		return NULL;
	for (size_t i = 0; i < n_sets; i++)
		if (!override_set(&config->arena, root, sets[i], err))
			return NULL;
	return root;
}

/* --- sections ----------------------------------------------------------------------------------------------------- */

/* A section's map; an empty scalar (`kafka:` alone) is as good as none. */
static bool config_section_map(const struct node **node, const char *name, struct err *err)
{
	if (!*node || (*node)->kind == NODE_MAP)
		return true;
	if ((*node)->kind == NODE_SCALAR && (*node)->text.n == 0) {
		*node = NULL;
		return true;
	}
	return err_set(err, "%s: '%s' must be a map of keys", node_where(*node), name);
}

static bool config_read_sections(struct config_values *values, const struct node *root, struct err *err)
{
	struct arena *a = &values->config.arena;
	if (!options_read(config_sections[0].rows, root, values, "the configuration", a, err))
		return false;
	for (size_t i = 1; i < config_n_sections; i++) {
		const struct config_section *section = &config_sections[i];
		const struct node **node = (const struct node **)(void *)((char *)values + section->node_place);
		if (!config_section_map(node, section->name, err))
			return false;
		char what[64];
		snprintf(what, sizeof what, "section '%s'", section->name);
		if (!options_read(section->rows, *node, values, what, a, err))
			return false;
	}
	return true;
}

/* --- topics ------------------------------------------------------------------------------------------------------- */

static bool config_is_topic(struct str name)
{
	if (name.n == 0 || name.n > 249 || str_is(name, ".") || str_is(name, ".."))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) && !memchr("._-", name.p[i], 3))
			return false;
	return true;
}

static bool config_check_topic(struct str name, const char *where, struct err *err)
{
	if (config_is_topic(name))
		return true;
	return err_set(err, "%s: '%.*s' is no topic's name (letters, digits, '.', '_' and '-', at most 249)", where,
	               STR_ARG(str_slice(name, 0, 260)));
}

static bool config_article_topic(struct config *config, const struct node *entry, size_t *n, struct err *err)
{
	if (entry->kind != NODE_SCALAR)
		return err_set(err, "%s: the topic of '%s' must be a name", node_where(entry), entry->key.p);
	if (!config_check_topic(entry->text, node_where(entry), err))
		return false;
	if (str_is(entry->key, "default")) {
		config->output.fallback = entry->text.p;
		return true;
	}
	config->output.by_language[*n].language = entry->key.p;
	config->output.by_language[(*n)++].topic = entry->text.p;
	return true;
}

static bool config_articles(struct config_values *values, struct err *err)
{
	struct config *config = &values->config;
	const struct node *articles = values->raw.articles;
	config->output.fallback = "wire.articles";
	if (!articles)
		return true;
	if (articles->kind == NODE_SCALAR) {
		config->output.fallback = articles->text.p;
		return config_check_topic(articles->text, node_where(articles), err);
	}
	if (articles->kind == NODE_LIST)
		return err_set(err, "%s: articles is one topic, or a map of languages to topics", node_where(articles));
	if (!node_get(articles, "default"))
		return err_set(err, "%s: articles has no 'default', the topic of all other languages",
		               node_where(articles));
	config->output.by_language =
	        arena_calloc(&config->arena, node_count(articles), sizeof *config->output.by_language);
	for (const struct node *entry = articles->first; entry; entry = entry->next)
		if (!config_article_topic(config, entry, &config->output.n_by_language, err))
			return false;
	return true;
}

static bool config_is_input(const struct config *config, const char *topic)
{
	for (size_t i = 0; i < config->kafka.input.n; i++)
		if (str_is(config->kafka.input.items[i], topic))
			return true;
	return false;
}

/* A topic both read and written would feed the worker with its own output for ever. */
static bool config_check_loops(const struct config *config, struct err *err)
{
	const struct output_topics *out = &config->output;
	for (size_t i = 0; i < 3 + out->n_by_language; i++) {
		const char *topic = i == 0   ? out->fallback
		                    : i == 1 ? out->duplicates
		                    : i == 2 ? out->dead_letters
		                             : out->by_language[i - 3].topic;
		if (config_is_input(config, topic))
			return err_set(err,
			               "topic '%s' is input and output at once: the worker would read what it writes",
			               topic);
		if (i != 2 && strcmp(topic, out->dead_letters) == 0)
			return err_set(err,
			               "topic '%s' is for dead letters and for records at once; dead letters need one "
			               "of their own",
			               topic);
	}
	return true;
}

static bool config_check_input(const struct config_values *values, struct err *err)
{
	const struct strings *input = &values->config.kafka.input;
	const char *where = node_where_of(values->raw.kafka, "input", "kafka.input");
	if (input->n == 0)
		return err_set(err, "%s: no input topic", where);
	for (size_t i = 0; i < input->n; i++) {
		if (!config_check_topic(input->items[i], where, err))
			return false;
		for (size_t j = 0; j < i; j++)
			if (str_eq(input->items[i], input->items[j]))
				return err_set(err, "%s: topic '%s' stands twice", where, input->items[i].p);
	}
	return true;
}

static bool config_topics(struct config_values *values, struct err *err)
{
	struct config *config = &values->config;
	if (!config_articles(values, err))
		return false;
	if (!config_check_topic(values->raw.duplicates,
	                        node_where_of(values->raw.output, "duplicates", "output.duplicates"), err) ||
	    !config_check_topic(values->raw.dead_letters,
	                        node_where_of(values->raw.output, "dead-letters", "output.dead-letters"), err))
		return false;
	config->output.duplicates = values->raw.duplicates.p;
	config->output.dead_letters = values->raw.dead_letters.p;
	return config_check_input(values, err) && config_check_loops(config, err);
}

/* --- properties of librdkafka ------------------------------------------------------------------------------------- */

static bool config_property(struct config *config, const struct node *entry, struct err *err)
{
	if (entry->kind != NODE_SCALAR)
		return err_set(err, "%s: property '%s' must be one value", node_where(entry), entry->key.p);
	if (!client_property_check(entry->key, entry->text, err))
		return err_prefix(err, "%s: kafka.client", node_where_key(entry));
	config->kafka.client[config->kafka.n_client++] = (struct config_property){entry->key, entry->text};
	return true;
}

static bool config_client(struct config_values *values, struct err *err)
{
	struct config *config = &values->config;
	if (!config_section_map(&values->raw.client, "kafka.client", err))
		return false;
	if (!values->raw.client)
		return true;
	config->kafka.client =
	        arena_calloc(&config->arena, node_count(values->raw.client) + 1, sizeof *config->kafka.client);
	for (const struct node *entry = values->raw.client->first; entry; entry = entry->next)
		if (!config_property(config, entry, err))
			return false;
	return true;
}

/* --- sources ------------------------------------------------------------------------------------------------------ */

static bool config_is_zone(struct str zone)
{
	UChar wide[64], canonical[64];
	UErrorCode status = U_ZERO_ERROR;
	int32_t n = 0;
	u_strFromUTF8(wide, 64, &n, zone.p, (int32_t)zone.n, &status);
	UBool is_system = false;
	if (U_SUCCESS(status))
		ucal_getCanonicalTimeZoneID(wide, n, canonical, 64, &is_system, &status);
	return U_SUCCESS(status) && is_system;
}

static bool config_source_header(struct config_source *source, struct err *err)
{
	const struct node *header = source->header;
	if (!header)
		return true;
	if (header->kind != NODE_MAP || node_count(header) != 1 || header->first->kind != NODE_SCALAR)
		return err_set(err, "%s: 'header' is one header's name and its value, such as { feed: antara }",
		               node_where(header));
	source->feed.match_header = header->first->key;
	source->feed.match_header_value = header->first->text;
	return true;
}

static bool config_source_match(struct config_source *source, struct arena *a, struct err *err)
{
	if (!config_section_map(&source->match, "match", err))
		return false;
	return !source->match || (options_read(config_match_rows, source->match, source, "'match'", a, err) &&
	                          config_source_header(source, err));
}

static bool config_source_matches_all(const struct feed *feed)
{
	return !feed->match_topic.p && !feed->match_header.p && !feed->match_key_prefix.p;
}

static bool config_check_source(const struct config *config, const struct feed *feed, const struct node *entry,
                                struct err *err)
{
	const struct node *zone = node_get(entry, "zone");
	if (feed->zone.n && !config_is_zone(feed->zone))
		return err_set(err, "%s: '%s' is no time zone; they are called as Asia/Jakarta is", node_where(zone),
		               feed->zone.p);
	for (const struct feed *other = config->feeds; other < feed; other++) {
		if (str_eq(other->name, feed->name))
			return err_set(err, "%s: a second source '%s'", node_where(entry), feed->name.p);
		if (config_source_matches_all(other))
			return err_set(err,
			               "%s: source '%s' can never match: '%s' before it has no 'match' and takes all",
			               node_where(entry), feed->name.p, other->name.p);
	}
	if (feed->match_topic.p && !config_is_input(config, feed->match_topic.p))
		return err_set(err, "%s: source '%s' can never match: '%s' is no input topic", node_where(entry),
		               feed->name.p, feed->match_topic.p);
	return true;
}

static bool config_source(struct config *config, struct node *entry, struct err *err)
{
	struct config_source source = {0};
	if (entry->kind != NODE_MAP)
		return err_set(err, "%s: a source is a map, such as { name: antara, zone: Asia/Jakarta }",
		               node_where(entry));
	if (!options_read(config_source_rows, entry, &source, "a source", &config->arena, err) ||
	    !config_source_match(&source, &config->arena, err))
		return false;
	source.feed.node = entry;
	source.feed.expect = source.expect.items;
	source.feed.n_expect = source.expect.n;
	struct feed *feed = &config->feeds[config->n_feeds];
	*feed = source.feed;
	if (!config_check_source(config, feed, entry, err))
		return false;
	config->n_feeds++;
	return true;
}

static bool config_sources(struct config_values *values, struct err *err)
{
	struct config *config = &values->config;
	const struct node *sources = values->raw.sources;
	if (sources && sources->kind != NODE_LIST && !(sources->kind == NODE_SCALAR && sources->text.n == 0))
		return err_set(err, "%s: 'sources' is a list of sources", node_where(sources));
	config->feeds = ARENA_ARRAY(&config->arena, struct feed, (sources ? node_count(sources) : 0) + 1);
	for (struct node *entry = sources && sources->kind == NODE_LIST ? sources->first : NULL; entry;
	     entry = entry->next)
		if (!config_source(config, entry, err))
			return false;
	if (config->n_feeds == 0 || !config_source_matches_all(&config->feeds[config->n_feeds - 1]))
		config->feeds[config->n_feeds++] = (struct feed){.name = STR("default")};
	return true;
}

/* --- what must hold between keys ---------------------------------------------------------------------------------- */

static bool config_check_times(const struct config *config, struct err *err)
{
	int64_t interval_ms = config->kafka.max_poll_interval_ms, transaction_ms = config->kafka.transaction_timeout_ms;
	/* Between two polls: work up to its deadline, a begin, and twice a transaction (A's, then B's). */
	int64_t needed_ms = interval_ms / 2 + 3 * transaction_ms;
	if (needed_ms > interval_ms)
		return err_set(err,
		               "kafka.max-poll-interval (%lld ms) is too short: work may take half of it (%lld ms), a "
		               "begin and two "
		               "transactions kafka.transaction-timeout each (3 × %lld ms), %lld ms in all; make it at "
		               "least %lld ms, "
		               "or the timeout at most %lld ms",
		               (long long)interval_ms, (long long)(interval_ms / 2), (long long)transaction_ms,
		               (long long)needed_ms, (long long)(6 * transaction_ms), (long long)(interval_ms / 6));
	if (config->kafka.session_timeout_ms > interval_ms)
		return err_set(err, "kafka.session-timeout (%lld ms) must not exceed kafka.max-poll-interval (%lld ms)",
		               (long long)config->kafka.session_timeout_ms, (long long)interval_ms);
	if (config->story_time_ms > interval_ms / 2)
		return err_set(err,
		               "story-time (%lld ms) must not exceed the work deadline, half of "
		               "kafka.max-poll-interval (%lld ms)",
		               (long long)config->story_time_ms, (long long)(interval_ms / 2));
	if (config->batch.wait_ms > interval_ms / 2)
		return err_set(err,
		               "batch.wait (%lld ms) must not exceed the work deadline, half of "
		               "kafka.max-poll-interval (%lld ms)",
		               (long long)config->batch.wait_ms, (long long)(interval_ms / 2));
	return true;
}

static void config_warn(struct config *config, struct str words)
{
	struct str *items = ARENA_ARRAY(&config->arena, struct str, config->warnings.n + 1);
	if (config->warnings.n)
		memcpy(items, config->warnings.items, config->warnings.n * sizeof *items);
	items[config->warnings.n++] = words;
	config->warnings.items = items;
}

static void config_check_stuck(struct config *config)
{
	int64_t longest_ms = config->kafka.max_poll_interval_ms / 2 + 3 * config->kafka.transaction_timeout_ms;
	if (config->http.enabled && config->http.stuck_ms < longest_ms)
		config_warn(
		        config,
		        arena_printf(
		                &config->arena,
		                "http.stuck (%lld ms) is shorter than one batch may honestly take (%lld ms): /livez "
		                "may fail for a worker that works",
		                (long long)config->http.stuck_ms, (long long)longest_ms));
}

/* An address as librdkafka reads it: host, host:port, [v6]:port, each perhaps with PROTOCOL:// before it. It takes
 * any text for a port, and what is left of it after atoi() and 16 bits. */
static bool config_broker_has_good_port(struct str broker)
{
	const char *scheme = memmem(broker.p, broker.n, "://", 3);
	if (scheme)
		broker = str_slice(broker, (size_t)(scheme - broker.p) + 3, broker.n);
	size_t host = broker.n && broker.p[0] == '[' ? str_index(broker, ']', 0) : 0;
	size_t colon = str_index(broker, ':', host);
	if (colon >= broker.n || str_index(broker, ':', colon + 1) < broker.n)
		return true; /* none, or an address of IPv6 without brackets */
	struct str port = str_slice(broker, colon + 1, broker.n);
	int64_t number = 0;
	for (size_t i = 0; i < port.n && number <= 65535; i++)
		number = port.p[i] >= '0' && port.p[i] <= '9' ? number * 10 + (port.p[i] - '0') : 65536;
	return number >= 1 && number <= 65535;
}

static bool config_check_brokers(const struct config_values *values, struct err *err)
{
	struct str brokers = values->config.kafka.brokers;
	const char *where = node_where_of(values->raw.kafka, "brokers", "kafka.brokers");
	bool any = false;
	for (size_t at = 0; at < brokers.n;) {
		size_t comma = str_index(brokers, ',', at);
		struct str broker = str_trim(str_slice(brokers, at, comma));
		if (!config_broker_has_good_port(broker))
			return err_set(err, "%s: '%.*s' has no port from 1 to 65535; write host:port", where,
			               STR_ARG(broker));
		any = any || broker.n;
		at = comma + 1;
	}
	return any || err_set(err, "%s: no broker", where);
}

static bool config_check(struct config_values *values, struct err *err)
{
	struct config *config = &values->config;
	const struct node *kafka = values->raw.kafka;
	if (!config_check_brokers(values, err))
		return false;
	if (!config->kafka.group.n || config->kafka.group.n > 250)
		return err_set(err, "%s: a group has a name of at most 250 bytes",
		               node_where_of(kafka, "group", "kafka.group"));
	struct err why = {0};
	struct http_address address;
	if (!http_parse_address(config->http.listen, &address, &why))
		return err_set(err, "%s: %s", node_where_of(values->raw.http, "listen", "http.listen"), why.words);
	config_check_stuck(config);
	return config_check_times(config, err);
}

/* --- the folder of state ------------------------------------------------------------------------------------------ */

/* An override comes first, then what systemd says, then the file, then a folder here. */
static void config_state_dir(struct config_values *values, const struct node *root)
{
	struct config *config = &values->config;
	struct arena *a = &config->arena;
	const struct node *written = node_get(root, "state-dir");
	const char *systemd = getenv("STATE_DIRECTORY");
	const char *place = written ? arena_copy(a, str_of(node_where(written))).p : "default";
	bool is_override = written && written->line == 0;
	config->state_dir = values->raw.state_dir.n ? values->raw.state_dir : STR("./wiredesk-state");
	config->state_dir_source = place;
	if (is_override || !systemd || !*systemd)
		return;
	struct str given = str_slice(str_of(systemd), 0, strcspn(systemd, ":"));
	if (values->raw.state_dir.n && !str_eq(given, values->raw.state_dir))
		config_warn(config,
		            arena_printf(a,
		                         "%s: state-dir '%s' is not used, for STATE_DIRECTORY says '%.*s'; "
		                         "to use it all the same, unset that, or: --set state-dir=%s",
		                         place, values->raw.state_dir.p, STR_ARG(given), values->raw.state_dir.p));
	config->state_dir = arena_copy(a, given);
	config->state_dir_source = "STATE_DIRECTORY";
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static bool config_fill(struct config_values *values, struct err *err)
{
	struct config *config = &values->config;
	if (!config_read_sections(values, config->root, err) || !config_topics(values, err) ||
	    !config_client(values, err) || !config_sources(values, err) || !config_check(values, err))
		return false;
	config_state_dir(values, config->root);
	config->stages = values->raw.stages;
	/* An empty list is a choice: messages go on as they came. It shows what transport alone costs. */
	if (!config->stages || config->stages->kind != NODE_LIST)
		return err_set(err, "%s: 'stages' is the run list, a list of stages' names",
		               config->stages ? node_where(config->stages) : "stages");
	return true;
}

struct config *config_load(const char *file, const char *const *sets, size_t n_sets, struct err *err)
{
	struct config_values *values = calloc(1, sizeof *values);
	if (!values)
		check_panic("out of memory");
	struct config *config = &values->config;
	config->file = file;
	arena_init(&config->arena, 0, 0);
	config->root = config_tree(config, file, sets, n_sets, err);
	if (config->root && config_fill(values, err))
		return config;
	config_free(&config);
	return NULL;
}

struct stage_env config_stage_env(const struct config *config)
{
	return (struct stage_env){.limits = config->limits,
	                          .feeds = config->feeds,
	                          .n_feeds = config->n_feeds,
	                          .output = &config->output};
}

void config_free(struct config **config)
{
	if (!*config)
		return;
	arena_free(&(*config)->arena);
	free(*config); /* the beginning of a struct config_values */
	*config = NULL;
}
