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

/* Part of a text's features that its languages have at the least; below 12 letters nothing can be said of it. */
#define MODEL_KNOWN_LETTERS 12
/* Different features that are counted before their lists are read; their places, a power of two, are not full then. */
#define MODEL_COUNT  2048
#define MODEL_PLACES 4096
/* Lists that are asked for before the first of them is read. */
#define MODEL_AHEAD 16
/* Weights of a byte that 16 bits can add up. */
#define MODEL_PART_MAX 255
/* Units in a cache line. */
#define MODEL_LINE_UNITS 32

struct model {
	struct mapped file;
	const struct model_file_head *head;
	const struct model_file_group *groups;
	const struct model_file_label *labels;
	const struct model_file_slot *slots;
	const uint16_t *units;
	uint8_t *signs; /* a byte for each slot, see model_make_signs */
	struct reader *reader;
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
	    head->slots_log2 < 1 || head->n_units > MODEL_FILE_BYTES_MAX)
		return false;
	size_t n_slots = (size_t)1 << head->slots_log2;
	m->groups = (const struct model_file_group *)(head + 1);
	m->labels = (const struct model_file_label *)(m->groups + head->n_groups);
	m->slots = (const struct model_file_slot *)(m->labels + head->n_labels);
	m->units = (const uint16_t *)(m->slots + n_slots);
	return sizeof(*head) + head->n_groups * sizeof(*m->groups) + head->n_labels * sizeof(*m->labels) +
	               n_slots * sizeof(*m->slots) + head->n_units * sizeof(*m->units) ==
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
	return (uint32_t)slot->at_high << 16 | slot->at_low;
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
static uint8_t model_sign(uint16_t check)
{
	uint8_t sign = (uint8_t)(check >> 8);
	return sign ? sign : 1;
}

/*
 * What is in the slots, in a sixth of their bytes: the processor's own memory holds them, and eight are looked at
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
			m->signs[i] = model_sign(m->slots[i % n].check);
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
	m->reader = reader_new();
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

/* --- judging -------------------------------------------------------------------------------------------------- */

struct model_sums {
	int32_t sum[MODEL_LABELS_MAX + 1];  /* one more than there are: a dense list is read in whole units */
	int16_t part[MODEL_LABELS_MAX + 1]; /* of dense lists, on its way into the sum */
	uint32_t n_part;                    /* weights in each part */
	uint32_t tried, known;
};

/* The slot where the search for a key begins. */
static size_t model_slot(const struct model *m, uint64_t key)
{
	return key >> (64 - m->head->slots_log2);
}

/* The key's list, or 0. */
static uint32_t model_find(const struct model *m, uint64_t key)
{
	const struct model_file_slot *slot = m->slots + model_slot(m, key);
	const struct model_file_slot *end = m->slots + ((size_t)1 << m->head->slots_log2);
	for (;;) {
		uint32_t at = model_slot_list(slot);
		if (at == 0 || slot->check == (uint16_t)key)
			return at;
		if (++slot == end)
			slot = m->slots;
	}
}

/* A bit for each byte of the word that is 0. */
static uint64_t model_zeros(uint64_t word)
{
	uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	return ~(((word & low) + low) | word | low);
}

