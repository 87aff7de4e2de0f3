/*
 * How fast claims go into the log and out of it, and what they take.
 *
 *     claims memory N                  the log in memory, its claims spread over the window: decoding, keys and index
 *     claims burst N                   the same, all at one time, as a topic has them that was written in one go
 *     claims kafka BROKERS TOPIC N     a topic: writing in batches of 1,000, then reading all of it back
 *     claims write BROKERS TOPIC N     writing alone
 *
 * Claims are of made stories: every eighth is a copy of an earlier one. Prints seconds, claims a second of CPU and of
 * the clock, and resident memory before and after.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/ledger_log.h"
#include "tests/pipeline/stages/dedup/memory_log.h"
#include "worker/claims_topic.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BATCH     1000
#define WINDOW_MS (INT64_C(72) * 3600 * 1000)

static uint64_t state = 88172645463325252u;

static uint32_t some(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static void make_sketch(struct sketch *s)
{
	*s = (struct sketch){.text = {.n_shingles = 200 + some() % 400, .n_numbers = 4, .n_names = 10, .n_headline = 8},
	                     .n_lead_samples = 8,
	                     .n_samples = 32};
	for (size_t i = 0; i < 32; i++)
		s->samples[i] = some();
	for (size_t i = 0; i < sizeof(s->text.minima); i++)
		s->text.minima[i] = (uint8_t)(some() % 15 + 1) * 0x11;
	for (size_t i = 0; i < 4; i++)
		s->text.numbers[i] = (struct sketch_number){(uint16_t)(i * 9000 + some() % 9000), some() % 4000};
	for (size_t i = 0; i < 10; i++)
		s->text.names[i] = some() % 4096;
	for (size_t i = 0; i < 8; i++)
		s->text.headline[i] = some() % 4096;
}

struct made {
	struct claim claim;
	struct sketch sketch;
	char id[64], uri[64];
};

static void make(struct made *m, int64_t i)
{
	static struct sketch last;
	make_sketch(&m->sketch);
	if (i % 8 == 7)
		m->sketch = last;
	last = m->sketch;
	snprintf(m->id, sizeof(m->id), "Zk8QxN3oTLCfB0m7Yw2vRg/wire.raw/%d/%" PRId64 "/0", (int)(i % 8), i / 8);
	snprintf(m->uri, sizeof(m->uri), "urn:uuid:%08x-34a9-5da9-9b92-%08x0186", some(), some());
	m->claim = (struct claim){
	        .key = {{STR("Zk8QxN3oTLCfB0m7Yw2vRg"), STR("wire.raw"), (int32_t)(i % 8), i / 8}, 0, some()},
	        .id = str_of(m->id),
	        .exact_hash = state,
	        .body_hash = state + 1,
	        .sketch = &m->sketch,
	        .uri = str_of(m->uri),
	        .arrived_ms = -1};
}

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double wall_s(void)
{
	return (double)clock_mono_us(clock_system()) / 1e6;
}

static double resident_mb(void)
{
	long pages = 0, ignored;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f && fscanf(f, "%ld %ld", &ignored, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

/* Appends n claims; bytes written. clock_ms: the log's, to be set forward by step_ms a batch; or NULL. */
static uint64_t fill(struct claims_log *log, int64_t n, int64_t *clock_ms, int64_t step_ms)
{
	static struct made made;
	static struct buf bytes[BATCH];
	struct str values[BATCH];
	uint64_t total = 0;
	for (size_t i = 0; i < BATCH; i++)
		buf_init(&bytes[i], CLAIM_RECORD_BYTES_MAX);
	for (int64_t at = 0; at < n;) {
		size_t k = 0;
		for (; k < BATCH && at < n; k++, at++) {
			buf_clear(&bytes[k]);
			make(&made, at);
			CHECK(claim_record_write(&bytes[k], 0, &made.claim, claim_formats));
			values[k] = buf_view(&bytes[k]);
			total += values[k].n;
		}
		struct err err = {0};
		if (!log->ops->append(log, values, k, 30000, &err)) {
			fprintf(stderr, "claims: %s\n", err.words);
			exit(4);
		}
		if (clock_ms)
			*clock_ms += step_ms;
	}
	for (size_t i = 0; i < BATCH; i++)
		buf_free(&bytes[i]);
	return total;
}

static void tell(const char *what, int64_t n, double wall, double cpu)
{
	printf("%-8s %" PRId64 " claims, %.2f s, %.0f/s; CPU %.2f s, %.0f/s\n", what, n, wall, (double)n / wall, cpu,
	       (double)n / cpu);
}

static void restore(struct claims_log *log, int64_t n)
{
	const struct ledger_log_options options = {
	        .log = log, .clock = clock_system(), .settings = {WINDOW_MS, 100000000, CLAIM_FORMAT_SKETCH}};
	double before_mb = resident_mb(), wall = wall_s(), cpu = cpu_s();
	struct ledger *ledger = ledger_log_new(&options);
	struct err err = {0};
	enum ledger_log_state answer;
	while ((answer = ledger_log_advance(ledger, 1000, &err)) == LEDGER_LOG_READING)
		continue;
	if (answer != LEDGER_LOG_READY) {
		fprintf(stderr, "claims: %s\n", err.words);
		exit(4);
	}
	tell("restore", n, wall_s() - wall, cpu_s() - cpu);
	printf("memory   %.0f MB more for %zu claims held: %.0f B each, keys and fetched records included\n",
	       resident_mb() - before_mb, ledger->ops->size(ledger),
	       (resident_mb() - before_mb) * 1e6 / (double)ledger->ops->size(ledger));
	ledger->ops->close(ledger);
}

int main(int argc, char **argv)
{
	bool is_write = argc == 5 && strcmp(argv[1], "write") == 0;
	bool is_kafka = is_write || (argc == 5 && strcmp(argv[1], "kafka") == 0);
	bool is_spread = argc == 3 && strcmp(argv[1], "memory") == 0;
	if (!is_kafka && !is_spread && (argc != 3 || strcmp(argv[1], "burst") != 0)) {
		fprintf(stderr, "usage: claims memory|burst N | claims kafka|write BROKERS TOPIC N\n");
		return 2;
	}
	static struct memory_log memory;
	static int64_t mono_us;
	memory.mono_us = &mono_us;
	memory.time_ms = clock_wall_ms(clock_system()) - (is_spread ? WINDOW_MS : 0);
	struct config config = {.kafka = {.brokers = str_of(is_kafka ? argv[2] : "")}};
	int64_t n = strtoll(argv[argc - 1], NULL, 10);
	struct err err = {0};
	struct claims_log *log = is_kafka ? claims_topic_new(&config, argv[3], clock_system(), (struct quit){0}, &err)
	                                  : memory_log_handle(&memory);
	if (!log) {
		fprintf(stderr, "claims: %s\n", err.words);
		return 4;
	}
	double wall = wall_s(), cpu = cpu_s();
	uint64_t bytes = fill(log, n, is_spread ? &memory.time_ms : NULL, WINDOW_MS * BATCH / (n > BATCH ? n : BATCH));
	tell("write", n, wall_s() - wall, cpu_s() - cpu);
	printf("record   %.0f B\n", (double)bytes / (double)n);
	if (is_write)
		log->ops->close(log);
	else
		restore(log, n);
	memory_log_free(&memory);
	return 0;
}
