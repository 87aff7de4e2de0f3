/*
 * What a character is to cleanup. See chars.h.
 *
 * Most bytes tell by themselves, by a table. Only six lead bytes can begin a character that is not text (U+0080…00BF,
 * U+0600…063F, U+1680, U+2000…206F, U+3000, U+FEFF); for these the whole character is looked at.
 */
#include "pipeline/stages/cleanup/chars.h"

#include "pipeline/base/utf8.h"

/* By lead byte: text (0), or what it is, or LOOK. */
enum { LOOK = 0x40 };
static const uint8_t chars_bytes[256] = {
        [0x00 ... 0x08] = CHARS_CONTROL,
        ['\t'] = CHARS_BLANK,
        /* Form feed and vertical tab, too: a new page, a new line. */
        ['\n' ... '\r'] = CHARS_BREAK,
        [0x0e ... 0x1b] = CHARS_CONTROL,
        /* FS, GS, RS, US separate files, groups, records and units. */
        [0x1c ... 0x1f] = CHARS_SEPARATOR,
        [' '] = CHARS_BLANK,
        [0x7f] = CHARS_CONTROL,
        [0xc2] = LOOK,
        [0xd8] = LOOK,
        [0xe1] = LOOK,
        [0xe2] = LOOK,
        [0xe3] = LOOK,
        [0xef] = LOOK,
};

struct chars_range {
	uint32_t first, last;
	enum chars_kind kind;
};

/* Ascending. U+200C and U+200D (joiners) are text: Persian, Indic scripts and emoji are spelled with them. */
static const struct chars_range chars_ranges[] = {
        {0x0080, 0x0084, CHARS_CONTROL},   {0x0085, 0x0085, CHARS_BREAK},   {0x0086, 0x009f, CHARS_CONTROL},
        {0x00a0, 0x00a0, CHARS_BLANK},     {0x00ad, 0x00ad, CHARS_CONTROL}, /* soft hyphen: where a line of another
                                                                               width was to be broken */
        {0x061c, 0x061c, CHARS_BIDI},      {0x1680, 0x1680, CHARS_BLANK},   {0x2000, 0x200a, CHARS_BLANK},
        {0x200b, 0x200b, CHARS_BREAKABLE}, {0x200e, 0x200f, CHARS_BIDI},    {0x2028, 0x2029, CHARS_BREAK},
        {0x202a, 0x202e, CHARS_BIDI},      {0x202f, 0x202f, CHARS_BLANK},   {0x205f, 0x205f, CHARS_BLANK},
        {0x2060, 0x2064, CHARS_CONTROL},   {0x2066, 0x2069, CHARS_BIDI},    {0x206a, 0x206f, CHARS_CONTROL},
        {0x3000, 0x3000, CHARS_BLANK},     {0xfeff, 0xfeff, CHARS_CONTROL},
};

static enum chars_kind chars_look(uint32_t c)
{
	for (size_t i = 0; i < sizeof(chars_ranges) / sizeof(chars_ranges[0]); i++)
		if (c <= chars_ranges[i].last)
			return c >= chars_ranges[i].first ? chars_ranges[i].kind : CHARS_TEXT;
	return CHARS_TEXT;
}

enum chars_kind chars_next(struct str text, size_t *at)
{
	uint8_t byte = chars_bytes[(unsigned char)text.p[*at]];
	if (byte == LOOK)
		return chars_look(utf8_next(text, at));
	if (byte == CHARS_TEXT)
		utf8_next(text, at);
	else
		(*at)++;
	return (enum chars_kind)byte;
}

/* Is the blank at `at` a single one behind text, with plain text behind it? */
static bool chars_joins(struct str text, size_t start, size_t at)
{
	return text.p[at] == ' ' && at > start && at + 1 < text.n &&
	       chars_bytes[(unsigned char)text.p[at + 1]] == CHARS_TEXT;
}

size_t chars_text_run(struct str text, size_t at)
{
	size_t start = at;
	while (at < text.n) {
		uint8_t byte = chars_bytes[(unsigned char)text.p[at]];
		size_t next = at + 1;
		/* Bytes within a character are text to the table: it is stepped through, not decoded. */
		if (byte == LOOK) {
			next = at;
			byte = (uint8_t)chars_look(utf8_next(text, &next));
		}
		if (byte != CHARS_TEXT && !chars_joins(text, start, at))
			break;
		at = next;
	}
	return at - start;
}

size_t chars_break(struct str text, size_t at)
{
	for (size_t next; at < text.n; at = next) {
		uint8_t byte = chars_bytes[(unsigned char)text.p[at]];
		next = at + 1;
		if (byte == CHARS_BREAK)
			return at;
		bool look = byte == LOOK && ((unsigned char)text.p[at] == 0xc2 || (unsigned char)text.p[at] == 0xe2);
		if (look && chars_look(utf8_next(text, &(size_t){at})) == CHARS_BREAK)
			return at;
	}
	return at;
}

bool chars_has_right_to_left(struct str text)
{
	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		bool hebrew_to_arabic = c >= 0x0590 && c <= 0x08ff && c != 0x061c;
		bool presentation_form = (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc);
		bool beyond = (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
		if (hebrew_to_arabic || presentation_form || beyond)
			return true;
	}
	return false;
}

bool chars_ends_without_blanks(struct str text)
{
	if (text.n < 3)
		return false;
	size_t at = text.n - 3;
	/* All of them take three bytes. */
	if (((unsigned char)text.p[at] & 0xf0) != 0xe0)
		return false;
	uint32_t c = utf8_next(text, &at);
	return (c >= 0x0e00 && c <= 0x109f) || (c >= 0x1780 && c <= 0x17ff);
}
