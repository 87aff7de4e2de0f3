/*
 * The configuration: YAML from a file, then WIREDESK__… variables, then --set; one tree, checked as a whole.
 *
 * ${NAME}, ${NAME:-default} and ${file:/path} are put into scalar values after parsing, so what they bring can never
 * change the structure. Doubled and unknown keys, wrong types and values out of range are errors with file:line:column
 * and the nearest known name. Limits on hostile files: 1 MB, depth 32, 10,000 nodes, no aliases that expand.
 */
#ifndef WIREDESK_CONFIG_H
#define WIREDESK_CONFIG_H

#include "pipeline/base/options.h"
#include "pipeline/stage.h"
#include "worker/loop.h"

struct config_property {
	struct str name, value;
};

struct config {
	struct arena arena;
	struct node *root; /* after all overrides */
	const char *file;  /* as given, or NULL */

	struct {
		struct str brokers;
		struct str group;
		struct strings input;
		struct config_property
		        *client; /* other librdkafka properties, those that carry the guarantee refused */
		size_t n_client;
		int64_t session_timeout_ms, max_poll_interval_ms, transaction_timeout_ms;
		int64_t queued_max_bytes, fetch_max_bytes;
	} kafka;
	struct feed *feeds; /* the last is the default one */
	size_t n_feeds;
	struct output_topics output;
	struct {
		int64_t stories, bytes, wait_ms;
	} batch;
	int64_t lanes;
	struct limits limits;
	int64_t story_time_ms;
	int64_t memory_bytes; /* ceiling asked for; 0: none. check compares the sum with it */
	struct str state_dir; /* an override, else STATE_DIRECTORY, else as the file says, else ./wiredesk-state */
	const char *state_dir_source; /* who said so: a place in the file, an override's name, "STATE_DIRECTORY",
	                                 "default" */
	struct {
		bool enabled;
		struct str listen; /* address:port, default 127.0.0.1:9464 */
		int64_t stuck_ms;  /* /livez fails when a partition that is not at its end makes no progress for so long
		                    */
	} http;
	struct {
		int level, format; /* enum log_level, log_format */
	} log;
	const struct node *stages; /* the run list, for plan_read; never NULL */
	struct strings warnings;   /* what is no error, but surely not meant: WIREDESK_ variables that name no key */
};

/*
 * file NULL: defaults only (enrich without -c). sets: the --set arguments, "a.b.c=value", in order; a number steps into
 * a list or, for stages, a stage's name does. NULL with err set on any fault (exit code 2).
 */
struct config *config_load(const char *file, const char *const *sets, size_t n_sets, struct err *err);
void config_free(struct config **config);

/* What of a stage's world is configuration: limits, sources, output topics. They live as long as the configuration. */
struct stage_env config_stage_env(const struct config *config);

/* The effective configuration as YAML, secrets masked (passwords, and what came from ${file:…}). */
void config_print(const struct config *config, struct buf *out);
/* Every key with type, default, bounds and help, for --help-config. */
void config_help(struct buf *out);
/* The same for any table of options, indented: for a stage's. */
void config_help_rows(struct buf *out, const struct option *rows, int indent);

#endif
