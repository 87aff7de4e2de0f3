/*
 * NITF 2 and 3, alone or inside of NewsML. What is inside completes what is around it: a field that is set stays.
 */
#include "pipeline/base/json.h"
#include "pipeline/stages/decode/xml.h"

/* --- head --------------------------------------------------------------------------------------------------------- */

static struct str nitf_meta(const struct xml_reading *r, uint32_t head, const char *name)
{
	for (uint32_t at = xml_child(r->doc, head, "meta"); at; at = xml_again(r->doc, head, at)) {
		struct str own = xml_get_attribute(r, at, "", "name");
		if (str_is_fold(own, name))
			return xml_get_attribute(r, at, "", "content");
	}
	return STR("");
}

static void nitf_slugline(struct xml_reading *r, uint32_t head, uint32_t data)
{
	static const char *const names[] = {"slugline", "slug", "anpa-keyword", "ap-slug", "NTBStikkord"};
	struct str *slugline = &r->draft.slugline;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		xml_set(slugline, nitf_meta(r, head, names[i]));
	if (!data)
		return;
	xml_set(slugline, xml_get_attribute(r, data, "du-key", "key"));
	xml_set(slugline, xml_get_attribute(r, data, "fixture", "fix-id"));
	xml_set(slugline, xml_get_attribute(r, data, "key-list/keyword", "key"));
}

/* What another story is to this one: a cancel names the one that it cancels. */
static void nitf_canceled(struct xml_reading *r, struct str idref)
{
	if (!idref.n)
		return;
	xml_set(&r->draft.target, idref);
	struct json j = xml_list_start(r);
	json_open_object(&j);
	xml_list_member(&j, "role", STR("management-doc-idref"));
	xml_list_member(&j, "value", idref);
	json_close(&j);
	xml_list_pass(r, &j, "altIds");
}

static void nitf_status(struct xml_reading *r, uint32_t data)
{
	struct str status = xml_get_attribute(r, data, "", "management-status");
	xml_set(&r->draft.status, status);
	if (str_is_fold(status, "embargoed"))
		xml_set(&r->draft.embargoed_until, xml_get_attribute(r, data, "date.release", "norm"));
	nitf_canceled(r, xml_get_attribute(r, data, "", "management-doc-idref"));
}

static void nitf_docdata(struct xml_reading *r, uint32_t data)
{
	struct draft *draft = &r->draft;
	xml_set(&draft->guid, xml_get_attribute(r, data, "doc-id", "id-string"));
	xml_set(&draft->version, xml_get_attribute(r, data, "du-key", "version"));
	xml_set(&draft->version, xml_get_attribute(r, data, "du-key", "generation"));
	xml_set(&draft->urgency, xml_get_attribute(r, data, "urgency", "ed-urg"));
	xml_set(&draft->version_created, xml_get_attribute(r, data, "date.issue", "norm"));
	xml_set(&draft->version_created, xml_get_attribute(r, data, "date.release", "norm"));
	for (uint32_t at = xml_child(r->doc, data, "ed-msg"); at; at = xml_again(r->doc, data, at))
		xml_add_note(r, xml_fold(xml_get_attribute(r, at, "", "info"), r->d->call->keep));
	for (uint32_t at = xml_find(r->doc, data, "key-list"); at; at = xml_again(r->doc, data, at)) {
		for (uint32_t key = xml_child(r->doc, at, "keyword"); key; key = xml_again(r->doc, at, key)) {
			struct draft_thing thing = {.name = xml_get_attribute(r, key, "", "key"),
			                            .role = STR("keyword")};
			draft_add(r->d, draft, DRAFT_SUBJECTS, &thing);
		}
	}
	xml_pass_string(r, "copyrightHolder", xml_get_attribute(r, data, "doc.copyright", "holder"));
	nitf_status(r, data);
}

static void nitf_subjects(struct xml_reading *r, uint32_t head)
{
	static const char *const levels[] = {"detail", "matter", "type"};
	uint32_t tobject = xml_child(r->doc, head, "tobject");
	for (uint32_t at = tobject ? xml_child(r->doc, tobject, "tobject.subject") : 0; at;
	     at = xml_again(r->doc, tobject, at)) {
		struct str number = xml_get_attribute(r, at, "", "tobject.subject.refnum");
		struct str name = STR("");
		for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
			xml_set(&name,
			        xml_get_attribute(r, at, "",
			                          arena_printf(r->d->call->tmp, "tobject.subject.%s", levels[i]).p));
		draft_add_subject_code(r->d, &r->draft, number, name);
	}
	for (uint32_t at = tobject ? xml_child(r->doc, tobject, "tobject.property") : 0; at;
	     at = xml_again(r->doc, tobject, at)) {
		struct draft_thing thing = {.name = xml_get_attribute(r, at, "", "tobject.property.type")};
		draft_add(r->d, &r->draft, DRAFT_GENRES, &thing);
	}
}

