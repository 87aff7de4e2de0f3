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
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/model_file.h"
#include "pipeline/stages/language/reader.h"
#include "pipeline/stages/language/usual.h"
#include "pipeline/tools/list.h"

#include <errno.h>
#include <stddef.h>
#include <unicode/unorm2.h>
#include <xxhash.h>

#define TRAIN_LABELS_MAX    512
#define TRAIN_COUNTED_WORDS 60000 /* a label and bucket: rates do not change much behind them */
#define TRAIN_DRAW_WORDS    60
#define TRAIN_MODEL_BYTES   7075000 /* without the words */
#define TRAIN_WORDS         7000    /* of a label */
#define TRAIN_WORD_BLOCKS   15500
#define TRAIN_COVER_LEAST   .5f /* of text without spaces hardly a word is met twice */
#define TRAIN_SLOTS_LOG2    19
#define TRAIN_FEATURES      ((size_t)420000) /* a slot in five stays free */
#define TRAIN_TOP_SHARE     25               /* a label with less than that part of the highest rate gets no weight */
#define TRAIN_TUNE_DRAWS    40000
#define TRAIN_AHEAD         12 /* memory is asked for before it is read */
#define TRAIN_FIT_DRAWS     400
#define TRAIN_FIT_LINES     8
#define TRAIN_FIT_RARE      550 /* one text in so many is thought to be in none of the languages */
#define TRAIN_FIT_SLOPE     3
#define TRAIN_FIT_LABELS    10 /* a script of fewer languages is hardly met in others */
#define TRAIN_FEATURES_DRAW (TRAIN_DRAW_WORDS * 64)
#define TRAIN_FIRST_STEP    0.5
#define TRAIN_LAST_STEP     0.02

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

/* --- small things --------------------------------------------------------------------------------------------- */

static uint32_t train_random(struct train *t, uint32_t below)
{
	t->random = t->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((t->random >> 32) * below >> 32);
}

static struct label *train_label(struct train *t, struct str code)
{
	for (size_t l = 0; l < t->n_labels; l++)
		if (str_is(code, t->labels[l].code))
			return &t->labels[l];
	check_panic("no label of this code was named");
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static void train_add_label(struct train *t, const struct str field[5])
{
	CHECK(t->n_labels < TRAIN_LABELS_MAX && field[1].n < 12 && field[2].n < 12 && field[3].n < 8);
	struct label *label = &t->labels[t->n_labels];
	memcpy(label->code, field[1].p, field[1].n);
	memcpy(label->tag, field[2].p, field[2].n);
	label->weight = field[4].p[0] - '0';
	struct group *group = &t->groups[t->n_groups ? t->n_groups - 1 : 0];
	if (t->n_groups == 0 || !str_is(field[3], group->script)) {
		group = &t->groups[t->n_groups++];
		memcpy(group->script, field[3].p, field[3].n);
		group->first = (uint32_t)t->n_labels;
	}
	label->group = (uint32_t)(group - t->groups);
	label->number = group->n++;
	t->n_labels++;
}

static void train_add_text(struct train *t, struct text *text, bool is_latin, struct str line)
{
	uint16_t word[READER_WORD_MAX];
	size_t at = 0, n;
	if (!utf8_is_valid(line))
		check_panic("a line is not UTF-8");
	LIST_ADD(&text->lines, (uint32_t)text->words.n);
	for (size_t began = 0; (n = reader_next_word(t->reader, line, &at, word)) > 0; began = at) {
		if (!reader_is_at_home(word, is_latin))
			continue;
		bool is_capital = reader_is_capital(t->reader, line, began);
		LIST_ADD(&text->words, (uint32_t)text->letters.n);
		LIST_ADD(&text->letters, (uint16_t)(n | (is_capital ? TRAIN_CAPITAL : 0)));
		for (size_t i = 0; i < n; i++)
			LIST_ADD(&text->letters, word[i]);
	}
	if (text->lines.items[text->lines.n - 1] == text->words.n)
		text->lines.n--;
}

static void train_read(struct train *t, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&line, &room, in)) > 0;) {
		struct str rest = str_make(line, (size_t)n - (line[n - 1] == '\n')), field[5];
		for (size_t i = 0; i < 5; i++) {
			size_t end = i < 4 ? str_index(rest, '\t', 0) : rest.n;
			field[i] = str_slice(rest, 0, end);
			rest = str_slice(rest, end < rest.n ? end + 1 : end, rest.n);
		}
		if (str_is(field[0], "label")) {
			train_add_label(t, field);
			continue;
		}
		CHECK(str_is(field[0], "text") && field[2].n == 1 && field[3].n == 1);
		struct label *label = train_label(t, field[1]);
		bool is_latin = strcmp(t->groups[label->group].script, "Latn") == 0;
		struct text *text = &label->text[field[3].p[0] == '1'][field[2].p[0] == '1'];
		train_add_text(t, text, is_latin, field[4]);
	}
	free(line);
}

