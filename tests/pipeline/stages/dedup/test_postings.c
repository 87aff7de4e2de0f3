/*
 * The inverted index against a plain list of claims, over random histories; and what common samples may cost.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/postings.h"

#include <stdlib.h>

#define FIRST   (UINT32_MAX - 300)
#define HELD    4000
#define SAMPLES 14

static uint64_t random_state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

struct known {
	uint32_t span, noted[SAMPLES];
	size_t n;
};

/* What must be in the index: claims from `first` on. */
struct list {
	struct known items[HELD];
	size_t n;
	uint32_t first;
};

static bool has(const struct known *k, uint32_t sample)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->noted[i] == sample)
			return true;
	return false;
}

static void list_add(struct list *l, uint32_t span, const uint32_t *samples, size_t n)
{
	struct known *k = &l->items[l->n];
	*k = (struct known){.span = span};
	for (size_t i = 0; i < n; i++) {
		int before = 0;
		for (size_t j = 0; j < l->n; j++)
			before += l->items[j].span == span && has(&l->items[j], samples[i]);
		if (before < POSTINGS_CAP && k->n < POSTINGS_NOTED_MAX)
			k->noted[k->n++] = samples[i];
	}
	l->n++;
}

/* Samples that claim `at` shares, as the last POSTINGS_READ that have them. */
static uint32_t list_shared(const struct list *l, size_t at, size_t before, const uint32_t *samples, size_t n)
{
	uint32_t shared = 0;
	for (size_t i = 0; i < n; i++) {
		int later = 0;
		for (size_t j = at + 1; j < before; j++)
			later += has(&l->items[j], samples[i]);
		shared += has(&l->items[at], samples[i]) && later < POSTINGS_READ;
	}
	return shared;
}

static size_t random_samples(uint32_t samples[SAMPLES])
{
	size_t n = 1 + random_below(SAMPLES);
	uint32_t base = random_below(60);
	for (size_t i = 0; i < n; i++)
		samples[i] = (base + (uint32_t)i * 7) * 2654435761u;
	return n;
}

static void compare(struct postings *p, const struct list *l)
{
	uint32_t samples[SAMPLES];
	size_t n_samples = random_samples(samples), n_found, expected = 0;
	size_t from = random_below((uint32_t)l->n + 1), before = from + random_below((uint32_t)(l->n - from) + 1);
	const struct postings_found *found =
	        postings_find(p, samples, n_samples, l->first + (uint32_t)from, l->first + (uint32_t)before, &n_found);
	for (size_t i = 0; i < n_found; i++) {
		size_t at = found[i].claim - l->first;
		assert_in_range(at, from, before - 1);
		assert_int_equal(found[i].shared, list_shared(l, at, before, samples, n_samples));
	}
	for (size_t at = from; at < before; at++)
		expected += list_shared(l, at, before, samples, n_samples) > 0;
	assert_int_equal(n_found, expected);
}

static void finds_what_a_plain_list_finds(void **state)
{
	(void)state;
	static struct list l;
	l = (struct list){.first = FIRST};
	struct postings *p = postings_new(FIRST);
	uint32_t span = 0;
	for (int i = 0; i < 6000; i++) {
		uint32_t samples[SAMPLES], step = random_below(10);
		span += random_below(20) == 0;
		if (l.n < 20 || (step < 6 && l.n < 900)) {
			size_t n = random_samples(samples);
			postings_add(p, span, samples, n);
			list_add(&l, span, samples, n);
		} else if (step < 8) {
			postings_drop_oldest(p);
			memmove(l.items, l.items + 1, --l.n * sizeof(*l.items));
			l.first++;
		} else {
			postings_drop_newest(p);
			l.n--;
		}
		if (i % 7 == 0)
			compare(p, &l);
	}
	postings_free(&p);
}

static void a_sample_that_stands_everywhere_brings_a_few_of_the_last(void **state)
{
	(void)state;
	struct postings *p = postings_new(0);
	static const uint32_t sample[] = {12345};
	size_t n;
	for (uint32_t i = 0; i < 100000; i++)
		postings_add(p, i / 100, sample, 1);
	const struct postings_found *found = postings_find(p, sample, 1, 0, 100000, &n);
	assert_int_equal(n, POSTINGS_READ);
	for (size_t i = 0; i < n; i++)
		assert_true(found[i].claim % 100 < POSTINGS_CAP);
	assert_int_equal(found[0].claim, 99900 + POSTINGS_CAP - 1);
	postings_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(finds_what_a_plain_list_finds),
	        cmocka_unit_test(a_sample_that_stands_everywhere_brings_a_few_of_the_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
