/*
 * XML that is nobody's standard, by a table of paths: that of senders who are known, and for all others the names that
 * things usually have. See vendors.def.
 */
#include "pipeline/base/json.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/xml.h"

enum vendor_field {
	VENDOR_GUID,
	VENDOR_VERSION,
	VENDOR_HEADLINE,
	VENDOR_TITLE,
	VENDOR_BODY,
	VENDOR_LEAD,    /* stands before the body */
	VENDOR_SUMMARY, /* stands in for it */
	VENDOR_BY,
	VENDOR_DATELINE,
	VENDOR_LOCATED,
	VENDOR_SLUGLINE,
	VENDOR_VERSION_CREATED,
	VENDOR_FIRST_CREATED,
	VENDOR_PUBLISHED,
	VENDOR_EMBARGOED_UNTIL,
	VENDOR_LANGUAGE,
	VENDOR_URGENCY,
	VENDOR_STATUS,
	VENDOR_SIGNAL,
	VENDOR_IS_KILL,
	VENDOR_IS_CORRECTION,
	VENDOR_NOTE,
	VENDOR_COPYRIGHT,
	VENDOR_SOURCE,
	VENDOR_SUBJECT,
	VENDOR_SUBJECT_CODE,
	VENDOR_KEYWORD
};

struct vendor_row {
	const char *item, *path;
	enum vendor_field field;
};

static const struct vendor_row vendor_rows[] = {
#define VENDOR(item, path, field) {item, path, VENDOR_##field},
#include "pipeline/stages/decode/vendors.def"
#undef VENDOR
};
/* So far stories are looked for. */
#define VENDOR_TOKENS_MAX 200000
#define VENDOR_ROWS       (sizeof vendor_rows / sizeof *vendor_rows)

struct vendor_summary {
	struct str lead, text;
};

/* --- names -------------------------------------------------------------------------------------------------------- */

/* Is the element a story of a sender whom the table knows? Then the name that its rows have. */
static const char *vendor_of(const struct xml_doc *doc, uint32_t element)
{
	for (size_t i = 0; i < VENDOR_ROWS; i++) {
		const struct vendor_row *row = &vendor_rows[i];
		bool text = row->field == VENDOR_HEADLINE || row->field == VENDOR_BODY;
		if (text && row->item[0] != '*' && xml_is(doc, element, row->item) && xml_find(doc, element, row->path))
			return row->item;
	}
	return NULL;
}

static bool vendor_has(const struct xml_doc *doc, uint32_t element, enum vendor_field field)
{
	for (uint32_t at = xml_first(doc, element); at; at = xml_after(doc, element, at)) {
		for (size_t i = 0; i < VENDOR_ROWS; i++) {
			if (vendor_rows[i].field == field && vendor_rows[i].item[0] == '*' &&
			    str_is_fold(xml_name(doc, at), vendor_rows[i].path))
				return true;
		}
	}
	return false;
}

