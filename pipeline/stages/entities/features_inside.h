/*
 * What the parts of the features share: kinds, shapes, and how keys are made. Included by features*.c alone.
 *
 * Keys are hashes of a kind of feature and its values.
 */
#ifndef WIREDESK_ENTITIES_FEATURES_INSIDE_H
#define WIREDESK_ENTITIES_FEATURES_INSIDE_H

#include "pipeline/stages/entities/features.h"

#define FEATURES_GLUED      64 /* added to the shape of a word without white space before it */
#define FEATURES_SEEN       2  /* places in a document that are kept a word */
#define FEATURES_SMALL_BITS 16384

enum features_shape {
	SHAPE_EDGE,
	SHAPE_SMALL_ONE,
	SHAPE_SMALL,
	SHAPE_CAPITAL_ONE,
	SHAPE_CAPITAL,
	SHAPE_UPPER_TWO,
	SHAPE_UPPER_FEW,
	SHAPE_UPPER_MANY,
	SHAPE_SMALL_MIXED,
	SHAPE_CAPITAL_MIXED,
	SHAPE_CASELESS,
	SHAPE_DIGIT,
	SHAPE_DIGITS_TWO,
	SHAPE_DIGITS_FOUR,
	SHAPE_DIGITS,
	SHAPE_HAN,
	SHAPE_HIRAGANA,
	SHAPE_KATAKANA,
	SHAPE_HANGUL,
	SHAPE_OTHER_ALONE,
	SHAPE_STOP,
	SHAPE_COMMA,
	SHAPE_COLON,
	SHAPE_HYPHEN,
	SHAPE_DASH,
	SHAPE_APOSTROPHE,
	SHAPE_QUOTE,
	SHAPE_OPENING,
	SHAPE_CLOSING,
	SHAPE_AND,
	SHAPE_SLASH,
	SHAPE_END,
	SHAPE_SIGN,
};

/* Kinds of features; a number once given stays, as models are made of them. */
enum features_kind {
	KIND_LOWER = 1,
	KIND_EXACT,
	KIND_BEGIN,
	KIND_END,
	KIND_INNER,
	KIND_NEAR_END,
	KIND_SHAPE,
	KIND_SHAPES_BEFORE,
	KIND_SHAPES_BEHIND,
	KIND_SHAPES_AROUND,
	KIND_SHAPES_TWO_BEFORE,
	KIND_SHAPES_TWO_BEHIND,
	KIND_CASE,
	KIND_FIRST,
	KIND_PAIR_BEFORE,
	KIND_PAIR_BEHIND,
	KIND_WORD_BEFORE_SHAPE,
	KIND_WORD_BEHIND_SHAPE,
	KIND_SMALL_BEFORE,
	KIND_SMALL_BEHIND,
	KIND_RUN_BEFORE,
	KIND_RUN_BEHIND,
	KIND_RUN_PLACE,
	KIND_CLASS,
	KIND_CLASSES,
	KIND_CLASSES_SHAPE,
	KIND_CLASSES_SHAPES,
	KIND_CLASSES_BEFORE,
	KIND_CLASSES_BEHIND,
	KIND_CLASSES_WORD_BEFORE,
	KIND_SEEN_BEFORE,
	KIND_SEEN_BEHIND,
	KIND_SEEN_SHAPES,
	KIND_SEEN_SMALL,
	KIND_SEEN_INSIDE,
	KIND_FAR_BEFORE,
	KIND_FAR_BEHIND,
	KIND_THREE_AROUND,
	KIND_THREE_BEFORE,
	KIND_THREE_BEHIND,
	KIND_CONTEXT_PAIR,
	KIND_LISTED,
	KIND_LISTED_SHAPES,
	KIND_LISTED_BEFORE,
	KIND_LISTED_BEHIND,
	KIND_RUN_LISTED,
	KIND_RUN_LISTED_BEHIND,
	KIND_CLASSES_PAIR,
	KIND_CLASSES_PAIR_BEHIND,
	KIND_SEEN_LISTED_BEFORE,
	KIND_SEEN_LISTED_BEHIND,
	KIND_SEEN_ALONE,
	KIND_HABIT,
	KIND_HABIT_BEFORE,
};

static inline uint64_t features_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio */
	return hash ^ hash >> 32;
}

static inline uint64_t features_key(enum features_kind kind, uint64_t a)
{
	return features_mix(features_mix(UINT64_C(0x51afd7ed558ccd25), (uint64_t)kind), a);
}

static inline uint64_t features_key2(enum features_kind kind, uint64_t a, uint64_t b)
{
	return features_mix(features_key(kind, a), b);
}

static inline uint64_t features_key3(enum features_kind kind, uint64_t a, uint64_t b, uint64_t c)
{
	return features_mix(features_key2(kind, a, b), c);
}

/* A word as it stands: what is known of it, and whether white space is before it. */
static inline void features_look(const struct features_source *source, size_t i, struct features_token *out)
{
	*out = source->known[i];
	if (!(source->words->at[i].flags & WORD_SPACE_BEFORE))
		out->shape = (uint8_t)(out->shape + FEATURES_GLUED);
}

/* --- a word in its document -------------------------------------------------------------------------------------- */

struct features_seen {
	uint64_t same; /* features_same */
	uint32_t n;
	uint32_t at[FEATURES_SEEN];
	uint64_t before[FEATURES_SEEN], behind[FEATURES_SEEN];
	uint8_t shape_before[FEATURES_SEEN], shape_behind[FEATURES_SEEN];
	uint8_t listed_before[FEATURES_SEEN], listed_behind[FEATURES_SEEN];
	bool capital_before[FEATURES_SEEN], capital_behind[FEATURES_SEEN];
	bool inside[FEATURES_SEEN]; /* not at a sentence's beginning */
};

struct features_document {
	struct features_seen *seen; /* in the order of their first places */
	uint32_t *table;            /* numbers of those, from 1 on, by hash; 0: a free place */
	size_t mask, n;
	uint8_t habit;                            /* features_habit */
	uint64_t small[FEATURES_SMALL_BITS / 64]; /* bits for words that stand somewhere without a capital */
};

/* The word's place in the table, or the free one where it would be. */
static inline uint32_t *features_document_find(const struct features_document *d, uint64_t same)
{
	size_t at = same >> 7 & d->mask;
	while (d->table[at] && d->seen[d->table[at] - 1].same != same)
		at = (at + 1) & d->mask;
	return &d->table[at];
}

static inline uint64_t features_small_bit(uint64_t lower, size_t *at)
{
	*at = (lower >> 20) % (FEATURES_SMALL_BITS / 64);
	return UINT64_C(1) << (lower >> 40 & 63);
}

/* What two words have in common that are taken for the same name. */
static inline uint64_t features_same(const struct features_token *t)
{
	return t->stem ? features_mix(0, t->stem) | 1 : t->lower;
}

#endif