/* Letters of the basic plane without their marks, for text as old wires carry it. */
static void train_make_bare(struct train *t)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
	CHECK(U_SUCCESS(code));
	t->bare = list_allocate(NULL, 65536 * sizeof(*t->bare));
	for (UChar32 c = 0; c < 65536; c++) {
		UChar units[16];
		code = U_ZERO_ERROR;
		int32_t n = c < 0x250 || (c >= 0x1e00 && c < 0x1f00) ? unorm2_getDecomposition(nfc, c, units, 16, &code)
		                                                     : -1;
		t->bare[c] = n > 0 && U_SUCCESS(code) ? units[0] : (uint16_t)c;
	}
}

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

static size_t train_letters(const uint16_t *word)
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

static void train_count_label(struct label *label)
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
static size_t train_take_words(struct train *t, uint32_t label)
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

static struct entry *train_entry(const struct train *t, uint64_t key)
{
	size_t at = key >> 20 & t->entries_mask;
	while (t->entries[at].n && t->entries[at].key != key)
		at = (at + 1) & t->entries_mask;
	return &t->entries[at];
}

static void train_gather(struct train *t)
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

static void train_count_uses(struct train *t)
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

static bool train_is_dense(const struct train *t, const struct entry *entry)
{
	return entry->n_labels * 2 > t->groups[entry->group].n;
}

/* The best features, as many as fit; the weights of each get their place. */
static void train_choose(struct train *t)
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
static void train_start(struct train *t)
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

/* --- scoring and learning ------------------------------------------------------------------------------------- */

struct draw {
	const struct label *label;
	struct entry *known[TRAIN_FEATURES_DRAW];
	size_t n_known, n_tried, letters;
	struct usual_words words;
	float p[MODEL_LABELS_MAX];
};

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
static void train_draw(struct train *t, struct draw *draw, const struct label *label, int part)
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
static void train_score(const struct train *t, struct draw *draw)
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

static struct usual_count train_count_draw(const struct train *t, const struct draw *draw, uint32_t label)
{
	return usual_count(t->words, TRAIN_WORD_BLOCKS, &draw->words, label);
}

/* What the draw adds up to a feature, as text of the label. */
static float train_draw_fit(const struct train *t, const struct draw *draw, const struct label *label)
{
	float factor = 1 / sqrtf((float)(draw->n_known ? draw->n_known : 1));
	float sum = (draw->p[label->number] - t->labels[t->groups[label->group].first + label->number].bias) / factor;
	return sum / (float)draw->n_tried;
}

static void train_softmax(float *p, size_t n, float temper)
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

/* Labels by a flattened weight: a language with much text must not drown the others. */
struct urn {
	double upto[TRAIN_LABELS_MAX];
};

static void train_fill_urn(const struct train *t, struct urn *urn, int part)
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

