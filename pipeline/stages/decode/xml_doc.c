/*
 * The index over XML text. One loop, no recursion: open elements stand in a small stack, so depth costs no C stack.
 * Each construct has a function that answers whether to go on; the first fault stands in the document, and a forgiving
 * reader goes on behind it.
 */
#include "pipeline/stages/decode/xml_doc.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/references.h"

/* Offsets are 32 bits. Messages are limited to far less; this guards a limit that was configured away. */
#define XML_DOC_MAX_BYTES  (UINT32_MAX / 2)
#define XML_ATTRIBUTES_MAX 256
#define XML_SPACES_MAX     256 /* declared and open at a time; looking one up goes through them */
#define XML_NAME_MAX       1000
#define XML_PREFIX_MAX     200

struct xml_open {
	uint32_t token;
	uint32_t n_spaces; /* that were declared around it */
};

struct xml_declared {
	struct str prefix; /* empty: the default */
	enum xml_space space;
};

struct xml_reader {
	struct arena *a;
	const struct xml_doc_ask *ask;
	struct xml_doc *doc;
	struct str text;
	size_t at;
	size_t room;
	struct xml_open *open;
	size_t n_open, depth_limit;
	struct xml_declared *spaces;
	uint32_t n_spaces;
	bool root_ended;
	bool names_only; /* looks for the root's name: whatever is declared */
	enum xml_doc_fault fault;
};

/* --- faults ------------------------------------------------------------------------------------------------------- */

/* Notes what is wrong; true: go on all the same. */
static bool xml_doc_fault(struct xml_reader *r, size_t at, const char *words)
{
	if (!r->doc->fault) {
		r->doc->fault = words;
		r->doc->fault_at = at;
	}
	r->doc->damaged = true;
	if (!r->ask->forgiving)
		r->fault = XML_DOC_NOT_XML;
	return r->ask->forgiving;
}

static bool xml_doc_stop(struct xml_reader *r, enum xml_doc_fault fault, const char *words)
{
	r->doc->fault = words;
	r->doc->fault_at = r->at;
	r->fault = fault;
	return false;
}

/* --- characters --------------------------------------------------------------------------------------------------- */

static bool xml_doc_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Beyond ASCII nearly every letter may be in a name; which may not is nothing that any reader here depends on. */
static bool xml_doc_begins_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (unsigned char)c >= 0x80;
}

