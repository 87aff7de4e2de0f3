/*
 * The best sequence of labels for a stretch of words, out of each word's scores and of what a label behind a label is
 * worth (Viterbi), and how good the ways past a label are.
 *
 * Only few labels may follow one another: a closed one (outside, last, single) is followed by outside, begin or single,
 * an open one (begin, inside) by inside or last of its own type. Ways are kept by kind, a type a lane, so that four
 * labels are one step of the processor.
 */
#ifndef WIREDESK_ENTITIES_WAYS_H
#define WIREDESK_ENTITIES_WAYS_H

#include "pipeline/stages/entities/tagger_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lane 0 is outside's, where the kind is the single one, else nobody's; lanes 1 … 3 are the types'. */
typedef int32_t ways_lanes __attribute__((vector_size(16)));
enum ways_kind { WAYS_SINGLE, WAYS_BEGIN, WAYS_LAST, WAYS_INSIDE, WAYS_KINDS };

/* What labels behind labels are worth; lowest where they must not follow. */
#define WAYS_CLOSED  7
#define WAYS_OPENING 7 /* labels that stand behind closed ones: outside, and each type's begin and single */
struct ways_grammar {
	ways_lanes closed_single[WAYS_CLOSED], closed_begin[WAYS_CLOSED]; /* from each closed label */
	ways_lanes to_opening[WAYS_OPENING][2];                           /* the same from all that are single, last */
	ways_lanes open[2][2];                                            /* from begin, inside to last, inside */
	ways_lanes end[WAYS_KINDS]; /* from all labels to outside behind the stretch */
	int32_t outside;            /* from outside to outside */
};
void ways_read_grammar(const int16_t follows[TAGGER_LABELS][TAGGER_LABELS], struct ways_grammar *out);

/* One word of a stretch. */
struct ways_step {
	ways_lanes score[WAYS_KINDS]; /* of the word's labels */
	ways_lanes best[WAYS_KINDS];  /* of all ways that end in the label here */
	ways_lanes rest[WAYS_KINDS];  /* of all ways on from the label here, without its own score */
};
/* The word's scores by type, which begin with a lane for each part of none: begin, inside, last, single. */
#define WAYS_SCORES 16
void ways_set_scores(struct ways_step *step, const int16_t scores[WAYS_SCORES]);

/* What the best way through n > 0 steps that ends closed is worth; outside stands before it. False: it is outside all
 * along. */
bool ways_find(const struct ways_grammar *grammar, struct ways_step *steps, size_t n, int32_t *score);
/* Afterwards: its labels; the rests, then the best way's worth of which all words from `first` to `last` are outside.
 */
void ways_trace(const struct ways_grammar *grammar, const struct ways_step *steps, size_t n, uint8_t *labels);
void ways_find_rests(const struct ways_grammar *grammar, struct ways_step *steps, size_t n);
int32_t ways_past(const struct ways_grammar *grammar, const struct ways_step *steps, size_t first, size_t last);

#endif
