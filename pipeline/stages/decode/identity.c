/*
 * Who a part is: its uri, and the hash of its own bytes. A message of one part is that part, byte for byte.
 *
 * A story's own id is kept where it is an address for the whole world. Another one counts only within its source, and a
 * story without any is what its bytes are: the same bytes give the same uri on every worker and every replay.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stages/decode/decode.h"

static bool identity_is_scheme(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], small = (char)(c | 32);
		bool letter = small >= 'a' && small <= 'z';
		bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
		if (!letter && (i == 0 || !other))
			return false;
	}
	return s.n > 0;
}

static bool identity_is_hex(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* The characters of an address behind its scheme. */
static bool identity_is_rest(struct str s, bool any_letters)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x80 ? !any_letters : c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}", c))
			return false;
		if (c == '%' && !any_letters &&
		    (i + 2 >= s.n || !identity_is_hex(s.p[i + 1]) || !identity_is_hex(s.p[i + 2])))
			return false;
	}
	return s.n > 0;
}

bool identity_is_uri(struct str s, bool any_letters)
{
	size_t colon = str_index(s, ':', 0);
	return s.n <= STORY_URI_MAX && colon < s.n && identity_is_scheme(str_slice(s, 0, colon)) &&
	       identity_is_rest(str_slice(s, colon + 1, s.n), any_letters);
}

static struct str identity_uuid(struct arena *a, const struct str *parts, size_t n)
{
	char uuid[DIGEST_UUID_CHARS + 1];
	digest_uuid5_url(parts, n, uuid);
	char *out = arena_alloc(a, sizeof "urn:uuid:" - 1 + DIGEST_UUID_CHARS);
	memcpy(out, "urn:uuid:", sizeof "urn:uuid:" - 1);
	memcpy(out + sizeof "urn:uuid:" - 1, uuid, DIGEST_UUID_CHARS);
	return str_make(out, sizeof "urn:uuid:" - 1 + DIGEST_UUID_CHARS);
}

/* hex: the SHA-256 of the part's own bytes. */
static void identity_part(const struct decode *d, struct story *st, const char *hex)
{
	struct str of_guid[] = {d->msg->feed->name, st->decode.guid};
	struct str of_bytes[] = {STR("urn:sha256:"), str_of(hex)};
	st->decode.uri = identity_uuid(d->call->keep, st->decode.guid.n ? of_guid : of_bytes, 2);
}

/* Another story's id is read as its own would be. */
static void identity_target(const struct decode *d, struct story *st)
{
	struct str *target = &st->decode.target;
	if (target->n && !identity_is_uri(*target, false)) {
		struct str of_guid[] = {d->msg->feed->name, *target};
		*target = identity_uuid(d->call->keep, of_guid, 2);
	}
}

void identity_fill(struct decode *d)
{
	struct message *msg = d->msg;
	for (size_t i = 0; i < msg->n_parts; i++) {
		struct story *st = msg->parts[i];
		struct str own = msg->n_parts == 1 ? msg->value : d->own_bytes[i];
		uint8_t hash[DIGEST_SHA256_BYTES];
		char hex[2 * DIGEST_SHA256_BYTES + 1];
		st->decode.part_hash = digest_xxh64(own);
		identity_target(d, st);
		if (st->decode.uri.n)
			continue;
		if (msg->n_parts == 1 || st->decode.guid.n) {
			identity_part(d, st, msg->sha256_hex);
			continue;
		}
		digest_sha256(own, hash);
		digest_hex(hash, hex);
		identity_part(d, st, hex);
	}
}
