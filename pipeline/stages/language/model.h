/*
 * Languages of one script, told apart by frequent words, letters and letter triples (features.def).
 *
 * A language's score is the logarithm of how much likelier the text is in it than in a language nobody knows: naive
 * Bayes with rough probabilities, as befits a table written by hand. The model is made once, read by all lanes.
 */
#ifndef WIREDESK_LANGUAGE_MODEL_H
#define WIREDESK_LANGUAGE_MODEL_H

#include "pipeline/base/str.h"

#include <stdint.h>

#define MODEL_LANGUAGES_MAX 128

struct model;

/* A row of languages.def. */
struct language {
	const char *tag, *script, *name;
};

struct model *model_new(void);
void model_free(struct model **model);

/* All rows of languages.def; *n of them. */
const struct language *model_languages(size_t *n);

struct model_scores {
	double score[MODEL_LANGUAGES_MAX]; /* by number of the row in languages.def */
	size_t words;
	size_t known_words[MODEL_LANGUAGES_MAX]; /* words that the language lists */
};

/* Reads the text (valid UTF-8) word by word. */
void model_score(const struct model *model, struct str text, struct model_scores *out);

#endif
