/*
 * How fast messages become stories: the decode stage alone, one thread, CPU time.
 *
 *     bench_decode ROUNDS FILE…
 *
 * Each file is one message, in memory before time is taken. Prints a line a round: messages a second, MB a second.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern const struct stage stage_decode;

static struct feed bench_feed = {.name = STR_INIT("bench")};
static struct stage_env bench_env = {
        .limits = {16000000, 16000000, 2000, 128000000, 64}, .feeds = &bench_feed, .n_feeds = 1};

static struct str bench_read(const char *name)
{
	FILE *file = fopen(name, "rb");
	CHECK(file);
	CHECK(fseek(file, 0, SEEK_END) == 0);
	long n = ftell(file);
	CHECK(n >= 0 && fseek(file, 0, SEEK_SET) == 0);
	char *bytes = malloc((size_t)n + 1);
	CHECK(bytes && fread(bytes, 1, (size_t)n, file) == (size_t)n);
	fclose(file);
	return str_make(bytes, (size_t)n);
}

static double bench_cpu(void)
{
	struct timespec at;
	CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at) == 0);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void bench_message(struct call *call, struct str bytes)
{
	struct message msg = {.value = bytes, .feed = &bench_feed};
	/* The runner's part, which is no decoding. */
	memset(msg.sha256_hex, '0', sizeof msg.sha256_hex - 1);
	arena_reset(call->keep);
	arena_reset(call->tmp);
	stage_decode.expand(call, &msg);
}

int main(int argc, char **argv)
{
	struct err err = {""};
	struct arena keep, tmp;
	arena_init(&keep, 0, 0);
	arena_init(&tmp, 0, 0);
	struct call call = {.stage = "decode",
	                    .keep = &keep,
	                    .tmp = &tmp,
	                    .shared = calloc(1, stage_decode.shared_size),
	                    .local = calloc(1, stage_decode.local_size),
	                    .env = &bench_env};
	CHECK(argc > 2);
	CHECK(stage_decode.open(&bench_env, NULL, call.shared, &err));
	CHECK(stage_decode.open_local(&bench_env, NULL, call.shared, call.local, &err));
	size_t n = (size_t)argc - 2, bytes = 0;
	struct str *messages = calloc(n, sizeof *messages);
	for (size_t i = 0; i < n; i++) {
		messages[i] = bench_read(argv[i + 2]);
		bytes += messages[i].n;
	}
	for (long round = strtol(argv[1], NULL, 10); round > 0; round--) {
		double began = bench_cpu(), took = 0;
		size_t times = 0;
		for (; took < 1; times++, took = bench_cpu() - began) {
			for (size_t i = 0; i < n; i++)
				bench_message(&call, messages[i]);
		}
		printf("%.0f messages/s %.1f MB/s\n", (double)(n * times) / took, (double)(bytes * times) / took / 1e6);
	}
	stage_decode.close_local(call.local);
	stage_decode.close(call.shared);
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)messages[i].p);
	free(messages);
	free(call.shared);
	free(call.local);
	arena_free(&keep);
	arena_free(&tmp);
	return 0;
}
