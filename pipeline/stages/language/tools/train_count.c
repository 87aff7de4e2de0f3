/* Words to features: which there are, and what their weights begin with. See train.h. */
#include "pipeline/stages/language/tools/train.h"

#include "pipeline/base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRAIN_COUNTED_WORDS 60000            /* a label and bucket: rates do not change much behind them */
#define TRAIN_MODEL_BYTES   7075000          /* without the words */
#define TRAIN_WORDS         7000             /* of a label */
#define TRAIN_FEATURES      ((size_t)420000) /* a slot in five stays free */
#define TRAIN_TOP_SHARE     25               /* a label with less than that part of the highest rate gets no weight */

/* --- counting ------------------------------------------------------------------------------------------------- */

struct count {
	uint64_t key;
	float rate;
	uint32_t times;
};

struct counts {
	struct count *items;
	size_t mask, n;
};

static struct count *train_count_slot(struct counts *counts, uint64_t key)
{
	size_t at = key >> 20 & counts->mask;
	while (counts->items[at].times && counts->items[at].key != key)
		at = (at + 1) & counts->mask;
	return &counts->items[at];
}

static void train_count_grow(struct counts *counts)
{
	struct counts bigger = {.mask = counts->items ? 2 * counts->mask + 1 : 65535, .n = counts->n};
	bigger.items = calloc(bigger.mask + 1, sizeof(*bigger.items));
	CHECK(bigger.items);
	for (size_t i = 0; counts->items && i <= counts->mask; i++)
		if (counts->items[i].times)
			*train_count_slot(&bigger, counts->items[i].key) = counts->items[i];
	free(counts->items);
	*counts = bigger;
}

static void train_count_key(struct counts *counts, uint64_t key, float rate)
{
	if (!counts->items || counts->n * 2 > counts->mask)
		train_count_grow(counts);
	struct count *count = train_count_slot(counts, key);
	counts->n += count->times == 0;
	count->key = key;
	count->times++;
	count->rate += rate;
}

size_t train_letters(const uint16_t *word)
{
	return word[0] & ~TRAIN_CAPITAL;
}

static size_t train_word_features(const struct text *text, size_t word, uint32_t group,
                                  uint64_t keys[READER_FEATURES_MAX])
{
	const uint16_t *letters = &text->letters.items[text->words.items[word]];
	return reader_features(group, letters + 1, train_letters(letters), keys);
}

/* Words in equal distances over all of the text, so that no part of it speaks alone. */
static void train_count_text(const struct label *label, const struct text *text, double share, struct counts *counts)
{
	size_t n = text->words.n < TRAIN_COUNTED_WORDS ? text->words.n : TRAIN_COUNTED_WORDS;
	size_t all = 0;
	uint64_t keys[READER_FEATURES_MAX];
	for (size_t i = 0; i < n; i++)
		all += train_letters(&text->letters.items[text->words.items[i * text->words.n / n]]) * 5;
	for (size_t i = 0; i < n; i++) {
		size_t n_keys = train_word_features(text, i * text->words.n / n, label->group, keys);
		for (size_t k = 0; k < n_keys; k++)
			train_count_key(counts, keys[k], (float)(share * 1e5 / (double)all));
	}
}

void train_count_label(struct label *label)
{
	struct counts counts = {0};
	bool has[BUCKETS];
	for (int b = 0; b < BUCKETS; b++)
		has[b] = label->text[TRAINED][b].words.n > 0;
	for (int b = 0; b < BUCKETS; b++)
		if (has[b])
			train_count_text(label, &label->text[TRAINED][b], has[PROSE] && has[REST] ? .5 : 1, &counts);
	/* What was met once is chance, unless there is little of the language at all. */
	uint32_t least = counts.n > 300000 ? 3 : counts.n > 30000 ? 2 : 1;
	for (size_t i = 0; counts.items && i <= counts.mask; i++) {
		if (counts.items[i].times >= least) {
			struct rate rate = {counts.items[i].key, counts.items[i].rate};
			LIST_ADD(&label->rates, rate);
		}
	}
	free(counts.items);
}

/* --- usual words ---------------------------------------------------------------------------------------------- */

