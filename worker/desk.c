/*
 * A desk without Kafka.
 */
#include "worker/desk.h"

#include "consumer/file_source.h"
#include "pipeline/base/log.h"
#include "pipeline/stages/dedup/ledger.h"
#include "worker/loop.h"

#include <poll.h>
#include <signal.h>

#define DESK_CLAIMS_MAX ((size_t)1 << 20)

/* Files do not abort, so these only have to be something. */
#define DESK_BACK_OFF_MIN_MS 100
#define DESK_BACK_OFF_MAX_MS 1000
#define DESK_IDLE_COMMIT_MS  1000

/* --- configuration and run list ---------------------------------------------------------------------------------- */

/* What a worker says of its life is of no interest here, and what goes wrong the command says itself. */
static void desk_quiet_log(const struct config *config)
{
	if (!node_get(config->root, "log"))
		log_setup(LOG_ERROR, LOG_TEXT);
}

static void desk_force_format(struct desk *desk)
{
	const char *word = command_value(desk->line, "input-format");
	if (!word)
		return;
	struct str format = strcmp(word, "auto") == 0 ? STR("") : str_of(word);
	for (size_t i = 0; i < desk->config->n_feeds; i++)
		desk->config->feeds[i].format = format;
}

static bool desk_choose_lanes(struct desk *desk, struct err *err)
{
	const char *given = command_value(desk->line, "lanes");
	if (given) {
		int64_t lanes;
		if (!options_parse_int(str_of(given), &lanes) || lanes < 1 || lanes > LANES_MAX)
			return err_set(err, "--lanes is a number from 1 to %d, not '%s'", LANES_MAX, given);
		desk->lanes = (size_t)lanes;
		return true;
	}
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (node_get(desk->config->root, "lanes"))
		desk->lanes = (size_t)desk->config->lanes;
	else
		desk->lanes = cores < 1 ? 1 : cores > LANES_MAX ? LANES_MAX : (size_t)cores;
	return true;
}

static bool desk_read_plan(struct desk *desk, struct err *err)
{
	const char *names = command_value(desk->line, "stages");
	struct arena *a = &desk->config->arena;
	if (!names)
		return plan_read(&desk->plan, desk->config->stages, stage_registry, a, err);
	if (!plan_read_names(&desk->plan, str_of(names), stage_registry, a, err))
		return false;
	return desk->plan.n > 0 || err_set(err, "--stages names no stage; 'wiredesk stages' lists them");
}

/* --- stages ------------------------------------------------------------------------------------------------------ */

/* Whatever ledger is configured: there is no log to share here. */
static struct ledger *desk_ledger(const struct stage_env *env, const char *name, const struct node *options,
                                  int64_t window_ms, struct err *err)
{
	(void)name;
	(void)options;
	(void)err;
	return ledger_local_new(env->clock, window_ms, DESK_CLAIMS_MAX);
}

static bool desk_open_stages(struct desk *desk, struct err *err)
{
	struct config *config = desk->config;
	struct stage_env env = {.data_dir = str_of(desk->data_dir),
	                        .clock = clock_system(),
	                        .metrics = desk->metrics,
	                        .limits = config->limits,
	                        .feeds = config->feeds,
	                        .n_feeds = config->n_feeds,
	                        .ledger_new = desk_ledger,
	                        .output = &config->output};
	desk->plan_is_open = plan_open(&desk->plan, &env, err);
	return desk->plan_is_open;
}

/*
 * decode alone knows the formats, and refuses one that it does not know when it opens, as it refuses one of the
 * configuration. Was it the one of the command line? Then without it all stages open.
 */
static int desk_why_not_open(struct desk *desk, struct err *err)
{
	struct err ignored = {0};
	if (!command_value(desk->line, "input-format"))
		return EXIT_CODE_FAILED;
	for (size_t i = 0; i < desk->config->n_feeds; i++)
		desk->config->feeds[i].format = STR("");
	if (!desk_open_stages(desk, &ignored))
		return EXIT_CODE_FAILED;
	err_prefix(err, "--input-format");
	return EXIT_CODE_USAGE;
}

