/*
 * How fast plain text becomes clean copy: decode, cleanup and credits, stage by stage, one thread, CPU time.
 *
 *     bench_clean ROUNDS FILE…
 *
 * A line of a file is a story's text, a string of JSON. Prints of each file, in the middle of the rounds, microseconds
 * a story by stage, and MB/s of raw text up to each stage; and how much memory a batch of stories takes.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_ROUNDS_MAX 100
#define BENCH_STAGES     3
#define BENCH_BATCH      64        /* stories that live at once */
#define BENCH_LEAST      (4 << 20) /* bytes a round */

extern const struct stage stage_decode, stage_cleanup, stage_credits;
static const struct stage *const bench_stages[BENCH_STAGES] = {&stage_decode, &stage_cleanup, &stage_credits};

static const struct feed bench_feed = {.name = STR_INIT("bench"), .format = STR_INIT("plain-text")};
static const struct stage_env bench_env = {
        .limits = {16000000, 16000000, 2000, 128000000, 64}, .feeds = &bench_feed, .n_feeds = 1};

struct bench {
	struct call calls[BENCH_STAGES];
	struct arena keep, tmp;
	struct arena held; /* the texts */
	struct message *messages;
	size_t n, room, bytes, most;
	double times[BENCH_STAGES][BENCH_ROUNDS_MAX]; /* seconds a round, of all stages up to this one */
};

static double bench_cpu(void)
{
	struct timespec at;
	CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at) == 0);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void bench_open(struct bench *b)
{
	static const struct str no_rules = STR_INIT("");
	struct err err = {""};
	arena_init(&b->keep, 0, 0);
	arena_init(&b->tmp, 0, 0);
	arena_init(&b->held, 0, 0);
	for (size_t i = 0; i < BENCH_STAGES; i++) {
		const struct stage *stage = bench_stages[i];
		/* cleanup's options are one file's name. */
		const void *options = stage == &stage_cleanup ? &no_rules : NULL;
		struct call *call = &b->calls[i];
		*call = (struct call){.stage = stage->name,
		                      .keep = &b->keep,
		                      .tmp = &b->tmp,
		                      .options = options,
		                      .shared = calloc(1, stage->shared_size + 1),
		                      .local = calloc(1, stage->local_size + 1),
		                      .env = &bench_env};
		CHECK(call->shared && call->local);
		if (stage->open && !stage->open(&bench_env, options, call->shared, &err))
			check_panic("%s", err.words);
		if (stage->open_local && !stage->open_local(&bench_env, options, call->shared, call->local, &err))
			check_panic("%s", err.words);
	}
}

static void bench_close(struct bench *b)
{
	for (size_t i = 0; i < BENCH_STAGES; i++) {
		if (bench_stages[i]->close_local)
			bench_stages[i]->close_local(b->calls[i].local);
		if (bench_stages[i]->close)
			bench_stages[i]->close(b->calls[i].shared);
		free(b->calls[i].shared);
		free(b->calls[i].local);
	}
	arena_free(&b->keep);
	arena_free(&b->tmp);
	arena_free(&b->held);
	free(b->messages);
}

static void bench_add(struct bench *b, struct str line)
{
	struct json_doc doc;
	if (json_doc_read(&b->tmp, line, 8, &doc) != JSON_DOC_OK || doc.tokens[0].kind != JSON_STRING)
		check_panic("a line that is no string of JSON");
	struct str text = json_doc_text(&doc, 0, &b->tmp);
	if (!text.n)
		return;
	char *copy = arena_alloc(&b->held, text.n + 1);
	memcpy(copy, text.p, text.n);
	if (b->n == b->room) {
		b->room = b->room ? 2 * b->room : 1024;
		b->messages = realloc(b->messages, b->room * sizeof(*b->messages));
		CHECK(b->messages);
	}
	struct message *msg = &b->messages[b->n];
	*msg = (struct message){.value = str_make(copy, text.n), .feed = &bench_feed};
	/* The runner's part. */
	memset(msg->sha256_hex, '0', sizeof(msg->sha256_hex) - 1);
	b->n++;
	b->bytes += text.n;
}

