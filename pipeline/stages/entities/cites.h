/*
 * Whom does a story cite for its facts? An agency or outlet whose name stands where many languages put it: behind
 * "according to", "mengutip", "laut", before "reported", "melaporkan", "berichtete".
 */
#ifndef WIREDESK_ENTITIES_CITES_H
#define WIREDESK_ENTITIES_CITES_H

#include "pipeline/stages/entities/mention.h"

/* Is the mention cited there? is_media: the list says that it is an agency or outlet; else a word before it must
 * ("kantor berita", "news agency"). */
bool cites_is_cited(const struct reading *r, const struct mention *mention, bool is_media);

#endif