static bool desk_open_runner(struct desk *desk, struct err *err)
{
	struct runner_options options = {
	        .lanes = desk->lanes, .task_kind = TASK_THREAD, .story_time_ms = desk->config->story_time_ms};
	desk->runner = runner_new(&desk->plan, &options, err);
	return desk->runner != NULL;
}

/* --- life -------------------------------------------------------------------------------------------------------- */

int desk_open(struct desk *desk, const struct command_line *line, size_t lanes, struct err *err)
{
	*desk = (struct desk){.line = line, .lanes = lanes};
	signal(SIGPIPE, SIG_IGN);
	desk->config = command_config(line);
	if (!desk->config)
		return EXIT_CODE_USAGE;
	desk_quiet_log(desk->config);
	desk->metrics = metrics_new();
	desk_force_format(desk);
	if ((!lanes && !desk_choose_lanes(desk, err)) || !desk_read_plan(desk, err))
		return EXIT_CODE_USAGE;
	if (!command_data_dir(line, desk->data_dir, err))
		return EXIT_CODE_FAILED;
	if (!desk_open_stages(desk, err))
		return desk_why_not_open(desk, err);
	return desk_open_runner(desk, err) ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

void desk_close(struct desk *desk)
{
	if (desk->runner)
		runner_free(&desk->runner);
	if (desk->plan_is_open)
		plan_close(&desk->plan);
	if (desk->metrics)
		metrics_free(&desk->metrics);
	config_free(&desk->config);
}

struct source *desk_source(struct desk *desk, struct err *err)
{
	struct file_source_options options = {.files = (const char *const *)desk->line->files,
	                                      .n_files = desk->line->n_files,
	                                      .each_line = command_has(desk->line, "each-line"),
	                                      .limit_bytes = (size_t)desk->config->limits.message_bytes};
	return file_source_new(&options, err);
}

/* --- running ----------------------------------------------------------------------------------------------------- */

static struct loop *desk_loop(struct desk *desk, struct source *source, struct sink *sink, _Atomic bool *stop)
{
	const struct config *config = desk->config;
	struct loop_setup setup = {
	        .source = source,
	        .sink = sink,
	        .runner = desk->runner,
	        .clock = clock_system(),
	        .metrics = desk->metrics,
	        .options = {.batch_stories = (size_t)config->batch.stories,
	                    .batch_bytes = (size_t)config->batch.bytes,
	                    .batch_wait_ms = config->batch.wait_ms,
	                    .transaction_ms = config->kafka.transaction_timeout_ms,
	                    .idle_commit_ms = DESK_IDLE_COMMIT_MS,
	                    .back_off_min_ms = DESK_BACK_OFF_MIN_MS,
	                    .back_off_max_ms = DESK_BACK_OFF_MAX_MS,
	                    .publisher_task = TASK_THREAD},
	        .lanes = desk->lanes,
	        .stop = stop,
	};
	return loop_new(&setup);
}

/* A pipe without a reader says so when it is asked. */
static bool desk_reader_is_gone(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

/* `wiredesk enrich … | head`: nobody wants to hear of it. */
static void desk_end_as_filter(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

int desk_run(struct desk *desk, struct sink *sink, struct err *err)
{
	_Atomic bool stop = false;
	struct sink_limits limits = {0};
	struct source *source = desk_source(desk, err);
	if (!source)
		return EXIT_CODE_FAILED;
	enum loop_end end = LOOP_FAILED;
	if (sink->ops->open(sink, &limits, err) == PUBLISH_COMMITTED) {
		struct loop *loop = desk_loop(desk, source, sink, &stop);
		end = loop_run(loop, err);
		loop_free(&loop);
	}
	source->ops->close(source);
	if (end == LOOP_FAILED && desk_reader_is_gone())
		desk_end_as_filter();
	return end == LOOP_DONE ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}
