/* Weights to bytes, and what makes their scores true. See train.h. */
#include "pipeline/stages/language/tools/train.h"

#include "pipeline/base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRAIN_COVER_LEAST .5f /* of text without spaces hardly a word is met twice */
#define TRAIN_TUNE_DRAWS  40000
#define TRAIN_FIT_DRAWS   400
#define TRAIN_FIT_LINES   8
#define TRAIN_FIT_RARE    550 /* one text in so many is thought to be in none of the languages */
#define TRAIN_FIT_SLOPE   3
#define TRAIN_FIT_LABELS  10 /* a script of fewer languages is hardly met in others */

/* --- rounding and calibrating --------------------------------------------------------------------------------- */

void train_round(struct train *t)
{
	float top = 0;
	for (size_t i = 0; i < t->weights.n; i++)
		top = fmaxf(top, fabsf(t->weights.items[i].value));
	t->scale = fminf(top, 5) / 127;
	for (size_t i = 0; i < t->weights.n; i++) {
		float q = roundf(t->weights.items[i].value / t->scale);
		t->weights.items[i].value = fmaxf(-127, fminf(127, q)) * t->scale;
	}
}

#define TRAIN_TRIED_TEMPERS 50

static float train_tried_temper(int k)
{
	return .3f * powf(1.06f, (float)k);
}

/*
 * What a usual word adds, by number of features. Lines that are kept back do not tell it, as they are of the sources
 * that the words are of; longer ones leave no doubt, either. These are right for text of other sources.
 */
const float train_worths[MODEL_FILE_TEMPERS] = {1.6f, 1.2f, .9f, .8f, .8f};

/* Loss at a temper; languages with the same tag are one. */
static double train_loss(const struct train *t, const struct draw *draw, const uint32_t *usual, float temper)
{
	const struct group *group = &t->groups[draw->label->group];
	float worth = train_worths[model_file_temper((uint32_t)draw->n_known)];
	float p[MODEL_LABELS_MAX], right = 0, top = -1e30f;
	for (uint32_t l = 0; l < group->n; l++)
		top = fmaxf(top, p[l] = draw->p[l] * (group->has_words ? temper : temper * MODEL_FILE_PLAIN));
	for (uint32_t l = 0; l < group->n; l++)
		if (group->has_words && p[l] > top - MODEL_FILE_NEAR)
			p[l] += worth * (float)usual[l];
	train_softmax(p, group->n, 1);
	for (uint32_t l = 0; l < group->n; l++)
		if (strcmp(t->labels[group->first + l].tag, draw->label->tag) == 0)
			right += p[l];
	return -log((double)right + 1e-6);
}

static int train_compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* Share of features below which fewer than one in three hundred texts of the group's languages is. */
static void train_find_least_known(struct train *t, size_t g, float *known, size_t n)
{
	qsort(known, n, sizeof(*known), train_compare_floats);
	/* Sequences of Chinese characters are so many that what a text is about decides. */
	float part = t->groups[g].has_words ? .95f : .5f;
	t->groups[g].least_known = n > 100 ? part * known[n / 300] : 0;
	fprintf(stderr, "%s: %u labels, least known %.2f\n", t->groups[g].script, t->groups[g].n,
	        (double)t->groups[g].least_known);
}

/* Which words are usual where, how many of a text's own are, and which scripts have none worth the name. */
static void train_find_words(struct train *t)
{
	static struct draw draw;
	size_t taken = 0;
	t->words = list_allocate(NULL, TRAIN_WORD_BLOCKS * sizeof(*t->words));
	memset(t->words, 0, TRAIN_WORD_BLOCKS * sizeof(*t->words));
	for (uint32_t l = 0; l < t->n_labels; l++)
		if (t->groups[t->labels[l].group].n > 1)
			taken += train_take_words(t, l);
	for (size_t g = 0; g < t->n_groups; g++) {
		float usual = 0, all = 1;
		for (uint32_t l = t->groups[g].first; l < t->groups[g].first + t->groups[g].n; l++) {
			float of_label = 0, words = 0;
			for (int i = 0; i < TRAIN_FIT_DRAWS && t->groups[g].n > 1; i++) {
				train_draw(t, &draw, &t->labels[l], TUNED);
				of_label += (float)train_count_draw(t, &draw, l).small;
				words += (float)__builtin_popcountll(draw.words.small);
			}
			t->labels[l].cover = words > 0 ? fminf(of_label / words, .99f) : 0;
			usual += of_label;
			all += words;
		}
		t->groups[g].has_words = usual / all > TRAIN_COVER_LEAST;
		if (t->groups[g].n > 1)
			fprintf(stderr, "%s: %.2f of words usual\n", t->groups[g].script, (double)(usual / all));
	}
	fprintf(stderr, "%zu usual words\n", taken);
}

struct losses {
	double of[MODEL_FILE_TEMPERS][TRAIN_TRIED_TEMPERS];
};

static void train_try(const struct train *t, const struct draw *draw, struct losses *losses)
{
	const struct group *group = &t->groups[draw->label->group];
	uint32_t usual[MODEL_LABELS_MAX];
	for (uint32_t l = 0; l < group->n; l++)
		usual[l] = train_count_draw(t, draw, group->first + l).all;
	unsigned b = model_file_temper((uint32_t)draw->n_known);
	for (int k = 0; k < TRAIN_TRIED_TEMPERS; k++)
		losses->of[b][k] += train_loss(t, draw, usual, train_tried_temper(k));
}

