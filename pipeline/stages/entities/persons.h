/*
 * Persons: which full name does a short one stand for?
 */
#ifndef WIREDESK_ENTITIES_PERSONS_H
#define WIREDESK_ENTITIES_PERSONS_H

#include "pipeline/stages/entities/naming.h"

/* Gives every person's mention a name; and those that the tagger took for something else, but the story for a person.
 */
void persons_name(struct naming *g);

#endif
