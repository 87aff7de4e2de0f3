/*
 * The file of the model, in the order of its parts; little-endian, each part where the one before it ends.
 *
 *     struct model_file_head
 *     struct model_file_group × n_groups
 *     struct model_file_label × n_labels      grouped; a group's are neighbours
 *     struct model_file_slot × 2^slots_log2   open addressing by the key's upper bits, linear
 *     uint16_t × n_units                      lists of weights; unit 0 is unused
 *
 * A list begins with the number of its weights, each of which is a unit: the label's number in its group in the lower
 * byte, the weight, a signed byte, in the upper. The number MODEL_FILE_DENSE: a byte for every label of the group
 * follows instead, padded to a whole unit.
 */
#ifndef WIREDESK_LANGUAGE_MODEL_FILE_H
#define WIREDESK_LANGUAGE_MODEL_FILE_H

#include <stdint.h>

#define MODEL_FILE_MAGIC      "WDLANG\r\n"
#define MODEL_FILE_VERSION    1
#define MODEL_FILE_DENSE      UINT16_C(0xffff)
#define MODEL_FILE_BYTES_MAX  (8 * 1024 * 1024)
#define MODEL_FILE_GROUPS_MAX 256
#define MODEL_FILE_TEMPERS    5

struct model_file_head {
	char magic[8];
	uint32_t version;
	uint32_t n_groups;
	uint32_t n_labels;
	uint32_t slots_log2;
	uint32_t n_units;
	float scale;                       /* what a weight of 1 is worth */
	float tempers[MODEL_FILE_TEMPERS]; /* what scores are multiplied by: by number of features */
	uint32_t unused;
	uint64_t bytes;    /* of the file */
	uint64_t checksum; /* XXH3 of the file with zeros in this place */
};

struct model_file_group {
	char script[8]; /* ISO 15924, NUL behind it */
	uint32_t first_label, n_labels;
	float least_known; /* share of features: below it a text is in no language of the group */
};

struct model_file_label {
	char code[12]; /* as the training text has it */
	char tag[12];  /* BCP 47, NUL behind it */
	float bias;
	uint32_t first_with_tag; /* number in the group */
};

struct model_file_slot {
	uint16_t check;           /* lower bits of the key */
	uint16_t at_low, at_high; /* the list's first unit; 0: a free slot */
};

/* Which temper is for a text of so many features. */
static inline unsigned model_file_temper(uint32_t features)
{
	return features < 32 ? 0 : features < 96 ? 1 : features < 256 ? 2 : features < 1024 ? 3 : 4;
}

#endif
