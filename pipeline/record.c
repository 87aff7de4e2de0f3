/*
 * Writing of the record, in the order in which a reader wants it: ninjs' own properties first, then `wiredesk`.
 *
 * The writer's state is one struct, the JSON writer inside it; each function writes one property or one group and
 * leaves out what no stage has found.
 */
#include "pipeline/record.h"

#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

#define SCHEMA_URL     "https://wiredesk.invalid/schema/wiredesk-ninjs-3.0.json"
#define SCHEMA_VERSION "wiredesk-ext/1"
/* wiredesk-verdict and wiredesk-cluster, which the tail adds. */
#define TAIL_HEADERS_MAX (100 + STORY_URI_MAX)

struct writing {
	struct json j;
	const struct story *st;
	struct arena *tmp;
};

static void put_str(struct writing *w, const char *key, struct str value)
{
	if (!value.n)
		return;
	json_key(&w->j, key);
	json_str(&w->j, value);
}

static void put_cstr(struct writing *w, const char *key, const char *value)
{
	if (value)
		put_str(w, key, str_of(value));
}

static void put_int(struct writing *w, const char *key, int64_t value)
{
	json_key(&w->j, key);
	json_int(&w->j, value);
}

/* --- counts ----------------------------------------------------------------------------------------------------- */

/* Unicode's White_Space, told from the bytes of valid UTF-8; *width is the length of what stands at p. */
static bool is_white(const char *p, size_t left, size_t *width)
{
	const unsigned char *u = (const unsigned char *)p;
	*width = 1;
	if (u[0] < 0x80)
		return str_is_space(*p);
	if (u[0] < 0xc2 || left < 2)
		return false;
	*width = 2;
	if (u[0] == 0xc2)
		return u[1] == 0x85 || u[1] == 0xa0;
	if (u[0] < 0xe1 || u[0] > 0xe3 || left < 3)
		return false;
	*width = 3;
	if (u[0] == 0xe1)
		return u[1] == 0x9a && u[2] == 0x80;
	if (u[0] == 0xe3)
		return u[1] == 0x80 && u[2] == 0x80;
	return (u[1] == 0x80 && (u[2] <= 0x8a || u[2] == 0xa8 || u[2] == 0xa9 || u[2] == 0xaf)) ||
	       (u[1] == 0x81 && u[2] == 0x9f);
}

static size_t count_words(struct str s)
{
	size_t words = 0;
	bool inside = false;
	for (size_t i = 0; i < s.n;) {
		size_t width;
		bool white = is_white(s.p + i, s.n - i, &width);
		words += !white && !inside;
		inside = !white;
		i += white ? width : 1;
	}
	return words;
}

/* --- ninjs ------------------------------------------------------------------------------------------------------- */

static const char *pub_status_word(enum pub_status status)
{
	static const char *const words[] = {
	        [PUB_USABLE] = "usable", [PUB_WITHHELD] = "withheld", [PUB_CANCELED] = "canceled"};
	return words[status];
}

/* The format's, else the time that the text gives where its zone is known. */
static struct str version_created(const struct story *st)
{
	bool said = (st->done & GROUP_CREDITS) && st->credits.has_offset;
	return st->decode.version_created.n || !said ? st->decode.version_created : st->credits.published.name;
}

/* A time that nobody believes is none: the story is withheld until another version says more. */
static struct str embargoed_until(const struct story *st)
{
	if (!(st->done & GROUP_CREDITS) || !st->credits.embargo.state)
		return st->decode.embargoed_until;
	return strcmp(st->credits.embargo.state, "not-believed") == 0 ? (struct str){0} : st->credits.embargo.value;
}

/* As stated; else by what the story says of itself: "UPDATE 2" and "2nd Lead" are the third to come. */
static void write_version(struct writing *w)
{
	const struct story *st = w->st;
	int number = st->done & GROUP_CLEANUP ? st->cleanup.said.number : 0;
	if (st->decode.version.n || !number)
		put_str(w, "version", st->decode.version.n ? st->decode.version : STR("1"));
	else
		put_str(w, "version", arena_printf(w->tmp, "%d", number + 1));
}

