#include "pipeline/stages/decode/xml.h"

#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

#include <unicode/uchar.h>

/* Capitals that stand for themselves: "AFP", "NASA". */
#define ABBREVIATION_MAX 4

/* Of an element's name, in words for a person. */
#define NAME_SHOWN_MAX 40

/* --- kinds of documents ------------------------------------------------------------------------------------------- */

struct xml_root {
	const char *name;
	enum decode_format format;
	bool (*parts)(struct decode *d, const struct xml_doc *doc, uint32_t root);
	bool inside; /* looked for inside of unknown XML, too: an envelope may be around it */
};

/* By the root's local name: prefixes vary, and many leave the namespace out. */
static const struct xml_root xml_roots[] = {
        {"newsItem", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"newsMessage", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"packageItem", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"conceptItem", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"knowledgeItem", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"planningItem", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"catalogItem", FORMAT_NEWSML_G2, newsml_g2_parts, true},
        {"groupSet", FORMAT_NEWSML_G2, newsml_g2_parts, false},
        {"NewsML", FORMAT_NEWSML_1, newsml_1_parts, true},
        {"NewsItem", FORMAT_NEWSML_1, newsml_1_parts, true},
        {"nitf", FORMAT_NITF, nitf_parts, true},
        {"rss", FORMAT_RSS, rss_parts, true},
        {"RDF", FORMAT_RSS, rss_parts, false},
        {"channel", FORMAT_RSS, rss_parts, false},
        {"feed", FORMAT_ATOM, atom_parts, false},
        {"entry", FORMAT_ATOM, atom_parts, false},
};
#define XML_ROOTS (sizeof xml_roots / sizeof *xml_roots)

static struct str xml_local_name(struct str name)
{
	size_t colon = str_index(name, ':', 0);
	return colon < name.n ? str_slice(name, colon + 1, name.n) : name;
}

static const struct xml_root *xml_root_of(struct str name)
{
	name = xml_local_name(name);
	for (size_t i = 0; i < XML_ROOTS; i++) {
		if (str_is(name, xml_roots[i].name))
			return &xml_roots[i];
	}
	return NULL;
}

