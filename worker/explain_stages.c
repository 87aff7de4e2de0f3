/*
 * What each stage made of a story. A stage that is not known here is shown by its name, so that nothing that ran goes
 * unsaid.
 */
#include "pipeline/base/utf8.h"
#include "worker/explain.h"
#include "worker/explain_text.h"

#define EXPLAIN_LINE_MAX   200                 /* characters of a headline and the like */
#define EXPLAIN_TEXT_MAX   ((size_t)64 * 1024) /* bytes of a story's text */
#define EXPLAIN_NAME_WIDTH 12
#define EXPLAIN_NAMES_MAX  200
#define EXPLAIN_MARGIN     "  | "

void explain_row(struct explain_text *t, const char *name)
{
	explain_text_ink(t, INK_NAME);
	explain_text_say(t, "  %-*s ", EXPLAIN_NAME_WIDTH, name);
	explain_text_ink(t, INK_PLAIN);
}

void explain_end(struct explain_text *t)
{
	explain_text_ink(t, INK_PLAIN);
	buf_putc(t->out, '\n');
}

void explain_value(struct explain_text *t, const char *name, struct str value)
{
	if (!value.n)
		return;
	explain_row(t, name);
	explain_text_line(t, value, EXPLAIN_LINE_MAX);
	explain_end(t);
}

static void explain_cut(struct explain_text *t, size_t all_bytes, size_t shown_bytes)
{
	if (shown_bytes == all_bytes)
		return;
	explain_text_ink(t, INK_FAINT);
	explain_text_say(t, "  (%zu more bytes)", all_bytes - shown_bytes);
	explain_end(t);
}

static void explain_word(struct explain_text *t, const char *name, const char *value)
{
	if (value)
		explain_value(t, name, str_of(value));
}

/* --- decode ------------------------------------------------------------------------------------------------------ */

static void explain_decode_status(struct explain_text *t, const struct story *st)
{
	static const char *const words[] = {
	        [PUB_USABLE] = NULL, [PUB_WITHHELD] = "withheld", [PUB_CANCELED] = "canceled"};
	explain_word(t, "type", st->decode.type);
	if (st->decode.is_partial)
		explain_word(t, "partial", "a story that says more follows");
	explain_word(t, "pubStatus", words[st->decode.pub_status]);
	explain_word(t, "control", st->decode.control);
	if (st->decode.is_correction)
		explain_word(t, "correction", "marked as an update, correction or writethru");
	if (st->decode.urgency) {
		explain_row(t, "urgency");
		explain_text_say(t, "%d", st->decode.urgency);
		explain_end(t);
	}
}

static void explain_decode_about(struct explain_text *t, const struct story *st)
{
	explain_value(t, "version", st->decode.version);
	explain_value(t, "of", st->decode.target);
	explain_value(t, "created", st->decode.version_created);
	explain_value(t, "first", st->decode.first_created);
	explain_value(t, "embargo", st->decode.embargoed_until);
	explain_value(t, "declared", st->decode.language);
	explain_value(t, "slugline", st->decode.slugline);
	explain_value(t, "by", st->decode.by);
	explain_value(t, "located", st->decode.located);
	explain_value(t, "dateline", st->decode.dateline);
	explain_value(t, "edNote", st->decode.ed_note);
	explain_value(t, "copyright", st->decode.copyright);
	explain_value(t, "title", st->decode.title);
}

static void explain_decode_passed(struct explain_text *t, const struct story *st)
{
	if (!st->decode.n_passed)
		return;
	explain_row(t, "handed on");
	for (size_t i = 0; i < st->decode.n_passed; i++) {
		if (i)
			explain_text_say(t, ", ");
		explain_text_line(t, st->decode.passed[i].key, EXPLAIN_LINE_MAX);
	}
	explain_end(t);
}

/* Lists that the input brought and that later stages add to, as they came. */
static void explain_decode_given(struct explain_text *t, const struct story *st)
{
	explain_value(t, "people", st->decode.given.people);
	explain_value(t, "orgs", st->decode.given.organisations);
	explain_value(t, "places", st->decode.given.places);
	explain_value(t, "sources", st->decode.given.info_sources);
	explain_value(t, "other ids", st->decode.given.alt_ids);
	explain_value(t, "others", st->decode.given.associations);
}

