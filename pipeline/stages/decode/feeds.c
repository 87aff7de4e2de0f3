/*
 * RSS (0.9x, 1.0, 2.0) and Atom (0.3, 1.0): an item is a story. Feeds are read as far as they go: what is not
 * well-formed in them, and much is, gives a warning in the record.
 *
 * An element counts as RSS' own where it stands in the item's namespace, so that media:title is no title.
 */
#include "pipeline/base/json.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/xml.h"

/* --- elements ----------------------------------------------------------------------------------------------------- */

static bool feed_is_own(const struct xml_doc *doc, uint32_t item, uint32_t at)
{
	uint8_t own = doc->tokens[item].space, space = doc->tokens[at].space;
	return space == own || space == XML_SPACE_NONE || space == XML_SPACE_RSS;
}

/* The first child of that name in the space, that says something, or 0. XML_SPACE_NONE: the item's own. */
static uint32_t feed_child(const struct xml_reading *r, uint32_t parent, enum xml_space space, const char *name)
{
	for (uint32_t at = xml_child(r->doc, parent, name); at; at = xml_again(r->doc, parent, at)) {
		bool fits =
		        space == XML_SPACE_NONE ? feed_is_own(r->doc, parent, at) : r->doc->tokens[at].space == space;
		if (fits && !xml_is_blank(xml_inner(r->doc, at, r->d->call->tmp)))
			return at;
	}
	return 0;
}

