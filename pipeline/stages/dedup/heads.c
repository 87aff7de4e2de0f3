/* Where chains begin. See heads.h. */
#include "pipeline/stages/dedup/heads.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"

#define HEADS_MAX (1u << 30)

static void heads_add_block(struct heads *h)
{
	size_t n = h->n / HEADS_BLOCK;
	if (n == h->block_room) {
		h->block_room = h->block_room ? 2 * h->block_room : 16;
		h->blocks = grow(h->blocks, h->block_room, sizeof(*h->blocks));
	}
	h->blocks[n] = grow(NULL, HEADS_BLOCK, sizeof(**h->blocks));
	for (size_t i = 0; i < HEADS_BLOCK; i++)
		h->blocks[n][i] = h->none;
}

void heads_init(struct heads *h, uint32_t none)
{
	*h = (struct heads){.none = none};
	heads_add_block(h);
	h->n = HEADS_BLOCK;
	h->half = HEADS_BLOCK / 2;
}

void heads_free(struct heads *h)
{
	for (size_t i = 0; i * HEADS_BLOCK < h->n; i++)
		free(h->blocks[i]);
	free(h->blocks);
	*h = (struct heads){0};
}

uint32_t heads_add(struct heads *h)
{
	CHECK(h->n < HEADS_MAX);
	if (h->n % HEADS_BLOCK == 0)
		heads_add_block(h);
	if (h->n == 2 * h->half)
		h->half = h->n;
	return h->n++ - h->half;
}
