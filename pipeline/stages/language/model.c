/*
 * The mapped model: checked once as a whole, then trusted. See model.h and model_file.h.
 */
#include "pipeline/stages/language/model.h"

#include "pipeline/base/check.h"
#include "pipeline/base/mapped.h"
#include "pipeline/stages/language/model_file.h"
#include "pipeline/stages/language/reader.h"

#include <stddef.h>
#include <stdlib.h>

/* Part of a text's features that its languages have at the least; below 20 letters nothing can be said of it. */
#define MODEL_KNOWN_LETTERS 20
/* Features that are gathered before their lists are read. */
#define MODEL_KEYS 1024
/* Lists that are asked for before the first of them is read; those on their way. */
#define MODEL_AHEAD 16
#define MODEL_RING  32
/* Labels that are added up in one step. */
#define MODEL_STEP   32
#define MODEL_INLINE inline __attribute__((always_inline))
/* Weights of a byte that 16 bits can add up. */
#define MODEL_PART_MAX 255
/* A score so far below the best is worth nothing. */
#define MODEL_NOTHING 30
/* Units in a cache line. */
#define MODEL_LINE_UNITS 32

struct model_name {
	char iso639[4];
	char full[24]; /* the tag with its script; empty: the tag alone will do */
};

struct model {
	struct mapped file;
	const struct model_file_head *head;
	const struct model_file_group *groups;
	const struct model_file_label *labels;
	const struct model_file_words *words;
	const struct model_file_slot *slots;
	const uint16_t *units;
	unsigned slots_shift; /* of a key, so that the slot's number is left */
	size_t slots_mask;
	uint8_t *signs; /* a byte for each slot, see model_make_signs */
	struct reader *reader;
	struct model_name *names; /* of each label */
	float *biases;            /* of each label, without what else is known of it between */
	bool is_wide;             /* the processor has AVX2 and BMI2 */
};

/* --- opening -------------------------------------------------------------------------------------------------- */

static const struct mapped_kind model_kind = {
        .name = "model of languages",
        .magic = MODEL_FILE_MAGIC,
        .version = MODEL_FILE_VERSION,
        .head_bytes = sizeof(struct model_file_head),
        .bytes_max = MODEL_FILE_BYTES_MAX,
        .bytes_at = offsetof(struct model_file_head, bytes),
        .checksum_at = offsetof(struct model_file_head, checksum),
};

/* Parts where the head says they are, and all within the file. */
static bool model_lay_out(struct model *m)
{
	const struct model_file_head *head = m->head;
	if (head->n_groups > MODEL_FILE_GROUPS_MAX || head->n_labels > 65535 || head->slots_log2 > 22 ||
	    head->slots_log2 < 1 || head->n_units > MODEL_FILE_UNITS_MAX || head->n_words == 0 ||
	    head->n_words > MODEL_FILE_BYTES_MAX)
		return false;
	size_t n_slots = (size_t)1 << head->slots_log2;
	m->slots_shift = 64 - head->slots_log2;
	m->slots_mask = n_slots - 1;
	m->groups = (const struct model_file_group *)(head + 1);
	m->labels = (const struct model_file_label *)(m->groups + head->n_groups);
	size_t before = sizeof(*head) + head->n_groups * sizeof(*m->groups) + head->n_labels * sizeof(*m->labels);
	before = (before + sizeof(*m->words) - 1) / sizeof(*m->words) * sizeof(*m->words);
	m->words = (const struct model_file_words *)(const void *)((const char *)m->file.p + before);
	m->slots = (const struct model_file_slot *)(m->words + head->n_words);
	m->units = (const uint16_t *)(m->slots + n_slots);
	return before + head->n_words * sizeof(*m->words) + n_slots * sizeof(*m->slots) +
	               head->n_units * sizeof(*m->units) ==
	       m->file.n;
}

static bool model_groups_are_sound(const struct model *m)
{
	for (size_t g = 0; g < m->head->n_groups; g++) {
		const struct model_file_group *group = &m->groups[g];
		if (!memchr(group->script, 0, sizeof(group->script)) || group->n_labels == 0 ||
		    group->n_labels > MODEL_LABELS_MAX || group->first_label > m->head->n_labels ||
		    m->head->n_labels - group->first_label < group->n_labels)
			return false;
		for (size_t l = 0; l < group->n_labels; l++) {
			const struct model_file_label *label = &m->labels[group->first_label + l];
			if (!memchr(label->tag, 0, sizeof(label->tag)) || label->first_with_tag > l)
				return false;
		}
	}
	return true;
}

