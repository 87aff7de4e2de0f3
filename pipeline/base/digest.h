/*
 * Hashes: XXH3 for our own tables and fingerprints, SHA-256 for what others can check, UUID version 5 for names.
 * No allocation; any thread.
 */
#ifndef WIREDESK_DIGEST_H
#define WIREDESK_DIGEST_H

#include "pipeline/base/str.h"

#include <stdint.h>

#define DIGEST_SHA256_BYTES 32
#define DIGEST_UUID_CHARS   36

/* XXH3, 64 bits, seed 0: the same on every machine (https://xxhash.com). */
uint64_t digest_xxh64(struct str s);

void digest_sha256(struct str s, uint8_t out[DIGEST_SHA256_BYTES]);
/* 64 lower-case hex digits and a NUL byte. */
void digest_hex(const uint8_t hash[DIGEST_SHA256_BYTES], char out[2 * DIGEST_SHA256_BYTES + 1]);

/*
 * UUIDv5 in the URL namespace 6ba7b811-9dad-11d1-80b4-00c04fd430c8 (RFC 9562, 5.5) of the name made of the parts one
 * after the other, as 36 characters and a NUL byte.
 */
void digest_uuid5_url(const struct str *parts, size_t n, char out[DIGEST_UUID_CHARS + 1]);

#endif