static void explain_decode_warnings(struct explain_text *t, const struct story *st)
{
	for (size_t i = 0; i < st->decode.n_warnings; i++) {
		explain_row(t, "warning");
		explain_text_ink(t, INK_WARN);
		explain_text_line(t, str_of(st->decode.warnings[i]), EXPLAIN_LINE_MAX);
		explain_end(t);
	}
}

static void explain_decode(struct explain_text *t, const struct story *st)
{
	explain_row(t, "format");
	explain_text_say(t, "%s", st->decode.format ? st->decode.format : "?");
	if (st->decode.format_basis)
		explain_text_say(t, " (%s)", st->decode.format_basis);
	explain_text_say(t, ", read as %s (%s)", st->decode.charset ? st->decode.charset : "?",
	                 st->decode.charset_basis ? st->decode.charset_basis : "?");
	explain_end(t);
	explain_value(t, "guid", st->decode.guid);
	explain_value(t, "uri", st->decode.uri);
	explain_value(t, "headline", st->decode.headline);
	explain_row(t, "body");
	explain_text_say(t, "%zu characters", utf8_count(st->decode.body));
	explain_end(t);
	explain_decode_about(t, st);
	explain_decode_status(t, st);
	explain_decode_given(t, st);
	explain_decode_passed(t, st);
	explain_decode_warnings(t, st);
}

/* --- cleanup ----------------------------------------------------------------------------------------------------- */

static size_t explain_removed_bytes(const struct story *st)
{
	size_t bytes = 0;
	for (size_t i = 0; i < st->cleanup.n_removed; i++)
		bytes += st->cleanup.removed[i].at.end - st->cleanup.removed[i].at.start;
	return bytes;
}

static bool explain_at_line_start(struct str text, size_t at)
{
	return at == 0 || at > text.n || text.p[at - 1] == '\n';
}

/* [-what went-]{kind rule}, as in a word diff. */
static void explain_removal(struct explain_text *t, struct str text, const struct removal *removal)
{
	struct str gone = str_slice(text, removal->at.start, removal->at.end);
	bool takes_line = gone.n && gone.p[gone.n - 1] == '\n';
	if (explain_at_line_start(text, removal->at.start)) {
		explain_text_ink(t, INK_FAINT);
		explain_text_say(t, EXPLAIN_MARGIN);
	}
	explain_text_ink(t, INK_REMOVED);
	explain_text_say(t, "[-");
	explain_text_block(t, str_slice(gone, 0, gone.n - takes_line), EXPLAIN_MARGIN, false);
	explain_text_say(t, "-]");
	explain_text_ink(t, INK_WARN);
	explain_text_say(t, "{%s%s%s}", removal->kind, removal->rule ? " " : "", removal->rule ? removal->rule : "");
	explain_text_ink(t, INK_PLAIN);
	if (takes_line)
		buf_putc(t->out, '\n');
}

static void explain_raw_text(struct explain_text *t, const struct story *st)
{
	struct str text = str_slice(st->decode.text, 0, EXPLAIN_TEXT_MAX);
	size_t at = 0;
	for (size_t i = 0; i < st->cleanup.n_removed && st->cleanup.removed[i].at.end <= text.n; i++) {
		const struct removal *removal = &st->cleanup.removed[i];
		explain_text_block(t, str_slice(text, at, removal->at.start), EXPLAIN_MARGIN,
		                   explain_at_line_start(text, at));
		explain_removal(t, text, removal);
		at = removal->at.end;
	}
	explain_text_block(t, str_slice(text, at, text.n), EXPLAIN_MARGIN, explain_at_line_start(text, at));
	if (t->out->n && t->out->p[t->out->n - 1] != '\n')
		buf_putc(t->out, '\n');
	explain_cut(t, st->decode.text.n, text.n);
}

/* Is the body what was shown, without what was marked? Then it need not be shown again. */
static bool explain_is_rest(const struct story *st)
{
	struct buf rest;
	size_t at = 0;
	buf_init(&rest, st->decode.text.n + 1);
	for (size_t i = 0; i < st->cleanup.n_removed; i++) {
		buf_str(&rest, str_slice(st->decode.text, at, st->cleanup.removed[i].at.start));
		at = st->cleanup.removed[i].at.end;
	}
	buf_str(&rest, str_slice(st->decode.text, at, st->decode.text.n));
	bool same = str_eq(str_trim(buf_view(&rest)), st->cleanup.body);
	buf_free(&rest);
	return same;
}