static bool xml_doc_is_name(char c)
{
	return xml_doc_begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static void xml_doc_skip_space(struct xml_reader *r)
{
	while (r->at < r->text.n && xml_doc_is_space(r->text.p[r->at]))
		r->at++;
}

static char xml_doc_peek(const struct xml_reader *r, size_t ahead)
{
	return r->at + ahead < r->text.n ? r->text.p[r->at + ahead] : 0;
}

static struct str xml_doc_rest(const struct xml_reader *r)
{
	return str_slice(r->text, r->at, r->text.n);
}

/* Offset of `what` at or after `from`, or the text's length. */
static size_t xml_doc_search(const struct xml_reader *r, size_t from, const char *what)
{
	struct str rest = str_slice(r->text, from, r->text.n);
	const char *hit = rest.n ? memmem(rest.p, rest.n, what, strlen(what)) : NULL;
	return hit ? (size_t)(hit - r->text.p) : r->text.n;
}

/* Takes a name; empty: none begins here. */
static struct str xml_doc_take_name(struct xml_reader *r)
{
	size_t start = r->at;
	if (r->at < r->text.n && xml_doc_begins_name(r->text.p[r->at])) {
		while (r->at < r->text.n && xml_doc_is_name(r->text.p[r->at]))
			r->at++;
	}
	return str_slice(r->text, start, r->at);
}

/* --- namespaces --------------------------------------------------------------------------------------------------- */

struct xml_space_row {
	const char *word;
	enum xml_space space;
};

/* By a part of the address: versions and the words around it vary ("http://iptc.org/std/NITF/2006-10-18/"). */
static const struct xml_space_row xml_addresses[] = {
        {"iptc.org/std/nar/", XML_SPACE_NAR},
        {"w3.org/1999/xhtml", XML_SPACE_XHTML},
        {"iptc.org/std/NITF/", XML_SPACE_NITF},
        {"w3.org/2005/Atom", XML_SPACE_ATOM},
        {"purl.org/atom/ns#", XML_SPACE_ATOM},
        {"purl.org/dc/elements/1.", XML_SPACE_DC},
        {"purl.org/dc/terms/", XML_SPACE_DC},
        {"purl.org/rss/1.0/modules/content/", XML_SPACE_CONTENT},
        {"search.yahoo.com/mrss", XML_SPACE_MEDIA},
        {"w3.org/1999/02/22-rdf-syntax-ns#", XML_SPACE_RDF},
        {"purl.org/net/rss1.1#", XML_SPACE_RSS},
        {"backend.userland.com/", XML_SPACE_RSS},
        {"my.netscape.com/rdf/simple/0.9/", XML_SPACE_RSS},
        {"channel.netscape.com/rdf/simple/0.9/", XML_SPACE_RSS},
        {"itunes.com/dtds/podcast-1.0.dtd", XML_SPACE_ITUNES},
        {"itunes.com/DTDs/Podcast-1.0.dtd", XML_SPACE_ITUNES},
};

static const struct xml_space_row xml_prefixes[] = {
        {"dc", XML_SPACE_DC},   {"dcterms", XML_SPACE_DC}, {"content", XML_SPACE_CONTENT}, {"media", XML_SPACE_MEDIA},
        {"rdf", XML_SPACE_RDF}, {"atom", XML_SPACE_ATOM},  {"itunes", XML_SPACE_ITUNES},
};

static enum xml_space xml_doc_space_of(struct str address)
{
	struct str rss = STR("http://purl.org/rss/1.0/");
	if (!address.n)
		return XML_SPACE_NONE;
	if (str_eq(address, rss))
		return XML_SPACE_RSS;
	for (size_t i = 0; i < sizeof xml_addresses / sizeof *xml_addresses; i++) {
		const char *word = xml_addresses[i].word;
		if (memmem(address.p, address.n, word, strlen(word)))
			return xml_addresses[i].space;
	}
	return XML_SPACE_OTHER;
}

/* prefix: without the colon; empty: the default namespace. */
static enum xml_space xml_doc_resolve(const struct xml_reader *r, struct str prefix)
{
	for (uint32_t i = r->n_spaces; i > 0; i--) {
		if (str_eq(r->spaces[i - 1].prefix, prefix))
			return r->spaces[i - 1].space;
	}
	for (size_t i = 0; prefix.n && i < sizeof xml_prefixes / sizeof *xml_prefixes; i++) {
		if (str_is(prefix, xml_prefixes[i].word))
			return xml_prefixes[i].space;
	}
	return prefix.n ? XML_SPACE_OTHER : XML_SPACE_NONE;
}

static bool xml_doc_declare(struct xml_reader *r, struct str name, struct str address)
{
	if (r->n_spaces == XML_SPACES_MAX)
		return xml_doc_stop(r, XML_DOC_TOO_LARGE, "more than 256 namespaces are declared at a time");
	struct str prefix = name.n > 6 ? str_slice(name, 6, name.n) : STR("");
	r->spaces[r->n_spaces++] = (struct xml_declared){prefix, xml_doc_space_of(str_trim(address))};
	return true;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static struct xml_token *xml_doc_add(struct xml_reader *r, enum xml_kind kind, size_t start, size_t end)
{
	struct xml_doc *doc = r->doc;
	if (doc->n == r->room)
		doc->tokens = arena_grow(r->a, doc->tokens, &r->room, sizeof *doc->tokens);
	struct xml_token *token = &doc->tokens[doc->n++];
	*token = (struct xml_token){
	        .start = (uint32_t)start, .end = (uint32_t)end, .next = doc->n, .kind = (uint8_t)kind};
	return token;
}

/* Closes the innermost element; end: behind it. */
static void xml_doc_close(struct xml_reader *r, size_t end)
{
	CHECK(r->n_open > 0);
	const struct xml_open *open = &r->open[--r->n_open];
	r->doc->tokens[open->token].end = (uint32_t)end;
	r->doc->tokens[open->token].next = r->doc->n;
	r->n_spaces = open->n_spaces;
	r->root_ended |= r->n_open == 0;
}

/* Are all references in it such as need no declaration? */
static bool xml_doc_is_escaped(struct xml_reader *r, size_t start, size_t end)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
	struct str s = str_slice(r->text, start, end);
	size_t at = str_index(s, '&', 0);
	bool escaped = at < s.n;
	for (; at < s.n && !r->doc->mended; at = str_index(s, '&', at + 1)) {
		uint32_t character;
		size_t length = references_read(s, at, &character);
		bool number = length && s.p[at + 1] == '#' && s.p[at + length - 1] == ';';
		for (size_t i = 0; i < sizeof known / sizeof *known && !number; i++)
			number = str_starts(str_slice(s, at, s.n), str_of(known[i]));
		r->doc->mended |= !number;
	}
	return escaped;
}

static void xml_doc_add_text(struct xml_reader *r, size_t start, size_t end)
{
	bool escaped = xml_doc_is_escaped(r, start, end);
	xml_doc_add(r, XML_TEXT, start, end)->escaped = escaped;
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

/* Is there an attribute of that name already? */
static bool xml_doc_is_doubled(const struct xml_reader *r, uint32_t element, struct str name)
{
	for (uint32_t i = element + 1; i < r->doc->n; i++) {
		const struct xml_token *token = &r->doc->tokens[i];
		if (str_eq(str_slice(r->text, token->name, token->name + token->name_bytes), name))
			return true;
	}
	return false;
}

static bool xml_doc_attribute(struct xml_reader *r, uint32_t element)
{
	size_t start = r->at;
	struct str name = xml_doc_take_name(r);
	xml_doc_skip_space(r);
	bool equals = xml_doc_peek(r, 0) == '=';
	r->at += equals;
	xml_doc_skip_space(r);
	char quote = xml_doc_peek(r, 0);
	if (!name.n || name.n > XML_NAME_MAX || !equals || (quote != '"' && quote != '\'')) {
		/* A forgiving reader goes on behind the next character, to find the tag's end. */
		r->at += r->at == start;
		return xml_doc_fault(r, start, "an attribute is not written as name=\"value\"");
	}
	size_t value = r->at + 1, end = str_index(r->text, quote, value);
	if (end == r->text.n || memchr(r->text.p + value, '<', end - value)) {
		r->at++;
		return xml_doc_fault(r, value,
		                     end == r->text.n ? "an attribute's value does not end"
		                                      : "'<' in an attribute's value");
	}
	r->at = end + 1;
	if (xml_doc_is_doubled(r, element, name))
		return xml_doc_fault(r, start, "an attribute stands twice");
	if (r->doc->n - element > XML_ATTRIBUTES_MAX)
		return xml_doc_stop(r, XML_DOC_TOO_LARGE, "an element has more than 256 attributes");
	bool escaped = xml_doc_is_escaped(r, value, end);
	struct xml_token *token = xml_doc_add(r, XML_ATTRIBUTE, value, end);
	token->escaped = escaped;
	token->name = (uint32_t)start;
	token->name_bytes = (uint16_t)name.n;
	if (str_is(name, "xmlns") || str_starts(name, STR("xmlns:")))
		return xml_doc_declare(r, name, str_slice(r->text, value, end));
	return true;
}

/* Up to the tag's '>', which it takes. *empty: "/>". */
static bool xml_doc_attributes(struct xml_reader *r, uint32_t element, bool *empty)
{
	for (;;) {
		size_t before = r->at;
		xml_doc_skip_space(r);
		char c = xml_doc_peek(r, 0);
		if (r->at == r->text.n)
			return xml_doc_fault(r, r->at, "a tag does not end");
		*empty = c == '/' && xml_doc_peek(r, 1) == '>';
		if (c == '>' || *empty) {
			r->at += 1 + *empty;
			return true;
		}
		if (c == '<' && r->ask->forgiving)
			return xml_doc_fault(r, r->at, "'<' in a tag");
		if (before == r->at && !xml_doc_fault(r, r->at, "no white space before an attribute"))
			return false;
		if (!xml_doc_attribute(r, element))
			return false;
	}
}

static void xml_doc_name(struct xml_reader *r, uint32_t element, struct str name)
{
	struct xml_token *token = &r->doc->tokens[element];
	size_t colon = str_index(name, ':', 0);
	size_t prefix_bytes = colon + 1 < name.n && colon > 0 && colon < XML_PREFIX_MAX ? colon + 1 : 0;
	token->prefix_bytes = (uint8_t)prefix_bytes;
	token->name = (uint32_t)((size_t)(name.p - r->text.p) + prefix_bytes);
	token->name_bytes = (uint16_t)(name.n - prefix_bytes);
	token->space = (uint8_t)xml_doc_resolve(r, str_slice(name, 0, prefix_bytes ? prefix_bytes - 1 : 0));
}

static bool xml_doc_start_tag(struct xml_reader *r)
{
	size_t start = r->at++;
	struct str name = xml_doc_take_name(r);
	bool empty = false;
	if (r->root_ended && !r->n_open)
		return xml_doc_fault(r, start, "a second element behind the root");
	if (name.n > XML_NAME_MAX)
		return xml_doc_stop(r, XML_DOC_TOO_LARGE, "an element's name is longer than 1,000 bytes");
	if (r->n_open == r->depth_limit)
		return xml_doc_stop(r, XML_DOC_TOO_DEEP, "the XML is nested deeper than limits.depth");
	r->open[r->n_open++] = (struct xml_open){r->doc->n, r->n_spaces};
	uint32_t element = r->doc->n;
	xml_doc_add(r, XML_ELEMENT, start, r->text.n);
	if (!xml_doc_attributes(r, element, &empty))
		return false;
	xml_doc_name(r, element, name);
	if (empty)
		xml_doc_close(r, r->at);
	return true;
}

static struct str xml_doc_full_name(const struct xml_reader *r, uint32_t element)
{
	const struct xml_token *token = &r->doc->tokens[element];
	return str_slice(r->text, token->name - token->prefix_bytes, token->name + token->name_bytes);
}

/* An end tag that does not end the innermost element: ends an outer one with all that is in it, or nothing. */
static bool xml_doc_end_other(struct xml_reader *r, size_t start, struct str name)
{
	if (!xml_doc_fault(r, start, "an end tag without its element, or another's"))
		return false;
	for (size_t i = r->n_open; i > 0; i--) {
		if (!str_eq(xml_doc_full_name(r, r->open[i - 1].token), name))
			continue;
		while (r->n_open > i)
			xml_doc_close(r, start);
		xml_doc_close(r, r->at);
		break;
	}
	return true;
}

static bool xml_doc_end_tag(struct xml_reader *r)
{
	size_t start = r->at;
	r->at += 2;
	struct str name = xml_doc_take_name(r);
	xml_doc_skip_space(r);
	if (xml_doc_peek(r, 0) != '>' && !xml_doc_fault(r, r->at, "an end tag does not end"))
		return false;
	r->at += xml_doc_peek(r, 0) == '>';
	if (!r->n_open || !str_eq(xml_doc_full_name(r, r->open[r->n_open - 1].token), name))
		return xml_doc_end_other(r, start, name);
	xml_doc_close(r, r->at);
	return true;
}

/* --- what is no element ------------------------------------------------------------------------------------------- */

/* Behind `end`, which is looked for from here on. */
static bool xml_doc_skip_to(struct xml_reader *r, size_t ahead, const char *end, const char *fault)
{
	size_t start = r->at, at = xml_doc_search(r, r->at + ahead, end);
	r->at = at == r->text.n ? at : at + strlen(end);
	return at < r->text.n || xml_doc_fault(r, start, fault);
}

/* The brackets of a document type. What it declares is not read; entities are not to be declared at all. */
static bool xml_doc_subset(struct xml_reader *r)
{
	while (r->at < r->text.n && r->text.p[r->at] != ']') {
		struct str rest = xml_doc_rest(r);
		char c = rest.p[0];
		bool goes_on = true;
		if (str_starts(rest, STR("<!ENTITY")) && !r->names_only)
			return xml_doc_stop(r, XML_DOC_ENTITIES,
			                    "the document type declares entities, which are never read");
		if (str_starts(rest, STR("<!--")))
			goes_on = xml_doc_skip_to(r, 4, "-->", "a comment does not end");
		else if (str_starts(rest, STR("<?")))
			goes_on = xml_doc_skip_to(r, 2, "?>", "an instruction does not end");
		else if (c == '"' || c == '\'')
			goes_on = xml_doc_skip_to(r, 1, c == '"' ? "\"" : "'", "a literal does not end");
		else
			r->at++;
		if (!goes_on)
			return false;
	}
	return true;
}

static bool xml_doc_doctype(struct xml_reader *r)
{
	size_t start = r->at;
	r->at += 9;
	while (r->at < r->text.n && r->text.p[r->at] != '>') {
		char c = r->text.p[r->at];
		if (c == '[' && !xml_doc_subset(r))
			return false;
		if ((c == '"' || c == '\'') && !xml_doc_skip_to(r, 1, c == '"' ? "\"" : "'", "a literal does not end"))
			return false;
		if (c != '"' && c != '\'' && r->at < r->text.n)
			r->at++;
	}
	if (r->at == r->text.n)
		return xml_doc_fault(r, start, "the document type does not end");
	r->at++;
	return !r->doc->n || xml_doc_fault(r, start, "a document type behind the root's beginning");
}

static bool xml_doc_cdata(struct xml_reader *r)
{
	size_t start = r->at;
	if (!r->n_open) {
		r->at += 9;
		return xml_doc_fault(r, start, "text outside of the root");
	}
	size_t end = xml_doc_search(r, start + 9, "]]>");
	r->at = end == r->text.n ? end : end + 3;
	xml_doc_add(r, XML_CDATA, start + 9, end);
	return end < r->text.n || xml_doc_fault(r, start, "a CDATA section does not end");
}

/* Text up to the next '<', from `start`, which may be one that begins no tag. */
static bool xml_doc_text(struct xml_reader *r, size_t start)
{
	r->at = str_index(r->text, '<', r->at);
	if (r->n_open) {
		xml_doc_add_text(r, start, r->at);
		return true;
	}
	struct str text = str_trim(str_slice(r->text, start, r->at));
	return !text.n || xml_doc_fault(r, (size_t)(text.p - r->text.p), "text outside of the root");
}

static bool xml_doc_markup(struct xml_reader *r)
{
	struct str rest = xml_doc_rest(r);
	char next = xml_doc_peek(r, 1);
	if (xml_doc_begins_name(next))
		return xml_doc_start_tag(r);
	if (next == '/' && xml_doc_begins_name(xml_doc_peek(r, 2)))
		return xml_doc_end_tag(r);
	if (next == '?')
		return xml_doc_skip_to(r, 2, "?>", "an instruction does not end");
	if (str_starts(rest, STR("<!--")))
		return xml_doc_skip_to(r, 4, "-->", "a comment does not end");
	if (str_starts(rest, STR("<![CDATA[")))
		return xml_doc_cdata(r);
	if (str_starts(rest, STR("<!DOCTYPE")))
		return xml_doc_doctype(r);
	size_t start = r->at++;
	return xml_doc_fault(r, start, "'<' that begins no tag") && xml_doc_text(r, start);
}

/* --- the document ------------------------------------------------------------------------------------------------- */

static bool xml_doc_walk(struct xml_reader *r)
{
	while (r->at < r->text.n) {
		if (r->text.p[r->at] == '<' ? !xml_doc_markup(r) : !xml_doc_text(r, r->at))
			return false;
	}
	if (r->n_open && !xml_doc_fault(r, r->text.n, "the text ends within an element"))
		return false;
	while (r->n_open)
		xml_doc_close(r, r->text.n);
	/* Not even a forgiving reader makes XML of text that has no element. */
	if (!r->doc->n)
		return xml_doc_stop(r, XML_DOC_NOT_XML, "there is no element");
	return true;
}

enum xml_doc_fault xml_doc_read(struct arena *a, const struct xml_doc_ask *ask, struct xml_doc *doc)
{
	struct xml_reader r = {
	        .a = a, .ask = ask, .doc = doc, .text = ask->text, .depth_limit = (size_t)ask->depth_limit};
	CHECK(ask->depth_limit > 0);
	*doc = (struct xml_doc){.text = ask->text};
	if (ask->text.n > XML_DOC_MAX_BYTES) {
		doc->fault = "the XML is too long to be indexed";
		return XML_DOC_TOO_LARGE;
	}
	/* As many tokens as most stories have; more room is made for others. */
	r.room = ask->text.n / 16 + 16;
	doc->tokens = arena_alloc(a, r.room * sizeof *doc->tokens);
	r.open = arena_alloc(a, r.depth_limit * sizeof *r.open);
	r.spaces = arena_alloc(a, XML_SPACES_MAX * sizeof *r.spaces);
	if (xml_doc_walk(&r))
		return XML_DOC_OK;
	CHECK(r.fault != XML_DOC_OK);
	return r.fault;
}

struct str xml_doc_root_name(struct str text)
{
	struct xml_doc doc = {0};
	struct xml_doc_ask ask = {.text = text, .forgiving = true};
	struct xml_reader r = {.ask = &ask, .doc = &doc, .text = text, .names_only = true};
	for (;;) {
		/* Whatever white space the reader lets stand outside of the root. */
		while (r.at < r.text.n && str_is_space(r.text.p[r.at]))
			r.at++;
		if (xml_doc_peek(&r, 0) != '<')
			return STR("");
		if (xml_doc_begins_name(xml_doc_peek(&r, 1)))
			break;
		if (xml_doc_peek(&r, 1) != '?' && xml_doc_peek(&r, 1) != '!')
			return STR("");
		if (!xml_doc_markup(&r))
			return STR("");
	}
	r.at++;
	return xml_doc_take_name(&r);
}

void xml_doc_position(struct str text, size_t at, size_t *line, size_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < at && i < text.n; i++) {
		bool feed = text.p[i] == '\n', within = ((unsigned char)text.p[i] & 0xc0) == 0x80;
		*line += feed;
		*column = feed ? 1 : *column + !within;
	}
}

/* --- elements ----------------------------------------------------------------------------------------------------- */

static uint32_t xml_element_from(const struct xml_doc *doc, uint32_t parent, uint32_t at)
{
	uint32_t end = doc->tokens[parent].next;
	while (at < end && doc->tokens[at].kind != XML_ELEMENT)
		at = doc->tokens[at].next;
	return at < end ? at : 0;
}

uint32_t xml_first(const struct xml_doc *doc, uint32_t parent)
{
	return xml_element_from(doc, parent, parent + 1);
}

uint32_t xml_after(const struct xml_doc *doc, uint32_t parent, uint32_t at)
{
	return xml_element_from(doc, parent, doc->tokens[at].next);
}

struct str xml_name(const struct xml_doc *doc, uint32_t element)
{
	const struct xml_token *token = &doc->tokens[element];
	return str_slice(doc->text, token->name, token->name + token->name_bytes);
}

static bool xml_is_named(const struct xml_doc *doc, uint32_t element, struct str name)
{
	const struct xml_token *token = &doc->tokens[element];
	return token->name_bytes == name.n && memcmp(doc->text.p + token->name, name.p, name.n) == 0;
}

static uint32_t xml_named_from(const struct xml_doc *doc, uint32_t parent, uint32_t at, struct str name)
{
	while (at && !xml_is_named(doc, at, name))
		at = xml_after(doc, parent, at);
	return at;
}

uint32_t xml_child(const struct xml_doc *doc, uint32_t parent, const char *name)
{
	return xml_named_from(doc, parent, xml_first(doc, parent), str_of(name));
}

uint32_t xml_again(const struct xml_doc *doc, uint32_t parent, uint32_t at)
{
	return xml_named_from(doc, parent, xml_after(doc, parent, at), xml_name(doc, at));
}

uint32_t xml_find(const struct xml_doc *doc, uint32_t parent, const char *path)
{
	struct str whole = str_of(path);
	size_t slash = str_index(whole, '/', 0);
	struct str name = str_slice(whole, 0, slash);
	uint32_t at = xml_named_from(doc, parent, xml_first(doc, parent), name);
	if (slash == whole.n)
		return at;
	for (; at; at = xml_again(doc, parent, at)) {
		uint32_t found = xml_find(doc, at, path + slash + 1);
		if (found)
			return found;
	}
	return 0;
}

uint32_t xml_descendant(const struct xml_doc *doc, uint32_t parent, const char *name)
{
	for (uint32_t at = parent + 1; at < doc->tokens[parent].next; at++) {
		if (doc->tokens[at].kind == XML_ELEMENT && xml_is(doc, at, name))
			return at;
	}
	return 0;
}

bool xml_has_elements(const struct xml_doc *doc, uint32_t element)
{
	return xml_first(doc, element) != 0;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

struct str xml_raw(const struct xml_doc *doc, uint32_t element)
{
	return str_slice(doc->text, doc->tokens[element].start, doc->tokens[element].end);
}

/* Writes what escaped text says; a character is never longer than its reference. */
static size_t xml_unescape(struct str s, char *out)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n;) {
		size_t amp = str_index(s, '&', at);
		memcpy(out + n, s.p + at, amp - at);
		n += amp - at;
		if (amp == s.n)
			break;
		uint32_t character;
		size_t length = references_read(s, amp, &character);
		n += utf8_write(out + n, length ? character : '&');
		at = amp + (length ? length : 1);
	}
	return n;
}

