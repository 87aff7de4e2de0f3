/*
 * A user's own gazetteer while it is made: what own_build.c's parts share.
 *
 * Ids and texts are kept once, in tables of slots. Links are sorted by the hash of their words when all are there.
 */
#ifndef WIREDESK_ENTITIES_OWN_BUILD_INSIDE_H
#define WIREDESK_ENTITIES_OWN_BUILD_INSIDE_H

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/own_build.h"
#include "pipeline/stages/entities/own_file.h"
#include "pipeline/words/language_tag.h"

#define OWN_BUILD_NONE  UINT32_MAX
#define OWN_BUILD_SHOWN 60 /* bytes of a name in messages */

struct own_object {
	struct own_place at; /* the row that says what it is; file NULL: only spoken of */
	uint32_t uri;        /* text; 0: none */
	uint32_t titles;     /* the latest; OWN_BUILD_NONE: none */
	uint32_t alias_of;   /* object; OWN_BUILD_NONE: itself */
	uint64_t alias_line; /* that says so */
	const char *alias_file;
	int type;
	uint32_t number; /* in the file; while aliases are followed: on the way */
};

struct own_title {
	uint32_t text, next;
	uint16_t language;
};

struct own_link {
	uint64_t hash;
	struct own_file_link link;
};

/* Numbers by hash; who looks compares. */
struct own_slots {
	uint32_t *at;
	size_t room, n;
};

struct own_build {
	struct own_build_options options;
	struct own_build_counts counts;
	struct language_codes codes; /* filled when first asked for */
	bool has_codes;
	struct arena scratch; /* of one row */
	char *text;
	size_t n_text, text_room;
	struct own_object *objects;
	size_t n_objects, objects_room;
	struct own_title *titles;
	size_t n_titles, titles_room;
	struct own_link *links;
	size_t n_links, links_room;
	char (*languages)[OWN_FILE_LANGUAGE_BYTES];
	size_t n_languages;
	struct own_slots by_uri, by_text; /* objects; texts */
	bool full;
};

/* --- what is wrong: own_said.c ------------------------------------------------------------------------------------ */

/* Something is odd, but can be used: said and counted. */
__attribute__((format(printf, 3, 4))) void own_build_warn(struct own_build *b, const struct own_place *at,
                                                          const char *format, ...);

struct own_place own_build_at(const struct own_place *at, const struct own_cell *cell);

/* A name as messages show it: short, and nothing in it that moves a cursor. */
struct own_shown {
	char p[OWN_BUILD_SHOWN + 8];
};
struct own_shown own_build_show(struct str text);

/* --- what is kept once: own_kept.c -------------------------------------------------------------------------------- */

/* Room for one more, and more. */
void *own_build_grow(void *items, size_t n, size_t *room, size_t size);

/* Where the text stands, which ends in NUL; and back. */
uint32_t own_build_keep_text(struct own_build *b, struct str text);
struct str own_build_text(const struct own_build *b, uint32_t at);

uint32_t own_build_new_object(struct own_build *b);
/* The object of an id, which may be spoken of before its row comes. */
uint32_t own_build_object(struct own_build *b, struct str uri);

/* --- what a cell says: own_cells.c; what is wrong with it is said ------------------------------------------------- */

/* Is it a text that a name or an id may be? */
bool own_build_is_text(struct own_build *b, const struct own_place *at, const struct own_cell *cell, const char *what,
                       size_t most);
/* enum name_type, or OWN_BUILD_NO_TYPE. */
int own_build_type(struct own_build *b, const struct own_place *at, const struct own_cell *cell);
/* Number of a language; 0: none is said. False: it is wrong. */
bool own_build_language(struct own_build *b, const struct own_place *at, const struct own_cell *cell, uint16_t *number);
/* The object of an id's cell; OWN_BUILD_NONE: it is wrong. */
uint32_t own_build_id(struct own_build *b, const struct own_place *at, const struct own_cell *cell);

#endif