static struct str feed_get(const struct xml_reading *r, uint32_t parent, enum xml_space space, const char *name)
{
	uint32_t at = feed_child(r, parent, space, name);
	return at ? xml_get(r, at, "") : STR("");
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static bool feed_has(struct str s, const char *what)
{
	return s.n && memmem(s.p, s.n, what, strlen(what)) != NULL;
}

/* One line of what may be HTML. */
static struct str feed_title(const struct xml_reading *r, struct str title)
{
	if (!feed_has(title, "<") && !feed_has(title, "&"))
		return title;
	struct arena *keep = r->d->call->keep;
	return xml_fold(html_to_text(title, r->d->call->tmp, keep), keep);
}

/* What a writer's tool has stored and a page makes paragraphs of: mark-up within lines, and empty lines between. */
static struct str feed_raw_paragraphs(const struct xml_reading *r, struct str text)
{
	struct arena *tmp = r->d->call->tmp;
	char *out = arena_alloc(tmp, text.n + 1);
	size_t n = 0;
	for (size_t start = 0; start < text.n;) {
		size_t end = str_index(text, '\n', start);
		struct str line = str_trim(html_to_text(str_slice(text, start, end), tmp, tmp));
		/* A line that ends a paragraph, or one of a few that stand together; both are lines of their own. */
		if (line.n) {
			if (n)
				out[n++] = '\n';
			memcpy(out + n, line.p, line.n);
			n += line.n;
		}
		start = end + 1;
	}
	return arena_copy(r->d->call->keep, str_make(out, n));
}

/* HTML, or text without any. */
static struct str feed_html(const struct xml_reading *r, struct str text)
{
	text = str_trim(text);
	if (!feed_has(text, "<") && !feed_has(text, "&"))
		return text;
	bool blocks = feed_has(text, "<p") || feed_has(text, "<P") || feed_has(text, "<br") || feed_has(text, "<BR") ||
	              feed_has(text, "<div");
	if (!blocks && feed_has(text, "\n\n"))
		return feed_raw_paragraphs(r, text);
	return html_to_text(text, r->d->call->tmp, r->d->call->keep);
}

/* What a site's software puts under a story in its feed: how the line begins, and what else is in it. */
static const struct {
	const char *begin, *within;
} feed_footers[] = {
        {"The post ", " appeared first on "},
        {"The post ", " first appeared on "},
        {"Der Beitrag ", " erschien zuerst auf "},
        {"L\xe2\x80\x99"
         "article ",
         " est apparu en premier sur "},
        {"La entrada ", " se public\xc3\xb3 primero en "},
        {"La entrada ", " aparece primero en "},
        {"L'articolo ", " proviene da "},
        {"L\xe2\x80\x99"
         "articolo ",
         " proviene da "},
        {"Het bericht ", " verscheen eerst op "},
        {"O post ", " apareceu primeiro em "},
        {"O conte\xc3\xba"
         "do ",
         " aparece primeiro em "},
        {"Artyku\xc5\x82 ", " pochodzi z serwisu "},
        {"Inl\xc3\xa4gget ", " d\xc3\xb6k f\xc3\xb6rst upp p\xc3\xa5 "},
        {"Continue reading", ""},
        {"Weiterlesen", ""},
        {"Read more", ""},
        {"[\xe2\x80\xa6]", ""},
};

/* Without the last lines that are such footers; the first line is the story's own whatever it says. */
static struct str feed_without_footer(struct str text)
{
	for (;;) {
		const char *feed = text.n ? memrchr(text.p, '\n', text.n) : NULL;
		struct str line = feed ? str_slice(text, (size_t)(feed + 1 - text.p), text.n) : STR("");
		bool footer = false;
		for (size_t i = 0; i < sizeof feed_footers / sizeof *feed_footers; i++)
			footer |= line.n < 400 && str_starts(line, str_of(feed_footers[i].begin)) &&
			          feed_has(line, feed_footers[i].within) && (feed_footers[i].within[0] || line.n < 40);
		if (!footer)
			return text;
		text = str_slice(text, 0, (size_t)(feed - text.p));
	}
}

/* The element's text, as mark-up inside or as escaped HTML. */
static bool feed_take(struct xml_reading *r, uint32_t element)
{
	if (!element || !xml_is_blank(r->draft.body))
		return false;
	if (xml_has_elements(r->doc, element))
		return xml_take_body(r, element);
	struct str exact = xml_get_exact(r, element, "");
	struct str text = feed_without_footer(feed_html(r, exact));
	r->draft.body = text;
	r->draft.has_paragraphs = feed_has(exact, "<p") && !feed_has(exact, "<pre");
	return !xml_is_blank(text);
}

/* --- RSS ---------------------------------------------------------------------------------------------------------- */

static void rss_body(struct xml_reading *r)
{
	static const char *const names[] = {"full-text", "fulltext", "full_text", "body", "content", "story"};
	static const char *const short_ones[] = {"description", "summary", "abstract"};
	feed_take(r, feed_child(r, r->item, XML_SPACE_CONTENT, "encoded"));
	feed_take(r, feed_child(r, r->item, XML_SPACE_XHTML, "body"));
	feed_take(r, feed_child(r, r->item, XML_SPACE_XHTML, "div"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		feed_take(r, feed_child(r, r->item, XML_SPACE_NONE, names[i]));
		feed_take(r, feed_child(r, r->item, XML_SPACE_OTHER, names[i]));
	}
	for (size_t i = 0; i < sizeof short_ones / sizeof *short_ones; i++)
		feed_take(r, feed_child(r, r->item, XML_SPACE_NONE, short_ones[i]));
	feed_take(r, feed_child(r, r->item, XML_SPACE_DC, "description"));
	feed_take(r, feed_child(r, r->item, XML_SPACE_MEDIA, "description"));
}

/* "nora@echo.example (Nora Teasdale)", "Nora Teasdale". An address alone is no name. */
static struct str rss_author(struct str author)
{
	size_t open = str_index(author, '(', 0), close = str_index(author, ')', open);
	if (open > 0 && close < author.n && feed_has(str_slice(author, 0, open), "@"))
		return str_trim(str_slice(author, open + 1, close));
	return feed_has(author, "@") ? STR("") : author;
}

static void rss_by(struct xml_reading *r)
{
	for (uint32_t at = xml_child(r->doc, r->item, "creator"); at; at = xml_again(r->doc, r->item, at))
		xml_add_by(r, rss_author(feed_title(r, xml_get(r, at, ""))));
	if (!r->draft.by.n)
		xml_add_by(r, rss_author(feed_title(r, feed_get(r, r->item, XML_SPACE_NONE, "author"))));
	if (!r->draft.by.n)
		xml_add_by(r, rss_author(feed_get(r, r->item, XML_SPACE_NONE, "byline")));
}

static void rss_times(struct xml_reading *r)
{
	struct draft *draft = &r->draft;
	uint32_t item = r->item;
	draft->version_created = feed_get(r, item, XML_SPACE_DC, "modified");
	xml_set(&draft->version_created, feed_get(r, item, XML_SPACE_ATOM, "updated"));
	draft->published = feed_get(r, item, XML_SPACE_NONE, "pubDate");
	xml_set(&draft->published, feed_get(r, item, XML_SPACE_DC, "date"));
	xml_set(&draft->published, feed_get(r, item, XML_SPACE_DC, "issued"));
	xml_set(&draft->published, feed_get(r, item, XML_SPACE_DC, "created"));
	xml_set(&draft->published, feed_get(r, item, XML_SPACE_NONE, "date"));
}

static void rss_category(struct xml_reading *r, uint32_t at)
{
	struct draft_thing thing = {.name = feed_title(r, xml_get(r, at, "")), .role = STR("about")};
	draft_add(r->d, &r->draft, DRAFT_SUBJECTS, &thing);
}

/* What a feed says of all that is in it, read once: as many items may stand in it as it has elements of its own. */
struct feed_about {
	struct str language, copyright, by;
};

static void rss_channel(struct decode *d, const struct xml_doc *doc, uint32_t channel, struct feed_about *about)
{
	struct xml_reading r = {.d = d, .doc = doc, .item = channel};
	if (channel) {
		about->language = feed_get(&r, channel, XML_SPACE_NONE, "language");
		xml_set(&about->language, feed_get(&r, channel, XML_SPACE_DC, "language"));
		about->copyright = feed_get(&r, channel, XML_SPACE_NONE, "copyright");
		xml_set(&about->copyright, feed_get(&r, channel, XML_SPACE_DC, "rights"));
	}
	xml_set(&about->language, xml_get_attribute(&r, 0, "", "xml:lang"));
}

static void rss_about(struct xml_reading *r, const struct feed_about *channel)
{
	struct draft *draft = &r->draft;
	uint32_t item = r->item;
	for (uint32_t at = xml_first(r->doc, item); at; at = xml_after(r->doc, item, at)) {
		if (xml_is(r->doc, at, "category") ||
		    (xml_is(r->doc, at, "subject") && r->doc->tokens[at].space == XML_SPACE_DC))
			rss_category(r, at);
	}
	struct draft_thing source = {.name = feed_get(r, item, XML_SPACE_NONE, "source"), .role = STR("source")};
	xml_set(&source.name, feed_get(r, item, XML_SPACE_DC, "publisher"));
	draft_add(r->d, draft, DRAFT_INFO_SOURCES, &source);
	draft->copyright = feed_get(r, item, XML_SPACE_DC, "rights");
	draft->language = feed_get(r, item, XML_SPACE_DC, "language");
	xml_set(&draft->language, xml_get_attribute(r, item, "", "xml:lang"));
	xml_set(&draft->language, channel->language);
	xml_set(&draft->copyright, channel->copyright);
}

static void feed_renditions(struct xml_reading *r)
{
	struct json j = xml_list_start(r);
	const struct xml_doc *doc = r->doc;
	for (uint32_t at = r->item + 1; at < doc->tokens[r->item].next; at++) {
		if (doc->tokens[at].kind != XML_ELEMENT)
			continue;
		bool media = doc->tokens[at].space == XML_SPACE_MEDIA &&
		             (xml_is(doc, at, "content") || xml_is(doc, at, "thumbnail"));
		bool link = xml_is(doc, at, "link") && str_is(xml_get_attribute(r, at, "", "rel"), "enclosure");
		if (!media && !link && !xml_is(doc, at, "enclosure"))
			continue;
		struct xml_rendition rendition = {
		        .name = xml_name(doc, at),
		        .href = xml_get_attribute(r, at, "", link ? "href" : "url"),
		        .type = xml_get_attribute(r, at, "", "type"),
		        .title = feed_get(r, at, XML_SPACE_MEDIA, "description"),
		        .width = xml_get_attribute(r, at, "", "width"),
		        .height = xml_get_attribute(r, at, "", "height"),
		        .bytes = xml_get_attribute(r, at, "", media ? "fileSize" : "length"),
		};
		xml_set(&rendition.title, feed_get(r, at, XML_SPACE_MEDIA, "title"));
		rendition.title = feed_title(r, rendition.title);
		if (rendition.href.n)
			xml_list_rendition(&j, &rendition);
	}
	xml_list_pass(r, &j, "renditions");
}

static bool rss_item(struct decode *d, const struct xml_doc *doc, const struct feed_about *channel, uint32_t item)
{
	struct xml_reading r;
	if (!xml_part(d, doc, item, &r))
		return false;
	r.draft.guid = feed_get(&r, item, XML_SPACE_NONE, "guid");
	xml_set(&r.draft.guid, feed_get(&r, item, XML_SPACE_DC, "identifier"));
	xml_set(&r.draft.guid, feed_get(&r, item, XML_SPACE_NONE, "link"));
	xml_set(&r.draft.guid, xml_get_attribute(&r, item, "", "rdf:about"));
	r.draft.headline = feed_title(&r, feed_get(&r, item, XML_SPACE_NONE, "title"));
	xml_set(&r.draft.headline, feed_title(&r, feed_get(&r, item, XML_SPACE_DC, "title")));
	rss_body(&r);
	rss_by(&r);
	rss_times(&r);
	rss_about(&r, channel);
	feed_renditions(&r);
	xml_part_end(&r, "rss");
	return true;
}

/* Items stand in the channel, or (1.0) beside it. */
bool rss_parts(struct decode *d, const struct xml_doc *doc, uint32_t root)
{
	struct feed_about about = {0};
	rss_channel(d, doc, xml_is(doc, root, "channel") ? root : xml_child(doc, root, "channel"), &about);
	for (uint32_t at = root + 1; at < doc->tokens[root].next; at++) {
		if (doc->tokens[at].kind == XML_ELEMENT && xml_is(doc, at, "item") && !rss_item(d, doc, &about, at))
			return false;
	}
	return true;
}

/* --- Atom --------------------------------------------------------------------------------------------------------- */

/* Text that says what it is: plain, escaped HTML, or mark-up. */
static bool atom_is_plain(struct str type)
{
	return !type.n || str_is(type, "text") || str_is(type, "text/plain");
}

static void atom_take(struct xml_reading *r, uint32_t element)
{
	if (!element || !xml_is_blank(r->draft.body))
		return;
	struct str type = xml_get_attribute(r, element, "", "type");
	if (xml_has_elements(r->doc, element)) {
		xml_take_body(r, element);
	} else if (atom_is_plain(type)) {
		/* Many forget to say that it is HTML. */
		struct str text = str_trim(xml_get_exact(r, element, ""));
		r->draft.body = html_is_likely(text) ? feed_html(r, text) : text;
	} else if (feed_has(type, "html")) {
		feed_take(r, element);
	}
}

static struct str atom_title(const struct xml_reading *r, uint32_t element)
{
	struct str type = element ? xml_get_attribute(r, element, "", "type") : STR("");
	struct str title = element ? xml_get(r, element, "") : STR("");
	return atom_is_plain(type) && !feed_has(title, "</") && !feed_has(title, "&") ? title : feed_title(r, title);
}

static void atom_authors(struct xml_reading *r, uint32_t parent)
{
	for (uint32_t at = r->draft.by.n ? 0 : xml_child(r->doc, parent, "author"); at;
	     at = xml_again(r->doc, parent, at))
		xml_add_by(r, rss_author(xml_get(r, at, "name")));
}

static void atom_categories(struct xml_reading *r)
{
	for (uint32_t at = xml_child(r->doc, r->item, "category"); at; at = xml_again(r->doc, r->item, at)) {
		struct draft_thing thing = {.name = xml_get_attribute(r, at, "", "label"), .role = STR("about")};
		xml_set(&thing.name, xml_get_attribute(r, at, "", "term"));
		draft_add(r->d, &r->draft, DRAFT_SUBJECTS, &thing);
	}
}

/* `of_feed`: the feed around the entry; NULL: it stands alone. */
static bool atom_entry(struct decode *d, const struct xml_doc *doc, const struct feed_about *of_feed, uint32_t entry)
{
	struct xml_reading r;
	if (!xml_part(d, doc, entry, &r))
		return false;
	struct draft *draft = &r.draft;
	uint32_t content = xml_child(doc, entry, "content"), source = xml_child(doc, entry, "source");
	draft->guid = feed_get(&r, entry, XML_SPACE_NONE, "id");
	draft->headline = atom_title(&r, feed_child(&r, entry, XML_SPACE_NONE, "title"));
	atom_take(&r, content);
	atom_take(&r, feed_child(&r, entry, XML_SPACE_NONE, "summary"));
	draft->version_created = feed_get(&r, entry, XML_SPACE_NONE, "updated");
	xml_set(&draft->version_created, feed_get(&r, entry, XML_SPACE_NONE, "modified"));
	draft->published = feed_get(&r, entry, XML_SPACE_NONE, "published");
	xml_set(&draft->published, feed_get(&r, entry, XML_SPACE_NONE, "created"));
	xml_set(&draft->published, feed_get(&r, entry, XML_SPACE_NONE, "issued"));
	xml_set(&draft->published, feed_get(&r, entry, XML_SPACE_DC, "date"));
	atom_authors(&r, entry);
	if (source)
		atom_authors(&r, source);
	if (!draft->by.n)
		xml_add_by(&r, rss_author(feed_get(&r, entry, XML_SPACE_DC, "creator")));
	if (!draft->by.n && of_feed)
		draft->by = of_feed->by;
	atom_categories(&r);
	draft->copyright = feed_get(&r, entry, XML_SPACE_NONE, "rights");
	draft->language = content ? xml_get_attribute(&r, content, "", "xml:lang") : STR("");
	xml_set(&draft->language, xml_get_attribute(&r, entry, "", "xml:lang"));
	if (of_feed)
		xml_set(&draft->language, of_feed->language);
	feed_renditions(&r);
	xml_part_end(&r, "atom");
	return true;
}

bool atom_parts(struct decode *d, const struct xml_doc *doc, uint32_t root)
{
	if (xml_is(doc, root, "entry"))
		return atom_entry(d, doc, NULL, root);
	struct xml_reading feed = {.d = d, .doc = doc, .item = root};
	atom_authors(&feed, root);
	struct feed_about about = {.language = xml_get_attribute(&feed, root, "", "xml:lang"), .by = feed.draft.by};
	for (uint32_t at = root + 1; at < doc->tokens[root].next; at++) {
		if (doc->tokens[at].kind == XML_ELEMENT && xml_is(doc, at, "entry") && !atom_entry(d, doc, &about, at))
			return false;
	}
	return true;
}
