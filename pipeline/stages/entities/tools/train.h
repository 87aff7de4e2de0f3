/*
 * Inside of tagger-train: what its files share. One thread.
 *
 *     train.c        the program, and the sets that settings are chosen by
 *     train_read.c   lines to documents
 *     train_learn.c  documents to the features of each word
 *     train_climb.c  features to weights
 *     train_write.c  weights to the file
 */
#ifndef WIREDESK_ENTITIES_TRAIN_H
#define WIREDESK_ENTITIES_TRAIN_H

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/features.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"
#include "pipeline/stages/entities/tagger_file.h"
#include "pipeline/tools/list.h"

#define TRAIN_WEIGHTS (TAGGER_LABELS - 1)
#define TRAIN_DEEP    8 /* added to a place */
#define TRAIN_NONE    UINT32_MAX
#define TRAIN_SETS    256

struct name {
	uint32_t start, end; /* bytes of the document */
	uint8_t type;
};

struct document {
	size_t start, end; /* in the bytes of all */
	size_t first_name, n_names;
	uint32_t set;
	bool choose;
};

/* Which number a key has, and how often it was seen; open addressing. */
struct entry {
	uint64_t key; /* 0: a free place */
	uint32_t number, n;
};
struct index {
	struct entry *entries;
	size_t mask, n;
};

/* A distinct word: its features are neighbours in `word_keys`. */
struct type {
	size_t first_key;
	uint32_t n_keys;
	uint32_t seen[FEATURES_PLACES];
};

struct token {
	uint32_t words[FEATURES_PLACES]; /* types of the words near it; TRAIN_NONE: none there */
	uint32_t n_context, n_plain;     /* features; the deep ones stand behind the plain */
	size_t first_context;
	uint8_t label;
};

struct stretch {
	size_t first;
	uint16_t n;
	uint8_t grammar, times;
};

struct row {
	float weight[TRAIN_WEIGHTS];
	float squares[TRAIN_WEIGHTS]; /* of all its gradients */
	float late[TRAIN_WEIGHTS];    /* changes weighted by how late they came: for the average */
};

struct follow {
	float weight, squares, late;
};

struct train {
	struct gazetteer *gazetteer;
	LIST(char) text;
	LIST(struct name) names;
	LIST(struct document) documents;
	char *sets[TRAIN_SETS];
	uint8_t times[TRAIN_SETS];
	uint32_t n_sets;

	struct index types, features;
	LIST(struct type) type_list;
	LIST(uint64_t) word_keys;  /* then numbers of features */
	LIST(uint8_t) word_places; /* and TRAIN_DEEP */
	LIST(uint32_t) context;
	LIST(struct token) tokens;
	LIST(struct stretch) stretches;
	bool counting; /* features are counted, not yet numbered */

	struct row *rows;
	uint64_t *row_keys;
	uint32_t *row_seen; /* words that had the feature */
	size_t n_rows;
	struct follow follows[TAGGER_GRAMMARS][TAGGER_LABELS][TAGGER_LABELS];
	double step, average_from, steps_all;

	uint64_t random;
	unsigned long n_passes, n_kept, least;
	double rate, drop, hide, lean;
};

/* A document as the stage would read it. */
struct reading {
	struct train *train;
	const struct document *document;
	struct words words;
	struct name_match *matches;
	size_t n_matches;
	uint8_t *labels;
	struct arena *arena;
};

struct ranked {
	float span;
	uint32_t row;
};

uint64_t train_random(struct train *t);

/* Reads all lines of standard input; ends the program with 2 where one is no line of ours. */
void train_read(struct train *t);

struct str train_text(const struct train *t, const struct document *document);

/* What the list of names says of a document's words. */
void train_match(struct reading *reading);

/* Features of every word near a core, and a number for each that was seen often enough. */
void train_extract(struct train *t);

/* Weights for them. */
void train_climb(struct train *t);

/* Sorts by span, the largest first. */
int train_by_span(const void *a, const void *b);

/* Rows by the distance of their largest and smallest weight, outside's zero among them. The caller frees them. */
struct ranked *train_rank(const struct train *t);

/* Writes the file, or ends the program with 4. */
void train_write(struct train *t, const char *path);

#endif
