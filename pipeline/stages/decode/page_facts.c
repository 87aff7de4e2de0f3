/*
 * What a page says of itself: <meta> and <link> by a table of names, and the JSON-LD in it (schema.org's NewsArticle
 * and its kin, alone, in a list or in a graph). Data come before tags, they are written for machines.
 */
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/json_fields.h"
#include "pipeline/stages/decode/page.h"

#include <stddef.h>

#define DATA_DEPTH  64 /* of JSON-LD */
#define NAMES_MAX   20 /* authors */
#define NAMES_BYTES 1000
#define OBJECTS_MAX 200 /* of a graph that are looked at */

/* --- tags --------------------------------------------------------------------------------------------------------- */

static const struct facts_row {
	const char *name;
	size_t field;
} facts_rows[] = {
        {"og:title", offsetof(struct page_facts, og_title)},
        {"og:site_name", offsetof(struct page_facts, site)},
        {"og:url", offsetof(struct page_facts, url)},
        {"og:locale", offsetof(struct page_facts, locale)},
        {"og:description", offsetof(struct page_facts, description)},
        {"description", offsetof(struct page_facts, description)},
        {"twitter:title", offsetof(struct page_facts, og_title)},
        {"twitter:description", offsetof(struct page_facts, description)},
        {"author", offsetof(struct page_facts, author)},
        {"article:author", offsetof(struct page_facts, author)},
        {"dc.creator", offsetof(struct page_facts, author)},
        {"dcterms.creator", offsetof(struct page_facts, author)},
        {"sailthru.author", offsetof(struct page_facts, author)},
        {"parsely-author", offsetof(struct page_facts, author)},
        {"byl", offsetof(struct page_facts, author)},
        {"article:published_time", offsetof(struct page_facts, published)},
        {"og:published_time", offsetof(struct page_facts, published)},
        {"datepublished", offsetof(struct page_facts, published)},
        {"date", offsetof(struct page_facts, published)},
        {"pubdate", offsetof(struct page_facts, published)},
        {"publishdate", offsetof(struct page_facts, published)},
        {"publish-date", offsetof(struct page_facts, published)},
        {"parsely-pub-date", offsetof(struct page_facts, published)},
        {"dc.date", offsetof(struct page_facts, published)},
        {"dc.date.issued", offsetof(struct page_facts, published)},
        {"dcterms.created", offsetof(struct page_facts, published)},
        {"sailthru.date", offsetof(struct page_facts, published)},
        {"article:published", offsetof(struct page_facts, published)},
        {"article.published", offsetof(struct page_facts, published)},
        {"og:article:published_time", offsetof(struct page_facts, published)},
        {"shareaholic:article_published_time", offsetof(struct page_facts, published)},
        {"published_time", offsetof(struct page_facts, published)},
        {"published_at", offsetof(struct page_facts, published)},
        {"publication_date", offsetof(struct page_facts, published)},
        {"publication-date", offsetof(struct page_facts, published)},
        {"originalpublicationdate", offsetof(struct page_facts, published)},
        {"article_date_original", offsetof(struct page_facts, published)},
        {"cxenseparse:recs:publishtime", offsetof(struct page_facts, published)},
        {"citation_publication_date", offsetof(struct page_facts, published)},
        {"citation_date", offsetof(struct page_facts, published)},
        {"bepress_citation_date", offsetof(struct page_facts, published)},
        {"dc:date", offsetof(struct page_facts, published)},
        {"dc.date.created", offsetof(struct page_facts, published)},
        {"dcterms.date", offsetof(struct page_facts, published)},
        {"dcterms.issued", offsetof(struct page_facts, published)},
        {"created", offsetof(struct page_facts, published)},
        {"datecreated", offsetof(struct page_facts, published)},
        {"date_published", offsetof(struct page_facts, published)},
        {"pub_date", offsetof(struct page_facts, published)},
        {"publish_date", offsetof(struct page_facts, published)},
        {"publish_time", offsetof(struct page_facts, published)},
        {"og:pubdate", offsetof(struct page_facts, published)},
        {"og:publish_date", offsetof(struct page_facts, published)},
        {"article:published_date", offsetof(struct page_facts, published)},
        {"dcterms.available", offsetof(struct page_facts, published)},
        {"article:modified_time", offsetof(struct page_facts, modified)},
        {"og:updated_time", offsetof(struct page_facts, modified)},
        {"datemodified", offsetof(struct page_facts, modified)},
        {"last-modified", offsetof(struct page_facts, modified)},
        {"lastmod", offsetof(struct page_facts, modified)},
        {"dcterms.modified", offsetof(struct page_facts, modified)},
        {"content-language", offsetof(struct page_facts, locale)},
        {"dc.language", offsetof(struct page_facts, locale)},
        {"copyright", offsetof(struct page_facts, copyright)},
};

