/*
 * A labelled set of stories, what dedup said of them, and how well both agree: the arithmetic of `wiredesk dedup-eval`.
 *
 * Stories are added in the order in which they were judged, pairs afterwards. A pair's label is one of the verdicts
 * exact, syndicated, revision (near-duplicates), excerpt (one holds a piece of the other), or different. One thread.
 */
#ifndef WIREDESK_LABELLED_H
#define WIREDESK_LABELLED_H

#include "pipeline/base/arena.h"
#include "pipeline/base/err.h"
#include "pipeline/story.h"

#include <stdio.h>

#define LABELLED_MAX       UINT32_MAX             /* of stories, and of pairs */
#define LABELLED_LINE_MAX  (64u << 10)            /* bytes of a line of pairs */
#define LABELLED_TEXT_MAX  (256u << 20)           /* of texts and evidence; what is beyond is not kept */
#define LABELLED_KINDS_MAX 256                    /* kinds of pairs that are counted apart */
#define LABELLED_DIFFERENT (VERDICT_UNJUDGED + 1) /* beside enum verdict, as a label */
#define LABELLED_LABELS    (LABELLED_DIFFERENT + 1)

struct labelled_story {
	struct str id, headline, body, evidence;
	enum verdict verdict; /* VERDICT_NONE: no article came of it */
	double score;
	int64_t of;       /* index of the story it was matched with; -1: none */
	uint32_t cluster; /* index of the story to which `of` leads, through near-duplicates only */
};

struct labelled_pair {
	uint32_t first, second; /* in the order of judgement */
	int label;              /* enum verdict, or LABELLED_DIFFERENT */
	uint32_t kind;
};

struct labelled_kind {
	struct str name;
	size_t pairs, wrong;
};

struct labelled {
	struct arena arena;
	size_t text_bytes;
	struct labelled_story *stories;
	size_t n_stories, stories_room;
	struct labelled_key *ids, *uris; /* sorted, once pairs are read */
	size_t n_uris, uris_room;
	struct labelled_pair *pairs;
	size_t n_pairs, pairs_room;
	struct labelled_kind
	        kinds[LABELLED_KINDS_MAX]; /* by the pairs' fourth column; 0: without one, and what is too many */
	size_t n_kinds;
};

/* What is right and wrong of something that was looked for. */
struct labelled_counts {
	size_t right, wrong, missed;
};
double labelled_precision(const struct labelled_counts *c); /* NaN: nothing was found */
double labelled_recall(const struct labelled_counts *c);    /* NaN: there was nothing to find */
double labelled_f1(const struct labelled_counts *c);

struct labelled_scores {
	struct labelled_counts near;     /* of pairs: `of` leads from both to one story */
	struct labelled_counts contains; /* of pairs with an excerpt or a round-up */
	double ari; /* adjusted Rand index (Hubert and Arabie 1985) of the clusters; NaN: fewer than two stories in
	               pairs */
	/* Of near pairs whose second was matched with the first itself: what the label and what the verdict says. */
	size_t relations[LABELLED_LABELS][LABELLED_LABELS];
	size_t relations_right, relations_all;
};

enum labelled_fault {
	LABELLED_MERGED,   /* different, and taken for near-duplicates */
	LABELLED_MISSED,   /* near-duplicates, and not taken for such */
	LABELLED_RELATION, /* matched, under another name */
	LABELLED_UNSEEN,   /* an excerpt or a round-up that was not seen */
	LABELLED_FAULTS
};

struct labelled_error {
	const struct labelled_pair *pair;
	enum labelled_fault fault;
	double alike; /* share of the shorter text's groups of three words that the other has, too; 0 to 1 */
};

void labelled_init(struct labelled *l);
void labelled_free(struct labelled *l);

/* Copies what it keeps. Strings of st are the stages' own; st NULL: nothing came of the message but an ending. */
void labelled_add(struct labelled *l, struct str id, const struct story *st, int64_t of);

/*
 * Reads lines "id TAB id TAB label" with an optional fourth column, the kind of pair, by which errors are counted;
 * empty lines and such that begin with # are passed over. False with err naming name:line:column and what is wrong: an
 * id that no story has, twice the same story, an unknown label, a story id that two stories have.
 */
bool labelled_read_pairs(struct labelled *l, FILE *file, const char *name, struct err *err);

/* Scores of all pairs; counts kinds. Time is that of a sort. */
void labelled_score(struct labelled *l, struct labelled_scores *scores);

/*
 * The worst errors, at most `room`, one of each fault in turn: first those merged that are least alike, and those
 * missed that are most alike. Answers how many; *n_all is how many there are.
 */
size_t labelled_worst(struct labelled *l, struct labelled_error *errors, size_t room, size_t *n_all);

#endif
