/*
 * Dedup's evidence for a person: how much is shared with the matched story, which facts differ, what is quoted.
 *
 * It reads the finished object that stands in the record, so that both say the same. What it does not know is shown as
 * it stands there.
 */
#include "pipeline/base/json_tree.h"
#include "worker/explain.h"
#include "worker/explain_text.h"

#include <stdlib.h>

#define EVIDENCE_LINE_MAX   200
#define EVIDENCE_NUMBER_MAX 32 /* bytes of a number */

static void evidence_end(struct explain_text *t)
{
	explain_text_ink(t, INK_PLAIN);
	buf_putc(t->out, '\n');
}

static double evidence_number(struct str object, const char *key)
{
	char digits[EVIDENCE_NUMBER_MAX] = "";
	struct str value = str_slice(json_tree_slice(object, key), 0, sizeof(digits) - 1);
	if (value.n)
		memcpy(digits, value.p, value.n);
	return strtod(digits, NULL);
}

/* The items of a list, with commas between them; how many. */
static size_t evidence_items(struct explain_text *t, struct str list)
{
	struct str key, item;
	size_t n = 0, at = 0;
	while (list.n && json_tree_next(list, &at, &key, &item)) {
		if (n++)
			explain_text_say(t, ", ");
		if (item.n >= 2 && item.p[0] == '"')
			item = str_slice(item, 1, item.n - 1);
		explain_text_line(t, item, EVIDENCE_LINE_MAX);
	}
	return n;
}

static void evidence_list(struct explain_text *t, const char *name, struct str list, int more)
{
	if (list.n <= 2 && !more)
		return;
	explain_row(t, name);
	explain_text_ink(t, INK_WARN);
	size_t n = evidence_items(t, list);
	if (more > 0)
		explain_text_say(t, "%s%d %s", n ? ", and " : "", more, n ? "more" : "names and large numbers");
	evidence_end(t);
}

static void evidence_compared(struct explain_text *t, struct str evidence)
{
	struct str facts = json_tree_slice(evidence, "facts");
	explain_row(t, "shared");
	explain_text_say(t, "%.0f %% of the shorter text, %.0f %% of the headlines' words",
	                 100 * evidence_number(evidence, "share"), 100 * evidence_number(evidence, "headline"));
	evidence_end(t);
	explain_row(t, "numbers");
	explain_text_say(t, "%.0f in their places the same, %.0f changed", evidence_number(facts, "same"),
	                 evidence_number(facts, "changed"));
	evidence_end(t);
	evidence_list(t, "only here", json_tree_slice(facts, "onlyHere"), 0);
	evidence_list(t, "only there", json_tree_slice(facts, "onlyThere"), (int)evidence_number(facts, "othersThere"));
}

static void evidence_because(struct explain_text *t, struct str word)
{
	static const struct {
		const char *word, *says;
	} rows[] = {{"\"mark\"", "it says of itself that it is an update or a correction"},
	            {"\"facts\"", "numbers have changed"},
	            {"\"text\"", "much was added"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!str_is(word, rows[i].word))
			continue;
		explain_row(t, "because");
		explain_text_say(t, "%s", rows[i].says);
		evidence_end(t);
	}
}

void explain_dedup_evidence(struct explain_text *t, struct str evidence)
{
	struct str contains = json_tree_slice(evidence, "contains");
	evidence_because(t, json_tree_slice(evidence, "because"));
	if (json_tree_slice(evidence, "facts").n)
		evidence_compared(t, evidence);
	if (contains.n) {
		explain_row(t, "quotes");
		evidence_items(t, contains);
		evidence_end(t);
	}
	explain_row(t, "evidence");
	explain_text_line(t, evidence, EVIDENCE_LINE_MAX);
	evidence_end(t);
}
