/* Features to weights. See train.h. */
#include "pipeline/stages/entities/tools/train.h"

#include "pipeline/base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRAIN_SURE         0.002 /* a word that is that near the truth teaches nothing */
#define TRAIN_FIRST_SQUARE 1.0f

uint64_t train_random(struct train *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random;
}

#define TRAIN_FEATURES (FEATURES_PLACES * FEATURES_WORD_KEYS + FEATURES_CONTEXT_MAX)

/* Scores, ways and what was active, for each word of a stretch. */
struct climb {
	uint32_t active[FEATURES_SENTENCE_WORDS][TRAIN_FEATURES];
	size_t n_active[FEATURES_SENTENCE_WORDS];
	float score[FEATURES_SENTENCE_WORDS][TAGGER_LABELS]; /* then exp of it */
	float before[FEATURES_SENTENCE_WORDS][TAGGER_LABELS];
	float behind[FEATURES_SENTENCE_WORDS][TAGGER_LABELS];
	float sum[FEATURES_SENTENCE_WORDS];
	float gold[FEATURES_SENTENCE_WORDS]; /* score of the true label */
	float follows[TAGGER_LABELS][TAGGER_LABELS];
	float wanted[TAGGER_LABELS][TAGGER_LABELS]; /* gradient of follows */
	double loss;
};

static void train_activate(struct climb *c, size_t i, uint32_t number)
{
	if (number != TRAIN_NONE)
		c->active[i][c->n_active[i]++] = number;
}

/* Which features of the token take part; some are dropped at random. */
static void train_choose_active(struct train *t, struct climb *c, size_t i, const struct token *token)
{
	c->n_active[i] = 0;
	bool hidden = (double)(train_random(t) >> 32) < t->hide * 4294967296.0;
	for (size_t place = 0; place < FEATURES_PLACES; place++) {
		if (token->words[place] == TRAIN_NONE)
			continue;
		const struct type *type = &t->type_list.items[token->words[place]];
		for (size_t k = type->first_key; k < type->first_key + type->n_keys; k++)
			if (t->word_places.items[k] == place ||
			    (!hidden && t->word_places.items[k] == (place | TRAIN_DEEP)))
				train_activate(c, i, (uint32_t)t->word_keys.items[k]);
	}
	for (size_t k = 0; k < (hidden ? token->n_plain : token->n_context); k++)
		train_activate(c, i, t->context.items[token->first_context + k]);
	uint64_t bits = 0;
	uint8_t limit = (uint8_t)(t->drop * 256);
	size_t n = 0;
	for (size_t k = 0; k < c->n_active[i]; k++) {
		if (k % 8 == 0)
			bits = train_random(t);
		if ((uint8_t)(bits >> k % 8 * 8) >= limit)
			c->active[i][n++] = c->active[i][k];
	}
	c->n_active[i] = n;
}

static void train_score(struct train *t, struct climb *c, size_t i, unsigned gold)
{
	float sum[TRAIN_WEIGHTS] = {0};
	float keep = (float)(1 / (1 - t->drop));
	for (size_t k = 0; k < c->n_active[i]; k++)
		__builtin_prefetch(&t->rows[c->active[i][k]]);
	for (size_t k = 0; k < c->n_active[i]; k++) {
		const float *weight = t->rows[c->active[i][k]].weight;
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++)
			sum[l] += weight[l];
	}
	float top = 0;
	c->score[i][0] = 0;
	for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
		c->score[i][l + 1] = keep * sum[l];
		top = fmaxf(top, keep * sum[l]);
	}
	c->loss += (double)top;
	c->gold[i] = c->score[i][gold];
	for (size_t l = 0; l < TAGGER_LABELS; l++)
		c->score[i][l] = expf(c->score[i][l] - top);
}