static void write_identity(struct writing *w)
{
	const struct story *st = w->st;
	put_str(w, "uri", st->decode.uri);
	put_cstr(w, "type", st->decode.type ? st->decode.type : "text");
	bool partial = st->decode.is_partial || ((st->done & GROUP_CLEANUP) && st->cleanup.is_partial);
	put_cstr(w, "representationType", partial ? "partial" : "full");
	write_version(w);
	put_str(w, "firstCreated", st->decode.first_created);
	put_str(w, "versionCreated", version_created(st));
	put_str(w, "embargoedUntil", embargoed_until(st));
	put_cstr(w, "pubStatus", pub_status_word(story_pub_status(st)));
	if (st->decode.urgency)
		put_int(w, "urgency", st->decode.urgency);
	put_str(w, "copyrightNotice", st->decode.copyright);
	put_str(w, "edNote", st->decode.ed_note);
	put_str(w, "language", story_language(st));
}

static void write_headline(struct writing *w)
{
	struct str headline = story_headline(w->st);
	if (!headline.n)
		return;
	json_key(&w->j, "headlines");
	json_open_array(&w->j);
	json_open_object(&w->j);
	put_cstr(w, "role", "main");
	put_cstr(w, "contentType", "text/plain");
	put_str(w, "value", headline);
	json_close(&w->j);
	json_close(&w->j);
}

static void write_body(struct writing *w)
{
	struct str body = story_body(w->st);
	json_key(&w->j, "bodies");
	json_open_array(&w->j);
	json_open_object(&w->j);
	put_cstr(w, "role", "main");
	put_cstr(w, "contentType", "text/plain");
	put_int(w, "charCount", (int64_t)utf8_count(body));
	put_int(w, "wordCount", (int64_t)count_words(body));
	json_key(&w->j, "value");
	json_str(&w->j, body);
	json_close(&w->j);
	json_close(&w->j);
}

static void write_alt_id(struct writing *w, const char *role, struct str value)
{
	json_open_object(&w->j);
	put_cstr(w, "role", role);
	put_str(w, "value", value);
	json_close(&w->j);
}

/* A list that came with the story; finished entries, commas between them. */
static void put_given(struct writing *w, const char *key, struct str entries)
{
	if (!entries.n)
		return;
	json_key(&w->j, key);
	json_open_array(&w->j);
	json_raw(&w->j, entries);
	json_close(&w->j);
}

/* Is the string, as it stands between quotes, in a finished list already? */
static bool is_given(struct str given, struct str value)
{
	for (size_t at = 0; value.n && at + value.n <= given.n;) {
		const char *hit = memmem(given.p + at, given.n - at, value.p, value.n);
		if (!hit)
			return false;
		size_t start = (size_t)(hit - given.p), end = start + value.n;
		if (start && given.p[start - 1] == '"' && end < given.n && given.p[end] == '"')
			return true;
		at = start + 1;
	}
	return false;
}

static void write_info_source(struct writing *w, const char *role, struct str name)
{
	if (!name.n || is_given(w->st->decode.given.info_sources, name))
		return;
	json_open_object(&w->j);
	put_str(w, "name", name);
	put_cstr(w, "role", role);
	json_close(&w->j);
}

static void write_info_names(struct writing *w, const char *role, const struct named *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		write_info_source(w, role, names[i].name);
}

static bool has_quoted(const struct story *st)
{
	for (size_t i = 0; i < st->entities.n_names; i++)
		if (st->entities.names[i].is_quoted)
			return true;
	return false;
}

static bool has_info_sources(const struct story *st)
{
	return st->credits.source.n || st->credits.n_authors || st->credits.n_editors || st->credits.n_sources ||
	       has_quoted(st);
}

