/*
 * A JSON object to a story: text, times, signals, identity. The names are json_fields.c's, so nothing here knows how a
 * sender spells them.
 */
#include "pipeline/stages/decode/decode.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/json_fields.h"
#include "pipeline/stages/decode/ninjs.h"
#include "pipeline/stages/decode/rfc3339.h"

#include <strings.h>

#define NAMES_MAX 20

struct reading {
	struct decode *d;
	struct story *st;
	const struct json_doc *doc;
	const struct json_fields *fields;
	bool ninjs;
};

/* --- values ------------------------------------------------------------------------------------------------------- */

/* A string, or a number as it was written; else empty. */
static struct str json_value(const struct reading *r, uint32_t at)
{
	if (at && r->doc->tokens[at].kind == JSON_NUMBER)
		return json_doc_raw(r->doc, at);
	return at ? json_doc_text(r->doc, at, r->d->call->keep) : (struct str){0};
}

static struct str json_field(const struct reading *r, enum field field)
{
	return str_trim(json_value(r, r->fields->at[field]));
}

/* A name: a string, or an object that says `name`. */
static struct str json_name(const struct reading *r, uint32_t at)
{
	if (r->doc->tokens[at].kind == JSON_OBJECT)
		at = json_fields_find(r->doc, at, "name");
	return str_trim(json_value(r, at));
}

/* The strings of a list (or names of its objects), joined; of anything else its own. At most `most` of them. */
static struct str json_joined(const struct reading *r, uint32_t at, const char *between, size_t most)
{
	const struct json_doc *doc = r->doc;
	if (!at || doc->tokens[at].kind != JSON_ARRAY)
		return at ? json_name(r, at) : (struct str){0};
	size_t n = 0, between_bytes = strlen(between);
	/* What a string says is never longer than what was written, quotes included; the comma pays for one byte
	 * between. */
	char *out = arena_alloc(r->d->call->keep, json_doc_raw(doc, at).n * between_bytes);
	for (uint32_t i = at + 1; i < doc->tokens[at].next && most > 0; i = doc->tokens[i].next) {
		struct str name = json_name(r, i);
		if (!name.n)
			continue;
		if (n) {
			memcpy(out + n, between, between_bytes);
			n += between_bytes;
		}
		memcpy(out + n, name.p, name.n);
		n += name.n;
		most--;
	}
	return str_make(out, n);
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static bool json_take_body(const struct reading *r, struct str text, bool html)
{
	struct arena *keep = r->d->call->keep;
	if (text_is_blank(text))
		return false;
	if (html)
		text = html_to_text(text, r->d->call->tmp, keep);
	if (html && text_is_blank(text))
		return false;
	r->st->decode.text = r->st->decode.body = text;
	return true;
}

/* Plain text first, unless it has lost its paragraphs and a version with mark-up still has them. */
static bool json_body_fields(const struct reading *r)
{
	uint32_t at = r->fields->at[FIELD_BODY];
	struct str plain =
	        at && r->doc->tokens[at].kind == JSON_ARRAY ? json_joined(r, at, "\n", SIZE_MAX) : json_value(r, at);
	struct str html = json_value(r, r->fields->at[FIELD_HTML]);
	if (!html.n && html_is_likely(plain)) {
		html = plain;
		plain = (struct str){0};
	}
	bool lost = html.n && !memchr(plain.p ? plain.p : "", '\n', plain.n) && html_has_blocks(html);
	if (!lost && json_take_body(r, plain, false))
		return true;
	return json_take_body(r, html, true) || json_take_body(r, plain, false);
}

static void json_body(const struct reading *r)
{
	struct story *st = r->st;
	struct ninjs_value main = ninjs_main(r->d, r->doc, r->fields->at[FIELD_BODIES]);
	st->decode.text = st->decode.body = STR("");
	if (json_take_body(r, main.value, main.html) || json_body_fields(r))
		return;
	struct str raw = json_value(r, r->fields->at[FIELD_RAW]);
	bool html = html_is_likely(raw);
	if (json_take_body(r, raw, html)) {
		/* An envelope around a raw story: its headline is in the text, if no field says it. */
		st->decode.headline_is_first_line = !html && !st->decode.headline.n && !r->ninjs;
		return;
	}
	struct str summary = json_value(r, r->fields->at[FIELD_SUMMARY]);
	if (json_take_body(r, summary, html_is_likely(summary)))
		decode_warn(r->d, st, "body-from-description");
}

static void json_headline(const struct reading *r)
{
	struct story *st = r->st;
	struct str title = json_field(r, FIELD_TITLE);
	struct ninjs_value main = ninjs_main(r->d, r->doc, r->fields->at[FIELD_HEADLINES]);
	if (main.html)
		main.value = html_to_text(main.value, r->d->call->tmp, r->d->call->keep);
	st->decode.headline = str_trim(main.value);
	if (!st->decode.headline.n)
		st->decode.headline = json_field(r, FIELD_HEADLINE);
	if (!st->decode.headline.n)
		st->decode.headline = title;
	else
		st->decode.title = title;
}

/* --- times, signals ------------------------------------------------------------------------------------------------
 */

/* A point in time, or empty: one without a zone says too little, one that does not exist says nothing. */
static struct str json_time(const struct reading *r, enum field field)
{
	struct str s = json_field(r, field);
	if (!s.n)
		return s;
	if (!rfc3339_is_time(s)) {
		decode_warn(r->d, r->st, "time-not-used");
		return (struct str){0};
	}
	if (s.p[10] == 'T' && s.p[s.n - 1] != 'z')
		return s;
	/* Small letters are allowed and understood by few. */
	char *out = arena_alloc(r->d->call->keep, s.n);
	memcpy(out, s.p, s.n);
	out[10] = 'T';
	if (out[s.n - 1] == 'z')
		out[s.n - 1] = 'Z';
	return str_make(out, s.n);
}

static void json_times(const struct reading *r)
{
	struct story *st = r->st;
	struct str published = json_time(r, FIELD_PUBLISHED);
	st->decode.version_created = json_time(r, FIELD_VERSION_CREATED);
	st->decode.first_created = json_time(r, FIELD_FIRST_CREATED);
	st->decode.embargoed_until = json_time(r, FIELD_EMBARGOED_UNTIL);
	if (!st->decode.version_created.n)
		st->decode.version_created = published;
	else if (!st->decode.first_created.n)
		st->decode.first_created = published;
}

/* "stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled": only the last word counts. */
static struct str json_last_word(struct str s)
{
	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == ':' || s.p[i - 1] == '/')
			return str_slice(s, i, s.n);
	}
	return s;
}