/* Probabilities of all ways: forward and back, each word's sum scaled to one. */
static void train_ways(struct climb *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float sum = 0;
		for (size_t to = 0; to < TAGGER_LABELS; to++) {
			float way = 0;
			if (i == 0)
				way = c->follows[0][to];
			else
				for (size_t from = 0; from < TAGGER_LABELS; from++)
					way += c->before[i - 1][from] * c->follows[from][to];
			sum += c->before[i][to] = way * c->score[i][to];
		}
		sum = fmaxf(sum, 1e-30f);
		c->sum[i] = sum;
		c->loss += log((double)sum);
		for (size_t to = 0; to < TAGGER_LABELS; to++)
			c->before[i][to] /= sum;
	}
	for (size_t l = 0; l < TAGGER_LABELS; l++)
		c->behind[n - 1][l] = c->follows[l][0];
	for (size_t i = n - 1; i-- > 0;)
		for (size_t from = 0; from < TAGGER_LABELS; from++) {
			float way = 0;
			for (size_t to = 0; to < TAGGER_LABELS; to++)
				way += c->follows[from][to] * c->score[i + 1][to] * c->behind[i + 1][to];
			c->behind[i][from] = way / c->sum[i + 1];
		}
}

static void train_step_row(struct train *t, struct row *row, const float gradient[TRAIN_WEIGHTS], float late)
{
	float rate = (float)t->rate;
	for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
		row->squares[l] += gradient[l] * gradient[l];
		float change = rate * gradient[l] / sqrtf(TRAIN_FIRST_SQUARE + row->squares[l]);
		row->weight[l] -= change;
		row->late[l] -= late * change;
	}
}

/* What part of the average a change made now is missing from. */
static float train_late(const struct train *t)
{
	double late = (t->step - t->average_from) / (t->steps_all - t->average_from);
	return late > 0 ? (float)late : 0;
}

static void train_learn_follows(struct train *t, struct climb *c, const struct stretch *stretch, double total)
{
	const struct token *tokens = &t->tokens.items[stretch->first];
	float late = train_late(t);
	memset(c->wanted, 0, sizeof(c->wanted));
	for (size_t i = 0; i <= stretch->n; i++) {
		size_t gold_from = i ? tokens[i - 1].label : 0, gold_to = i < stretch->n ? tokens[i].label : 0;
		c->wanted[gold_from][gold_to] -= 1;
		for (size_t from = 0; from < TAGGER_LABELS; from++)
			for (size_t to = 0; to < TAGGER_LABELS; to++) {
				float way = i ? c->before[i - 1][from] : from == 0;
				way *= c->follows[from][to];
				if (i < stretch->n)
					way *= c->score[i][to] * c->behind[i][to] / c->sum[i];
				else if (to != 0)
					way = 0;
				c->wanted[from][to] += way / (float)total;
			}
	}
	for (size_t from = 0; from < TAGGER_LABELS; from++)
		for (size_t to = 0; to < TAGGER_LABELS; to++) {
			struct follow *follow = &t->follows[stretch->grammar][from][to];
			float gradient = c->wanted[from][to];
			follow->squares += gradient * gradient;
			float change = (float)t->rate * gradient / sqrtf(TRAIN_FIRST_SQUARE + follow->squares);
			follow->weight -= change;
			follow->late -= late * change;
		}
}

static void train_learn(struct train *t, struct climb *c, const struct stretch *stretch, double total)
{
	float keep = (float)(1 / (1 - t->drop)), late = train_late(t);
	for (size_t i = 0; i < stretch->n; i++) {
		unsigned gold = t->tokens.items[stretch->first + i].label;
		float gradient[TRAIN_WEIGHTS], most = 0;
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
			gradient[l] = c->before[i][l + 1] * c->behind[i][l + 1] / (float)total - (gold == l + 1);
			most = fmaxf(most, fabsf(gradient[l]));
			gradient[l] *= keep;
		}
		if (most < (float)TRAIN_SURE)
			continue;
		for (size_t k = 0; k < c->n_active[i]; k++)
			__builtin_prefetch(&t->rows[c->active[i][k]].squares);
		for (size_t k = 0; k < c->n_active[i]; k++)
			train_step_row(t, &t->rows[c->active[i][k]], gradient, late);
	}
}

/* From the loss: what the true way is worth; scores are those before exp. */
static void train_subtract_gold(const struct train *t, struct climb *c, const struct stretch *stretch)
{
	unsigned from = 0;
	for (size_t i = 0; i < stretch->n; i++) {
		unsigned to = t->tokens.items[stretch->first + i].label;
		c->loss -= (double)(c->gold[i] + t->follows[stretch->grammar][from][to].weight);
		from = to;
	}
	c->loss -= (double)t->follows[stretch->grammar][from][0].weight;
}