static int train_compare_counts(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	if (x->times != y->times)
		return x->times > y->times ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void train_add_word(struct train *t, uint64_t key, uint32_t label)
{
	uint64_t hash = usual_hash(key, label), *bits = t->words[usual_place(hash, TRAIN_WORD_BLOCKS)].bits;
	for (unsigned k = 0; k < MODEL_FILE_BITS; k++)
		bits[usual_bit(hash, k) / 64] |= UINT64_C(1) << usual_bit(hash, k) % 64;
}

/* A label's commonest. Returns how many. */
size_t train_take_words(struct train *t, uint32_t label)
{
	struct counts counts = {0};
	uint64_t keys[READER_FEATURES_MAX];
	for (int b = 0; b < BUCKETS; b++) {
		const struct text *text = &t->labels[label].text[TRAINED][b];
		for (size_t i = 0; i < text->words.n; i++) {
			const uint16_t *letters = &text->letters.items[text->words.items[i]];
			reader_features(t->labels[label].group, letters + 1, train_letters(letters), keys);
			train_count_key(&counts, reader_whole(keys, train_letters(letters)), 0);
		}
	}
	size_t n = 0;
	for (size_t i = 0; counts.items && i <= counts.mask; i++)
		if (counts.items[i].times)
			counts.items[n++] = counts.items[i];
	if (n)
		qsort(counts.items, n, sizeof(*counts.items), train_compare_counts);
	n = n < TRAIN_WORDS ? n : TRAIN_WORDS;
	for (size_t i = 0; i < n; i++)
		train_add_word(t, counts.items[i].key, label);
	free(counts.items);
	return n;
}

/* --- choosing features ---------------------------------------------------------------------------------------- */

struct entry *train_entry(const struct train *t, uint64_t key)
{
	size_t at = key >> 20 & t->entries_mask;
	while (t->entries[at].n && t->entries[at].key != key)
		at = (at + 1) & t->entries_mask;
	return &t->entries[at];
}

void train_gather(struct train *t)
{
	size_t all = 0;
	for (size_t l = 0; l < t->n_labels; l++)
		all += t->labels[l].rates.n;
	for (t->entries_mask = 1; t->entries_mask < all + all / 4;)
		t->entries_mask *= 2;
	t->entries = calloc(t->entries_mask--, sizeof(*t->entries));
	CHECK(t->entries);
	for (size_t l = 0; l < t->n_labels; l++) {
		const struct label *label = &t->labels[l];
		for (size_t i = 0; i < label->rates.n; i++) {
			struct entry *entry = train_entry(t, label->rates.items[i].key);
			t->n_entries += entry->n == 0;
			entry->key = label->rates.items[i].key;
			entry->group = label->group;
			entry->first = -1;
			entry->n = 1;
			entry->sum += label->rates.items[i].rate;
			entry->top = fmaxf(entry->top, label->rates.items[i].rate);
		}
	}
}

/* Has the label enough of it for a weight? */
static bool train_is_used(const struct entry *entry, const struct rate *rate)
{
	return rate->rate >= entry->top / TRAIN_TOP_SHARE;
}

void train_count_uses(struct train *t)
{
	for (size_t l = 0; l < t->n_labels; l++) {
		const struct label *label = &t->labels[l];
		for (size_t i = 0; i < label->rates.n; i++) {
			struct entry *entry = train_entry(t, label->rates.items[i].key);
			entry->n_labels += train_is_used(entry, &label->rates.items[i]);
		}
	}
}

/* How often it is met where it is oftenest, times how much that says. */
static double train_worth(const struct train *t, const struct entry *entry)
{
	double n = t->groups[entry->group].n;
	return (double)entry->top * log(1.02 * n * (double)entry->top / (double)entry->sum);
}

struct ranked {
	double worth;
	struct entry *entry;
};

static int train_compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->worth > y->worth || x->worth < y->worth)
		return x->worth > y->worth ? -1 : 1;
	return x->entry->key < y->entry->key ? -1 : x->entry->key > y->entry->key;
}

bool train_is_dense(const struct train *t, const struct entry *entry)
{
	return entry->n_labels * 2 > t->groups[entry->group].n;
}

/* The best features, as many as fit; the weights of each get their place. */
void train_choose(struct train *t)
{
	struct ranked *ranked = list_allocate(NULL, t->n_entries * sizeof(*ranked));
	size_t n = 0, bytes = (sizeof(struct model_file_slot) << TRAIN_SLOTS_LOG2) + 65536, chosen = 0;
	for (size_t i = 0; i <= t->entries_mask; i++)
		if (t->entries[i].n && t->groups[t->entries[i].group].n > 1)
			ranked[n++] = (struct ranked){train_worth(t, &t->entries[i]), &t->entries[i]};
	qsort(ranked, n, sizeof(*ranked), train_compare);
	for (; chosen < n && chosen < TRAIN_FEATURES && bytes < TRAIN_MODEL_BYTES; chosen++) {
		struct entry *entry = ranked[chosen].entry;
		uint32_t n_weights = entry->n_labels;
		if (train_is_dense(t, entry))
			n_weights = t->groups[entry->group].n;
		bytes += 2 + (train_is_dense(t, entry) ? (n_weights + 1u) / 2 * 2 : 2u * n_weights);
		entry->first = (int32_t)t->weights.n;
		for (uint32_t i = 0; i < n_weights; i++)
			LIST_ADD(&t->weights, ((struct weight){0, train_is_dense(t, entry) ? i : UINT32_MAX}));
		entry->n = n_weights;
	}
	fprintf(stderr, "%zu of %zu features, %zu weights, %zu bytes\n", chosen, n, t->weights.n, bytes);
	free(ranked);
}

/* Naive Bayes: what is met half a time in 100,000 features is met anywhere. */
void train_start(struct train *t)
{
	for (size_t l = 0; l < t->n_labels; l++) {
		const struct label *label = &t->labels[l];
		for (size_t i = 0; i < label->rates.n; i++) {
			struct entry *entry = train_entry(t, label->rates.items[i].key);
			if (entry->first < 0 ||
			    (!train_is_dense(t, entry) && !train_is_used(entry, &label->rates.items[i])))
				continue;
			struct weight *weight = &t->weights.items[entry->first];
			while (weight->label != label->number && weight->label != UINT32_MAX)
				weight++;
			weight->label = label->number;
			weight->value = .3f * log1pf(label->rates.items[i].rate / .5f);
		}
	}
}
