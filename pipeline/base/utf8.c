/*
 * ASCII is passed over eight bytes at a time; a sequence is checked by the range that its first byte allows for the
 * second (RFC 3629, section 4), which rules out overlong forms, surrogates and what is above U+10FFFF.
 */
#include "pipeline/base/utf8.h"

#include "pipeline/base/check.h"

#define UTF8_HIGH_BITS UINT64_C(0x8080808080808080)

static bool utf8_is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Offset of the first byte at or after `at` that is not ASCII, or n. */
static size_t utf8_skip_ascii(const unsigned char *p, size_t at, size_t n)
{
	uint64_t four[4];
	while (n - at >= sizeof(four)) {
		memcpy(four, p + at, sizeof(four));
		if ((four[0] | four[1] | four[2] | four[3]) & UTF8_HIGH_BITS)
			break;
		at += sizeof(four);
	}
	uint64_t one;
	while (n - at >= sizeof(one)) {
		memcpy(&one, p + at, sizeof(one));
		if (one & UTF8_HIGH_BITS)
			break;
		at += sizeof(one);
	}
	while (at < n && p[at] < 0x80)
		at++;
	return at;
}

size_t utf8_ascii_end(struct str s, size_t at)
{
	return at < s.n ? utf8_skip_ascii((const unsigned char *)s.p, at, s.n) : s.n;
}

/* Length of the well-formed sequence of two or more bytes at p, or 0. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned char lead = p[0];
	if (lead < 0xc2 || lead > 0xf4 || n < 2)
		return 0;
	unsigned char least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	if (p[1] < least || p[1] > most)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (n < 3 || !utf8_is_continuation(p[2]))
		return 0;
	if (lead < 0xf0)
		return 3;
	return n >= 4 && utf8_is_continuation(p[3]) ? 4 : 0;
}

/* Behind well-formed sequences of two bytes with single characters of ASCII between them, as words of Cyrillic, Greek,
 * Hebrew and Arabic stand, as far as there are such. */
static size_t utf8_skip_two(const unsigned char *p, size_t at, size_t n)
{
	while (n - at > 2) {
		size_t two = at + (p[at] < 0x80);
		if (p[two] < 0xc2 || p[two] > 0xdf || !utf8_is_continuation(p[two + 1]))
			break;
		at = two + 2;
	}
	return at;
}

size_t utf8_valid_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;
	for (;;) {
		at = utf8_skip_ascii(p, at, s.n);
		at = utf8_skip_two(p, at, s.n);
		/* Text that is not ASCII mostly stays so for a while. */
		while (at < s.n && p[at] >= 0x80) {
			size_t n = utf8_sequence(p + at, s.n - at);
			if (n == 0)
				return at;
			at += n;
		}
		if (at == s.n)
			return at;
	}
}

uint32_t utf8_next_wide(struct str s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p + *at;
	size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	CHECK(s.n - *at >= n);
	*at += n;
	if (n == 2)
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3f);
	if (n == 3)
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3f);
	return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3f);
}

size_t utf8_write(char out[4], uint32_t code_point)
{
	CHECK(code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff));
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	size_t n = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code_point & 0x3f));
		code_point >>= 6;
	}
	out[0] = (char)((0xf00u >> n & 0xff) | code_point);
	return n;
}

size_t utf8_count(struct str s)
{
	size_t count = 0, i = 0;
	for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t eight;
		memcpy(&eight, s.p + i, sizeof(eight));
		/* The highest bit of each byte that goes on in a character: 10xxxxxx. */
		uint64_t goes_on = eight & ~(eight << 1) & UTF8_HIGH_BITS;
		/* The highest byte of the product is the sum of all. */
		count += sizeof(eight) - (size_t)((goes_on >> 7) * UINT64_C(0x0101010101010101) >> 56);
	}
	for (; i < s.n; i++)
		count += !utf8_is_continuation((unsigned char)s.p[i]);
	return count;
}
