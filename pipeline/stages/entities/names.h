/*
 * Names: which mentions name the same?
 *
 * The story's own full names decide its short forms: a surname alone, or a family name that stands first, is the person
 * named in full before it, else after it; letters in brackets are the organisation before them. Two names of one thing
 * in the gazetteer are one ("AS", "Amerika Serikat"). Every mention belongs to one name, or to none: then it is not
 * sure what it names. Time and memory are linear in the mentions.
 */
#ifndef WIREDESK_ENTITIES_NAMES_H
#define WIREDESK_ENTITIES_NAMES_H

#include "pipeline/stages/entities/link.h"
#include "pipeline/stages/entities/mentions.h"

#define NAMES_MAX 1000 /* a story; mentions of further ones are left out */

struct name {
	enum name_type type;
	uint32_t full;    /* mention with the fullest form, of equally full ones the most frequent */
	struct link link; /* what it stands for, as far as that is sure */
	uint16_t classes; /* of all its forms in the gazetteer */
	uint8_t n_parts;  /* of the fullest form of a person */
	bool is_short;    /* only letters stand in the story: "AS", "U.S." */
	bool has_ending;  /* the story has no form of a place as the list has it; link.base is that */
	uint32_t same_as; /* another name that it turned out to be; itself: none */
};

struct names {
	struct name *at;
	size_t n;
	bool cut; /* there were more than NAMES_MAX */
};

/* Sets every mention's name; those that have none keep MENTION_NAMELESS. dateline: its place. */
struct names names_find(const struct reading *r, struct mentions *mentions, const struct link *dateline);

/* Has the mention no small letter? */
bool names_are_capitals(const struct reading *r, const struct mention *m);

#endif
