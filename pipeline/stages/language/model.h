/*
 * The model of languages: a file of weights, mapped read-only and shared by all lanes.
 *
 * A *label* is a language in a script as the training text has it; several may share a tag (the Arabic ones). Labels of
 * a script are a *group*. A group of one needs no weights. The score of a text is, for each label of its group, a bias
 * and the sum of the weights of the text's features over the square root of their number; labels near to the best get
 * something for each of the text's words that is usual in them (usual.h); softmax makes probabilities of it. The file
 * says how it is built in model_file.h, its maker is tools/make-model.
 */
#ifndef WIREDESK_LANGUAGE_MODEL_H
#define WIREDESK_LANGUAGE_MODEL_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"
#include "pipeline/stages/language/usual.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MODEL_LABELS_MAX 255 /* of a group */

struct model;

/* Maps and checks the file. NULL with err set: not there, not readable, another version, or damaged. */
struct model *model_open(const char *path, struct err *err);
void model_close(struct model **model);

/* How many groups there are. */
size_t model_groups(const struct model *model);
/* The group of a script, as script.h names it; SIZE_MAX: no language of it is known. */
size_t model_group(const struct model *model, const char *script);
/* Labels of a group. */
size_t model_group_labels(const struct model *model, size_t group);
/* Tag of a label of the group, BCP 47; lives as long as the model. */
const char *model_tag(const struct model *model, size_t group, size_t label);
/* The same with its script, as script.h names it, where the language is written in several: zh-Hans, sr-Cyrl, az-Arab.
 */
const char *model_tag_in_script(const struct model *model, size_t group, size_t label, const char *script);
/* Its ISO 639-3 code. */
const char *model_iso639(const struct model *model, size_t group, size_t label);

/* What a text's features add up to; zero at first (model_clear). Those of several parts may be added together. */
struct model_sums {
	int32_t sum[MODEL_LABELS_MAX + 1]; /* one more than there are: a dense list is read in whole units */
	uint32_t tried, known;             /* features */
	uint32_t letters;
	struct usual_words words;
};

static inline void model_clear(struct model_sums *sums)
{
	memset(sums, 0, offsetof(struct model_sums, words.keys));
}

/* Adds a text (valid UTF-8) to the sums, as one in a language of the group. */
void model_read(const struct model *model, size_t group, struct str text, struct model_sums *sums);

void model_join(struct model_sums *to, const struct model_sums *from);

/* The label with the highest score, by its tag's first label; cheaper than judging. */
size_t model_best(const struct model *model, size_t group, const struct model_sums *sums);
/* How many times likelier the one label is than the other, as a logarithm. */
double model_odds(const struct model *model, size_t group, const struct model_sums *sums, size_t label, size_t other);

struct model_answer {
	/* By number of the label; all of a tag's probability stands at the first label that has it. Sums to 1. */
	double probability[MODEL_LABELS_MAX];
	/* By the same number: the label that is likeliest of those with the tag. */
	uint8_t likeliest[MODEL_LABELS_MAX];
	bool strange; /* the model knows less of the text's features than any of the group's languages has */
};

/*
 * How likely the text is in the label's language rather than in one that is not known: from what its features add up
 * to, how many of its words are usual, and what both are in that language. 1 where that says nothing: of a short text,
 * or a label of little text.
 */
double model_fits(const struct model *model, size_t group, const struct model_sums *sums, size_t label);

/* What the sums say of the group's languages, of which there are at least two. */
void model_judge(const struct model *model, size_t group, const struct model_sums *sums, struct model_answer *out);

/* The likeliest labels, of the lower number where two are as likely; SIZE_MAX: no label has any probability. */
struct model_ranked {
	size_t best, second;
	double best_p, second_p;
};

struct model_ranked model_rank(const struct model *model, size_t group, const struct model_answer *answer);

#endif
