/*
 * The file of the model, in the order of its parts; little-endian, each part where the one before it ends.
 *
 *     struct model_file_head
 *     struct model_file_group × n_groups
 *     struct model_file_label × n_labels      grouped; a group's are neighbours
 *     struct model_file_words × n_words       from the next multiple of their size; see usual.h
 *     struct model_file_slot × 2^slots_log2   open addressing by the key's upper bits, linear
 *     uint16_t × n_units                      lists of weights; unit 0 is unused
 *
 * A list begins with the number of its weights, each of which is a unit: the label's number in its group in the lower
 * byte, the weight, a signed byte, in the upper. The number MODEL_FILE_DENSE: a byte for every label of the group
 * follows instead, padded to a whole unit.
 */
#ifndef WIREDESK_LANGUAGE_MODEL_FILE_H
#define WIREDESK_LANGUAGE_MODEL_FILE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MODEL_FILE_MAGIC      "WDLANG\r\n"
#define MODEL_FILE_VERSION    3
#define MODEL_FILE_DENSE      UINT16_C(0xffff)
#define MODEL_FILE_BYTES_MAX  (8 * 1024 * 1024)
#define MODEL_FILE_GROUPS_MAX 256
#define MODEL_FILE_TEMPERS    5
#define MODEL_FILE_FIT_TEXT   .08f
#define MODEL_FILE_FIT_COVER  .2f
#define MODEL_FILE_FIT_WORDS  2.f
/* Of fewer features, as headlines have, it cannot be said: names make too much of them. */
#define MODEL_FILE_FIT_FEATURES 200
/* Only labels that are so near to the best (a logarithm) are asked for their words. */
#define MODEL_FILE_NEAR 8
/* Scores count for so much more in scripts where no words add to them. */
#define MODEL_FILE_PLAIN     1.1f
#define MODEL_FILE_BITS      3
#define MODEL_FILE_UNITS_MAX ((size_t)1 << 22)

struct model_file_head {
	char magic[8];
	uint32_t version;
	uint32_t n_groups;
	uint32_t n_labels;
	uint32_t slots_log2;
	uint32_t n_units;
	float scale;                       /* what a weight of 1 is worth */
	float tempers[MODEL_FILE_TEMPERS]; /* what scores are multiplied by: by number of features */
	float worths[MODEL_FILE_TEMPERS];  /* what a word that is among the label's adds then */
	uint32_t n_words;
	float fit_middle, fit_slope; /* in a language of the group or in none: see model_file_far */
	uint64_t bytes;              /* of the file */
	uint64_t checksum;           /* XXH3 of the file with zeros in this place */
};

struct model_file_group {
	char script[8]; /* ISO 15924, NUL behind it */
	uint32_t first_label, n_labels;
	float least_known;  /* share of features: below it a text is in no language of the group */
	uint32_t has_words; /* its labels have words: not where text has no spaces */
};

struct model_file_label {
	char code[12]; /* as the training text has it */
	char tag[12];  /* BCP 47, NUL behind it */
	float bias;
	float fit_mean, fit_spread; /* what a feature of its text adds on average, and how that varies; 0: not known */
	float cover;                /* how many of its text's words, names aside, are among its words; 0: not known */
	uint32_t first_with_tag;    /* number in the group */
};

/* Of 40 bits the lower 22 are the list's first unit, 0 for a free slot; the upper 18 are the key's lowest. */
struct model_file_slot {
	uint8_t bytes[5];
};

struct model_file_words {
	uint64_t bits[8];
};

static inline uint64_t model_file_slot_bits(const struct model_file_slot *slot)
{
	uint32_t low;
	memcpy(&low, slot->bytes, sizeof(low));
	return low | (uint64_t)slot->bytes[4] << 32;
}

static inline uint32_t model_file_slot_list(uint64_t bits)
{
	return (uint32_t)(bits & (MODEL_FILE_UNITS_MAX - 1));
}

static inline uint32_t model_file_slot_check(uint64_t bits)
{
	return (uint32_t)(bits >> 22);
}

static inline uint32_t model_file_check(uint64_t key)
{
	return key & 0x3ffff;
}

/* Which temper is for a text of so many features. */
static inline unsigned model_file_temper(uint32_t features)
{
	return features < 32 ? 0 : features < 96 ? 1 : features < 256 ? 2 : features < 1024 ? 3 : 4;
}

/*
 * How much less than usual for its language a text's features add up to, in spreads; positive is more than usual. What
 * other texts are about makes a difference that does not go with length.
 */
static inline float model_file_far(float fit_mean, float fit_spread, float fit, float features)
{
	float usual = MODEL_FILE_FIT_TEXT * fit_mean;
	return fit_spread > 0 ? (fit - fit_mean) / sqrtf(fit_spread * fit_spread / features + usual * usual) : 0;
}

/* The same of its words: so many of them are the language's, of so many. */
static inline float model_file_far_words(float cover, float usual, float words)
{
	float text = MODEL_FILE_FIT_COVER * cover;
	if (cover <= 0 || words < 1)
		return 0;
	return (usual / words - cover) / sqrtf(cover * (1 - cover) / words + text * text);
}

#endif
