/*
 * Offsets of partitions, as plain data: what a source assigns, what a batch commits.
 *
 * Topic names are interned by the source: the same pointer for the same topic for as long as the source lives, so
 * entries may be compared by pointer first. An offset is the *next* one to read, as Kafka means it.
 */
#ifndef WIREDESK_OFFSETS_H
#define WIREDESK_OFFSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "Where the group stands": the broker's committed offset, or the earliest one where there is none. */
#define OFFSET_AS_COMMITTED (-1001)

struct offset {
	const char *topic;
	int32_t partition;
	int64_t next;
};

/* A growable list, memory from malloc, kept on clear. Zero-initialised is valid and empty. */
struct offsets {
	struct offset *items;
	size_t n;
	size_t room;
};

void offsets_clear(struct offsets *o);
void offsets_free(struct offsets *o);
/* The entry, or NULL. Starts at *hint (in/out, may be NULL), which makes runs of one partition cheap. */
struct offset *offsets_find(const struct offsets *o, const char *topic, int32_t partition, size_t *hint);
/* Sets or adds. */
void offsets_set(struct offsets *o, const char *topic, int32_t partition, int64_t next);
void offsets_copy(struct offsets *to, const struct offsets *from);

#endif
