/*
 * How fast is the local ledger, and what does a claim cost of memory, when it is full?
 *
 *     ledger [CLAIMS [ADVERSARY]]      default: one million
 *
 * Claims are made up: sketches of stories that have nothing in common, but every fourth is a near-copy of one of the
 * last ten thousand, and three of ten come from press offices whose stories all begin alike. They come in batches of a
 * thousand. Prints the processor time a claim (entering and judging) over the last tenth, when the index is at its
 * largest, and what the process holds.
 *
 * With an adversary, all claims are of its making, and the slowest batch is told, too:
 *
 *     shingle     one shingle stands in all stories
 *     tiny        identical stories of a few words
 *     copies      near-copies of one bulletin, each with figures of its own
 *     crafted     every sample of a story is one that others have as often as the index notes them, and so are all the
 *                 shingles of its text
 */
#include "pipeline/stages/dedup/ledger.h"
#include "pipeline/base/check.h"
#include "pipeline/base/clock.h"
#include "pipeline/sketch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH       1000
#define RECENT      10000
#define WINDOW_MS   (INT64_C(72) * 3600 * 1000)
#define COPY_ONE_IN 4
#define COMMON      4  /* samples that a press office's stories share */
#define OFFICES     10 /* so many of a hundred stories are of one, each of another */

struct bench {
	struct sketch recent[RECENT];
	struct claim claims[BATCH];
	struct sketch sketches[BATCH];
	char ids[BATCH][64], uris[BATCH][64];
	uint64_t state;
	size_t made;
	const char *adversary; /* NULL: none */
	struct sketch_words words;
	uint32_t shingles[SKETCH_SHINGLES_MAX];
};

#define CRAFTED 4096 /* shingles that crafted stories are made of */

/* Time that moves with the claims: the window is full when all are in. */
static int64_t bench_ms;

static int64_t bench_mono_us(struct clock *c)
{
	(void)c;
	return bench_ms * 1000;
}

static uint64_t bench_random(struct bench *b)
{
	b->state ^= b->state << 13;
	b->state ^= b->state >> 7;
	b->state ^= b->state << 17;
	return b->state * UINT64_C(0x2545f4914f6cdd1d);
}

static void bench_set_minimum(struct bench *b, struct sketch *s, size_t i)
{
	sketch_set_minimum(s->text.minima, i, 1 + (unsigned)(bench_random(b) >> 32) % SKETCH_MINIMUM_MAX);
}

static void bench_new_sketch(struct bench *b, struct sketch *s)
{
	*s = (struct sketch){.n_lead_samples = SKETCH_LEAD_SAMPLES_MAX, .n_samples = SKETCH_SAMPLES_MAX};
	for (size_t i = 0; i < SKETCH_SAMPLES_MAX; i++)
		s->samples[i] = (uint32_t)(bench_random(b) >> 32);
	uint32_t office = (uint32_t)(bench_random(b) >> 32) % 100;
	for (uint32_t i = 0; i < COMMON && (int)office < OFFICES; i++)
		s->samples[i] = (office * COMMON + i) * 2654435761u;
	for (size_t i = 0; i < SKETCH_MINIMA; i++)
		bench_set_minimum(b, s, i);
	for (size_t i = 0; i < 6; i++)
		s->text.numbers[i] = (struct sketch_number){(uint16_t)(i * 4000 + bench_random(b) % 4000),
		                                            (uint16_t)bench_random(b)};
	for (size_t i = 0; i < 12; i++)
		s->text.names[i] = s->text.headline[i % SKETCH_HEADLINE_MAX] = (uint16_t)bench_random(b);
	s->text.n_numbers = 6;
	s->text.n_names = 12;
	s->text.n_headline = 10;
	s->text.n_shingles = 300 + (uint32_t)(bench_random(b) % 300);
}

static bool bench_is(const struct bench *b, const char *adversary)
{
	return b->adversary && strcmp(b->adversary, adversary) == 0;
}

static void bench_craft(struct bench *b, struct sketch *s)
{
	if (bench_is(b, "shingle")) {
		s->samples[0] = 4711;
	} else if (bench_is(b, "copies")) {
		struct sketch_text own = s->text;
		*s = b->recent[0];
		memcpy(s->text.numbers, own.numbers, sizeof(own.numbers));
		s->samples[SKETCH_SAMPLES_MAX - 1] = (uint32_t)bench_random(b);
	} else if (bench_is(b, "tiny")) {
		*s = (struct sketch){.n_lead_samples = 1, .n_samples = 1, .samples = {4711}, .text.n_shingles = 1};
	} else if (bench_is(b, "crafted")) {
		uint32_t from = (uint32_t)(bench_random(b) >> 32) % CRAFTED;
		for (uint32_t k = 0; k < SKETCH_SAMPLES_MAX; k++)
			s->samples[k] = (from + k) % CRAFTED * 2654435761u;
	}
}

