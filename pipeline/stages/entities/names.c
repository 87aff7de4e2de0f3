/*
 * Co-reference, part by part: persons.h, letters.h, what the list takes for one, and words with another ending; then
 * what a name stands for (link.h), and its fullest form. See names.h.
 */
#include "pipeline/stages/entities/names.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/entities/cases.h"
#include "pipeline/stages/entities/fullest.h"
#include "pipeline/stages/entities/letters.h"
#include "pipeline/stages/entities/listed.h"
#include "pipeline/stages/entities/own.h"
#include "pipeline/stages/entities/persons.h"
#include "pipeline/words/fold.h"

/* --- links ------------------------------------------------------------------------------------------------------- */

static struct link_surface names_surface(const struct naming *g, const struct name *name)
{
	const struct mention *m = &g->mentions->at[name->full];
	struct link_surface surface = link_look_up(g->r, m->type, m->first, m->n);
	surface.is_long = m->type == NAME_IS_PERSON ? name->n_parts > 1 : reading_count_words(g->r, m->first, m->n) > 1;
	bool declined = g->has_endings && m->type == NAME_IS_PERSON && surface.name == UINT32_MAX;
	if (declined)
		surface.base = cases_nominative(g->r, m);
	if (declined && surface.base.n)
		surface.name = reading_find_text(g->r, surface.base);
	return surface;
}

/* The story's countries first: they tell which city of a name is meant. */
static void names_find_context(struct naming *g, struct link_surface *surfaces)
{
	for (size_t i = 0; i < g->names.n; i++) {
		struct name *name = &g->names.at[i];
		surfaces[i] = names_surface(g, name);
		struct link link;
		if (name->type == NAME_IS_PLACE && link_is_country(g->r, &surfaces[i], &link))
			link_context_add(&g->context, link.country);
	}
}

/* Two names of one thing: "AS" and "Amerika Serikat", "Kiev" and "Kyiv". */
static void names_join_linked(struct naming *g)
{
	struct slots by_uri = slots_new(g->r->arena, g->names.n);
	for (uint32_t i = 0; i < g->names.n; i++) {
		const struct link *link = &g->names.at[i].link;
		if (!link->uri[0])
			continue;
		uint64_t key = (uint64_t)g->names.at[i].type + 1;
		for (const char *c = link->uri; *c; c++)
			key = reading_join(key, (unsigned char)*c);
		uint32_t *slot = slots_put(&by_uri, key);
		CHECK(slot);
		if (*slot == SLOT_NONE)
			*slot = i;
		else
			naming_same(g, *slot, i);
	}
}

/* Places with another ending: "Moskva", "Moskve". Not two that the list tells apart. */
static void names_join_endings(struct naming *g)
{
	struct slots by_stem = slots_new(g->r->arena, g->names.n);
	for (uint32_t i = 0; i < g->names.n; i++) {
		const struct name *name = &g->names.at[i];
		const struct mention *m = &g->mentions->at[name->full];
		uint64_t stem = name->type != NAME_IS_PERSON && m->n == 1 ? reading_stem(g->r, m->first) : 0;
		uint32_t *slot = stem ? slots_put(&by_stem, naming_mix(stem, (uint64_t)name->type + 1)) : NULL;
		if (!slot)
			continue;
		if (*slot == SLOT_NONE) {
			*slot = i;
			continue;
		}
		const struct name *other = &g->names.at[*slot];
		bool told_apart = name->classes && other->classes;
		bool same = reading_same_but_ending(g->r, m->first, g->mentions->at[other->full].first);
		if (same && !told_apart)
			naming_same(g, *slot, i);
	}
}

/* A place by the dateline's name is the dateline's, if nothing in the story says that it is another. */
static bool names_is_dateline(const struct naming *g, const struct name *name, const struct link_surface *surface,
                              const struct link *dateline)
{
	const struct mention *m = &g->mentions->at[name->full];
	struct str text = surface->base.n ? surface->base : reading_name(g->r, m->first, m->n);
	return name->type == NAME_IS_PLACE && dateline->uri[0] && fold_equal(text, dateline->base);
}