static void train_climb_stretch(struct train *t, struct climb *c, const struct stretch *stretch)
{
	size_t n = stretch->n;
	for (size_t from = 0; from < TAGGER_LABELS; from++)
		for (size_t to = 0; to < TAGGER_LABELS; to++)
			c->follows[from][to] = tagger_file_may_follow((unsigned)from, (unsigned)to)
			                               ? expf(t->follows[stretch->grammar][from][to].weight)
			                               : 0;
	for (size_t i = 0; i < n; i++) {
		train_choose_active(t, c, i, &t->tokens.items[stretch->first + i]);
		train_score(t, c, i, t->tokens.items[stretch->first + i].label);
	}
	train_ways(c, n);
	double total = 0;
	for (size_t l = 0; l < TAGGER_LABELS; l++)
		total += (double)(c->before[n - 1][l] * c->behind[n - 1][l]);
	if (total < 1e-30)
		return;
	c->loss += log(total);
	train_subtract_gold(t, c, stretch);
	train_learn(t, c, stretch, total);
	train_learn_follows(t, c, stretch, total);
}

int train_by_span(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->span != y->span)
		return x->span < y->span ? 1 : -1;
	return x->row < y->row ? -1 : 1;
}

struct ranked *train_rank(const struct train *t)
{
	struct ranked *ranked = list_allocate(NULL, t->n_rows * sizeof(*ranked));
	for (size_t r = 0; r < t->n_rows; r++) {
		float least = 0, most = 0;
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
			least = fminf(least, t->rows[r].weight[l]);
			most = fmaxf(most, t->rows[r].weight[l]);
		}
		ranked[r] = (struct ranked){most - least, (uint32_t)r};
	}
	qsort(ranked, t->n_rows, sizeof(*ranked), train_by_span);
	return ranked;
}

/* Halfway only what will be kept goes on, so that the rest learns to do without the others. */
static void train_prune(struct train *t)
{
	struct ranked *ranked = train_rank(t);
	for (size_t i = t->n_kept; i < t->n_rows; i++) {
		memset(&t->rows[ranked[i].row], 0, sizeof(*t->rows));
		t->row_keys[ranked[i].row] = 0;
	}
	for (size_t k = 0; k < t->word_keys.n; k++)
		if (t->word_keys.items[k] != TRAIN_NONE && t->row_keys[t->word_keys.items[k]] == 0)
			t->word_keys.items[k] = TRAIN_NONE;
	for (size_t k = 0; k < t->context.n; k++)
		if (t->row_keys[t->context.items[k]] == 0)
			t->context.items[k] = TRAIN_NONE;
	free(ranked);
}

/* The stretches of a pass; those of some sets several times. */
static uint32_t *train_order(const struct train *t, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < t->stretches.n; i++)
		*n += t->stretches.items[i].times;
	uint32_t *order = list_allocate(NULL, *n * sizeof(*order)), *out = order;
	for (size_t i = 0; i < t->stretches.n; i++)
		for (unsigned k = 0; k < t->stretches.items[i].times; k++)
			*out++ = (uint32_t)i;
	return order;
}

void train_climb(struct train *t)
{
	struct climb *c = list_allocate(NULL, sizeof(*c));
	size_t n;
	uint32_t *order = train_order(t, &n);
	t->steps_all = (double)t->n_passes * (double)n;
	t->average_from = t->steps_all / 2;
	for (unsigned long pass = 0; pass < t->n_passes; pass++) {
		if (pass == t->n_passes / 2)
			train_prune(t);
		for (size_t i = n; i > 1; i--) {
			size_t other = train_random(t) % i;
			uint32_t kept = order[i - 1];
			order[i - 1] = order[other];
			order[other] = kept;
		}
		c->loss = 0;
		for (size_t i = 0; i < n; i++, t->step++)
			train_climb_stretch(t, c, &t->stretches.items[order[i]]);
		fprintf(stderr, "pass %lu: loss %.4f a word\n", pass + 1, c->loss / (double)t->tokens.n);
	}
	for (size_t r = 0; r < t->n_rows; r++)
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++)
			t->rows[r].weight[l] -= t->rows[r].late[l];
	for (size_t g = 0; g < TAGGER_GRAMMARS; g++)
		for (size_t from = 0; from < TAGGER_LABELS; from++)
			for (size_t to = 0; to < TAGGER_LABELS; to++)
				t->follows[g][from][to].weight -= t->follows[g][from][to].late;
	free(order);
	free(c);
}
