/* See charset_single.h. */
#include "pipeline/stages/decode/charset_single.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <unicode/utf16.h>

#define SINGLE_BYTES_MAX 3 /* of UTF-8 a character: none is beyond the basic plane */
#define SINGLE_BLOCK     16

static bool single_is_one(UConverter *icu)
{
	UConverterType type = ucnv_getType(icu);
	return type == UCNV_SBCS || type == UCNV_LATIN_1 || type == UCNV_US_ASCII;
}

/* False: the byte is several characters, or one that needs two units. */
static bool single_fill(struct charset_single *charset, UConverter *icu, unsigned byte)
{
	char in = (char)byte;
	const char *from = &in;
	UChar units[4], *to = units;
	UErrorCode status = U_ZERO_ERROR;
	ucnv_reset(icu);
	ucnv_toUnicode(icu, &to, units + 4, &from, &in + 1, NULL, true, &status);
	bool one = to - units == 1 && !U16_IS_SURROGATE(units[0]);
	ucnv_reset(icu);
	if (U_FAILURE(status))
		return true;
	charset->n[byte] = one ? (uint8_t)utf8_write(charset->utf8[byte], units[0]) : 0;
	return one;
}

struct charset_single *charset_single_new(UConverter *icu)
{
	struct charset_single *charset = single_is_one(icu) ? calloc(1, sizeof *charset) : NULL;
	bool good = charset;
	for (unsigned byte = 0; good && byte < 256; byte++)
		good = single_fill(charset, icu, byte);
	if (!good) {
		free(charset);
		return NULL;
	}
	charset->has_ascii = true;
	for (unsigned byte = 0; byte < 0x80; byte++)
		charset->has_ascii &= charset->n[byte] == 1 && (unsigned char)charset->utf8[byte][0] == byte;
	return charset;
}

static bool single_is_ascii(const char *p)
{
	unsigned char high = 0;
	for (size_t i = 0; i < SINGLE_BLOCK; i++)
		high |= (unsigned char)p[i];
	return high < 0x80;
}

size_t charset_single_convert(const struct charset_single *charset, struct str in, struct buf *out, size_t *fault_at)
{
	size_t lost = 0;
	if (!buf_reserve(out, SINGLE_BYTES_MAX * in.n + sizeof charset->utf8[0]))
		return 0; /* the overflow is asked for at the end */
	char *to = out->p + out->n;
	for (size_t i = 0; i < in.n;) {
		if (charset->has_ascii && in.n - i >= SINGLE_BLOCK && single_is_ascii(in.p + i)) {
			memcpy(to, in.p + i, SINGLE_BLOCK);
			to += SINGLE_BLOCK;
			i += SINGLE_BLOCK;
			continue;
		}
		unsigned char byte = (unsigned char)in.p[i++];
		memcpy(to, charset->utf8[byte], sizeof charset->utf8[byte]);
		to += charset->n[byte];
		if (charset->n[byte])
			continue;
		*fault_at = lost++ ? *fault_at : i - 1;
		to += utf8_write(to, 0xfffd);
	}
	out->n = (size_t)(to - out->p);
	return lost;
}
