/*
 * Whom does a story cite for its facts? An agency or outlet whose name stands where many languages put it: behind
 * "according to", "mengutip", "laut", before "reported", "melaporkan", "berichtete".
 */
#ifndef WIREDESK_ENTITIES_CITES_H
#define WIREDESK_ENTITIES_CITES_H

#include "pipeline/stages/entities/mention.h"

/* The phrases of a reading's language; stays as long as the reading. */
struct cites {
	const struct reading *r;
	uint16_t *rows;
	size_t n;
};
struct cites cites_of(const struct reading *r);

/* Is the mention cited there? is_media: the list says that it is an agency or outlet; else a word before it must
 * ("kantor berita", "news agency"). */
bool cites_is_cited(const struct cites *cites, const struct mention *mention, bool is_media);

#endif
