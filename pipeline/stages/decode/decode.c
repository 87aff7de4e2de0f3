/*
 * decode: a message's bytes to the stories in it.
 *
 * First the charset (charset.c), then the format, by content and never by name: what begins like JSON and is JSON is
 * taken apart, everything else is plain text. Text that only looks like a format is plain text too; what parses so far
 * but breaks a limit is a dead letter. A part that is no story ends alone.
 */
#include "pipeline/stages/decode/decode.h"

#include "pipeline/base/check.h"

/* Strings in strings, and lists in lists: more levels than that are no way to send stories. */
#define STRINGS_MAX    2
#define CONTAINERS_MAX 8

static const char *const decode_formats[] = {"", "plain-text", "json", "ninjs", NULL};

/* --- parts -------------------------------------------------------------------------------------------------------- */

static void decode_note_bytes(struct decode *d, size_t part, struct str bytes)
{
	CHECK(part <= d->own_bytes_room);
	if (part == d->own_bytes_room)
		d->own_bytes = arena_grow(d->call->tmp, d->own_bytes, &d->own_bytes_room, sizeof *d->own_bytes);
	d->own_bytes[part] = bytes;
}

struct story *decode_part(struct decode *d, struct str bytes)
{
	struct story *st = message_part(d->call, d->msg);
	if (!st) {
		d->answer = message_dead(d->call, d->msg, REASON_LIMIT_PARTS, "the message has more than %lld parts",
		                         (long long)d->call->env->limits.parts);
		return NULL;
	}
	decode_note_bytes(d, st->part, bytes);
	st->decode.charset = d->in.charset;
	st->decode.charset_basis = d->in.basis;
	return st;
}

void decode_warn(struct decode *d, struct story *st, const char *word)
{
	size_t n = st->decode.n_warnings;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(st->decode.warnings[i], word) == 0)
			return;
	}
	const char **grown = ARENA_ARRAY(d->call->keep, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		grown[i] = st->decode.warnings[i];
	grown[n] = word;
	st->decode.warnings = grown;
	st->decode.n_warnings = n + 1;
}

