/*
 * How fast the language of texts is told: the stage alone, one thread, CPU time, in turns with CLD2 where that is at
 * hand.
 *
 *     bench_language DATA ROUNDS FILE… [--cld2 LIBRARY]
 *
 * DATA is the folder with language/languages.model; a line of a file is a text. LIBRARY is Debian's libcld2.so.0.
 * Prints of each file the medians over the rounds, in MB/s and in microseconds a text, and the ratio of both.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_ROUNDS_MAX 100
/* CLD2::DetectLanguage(const char *, int, bool, bool *) as compilers of C++ call it. */
#define BENCH_CLD2 "_ZN4CLD214DetectLanguageEPKcibPb"

extern const struct stage stage_language;

struct bench {
	struct call call;
	struct message msg;
	int (*cld2)(const char *text, int n, bool is_plain, bool *is_reliable);
	struct str *texts;
	size_t n, room, bytes;
};

static double bench_cpu(void)
{
	struct timespec at;
	CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at) == 0);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void bench_read(struct bench *b, const char *name)
{
	FILE *file = fopen(name, "rb");
	char *line = NULL;
	size_t room = 0;
	if (!file)
		check_panic("cannot open '%s'", name);
	b->n = b->bytes = 0;
	for (ssize_t n; (n = getline(&line, &room, file)) > 0;) {
		struct str text = str_make(line, (size_t)n - (line[n - 1] == '\n'));
		if (b->n == b->room) {
			b->room = b->room ? 2 * b->room : 1024;
			b->texts = realloc(b->texts, b->room * sizeof(*b->texts));
			CHECK(b->texts);
		}
		char *copy = malloc(text.n + 1);
		CHECK(copy);
		memcpy(copy, text.p, text.n);
		b->texts[b->n++] = str_make(copy, text.n);
		b->bytes += text.n;
	}
	CHECK(b->n > 0);
	free(line);
	fclose(file);
}

static double bench_stage(struct bench *b)
{
	double began = bench_cpu();
	for (size_t i = 0; i < b->n; i++) {
		struct story st = {
		        .msg = &b->msg, .done = GROUP_DECODE, .decode = {.text = b->texts[i], .body = b->texts[i]}};
		arena_reset(b->call.keep);
		arena_reset(b->call.tmp);
		stage_language.run(&b->call, &st);
	}
	return bench_cpu() - began;
}

static double bench_peer(struct bench *b)
{
	double began = bench_cpu();
	for (size_t i = 0; i < b->n; i++) {
		bool is_reliable;
		b->cld2(b->texts[i].p, (int)b->texts[i].n, true, &is_reliable);
	}
	return bench_cpu() - began;
}

static int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double bench_say(const struct bench *b, const char *who, double *took, size_t rounds)
{
	qsort(took, rounds, sizeof(*took), bench_compare);
	double median = took[rounds / 2];
	printf("  %-9s %7.1f MB/s %8.2f us a text\n", who, (double)b->bytes / median / 1e6,
	       median / (double)b->n * 1e6);
	return median;
}

static void bench_file(struct bench *b, const char *name, size_t rounds)
{
	double ours[BENCH_ROUNDS_MAX], theirs[BENCH_ROUNDS_MAX];
	bench_read(b, name);
	for (size_t i = 0; i < rounds; i++) {
		ours[i] = bench_stage(b);
		theirs[i] = b->cld2 ? bench_peer(b) : 0;
	}
	printf("%s: %zu texts of %.0f bytes\n", name, b->n, (double)b->bytes / (double)b->n);
	double median = bench_say(b, "wiredesk", ours, rounds);
	if (b->cld2)
		printf("  wiredesk is %.2f times as fast\n", bench_say(b, "cld2", theirs, rounds) / median);
}

int main(int argc, char **argv)
{
	static struct feed feed = {.name = STR_INIT("bench")};
	struct err err = {""};
	struct arena keep, tmp;
	CHECK(argc > 3);
	struct stage_env env = {.limits = {16000000, 16000000, 2000, 128000000, 64},
	                        .feeds = &feed,
	                        .n_feeds = 1,
	                        .data_dir = str_of(argv[1])};
	struct bench b = {.call = {.stage = "language", .keep = &keep, .tmp = &tmp, .env = &env},
	                  .msg = {.feed = &feed}};
	size_t rounds = strtoul(argv[2], NULL, 10);
	CHECK(rounds > 0 && rounds <= BENCH_ROUNDS_MAX);
	arena_init(&keep, 0, 0);
	arena_init(&tmp, 0, 0);
	b.call.shared = calloc(1, stage_language.shared_size);
	CHECK(b.call.shared);
	if (!stage_language.open(&env, NULL, b.call.shared, &err))
		check_panic("%s", err.words);
	if (argc > 5 && strcmp(argv[argc - 2], "--cld2") == 0) {
		void *library = dlopen(argv[argc - 1], RTLD_NOW);
		if (!library)
			check_panic("no CLD2: %s", dlerror());
		*(void **)&b.cld2 = dlsym(library, BENCH_CLD2);
		CHECK(b.cld2);
		argc -= 2;
	} else {
		fprintf(stderr, "SKIPPED: CLD2; name Debian's libcld2.so.0 with --cld2\n");
	}
	for (int i = 3; i < argc; i++)
		bench_file(&b, argv[i], rounds);
	return 0;
}
