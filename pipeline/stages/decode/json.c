/*
 * A JSON object to a story: text, times, signals, identity. The names are json_fields.c's, so nothing here knows how a
 * sender spells them.
 */
#include "pipeline/stages/decode/decode.h"
#include "pipeline/stages/decode/draft.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/json_fields.h"
#include "pipeline/stages/decode/ninjs.h"
#include "pipeline/stages/decode/signals.h"

#define NAMES_MAX 20

struct reading {
	struct decode *d;
	struct story *st;
	const struct json_doc *doc;
	const struct json_fields *fields;
	bool ninjs, form;
	struct draft *draft;
	uint32_t at; /* the object */
};

/* --- values ------------------------------------------------------------------------------------------------------- */

/* A form sends all that was filled in as lists of one value. */
static bool json_is_form(const struct json_doc *doc, uint32_t object)
{
	uint32_t end = doc->tokens[object].next, members = 0;
	for (uint32_t key = object + 1; key < end; key = doc->tokens[key + 1].next, members++) {
		const struct json_token *value = &doc->tokens[key + 1];
		if (value->kind != JSON_ARRAY || value->next != key + 3)
			return false;
	}
	return members > 2;
}

/* A string, or a number as it was written; else empty. */
static struct str json_value(const struct reading *r, uint32_t at)
{
	/* Behind an empty list stands what is not in it, or nothing. */
	at += at && r->form && r->doc->tokens[at].kind == JSON_ARRAY && r->doc->tokens[at].next > at + 1;
	if (at && r->doc->tokens[at].kind == JSON_NUMBER)
		return json_doc_raw(r->doc, at);
	return at ? json_doc_text(r->doc, at, r->d->call->keep) : (struct str){0};
}

static struct str json_field(const struct reading *r, enum field field)
{
	return str_trim(json_value(r, r->fields->at[field]));
}

/* A name: a string, or an object that says it under one of the keys that agencies have for it. */
static struct str json_name(const struct reading *r, uint32_t at)
{
	static const char *const keys[] = {"name", "by", "city", "text"};
	uint32_t found = r->doc->tokens[at].kind == JSON_OBJECT ? 0 : at;
	for (size_t i = 0; !found && i < sizeof keys / sizeof *keys; i++)
		found = json_fields_find(r->doc, at, keys[i]);
	return str_trim(json_value(r, found));
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
	r->draft->body = text;
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

/* The text and its headline, of an object beside this one that has them. */
static bool json_body_beside(const struct reading *r, uint32_t beside)
{
	struct json_fields fields;
	struct reading other = *r;
	if (!beside)
		return false;
	json_fields_read(r->doc, beside, &fields);
	other.fields = &fields;
	other.form = json_is_form(r->doc, beside);
	if (!json_body_fields(&other))
		return false;
	struct str headline = json_field(&other, FIELD_HEADLINE);
	if (headline.n) {
		r->draft->title = r->draft->headline;
		r->draft->headline = headline;
	}
	return true;
}

static void json_body(const struct reading *r, uint32_t beside)
{
	struct ninjs_value main = ninjs_main(r->d, r->doc, r->fields->at[FIELD_BODIES]);
	r->draft->body = STR("");
	if (json_take_body(r, main.value, main.html) || json_body_fields(r) || json_body_beside(r, beside))
		return;
	struct str raw = json_value(r, r->fields->at[FIELD_RAW]);
	bool html = html_is_likely(raw);
	if (json_take_body(r, raw, html)) {
		/* An envelope around a raw story: its headline is in the text, if no field says it. */
		r->draft->headline_is_first_line = !html && !r->draft->headline.n && !r->ninjs;
		return;
	}
	struct str summary = json_value(r, r->fields->at[FIELD_SUMMARY]);
	if (json_take_body(r, summary, html_is_likely(summary)))
		decode_warn(r->d, r->st, "body-from-description");
}

static void json_headline(const struct reading *r)
{
	struct draft *draft = r->draft;
	struct str title = json_field(r, FIELD_TITLE);
	struct ninjs_value main = ninjs_main(r->d, r->doc, r->fields->at[FIELD_HEADLINES]);
	if (main.html)
		main.value = html_to_text(main.value, r->d->call->tmp, r->d->call->keep);
	draft->headline = str_trim(main.value);
	if (!draft->headline.n)
		draft->headline = json_field(r, FIELD_HEADLINE);
	if (!draft->headline.n)
		draft->headline = title;
	else
		draft->title = title;
}

/* --- signals ------------------------------------------------------------------------------------------------------ */

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
			draft_signal(r->draft, json_doc_text(doc, i, r->d->call->keep));
		for (size_t k = 0; doc->tokens[i].kind == JSON_OBJECT && k < sizeof keys / sizeof *keys; k++) {
			uint32_t value = json_fields_find(doc, i, keys[k]);
			if (value)
				draft_signal(r->draft, json_doc_text(doc, value, r->d->call->keep));
		}
	}
}

