/*
 * Memory of malloc's, and arrays that grow; for what lives as long as its owner. (What lives as long as a story grows
 * in an arena.)
 */
#ifndef WIREDESK_GROW_H
#define WIREDESK_GROW_H

#include "pipeline/base/check.h"

#include <stdint.h>
#include <stdlib.h>

/* realloc for `count` items of `size` bytes; without memory the process ends. Any thread. */
static inline void *grow(void *p, size_t count, size_t size)
{
	CHECK(count <= SIZE_MAX / size);
	p = realloc(p, count * size);
	if (!p)
		check_panic("out of memory");
	return p;
}

/* One thing of `size` bytes, all zeros. */
static inline void *grow_new(size_t size)
{
	void *p = calloc(1, size);
	if (!p)
		check_panic("out of memory");
	return p;
}

#endif
