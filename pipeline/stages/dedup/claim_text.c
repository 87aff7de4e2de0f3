/*
 * Ids, uris and versions in few bytes. See claim_text.h.
 *
 * Numbers take 7 bits a byte, the lowest first. An id is the number of its beginning, counted from 1, and three
 * numbers; or 0, its length and its bytes. So is a name, without numbers. A uri is its length + 1 and its bytes, or 0
 * and sixteen bytes.
 */
#include "pipeline/stages/dedup/claim_text.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CLAIM_TEXT_NUMBERS 3
#define CLAIM_TEXT_DIGITS  18 /* of a number: no more, or it might not fit */
#define CLAIM_TEXT_UUID    "urn:uuid:"

void claim_text_names_free(struct claim_text_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free((void *)(uintptr_t)names->names[i].p);
	*names = (struct claim_text_names){.n = 0};
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

static void claim_text_put_number(struct buf *out, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		buf_putc(out, (char)(n | 0x80));
	buf_putc(out, (char)n);
}

static uint64_t claim_text_take_number(const uint8_t **p)
{
	uint64_t n = 0;
	for (unsigned shift = 0;; shift += 7) {
		n |= (uint64_t)(**p & 0x7f) << shift;
		if (*(*p)++ <= 0x7f)
			return n;
	}
}

void claim_text_put(struct buf *out, struct str text)
{
	claim_text_put_number(out, text.n);
	buf_str(out, text);
}

static struct str claim_text_take_bytes(const uint8_t **p, size_t n)
{
	struct str text = str_make(*p, n);
	*p += n;
	return text;
}

struct str claim_text_take(const uint8_t **p)
{
	size_t n = (size_t)claim_text_take_number(p);
	return claim_text_take_bytes(p, n);
}

/* --- ids -------------------------------------------------------------------------------------------------------- */

/* The number at the end of s, written as we would write it, and the slash before it; both are cut off. */
static bool claim_text_cut_number(struct str *s, uint64_t *number)
{
	size_t at = s->n;
	while (at && s->p[at - 1] >= '0' && s->p[at - 1] <= '9')
		at--;
	size_t digits = s->n - at;
	if (!at || s->p[at - 1] != '/' || !digits || digits > CLAIM_TEXT_DIGITS || (s->p[at] == '0' && digits > 1))
		return false;
	*number = 0;
	for (size_t i = at; i < s->n; i++)
		*number = *number * 10 + (uint64_t)(s->p[i] - '0');
	*s = str_slice(*s, 0, at - 1);
	return true;
}

/* The number of a name, made if there is room; CLAIM_TEXT_NAMES_MAX: there is none. */
static size_t claim_text_name(struct claim_text_names *names, struct str name)
{
	size_t at = digest_xxh64(name) & (CLAIM_TEXT_SLOTS - 1);
	for (; names->slots[at]; at = (at + 1) & (CLAIM_TEXT_SLOTS - 1))
		if (str_eq(names->names[names->slots[at] - 1], name))
			return names->slots[at] - 1u;
	if (names->n == CLAIM_TEXT_NAMES_MAX)
		return CLAIM_TEXT_NAMES_MAX;
	char *copy = malloc(name.n + 1);
	if (!copy)
		check_panic("out of memory");
	if (name.n)
		memcpy(copy, name.p, name.n);
	names->names[names->n] = str_make(copy, name.n);
	names->slots[at] = (uint8_t)(names->n + 1);
	return names->n++;
}

void claim_text_put_id(struct claim_text_names *names, struct buf *out, struct str id)
{
	CHECK(id.n <= CLAIM_TEXT_ID_MAX);
	uint64_t numbers[CLAIM_TEXT_NUMBERS];
	struct str name = id;
	bool is_usual = true;
	for (size_t i = CLAIM_TEXT_NUMBERS; i-- && is_usual;)
		is_usual = claim_text_cut_number(&name, &numbers[i]);
	size_t number = is_usual ? claim_text_name(names, name) : CLAIM_TEXT_NAMES_MAX;
	if (number == CLAIM_TEXT_NAMES_MAX) {
		claim_text_put_number(out, 0);
		claim_text_put(out, id);
		return;
	}
	claim_text_put_number(out, 1 + number);
	for (size_t i = 0; i < CLAIM_TEXT_NUMBERS; i++)
		claim_text_put_number(out, numbers[i]);
}

struct str claim_text_take_id(const struct claim_text_names *names, const uint8_t **p, char room[CLAIM_TEXT_ID_MAX])
{
	size_t number = (size_t)claim_text_take_number(p);
	if (!number)
		return claim_text_take(p);
	CHECK(number <= names->n);
	struct buf out = {.p = room, .room = CLAIM_TEXT_ID_MAX, .limit_bytes = CLAIM_TEXT_ID_MAX};
	buf_str(&out, names->names[number - 1]);
	for (size_t i = 0; i < CLAIM_TEXT_NUMBERS; i++) {
		buf_putc(&out, '/');
		buf_int(&out, (int64_t)claim_text_take_number(p));
	}
	CHECK(!out.overflow);
	return buf_view(&out);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

void claim_text_put_name(struct claim_text_names *names, struct buf *out, struct str name)
{
	size_t number = claim_text_name(names, name);
	if (number < CLAIM_TEXT_NAMES_MAX) {
		claim_text_put_number(out, 1 + number);
		return;
	}
	claim_text_put_number(out, 0);
	claim_text_put(out, name);
}

struct str claim_text_take_name(const struct claim_text_names *names, const uint8_t **p)
{
	size_t number = (size_t)claim_text_take_number(p);
	CHECK(number <= names->n);
	return number ? names->names[number - 1] : claim_text_take(p);
}

/* --- uris ------------------------------------------------------------------------------------------------------- */

/* A hyphen stands before these of a UUID's bytes. */
static bool claim_text_is_hyphen_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static int claim_text_hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Written as we write it, so that it can be made again to the letter. */
static bool claim_text_read_uuid(struct str uri, uint8_t out[16])
{
	if (uri.n != CLAIM_TEXT_UUID_URI_BYTES || !str_starts(uri, STR(CLAIM_TEXT_UUID)))
		return false;
	const char *p = uri.p + strlen(CLAIM_TEXT_UUID);
	for (size_t i = 0; i < 16; i++, p += 2) {
		if (claim_text_is_hyphen_before(i) && *p++ != '-')
			return false;
		int high = claim_text_hex(p[0]), low = claim_text_hex(p[1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void claim_text_put_uri(struct buf *out, struct str uri)
{
	uint8_t uuid[16];
	if (!claim_text_read_uuid(uri, uuid)) {
		claim_text_put_number(out, uri.n + 1);
		buf_str(out, uri);
		return;
	}
	claim_text_put_number(out, 0);
	buf_put(out, uuid, sizeof(uuid));
}

struct str claim_text_take_uri(const uint8_t **p, char room[CLAIM_TEXT_UUID_URI_BYTES])
{
	size_t n = (size_t)claim_text_take_number(p);
	if (n)
		return claim_text_take_bytes(p, n - 1);
	struct buf out = {.p = room, .room = CLAIM_TEXT_UUID_URI_BYTES, .limit_bytes = CLAIM_TEXT_UUID_URI_BYTES};
	buf_str(&out, STR(CLAIM_TEXT_UUID));
	for (size_t i = 0; i < 16; i++, (*p)++) {
		if (claim_text_is_hyphen_before(i))
			buf_putc(&out, '-');
		buf_putc(&out, "0123456789abcdef"[**p >> 4]);
		buf_putc(&out, "0123456789abcdef"[**p & 15]);
	}
	CHECK(!out.overflow && out.n == CLAIM_TEXT_UUID_URI_BYTES);
	return buf_view(&out);
}
