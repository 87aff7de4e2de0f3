/*
 * NewsML-G2: a newsItem is a story, a packageItem one that is composed of others; a newsMessage holds any number of
 * them. Concepts, plans, catalogues and sets of knowledge are no stories: parts that end as no-story.
 *
 * Prefixes of codes are the sender's own ("stat:usable", "icls:text"), so what a code says is told by its last word.
 */
#include "pipeline/base/json.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/qcodes.h"
#include "pipeline/stages/decode/signals.h"
#include "pipeline/stages/decode/xml.h"
#include "pipeline/words/rfc3339.h"

#include <strings.h>

/* --- codes -------------------------------------------------------------------------------------------------------- */

/* "ninat:text", "http://cv.iptc.org/newscodes/ninature/text". */
static struct str g2_last_word(struct str code)
{
	for (size_t i = code.n; i > 0; i--) {
		if (code.p[i - 1] == ':' || code.p[i - 1] == '/')
			return str_slice(code, i, code.n);
	}
	return code;
}

/* A code by its short form, its address, or as whatever it was written. */
static struct str g2_code(const struct xml_reading *r, uint32_t element)
{
	static const char *const names[] = {"qcode", "uri", "literal"};
	for (size_t i = 0; element && i < sizeof names / sizeof *names; i++) {
		struct str code = str_trim(xml_attribute(r->doc, element, names[i], r->d->call->keep));
		if (code.n)
			return code;
	}
	return STR("");
}

static bool g2_is_role(const struct xml_reading *r, uint32_t element, const char *const *words)
{
	struct str role = g2_last_word(xml_get_attribute(r, element, "", "role"));
	return str_is_one_of_fold(role, words);
}

/* Of several elements of one name: the first in the item's language, else the first that says anything. */
static struct str g2_in_language(const struct xml_reading *r, uint32_t parent, const char *name)
{
	struct str first = STR(""), language = r->draft.language;
	for (uint32_t at = xml_child(r->doc, parent, name); at; at = xml_again(r->doc, parent, at)) {
		struct str value = xml_get(r, at, "");
		struct str tag = xml_get_attribute(r, at, "", "xml:lang");
		xml_set(&first, value);
		if (value.n && tag.n >= 2 && language.n >= 2 && strncasecmp(tag.p, language.p, 2) == 0)
			return value;
	}
	return first;
}

static struct str g2_name(const struct xml_reading *r, uint32_t element)
{
	struct str name = element ? g2_in_language(r, element, "name") : STR("");
	if (!name.n && element)
		name = xml_get_attribute(r, element, "", "literal");
	return name;
}

/* --- things ------------------------------------------------------------------------------------------------------- */

static void g2_add_thing(struct xml_reading *r, enum draft_list list, uint32_t element, struct str role)
{
	struct arena *keep = r->d->call->keep;
	struct str qcode = xml_get_attribute(r, element, "", "qcode");
	struct draft_thing thing = {
	        .name = g2_in_language(r, element, "name"),
	        .uri = xml_get_attribute(r, element, "", "uri"),
	        .literal = xml_get_attribute(r, element, "", "literal"),
	        .role = role,
	};
	if (!thing.uri.n && qcode.n)
		thing.uri = qcodes_resolve(r->doc, r->item, qcode, keep);
	if (!thing.uri.n)
		xml_set(&thing.literal, qcode);
	draft_add(r->d, &r->draft, list, &thing);
}

static void g2_subject(struct xml_reading *r, uint32_t element)
{
	static const struct {
		const char *type;
		enum draft_list list;
	} rows[] = {
	        {"person", DRAFT_PEOPLE},
	        {"organisation", DRAFT_ORGANISATIONS},
	        {"organization", DRAFT_ORGANISATIONS},
	        {"geoArea", DRAFT_PLACES},
	        {"poi", DRAFT_PLACES},
	};
	struct str type = g2_last_word(xml_get_attribute(r, element, "", "type"));
	enum draft_list list = DRAFT_SUBJECTS;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_is(type, rows[i].type))
			list = rows[i].list;
	}
	g2_add_thing(r, list, element, STR("about"));
}

