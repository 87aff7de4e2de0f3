/* See naming.h. */
#include "pipeline/stages/entities/naming.h"

#include "pipeline/base/check.h"

uint64_t naming_mix(uint64_t key, uint64_t salt)
{
	return reading_join(key, salt);
}

uint64_t naming_key(const struct mention *m)
{
	return naming_mix(m->key, (uint64_t)m->type + 1);
}

uint32_t naming_root(struct naming *g, uint32_t name)
{
	struct name *names = g->names.at;
	while (names[name].same_as != name)
		name = names[name].same_as = names[names[name].same_as].same_as;
	return name;
}

uint32_t naming_add(struct naming *g, uint32_t mention, uint8_t n_parts)
{
	if (g->names.n == NAMES_MAX) {
		g->names.cut = true;
		return MENTION_NAMELESS;
	}
	uint32_t name = (uint32_t)g->names.n++;
	g->names.at[name] = (struct name){
	        .type = g->mentions->at[mention].type, .full = mention, .n_parts = n_parts, .same_as = name};
	return name;
}

uint32_t naming_by_key(struct naming *g, uint32_t at)
{
	uint32_t *slot = slots_put(&g->by_key, naming_key(&g->mentions->at[at]));
	CHECK(slot);
	if (*slot == SLOT_NONE) {
		uint32_t name = naming_add(g, at, 1);
		if (name == MENTION_NAMELESS)
			return name;
		*slot = name;
	}
	return *slot;
}

void naming_remember(struct naming *g, uint64_t key, uint32_t name)
{
	uint32_t *slot = key ? slots_put(&g->by_key, key) : NULL;
	if (slot && *slot == SLOT_NONE)
		*slot = name;
}

void naming_same(struct naming *g, uint32_t a, uint32_t b)
{
	a = naming_root(g, a);
	b = naming_root(g, b);
	/* Two things of a user's own gazetteers stay two. */
	const struct link *one = &g->names.at[a].link, *other = &g->names.at[b].link;
	if (one->own && other->own && (!one->uri[0] || strcmp(one->uri, other->uri) != 0))
		return;
	if (a < b)
		g->names.at[b].same_as = a;
	else if (b < a)
		g->names.at[a].same_as = b;
}

struct naming naming_start(const struct reading *r, struct mentions *mentions)
{
	size_t n = mentions->n + 1, most = n < NAMES_MAX ? n : NAMES_MAX;
	return (struct naming){.r = r,
	                       .mentions = mentions,
	                       .names.at = arena_alloc(r->arena, most * sizeof(struct name)),
	                       .by_key = slots_new(r->arena, (r->own ? 7 : 5) * n),
	                       .has_endings = reading_has_endings(r)};
}

void naming_count(struct slots *times, uint64_t key)
{
	uint32_t *slot = key ? slots_put(times, key) : NULL;
	if (slot)
		*slot = *slot == SLOT_NONE ? 1 : *slot + 1;
}
