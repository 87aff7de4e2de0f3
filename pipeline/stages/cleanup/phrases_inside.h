/*
 * Inside of the phrases: what is compiled, and what is asked of it at every word.
 *
 *     phrases_filter.c  what phrases begin with
 *     phrases_build.c   the table to a tree
 *     phrases.c         a text to the phrases in it
 *
 * A tree of the phrases' folded bytes, walked from where a phrase may begin: at a word, at a mark, at each character of
 * a script without blanks. Most such places are told by a filter to be no beginning: a set of bits that knows the first
 * bytes of all phrases, which stays in the processor's nearest cache and whose answer, unlike a walk, does not wait for
 * memory. So time hardly grows with the number of phrases; what a text can make it pay is a walk of PHRASE_CHARS_MAX
 * steps from each of its words. Bytes that no phrase has share one class.
 */
#ifndef WIREDESK_CLEANUP_PHRASES_INSIDE_H
#define WIREDESK_CLEANUP_PHRASES_INSIDE_H

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/phrases.h"
#include "pipeline/words/fold.h"

#define PHRASE_KEY_BYTES    8  /* that the filter knows of a phrase */
#define PHRASE_FILTER_BITS  17 /* of a hash of fewer */
#define PHRASE_KEY_BITS     20 /* of a hash of them: of many phrases, too, few are taken for another */
#define PHRASE_KEY_WORDS    ((1 << PHRASE_KEY_BITS) / 64)
#define PHRASE_FILTER_WORDS ((1 << PHRASE_FILTER_BITS) / 64)
#define PHRASE_THREES       (1 << 15) /* of three bytes, five bits of each */
#define PHRASE_TWOS         (1 << 16) /* of a hash of two characters */
#define PHRASE_FARTHER      4096      /* bits for the first characters behind the plane */
#define PHRASE_PLANE        0x10000   /* characters of up to three bytes */
#define PHRASE_TWO_BYTES    0x800     /* characters of up to two */
#define PHRASE_FOLDS_LONG   0xffff
#define PHRASE_SMALL                                                                                                   \
	UINT64_C(0x2020202020202020) /* makes capitals of ASCII small; what it does to others matters not */

struct phrases_state {
	uint32_t children; /* number of the first; they stand side by side, in the order of their classes */
	uint32_t ends;     /* phrase that ends here, plus one */
	uint32_t n_children;
};

/* What an ASCII byte is in a text, where it needs no folding of its own. */
enum { ASCII_OTHER, ASCII_BLANK, ASCII_NOTHING };

/* What phrases begin with (see below). */
struct phrases_filter {
	uint64_t words[PHRASE_FILTER_WORDS], brief[PHRASE_FILTER_WORDS];
	uint64_t looks[PHRASE_FILTER_WORDS], middling[PHRASE_FILTER_WORDS];
	uint64_t keys[PHRASE_KEY_WORDS], doubles[PHRASE_KEY_WORDS];
	uint64_t farther[PHRASE_FARTHER / 64];
	uint64_t threes[PHRASE_THREES / 64], twos[PHRASE_TWOS / 64];
	uint8_t lengths[256]; /* by first byte: bit n, if a phrase has n bytes, fewer than a key */
	bool small[128];      /* by byte of ASCII */
};

enum { FILTER_ALL, FILTER_INSIDE, FILTERS }; /* inside: of those that say something within a line */

/* Of 64 characters side by side, a bit each. */
struct phrases_block {
	uint64_t letters;        /* words are made of them */
	uint64_t glued;          /* of those: behind another letter they begin no word */
	uint64_t first[FILTERS]; /* a phrase begins with what they fold to */
};

struct phrases {
	uint8_t class_of[256]; /* of a folded byte */
	uint8_t ascii_class[128], ascii_kind[128];
	size_t n_classes, n_states;
	struct phrases_filter filters[FILTERS];
	struct phrases_block blocks[PHRASE_PLANE / 64];
	uint8_t fives[256];               /* what a byte of a text is to `threes` */
	uint16_t folds[PHRASE_TWO_BYTES]; /* to one character of up to two bytes: those, the first one lowest; 0: to
	                                     nothing */
	uint32_t first[256];              /* by class: the child of the first state, or 0 */
	struct phrases_state *states;
	uint8_t *by;    /* by state: the class that leads there */
	uint32_t *same; /* by phrase: the next one with the same words, plus one */
	const struct phrase *own;
	bool has_keeps;
};

/* One of the table's, or of a desk's own behind them. */
const struct phrase *phrases_at(const struct phrases *p, size_t i);