/* Those that came with the story, then those that its text names. */
static void write_info_sources(struct writing *w)
{
	const struct story *st = w->st;
	if (!has_info_sources(st)) {
		put_given(w, "infoSources", st->decode.given.info_sources);
		return;
	}
	json_key(&w->j, "infoSources");
	json_open_array(&w->j);
	if (st->decode.given.info_sources.n)
		json_raw(&w->j, st->decode.given.info_sources);
	write_info_source(w, "publisher", st->credits.source);
	write_info_names(w, "author", st->credits.authors, st->credits.n_authors);
	write_info_names(w, "editor", st->credits.editors, st->credits.n_editors);
	write_info_names(w, "source", st->credits.sources, st->credits.n_sources);
	for (size_t i = 0; i < st->entities.n_names; i++)
		if (st->entities.names[i].is_quoted)
			write_info_source(w, "quoted", st->entities.names[i].name);
	json_close(&w->j);
}

/* One that came with the story under this name, or this address, stays as it came. */
static bool is_listed(const struct entity_name *name, enum entity_type type, struct str given)
{
	return name->type == type && !is_given(given, name->name) && !is_given(given, name->uri);
}

static void write_listed(struct writing *w, const struct entity_name *name)
{
	json_open_object(&w->j);
	put_str(w, "name", name->name);
	put_cstr(w, "rel", name->is_dateline ? "dateline" : "about");
	put_str(w, "uri", name->uri);
	json_close(&w->j);
}

/* Those that came with the story, then those that its body names. */
static void write_list(struct writing *w, const char *key, enum entity_type type, struct str given)
{
	const struct story *st = w->st;
	bool open = given.n > 0;
	if (open) {
		json_key(&w->j, key);
		json_open_array(&w->j);
		json_raw(&w->j, given);
	}
	for (size_t i = 0; st->entities.listed && i < st->entities.n_names; i++) {
		if (!is_listed(&st->entities.names[i], type, given))
			continue;
		if (!open) {
			json_key(&w->j, key);
			json_open_array(&w->j);
			open = true;
		}
		write_listed(w, &st->entities.names[i]);
	}
	if (open)
		json_close(&w->j);
}

/* --- what the story is to others ---------------------------------------------------------------------------------- */

static bool is_kind(const struct story *st, const char *kind)
{
	return (st->done & GROUP_CLEANUP) && st->cleanup.said.kind && strcmp(st->cleanup.said.kind, kind) == 0;
}

static bool is_control(const struct story *st, const char *word)
{
	const char *control = story_control(st);
	return control && strcmp(control, word) == 0;
}

/* "2" is a later version than the first; so is what says that it corrects or updates. */
static bool is_later(const struct story *st)
{
	struct str version = st->decode.version;
	return story_is_update(st) || (version.n && !str_is(version, "0") && !str_is(version, "1"));
}

struct association {
	const char *rel;
	struct str uri, name;
};

/* What it does to another story, or to its own earlier versions. */
static struct association association_of(const struct story *st)
{
	bool clean = st->done & GROUP_CLEANUP;
	struct str own = st->decode.guid.n ? st->decode.uri : (struct str){0};
	struct str slug = clean ? st->cleanup.slug : (struct str){0},
	           of = clean ? st->cleanup.said.of : (struct str){0};
	struct str other = st->decode.target.n ? st->decode.target : own;
	if (is_control(st, "kill") || is_control(st, "withdrawal")) {
		if (other.n)
			return (struct association){"cancels", other, of.n ? of : story_headline(st)};
		return (struct association){"cancels", clean ? st->cleanup.said.of_uri : other, of.n ? of : slug};
	}
	if (is_kind(st, "take"))
		return (struct association){"partOf", st->decode.target.n ? st->decode.target : st->cleanup.thread,
		                            slug};
	if (is_control(st, "embargo-lift"))
		return (struct association){"lifts", other, story_headline(st)};
	if (is_later(st))
		return (struct association){"replaces", other, story_headline(st)};
	return (struct association){"evolvedFrom", st->decode.target, story_headline(st)};
}

