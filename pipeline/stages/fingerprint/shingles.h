/*
 * From folded text to samples, minima and numbers (sketch.h): one pass, a few operations a character, memory of fixed
 * size however long and odd the text is.
 *
 * A word is a run of letters and digits; a character of a script without blanks is a word of its own. A number is a
 * word that begins with a digit ("1234", "18th"), with the points and commas between digits: "1,234" and "1234" are the
 * same, "12.5" and "125" are not.
 */
#ifndef WIREDESK_SHINGLES_H
#define WIREDESK_SHINGLES_H

#include "pipeline/sketch.h"

#include <stdbool.h>
#include <stddef.h>

#define SHINGLES_WORDS      3
#define SHINGLES_CHARACTERS 6
/* Words that are remembered: a power of two. */
#define SHINGLES_LAST 8
/* The lead: so many shingles. */
#define SHINGLES_LEAD 64
/* The opening: about a sentence. */
#define SHINGLES_OPENING 24

/* The smallest hashes met, ascending, each once. */
struct shingles_least {
	uint32_t hashes[SKETCH_WHOLE_SAMPLES_MAX];
	uint32_t n, room;
};

struct shingles_number {
	struct sketch_number fact;
	char text[SKETCH_NUMBER_BYTES + 1]; /* its beginning, as folded, points and commas included */
};

/* What characters are, as far as they were met; ICU is asked once for each. Of a lane, and for good. */
struct shingles_classes {
	uint8_t *pages[256];
};
void shingles_classes_free(struct shingles_classes *classes);

struct shingles {
	struct shingles_classes *classes;
	/* The word at work: its hash, and its last bytes, which are not yet in it. */
	uint64_t word, held;
	unsigned held_bits;
	bool in_word, begins_with_digit, has_letter, has_joint;
	uint64_t joint_word;  /* the number with its last point or comma in it */
	uint32_t since_joint; /* digits behind it */
	char joint;           /* a point or comma behind a digit: nobody knows yet what it is; 0: none */
	/* The words before. */
	uint64_t last[SHINGLES_LAST]; /* of number n: last[n % SHINGLES_LAST] */
	size_t n_words;
	bool number_is_due; /* the last word was a number, and its frame wants the next one */
	uint64_t due_before;
	struct shingles_number due;
	char digits[SKETCH_NUMBER_BYTES + 1]; /* of the number at work */
	uint32_t n_digits;                    /* with points and commas */
	uint32_t plain;                       /* its value, while it has no more than four digits and no point */
	bool last_is_number;
	uint64_t copyright; /* the hash of that word */
	bool is_copyright;  /* it, or the sign, came last: a year behind it is no fact */
	/* What was found. */
	uint64_t n;
	struct shingles_least lead, whole;
	uint32_t minima[SKETCH_MINIMA], opening[SKETCH_OPENING_MINIMA];
	struct shingles_number numbers[SKETCH_NUMBERS_MAX];
	size_t n_numbers;
	/* The first numbers, then all shingles below a bound that falls as the text grows. The last two are left as
	 * they are by shingles_begin.
	 */
	uint32_t n_facts, n_all, all_end;
	struct sketch_number facts[SKETCH_FACTS_MAX];
	uint32_t all[SKETCH_SHINGLES_MAX];
};

void shingles_begin(struct shingles *s, struct shingles_classes *classes);
/* Whole characters of folded text. */
void shingles_take(struct shingles *s, const char *p, size_t n);
/* Fills samples, minima, numbers and n_shingles; and the numbers' words. Its shingles are s->all. */
void shingles_end(struct shingles *s, struct sketch *sketch, struct sketch_words *words);

/* All bits of the result depend on all bits of x. */
uint64_t shingles_mix(uint64_t x);
/* One more character of a word. */
uint64_t shingles_add(uint64_t word, uint32_t c);

#endif
