/*
 * NewsML 1.x: an item is a story. Its components nest, and each may say what holds for all that is in it; so the
 * component that holds the text is looked for first, and a field is what the innermost one around the text says of it.
 */
#include "pipeline/base/json.h"
#include "pipeline/stages/decode/xml.h"

#define CHAIN_MAX 16

struct newsml {
	struct xml_reading r;
	uint32_t content;          /* the DataContent that is the text; 0: none */
	uint32_t chain[CHAIN_MAX]; /* components around it, outermost first */
	size_t n_chain;
	struct str role; /* of the innermost one that has one */
};

/* --- where the text is -------------------------------------------------------------------------------------------- */

/* The components that a token lies in, outermost first. */
static void newsml_chain(struct newsml *n, uint32_t at)
{
	const struct xml_doc *doc = n->r.doc;
	n->n_chain = 0;
	n->role = STR("");
	for (uint32_t i = n->r.item; i < at && n->n_chain < CHAIN_MAX; i++) {
		if (doc->tokens[i].kind != XML_ELEMENT || doc->tokens[i].next <= at || !xml_is(doc, i, "NewsComponent"))
			continue;
		struct str role = xml_get_attribute(&n->r, i, "Role", "FormalName");
		n->chain[n->n_chain++] = i;
		if (role.n)
			n->role = role;
	}
}

static bool newsml_is_text(const struct newsml *n, uint32_t content)
{
	static const char *const others[] = {
	        "StyleSheet", "HeadLine", "SubHeadLine", "Title",     "Contact",  "Caption", "TweetText", "Logo",
	        "Photo",      "Picture",  "Image",       "Thumbnail", "Sound",    "Clip",    "Preview",   "Lead",
	        "Intro",      "Abstract", "Summary",     "Quicklook", "Keywords", "ByLine",  "Teaser",    NULL};
	static const char *const types[] = {"text/css", NULL};
	struct str type = xml_get_attribute(&n->r, content, "MimeType", "FormalName");
	return !str_is_one_of_fold(n->role, others) && !str_is_one_of_fold(type, types);
}

