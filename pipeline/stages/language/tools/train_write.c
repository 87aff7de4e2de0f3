/* The file. See train.h. */
#include "pipeline/stages/language/tools/train.h"

#include "pipeline/base/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

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

void train_write(const struct train *t, const char *path)
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