static uint32_t model_slot_list(const struct model_file_slot *slot)
{
	return model_file_slot_list(model_file_slot_bits(slot));
}

/*
 * Every list ends within the units. Its labels are not compared with their group here, as a list does not name its
 * group: sums have room for any label. A table without a free slot would be searched for ever.
 */
static bool model_lists_are_sound(const struct model *m)
{
	size_t n_free = 0;
	for (size_t i = 0; i < (size_t)1 << m->head->slots_log2; i++) {
		uint32_t at = model_slot_list(&m->slots[i]);
		n_free += at == 0;
		if (at == 0)
			continue;
		if (at >= m->head->n_units)
			return false;
		size_t n = m->units[at] == MODEL_FILE_DENSE ? (MODEL_LABELS_MAX + 1) / 2 : m->units[at];
		if (n > MODEL_LABELS_MAX || n >= m->head->n_units - at)
			return false;
	}
	return n_free > 0;
}

/* Of a slot that is not free: never 0. */
static uint8_t model_sign(uint32_t check)
{
	uint8_t sign = (uint8_t)(check >> 10);
	return sign ? sign : 1;
}

/*
 * What is in the slots, in a fifth of their bytes: the processor's own memory holds them, and eight are looked at
 * together. 0: a free slot. The first ones stand behind the last again.
 */
static void model_make_signs(struct model *m)
{
	size_t n = (size_t)1 << m->head->slots_log2, more = sizeof(uint64_t) - 1;
	m->signs = calloc(n + more, 1);
	if (!m->signs)
		check_panic("out of memory");
	for (size_t i = 0; i < n + more; i++)
		if (model_slot_list(&m->slots[i % n]))
			m->signs[i] = model_sign(model_file_slot_check(model_file_slot_bits(&m->slots[i % n])));
}

static bool model_has_elsewhere(const struct model *m, const struct model_file_group *group, const char *tag)
{
	for (size_t l = 0; l < m->head->n_labels; l++)
		if (l - group->first_label >= group->n_labels && strcmp(m->labels[l].tag, tag) == 0)
			return true;
	return false;
}

/* Does the tag say the script, too? Latin letters are what is expected of a language, but of these. */
static bool model_needs_script(const struct model *m, const struct model_file_group *group, const char *tag)
{
	bool is_open = strcmp(tag, "sr") == 0 || strcmp(tag, "uz") == 0;
	return (is_open || strcmp(group->script, "Latn") != 0) && model_has_elsewhere(m, group, tag);
}

/* "ind" of "ind_Latn", and full tags. */
static void model_name_labels(struct model *m)
{
	m->names = calloc(m->head->n_labels, sizeof(*m->names));
	m->biases = calloc(m->head->n_labels, sizeof(*m->biases));
	if (!m->names || !m->biases)
		check_panic("out of memory");
	for (size_t l = 0; l < m->head->n_labels; l++)
		m->biases[l] = m->labels[l].bias;
	for (size_t g = 0; g < m->head->n_groups; g++)
		for (size_t l = 0; l < m->groups[g].n_labels; l++) {
			const struct model_file_label *label = &m->labels[m->groups[g].first_label + l];
			struct model_name *name = &m->names[m->groups[g].first_label + l];
			memcpy(name->iso639, label->code, sizeof(name->iso639) - 1);
			if (model_needs_script(m, &m->groups[g], label->tag))
				snprintf(name->full, sizeof(name->full), "%s-%s", label->tag, m->groups[g].script);
		}
}

static bool model_check(struct model *m, const char *path, struct err *err)
{
	m->head = m->file.p;
	if (!model_lay_out(m) || !model_groups_are_sound(m) || !model_lists_are_sound(m))
		return err_set(err, "the model of languages '%s' is damaged: its parts do not fit together", path);
	return true;
}

