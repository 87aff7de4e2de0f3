/*
 * People: persons that the words around give away. Behind a title a run of words with capitals is a person's name; a
 * forename of the list belongs to the surname behind it; and a stranger of one word behind "from" or "the ferry to" is
 * a place.
 */
#ifndef WIREDESK_ENTITIES_PEOPLE_H
#define WIREDESK_ENTITIES_PEOPLE_H

#include "pipeline/stages/entities/marks.h"

struct marks people_mark(const struct reading *r, const struct marks *given);

#endif