/* Those that came with the story, then its own. */
static void write_associations(struct writing *w)
{
	const struct story *st = w->st;
	struct association own = association_of(st);
	bool is_told = !own.uri.n || is_given(st->decode.given.associations, own.uri);
	if (is_told) {
		put_given(w, "associations", st->decode.given.associations);
		return;
	}
	json_key(&w->j, "associations");
	json_open_array(&w->j);
	if (st->decode.given.associations.n)
		json_raw(&w->j, st->decode.given.associations);
	json_open_object(&w->j);
	put_str(w, "name", own.name.n ? own.name : own.uri);
	put_cstr(w, "rel", own.rel);
	put_str(w, "uri", own.uri);
	json_close(&w->j);
	json_close(&w->j);
}

static void write_about(struct writing *w)
{
	const struct story *st = w->st;
	put_str(w, "title", st->decode.title);
	put_str(w, "by", st->decode.by.n ? st->decode.by : st->credits.by);
	put_str(w, "slugline", st->decode.slugline);
	put_str(w, "located", st->decode.located.n ? st->decode.located : st->credits.place.name);
	for (size_t i = 0; i < st->decode.n_passed; i++) {
		json_key_str(&w->j, st->decode.passed[i].key);
		json_raw(&w->j, st->decode.passed[i].json);
	}
	write_associations(w);
	write_list(w, "people", ENTITY_PERSON, st->decode.given.people);
	write_list(w, "organisations", ENTITY_ORGANISATION, st->decode.given.organisations);
	write_list(w, "places", ENTITY_PLACE, st->decode.given.places);
	write_info_sources(w);
	json_key(&w->j, "altIds");
	json_open_array(&w->j);
	if (st->decode.given.alt_ids.n)
		json_raw(&w->j, st->decode.given.alt_ids);
	if (st->decode.guid.n && !str_eq(st->decode.guid, st->decode.uri))
		write_alt_id(w, "guid", st->decode.guid);
	write_alt_id(w, "raw-sha256", str_of(st->msg->sha256_hex));
	json_close(&w->j);
	json_key(&w->j, "standard");
	json_open_object(&w->j);
	put_cstr(w, "name", "ninjs");
	put_cstr(w, "version", "3.0");
	put_cstr(w, "schema", SCHEMA_URL);
	json_close(&w->j);
}

/* --- wiredesk ---------------------------------------------------------------------------------------------------- */

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