static void bench_new_claim(struct bench *b, size_t i)
{
	struct sketch *s = &b->sketches[i];
	if (b->made > RECENT && b->made % COPY_ONE_IN == 0) {
		*s = b->recent[bench_random(b) % RECENT];
		for (int k = 0; k < SKETCH_MINIMA / 6; k++)
			bench_set_minimum(b, s, bench_random(b) % SKETCH_MINIMA);
	} else {
		bench_new_sketch(b, s);
	}
	if (b->adversary && b->made)
		bench_craft(b, s);
	b->recent[b->made % RECENT] = *s;
	snprintf(b->ids[i], sizeof(b->ids[i]), "f3hVq0aTQ3-3rGm1x0jZkA/wire.raw/%zu/%zu/0", b->made % 8, b->made);
	snprintf(b->uris[i], sizeof(b->uris[i]), "urn:uuid:00000000-0000-5000-8000-%012zx", b->made);
	b->claims[i] = (struct claim){
	        .key = {{STR("f3hVq0aTQ3-3rGm1x0jZkA"), STR("wire.raw"), (int32_t)(b->made % 8), (int64_t)b->made},
	                0,
	                7},
	        .id = str_of(b->ids[i]),
	        .exact_hash = bench_random(b),
	        .body_hash = bench_random(b),
	        .sketch = s,
	        .uri = str_of(b->uris[i])};
	if (bench_is(b, "tiny"))
		b->claims[i].exact_hash = b->claims[i].body_hash = 7;
	if (bench_is(b, "crafted"))
		b->claims[i].words = &b->words;
	b->made++;
}

/* Of this thread alone: other work on the machine does not count. */
static int64_t bench_cpu_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static size_t bench_resident_bytes(void)
{
	size_t pages = 0, unused;
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f || fscanf(f, "%zu %zu", &unused, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

int main(int argc, char **argv)
{
	char *end;
	size_t n = argc > 1 ? strtoul(argv[1], &end, 10) : 1000000, matched = 0;
	struct bench *b = calloc(1, sizeof(*b));
	struct clock clock = {bench_mono_us, NULL, NULL};
	CHECK(b && n >= 10 * BATCH);
	/* The bench's own memory is there before it is measured. */
	memset(b, 1, sizeof(*b));
	b->made = 0;
	b->adversary = argc > 2 ? argv[2] : NULL;
	b->words = (struct sketch_words){.shingles = b->shingles, .n_shingles = SKETCH_SHINGLES_MAX};
	for (uint32_t i = 0; i < SKETCH_SHINGLES_MAX; i++)
		b->shingles[i] = i * 2654435761u;
	b->state = 88172645463325252u;
	size_t before = bench_resident_bytes();
	struct ledger *ledger = ledger_local_new(&(struct ledger_local_options){&clock, WINDOW_MS, n, false});
	int64_t us = 0, slowest_us = 0;
	for (size_t done = 0; done < n; done += BATCH) {
		for (size_t i = 0; i < BATCH; i++)
			bench_new_claim(b, i);
		bench_ms = (int64_t)((double)done / (double)n * (double)WINDOW_MS * 0.99);
		int64_t start = bench_cpu_us();
		struct err err = {{0}};
		ledger->ops->begin(ledger, done, b->claims, BATCH, NULL, 0, &err);
		for (size_t i = 0; i < BATCH; i++) {
			struct judgement found;
			ledger->ops->judge(ledger, done, i, &found);
			matched += found.verdict != VERDICT_ORIGINAL;
		}
		ledger->ops->commit(ledger, done);
		int64_t took_us = bench_cpu_us() - start;
		slowest_us = took_us > slowest_us ? took_us : slowest_us;
		if (done >= n - n / 10)
			us += took_us;
	}
	size_t held = bench_resident_bytes() - before;
	printf("%zu claims, %zu of them copies: %.2f µs a claim over the last tenth, %.0f bytes a claim\n",
	       ledger->ops->size(ledger), matched, (double)us / ((double)n / 10), (double)held / (double)n);
	if (b->adversary)
		printf("the slowest batch: %.2f µs a claim\n", (double)slowest_us / BATCH);
	ledger->ops->close(ledger);
	free(b);
	return 0;
}
