/*
 * Breaking lines of help. Breaks stand before a word, so that no line ends in a blank.
 */
#include "worker/wrap.h"

#define WRAP_WIDTH 100

static size_t wrap_characters(const char *p, size_t n)
{
	size_t characters = 0;
	for (size_t i = 0; i < n; i++)
		characters += ((unsigned char)p[i] & 0xc0) != 0x80;
	return characters;
}

void wrap_words(struct buf *out, const char *words, size_t column)
{
	size_t at = column;
	bool is_fresh = false; /* a new line, on which nothing stands yet, no indentation either */
	for (const char *p = words; *p;) {
		if (*p == '\n') {
			buf_putc(out, '\n');
			is_fresh = true;
			at = column;
			p++;
			continue;
		}
		size_t blanks = strspn(p, " "), n = strcspn(p + blanks, " \n");
		size_t width = wrap_characters(p + blanks, n);
		if (n && at > column && at + blanks + width > WRAP_WIDTH) {
			buf_putc(out, '\n');
			is_fresh = true;
			at = column;
			p += blanks;
			blanks = 0;
		}
		if (n) {
			buf_printf(out, "%*s", (int)((is_fresh ? column : 0) + blanks), "");
			buf_put(out, p + blanks, n);
			at += blanks + width;
			is_fresh = false;
		}
		p += blanks + n;
	}
	buf_putc(out, '\n');
}
