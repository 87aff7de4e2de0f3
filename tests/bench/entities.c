/*
 * How fast names are found: the stage entities alone, behind decode, cleanup, credits and language, one thread, CPU
 * time.
 *
 *     bench_entities DATA ROUNDS FILE…
 *
 * DATA is the folder with entities/names.model; a line of a file is a message of its own, such as an object of JSON
 * with headline and body. Prints of each file the median over the rounds, and the sum of what each batch of stories
 * took at its quickest, which a busy machine disturbs less, in microseconds a story and MB/s of the bodies; mentions a
 * story; and a checksum of all that was found, which tells whether two programs find the same.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/options.h"
#include "pipeline/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <xxhash.h>

#define BENCH_ROUNDS_MAX 1000
#define BENCH_STAGES     5
#define BENCH_BATCH      64 /* stories that live at once */

extern const struct stage stage_decode, stage_cleanup, stage_credits, stage_language, stage_entities;
static const struct stage *const bench_stages[BENCH_STAGES] = {&stage_decode, &stage_cleanup, &stage_credits,
                                                               &stage_language, &stage_entities};

static const struct feed bench_feed = {.name = STR_INIT("bench")};

struct bench {
	struct stage_env env;
	struct call calls[BENCH_STAGES];
	struct arena setup, keep, tmp;
	struct arena held; /* the messages' bytes */
	struct message *messages;
	size_t n, room;
	size_t n_stories, n_bytes, n_mentions; /* of a round */
	double *best;                          /* of each batch, seconds; 0: none yet */
	uint64_t checksum;
};

static double bench_cpu(void)
{
	struct timespec at;
	CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at) == 0);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void *bench_new(size_t bytes)
{
	void *p = calloc(1, bytes + 1);
	CHECK(p);
	return p;
}

static void bench_open(struct bench *b, const char *data)
{
	struct err err = {""};
	struct arena *arenas[] = {&b->setup, &b->keep, &b->tmp, &b->held};
	for (size_t i = 0; i < sizeof arenas / sizeof *arenas; i++)
		arena_init(arenas[i], 0, 0);
	b->env = (struct stage_env){.data_dir = str_of(data),
	                            .limits = {16000000, 16000000, 2000, 128000000, 64},
	                            .feeds = &bench_feed,
	                            .n_feeds = 1};
	for (size_t i = 0; i < BENCH_STAGES; i++) {
		const struct stage *stage = bench_stages[i];
		void *options = bench_new(stage->options_size);
		struct call *call = &b->calls[i];
		*call = (struct call){.stage = stage->name,
		                      .keep = &b->keep,
		                      .tmp = &b->tmp,
		                      .options = options,
		                      .shared = bench_new(stage->shared_size),
		                      .local = bench_new(stage->local_size),
		                      .env = &b->env};
		if (stage->options && !options_read(stage->options, NULL, options, stage->name, &b->setup, &err))
			check_panic("%s", err.words);
		if (stage->open && !stage->open(&b->env, options, call->shared, &err))
			check_panic("%s", err.words);
		if (stage->open_local && !stage->open_local(&b->env, options, call->shared, call->local, &err))
			check_panic("%s", err.words);
	}
}

static void bench_close(struct bench *b)
{
	struct arena *arenas[] = {&b->setup, &b->keep, &b->tmp, &b->held};
	for (size_t i = 0; i < BENCH_STAGES; i++) {
		if (bench_stages[i]->close_local)
			bench_stages[i]->close_local(b->calls[i].local);
		if (bench_stages[i]->close)
			bench_stages[i]->close(b->calls[i].shared);
		free(b->calls[i].shared);
		free(b->calls[i].local);
		free((void *)(uintptr_t)b->calls[i].options);
	}
	for (size_t i = 0; i < sizeof arenas / sizeof *arenas; i++)
		arena_free(arenas[i]);
	free(b->messages);
}

static void bench_add(struct bench *b, struct str line)
{
	char *copy = arena_alloc(&b->held, line.n + 1);
	memcpy(copy, line.p, line.n);
	if (b->n == b->room) {
		b->room = b->room ? 2 * b->room : 1024;
		b->messages = realloc(b->messages, b->room * sizeof(*b->messages));
		CHECK(b->messages);
	}
	struct message *msg = &b->messages[b->n++];
	*msg = (struct message){.value = str_make(copy, line.n), .feed = &bench_feed};
	/* The runner's part. */
	memset(msg->sha256_hex, '0', sizeof(msg->sha256_hex) - 1);
}

