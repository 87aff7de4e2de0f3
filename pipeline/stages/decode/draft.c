#include "pipeline/stages/decode/draft.h"

#include "pipeline/base/json.h"
#include "pipeline/stages/decode/moments.h"
#include "pipeline/stages/decode/ninjs.h"
#include "pipeline/stages/decode/signals.h"
#include "pipeline/words/agencies.h"

#define DRAFT_THINGS_MAX 500

/* --- words -------------------------------------------------------------------------------------------------------- */

/* "stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled": only the last word counts. */
static struct str draft_last_word(struct str s)
{
	s = str_trim(s);
	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == ':' || s.p[i - 1] == '/')
			return str_slice(s, i, s.n);
	}
	return s;
}

/* --- lists of things ---------------------------------------------------------------------------------------------- */

void draft_add(struct decode *d, struct draft *draft, enum draft_list list, const struct draft_thing *thing)
{
	if (draft->n[list] == DRAFT_THINGS_MAX || !(thing->name.n || thing->uri.n || thing->literal.n))
		return;
	struct draft_thing *added = arena_alloc(d->call->tmp, sizeof *added);
	*added = *thing;
	added->next = NULL;
	*(draft->n[list] ? &draft->last[list]->next : &draft->first[list]) = added;
	draft->last[list] = added;
	draft->n[list]++;
}

static bool draft_is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0;
}

/* The Media Topic of a subject code's subject, its first two digits: IPTC gave the seventeen of both lists the same
 * numbers. What stands below them was cut anew and has no such rule. */
static void draft_add_topic(struct decode *d, struct draft *draft, struct str number)
{
	static const char *const topics[] = {
	        "arts, culture, entertainment and media",
	        "crime, law and justice",
	        "disaster, accident and emergency incident",
	        "economy, business and finance",
	        "education",
	        "environment",
	        "health",
	        "human interest",
	        "labour",
	        "lifestyle and leisure",
	        "politics and government",
	        "religion",
	        "science and technology",
	        "society",
	        "sport",
	        "conflict, war and peace",
	        "weather",
	};
	int subject = (number.p[0] - '0') * 10 + number.p[1] - '0';
	if (subject < 1 || subject > (int)(sizeof topics / sizeof *topics))
		return;
	struct draft_thing thing = {.name = str_of(topics[subject - 1]), .role = STR("about")};
	thing.uri = arena_printf(d->call->keep, "http://cv.iptc.org/newscodes/mediatopic/%02d000000", subject);
	for (const struct draft_thing *other = draft->first[DRAFT_SUBJECTS]; other; other = other->next) {
		if (str_eq(other->uri, thing.uri))
			return;
	}
	draft_add(d, draft, DRAFT_SUBJECTS, &thing);
}

void draft_add_subject_code(struct decode *d, struct draft *draft, struct str code, struct str name)
{
	struct draft_thing thing = {.name = name, .role = STR("about")};
	bool is_number = draft_is_number(code) && (code.n == 7 || code.n == 8);
	struct str number = is_number && code.n == 7 ? arena_printf(d->call->keep, "0%.*s", STR_ARG(code)) : code;
	if (is_number)
		thing.uri =
		        arena_printf(d->call->keep, "http://cv.iptc.org/newscodes/subjectcode/%.*s", STR_ARG(number));
	else
		thing.literal = code;
	draft_add(d, draft, DRAFT_SUBJECTS, &thing);
	if (is_number)
		draft_add_topic(d, draft, number);
}

static void draft_write(struct json *j, const char *key, struct str value)
{
	if (!value.n)
		return;
	json_key(j, key);
	json_str(j, value);
}

static void draft_write_thing(struct json *j, enum draft_list list, const struct draft_thing *thing)
{
	json_open_object(j);
	draft_write(j, "name", str_trim(thing->name));
	if (identity_is_uri(thing->uri, false))
		draft_write(j, "uri", thing->uri);
	draft_write(j, "literal", str_trim(thing->literal));
	if (list != DRAFT_GENRES)
		draft_write(j, list == DRAFT_INFO_SOURCES ? "role" : "rel", str_trim(thing->role));
	json_close(j);
}

