#include "pipeline/stages/decode/ninjs.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/decode/html.h"

bool ninjs_is_likely(const struct json_fields *f)
{
	if (f->at[FIELD_HEADLINES] || f->at[FIELD_BODIES])
		return true;
	bool text = f->at[FIELD_BODY] && f->rank[FIELD_BODY] == 0;
	bool time = f->at[FIELD_VERSION_CREATED] && f->rank[FIELD_VERSION_CREATED] == 0;
	return f->at[FIELD_URI] && (text || time);
}

/* --- the main headline, the main body ----------------------------------------------------------------------------- */

static bool ninjs_is_html(const struct decode *d, const struct json_doc *doc, uint32_t entry, struct str value)
{
	uint32_t at = json_fields_find(doc, entry, "contenttype");
	struct str type = at ? json_doc_text(doc, at, d->call->tmp) : (struct str){0};
	if (!type.n)
		return html_is_likely(value);
	return str_has_fold(type, "html");
}

/* The text of an entry: what its key `value` says, or the entry itself where somebody wrote a list of strings. */
static struct str ninjs_value(const struct json_doc *doc, uint32_t entry, struct arena *a)
{
	if (doc->tokens[entry].kind != JSON_OBJECT)
		return json_doc_text(doc, entry, a);
	uint32_t at = json_fields_find(doc, entry, "value");
	return at ? json_doc_text(doc, at, a) : (struct str){0};
}

static int ninjs_score(const struct decode *d, const struct json_doc *doc, uint32_t entry, bool html)
{
	uint32_t at = json_fields_find(doc, entry, "role");
	struct str role = at ? str_trim(json_doc_text(doc, at, d->call->tmp)) : (struct str){0};
	int score = role.n == 0 ? 2 : str_is_fold(role, "main") ? 4 : 0;
	return score + !html;
}

struct ninjs_value ninjs_main(const struct decode *d, const struct json_doc *doc, uint32_t at)
{
	struct ninjs_value best = {0};
	int best_score = -1;
	uint32_t best_entry = 0;
	if (!at)
		return best;
	bool list = doc->tokens[at].kind == JSON_ARRAY;
	uint32_t end = doc->tokens[at].next;
	for (uint32_t entry = list ? at + 1 : at; entry < end; entry = doc->tokens[entry].next) {
		struct str value = ninjs_value(doc, entry, d->call->tmp);
		if (text_is_blank(value))
			continue;
		bool html = ninjs_is_html(d, doc, entry, value);
		int score = ninjs_score(d, doc, entry, html);
		if (score > best_score) {
			best_score = score;
			best_entry = entry;
			best.html = html;
		}
	}
	if (best_entry)
		best.value = ninjs_value(doc, best_entry, d->call->keep);
	return best;
}

/* --- what goes through -------------------------------------------------------------------------------------------- */

/* Without white space between the values: a record is one line. */
static struct str ninjs_compact(struct str json, struct arena *a)
{
	if (!memchr(json.p, '\n', json.n) && !memchr(json.p, '\r', json.n))
		return json;
	char *out = arena_alloc(a, json.n);
	size_t n = 0;
	bool string = false;
	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];
		if (string && c == '\\')
			out[n++] = json.p[i++];
		else if (c == '"')
			string = !string;
		else if (!string && str_is_space(c))
			continue;
		out[n++] = json.p[i];
	}
	return str_make(out, n);
}

static void ninjs_keep(struct decode *d, struct story *st, const struct ninjs_property *property, struct str json)
{
	if (property->given) {
		struct str *given = (struct str *)((char *)st + property->given);
		*given = str_trim(str_slice(json, 1, json.n - 1));
		return;
	}
	/* The list is as long as the table allows, so it is made once. */
	struct passed *list = st->decode.n_passed ? (struct passed *)(uintptr_t)st->decode.passed
	                                          : ARENA_ARRAY(d->call->keep, struct passed, NINJS_PROPERTIES);
	CHECK(st->decode.n_passed < NINJS_PROPERTIES);
	list[st->decode.n_passed++] = (struct passed){str_of(property->name), json};
	st->decode.passed = list;
}

void ninjs_pass(struct decode *d, struct story *st, int property, const struct json_doc *doc, uint32_t at)
{
	const struct ninjs_property *row = &ninjs_properties[property];
	if (ninjs_shape_fits(doc, at, property, d->call->tmp))
		ninjs_keep(d, st, row, ninjs_compact(json_doc_raw(doc, at), d->call->keep));
	else
		decode_warn(d, st, arena_printf(d->call->keep, "not-passed: %s", row->name).p);
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

static const char *ninjs_type(struct str type)
{
	static const char *const types[] = {"audio",     "video",     "picture", "graphic",
	                                    "composite", "component", "event",   "planning"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (str_is(type, types[i]))
			return types[i];
	}
	return NULL;
}

void ninjs_fill(struct decode *d, const struct json_doc *doc, const struct json_fields *fields, struct draft *draft)
{
	struct arena *tmp = d->call->tmp;
	uint32_t type = fields->at[FIELD_TYPE], representation = fields->at[FIELD_REPRESENTATION];
	if (type)
		draft->type = ninjs_type(json_doc_text(doc, type, tmp));
	if (type && !draft->control && str_is(json_doc_text(doc, type, tmp), "advisory"))
		draft->control = "advisory";
	if (representation) {
		struct str word = json_doc_text(doc, representation, tmp);
		/* ninjs 1 says incomplete, later versions partial. */
		draft->is_partial = str_is(word, "partial") || str_is(word, "incomplete");
	}
}

void ninjs_pass_all(struct decode *d, struct story *st, const struct json_doc *doc, const struct json_fields *fields)
{
	for (int i = 0; i < NINJS_PROPERTIES; i++) {
		if (fields->ninjs[i])
			ninjs_pass(d, st, i, doc, fields->ninjs[i]);
	}
}
