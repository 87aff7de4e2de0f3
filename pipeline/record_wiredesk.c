/*
 * `wiredesk`: where the story came from, and what the stages found in it.
 */
#include "pipeline/record_inside.h"

/* Without the cluster of a run without Kafka: that is a word of ours. */
static void put_position(struct writing *w, const struct position *at)
{
	if (!str_is(at->cluster, "local"))
		put_str(w, "cluster", at->cluster);
	put_str(w, "topic", at->topic);
	put_int(w, "partition", at->partition);
	put_int(w, "offset", at->offset);
}

/* Of a dead letter that was put back: where it stood first, and how often it has died since. */
static void write_origin(struct writing *w)
{
	const struct message *msg = w->st->msg;
	if (!msg->is_put_back)
		return;
	json_key(&w->j, "origin");
	json_open_object(&w->j);
	put_position(w, &msg->origin);
	put_int(w, "attempts", msg->attempts);
	json_close(&w->j);
}

static void write_envelopes(struct writing *w)
{
	const struct story *st = w->st;
	if (!st->decode.n_envelopes)
		return;
	json_key(&w->j, "envelope");
	json_open_array(&w->j);
	for (size_t i = 0; i < st->decode.n_envelopes; i++)
		json_str(&w->j, str_of(st->decode.envelopes[i]));
	json_close(&w->j);
}

static void write_provenance(struct writing *w)
{
	static const char *const raw_texts[] = {
	        [TEXT_MESSAGE] = "message", [TEXT_STRING] = "string", [TEXT_DECODED] = "decoded"};
	const struct message *msg = w->st->msg;
	char timestamp[25];
	json_key(&w->j, "provenance");
	json_open_object(&w->j);
	put_position(w, &msg->delivery);
	if (msg->n_parts > 1 || msg->n_before > 1)
		put_int(w, "part", w->st->part);
	write_origin(w);
	if (msg->timestamp_ms >= 0) {
		clock_format(msg->timestamp_ms, timestamp);
		put_cstr(w, "timestamp", timestamp);
	}
	if (!str_is(msg->feed->name, "default"))
		put_str(w, "source", msg->feed->name);
	put_cstr(w, "rawSha256", msg->sha256_hex);
	put_int(w, "rawBytes", (int64_t)msg->value.n);
	put_cstr(w, "format", w->st->decode.format);
	put_cstr(w, "formatBasis", w->st->decode.format_basis);
	put_cstr(w, "charset", w->st->decode.charset);
	put_cstr(w, "charsetBasis", w->st->decode.charset_basis);
	put_cstr(w, "rawText", raw_texts[w->st->decode.text_kind]);
	write_envelopes(w);
	json_close(&w->j);
	json_key(&w->j, "offsetUnits");
	json_raw(&w->j, STR("{\"raw\":\"byte\",\"body\":\"codepoint\"}"));
}

static void put_range(struct writing *w, struct range at)
{
	put_int(w, "start", (int64_t)at.start);
	put_int(w, "end", (int64_t)at.end);
}

static void put_str_or_null(struct writing *w, const char *key, struct str value)
{
	json_key(&w->j, key);
	json_str_or_null(&w->j, value.n ? value : (struct str){0});
}

/* One that a field of the format says without its zone or hour: it stands nowhere in the text. */
static void write_given_published(struct writing *w)
{
	const struct named *given = &w->st->decode.published;
	const size_t day_bytes = sizeof "2024-03-04" - 1, minute_bytes = sizeof "2024-03-04T10:05" - 1;
	if (!given->name.n)
		return;
	json_key(&w->j, "published");
	json_open_object(&w->j);
	put_str(w, "value", given->name);
	put_str_or_null(w, "zone", (struct str){0});
	put_str_or_null(w, "zoneText", (struct str){0});
	put_str(w, "text", given->label);
	put_range(w, (struct range){0});
	put_cstr(w, "precision",
	         given->name.n == day_bytes      ? "day"
	         : given->name.n == minute_bytes ? "minute"
	                                         : "second");
	json_close(&w->j);
}

