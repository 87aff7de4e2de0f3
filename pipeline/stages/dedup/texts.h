/*
 * Bytes of many lengths, one text behind the other, that leave at the ends: the oldest when they are forgotten, the
 * newest when they are taken back.
 *
 * A text is known by its place, a number that rises; it stands in one block, whole, and never moves. Blocks fall away
 * whole, and one is kept, so that in a steady state nothing is allocated. One thread.
 */
#ifndef WIREDESK_DEDUP_TEXTS_H
#define WIREDESK_DEDUP_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#define TEXTS_BLOCK_BYTES ((size_t)256 * 1024)
/* A place fits five bytes. */
#define TEXTS_PLACE_BITS 40

struct texts {
	char **blocks; /* a power of two of places; of place p: blocks[p / TEXTS_BLOCK_BYTES % n_places] */
	uint32_t n_places;
	uint64_t oldest, end; /* places */
	char *spare;
};

void texts_init(struct texts *texts);
void texts_free(struct texts *texts);

/* Room for the newest text, of at most TEXTS_BLOCK_BYTES, to be filled by the caller; its place. */
uint64_t texts_add(struct texts *texts, size_t n);
/* Those before that place leave; and that one, and those behind it. */
void texts_drop_before(struct texts *texts, uint64_t place);
void texts_drop_from(struct texts *texts, uint64_t place);

static inline char *texts_at(const struct texts *texts, uint64_t place)
{
	return texts->blocks[place / TEXTS_BLOCK_BYTES & (texts->n_places - 1)] + place % TEXTS_BLOCK_BYTES;
}

/* Of all that is held, with what blocks leave unused at their ends. */
static inline size_t texts_bytes(const struct texts *texts)
{
	return (size_t)(texts->end - texts->oldest);
}

#endif
