/*
 * Rows are found in three steps, each for all keys before the next: which bytes in the table of signs are the key's;
 * which row that is; adding it. See rows.h.
 */
#include "pipeline/stages/entities/rows.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_EVERY_BYTE UINT64_C(0x0101010101010101)
#define ROWS_HIGH_BITS  UINT64_C(0x8080808080808080)

typedef int8_t rows_bytes __attribute__((vector_size(ROWS_LANES), may_alias));
typedef int16_t rows_signed __attribute__((vector_size(ROWS_LANES)));

_Static_assert(ROWS_LANES == sizeof(struct tagger_file_row), "a row is added whole");
_Static_assert(TAGGER_FILE_ROWS == sizeof(uint32_t), "a bucket's signs are a word");

/* Not of the bits that choose the bucket; of a key's lower half the same as of its check. */
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

/* A high bit for each row of the key's buckets that may be the key's, in their order: the first that is set is of a row
 * with its sign. */
static uint64_t rows_alike(const struct rows *rows, const struct rows_wanted *wanted, size_t i)
{
	const uint32_t *buckets = wanted->buckets[i];
	uint64_t signs = rows->signs[buckets[0]] | (uint64_t)rows->signs[buckets[1]] << 32;
	uint64_t other = signs ^ ROWS_EVERY_BYTE * rows_sign((uint32_t)wanted->keys[i]);
	return (other - ROWS_EVERY_BYTE) & ~other & ROWS_HIGH_BITS;
}

static const struct tagger_file_row *rows_at(const struct rows *rows, const uint32_t buckets[2], uint64_t alike)
{
	unsigned at = (unsigned)__builtin_ctzll(alike) / 8;
	return rows->buckets[buckets[at / TAGGER_FILE_ROWS]].rows + at % TAGGER_FILE_ROWS;
}

/* The first row that has the key's check, as the file is to be read; NULL: none. Rows of another sign are not read:
 * nobody has asked the memory for them. */
static const struct tagger_file_row *rows_search(const struct rows *rows, const struct rows_wanted *wanted, size_t i)
{
	for (uint64_t alike = rows_alike(rows, wanted, i); alike; alike &= alike - 1) {
		const struct tagger_file_row *row = rows_at(rows, wanted->buckets[i], alike);
		if (row->check == tagger_file_check(wanted->keys[i]))
			return row;
	}
	return NULL;
}

/* A key that may have a row, and the row that it most likely is. */
struct rows_found {
	const struct tagger_file_row *row;
	size_t wanted;
};

/* Finds what may be the keys' rows, and asks the memory for them. */
static size_t rows_find(const struct rows *rows, const struct rows_wanted *wanted, struct rows_found *found)
{
	size_t n = 0;
	for (size_t i = 0; i < wanted->n; i++) {
		uint64_t alike = rows_alike(rows, wanted, i);
		/* Half of the keys have no row, which nobody could foretell: nothing branches on it. */
		found[n].row = rows_at(rows, wanted->buckets[i], alike | UINT64_C(1) << 63);
		found[n].wanted = i;
		n += alike != 0;
	}
	for (size_t k = 0; k < n; k++)
		__builtin_prefetch(found[k].row);
	return n;
}

/* A byte that stands twice in a lane of two is, shifted back, itself in all of the lane. */
static void rows_add_row(struct rows_sum *sum, const struct tagger_file_row *row)
{
	rows_half *to = (rows_half *)sum;
	rows_bytes bytes = *(const rows_bytes *)row;
	rows_bytes low = __builtin_shufflevector(bytes, bytes, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
	rows_bytes high =
	        __builtin_shufflevector(bytes, bytes, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);
	to[0] += (rows_half)((rows_signed)low >> 8);
	to[1] += (rows_half)((rows_signed)high >> 8);
}

void rows_add(const struct rows *rows, struct rows_wanted *wanted)
{
	struct rows_found found[ROWS_WANTED];
	size_t n = rows_find(rows, wanted, found);
	for (size_t k = 0; k < n; k++) {
		size_t i = found[k].wanted;
		const struct tagger_file_row *row = found[k].row;
		if (row->check != tagger_file_check(wanted->keys[i]))
			row = rows_search(rows, wanted, i);
		if (!row)
			continue;
		rows_add_row(wanted->sums[i], row);
	}
	wanted->n = 0;
}
