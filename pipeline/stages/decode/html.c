#include "pipeline/stages/decode/html.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/decode/markup.h"
#include "pipeline/stages/decode/prose.h"

/* What is hidden and never ends hides the rest, as it does in a browser. */
static void html_hide(struct markup *m)
{
	if (!markup_skip(m))
		m->at = m->in.n;
}

static void html_tag(struct markup *m, struct prose *p)
{
	bool opening = m->kind == MARKUP_OPEN;
	switch (tag_rows[m->tag].shape) {
	case SHAPE_INLINE:
		break;
	case SHAPE_CELL:
		p->space = true;
		break;
	case SHAPE_HIDDEN:
		if (opening && m->is_empty)
			m->raw = TAG_OTHER;
		else if (opening)
			html_hide(m);
		p->space = true;
		break;
	case SHAPE_PRE:
		if (opening)
			p->pre++;
		else
			p->pre -= p->pre > 0;
		p->line = true;
		break;
	case SHAPE_BLOCK:
		p->line = true;
		break;
	}
}

struct str html_to_text(struct str s, struct arena *tmp, struct arena *keep)
{
	struct prose p = {.out = arena_alloc(tmp, s.n)};
	struct markup m = markup_start(s);
	while (markup_next(&m)) {
		if (m.kind == MARKUP_TEXT)
			prose_put_text(&p, m.text);
		else if (m.kind == MARKUP_RAW)
			prose_put_words(&p, m.text);
		else
			html_tag(&m, &p);
		CHECK(p.n <= s.n);
	}
	return arena_copy(keep, str_make(p.out, p.n));
}

bool html_is_likely(struct str s)
{
	s = str_trim(s);
	return s.n > 6 && s.p[0] == '<' && (markup_is_letter(s.p[1]) || s.p[1] == '!') && s.p[s.n - 1] == '>';
}

bool html_has_blocks(struct str s)
{
	static const char *const blocks[] = {"</p>", "<br", "</li>", "</div>", "</h2>", "</tr>"};
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		const char *first = s.n ? memmem(s.p, s.n, blocks[i], strlen(blocks[i])) : NULL;
		if (first && (size_t)(first - s.p) + strlen(blocks[i]) < s.n)
			return true;
	}
	return false;
}
