#include "pipeline/stages/decode/ninjs_shape.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/decode/decode.h"
#include "pipeline/words/rfc3339.h"

/* Associations may hold associations; real ones are one or two levels deep. */
#define NESTING_MAX 16

enum shape_kind {
	SHAPE_STRING,
	SHAPE_URI,
	SHAPE_TIME,
	SHAPE_DATE,
	SHAPE_INTEGER,
	SHAPE_NUMBER,
	SHAPE_LIST,
	SHAPE_OBJECT
};

struct member {
	const char *name;
	const struct shape *shape;
	bool required;
	uint8_t choice; /* of the members with the same number exactly one must stand; 0: no such rule */
};

#define MEMBERS_MAX 64

struct shape {
	enum shape_kind kind;
	const char *const *words; /* a string must be one of them; NULL: any */
	int64_t least, most;      /* an integer; 0 and 0: any */
	const struct shape *item; /* of a list */
	const struct member *members;
	size_t n_members;
	bool one_choice_is_enough; /* else every choice must be met */
};

#define LIST(item_shape)                                                                                               \
	{                                                                                                              \
		.kind = SHAPE_LIST, .item = (item_shape)                                                               \
	}
#define OBJECT(member_table)                                                                                           \
	{                                                                                                              \
		.kind = SHAPE_OBJECT, .members = (member_table),                                                       \
		.n_members = sizeof(member_table) / sizeof *(member_table)                                             \
	}

static const struct shape shape_string = {.kind = SHAPE_STRING};
static const struct shape shape_uri = {.kind = SHAPE_URI};
static const struct shape shape_time = {.kind = SHAPE_TIME};
static const struct shape shape_date = {.kind = SHAPE_DATE};
static const struct shape shape_integer = {.kind = SHAPE_INTEGER};
static const struct shape shape_number = {.kind = SHAPE_NUMBER};
static const struct shape shape_percent = {.kind = SHAPE_INTEGER, .least = 0, .most = 100};
static const struct shape shape_urgency = {.kind = SHAPE_INTEGER, .least = 1, .most = 9};
static const struct shape shape_strings = LIST(&shape_string);

static const char *const words_type[] = {"text",      "audio",     "video", "picture",  "graphic",
                                         "composite", "component", "event", "planning", NULL};
static const char *const words_representation[] = {"full", "partial", NULL};
static const char *const words_status[] = {"usable", "withheld", "canceled", NULL};
static const char *const words_frequency[] = {"secondly", "minutely", "hourly", "daily",
                                              "weekly",   "monthly",  "yearly", NULL};
static const char *const words_scan[] = {"progressive", "interlaced", NULL};
static const struct shape shape_type = {.kind = SHAPE_STRING, .words = words_type};
static const struct shape shape_representation = {.kind = SHAPE_STRING, .words = words_representation};
static const struct shape shape_status = {.kind = SHAPE_STRING, .words = words_status};
static const struct shape shape_frequency = {.kind = SHAPE_STRING, .words = words_frequency};
static const struct shape shape_scan = {.kind = SHAPE_STRING, .words = words_scan};

static const struct member members_address[] = {{"lines", &shape_strings},
                                                {"locality", &shape_string},
                                                {"area", &shape_string},
                                                {"postalCode", &shape_string},
                                                {"country", &shape_string}};
static const struct shape shape_address = OBJECT(members_address);
static const struct member members_contact[] = {{"type", &shape_string},
                                                {"role", &shape_string},
                                                {"lang", &shape_string},
                                                {"name", &shape_string},
                                                {"value", &shape_string, .choice = 1},
                                                {"address", &shape_address, .choice = 1}};
static const struct shape shape_contact = OBJECT(members_contact);
static const struct shape shape_contacts = LIST(&shape_contact);

static const struct member members_symbol[] = {
        {"exchange", &shape_string}, {"symbolType", &shape_uri}, {"symbol", &shape_string}};
static const struct shape shape_symbol = OBJECT(members_symbol);
static const struct shape shape_symbols = LIST(&shape_symbol);

static const struct member members_thing[] = {
        {"name", &shape_string}, {"rel", &shape_string}, {"uri", &shape_uri}, {"literal", &shape_string}};
