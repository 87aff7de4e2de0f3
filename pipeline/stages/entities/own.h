/*
 * What a user's own gazetteers have in a story: they decide. Their names become mentions where the tagger is silent,
 * and instead of what it says; only a longer name that the tagger is sure of stays, which is another one's. A thing of
 * a list is one name, by all that the list calls it.
 */
#ifndef WIREDESK_ENTITIES_OWN_H
#define WIREDESK_ENTITIES_OWN_H

#include "pipeline/stages/entities/naming.h"
#include "pipeline/stages/entities/own_list.h"

/* The matches in a story; reading.own. */
struct own_found {
	const struct own_match *at; /* ascending, not overlapping */
	size_t n;
	const uint8_t *cuts; /* by word, own_match.cut; NULL: none */
};

struct own_found own_find(const struct own_lists *lists, const struct words *words, const struct gazetteer_word *known,
                          struct str language, struct arena *arena);

/* Puts the matches among the mentions. */
void own_claim(const struct reading *r, struct mentions *found);

/* Names of the mentions that are one thing for sure, and what they stand for; before all other names. */
void own_name(struct naming *g);

/* Is the mention one of several things of the lists? Then nothing else tells which. */
bool own_is_unsure(const struct reading *r, const struct mention *m);

#endif
