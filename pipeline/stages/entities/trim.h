/*
 * Trimming: what the tagger marked with a name and what is no part of it: titles, signs, words that open a sentence.
 */
#ifndef WIREDESK_ENTITIES_TRIM_H
#define WIREDESK_ENTITIES_TRIM_H

#include "pipeline/stages/entities/mention.h"

/* False: nothing is left that could be a name. */
bool trim_mention(const struct reading *r, struct mention *m);

/* "The Harbour Board"; but "The Hague", which the list has so; match: the list's first that ends behind the mention's
 * beginning, or NULL. */
void trim_article(const struct reading *r, struct mention *m, const struct name_match *match);

#endif
