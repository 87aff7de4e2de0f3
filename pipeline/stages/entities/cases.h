/*
 * Cases: the nominative of a person's name that the story has in another case only.
 */
#ifndef WIREDESK_ENTITIES_CASES_H
#define WIREDESK_ENTITIES_CASES_H

#include "pipeline/stages/entities/mention.h"

/* Forename and surname in the nominative, in the arena of the call; empty: not declined, or not sure. */
struct str cases_nominative(const struct reading *r, const struct mention *person);

#endif
