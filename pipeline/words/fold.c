/* Folding of single characters: ICU knows case; what it cannot know of wires stands here. See fold.h. */
#include "pipeline/words/fold.h"

#include <unicode/uchar.h>

#define FOLD_EQUAL_MAX 200

/* A switch and no table, as every letter beyond ASCII passes here, and few stop. */
static uint32_t fold_paired(uint32_t c)
{
	switch (c) {
	case 0x00a0:
	case 0x202f:
	case 0x3000:
		return ' ';
	case 0x0130:
	case 0x0131:
		return 'i';
	case 0x0218:
	case 0x0219:
		return 0x015f;
	case 0x021a:
	case 0x021b:
		return 0x0163;
	case 0x0401:
	case 0x0451:
		return 0x0435;
	case 0x0622:
	case 0x0623:
	case 0x0625:
		return 0x0627;
	case 0x0649:
	case 0x06cc:
		return 0x064a;
	case 0x06a9:
		return 0x0643;
	case 0x2010:
	case 0x2011:
		return '-';
	case 0x2018:
	case 0x2019:
		return '\'';
	case 0xff08:
		return '(';
	case 0xff09:
		return ')';
	case 0xff1a:
		return ':';
	default:
		return c;
	}
}

static bool fold_is_nothing(uint32_t c)
{
	return (c >= 0x064b && c <= 0x0652) || c == 0x0640 || c == 0x00ad || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/* Scripts without case: from Hebrew to Burmese, of China, Japan and Korea. */
static bool fold_has_no_case(uint32_t c)
{
	return (c >= 0x0590 && c < 0x10a0) || (c >= 0x2e80 && c < 0xa640) || (c >= 0xac00 && c < 0xfb00);
}

struct folded fold_wide(uint32_t c)
{
	static const uint32_t nuktas[] = {0x0915, 0x0916, 0x0917, 0x091c, 0x0921, 0x0922, 0x092b, 0x092f};
	/* Russian's, for speed. */
	if (c >= 0x0410 && c <= 0x044f)
		return (struct folded){{c < 0x0430 ? c + 0x20 : c}};
	if (c >= 0x0958 && c <= 0x095f)
		return (struct folded){{nuktas[c - 0x0958], 0x093c}};
	if (fold_is_nothing(c))
		return (struct folded){{0}};
	uint32_t paired = fold_paired(c);
	if (paired != c || fold_has_no_case(c))
		return (struct folded){{paired}};
	return (struct folded){{(uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT)}};
}

size_t fold_text(struct str s, char *out, size_t room)
{
	size_t n = 0;
	bool after_blank = true;
	for (size_t at = 0; at < s.n;) {
		unsigned char byte = (unsigned char)s.p[at];
		/* Most are letters of ASCII. */
		if (byte > ' ' && byte < 0x7f) {
			if (room - n < 4)
				return n;
			out[n++] = (char)fold_ascii(byte);
			after_blank = false;
			at++;
			continue;
		}
		struct folded f = fold_char(utf8_next(s, &at));
		for (size_t i = 0; i < 2 && f.c[i]; i++) {
			bool blank = f.c[i] == ' ';
			if (blank && after_blank)
				continue;
			if (room - n < 4)
				return n;
			after_blank = blank;
			if (f.c[i] < 0x80)
				out[n++] = (char)f.c[i];
			else
				n += utf8_write(out + n, f.c[i]);
		}
	}
	while (n && out[n - 1] == ' ')
		n--;
	return n;
}

/* What the folded text begins with, or 0 where the first character alone does not tell. */
static uint32_t fold_begin(struct str s)
{
	size_t at = 0;
	uint32_t c = s.n ? fold_char(utf8_next(s, &at)).c[0] : 0;
	return c == ' ' ? 0 : c;
}

/* Most texts that are compared differ in their first letter. */
static bool fold_begin_apart(struct str a, struct str b)
{
	uint32_t one = fold_begin(a), other = fold_begin(b);
	return one && other && one != other;
}

bool fold_equal(struct str a, struct str b)
{
	char folded_a[2 * FOLD_EQUAL_MAX], folded_b[2 * FOLD_EQUAL_MAX];
	if (a.n > FOLD_EQUAL_MAX || b.n > FOLD_EQUAL_MAX || fold_begin_apart(a, b))
		return false;
	size_t n = fold_text(a, folded_a, sizeof(folded_a));
	size_t m = fold_text(b, folded_b, sizeof(folded_b));
	return str_eq(str_make(folded_a, n), str_make(folded_b, m));
}

size_t fold_expect(struct str s, size_t at, struct str words)
{
	for (size_t w = 0; w < words.n;) {
		if (at >= s.n)
			return 0;
		struct folded one = fold_char(utf8_next(s, &at)), other = fold_char(utf8_next(words, &w));
		if (one.c[0] != other.c[0] || one.c[1] != other.c[1])
			return 0;
	}
	return at;
}

/* The letters of most texts, so that few are looked up: Han, Hangul, Cyrillic, Latin with marks, Arabic, Devanagari,
 * Kana. */
static bool fold_is_common_letter(uint32_t c)
{
	return (c >= 0x4e00 && c <= 0x9fa5) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0x0400 && c <= 0x0481) ||
	       (c >= 0x00d8 && c <= 0x00f6) || (c >= 0x00f8 && c <= 0x02c1) || (c >= 0x0620 && c <= 0x0669) ||
	       (c >= 0x0900 && c <= 0x0963) || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa);
}

bool fold_is_wide_word_char(uint32_t c)
{
	return fold_is_common_letter(c) || (U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK));
}

bool fold_is_wide_blank_script(uint32_t c)
{
	bool south_east = (c >= 0x0e00 && c <= 0x109f) || (c >= 0x1780 && c <= 0x17ff);
	bool east = (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	            c >= 0xff00;
	return !south_east && !east;
}

bool fold_is_wide_upper(uint32_t c)
{
	return !fold_has_no_case(c) && (u_isupper((UChar32)c) || u_istitle((UChar32)c));
}

bool fold_is_wide_lower(uint32_t c)
{
	return !fold_has_no_case(c) && u_islower((UChar32)c);
}

bool fold_is_capitals(struct str s)
{
	size_t capitals = 0;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (fold_is_lower(c))
			return false;
		capitals += fold_is_upper(c);
	}
	return capitals >= 2;
}

int fold_wide_digit(uint32_t c)
{
	return u_charDigitValue((UChar32)c);
}

struct str fold_cut(struct str s, size_t n)
{
	if (n >= s.n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_slice(s, 0, n);
}

struct str fold_last(struct str s, size_t n)
{
	size_t from = n < s.n ? s.n - n : 0;
	while (from < s.n && ((unsigned char)s.p[from] & 0xc0) == 0x80)
		from++;
	return str_slice(s, from, s.n);
}