static void write_published(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_CREDITS) || !st->credits.published.name.n) {
		write_given_published(w);
		return;
	}
	json_key(&w->j, "published");
	json_open_object(&w->j);
	put_str(w, "value", st->credits.published.name);
	put_str_or_null(w, "zone", str_of(st->credits.zone));
	put_str_or_null(w, "zoneText", st->credits.published.label);
	put_str(w, "text", str_slice(st->decode.text, st->credits.published.at.start, st->credits.published.at.end));
	put_range(w, st->credits.published.at);
	put_cstr(w, "precision", st->credits.precision);
	json_close(&w->j);
}

/* One that a field of the format says and the text does not: it stands nowhere in the text. */
static void write_given_dateline(struct writing *w)
{
	const struct story *st = w->st;
	if (!st->decode.dateline.n)
		return;
	json_key(&w->j, "dateline");
	json_open_object(&w->j);
	put_str(w, "text", st->decode.dateline);
	put_str_or_null(w, "place", st->decode.located);
	put_str_or_null(w, "placeText", (struct str){0});
	put_str_or_null(w, "source", (struct str){0});
	put_str_or_null(w, "date", (struct str){0});
	put_range(w, (struct range){0, 0});
	json_close(&w->j);
}

static void write_dateline(struct writing *w)
{
	const struct story *st = w->st;
	if (st->credits.section.name.n) {
		json_key(&w->j, "section");
		json_open_object(&w->j);
		put_str(w, "text", st->credits.section.name);
		put_range(w, st->credits.section.at);
		json_close(&w->j);
	}
	if (!st->credits.dateline.name.n)
		return write_given_dateline(w);
	json_key(&w->j, "dateline");
	json_open_object(&w->j);
	put_str(w, "text", st->credits.dateline.name);
	put_str_or_null(w, "place", st->credits.place.name);
	put_str_or_null(w, "placeText", st->credits.place.label);
	put_str_or_null(w, "source", st->credits.source);
	put_str_or_null(w, "date", st->credits.date);
	put_range(w, st->credits.dateline.at);
	json_close(&w->j);
}

static void write_named(struct writing *w, const char *key, const struct named *items, size_t n, bool with_label)
{
	if (!n)
		return;
	json_key(&w->j, key);
	json_open_array(&w->j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&w->j);
		put_str(w, "name", items[i].name);
		if (with_label)
			put_str_or_null(w, "label", items[i].label);
		put_range(w, items[i].at);
		json_close(&w->j);
	}
	json_close(&w->j);
}

static void write_credits(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_CREDITS))
		return;
	write_dateline(w);
	write_named(w, "authors", st->credits.authors, st->credits.n_authors, false);
	write_named(w, "editors", st->credits.editors, st->credits.n_editors, false);
	write_named(w, "contributors", st->credits.contributors, st->credits.n_contributors, false);
	write_named(w, "credit", st->credits.sources, st->credits.n_sources, true);
}

static void write_related(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_CREDITS) || !st->credits.n_related)
		return;
	json_key(&w->j, "relatedHeadlines");
	json_open_array(&w->j);
	for (size_t i = 0; i < st->credits.n_related; i++)
		json_str(&w->j, st->credits.related[i].name);
	json_close(&w->j);
}

static void write_glue(struct writing *w)
{
	const struct glue *glue = &w->st->cleanup.glue;
	struct str text = w->st->decode.text;
	json_open_object(&w->j);
	put_cstr(w, "kind", "glued-boundary");
	put_int(w, "at", (int64_t)glue->at);
	put_str(w, "left", str_slice(text, glue->left.start, glue->left.end));
	put_str(w, "right", str_slice(text, glue->right.start, glue->right.end));
	json_close(&w->j);
}

