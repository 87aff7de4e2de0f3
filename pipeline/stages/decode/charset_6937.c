#include "pipeline/stages/decode/charset_6937.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <unicode/unorm2.h>

#define LOST 0xfffd

/* 0xa0 to 0xff; 0: no meaning, or an accent. */
static const uint16_t charset_6937_upper[96] = {
        0x00a0, 0x00a1, 0x00a2, 0x00a3, '$',    0x00a5, '#',    0x00a7, 0x00a4, 0x2018, 0x201c, 0x00ab, /* a0 */
        0x2190, 0x2191, 0x2192, 0x2193, 0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00d7, 0x00b5, 0x00b6, 0x00b7, /* ac */
        0x00f7, 0x2019, 0x201d, 0x00bb, 0x00bc, 0x00bd, 0x00be, 0x00bf, 0,      0,      0,      0,      /* b8 */
        0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      /* c4 */
        0x2014, 0x00b9, 0x00ae, 0x00a9, 0x2122, 0x266a, 0x00ac, 0x00a6, 0,      0,      0,      0,      /* d0 */
        0x215b, 0x215c, 0x215d, 0x215e, 0x2126, 0x00c6, 0x0110, 0x00aa, 0x0126, 0,      0x0132, 0x013f, /* dc */
        0x0141, 0x00d8, 0x0152, 0x00ba, 0x00de, 0x0166, 0x014a, 0x0149, 0x0138, 0x00e6, 0x0111, 0x00f0, /* e8 */
        0x0127, 0x0131, 0x0133, 0x0140, 0x0142, 0x00f8, 0x0153, 0x00df, 0x00fe, 0x0167, 0x014b, 0x00ad, /* f4 */
};

/* The accents, 0xc1 to 0xcf: as Unicode combines them, and as they stand alone before a blank. */
static const struct {
	uint16_t combining, alone;
} charset_6937_accents[15] = {
        {0x0300, 0x0060}, {0x0301, 0x00b4}, {0x0302, 0x005e}, {0x0303, 0x007e}, {0x0304, 0x00af},
        {0x0306, 0x02d8}, {0x0307, 0x02d9}, {0x0308, 0x00a8}, {0x0308, 0x00a8}, {0x030a, 0x02da},
        {0x0327, 0x00b8}, {0x0332, 0x005f}, {0x030b, 0x02dd}, {0x0328, 0x02db}, {0x030c, 0x02c7},
};

bool charset_is_6937(struct str name)
{
	static const char *const names[] = {"iso-6937",   "iso_6937",   "iso6937",       "iso_6937-2-add",
	                                    "iso-6937-2", "iso-ir-142", "csisotextcomm", "iso-ir-156"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_is_fold(name, names[i]))
			return true;
	}
	return false;
}

static bool charset_6937_is_letter(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* An accent and the byte behind it; the base alone where the accent has none to stand on. */
static size_t charset_6937_pair(const UNormalizer2 *nfc, unsigned char accent, unsigned char base, char *to)
{
	uint32_t mark = charset_6937_accents[accent - 0xc1].combining;
	if (base == ' ')
		return utf8_write(to, charset_6937_accents[accent - 0xc1].alone);
	UChar32 whole = unorm2_composePair(nfc, base, (UChar32)mark);
	if (whole >= 0)
		return utf8_write(to, (uint32_t)whole);
	size_t n = utf8_write(to, base);
	return n + utf8_write(to + n, mark);
}

size_t charset_6937_convert(struct str in, struct buf *out, size_t *fault_at)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
	CHECK(U_SUCCESS(status));
	size_t lost = 0;
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i], next = i + 1 < in.n ? (unsigned char)in.p[i + 1] : 0;
		char bytes[8];
		size_t n;
		if (c >= 0xc1 && c <= 0xcf && (next == ' ' || charset_6937_is_letter(next))) {
			n = charset_6937_pair(nfc, c, next, bytes);
			i++;
		} else {
			uint32_t letter = c < 0x80 ? c : c < 0xa0 ? 0 : charset_6937_upper[c - 0xa0];
			bool is_lost = !letter && c;
			if (is_lost && !lost++)
				*fault_at = i;
			n = utf8_write(bytes, is_lost ? LOST : letter);
		}
		buf_put(out, bytes, n);
	}
	return lost;
}
