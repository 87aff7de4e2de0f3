/* Weights to the file. See train.h. */
#include "pipeline/stages/entities/tools/train.h"

#include "pipeline/base/check.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define TRAIN_LOAD    0.96   /* of the rows of the file are used */
#define TRAIN_KICKS   20000  /* rows moved for one before the table counts as full */
#define TRAIN_CLIPPED 0.0002 /* part of the weights beyond the largest byte */

static int8_t train_round(float weight, float scale)
{
	float rounded = roundf(weight / scale);
	return (int8_t)fmaxf(-127, fminf(127, rounded));
}

/* A table of two choices: who finds both buckets full takes a place there, and who stood there looks on. */
static bool train_place(struct train *t, struct tagger_file_bucket *buckets, uint64_t *keys, uint32_t n_buckets,
                        uint64_t key, struct tagger_file_row row)
{
	for (int kick = 0; kick < TRAIN_KICKS; kick++) {
		for (unsigned which = 0; which < 2; which++) {
			size_t bucket = tagger_file_bucket(key, n_buckets, which);
			for (size_t i = 0; i < TAGGER_FILE_ROWS; i++)
				if (buckets[bucket].rows[i].check == 0) {
					buckets[bucket].rows[i] = row;
					keys[bucket * TAGGER_FILE_ROWS + i] = key;
					return true;
				}
		}
		uint64_t random = train_random(t);
		size_t bucket = tagger_file_bucket(key, n_buckets, random & 1), i = random >> 8 & 3;
		struct tagger_file_row moved = buckets[bucket].rows[i];
		uint64_t moved_key = keys[bucket * TAGGER_FILE_ROWS + i];
		buckets[bucket].rows[i] = row;
		keys[bucket * TAGGER_FILE_ROWS + i] = key;
		row = moved;
		key = moved_key;
	}
	return false;
}

static void train_fill(struct train *t, const struct ranked *ranked, size_t n, struct tagger_file_head *head,
                       struct tagger_file_bucket *buckets)
{
	uint64_t *keys = calloc((size_t)head->n_buckets * TAGGER_FILE_ROWS, sizeof(*keys));
	CHECK(keys);
	for (size_t i = 0; i < n; i++) {
		uint64_t key = t->row_keys[ranked[i].row];
		struct tagger_file_row row = {.check = tagger_file_check(key)};
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++)
			row.weights[l] = train_round(t->rows[ranked[i].row].weight[l], head->scale);
		CHECK(train_place(t, buckets, keys, head->n_buckets, key, row));
	}
	free(keys);
}

/* What a name that begins is given: recall for precision. */
static float train_lean(const struct train *t, unsigned to)
{
	unsigned part = to ? (to - 1) % LABELS_OF_TYPE + 1 : LABEL_OUTSIDE;
	return part == LABEL_BEGIN || part == LABEL_SINGLE ? (float)t->lean : 0;
}

static void train_write_follows(const struct train *t, struct tagger_file_head *head)
{
	for (unsigned g = 0; g < TAGGER_GRAMMARS; g++)
		for (unsigned from = 0; from < TAGGER_LABELS; from++)
			for (unsigned to = 0; to < TAGGER_LABELS; to++)
				if (tagger_file_may_follow(from, to))
					head->follows[g][from][to] = (int16_t)roundf(
					        (t->follows[g][from][to].weight + train_lean(t, to)) / head->scale);
}

/* What is looked for most comes first, and so has the first of its two buckets. */
static void train_order_by_seen(const struct train *t, struct ranked *ranked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ranked[i].span = (float)t->row_seen[ranked[i].row];
	qsort(ranked, n, sizeof(*ranked), train_by_span);
}

void train_write(struct train *t, const char *path)
{
	struct ranked *ranked = train_rank(t);
	size_t n = t->n_rows < t->n_kept ? t->n_rows : t->n_kept;
	struct tagger_file_head head = {.magic = TAGGER_FILE_MAGIC, .version = TAGGER_FILE_VERSION};
	head.scale = ranked[(size_t)((double)n * TRAIN_CLIPPED)].span / 127;
	while (n > 0 && ranked[n - 1].span < head.scale)
		n--;
	float smallest = n ? ranked[n - 1].span : 0;
	train_order_by_seen(t, ranked, n);
	head.n_buckets = (uint32_t)((double)n / TAGGER_FILE_ROWS / TRAIN_LOAD) + 2;
	head.bytes = sizeof(head) + (uint64_t)head.n_buckets * sizeof(struct tagger_file_bucket);
	char *file = calloc(1, head.bytes);
	CHECK(file);
	train_fill(t, ranked, n, &head, (struct tagger_file_bucket *)(file + sizeof(head)));
	train_write_follows(t, &head);
	memcpy(file, &head, sizeof(head));
	head.checksum = XXH3_64bits(file, head.bytes);
	memcpy(file, &head, sizeof(head));
	FILE *out = fopen(path, "wb");
	if (!out || fwrite(file, 1, head.bytes, out) != head.bytes || fclose(out) != 0) {
		fprintf(stderr, "cannot write '%s': %s\n", path, strerror(errno));
		exit(4);
	}
	fprintf(stderr, "%zu of %zu rows, scale %.5f, smallest kept %.4f, %llu bytes, XXH3 %016llx\n", n, t->n_rows,
	        (double)head.scale, (double)smallest, (unsigned long long)head.bytes,
	        (unsigned long long)head.checksum);
	free(ranked);
	free(file);
}
