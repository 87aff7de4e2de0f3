/*
 * Where chains begin: a table of numbers that grows by one place at a time (linear hashing).
 *
 * So there is never a moment at which all that is held must be put into its place again, nor one at which half of the
 * table is empty. Whose chains they are, and how they go on, is the caller's business: when the table has grown, he
 * takes one chain apart into two. One thread.
 */
#ifndef WIREDESK_DEDUP_HEADS_H
#define WIREDESK_DEDUP_HEADS_H

#include <stddef.h>
#include <stdint.h>

#define HEADS_BLOCK 1024

struct heads {
	uint32_t **blocks;
	uint32_t n, half; /* half: the greatest power of two that is smaller than n */
	size_t block_room;
	uint32_t none; /* what stands in a place of which no chain begins */
};

void heads_init(struct heads *heads, uint32_t none);
void heads_free(struct heads *heads);

/* Which chain? hash: whose lower bits look drawn. */
static inline uint32_t heads_index(const struct heads *heads, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (2 * heads->half - 1);
	return i < heads->n ? i : i - heads->half;
}

static inline uint32_t *heads_at(const struct heads *heads, uint32_t index)
{
	return &heads->blocks[index / HEADS_BLOCK][index % HEADS_BLOCK];
}

/* One place more, the last; the index of the chain that is to be shared with it. */
uint32_t heads_add(struct heads *heads);

#endif
