/*
 * An arena: memory of one lifetime, given back all at once.
 *
 * The question is how long, not who frees. Blocks are kept across arena_reset (giving them back to malloc each time
 * cost five times what malloc alone does), except those beyond `keep_bytes`, so that one huge story does not hold its
 * memory for ever. An arena is used by one thread at a time. Memory is aligned to 16 bytes and not cleared, unless the
 * function says so.
 *
 * Allocation does not fail: when malloc has nothing the process aborts and Kafka replays the batch. What can happen is
 * that a *meter* runs out: then arena_alloc leaves by longjmp to whoever set the meter. So code that allocates under a
 * meter must hold nothing but arena memory and handles of the process; no lock, no file, no malloc.
 */
#ifndef WIREDESK_ARENA_H
#define WIREDESK_ARENA_H

#include "pipeline/base/str.h"

#include <setjmp.h>
#include <stdint.h>

struct arena_block;

/*
 * A limit on what is allocated from now on, each allocation rounded up to 16 bytes. One is active in an arena at a
 * time. A rewind gives it nothing back.
 */
struct arena_meter {
	size_t left_bytes;
	bool ran_out; /* set before leaving: tells whose limit it was */
	jmp_buf *out; /* taken with value 1 when left_bytes would fall below zero */
};

struct arena {
	struct arena_block *first;
	struct arena_block *current;
	size_t block_bytes; /* usual size of a block */
	size_t keep_bytes;  /* at most this much stays allocated across a reset */
	size_t used_bytes;  /* handed out since the last reset, padding included */
	struct arena_meter *meter;
};

/* Makes an empty arena; nothing is allocated yet. block_bytes 0: 64 KiB; keep_bytes 0: 4 MiB. */
void arena_init(struct arena *a, size_t block_bytes, size_t keep_bytes);
/* Gives everything back to malloc; the arena may be used again. */
void arena_free(struct arena *a);
/* Forgets all allocations and any meter, keeps up to keep_bytes of blocks. */
void arena_reset(struct arena *a);
/* What it holds of malloc's memory, used or kept: for tests and measurements. */
size_t arena_held_bytes(const struct arena *a);

/* n bytes (n = 0: a valid unique pointer). Leaves by longjmp when the meter has less than n left. */
void *arena_alloc(struct arena *a, size_t n);
/* The same, filled with zero bytes. count * size must not overflow: that is a bug and aborts. */
void *arena_calloc(struct arena *a, size_t count, size_t size);
/* The same as arena_alloc, but NULL instead of longjmp: for what must not be left that way, as foreign callbacks. */
void *arena_try(struct arena *a, size_t n);
/* Copies; the copy ends in a NUL byte that its length does not count. */
struct str arena_copy(struct arena *a, struct str s);
/* printf into the arena; the same NUL. */
struct str arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A full array of n items and *room = n, or with room for nothing yet: a copy with twice the room (16 at first), which
 * *room then says. What the array was stays readable as long as the arena.
 */
void *arena_grow(struct arena *a, const void *items, size_t *room, size_t item_bytes);

#define ARENA_NEW(arena, type)          ((type *)arena_calloc((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_calloc((arena), (count), sizeof(type)))

/* Sets the meter; NULL takes it off. The arena keeps the pointer until arena_reset or the next call. */
void arena_meter_set(struct arena *a, struct arena_meter *meter);

/* A place to come back to: everything allocated after the mark is forgotten. Marks nest like brackets. */
struct arena_mark {
	struct arena_block *block;
	size_t block_used;
	size_t used_bytes;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

#endif
