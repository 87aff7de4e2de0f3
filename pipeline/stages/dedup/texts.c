/*
 * Texts in blocks, first in, first or last out. See texts.h.
 */
#include "pipeline/stages/dedup/texts.h"

#include "pipeline/base/check.h"

#include <stdbool.h>

#define TEXTS_BLOCK_BYTES ((size_t)256 * 1024)

struct texts_block {
	struct texts_block *older, *newer;
	size_t room, used;
	size_t pieces; /* texts that have not left */
	char bytes[];
};

static struct texts_block *texts_block_new(struct texts *texts, size_t n)
{
	struct texts_block *block = texts->spare;
	if (block && block->room >= n) {
		texts->spare = NULL;
	} else {
		size_t room = n > TEXTS_BLOCK_BYTES ? n : TEXTS_BLOCK_BYTES;
		block = malloc(sizeof(*block) + room);
		if (!block)
			check_panic("out of memory");
		block->room = room;
	}
	block->used = block->pieces = 0;
	block->older = block->newer = NULL;
	return block;
}

/* A block of more than the usual size is not kept: it was made for one huge text. */
static void texts_block_free(struct texts *texts, struct texts_block *block)
{
	if (texts->spare || block->room > TEXTS_BLOCK_BYTES)
		free(block);
	else
		texts->spare = block;
}

static void texts_unlink(struct texts *texts, struct texts_block *block)
{
	if (block->older)
		block->older->newer = block->newer;
	else
		texts->oldest = block->newer;
	if (block->newer)
		block->newer->older = block->older;
	else
		texts->newest = block->older;
	texts_block_free(texts, block);
}

char *texts_add(struct texts *texts, size_t n)
{
	struct texts_block *block = texts->newest;
	if (!block || block->room - block->used < n) {
		block = texts_block_new(texts, n);
		block->older = texts->newest;
		if (texts->newest)
			texts->newest->newer = block;
		else
			texts->oldest = block;
		texts->newest = block;
	}
	char *p = block->bytes + block->used;
	block->used += n;
	block->pieces++;
	texts->bytes += n;
	return p;
}

static void texts_drop(struct texts *texts, struct texts_block *block, size_t n)
{
	CHECK(block && block->pieces > 0 && texts->bytes >= n);
	texts->bytes -= n;
	block->pieces--;
	if (block->pieces == 0)
		texts_unlink(texts, block);
}

void texts_drop_oldest(struct texts *texts, size_t n)
{
	texts_drop(texts, texts->oldest, n);
}

void texts_drop_newest(struct texts *texts, const char *p, size_t n)
{
	struct texts_block *block = texts->newest;
	CHECK(block && p >= block->bytes && p + n == block->bytes + block->used);
	block->used -= n;
	texts_drop(texts, block, n);
}

void texts_free(struct texts *texts)
{
	while (texts->oldest) {
		struct texts_block *block = texts->oldest;
		texts->oldest = block->newer;
		free(block);
	}
	free(texts->spare);
	*texts = (struct texts){0};
}
