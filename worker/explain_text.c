/*
 * Text for a terminal, made safe.
 */
#include "worker/explain_text.h"

#include "pipeline/base/utf8.h"

#include <stdarg.h>

#define EXPLAIN_TEXT_SAY_MAX 512

static const char *const explain_text_inks[INK_COUNT] = {
        [INK_PLAIN] = "\033[0m",   [INK_TITLE] = "\033[1m",         [INK_NAME] = "\033[36m",
        [INK_FAINT] = "\033[2m",   [INK_GOOD] = "\033[32m",         [INK_WARN] = "\033[33m",
        [INK_BAD] = "\033[1;31m",  [INK_REMOVED] = "\033[9;31m",    [INK_ESCAPED] = "\033[7m",
        [INK_PERSON] = "\033[35m", [INK_ORGANISATION] = "\033[34m", [INK_PLACE] = "\033[32m",
};

void explain_text_ink(struct explain_text *t, enum explain_ink ink)
{
	if (t->colour && t->ink != ink) {
		buf_str(t->out, str_of(explain_text_inks[INK_PLAIN]));
		if (ink != INK_PLAIN)
			buf_str(t->out, str_of(explain_text_inks[ink]));
	}
	t->ink = ink;
}

void explain_text_say(struct explain_text *t, const char *format, ...)
{
	char words[EXPLAIN_TEXT_SAY_MAX];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(words, sizeof words, format, args);
	va_end(args);
	if (n > 0)
		buf_put(t->out, words, (size_t)n < sizeof words ? (size_t)n : sizeof words - 1);
}

/*
 * What a terminal may take for an order, or shows as nothing or elsewhere: control characters of both ranges, marks of
 * direction, invisible joiners and spaces, separators of lines, byte order marks, noncharacters and tags.
 */
static bool explain_text_is_safe(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	if (c < 0x200b)
		return c != 0xad && c != 0x61c && c != 0x180e;
	if (c <= 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f))
		/* Joiners are letters of some scripts: with them fa, hi and many emoji are written. */
		return c == 0x200c || c == 0x200d;
	if (c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe)
		return false;
	return c < 0xe0000 || c > 0xe0fff;
}

static void explain_text_escape(struct explain_text *t, uint32_t c, bool is_byte)
{
	enum explain_ink before = t->ink;
	explain_text_ink(t, INK_ESCAPED);
	if (is_byte || c < 0x80)
		explain_text_say(t, "\\x%02x", c);
	else if (c < 0x10000)
		explain_text_say(t, "\\u%04x", c);
	else
		explain_text_say(t, "\\U%06x", c);
	explain_text_ink(t, before);
}

/* The next character: as it is, or escaped. A byte that begins none is one by itself. */
static void explain_text_next(struct explain_text *t, struct str s, size_t *at)
{
	size_t width = utf8_valid_length(str_slice(s, *at, *at + 4));
	if (width == 0) {
		explain_text_escape(t, (unsigned char)s.p[(*at)++], true);
		return;
	}
	size_t start = *at;
	uint32_t c = utf8_next(s, at);
	if (explain_text_is_safe(c))
		buf_put(t->out, s.p + start, *at - start);
	else
		explain_text_escape(t, c, false);
}

void explain_text_line(struct explain_text *t, struct str s, size_t most)
{
	size_t at = 0;
	for (size_t n = 0; at < s.n && n < most; n++)
		explain_text_next(t, s, &at);
	if (at < s.n)
		explain_text_say(t, " … (%zu more bytes)", s.n - at);
}

void explain_text_block(struct explain_text *t, struct str s, const char *margin, bool at_start)
{
	enum explain_ink ink = t->ink;
	for (size_t at = 0; at < s.n;) {
		if (at_start) {
			explain_text_ink(t, INK_FAINT);
			buf_str(t->out, str_of(margin));
			explain_text_ink(t, ink);
		}
		at_start = s.p[at] == '\n';
		if (s.p[at] == '\n' || s.p[at] == '\t')
			buf_putc(t->out, s.p[at++]);
		else
			explain_text_next(t, s, &at);
	}
}
