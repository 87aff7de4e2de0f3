/*
 * Texts and ids of a user's own gazetteer, each kept once. See own_build_inside.h.
 */
#include "pipeline/stages/entities/own_build_inside.h"

#include "pipeline/base/grow.h"

#include <xxhash.h>

static void own_slots_put(struct own_slots *s, uint64_t hash, uint32_t number)
{
	size_t at = hash % s->room;
	while (s->at[at] != OWN_BUILD_NONE)
		at = at + 1 == s->room ? 0 : at + 1;
	s->at[at] = number;
	s->n++;
}

static uint64_t own_build_hash(struct str s)
{
	return XXH3_64bits(s.p, s.n);
}

struct str own_build_text(const struct own_build *b, uint32_t at)
{
	return str_of(b->text + at);
}

/* The text that a number in a table stands for. */
static struct str own_build_key(const struct own_build *b, const struct own_slots *s, uint32_t number)
{
	return own_build_text(b, s == &b->by_uri ? b->objects[number].uri : number);
}

static void own_build_make_room(struct own_build *b, struct own_slots *s)
{
	if (s->n < s->room / 2)
		return;
	struct own_slots old = *s;
	*s = (struct own_slots){.room = old.room ? 2 * old.room : 4096};
	s->at = grow(NULL, s->room, sizeof *s->at);
	memset(s->at, 0xff, s->room * sizeof *s->at);
	for (size_t i = 0; i < old.room; i++)
		if (old.at[i] != OWN_BUILD_NONE)
			own_slots_put(s, own_build_hash(own_build_key(b, s, old.at[i])), old.at[i]);
	free(old.at);
}

/* The number whose text it is; OWN_BUILD_NONE: none. */
static uint32_t own_build_find(const struct own_build *b, const struct own_slots *s, struct str text)
{
	if (!s->room)
		return OWN_BUILD_NONE;
	size_t at = own_build_hash(text) % s->room;
	for (; s->at[at] != OWN_BUILD_NONE; at = at + 1 == s->room ? 0 : at + 1)
		if (str_eq(own_build_key(b, s, s->at[at]), text))
			return s->at[at];
	return OWN_BUILD_NONE;
}

void *own_build_grow(void *items, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return items;
	*room = *room ? *room + *room / 2 : 1024;
	return grow(items, *room, size);
}

/* Where the text stands, which ends in NUL. */
uint32_t own_build_keep_text(struct own_build *b, struct str text)
{
	uint32_t found = own_build_find(b, &b->by_text, text);
	if (found != OWN_BUILD_NONE)
		return found;
	while (b->n_text + text.n + 1 > b->text_room) {
		b->text_room = b->text_room ? b->text_room + b->text_room / 2 : 65536;
		b->text = grow(b->text, b->text_room, 1);
	}
	uint32_t at = (uint32_t)b->n_text;
	memcpy(b->text + at, text.p, text.n);
	b->text[at + text.n] = 0;
	b->n_text += text.n + 1;
	own_build_make_room(b, &b->by_text);
	own_slots_put(&b->by_text, own_build_hash(text), at);
	return at;
}

uint32_t own_build_new_object(struct own_build *b)
{
	b->objects = own_build_grow(b->objects, b->n_objects, &b->objects_room, sizeof *b->objects);
	b->objects[b->n_objects] =
	        (struct own_object){.titles = OWN_BUILD_NONE, .alias_of = OWN_BUILD_NONE, .type = OWN_BUILD_NO_TYPE};
	return (uint32_t)b->n_objects++;
}

/* The object of an id, which may be spoken of before its row comes. */
uint32_t own_build_object(struct own_build *b, struct str uri)
{
	uint32_t found = own_build_find(b, &b->by_uri, uri);
	if (found != OWN_BUILD_NONE)
		return found;
	uint32_t object = own_build_new_object(b);
	b->objects[object].uri = own_build_keep_text(b, uri);
	own_build_make_room(b, &b->by_uri);
	own_slots_put(&b->by_uri, own_build_hash(uri), object);
	return object;
}
