/*
 * Which parts of a body are in which language? Read paragraph by paragraph, long ones by sentences; what is too short
 * or in doubt goes with what stands before it, and what is near to the body's main language (near.def) is taken for it.
 */
#ifndef WIREDESK_LANGUAGE_PARTS_H
#define WIREDESK_LANGUAGE_PARTS_H

#include "pipeline/base/arena.h"
#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/prior.h"
#include "pipeline/story.h"

struct parts_found {
	struct language_part *parts; /* all of the body, neighbours of different tags; fewer than two: one language */
	size_t n;
	/* Of the language that has most of it. */
	size_t group, label;
	const char *script;
	double confidence;
};

/* Made in `keep`; the body must be valid UTF-8. */
struct parts_found parts_find(const struct model *model, const struct prior *prior, struct str body,
                              struct arena *keep);

#endif
