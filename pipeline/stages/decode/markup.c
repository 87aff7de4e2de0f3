#include "pipeline/stages/decode/markup.h"

#include <strings.h>

const struct tag_row tag_rows[TAGS_END] = {
        {"", SHAPE_INLINE, CONTENT_ANY},
#define TAG(name, ID, shape, content) {name, SHAPE_##shape, CONTENT_##content},
#include "pipeline/stages/decode/tags.def"
#undef TAG
};

#define NAME_MAX_BYTES 10 /* of the longest: blockquote, figcaption */

bool markup_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool markup_is_name(struct str s, const char *name)
{
	return str_is_fold(s, name);
}

static size_t markup_last(struct str s, char c)
{
	const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : 0;
}

struct markup markup_start(struct str text)
{
	struct markup m;
	m.in = text;
	m.at = 0;
	m.last_quote = markup_last(text, '"');
	m.last_apostrophe = markup_last(text, '\'');
	m.last_greater = markup_last(text, '>');
	memset(m.endless, 0, sizeof m.endless);
	m.raw = TAG_OTHER;
	m.n_attributes = 0;
	return m;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static enum tag markup_tag_of(struct str name)
{
	char small[NAME_MAX_BYTES + 1] = {0};
	int low = 1, high = TAGS_END;
	if (!name.n || name.n > NAME_MAX_BYTES)
		return TAG_OTHER;
	for (size_t i = 0; i < name.n; i++)
		small[i] = (char)(name.p[i] | 32); /* digits have that bit, too */
	while (low < high) {
		int middle = (low + high) / 2;
		int order = small[0] != tag_rows[middle].name[0] ? small[0] - tag_rows[middle].name[0]
		                                                 : strcmp(small, tag_rows[middle].name);
		if (order == 0)
			return (enum tag)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return TAG_OTHER;
}

static bool markup_ends_name(char c)
{
	return str_is_space(c) || c == '/' || c == '>';
}

/* Is this, behind "<" or "</", that name? */
static bool markup_is_at(struct str in, size_t at, struct str name)
{
	return at + name.n < in.n && strncasecmp(in.p + at, name.p, name.n) == 0 && markup_ends_name(in.p[at + name.n]);
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

static size_t markup_spaces(struct str s, size_t at)
{
	while (at < s.n && str_is_space(s.p[at]))
		at++;
	return at;
}

/* Behind the value that begins at `at`; *value without its quotes. */
static size_t markup_value(const struct markup *m, size_t at, struct str *value)
{
	char quote = at < m->in.n ? m->in.p[at] : 0;
	if ((quote == '"' && at < m->last_quote) || (quote == '\'' && at < m->last_apostrophe)) {
		size_t end = str_index(m->in, quote, at + 1);
		*value = str_slice(m->in, at + 1, end);
		return end + 1;
	}
	size_t end = at;
	while (end < m->in.n && !str_is_space(m->in.p[end]) && m->in.p[end] != '>')
		end++;
	*value = str_slice(m->in, at, end);
	return end;
}

/* Behind the attribute that begins at `at`, which is kept where there is room. */
static size_t markup_take_attribute(struct markup *m, size_t at)
{
	const struct str in = m->in;
	struct markup_attribute a = {.value = STR("")};
	size_t end = at + 1;
	while (end < in.n && in.p[end] != '=' && !markup_ends_name(in.p[end]))
		end++;
	a.name = str_slice(in, at, end);
	size_t sign = end < in.n && in.p[end] == '=' ? end : markup_spaces(in, end);
	if (sign < in.n && in.p[sign] == '=')
		end = markup_value(m, markup_spaces(in, sign + 1), &a.value);
	if (m->n_attributes < MARKUP_ATTRIBUTES_MAX)
		m->attributes[m->n_attributes++] = a;
	return end;
}

static void markup_take_tag(struct markup *m, size_t name_at, bool closing)
{
	const struct str in = m->in;
	size_t at = name_at;
	while (at < in.n && !markup_ends_name(in.p[at]))
		at++;
	m->text = str_slice(in, name_at, at);
	m->tag = markup_tag_of(m->text);
	m->kind = closing ? MARKUP_CLOSE : MARKUP_OPEN;
	m->n_attributes = 0;
	m->is_empty = false;
	while (at < in.n && in.p[at] != '>') {
		if (str_is_space(in.p[at]) || in.p[at] == '/') {
			m->is_empty = in.p[at++] == '/';
			continue;
		}
		m->is_empty = false;
		at = markup_take_attribute(m, at);
	}
	m->at = at < in.n ? at + 1 : in.n;
	if (!closing && tag_rows[m->tag].content >= CONTENT_TEXT)
		m->raw = m->tag;
}

struct str markup_attribute(const struct markup *m, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < m->n_attributes; i++) {
		const struct markup_attribute *a = &m->attributes[i];
		if (a->name.n == n && (a->name.p[0] | 32) == name[0] && strncasecmp(a->name.p, name, n) == 0)
			return a->value;
	}
	return (struct str){0};
}

/* --- what is no tag ----------------------------------------------------------------------------------------------- */

/* At "<!" or "<?": comments end with "-->", everything else with '>'. True: it was text (CDATA). */
static bool markup_declaration(struct markup *m)
{
	struct str rest = str_slice(m->in, m->at, m->in.n);
	if (str_starts(rest, STR("<!--"))) {
		const char *end = memmem(rest.p + 2, rest.n - 2, "-->", 3);
		/* One that never ends is looked for once: it takes the rest with it. */
		m->at = end ? (size_t)(end - m->in.p) + 3 : m->in.n;
		return false;
	}
	if (str_starts(rest, STR("<![CDATA["))) {
		const char *end = memmem(rest.p, rest.n, "]]>", 3);
		size_t text_end = end ? (size_t)(end - m->in.p) : m->in.n;
		m->kind = MARKUP_RAW;
		m->tag = TAG_OTHER;
		m->text = str_slice(m->in, m->at + 9, text_end);
		m->at = end ? text_end + 3 : m->in.n;
		return true;
	}
	m->at = str_index(m->in, '>', m->at) + 1;
	return false;
}

/*
 * Where the end tag of that name begins, or the end of the text. A script may write a script: in "<!--" an opened one
 * must be closed before the end counts, as browsers have it.
 */
static size_t markup_raw_end(const struct markup *m, enum tag tag)
{
	const struct str in = m->in, name = str_of(tag_rows[tag].name);
	bool script = tag_rows[tag].content == CONTENT_SCRIPT, written = false;
	size_t comment_end = m->at; /* a comment that has begun ends here */
	for (size_t at = m->at; (at = str_index(in, '<', at)) < in.n; at++) {
		if (at >= comment_end)
			written = false;
		if (at + 1 < in.n && in.p[at + 1] == '/' && markup_is_at(in, at + 2, name)) {
			if (!written)
				return at;
			written = false;
		} else if (script && at < comment_end && markup_is_at(in, at + 1, name)) {
			written = true;
		} else if (script && at >= comment_end && str_starts(str_slice(in, at, in.n), STR("<!--"))) {
			const char *end = memmem(in.p + at + 2, in.n - at - 2, "-->", 3);
			comment_end = end ? (size_t)(end - in.p) : in.n;
		}
	}
	return in.n;
}

static bool markup_take_raw(struct markup *m)
{
	size_t end = markup_raw_end(m, m->raw);
	m->kind = tag_rows[m->raw].content == CONTENT_TEXT ? MARKUP_TEXT : MARKUP_RAW;
	m->tag = m->raw;
	m->text = str_slice(m->in, m->at, end);
	m->at = end;
	m->raw = TAG_OTHER;
	return m->text.n > 0;
}

/* At a '<': a tag, a declaration, or a sign of its own ("5 < 6"). False: nothing to give. */
static bool markup_take_sign(struct markup *m)
{
	char next = m->at + 1 < m->in.n ? m->in.p[m->at + 1] : 0;
	bool closing = next == '/' && m->at + 2 < m->in.n && markup_is_letter(m->in.p[m->at + 2]);
	if (m->at < m->last_greater && (closing || markup_is_letter(next))) {
		markup_take_tag(m, m->at + 1 + closing, closing);
		return true;
	}
	if (m->at < m->last_greater && (next == '!' || next == '?'))
		return markup_declaration(m);
	m->kind = MARKUP_TEXT;
	m->tag = TAG_OTHER;
	m->text = str_slice(m->in, m->at, m->at + 1);
	m->at++;
	return true;
}

bool markup_next(struct markup *m)
{
	while (m->at < m->in.n) {
		if (m->raw) {
			if (markup_take_raw(m))
				return true;
		} else if (m->in.p[m->at] == '<') {
			if (markup_take_sign(m))
				return true;
		} else {
			size_t end = str_index(m->in, '<', m->at);
			m->kind = MARKUP_TEXT;
			m->tag = TAG_OTHER;
			m->text = str_slice(m->in, m->at, end);
			m->at = end;
			return true;
		}
	}
	return false;
}

bool markup_skip(struct markup *m)
{
	uint64_t bit = (uint64_t)1 << (m->tag % 64);
	if (m->endless[m->tag / 64] & bit)
		return false;
	size_t end = markup_raw_end(m, m->tag);
	if (end == m->in.n) {
		m->endless[m->tag / 64] |= bit;
		return false;
	}
	m->raw = TAG_OTHER;
	m->at = str_index(m->in, '>', end);
	m->at += m->at < m->in.n;
	return true;
}
