/*
 * JSON to its parts: an object is a story or a container of stories, a list holds them, and a string is text that may
 * be of any format again.
 */
#include "pipeline/stages/decode/decode.h"
#include "pipeline/stages/decode/envelope.h"
#include "pipeline/stages/decode/mail.h"

/* Strings in strings, and lists in lists: more levels than that are no way to send stories. */
#define STRINGS_MAX    2
#define CONTAINERS_MAX 8

/* --- values ------------------------------------------------------------------------------------------------------- */

static bool walk_value(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w);

static bool walk_entries(struct decode *d, const struct json_doc *doc, uint32_t list, struct walk w)
{
	w.containers++;
	for (uint32_t at = list + 1; at < doc->tokens[list].next; at = doc->tokens[at].next) {
		w.bytes = json_doc_raw(doc, at);
		if (!walk_value(d, doc, at, w))
			return false;
	}
	return true;
}

/* Is it a container of stories and none itself (JSON Feed, ninjs packages)? Then the list of its items, else 0. */
static uint32_t walk_items(const struct json_doc *doc, const struct json_fields *f)
{
	static const enum field own[] = {FIELD_HEADLINES, FIELD_BODIES, FIELD_BODY, FIELD_HTML, FIELD_RAW};
	uint32_t items = f->at[FIELD_ITEMS];
	if (!items || doc->tokens[items].kind != JSON_ARRAY || f->doubled)
		return 0;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (f->at[own[i]])
			return 0;
	}
	return items;
}

/* Is it a wrapper of one object and no story itself (AP's "data", then "item")? Then that object, else 0. */
static uint32_t walk_wrapped(const struct json_doc *doc, const struct json_fields *f)
{
	static const enum field own[] = {FIELD_HEADLINES, FIELD_BODIES,   FIELD_BODY, FIELD_HTML,
	                                 FIELD_RAW,       FIELD_HEADLINE, FIELD_TITLE};
	static const enum field wrappers[] = {FIELD_WRAPPED, FIELD_ITEMS, FIELD_RAW};
	uint32_t found = 0;
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers && !found; i++) {
		uint32_t at = f->at[wrappers[i]];
		found = at && doc->tokens[at].kind == JSON_OBJECT ? at : 0;
	}
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (f->at[own[i]] && f->at[own[i]] != found)
			return 0;
	}
	return f->doubled ? 0 : found;
}

/* A message in an envelope: bytes in base64. */
static bool walk_is_payload(const struct decode *d, const struct json_doc *doc, const struct json_fields *f)
{
	uint32_t encoding = f->at[FIELD_ENCODING], payload = f->at[FIELD_PAYLOAD];
	if (!encoding || !payload || doc->tokens[payload].kind != JSON_STRING || f->doubled)
		return false;
	struct str word = json_doc_text(doc, encoding, d->call->tmp);
	return str_is_fold(word, "base64");
}

static bool walk_payload(struct decode *d, const struct json_doc *doc, const struct json_fields *f, struct walk w)
{
	struct str coded = json_doc_text(doc, f->at[FIELD_PAYLOAD], d->call->tmp), bytes;
	uint32_t type = f->at[FIELD_CONTENT_TYPE];
	struct str declared = type ? mail_parameter(json_doc_text(doc, type, d->call->tmp), "charset", d->call->keep)
	                           : (struct str){0};
	if (w.containers > CONTAINERS_MAX || !envelope_base64(coded, d->call->keep, &bytes) || !bytes.n)
		return decode_dead_part(d, w.bytes, REASON_BAD_FORMAT, "the payload is no base64");
	w.containers++;
	decode_enter(d, "base64");
	bool goes_on = decode_bytes(d, bytes, declared, w);
	decode_leave(d);
	return goes_on;
}

