/*
 * Letters: which name do they stand for, in brackets behind it or as its initials?
 */
#ifndef WIREDESK_ENTITIES_LETTERS_H
#define WIREDESK_ENTITIES_LETTERS_H

#include "pipeline/stages/entities/naming.h"

/* The mention and the one behind it, if one of them is the other's letters in brackets. */
void letters_join_bracketed(struct naming *g, uint32_t at);

/* Letters that no brackets explain, and that are the initials of just one organisation of the story. */
void letters_join_initials(struct naming *g);

#endif