static void train_take_best(struct train *t, const struct losses *losses)
{
	for (int b = 0; b < MODEL_FILE_TEMPERS; b++) {
		int best = 0;
		for (int k = 1; k < TRAIN_TRIED_TEMPERS; k++)
			if (losses->of[b][k] < losses->of[b][best])
				best = k;
		t->tempers[b] = train_tried_temper(best);
		fprintf(stderr, "temper %d: %.3f\n", b, (double)t->tempers[b]);
	}
}

void train_calibrate(struct train *t)
{
	static struct draw draw;
	static float known[MODEL_FILE_GROUPS_MAX][TRAIN_TUNE_DRAWS];
	static struct losses losses;
	size_t n_known[MODEL_FILE_GROUPS_MAX] = {0};
	struct urn urn;
	/* What is drawn from here on does not depend on the number of steps, so that models can be compared. */
	t->random = t->seed;
	train_find_words(t);
	train_fill_urn(t, &urn, TUNED);
	for (int i = 0; i < TRAIN_TUNE_DRAWS; i++) {
		train_draw(t, &draw, train_pick(t, &urn), TUNED);
		if (draw.n_known == 0)
			continue;
		uint32_t g = draw.label->group;
		if (draw.letters >= 20)
			known[g][n_known[g]++] = (float)draw.n_known / (float)draw.n_tried;
		train_score(t, &draw);
		train_try(t, &draw, &losses);
	}
	train_take_best(t, &losses);
	for (size_t g = 0; g < t->n_groups; g++)
		if (t->groups[g].n > 1)
			train_find_least_known(t, g, known[g], n_known[g]);
}

/* --- fitting -------------------------------------------------------------------------------------------------- */

/*
 * A softmax says which language is likeliest, not whether it is any of them. What text in a language adds up to a
 * feature is much the same in all its texts, and less in those of another language, even if no label is better for
 * these.
 */
static void train_find_fit(struct train *t, struct label *label)
{
	static struct draw draw;
	double sum = 0, square = 0, tried = 0;
	int n = 0;
	if (label->text[TUNED][PROSE].lines.n + label->text[TUNED][REST].lines.n < TRAIN_FIT_LINES)
		return;
	float fit[TRAIN_FIT_DRAWS], weight[TRAIN_FIT_DRAWS];
	for (int i = 0; i < TRAIN_FIT_DRAWS; i++) {
		train_draw(t, &draw, label, TUNED);
		if (draw.n_tried < MODEL_FILE_FIT_FEATURES)
			continue;
		train_score(t, &draw);
		fit[n] = train_draw_fit(t, &draw, label);
		weight[n] = (float)draw.n_tried;
		sum += (double)(fit[n] * weight[n]);
		tried += (double)weight[n++];
	}
	if (n < TRAIN_FIT_LINES)
		return;
	label->fit_mean = (float)(sum / tried);
	for (int i = 0; i < n; i++)
		square += (double)((fit[i] - label->fit_mean) * (fit[i] - label->fit_mean) * weight[i]);
	label->fit_spread = (float)sqrt(square / n);
}

/* Labels with too little text for it get what the others of their group have on average. */
static void train_guess_fits(struct train *t, const struct group *group)
{
	float mean = 0, spread = 0, cover = 0;
	size_t n = 0;
	for (size_t l = group->first; l < group->first + group->n; l++) {
		cover += t->labels[l].fit_spread > 0 ? t->labels[l].cover : 0;
		mean += t->labels[l].fit_mean;
		spread += t->labels[l].fit_spread;
		n += t->labels[l].fit_spread > 0;
	}
	for (size_t l = group->first; n && l < group->first + group->n; l++) {
		if (t->labels[l].fit_spread > 0)
			continue;
		t->labels[l].cover = cover / (float)n;
		t->labels[l].fit_mean = mean / (float)n;
		t->labels[l].fit_spread = spread / (float)n;
	}
}

/* Below it hardly a text in the languages is. */
static void train_find_border(struct train *t)
{
	static struct draw draw;
	static float far[TRAIN_TUNE_DRAWS];
	size_t n = 0;
	struct urn urn;
	train_fill_urn(t, &urn, TUNED);
	for (int i = 0; i < TRAIN_TUNE_DRAWS; i++) {
		const struct label *label = train_pick(t, &urn);
		train_draw(t, &draw, label, TUNED);
		if (draw.n_tried < MODEL_FILE_FIT_FEATURES || label->fit_spread <= 0)
			continue;
		train_score(t, &draw);
		far[n] = model_file_far(label->fit_mean, label->fit_spread, train_draw_fit(t, &draw, label),
		                        (float)draw.n_tried);
		if (t->groups[label->group].has_words)
			far[n] += MODEL_FILE_FIT_WORDS *
			          model_file_far_words(
			                  label->cover,
			                  (float)train_count_draw(t, &draw, (uint32_t)(label - t->labels)).small,
			                  (float)__builtin_popcountll(draw.words.small));
		n++;
	}
	CHECK(n > 0);
	qsort(far, n, sizeof(*far), train_compare_floats);
	t->fit_middle = far[n / TRAIN_FIT_RARE];
	t->fit_slope = TRAIN_FIT_SLOPE;
	fprintf(stderr, "fit: middle %.2f\n", (double)t->fit_middle);
}

void train_fit(struct train *t)
{
	for (size_t l = 0; l < t->n_labels; l++)
		if (t->groups[t->labels[l].group].n >= TRAIN_FIT_LABELS)
			train_find_fit(t, &t->labels[l]);
	for (size_t g = 0; g < t->n_groups; g++)
		if (t->groups[g].n >= TRAIN_FIT_LABELS)
			train_guess_fits(t, &t->groups[g]);
	train_find_border(t);
}