/* The first content that is text of the story and says something. */
static void newsml_find(struct newsml *n)
{
	const struct xml_doc *doc = n->r.doc;
	for (uint32_t at = n->r.item; at < doc->tokens[n->r.item].next; at++) {
		if (doc->tokens[at].kind != XML_ELEMENT || !xml_is(doc, at, "ContentItem"))
			continue;
		uint32_t data = xml_child(doc, at, "DataContent");
		if (!data)
			data = xml_find(doc, at, "Encoding/DataContent");
		if (!data || xml_is_blank(xml_inner(doc, data, n->r.d->call->tmp)))
			continue;
		newsml_chain(n, at);
		n->content = newsml_is_text(n, at) ? data : 0;
		if (n->content)
			return;
	}
	/* None: what the first headline stands in. */
	uint32_t lines = xml_descendant(doc, n->r.item, "NewsLines");
	newsml_chain(n, lines ? lines : n->r.item);
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

/* What the innermost component around the text says at that path, in an attribute of this name ("": in its text). */
static struct str newsml_get(const struct newsml *n, const char *path, const char *name)
{
	for (size_t i = n->n_chain; i > 0; i--) {
		struct str value = *name ? xml_get_attribute(&n->r, n->chain[i - 1], path, name)
		                         : xml_get(&n->r, n->chain[i - 1], path);
		if (!xml_is_blank(value))
			return value;
	}
	return STR("");
}

/* The text of a component beside the text's own, by its role. */
static uint32_t newsml_sibling(const struct newsml *n, const char *role)
{
	const struct xml_doc *doc = n->r.doc;
	uint32_t parent = n->n_chain > 1 ? n->chain[n->n_chain - 2] : 0;
	for (uint32_t at = parent ? xml_child(doc, parent, "NewsComponent") : 0; at; at = xml_again(doc, parent, at)) {
		struct str own = xml_get_attribute(&n->r, at, "Role", "FormalName");
		if (str_is_fold(own, role))
			return xml_find(doc, at, "ContentItem/DataContent");
	}
	return 0;
}

/* Where the public identifier ends in the revision, as the standard has it ("…:FLOOD1:2N"), each version has a name of
 * its own, and the one before it is this one with the number of the previous revision. */
static void newsml_previous(struct newsml *n, uint32_t id)
{
	struct draft *draft = &n->r.draft;
	struct str previous = xml_get_attribute(&n->r, id, "RevisionId", "PreviousRevision"), guid = draft->guid;
	size_t letter = guid.n && strchr("NUA", guid.p[guid.n - 1]) ? 1 : 0, end = guid.n - letter;
	bool names = draft->version.n && end > draft->version.n && str_ends(str_slice(guid, 0, end), draft->version) &&
	             guid.p[end - draft->version.n - 1] == ':';
	if (!names || !previous.n || str_is(previous, "0") || str_eq(previous, draft->version))
		return;
	draft->target =
	        arena_printf(n->r.d->call->keep, "%.*s%.*s%.*s", STR_ARG(str_slice(guid, 0, end - draft->version.n)),
	                     STR_ARG(previous), STR_ARG(str_slice(guid, end, guid.n)));
}

static void newsml_identity(struct newsml *n)
{
	struct xml_reading *r = &n->r;
	uint32_t id = xml_find(r->doc, r->item, "Identification/NewsIdentifier");
	if (!id)
		return;
	r->draft.version = xml_get(r, id, "RevisionId");
	r->draft.guid = xml_get(r, id, "PublicIdentifier");
	struct str provider = xml_get(r, id, "ProviderId"), date = xml_get(r, id, "DateId"),
	           own = xml_get(r, id, "NewsItemId");
	if (!r->draft.guid.n && own.n)
		r->draft.guid = arena_printf(r->d->call->keep, "urn:newsml:%.*s:%.*s:%.*s", STR_ARG(provider),
		                             STR_ARG(date), STR_ARG(own));
	newsml_previous(n, id);
	uint32_t guid = r->draft.guid.n ? 0 : xml_descendant(r->doc, r->item, "guid");
	if (guid)
		r->draft.guid = xml_get(r, guid, "");
}

static void newsml_management(struct newsml *n)
{
	struct xml_reading *r = &n->r;
	struct draft *draft = &r->draft;
	uint32_t management = xml_child(r->doc, r->item, "NewsManagement");
	if (!management)
		return;
	draft->first_created = xml_get(r, management, "FirstCreated");
	draft->version_created = xml_get(r, management, "ThisRevisionCreated");
	draft->status = xml_get_attribute(r, management, "Status", "FormalName");
	draft->urgency = xml_get_attribute(r, management, "Urgency", "FormalName");
	xml_set(&draft->urgency, xml_get(r, management, "Urgency"));
	if (str_is_fold(draft->status, "embargoed"))
		draft->embargoed_until = xml_get(r, management, "StatusWillChange/DateAndTime");
	for (uint32_t at = xml_child(r->doc, management, "Instruction"); at; at = xml_again(r->doc, management, at))
		draft_signal(draft, xml_get_attribute(r, at, "", "FormalName"));
}

static void newsml_source(struct newsml *n, const char *path, const char *role)
{
	struct draft_thing thing = {.name = newsml_get(n, path, *path == 'N' ? "" : "FormalName"),
	                            .role = str_of(role)};
	for (const struct draft_thing *other = n->r.draft.first[DRAFT_INFO_SOURCES]; other; other = other->next) {
		if (str_eq(other->name, thing.name))
			return;
	}
	draft_add(n->r.d, &n->r.draft, DRAFT_INFO_SOURCES, &thing);
}

static void newsml_notes(struct newsml *n)
{
	struct xml_reading *r = &n->r;
	for (size_t i = 0; i < n->n_chain; i++) {
		uint32_t lines = xml_child(r->doc, n->chain[i], "NewsLines");
		for (uint32_t at = lines ? xml_child(r->doc, lines, "NewsLine") : 0; at;
		     at = xml_again(r->doc, lines, at)) {
			struct str type = xml_get_attribute(r, at, "NewsLineType", "FormalName"),
			           text = xml_get(r, at, "NewsLineText");
			bool note = memmem(type.p ? type.p : "", type.n, "Note", 4) ||
			            memmem(type.p ? type.p : "", type.n, "Advisory", 8);
			if (note)
				xml_add_note(r, text);
		}
	}
}

/* A place's name: its city, or whatever is said. */
static struct str newsml_place(const struct xml_reading *r, uint32_t location)
{
	static const char *const parts[] = {"City", "Area", "CountryArea", "Country"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		for (uint32_t at = xml_child(r->doc, location, "Property"); at; at = xml_again(r->doc, location, at)) {
			struct str value = xml_get_attribute(r, at, "", "Value");
			/* A country's code is no name. */
			if (str_is(xml_get_attribute(r, at, "", "FormalName"), parts[i]) && value.n &&
			    (i < 3 || value.n > 3))
				return value;
		}
	}
	return STR("");
}

static void newsml_keywords(struct newsml *n, struct str list)
{
	for (size_t start = 0; start < list.n;) {
		size_t end = str_index(list, ';', start);
		struct draft_thing thing = {.name = str_trim(str_slice(list, start, end)), .role = STR("keyword")};
		draft_add(n->r.d, &n->r.draft, DRAFT_SUBJECTS, &thing);
		start = end + 1;
	}
}

static void newsml_subject_code(struct newsml *n, uint32_t code)
{
	struct xml_reading *r = &n->r;
	for (uint32_t at = xml_first(r->doc, code); at; at = xml_after(r->doc, code, at)) {
		struct str number = xml_get_attribute(r, at, "", "FormalName");
		draft_add_subject_code(r->d, &r->draft, number, STR(""));
	}
}

static void newsml_descriptive(struct newsml *n, uint32_t meta)
{
	struct xml_reading *r = &n->r;
	for (uint32_t at = xml_first(r->doc, meta); at; at = xml_after(r->doc, meta, at)) {
		if (xml_is(r->doc, at, "SubjectCode")) {
			newsml_subject_code(n, at);
		} else if (xml_is(r->doc, at, "Genre")) {
			struct draft_thing thing = {.name = xml_get_attribute(r, at, "", "FormalName")};
			draft_add(r->d, &r->draft, DRAFT_GENRES, &thing);
		} else if (xml_is(r->doc, at, "Property")) {
			if (str_is(xml_get_attribute(r, at, "", "FormalName"), "Keyword"))
				newsml_keywords(n, xml_get_attribute(r, at, "", "Value"));
		} else if (xml_is(r->doc, at, "Location")) {
			struct str how = xml_get_attribute(r, at, "", "HowPresent");
			if (!how.n || str_is(how, "Origin"))
				xml_set(&r->draft.located, newsml_place(r, at));
		}
	}
}

static void newsml_metadata(struct newsml *n)
{
	struct xml_reading *r = &n->r;
	for (size_t i = n->n_chain; i > 0; i--) {
		uint32_t meta = xml_child(r->doc, n->chain[i - 1], "DescriptiveMetadata");
		uint32_t lines = xml_child(r->doc, n->chain[i - 1], "NewsLines");
		if (meta)
			newsml_descriptive(n, meta);
		for (uint32_t at = lines ? xml_child(r->doc, lines, "KeywordLine") : 0; at;
		     at = xml_again(r->doc, lines, at))
			newsml_keywords(n, xml_get(r, at, ""));
	}
	xml_pass_string(r, "usageTerms", newsml_get(n, "RightsMetadata/UsageRights/UsageType", ""));
	newsml_source(n, "AdministrativeMetadata/Provider/Party", "provider");
	newsml_source(n, "AdministrativeMetadata/Source/Party", "source");
	newsml_source(n, "NewsLines/CreditLine", "credit");
}

static void newsml_lines(struct newsml *n)
{
	struct draft *draft = &n->r.draft;
	draft->headline = newsml_get(n, "NewsLines/HeadLine", "");
	xml_set(&draft->headline, newsml_get(n, "NewsLines/Headline", ""));
	draft->slugline = newsml_get(n, "NewsLines/SlugLine", "");
	xml_set(&draft->slugline, xml_get(&n->r, n->r.item, "Identification/NameLabel"));
	draft->copyright = newsml_get(n, "NewsLines/CopyrightLine", "");
	xml_set_dateline(&n->r, newsml_get(n, "NewsLines/DateLine", ""));
	xml_add_by(&n->r, newsml_get(n, "NewsLines/ByLine", ""));
	draft->language = newsml_get(n, "DescriptiveMetadata/Language", "FormalName");
	xml_set(&draft->language, newsml_get(n, "", "xml:lang"));
	xml_set(&draft->language, xml_get_attribute(&n->r, n->r.item, "", "xml:lang"));
	/* Photographs of one agency say GB, which is no language. */
	if (str_is(draft->language, "GB"))
		draft->language = STR("en-GB");
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static void newsml_data(struct newsml *n, uint32_t data)
{
	struct xml_reading *r = &n->r;
	uint32_t nitf = xml_descendant(r->doc, data, "nitf"), body = xml_descendant(r->doc, data, "body");
	if (nitf)
		nitf_fill(r, nitf);
	else if (xml_has_elements(r->doc, data))
		xml_take_body(r, body ? body : data);
	else
		r->draft.body = xml_get_escaped(r, data);
}

/* The text, with what leads into it where that is a component of its own. */
static void newsml_text(struct newsml *n)
{
	struct draft *draft = &n->r.draft;
	uint32_t title = newsml_sibling(n, "Title");
	if (title)
		xml_set(&draft->headline, xml_get(&n->r, title, ""));
	if (n->content)
		newsml_data(n, n->content);
	uint32_t lead = newsml_sibling(n, "Lead");
	struct str text = lead ? xml_get_escaped(&n->r, lead) : STR("");
	if (!xml_is_blank(text) && !str_starts(draft->body, text))
		draft->body = arena_printf(n->r.d->call->keep, "%.*s\n%.*s", STR_ARG(text), STR_ARG(draft->body));
}

static void newsml_type(struct newsml *n)
{
	static const struct {
		const char *word, *type;
	} rows[] = {{"Audio", "audio"},
	            {"Video", "video"},
	            {"Picture", "picture"},
	            {"Photo", "picture"},
	            {"Graphic", "graphic"}};
	for (size_t i = 0; i < n->n_chain; i++) {
		struct str role = xml_get_attribute(&n->r, n->chain[i], "Role", "FormalName");
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
			if (str_is(role, rows[k].word))
				n->r.draft.type = rows[k].type;
		}
	}
	uint32_t media = n->content ? 0 : xml_descendant(n->r.doc, n->r.item, "MediaType");
	struct str word = media ? xml_get_attribute(&n->r, media, "", "FormalName") : STR("");
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		if (str_is(word, rows[k].word))
			n->r.draft.type = rows[k].type;
	}
}

