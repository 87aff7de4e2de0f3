/*
 * Dedup's evidence for a person: how much is shared with the matched story, which facts differ, what is quoted.
 *
 * It reads the finished object that stands in the record, so that both say the same. What it does not know is shown as
 * it stands there.
 */
#include "pipeline/base/json_doc.h"
#include "worker/explain.h"
#include "worker/explain_text.h"

#include <stdlib.h>

#define EVIDENCE_LINE_MAX   200
#define EVIDENCE_NUMBER_MAX 32 /* bytes of a number */
#define EVIDENCE_DEPTH      4

/* The value of an object's key, or 0: that is the root, and nobody's value. */
static uint32_t evidence_value(const struct json_doc *doc, uint32_t object, const char *key)
{
	for (uint32_t at = object + 1; at < doc->tokens[object].next;) {
		struct str name = json_doc_raw(doc, at);
		uint32_t value = doc->tokens[at].next;
		if (str_is(str_slice(name, 1, name.n - 1), key))
			return value;
		at = doc->tokens[value].next;
	}
	return 0;
}

static double evidence_number(const struct json_doc *doc, uint32_t object, const char *key)
{
	char digits[EVIDENCE_NUMBER_MAX] = "";
	uint32_t at = evidence_value(doc, object, key);
	struct str value = at ? str_slice(json_doc_raw(doc, at), 0, sizeof(digits) - 1) : STR("");
	if (value.n)
		memcpy(digits, value.p, value.n);
	return strtod(digits, NULL);
}

/* The strings of a list, with commas between them; how many. */
static size_t evidence_items(struct explain_text *t, const struct json_doc *doc, uint32_t list, struct arena *a)
{
	size_t n = 0;
	for (uint32_t at = list + 1; list && at < doc->tokens[list].next; at = doc->tokens[at].next) {
		if (n++)
			explain_text_say(t, ", ");
		explain_text_line(t, json_doc_text(doc, at, a), EVIDENCE_LINE_MAX);
	}
	return n;
}

static void evidence_list(struct explain_text *t, const char *name, const struct json_doc *doc, uint32_t list, int more,
                          struct arena *a)
{
	bool is_empty = !list || doc->tokens[list].next == list + 1;
	if (is_empty && more <= 0)
		return;
	explain_row(t, name);
	explain_text_ink(t, INK_WARN);
	size_t n = evidence_items(t, doc, list, a);
	if (more > 0)
		explain_text_say(t, "%s%d %s", n ? ", and " : "", more, n ? "more" : "names and large numbers");
	explain_end(t);
}

static void evidence_compared(struct explain_text *t, const struct json_doc *doc, uint32_t facts, struct arena *a)
{
	explain_row(t, "shared");
	explain_text_say(t, "%.0f %% of this text, %.0f %% of the other one's, %.0f %% of the headlines' words",
	                 100 * evidence_number(doc, 0, "shareHere"), 100 * evidence_number(doc, 0, "shareThere"),
	                 100 * evidence_number(doc, 0, "headline"));
	explain_end(t);
	explain_row(t, "numbers");
	explain_text_say(t, "%.0f in their places the same, %.0f changed", evidence_number(doc, facts, "same"),
	                 evidence_number(doc, facts, "changed"));
	explain_end(t);
	evidence_list(t, "only here", doc, evidence_value(doc, facts, "onlyHere"), 0, a);
	evidence_list(t, "only there", doc, evidence_value(doc, facts, "onlyThere"),
	              (int)evidence_number(doc, facts, "othersThere"), a);
}

/* Below 0: the matched story is the later one, by its own date. */
static void evidence_age(struct explain_text *t, double seconds)
{
	long minutes = (long)((seconds < 0 ? -seconds : seconds) / 60);
	if (!minutes)
		return;
	explain_row(t, "apart");
	if (minutes >= 60)
		explain_text_say(t, "%ld h ", minutes / 60);
	explain_text_say(t, "%ld min%s", minutes % 60, seconds < 0 ? ", and this one is dated earlier" : "");
	explain_end(t);
}

static void evidence_because(struct explain_text *t, struct str word)
{
	static const struct {
		const char *word, *says;
	} rows[] = {{"\"mark\"", "it says of itself that it is an update or a correction"},
	            {"\"facts\"", "facts have changed: a number or a name is another one"},
	            {"\"text\"", "much was added, or the lead is new"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!str_is(word, rows[i].word))
			continue;
		explain_row(t, "because");
		explain_text_say(t, "%s", rows[i].says);
		explain_end(t);
	}
}

static void evidence_reason_row(struct explain_text *t, struct str word)
{
	const char *says = str_is(word, "\"short\"")   ? "too few words to be told by likeness: equal ones alone match"
	                   : str_is(word, "\"files\"") ? "a picture or film is told by its files, not by its caption"
	                                               : NULL;
	if (!says)
		return;
	explain_row(t, "because");
	explain_text_say(t, "%s", says);
	explain_end(t);
}

/* Two versions of one story: which came first, and which stays. */
static void evidence_versions(struct explain_text *t, const struct json_doc *doc, struct arena *a)
{
	uint32_t own = evidence_value(doc, 0, "version"), later = evidence_value(doc, 0, "later");
	uint32_t other = later ? later : evidence_value(doc, 0, "earlier");
	if (!own || !other)
		return;
	explain_row(t, "version");
	explain_text_line(t, json_doc_text(doc, own, a), EVIDENCE_LINE_MAX);
	explain_text_say(t, later ? ", which comes late: version " : ", of which came before: version ");
	explain_text_line(t, json_doc_text(doc, other, a), EVIDENCE_LINE_MAX);
	explain_text_say(t, later ? " was here first, and stays the one to use" : "");
	explain_end(t);
}

static void evidence_rows(struct explain_text *t, const struct json_doc *doc, struct arena *a)
{
	uint32_t reason = evidence_value(doc, 0, "reason");
	uint32_t because = evidence_value(doc, 0, "because"), facts = evidence_value(doc, 0, "facts");
	uint32_t contains = evidence_value(doc, 0, "contains"), resembles = evidence_value(doc, 0, "resembles");
	if (resembles) {
		explain_row(t, "resembles");
		explain_text_line(t, json_doc_text(doc, resembles, a), EVIDENCE_LINE_MAX);
		explain_text_say(t, ", and is another story: other facts in the same words");
		explain_end(t);
	}
	if (reason)
		evidence_reason_row(t, json_doc_raw(doc, reason));
	evidence_versions(t, doc, a);
	evidence_age(t, evidence_number(doc, 0, "seconds"));
	if (because)
		evidence_because(t, json_doc_raw(doc, because));
	if (facts)
		evidence_compared(t, doc, facts, a);
	evidence_list(t, "quotes", doc, contains, 0, a);
}

void explain_dedup_evidence(struct explain_text *t, struct str evidence)
{
	struct arena a;
	struct json_doc doc;
	arena_init(&a, 0, 0);
	if (json_doc_read(&a, evidence, EVIDENCE_DEPTH, &doc) == JSON_DOC_OK)
		evidence_rows(t, &doc, &a);
	arena_free(&a);
	explain_value(t, "evidence", evidence);
}
