/*
 * The inverted index. See postings.h.
 *
 * Which claims noted a sample stands in a table (noted.h); here are the spans of time, and what is asked of both.
 * Serial numbers of 64 bits stand for the claims' own, which wrap: their lower half.
 */
#include "pipeline/stages/dedup/postings.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/noted.h"
#include "pipeline/stages/dedup/ring.h"

#include <stdlib.h>
#include <string.h>

/* Scratch: places for what is found, a power of two, at most half of them taken. */
#define POSTINGS_SLOTS 8192
_Static_assert(POSTINGS_SLOTS >= 3 * POSTINGS_FOUND_MAX, "there is room for all that can be found");
#define POSTINGS_MIX UINT64_C(0x9e3779b97f4a7c15)

/* Claims from `first` on are of this span, up to the next one's. */
struct postings_span {
	int64_t span;
	uint64_t first;
};

struct postings {
	struct noted noted;
	struct ring spans; /* of the claims that are held */
	uint64_t next;     /* what is taken back is not yet swept out of `noted` while this is less than there */
	struct postings_found found[POSTINGS_FOUND_MAX];
	size_t n_found;
	uint16_t slots[POSTINGS_SLOTS]; /* 1 + index in found; 0: free */
};
_Static_assert(POSTINGS_FOUND_MAX < UINT16_MAX, "an index fits a slot");

struct postings *postings_new(uint32_t first_claim)
{
	struct postings *p = calloc(1, sizeof(*p));
	if (!p)
		check_panic("out of memory");
	noted_init(&p->noted, first_claim);
	p->next = first_claim;
	ring_init(&p->spans, sizeof(struct postings_span), 0);
	return p;
}

void postings_free(struct postings **postings)
{
	struct postings *p = *postings;
	if (!p)
		return;
	*postings = NULL;
	noted_free(&p->noted);
	ring_free(&p->spans);
	free(p);
}

/* --- claims ------------------------------------------------------------------------------------------------------- */

static struct postings_span *postings_newest_span(const struct postings *p)
{
	return ring_at(&p->spans, ring_newest(&p->spans));
}

static void postings_settle(struct postings *p)
{
	if (p->next != p->noted.next)
		noted_take_back(&p->noted, p->next);
}

void postings_expect(const struct postings *p, const uint32_t *samples, size_t n, struct noted_hint *hints)
{
	for (size_t i = 0; i < n; i++)
		hints[i] = noted_expect(&p->noted, samples[i]);
}

void postings_expect_notes(const struct noted_hint *hints, size_t n)
{
	for (size_t i = 0; i < n; i++)
		noted_expect_notes(hints[i], i < POSTINGS_NOTED_MAX);
}

/* Was the sample noted as often as it may be in this span? */
static bool postings_is_full(const struct postings *p, struct noted_walk *walk)
{
	uint64_t claim, first = postings_newest_span(p)->first;
	int n = 0;
	while (n < POSTINGS_CAP && noted_next(&p->noted, walk, &claim) && claim >= first)
		n++;
	return n == POSTINGS_CAP;
}

/* Of n samples notes those that have room, while fewer than POSTINGS_NOTED_MAX are noted; how many are then. */
static size_t postings_note(struct postings *p, const uint32_t *samples, size_t n, size_t noted)
{
	struct noted_walk walks[POSTINGS_NOTED_MAX];
	bool is_full[POSTINGS_NOTED_MAX];
	for (size_t i = 0; i < n; i++)
		noted_begin(&p->noted, samples[i], &walks[i]);
	for (size_t i = 0; i < n; i++)
		noted_ready(&walks[i]);
	for (size_t i = 0; i < n; i++)
		is_full[i] = postings_is_full(p, &walks[i]);
	for (size_t i = 0; i < n && noted < POSTINGS_NOTED_MAX; i++) {
		if (is_full[i])
			continue;
		noted_put(&p->noted, samples[i]);
		noted++;
	}
	return noted;
}

void postings_add(struct postings *p, int64_t span, const uint32_t *samples, size_t n)
{
	CHECK(n <= POSTINGS_ASKED_MAX);
	postings_settle(p);
	if (!p->spans.count || postings_newest_span(p)->span != span)
		*(struct postings_span *)ring_push(&p->spans) = (struct postings_span){span, p->next};
	noted_add_claim(&p->noted);
	p->next++;
	for (size_t at = 0, noted = 0, some; at < n && noted < POSTINGS_NOTED_MAX; at += some) {
		some = POSTINGS_NOTED_MAX - noted < n - at ? POSTINGS_NOTED_MAX - noted : n - at;
		noted = postings_note(p, samples + at, some, noted);
	}
}