/* A character reference that was read; a terminal's sequence is no repair but stands among what was removed. */
static bool is_reference(const struct story *st, const struct edit *edit)
{
	return st->decode.text.p[st->cleanup.text_at + edit->raw.start] == '&';
}

static void write_reference(struct writing *w, const struct edit *edit)
{
	struct range raw = story_raw(w->st, edit->at);
	json_open_object(&w->j);
	put_cstr(w, "kind", "character-reference");
	put_range(w, raw);
	put_str(w, "text", str_slice(w->st->decode.text, raw.start, raw.end));
	put_str(w, "value", str_slice(w->st->cleanup.text, edit->at.start, edit->at.end));
	json_close(&w->j);
}

static void write_repairs(struct writing *w)
{
	const struct story *st = w->st;
	bool any = st->cleanup.glue.found;
	for (size_t i = 0; i < st->cleanup.n_edits; i++)
		any = any || is_reference(st, &st->cleanup.edits[i]);
	if (!(st->done & GROUP_CLEANUP) || !any)
		return;
	json_key(&w->j, "repairs");
	json_open_array(&w->j);
	if (st->cleanup.glue.found)
		write_glue(w);
	for (size_t i = 0; i < st->cleanup.n_edits; i++)
		if (is_reference(st, &st->cleanup.edits[i]))
			write_reference(w, &st->cleanup.edits[i]);
	json_close(&w->j);
}

static void write_correction(struct writing *w)
{
	const struct story *st = w->st;
	bool in_text = (st->done & GROUP_CLEANUP) && st->cleanup.correction.end;
	if (!in_text && !st->decode.correction.n)
		return;
	json_key(&w->j, "correction");
	json_open_object(&w->j);
	if (in_text) {
		put_str(w, "text",
		        str_slice(st->decode.text, st->cleanup.correction.start, st->cleanup.correction.end));
		put_range(w, st->cleanup.correction);
	} else {
		put_str(w, "text", st->decode.correction);
	}
	json_close(&w->j);
}

static void write_language_parts(struct writing *w)
{
	const struct story *st = w->st;
	if (st->language.n_parts == 0)
		return;
	json_key(&w->j, "parts");
	json_open_array(&w->j);
	for (size_t i = 0; i < st->language.n_parts; i++) {
		const struct language_part *part = &st->language.parts[i];
		json_open_object(&w->j);
		put_cstr(w, "tag", part->tag);
		json_key(&w->j, "share");
		json_double(&w->j, part->share, 4);
		put_range(w, (struct range){part->start, part->end});
		json_close(&w->j);
	}
	json_close(&w->j);
}

/* Takes, leads and kills of a slug find each other by its uri. */
static void write_thread(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_CLEANUP) || !st->cleanup.slug.n)
		return;
	json_key(&w->j, "thread");
	json_open_object(&w->j);
	put_str(w, "slug", st->cleanup.slug);
	put_str(w, "uri", st->cleanup.thread);
	json_close(&w->j);
}

/* What the story says that it is to others. */
static void write_change(struct writing *w)
{
	const struct story *st = w->st;
	const struct saying *said = &st->cleanup.said;
	write_thread(w);
	if (!(st->done & GROUP_CLEANUP) || !said->kind)
		return;
	json_key(&w->j, "change");
	json_open_object(&w->j);
	put_cstr(w, "kind", said->kind);
	if (said->number)
		put_int(w, "number", said->number);
	put_cstr(w, "where", said->where);
	put_str(w, "text", said->text);
	put_cstr(w, "rule", said->rule);
	put_str(w, "of", said->of);
	json_close(&w->j);
	if (said->take)
		put_int(w, "take", said->take);
	put_cstr(w, "control", story_control(st));
}

static void write_embargo(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_CREDITS) || !st->credits.embargo.state)
		return;
	json_key(&w->j, "embargo");
	json_open_object(&w->j);
	put_cstr(w, "state", st->credits.embargo.state);
	put_str(w, "value", st->credits.embargo.value);
	put_str(w, "text", st->credits.embargo.text);
	put_cstr(w, "zone", st->credits.embargo.zone);
	put_cstr(w, "zoneBasis", st->credits.embargo.zone_basis);
	json_close(&w->j);
}

