#include "pipeline/stages/decode/html.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/references.h"

#include <strings.h>

#define TAG_MAX_BYTES 16

struct html {
	struct str in;
	size_t at;
	char *out;
	size_t n;
	bool space;       /* a blank is due before the next character */
	bool line;        /* a line feed is due */
	unsigned int pre; /* inside so many <pre> */
	/* Behind these there is no further one: looking again and again for an end that never comes would be quadratic.
	 */
	size_t last_quote, last_apostrophe, last_greater;
};

enum tag_kind { TAG_INLINE, TAG_BLOCK, TAG_CELL, TAG_PRE, TAG_HIDDEN };

struct tag_row {
	const char *name;
	enum tag_kind kind;
};

/* Tags that mean more than nothing. */
static const struct tag_row html_tags[] = {
        {"address", TAG_BLOCK}, {"article", TAG_BLOCK},   {"aside", TAG_BLOCK},    {"blockquote", TAG_BLOCK},
        {"body", TAG_BLOCK},    {"br", TAG_BLOCK},        {"caption", TAG_BLOCK},  {"center", TAG_BLOCK},
        {"dd", TAG_BLOCK},      {"details", TAG_BLOCK},   {"dir", TAG_BLOCK},      {"div", TAG_BLOCK},
        {"dl", TAG_BLOCK},      {"dt", TAG_BLOCK},        {"fieldset", TAG_BLOCK}, {"figcaption", TAG_BLOCK},
        {"figure", TAG_BLOCK},  {"footer", TAG_BLOCK},    {"form", TAG_BLOCK},     {"h1", TAG_BLOCK},
        {"h2", TAG_BLOCK},      {"h3", TAG_BLOCK},        {"h4", TAG_BLOCK},       {"h5", TAG_BLOCK},
        {"h6", TAG_BLOCK},      {"header", TAG_BLOCK},    {"hr", TAG_BLOCK},       {"html", TAG_BLOCK},
        {"legend", TAG_BLOCK},  {"li", TAG_BLOCK},        {"main", TAG_BLOCK},     {"nav", TAG_BLOCK},
        {"ol", TAG_BLOCK},      {"option", TAG_BLOCK},    {"p", TAG_BLOCK},        {"section", TAG_BLOCK},
        {"summary", TAG_BLOCK}, {"table", TAG_BLOCK},     {"tbody", TAG_BLOCK},    {"tfoot", TAG_BLOCK},
        {"thead", TAG_BLOCK},   {"tr", TAG_BLOCK},        {"ul", TAG_BLOCK},       {"td", TAG_CELL},
        {"th", TAG_CELL},       {"pre", TAG_PRE},         {"textarea", TAG_PRE},   {"script", TAG_HIDDEN},
        {"style", TAG_HIDDEN},  {"template", TAG_HIDDEN}, {"iframe", TAG_HIDDEN},  {"noscript", TAG_HIDDEN},
        {"svg", TAG_HIDDEN},    {"object", TAG_HIDDEN},   {"head", TAG_HIDDEN},    {"select", TAG_HIDDEN},
};

static bool html_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool html_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* What is due before the next character. Nothing is due at the very start. */
static void html_flush(struct html *h)
{
	if (h->n && (h->line || h->space))
		h->out[h->n++] = h->line ? '\n' : ' ';
	h->line = h->space = false;
}

static void html_put(struct html *h, struct str s)
{
	html_flush(h);
	memcpy(h->out + h->n, s.p, s.n);
	h->n += s.n;
}

static void html_put_space(struct html *h, char c)
{
	if (!h->pre)
		h->space = true;
	else if (c == '\n')
		h->line = true;
	else if (c != '\r')
		html_put(h, str_make(&c, 1));
}

static void html_put_text(struct html *h, struct str s)
{
	for (size_t start = 0; start < s.n;) {
		size_t end = start;
		while (end < s.n && !str_is_space(s.p[end]))
			end++;
		if (end > start)
			html_put(h, str_slice(s, start, end));
		for (start = end; start < s.n && str_is_space(s.p[start]); start++)
			html_put_space(h, s.p[start]);
	}
}

/* --- names of characters ------------------------------------------------------------------------------------------ */

