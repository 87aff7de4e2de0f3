/* See facts.h. */
#include "pipeline/stages/cleanup/facts.h"

void facts_make(struct arena *a, struct line *lines, size_t n)
{
	struct line_facts *facts = ARENA_ARRAY(a, struct line_facts, n);
	for (size_t i = 0; i < n; i++)
		lines[i].facts = &facts[i];
}

bool facts_dateline(const struct marks *m, const struct line *line, struct dateline *out)
{
	struct line_facts *facts = line->facts;
	if (!facts)
		return dateline_read(m->text, line->start, line->end, out);
	if (facts->opens == FACTS_NOT_READ) {
		facts->opens = dateline_read(m->text, line->start, line->end, out) ? FACTS_DATELINE : FACTS_NO_DATELINE;
		if (facts->opens == FACTS_DATELINE) {
			facts->dateline = arena_alloc(m->a, sizeof(*out));
			*facts->dateline = *out;
		}
	} else if (facts->opens == FACTS_DATELINE) {
		*out = *facts->dateline;
	}
	return facts->opens == FACTS_DATELINE;
}
