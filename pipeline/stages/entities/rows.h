/*
 * The rows of the tagger's file, which hold the weights of features, and adding them up by the features' keys.
 *
 * Rows lie all over megabytes, and many keys have none. So keys are collected first, and their rows then read together:
 * while one comes from memory, others do. Whether there is a row for a key is told by a byte of each row's check, in a
 * table so small that the processor's own memory holds it.
 */
#ifndef WIREDESK_ENTITIES_ROWS_H
#define WIREDESK_ENTITIES_ROWS_H

#include "pipeline/stages/entities/tagger_file.h"

#include <stddef.h>
#include <stdint.h>

/* A row as it is added, all lanes at once: the check's four bytes, which say nothing, then the weights. */
#define ROWS_LANES      16
#define ROWS_FIRST_LANE 4
typedef int16_t rows_lanes __attribute__((vector_size(2 * ROWS_LANES), aligned(16)));
struct rows_sum {
	rows_lanes lanes;
};

/* Half a sum, as every processor adds at once. Lanes that say nothing may run over, and come round: no overflow. */
typedef uint16_t rows_half __attribute__((vector_size(ROWS_LANES), aligned(16), may_alias));
static inline void rows_lanes_add(rows_lanes *sum, const rows_lanes *more)
{
	rows_half *to = (rows_half *)sum;
	const rows_half *from = (const rows_half *)more;
	to[0] += from[0];
	to[1] += from[1];
}

struct rows {
	const struct tagger_file_bucket *buckets; /* the file's, which stays mapped */
	uint32_t n_buckets;
	uint32_t *signs; /* of each bucket: a byte of each row */
};
void rows_open(struct rows *rows, const struct tagger_file_bucket *buckets, uint32_t n_buckets);
void rows_close(struct rows *rows);

/* Keys whose rows are wanted, and what they are added to; the sums stay where they are until rows_add. */
#define ROWS_WANTED 512
struct rows_wanted {
	size_t n;
	uint64_t keys[ROWS_WANTED];
	uint32_t buckets[ROWS_WANTED][2]; /* where each may stand */
	struct rows_sum *sums[ROWS_WANTED];
};
/* Adds the rows of all keys collected, and forgets the keys. */
void rows_add(const struct rows *rows, struct rows_wanted *wanted);

/* Collects keys, each for a sum; adds rows up when there is no room for more. */
static inline void rows_want_one(const struct rows *rows, struct rows_wanted *wanted, uint64_t key,
                                 struct rows_sum *sum)
{
	uint32_t one = tagger_file_bucket(key, rows->n_buckets, 0), other = tagger_file_bucket(key, rows->n_buckets, 1);
	__builtin_prefetch(&rows->signs[one]);
	__builtin_prefetch(&rows->signs[other]);
	if (wanted->n == ROWS_WANTED)
		rows_add(rows, wanted);
	size_t i = wanted->n++;
	wanted->keys[i] = key;
	wanted->buckets[i][0] = one;
	wanted->buckets[i][1] = other;
	wanted->sums[i] = sum;
}
static inline void rows_want(const struct rows *rows, struct rows_wanted *wanted, const uint64_t *keys, size_t n,
                             struct rows_sum *sum)
{
	for (size_t i = 0; i < n; i++)
		rows_want_one(rows, wanted, keys[i], sum);
}

#endif
