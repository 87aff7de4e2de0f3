/*
 * Which earlier claims share samples with this one? An inverted index from samples to claims.
 *
 * Claims are numbers that rise by one, as in a ring; they enter as the newest and leave at either end. What stands in
 * every story (a footer, a press office's first line) tells nothing and would cost most, so of each sample at most
 * POSTINGS_CAP claims are noted in one span of time, the first ones, and at most POSTINGS_READ are read, the last ones.
 * A claim whose first samples are full is noted by its next ones: the hundredth bulletin in one template by its own
 * words. What is found depends on claims, their order and spans alone. One thread.
 */
#ifndef WIREDESK_DEDUP_POSTINGS_H
#define WIREDESK_DEDUP_POSTINGS_H

#include <stddef.h>
#include <stdint.h>

/* Samples of a claim that are noted, at most. */
#define POSTINGS_NOTED_MAX 10
#define POSTINGS_CAP       8
#define POSTINGS_READ      64
#define POSTINGS_READ_FEW  8
/* Samples that are looked up at a time. */
#define POSTINGS_ASKED_MAX 32
#define POSTINGS_FOUND_MAX (POSTINGS_ASKED_MAX * POSTINGS_READ)

struct postings;

struct postings_found {
	uint32_t claim;
	uint32_t shared;      /* samples */
	uint16_t first, last; /* the first and the last of those that were asked for */
};

struct postings *postings_new(uint32_t first_claim);
void postings_free(struct postings **postings);

/* Asks for the memory that adding samples, or finding them, will want: see noted.h. */
struct noted_hint;
void postings_expect(const struct postings *p, const uint32_t *samples, size_t n, struct noted_hint *hints);
void postings_expect_notes(const struct noted_hint *hints, size_t n);

/* The next claim, with up to POSTINGS_ASKED_MAX samples, each once: in this order those are noted that have room, up to
 * POSTINGS_NOTED_MAX. Spans do not fall. */
void postings_add(struct postings *p, int64_t span, const uint32_t *samples, size_t n);
/* There must be one. */
int64_t postings_oldest_span(const struct postings *p);
void postings_drop_oldest(struct postings *p);
/* However many are taken back in a row, the next other call goes once through all of the index. */
void postings_drop_newest(struct postings *p);

/*
 * Claims from `from` on and before `before` that share samples, in no order; *n of them, valid until the next call.
 * Samples: each once.
 */
const struct postings_found *postings_find(struct postings *p, const uint32_t *samples, size_t n_samples, uint32_t from,
                                           uint32_t before, size_t *n);
/* The same for any number of samples, of each of which only POSTINGS_READ_FEW claims are read; when POSTINGS_FOUND_MAX
 * are found, no others are met. */
const struct postings_found *postings_find_all(struct postings *p, const uint32_t *samples, size_t n_samples,
                                               uint32_t from, uint32_t before, size_t *n);

#endif
