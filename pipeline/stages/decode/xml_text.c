#include "pipeline/stages/decode/xml_text.h"

#include "pipeline/base/check.h"

#include <strings.h>

/* Lines of text that was wrapped by a wire are at least so long. */
#define WIRED_WIDTH_MIN 40
#define WIRED_WIDTH_MAX 100
/* A line was broken on purpose where so much more would have gone on it. */
#define WIRED_SPARE 4

struct xml_text {
	const struct xml_doc *doc;
	struct arena *tmp;
	char *out;
	size_t n, room;
	bool space;  /* a blank is due before the next character */
	bool line;   /* a line feed is due */
	bool broken; /* a <br> is due; a second one makes a line feed of it */
	bool has_breaks;
};

enum xml_tag { TAG_INLINE, TAG_BLOCK, TAG_BREAK, TAG_CELL, TAG_PRE, TAG_HIDDEN };

/* Stands for a <br> until all are known; it is white space, so text as it is written here holds none. */
#define BREAK '\v'

struct xml_tag_row {
	const char *name;
	enum xml_tag tag;
};

/* XHTML, NITF, TT's own; in alphabetical order. */
static const struct xml_tag_row xml_tags[] = {
        {"address", TAG_BLOCK},
        {"article", TAG_BLOCK},
        {"aside", TAG_BLOCK},
        {"bild", TAG_HIDDEN},
        {"block", TAG_BLOCK},
        {"blockquote", TAG_BLOCK},
        {"body", TAG_BLOCK},
        {"body.content", TAG_BLOCK},
        {"body.end", TAG_HIDDEN},
        {"body.head", TAG_HIDDEN},
        {"bq", TAG_BLOCK},
        {"br", TAG_BREAK},
        {"brodtext", TAG_BLOCK},
        {"byline", TAG_HIDDEN},
        {"caption", TAG_BLOCK},
        {"center", TAG_BLOCK},
        {"citat", TAG_BLOCK},
        {"credit", TAG_BLOCK},
        {"dat", TAG_HIDDEN},
        {"dd", TAG_BLOCK},
        {"div", TAG_BLOCK},
        {"dl", TAG_BLOCK},
        {"dt", TAG_BLOCK},
        {"figure", TAG_HIDDEN},
        {"fn", TAG_BLOCK},
        {"footer", TAG_BLOCK},
        {"h1", TAG_BLOCK},
        {"h2", TAG_BLOCK},
        {"h3", TAG_BLOCK},
        {"h4", TAG_BLOCK},
        {"h5", TAG_BLOCK},
        {"h6", TAG_BLOCK},
        {"head", TAG_HIDDEN},
        {"header", TAG_HIDDEN},
        {"hl1", TAG_BLOCK},
        {"hl2", TAG_BLOCK},
        {"hr", TAG_BLOCK},
        {"html", TAG_BLOCK},
        {"iframe", TAG_HIDDEN},
        {"ingress", TAG_BLOCK},
        {"li", TAG_BLOCK},
        {"main", TAG_BLOCK},
        {"media", TAG_HIDDEN},
        {"mellis", TAG_BLOCK},
        {"nav", TAG_HIDDEN},
        {"nitf-table", TAG_BLOCK},
        {"nitf-table-metadata", TAG_HIDDEN},
        {"note", TAG_HIDDEN},
        {"object", TAG_HIDDEN},
        {"ol", TAG_BLOCK},
        {"p", TAG_BLOCK},
        {"pre", TAG_PRE},
        {"rubrik", TAG_BLOCK},
        {"script", TAG_HIDDEN},
        {"section", TAG_BLOCK},
        {"style", TAG_HIDDEN},
        {"svg", TAG_HIDDEN},
        {"table", TAG_BLOCK},
        {"tbody", TAG_BLOCK},
        {"td", TAG_CELL},
        {"text", TAG_BLOCK},
        {"tfoot", TAG_BLOCK},
        {"th", TAG_CELL},
        {"thead", TAG_BLOCK},
        {"title", TAG_HIDDEN},
        {"tr", TAG_BLOCK},
        {"ul", TAG_BLOCK},
};

/* Classes of what stands in a body and is not of the story (dpa): times and codes, and what is not for publication. */
static const char *const xml_hidden_classes[] = {"notepad",  "closingline",     "teaser",
                                                 "slugline", "publicationDate", "byline"};

/* --- what is it? -------------------------------------------------------------------------------------------------- */

static int xml_tag_order(struct str name, const char *known)
{
	size_t n = strlen(known);
	int order = strncasecmp(name.p, known, name.n < n ? name.n : n);
	return order ? order : (name.n > n) - (name.n < n);
}

