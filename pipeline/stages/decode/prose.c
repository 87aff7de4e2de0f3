#include "pipeline/stages/decode/prose.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/references.h"

#define SOFT_HYPHEN "\xc2\xad"

/* What is due before the next character. Nothing is due at the very start. */
static void prose_flush(struct prose *p)
{
	if (p->n && (p->line || p->space))
		p->out[p->n++] = p->line ? '\n' : ' ';
	p->line = p->space = false;
}

void prose_put(struct prose *p, struct str s)
{
	prose_flush(p);
	memcpy(p->out + p->n, s.p, s.n);
	p->n += s.n;
}

static void prose_put_space(struct prose *p, char c)
{
	if (!p->pre)
		p->space = true;
	else if (c == '\n')
		p->line = true;
	else if (c != '\r')
		prose_put(p, str_make(&c, 1));
}

static void prose_put_word(struct prose *p, struct str s)
{
	const char *hyphen;
	while (p->no_hyphens && (hyphen = memmem(s.p, s.n, SOFT_HYPHEN, 2))) {
		size_t at = (size_t)(hyphen - s.p);
		if (at)
			prose_put(p, str_slice(s, 0, at));
		s = str_slice(s, at + 2, s.n);
	}
	if (s.n)
		prose_put(p, s);
}

void prose_put_words(struct prose *p, struct str s)
{
	bool hyphens = p->no_hyphens && s.n && memmem(s.p, s.n, SOFT_HYPHEN, 2);
	for (size_t start = 0; start < s.n;) {
		size_t end = start;
		while (end < s.n && !str_is_space(s.p[end]))
			end++;
		if (end > start && hyphens)
			prose_put_word(p, str_slice(s, start, end));
		else if (end > start)
			prose_put(p, str_slice(s, start, end));
		for (start = end; start < s.n && str_is_space(s.p[start]); start++)
			prose_put_space(p, s.p[start]);
	}
}

/* At an '&': writes the character that is meant, or the '&' itself. Behind it. */
static size_t prose_put_reference(struct prose *p, struct str s, size_t at)
{
	uint32_t c;
	size_t length = references_read(s, at, &c);
	if (!length) {
		prose_put(p, STR("&"));
		return at + 1;
	}
	char utf8[4];
	size_t n = utf8_write(utf8, c);
	if (n == 1 && str_is_space(utf8[0]))
		prose_put_space(p, utf8[0]);
	else
		prose_put_word(p, str_make(utf8, n));
	return at + length;
}

void prose_put_text(struct prose *p, struct str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t sign = str_index(s, '&', at);
		prose_put_words(p, str_slice(s, at, sign));
		at = sign < s.n ? prose_put_reference(p, s, sign) : s.n;
	}
}
