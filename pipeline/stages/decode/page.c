/* A web page to a story: the article, not the page. */
#include "pipeline/stages/decode/page.h"

#include "pipeline/stages/decode/draft.h"
#include "pipeline/stages/decode/html.h"

/* Elements that a page or a piece of one may begin with. */
static bool page_begins(struct str text)
{
	static const char *const names[] = {"html",    "head",  "body",   "div",        "p",    "article",
	                                    "section", "table", "main",   "title",      "meta", "h1",
	                                    "h2",      "h3",    "ul",     "blockquote", "span", "style",
	                                    "script",  "link",  "header", "center",     "ol",   "br"};
	size_t end = 1;
	while (end < text.n && (markup_is_letter(text.p[end]) || (text.p[end] >= '0' && text.p[end] <= '9')))
		end++;
	struct str name = str_slice(text, 1, end);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (markup_is_name(name, names[i]))
			return memchr(text.p + end, '>', text.n - end) != NULL;
	}
	return false;
}

/* Behind comments, declarations and white space: the first element. "<!doctype html" says it all. */
static struct str page_first_tag(struct str text, bool *is_html)
{
	for (int i = 0; i < 20; i++) {
		text = str_trim(text);
		if (text.n < 2 || text.p[0] != '<' || (text.p[1] != '!' && text.p[1] != '?'))
			return text;
		struct str kind = str_trim(str_slice(text, sizeof "<!doctype" - 1, sizeof "<!doctype" + 8));
		if (markup_is_name(str_slice(text, 0, sizeof "<!doctype" - 1), "<!doctype") &&
		    markup_is_name(str_slice(kind, 0, 4), "html"))
			*is_html = true;
		bool comment = str_starts(text, STR("<!--"));
		const char *end = comment ? memmem(text.p + 2, text.n - 2, "-->", 3) : memchr(text.p, '>', text.n);
		if (!end)
			return (struct str){0};
		text = str_slice(text, (size_t)(end - text.p) + (comment ? 3 : 1), text.n);
	}
	return text;
}

bool html_is(const struct decode *d, struct str text, const struct walk *w)
{
	bool is_html = false;
	(void)d;
	(void)w;
	struct str first = page_first_tag(text, &is_html);
	/* XML of another kind may begin with an <article>, too. */
	if (str_starts(str_trim(text), STR("<?xml")))
		return is_html || (first.n > 5 && markup_is_name(str_slice(first, 1, 5), "html"));
	return is_html || (first.n > 2 && first.p[0] == '<' && page_begins(first));
}

static struct str page_body(const struct page *page)
{
	size_t n = 0;
	for (size_t i = 0; i < page->n_blocks; i++)
		n += page->blocks[i].kept ? page->blocks[i].text.n + 1 : 0;
	char *out = arena_alloc(page->d->call->keep, n);
	size_t at = 0;
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		if (!b->kept)
			continue;
		if (at)
			out[at++] = '\n';
		memcpy(out + at, b->text.p, b->text.n);
		at += b->text.n;
	}
	return str_make(out, at);
}

static struct str page_keep(const struct page *page, struct str s)
{
	return arena_copy(page->d->call->keep, s);
}

static void page_draft(const struct page *page, struct draft *draft)
{
	const struct page_facts *f = &page->facts;
	draft->headline = page_keep(page, page->headline);
	draft->uri = f->canonical.n ? f->canonical : f->url;
	draft->published = f->published;
	draft->version_created = f->modified;
	draft->by = f->author.n ? f->author : f->link_author.n ? f->link_author : page_keep(page, page->by);
	draft->language = f->language.n ? f->language : f->locale;
	draft->copyright = f->copyright;
	draft->text = draft->body;
	draft_add(page->d, draft, DRAFT_INFO_SOURCES,
	          &(struct draft_thing){.name = f->publisher.n ? f->publisher : f->site});
}

enum took html_read(struct decode *d, struct str text, struct walk w)
{
	struct page page = {.d = d};
	struct draft draft = {0};
	page_layout(&page, text);
	page_facts_read(&page);
	bool on_page = page_choose(&page);
	draft.body = on_page ? page_body(&page) : page.facts.body;
	page_draft(&page, &draft);
	struct story *st = decode_part(d, w.bytes);
	if (!st)
		return TOOK_END;
	draft_fill(d, st, "html", &draft);
	page_pictures_pass(&page, st);
	if (!on_page)
		decode_warn(d, st, "body-from-page-data");
	if (text_is_blank(draft.body) && text_is_blank(draft.headline))
		story_drop(d->call, st, REASON_NO_STORY);
	return TOOK_ALL;
}