struct model *model_open(const char *path, struct err *err)
{
	struct model *m = calloc(1, sizeof(*m));
	if (!m)
		check_panic("out of memory");
	if (!mapped_open(&m->file, &model_kind, path, err) || !model_check(m, path, err)) {
		model_close(&m);
		return NULL;
	}
	model_make_signs(m);
	model_name_labels(m);
	m->reader = reader_new();
#ifdef __x86_64__
	m->is_wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#endif
	return m;
}

void model_close(struct model **model)
{
	struct model *m = *model;
	if (!m)
		return;
	mapped_close(&m->file);
	reader_free(&m->reader);
	free(m->signs);
	free(m->names);
	free(m->biases);
	free(m);
	*model = NULL;
}

/* --- labels --------------------------------------------------------------------------------------------------- */

size_t model_groups(const struct model *m)
{
	return m->head->n_groups;
}

size_t model_group(const struct model *m, const char *script)
{
	for (size_t g = 0; g < m->head->n_groups; g++)
		if (strcmp(m->groups[g].script, script) == 0)
			return g;
	return SIZE_MAX;
}

size_t model_group_labels(const struct model *m, size_t group)
{
	CHECK(group < m->head->n_groups);
	return m->groups[group].n_labels;
}

const char *model_tag(const struct model *m, size_t group, size_t label)
{
	CHECK(group < m->head->n_groups && label < m->groups[group].n_labels);
	return m->labels[m->groups[group].first_label + label].tag;
}

const char *model_tag_in_script(const struct model *m, size_t group, size_t label, const char *script)
{
	const char *tag = model_tag(m, group, label);
	if (strcmp(tag, "zh") == 0)
		return strcmp(script, "Hans") == 0 ? "zh-Hans" : strcmp(script, "Hant") == 0 ? "zh-Hant" : tag;
	const char *full = m->names[m->groups[group].first_label + label].full;
	return full[0] ? full : tag;
}

const char *model_iso639(const struct model *m, size_t group, size_t label)
{
	CHECK(group < m->head->n_groups && label < m->groups[group].n_labels);
	return m->names[m->groups[group].first_label + label].iso639;
}

/* --- judging -------------------------------------------------------------------------------------------------- */

/* What features add up to on their way into model_sums, and the features before. */
struct model_reading {
	int16_t part[MODEL_LABELS_MAX + 1]; /* of dense lists */
	uint32_t n_part;                    /* weights in each part */
	uint64_t keys[MODEL_KEYS];
	size_t n_keys;
};

/* The slot where the search for a key begins. */
static size_t model_slot(const struct model *m, uint64_t key)
{
	return key >> m->slots_shift;
}

/* The key's list, or 0. */
static uint32_t model_find(const struct model *m, uint64_t key)
{
	const struct model_file_slot *slot = m->slots + model_slot(m, key);
	const struct model_file_slot *end = m->slots + ((size_t)1 << m->head->slots_log2);
	for (;;) {
		uint64_t bits = model_file_slot_bits(slot);
		if (model_file_slot_list(bits) == 0 || model_file_slot_check(bits) == model_file_check(key))
			return model_file_slot_list(bits);
		if (++slot == end)
			slot = m->slots;
	}
}

/* A bit for each byte of the word that is 0. */
static MODEL_INLINE uint64_t model_zeros(uint64_t word)
{
	uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	return ~(((word & low) + low) | word | low);
}

/* The first slot on the key's way that has its sign, most likely the key's; SIZE_MAX: the key has none. */
static MODEL_INLINE size_t model_likely(const struct model *m, uint64_t key)
{
	uint64_t sign = UINT64_C(0x0101010101010101) * model_sign(model_file_check(key)), word;
	size_t mask = m->slots_mask;
	for (size_t at = model_slot(m, key);; at = (at + sizeof(word)) & mask) {
		memcpy(&word, m->signs + at, sizeof(word));
		uint64_t empty = model_zeros(word);
		uint64_t same = model_zeros(word ^ sign) & ((empty & -empty) - 1);
		if (same)
			return (at + (size_t)__builtin_ctzll(same) / 8) & mask;
		if (empty)
			return SIZE_MAX;
	}
}

