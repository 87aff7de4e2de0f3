/*
 * wiredesk bench: how long each stage needs for given stories, on one core.
 *
 * The stories are read once and then worked on again and again, in batches as the worker makes them, one lane, no sink.
 * Each batch is rolled back, so that every round meets the same state: in the first round's eyes each round is the
 * first. Times of stages are the runner's own, as /metrics shows them.
 */
#include "pipeline/base/check.h"
#include "worker/desk.h"

#include <inttypes.h>
#include <sys/resource.h>

#define CMD_BENCH_BYTES_MAX ((size_t)1 << 30) /* of stories held in memory */
#define CMD_BENCH_TEXT_MAX  ((size_t)64 << 10)
#define CMD_BENCH_SECONDS   3
#define CMD_BENCH_DERIVED   4 /* as in the loop: derived bytes for each raw byte of a batch */
#define CMD_BENCH_EVENT_MS  1000
#define CMD_BENCH_MICRO     1e6

struct cmd_bench {
	struct desk *desk;
	struct source *source;
	struct message *messages;
	size_t n, room;
	size_t bytes; /* of all values */
	struct batch batch, rest;
	uint64_t number;
	uint64_t stories, endings[OUTCOME_DEAD + 1]; /* since the warm-up */
	size_t rounds;
};

/* --- stories ----------------------------------------------------------------------------------------------------- */

static bool cmd_bench_keep(struct cmd_bench *b, const struct message *msg, struct err *err)
{
	if (b->n == b->room) {
		b->room = b->room ? 2 * b->room : 1024;
		b->messages = realloc(b->messages, b->room * sizeof *b->messages);
		CHECK(b->messages);
	}
	b->messages[b->n++] = *msg;
	b->bytes += msg->value.n;
	return b->bytes <= CMD_BENCH_BYTES_MAX || err_set(err, "more than %zu bytes of stories", CMD_BENCH_BYTES_MAX);
}

/* All messages; their owners stay with us until the end. */
static bool cmd_bench_read(struct cmd_bench *b, struct err *err)
{
	struct source_event event = {0};
	b->source = desk_source(b->desk, err);
	while (b->source) {
		b->source->ops->poll(b->source, CMD_BENCH_EVENT_MS, &event);
		if (event.happening == SOURCE_ASSIGNED) {
			if (!b->source->ops->assign(b->source, &event.partitions, err))
				return false;
		} else if (event.happening == SOURCE_MESSAGE) {
			if (!cmd_bench_keep(b, &event.message, err))
				return false;
		} else if (event.happening == SOURCE_END) {
			return b->n > 0 || err_set(err, "no story in these files");
		} else if (event.happening == SOURCE_FAILED) {
			return err_set(err, "%s", event.err.words);
		}
	}
	return false;
}

/* --- rounds ------------------------------------------------------------------------------------------------------ */

static void cmd_bench_count(struct cmd_bench *b)
{
	for (size_t m = 0; m < b->batch.n_messages; m++) {
		const struct message *msg = &b->batch.messages[m];
		b->endings[msg->end.outcome] += msg->n_parts == 0;
		for (size_t i = 0; i < msg->n_parts; i++)
			b->endings[msg->parts[i]->end.outcome]++;
		b->stories += msg->n_parts ? msg->n_parts : 1;
	}
}

/* Messages from `first` on, as many as a batch takes; answers how many. 0 with err set: a stage cannot go on. */
static size_t cmd_bench_batch(struct cmd_bench *b, size_t first, struct err *err)
{
	const struct config *config = b->desk->config;
	struct run_budget budget = {.messages = (size_t)config->batch.stories,
	                            .stories = (size_t)config->batch.stories,
	                            .derived_bytes = CMD_BENCH_DERIVED * (size_t)config->batch.bytes,
	                            .one_lane = true};
	for (size_t i = first;
	     i < b->n && b->batch.n_messages < budget.messages && b->batch.raw_bytes < (size_t)config->batch.bytes; i++)
		batch_add(&b->batch, &b->messages[i]);
	b->batch.number = ++b->number;
	runner_work(b->desk->runner, &b->batch, &budget);
	batch_seal(&b->batch, &b->rest);
	size_t n = b->batch.n_messages;
	bool ready = runner_begin(b->desk->runner, &b->batch, err);
	if (ready) {
		runner_tail(b->desk->runner, &b->batch);
		cmd_bench_count(b);
	}
	runner_rollback(b->desk->runner, &b->batch);
	batch_reset(&b->batch);
	batch_reset(&b->rest);
	return ready ? n : 0;
}

static bool cmd_bench_round(struct cmd_bench *b, struct err *err)
{
	for (size_t at = 0; at < b->n;) {
		size_t n = cmd_bench_batch(b, at, err);
		if (n == 0)
			return false;
		at += n;
	}
	b->rounds++;
	return true;
}

/* --- the table --------------------------------------------------------------------------------------------------- */

struct cmd_bench_times {
	int64_t wall_us, cpu_us;
	int64_t calls[PLAN_STAGES_MAX], us[PLAN_STAGES_MAX];
};