static bool json_is_word(struct str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static void json_status(const struct reading *r)
{
	static const struct {
		const char *word;
		enum pub_status status;
		const char *control;
	} rows[] = {
	        {"usable", PUB_USABLE, NULL},
	        {"canceled", PUB_CANCELED, "kill"},
	        {"cancelled", PUB_CANCELED, "kill"},
	        {"killed", PUB_CANCELED, "kill"},
	        {"withdrawn", PUB_CANCELED, "withdrawal"},
	        {"withheld", PUB_WITHHELD, "withdrawal"},
	        {"embargoed", PUB_WITHHELD, NULL},
	};
	struct story *st = r->st;
	struct str word = json_last_word(json_field(r, FIELD_PUB_STATUS));
	if (!word.n)
		return;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!json_is_word(word, rows[i].word))
			continue;
		st->decode.pub_status = rows[i].status;
		st->decode.control = rows[i].control;
		/* Withheld until a time is an embargo, and the story an ordinary one. */
		if (rows[i].status == PUB_WITHHELD && st->decode.embargoed_until.n)
			st->decode.control = NULL;
		return;
	}
	decode_warn(r->d, st, "pub-status-unknown");
}

static void json_signal(const struct reading *r, struct str signal)
{
	static const char *const corrections[] = {"correction", "corrected", "update",
	                                          "updated",    "writethru", "writethrough"};
	struct str word = json_last_word(str_trim(signal));
	for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++)
		r->st->decode.is_correction |= json_is_word(word, corrections[i]);
	if (r->st->decode.control)
		return;
	if (json_is_word(word, "kill") || json_is_word(word, "withdrawal"))
		r->st->decode.control = json_is_word(word, "kill") ? "kill" : "withdrawal";
	else if (json_is_word(word, "test"))
		r->st->decode.control = "test";
	else if (json_is_word(word, "advisory"))
		r->st->decode.control = "advisory";
}