static void model_add_parts(struct model_reading *reading, struct model_sums *sums)
{
	for (size_t l = 0; l <= MODEL_LABELS_MAX; l++)
		sums->sum[l] += reading->part[l];
	memset(reading->part, 0, sizeof(reading->part));
	reading->n_part = 0;
}

/* Parts are of 16 bits, so that one step of the processor adds many; they go into the sums before they overflow. */
static MODEL_INLINE void model_add_dense(const int8_t *restrict weights, size_t n_labels, struct model_reading *reading,
                                         struct model_sums *sums)
{
	if (++reading->n_part > MODEL_PART_MAX) {
		model_add_parts(reading, sums);
		reading->n_part = 1;
	}
	/* Whole steps of 32: what is added behind the last label is nobody's, and a list ends so far before the units.
	 */
	int16_t *restrict part = reading->part;
	for (size_t l = 0; l < n_labels; l += MODEL_STEP)
		for (size_t k = 0; k < MODEL_STEP; k++)
			part[l + k] = (int16_t)(part[l + k] + weights[l + k]);
}

static MODEL_INLINE void model_add_list(const struct model *m, uint32_t at, size_t n_labels,
                                        struct model_reading *reading, struct model_sums *sums)
{
	const uint16_t *unit = m->units + at + 1;
	size_t n = m->units[at];
	sums->known++;
	if (n == MODEL_FILE_DENSE) {
		model_add_dense((const int8_t *)unit, n_labels, reading, sums);
		return;
	}
	/* Half of all steps are here. The weight is the upper byte with its sign. */
#pragma GCC unroll 4
	for (size_t i = 0; i < n; i++)
		sums->sum[unit[i] & 0xff] += (int16_t)unit[i] >> 8;
}

/* A feature on its way through the tables. */
struct model_feature {
	size_t slot;
	uint32_t list;
};

static MODEL_INLINE void model_ask_slot(const struct model *m, uint64_t key, struct model_feature *feature)
{
	feature->slot = model_likely(m, key);
	if (feature->slot != SIZE_MAX)
		__builtin_prefetch(&m->slots[feature->slot]);
}

/* Many lists are longer than a cache line, so the next one is asked for too. Behind the model's end that does no harm.
 */
static MODEL_INLINE void model_ask_list(const struct model *m, uint64_t key, struct model_feature *feature)
{
	feature->list = 0;
	if (feature->slot == SIZE_MAX)
		return;
	uint64_t bits = model_file_slot_bits(&m->slots[feature->slot]);
	feature->list =
	        model_file_slot_check(bits) == model_file_check(key) ? model_file_slot_list(bits) : model_find(m, key);
	__builtin_prefetch(m->units + feature->list);
	__builtin_prefetch(m->units + feature->list + MODEL_LINE_UNITS);
}

/* Tables are megabytes and features all over them: the memory is asked for what will be read well before it is. */
static MODEL_INLINE void model_flush_inline(const struct model *m, size_t n_labels, struct model_reading *reading,
                                            struct model_sums *sums)
{
	struct model_feature features[MODEL_RING];
	for (size_t i = 0; i < reading->n_keys + 2 * MODEL_AHEAD; i++) {
		size_t ask = i - MODEL_AHEAD, add = ask - MODEL_AHEAD;
		if (add < reading->n_keys && features[add % MODEL_RING].list)
			model_add_list(m, features[add % MODEL_RING].list, n_labels, reading, sums);
		if (ask < reading->n_keys)
			model_ask_list(m, reading->keys[ask], &features[ask % MODEL_RING]);
		if (i < reading->n_keys)
			model_ask_slot(m, reading->keys[i], &features[i % MODEL_RING]);
	}
	sums->tried += (uint32_t)reading->n_keys;
	reading->n_keys = 0;
}

static void model_flush_plain(const struct model *m, size_t n_labels, struct model_reading *reading,
                              struct model_sums *sums)
{
	model_flush_inline(m, n_labels, reading, sums);
}

#ifdef __x86_64__
/* The same for processors that add sixteen parts in a step. */
__attribute__((target("avx2,bmi,bmi2"))) static void
model_flush_wide(const struct model *m, size_t n_labels, struct model_reading *reading, struct model_sums *sums)
{
	model_flush_inline(m, n_labels, reading, sums);
}
#else
#define model_flush_wide model_flush_plain
#endif

