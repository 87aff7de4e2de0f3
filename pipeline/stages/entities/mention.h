/*
 * A mention: a run of words that names somebody or something.
 */
#ifndef WIREDESK_ENTITIES_MENTION_H
#define WIREDESK_ENTITIES_MENTION_H

#include "pipeline/stages/entities/reading.h"

#define MENTIONS_MAX 4096 /* a story; what follows is left out */

enum evidence {
	EVIDENCE_TAGGER,
	EVIDENCE_GAZETTEER,  /* the tagger passed it over; the list leaves no doubt */
	EVIDENCE_FULL_NAME,  /* a short form; the story has the full one */
	EVIDENCE_SHORT_FORM, /* letters that stand in brackets behind a full name, or are its initials */
	EVIDENCE_SAME_NAME,  /* the tagger passed it over; it is sure elsewhere in the story */
	EVIDENCE_CONTEXT,    /* words beside it say what it is: a title, "University of" */
	EVIDENCE_OWN,        /* a user's own gazetteer has it (own.h) */
};
const char *evidence_word(enum evidence evidence);

struct mention {
	uint32_t first, n; /* words */
	enum name_type type;
	enum evidence evidence;
	float margin;  /* as the tagger's */
	uint64_t key;  /* reading_run_key */
	uint32_t name; /* names.h; MENTION_NAMELESS: not one of them */
	uint32_t own;  /* reading.own's match, plus one; 0: none */
};
#define MENTION_NAMELESS UINT32_MAX

struct mentions {
	struct mention *at; /* ascending, not overlapping */
	size_t n;
	bool cut; /* there were more than MENTIONS_MAX */
};

/* Room for all that the words may have. */
struct mentions mentions_room(const struct reading *r);

/* Adds one behind the others; words, type, evidence and margin are set. */
void mentions_add(const struct reading *r, struct mentions *found, struct mention m);

/* A part of a name: words that no blank parts. Writes where parts begin, as words; returns how many, at most `most`. */
#define MENTION_PARTS_MAX 8
size_t mention_parts(const struct reading *r, const struct mention *mention, uint32_t parts[MENTION_PARTS_MAX + 1]);

/* Are the words an abbreviation of the mention? Their letters stand in it in their order, the first begins a word. */
bool mention_abbreviates(const struct reading *r, size_t letters, size_t n, const struct mention *full);

#endif