static int64_t cmd_bench_cpu_us(void)
{
	struct rusage usage;
	CHECK(getrusage(RUSAGE_THREAD, &usage) == 0);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

static void cmd_bench_clock(const struct plan *plan, struct cmd_bench_times *t)
{
	t->wall_us = clock_mono_us(clock_system());
	t->cpu_us = cmd_bench_cpu_us();
	for (size_t i = 0; i < plan->n; i++) {
		t->calls[i] = series_value(plan->entries[i].calls);
		t->us[i] = series_value(plan->entries[i].us);
	}
}

static void cmd_bench_row(const char *name, int64_t calls, double us, double stories, double all_us)
{
	char number[24] = "";
	if (calls >= 0)
		snprintf(number, sizeof number, "%" PRId64, calls);
	printf("%-14s %12s %10.2f %7.1f%% %12.0f\n", name, number, us / stories, all_us > 0 ? 100 * us / all_us : 0.0,
	       us > 0 ? stories * CMD_BENCH_MICRO / us : 0.0);
}

static void cmd_bench_endings(const struct cmd_bench *b)
{
	static const struct {
		enum outcome outcome;
		const char *one, *many;
	} rows[] = {{OUTCOME_ARTICLE, "article", "articles"},
	            {OUTCOME_DUPLICATE, "duplicate", "duplicates"},
	            {OUTCOME_DROP, "drop", "drops"},
	            {OUTCOME_DEAD, "dead letter", "dead letters"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint64_t n = b->endings[rows[i].outcome];
		printf("%s%" PRIu64 " %s", i ? ", " : "they ended as ", n, command_noun(n, rows[i].one, rows[i].many));
	}
	putchar('\n');
}

static void cmd_bench_table(const struct cmd_bench *b, const struct cmd_bench_times *from,
                            const struct cmd_bench_times *to)
{
	const struct plan *plan = &b->desk->plan;
	double stories = (double)b->stories, wall_us = (double)(to->wall_us - from->wall_us), rest_us = wall_us;
	double cpu_us = (double)(to->cpu_us - from->cpu_us);
	printf("%-14s %12s %10s %8s %12s\n", "stage", "calls", "us/story", "share", "stories/s");
	for (size_t i = 0; i < plan->n; i++) {
		double us = (double)(to->us[i] - from->us[i]);
		rest_us -= us;
		cmd_bench_row(plan->entries[i].stage->name, to->calls[i] - from->calls[i], us, stories, wall_us);
	}
	cmd_bench_row("record, runner", -1, rest_us > 0 ? rest_us : 0, stories, wall_us);
	cmd_bench_row("all", -1, wall_us, stories, wall_us);
	printf("\n%.0f stories/s a core (by CPU time), %.1f MB/s of raw text; %zu %s, %zu %s, %" PRIu64
	       " %s in %.2f s\n",
	       cpu_us > 0 ? stories * CMD_BENCH_MICRO / cpu_us : 0.0,
	       cpu_us > 0 ? (double)b->bytes * (double)b->rounds / cpu_us : 0.0, b->n,
	       command_noun(b->n, "message", "messages"), b->rounds, command_noun(b->rounds, "round", "rounds"),
	       b->stories, command_noun(b->stories, "story", "stories"), wall_us / CMD_BENCH_MICRO);
	cmd_bench_endings(b);
}

/* --- the command -------------------------------------------------------------------------------------------------- */

static bool cmd_bench_time(struct cmd_bench *b, int64_t seconds, struct err *err)
{
	struct cmd_bench_times from, to;
	if (!cmd_bench_round(b, err))
		return false;
	b->rounds = 0; /* that was the warm-up */
	b->stories = 0;
	memset(b->endings, 0, sizeof b->endings);
	cmd_bench_clock(&b->desk->plan, &from);
	do {
		if (!cmd_bench_round(b, err))
			return false;
		cmd_bench_clock(&b->desk->plan, &to);
	} while (to.wall_us - from.wall_us < seconds * INT64_C(1000000));
	cmd_bench_table(b, &from, &to);
	return true;
}

static void cmd_bench_close(struct cmd_bench *b)
{
	for (size_t i = 0; i < b->n; i++)
		b->source->ops->release(b->source, b->messages[i].owner);
	free(b->messages);
	batch_free(&b->batch);
	batch_free(&b->rest);
	if (b->source)
		b->source->ops->close(b->source);
}

static int cmd_bench_with(struct desk *desk, void *arg, struct err *err)
{
	const int64_t *seconds = arg;
	struct cmd_bench b = {.desk = desk};
	batch_init(&b.batch, 1, NULL, NULL);
	batch_init(&b.rest, 1, NULL, NULL);
	bool good = cmd_bench_read(&b, err) && cmd_bench_time(&b, *seconds, err);
	cmd_bench_close(&b);
	return good ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static int cmd_bench_run(const struct command_line *line)
{
	int64_t seconds = CMD_BENCH_SECONDS;
	const char *given = command_value(line, "seconds");
	if (given && (!options_parse_int(str_of(given), &seconds) || seconds < 0 || seconds > 3600))
		return command_fail_words(line, EXIT_CODE_USAGE, "--seconds is a number from 0 to 3600, not '%.50s'",
		                          given);
	if (line->n_files == 0)
		return command_fail_words(line, EXIT_CODE_USAGE, "which stories? name files ('-' is stdin)");
	return desk_command(line, 1, cmd_bench_with, &seconds);
}

static const struct command_option cmd_bench_options[] = {
        DESK_OPTIONS,
        {"seconds", 0, "N", "At least so long, and at least one round over all stories (default 3)."},
        COMMAND_OPTION_END,
};

const struct command command_bench = {
        .name = "bench",
        .arguments = "[-c FILE] [--stages A,B,C] [--each-line] [--seconds N] FILE…",
        .summary = "Times the stages on given stories: stories a second on one core, stage by stage.",
        .help = "Stories are held in memory and worked on again and again, one thread, without a sink; a first round "
                "is not "
                "counted. Times of stages are wall time: measure on a quiet machine.\n"
                "\n"
                "  wiredesk bench --each-line stories.jsonl",
        .options = cmd_bench_options,
        .files_max = SIZE_MAX,
        .run = cmd_bench_run,
};
