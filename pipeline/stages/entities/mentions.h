/*
 * Mentions: the runs of words that name somebody or something, from what the tagger marked, what the gazetteer knows
 * for sure, and what the story itself makes sure elsewhere.
 *
 * The same words name the same kind of thing in one story, unless the tagger is sure of both; a name that is sure in
 * one place is found where the tagger passed it over. Time and memory are linear in the words.
 */
#ifndef WIREDESK_ENTITIES_MENTIONS_H
#define WIREDESK_ENTITIES_MENTIONS_H

#include "pipeline/stages/entities/reading.h"

#define MENTIONS_MAX 4096 /* a story; what follows is left out */

enum evidence {
	EVIDENCE_TAGGER,
	EVIDENCE_GAZETTEER,  /* the tagger passed it over; the list leaves no doubt */
	EVIDENCE_FULL_NAME,  /* a short form; the story has the full one */
	EVIDENCE_SHORT_FORM, /* letters that stand in brackets behind a full name, or are its initials */
	EVIDENCE_SAME_NAME,  /* the tagger passed it over; it is sure elsewhere in the story */
};
const char *evidence_word(enum evidence evidence);

struct mention {
	uint32_t first, n; /* words */
	enum name_type type;
	enum evidence evidence;
	float margin;  /* as the tagger's */
	uint64_t key;  /* reading_run_key */
	uint32_t name; /* names.h; MENTION_NAMELESS: not one of them */
};
#define MENTION_NAMELESS UINT32_MAX

struct mentions {
	struct mention *at; /* ascending, not overlapping */
	size_t n;
	bool cut; /* there were more than MENTIONS_MAX */
};

/* place: the dateline's, which is a place wherever the body names it; empty: none. */
struct mentions mentions_find(const struct reading *r, const struct tagged *tagged, size_t n_tagged, struct str place);

/* A part of a name: words that no blank parts. Writes where parts begin, as words; returns how many, at most `most`. */
#define MENTION_PARTS_MAX 8
size_t mention_parts(const struct reading *r, const struct mention *mention, uint32_t parts[MENTION_PARTS_MAX + 1]);

/* Is the word an abbreviation of the mention? Its letters stand in it in their order, the first begins a word. */
bool mention_abbreviates(const struct reading *r, size_t letters, const struct mention *full);

/* Does a title stand right before the mention: "Presiden", "Dr."? */
bool mention_has_title(const struct reading *r, const struct mention *mention);

#endif