/* Fills the filter with a phrase, folded. */
void phrases_let_in(struct phrases_filter *f, struct str folded);

/* Fills what is known of single characters, before any phrase. */
void phrases_know_characters(struct phrases *p);

/* Of a filter: firsts, by character of the plane: does a phrase begin with it? */
void phrases_let_in_first(struct phrases *p, const bool *firsts, int filter);

/* --- the filter ------------------------------------------------------------------------------------------------- */

/*
 * Sets of bits. A word of ASCII is asked for its first letters, of `threes`, and then of `words`, which knows the first
 * words of phrases, or eight bytes of them. All else is asked for its first character, of `blocks`, for the first two,
 * of `twos`, and then of `looks`, which knows the first two characters of most phrases, and one of those that are
 * shorter. What is in these is asked of `keys`, which knows eight bytes, or all of shorter phrases, which must end
 * where a word does: `lengths` and `brief` know where there are such. `doubles` knows sixteen bytes, and `middling`
 * eight of those that have fewer than sixteen.
 */

/* The first bytes as a number, the first one lowest; zeros behind a text that ends. */
static inline uint64_t phrases_key(const char *bytes, size_t n)
{
	uint64_t key = 0;
	for (size_t i = 0; i < n && i < PHRASE_KEY_BYTES; i++)
		key |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
	return key;
}

/* The bit that stands for the first n bytes of a key. */
static inline uint64_t phrases_hash(uint64_t key, size_t n)
{
	return ((key | PHRASE_SMALL) << 8 * (PHRASE_KEY_BYTES - n)) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline size_t phrases_bit(uint64_t key, size_t n)
{
	return phrases_hash(key, n) >> (64 - PHRASE_FILTER_BITS);
}

static inline size_t phrases_key_bit(uint64_t key, size_t n)
{
	return phrases_hash(key, n) >> (64 - PHRASE_KEY_BITS);
}

/* The same for two keys, one behind the other. */
static inline size_t phrases_double_bit(uint64_t key, uint64_t behind)
{
	uint64_t both = phrases_hash(key, PHRASE_KEY_BYTES) >> 7 ^ (behind | PHRASE_SMALL);
	return phrases_hash(both * UINT64_C(0xff51afd7ed558ccd), PHRASE_KEY_BYTES) >> (64 - PHRASE_KEY_BITS);
}

static inline bool phrases_is_set(const uint64_t *filter, size_t bit)
{
	return filter[bit / 64] >> bit % 64 & 1;
}

/* How many bytes `looks` knows of what begins with this byte: of most phrases; of those that are shorter. */
static inline size_t phrases_look_bytes(unsigned char first)
{
	return first < 0xe0 ? 4 : 6;
}

static inline size_t phrases_short_bytes(unsigned char first)
{
	return first < 0xe0 ? 2 : 3;
}

static inline size_t phrases_three(size_t first, size_t second, size_t third)
{
	return first | second << 5 | third << 10;
}

/* The bit of two characters, each as its bytes make a number. */
static inline size_t phrases_two(uint64_t first, uint64_t second)
{
	return (first | second << 24) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - 16);
}

static inline bool phrases_may_look(const struct phrases_filter *f, uint64_t key)
{
	unsigned char first = key & 0xff;
	return phrases_is_set(f->looks, phrases_bit(key, phrases_look_bytes(first))) ||
	       phrases_is_set(f->looks, phrases_bit(key, phrases_short_bytes(first)));
}

/* Does a word of ASCII go on from byte n - 1 of the key to byte n? */
static inline bool phrases_goes_on(uint64_t key, size_t n)
{
	uint32_t last = key >> 8 * (n - 1) & 0xff, behind = key >> 8 * n & 0xff;
	return last < 0x80 && behind < 0x80 && fold_is_word_char(last) && fold_is_word_char(behind);
}

/* May all of the key be a phrase's beginning? */
static inline bool phrases_may_begin_long(const struct phrases_filter *f, uint64_t key)
{
	return phrases_is_set(f->keys, phrases_key_bit(key, PHRASE_KEY_BYTES));
}

/* May it begin with a phrase that is shorter? word: how many of the bytes are its first word's, at least. */
static inline bool phrases_may_be_short(const struct phrases_filter *f, uint64_t key, size_t word)
{
	unsigned char first = key & 0xff;
	for (unsigned left = f->lengths[fold_ascii(first)] & ~0u << word; left; left &= left - 1) {
		size_t n = (size_t)__builtin_ctz(left);
		if (!phrases_goes_on(key, n) && phrases_is_set(f->keys, phrases_key_bit(key, n)))
			return true;
	}
	return false;
}

#endif