static const struct label *train_pick(struct train *t, const struct urn *urn)
{
	double at = train_random(t, UINT32_MAX) / (double)UINT32_MAX;
	size_t l = 0;
	while (l + 1 < t->n_labels && urn->upto[l] <= at)
		l++;
	return &t->labels[l];
}

static void train_descend(struct train *t, long steps)
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

/* --- rounding and calibrating --------------------------------------------------------------------------------- */

static void train_round(struct train *t)
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
static const float train_worths[MODEL_FILE_TEMPERS] = {1.6f, 1.2f, .9f, .8f, .8f};

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

static void train_calibrate(struct train *t)
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

static void train_fit(struct train *t)
{
	for (size_t l = 0; l < t->n_labels; l++)
		if (t->groups[t->labels[l].group].n >= TRAIN_FIT_LABELS)
			train_find_fit(t, &t->labels[l]);
	for (size_t g = 0; g < t->n_groups; g++)
		if (t->groups[g].n >= TRAIN_FIT_LABELS)
			train_guess_fits(t, &t->groups[g]);
	train_find_border(t);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

struct output {
	struct model_file_head head;
	struct model_file_group groups[MODEL_FILE_GROUPS_MAX];
	struct model_file_label labels[TRAIN_LABELS_MAX];
	struct model_file_slot *slots;
	LIST(uint16_t) units;
};

static void train_write_list(const struct train *t, const struct entry *entry, struct output *out)
{
	const struct weight *weight = &t->weights.items[entry->first];
	uint32_t n = 0;
	if (train_is_dense(t, entry)) {
		LIST_ADD(&out->units, MODEL_FILE_DENSE);
		for (uint32_t i = 0; i < entry->n; i += 2) {
			uint32_t low = (uint8_t)(int8_t)lroundf(weight[i].value / t->scale);
			uint32_t high = i + 1 < entry->n ? (uint8_t)(int8_t)lroundf(weight[i + 1].value / t->scale) : 0;
			LIST_ADD(&out->units, (uint16_t)(low | high << 8));
		}
		return;
	}
	size_t count = out->units.n;
	LIST_ADD(&out->units, 0);
	for (uint32_t i = 0; i < entry->n; i++) {
		long q = lroundf(weight[i].value / t->scale);
		if (q == 0)
			continue;
		LIST_ADD(&out->units, (uint16_t)(weight[i].label | (uint32_t)(uint8_t)(int8_t)q << 8));
		n++;
	}
	out->units.items[count] = (uint16_t)n;
}

/* In the order of keys, so that the file does not depend on the order of anything else. */
static int train_compare_keys(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void train_write_features(const struct train *t, struct output *out)
{
	LIST(struct entry *) chosen = {0};
	size_t n_slots = (size_t)1 << TRAIN_SLOTS_LOG2;
	for (size_t i = 0; i <= t->entries_mask; i++)
		if (t->entries[i].n && t->entries[i].first >= 0)
			LIST_ADD(&chosen, &t->entries[i]);
	qsort(chosen.items, chosen.n, sizeof(*chosen.items), train_compare_keys);
	out->slots = calloc(n_slots, sizeof(*out->slots));
	CHECK(out->slots && chosen.n < n_slots);
	LIST_ADD(&out->units, 0);
	for (size_t i = 0; i < chosen.n; i++) {
		size_t slot = chosen.items[i]->key >> (64 - TRAIN_SLOTS_LOG2);
		while (model_file_slot_list(model_file_slot_bits(&out->slots[slot])))
			slot = (slot + 1) % n_slots;
		CHECK(out->units.n < MODEL_FILE_UNITS_MAX);
		uint64_t bits = (uint64_t)model_file_check(chosen.items[i]->key) << 22 | out->units.n;
		memcpy(out->slots[slot].bytes, &bits, sizeof(out->slots[slot].bytes));
		train_write_list(t, chosen.items[i], out);
	}
	/* The reader may look at a longest list wherever one begins. */
	for (int i = 0; i < (MODEL_LABELS_MAX + 1) / 2; i++)
		LIST_ADD(&out->units, 0);
	free(chosen.items);
}

static void train_write_labels(const struct train *t, struct output *out)
{
	for (size_t g = 0; g < t->n_groups; g++) {
		struct model_file_group *to = &out->groups[g];
		*to = (struct model_file_group){.first_label = t->groups[g].first,
		                                .n_labels = t->groups[g].n,
		                                .least_known = t->groups[g].least_known,
		                                .has_words = t->groups[g].has_words};
		memcpy(to->script, t->groups[g].script, sizeof(to->script));
	}
	for (size_t l = 0; l < t->n_labels; l++) {
		const struct label *from = &t->labels[l];
		uint32_t first = 0;
		while (strcmp(t->labels[t->groups[from->group].first + first].tag, from->tag) != 0)
			first++;
		out->labels[l] = (struct model_file_label){.bias = from->bias,
		                                           .fit_mean = from->fit_mean,
		                                           .fit_spread = from->fit_spread,
		                                           .cover = from->cover,
		                                           .first_with_tag = first};
		memcpy(out->labels[l].code, from->code, sizeof(from->code));
		memcpy(out->labels[l].tag, from->tag, sizeof(from->tag));
	}
}

static void train_write(const struct train *t, const char *path)
{
	static struct output out;
	static const char zeros[sizeof(struct model_file_words)] = {0};
	size_t before = sizeof(out.head) + t->n_groups * sizeof(out.groups[0]) + t->n_labels * sizeof(out.labels[0]);
	train_write_labels(t, &out);
	train_write_features(t, &out);
	const struct {
		const void *p;
		size_t bytes;
	} parts[] = {{&out.head, sizeof(out.head)},
	             {out.groups, t->n_groups * sizeof(out.groups[0])},
	             {out.labels, t->n_labels * sizeof(out.labels[0])},
	             {zeros, (sizeof(zeros) - before % sizeof(zeros)) % sizeof(zeros)},
	             {t->words, TRAIN_WORD_BLOCKS * sizeof(t->words[0])},
	             {out.slots, sizeof(out.slots[0]) << TRAIN_SLOTS_LOG2},
	             {out.units.items, out.units.n * sizeof(out.units.items[0])}};
	out.head = (struct model_file_head){.magic = MODEL_FILE_MAGIC,
	                                    .version = MODEL_FILE_VERSION,
	                                    .n_groups = (uint32_t)t->n_groups,
	                                    .n_labels = (uint32_t)t->n_labels,
	                                    .slots_log2 = TRAIN_SLOTS_LOG2,
	                                    .n_units = (uint32_t)out.units.n,
	                                    .n_words = TRAIN_WORD_BLOCKS,
	                                    .scale = t->scale,
	                                    .fit_middle = t->fit_middle,
	                                    .fit_slope = t->fit_slope};
	memcpy(out.head.tempers, t->tempers, sizeof(t->tempers));
	memcpy(out.head.worths, train_worths, sizeof(train_worths));
	XXH3_state_t *state = XXH3_createState();
	XXH3_64bits_reset(state);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		out.head.bytes += parts[i].bytes;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		XXH3_64bits_update(state, parts[i].p, parts[i].bytes);
	out.head.checksum = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	FILE *file = fopen(path, "wb");
	bool written = file != NULL;
	for (size_t i = 0; written && i < sizeof(parts) / sizeof(parts[0]); i++)
		written = fwrite(parts[i].p, 1, parts[i].bytes, file) == parts[i].bytes;
	if (!written || fclose(file) != 0)
		check_panic("cannot write '%s': %s", path, strerror(errno));
	fprintf(stderr, "%llu bytes, checksum %016llx\n", (unsigned long long)out.head.bytes,
	        (unsigned long long)out.head.checksum);
}

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