static void explain_cleaned_body(struct explain_text *t, const struct story *st)
{
	bool is_rest = explain_is_rest(st);
	explain_row(t, "body");
	explain_text_say(t, "%zu characters%s", utf8_count(st->cleanup.body), is_rest ? ": what is not marked" : "");
	explain_end(t);
	if (is_rest || !st->cleanup.body.n)
		return;
	explain_text_block(t, str_slice(st->cleanup.body, 0, EXPLAIN_TEXT_MAX), EXPLAIN_MARGIN, true);
	explain_end(t);
}

/* What the story says that it is to others, and by which words. */
static void explain_cleanup_said(struct explain_text *t, const struct story *st)
{
	const struct saying *said = &st->cleanup.said;
	if (!said->kind)
		return;
	explain_row(t, "it is");
	explain_text_ink(t, st->cleanup.is_kill ? INK_WARN : INK_PLAIN);
	explain_text_say(t, "%s", said->kind);
	explain_text_ink(t, INK_PLAIN);
	if (said->number)
		explain_text_say(t, ", number %d", said->number);
	if (said->take)
		explain_text_say(t, ", take %d", said->take);
	explain_text_say(t, ", by its %s", said->where);
	if (said->text.n) {
		explain_text_say(t, " '");
		explain_text_line(t, said->text, EXPLAIN_LINE_MAX);
		explain_text_say(t, "'");
	}
	if (said->rule)
		explain_text_say(t, " (%s)", said->rule);
	explain_end(t);
	explain_value(t, "of story", said->of);
}

static void explain_cleanup_version(struct explain_text *t, const struct story *st)
{
	struct range at = st->cleanup.correction;
	if (at.end)
		explain_value(t, "corrects", str_slice(st->decode.text, at.start, at.end));
	else if (st->cleanup.is_update)
		explain_word(t, "version", "the text is marked as an update");
	if (st->cleanup.n_edits) {
		explain_row(t, "read");
		explain_text_say(t, "%zu character reference%s or sequence%s of a terminal", st->cleanup.n_edits,
		                 st->cleanup.n_edits == 1 ? "" : "s", st->cleanup.n_edits == 1 ? "" : "s");
		explain_end(t);
	}
	explain_cleanup_said(t, st);
	explain_word(t, "warning", st->cleanup.warning);
}

static void explain_cleanup(struct explain_text *t, const struct story *st)
{
	explain_row(t, "removed");
	if (st->cleanup.n_removed)
		explain_text_say(t, "%zu of %zu bytes, in %zu place%s: marked [-so-]{kind rule}",
		                 explain_removed_bytes(st), st->decode.text.n, st->cleanup.n_removed,
		                 st->cleanup.n_removed == 1 ? "" : "s");
	else
		explain_text_say(t, "nothing of %zu bytes", st->decode.text.n);
	explain_end(t);
	explain_raw_text(t, st);
	explain_row(t, "headline");
	if (st->cleanup.headline.n)
		explain_text_line(t, st->cleanup.headline, EXPLAIN_LINE_MAX);
	else
		explain_text_say(t, "none");
	explain_end(t);
	explain_cleaned_body(t, st);
	explain_cleanup_version(t, st);
}

/* --- language, fingerprint --------------------------------------------------------------------------------------- */

static void explain_language(struct explain_text *t, const struct story *st)
{
	explain_row(t, "detected");
	explain_text_ink(t, st->language.reliable ? INK_GOOD : INK_WARN);
	explain_text_say(t, "%s", st->language.tag);
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, ", confidence %.4g, %s", st->language.confidence,
	                 st->language.reliable ? "reliable" : "not reliable");
	explain_end(t);
	explain_word(t, "runner-up", st->language.runner_up ? st->language.runner_up : "none");
	explain_word(t, "script", st->language.script);
	explain_word(t, "ISO 639-3", st->language.iso639);
	explain_word(t, "why und", st->language.reason);
	explain_value(t, "declared", st->decode.language);
	for (size_t i = 0; i < st->language.n_parts; i++) {
		const struct language_part *part = &st->language.parts[i];
		explain_row(t, i == 0 ? "parts" : "");
		explain_text_say(t, "%zu-%zu %s", part->start, part->end, part->tag);
		explain_end(t);
	}
	explain_value(t, "in record", story_language(st));
}

