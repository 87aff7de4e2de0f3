/* UTF-8 that was taken for Windows-1252. See mended.h. */
#include "pipeline/stages/fingerprint/mended.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/fingerprint/step.h"

#include <stdbool.h>
#include <string.h>

#define MENDED_MIN 2
#define MENDED_A   0xc2 /* "Â", the first byte of signs */
#define MENDED_AT  0xc3 /* "Ã", the first byte of accented letters */

/* The byte that Windows-1252 has for a character, 0: none. Those that it has no character for came as they were, or as
 * U+FFFD: most of these are the last byte of a closing quotation mark. */
static unsigned mended_byte(uint32_t c)
{
	static const uint16_t upper[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
	                                   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
	if (c >= 0x80 && c <= 0xff)
		return c;
	if (c == 0xfffd)
		return 0x9d;
	for (unsigned i = 0; c > 0xff && i < 32; i++)
		if (upper[i] == c)
			return 0x80 + i;
	return 0;
}

/* The character whose bytes stand at *at as characters, and *at moves behind it; 0: none does. */
static uint32_t mended_next(struct str text, size_t *at)
{
	size_t next = *at;
	uint32_t lead = step_next(text, &next);
	int more = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : 0;
	uint32_t c = more == 1 ? lead & 0x1f : lead & 0x0f;
	if (!more)
		return 0;
	for (int i = 0; i < more; i++) {
		unsigned byte = next < text.n ? mended_byte(step_next(text, &next)) : 0;
		if (byte < 0x80 || byte > 0xbf)
			return 0;
		c = c << 6 | (byte & 0x3f);
	}
	bool is_short = more == 2 && c < 0x800, is_half = c >= 0xd800 && c <= 0xdfff;
	if (c < 0x80 || is_short || is_half)
		return 0;
	*at = next;
	return c;
}

/* A first byte whose second one was taken for white space, or for a soft hyphen, and is gone: "voilÃ ", "paÃs". At `at`
 * behind it; 0: it stood for nothing. */
static uint32_t mended_lost(struct str text, size_t at, uint32_t lead)
{
	if (lead == MENDED_A)
		return 0;
	return at == text.n || text.p[at] == ' ' || text.p[at] == '\n' ? 0xe0 : 0xed;
}

static bool mended_is_lost(struct str text, size_t at, uint32_t c)
{
	return (c == MENDED_A || c == MENDED_AT) && (at == text.n || (unsigned char)text.p[at] < 0x80);
}

/* Most text has no such place: a byte to look for, and the one two behind it. */
static bool mended_may_need_it(struct str text)
{
	const char *p = text.p, *end = text.p + text.n;
	while (p && end - p > 3 && (p = memchr(p, 0xc3, (size_t)(end - p) - 3))) {
		unsigned char behind = (unsigned char)p[2];
		if (behind == 0xc2 || behind == 0xe2 || behind == 0xc5 || behind == 0xc6 || behind == 0xcb)
			return true;
		p += 2;
	}
	return false;
}

/* More of it than of letters with accents as they should be? */
static bool mended_needs_it(struct str text)
{
	size_t wrong = 0, right = 0;
	for (size_t at = 0; at < text.n;) {
		if ((unsigned char)text.p[at] < 0x80) {
			at++;
		} else if (mended_next(text, &at)) {
			wrong++;
		} else {
			uint32_t c = step_next(text, &at);
			right += c >= 0xc0 && !mended_is_lost(text, at, c);
		}
	}
	return wrong >= MENDED_MIN && wrong > right;
}

struct str mended_text(struct arena *a, struct str text)
{
	if (!mended_may_need_it(text) || !mended_needs_it(text))
		return text;
	/* Every character that is mended was longer. */
	char *out = arena_alloc(a, text.n);
	size_t n = 0;
	for (size_t at = 0; at < text.n;) {
		uint32_t c = (unsigned char)text.p[at] < 0x80 ? 0 : mended_next(text, &at);
		if (!c) {
			c = step_next(text, &at);
			if (mended_is_lost(text, at, c) && !(c = mended_lost(text, at, c)))
				continue;
		}
		n += utf8_write(out + n, c);
	}
	return str_make(out, n);
}