static void draft_pass_list(struct decode *d, struct story *st, const struct draft *draft, enum draft_list list)
{
	static const char *const properties[DRAFT_LISTS] = {
	        [DRAFT_SUBJECTS] = "subjects", [DRAFT_GENRES] = "genres",
	        [DRAFT_PEOPLE] = "people",     [DRAFT_ORGANISATIONS] = "organisations",
	        [DRAFT_PLACES] = "places",     [DRAFT_INFO_SOURCES] = "infoSources",
	};
	struct decode_local *local = d->call->local;
	if (!draft->n[list])
		return;
	buf_clear(&local->json);
	struct json j = json_start(&local->json);
	json_open_array(&j);
	for (const struct draft_thing *thing = draft->first[list]; thing; thing = thing->next)
		draft_write_thing(&j, list, thing);
	json_close(&j);
	draft_pass(d, st, properties[list], buf_view(&local->json));
}

void draft_pass(struct decode *d, struct story *st, const char *property, struct str json)
{
	struct json_doc doc;
	struct str kept = arena_copy(d->call->keep, json);
	if (json_doc_read(d->call->tmp, kept, d->call->env->limits.depth, &doc) == JSON_DOC_OK && !doc.any_bad)
		ninjs_pass(d, st, ninjs_shape_property(str_of(property)), &doc, 0);
	else
		decode_warn(d, st, arena_printf(d->call->keep, "not-passed: %s", property).p);
}

/* --- the part ----------------------------------------------------------------------------------------------------- */

static void draft_times(struct decode *d, struct story *st, const struct draft *draft)
{
	struct named part, version_part, first_part;
	struct str published = moments_read_past(d, st, draft->published, &part);
	st->decode.version_created = moments_read_past(d, st, draft->version_created, &version_part);
	st->decode.first_created = moments_read_past(d, st, draft->first_created, &first_part);
	st->decode.embargoed_until = moments_read(d, st, draft->embargoed_until);
	if (!st->decode.version_created.n)
		st->decode.version_created = published;
	else if (!st->decode.first_created.n)
		st->decode.first_created = published;
	if (!published.n && !part.name.n)
		part = st->decode.version_created.n || version_part.name.n ? version_part : first_part;
	if (part.name.n)
		st->decode.published =
		        (struct named){.name = part.name, .label = arena_copy(d->call->keep, part.label)};
}

static void draft_status(struct decode *d, struct story *st, struct str status)
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
	struct str word = draft_last_word(status);
	if (!word.n)
		return;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!str_is_fold(word, rows[i].word))
			continue;
		st->decode.pub_status = rows[i].status;
		st->decode.control = rows[i].control;
		/* Withheld until a time is an embargo, and the story an ordinary one. */
		if (rows[i].status == PUB_WITHHELD && st->decode.embargoed_until.n)
			st->decode.control = NULL;
		return;
	}
	decode_warn(d, st, "pub-status-unknown");
}

static void draft_identity(struct story *st, const struct draft *draft)
{
	if (identity_is_uri(draft->uri, true))
		st->decode.uri = st->decode.guid = draft->uri;
	else if (identity_is_uri(draft->guid, false))
		st->decode.uri = st->decode.guid = draft->guid;
	else
		st->decode.guid = str_trim(draft->uri).n ? draft->uri : str_trim(draft->guid);
	st->decode.version = draft->version;
	st->decode.target = str_trim(draft->target);
}

/* "www.faktisk.no", "Faktisk.no": one word with a stop inside, and letters behind it. */
static bool draft_is_domain(struct str s)
{
	size_t stop = s.n;
	for (size_t i = 0; i < s.n; i++) {
		bool letter = (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z';
		if (s.p[i] == '.')
			stop = i;
		else if (!letter && s.p[i] != '-' && !(s.p[i] >= '0' && s.p[i] <= '9'))
			return false;
	}
	return stop > 1 && stop + 2 < s.n && stop + 8 > s.n;
}

/* An agency, a newspaper, a site: what an author writes for. */
static bool draft_is_house(struct str s)
{
	static const char *const titles[] = {
	        " times",       " tribune",    "-tribune",   " herald",           " gazette",
	        " news",        " journal",    " chronicle", " zeitung",          " anzeiger",
	        " nachrichten", " newspapers", " magazine",  " press association"};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (str_ends_fold(s, titles[i]))
			return true;
	}
	return agencies_is(s) || agencies_is_like(s) || str_starts(s, STR("The ")) || draft_is_domain(s);
}