static bool facts_is_address(struct str s)
{
	return str_starts(s, STR("http://")) || str_starts(s, STR("https://")) || str_starts(s, STR("//"));
}

/* The first one that says something counts. An address is no name. */
static void facts_set(struct page_facts *facts, size_t field, struct str value)
{
	struct str *at = (struct str *)((char *)facts + field);
	value = str_trim(value);
	if (at->n || !value.n || (field == offsetof(struct page_facts, author) && facts_is_address(value)))
		return;
	*at = value;
}

static void facts_link(struct page_facts *facts, const struct markup *m)
{
	if (markup_is_name(markup_attribute(m, "rel"), "canonical"))
		facts_set(facts, offsetof(struct page_facts, canonical), markup_attribute(m, "href"));
}

void page_facts_meta(struct page_facts *facts, const struct markup *m)
{
	static const char *const keys[] = {"property", "name", "itemprop", "http-equiv"};
	struct str content = markup_attribute(m, "content");
	if (m->tag == TAG_LINK)
		facts_link(facts, m);
	for (size_t k = 0; content.n && k < sizeof keys / sizeof *keys; k++) {
		struct str name = markup_attribute(m, keys[k]);
		for (size_t i = 0; name.n && i < sizeof facts_rows / sizeof *facts_rows; i++) {
			if (markup_is_name(name, facts_rows[i].name))
				facts_set(facts, facts_rows[i].field, content);
		}
	}
}

/* In an attribute, where machines find it. */
void page_facts_property(struct page_facts *facts, const struct markup *m)
{
	static const char *const keys[] = {"content", "datetime", "title"};
	if (!page_has(markup_attribute(m, "itemprop"), "datePublished"))
		return;
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		struct str value = str_trim(markup_attribute(m, keys[k]));
		if (value.n && value.p[0] >= '0' && value.p[0] <= '9')
			facts_set(facts, offsetof(struct page_facts, published), value);
	}
}

void page_facts_time(struct page_facts *facts, const struct markup *m, uint32_t block)
{
	struct str value = str_trim(markup_attribute(m, "datetime"));
	page_facts_property(facts, m);
	if (value.n && value.p[0] >= '0' && value.p[0] <= '9' && facts->n_times < PAGE_TIMES_MAX)
		facts->times[facts->n_times++] = (struct page_time){.value = value, .block = block};
}

/* --- JSON-LD ------------------------------------------------------------------------------------------------------ */

struct data {
	struct page *page;
	struct json_doc doc;
	uint32_t article;   /* 0: none found */
	uint32_t published; /* when something else was (the page, a film); 0: not said */
};

static struct str data_value(const struct data *data, uint32_t object, const char *key)
{
	struct arena *keep = data->page->d->call->keep;
	uint32_t at = json_fields_find(&data->doc, object, key);
	if (at && data->doc.tokens[at].kind == JSON_ARRAY && data->doc.tokens[at].next > at + 1)
		at++;
	return at ? str_trim(json_doc_text(&data->doc, at, keep)) : (struct str){0};
}

static bool data_ends_as_article(struct str type)
{
	return str_ends(type, STR("Article")) || str_ends(type, STR("BlogPosting")) || str_ends(type, STR("Report")) ||
	       str_ends(type, STR("Review"));
}

static bool data_is_article(const struct data *data, uint32_t object)
{
	const struct json_doc *doc = &data->doc;
	uint32_t at = json_fields_find(doc, object, "@type");
	if (!at)
		return false;
	bool list = doc->tokens[at].kind == JSON_ARRAY;
	for (uint32_t i = list ? at + 1 : at; i < doc->tokens[at].next; i = doc->tokens[i].next) {
		if (data_ends_as_article(json_doc_text(doc, i, data->page->d->call->tmp)))
			return true;
	}
	return false;
}

