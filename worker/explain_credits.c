/*
 * What credits made of a story: who, where and when, each with the bytes of the raw text that say so.
 */
#include "worker/explain.h"
#include "worker/explain_text.h"

#define EXPLAIN_NAME_MAX 200 /* characters */

static void explain_credits_range(struct explain_text *t, struct range at)
{
	explain_text_ink(t, INK_FAINT);
	explain_text_say(t, "  bytes %zu..%zu", at.start, at.end);
	explain_text_ink(t, INK_PLAIN);
}

/* One row a name: what the record says, the label that stood before it, and where. */
static void explain_credits_names(struct explain_text *t, const char *title, const struct named *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		explain_row(t, i ? "" : title);
		explain_text_line(t, names[i].name, EXPLAIN_NAME_MAX);
		if (names[i].label.n) {
			explain_text_say(t, ", behind '");
			explain_text_line(t, names[i].label, EXPLAIN_NAME_MAX);
			explain_text_say(t, "'");
		}
		explain_credits_range(t, names[i].at);
		explain_end(t);
	}
}

static void explain_credits_time(struct explain_text *t, const struct story *st)
{
	if (!st->credits.published.name.n)
		return;
	explain_row(t, "published");
	explain_text_line(t, st->credits.published.name, EXPLAIN_NAME_MAX);
	if (st->credits.published.label.n) {
		explain_text_say(t, ", the text says '");
		explain_text_line(t, st->credits.published.label, EXPLAIN_NAME_MAX);
		explain_text_say(t, "'");
	}
	explain_text_ink(t, st->credits.has_offset ? INK_PLAIN : INK_WARN);
	explain_text_say(t, ", zone %s",
	                 st->credits.zone         ? st->credits.zone
	                 : st->credits.has_offset ? "as it says"
	                                          : "unknown: no versionCreated");
	explain_text_ink(t, INK_PLAIN);
	explain_credits_range(t, st->credits.published.at);
	explain_end(t);
}

static void explain_credits_embargo(struct explain_text *t, const struct story *st)
{
	if (!st->credits.embargo.state)
		return;
	explain_row(t, "embargo");
	explain_text_ink(t, strcmp(st->credits.embargo.state, "stands") == 0 ? INK_PLAIN : INK_WARN);
	explain_text_say(t, "%s", st->credits.embargo.state);
	explain_text_ink(t, INK_PLAIN);
	if (st->credits.embargo.value.n) {
		explain_text_say(t, ", until ");
		explain_text_line(t, st->credits.embargo.value, EXPLAIN_NAME_MAX);
	}
	if (st->credits.embargo.zone_basis)
		explain_text_say(t, ", zone %s (%s)",
		                 st->credits.embargo.zone ? st->credits.embargo.zone : "as it says",
		                 st->credits.embargo.zone_basis);
	explain_end(t);
	explain_value(t, "it says", st->credits.embargo.text);
}

void explain_credits(struct explain_text *t, const struct story *st)
{
	explain_credits_names(t, "section", &st->credits.section, st->credits.section.name.n > 0);
	explain_credits_time(t, st);
	explain_credits_embargo(t, st);
	explain_credits_names(t, "dateline", &st->credits.dateline, st->credits.dateline.name.n > 0);
	explain_value(t, "place", st->credits.place.name);
	explain_value(t, "source", st->credits.source);
	explain_value(t, "date", st->credits.date);
	explain_credits_names(t, "authors", st->credits.authors, st->credits.n_authors);
	explain_credits_names(t, "editors", st->credits.editors, st->credits.n_editors);
	explain_credits_names(t, "contributors", st->credits.contributors, st->credits.n_contributors);
	explain_credits_names(t, "credit", st->credits.sources, st->credits.n_sources);
	explain_credits_names(t, "promoted", st->credits.related, st->credits.n_related);
}