static const struct shape shape_thing = OBJECT(members_thing);
static const struct shape shape_things = LIST(&shape_thing);
static const struct member members_contactable[] = {{"name", &shape_string},
                                                    {"rel", &shape_string},
                                                    {"uri", &shape_uri},
                                                    {"literal", &shape_string},
                                                    {"contactInfo", &shape_contacts}};
static const struct shape shape_contactable = OBJECT(members_contactable);
static const struct shape shape_contactables = LIST(&shape_contactable);
static const struct member members_organisation[] = {{"name", &shape_string},     {"rel", &shape_string},
                                                     {"uri", &shape_uri},         {"literal", &shape_string},
                                                     {"symbols", &shape_symbols}, {"contactInfo", &shape_contacts}};
static const struct shape shape_organisation = OBJECT(members_organisation);
static const struct shape shape_organisations = LIST(&shape_organisation);
static const struct member members_info_source[] = {{"name", &shape_string},
                                                    {"role", &shape_string},
                                                    {"uri", &shape_uri},
                                                    {"literal", &shape_string},
                                                    {"contactInfo", &shape_contacts}};
static const struct shape shape_info_source = OBJECT(members_info_source);
static const struct shape shape_info_sources = LIST(&shape_info_source);
static const struct member members_subject[] = {{"name", &shape_string},       {"rel", &shape_string},
                                                {"uri", &shape_uri},           {"literal", &shape_string},
                                                {"creator", &shape_string},    {"relevance", &shape_percent},
                                                {"confidence", &shape_percent}};
static const struct shape shape_subject = OBJECT(members_subject);
static const struct shape shape_subjects = LIST(&shape_subject);
static const struct member members_event[] = {{"id", &shape_string},
                                              {"name", &shape_string},
                                              {"rel", &shape_string},
                                              {"uri", &shape_uri},
                                              {"literal", &shape_string}};
static const struct shape shape_event = OBJECT(members_event);
static const struct shape shape_events = LIST(&shape_event);
static const struct member members_genre[] = {
        {"name", &shape_string}, {"uri", &shape_string}, {"literal", &shape_string}};
static const struct shape shape_genre = OBJECT(members_genre);
static const struct shape shape_genres = LIST(&shape_genre);
static const struct member members_alt_id[] = {{"role", &shape_string}, {"value", &shape_string}};
static const struct shape shape_alt_id = OBJECT(members_alt_id);
static const struct shape shape_alt_ids = LIST(&shape_alt_id);
static const struct member members_trust[] = {{"role", &shape_uri}, {"title", &shape_string}, {"href", &shape_uri}};
static const struct shape shape_trust = OBJECT(members_trust);
static const struct shape shape_trusts = LIST(&shape_trust);

static const struct member members_text[] = {
        {"role", &shape_string}, {"contentType", &shape_string}, {"value", &shape_string, .required = true}};
static const struct shape shape_text = OBJECT(members_text);
static const struct shape shape_texts = LIST(&shape_text);
static const struct member members_body[] = {{"role", &shape_string},
                                             {"contentType", &shape_string},
                                             {"charCount", &shape_integer},
                                             {"wordCount", &shape_integer},
                                             {"value", &shape_string, .required = true}};
static const struct shape shape_body = OBJECT(members_body);
static const struct shape shape_bodies = LIST(&shape_body);

static const struct member members_poi[] = {{"x", &shape_integer}, {"y", &shape_integer}};
static const struct shape shape_poi = OBJECT(members_poi);
static const struct member members_rendition[] = {{"name", &shape_string, .required = true},
                                                  {"href", &shape_uri},
                                                  {"contentType", &shape_string},
                                                  {"title", &shape_string},
                                                  {"width", &shape_integer},
                                                  {"height", &shape_integer},
                                                  {"sizeInBytes", &shape_integer},
                                                  {"duration", &shape_number},
                                                  {"format", &shape_string},
                                                  {"aspectRatio", &shape_string},
                                                  {"videoCodec", &shape_string},
                                                  {"frameRate", &shape_number},
                                                  {"poi", &shape_poi},
                                                  {"transportProtocol", &shape_string},
                                                  {"scanType", &shape_scan},
                                                  {"bitrate", &shape_string}};
