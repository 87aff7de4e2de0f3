/*
 * What a character is to cleanup. See chars.h.
 *
 * Most bytes tell by themselves, by a table. Only six lead bytes can begin a character that is not text (U+0080…00BF,
 * U+0600…063F, U+1680, U+2000…206F, U+3000, U+FEFF); for these the whole character is looked at. Sixteen bytes at a
 * time are asked for the first of them that is of interest; what is before it is passed over.
 */
#include "pipeline/stages/cleanup/chars.h"

#include "pipeline/base/utf8.h"

#include <endian.h>

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

/* --- sixteen bytes at a time -------------------------------------------------------------------------------------- */

#define CHARS_LANES 16
#define CHARS_AHEAD 2 /* bytes behind a lane's own that tell what its character is */

typedef uint8_t chars_lanes __attribute__((vector_size(CHARS_LANES)));
typedef int8_t chars_set __attribute__((vector_size(CHARS_LANES)));

static chars_lanes chars_load(struct str text, size_t at)
{
	chars_lanes lanes;
	memcpy(&lanes, text.p + at, sizeof(lanes));
	return lanes;
}

/* The first lane that is set, or CHARS_LANES. */
static size_t chars_first(chars_set set)
{
	uint64_t half[2];
	memcpy(half, &set, sizeof(half));
	if (half[0])
		return (size_t)__builtin_ctzll(le64toh(half[0])) / 8;
	return half[1] ? 8 + (size_t)__builtin_ctzll(le64toh(half[1])) / 8 : CHARS_LANES;
}

/* Which of the lanes begin something else than text, or may; and the first of two blanks. A single one is none. */
static chars_set chars_special(struct str text, size_t at)
{
	chars_lanes first = chars_load(text, at), second = chars_load(text, at + 1);
	chars_set set = (first < ' ') | (first == 0x7f) | ((first == ' ') & (second == ' '));
	if (chars_first(first >= 0x80) == CHARS_LANES)
		return set;
	chars_lanes third = chars_load(text, at + 2);
	set |= (first == 0xc2) & ((second <= 0xa0) | (second == 0xad));
	set |= (first == 0xd8) & (second == 0x9c);
	set |= (first == 0xe1) & (second == 0x9a);
	set |= (first == 0xe2) & ((second & 0xfe) == 0x80);
	set |= (first == 0xe3) & (second == 0x80) & (third == 0x80);
	set |= (first == 0xef) & (second == 0xbb);
	return set;
}

static chars_set chars_breaks(struct str text, size_t at)
{
	chars_lanes first = chars_load(text, at);
	chars_set set = (first >= '\n') & (first <= '\r');
	if (chars_first(first >= 0x80) == CHARS_LANES)
		return set;
	chars_lanes second = chars_load(text, at + 1), third = chars_load(text, at + 2);
	set |= (first == 0xc2) & (second == 0x85);
	set |= (first == 0xe2) & (second == 0x80) & ((third & 0xfe) == 0xa8);
	return set;
}

/* Behind what is text and single blanks, as far as it can be told so. */
static size_t chars_skip_text(struct str text, size_t at)
{
	while (text.n - at >= CHARS_LANES + CHARS_AHEAD) {
		size_t n = chars_first(chars_special(text, at));
		at += n;
		if (n < CHARS_LANES)
			break;
	}
	return at;
}

/* The same for what ends no line. */
static size_t chars_skip_unbroken(struct str text, size_t at)
{
	while (text.n - at >= CHARS_LANES + CHARS_AHEAD) {
		size_t n = chars_first(chars_breaks(text, at));
		at += n;
		if (n < CHARS_LANES)
			break;
	}
	return at;
}

/* --- one by one --------------------------------------------------------------------------------------------------- */

/* Is what stands at `at`, where a character begins or goes on, text or a single blank? Then *at is behind it. */
static bool chars_joins(struct str text, size_t *at)
{
	size_t next = *at + 1;
	uint8_t byte = chars_bytes[(unsigned char)text.p[*at]];
	if (byte == LOOK) {
		next = *at;
		byte = (uint8_t)chars_look(utf8_next(text, &next));
	}
	if (byte != CHARS_TEXT && (text.p[*at] != ' ' || (next < text.n && text.p[next] == ' ')))
		return false;
	*at = next;
	return true;
}

size_t chars_text_run(struct str text, size_t at)
{
	size_t start = at;
	if (at == text.n || text.p[at] == ' ')
		return 0;
	do
		at = chars_skip_text(text, at);
	while (at < text.n && chars_joins(text, &at));
	/* Behind a blank there must be text. */
	return at - start - (at > start && text.p[at - 1] == ' ');
}

size_t chars_break(struct str text, size_t at)
{
	at = chars_skip_unbroken(text, at);
	for (size_t next; at < text.n; at = next) {
		uint8_t byte = chars_bytes[(unsigned char)text.p[at]];
		next = at + 1;
		if (byte == CHARS_BREAK)
			return at;
		if (byte == LOOK && chars_look(utf8_next(text, &(size_t){at})) == CHARS_BREAK)
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
