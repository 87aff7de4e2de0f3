/* Records in a row. See ring.h. */
#include "pipeline/stages/dedup/ring.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>

#define RING_FIRST_PLACES 4

static void *ring_alloc(size_t n)
{
	void *p = malloc(n);
	if (!p)
		check_panic("out of memory");
	return p;
}

void ring_init(struct ring *r, size_t record_bytes, uint32_t first)
{
	*r = (struct ring){.record_bytes = record_bytes, .n_places = RING_FIRST_PLACES, .oldest = first};
	r->blocks = ring_alloc(RING_FIRST_PLACES * sizeof(*r->blocks));
	memset(r->blocks, 0, RING_FIRST_PLACES * sizeof(*r->blocks));
}

void ring_free(struct ring *r)
{
	for (uint32_t i = 0; i < r->n_places; i++)
		free(r->blocks[i]);
	free(r->blocks);
	free(r->spare);
	*r = (struct ring){0};
}

static char **ring_place(const struct ring *r, uint32_t number)
{
	return &r->blocks[number / RING_BLOCK_RECORDS & (r->n_places - 1)];
}

/* Twice as many places: each block's number decides where it goes. */
static void ring_grow(struct ring *r)
{
	struct ring grown = *r;
	grown.n_places = 2 * r->n_places;
	grown.blocks = ring_alloc(grown.n_places * sizeof(*grown.blocks));
	memset(grown.blocks, 0, grown.n_places * sizeof(*grown.blocks));
	uint32_t first = r->oldest - r->oldest % RING_BLOCK_RECORDS;
	for (uint32_t i = 0; i < r->n_places; i++) {
		uint32_t number = first + i * RING_BLOCK_RECORDS;
		*ring_place(&grown, number) = *ring_place(r, number);
	}
	free(r->blocks);
	*r = grown;
}

void *ring_push(struct ring *r)
{
	CHECK(r->count < RING_COUNT_MAX);
	uint32_t number = r->oldest + r->count;
	/* Its place may still be the oldest block's. */
	if (r->count && number % RING_BLOCK_RECORDS == 0 && *ring_place(r, number))
		ring_grow(r);
	char **block = ring_place(r, number);
	if (!*block) {
		*block = r->spare ? r->spare : ring_alloc(RING_BLOCK_RECORDS * r->record_bytes);
		r->spare = NULL;
	}
	r->count++;
	return ring_at(r, number);
}

static void ring_give_back(struct ring *r, uint32_t number)
{
	char **block = ring_place(r, number);
	if (r->spare)
		free(*block);
	else
		r->spare = *block;
	*block = NULL;
}

void ring_drop_oldest(struct ring *r)
{
	CHECK(r->count);
	uint32_t number = r->oldest++;
	if (--r->count == 0 || r->oldest % RING_BLOCK_RECORDS == 0)
		ring_give_back(r, number);
}

void ring_drop_newest(struct ring *r)
{
	CHECK(r->count);
	uint32_t number = ring_newest(r);
	if (--r->count == 0 || number % RING_BLOCK_RECORDS == 0)
		ring_give_back(r, number);
}
