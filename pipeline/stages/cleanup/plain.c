/* One pass from '&' or escape to the next. See plain.h. */
#include "pipeline/stages/cleanup/plain.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/references.h"

#define PLAIN_EDITS_MAX    4096
#define PLAIN_SEQUENCE_MAX 64 /* bytes of a terminal's sequence */
#define PLAIN_ESCAPE       '\x1b'

struct plain_pass {
	struct arena *a;
	struct str raw;
	char *out;
	size_t n, copied; /* bytes of out; raw is copied up to there */
	struct edit *edits;
	size_t n_edits, room;
};

/* --- sequences of terminals --------------------------------------------------------------------------------------- */

/* "ESC ] … BEL" or "ESC ] … ESC \": a title. */
static size_t plain_string_length(struct str s)
{
	for (size_t i = 2; i < s.n; i++) {
		if (s.p[i] == '\a')
			return i + 1;
		if (s.p[i] == PLAIN_ESCAPE && i + 1 < s.n && s.p[i + 1] == '\\')
			return i + 2;
	}
	return 1;
}

/* Length of the sequence that s begins with: "ESC [ 1 ; 31 m", "ESC ( B"; 1: an escape that begins none. */
static size_t plain_sequence_length(struct str s)
{
	s = str_slice(s, 0, PLAIN_SEQUENCE_MAX);
	if (s.n < 3)
		return 1;
	if (s.p[1] == ']')
		return plain_string_length(s);
	if (s.p[1] == '(' || s.p[1] == ')')
		return s.p[2] >= '0' && s.p[2] <= '~' ? 3 : 1;
	size_t at = 2;
	if (s.p[1] != '[')
		return 1;
	while (at < s.n && s.p[at] >= 0x20 && s.p[at] <= 0x3f)
		at++;
	return at < s.n && s.p[at] >= 0x40 && s.p[at] <= 0x7e ? at + 1 : 1;
}

/* --- references --------------------------------------------------------------------------------------------------- */

/* "&amp;nbsp;" was escaped twice: it stands for what the inner one does. */
static size_t plain_reference_length(struct str raw, size_t at, uint32_t *character)
{
	size_t length = references_read(raw, at, character);
	if (!length || *character != '&')
		return length;
	char inner[20];
	struct str rest = str_slice(raw, at + length, at + length + sizeof(inner) - 1);
	inner[0] = '&';
	if (rest.n)
		memcpy(inner + 1, rest.p, rest.n);
	uint32_t meant;
	size_t more = references_read(str_make(inner, rest.n + 1), 0, &meant);
	if (!more || inner[more - 1] != ';')
		return length;
	*character = meant;
	return length + more - 1;
}

/* --- the pass ----------------------------------------------------------------------------------------------------- */

static void plain_copy(struct plain_pass *p, size_t to)
{
	memcpy(p->out + p->n, p->raw.p + p->copied, to - p->copied);
	p->n += to - p->copied;
	p->copied = to;
}

static void plain_put(struct plain_pass *p, size_t at, size_t length, uint32_t character)
{
	if (p->n_edits == p->room)
		p->edits = arena_grow(p->a, p->edits, &p->room, sizeof(*p->edits));
	if (!p->out)
		p->out = arena_alloc(p->a, p->raw.n);
	plain_copy(p, at);
	size_t start = p->n;
	p->n += utf8_write(p->out + p->n, character);
	p->copied = at + length;
	p->edits[p->n_edits++] = (struct edit){{start, p->n}, {at, at + length}};
}

/* The next '&' or escape from `at` on, or the end. */
static size_t plain_next(struct str s, size_t at, size_t *escape)
{
	if (*escape < at)
		*escape = str_index(s, PLAIN_ESCAPE, at);
	size_t ampersand = str_index(str_slice(s, 0, *escape), '&', at);
	return ampersand < *escape ? ampersand : *escape;
}

struct plain plain_read(struct arena *a, struct str raw)
{
	struct plain_pass p = {.a = a, .raw = raw};
	size_t escape = str_index(raw, PLAIN_ESCAPE, 0);
	bool overflow = false;
	for (size_t at = plain_next(raw, 0, &escape); at < raw.n; at = plain_next(raw, at, &escape)) {
		bool is_escape = raw.p[at] == PLAIN_ESCAPE;
		uint32_t character = PLAIN_ESCAPE;
		size_t length = is_escape ? plain_sequence_length(str_slice(raw, at, raw.n))
		                          : plain_reference_length(raw, at, &character);
		bool changes = length > (is_escape ? 1 : 0);
		if (changes && p.n_edits < PLAIN_EDITS_MAX)
			plain_put(&p, at, length, character);
		else
			overflow = overflow || changes;
		at += length ? length : 1;
	}
	if (!p.out)
		return (struct plain){.text = raw, .overflow = overflow};
	plain_copy(&p, raw.n);
	return (struct plain){str_make(p.out, p.n), p.edits, p.n_edits, overflow};
}

struct range plain_raw(const struct plain *plain, struct range at)
{
	return edits_raw(plain->edits, plain->n, at);
}
