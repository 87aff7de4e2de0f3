/*
 * Records of one size in a row, numbered one after the other, that come at one end and leave at both.
 *
 * They stand in blocks and never move. What has left gives its block back, but for one, so that in a steady state
 * nothing is allocated. Numbers are 32 bits and wrap; at most RING_COUNT_MAX records are held at a time. One thread.
 */
#ifndef WIREDESK_DEDUP_RING_H
#define WIREDESK_DEDUP_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_BLOCK_RECORDS 1024
#define RING_COUNT_MAX     (1u << 28)

struct ring {
	size_t record_bytes;
	char **blocks; /* a power of two of places; block of number n: blocks[n / RING_BLOCK_RECORDS % n_places] */
	uint32_t n_places;
	uint32_t oldest, count;
	char *spare;
};

/* first: the number of the first record. */
void ring_init(struct ring *r, size_t record_bytes, uint32_t first);
void ring_free(struct ring *r);

/* A record behind the newest; not cleared. Its number is ring_newest. */
void *ring_push(struct ring *r);
/* There must be one. */
void ring_drop_oldest(struct ring *r);
void ring_drop_newest(struct ring *r);

static inline uint32_t ring_newest(const struct ring *r)
{
	return r->oldest + r->count - 1;
}

static inline bool ring_holds(const struct ring *r, uint32_t number)
{
	return number - r->oldest < r->count;
}

/* It must be held. */
static inline void *ring_at(const struct ring *r, uint32_t number)
{
	return r->blocks[number / RING_BLOCK_RECORDS & (r->n_places - 1)] +
	       number % RING_BLOCK_RECORDS * r->record_bytes;
}

#endif