static bool walk_object(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w)
{
	struct json_fields fields;
	const struct decode_shared *shared = d->call->shared;
	json_fields_read(doc, at, &fields);
	fields.mapped = json_map_apply(shared->fields, d->msg->feed, doc, at, &fields);
	uint32_t items = walk_items(doc, &fields);
	if (items) {
		if (fields.at[FIELD_LANGUAGE])
			w.language = json_doc_text(doc, fields.at[FIELD_LANGUAGE], d->call->tmp);
		return walk_entries(d, doc, items, w);
	}
	if (walk_is_payload(d, doc, &fields))
		return walk_payload(d, doc, &fields, w);
	uint32_t wrapped = walk_wrapped(doc, &fields);
	if (wrapped && w.containers < CONTAINERS_MAX) {
		/* AP's item as Superdesk stores it: what was fetched from its address of the text. */
		uint32_t beside = json_fields_find(doc, at, "nitf");
		w.beside = beside && doc->tokens[beside].kind == JSON_OBJECT ? beside : w.beside;
		w.containers++;
		return walk_object(d, doc, wrapped, w);
	}
	struct story *st = decode_part(d, w.bytes);
	if (st)
		json_fill(d, st, &(struct json_object){doc, at, &fields, w.language, w.beside});
	return st != NULL;
}

static bool walk_string(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w)
{
	if (doc->tokens[at].bad)
		return decode_dead_part(d, w.bytes, REASON_BAD_JSON,
		                        "the string holds \\u0000 or half of a surrogate pair");
	if (d->forced == FORMAT_NINJS)
		return decode_dead_part(d, w.bytes, REASON_BAD_FORMAT,
		                        "the source's format is ninjs, and this is a string");
	w.strings++;
	return decode_text(d, json_doc_text(doc, at, d->call->keep), w);
}

static bool walk_value(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w)
{
	enum json_kind kind = doc->tokens[at].kind;
	if (w.containers > CONTAINERS_MAX)
		return decode_dead_part(d, w.bytes, REASON_BAD_FORMAT, "lists of stories are nested too deeply");
	if (kind == JSON_OBJECT)
		return walk_object(d, doc, at, w);
	if (kind == JSON_ARRAY)
		return walk_entries(d, doc, at, w);
	if (kind == JSON_STRING)
		return walk_string(d, doc, at, w);
	return decode_dead_part(d, w.bytes, REASON_BAD_FORMAT, "a number, true, false or null is no story");
}

/* --- the format --------------------------------------------------------------------------------------------------- */

bool json_is(const struct decode *d, struct str text, const struct walk *w)
{
	(void)d;
	text = str_trim(text);
	/* A string in two strings is text with quotes around it. */
	if (!text.n || w->strings > STRINGS_MAX)
		return false;
	return text.p[0] == '{' || text.p[0] == '[' || (text.p[0] == '"' && w->strings < STRINGS_MAX);
}

static const char *walk_not_json(struct decode *d, struct str text, size_t at)
{
	size_t line = 1, column = 1;
	for (size_t i = 0; i < at; i++) {
		bool feed = text.p[i] == '\n', within = ((unsigned char)text.p[i] & 0xc0) == 0x80;
		line += feed;
		column = feed ? 1 : column + !within;
	}
	return arena_printf(d->call->tmp, "the source's format is JSON, and the message is not: line %zu, column %zu",
	                    line, column)
	        .p;
}

enum took json_read(struct decode *d, struct str text, struct walk w)
{
	struct json_doc doc;
	bool goes_on;
	switch (json_doc_read(d->call->tmp, text, d->call->env->limits.depth, &doc)) {
	case JSON_DOC_OK:
		goes_on = walk_value(d, &doc, 0, w);
		break;
	case JSON_DOC_TOO_DEEP:
		goes_on = decode_refuse(d, &w, REASON_LIMIT_DEPTH, "the JSON is nested deeper than limits.depth");
		break;
	case JSON_DOC_TOO_LARGE:
		goes_on = decode_refuse(d, &w, REASON_LIMIT_PARSE, "the JSON is too long to be indexed");
		break;
	default:
		if (!decode_must(d, &w))
			return TOOK_NOT;
		goes_on = decode_refuse(d, &w, REASON_BAD_JSON, walk_not_json(d, text, doc.fault_at));
	}
	return goes_on ? TOOK_ALL : TOOK_END;
}

/* Only where a source says so: by its content it is JSON, and json_fill tells it by its keys. */
bool ninjs_is(const struct decode *d, struct str text, const struct walk *w)
{
	(void)d;
	(void)text;
	(void)w;
	return false;
}

enum took ninjs_read(struct decode *d, struct str text, struct walk w)
{
	return json_read(d, text, w);
}
