/*
 * A sketch: what of a story's text is kept to tell how much of it another story shares, and whether both say the same.
 *
 * It is a value of fixed size without pointers, the same on every machine for the same text, so that it can stand in a
 * log. All hashes are of text after NFKC, case folding and white space (fingerprint/folding.h).
 *
 *  - *Shingles*: three words in a row; of scripts that put no blanks between words, six characters. Shared shingles are
 *    shared text.
 *  - *Samples*: the smallest hashes of shingles. Two texts that share much share samples, so an index over samples
 * finds candidates. The first few are the smallest of the lead alone: whoever takes a part of a story takes its
 * beginning.
 *  - *Minima*: of each class of shingles the smallest hash, cut to 4 bits (one-permutation hashing). The share of
 *    classes in which two texts agree tells the share of their shingles that they have in common; that they agree by
 *    chance once in 15 is reckoned with. Of the same bytes, many classes of few bits tell more than few of many.
 *  - *Opening*: minima of the first few shingles alone. Two stories that share most of their text, but not this, have
 *    different leads.
 *  - *Facts*: numbers of the whole text, each in its frame, the words before and behind it, and capitalised words of
 *    the lead. Two texts with other numbers in the same frames are two events told in the same words, or two versions.
 *  - *Headline*: its words, in order, without marks of version and outlet.
 */
#ifndef WIREDESK_SKETCH_H
#define WIREDESK_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKETCH_LEAD_SAMPLES_MAX  8
#define SKETCH_WHOLE_SAMPLES_MAX 24
#define SKETCH_SAMPLES_MAX       (SKETCH_LEAD_SAMPLES_MAX + SKETCH_WHOLE_SAMPLES_MAX)
#define SKETCH_MINIMA            80
#define SKETCH_MINIMUM_MAX       15 /* of each; two to a byte, the lower half first */
#define SKETCH_OPENING_MINIMA    8  /* written as the minima are */
#define SKETCH_NUMBERS_MAX       16
#define SKETCH_NAMES_MAX         20
#define SKETCH_HEADLINE_MAX      12

enum sketch_flag {
	SKETCH_UPDATE = 1 << 0,     /* the story says that it is an update of an earlier one */
	SKETCH_CORRECTION = 1 << 1, /* … a correction */
	SKETCH_CAPITALS = 1 << 2,   /* capital letters throughout: names cannot be told */
};

/* Hashes of words are of so many bits. */
#define SKETCH_WORD_BITS 12
/* Numbers below this are their own value, so that a person can be told; all others are a hash above it, and words of
 * digits and letters ("18th") one above that. */
#define SKETCH_NUMBER_PLAIN_MAX 2100
#define SKETCH_NUMBER_MIXED_MIN 3328
#define SKETCH_NUMBER_MAX       4095

struct sketch_number {
	uint16_t frame;
	uint16_t value;
};

struct sketch_text {
	uint8_t minima[SKETCH_MINIMA / 2];                /* 0: no shingle in that class */
	struct sketch_number numbers[SKETCH_NUMBERS_MAX]; /* the smallest, ascending by frame, then value */
	uint16_t names[SKETCH_NAMES_MAX];                 /* the first, each once */
	uint16_t headline[SKETCH_HEADLINE_MAX];           /* the first words, each once */
	uint8_t opening[SKETCH_OPENING_MINIMA / 2];
	uint32_t n_shingles;
	uint8_t n_numbers, n_names, n_headline, flags;
};

/* Of text->minima or text->opening. */
static inline unsigned sketch_minimum(const uint8_t *minima, size_t i)
{
	return minima[i / 2] >> i % 2 * 4 & SKETCH_MINIMUM_MAX;
}

/* value: at most SKETCH_MINIMUM_MAX. */
static inline void sketch_set_minimum(uint8_t *minima, size_t i, unsigned value)
{
	unsigned other = minima[i / 2] & (unsigned)SKETCH_MINIMUM_MAX << (1 - i % 2) * 4;
	minima[i / 2] = (uint8_t)(other | value << i % 2 * 4);
}

/* Samples stand apart: once they are in an index, the rest is enough to judge by. */
struct sketch {
	struct sketch_text text;
	uint32_t samples[SKETCH_SAMPLES_MAX]; /* of the lead, ascending; then of the whole, ascending; each once */
	uint8_t n_lead_samples, n_samples;
};

/* What whoever has the story itself knows beside its sketch, for the evidence: the facts as it has them (numbers[i] is
 * the sketch's numbers[i]), and what was shingled. Not in the log. */
#define SKETCH_NUMBER_BYTES 15
#define SKETCH_SHINGLES_MAX 2048
#define SKETCH_FACTS_MAX    256
struct sketch_words {
	char numbers[SKETCH_NUMBERS_MAX][SKETCH_NUMBER_BYTES + 1];
	struct {
		const char *p; /* in the story's body */
		uint32_t n;
	} names[SKETCH_NAMES_MAX];
	/* Hashes like those of the samples, of all shingles in their order; of a long text only the smaller ones. */
	const uint32_t *shingles;
	uint32_t n_shingles;
	/* Its first numbers, in their order: more than the sketch has. */
	const struct sketch_number *facts;
	uint32_t n_facts;
	bool is_of_files; /* a picture or film: its caption tells nothing of what it shows, and the sketch is empty */
};

#endif
