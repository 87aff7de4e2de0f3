/*
 * wiredesk run: the worker. Puts the parts together in the order in which they depend on each other, runs the loop, and
 * takes them apart again in the reverse order. What fails on the way says so and ends with its exit code.
 */
#include "consumer/kafka_source.h"
#include "pipeline/base/check.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/log.h"
#include "pipeline/plan.h"
#include "pipeline/run.h"
#include "producer/kafka_sink.h"
#include "worker/admin.h"
#include "worker/client.h"
#include "worker/command.h"
#include "worker/condemned.h"
#include "worker/config.h"
#include "worker/http.h"
#include "worker/lock.h"
#include "worker/loop.h"
#include "worker/memory.h"
#include "worker/shared_ledger.h"
#include "worker/signals.h"
#include "worker/suspects.h"
#include "worker/version.h"

#include <malloc.h>

#define CMD_RUN_REACH_MS        30000
#define CMD_RUN_IDLE_COMMIT_MS  1000
#define CMD_RUN_BACK_OFF_MIN_MS 100
#define CMD_RUN_BACK_OFF_MAX_MS 10000
/*
 * Told to stop, it has less than the ten seconds after which the hastiest supervisors follow SIGTERM up with SIGKILL:
 * so long for what is in flight, then so long to close. All of it is bounded once more from the signal on, for the
 * worker may be at something that takes long and cannot be interrupted: brokers that do not answer while it starts, a
 * story.
 */
#define CMD_RUN_STOP_MS      5000
#define CMD_RUN_CLOSE_S      4
#define CMD_RUN_FENCED_S     1 /* to close, where another has the place: nothing is left to hand over */
#define CMD_RUN_END_S        9
#define CMD_RUN_INSTANCE_MAX 200
/*
 * glibc gives each new thread a heap of its own, as long as there are fewer than eight a core, and keeps what is freed
 * in it. The brokers' threads come and go with each client that is made anew: over days every one of these heaps gets
 * as large as its worst moment. So there is one a lane, and these for all others.
 */
#define CMD_RUN_SPARE_HEAPS 2

struct cmd_run {
	const struct command_line *line;
	struct config *config;
	char instance[CMD_RUN_INSTANCE_MAX + 1];
	char data_dir[PATH_MAX];
	bool until_end;
	_Atomic bool *stop, *hangup;
	struct lock lock;
	struct metrics *metrics;
	struct clock *clock;
	struct plan plan;
	bool plan_is_open;
	struct admin *admin;
	struct shared_ledger shared;
	struct condemned *condemned;
	struct suspects *suspects;
	struct sink *sink;
	struct sink_limits limits;
	struct source *source;
	struct runner *runner;
	_Atomic(struct loop *) loop; /* http's thread asks for it before it is there */
	struct http *http;
};

/* Only what a topic, a file name and a Kafka id can all hold. */
static bool cmd_run_is_instance(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	return n > 0 && name[n] == 0 && n <= CMD_RUN_INSTANCE_MAX && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool cmd_run_instance(struct cmd_run *run, struct err *err)
{
	const char *given = command_value(run->line, "instance");
	char host[256] = "";
	if (!given && gethostname(host, sizeof host - 1) != 0)
		return err_set(err, "this host has no name; give the worker one with --instance NAME");
	const char *name = given ? given : host;
	if (!cmd_run_is_instance(name))
		return err_set(err,
		               "'%.100s' cannot be the instance's name (letters, digits, '.', '_' and '-', at most "
		               "%d); give another with --instance",
		               name, CMD_RUN_INSTANCE_MAX);
	snprintf(run->instance, sizeof run->instance, "%s", name);
	return true;
}

/* --- http's questions, on its thread ------------------------------------------------------------------------------ */

static const char *cmd_run_unready(void *arg)
{
	struct cmd_run *run = arg;
	struct loop *loop = atomic_load(&run->loop);
	const char *shared = shared_ledger_unready(&run->shared);
	return loop ? loop_unready(loop) : shared ? shared : "it starts";
}

static size_t cmd_run_partitions(void *arg, struct partition_status *out, size_t room)
{
	struct cmd_run *run = arg;
	struct loop *loop = atomic_load(&run->loop);
	return loop ? loop_partitions(loop, out, room) : 0;
}

/* Numbers that others keep; to a counter, which never goes back, only differences are added. */
static void cmd_run_refresh(void *arg)
{
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	struct cmd_run *run = arg;
	for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
		struct series *lines = metrics_labelled(run->metrics, METRIC_LOG_LINES, "level", str_of(levels[level]));
		series_add(lines, log_lines((enum log_level)level) - series_value(lines));
	}
	series_set(metrics_plain(run->metrics, METRIC_READY), !cmd_run_unready(run));
}

