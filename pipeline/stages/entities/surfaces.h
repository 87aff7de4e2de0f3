/*
 * Surfaces: the same words name the same kind of thing in one story, unless the tagger is sure of both.
 */
#ifndef WIREDESK_ENTITIES_SURFACES_H
#define WIREDESK_ENTITIES_SURFACES_H

#include "pipeline/stages/entities/mention.h"

struct surface {
	float weight[NAME_IS_PLACE + 1];
	float best;        /* margin */
	uint32_t first, n; /* words of the first mention */
	enum name_type type;
};

struct surfaces {
	struct surface *at;
	size_t n;
	struct slots by_key;
};

/* Of all mentions; sets their types. */
struct surfaces surfaces_agree(const struct reading *r, struct mentions *found);

#endif