static void g2_keyword(struct xml_reading *r, uint32_t element)
{
	struct draft_thing thing = {.name = xml_get(r, element, ""), .role = STR("keyword")};
	draft_add(r->d, &r->draft, DRAFT_SUBJECTS, &thing);
}

static void g2_source(struct xml_reading *r, uint32_t element, const char *role)
{
	struct draft_thing thing = {.name = g2_name(r, element), .role = str_of(role)};
	if (!thing.name.n)
		thing.name = xml_get(r, element, "");
	if (!thing.name.n)
		thing.name = g2_last_word(g2_code(r, element));
	for (const struct draft_thing *other = r->draft.first[DRAFT_INFO_SOURCES]; other; other = other->next) {
		if (str_eq(other->name, thing.name))
			return;
	}
	draft_add(r->d, &r->draft, DRAFT_INFO_SOURCES, &thing);
}

/* --- where -------------------------------------------------------------------------------------------------------- */

/* What an assert element says of the thing that `element` names by its code or its literal. */
static struct str g2_asserted(const struct xml_reading *r, uint32_t element)
{
	struct str literal = xml_get_attribute(r, element, "", "literal");
	struct str qcode = xml_get_attribute(r, element, "", "qcode");
	for (uint32_t at = xml_child(r->doc, r->item, "assert"); at; at = xml_again(r->doc, r->item, at)) {
		struct str own = xml_get_attribute(r, at, "", "literal"), code = xml_get_attribute(r, at, "", "qcode");
		if (!(own.n && str_eq(own, literal)) && !(code.n && str_eq(code, qcode)))
			continue;
		struct str name = xml_get(r, at, "POIDetails/address/locality/name");
		return name.n ? name : g2_in_language(r, at, "name");
	}
	return STR("");
}

static bool g2_says_nothing(struct str name)
{
	return !name.n || str_has_fold(name, "no-data") || str_has_fold(name, "not available") || str_is(name, "N/A");
}

static void g2_located(struct xml_reading *r, uint32_t element)
{
	struct str name = g2_in_language(r, element, "name");
	if (!name.n)
		name = g2_asserted(r, element);
	if (!name.n)
		name = xml_get_attribute(r, element, "", "literal");
	if (!g2_says_nothing(name))
		xml_set(&r->draft.located, name);
}

/* --- metadata of the item ----------------------------------------------------------------------------------------- */

static void g2_type(struct xml_reading *r, uint32_t item_class)
{
	static const struct {
		const char *word, *type;
	} rows[] = {
	        {"picture", "picture"}, {"photo", "picture"}, {"graphic", "graphic"},     {"video", "video"},
	        {"animated", "video"},  {"audio", "audio"},   {"composite", "composite"}, {"component", "component"},
	};
	struct str word = item_class ? g2_last_word(g2_code(r, item_class)) : STR("");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_has_fold(word, rows[i].word))
			r->draft.type = rows[i].type;
	}
}

/* Reuters says with a letter what is new of a story. */
static void g2_signal(struct xml_reading *r, uint32_t element)
{
	struct str code = g2_code(r, element);
	if (str_is(code, "edStat:C") && !r->draft.correction_signal.n)
		r->draft.correction_signal = code;
	bool update = str_is(code, "edStat:U") || str_is(code, "edStat:C");
	draft_signal(&r->draft, update ? STR("update") : code);
}

/* What desks say to each other; what is mark-up or a closing line stands elsewhere, too. */
static void g2_note(struct xml_reading *r, uint32_t element)
{
	static const char *const skipped[] = {"closingline", "closing", "contacts", "dpacontacts", "notepad", NULL};
	static const char *const corrections[] = {"correctionnote", "correctionshort", "correctionlong", "correction",
	                                          NULL};
	if (g2_is_role(r, element, corrections))
		signals_reason(&r->draft, xml_get(r, element, ""));
	if (!g2_is_role(r, element, skipped) && !xml_has_elements(r->doc, element))
		xml_add_note(r, xml_get(r, element, ""));
}