/* At an '&': writes the character that is meant, or the '&' itself. */
static void html_entity(struct html *h)
{
	uint32_t c;
	size_t length = references_read(h->in, h->at, &c);
	if (!length) {
		html_put(h, STR("&"));
		h->at++;
		return;
	}
	char utf8[4];
	size_t n = utf8_write(utf8, c);
	if (n == 1 && str_is_space(utf8[0]))
		html_put_space(h, utf8[0]);
	else
		html_put(h, str_make(utf8, n));
	h->at += length;
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

static size_t html_last(struct str s, char c)
{
	const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : 0;
}

/* Behind the '>' that ends the tag at `at`. A quote that is never closed hides no '>'. */
static size_t html_tag_end(const struct html *h, size_t at)
{
	while (at < h->in.n && h->in.p[at] != '>') {
		char c = h->in.p[at];
		if (c == '"' && at < h->last_quote)
			at = str_index(h->in, '"', at + 1);
		else if (c == '\'' && at < h->last_apostrophe)
			at = str_index(h->in, '\'', at + 1);
		at++;
	}
	return at < h->in.n ? at + 1 : h->in.n;
}

static enum tag_kind html_kind(struct str name)
{
	for (size_t i = 0; i < sizeof html_tags / sizeof *html_tags; i++) {
		const char *known = html_tags[i].name;
		if (strlen(known) == name.n && strncasecmp(known, name.p, name.n) == 0)
			return html_tags[i].kind;
	}
	return TAG_INLINE;
}

/* Behind the end tag of that name, or the end: what is hidden and never ends hides the rest, as it does in a browser.
 */
static size_t html_hidden_end(const struct html *h, size_t at, struct str name)
{
	for (;;) {
		at = str_index(h->in, '<', at);
		if (at + 2 + name.n >= h->in.n)
			return h->in.n;
		if (h->in.p[at + 1] == '/' && strncasecmp(h->in.p + at + 2, name.p, name.n) == 0 &&
		    !html_is_letter(h->in.p[at + 2 + name.n])) {
			size_t end = str_index(h->in, '>', at);
			return end < h->in.n ? end + 1 : h->in.n;
		}
		at++;
	}
}

static void html_tag(struct html *h, size_t name_at, bool closing)
{
	size_t name_end = name_at;
	while (name_end < h->in.n && (html_is_letter(h->in.p[name_end]) || html_is_digit(h->in.p[name_end])))
		name_end++;
	struct str name = str_slice(h->in, name_at, name_end);
	size_t end = html_tag_end(h, name_end);
	bool empty = end >= 2 && h->in.p[end - 2] == '/';
	h->at = end;
	switch (html_kind(name)) {
	case TAG_INLINE:
		break;
	case TAG_CELL:
		h->space = true;
		break;
	case TAG_HIDDEN:
		if (!closing && !empty)
			h->at = html_hidden_end(h, end, name);
		h->space = true;
		break;
	case TAG_PRE:
		if (closing)
			h->pre -= h->pre > 0;
		else
			h->pre++;
		h->line = true;
		break;
	case TAG_BLOCK:
		h->line = true;
		break;
	}
}

/* At "<!" or "<?": comments end with "-->", everything else with '>'. */
static void html_declaration(struct html *h)
{
	struct str rest = str_slice(h->in, h->at, h->in.n);
	if (str_starts(rest, STR("<!--"))) {
		const char *end = memmem(rest.p + 2, rest.n - 2, "-->", 3);
		/* One that never ends is looked for once: it takes the rest with it. */
		h->at = end ? (size_t)(end - h->in.p) + 3 : h->in.n;
		return;
	}
	if (str_starts(rest, STR("<![CDATA["))) {
		const char *end = memmem(rest.p, rest.n, "]]>", 3);
		size_t text_end = end ? (size_t)(end - h->in.p) : h->in.n;
		html_put_text(h, str_slice(h->in, h->at + 9, text_end));
		h->at = end ? text_end + 3 : h->in.n;
		return;
	}
	h->at = str_index(h->in, '>', h->at) + 1;
}

/* At a '<': a tag, or a sign of its own ("5 < 6"). */
static void html_markup(struct html *h)
{
	char next = h->at + 1 < h->in.n ? h->in.p[h->at + 1] : 0;
	bool closing = next == '/' && h->at + 2 < h->in.n && html_is_letter(h->in.p[h->at + 2]);
	if (h->at < h->last_greater && (closing || html_is_letter(next))) {
		html_tag(h, h->at + 1 + closing, closing);
	} else if (h->at < h->last_greater && (next == '!' || next == '?')) {
		html_declaration(h);
	} else {
		html_put(h, STR("<"));
		h->at++;
	}
}

struct str html_to_text(struct str s, struct arena *tmp, struct arena *keep)
{
	struct html h = {.in = s, .out = arena_alloc(tmp, s.n)};
	h.last_quote = html_last(s, '"');
	h.last_apostrophe = html_last(s, '\'');
	h.last_greater = html_last(s, '>');
	while (h.at < s.n) {
		char c = s.p[h.at];
		if (c == '<') {
			html_markup(&h);
		} else if (c == '&') {
			html_entity(&h);
		} else {
			size_t end = h.at;
			while (end < s.n && s.p[end] != '<' && s.p[end] != '&')
				end++;
			html_put_text(&h, str_slice(s, h.at, end));
			h.at = end;
		}
		CHECK(h.n <= s.n);
	}
	return arena_copy(keep, str_make(h.out, h.n));
}

bool html_is_likely(struct str s)
{
	s = str_trim(s);
	return s.n > 6 && s.p[0] == '<' && (html_is_letter(s.p[1]) || s.p[1] == '!') && s.p[s.n - 1] == '>';
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