/* A string, an object that says uri, qcode, code or name, or a list of these. */
static void json_signals(const struct reading *r, uint32_t at)
{
	static const char *const keys[] = {"uri", "qcode", "code", "name"};
	const struct json_doc *doc = r->doc;
	if (!at)
		return;
	bool list = doc->tokens[at].kind == JSON_ARRAY;
	uint32_t end = doc->tokens[at].next;
	for (uint32_t i = list ? at + 1 : at; i < end; i = doc->tokens[i].next) {
		if (doc->tokens[i].kind == JSON_STRING)
			json_signal(r, json_doc_text(doc, i, r->d->call->tmp));
		for (size_t k = 0; doc->tokens[i].kind == JSON_OBJECT && k < sizeof keys / sizeof *keys; k++) {
			uint32_t value = json_fields_find(doc, i, keys[k]);
			if (value)
				json_signal(r, json_doc_text(doc, value, r->d->call->tmp));
		}
	}
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

static void json_identity(const struct reading *r)
{
	struct story *st = r->st;
	/* To the letter: not even a blank at its end goes. */
	struct str uri = json_value(r, r->fields->at[FIELD_URI]), guid = json_value(r, r->fields->at[FIELD_GUID]);
	if (identity_is_uri(uri, true))
		st->decode.uri = st->decode.guid = uri;
	else if (identity_is_uri(guid, false))
		st->decode.uri = st->decode.guid = guid;
	else
		st->decode.guid = str_trim(uri).n ? uri : str_trim(guid);
	st->decode.version = json_field(r, FIELD_VERSION);
}

static void json_about(const struct reading *r, struct str language)
{
	struct story *st = r->st;
	const struct decode_shared *shared = r->d->call->shared;
	struct str declared = json_field(r, FIELD_LANGUAGE), urgency = json_field(r, FIELD_URGENCY);
	if (!declared.n)
		declared = language;
	st->decode.language = language_tag_read(&shared->languages, declared, r->d->call->keep);
	if (urgency.n == 1 && urgency.p[0] >= '1' && urgency.p[0] <= '9')
		st->decode.urgency = urgency.p[0] - '0';
	st->decode.slugline = json_field(r, FIELD_SLUGLINE);
	st->decode.by = json_joined(r, r->fields->at[FIELD_BY], ", ", NAMES_MAX);
	st->decode.located = json_joined(r, r->fields->at[FIELD_LOCATED], ", ", 1);
	st->decode.ed_note = json_field(r, FIELD_ED_NOTE);
	st->decode.copyright = json_field(r, FIELD_COPYRIGHT);
}

/* Does no member say anything: nulls, blanks, empty lists? Then the message holds no story, and nothing else either. */
static bool json_says_nothing(const struct reading *r, uint32_t object)
{
	const struct json_doc *doc = r->doc;
	for (uint32_t key = object + 1; key < doc->tokens[object].next; key = doc->tokens[key + 1].next) {
		const struct json_token *value = &doc->tokens[key + 1];
		bool empty = value->next == key + 2;
		if (value->kind == JSON_STRING ? !text_is_blank(json_doc_text(doc, key + 1, r->d->call->tmp))
		                               : value->kind != JSON_NULL && !(value->kind >= JSON_ARRAY && empty))
			return false;
	}
	return true;
}

static void json_end_empty(const struct reading *r, uint32_t object)
{
	struct call *call = r->d->call;
	if (r->st->decode.headline.n || r->st->decode.body.n || r->st->decode.control)
		return;
	if (json_says_nothing(r, object))
		story_drop(call, r->st, REASON_NO_STORY);
	else
		story_dead(call, r->st, REASON_BAD_FORMAT,
		           "the JSON object has neither a headline nor text under a known name");
}

void json_fill(struct decode *d, struct story *st, const struct json_object *object)
{
	struct reading r = {.d = d, .st = st, .doc = object->doc, .fields = object->fields};
	if (json_doc_is_bad(object->doc, object->at)) {
		story_dead(d->call, st, REASON_BAD_JSON,
		           "a string of the story holds \\u0000 or half of a surrogate pair");
		return;
	}
	if (r.fields->doubled) {
		story_dead(d->call, st, REASON_BAD_JSON, "the key '%s' stands twice", r.fields->doubled);
		return;
	}
	r.ninjs = d->forced == FORMAT_NINJS || ninjs_is_likely(r.fields);
	st->decode.format = r.ninjs ? "ninjs" : "json";
	st->decode.text_kind = TEXT_DECODED;
	json_headline(&r);
	json_body(&r);
	json_times(&r);
	json_status(&r);
	json_signals(&r, r.fields->at[FIELD_SIGNAL]);
	json_identity(&r);
	json_about(&r, object->language);
	if (r.ninjs)
		ninjs_fill(d, st, r.doc, r.fields);
	json_end_empty(&r, object->at);
}