/* Does it look like a story: something to head it, and something to say? */
static bool vendor_is_story(const struct xml_doc *doc, uint32_t element)
{
	return vendor_has(doc, element, VENDOR_HEADLINE) &&
	       (vendor_has(doc, element, VENDOR_BODY) || vendor_has(doc, element, VENDOR_SUMMARY));
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static void vendor_body(struct xml_reading *r, uint32_t at)
{
	if (!xml_is_blank(r->draft.body))
		return;
	if (xml_has_elements(r->doc, at))
		xml_take_body(r, at);
	else
		r->draft.body = xml_get_escaped(r, at);
}

static void vendor_thing(struct xml_reading *r, enum draft_list list, struct str name, const char *role)
{
	struct draft_thing thing = {.name = name, .role = str_of(role)};
	draft_add(r->d, &r->draft, list, &thing);
}

/* A line of what may be escaped HTML. */
static struct str vendor_line(const struct xml_reading *r, struct str value)
{
	if (!value.n || !memchr(value.p, '<', value.n))
		return value;
	return xml_fold(html_to_text(value, r->d->call->tmp, r->d->call->keep), r->d->call->keep);
}

/* Fields that are one value; NULL: another kind. */
static struct str *vendor_single(struct draft *draft, enum vendor_field field)
{
	switch (field) {
	case VENDOR_GUID:
		return &draft->guid;
	case VENDOR_VERSION:
		return &draft->version;
	case VENDOR_HEADLINE:
		return &draft->headline;
	case VENDOR_TITLE:
		return &draft->title;
	case VENDOR_DATELINE:
		return &draft->dateline;
	case VENDOR_LOCATED:
		return &draft->located;
	case VENDOR_SLUGLINE:
		return &draft->slugline;
	case VENDOR_VERSION_CREATED:
		return &draft->version_created;
	case VENDOR_FIRST_CREATED:
		return &draft->first_created;
	case VENDOR_PUBLISHED:
		return &draft->published;
	case VENDOR_EMBARGOED_UNTIL:
		return &draft->embargoed_until;
	case VENDOR_LANGUAGE:
		return &draft->language;
	case VENDOR_URGENCY:
		return &draft->urgency;
	case VENDOR_STATUS:
		return &draft->status;
	case VENDOR_COPYRIGHT:
		return &draft->copyright;
	default:
		return NULL;
	}
}

static void vendor_value(struct xml_reading *r, enum vendor_field field, struct str value)
{
	bool yes = str_is_fold(value, "true") || str_is_fold(value, "yes") || str_is(value, "1");
	if (field == VENDOR_BY)
		xml_add_by(r, value);
	else if (field == VENDOR_NOTE)
		xml_add_note(r, value);
	else if (field == VENDOR_SOURCE)
		vendor_thing(r, DRAFT_INFO_SOURCES, value, "source");
	else if (field == VENDOR_SUBJECT)
		vendor_thing(r, DRAFT_SUBJECTS, value, "about");
	else if (field == VENDOR_KEYWORD)
		vendor_thing(r, DRAFT_SUBJECTS, value, "keyword");
	else if (field == VENDOR_SUBJECT_CODE)
		draft_add_subject_code(r->d, &r->draft, value, STR(""));
	else if (field == VENDOR_SIGNAL)
		draft_signal(&r->draft, value);
	else if (field == VENDOR_IS_KILL && yes)
		r->draft.status = STR("canceled");
	else if (field == VENDOR_IS_CORRECTION && yes)
		draft_signal(&r->draft, STR("correction"));
}

/* --- an item ------------------------------------------------------------------------------------------------------ */

static void vendor_element(struct xml_reading *r, enum vendor_field field, uint32_t at, struct vendor_summary *summary)
{
	struct draft *draft = &r->draft;
	struct str *single = vendor_single(draft, field);
	switch (field) {
	case VENDOR_BODY:
		vendor_body(r, at);
		return;
	case VENDOR_LEAD:
		xml_set(&summary->lead, xml_get_escaped(r, at));
		return;
	case VENDOR_SUMMARY:
		xml_set(&summary->text, xml_get_escaped(r, at));
		return;
	default:
		break;
	}
	struct str value = vendor_line(r, xml_get(r, at, ""));
	/* "Buffalo;New York;United States" */
	if (field == VENDOR_LOCATED)
		value = str_slice(value, 0, str_index(value, ';', 0));
	if (single)
		xml_set(single, value);
	else
		vendor_value(r, field, value);
}

/* The element behind it, if it has the same name. */
static uint32_t vendor_next(const struct xml_reading *r, uint32_t at)
{
	const struct xml_doc *doc = r->doc;
	uint32_t next = doc->tokens[at].next, end = doc->tokens[r->item].next;
	while (next < end && doc->tokens[next].kind != XML_ELEMENT)
		next++;
	return next < end && str_eq(xml_name(doc, next), xml_name(doc, at)) ? next : 0;
}

static void vendor_row(struct xml_reading *r, const struct vendor_row *row, struct vendor_summary *summary)
{
	struct str *single = vendor_single(&r->draft, row->field);
	if (row->path[0] == '@' && single)
		xml_set(single, xml_get_attribute(r, r->item, "", row->path + 1));
	if (row->path[0] == '@')
		return;
	if (row->item[0] == '*') {
		for (uint32_t at = xml_first(r->doc, r->item); at; at = xml_after(r->doc, r->item, at)) {
			if (str_is_fold(xml_name(r->doc, at), row->path))
				vendor_element(r, row->field, at, summary);
		}
		return;
	}
	uint32_t first = xml_find(r->doc, r->item, row->path);
	if (!first)
		return;
	vendor_element(r, row->field, first, summary);
	/* Others of the same name beside it, where a list is kept. */
	bool list = row->field >= VENDOR_SUBJECT;
	for (uint32_t at = list ? vendor_next(r, first) : 0; at; at = vendor_next(r, at))
		vendor_element(r, row->field, at, summary);
}

static bool vendor_part(struct decode *d, const struct xml_doc *doc, uint32_t item, const char *vendor)
{
	struct xml_reading r;
	struct vendor_summary summary = {{0}, {0}};
	if (!xml_part(d, doc, item, &r))
		return false;
	for (size_t i = 0; i < VENDOR_ROWS; i++) {
		if (strcmp(vendor_rows[i].item, vendor) == 0)
			vendor_row(&r, &vendor_rows[i], &summary);
	}
	bool blank = xml_is_blank(r.draft.body);
	if (!xml_is_blank(summary.lead))
		r.draft.body =
		        blank ? summary.lead
		              : arena_printf(d->call->keep, "%.*s\n%.*s", STR_ARG(summary.lead), STR_ARG(r.draft.body));
	if (xml_is_blank(r.draft.body) && !xml_is_blank(summary.text)) {
		r.draft.body = summary.text;
		decode_warn(d, r.st, "body-from-description");
	}
	xml_part_end(&r, "xml");
	return true;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

int vendor_parts(struct decode *d, const struct xml_doc *doc)
{
	int parts = 0;
	for (uint32_t at = 0; at < doc->n && at < VENDOR_TOKENS_MAX;) {
		const char *vendor = doc->tokens[at].kind == XML_ELEMENT ? vendor_of(doc, at) : NULL;
		if (doc->tokens[at].kind == XML_ELEMENT && !vendor && vendor_is_story(doc, at))
			vendor = "*";
		if (!vendor) {
			at++;
			continue;
		}
		if (!vendor_part(d, doc, at, vendor))
			return -1;
		parts++;
		at = doc->tokens[at].next;
	}
	return parts;
}
