/*
 * Rows are found in three steps, each for all keys before the next: which bytes in the table of signs are the key's;
 * which row that is; adding it. See rows.h.
 */
#include "pipeline/stages/entities/rows.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_EVERY_BYTE UINT64_C(0x0101010101010101)
#define ROWS_LOW_BITS   UINT64_C(0x7f7f7f7f7f7f7f7f)

typedef int8_t rows_bytes __attribute__((vector_size(ROWS_LANES), aligned(16), may_alias));

_Static_assert(ROWS_LANES == sizeof(struct tagger_file_row), "a row is added whole");
_Static_assert(TAGGER_FILE_ROWS == sizeof(uint32_t), "a bucket's signs are a word");

/* Not of the bits that choose the bucket. */
static uint8_t rows_sign(uint32_t check)
{
	return (uint8_t)(check >> 8);
}

void rows_open(struct rows *rows, const struct tagger_file_bucket *buckets, uint32_t n_buckets)
{
	*rows = (struct rows){.buckets = buckets, .n_buckets = n_buckets};
	rows->signs = calloc(n_buckets, sizeof(*rows->signs));
	if (!rows->signs)
		check_panic("out of memory");
	for (uint32_t b = 0; b < n_buckets; b++)
		for (unsigned i = 0; i < TAGGER_FILE_ROWS; i++)
			rows->signs[b] |= (uint32_t)rows_sign(buckets[b].rows[i].check) << 8 * i;
}

void rows_close(struct rows *rows)
{
	free(rows->signs);
	*rows = (struct rows){0};
}

void rows_want(const struct rows *rows, struct rows_wanted *wanted, uint64_t key, struct rows_sum *sum)
{
	if (wanted->n == ROWS_WANTED)
		rows_add(rows, wanted);
	size_t i = wanted->n++;
	wanted->keys[i] = key;
	wanted->sums[i] = sum;
	for (unsigned which = 0; which < 2; which++) {
		wanted->buckets[i][which] = tagger_file_bucket(key, rows->n_buckets, which);
		__builtin_prefetch(&rows->signs[wanted->buckets[i][which]]);
	}
}

/* A bit in the byte of each row of both buckets, the first bucket's below, whose sign is the key's. */
static uint64_t rows_likely(const struct rows *rows, const struct rows_wanted *wanted, size_t i)
{
	uint64_t signs = rows->signs[wanted->buckets[i][0]] | (uint64_t)rows->signs[wanted->buckets[i][1]] << 32;
	uint64_t other = signs ^ ROWS_EVERY_BYTE * rows_sign(tagger_file_check(wanted->keys[i]));
	return ~(((other & ROWS_LOW_BITS) + ROWS_LOW_BITS) | other | ROWS_LOW_BITS);
}

static const struct tagger_file_row *rows_row(const struct rows *rows, const struct rows_wanted *wanted, size_t i,
                                              uint64_t likely)
{
	unsigned n = (unsigned)__builtin_ctzll(likely) / 8;
	return &rows->buckets[wanted->buckets[i][n / TAGGER_FILE_ROWS]].rows[n % TAGGER_FILE_ROWS];
}

/* A key that may have a row. */
struct rows_found {
	const struct tagger_file_row *row;
	uint64_t likely;
	size_t wanted;
};

/* Finds what may be the keys' rows, and asks the memory for the first of each. */
static size_t rows_find(const struct rows *rows, const struct rows_wanted *wanted, struct rows_found *found)
{
	size_t n = 0;
	for (size_t i = 0; i < wanted->n; i++) {
		/* Half of the keys have no row, which nobody could foretell: nothing branches on it. */
		uint64_t likely = rows_likely(rows, wanted, i);
		found[n].row = rows_row(rows, wanted, i, likely | UINT64_C(1) << 63);
		found[n].likely = likely;
		found[n].wanted = i;
		n += likely != 0;
	}
	for (size_t k = 0; k < n; k++)
		__builtin_prefetch(found[k].row);
	return n;
}

void rows_add(const struct rows *rows, struct rows_wanted *wanted)
{
	struct rows_found found[ROWS_WANTED];
	size_t n = rows_find(rows, wanted, found);
	for (size_t k = 0; k < n; k++) {
		size_t i = found[k].wanted;
		const struct tagger_file_row *row = found[k].row;
		uint64_t likely = found[k].likely;
		while (row->check != tagger_file_check(wanted->keys[i]) && (likely &= likely - 1))
			row = rows_row(rows, wanted, i, likely);
		if (likely)
			wanted->sums[i]->lanes += __builtin_convertvector(*(const rows_bytes *)row, rows_lanes);
	}
	wanted->n = 0;
}
