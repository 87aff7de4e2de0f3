/*
 * Texts in blocks, first in, first or last out. See texts.h.
 *
 * Places wrap after TEXTS_PLACE_BITS; what is held is far less. A block is there as long as a byte of it is held, or
 * could be the next.
 */
#include "pipeline/stages/dedup/texts.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_FIRST_PLACES 4

static void *texts_alloc(size_t n)
{
	void *p = malloc(n);
	if (!p)
		check_panic("out of memory");
	return p;
}

static char **texts_block(const struct texts *t, uint64_t number)
{
	return &t->blocks[number & (t->n_places - 1)];
}

static void texts_make_places(struct texts *t, uint32_t n)
{
	t->n_places = n;
	t->blocks = texts_alloc(n * sizeof(*t->blocks));
	memset(t->blocks, 0, n * sizeof(*t->blocks));
}

void texts_init(struct texts *t)
{
	*t = (struct texts){0};
	texts_make_places(t, TEXTS_FIRST_PLACES);
}

void texts_free(struct texts *t)
{
	for (uint32_t i = 0; i < t->n_places; i++)
		free(t->blocks[i]);
	free(t->blocks);
	free(t->spare);
	*t = (struct texts){0};
}

/* Twice as many places: each block's number decides where it goes. */
static void texts_grow(struct texts *t)
{
	struct texts grown = *t;
	texts_make_places(&grown, 2 * t->n_places);
	uint64_t first = t->oldest / TEXTS_BLOCK_BYTES;
	for (uint32_t i = 0; i < t->n_places; i++)
		*texts_block(&grown, first + i) = *texts_block(t, first + i);
	free(t->blocks);
	*t = grown;
}

static void texts_open_block(struct texts *t, uint64_t number)
{
	if (number - t->oldest / TEXTS_BLOCK_BYTES >= t->n_places)
		texts_grow(t);
	char **block = texts_block(t, number);
	if (*block)
		return;
	*block = t->spare ? t->spare : texts_alloc(TEXTS_BLOCK_BYTES);
	t->spare = NULL;
}

static void texts_close_block(struct texts *t, uint64_t number)
{
	char **block = texts_block(t, number);
	if (t->spare)
		free(*block);
	else
		t->spare = *block;
	*block = NULL;
}

uint64_t texts_add(struct texts *t, size_t n)
{
	CHECK(n <= TEXTS_BLOCK_BYTES);
	size_t left = TEXTS_BLOCK_BYTES - t->end % TEXTS_BLOCK_BYTES;
	if (n > left)
		t->end += left;
	uint64_t place = t->end;
	texts_open_block(t, place / TEXTS_BLOCK_BYTES);
	t->end += n;
	return place;
}

void texts_drop_before(struct texts *t, uint64_t place)
{
	CHECK(place >= t->oldest && place <= t->end);
	for (uint64_t n = t->oldest / TEXTS_BLOCK_BYTES; n < place / TEXTS_BLOCK_BYTES; n++)
		texts_close_block(t, n);
	t->oldest = place;
}

void texts_drop_from(struct texts *t, uint64_t place)
{
	CHECK(place >= t->oldest && place <= t->end);
	for (uint64_t n = place / TEXTS_BLOCK_BYTES + 1; n * TEXTS_BLOCK_BYTES < t->end; n++)
		texts_close_block(t, n);
	t->end = place;
}