/* The first article among the values of a list, in a graph, or what the page is about. */
static void data_find(struct data *data, uint32_t at, int depth)
{
	static const char *const inner[] = {"@graph", "mainentity", "mainentityofpage"};
	const struct json_doc *doc = &data->doc;
	size_t seen = 0;
	if (depth == 4 || data->article)
		return;
	if (doc->tokens[at].kind == JSON_ARRAY) {
		for (uint32_t i = at + 1; i < doc->tokens[at].next && seen++ < OBJECTS_MAX; i = doc->tokens[i].next)
			data_find(data, i, depth + 1);
		return;
	}
	if (doc->tokens[at].kind != JSON_OBJECT)
		return;
	if (data_is_article(data, at)) {
		data->article = at + 1; /* the root may be it */
		return;
	}
	if (!data->published)
		data->published = json_fields_find(doc, at, "datepublished");
	if (!data->published)
		data->published = json_fields_find(doc, at, "uploaddate");
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
		uint32_t value = json_fields_find(doc, at, inner[i]);
		if (value)
			data_find(data, value, depth + 1);
	}
}

/* The object that has this @id, in the first lists of the document. */
static uint32_t data_by_id(const struct data *data, struct str id)
{
	const struct json_doc *doc = &data->doc;
	uint32_t graph = doc->tokens[0].kind == JSON_ARRAY ? 0 : json_fields_find(doc, 0, "@graph");
	size_t seen = 0;
	if (doc->tokens[graph].kind != JSON_ARRAY)
		return 0;
	for (uint32_t i = graph + 1; i < doc->tokens[graph].next && seen++ < OBJECTS_MAX; i = doc->tokens[i].next) {
		uint32_t at = json_fields_find(doc, i, "@id");
		if (at && str_eq(json_doc_text(doc, at, data->page->d->call->tmp), id))
			return i;
	}
	return 0;
}

/* A name, of whoever it is: a string, an object, or one that stands elsewhere in the graph. */
static struct str data_name(const struct data *data, uint32_t at)
{
	const struct json_doc *doc = &data->doc;
	if (doc->tokens[at].kind != JSON_OBJECT)
		return str_trim(json_doc_text(doc, at, data->page->d->call->keep));
	struct str name = data_value(data, at, "name");
	if (name.n)
		return name;
	uint32_t other = data_by_id(data, data_value(data, at, "@id"));
	return other ? data_value(data, other, "name") : name;
}

static struct str data_names(const struct data *data, uint32_t at)
{
	const struct json_doc *doc = &data->doc;
	if (!at)
		return (struct str){0};
	if (doc->tokens[at].kind != JSON_ARRAY)
		return data_name(data, at);
	char *out = arena_alloc(data->page->d->call->keep, NAMES_BYTES);
	size_t n = 0, names = 0;
	for (uint32_t i = at + 1; i < doc->tokens[at].next && names < NAMES_MAX; i = doc->tokens[i].next) {
		struct str name = data_name(data, i);
		if (!name.n || facts_is_address(name) || n + 2 + name.n > NAMES_BYTES)
			continue;
		if (names++) {
			memcpy(out + n, ", ", 2);
			n += 2;
		}
		memcpy(out + n, name.p, name.n);
		n += name.n;
	}
	return str_make(out, n);
}

static void data_put(struct str *fact, struct str value)
{
	if (value.n)
		*fact = value;
}

static void data_read_article(struct data *data, uint32_t object)
{
	struct page_facts *facts = &data->page->facts;
	struct str authors = data_names(data, json_fields_find(&data->doc, object, "author"));
	if (!authors.n)
		authors = data_names(data, json_fields_find(&data->doc, object, "creator"));
	facts->has_article = true;
	data_put(&facts->headline, data_value(data, object, "headline"));
	if (!facts->headline.n)
		facts->headline = data_value(data, object, "name");
	data_put(&facts->description, data_value(data, object, "description"));
	data_put(&facts->published, data_value(data, object, "datepublished"));
	data_put(&facts->modified, data_value(data, object, "datemodified"));
	data_put(&facts->body, data_value(data, object, "articlebody"));
	data_put(&facts->locale, data_value(data, object, "inlanguage"));
	if (!facts_is_address(authors))
		data_put(&facts->author, authors);
	uint32_t publisher = json_fields_find(&data->doc, object, "publisher");
	if (publisher)
		data_put(&facts->publisher, data_name(data, publisher));
	if (!facts->url.n && facts_is_address(data_value(data, object, "url")))
		facts->url = data_value(data, object, "url");
}