static void explain_fingerprint(struct explain_text *t, const struct story *st)
{
	explain_row(t, "of");
	if (st->fingerprint.empty)
		explain_text_say(t, "nothing: no text to compare, so it is compared with none");
	else
		explain_text_say(t, "text as decoded %016llx, cleaned body %016llx",
		                 (unsigned long long)st->fingerprint.exact_hash,
		                 (unsigned long long)st->fingerprint.body_hash);
	explain_end(t);
}

/* --- entities ---------------------------------------------------------------------------------------------------- */

static const char *const explain_types[] = {
        [ENTITY_PERSON] = "person", [ENTITY_ORGANISATION] = "organisation", [ENTITY_PLACE] = "place"};
static const enum explain_ink explain_type_inks[] = {
        [ENTITY_PERSON] = INK_PERSON, [ENTITY_ORGANISATION] = INK_ORGANISATION, [ENTITY_PLACE] = INK_PLACE};

/* [Putin]{person Vladimir Putin, full-name}, in the place where it stands. */
static void explain_mention(struct explain_text *t, const struct entity *entity, const struct entity_name *name)
{
	explain_text_ink(t, explain_type_inks[name->type]);
	explain_text_say(t, "[");
	explain_text_block(t, entity->text, EXPLAIN_MARGIN, false);
	explain_text_say(t, "]");
	explain_text_ink(t, INK_FAINT);
	explain_text_say(t, "{%s", explain_types[name->type]);
	if (!str_eq(name->name, entity->text)) {
		explain_text_say(t, " ");
		explain_text_line(t, name->name, EXPLAIN_LINE_MAX);
	}
	bool by_tagger = strcmp(entity->evidence, "tagger") == 0;
	explain_text_say(t, "%s%s}", by_tagger ? "" : ", ", by_tagger ? "" : entity->evidence);
	explain_text_ink(t, INK_PLAIN);
}

static void explain_entities_in_place(struct explain_text *t, const struct story *st)
{
	struct str body = story_body(st), shown = str_slice(body, 0, EXPLAIN_TEXT_MAX);
	size_t at = 0;
	for (size_t i = 0; i < st->entities.n_entities; i++) {
		const struct entity *entity = &st->entities.entities[i];
		size_t start = (size_t)(entity->text.p - body.p), end = start + entity->text.n;
		if (end > shown.n)
			break;
		explain_text_block(t, str_slice(body, at, start), EXPLAIN_MARGIN, explain_at_line_start(body, at));
		if (explain_at_line_start(body, start)) {
			explain_text_ink(t, INK_FAINT);
			explain_text_say(t, EXPLAIN_MARGIN);
		}
		explain_mention(t, entity, &st->entities.names[entity->name]);
		at = end;
	}
	explain_text_block(t, str_slice(body, at, shown.n), EXPLAIN_MARGIN, explain_at_line_start(body, at));
	explain_end(t);
	explain_cut(t, body.n, shown.n);
}

/* How often it is named, and what bears that out: "5 times (tagger 3, full-name 2), surest 0.99". */
static void explain_evidence(struct explain_text *t, const struct story *st, uint32_t name)
{
	static const char *const kinds[] = {"tagger",     "gazetteer", "own-gazetteer", "full-name",
	                                    "short-form", "same-name", "context"};
	size_t times[sizeof kinds / sizeof *kinds] = {0}, all = 0;
	float surest = 0;
	for (size_t i = 0; i < st->entities.n_entities; i++) {
		const struct entity *entity = &st->entities.entities[i];
		if (entity->name != name)
			continue;
		all++;
		surest = entity->confidence > surest ? entity->confidence : surest;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			times[k] += strcmp(kinds[k], entity->evidence) == 0;
	}
	explain_text_say(t, "%zu time%s (", all, all == 1 ? "" : "s");
	const char *comma = "";
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		if (!times[k])
			continue;
		explain_text_say(t, "%s%s %zu", comma, kinds[k], times[k]);
		comma = ", ";
	}
	explain_text_say(t, "), surest %.2f", (double)surest);
}

static void explain_name(struct explain_text *t, const struct story *st, uint32_t at)
{
	const struct entity_name *name = &st->entities.names[at];
	explain_row(t, explain_types[name->type]);
	explain_text_ink(t, explain_type_inks[name->type]);
	explain_text_line(t, name->name, EXPLAIN_LINE_MAX);
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, "  ");
	if (name->uri.n)
		explain_text_line(t, name->uri, EXPLAIN_LINE_MAX);
	else
		explain_text_say(t, "no id");
	if (name->basis.n) {
		explain_text_say(t, " (");
		explain_text_line(t, name->basis, EXPLAIN_LINE_MAX);
		explain_text_say(t, ")");
	}
	explain_text_say(t, "%s%s  ", name->is_dateline ? ", the dateline's" : "", name->is_quoted ? ", quoted" : "");
	explain_evidence(t, st, at);
	explain_end(t);
}