static void model_flush(const struct model *m, size_t n_labels, struct model_reading *reading, struct model_sums *sums)
{
	if (m->is_wide)
		model_flush_wide(m, n_labels, reading, sums);
	else
		model_flush_plain(m, n_labels, reading, sums);
}

void model_read(const struct model *m, size_t group, struct str text, struct model_sums *sums)
{
	CHECK(group < m->head->n_groups);
	struct model_reading reading;
	uint16_t word[READER_WORD_MAX];
	size_t n, n_labels = m->groups[group].n_labels;
	bool is_latin = strcmp(m->groups[group].script, "Latn") == 0;
	memset(reading.part, 0, sizeof(reading.part));
	reading.n_part = 0;
	reading.n_keys = 0;
	for (size_t at = 0, began = 0; (n = reader_next_word(m->reader, text, &at, word)) > 0; began = at) {
		reader_unmix(word, n);
		if (!reader_is_at_home(word, is_latin))
			continue;
		if (reading.n_keys + READER_FEATURES_MAX > MODEL_KEYS)
			model_flush(m, n_labels, &reading, sums);
		size_t first = reading.n_keys, from = first;
		reading.n_keys += reader_features((uint32_t)group, word, n, reading.keys + from);
		for (; from < reading.n_keys; from++)
			__builtin_prefetch(m->signs + model_slot(m, reading.keys[from]));
		usual_add(&sums->words, reader_whole(&reading.keys[first], n),
		          !reader_is_capital(m->reader, text, began));
		sums->letters += (uint32_t)n;
	}
	model_flush(m, n_labels, &reading, sums);
	model_add_parts(&reading, sums);
}

void model_join(struct model_sums *to, const struct model_sums *from)
{
	for (size_t l = 0; l <= MODEL_LABELS_MAX; l++)
		to->sum[l] += from->sum[l];
	to->tried += from->tried;
	to->known += from->known;
	to->letters += from->letters;
	for (uint32_t i = 0; i < from->words.n; i++)
		usual_add(&to->words, from->words.keys[i], from->words.small >> i & 1);
}

static struct usual_count model_count_words(const struct model *m, size_t group, const struct model_sums *sums,
                                            size_t label)
{
	return usual_count(m->words, m->head->n_words, &sums->words, m->groups[group].first_label + (uint32_t)label);
}

/* What the weights are worth in a text of so many features. */
static double model_factor(const struct model *m, const struct model_sums *sums)
{
	return (double)m->head->scale / sqrt(sums->known ? sums->known : 1);
}

static double model_score(const struct model *m, size_t group, double factor, const struct model_sums *sums,
                          size_t label)
{
	return factor * sums->sum[label] + (double)m->biases[m->groups[group].first_label + label];
}

/* In two passes, each of which the processor makes many steps of at once. */
size_t model_best(const struct model *m, size_t group, const struct model_sums *sums)
{
	size_t n = m->groups[group].n_labels, best = 0;
	const float *biases = m->biases + m->groups[group].first_label;
	float factor = (float)model_factor(m, sums), scores[MODEL_LABELS_MAX];
	for (size_t l = 0; l < n; l++)
		scores[l] = factor * (float)sums->sum[l] + biases[l];
	for (size_t l = 1; l < n; l++)
		best = scores[l] > scores[best] ? l : best;
	return m->labels[m->groups[group].first_label + best].first_with_tag;
}

static double model_temper(const struct model *m, size_t group, const struct model_sums *sums)
{
	double temper = (double)m->head->tempers[model_file_temper(sums->known)];
	return m->groups[group].has_words ? temper : temper * (double)MODEL_FILE_PLAIN;
}

double model_odds(const struct model *m, size_t group, const struct model_sums *sums, size_t label, size_t other)
{
	double factor = model_factor(m, sums);
	double odds = model_temper(m, group, sums) *
	              (model_score(m, group, factor, sums, label) - model_score(m, group, factor, sums, other));
	if (!m->groups[group].has_words)
		return odds;
	int more =
	        (int)model_count_words(m, group, sums, label).all - (int)model_count_words(m, group, sums, other).all;
	return odds + (double)m->head->worths[model_file_temper(sums->known)] * more;
}