/* dpa's notes, each with a role: some correct, some are for the sender's own desks. */
static void json_note_of_role(const struct reading *r, uint32_t entry)
{
	static const char *const skipped[] = {"closingline", "closing", "contacts", "dpacontacts", NULL};
	uint32_t role = json_fields_find(r->doc, entry, "role"), note = json_fields_find(r->doc, entry, "ednote");
	struct str word = role ? json_doc_text(r->doc, role, r->d->call->tmp) : STR("");
	struct str text = note ? str_trim(json_value(r, note)) : STR("");
	const char *colon = word.n ? memrchr(word.p, ':', word.n) : NULL;
	word = colon ? str_slice(word, (size_t)(colon - word.p) + 1, word.n) : word;
	if (str_starts_fold(word, "correction") && text.n)
		signals_reason(r->draft, text);
	if (str_is_one_of_fold(word, skipped) || !text.n)
		return;
	struct str *all = &r->draft->ed_note;
	*all = all->n ? arena_printf(r->d->call->keep, "%.*s\n%.*s", STR_ARG(*all), STR_ARG(text)) : text;
}

static void json_notes(const struct reading *r, uint32_t at)
{
	const struct json_doc *doc = r->doc;
	size_t n = 0;
	r->draft->ed_note = str_trim(json_joined(r, at, "\n", NAMES_MAX));
	if (!at || doc->tokens[at].kind != JSON_ARRAY)
		return;
	for (uint32_t i = at + 1; i < doc->tokens[at].next && n++ < NAMES_MAX; i = doc->tokens[i].next) {
		if (doc->tokens[i].kind == JSON_OBJECT)
			json_note_of_role(r, i);
	}
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

static void json_about(const struct reading *r, struct str language)
{
	struct draft *draft = r->draft;
	/* To the letter: not even a blank at its end goes. */
	draft->uri = json_value(r, r->fields->at[FIELD_URI]);
	draft->guid = json_value(r, r->fields->at[FIELD_GUID]);
	/* AP's address of a story has the reader's own query in it; the id beside it stays. */
	uint32_t ids = json_fields_find(r->doc, r->at, "altids");
	uint32_t item = ids ? json_fields_find(r->doc, ids, "itemid") : 0;
	if (item) {
		draft->guid = json_value(r, item);
		draft->uri = (struct str){0};
	}
	draft->version = json_field(r, FIELD_VERSION);
	draft->target = json_field(r, FIELD_TARGET);
	draft->version_created = json_field(r, FIELD_VERSION_CREATED);
	draft->first_created = json_field(r, FIELD_FIRST_CREATED);
	draft->published = json_field(r, FIELD_PUBLISHED);
	draft->embargoed_until = json_field(r, FIELD_EMBARGOED_UNTIL);
	draft->status = json_field(r, FIELD_PUB_STATUS);
	draft->language = json_field(r, FIELD_LANGUAGE);
	if (!draft->language.n)
		draft->language = language;
	draft->urgency = json_field(r, FIELD_URGENCY);
	draft->slugline = json_field(r, FIELD_SLUGLINE);
	draft->by = json_joined(r, r->fields->at[FIELD_BY], ", ", NAMES_MAX);
	draft->located = json_joined(r, r->fields->at[FIELD_LOCATED], ", ", 1);
	draft->dateline = json_value(r, r->fields->at[FIELD_DATELINE]);
	json_notes(r, r->fields->at[FIELD_ED_NOTE]);
	draft->copyright = json_field(r, FIELD_COPYRIGHT);
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
	if (!draft_is_empty(r->st))
		return;
	if (json_says_nothing(r, object))
		story_drop(call, r->st, REASON_NO_STORY);
	else
		story_dead(call, r->st, REASON_BAD_FORMAT,
		           "the JSON object has neither a headline nor text under a known name");
}

void json_fill(struct decode *d, struct story *st, const struct json_object *object)
{
	struct draft draft = {0};
	struct reading r = {
	        .d = d, .st = st, .doc = object->doc, .fields = object->fields, .draft = &draft, .at = object->at};
	if (json_doc_is_bad(object->doc, object->at)) {
		story_dead(d->call, st, REASON_BAD_JSON,
		           "a string of the story holds \\u0000 or half of a surrogate pair");
		return;
	}
	if (r.fields->doubled) {
		story_dead(d->call, st, REASON_BAD_JSON, "the key '%s' stands twice", r.fields->doubled);
		return;
	}
	r.form = json_is_form(r.doc, object->at);
	r.ninjs = d->forced == FORMAT_NINJS || (!r.fields->mapped && ninjs_is_likely(r.fields));
	draft.basis = r.fields->mapped ? "field-map" : NULL;
	json_headline(&r);
	json_body(&r, object->beside);
	json_about(&r, object->language);
	json_signals(&r, r.fields->at[FIELD_SIGNAL]);
	if (r.ninjs)
		ninjs_fill(d, r.doc, r.fields, &draft);
	draft_fill(d, st, r.ninjs ? "ninjs" : "json", &draft);
	if (r.ninjs)
		ninjs_pass_all(d, st, r.doc, r.fields);
	json_end_empty(&r, object->at);
}
