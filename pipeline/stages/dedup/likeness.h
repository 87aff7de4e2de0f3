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

/*
 * By what it is told; dedup's options say what each does. Shares are in percent. All 0: the usual ones, LIKENESS_USUAL.
 * Workers that share a log must judge by the same.
 */
struct likeness_limits {
	uint8_t same_text;    /* of the shorter text, that both must have to be one story */
	uint8_t same_numbers; /* of numbers in common frames, that must agree */
	uint8_t own_facts;    /* facts that each side has for itself, which make two stories */
	uint8_t excerpt;      /* a story shorter than this share of the earlier one is a part of it */
};
#define LIKENESS_USUAL ((struct likeness_limits){50, 40, 2, 48})

/* With fewer shingles a sketch tells nothing. */
#define LIKENESS_SHINGLES_MIN 12

#define LIKENESS_SAME_TEXT_MIN    30
#define LIKENESS_SAME_TEXT_MAX    95
#define LIKENESS_SAME_NUMBERS_MIN 1
#define LIKENESS_SAME_NUMBERS_MAX 100
#define LIKENESS_OWN_FACTS_MIN    1
#define LIKENESS_OWN_FACTS_MAX    10
#define LIKENESS_EXCERPT_MIN      10
#define LIKENESS_EXCERPT_MAX      90

/* Each within these? All 0 is. */
bool likeness_limits_are_sound(const struct likeness_limits *limits);
/* All 0 where they are the usual ones: so equal limits are equal bytes. */
struct likeness_limits likeness_limits_of(struct likeness_limits limits);
/* The other way round: the usual ones for all 0. */
struct likeness_limits likeness_limits_full(struct likeness_limits limits);
bool likeness_limits_equal(const struct likeness_limits *a, const struct likeness_limits *b);

enum likeness_headline {
	HEADLINE_OTHER,
	HEADLINE_PART, /* one is a part or a beginning of the other */
	HEADLINE_SAME,
};

struct likeness {
	struct likeness_limits limits; /* by which it was judged; none is 0 */
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

/* What two sketches do not say. */
struct likeness_terms {
	int64_t age_ms;
	uint32_t shared; /* samples that both are known to have, of those that an index noted */
	struct likeness_limits limits;
};

/* Do they share so much text that judging may say more than that they are different? Of `other` only the minima and the
 * number of shingles are looked at. */
bool likeness_is_any(const struct sketch_text *own, const struct sketch_text *other,
                     const struct likeness_terms *terms);
void likeness_judge(const struct sketch_text *own, const struct sketch_text *other, const struct likeness_terms *terms,
                    struct likeness *out);

#endif