/* What a user's own gazetteer says stands before all else; where it has no id, the list's is as good as before. */
static void names_link_one(const struct naming *g, struct name *name, const struct link_surface *surface,
                           const struct link *dateline)
{
	struct link own = name->link;
	if (own.uri[0])
		return;
	if (own_is_unsure(g->r, &g->mentions->at[name->full])) {
		name->link = (struct link){.base = surface->base};
		return;
	}
	name->link = link_find(g->r, &g->context, surface);
	if (!name->link.uri[0] && names_is_dateline(g, name, surface, dateline))
		name->link = *dateline;
	name->link.base = surface->base;
	name->link.own = own.own;
	name->link.own_name = own.own_name;
}

static void names_link(struct naming *g, const struct link *dateline)
{
	struct link_surface *surfaces = arena_alloc(g->r->arena, (g->names.n + 1) * sizeof *surfaces);
	names_find_context(g, surfaces);
	link_context_add(&g->context, dateline->country);
	for (size_t i = 0; i < g->names.n; i++) {
		struct name *name = &g->names.at[i];
		names_link_one(g, name, &surfaces[i], dateline);
		g->names.at[i].classes = listed_classes_of(g->r, surfaces[i].name);
	}
	names_join_linked(g);
	if (g->has_endings)
		names_join_endings(g);
}

/* --- what names nothing ------------------------------------------------------------------------------------------ */

/* "Korea" where "Korea Utara" and "Korea Selatan" are named: the part of two names is neither's, unless it is one. */
static void names_drop_shared_parts(struct naming *g, bool *dropped)
{
	struct slots parts = slots_new(g->r->arena, 2 * g->names.n);
	for (size_t i = 0; i < g->names.n; i++) {
		const struct mention *m = &g->mentions->at[g->names.at[i].full];
		if (g->names.at[i].type != NAME_IS_PLACE || m->n < 2)
			continue;
		naming_count(&parts, reading_run_key(g->r, m->first, 1));
		naming_count(&parts, reading_run_key(g->r, m->first + m->n - 1, 1));
	}
	for (size_t i = 0; i < g->names.n; i++) {
		const struct mention *m = &g->mentions->at[g->names.at[i].full];
		uint32_t times = slots_get(&parts, m->key);
		dropped[i] = g->names.at[i].type == NAME_IS_PLACE && m->n == 1 && times != SLOT_NONE && times > 1 &&
		             !g->names.at[i].link.uri[0];
	}
}

/* Organisations and places, each under its own words; letters in brackets are the name before them. */
static void names_others(struct naming *g)
{
	for (size_t i = 0; i + 1 < g->mentions->n; i++)
		letters_join_bracketed(g, (uint32_t)i);
	for (size_t i = 0; i < g->mentions->n; i++)
		if (g->mentions->at[i].name == MENTION_NAMELESS && g->mentions->at[i].type != NAME_IS_PERSON)
			g->mentions->at[i].name = naming_by_key(g, (uint32_t)i);
}

/* Every mention gets the name at the end of the chain; a link of any form is the name's. */
static void names_settle(struct naming *g)
{
	bool *dropped = ARENA_ARRAY(g->r->arena, bool, g->names.n + 1);
	names_drop_shared_parts(g, dropped);
	for (uint32_t i = 0; i < g->names.n; i++) {
		struct name *root = &g->names.at[naming_root(g, i)];
		const struct link *link = &g->names.at[i].link;
		if (!root->link.uri[0] || (link->own && link->uri[0] && !root->link.own))
			root->link = *link;
		root->classes |= g->names.at[i].classes;
	}
	for (size_t i = 0; i < g->mentions->n; i++) {
		struct mention *m = &g->mentions->at[i];
		if (m->name != MENTION_NAMELESS)
			m->name = dropped[m->name] ? MENTION_NAMELESS : naming_root(g, m->name);
	}
}

struct names names_find(const struct reading *r, struct mentions *mentions, const struct link *dateline)
{
	struct naming g = naming_start(r, mentions);
	own_name(&g);
	persons_name(&g);
	names_others(&g);
	letters_join_initials(&g);
	names_link(&g, dateline);
	names_settle(&g);
	fullest_choose(&g);
	return g.names;
}
