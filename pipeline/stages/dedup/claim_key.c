/*
 * Keys in numbers; see claim_key.h.
 */
#include "pipeline/stages/dedup/claim_key.h"

#include "pipeline/base/digest.h"

struct key key_of(const struct claim_key *key)
{
	const struct position *at = &key->origin;
	uint64_t words[] = {digest_xxh64(at->cluster), digest_xxh64(at->topic), (uint64_t)at->partition,
	                    (uint64_t)at->offset};
	return (struct key){digest_xxh64(str_make(words, sizeof(words))), key->bytes_hash, key->part};
}
