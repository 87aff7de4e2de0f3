/*
 * UTF-8: checking, stepping, writing, counting.
 * Well-formed means RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Pure functions, any thread.
 */
#ifndef WIREDESK_UTF8_H
#define WIREDESK_UTF8_H

#include "pipeline/base/check.h"
#include "pipeline/base/str.h"

#include <stdint.h>

/*
 * Offset of the first byte that is not part of a well-formed sequence, or s.n. ASCII runs are skipped a word at a time.
 */
size_t utf8_valid_length(struct str s);
static inline bool utf8_is_valid(struct str s)
{
	return utf8_valid_length(s) == s.n;
}

/* Offset of the first byte at or after `at` that is not ASCII, or s.n. Of any bytes. */
size_t utf8_ascii_end(struct str s, size_t at);

/* The code point at *at, which moves past it. The text must be valid and *at < s.n. */
uint32_t utf8_next_wide(struct str s, size_t *at);
static inline uint32_t utf8_next(struct str s, size_t *at)
{
	CHECK(*at < s.n);
	unsigned char byte = (unsigned char)s.p[*at];
	if (byte >= 0x80)
		return utf8_next_wide(s, at);
	++*at;
	return byte;
}

/* Writes 1 to 4 bytes for a Unicode scalar value; returns how many. */
size_t utf8_write(char out[4], uint32_t code_point);

/* Number of code points in valid text. */
size_t utf8_count(struct str s);

#endif
