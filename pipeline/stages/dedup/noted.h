/*
 * Which claims noted this sample? A table from samples to claims, in as few bytes as it can be told exactly.
 *
 * Claims are known by serial numbers of 64 bits that rise; those from `oldest` on and before `next` are held. What was
 * noted for others is never found, and is swept away now and then: nobody has to take it out. A note takes some five
 * bytes, whatever the number of claims: a large table grows by a sixteenth at a time, one of its parts after the other.
 * One thread.
 */
#ifndef WIREDESK_DEDUP_NOTED_H
#define WIREDESK_DEDUP_NOTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTED_PARTS 64

struct noted_page;

/* Of the samples that begin with the same bits. */
struct noted_part {
	struct noted_page **pages; /* NULL: nothing was noted there */
	uint32_t n_pages;          /* without those that others lead on to */
	uint32_t tags;             /* samples of one bucket, at most */
	uint64_t inverse;
	uint32_t shift;      /* with inverse: divides by the number of buckets */
	uint32_t period;     /* of as many claims in a row each is another one */
	uint64_t base;       /* the last multiple of period that is not above `oldest` */
	uint64_t clean_from; /* no note of an older claim is left */
	size_t n_notes;      /* with those of claims that are no longer held */
};

struct noted {
	uint64_t oldest, next; /* the claims that are held */
	uint32_t salt;
	struct noted_part parts[NOTED_PARTS];
	struct noted_page *spare;
	char **slabs;
	size_t n_slabs;
};

void noted_init(struct noted *noted, uint64_t first);
void noted_free(struct noted *noted);

/* Both rise only; of what is added, `next`. */
void noted_add_claim(struct noted *noted);
void noted_drop_oldest(struct noted *noted);
/* The claims from `next` on were never made. As much work as looking at all of the table. */
void noted_take_back(struct noted *noted, uint64_t next);

/* The notes of one sample. */
struct noted_walk {
	const struct noted_part *part;
	const struct noted_page *page;
	uint32_t bucket, low, phase;
	unsigned at; /* notes of this page that are still to be looked at end here */
};

/* Until the next change. Prefetches: between begin and ready, and between ready and the first step, others may begin.
 */
void noted_begin(const struct noted *noted, uint32_t sample, struct noted_walk *walk);
void noted_ready(struct noted_walk *walk);
/* From newest to oldest. False: no more. */
bool noted_next(const struct noted *noted, struct noted_walk *walk, uint64_t *claim);

/* Asks for the memory that the notes of a sample stand in, in two steps, between which memory has time to come: */
struct noted_hint {
	const struct noted_page *page;
	uint32_t bucket;
};
struct noted_hint noted_expect(const struct noted *noted, uint32_t sample);
/* … before the next change. is_put: the sample will be noted, too. */
void noted_expect_notes(struct noted_hint hint, bool is_put);

/* For the newest claim, which must be there. */
void noted_put(struct noted *noted, uint32_t sample);

#endif
