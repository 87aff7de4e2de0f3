/* See own.h. */
#include "pipeline/stages/entities/own.h"

#include "pipeline/stages/entities/mentions.h"
#include "pipeline/stages/entities/recall.h"

#include <stdio.h>

#define OWN_MARGIN 7.0f /* of a mention: nobody else knows better */
#define OWN_KEY    UINT64_C(0xd6e8feb86659fd93)

struct own_found own_find(const struct own_lists *lists, const struct words *words, const struct gazetteer_word *known,
                          struct str language, struct arena *arena)
{
	struct own_found found = {0};
	if (!lists->n || !words->n)
		return found;
	size_t most = words->n < MENTIONS_MAX ? words->n : MENTIONS_MAX;
	struct own_match *at = arena_alloc(arena, most * sizeof *at);
	found.n = own_lists_match(lists, words, known, language, at, most);
	found.at = at;
	uint8_t *cuts = NULL;
	for (size_t i = 0; i < found.n; i++) {
		if (!at[i].cut)
			continue;
		if (!cuts)
			cuts = ARENA_ARRAY(arena, uint8_t, words->n);
		cuts[at[i].first] = at[i].cut;
	}
	found.cuts = cuts;
	return found;
}

/* --- mentions ----------------------------------------------------------------------------------------------------- */

static enum own_answer own_decide(const struct reading *r, const struct own_match *match, int type,
                                  struct own_thing *thing)
{
	return own_match_decide(match, r->words, r->language, type, thing);
}

struct own_claiming {
	const struct reading *r;
	const struct mentions *found;
	size_t at; /* mentions before it are settled */
	struct mentions out;
};

/* The mentions that end before a word stay. */
static void own_pass(struct own_claiming *c, uint32_t until)
{
	for (; c->at < c->found->n && c->found->at[c->at].first + c->found->at[c->at].n <= until; c->at++)
		mentions_add(c->r, &c->out, c->found->at[c->at]);
}

/* Is the match a part of a longer name that the tagger or the list is sure of? */
static bool own_is_part(const struct own_claiming *c, const struct own_match *match)
{
	const struct mention *m = c->at < c->found->n ? &c->found->at[c->at] : NULL;
	return m && m->first <= match->first && m->first + m->n >= match->first + match->n && m->n > match->n &&
	       m->margin >= RECALL_SURE_MARGIN;
}

/* What the tagger says of just these words; -1: nothing. */
static int own_hint(const struct own_claiming *c, const struct own_match *match)
{
	const struct mention *m = c->at < c->found->n ? &c->found->at[c->at] : NULL;
	return m && m->first == match->first && m->n == match->n ? (int)m->type : -1;
}

static void own_put(struct own_claiming *c, size_t number)
{
	const struct own_match *match = &c->r->own->at[number];
	struct own_thing thing;
	own_pass(c, match->first);
	if (own_is_part(c, match) || own_decide(c->r, match, own_hint(c, match), &thing) == OWN_IS_ANYTHING)
		return;
	while (c->at < c->found->n && c->found->at[c->at].first < match->first + match->n)
		c->at++;
	mentions_add(c->r, &c->out,
	             (struct mention){.first = match->first,
	                              .n = match->n,
	                              .type = thing.type,
	                              .evidence = EVIDENCE_OWN,
	                              .margin = OWN_MARGIN,
	                              .own = (uint32_t)number + 1});
}

void own_claim(const struct reading *r, struct mentions *found)
{
	if (!r->own || !r->own->n)
		return;
	struct own_claiming c = {.r = r, .found = found, .out = mentions_room(r)};
	for (size_t i = 0; i < r->own->n; i++)
		own_put(&c, i);
	own_pass(&c, UINT32_MAX);
	c.out.cut |= found->cut;
	*found = c.out;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

/* An id is one thing, whatever lists have it; a thing without one is that of its list. */
static uint64_t own_key(const struct own_thing *thing)
{
	uint64_t key = thing->uri.n ? reading_hash_folded(thing->uri)
	                            : reading_join((uint64_t)(uintptr_t)thing->list, thing->object + 1);
	return naming_mix(naming_mix(key, OWN_KEY), (uint64_t)thing->type + 1);
}

/* An address that has no room in a link has a mark of its own there, which tells it from others. */
static struct link own_link(const struct own_thing *thing)
{
	struct link link = {.own = thing->list, .own_uri = thing->uri, .own_name = thing->name};
	if (thing->uri.n < sizeof link.uri)
		memcpy(link.uri, thing->uri.p, thing->uri.n);
	else
		snprintf(link.uri, sizeof link.uri, "own:%016llx", (unsigned long long)reading_hash_folded(thing->uri));
	return link;
}

void own_name(struct naming *g)
{
	for (uint32_t i = 0; g->r->own && i < g->mentions->n; i++) {
		struct mention *m = &g->mentions->at[i];
		struct own_thing thing;
		if (!m->own || own_decide(g->r, &g->r->own->at[m->own - 1], (int)m->type, &thing) != OWN_IS_ONE)
			continue;
		uint32_t *slot = slots_put(&g->by_key, own_key(&thing));
		if (!slot)
			continue;
		if (*slot == SLOT_NONE) {
			uint32_t name = naming_add(g, i, 1);
			if (name == MENTION_NAMELESS)
				continue;
			*slot = name;
			g->names.at[name].link = own_link(&thing);
		}
		m->name = *slot;
		naming_remember(g, naming_key(m), *slot);
	}
}

bool own_is_unsure(const struct reading *r, const struct mention *m)
{
	struct own_thing thing;
	return m->own && own_decide(r, &r->own->at[m->own - 1], (int)m->type, &thing) == OWN_IS_AMBIGUOUS;
}
