/*
 * Thin over libxxhash and nettle, so that the libraries can change without a caller's notice.
 */
#include "pipeline/base/digest.h"

#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <xxhash.h>

static const char digest_digits[] = "0123456789abcdef";

uint64_t digest_xxh64(struct str s)
{
	return XXH3_64bits(s.n ? s.p : "", s.n);
}

void digest_sha256(struct str s, uint8_t out[DIGEST_SHA256_BYTES])
{
	struct sha256_ctx ctx;
	sha256_init(&ctx);
	sha256_update(&ctx, s.n, (const uint8_t *)s.p);
	sha256_digest(&ctx, DIGEST_SHA256_BYTES, out);
}

void digest_hex(const uint8_t hash[DIGEST_SHA256_BYTES], char out[2 * DIGEST_SHA256_BYTES + 1])
{
	for (size_t i = 0; i < DIGEST_SHA256_BYTES; i++) {
		out[2 * i] = digest_digits[hash[i] >> 4];
		out[2 * i + 1] = digest_digits[hash[i] & 15];
	}
	out[2 * DIGEST_SHA256_BYTES] = 0;
}

static void digest_uuid_write(const uint8_t uuid[16], char out[DIGEST_UUID_CHARS + 1])
{
	char *p = out;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digest_digits[uuid[i] >> 4];
		*p++ = digest_digits[uuid[i] & 15];
	}
	*p = 0;
}

void digest_uuid5_url(const struct str *parts, size_t n, char out[DIGEST_UUID_CHARS + 1])
{
	static const uint8_t url_namespace[16] = {0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
	                                          0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
	struct sha1_ctx ctx;
	uint8_t uuid[16];
	sha1_init(&ctx);
	sha1_update(&ctx, sizeof(url_namespace), url_namespace);
	for (size_t i = 0; i < n; i++)
		sha1_update(&ctx, parts[i].n, (const uint8_t *)parts[i].p);
	sha1_digest(&ctx, sizeof(uuid), uuid);
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x50); /* version 5 */
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
	digest_uuid_write(uuid, out);
}
