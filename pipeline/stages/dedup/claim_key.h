/*
 * A claim's key in numbers, the same on every machine.
 */
#ifndef WIREDESK_CLAIM_KEY_H
#define WIREDESK_CLAIM_KEY_H

#include "pipeline/stages/dedup/ledger.h"

/* `position` stands for cluster, topic, partition and offset; with bytes_hash and part that is 160 bits: equal means
 * the same. */
struct key {
	uint64_t position;
	uint64_t bytes_hash;
	uint32_t part; /* CLAIM_ALL_PARTS: every part of the position; bytes_hash then means nothing */
};

/* Parts of a message are numbered from 0, no higher than this: far above what limits.parts may be. */
#define KEY_PART_MAX ((1u << 24) - 1)

struct key key_of(const struct claim_key *key);

static inline bool key_equal(const struct key *a, const struct key *b)
{
	return a->position == b->position && a->bytes_hash == b->bytes_hash && a->part == b->part;
}

/* Does `ended` (of which bytes_hash is not known) mean this claim? */
static inline bool key_is_ended(const struct key *key, const struct key *ended)
{
	return key->position == ended->position && (ended->part == CLAIM_ALL_PARTS || ended->part == key->part);
}

#endif