/* Line feeds in strings are no JSON, and many write them: blanks in their place. */
static struct str data_mend(struct page *page, struct str json)
{
	char *out = arena_alloc(page->d->call->keep, json.n);
	for (size_t i = 0; i < json.n; i++)
		out[i] = (unsigned char)json.p[i] < ' ' ? ' ' : json.p[i];
	json = str_make(out, json.n);
	if (json.n && json.p[json.n - 1] == ';')
		json.n--;
	return json;
}

/* Without the comment or CDATA that scripts were once wrapped in. */
static struct str data_unwrap(struct str json)
{
	static const struct str heads[] = {STR_INIT("<!--"), STR_INIT("//<![CDATA["), STR_INIT("<![CDATA[")};
	static const struct str tails[] = {STR_INIT("-->"), STR_INIT("//]]>"), STR_INIT("]]>")};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (str_starts(json, heads[i]))
			json = str_trim(str_slice(json, heads[i].n, json.n));
		if (str_ends(json, tails[i]))
			json = str_trim(str_slice(json, 0, json.n - tails[i].n));
	}
	return json;
}

static void data_read(struct page *page, struct str json)
{
	struct data data = {.page = page};
	struct arena *tmp = page->d->call->tmp;
	json = data_unwrap(json);
	if (json_doc_read(tmp, json, DATA_DEPTH, &data.doc) != JSON_DOC_OK) {
		json = data_mend(page, json);
		if (json_doc_read(tmp, json, DATA_DEPTH, &data.doc) != JSON_DOC_OK)
			return;
	}
	data_find(&data, 0, 0);
	if (data.article)
		data_read_article(&data, data.article - 1);
	else if (data.published && !page->facts.published.n)
		page->facts.published = str_trim(json_doc_text(&data.doc, data.published, page->d->call->keep));
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

/* On one line, without tags and with references read; a fact of more bytes than a fact has is none. */
static void facts_clean(struct page *page, struct str *fact)
{
	struct arena *tmp = page->d->call->tmp, *keep = page->d->call->keep;
	if (fact->n > 8 * PAGE_TEXT_BYTES) {
		*fact = (struct str){0};
		return;
	}
	if (fact->n && (memchr(fact->p, '&', fact->n) || memchr(fact->p, '<', fact->n)))
		*fact = html_to_text(*fact, tmp, keep);
	*fact = str_trim(*fact);
	if (!fact->n || !(memchr(fact->p, '\n', fact->n) || memchr(fact->p, '\r', fact->n)))
		return;
	char *line = arena_alloc(keep, fact->n);
	for (size_t i = 0; i < fact->n; i++)
		line[i] = fact->p[i] == '\n' || fact->p[i] == '\r' ? ' ' : fact->p[i];
	*fact = str_make(line, fact->n);
}

static bool facts_has_markup(struct str s)
{
	return s.n && (memchr(s.p, '&', s.n) || memchr(s.p, '<', s.n));
}

/* Mark-up in it may have been escaped once, or once more than needed. */
static void facts_read_body(struct page *page)
{
	struct str *body = &page->facts.body;
	if (facts_has_markup(*body))
		*body = html_to_text(*body, page->d->call->tmp, page->d->call->keep);
	if (facts_has_markup(*body) && html_has_blocks(*body))
		*body = html_to_text(*body, page->d->call->tmp, page->d->call->keep);
}

void page_facts_read(struct page *page)
{
	struct page_facts *facts = &page->facts;
	struct str *all[] = {&facts->language,    &facts->locale,   &facts->canonical, &facts->url,
	                     &facts->headline,    &facts->og_title, &facts->title,     &facts->site,
	                     &facts->description, &facts->author,   &facts->published, &facts->modified,
	                     &facts->publisher,   &facts->copyright};
	for (size_t i = 0; i < facts->n_ld && !facts->has_article; i++)
		data_read(page, facts->ld[i]);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		facts_clean(page, all[i]);
	for (size_t i = 0; i < facts->n_times; i++)
		facts_clean(page, &facts->times[i].value);
	facts_read_body(page);
	/* It was read from what is about to go. */
	facts->link_author = arena_copy(page->d->call->keep, facts->link_author);
}