static bool xml_text_is(struct str text, enum decode_format format)
{
	const struct xml_root *root = xml_root_of(xml_doc_root_name(text));
	return root && root->format == format;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static const char *xml_where(const struct decode *d, const struct xml_doc *doc)
{
	size_t line, column;
	xml_doc_position(doc->text, doc->fault_at, &line, &column);
	return arena_printf(d->call->tmp, "%s: line %zu, column %zu", doc->fault, line, column).p;
}

static enum took xml_refuse(struct decode *d, const struct walk *w, enum reason reason, const struct xml_doc *doc)
{
	return decode_refuse(d, w, reason, xml_where(d, doc)) ? TOOK_ALL : TOOK_END;
}

/* Is not even the first tag one ("<rss is what we read")? */
static bool xml_is_prose(const struct xml_doc *doc)
{
	return !memchr(doc->text.p, '>', doc->fault_at);
}

/* Parts of stories that an unknown envelope holds: how many, or -1: the message has ended. */
static int xml_inside(struct decode *d, const struct xml_doc *doc)
{
	int found = 0;
	for (uint32_t at = 0; at < doc->n;) {
		const struct xml_root *root =
		        doc->tokens[at].kind == XML_ELEMENT ? xml_root_of(xml_name(doc, at)) : NULL;
		if (!root || !root->inside) {
			at++;
			continue;
		}
		if (!root->parts(d, doc, at))
			return -1;
		found++;
		at = doc->tokens[at].next;
	}
	return found;
}

static enum took xml_any(struct decode *d, const struct walk *w, const struct xml_doc *doc)
{
	int parts = xml_inside(d, doc);
	if (parts == 0)
		parts = vendor_parts(d, doc);
	if (parts)
		return parts > 0 ? TOOK_ALL : TOOK_END;
	struct str name = fold_cut(xml_name(doc, 0), NAME_SHOWN_MAX);
	const char *words = arena_printf(d->call->tmp,
	                                 "XML with the root element '%.*s' is of no format that is known here, "
	                                 "and nothing in it is called as headlines and texts are",
	                                 STR_ARG(name))
	                            .p;
	return decode_refuse(d, w, REASON_BAD_FORMAT, words) ? TOOK_ALL : TOOK_END;
}

static enum took xml_parts(struct decode *d, const struct walk *w, const struct xml_doc *doc)
{
	const struct xml_root *root = xml_root_of(xml_name(doc, 0));
	if (!root)
		return xml_any(d, w, doc);
	return root->parts(d, doc, 0) ? TOOK_ALL : TOOK_END;
}

/* Not well-formed: a feed is read as far as it goes. */
static enum took xml_damaged(struct decode *d, const struct walk *w, struct xml_doc *doc)
{
	const struct xml_root *root = xml_root_of(xml_doc_root_name(doc->text));
	bool feed = root && (root->format == FORMAT_RSS || root->format == FORMAT_ATOM);
	bool declared = str_starts(str_trim(doc->text), STR("<?xml")) || root;
	if (!decode_must(d, w) && (!declared || xml_is_prose(doc)))
		return TOOK_NOT;
	struct xml_doc whole = *doc;
	struct xml_doc_ask ask = {.text = doc->text, .depth_limit = d->call->env->limits.depth, .forgiving = true};
	if (feed && xml_doc_read(d->call->tmp, &ask, &whole) == XML_DOC_OK)
		return xml_parts(d, w, &whole);
	return xml_refuse(d, w, REASON_BAD_XML, doc);
}

static enum took xml_read_as(struct decode *d, struct str text, const struct walk *w, enum decode_format format)
{
	struct xml_doc doc;
	struct str name = xml_doc_root_name(text);
	const struct xml_root *root = xml_root_of(name);
	struct xml_doc_ask ask = {.text = text, .depth_limit = d->call->env->limits.depth};
	if (format == FORMAT_XML_OTHER ? !name.n : !root || root->format != format)
		return TOOK_NOT;
	switch (xml_doc_read(d->call->tmp, &ask, &doc)) {
	case XML_DOC_OK:
		return xml_parts(d, w, &doc);
	case XML_DOC_TOO_DEEP:
		return xml_refuse(d, w, REASON_LIMIT_DEPTH, &doc);
	case XML_DOC_TOO_LARGE:
		return xml_refuse(d, w, REASON_LIMIT_PARSE, &doc);
	case XML_DOC_ENTITIES:
		return xml_refuse(d, w, REASON_BAD_XML, &doc);
	default:
		return xml_damaged(d, w, &doc);
	}
}

#define XML_FORMAT(id, ID)                                                                                             \
	bool id##_is(const struct decode *d, struct str text, const struct walk *w)                                    \
	{                                                                                                              \
		(void)d;                                                                                               \
		(void)w;                                                                                               \
		return xml_text_is(text, FORMAT_##ID);                                                                 \
	}                                                                                                              \
                                                                                                                       \
	enum took id##_read(struct decode *d, struct str text, struct walk w)                                          \
	{                                                                                                              \
		return xml_read_as(d, text, &w, FORMAT_##ID);                                                          \
	}

XML_FORMAT(newsml_g2, NEWSML_G2)
XML_FORMAT(newsml_1, NEWSML_1)
XML_FORMAT(nitf, NITF)
XML_FORMAT(rss, RSS)
XML_FORMAT(atom, ATOM)

bool xml_other_is(const struct decode *d, struct str text, const struct walk *w)
{
	(void)d;
	(void)w;
	return xml_doc_root_name(text).n > 0;
}

enum took xml_other_read(struct decode *d, struct str text, struct walk w)
{
	return xml_read_as(d, text, &w, FORMAT_XML_OTHER);
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

bool xml_part(struct decode *d, const struct xml_doc *doc, uint32_t item, struct xml_reading *r)
{
	*r = (struct xml_reading){.d = d, .doc = doc, .item = item};
	r->st = decode_part(d, xml_raw(doc, item));
	r->draft.body = STR("");
	r->draft.basis =
	        arena_printf(d->call->keep, "element %.*s", STR_ARG(fold_cut(xml_name(doc, item), NAME_SHOWN_MAX))).p;
	return r->st != NULL;
}

bool xml_drop_part(struct decode *d, const struct xml_doc *doc, uint32_t item)
{
	struct story *st = decode_part(d, xml_raw(doc, item));
	if (st)
		story_drop(d->call, st, REASON_NO_STORY);
	return st != NULL;
}

static struct str xml_normal_case(const struct xml_reading *r, struct str s);

/* A body that opens with the headline says it twice. */
static void xml_cut_headline(struct draft *draft)
{
	size_t end = str_index(draft->body, '\n', 0);
	if (draft->headline.n && end < draft->body.n && str_eq(str_slice(draft->body, 0, end), draft->headline))
		draft->body = str_slice(draft->body, end + 1, draft->body.n);
}

void xml_part_end(struct xml_reading *r, const char *format)
{
	if (xml_is_blank(r->draft.body))
		r->draft.body = STR("");
	if (xml_is_blank(r->draft.headline))
		r->draft.headline = STR("");
	xml_cut_headline(&r->draft);
	r->draft.located = xml_normal_case(r, r->draft.located);
	if (r->doc->mended)
		decode_warn(r->d, r->st, "xml-mended");
	/* What ends before the first fault is sound. */
	if (r->doc->damaged && r->doc->tokens[r->item].end > r->doc->fault_at)
		decode_warn(r->d, r->st, "xml-damaged");
	draft_fill(r->d, r->st, format, &r->draft);
	if (draft_is_empty(r->st))
		story_drop(r->d->call, r->st, REASON_NO_STORY);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static uint32_t xml_at(const struct xml_reading *r, uint32_t parent, const char *path)
{
	return *path ? xml_find(r->doc, parent, path) : parent;
}

struct str xml_get(const struct xml_reading *r, uint32_t parent, const char *path)
{
	uint32_t at = xml_at(r, parent, path);
	return at || !*path ? xml_line(r->doc, at, r->d->call->keep) : STR("");
}

struct str xml_get_exact(const struct xml_reading *r, uint32_t parent, const char *path)
{
	uint32_t at = xml_at(r, parent, path);
	return at || !*path ? xml_inner(r->doc, at, r->d->call->keep) : STR("");
}

struct str xml_get_attribute(const struct xml_reading *r, uint32_t parent, const char *path, const char *name)
{
	uint32_t at = xml_at(r, parent, path);
	struct str value = at || !*path ? xml_attribute(r->doc, at, name, r->d->call->keep) : (struct str){0};
	return str_trim(value);
}

struct str xml_get_text(const struct xml_reading *r, uint32_t element)
{
	return element ? xml_text(r->doc, element, r->d->call->tmp, r->d->call->keep) : STR("");
}

bool xml_take_body(struct xml_reading *r, uint32_t element)
{
	struct str text = xml_get_text(r, element);
	if (xml_is_blank(text))
		return false;
	r->draft.body = text;
	/* Lines of what is preformatted may be wrapped. */
	r->draft.has_paragraphs = !xml_descendant(r->doc, element, "pre");
	return true;
}

struct str xml_get_escaped(const struct xml_reading *r, uint32_t element)
{
	struct arena *keep = r->d->call->keep;
	struct str text = element ? str_trim(xml_inner(r->doc, element, keep)) : STR("");
	if (html_is_likely(text) || html_has_blocks(text))
		return html_to_text(text, r->d->call->tmp, keep);
	return text;
}

/* --- authors and notes -------------------------------------------------------------------------------------------- */

/* "Reuters, MAR 04" is nobody. */
static struct str xml_by(struct str by)
{
	by = draft_names(by);
	return agencies_is(str_trim(str_slice(by, 0, str_index(by, ',', 0)))) ? STR("") : by;
}

static bool xml_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Up to what no place has in its name. */
static struct str xml_dateline_place(struct str dateline)
{
	size_t end = 0;
	while (end < dateline.n && !strchr(",(/:", dateline.p[end]) &&
	       !(dateline.p[end] >= '0' && dateline.p[end] <= '9'))
		end++;
	const char *dash = memmem(dateline.p, end, " -", 2);
	return str_trim(str_slice(dateline, 0, dash ? (size_t)(dash - dateline.p) : end));
}

/* Is it in capitals, and more than an abbreviation? */
static bool xml_is_capitals(struct str s)
{
	size_t letters = 0;
	for (size_t at = 0; at < s.n;) {
		UChar32 c = (UChar32)utf8_next(s, &at);
		if (u_islower(c))
			return false;
		letters += u_isupper(c) != 0;
	}
	return letters > ABBREVIATION_MAX;
}

/* "FORT WASHINGTON" is Fort Washington, and so are names of people. */
static struct str xml_normal_case(const struct xml_reading *r, struct str s)
{
	if (!xml_is_capitals(s))
		return s;
	/* A small letter may need a byte more than its capital. */
	char *out = arena_alloc(r->d->call->keep, s.n * 2);
	size_t n = 0;
	bool inside = false;
	for (size_t at = 0; at < s.n;) {
		UChar32 c = (UChar32)utf8_next(s, &at);
		n += utf8_write(out + n, (uint32_t)(inside ? u_tolower(c) : c));
		inside = u_isalpha(c);
	}
	return str_make(out, n);
}

void xml_set_dateline(struct xml_reading *r, struct str dateline)
{
	static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
	                                     "jul", "aug", "sep", "oct", "nov", "dec"};
	struct str place = dateline.n ? xml_dateline_place(dateline) : dateline;
	bool said = place.n > 1 && xml_is_letter(place.p[0]);
	/* "MARCH 04, 2013", "January 21": a month and numbers. */
	for (size_t i = 0; said && place.n < dateline.n && i < sizeof months / sizeof *months; i++)
		said = !(place.n <= 9 && str_starts_fold(place, months[i]));
	if (!said)
		return;
	xml_set(&r->draft.dateline, dateline);
	xml_set(&r->draft.located, place);
}

static struct str xml_joined(const struct xml_reading *r, struct str a, const char *between, struct str b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	return arena_printf(r->d->call->keep, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b));
}

#define XML_JOINED_MAX 4000

void xml_add_by(struct xml_reading *r, struct str by)
{
	by = xml_normal_case(r, xml_by(by));
	bool there = r->draft.by.n && by.n && memmem(r->draft.by.p, r->draft.by.n, by.p, by.n);
	if (!xml_is_blank(by) && !there && r->draft.by.n + by.n < XML_JOINED_MAX)
		r->draft.by = xml_joined(r, r->draft.by, ", ", by);
}

void xml_add_note(struct xml_reading *r, struct str note)
{
	if (!xml_is_blank(note) && r->draft.ed_note.n + note.n < XML_JOINED_MAX)
		r->draft.ed_note = xml_joined(r, r->draft.ed_note, "\n", note);
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

struct json xml_list_start(const struct xml_reading *r)
{
	struct decode_local *local = r->d->call->local;
	buf_clear(&local->json);
	struct json j = json_start(&local->json);
	json_open_array(&j);
	return j;
}

void xml_list_member(struct json *j, const char *name, struct str value)
{
	if (!value.n)
		return;
	json_key(j, name);
	json_str(j, value);
}

void xml_list_number(struct json *j, const char *name, struct str value)
{
	bool digits = value.n > 0 && value.n < 10 && (value.p[0] != '0' || value.n == 1);
	for (size_t i = 0; i < value.n; i++)
		digits &= value.p[i] >= '0' && value.p[i] <= '9';
	if (!digits)
		return;
	json_key(j, name);
	json_raw(j, value);
}

void xml_list_pass(struct xml_reading *r, struct json *j, const char *property)
{
	struct decode_local *local = r->d->call->local;
	json_close(j);
	struct str list = buf_view(&local->json);
	if (list.n > 2)
		draft_pass(r->d, r->st, property, list);
}

void xml_pass_string(struct xml_reading *r, const char *property, struct str value)
{
	struct decode_local *local = r->d->call->local;
	if (!value.n)
		return;
	buf_clear(&local->json);
	struct json j = json_start(&local->json);
	json_str(&j, value);
	draft_pass(r->d, r->st, property, buf_view(&local->json));
}

void xml_list_rendition(struct json *j, const struct xml_rendition *rendition)
{
	if (!rendition->title.n && !identity_is_uri(rendition->href, false))
		return;
	json_open_object(j);
	xml_list_member(j, "name", rendition->name.n ? rendition->name : STR("main"));
	if (identity_is_uri(rendition->href, false))
		xml_list_member(j, "href", rendition->href);
	xml_list_member(j, "contentType", rendition->type);
	xml_list_member(j, "title", rendition->title);
	xml_list_number(j, "width", rendition->width);
	xml_list_number(j, "height", rendition->height);
	xml_list_number(j, "sizeInBytes", rendition->bytes);
	json_close(j);
}
