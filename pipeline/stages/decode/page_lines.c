/* What a line of a page's text says by its characters alone, in whatever script: how much, and whether as sentences do.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/page.h"

/* By the first byte of a character: Han and kana say three times as much as a letter, Hangul twice. */
uint32_t page_line_weight(struct str s)
{
	uint32_t weight = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		weight += c < 0x80 || c >= 0xc0;
		if (c >= 0xe3 && c <= 0xef && c != 0xee)
			weight += c <= 0xe9 ? 2 : 1;
	}
	return weight;
}

/* Quotes and brackets that may stand behind a sentence's end. */
static bool lines_closes(uint32_t c)
{
	return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0xbb || c == 0x201d || c == 0x2019 ||
	       c == 0x203a || c == 0x201c || c == 0x300d || c == 0x300f || c == 0xff09 || c == 0xab || c == 0xa0;
}

static bool lines_ends(uint32_t c)
{
	static const uint32_t ends[] = {'.',    '!',    '?',    ':',    ';',    0x2026, 0x3002, 0xff01, 0xff1f,
	                                0xff61, 0x061f, 0x06d4, 0x0964, 0x0965, 0x104b, 0x1362, 0x17d4, 0x0589};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (ends[i] == c)
			return true;
	}
	return false;
}

/* The character that ends before `end`; moves `end` to where it begins. */
static uint32_t lines_before(struct str s, size_t *end)
{
	size_t at = *end;
	do
		at--;
	while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80);
	*end = at;
	return utf8_next(s, &at);
}

static bool lines_is_sentence(struct str s)
{
	for (size_t end = s.n; end > 0;) {
		uint32_t c = lines_before(s, &end);
		if (lines_closes(c))
			continue;
		return lines_ends(c);
	}
	return false;
}

/* Thai, Lao, Tibetan, Burmese, Khmer: sentences end with a blank or nothing. Those of some length are taken for some.
 */
static bool lines_has_no_ends(struct str s, uint32_t weight)
{
	size_t found = 0;
	if (weight < 45)
		return false;
	for (size_t i = 0; i + 1 < s.n && i < 90; i++) {
		unsigned char c = (unsigned char)s.p[i], next = (unsigned char)s.p[i + 1];
		found += (c == 0xe0 && next >= 0xb8) || (c == 0xe1 && (next <= 0x82 || next == 0x9e || next == 0x9f));
	}
	return found >= 10;
}

/* Without white space at either end, of any script. */
struct str page_line_trim(struct str s)
{
	static const struct str blanks[] = {STR_INIT("\xc2\xa0"), STR_INIT("\xe3\x80\x80"), STR_INIT("\xe2\x80\x8b"),
	                                    STR_INIT("\xef\xbb\xbf")};
	for (bool found = true; found;) {
		s = str_trim(s);
		found = false;
		for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
			if (str_starts(s, blanks[i])) {
				s = str_slice(s, blanks[i].n, s.n);
				found = true;
			}
			if (str_ends(s, blanks[i])) {
				s = str_slice(s, 0, s.n - blanks[i].n);
				found = true;
			}
		}
	}
	return s;
}

bool page_line_is_sentence(struct str s, uint32_t weight)
{
	return lines_is_sentence(s) || lines_has_no_ends(s, weight);
}
