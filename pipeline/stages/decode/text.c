/* Plain text, a message's own or a JSON string's: taken as it is; finding headline and body in it is cleanup's work. */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/copy.h"
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

static void text_fill(const struct decode *d, struct story *st, struct str text, const struct walk *w)
{
	/* A byte order mark is part of the text and not of the body. */
	size_t mark_bytes = w->strings ? 0 : d->in.mark_bytes;
	/* What was in an envelope is not the message's own bytes, though nothing was converted. */
	bool decoded = d->in.converted || text.p - mark_bytes != d->msg->value.p;
	enum text_kind kind = w->strings ? TEXT_STRING : decoded ? TEXT_DECODED : TEXT_MESSAGE;
	st->decode.text = str_make(text.p - mark_bytes, text.n + mark_bytes);
	st->decode.text_kind = kind;
	st->decode.format = w->strings ? "json-string" : "plain-text";
	st->decode.body = text;
	st->decode.headline_is_first_line = true;
}

bool plain_text_is(const struct decode *d, struct str text, const struct walk *w)
{
	(void)d;
	(void)text;
	(void)w;
	return true;
}

enum took plain_text_read(struct decode *d, struct str text, struct walk w)
{
	bool blank = text_is_blank(text);
	if (blank && !w.strings)
		return TOOK_ALL; /* keep without a part: no story in it */
	struct story *st = decode_part(d, w.bytes);
	if (!st)
		return TOOK_END;
	struct draft draft = {0};
	if (blank)
		story_drop(d->call, st, REASON_NO_STORY);
	else if (!w.strings && copy_take_head(d, &draft, text))
		draft_fill(d, st, "plain-text", &draft);
	else
		text_fill(d, st, text, &w);
	return TOOK_ALL;
}