/* One part that is no story; its neighbours go on. */
static bool decode_dead_part(struct decode *d, struct str bytes, enum reason reason, const char *words)
{
	struct story *st = decode_part(d, bytes);
	if (st)
		story_dead(d->call, st, reason, "%s", words);
	return st != NULL;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static bool decode_plain(struct decode *d, struct str text, const struct walk *w)
{
	size_t mark_bytes = w->strings ? 0 : d->in.mark_bytes;
	bool blank = text_is_blank(text);
	if (blank && !w->strings)
		return true; /* keep without a part: no story in it */
	struct story *st = decode_part(d, w->bytes);
	if (!st)
		return false;
	if (blank)
		story_drop(d->call, st, REASON_NO_STORY);
	else
		text_fill(d, st, text, mark_bytes, w->strings ? TEXT_STRING : TEXT_MESSAGE);
	return true;
}

/* Is it worth looking for JSON in it? A string in two strings is text with quotes around it. */
static bool decode_begins_like_json(struct str text, int strings)
{
	text = str_trim(text);
	if (!text.n || strings > STRINGS_MAX)
		return false;
	return text.p[0] == '{' || text.p[0] == '[' || (text.p[0] == '"' && strings < STRINGS_MAX);
}

static bool decode_value(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w);

/* Not a message's own text, or forced to be JSON: a part or the message ends here, with these words. */
static bool decode_refuse(struct decode *d, const struct walk *w, enum reason reason, const char *words)
{
	if (w->strings || w->containers)
		return decode_dead_part(d, w->bytes, reason, words);
	d->answer = message_dead(d->call, d->msg, reason, "%s", words);
	return false;
}

static const char *decode_not_json(struct decode *d, struct str text, size_t at)
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

/* Text that may be any format: a message's own, or that of a JSON string. */
static bool decode_text(struct decode *d, struct str text, struct walk w)
{
	struct json_doc doc;
	struct str inside = str_slice(text, w.strings ? 0 : d->in.mark_bytes, text.n);
	bool must = (d->forced == FORMAT_JSON || d->forced == FORMAT_NINJS) && !w.strings;
	if (!must && (d->forced == FORMAT_PLAIN_TEXT || !decode_begins_like_json(inside, w.strings)))
		return decode_plain(d, text, &w);
	if (must && text_is_blank(inside))
		return true;
	switch (json_doc_read(d->call->tmp, inside, d->call->env->limits.depth, &doc)) {
	case JSON_DOC_OK:
		return decode_value(d, &doc, 0, w);
	case JSON_DOC_TOO_DEEP:
		return decode_refuse(d, &w, REASON_LIMIT_DEPTH, "the JSON is nested deeper than limits.depth");
	case JSON_DOC_TOO_LARGE:
		return decode_refuse(d, &w, REASON_LIMIT_PARSE, "the JSON is too long to be indexed");
	case JSON_DOC_NOT_JSON:
		break;
	}
	if (must)
		return decode_refuse(d, &w, REASON_BAD_JSON, decode_not_json(d, inside, doc.fault_at));
	return decode_plain(d, text, &w);
}

/* --- JSON values -------------------------------------------------------------------------------------------------- */

static bool decode_entries(struct decode *d, const struct json_doc *doc, uint32_t list, struct walk w)
{
	w.containers++;
	for (uint32_t at = list + 1; at < doc->tokens[list].next; at = doc->tokens[at].next) {
		w.bytes = json_doc_raw(doc, at);
		if (!decode_value(d, doc, at, w))
			return false;
	}
	return true;
}

/* Is it a container of stories and none itself (JSON Feed, ninjs packages)? Then the list of its items, else 0. */
static uint32_t decode_items(const struct json_doc *doc, const struct json_fields *f)
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

static bool decode_object(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w)
{
	struct json_fields fields;
	json_fields_read(doc, at, &fields);
	uint32_t items = decode_items(doc, &fields);
	if (items) {
		if (fields.at[FIELD_LANGUAGE])
			w.language = json_doc_text(doc, fields.at[FIELD_LANGUAGE], d->call->tmp);
		return decode_entries(d, doc, items, w);
	}
	struct story *st = decode_part(d, w.bytes);
	if (st)
		json_fill(d, st, &(struct json_object){doc, at, &fields, w.language});
	return st != NULL;
}

static bool decode_string(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w)
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

static bool decode_value(struct decode *d, const struct json_doc *doc, uint32_t at, struct walk w)
{
	enum json_kind kind = doc->tokens[at].kind;
	if (w.containers > CONTAINERS_MAX)
		return decode_dead_part(d, w.bytes, REASON_BAD_FORMAT, "lists of stories are nested too deeply");
	if (kind == JSON_OBJECT)
		return decode_object(d, doc, at, w);
	if (kind == JSON_ARRAY)
		return decode_entries(d, doc, at, w);
	if (kind == JSON_STRING)
		return decode_string(d, doc, at, w);
	return decode_dead_part(d, w.bytes, REASON_BAD_FORMAT, "a number, true, false or null is no story");
}

/* --- the stage ---------------------------------------------------------------------------------------------------- */

static enum decode_format decode_forced(const struct feed *feed)
{
	for (int i = 0; decode_formats[i]; i++) {
		if (str_is(feed->format, decode_formats[i]))
			return (enum decode_format)i;
	}
	return FORMAT_ANY;
}

static enum answer decode_not_text(struct call *call, struct message *msg, enum reason reason,
                                   const struct charset_text *in)
{
	if (reason == REASON_LIMIT_STORY)
		return message_dead(call, msg, reason, "the message in UTF-8 is far larger than limits.message");
	if (reason == REASON_BAD_CHARSET)
		return message_dead(call, msg, reason, "byte %zu of the message is not valid in %s", in->fault_at,
		                    in->charset);
	if (in->converted)
		return message_dead(call, msg, reason, "the message holds NUL characters");
	bool nul = in->fault_at < msg->value.n && !msg->value.p[in->fault_at];
	return message_dead(call, msg, reason,
	                    nul ? "byte %zu of the message is NUL, which no text holds"
	                        : "byte %zu of the message is not valid UTF-8: if the source sends another charset, "
	                          "set its 'charset'",
	                    in->fault_at);
}

static enum answer decode_expand(struct call *call, struct message *msg)
{
	struct decode_local *local = call->local;
	struct decode d = {.call = call, .msg = msg, .answer = ANSWER_KEEP, .forced = decode_forced(msg->feed)};
	CHECK(msg->value.n > 0);
	enum reason reason = charset_read(call, msg, &local->charsets, &d.in);
	if (reason)
		return decode_not_text(call, msg, reason, &d.in);
	struct walk w = {.bytes = msg->value};
	if (!decode_text(&d, d.in.text, w))
		return d.answer;
	identity_fill(&d);
	return ANSWER_KEEP;
}

static bool decode_check_format(const struct feed *feed, struct err *err)
{
	if (!feed->format.n || decode_forced(feed) != FORMAT_ANY)
		return true;
	return err_set(err,
	               "%s: source '%.*s': unknown format '%.*s'; give plain-text, json or ninjs, or leave it out%s",
	               node_where_of(feed->node, "format", "sources"), STR_ARG(feed->name), STR_ARG(feed->format),
	               options_hint(feed->format, decode_formats + 1));
}

static bool decode_check(const struct stage_env *env, const void *options, struct err *err)
{
	(void)options;
	for (size_t i = 0; i < env->n_feeds; i++)
		if (!decode_check_format(&env->feeds[i], err) || !charset_check(&env->feeds[i], err))
			return false;
	return true;
}

static bool decode_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	struct decode_shared *s = shared;
	(void)options;
	(void)env;
	(void)err;
	language_codes_fill(&s->languages);
	return true;
}

static bool decode_open_local(const struct stage_env *env, const void *options, const void *shared, void *local,
                              struct err *err)
{
	struct decode_local *l = local;
	(void)options;
	(void)shared;
	return charset_open(&l->charsets, env, err);
}

static void decode_close_local(void *local)
{
	struct decode_local *l = local;
	charset_close(&l->charsets);
}

const struct stage stage_decode = {
        .name = "decode",
        .summary = "reads bytes as text, recognises the format and takes the stories out of a message",
        .order = STAGE_ANY_ORDER,
        .writes = GROUP_DECODE,
        .shared_size = sizeof(struct decode_shared),
        .local_size = sizeof(struct decode_local),
        .check = decode_check,
        .open = decode_open,
        .open_local = decode_open_local,
        .close_local = decode_close_local,
        .expand = decode_expand,
};