double model_fits(const struct model *m, size_t group, const struct model_sums *sums, size_t label)
{
	CHECK(group < m->head->n_groups && label < m->groups[group].n_labels);
	const struct model_file_label *of = &m->labels[m->groups[group].first_label + label];
	if (sums->tried < MODEL_FILE_FIT_FEATURES)
		return 1;
	float fit = m->head->scale * (float)sums->sum[label] / (float)sums->tried;
	float far = model_file_far(of->fit_mean, of->fit_spread, fit, (float)sums->tried);
	if (m->groups[group].has_words)
		far += MODEL_FILE_FIT_WORDS *
		       model_file_far_words(of->cover, (float)model_count_words(m, group, sums, label).small,
		                            (float)__builtin_popcountll(sums->words.small));
	return of->fit_spread > 0 ? 1 / (1 + exp((double)(m->head->fit_slope * (m->head->fit_middle - far)))) : 1;
}

/* e to the power of what is below the best; far below it only their order matters. */
static double model_power(double below)
{
	return below < MODEL_NOTHING ? exp(-below) : 1e-14 / below;
}

static void model_softmax(double *values, size_t n)
{
	double top = values[0], sum = 0;
	for (size_t l = 1; l < n; l++)
		top = values[l] > top ? values[l] : top;
	for (size_t l = 0; l < n; l++)
		sum += values[l] = model_power(top - values[l]);
	for (size_t l = 0; l < n; l++)
		values[l] /= sum;
}

/* Labels that are near to the best get what their words are worth; if none is, that would change nothing. */
static void model_add_words(const struct model *m, size_t group, const struct model_sums *sums, double *scores)
{
	size_t n = m->groups[group].n_labels, n_near = 0;
	double top = scores[0], worth = (double)m->head->worths[model_file_temper(sums->known)];
	for (size_t l = 1; l < n; l++)
		top = scores[l] > top ? scores[l] : top;
	double least = top - MODEL_FILE_NEAR;
	for (size_t l = 0; l < n; l++)
		n_near += scores[l] > least;
	for (size_t l = 0; l < n && n_near > 1; l++)
		if (scores[l] > least)
			scores[l] += worth * model_count_words(m, group, sums, l).all;
}

void model_judge(const struct model *m, size_t group, const struct model_sums *sums, struct model_answer *out)
{
	CHECK(group < m->head->n_groups && m->groups[group].n_labels > 1);
	const struct model_file_group *g = &m->groups[group];
	const struct model_file_label *labels = &m->labels[g->first_label];
	*out = (struct model_answer){0};
	double temper = model_temper(m, group, sums), factor = model_factor(m, sums);
	for (size_t l = 0; l < g->n_labels; l++)
		out->probability[l] = temper * model_score(m, group, factor, sums, l);
	if (g->has_words)
		model_add_words(m, group, sums, out->probability);
	model_softmax(out->probability, g->n_labels);
	double top[MODEL_LABELS_MAX];
	for (size_t l = 0; l < g->n_labels; l++) {
		size_t first = labels[l].first_with_tag;
		double p = out->probability[l];
		if (first == l || p > top[first]) {
			top[first] = p;
			out->likeliest[first] = (uint8_t)l;
		}
		if (first == l)
			continue;
		out->probability[first] += p;
		out->probability[l] = 0;
	}
	double known = sums->tried ? (double)sums->known / sums->tried : 0;
	out->strange = sums->known == 0 || (sums->letters >= MODEL_KNOWN_LETTERS && known < (double)g->least_known);
}

struct model_ranked model_rank(const struct model *m, size_t group, const struct model_answer *answer)
{
	struct model_ranked ranked = {.best = SIZE_MAX, .second = SIZE_MAX};
	CHECK(group < m->head->n_groups);
	for (size_t l = 0; l < m->groups[group].n_labels; l++) {
		double p = answer->probability[l];
		if (p > ranked.best_p) {
			ranked.second = ranked.best;
			ranked.second_p = ranked.best_p;
			ranked.best = l;
			ranked.best_p = p;
		} else if (p > ranked.second_p) {
			ranked.second = l;
			ranked.second_p = p;
		}
	}
	return ranked;
}