static void newsml_renditions(struct newsml *n)
{
	struct xml_reading *r = &n->r;
	struct json j = xml_list_start(r);
	for (uint32_t at = r->item; at < r->doc->tokens[r->item].next; at++) {
		if (r->doc->tokens[at].kind != XML_ELEMENT || !xml_is(r->doc, at, "ContentItem"))
			continue;
		struct xml_rendition rendition = {
		        .href = xml_get_attribute(r, at, "", "Href"),
		        .type = xml_get_attribute(r, at, "MimeType", "FormalName"),
		        .bytes = xml_get(r, at, "Characteristics/SizeInBytes"),
		};
		xml_list_rendition(&j, &rendition);
	}
	xml_list_pass(r, &j, "renditions");
}

/* --- items -------------------------------------------------------------------------------------------------------- */

static bool newsml_item(struct decode *d, const struct xml_doc *doc, uint32_t item)
{
	struct newsml n = {0};
	if (!xml_part(d, doc, item, &n.r))
		return false;
	newsml_find(&n);
	newsml_identity(&n);
	newsml_management(&n);
	newsml_metadata(&n);
	newsml_lines(&n);
	newsml_notes(&n);
	newsml_text(&n);
	newsml_type(&n);
	newsml_renditions(&n);
	xml_part_end(&n.r, "newsml-1");
	return true;
}

bool newsml_1_parts(struct decode *d, const struct xml_doc *doc, uint32_t root)
{
	if (xml_is(doc, root, "NewsItem"))
		return newsml_item(d, doc, root);
	for (uint32_t at = xml_child(doc, root, "NewsItem"); at; at = xml_again(doc, root, at)) {
		if (!newsml_item(d, doc, at))
			return false;
	}
	return true;
}
