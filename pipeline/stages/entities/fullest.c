/* Comparing forms. See fullest.h. */
#include "pipeline/stages/entities/fullest.h"

struct fullness {
	size_t words;
	bool normal_case; /* not all in capitals */
	bool is_listed;   /* a place as the list has it, without an ending */
	uint32_t times, letters;
};

bool names_are_capitals(const struct reading *r, const struct mention *m)
{
	for (size_t i = m->first; i < m->first + m->n; i++)
		if (r->words->at[i].kind == WORD_LETTERS && !(r->words->at[i].flags & WORD_UPPER_ALL))
			return false;
	return true;
}

/* "AS", "U.S.": letters, no words. */
static bool fullest_is_letters(const struct reading *r, const struct mention *m)
{
	for (size_t i = m->first; i < m->first + m->n; i++) {
		const struct word *w = &r->words->at[i];
		bool one = w->end_cp - w->start_cp == 1 && w->flags & WORD_UPPER_FIRST && m->n > 1;
		bool few = m->n == 1 && w->flags & WORD_UPPER_ALL && w->end_cp - w->start_cp <= 4;
		if (w->kind == WORD_LETTERS && !one && !few)
			return false;
	}
	return true;
}

static bool fullest_is_fuller(const struct fullness *a, const struct fullness *b, bool has_endings)
{
	if (a->words != b->words)
		return a->words > b->words;
	if (a->normal_case != b->normal_case)
		return a->normal_case;
	if (a->is_listed != b->is_listed)
		return a->is_listed;
	/* Endings make names longer. */
	if (has_endings && a->letters != b->letters)
		return a->letters < b->letters;
	return a->times > b->times;
}

static uint64_t fullest_text_key(const struct reading *r, const struct mention *m)
{
	struct str text = reading_name(r, m->first, m->n);
	uint64_t key = (uint64_t)m->name + 1;
	for (size_t i = 0; i < text.n; i++)
		key = reading_join(key, (unsigned char)text.p[i]);
	return key;
}

static struct fullness fullest_measure(const struct naming *g, const struct slots *times, const struct mention *m)
{
	const struct word *first = &g->r->words->at[m->first], *last = first + m->n - 1;
	bool letters = fullest_is_letters(g->r, m), place = m->type == NAME_IS_PLACE;
	struct link_surface surface = {.name = UINT32_MAX};
	if (g->has_endings && place)
		surface = link_look_up(g->r, m->type, m->first, m->n);
	bool listed = surface.name != UINT32_MAX && !surface.base.n;
	return (struct fullness){.words = letters ? 0 : reading_count_words(g->r, m->first, m->n),
	                         .normal_case = !names_are_capitals(g->r, m),
	                         .is_listed = listed,
	                         .letters = last->end_cp - first->start_cp,
	                         .times = slots_get(times, fullest_text_key(g->r, m))};
}

void fullest_choose(struct naming *g)
{
	struct slots times = slots_new(g->r->arena, g->mentions->n + 1);
	struct fullness *best = ARENA_ARRAY(g->r->arena, struct fullness, g->names.n + 1);
	for (size_t i = 0; i < g->mentions->n; i++)
		if (g->mentions->at[i].name != MENTION_NAMELESS)
			naming_count(&times, fullest_text_key(g->r, &g->mentions->at[i]));
	for (uint32_t i = 0; i < g->mentions->n; i++) {
		const struct mention *m = &g->mentions->at[i];
		if (m->name == MENTION_NAMELESS)
			continue;
		struct fullness f = fullest_measure(g, &times, m);
		if (best[m->name].times && !fullest_is_fuller(&f, &best[m->name], g->has_endings))
			continue;
		best[m->name] = f;
		g->names.at[m->name].full = i;
		g->names.at[m->name].is_short = f.words == 0;
		g->names.at[m->name].has_ending = g->has_endings && !f.is_listed;
	}
}
