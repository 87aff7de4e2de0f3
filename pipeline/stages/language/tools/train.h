/*
 * Inside of language-train: what its files share. One thread.
 *
 *     train.c            the program
 *     train_read.c       lines to words
 *     train_count.c      words to features: which there are, and what their weights begin with
 *     train_learn.c      draws of text, and what is learnt of them
 *     train_calibrate.c  weights to bytes, and what makes their scores true
 *     train_write.c      the file
 */
#ifndef WIREDESK_LANGUAGE_TRAIN_H
#define WIREDESK_LANGUAGE_TRAIN_H

#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/model_file.h"
#include "pipeline/stages/language/reader.h"
#include "pipeline/stages/language/usual.h"
#include "pipeline/tools/list.h"

#define TRAIN_LABELS_MAX    512
#define TRAIN_DRAW_WORDS    60
#define TRAIN_WORD_BLOCKS   15500
#define TRAIN_SLOTS_LOG2    19
#define TRAIN_FEATURES_DRAW (TRAIN_DRAW_WORDS * 64)

#define TRAIN_CAPITAL 0x8000 /* beside a word's number of letters */

enum { PROSE, REST, BUCKETS };
enum { TRAINED, TUNED, PARTS };

/* Words, each a number of letters (TRAIN_CAPITAL: it began with a capital) and the letters; lines begin at `lines`, in
 * words' places. */
struct text {
	LIST(uint16_t) letters;
	LIST(uint32_t) words; /* where each begins in letters */
	LIST(uint32_t) lines; /* number of each line's first word */
};

struct rate {
	uint64_t key;
	float rate; /* per 100,000 features of the label */
};

struct label {
	char code[12], tag[12];
	uint32_t group, number;
	double weight;
	float bias;
	float fit_mean, fit_spread, cover;
	struct text text[PARTS][BUCKETS];
	LIST(struct rate) rates;
};

struct group {
	char script[8];
	uint32_t first, n;
	float least_known;
	bool has_words;
};

/* What is known of a key when features are chosen; later where its weights are. */
struct entry {
	uint64_t key;
	float top, sum;
	uint32_t group;
	int32_t first; /* of its weights; -1: not a feature */
	uint32_t n;    /* weights; 0: a free place */
	uint32_t n_labels;
};

struct weight {
	float value;
	uint32_t label; /* number in the group */
};

struct train {
	struct reader *reader;
	struct label labels[TRAIN_LABELS_MAX];
	struct group groups[MODEL_FILE_GROUPS_MAX];
	size_t n_labels, n_groups;
	struct entry *entries; /* open addressing */
	size_t entries_mask, n_entries;
	LIST(struct weight) weights;
	uint16_t *bare; /* letters without their marks */
	struct model_file_words *words;
	uint64_t seed, random;
	float scale;
	float tempers[MODEL_FILE_TEMPERS];
	float fit_middle, fit_slope;
};

struct draw {
	const struct label *label;
	struct entry *known[TRAIN_FEATURES_DRAW];
	size_t n_known, n_tried, letters;
	struct usual_words words;
	float p[MODEL_LABELS_MAX];
};

/* Labels by a flattened weight: a language with much text must not drown the others. */
struct urn {
	double upto[TRAIN_LABELS_MAX];
};

/* What a usual word adds, by number of features. */
extern const float train_worths[MODEL_FILE_TEMPERS];

/* A number below `below`; the same seed gives the same row of them. */
uint32_t train_random(struct train *t, uint32_t below);

/* Reads all lines; panics over one that is none of ours. */
void train_read(struct train *t, FILE *in);

/* Letters of the basic plane without their marks, for text as old wires carry it. */
void train_make_bare(struct train *t);

/* How many letters a word of a text has. */
size_t train_letters(const uint16_t *word);

/* How often a label's text has each feature. */
void train_count_label(struct label *label);

/* Puts a label's commonest words among the usual ones. Returns how many. */
size_t train_take_words(struct train *t, uint32_t label);

/* A key's entry, or the free place where it would stand. */
struct entry *train_entry(const struct train *t, uint64_t key);

/* The rates of all labels together, by key. */
void train_gather(struct train *t);

/* In how many labels a key is often enough for a weight. */
void train_count_uses(struct train *t);

/* Has it a weight for more than half of its script's labels? Then it has one for all, written without numbers. */
bool train_is_dense(const struct train *t, const struct entry *entry);

/* The best features, as many as fit; the weights of each get their place. */
void train_choose(struct train *t);

/* Weights as those of naive Bayes: what is met half a time in 100,000 features is met anywhere. */
void train_start(struct train *t);

/* Some words of one line, often just a few; whole paragraphs are rarer than headlines here, and easier. */
void train_draw(struct train *t, struct draw *draw, const struct label *label, int part);

/* Scores of all labels of the script, before softmax. */
void train_score(const struct train *t, struct draw *draw);

/* How many of the draw's words are usual in a label. */
struct usual_count train_count_draw(const struct train *t, const struct draw *draw, uint32_t label);

/* What the draw adds up to a feature, as text of the label. */
float train_draw_fit(const struct train *t, const struct draw *draw, const struct label *label);

/* Scores to probabilities, in place. */
void train_softmax(float *p, size_t n, float temper);

/* For train_pick, of one part of the text. */
void train_fill_urn(const struct train *t, struct urn *urn, int part);

/* A label by its share of the urn. */
const struct label *train_pick(struct train *t, const struct urn *urn);

/* So many steps of gradient descent. */
void train_descend(struct train *t, long steps);

/* Weights to bytes, as the file has them. */
void train_round(struct train *t);

/* The temperatures, and how much known there must be, by text that nothing was trained on. */
void train_calibrate(struct train *t);

/* What text in a label adds up to a feature, and what is too little for any. */
void train_fit(struct train *t);

/* Writes the file, or panics. */
void train_write(const struct train *t, const char *path);

#endif