static void bench_read(struct bench *b, const char *name)
{
	FILE *file = fopen(name, "rb");
	char *line = NULL;
	size_t room = 0;
	if (!file)
		check_panic("cannot open '%s'", name);
	b->n = b->bytes = b->most = 0;
	arena_reset(&b->held);
	for (ssize_t n; (n = getline(&line, &room, file)) > 0;) {
		arena_reset(&b->tmp);
		bench_add(b, str_make(line, (size_t)n));
	}
	CHECK(b->n > 0);
	free(line);
	fclose(file);
}

static void bench_stage(struct bench *b, size_t stage, struct message *messages, size_t n)
{
	struct call *call = &b->calls[stage];
	for (size_t i = 0; i < n; i++) {
		arena_reset(&b->tmp);
		if (bench_stages[stage]->expand)
			bench_stages[stage]->expand(call, &messages[i]);
		for (size_t k = 0; k < messages[i].n_parts && bench_stages[stage]->run; k++)
			bench_stages[stage]->run(call, messages[i].parts[k]);
	}
}

static void bench_round(struct bench *b, double times[BENCH_STAGES])
{
	for (size_t at = 0; at < b->n; at += BENCH_BATCH) {
		size_t n = b->n - at < BENCH_BATCH ? b->n - at : BENCH_BATCH;
		arena_reset(&b->keep);
		for (size_t i = 0; i < n; i++) {
			b->messages[at + i].parts = NULL;
			b->messages[at + i].n_parts = 0;
		}
		for (size_t i = 0; i < BENCH_STAGES; i++) {
			double began = bench_cpu();
			bench_stage(b, i, b->messages + at, n);
			times[i] += bench_cpu() - began;
		}
		size_t held = arena_held_bytes(&b->keep) + arena_held_bytes(&b->tmp);
		b->most = held > b->most ? held : b->most;
	}
}

static int bench_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void bench_file(struct bench *b, const char *name, size_t rounds)
{
	bench_read(b, name);
	size_t times = 1 + BENCH_LEAST / b->bytes;
	double stories = (double)(times * b->n), mb = (double)(times * b->bytes) / 1e6;
	for (size_t i = 0; i < rounds; i++) {
		double took[BENCH_STAGES] = {0};
		for (size_t k = 0; k < times; k++)
			bench_round(b, took);
		for (size_t k = 0; k < BENCH_STAGES; k++)
			b->times[k][i] = took[k] + (k ? b->times[k - 1][i] : 0);
	}
	const char *base = strrchr(name, '/');
	printf("%-20s %7zu of %6.0f bytes", base ? base + 1 : name, b->n, (double)b->bytes / (double)b->n);
	for (size_t k = 0; k < BENCH_STAGES; k++) {
		qsort(b->times[k], rounds, sizeof(b->times[k][0]), bench_compare);
		double middle = b->times[k][rounds / 2];
		printf("  %7.1f us %7.1f MB/s", middle * 1e6 / stories, mb / middle);
	}
	printf("  %6.0f kB\n", (double)b->most / 1e3);
}

int main(int argc, char **argv)
{
	static struct bench b;
	if (argc < 3) {
		fprintf(stderr, "usage: bench_clean ROUNDS FILE…\n");
		return 2;
	}
	size_t rounds = strtoul(argv[1], NULL, 10);
	CHECK(rounds > 0 && rounds <= BENCH_ROUNDS_MAX);
	bench_open(&b);
	printf("%-20s %25s  %21s  %21s  %21s  %9s\n", "", "stories", "decode", "and cleanup", "and credits", "a batch");
	for (int i = 2; i < argc; i++)
		bench_file(&b, argv[i], rounds);
	bench_close(&b);
	return 0;
}