int64_t postings_oldest_span(const struct postings *p)
{
	CHECK(p->spans.count);
	const struct postings_span *oldest = ring_at(&p->spans, p->spans.oldest);
	return oldest->span;
}

void postings_drop_oldest(struct postings *p)
{
	postings_settle(p);
	noted_drop_oldest(&p->noted);
	const struct postings_span *second = p->spans.count > 1 ? ring_at(&p->spans, p->spans.oldest + 1) : NULL;
	if (second ? second->first == p->noted.oldest : p->noted.oldest == p->next)
		ring_drop_oldest(&p->spans);
}

void postings_drop_newest(struct postings *p)
{
	CHECK(p->next > p->noted.oldest);
	if (postings_newest_span(p)->first == --p->next || p->next == p->noted.oldest)
		ring_drop_newest(&p->spans);
}

/* --- looking up --------------------------------------------------------------------------------------------------- */

static uint16_t *postings_slot(struct postings *p, uint32_t claim)
{
	uint32_t at = (uint32_t)(claim * POSTINGS_MIX >> 40) & (POSTINGS_SLOTS - 1);
	while (p->slots[at] && p->found[p->slots[at] - 1].claim != claim)
		at = (at + 1) & (POSTINGS_SLOTS - 1);
	return &p->slots[at];
}

static void postings_count(struct postings *p, uint32_t claim, uint16_t sample)
{
	uint16_t *slot = postings_slot(p, claim);
	if (*slot) {
		p->found[*slot - 1].shared++;
		p->found[*slot - 1].last = sample;
		return;
	}
	if (p->n_found == POSTINGS_FOUND_MAX)
		return;
	p->found[p->n_found] = (struct postings_found){claim, 1, sample, sample};
	*slot = (uint16_t)++p->n_found;
}

/* Backwards, so that each slot is still found behind those that were taken before it. */
static void postings_forget_found(struct postings *p)
{
	while (p->n_found) {
		*postings_slot(p, p->found[p->n_found - 1].claim) = 0;
		p->n_found--;
	}
}

/* What is asked of the index: claims from `from` on and before `before`, so many of each sample. */
struct postings_question {
	uint64_t from, before;
	int most;
};

static void postings_read(struct postings *p, const struct postings_question *q, struct noted_walk *walk,
                          uint16_t sample)
{
	uint64_t claim;
	for (int n = 0; n < q->most && noted_next(&p->noted, walk, &claim) && claim >= q->from;) {
		if (claim >= q->before)
			continue;
		postings_count(p, (uint32_t)claim, sample);
		n++;
	}
}

/* The serial number of a claim that is held, or would be the next. */
static uint64_t postings_serial(const struct postings *p, uint32_t claim)
{
	return p->noted.oldest + (claim - (uint32_t)p->noted.oldest);
}

/* So many side by side, so that their memory comes at the same time. */
static void postings_look_up(struct postings *p, const struct postings_question *q, const uint32_t *samples, size_t at,
                             size_t n)
{
	struct noted_walk walks[POSTINGS_ASKED_MAX];
	for (size_t i = 0; i < n; i++)
		noted_begin(&p->noted, samples[at + i], &walks[i]);
	for (size_t i = 0; i < n; i++)
		noted_ready(&walks[i]);
	for (size_t i = 0; i < n; i++)
		postings_read(p, q, &walks[i], (uint16_t)(at + i));
}

static const struct postings_found *postings_answer(struct postings *p, const struct postings_question *q,
                                                    const uint32_t *samples, size_t n_samples, size_t *n)
{
	postings_settle(p);
	postings_forget_found(p);
	for (size_t at = 0; at < n_samples; at += POSTINGS_ASKED_MAX)
		postings_look_up(p, q, samples, at,
		                 n_samples - at < POSTINGS_ASKED_MAX ? n_samples - at : POSTINGS_ASKED_MAX);
	*n = p->n_found;
	return p->found;
}

const struct postings_found *postings_find(struct postings *p, const uint32_t *samples, size_t n_samples, uint32_t from,
                                           uint32_t before, size_t *n)
{
	CHECK(n_samples <= POSTINGS_ASKED_MAX);
	const struct postings_question q = {postings_serial(p, from), postings_serial(p, before), POSTINGS_READ};
	return postings_answer(p, &q, samples, n_samples, n);
}

const struct postings_found *postings_find_all(struct postings *p, const uint32_t *samples, size_t n_samples,
                                               uint32_t from, uint32_t before, size_t *n)
{
	CHECK(n_samples <= UINT16_MAX);
	const struct postings_question q = {postings_serial(p, from), postings_serial(p, before), POSTINGS_READ_FEW};
	return postings_answer(p, &q, samples, n_samples, n);
}
