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

size_t utf8_valid_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;
	for (;;) {
		at = utf8_skip_ascii(p, at, s.n);
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

uint32_t utf8_next(struct str s, size_t *at)
{
	CHECK(*at < s.n);
	const unsigned char *p = (const unsigned char *)s.p + *at;
	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	CHECK(s.n - *at >= n);
	uint32_t code_point = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		code_point = code_point << 6 | (p[i] & 0x3f);
	*at += n;
	return code_point;
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
	size_t count = 0;
	for (size_t i = 0; i < s.n; i++)
		count += !utf8_is_continuation((unsigned char)s.p[i]);
	return count;
}