static enum xml_tag xml_tag_of(struct str name)
{
	size_t low = 0, high = sizeof xml_tags / sizeof *xml_tags;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = xml_tag_order(name, xml_tags[middle].name);
		if (order == 0)
			return xml_tags[middle].tag;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return TAG_INLINE;
}

bool xml_has_class(const struct xml_doc *doc, uint32_t element, const char *word, struct arena *tmp)
{
	struct str classes = xml_attribute(doc, element, "class", tmp);
	for (size_t start = 0; start < classes.n;) {
		size_t end = start;
		while (end < classes.n && !str_is_space(classes.p[end]))
			end++;
		if (str_is(str_slice(classes, start, end), word))
			return true;
		start = end + 1;
	}
	return false;
}

static bool xml_text_is_hidden(struct xml_text *t, uint32_t element)
{
	const struct xml_token *next = &t->doc->tokens[element] + 1;
	bool has_attributes = element + 1 < t->doc->n && next->kind == XML_ATTRIBUTE;
	for (size_t i = 0; has_attributes && i < sizeof xml_hidden_classes / sizeof *xml_hidden_classes; i++) {
		if (xml_has_class(t->doc, element, xml_hidden_classes[i], t->tmp))
			return true;
	}
	return false;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void xml_text_put(struct xml_text *t, struct str s)
{
	CHECK(t->n + s.n + 1 <= t->room);
	/* Nothing is due at the very start. */
	if (t->n && (t->line || t->broken || t->space))
		t->out[t->n++] = t->line ? '\n' : t->broken ? BREAK : ' ';
	t->line = t->broken = t->space = false;
	memcpy(t->out + t->n, s.p, s.n);
	t->n += s.n;
}

static void xml_text_words(struct xml_text *t, struct str s)
{
	for (size_t start = 0; start < s.n;) {
		size_t end = start;
		while (end < s.n && !str_is_space(s.p[end]))
			end++;
		if (end > start)
			xml_text_put(t, str_slice(s, start, end));
		t->space |= end < s.n;
		for (start = end; start < s.n && str_is_space(s.p[start]);)
			start++;
	}
}

/* A line feed, or the character that stands for a <br>. */
static size_t xml_line_end(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != '\n' && s.p[at] != BREAK)
		at++;
	return at;
}

/* Lines as they are, without what is empty. */
static void xml_text_lines(struct xml_text *t, struct str s)
{
	for (size_t start = 0; start < s.n;) {
		size_t end = xml_line_end(s, start);
		struct str line = str_slice(s, start, end);
		struct str trimmed = str_trim(line);
		bool ended = end < s.n;
		t->space |= trimmed.n && !t->line && str_is_space(line.p[0]);
		if (trimmed.n)
			xml_text_put(t, trimmed);
		t->space |= !ended && trimmed.n && str_is_space(line.p[line.n - 1]);
		t->line |= ended;
		start = end + 1;
	}
}

/* --- text that came over a wire ----------------------------------------------------------------------------------- */

/*
 * Some put a wire's text into one paragraph as it came (Reuters): lines wrapped at a width, blanks before the first
 * line of a paragraph, tables. Told from the indentation of the XML itself by lines that begin at the very left.
 */
static bool xml_text_is_wired(struct str s)
{
	size_t left = 0, breaks = 0;
	for (size_t at = str_index(s, '\n', 0); at < s.n; at = str_index(s, '\n', at + 1)) {
		bool more = at + 1 < s.n;
		left += more && !str_is_space(s.p[at + 1]);
		breaks++;
	}
	return breaks >= 2 && left * 4 >= breaks;
}

static size_t xml_text_width(struct str s)
{
	size_t width = 0;
	for (size_t start = 0; start < s.n;) {
		size_t end = str_index(s, '\n', start);
		if (end - start > width)
			width = end - start;
		start = end + 1;
	}
	return width;
}

static bool xml_text_is_row(struct str line)
{
	return memmem(str_trim(line).p, str_trim(line).n, "  ", 2) != NULL;
}

/* Does a new line begin with `next`, which stands behind `line`? */
static bool xml_text_breaks(struct str line, struct str next, size_t width)
{
	size_t word = 0;
	while (word < next.n && !str_is_space(next.p[word]))
		word++;
	bool fits = str_trim(line).n + 1 + word + WIRED_SPARE <= width;
	/* A credit that was put behind the last sentence. */
	bool credit =
	        next.n && next.p[0] == '(' && str_trim(line).n && strchr(".\"", str_trim(line).p[str_trim(line).n - 1]);
	return credit || !line.n || !str_trim(next).n || str_is_space(next.p[0]) || xml_text_is_row(line) ||
	       xml_text_is_row(next) || fits || width < WIRED_WIDTH_MIN;
}

