/*
 * Runs stories through the run list at the times at which they came, on a clock of its own.
 *
 *     stream DATA_DIR < LINES
 *
 * A line is a number of seconds, a tab, and a message written in JSON; an empty line ends a stream, and the next begins
 * with nothing remembered. Prints one record a line. For dedup, whose verdicts hang on the time between stories.
 */
#include "pipeline/base/check.h"
#include "pipeline/run.h"

#include <stdio.h>
#include <stdlib.h>

#define STREAM_STAGES "decode,cleanup,credits,fingerprint,dedup"
/* Stories of so many seconds are one batch. */
#define STREAM_BATCH_SECONDS 60
#define STREAM_BATCH_LINES   1000

struct stream {
	struct plan plan;
	struct stage_env env;
	struct arena setup;
	struct runner *runner;
	struct batch batch, rest;
	struct feed feed;
	char *lines[STREAM_BATCH_LINES];
	size_t n;
	int64_t first_s, offset;
};

static int64_t stream_s;

static int64_t stream_mono_us(struct clock *c)
{
	(void)c;
	return stream_s * 1000000;
}

static int64_t stream_wall_ms(struct clock *c)
{
	(void)c;
	return stream_s * 1000;
}

static void stream_sleep_us(struct clock *c, int64_t us)
{
	(void)c;
	(void)us;
}

static struct clock stream_clock = {stream_mono_us, stream_wall_ms, stream_sleep_us};

static void stream_release(void *source, void *owner)
{
	(void)source;
	(void)owner;
}

static void stream_must(bool done, const struct err *err)
{
	if (done)
		return;
	fprintf(stderr, "stream: %s\n", err->words);
	exit(4);
}

static void stream_open(struct stream *s, const char *data_dir)
{
	struct err err = {{0}};
	struct runner_options options = {.lanes = 1, .task_kind = TASK_INLINE};
	s->feed = (struct feed){.name = STR("default")};
	s->env = (struct stage_env){.data_dir = str_of(data_dir),
	                            .clock = &stream_clock,
	                            .metrics = metrics_new(),
	                            .limits = {16000000, 16000000, 2000, 128000000, 64},
	                            .feeds = &s->feed,
	                            .n_feeds = 1};
	arena_init(&s->setup, 0, 0);
	const struct node *list = plan_choose(NULL, STR(STREAM_STAGES), &s->setup);
	stream_must(plan_read(&s->plan, list, stage_registry, &s->setup, &err), &err);
	stream_must(plan_open(&s->plan, &s->env, &err), &err);
	s->runner = runner_new(&s->plan, &options, &err);
	stream_must(s->runner != NULL, &err);
	batch_init(&s->batch, 1, stream_release, NULL);
	batch_init(&s->rest, 1, stream_release, NULL);
}

static void stream_close(struct stream *s)
{
	batch_free(&s->batch);
	batch_free(&s->rest);
	runner_free(&s->runner);
	plan_close(&s->plan);
	metrics_free(&s->env.metrics);
	arena_free(&s->setup);
}

static void stream_print(const struct message *msg)
{
	if (msg->n_parts == 0)
		puts("{}");
	for (size_t i = 0; i < msg->n_parts; i++)
		printf("%.*s\n", STR_ARG(msg->parts[i]->record.value));
}

static void stream_flush(struct stream *s)
{
	struct err err = {{0}};
	struct run_budget budget = {.messages = s->n, .stories = 1000000, .derived_bytes = SIZE_MAX / 2};
	if (!s->n)
		return;
	s->batch.number++;
	runner_work(s->runner, &s->batch, &budget);
	batch_seal(&s->batch, &s->rest);
	CHECK(s->rest.n_messages == 0);
	stream_must(runner_begin(s->runner, &s->batch, &err), &err);
	runner_tail(s->runner, &s->batch);
	for (size_t i = 0; i < s->batch.n_messages; i++)
		stream_print(&s->batch.messages[i]);
	runner_commit(s->runner, &s->batch);
	uint64_t number = s->batch.number;
	batch_reset(&s->batch);
	batch_reset(&s->rest);
	s->batch.number = number;
	for (size_t i = 0; i < s->n; i++)
		free(s->lines[i]);
	s->n = 0;
}

static void stream_add(struct stream *s, const char *line, size_t n)
{
	char *end;
	int64_t seconds = strtoll(line, &end, 10);
	if (*end != '\t') {
		fprintf(stderr, "stream: a line is SECONDS, a tab, JSON\n");
		exit(2);
	}
	if (s->n == STREAM_BATCH_LINES || (s->n && seconds >= s->first_s + STREAM_BATCH_SECONDS))
		stream_flush(s);
	if (!s->n)
		stream_s = s->first_s = seconds;
	size_t skip = (size_t)(end + 1 - line);
	char *value = malloc(n - skip + 1);
	CHECK(value);
	memcpy(value, end + 1, n - skip);
	s->lines[s->n++] = value;
	struct position at = {STR("local"), STR("stream"), 0, s->offset++};
	batch_add(&s->batch,
	          &(struct message){
	                  .delivery = at, .origin = at, .timestamp_ms = -1, .value = str_make(value, n - skip)});
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: stream DATA_DIR < LINES\n");
		return 2;
	}
	struct stream *s = calloc(1, sizeof(*s));
	CHECK(s);
	char *line = NULL;
	size_t room = 0;
	stream_open(s, argv[1]);
	for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
		if (line[n - 1] == '\n')
			n--;
		line[n] = 0;
		if (n) {
			stream_add(s, line, (size_t)n);
			continue;
		}
		stream_flush(s);
		stream_close(s);
		*s = (struct stream){0};
		stream_open(s, argv[1]);
	}
	stream_flush(s);
	stream_close(s);
	free(line);
	free(s);
	return 0;
}
