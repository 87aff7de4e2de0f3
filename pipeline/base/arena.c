/*
 * A chain of blocks in the order of use: first … current hold what is allocated, those behind current are kept empty.
 * That order is what makes marks work: all that is younger than a mark stands behind it.
 *
 * Under AddressSanitizer what is not handed out is poisoned, and 16 poisoned bytes stand between two allocations.
 */
#include "pipeline/base/arena.h"

#include "pipeline/base/check.h"

#include <stdarg.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define ARENA_GAP_BYTES 16
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ARENA_GAP_BYTES                   0
#endif

#define ARENA_ALIGN               16
#define ARENA_GROW_FIRST          16 /* items of an array at first */
#define ARENA_BLOCK_BYTES_DEFAULT ((size_t)64 << 10)
#define ARENA_KEEP_BYTES_DEFAULT  ((size_t)4 << 20)
/* No single thing here is larger; keeps the sums below from overflowing. */
#define ARENA_ONE_MAX ((size_t)1 << 40)

struct arena_block {
	struct arena_block *next;
	size_t room;
	size_t used;
	_Alignas(ARENA_ALIGN) char bytes[];
};

void arena_init(struct arena *a, size_t block_bytes, size_t keep_bytes)
{
	*a = (struct arena){
	        .block_bytes = block_bytes ? block_bytes : ARENA_BLOCK_BYTES_DEFAULT,
	        .keep_bytes = keep_bytes ? keep_bytes : ARENA_KEEP_BYTES_DEFAULT,
	};
}

static void arena_block_empty(struct arena_block *block, size_t used)
{
	CHECK(used <= block->room);
	ASAN_POISON_MEMORY_REGION(block->bytes + used, block->room - used);
	block->used = used;
}

static void arena_block_free(struct arena_block *block)
{
	ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->room);
	free(block);
}

static struct arena_block *arena_block_new(size_t room)
{
	struct arena_block *block = malloc(sizeof(*block) + room);
	if (!block)
		check_panic("out of memory: no block of %zu bytes for an arena", room);
	*block = (struct arena_block){.room = room};
	arena_block_empty(block, 0);
	return block;
}

void arena_free(struct arena *a)
{
	while (a->first) {
		struct arena_block *block = a->first;
		a->first = block->next;
		arena_block_free(block);
	}
	arena_init(a, a->block_bytes, a->keep_bytes);
}

void arena_reset(struct arena *a)
{
	size_t kept = 0;
	for (struct arena_block **link = &a->first; *link;) {
		struct arena_block *block = *link;
		if (block->room > a->keep_bytes - kept) {
			*link = block->next;
			arena_block_free(block);
			continue;
		}
		kept += block->room;
		arena_block_empty(block, 0);
		link = &block->next;
	}
	a->current = NULL;
	a->used_bytes = 0;
	a->meter = NULL;
}

size_t arena_held_bytes(const struct arena *a)
{
	size_t held = 0;
	for (const struct arena_block *block = a->first; block; block = block->next)
		held += sizeof(*block) + block->room;
	return held;
}

/* Takes a kept block with that much room out of those behind `link`, or NULL. */
static struct arena_block *arena_take_kept(struct arena_block **link, size_t room)
{
	for (; *link; link = &(*link)->next) {
		struct arena_block *block = *link;
		if (block->room < room)
			continue;
		*link = block->next;
		return block;
	}
	return NULL;
}

/* Makes a block with that much room the current one. What is left in the one before stays unused. */
static void arena_advance(struct arena *a, size_t room)
{
	struct arena_block **link = a->current ? &a->current->next : &a->first;
	struct arena_block *block = arena_take_kept(link, room);
	if (!block)
		block = arena_block_new(room > a->block_bytes ? room : a->block_bytes);
	arena_block_empty(block, 0);
	block->next = *link;
	*link = block;
	a->current = block;
}

/* The bytes are accounted for. */
static void *arena_hand_out(struct arena *a, size_t n, size_t size)
{
	size_t room = size + ARENA_GAP_BYTES;
	if (!a->current || a->current->room - a->current->used < room)
		arena_advance(a, room);
	char *p = a->current->bytes + a->current->used;
	a->current->used += room;
	a->used_bytes += size;
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return p;
}

void *arena_try(struct arena *a, size_t n)
{
	if (n > ARENA_ONE_MAX)
		check_panic("an arena was asked for %zu bytes", n);
	size_t size = n ? (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1) : ARENA_ALIGN;
	if (a->meter) {
		if (size > a->meter->left_bytes)
			return NULL;
		a->meter->left_bytes -= size;
	}
	return arena_hand_out(a, n, size);
}

static _Noreturn void arena_leave(struct arena *a)
{
	CHECK(a->meter && a->meter->out);
	a->meter->ran_out = true;
	longjmp(*a->meter->out, 1);
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p = arena_try(a, n);
	if (!p)
		arena_leave(a);
	return p;
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
	size_t n;
	CHECK(!__builtin_mul_overflow(count, size, &n));
	return memset(arena_alloc(a, n), 0, n);
}

void *arena_grow(struct arena *a, const void *items, size_t *room, size_t item_bytes)
{
	size_t bytes, n = *room, more = n ? 2 * n : ARENA_GROW_FIRST;
	CHECK(item_bytes > 0 && (items || n == 0));
	CHECK(n <= SIZE_MAX / 2 && !__builtin_mul_overflow(more, item_bytes, &bytes));
	void *grown = arena_alloc(a, bytes);
	if (n)
		memcpy(grown, items, n * item_bytes);
	*room = more;
	return grown;
}

struct str arena_copy(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return (struct str){p, s.n};
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	char small[256];
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	CHECK(n >= 0);
	if ((size_t)n < sizeof(small)) {
		va_end(again);
		return arena_copy(a, str_make(small, (size_t)n));
	}
	/* By arena_try, so that no longjmp leaves between va_copy and its va_end. */
	char *p = arena_try(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	if (!p)
		arena_leave(a);
	return (struct str){p, (size_t)n};
}

void arena_meter_set(struct arena *a, struct arena_meter *meter)
{
	a->meter = meter;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){
	        .block = a->current,
	        .block_used = a->current ? a->current->used : 0,
	        .used_bytes = a->used_bytes,
	};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	CHECK(mark.used_bytes <= a->used_bytes);
	if (mark.block == a->current && mark.used_bytes == a->used_bytes)
		return;
	struct arena_block *last = a->current;
	for (struct arena_block *block = mark.block ? mark.block : a->first; block; block = block->next) {
		arena_block_empty(block, block == mark.block ? mark.block_used : 0);
		if (block == last)
			break;
	}
	a->current = mark.block;
	a->used_bytes = mark.used_bytes;
}
