/*
 * decode: a message's bytes to the stories in it.
 *
 * First what is around them (envelope.c), then the charset (charset.c), then the format, by content and never by name:
 * the rows of formats.def are asked in their order, and plain text, the last of them, takes what is none of the others.
 * A reader may find that text only looked like its format; then the rows behind it are asked. What is of a format for
 * sure and cannot be read is a dead letter, and a part that is no story ends alone.
 */
#include "pipeline/stages/decode/decode.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/decode/envelope.h"

/* A packed message in a packed message is odd, more of them are an attack. */
#define ENVELOPES_MAX 3

static const char *const decode_formats[] = {"",
#define FORMAT(ID, id, word) word,
#include "pipeline/stages/decode/formats.def"
#undef FORMAT
                                             NULL};

#define FORMAT(ID, id, word) word ", "
static const char decode_words[] =
#include "pipeline/stages/decode/formats.def"
        ;
#undef FORMAT

static const struct {
	bool (*is)(const struct decode *d, struct str text, const struct walk *w);
	enum took (*read)(struct decode *d, struct str text, struct walk w);
} decode_readers[FORMATS_END] = {
#define FORMAT(ID, id, word) [FORMAT_##ID] = {id##_is, id##_read},
#include "pipeline/stages/decode/formats.def"
#undef FORMAT
};

/* --- parts -------------------------------------------------------------------------------------------------------- */