/* A link to the story that this one replaces, cancels or goes on from. */
static void g2_link(struct xml_reading *r, uint32_t element)
{
	static const char *const words[] = {"evolvedFrom",  "previousVersion", "replaces",
	                                    "replacedItem", "cancels",         "derivedFrom"};
	struct str rel = xml_get_attribute(r, element, "", "rel"), ref = xml_get_attribute(r, element, "", "residref");
	struct str word = str_slice(rel, str_index(rel, ':', 0) + 1, rel.n);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i]))
			xml_set(&r->draft.target, ref);
}

static void g2_item_meta(struct xml_reading *r, uint32_t meta)
{
	struct draft *draft = &r->draft;
	const struct xml_doc *doc = r->doc;
	draft->version_created = xml_get(r, meta, "versionCreated");
	draft->first_created = xml_get(r, meta, "firstCreated");
	draft->embargoed_until = xml_get(r, meta, "embargoed");
	for (uint32_t at = xml_first(doc, meta); at; at = xml_after(doc, meta, at)) {
		if (xml_is(doc, at, "itemClass"))
			g2_type(r, at);
		else if (xml_is(doc, at, "pubStatus"))
			draft->status = g2_code(r, at);
		else if (xml_is(doc, at, "signal"))
			g2_signal(r, at);
		else if (xml_is(doc, at, "edNote"))
			g2_note(r, at);
		else if (xml_is(doc, at, "link"))
			g2_link(r, at);
		else if (xml_is(doc, at, "provider"))
			g2_source(r, at, "provider");
	}
}

static void g2_rights(struct xml_reading *r)
{
	uint32_t rights = xml_child(r->doc, r->item, "rightsInfo");
	if (!rights)
		return;
	r->draft.copyright = g2_in_language(r, rights, "copyrightNotice");
	xml_pass_string(r, "copyrightHolder", g2_name(r, xml_child(r->doc, rights, "copyrightHolder")));
	xml_pass_string(r, "usageTerms", g2_in_language(r, rights, "usageTerms"));
}

/* --- metadata of the content -------------------------------------------------------------------------------------- */

static void g2_headline(struct xml_reading *r, uint32_t element)
{
	static const char *const others[] = {"subtitle", "subheadline", "subhead", "sub",    "kicker", "overline",
	                                     "short",    "mobile",      "seo",     "social", "lead",   NULL};
	struct str headline = xml_get(r, element, "");
	struct str rank = xml_get_attribute(r, element, "", "rank");
	if (g2_is_role(r, element, others) || (rank.n && !str_is(rank, "1")))
		xml_set(&r->draft.title, headline);
	else
		xml_set(&r->draft.headline, headline);
}

static void g2_content_meta(struct xml_reading *r, uint32_t meta)
{
	struct draft *draft = &r->draft;
	const struct xml_doc *doc = r->doc;
	for (uint32_t at = xml_first(doc, meta); at; at = xml_after(doc, meta, at)) {
		if (xml_is(doc, at, "subject"))
			g2_subject(r, at);
		else if (xml_is(doc, at, "headline"))
			g2_headline(r, at);
		else if (xml_is(doc, at, "genre"))
			g2_add_thing(r, DRAFT_GENRES, at, STR(""));
		else if (xml_is(doc, at, "keyword"))
			g2_keyword(r, at);
		else if (xml_is(doc, at, "by"))
			xml_add_by(r, xml_get(r, at, ""));
		else if (xml_is(doc, at, "located"))
			g2_located(r, at);
		else if (xml_is(doc, at, "urgency"))
			xml_set(&draft->urgency, xml_get(r, at, ""));
		else if (xml_is(doc, at, "slugline"))
			xml_set(&draft->slugline, xml_get(r, at, ""));
		else if (xml_is(doc, at, "infoSource"))
			g2_source(r, at, "source");
		else if (xml_is(doc, at, "creditline"))
			g2_source(r, at, "credit");
	}
}

