/* Plain text, a message's own or a JSON string's: taken as it is; finding headline and body in it is cleanup's work. */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/decode.h"

#include <unicode/uchar.h>

static bool text_says_nothing(uint32_t c)
{
	if (c < 0x80)
		return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
	return U_GET_GC_MASK((UChar32)c) & (U_GC_Z_MASK | U_GC_P_MASK | U_GC_CC_MASK | U_GC_CF_MASK);
}

bool text_is_blank(struct str text)
{
	for (size_t at = 0; at < text.n;) {
		if (!text_says_nothing(utf8_next(text, &at)))
			return false;
	}
	return true;
}

void text_fill(const struct decode *d, struct story *st, struct str text, size_t mark_bytes, enum text_kind kind)
{
	st->decode.text = text;
	st->decode.text_kind = kind == TEXT_MESSAGE && d->in.converted ? TEXT_DECODED : kind;
	st->decode.format = kind == TEXT_STRING ? "json-string" : "plain-text";
	st->decode.body = str_slice(text, mark_bytes, text.n);
	st->decode.headline_is_first_line = true;
}