static void decode_note_bytes(struct decode *d, size_t part, struct str bytes)
{
	CHECK(part <= d->own_bytes_room);
	if (part == d->own_bytes_room)
		d->own_bytes = arena_grow(d->call->tmp, d->own_bytes, &d->own_bytes_room, sizeof *d->own_bytes);
	d->own_bytes[part] = bytes;
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

void decode_enter(struct decode *d, const char *envelope)
{
	if (d->n_envelopes < DECODE_ENVELOPES_MAX)
		d->envelopes[d->n_envelopes] = envelope;
	d->n_envelopes++;
}

void decode_leave(struct decode *d)
{
	CHECK(d->n_envelopes > 0);
	d->n_envelopes--;
}

static void decode_note_envelopes(struct decode *d, struct story *st)
{
	size_t n = d->n_envelopes < DECODE_ENVELOPES_MAX ? d->n_envelopes : DECODE_ENVELOPES_MAX;
	if (!n)
		return;
	const char **copy = ARENA_ARRAY(d->call->keep, const char *, n);
	memcpy(copy, d->envelopes, n * sizeof *copy);
	st->decode.envelopes = copy;
	st->decode.n_envelopes = n;
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
	decode_note_envelopes(d, st);
	for (size_t i = 0; i < d->in.notes.n; i++)
		decode_warn(d, st, d->in.notes.words[i]);
	return st;
}

bool decode_dead_part(struct decode *d, struct str bytes, enum reason reason, const char *words)
{
	struct story *st = decode_part(d, bytes);
	if (st)
		story_dead(d->call, st, reason, "%s", words);
	return st != NULL;
}

bool decode_refuse(struct decode *d, const struct walk *w, enum reason reason, const char *words)
{
	if (w->strings || w->containers)
		return decode_dead_part(d, w->bytes, reason, words);
	d->answer = message_dead(d->call, d->msg, reason, "%s", words);
	return false;
}

/* --- formats ------------------------------------------------------------------------------------------------------ */

bool decode_must(const struct decode *d, const struct walk *w)
{
	return d->forced != FORMAT_ANY && !w->strings && !w->containers;
}

bool decode_text(struct decode *d, struct str text, struct walk w)
{
	text = str_slice(text, w.strings ? 0 : d->in.mark_bytes, text.n);
	if (decode_must(d, &w)) {
		if (text_is_blank(text))
			return true;
		enum took took = decode_readers[d->forced].read(d, text, w);
		if (took != TOOK_NOT)
			return took == TOOK_ALL;
		return decode_refuse(d, &w, REASON_BAD_FORMAT, "the message is not of the format that its source says");
	}
	for (enum decode_format format = FORMAT_ANY + 1; format < FORMATS_END; format++) {
		enum took took =
		        decode_readers[format].is(d, text, &w) ? decode_readers[format].read(d, text, w) : TOOK_NOT;
		if (took != TOOK_NOT)
			return took == TOOK_ALL;
	}
	CHECK(false); /* plain text takes all */
	return false;
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

/* Bytes that are no text: what is wrong with them, in words. */
static const char *decode_not_text(const struct decode *d, struct str bytes, enum reason reason)
{
	const struct charset_text *in = &d->in;
	struct arena *keep = d->call->keep;
	if (reason == REASON_LIMIT_STORY)
		return "the message in UTF-8 is far larger than limits.message";
	if (reason == REASON_BAD_CHARSET)
		return arena_printf(keep, "byte %zu of the message is not valid in %s", in->fault_at, in->charset).p;
	if (in->converted)
		return "the message holds NUL characters";
	if (in->fault_at < bytes.n && !bytes.p[in->fault_at])
		return arena_printf(keep, "byte %zu of the message is NUL, which no text holds", in->fault_at).p;
	return arena_printf(keep,
	                    "byte %zu of the message is not valid UTF-8: if the source sends another charset, "
	                    "set its 'charset'",
	                    in->fault_at)
	        .p;
}

/* One envelope off, and on with what is inside. */
static bool decode_opened(struct decode *d, enum envelope envelope, struct str bytes, struct str declared,
                          struct walk w)
{
	struct decode_local *local = d->call->local;
	struct str inside;
	switch (envelope_open(envelope, bytes, &local->unpacked, &inside)) {
	case ENVELOPE_OK:
		break;
	case ENVELOPE_BROKEN:
		return decode_refuse(d, &w, REASON_BAD_FORMAT,
		                     "the message begins as gzip or zstd and is none, or is cut off");
	case ENVELOPE_TOO_LARGE:
		return decode_refuse(d, &w, REASON_LIMIT_MESSAGE,
		                     "the message is larger than limits.message when it is unpacked");
	}
	if (!inside.n)
		return true;
	if (++w.envelopes > ENVELOPES_MAX)
		return decode_refuse(d, &w, REASON_BAD_FORMAT, "the message is packed again and again");
	if (envelope != ENVELOPE_SCHEMA_ID)
		inside = arena_copy(d->call->keep, inside);
	decode_enter(d, envelope_word(envelope, bytes, d->call->keep));
	bool goes_on = decode_bytes(d, inside, declared, w);
	decode_leave(d);
	return goes_on;
}

bool decode_bytes(struct decode *d, struct str bytes, struct str declared, struct walk w)
{
	struct decode_local *local = d->call->local;
	enum envelope envelope = envelope_of(bytes);
	if (envelope)
		return decode_opened(d, envelope, bytes, declared, w);
	struct charset_text outer = d->in;
	struct charset_ask ask = {.bytes = bytes, .forced = d->msg->feed->charset, .declared = declared};
	if (rfc822_is_raw(d, bytes, &w)) {
		d->in = (struct charset_text){.text = bytes, .charset = "mixed", .basis = "parts", .converted = true};
		enum took took = rfc822_read(d, bytes, w);
		d->in = outer;
		if (took != TOOK_NOT)
			return took == TOOK_ALL;
	}
	enum reason reason = charset_read(d->call, &ask, &local->charsets, &d->in);
	bool goes_on = reason ? decode_refuse(d, &w, reason, decode_not_text(d, bytes, reason))
	                      : decode_text(d, d->in.text, w);
	d->in = outer;
	return goes_on;
}

static enum answer decode_expand(struct call *call, struct message *msg)
{
	struct decode d = {.call = call, .msg = msg, .answer = ANSWER_KEEP, .forced = decode_forced(msg->feed)};
	CHECK(msg->value.n > 0);
	if (!decode_bytes(&d, msg->value, (struct str){0}, (struct walk){.bytes = msg->value}))
		return d.answer;
	identity_fill(&d);
	return ANSWER_KEEP;
}

static bool decode_check_format(const struct feed *feed, struct err *err)
{
	if (!feed->format.n || decode_forced(feed) != FORMAT_ANY)
		return true;
	return err_set(err, "%s: source '%.*s': unknown format '%.*s'; give %sor leave it out%s",
	               node_where_of(feed->node, "format", "sources"), STR_ARG(feed->name), STR_ARG(feed->format),
	               decode_words, options_hint(feed->format, decode_formats + 1));
}

static bool decode_check(const struct stage_env *env, const void *options, struct err *err)
{
	(void)options;
	for (size_t i = 0; i < env->n_feeds; i++)
		if (!decode_check_format(&env->feeds[i], err) || !converters_check(&env->feeds[i], err) ||
		    !json_map_check(&env->feeds[i], err))
			return false;
	return true;
}

static bool decode_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	struct decode_shared *s = shared;
	(void)options;
	language_codes_fill(&s->languages);
	hints_fill(&s->hints);
	s->fields = json_map_new(env);
	s->charsets = charset_bytes_new(err);
	return s->charsets != NULL;
}

static void decode_close(void *shared)
{
	struct decode_shared *s = shared;
	charset_bytes_free(&s->charsets);
	json_map_free(&s->fields);
}

static bool decode_open_local(const struct stage_env *env, const void *options, const void *shared, void *local,
                              struct err *err)
{
	const struct decode_shared *s = shared;
	struct decode_local *l = local;
	(void)options;
	buf_init(&l->json, (size_t)env->limits.story_bytes);
	buf_init(&l->unpacked, (size_t)env->limits.message_bytes);
	return converters_open(&l->charsets, s->charsets, env, err);
}

static void decode_close_local(void *local)
{
	struct decode_local *l = local;
	converters_close(&l->charsets);
	buf_free(&l->json);
	buf_free(&l->unpacked);
	zone_clock_close(&l->zone);
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
        .close = decode_close,
        .open_local = decode_open_local,
        .close_local = decode_close_local,
        .expand = decode_expand,
};