static void nitf_head(struct xml_reading *r, uint32_t head)
{
	uint32_t data = xml_child(r->doc, head, "docdata");
	nitf_subjects(r, head);
	nitf_slugline(r, head, data);
	if (data)
		nitf_docdata(r, data);
}

/* --- body --------------------------------------------------------------------------------------------------------- */

/* The name without the title, where they are told apart. */
static void nitf_byline(struct xml_reading *r, uint32_t byline)
{
	struct str person = xml_get(r, byline, "person");
	uint32_t title = xml_descendant(r->doc, byline, "byttl");
	struct str whole = xml_get(r, byline, "");
	struct str tail = title ? xml_get(r, title, "") : STR("");
	if (!person.n && tail.n && str_ends(whole, tail))
		person = str_trim(str_slice(whole, 0, whole.n - tail.n));
	xml_add_by(r, person.n || tail.n ? person : whole);
}

static void nitf_located(struct xml_reading *r, uint32_t dateline)
{
	static const char *const paths[] = {"location/city", "location/sublocation", "location", "city"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		xml_set(&r->draft.located, xml_get(r, dateline, paths[i]));
	struct str whole = xml_get(r, dateline, "");
	if (!str_eq(whole, xml_get(r, dateline, "location")))
		xml_set_dateline(r, whole);
}

static void nitf_body_head(struct xml_reading *r, uint32_t head)
{
	const struct xml_doc *doc = r->doc;
	static const char *const headlines[] = {"hedline/hl1", "headline/hl1", "hedline", "headline"};
	for (size_t i = 0; i < sizeof headlines / sizeof *headlines; i++)
		xml_set(&r->draft.headline, xml_get(r, head, headlines[i]));
	bool by = r->draft.by.n > 0;
	for (uint32_t at = xml_child(doc, head, "byline"); at && !by; at = xml_again(doc, head, at))
		nitf_byline(r, at);
	uint32_t dateline = xml_child(doc, head, "dateline");
	if (dateline)
		nitf_located(r, dateline);
	struct draft_thing thing = {.name = xml_get(r, head, "distributor"), .role = STR("distributor")};
	draft_add(r->d, &r->draft, DRAFT_INFO_SOURCES, &thing);
	uint32_t note = xml_child(doc, head, "note");
	if (note)
		xml_add_note(r, xml_get(r, note, ""));
}

static void nitf_media(struct xml_reading *r, uint32_t content)
{
	struct json j = xml_list_start(r);
	for (uint32_t at = content + 1; at < r->doc->tokens[content].next; at++) {
		if (r->doc->tokens[at].kind != XML_ELEMENT || !xml_is(r->doc, at, "media"))
			continue;
		struct xml_rendition rendition = {
		        .name = xml_get_attribute(r, at, "", "media-type"),
		        .href = xml_get_attribute(r, at, "media-reference", "source"),
		        .type = xml_get_attribute(r, at, "media-reference", "mime-type"),
		        .title = xml_get(r, at, "media-caption"),
		        .width = xml_get_attribute(r, at, "media-reference", "width"),
		        .height = xml_get_attribute(r, at, "media-reference", "height"),
		};
		xml_list_rendition(&j, &rendition);
	}
	xml_list_pass(r, &j, "renditions");
}

static void nitf_content(struct xml_reading *r, uint32_t body)
{
	uint32_t head = xml_child(r->doc, body, "body.head"), content = xml_child(r->doc, body, "body.content");
	uint32_t abstract = head ? xml_child(r->doc, head, "abstract") : 0;
	if (head)
		nitf_body_head(r, head);
	if (content) {
		xml_take_body(r, content);
		nitf_media(r, content);
	}
	if (xml_is_blank(r->draft.body) && abstract && xml_take_body(r, abstract))
		decode_warn(r->d, r->st, "body-from-description");
}

void nitf_fill(struct xml_reading *r, uint32_t nitf)
{
	const struct xml_doc *doc = r->doc;
	uint32_t head = xml_child(doc, nitf, "head"), body = xml_child(doc, nitf, "body");
	xml_set(&r->draft.language, xml_get_attribute(r, nitf, "", "baselang"));
	xml_set(&r->draft.language, xml_get_attribute(r, nitf, "", "xml:lang"));
	if (head)
		nitf_head(r, head);
	if (body)
		nitf_content(r, body);
	if (head && xml_is_blank(r->draft.headline))
		r->draft.headline = xml_get(r, head, "title");
}

bool nitf_parts(struct decode *d, const struct xml_doc *doc, uint32_t root)
{
	struct xml_reading r;
	if (!xml_part(d, doc, root, &r))
		return false;
	nitf_fill(&r, root);
	xml_part_end(&r, "nitf");
	return true;
}