static bool cmd_run_listen(struct cmd_run *run, struct err *err)
{
	if (!run->config->http.enabled)
		return true;
	struct http_setup setup = {.listen = run->config->http.listen,
	                           .stuck_ms = run->config->http.stuck_ms,
	                           .metrics = run->metrics,
	                           .clock = run->clock,
	                           .refresh = cmd_run_refresh,
	                           .unready = cmd_run_unready,
	                           .partitions = cmd_run_partitions,
	                           .arg = run};
	run->http = http_open(&setup, err);
	if (run->http)
		log_info("LISTENING", "metrics and health", LOG_STR("address", run->config->http.listen),
		         LOG_INT("port", http_port(run->http)));
	return run->http != NULL;
}

/* --- putting together: bad usage or configuration (exit 2) -------------------------------------------------------- */

static bool cmd_run_configure(struct cmd_run *run, struct err *err)
{
	const struct config *config = run->config;
	if (!cmd_run_instance(run, err))
		return false;
	struct stage_env env = config_stage_env(config);
	if (!plan_read(&run->plan, config->stages, stage_registry, &run->config->arena, err) ||
	    !plan_check(&run->plan, &env, err))
		return false;
	/* Connects to nothing yet, but looks at certificates and keys. */
	run->admin = admin_open(config, err);
	return run->admin != NULL;
}

/* --- putting together: the surroundings (exit 4) ------------------------------------------------------------------ */

/* Told to stop; or another worker has its place, so that whatever a stage waits for is of no use any more. */
static bool cmd_run_is_over(void *arg)
{
	struct cmd_run *run = arg;
	struct loop *loop = atomic_load(&run->loop);
	return atomic_load(run->stop) || (loop && loop_is_over(loop));
}

static bool cmd_run_open_stages(struct cmd_run *run, struct err *err)
{
	if (!command_data_dir(run->line, run->data_dir, err))
		return false;
	struct stage_env env = config_stage_env(run->config);
	env.data_dir = str_of(run->data_dir);
	env.clock = run->clock;
	env.metrics = run->metrics;
	env.warn = command_warn;
	env.ledger_new = shared_ledger_new;
	env.ledger_arg = &run->shared;
	run->plan_is_open = plan_open(&run->plan, &env, err);
	return run->plan_is_open;
}

static bool cmd_run_open_state(struct cmd_run *run, struct err *err)
{
	struct str cluster = admin_cluster(run->admin);
	run->condemned = condemned_open(run->lock.dir, cluster, run->config->kafka.group, err);
	if (run->condemned)
		run->suspects = suspects_open(run->lock.dir, cluster, run->config->kafka.group, run->condemned, err);
	return run->suspects != NULL;
}

/* The producer first: taking the transactional id ends what a predecessor left open, before anything is read. */
static enum publish_result cmd_run_open_sink(struct cmd_run *run, struct err *err)
{
	const struct config *config = run->config;
	rd_kafka_conf_t *conf = client_conf(config, CLIENT_PRODUCER, run->instance, err);
	if (!conf)
		return PUBLISH_FAILED;
	struct kafka_sink_options options = {.template = conf,
	                                     .group = config->kafka.group.p,
	                                     .instance = run->instance,
	                                     .transaction_ms = config->kafka.transaction_timeout_ms,
	                                     .topics = &config->output,
	                                     .config_file = config->file,
	                                     .clock = run->clock};
	run->sink = kafka_sink_new(&options, err);
	rd_kafka_conf_destroy(conf);
	return run->sink ? run->sink->ops->open(run->sink, &run->limits, err) : PUBLISH_FAILED;
}

