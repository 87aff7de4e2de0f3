/*
 * Tables of megabytes that are looked into at random: in large pages, where the system has them, so that finding the
 * page does not cost more than reading the entry.
 */
#ifndef WIREDESK_ENTITIES_PAGES_H
#define WIREDESK_ENTITIES_PAGES_H

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES_LARGE_BYTES ((size_t)2 * 1024 * 1024)

/* What a table takes that needs so many bytes. */
static inline size_t pages_bytes(size_t bytes)
{
	return (bytes + PAGES_LARGE_BYTES - 1) / PAGES_LARGE_BYTES * PAGES_LARGE_BYTES;
}

/* Zeros; to be freed with free. */
static inline void *pages_new(size_t bytes)
{
	size_t n = pages_bytes(bytes);
	void *table = aligned_alloc(PAGES_LARGE_BYTES, n);
	if (!table)
		check_panic("out of memory");
	/* A wish: without it the table is as good, only slower. */
	madvise(table, n, MADV_HUGEPAGE);
	memset(table, 0, bytes);
	return table;
}

#endif
