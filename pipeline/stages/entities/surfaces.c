/* Weighing the types of each run of words. See surfaces.h. */
#include "pipeline/stages/entities/surfaces.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/entities/listed.h"

#define SURFACES_OWN_MARGIN 5.0f /* so sure that the same words elsewhere do not change its type */

static struct surface *surfaces_of(struct surfaces *s, const struct mention *m)
{
	uint32_t *slot = slots_put(&s->by_key, m->key);
	CHECK(slot);
	if (*slot == SLOT_NONE) {
		*slot = (uint32_t)s->n;
		s->at[s->n++] = (struct surface){.first = m->first, .n = m->n};
	}
	return &s->at[*slot];
}

/* A country is a place, also where it acts; so is a capital. A body or an outlet of several words is just that. */
static void surfaces_weigh_listed(const struct reading *r, struct surface *surface)
{
	uint32_t name = reading_find(r, surface->first, surface->n);
	struct name_entry entry = listed_entry(r, name);
	float *weight = surface->weight;
	bool country = entry.classes & NAME_COUNTRY && surface->n + !entry.is_alternative > 1;
	if (country || (entry.classes & (NAME_COUNTRY | NAME_CAPITAL) && !entry.is_alternative)) {
		bool acts = weight[NAME_IS_ORGANISATION] > 0 && weight[NAME_IS_PERSON] <= weight[NAME_IS_ORGANISATION];
		weight[NAME_IS_PLACE] += acts ? weight[NAME_IS_ORGANISATION] + 1 : 1;
	} else if (entry.classes & (NAME_MEDIA | NAME_BODY) && !entry.is_alternative) {
		/* "Gedung Putih": a house, and a body that acts. */
		weight[NAME_IS_ORGANISATION] += surface->n > 1 ? weight[NAME_IS_PLACE] + 1 : 2;
	}
}

struct surfaces surfaces_agree(const struct reading *r, struct mentions *found)
{
	struct surfaces s = {.at = arena_alloc(r->arena, (found->n + 1) * sizeof(struct surface)),
	                     .by_key = slots_new(r->arena, found->n + 1)};
	for (size_t i = 0; i < found->n; i++) {
		struct surface *surface = surfaces_of(&s, &found->at[i]);
		surface->weight[found->at[i].type] += found->at[i].margin;
		if (found->at[i].margin > surface->best)
			surface->best = found->at[i].margin;
	}
	for (size_t i = 0; i < s.n; i++) {
		struct surface *surface = &s.at[i];
		surfaces_weigh_listed(r, surface);
		for (int t = NAME_IS_PERSON; t <= NAME_IS_PLACE; t++)
			if (surface->weight[t] > surface->weight[surface->type])
				surface->type = (enum name_type)t;
	}
	for (size_t i = 0; i < found->n; i++) {
		const struct surface *surface = surfaces_of(&s, &found->at[i]);
		bool own = found->at[i].type == NAME_IS_PERSON && found->at[i].margin >= SURFACES_OWN_MARGIN;
		if (!own && !found->at[i].own)
			found->at[i].type = surface->type;
	}
	return s;
}