static void bench_read(struct bench *b, const char *name)
{
	FILE *file = fopen(name, "rb");
	char *line = NULL;
	size_t room = 0;
	if (!file)
		check_panic("cannot open '%s'", name);
	b->n = 0;
	arena_reset(&b->held);
	for (ssize_t n; (n = getline(&line, &room, file)) > 0;)
		bench_add(b, str_trim(str_make(line, (size_t)n)));
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
		for (size_t k = 0; k < messages[i].n_parts && bench_stages[stage]->run; k++) {
			struct story *st = messages[i].parts[k];
			arena_reset(&b->tmp);
			bench_stages[stage]->run(call, st);
			/* The runner's part. */
			st->done |= bench_stages[stage]->writes;
		}
	}
}

static void bench_sum_text(struct bench *b, struct str text)
{
	b->checksum = XXH3_64bits_withSeed(text.p, text.n, b->checksum);
}

static void bench_sum(struct bench *b, const struct story *st)
{
	b->n_stories++;
	b->n_bytes += story_body(st).n;
	b->n_mentions += st->entities.n_entities;
	for (size_t i = 0; i < st->entities.n_entities; i++) {
		const struct entity *e = &st->entities.entities[i];
		struct {
			uint32_t name, start, end;
			float confidence;
		} said = {e->name, e->start, e->end, e->confidence};
		bench_sum_text(b, str_make((const char *)&said, sizeof said));
		bench_sum_text(b, str_of(e->evidence));
	}
	for (size_t i = 0; i < st->entities.n_names; i++) {
		const struct entity_name *name = &st->entities.names[i];
		char said[3] = {(char)name->type, (char)name->is_dateline, (char)name->is_quoted};
		bench_sum_text(b, str_make(said, sizeof said));
		bench_sum_text(b, name->name);
		bench_sum_text(b, name->uri);
	}
}

/* Seconds of the stage entities over all messages. */
static double bench_round(struct bench *b)
{
	double took = 0;
	b->n_stories = b->n_bytes = b->n_mentions = 0;
	b->checksum = 0;
	for (size_t at = 0; at < b->n; at += BENCH_BATCH) {
		size_t n = b->n - at < BENCH_BATCH ? b->n - at : BENCH_BATCH;
		arena_reset(&b->keep);
		for (size_t i = 0; i < n; i++) {
			b->messages[at + i].parts = NULL;
			b->messages[at + i].n_parts = 0;
		}
		for (size_t i = 0; i + 1 < BENCH_STAGES; i++)
			bench_stage(b, i, b->messages + at, n);
		double began = bench_cpu();
		bench_stage(b, BENCH_STAGES - 1, b->messages + at, n);
		double batch = bench_cpu() - began, *best = &b->best[at / BENCH_BATCH];
		took += batch;
		*best = *best > 0 && *best < batch ? *best : batch;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < b->messages[at + i].n_parts; k++)
				bench_sum(b, b->messages[at + i].parts[k]);
	}
	return took;
}

static int bench_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void bench_file(struct bench *b, const char *name, size_t rounds)
{
	static double times[BENCH_ROUNDS_MAX];
	const char *base = strrchr(name, '/');
	bench_read(b, name);
	b->best = bench_new((b->n / BENCH_BATCH + 1) * sizeof *b->best);
	bench_round(b); /* words met before are remembered, as they are in a worker */
	for (size_t i = 0; i < rounds; i++)
		times[i] = bench_round(b);
	double best = 0;
	for (size_t i = 0; i < b->n / BENCH_BATCH + 1; i++)
		best += b->best[i];
	free(b->best);
	qsort(times, rounds, sizeof(times[0]), bench_compare);
	double middle = times[rounds / 2], stories = (double)b->n_stories, mb = (double)b->n_bytes / 1e6;
	printf("%-20s %6zu of %5.0f bytes  %7.1f us %6.1f MB/s  best %7.1f us %6.1f MB/s  %5.1f mentions  %016llx\n",
	       base ? base + 1 : name, b->n_stories, (double)b->n_bytes / stories, middle * 1e6 / stories, mb / middle,
	       best * 1e6 / stories, mb / best, (double)b->n_mentions / stories, (unsigned long long)b->checksum);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static struct bench b;
	if (argc < 4) {
		fprintf(stderr, "usage: bench_entities DATA ROUNDS FILE…\n");
		return 2;
	}
	size_t rounds = strtoul(argv[2], NULL, 10);
	CHECK(rounds > 0 && rounds <= BENCH_ROUNDS_MAX);
	bench_open(&b, argv[1]);
	for (int i = 3; i < argc; i++)
		bench_file(&b, argv[i], rounds);
	bench_close(&b);
	return 0;
}