static void g2_language(struct xml_reading *r, uint32_t meta)
{
	if (meta)
		r->draft.language = xml_get_attribute(r, meta, "language", "tag");
	xml_set(&r->draft.language, xml_get_attribute(r, r->item, "", "xml:lang"));
	xml_set(&r->draft.language, xml_get_attribute(r, 0, "", "xml:lang"));
}

static void g2_descriptions(struct xml_reading *r, uint32_t meta)
{
	struct json j = xml_list_start(r);
	for (uint32_t at = xml_child(r->doc, meta, "description"); at; at = xml_again(r->doc, meta, at)) {
		struct str value = xml_get(r, at, "");
		if (!value.n)
			continue;
		json_open_object(&j);
		xml_list_member(&j, "role", g2_last_word(xml_get_attribute(r, at, "", "role")));
		xml_list_member(&j, "contentType", STR("text/plain"));
		xml_list_member(&j, "value", value);
		json_close(&j);
	}
	xml_list_pass(r, &j, "descriptions");
}

static void g2_alt_ids(struct xml_reading *r, uint32_t meta)
{
	struct json j = xml_list_start(r);
	for (uint32_t at = xml_child(r->doc, meta, "altId"); at; at = xml_again(r->doc, meta, at)) {
		struct str value = xml_get(r, at, "");
		if (!value.n)
			continue;
		json_open_object(&j);
		xml_list_member(&j, "role", g2_last_word(xml_get_attribute(r, at, "", "type")));
		xml_list_member(&j, "value", value);
		json_close(&j);
	}
	xml_list_pass(r, &j, "altIds");
}

/* --- content ------------------------------------------------------------------------------------------------------ */

/* A paragraph of that class, wherever it is. */
static uint32_t g2_of_class(const struct xml_reading *r, uint32_t parent, const char *word)
{
	for (uint32_t at = parent + 1; at < r->doc->tokens[parent].next; at++) {
		if (r->doc->tokens[at].kind == XML_ELEMENT && xml_has_class(r->doc, at, word, r->d->call->tmp))
			return at;
	}
	return 0;
}

static void g2_html(struct xml_reading *r, uint32_t html)
{
	uint32_t body = xml_descendant(r->doc, html, "body");
	uint32_t byline = r->draft.by.n ? 0 : g2_of_class(r, html, "byline");
	xml_take_body(r, body ? body : html);
	if (byline)
		xml_add_by(r, xml_get(r, byline, ""));
}

static void g2_inline_xml(struct xml_reading *r, uint32_t element)
{
	const struct xml_doc *doc = r->doc;
	uint32_t nitf = xml_descendant(doc, element, "nitf"), html = xml_descendant(doc, element, "html");
	if (nitf)
		nitf_fill(r, nitf);
	else if (html)
		g2_html(r, html);
	else if (xml_descendant(doc, element, "p") || xml_descendant(doc, element, "P"))
		xml_take_body(r, element);
	else if (!xml_has_elements(doc, element))
		r->draft.body = xml_get_escaped(r, element);
	/* Some escape the mark-up, and say that it is XML all the same. */
	if (html_is_likely(r->draft.body))
		r->draft.body = html_to_text(r->draft.body, r->d->call->tmp, r->d->call->keep);
}

static void g2_content(struct xml_reading *r, uint32_t set)
{
	const struct xml_doc *doc = r->doc;
	for (uint32_t at = xml_child(doc, set, "inlineXML"); at && xml_is_blank(r->draft.body);
	     at = xml_again(doc, set, at))
		g2_inline_xml(r, at);
	for (uint32_t at = xml_child(doc, set, "inlineData"); at && xml_is_blank(r->draft.body);
	     at = xml_again(doc, set, at)) {
		if (!xml_get_attribute(r, at, "", "encoding").n)
			r->draft.body = xml_get_escaped(r, at);
	}
}