static const struct shape shape_rendition = OBJECT(members_rendition);
static const struct shape shape_renditions = LIST(&shape_rendition);

static const struct member members_rights[] = {{"langId", &shape_uri},
                                               {"linkedRights", &shape_uri, .choice = 1},
                                               {"encodedRights", &shape_string, .choice = 1}};
static const struct shape shape_rights = OBJECT(members_rights);

static const struct member members_rule[] = {{"frequency", &shape_frequency},
                                             {"interval", &shape_integer},
                                             {"until", &shape_time},
                                             {"count", &shape_integer}};
static const struct shape shape_rule = OBJECT(members_rule);
static const struct shape shape_rules = LIST(&shape_rule);
static const struct member members_recurrence[] = {{"recurrenceRules", &shape_rules}};
static const struct shape shape_recurrence = OBJECT(members_recurrence);
static const struct member members_dates[] = {
        {"startDate", &shape_time, .choice = 1}, {"expectedStartDate", &shape_date, .choice = 1},
        {"endDate", &shape_time, .choice = 2},   {"expectedEndDate", &shape_date, .choice = 2},
        {"expectedDuration", &shape_string},     {"recurrence", &shape_recurrence}};
static const struct shape shape_dates = {.kind = SHAPE_OBJECT,
                                         .members = members_dates,
                                         .n_members = sizeof members_dates / sizeof *members_dates,
                                         .one_choice_is_enough = true};
static const struct member members_details[] = {{"eventStatus", &shape_uri},
                                                {"plannedCoverageStatus", &shape_uri},
                                                {"dates", &shape_dates},
                                                {"organiser", &shape_organisation}};
static const struct shape shape_details = OBJECT(members_details);

static const struct member members_reference[] = {{"name", &shape_string}, {"value", &shape_string}};
static const struct shape shape_reference = OBJECT(members_reference);
static const struct shape shape_references = LIST(&shape_reference);
static const struct member members_commissioned[] = {
        {"by", &shape_string}, {"on", &shape_time}, {"references", &shape_references}};
static const struct shape shape_commissioned = OBJECT(members_commissioned);
static const struct member members_audience[] = {{"audience", &shape_string}, {"significance", &shape_integer}};
static const struct shape shape_audience = OBJECT(members_audience);
static const struct shape shape_audiences = LIST(&shape_audience);
static const struct member members_item_count[] = {{"rangeFrom", &shape_integer}, {"rangeTo", &shape_integer}};
static const struct shape shape_item_count = OBJECT(members_item_count);
static const struct member members_coverage[] = {{"uri", &shape_uri},
                                                 {"title", &shape_string},
                                                 {"pubStatus", &shape_status},
                                                 {"type", &shape_type},
                                                 {"commissioned", &shape_commissioned},
                                                 {"dates", &shape_dates},
                                                 {"audiences", &shape_audiences},
                                                 {"exclAudience", &shape_strings},
                                                 {"edNote", &shape_string},
                                                 {"urgency", &shape_urgency},
                                                 {"language", &shape_string},
                                                 {"itemCount", &shape_item_count},
                                                 {"wordCount", &shape_integer},
                                                 {"renditions", &shape_renditions}};
static const struct shape shape_coverage = OBJECT(members_coverage);
static const struct shape shape_coverages = LIST(&shape_coverage);

static const struct member members_standard[] = {
        {"name", &shape_string}, {"version", &shape_string}, {"schema", &shape_uri}};
static const struct shape shape_standard = OBJECT(members_standard);

