/*
 * A desk without Kafka.
 */
#include "worker/desk.h"

#include "consumer/file_source.h"
#include "pipeline/base/log.h"
#include "worker/loop.h"

#include <poll.h>
#include <signal.h>

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

/* The word of the command line takes the place of what each source says, so that words about it name it. */
static void desk_force_format(struct desk *desk)
{
	const char *word = command_value(desk->line, "input-format");
	if (!word)
		return;
	struct arena *a = &desk->config->arena;
	struct str format = strcmp(word, "auto") == 0 ? STR("") : str_of(word);
	for (size_t i = 0; i < desk->config->n_feeds; i++) {
		struct feed *feed = &desk->config->feeds[i];
		struct node *given = node_scalar(a, format);
		given->source = "--input-format";
		if (!feed->node)
			feed->node = node_map(a);
		node_replace(a, feed->node, STR("format"), given);
		feed->format = format;
	}
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

/* "decode,,language" is more likely a variable that was empty than meant so. */
static bool desk_check_names(struct str names, struct err *err)
{
	size_t number = 1;
	for (size_t at = 0; at <= names.n; number++) {
		size_t end = str_index(names, ',', at);
		if (str_trim(str_slice(names, at, end)).n == 0)
			return err_set(err, "--stages '%.*s' names no stage at place %zu; 'wiredesk stages' lists them",
			               STR_ARG(names), number);
		at = end + 1;
	}
	return true;
}

static bool desk_read_plan(struct desk *desk, struct err *err)
{
	struct arena *a = &desk->config->arena;
	const struct node *list = desk->config->stages;
	const char *names = command_value(desk->line, "stages");
	struct stage_env env = config_stage_env(desk->config);
	if (names && !desk_check_names(str_of(names), err))
		return false;
	if (names)
		list = plan_choose(list, str_of(names), a);
	return plan_read(&desk->plan, list, stage_registry, a, err) && plan_check(&desk->plan, &env, err);
}

/* --- stages ------------------------------------------------------------------------------------------------------ */

static bool desk_open_stages(struct desk *desk, struct err *err)
{
	struct stage_env env = config_stage_env(desk->config);
	env.data_dir = str_of(desk->data_dir);
	env.clock = clock_system();
	env.is_by_story_time = true;
	env.metrics = desk->metrics;
	env.warn = command_warn;
	desk->plan_is_open = plan_open(&desk->plan, &env, err);
	return desk->plan_is_open;
}

static bool desk_open_runner(struct desk *desk, struct err *err)
{
	struct runner_options options = {
	        .lanes = desk->lanes, .task_kind = TASK_THREAD, .story_time_ms = desk->config->story_time_ms};
	desk->runner = runner_new(&desk->plan, &options, err);
	return desk->runner != NULL;
}

/* --- life -------------------------------------------------------------------------------------------------------- */

/* What has gone wrong stands in err, unless it was said already (a configuration that cannot be read). */
static int desk_open(struct desk *desk, const struct command_line *line, size_t lanes, struct err *err)
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
	bool good = command_data_dir(line, desk->data_dir, err) && desk_open_stages(desk, err) &&
	            desk_open_runner(desk, err);
	return good ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static void desk_close(struct desk *desk)
{
	if (desk->runner)
		runner_free(&desk->runner);
	if (desk->plan_is_open)
		plan_close(&desk->plan);
	if (desk->metrics)
		metrics_free(&desk->metrics);
	config_free(&desk->config);
}

int desk_command(const struct command_line *line, size_t lanes,
                 int (*work)(struct desk *desk, void *arg, struct err *err), void *arg)
{
	struct desk desk;
	struct err err = {0};
	int code = desk_open(&desk, line, lanes, &err);
	if (code == EXIT_CODE_DONE)
		code = work(&desk, arg, &err);
	desk_close(&desk);
	return err_is_set(&err) ? command_fail(line, (enum exit_code)code, &err) : code;
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
