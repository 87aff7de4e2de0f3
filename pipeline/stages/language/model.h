/*
 * The model of languages: a file of weights, mapped read-only and shared by all lanes.
 *
 * A *label* is a language in a script as the training text has it; several may share a tag (the Arabic ones). Labels of
 * a script are a *group*. A group of one needs no weights. The score of a text is, for each label of its group, a bias
 * and the sum of the weights of the text's features over the square root of their number; softmax makes probabilities
 * of it. The file says how it is built in model_file.h, its maker is tools/make-model.
 */
#ifndef WIREDESK_LANGUAGE_MODEL_H
#define WIREDESK_LANGUAGE_MODEL_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"

#include <stdint.h>

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

struct model_answer {
	/* By number of the label; all of a tag's probability stands at the first label that has it. Sums to 1. */
	double probability[MODEL_LABELS_MAX];
	uint32_t letters;
	double known; /* share of the text's features that the model knows */
	bool strange; /* less than any of the group's languages has */
};

/* Reads the text (valid UTF-8) as one in a language of the group, which has at least two labels. */
void model_judge(const struct model *model, size_t group, struct str text, struct model_answer *out);

#endif