/* An association is a ninjs item of its own with a name and an address. */
static const struct shape shape_association;
static const struct shape shape_associations = LIST(&shape_association);
static const struct member members_association[] = {
        {"name", &shape_string, .required = true},
        {"uri", &shape_uri, .required = true},
        {"rel", &shape_string},
        {"type", &shape_type},
        {"representationType", &shape_representation},
        {"profile", &shape_string},
        {"version", &shape_string},
        {"firstCreated", &shape_time},
        {"versionCreated", &shape_time},
        {"contentCreated", &shape_time},
        {"embargoedUntil", &shape_time},
        {"pubStatus", &shape_status},
        {"urgency", &shape_urgency},
        {"copyrightHolder", &shape_string},
        {"copyrightNotice", &shape_string},
        {"usageTerms", &shape_string},
        {"edNote", &shape_string},
        {"language", &shape_string},
        {"descriptions", &shape_texts},
        {"bodies", &shape_bodies},
        {"headlines", &shape_texts},
        {"people", &shape_contactables},
        {"organisations", &shape_organisations},
        {"places", &shape_contactables},
        {"subjects", &shape_subjects},
        {"events", &shape_events},
        {"eventDetails", &shape_details},
        {"plannedCoverage", &shape_coverages},
        {"objects", &shape_things},
        {"infoSources", &shape_info_sources},
        {"title", &shape_string},
        {"by", &shape_string},
        {"slugline", &shape_string},
        {"located", &shape_string},
        {"renditions", &shape_renditions},
        {"associations", &shape_associations},
        {"altIds", &shape_alt_ids},
        {"trustIndicators", &shape_trusts},
        {"standard", &shape_standard},
        {"genres", &shape_genres},
        {"expires", &shape_time},
        {"rightsInfo", &shape_rights},
};
static const struct shape shape_association = OBJECT(members_association);

const struct ninjs_property ninjs_properties[NINJS_PROPERTIES] = {
        {"profile", &shape_string},
        {"contentCreated", &shape_time},
        {"copyrightHolder", &shape_string},
        {"usageTerms", &shape_string},
        {"descriptions", &shape_texts},
        {"subjects", &shape_subjects},
        {"events", &shape_events},
        {"eventDetails", &shape_details},
        {"plannedCoverage", &shape_coverages},
        {"objects", &shape_things},
        {"renditions", &shape_renditions},
        {"associations", &shape_associations, offsetof(struct story, decode.given.associations)},
        {"trustIndicators", &shape_trusts},
        {"genres", &shape_genres},
        {"expires", &shape_time},
        {"rightsInfo", &shape_rights},
        {"people", &shape_contactables, offsetof(struct story, decode.given.people)},
        {"organisations", &shape_organisations, offsetof(struct story, decode.given.organisations)},
        {"places", &shape_contactables, offsetof(struct story, decode.given.places)},
        {"infoSources", &shape_info_sources, offsetof(struct story, decode.given.info_sources)},
        {"altIds", &shape_alt_ids, offsetof(struct story, decode.given.alt_ids)},
};

int ninjs_shape_property(struct str name)
{
	for (int i = 0; i < NINJS_PROPERTIES; i++) {
		if (str_is_fold(name, ninjs_properties[i].name))
			return i;
	}
	return -1;
}

/* --- simple values ------------------------------------------------------------------------------------------------ */

static bool ninjs_shape_is_integer(struct str s, const struct shape *shape)
{
	int64_t value = 0;
	bool minus = s.p[0] == '-';
	/* 15 digits are exact in every reader's numbers. */
	if (s.n - minus > 15)
		return false;
	for (size_t i = minus; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		value = value * 10 + (s.p[i] - '0');
	}
	return shape->least == shape->most || (value <= shape->most && (minus ? -value : value) >= shape->least);
}

/* "2024", "2024-01", "2024-01-21" or a full time, with or without zone. */
static bool ninjs_shape_is_date(struct str s)
{
	static const char full[] = "0000-01-01T00:00:00Z";
	char room[64];
	if (s.n != 4 && s.n != 7 && s.n != 10 && (s.n < 19 || s.n > 40))
		return false;
	/* What is missing is filled up, so that the one check of times does for all. */
	memcpy(room, full, sizeof full);
	memcpy(room, s.p, s.n);
	size_t n = s.n < 19 ? sizeof full - 1 : s.n;
	if (rfc3339_is_time(str_make(room, n)))
		return true;
	room[n++] = 'Z';
	return rfc3339_is_time(str_make(room, n));
}

static bool ninjs_shape_is_string(struct str s, const struct shape *shape)
{
	if (shape->kind == SHAPE_URI)
		return identity_is_uri(s, false);
	if (shape->kind == SHAPE_TIME)
		return rfc3339_is_time(s);
	if (shape->kind == SHAPE_DATE)
		return ninjs_shape_is_date(s);
	if (!shape->words)
		return true;
	for (const char *const *word = shape->words; *word; word++) {
		if (str_is(s, *word))
			return true;
	}
	return false;
}

