/*
 * language-train: makes the model of languages out of text. tools/make-model runs it; the same input gives the same
 * bytes.
 *
 *     language-train MODEL SEED STEPS <lines
 *
 * Lines, fields between tabs: `label CODE TAG SCRIPT WEIGHT`, labels of a script together; then `text CODE BUCKET PART
 * TEXT`: bucket 0 is edited prose, 1 the rest; part 0 is trained on, part 1 only used for calibration.
 *
 * Features are those that tell most about the language that has them oftenest. Their weights start as those of naive
 * Bayes and are finished by gradient descent on softmax, on draws that are often cut to a few words; last they are
 * rounded to a byte, and the temperatures are found that make probabilities true on text that nothing was trained on.
 * Beside the weights stand the words that are usual in each label, far more than there is room for as features.
 */
#include "pipeline/stages/language/tools/train.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: language-train MODEL SEED STEPS <lines\n");
		return 2;
	}
	static struct train t;
	t.reader = reader_new();
	t.seed = t.random = strtoull(argv[2], NULL, 10);
	train_read(&t, stdin);
	train_make_bare(&t);
	for (size_t l = 0; l < t.n_labels; l++)
		if (t.groups[t.labels[l].group].n > 1)
			train_count_label(&t.labels[l]);
	train_gather(&t);
	train_count_uses(&t);
	train_choose(&t);
	train_start(&t);
	train_descend(&t, strtol(argv[3], NULL, 10));
	train_round(&t);
	train_calibrate(&t);
	train_fit(&t);
	train_write(&t, argv[1]);
	return 0;
}
