/*
 * Caseless: persons and organisations in Arabic, Persian and Thai, which the tagger has not learned and which no
 * capitals give away. A name stands behind a title and what belongs to that ("the foreign minister of Syria"); in
 * Persian a sentence often begins with the name, and the title follows. An organisation begins with a word of its kind.
 */
#ifndef WIREDESK_ENTITIES_CASELESS_H
#define WIREDESK_ENTITIES_CASELESS_H

#include "pipeline/stages/entities/marks.h"

/* Has the tagger learned nothing of how the language is written, so that it marks clauses? */
bool caseless_is_unlearned(const struct reading *r);

/* The marks given and those; of a body in another language, the given. */
struct marks caseless_mark(const struct reading *r, const struct marks *given);

#endif