struct str draft_names(struct str by)
{
	static const char *const words[] = {"by ", "von ", "par ",  "por ",   "di ", "da ",
	                                    "av ", "af ",  "door ", "text: ", "od ", "autor: "};
	by = str_trim(by);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		/* In small letters it may be part of a name: "von der Leyen". */
		bool large = by.n > n && by.p[0] >= 'A' && by.p[0] <= 'Z';
		if (large && str_starts_fold(by, words[i])) {
			by = str_trim(str_slice(by, n, by.n));
			break;
		}
	}
	for (size_t mark = by.n; mark > 1; mark--) {
		if (by.p[mark - 1] != ',' && by.p[mark - 1] != '/')
			continue;
		struct str house = str_trim(str_slice(by, mark, by.n));
		return draft_is_house(house) ? draft_names(str_slice(by, 0, mark - 1)) : by;
	}
	return by;
}

/* Does it end as one does that text follows: with a dash, or a colon? */
static bool draft_is_dateline(struct str s)
{
	static const char *const ends[] = {"-", "\xe2\x80\x93", "\xe2\x80\x94", "--", ":"};
	s = str_trim(s);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (s.n > 3 && str_ends(s, str_of(ends[i])))
			return true;
	}
	return false;
}

static void draft_dateline(const struct decode *d, struct story *st, const struct draft *draft)
{
	struct str dateline = str_trim(draft->dateline);
	if (dateline.n && draft->body.n && draft_is_dateline(dateline)) {
		if (!str_starts(str_trim(draft->body), dateline))
			st->decode.text = st->decode.body =
			        arena_printf(d->call->keep, "%.*s %.*s", STR_ARG(dateline), STR_ARG(draft->body));
		return;
	}
	st->decode.dateline = dateline;
}

static void draft_text(struct story *st, const struct draft *draft)
{
	st->decode.text = draft->text.n ? draft->text : draft->body;
	st->decode.body = draft->body;
	st->decode.text_kind = TEXT_DECODED;
	st->decode.headline = draft->headline;
	st->decode.title = draft->title;
	st->decode.headline_is_first_line = draft->headline_is_first_line;
	st->decode.has_paragraphs = draft->has_paragraphs;
}

void draft_fill(struct decode *d, struct story *st, const char *format, const struct draft *given)
{
	const struct decode_shared *shared = d->call->shared;
	struct draft with_signals = *given;
	const struct draft *draft = &with_signals;
	signals_headline(&with_signals, given->headline);
	signals_notes(&with_signals, given->ed_note);
	struct str urgency = draft->urgency;
	st->decode.format = format;
	st->decode.format_basis = draft->basis;
	draft_text(st, draft);
	draft_times(d, st, draft);
	draft_status(d, st, draft->status);
	if (!st->decode.control)
		st->decode.control = draft->control;
	if (st->decode.control && strcmp(st->decode.control, "kill") == 0)
		st->decode.pub_status = PUB_CANCELED;
	draft_identity(st, draft);
	st->decode.is_correction = draft->is_correction;
	st->decode.correction = draft->correction.n ? draft->correction : draft->correction_signal;
	st->decode.is_partial = draft->is_partial;
	st->decode.type = draft->type;
	st->decode.language = language_tag_read(&shared->languages, draft->language, d->call->keep);
	if (urgency.n == 1 && urgency.p[0] >= '1' && urgency.p[0] <= '9')
		st->decode.urgency = urgency.p[0] - '0';
	st->decode.slugline = draft->slugline;
	st->decode.by = draft_names(draft->by);
	st->decode.located = draft->located;
	draft_dateline(d, st, draft);
	st->decode.ed_note = draft->ed_note;
	st->decode.copyright = draft->copyright;
	for (enum draft_list list = 0; list < DRAFT_LISTS; list++)
		draft_pass_list(d, st, draft, list);
}

bool draft_is_empty(const struct story *st)
{
	return !st->decode.headline.n && !st->decode.body.n && !st->decode.control;
}
