/*
 * Links: what does a name stand for, by the gazetteer and the rest of the story? No id at all rather than a wrong one.
 */
#ifndef WIREDESK_ENTITIES_LINK_H
#define WIREDESK_ENTITIES_LINK_H

#include "pipeline/stages/entities/reading.h"

struct own_list;

/* What a name stands for; uri empty: not sure. */
struct link {
	char uri[48];
	char country[3]; /* ISO 3166-1 of a country, or of the country that a place lies in */
	bool is_country;
	struct str base; /* of a name with an ending: the listed form, in the arena of the call; empty: as written */

	/* A user's own gazetteer that says what it is, the address that it gives, of any length, or none, and what it
	 * calls it in the story's language, if anything. The texts are the list's (own_list.h): who keeps them copies.
	 */
	const struct own_list *own;
	struct str own_uri, own_name;
};

/* The countries that a story is about: they tell places of one name apart. */
struct link_context {
	uint16_t times[26 * 26];
	uint32_t n; /* of all */
};

void link_context_add(struct link_context *context, const char country[3]);

/* A name of the list as it stands in the story. */
struct link_surface {
	uint32_t name; /* of the gazetteer; UINT32_MAX: not in the list */
	enum name_type type;
	bool is_long;     /* more than one word, or a person's full name */
	bool is_letters;  /* "AS" */
	bool is_dateline; /* where the story comes from: somewhere that a desk names without saying where it lies */
	struct str base;  /* see link.base */
};

/* Looks a run of words up; a place's also without the ending that the language writes behind it. */
struct link_surface link_look_up(const struct reading *r, enum name_type type, size_t first, size_t n);

/* The likeliest country, if that is what the name is; the context need not be known. */
bool link_is_country(const struct reading *r, const struct link_surface *surface, struct link *link);

struct link link_find(const struct reading *r, const struct link_context *context, const struct link_surface *surface);

#endif