/* --- lists and objects ------------------------------------------------------------------------------------------- */

struct checking {
	const struct json_doc *doc;
	struct arena *a;
};

static bool ninjs_shape_check(const struct checking *c, uint32_t value, const struct shape *shape, int nesting);

static int ninjs_shape_member(struct str name, const struct shape *shape)
{
	for (size_t i = 0; i < shape->n_members; i++) {
		if (str_is(name, shape->members[i].name))
			return (int)i;
	}
	return -1;
}

/* Which members stand there; false: an unknown, doubled or misshapen one. */
static bool ninjs_shape_members(const struct checking *c, uint32_t object, const struct shape *shape, int nesting,
                                uint64_t *there)
{
	*there = 0;
	for (uint32_t key = object + 1; key < c->doc->tokens[object].next; key = c->doc->tokens[key + 1].next) {
		struct str written = json_doc_raw(c->doc, key);
		int member = ninjs_shape_member(str_slice(written, 1, written.n - 1), shape);
		if (member < 0 || *there & UINT64_C(1) << member)
			return false;
		*there |= UINT64_C(1) << member;
		if (!ninjs_shape_check(c, key + 1, shape->members[member].shape, nesting + 1))
			return false;
	}
	return true;
}

static bool ninjs_shape_choices(const struct shape *shape, uint64_t there)
{
	int standing[3] = {0};
	bool asked[3] = {false};
	for (size_t i = 0; i < shape->n_members; i++) {
		uint8_t choice = shape->members[i].choice;
		CHECK(choice < 3);
		asked[choice] = true;
		standing[choice] += (int)(there >> i & 1);
	}
	bool first = !asked[1] || standing[1] == 1, second = !asked[2] || standing[2] == 1;
	return shape->one_choice_is_enough ? first || second : first && second;
}

static bool ninjs_shape_object(const struct checking *c, uint32_t object, const struct shape *shape, int nesting)
{
	uint64_t there;
	CHECK(shape->n_members <= MEMBERS_MAX);
	if (!ninjs_shape_members(c, object, shape, nesting, &there))
		return false;
	for (size_t i = 0; i < shape->n_members; i++) {
		if (shape->members[i].required && !(there >> i & 1))
			return false;
	}
	return ninjs_shape_choices(shape, there);
}

static bool ninjs_shape_list(const struct checking *c, uint32_t list, const struct shape *shape, int nesting)
{
	for (uint32_t at = list + 1; at < c->doc->tokens[list].next; at = c->doc->tokens[at].next) {
		if (!ninjs_shape_check(c, at, shape->item, nesting + 1))
			return false;
	}
	return true;
}

static bool ninjs_shape_check(const struct checking *c, uint32_t value, const struct shape *shape, int nesting)
{
	const struct json_token *token = &c->doc->tokens[value];
	struct str raw = json_doc_raw(c->doc, value);
	if (nesting > NESTING_MAX)
		return false;
	switch (shape->kind) {
	case SHAPE_LIST:
		return token->kind == JSON_ARRAY && ninjs_shape_list(c, value, shape, nesting);
	case SHAPE_OBJECT:
		return token->kind == JSON_OBJECT && ninjs_shape_object(c, value, shape, nesting);
	case SHAPE_INTEGER:
		return token->kind == JSON_NUMBER && ninjs_shape_is_integer(raw, shape);
	case SHAPE_NUMBER:
		/* Larger exponents are infinite for some reader. */
		return token->kind == JSON_NUMBER && !memchr(raw.p, 'e', raw.n) && !memchr(raw.p, 'E', raw.n) &&
		       raw.n <= 40;
	default:
		break;
	}
	struct str text = json_doc_text(c->doc, value, c->a);
	return text.p && ninjs_shape_is_string(text, shape);
}

bool ninjs_shape_fits(const struct json_doc *doc, uint32_t value, int property, struct arena *a)
{
	CHECK(property >= 0 && property < NINJS_PROPERTIES);
	struct checking c = {doc, a};
	return ninjs_shape_check(&c, value, ninjs_properties[property].shape, 0);
}
