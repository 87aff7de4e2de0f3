/*
 * The usual words of languages: a filter of three bits a word, and which of a text's words are in it.
 *
 * Features have room for a few hundred words of a language, which uses thousands. A word that is in the filter has all
 * its bits there, of others one in twenty has. The program that makes the model looks words up by the same functions.
 */
#ifndef WIREDESK_LANGUAGE_USUAL_H
#define WIREDESK_LANGUAGE_USUAL_H

#include "pipeline/stages/language/model_file.h"

/* Words that are looked up: a text's first, each once: what is said twice says no more. */
#define USUAL_WORDS_MAX 64

/* Words of a text by their features; n and small are zero at first. */
struct usual_words {
	uint32_t n;
	uint64_t small; /* a bit each: begins with a small letter, or one that is neither, at least once: not a name */
	uint64_t keys[USUAL_WORDS_MAX];
};

struct usual_count {
	uint32_t all, small; /* of the text's words so many are usual in the language; of those that are no names */
};

static inline void usual_add(struct usual_words *words, uint64_t key, bool is_small)
{
	uint32_t i = 0;
	while (i < words->n && words->keys[i] != key)
		i++;
	if (i == USUAL_WORDS_MAX)
		return;
	words->keys[i] = key;
	words->n += i == words->n;
	words->small |= (uint64_t)is_small << i;
}

/* Where a label's word is in the filter: label counts all labels. */
static inline uint64_t usual_hash(uint64_t key, uint32_t label)
{
	uint64_t hash = (key ^ key >> 32 ^ ((uint64_t)label + 1) << 40) * UINT64_C(0xd6e8feb86659fd93);
	hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

static inline size_t usual_place(uint64_t hash, uint32_t n_words)
{
	return (size_t)((hash >> 32) * n_words >> 32);
}

/* Which of the 512 bits there is the i-th of it. */
static inline unsigned usual_bit(uint64_t hash, unsigned i)
{
	return (unsigned)(hash >> 9 * i & 511);
}

static inline struct usual_count usual_count(const struct model_file_words *filter, uint32_t n_words,
                                             const struct usual_words *words, uint32_t label)
{
	struct usual_count count = {0};
	for (uint32_t i = 0; i < words->n; i++) {
		uint64_t hash = usual_hash(words->keys[i], label);
		const uint64_t *bits = filter[usual_place(hash, n_words)].bits;
		bool has = true;
		for (unsigned k = 0; k < MODEL_FILE_BITS; k++)
			has = has && bits[usual_bit(hash, k) / 64] >> usual_bit(hash, k) % 64 & 1;
		count.all += has;
		count.small += has && words->small >> i & 1;
	}
	return count;
}

#endif