static void explain_entities(struct explain_text *t, const struct story *st)
{
	explain_row(t, "found");
	if (!st->entities.n_entities) {
		explain_text_say(t, "nobody and nothing");
		explain_end(t);
		return;
	}
	explain_text_say(
	        t, "%zu mention%s of %zu name%s: marked [so]{type name, found by}; the tagger where that is not said",
	        st->entities.n_entities, st->entities.n_entities == 1 ? "" : "s", st->entities.n_names,
	        st->entities.n_names == 1 ? "" : "s");
	explain_end(t);
	explain_entities_in_place(t, st);
	for (uint32_t i = 0; i < st->entities.n_names && i < EXPLAIN_NAMES_MAX; i++)
		explain_name(t, st, i);
	if (st->entities.n_names > EXPLAIN_NAMES_MAX) {
		explain_row(t, "");
		explain_text_say(t, "and %zu more", st->entities.n_names - EXPLAIN_NAMES_MAX);
		explain_end(t);
	}
	explain_word(t, "warning", st->entities.warning);
}

/* --- dedup, route ------------------------------------------------------------------------------------------------ */

static const char *const explain_verdicts[] = {
        [VERDICT_NONE] = "",
        [VERDICT_ORIGINAL] = "no earlier story is the same",
        [VERDICT_EXACT] = "headline and text are equal, as they came",
        [VERDICT_SYNDICATED] = "the same story with another headline, dateline, byline or footer, or shortened",
        [VERDICT_REVISION] = "the same story with other facts, or a later version",
        [VERDICT_EXCERPT] = "a part of one earlier story",
        [VERDICT_UNJUDGED] = "not compared",
};

static void explain_dedup(struct explain_text *t, const struct story *st)
{
	explain_row(t, "verdict");
	explain_text_ink(t, INK_TITLE);
	explain_text_say(t, "%s", verdict_word(st->dedup.verdict));
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, ": %s", explain_verdicts[st->dedup.verdict]);
	explain_end(t);
	explain_value(t, "of", st->dedup.of_uri);
	explain_value(t, "from", st->dedup.of_source);
	explain_value(t, "by", st->dedup.of_uri.n ? st->dedup.source : STR(""));
	explain_value(t, "delivered", st->dedup.of_id);
	explain_word(t, "method", st->dedup.method);
	if (st->dedup.score >= 0 && st->dedup.of_uri.n) {
		explain_row(t, "score");
		explain_text_say(t, "%.4g", st->dedup.score);
		explain_end(t);
	}
	if (st->dedup.evidence.n)
		explain_dedup_evidence(t, st->dedup.evidence);
	explain_value(t, "cluster", st->dedup.cluster);
}

static void explain_route(struct explain_text *t, const struct story *st)
{
	explain_row(t, "to");
	for (size_t i = 0; i < st->route.n_topics; i++)
		explain_text_say(t, "%s%s", i ? ", " : "", st->route.topics[i]);
	explain_text_say(t, " (%s)", st->route.outcome == OUTCOME_DUPLICATE ? "duplicate" : "article");
	explain_end(t);
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

void explain_stage(struct explain_text *t, const struct stage *stage, const struct story *st)
{
	static const struct {
		uint32_t group;
		void (*explain)(struct explain_text *t, const struct story *st);
	} sections[] = {
	        {GROUP_DECODE, explain_decode},     {GROUP_CLEANUP, explain_cleanup},
	        {GROUP_CREDITS, explain_credits},   {GROUP_LANGUAGE, explain_language},
	        {GROUP_ENTITIES, explain_entities}, {GROUP_FINGERPRINT, explain_fingerprint},
	        {GROUP_DEDUP, explain_dedup},       {GROUP_ROUTE, explain_route},
	};
	explain_text_ink(t, INK_TITLE);
	explain_text_say(t, "%s", stage->name);
	explain_text_ink(t, INK_FAINT);
	explain_text_say(t, "  %s", stage->summary);
	explain_end(t);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		if (stage->writes & st->done & sections[i].group)
			sections[i].explain(t, st);
	}
}