/* The first slot on the key's way that has its sign, most likely the key's; SIZE_MAX: the key has none. */
static size_t model_likely(const struct model *m, uint64_t key)
{
	uint64_t sign = UINT64_C(0x0101010101010101) * model_sign((uint16_t)key), word;
	size_t mask = ((size_t)1 << m->head->slots_log2) - 1;
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

static void model_add_parts(struct model_sums *sums)
{
	for (size_t l = 0; l <= MODEL_LABELS_MAX; l++)
		sums->sum[l] += sums->part[l];
	memset(sums->part, 0, sizeof(sums->part));
	sums->n_part = 0;
}

/* Parts are of 16 bits, so that one step of the processor adds many; they go into the sums before they overflow. */
static void model_add_dense(const int8_t *weights, size_t n_labels, uint32_t times, struct model_sums *sums)
{
	while (times) {
		uint32_t n = times < MODEL_PART_MAX ? times : MODEL_PART_MAX;
		if (sums->n_part + n > MODEL_PART_MAX)
			model_add_parts(sums);
		for (size_t l = 0; l < n_labels; l++)
			sums->part[l] = (int16_t)(sums->part[l] + weights[l] * (int16_t)n);
		sums->n_part += n;
		times -= n;
	}
}

static void model_add_list(const struct model *m, uint32_t at, size_t n_labels, uint32_t times, struct model_sums *sums)
{
	const uint16_t *unit = m->units + at + 1;
	size_t n = m->units[at];
	sums->known += times;
	if (n == MODEL_FILE_DENSE) {
		model_add_dense((const int8_t *)unit, n_labels, times, sums);
		return;
	}
	for (size_t i = 0; i < n; i++)
		sums->sum[unit[i] & 0xff] += (int8_t)(unit[i] >> 8) * (int32_t)times;
}

/*
 * Features with how often they came. Half of a text's features are there for a second time, above all those with long
 * lists: each list is read once.
 */
struct model_count {
	uint64_t keys[MODEL_COUNT];
	uint32_t times[MODEL_COUNT];
	uint16_t places[MODEL_PLACES]; /* by the key: its number, from 1; 0: free */
	size_t n;
};

static void model_forget(struct model_count *count)
{
	memset(count->places, 0, sizeof(count->places));
	count->n = 0;
}

static void model_count(const struct model *m, struct model_count *count, uint64_t key)
{
	size_t place = (size_t)(key >> 40) % MODEL_PLACES;
	for (; count->places[place]; place = (place + 1) % MODEL_PLACES)
		if (count->keys[count->places[place] - 1] == key) {
			count->times[count->places[place] - 1]++;
			return;
		}
	__builtin_prefetch(m->signs + model_slot(m, key));
	count->keys[count->n] = key;
	count->times[count->n] = 1;
	count->places[place] = (uint16_t)++count->n;
}

/* A feature on its way through the tables. */
struct model_feature {
	size_t slot;
	uint32_t list;
};

static void model_ask_slot(const struct model *m, uint64_t key, struct model_feature *feature)
{
	feature->slot = model_likely(m, key);
	if (feature->slot != SIZE_MAX)
		__builtin_prefetch(&m->slots[feature->slot]);
}

/* Many lists are longer than a cache line, so the next one is asked for too. Behind the model's end that does no harm.
 */
static void model_ask_list(const struct model *m, uint64_t key, struct model_feature *feature)
{
	const struct model_file_slot *slot = &m->slots[feature->slot];
	if (feature->slot == SIZE_MAX)
		return;
	feature->list = slot->check == (uint16_t)key ? model_slot_list(slot) : model_find(m, key);
	__builtin_prefetch(m->units + feature->list);
	__builtin_prefetch(m->units + feature->list + MODEL_LINE_UNITS);
}

/* Tables are megabytes and features all over them: the memory is asked for what will be read well before it is. */
static void model_flush(const struct model *m, size_t n_labels, struct model_count *count, struct model_sums *sums)
{
	struct model_feature features[MODEL_COUNT];
	for (size_t i = 0; i < count->n + 2 * MODEL_AHEAD; i++) {
		size_t ask = i - MODEL_AHEAD, add = ask - MODEL_AHEAD;
		if (i < count->n)
			model_ask_slot(m, count->keys[i], &features[i]);
		if (ask < count->n)
			model_ask_list(m, count->keys[ask], &features[ask]);
		if (add >= count->n)
			continue;
		sums->tried += count->times[add];
		if (features[add].slot != SIZE_MAX && features[add].list)
			model_add_list(m, features[add].list, n_labels, count->times[add], sums);
	}
	model_forget(count);
}

/* Adds up the text's features; returns its letters. */
static uint32_t model_sum(const struct model *m, size_t group, struct str text, struct model_sums *sums)
{
	struct model_count count;
	uint64_t keys[READER_FEATURES_MAX];
	uint16_t word[READER_WORD_MAX];
	uint32_t letters = 0;
	size_t n, n_labels = m->groups[group].n_labels;
	bool is_latin = strcmp(m->groups[group].script, "Latn") == 0;
	model_forget(&count);
	for (size_t at = 0; (n = reader_next_word(m->reader, text, &at, word)) > 0;) {
		if (!reader_is_at_home(word, is_latin))
			continue;
		if (count.n + READER_FEATURES_MAX > MODEL_COUNT)
			model_flush(m, n_labels, &count, sums);
		size_t n_keys = reader_features((uint32_t)group, word, n, keys);
		for (size_t i = 0; i < n_keys; i++)
			model_count(m, &count, keys[i]);
		letters += (uint32_t)n;
	}
	model_flush(m, n_labels, &count, sums);
	model_add_parts(sums);
	return letters;
}

static void model_softmax(double *values, size_t n)
{
	double top = values[0], sum = 0;
	for (size_t l = 1; l < n; l++)
		top = fmax(top, values[l]);
	for (size_t l = 0; l < n; l++)
		sum += values[l] = exp(values[l] - top);
	for (size_t l = 0; l < n; l++)
		values[l] /= sum;
}

void model_judge(const struct model *m, size_t group, struct str text, struct model_answer *out)
{
	CHECK(group < m->head->n_groups && m->groups[group].n_labels > 1);
	struct model_sums sums = {0};
	const struct model_file_group *g = &m->groups[group];
	const struct model_file_label *labels = &m->labels[g->first_label];
	*out = (struct model_answer){.letters = model_sum(m, group, text, &sums)};
	double factor = (double)m->head->scale / sqrt(sums.known ? sums.known : 1);
	double temper = (double)m->head->tempers[model_file_temper(sums.known)];
	for (size_t l = 0; l < g->n_labels; l++)
		out->probability[l] = temper * (factor * sums.sum[l] + (double)labels[l].bias);
	model_softmax(out->probability, g->n_labels);
	for (size_t l = 0; l < g->n_labels; l++) {
		if (labels[l].first_with_tag == l)
			continue;
		out->probability[labels[l].first_with_tag] += out->probability[l];
		out->probability[l] = 0;
	}
	out->known = sums.tried ? (double)sums.known / sums.tried : 0;
	out->strange = sums.known == 0 || (out->letters >= MODEL_KNOWN_LETTERS && out->known < (double)g->least_known);
}
