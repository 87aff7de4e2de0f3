/*
 * ninjs' own properties: what the story is, says and names, and what it is to others.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/record_inside.h"

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
	put_cstr(w, "schema", RECORD_SCHEMA_URL);
	json_close(&w->j);
}

void record_write_ninjs(struct writing *w)
{
	write_identity(w);
	write_headline(w);
	write_body(w);
	write_about(w);
}
