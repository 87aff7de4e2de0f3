/*
 * Naming: the tables by which the parts of names.h tell which mentions name the same.
 */
#ifndef WIREDESK_ENTITIES_NAMING_H
#define WIREDESK_ENTITIES_NAMING_H

#include "pipeline/stages/entities/names.h"

#define NAMING_RANKS 3

/* Names that a short form may stand for, by rank (persons.c). */
struct naming_form {
	uint32_t first[NAMING_RANKS], latest[NAMING_RANKS]; /* names; SLOT_NONE: none */
};

struct naming {
	const struct reading *r;
	struct mentions *mentions;
	struct names names;
	struct slots by_key; /* of all kinds: a key mixed with the kind → name */
	struct slots by_form;
	struct naming_form *forms;
	size_t n_forms;
	bool has_endings;
	struct link_context context;
};

struct naming naming_start(const struct reading *r, struct mentions *mentions);

/* A key of another kind: of forms, stems, initials. */
uint64_t naming_mix(uint64_t key, uint64_t salt);

/* Of the mention's words and type. */
uint64_t naming_key(const struct mention *m);

/* A new name, whose fullest form is that mention so far; MENTION_NAMELESS: there are too many. */
uint32_t naming_add(struct naming *g, uint32_t mention, uint8_t n_parts);

/* The name of the mention's words and type, a new one if there is none yet. */
uint32_t naming_by_key(struct naming *g, uint32_t at);

/* The name found under the key stays where there is one. A key of 0 is none. */
void naming_remember(struct naming *g, uint64_t key, uint32_t name);

/* The name that a chain of "is the same as" ends at; the chain is half as long for the next who asks. */
uint32_t naming_root(struct naming *g, uint32_t name);

/* From now on they are one. */
void naming_same(struct naming *g, uint32_t a, uint32_t b);

/* One time more under the key; 0 is none. */
void naming_count(struct slots *times, uint64_t key);

#endif
