/* Draws of text, and what is learnt of them. See train.h. */
#include "pipeline/stages/language/tools/train.h"

#include <math.h>
#include <stdio.h>

#define TRAIN_AHEAD      12 /* memory is asked for before it is read */
#define TRAIN_FIRST_STEP 0.5
#define TRAIN_LAST_STEP  0.02

/* --- scoring and learning ------------------------------------------------------------------------------------- */

static void train_draw_word(struct train *t, struct draw *draw, const uint16_t *letters, bool without_marks)
{
	uint64_t keys[READER_FEATURES_MAX];
	uint16_t word[READER_WORD_MAX] = {0};
	size_t n = train_letters(letters);
	for (size_t i = 0; i < n; i++)
		word[i] = without_marks ? t->bare[letters[1 + i]] : letters[1 + i];
	size_t n_keys = reader_features(draw->label->group, word, n, keys);
	for (size_t k = 0; k < n_keys; k++)
		__builtin_prefetch(&t->entries[keys[k] >> 20 & t->entries_mask]);
	usual_add(&draw->words, reader_whole(keys, n), !(letters[0] & TRAIN_CAPITAL));
	draw->n_tried += n_keys;
	draw->letters += n;
	for (size_t k = 0; k < n_keys; k++) {
		struct entry *entry = train_entry(t, keys[k]);
		if (entry->n && entry->first >= 0 && draw->n_known < TRAIN_FEATURES_DRAW)
			draw->known[draw->n_known++] = entry;
	}
}

/* Some words of one line, often just a few; whole paragraphs are rarer than headlines here, and easier. */
void train_draw(struct train *t, struct draw *draw, const struct label *label, int part)
{
	*draw = (struct draw){.label = label};
	int bucket = (int)train_random(t, 2);
	if (label->text[part][bucket].lines.n == 0)
		bucket ^= 1;
	const struct text *text = &label->text[part][bucket];
	if (text->lines.n == 0)
		return;
	uint32_t line = train_random(t, (uint32_t)text->lines.n);
	size_t first = text->lines.items[line];
	size_t end = line + 1 < text->lines.n ? text->lines.items[line + 1] : text->words.n;
	if (train_random(t, 100) < 65) {
		uint32_t n = 1 + train_random(t, 9);
		if (end - first > n) {
			first += train_random(t, (uint32_t)(end - first - n + 1));
			end = first + n;
		}
	} else if (train_random(t, 3) == 0) {
		end = first + TRAIN_DRAW_WORDS < text->words.n ? first + TRAIN_DRAW_WORDS : text->words.n;
	}
	bool without_marks = train_random(t, 100) < 8;
	for (size_t i = first; i < end && i < first + TRAIN_DRAW_WORDS; i++)
		train_draw_word(t, draw, &text->letters.items[text->words.items[i]], without_marks);
}

/* Scores before softmax. */
void train_score(const struct train *t, struct draw *draw)
{
	const struct group *group = &t->groups[draw->label->group];
	float factor = 1 / sqrtf((float)draw->n_known);
	memset(draw->p, 0, sizeof(draw->p));
	for (size_t i = 0; i < draw->n_known; i++) {
		const struct weight *weight = &t->weights.items[draw->known[i]->first];
		if (i + TRAIN_AHEAD < draw->n_known)
			__builtin_prefetch(&t->weights.items[draw->known[i + TRAIN_AHEAD]->first]);
		for (uint32_t w = 0; w < draw->known[i]->n; w++)
			draw->p[weight[w].label] += weight[w].value;
	}
	for (uint32_t l = 0; l < group->n; l++)
		draw->p[l] = draw->p[l] * factor + t->labels[group->first + l].bias;
}

struct usual_count train_count_draw(const struct train *t, const struct draw *draw, uint32_t label)
{
	return usual_count(t->words, TRAIN_WORD_BLOCKS, &draw->words, label);
}

/* What the draw adds up to a feature, as text of the label. */
float train_draw_fit(const struct train *t, const struct draw *draw, const struct label *label)
{
	float factor = 1 / sqrtf((float)(draw->n_known ? draw->n_known : 1));
	float sum = (draw->p[label->number] - t->labels[t->groups[label->group].first + label->number].bias) / factor;
	return sum / (float)draw->n_tried;
}

void train_softmax(float *p, size_t n, float temper)
{
	float top = -1e30f, sum = 0;
	for (size_t l = 0; l < n; l++)
		top = fmaxf(top, p[l]);
	for (size_t l = 0; l < n; l++)
		sum += p[l] = expf((p[l] - top) * temper);
	for (size_t l = 0; l < n; l++)
		p[l] /= sum;
}

static void train_learn(struct train *t, struct draw *draw, float step)
{
	const struct group *group = &t->groups[draw->label->group];
	train_score(t, draw);
	train_softmax(draw->p, group->n, 1);
	draw->p[draw->label->number] -= 1;
	float factor = step / sqrtf((float)draw->n_known);
	for (size_t i = 0; i < draw->n_known; i++) {
		struct weight *weight = &t->weights.items[draw->known[i]->first];
		for (uint32_t w = 0; w < draw->known[i]->n; w++)
			weight[w].value -= factor * draw->p[weight[w].label];
	}
	for (uint32_t l = 0; l < group->n; l++)
		t->labels[group->first + l].bias -= .02f * step * draw->p[l];
}

void train_fill_urn(const struct train *t, struct urn *urn, int part)
{
	double sum = 0;
	for (size_t l = 0; l < t->n_labels; l++) {
		const struct label *label = &t->labels[l];
		double n = (double)(label->text[part][PROSE].letters.n + label->text[part][REST].letters.n);
		bool counts = n > 0 && t->groups[label->group].n > 1;
		sum += counts ? label->weight * pow(n, part == TRAINED ? .3 : .2) : 0;
		urn->upto[l] = sum;
	}
	for (size_t l = 0; l < t->n_labels; l++)
		urn->upto[l] /= sum;
}

const struct label *train_pick(struct train *t, const struct urn *urn)
{
	double at = train_random(t, UINT32_MAX) / (double)UINT32_MAX;
	size_t l = 0;
	while (l + 1 < t->n_labels && urn->upto[l] <= at)
		l++;
	return &t->labels[l];
}

void train_descend(struct train *t, long steps)
{
	static struct draw draw;
	struct urn urn;
	train_fill_urn(t, &urn, TRAINED);
	for (long i = 0; i < steps; i++) {
		train_draw(t, &draw, train_pick(t, &urn), TRAINED);
		float step =
		        (float)(TRAIN_FIRST_STEP + (TRAIN_LAST_STEP - TRAIN_FIRST_STEP) * (double)i / (double)steps);
		if (draw.n_known)
			train_learn(t, &draw, step);
		if (i % 250000 == 0)
			fprintf(stderr, "step %ld\n", i);
	}
}