/* Everything but dedup, which stands last and is written in the tail; the object stays open. */
static void write_wiredesk(struct writing *w)
{
	const struct story *st = w->st;
	json_key(&w->j, "wiredesk");
	json_open_object(&w->j);
	put_cstr(w, "schema", SCHEMA_VERSION);
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

/* --- headers ----------------------------------------------------------------------------------------------------- */

static void add_header(struct story *st, const char *name, struct str value)
{
	CHECK(st->record.n_headers < sizeof(st->record.headers) / sizeof(*st->record.headers));
	st->record.headers[st->record.n_headers++] = (struct header){str_of(name), value};
}

static void render_headers(struct arena *a, struct story *st)
{
	st->record.n_headers = 0;
	add_header(st, "wiredesk-schema", STR(SCHEMA_VERSION));
	add_header(st, "wiredesk-language", story_language(st));
	if (st->msg->timestamp_ms >= 0)
		add_header(st, "wiredesk-source-timestamp", arena_printf(a, "%lld", (long long)st->msg->timestamp_ms));
	struct str trace = message_header(st->msg, "traceparent");
	if (trace.p)
		add_header(st, "traceparent", trace);
}

/* --- the two steps ------------------------------------------------------------------------------------------------ */

void record_render(struct call *call, struct story *st, struct buf *scratch)
{
	if (!(st->done & GROUP_DECODE))
		return; /* passed through: the value stands already */
	buf_clear(scratch);
	CHECK(st->end.outcome == OUTCOME_OPEN);
	struct writing w = {.j = json_start(scratch), .st = st, .tmp = call->tmp};
	json_open_object(&w.j);
	write_identity(&w);
	write_headline(&w);
	write_body(&w);
	write_about(&w);
	write_wiredesk(&w);
	if (scratch->overflow) {
		story_dead(call, st, REASON_LIMIT_STORY, "the record needs more than limits.story (%zu bytes)",
		           scratch->limit_bytes);
		return;
	}
	st->record.room_bytes = scratch->n + RECORD_DEDUP_MAX;
	char *head = arena_alloc(call->keep, st->record.room_bytes);
	memcpy(head, scratch->p, scratch->n);
	st->record.head = str_make(head, scratch->n);
	render_headers(call->keep, st);
}

size_t record_bytes(const struct story *st)
{
	if (!st->record.head.p)
		return st->msg->key.n + st->record.value.n + RECORD_FRAMING_BYTES;
	size_t bytes = st->decode.uri.n + st->record.room_bytes + RECORD_FRAMING_BYTES + TAIL_HEADERS_MAX;
	for (size_t i = 0; i < st->record.n_headers; i++)
		bytes += st->record.headers[i].name.n + st->record.headers[i].value.n;
	return bytes;
}

static void write_sender(struct json *j, struct str source)
{
	if (!source.n)
		return;
	json_key(j, "source");
	json_str(j, source);
}

/* The matched story, and who sent either. */
static void write_dedup_of(struct json *j, const struct story *st)
{
	json_key(j, "of");
	if (!st->dedup.of_uri.n) {
		json_null(j);
		return;
	}
	json_open_object(j);
	json_key(j, "uri");
	json_str(j, st->dedup.of_uri);
	json_key(j, "id");
	json_str(j, st->dedup.of_id);
	write_sender(j, st->dedup.of_source);
	json_close(j);
	write_sender(j, st->dedup.source);
}

static void write_dedup(struct json *j, const struct story *st, bool with_evidence)
{
	json_key(j, "verdict");
	json_cstr(j, verdict_word(st->dedup.verdict));
	write_dedup_of(j, st);
	json_key(j, "score");
	if (st->dedup.score >= 0 && st->dedup.of_uri.n)
		json_double(j, st->dedup.score, 4);
	else
		json_null(j);
	json_key(j, "method");
	json_str_or_null(j, str_of(st->dedup.method));
	if (st->dedup.evidence.n) {
		json_key(j, "evidence");
		json_raw(j, with_evidence ? st->dedup.evidence : STR("{\"omitted\":\"too large\"}"));
	}
	json_key(j, "cluster");
	json_str(j, st->dedup.cluster.n ? st->dedup.cluster : st->decode.uri);
}

/* Into the room behind the head; false: it does not fit. */
static bool append_dedup(struct story *st, bool with_evidence)
{
	char *end = (char *)(uintptr_t)(st->record.head.p + st->record.head.n);
	struct buf room = {.p = end, .room = RECORD_DEDUP_MAX, .limit_bytes = RECORD_DEDUP_MAX};
	if (st->done & GROUP_DEDUP) {
		buf_str(&room, STR(",\"dedup\":"));
		struct json j = json_start(&room);
		json_open_object(&j);
		write_dedup(&j, st, with_evidence);
		json_close(&j);
	}
	buf_str(&room, STR("}}"));
	CHECK(room.p == end);
	if (room.overflow)
		return false;
	st->record.value = str_make(st->record.head.p, st->record.head.n + room.n);
	return true;
}

void record_finish(struct story *st)
{
	if (!append_dedup(st, true)) {
		bool fits = append_dedup(st, false);
		CHECK(fits); /* STORY_URI_MAX and replay.c's limits see to it */
	}
	CHECK(st->record.value.n > st->record.head.n && st->record.value.n <= st->record.room_bytes);
	if (st->done & GROUP_DEDUP) {
		add_header(st, "wiredesk-verdict", str_of(verdict_word(st->dedup.verdict)));
		add_header(st, "wiredesk-cluster", st->dedup.cluster.n ? st->dedup.cluster : st->decode.uri);
	}
}