static bool cmd_run_open_source(struct cmd_run *run, struct err *err)
{
	struct config *config = run->config;
	rd_kafka_conf_t *conf = client_conf(config, CLIENT_CONSUMER, run->instance, err);
	if (!conf)
		return false;
	const char **topics = ARENA_ARRAY(&config->arena, const char *, config->kafka.input.n);
	for (size_t i = 0; i < config->kafka.input.n; i++)
		topics[i] = config->kafka.input.items[i].p;
	struct kafka_source_options options = {.conf = conf,
	                                       .group = config->kafka.group.p,
	                                       .instance = run->instance,
	                                       .topics = topics,
	                                       .n_topics = config->kafka.input.n,
	                                       .cluster = admin_cluster(run->admin),
	                                       .clock = run->clock};
	run->source = kafka_source_new(&options, err);
	return run->source != NULL;
}

/* --- the runner's questions --------------------------------------------------------------------------------------- */

static void cmd_run_working(void *arg, size_t lane, const struct message *msg)
{
	struct cmd_run *run = arg;
	suspects_working(run->suspects, lane, msg);
}

static const char *cmd_run_condemned(void *arg, const struct message *msg, int64_t part, enum reason *reason)
{
	struct cmd_run *run = arg;
	return condemned_find(run->condemned, msg, part, reason);
}

static bool cmd_run_open_runner(struct cmd_run *run, struct err *err)
{
	struct runner_options options = {.lanes = (size_t)run->config->lanes,
	                                 .task_kind = TASK_THREAD,
	                                 .record_limit_bytes = run->limits.record_bytes,
	                                 .story_time_ms = run->config->story_time_ms,
	                                 .hooks = {run, cmd_run_working, cmd_run_condemned}};
	run->runner = runner_new(&run->plan, &options, err);
	return run->runner != NULL;
}

/* SIGHUP. What the files say now, or, where they are wrong, what they said before. */
static void cmd_run_reload(void *arg)
{
	struct cmd_run *run = arg;
	struct err err = {0};
	bool done = plan_reopen(&run->plan, &err);
	malloc_trim(0); /* one of the two is not needed any more */
	series_add(metrics_labelled(run->metrics, METRIC_RELOADS, "result", str_of(done ? "done" : "refused")), 1);
	if (done)
		log_info("RELOADED", "the files that may change were read anew");
	else
		log_error("RELOAD-REFUSED", "the files were read anew and are wrong, so what was in use stays",
		          LOG_CSTR("why", err.words));
}

/*
 * What a backlog, an outage or a producer that is gone took from the system and gave free lies between what is in use:
 * seen were 35 MB resident where 17 were used.
 */
static void cmd_run_tidy(void *arg)
{
	(void)arg;
	malloc_trim(0);
}

static struct loop *cmd_run_new_loop(struct cmd_run *run)
{
	const struct config *config = run->config;
	struct loop_setup setup = {
	        .source = run->source,
	        .sink = run->sink,
	        .runner = run->runner,
	        .condemned = run->condemned,
	        .suspects = run->suspects,
	        .clock = run->clock,
	        .metrics = run->metrics,
	        .options = {.batch_stories = (size_t)config->batch.stories,
	                    .batch_bytes = (size_t)config->batch.bytes,
	                    .batch_wait_ms = config->batch.wait_ms,
	                    .work_ms = config->kafka.max_poll_interval_ms / 2,
	                    .transaction_ms = config->kafka.transaction_timeout_ms,
	                    .stop_ms = CMD_RUN_STOP_MS,
	                    .idle_commit_ms = CMD_RUN_IDLE_COMMIT_MS,
	                    .back_off_min_ms = CMD_RUN_BACK_OFF_MIN_MS,
	                    .back_off_max_ms = CMD_RUN_BACK_OFF_MAX_MS,
	                    .until_end = run->until_end,
	                    .publisher_task = TASK_THREAD},
	        .lanes = (size_t)config->lanes,
	        .stop = run->stop,
	        .reload = {run->hangup, cmd_run_reload, run},
	        .tidy = {cmd_run_tidy, NULL},
	};
	if (run->shared.ledger) {
		setup.beside.arg = &run->shared;
		setup.beside.turn = shared_ledger_turn;
		setup.beside.unready = shared_ledger_unready;
	}
	return loop_new(&setup);
}

