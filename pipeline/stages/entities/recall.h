/*
 * Recall: names that are sure in one place of the story are found where the tagger passed them over; so are surnames
 * of persons who are named in full, with their endings. Linear in the words.
 */
#ifndef WIREDESK_ENTITIES_RECALL_H
#define WIREDESK_ENTITIES_RECALL_H

#include "pipeline/stages/entities/surfaces.h"

/* So sure that it is looked for elsewhere. */
#define RECALL_SURE_MARGIN 1.5f

/* The mentions and those that were passed over between them. */
struct mentions recall_mentions(const struct reading *r, const struct mentions *found, const struct surfaces *surfaces);

#endif