struct str xml_value(const struct xml_doc *doc, uint32_t token, struct arena *a)
{
	const struct xml_token *t = &doc->tokens[token];
	struct str s = str_slice(doc->text, t->start, t->end);
	CHECK(t->kind != XML_ELEMENT);
	if (!t->escaped)
		return s;
	char *out = arena_alloc(a, s.n);
	return str_make(out, xml_unescape(s, out));
}

struct str xml_attribute(const struct xml_doc *doc, uint32_t element, const char *name, struct arena *a)
{
	size_t n = strlen(name);
	for (uint32_t at = element + 1; at < doc->n && doc->tokens[at].kind == XML_ATTRIBUTE; at++) {
		const struct xml_token *token = &doc->tokens[at];
		if (token->name_bytes == n && memcmp(doc->text.p + token->name, name, n) == 0)
			return xml_value(doc, at, a);
	}
	return (struct str){0};
}

static bool xml_is_text(const struct xml_token *token)
{
	return token->kind == XML_TEXT || token->kind == XML_CDATA;
}

struct str xml_inner(const struct xml_doc *doc, uint32_t element, struct arena *a)
{
	uint32_t end = doc->tokens[element].next, texts = 0, only = 0;
	size_t bytes = 0;
	for (uint32_t at = element + 1; at < end; at++) {
		if (!xml_is_text(&doc->tokens[at]))
			continue;
		texts++;
		only = at;
		bytes += doc->tokens[at].end - doc->tokens[at].start;
	}
	if (texts == 0)
		return STR("");
	if (texts == 1)
		return xml_value(doc, only, a);
	char *out = arena_alloc(a, bytes);
	size_t n = 0;
	for (uint32_t at = element + 1; at < end; at++) {
		const struct xml_token *token = &doc->tokens[at];
		struct str s = str_slice(doc->text, token->start, token->end);
		if (!xml_is_text(token))
			continue;
		if (token->escaped) {
			n += xml_unescape(s, out + n);
		} else {
			memcpy(out + n, s.p, s.n);
			n += s.n;
		}
	}
	return str_make(out, n);
}

/* Is white space in it single blanks? */
static bool xml_is_folded(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (str_is_space(s.p[i]) && (s.p[i] != ' ' || s.p[i + 1] == ' '))
			return false;
	}
	return true;
}

struct str xml_fold(struct str s, struct arena *a)
{
	s = str_trim(s);
	if (xml_is_folded(s))
		return s;
	char *out = arena_alloc(a, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool space = str_is_space(s.p[i]);
		if (!space)
			out[n++] = s.p[i];
		else if (!str_is_space(s.p[i - 1]))
			out[n++] = ' ';
	}
	return str_make(out, n);
}

struct str xml_line(const struct xml_doc *doc, uint32_t element, struct arena *a)
{
	return xml_fold(xml_inner(doc, element, a), a);
}