/* --- the worker's life -------------------------------------------------------------------------------------------- */

static void cmd_run_tell_numbers(struct cmd_run *run)
{
	struct memory_sum sum;
	struct memory_facts facts = {.brokers = admin_brokers(run->admin)};
	memory_find_facts(&facts, run->config, run->data_dir);
	memory_add(&sum, run->config, &facts);
	series_set(metrics_plain(run->metrics, METRIC_MEMORY_CEILING), sum.total_bytes);
	series_set(metrics_series(run->metrics, METRIC_BUILD_INFO, "version", str_of(version_number), "commit",
	                          str_of(version_commit), "librdkafka", str_of(rd_kafka_version_str())),
	           1);
	log_info("START", "wiredesk starts", LOG_CSTR("version", version_number), LOG_CSTR("commit", version_commit),
	         LOG_CSTR("instance", run->instance), LOG_STR("group", run->config->kafka.group),
	         LOG_STR("cluster", admin_cluster(run->admin)), LOG_INT("lanes", run->config->lanes),
	         LOG_INT("memory_ceiling_bytes", sum.total_bytes));
}

/* Everything up to the loop. Stopped on the way: done, with err empty. */
static int cmd_run_open(struct cmd_run *run, struct err *err)
{
	if (!cmd_run_configure(run, err))
		return EXIT_CODE_USAGE;
	if (!lock_take(&run->lock, run->config->state_dir, run->config->kafka.group, run->instance, err) ||
	    !cmd_run_open_stages(run, err) || !cmd_run_listen(run, err) ||
	    !admin_reach(run->admin, CMD_RUN_REACH_MS, run->stop, err))
		return err_is_set(err) ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
	cmd_run_tell_numbers(run);
	if (!cmd_run_open_state(run, err) || !shared_ledger_check(&run->shared, run->admin, err))
		return EXIT_CODE_FAILED;
	if (!shared_ledger_restore(&run->shared, err))
		return err_is_set(err) ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
	enum publish_result opened = cmd_run_open_sink(run, err);
	if (opened != PUBLISH_COMMITTED)
		return opened == PUBLISH_FAILED ? EXIT_CODE_FAILED : EXIT_CODE_FENCED;
	bool good = cmd_run_open_runner(run, err) && cmd_run_open_source(run, err);
	admin_close(&run->admin); /* its threads and connections have done their work */
	return good ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static int cmd_run_loop(struct cmd_run *run, struct err *err)
{
	struct loop *loop = cmd_run_new_loop(run);
	atomic_store(&run->loop, loop);
	enum loop_end end = loop_run(loop, err);
	const struct loop_status *status = loop_status(loop);
	uint64_t dead_letters = atomic_load(&status->dead_letters);
	log_info("END", "wiredesk ends", LOG_INT("articles", (int64_t)atomic_load(&status->articles)),
	         LOG_INT("duplicates", (int64_t)atomic_load(&status->duplicates)),
	         LOG_INT("drops", (int64_t)atomic_load(&status->drops)),
	         LOG_INT("dead_letters", (int64_t)dead_letters));
	if (end == LOOP_DONE && run->until_end && dead_letters)
		return EXIT_CODE_DEAD_LETTERS;
	return (int)end;
}

/* The sink is inside of librdkafka, and would not come out in time: nothing that it uses may go before the process. */
static void cmd_run_leave(struct cmd_run *run, int code)
{
	suspects_acquit(run->suspects);
	_exit(code);
}

static void cmd_run_close(struct cmd_run *run)
{
	struct loop *loop = atomic_load(&run->loop);
	http_close(&run->http); /* its thread asks the loop */
	if (run->sink)
		run->sink->ops->close(run->sink);
	if (run->source)
		run->source->ops->close(run->source);
	if (loop)
		loop_free(&loop);
	if (run->runner)
		runner_free(&run->runner);
	if (run->plan_is_open)
		plan_close(&run->plan);
	if (run->suspects)
		suspects_close(&run->suspects);
	if (run->condemned)
		condemned_close(&run->condemned);
	admin_close(&run->admin);
	lock_release(&run->lock);
	metrics_free(&run->metrics);
	config_free(&run->config);
}

/* In the handler of a signal. The story that is at work is not to blame for a stop. */
static void cmd_run_acquit(void *arg)
{
	struct cmd_run *run = arg;
	if (run->suspects)
		suspects_acquit(run->suspects);
}

static int cmd_run_run(const struct command_line *line)
{
	struct cmd_run run = {.line = line, .lock.fd = -1, .until_end = command_has(line, "until-end")};
	run.stop = signals_install(); /* first: a signal that finds no handler kills */
	run.hangup = signals_watch_hangup();
	signals_stop_within(CMD_RUN_END_S, cmd_run_acquit, &run);
	run.config = command_config(line);
	if (!run.config)
		return EXIT_CODE_USAGE;
	mallopt(M_ARENA_MAX, (int)run.config->lanes + CMD_RUN_SPARE_HEAPS); /* before the first thread */
	run.metrics = metrics_new();
	run.clock = clock_system();
	run.shared = (struct shared_ledger){
	        .config = run.config, .clock = run.clock, .metrics = run.metrics, .quit = {cmd_run_is_over, &run}};
	struct err err = {0};
	int code = cmd_run_open(&run, &err);
	if (code == EXIT_CODE_FAILED && atomic_load(run.stop)) {
		code = EXIT_CODE_DONE; /* nothing was begun, so nothing has failed */
		err_clear(&err);
	}
	if (code == EXIT_CODE_DONE && run.source)
		code = cmd_run_loop(&run, &err);
	/* What is wrong before the worker starts is for whoever typed it; what ends it later is for its log. */
	if (err_is_set(&err) && code == EXIT_CODE_USAGE)
		command_fail(line, EXIT_CODE_USAGE, &err);
	else if (err_is_set(&err))
		log_error("FAILED", "the worker cannot go on", LOG_CSTR("why", err.words), LOG_INT("exit", code));
	if (run.loop && loop_is_abandoned(run.loop))
		cmd_run_leave(&run, code);
	/* librdkafka's consumer has been seen to wait for ever for a partition of a deleted topic. */
	signals_end_within(code == EXIT_CODE_FENCED ? CMD_RUN_FENCED_S : CMD_RUN_CLOSE_S, code);
	cmd_run_close(&run);
	return code;
}

static const struct command_option cmd_run_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        COMMAND_OPTION_DATA,
        {"instance", 0, "NAME",
         "This worker's name, the same after a restart and no other worker's. Default: the host's name."},
        {"until-end", 0, NULL,
         "Stops when the group has reached the ends that the input topics have at start, whoever holds the "
         "partitions; then exit code 1 says that there were dead letters."},
        COMMAND_OPTION_END,
};

const struct command command_run = {
        .name = "run",
        .arguments = "-c FILE [--instance NAME] [--until-end]",
        .summary = "The worker: reads raw stories, publishes articles, duplicates and dead letters, exactly once.",
        .help = "SIGTERM or SIGINT drains it: what is worked on is published, and it ends with exit code 0, after ten "
                "seconds at most even if the brokers do not answer. A second "
                "SIGINT ends it at once; "
                "nothing is lost or doubled by that either. SIGHUP reads the files anew that may change (cleanup's "
                "rules, entities' gazetteers); where they are wrong, the log says so and what was in use stays.",
        .options = cmd_run_options,
        .needs_config = true,
        .run = cmd_run_run,
};
