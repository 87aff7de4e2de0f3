/* Texts of a page that are the same but for spelling: letters and digits alone count. */
#include "pipeline/stages/decode/page_choice.h"

#define FOLD_MAX 128

/* The next byte of the folded text, from *at on; -1: there is none. */
static int fold_fold_next(struct str s, size_t *at)
{
	while (*at < s.n) {
		size_t i = (*at)++;
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 'A' && c <= 'Z')
			return c | 32;
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))
			return c;
		if (c < 0x80)
			continue;
		/* Marks of punctuation in U+2000 to U+203F, which are written one way here and another there. */
		if (c == 0xe2 && i + 2 < s.n && (unsigned char)s.p[i + 1] == 0x80)
			*at = i + 3;
		else if (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] == 0xa0)
			*at = i + 2;
		else
			return c;
	}
	return -1;
}

size_t page_fold(struct str s, char *out, size_t most)
{
	size_t n = 0, at = 0;
	for (int c; n < most && (c = fold_fold_next(s, &at)) >= 0; n++)
		out[n] = (char)c;
	return n;
}

/* How many bytes the folded texts share at their beginning, up to `most`, and which of them end there. */
static size_t fold_shared(struct str a, struct str b, size_t most, bool *a_ends, bool *b_ends)
{
	size_t n = 0, at = 0, bt = 0;
	*a_ends = *b_ends = false;
	for (; n < most; n++) {
		int one = fold_fold_next(a, &at), two = fold_fold_next(b, &bt);
		*a_ends = one < 0;
		*b_ends = two < 0;
		if (one != two || one < 0)
			break;
	}
	return n;
}

bool page_is_same(struct str a, struct str b)
{
	bool a_ends, b_ends;
	size_t n = fold_shared(a, b, FOLD_MAX, &a_ends, &b_ends);
	if (a_ends && b_ends)
		return n > 0;
	return n == FOLD_MAX || ((a_ends || b_ends) && n >= 60);
}

bool page_starts_as(struct str text, struct str head)
{
	bool text_ends, head_ends;
	size_t n = fold_shared(text, head, FOLD_MAX, &text_ends, &head_ends);
	return n >= 8 && (n == FOLD_MAX || head_ends);
}
