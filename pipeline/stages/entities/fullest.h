/*
 * Fullest: which of its forms does a name get in the record?
 */
#ifndef WIREDESK_ENTITIES_FULLEST_H
#define WIREDESK_ENTITIES_FULLEST_H

#include "pipeline/stages/entities/naming.h"

/* Sets full, is_short and has_ending of every name; the mentions' names are settled. */
void fullest_choose(struct naming *g);

#endif