static void xml_text_wired(struct xml_text *t, struct str s)
{
	size_t width = xml_text_width(s);
	struct str line = STR("");
	for (size_t start = 0; start < s.n;) {
		size_t end = str_index(s, '\n', start);
		struct str next = str_slice(s, start, end);
		if (start > 0 && xml_text_breaks(line, next, width))
			t->line = true;
		/* A blank between lines is paid for by the line feed; before the first there need not be one. */
		t->space |= start > 0 || str_is_space(s.p[0]);
		xml_text_words(t, next);
		line = next;
		start = end + 1;
	}
	t->space |= s.n && str_is_space(s.p[s.n - 1]);
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

static void xml_text_walk(struct xml_text *t, uint32_t parent, bool pre);

static void xml_text_element(struct xml_text *t, uint32_t element, bool pre)
{
	enum xml_tag tag = xml_tag_of(xml_name(t->doc, element));
	if (tag != TAG_INLINE && tag != TAG_CELL && xml_text_is_hidden(t, element))
		tag = TAG_HIDDEN;
	/* Dashes that are elements (STT). */
	if (xml_is(t->doc, element, "endash") || xml_is(t->doc, element, "emdash"))
		xml_text_put(t, xml_is(t->doc, element, "endash") ? STR("\xe2\x80\x93") : STR("\xe2\x80\x94"));
	bool block = tag == TAG_BLOCK || tag == TAG_PRE;
	t->line |= block || (tag == TAG_BREAK && (pre || t->broken));
	t->broken |= tag == TAG_BREAK;
	t->has_breaks |= tag == TAG_BREAK;
	t->space |= tag == TAG_CELL || tag == TAG_HIDDEN;
	if (tag != TAG_HIDDEN)
		xml_text_walk(t, element, pre || tag == TAG_PRE);
	t->line |= block;
	t->space |= tag == TAG_CELL;
}

/* Recursion is as deep as the document, and that is limited. */
static void xml_text_walk(struct xml_text *t, uint32_t parent, bool pre)
{
	const struct xml_doc *doc = t->doc;
	for (uint32_t at = parent + 1; at < doc->tokens[parent].next; at = doc->tokens[at].next) {
		if (doc->tokens[at].kind == XML_ELEMENT) {
			xml_text_element(t, at, pre);
			continue;
		}
		if (doc->tokens[at].kind == XML_ATTRIBUTE)
			continue;
		struct str s = xml_value(doc, at, t->tmp);
		if (pre)
			xml_text_lines(t, s);
		else if (xml_text_is_wired(s))
			xml_text_wired(t, s);
		else
			xml_text_words(t, s);
	}
}

/* --- line breaks -------------------------------------------------------------------------------------------------- */

/*
 * A <br> is where the sender wanted a new line, or where his wire has wrapped one (AAP): then the next word would not
 * have fitted into the width that all such lines keep to.
 */
static void xml_text_breaks_out(char *out, size_t n)
{
	struct str s = str_make(out, n);
	size_t width = 0;
	for (size_t at = 0, end; at < n; at = end + 1) {
		end = xml_line_end(s, at);
		if (end < n && s.p[end] == BREAK && end - at > width)
			width = end - at;
	}
	bool wrapped = width >= WIRED_WIDTH_MIN && width <= WIRED_WIDTH_MAX;
	for (size_t at = 0, end; at < n; at = end + 1) {
		end = xml_line_end(s, at);
		if (end == n || s.p[end] != BREAK)
			continue;
		size_t word = end + 1;
		while (word < n && !str_is_space(s.p[word]))
			word++;
		out[end] = wrapped && word - at + WIRED_SPARE > width ? ' ' : '\n';
	}
}

struct str xml_text(const struct xml_doc *doc, uint32_t element, struct arena *tmp, struct arena *keep)
{
	/* What a tag, or white space, makes is never longer than itself; the first text pays for the last. */
	size_t room = xml_raw(doc, element).n + 2;
	struct xml_text t = {.doc = doc, .tmp = tmp, .out = arena_alloc(tmp, room), .room = room};
	xml_text_walk(&t, element, false);
	if (t.has_breaks)
		xml_text_breaks_out(t.out, t.n);
	return arena_copy(keep, str_make(t.out, t.n));
}
