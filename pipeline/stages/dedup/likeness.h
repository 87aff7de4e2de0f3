/*
 * What two stories have to do with each other, told from their sketches alone.
 *
 * Pure functions of two sketches and the time between them: the same on every worker.
 */
#ifndef WIREDESK_LIKENESS_H
#define WIREDESK_LIKENESS_H

#include "pipeline/sketch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the later story is to the earlier one. */
enum relation {
	RELATION_DIFFERENT,  /* another story, perhaps in the same words */
	RELATION_SYNDICATED, /* the same */
	RELATION_REVISION,   /* the same, but what it says has changed, or it says so of itself */
	RELATION_EXCERPT,    /* a part of the earlier one */
	RELATION_CONTAINS,   /* the earlier one, or a part of it, is a part of this one */
};

/* Why a story is a revision. */
enum likeness_reason {
	LIKENESS_NONE,
	LIKENESS_MARK,  /* it says so */
	LIKENESS_FACTS, /* numbers have changed, or a name */
	LIKENESS_TEXT,  /* much was added, or the lead is new */
};

enum likeness_headline {
	HEADLINE_OTHER,
	HEADLINE_PART, /* one is a part or a beginning of the other */
	HEADLINE_SAME,
};

struct likeness {
	enum relation relation;
	enum likeness_reason reason;
	double share;                        /* of the shorter story's text that the other one has too; 0 to 1 */
	double own_share, other_share;       /* of the later one's, of the earlier one's */
	int same, changed;                   /* numbers in frames that both have */
	int only_own, only_other;            /* numbers and names, wherever they stand */
	uint32_t own_numbers, own_names;     /* bits: facts of the later one that the earlier one has not */
	uint32_t other_numbers, other_names; /* … of the earlier one that the later one has not */
	double headline;                     /* share of the words of both headlines that both have */
	enum likeness_headline same_headline;
	bool has_new_lead; /* the earlier one's paragraphs stand under another lead */
};

/* shared: samples that both are known to have, of those that an index noted. */
void likeness_judge(const struct sketch_text *own, const struct sketch_text *other, int64_t age_ms, uint32_t shared,
                    struct likeness *out);

#endif