static void g2_renditions(struct xml_reading *r, uint32_t set)
{
	struct json j = xml_list_start(r);
	for (uint32_t at = xml_child(r->doc, set, "remoteContent"); at; at = xml_again(r->doc, set, at)) {
		struct xml_rendition rendition = {
		        .name = g2_last_word(xml_get_attribute(r, at, "", "rendition")),
		        .href = xml_get_attribute(r, at, "", "href"),
		        .type = xml_get_attribute(r, at, "", "contenttype"),
		        .width = xml_get_attribute(r, at, "", "width"),
		        .height = xml_get_attribute(r, at, "", "height"),
		        .bytes = xml_get_attribute(r, at, "", "size"),
		};
		if (!rendition.href.n)
			rendition.href = xml_get_attribute(r, at, "", "residref");
		xml_list_rendition(&j, &rendition);
	}
	xml_list_pass(r, &j, "renditions");
}

/* What a package is made of. */
static void g2_associations(struct xml_reading *r, uint32_t set)
{
	struct json j = xml_list_start(r);
	for (uint32_t at = set + 1; at < r->doc->tokens[set].next; at++) {
		if (r->doc->tokens[at].kind != XML_ELEMENT || !xml_is(r->doc, at, "itemRef"))
			continue;
		struct str uri = xml_get_attribute(r, at, "", "residref"), title = xml_get(r, at, "title");
		if (!uri.n)
			uri = xml_get_attribute(r, at, "", "href");
		if (!identity_is_uri(uri, false))
			continue;
		json_open_object(&j);
		xml_list_member(&j, "name", title.n ? title : uri);
		xml_list_member(&j, "uri", uri);
		json_close(&j);
	}
	xml_list_pass(r, &j, "associations");
}

/* A picture's caption is its text; so is what describes an item that has none of its own. */
static void g2_body_from_description(struct xml_reading *r, uint32_t meta)
{
	uint32_t description = meta ? xml_child(r->doc, meta, "description") : 0;
	while (description && xml_is_blank(xml_get(r, description, "")))
		description = xml_again(r->doc, meta, description);
	if (!description || !xml_is_blank(r->draft.body))
		return;
	r->draft.body = xml_get_escaped(r, description);
	decode_warn(r->d, r->st, "body-from-description");
}

/* --- items -------------------------------------------------------------------------------------------------------- */

static bool g2_story(struct decode *d, const struct xml_doc *doc, uint32_t item)
{
	struct xml_reading r;
	uint32_t item_meta = xml_child(doc, item, "itemMeta"), meta = xml_child(doc, item, "contentMeta");
	uint32_t set = xml_child(doc, item, "contentSet"), groups = xml_child(doc, item, "groupSet");
	if (!xml_part(d, doc, item, &r))
		return false;
	r.draft.guid = xml_get_attribute(&r, item, "", "guid");
	r.draft.version = xml_get_attribute(&r, item, "", "version");
	g2_language(&r, meta);
	g2_rights(&r);
	if (item_meta)
		g2_item_meta(&r, item_meta);
	if (meta) {
		g2_content_meta(&r, meta);
		g2_descriptions(&r, meta);
		g2_alt_ids(&r, meta);
	}
	if (meta)
		xml_set_dateline(&r, xml_get(&r, meta, "dateline"));
	if (set) {
		g2_content(&r, set);
		g2_renditions(&r, set);
	}
	if (groups)
		g2_associations(&r, groups);
	g2_body_from_description(&r, meta);
	if (!r.draft.headline.n && item_meta)
		r.draft.headline = xml_get(&r, item_meta, "title");
	xml_part_end(&r, "newsml-g2");
	return true;
}

static bool g2_item(struct decode *d, const struct xml_doc *doc, uint32_t item)
{
	if (xml_is(doc, item, "newsItem") || xml_is(doc, item, "packageItem"))
		return g2_story(d, doc, item);
	return xml_drop_part(d, doc, item);
}

bool newsml_g2_parts(struct decode *d, const struct xml_doc *doc, uint32_t root)
{
	if (!xml_is(doc, root, "newsMessage"))
		return g2_item(d, doc, root);
	for (uint32_t set = xml_child(doc, root, "itemSet"); set; set = xml_again(doc, root, set)) {
		for (uint32_t at = xml_first(doc, set); at; at = xml_after(doc, set, at)) {
			if (!g2_item(d, doc, at))
				return false;
		}
	}
	return true;
}
