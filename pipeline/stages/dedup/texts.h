/*
 * A line of short texts that leave at its ends: the oldest when they are forgotten, the newest when they are taken
 * back.
 *
 * Texts stand in blocks of memory and never move. An emptied block is given back but for one, so that in a steady state
 * nothing is allocated. Zero-initialised is valid and empty. One thread.
 */
#ifndef WIREDESK_DEDUP_TEXTS_H
#define WIREDESK_DEDUP_TEXTS_H

#include <stddef.h>

struct texts_block;

struct texts {
	struct texts_block *oldest, *newest, *spare;
	size_t bytes; /* of all texts, without what blocks leave unused */
};

void texts_free(struct texts *texts);
/* Room for the newest text, to be filled by the caller. */
char *texts_add(struct texts *texts, size_t n);
/* The oldest, or the newest, text leaves; n and p are what texts_add was given and gave. */
void texts_drop_oldest(struct texts *texts, size_t n);
void texts_drop_newest(struct texts *texts, const char *p, size_t n);

#endif