static void write_language(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_LANGUAGE))
		return;
	json_key(&w->j, "language");
	json_open_object(&w->j);
	put_cstr(w, "tag", st->language.tag);
	put_cstr(w, "iso639", st->language.iso639);
	put_cstr(w, "script", st->language.script);
	json_key(&w->j, "confidence");
	json_double(&w->j, st->language.confidence, 4);
	json_key(&w->j, "reliable");
	json_bool(&w->j, st->language.reliable);
	json_key(&w->j, "runnerUp");
	json_str_or_null(&w->j, str_of(st->language.runner_up));
	put_cstr(w, "reason", st->language.reason);
	put_str(w, "declared", st->decode.language);
	if (st->language.is_not_declared) {
		json_key(&w->j, "declaredDiffers");
		json_bool(&w->j, true);
	}
	write_language_parts(w);
	json_close(&w->j);
}

static void write_removed(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_CLEANUP))
		return;
	json_key(&w->j, "removed");
	json_open_array(&w->j);
	for (size_t i = 0; i < st->cleanup.n_removed; i++) {
		const struct removal *removal = &st->cleanup.removed[i];
		json_open_object(&w->j);
		put_cstr(w, "kind", removal->kind);
		put_int(w, "start", (int64_t)removal->at.start);
		put_int(w, "end", (int64_t)removal->at.end);
		json_key(&w->j, "text");
		json_str(&w->j, str_slice(st->decode.text, removal->at.start, removal->at.end));
		put_cstr(w, "rule", removal->rule);
		json_close(&w->j);
	}
	json_close(&w->j);
}

static void write_entity(struct writing *w, const struct entity *entity, const struct entity_name *name)
{
	static const char *const types[] = {
	        [ENTITY_PERSON] = "person", [ENTITY_ORGANISATION] = "organisation", [ENTITY_PLACE] = "place"};
	json_open_object(&w->j);
	put_cstr(w, "type", types[name->type]);
	put_str(w, "name", name->name);
	put_str(w, "text", entity->text);
	put_int(w, "start", entity->start);
	put_int(w, "end", entity->end);
	put_str(w, "uri", name->uri);
	put_str(w, "uriBasis", name->basis);
	json_key(&w->j, "confidence");
	json_double(&w->j, entity->confidence, 3);
	put_cstr(w, "evidence", entity->evidence);
	json_close(&w->j);
}

static void write_entities(struct writing *w)
{
	const struct story *st = w->st;
	if (!(st->done & GROUP_ENTITIES))
		return;
	json_key(&w->j, "entities");
	json_open_array(&w->j);
	for (size_t i = 0; i < st->entities.n_entities; i++)
		write_entity(w, &st->entities.entities[i], &st->entities.names[st->entities.entities[i].name]);
	json_close(&w->j);
}

void record_write_wiredesk(struct writing *w)
{
	const struct story *st = w->st;
	json_key(&w->j, "wiredesk");
	json_open_object(&w->j);
	put_cstr(w, "schema", RECORD_SCHEMA_VERSION);
	put_str(w, "id", position_id(w->tmp, &st->msg->delivery, st->part));
	write_provenance(w);
	write_published(w);
	write_credits(w);
	write_language(w);
	write_removed(w);
	write_related(w);
	write_repairs(w);
	write_correction(w);
	write_change(w);
	write_embargo(w);
	write_entities(w);
	json_key(&w->j, "warnings");
	json_open_array(&w->j);
	for (size_t i = 0; i < st->decode.n_warnings; i++)
		json_cstr(&w->j, st->decode.warnings[i]);
	if (st->cleanup.warning)
		json_cstr(&w->j, st->cleanup.warning);
	if (st->entities.warning)
		json_cstr(&w->j, st->entities.warning);
	json_close(&w->j);
}
