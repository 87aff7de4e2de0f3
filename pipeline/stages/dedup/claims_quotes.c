/*
 * What a round-up quotes. See claims_inside.h.
 *
 * The verdict says "original"; this is its evidence, and so more may be asked than what the log holds. A round-up's own
 * samples are few for what it is made of, so where its text is at hand (sketch_words), all of its shingles are looked
 * up. What an earlier story has in common with it must stand close together, and no number in it may be another one;
 * where two earlier stories stand in one place, the better one is quoted. So of a hundred bulletins in one template the
 * one is named whose figures are there.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/claims_inside.h"

#include <stdlib.h>

/* By samples alone: so many of them, this share of the quoted story; one that shares as much as CLAIMS_COPY_SHARE with
 * another is the same passage again. */
#define CLAIMS_QUOTE_SHARED 4
#define CLAIMS_QUOTE_SHARE  0.1
#define CLAIMS_COPY_SHARE   0.5
/* By all shingles: so many of those that the index notes of the quoted story, and numbers that agree, of which no more
 * count than so many, make together a passage, and a sure one. */
#define CLAIMS_PASSAGE_SHARED  2
#define CLAIMS_PASSAGE_NUMBERS 4
#define CLAIMS_PASSAGE_MIN     3
#define CLAIMS_PASSAGE_SURE    4
/* Twice as many numbers must agree as differ; where so many shingles are shared, as many, and one may differ anyway:
 * what stands between "the" and "million" may be another passage's. */
#define CLAIMS_PASSAGE_MANY 4
/* A round-up has two sure passages; or one, and so many in all. */
#define CLAIMS_PASSAGES_MIN 3
/* Each in so many shingles of the round-up, at least. */
#define CLAIMS_PASSAGE_SPREAD 60
/* Of a passage less than this share is another one's, too. */
#define CLAIMS_PASSAGE_OVERLAP 0.3
/* Scratch for telling which shingles came already: a power of two. */
#define CLAIMS_SLOTS (2 * SKETCH_SHINGLES_MAX)

/* --- by samples --------------------------------------------------------------------------------------------------- */

/* A copy of what is quoted already is not quoted, too. */
static bool claims_is_quoted(const struct claims_quotes *quotes, const struct sketch_text *sketch)
{
	struct likeness copy;
	for (size_t i = 0; i < quotes->n; i++) {
		likeness_judge(sketch, &quotes->items[i].sketch, &(struct likeness_terms){0}, &copy);
		if (copy.share >= CLAIMS_COPY_SHARE)
			return true;
	}
	return false;
}

void claims_add_quote(struct claims_quotes *quotes, uint32_t place, const struct sketch_text *sketch,
                      const struct likeness *l, uint32_t shared)
{
	if (quotes->n == CLAIMS_QUOTES_MAX || claims_is_quoted(quotes, sketch))
		return;
	bool is_strong = shared >= CLAIMS_QUOTE_SHARED && l->other_share >= CLAIMS_QUOTE_SHARE;
	quotes->items[quotes->n].place = place;
	quotes->items[quotes->n].sketch = *sketch;
	quotes->items[quotes->n].is_strong = is_strong;
	quotes->items[quotes->n++].is_whole = l->other_share >= CLAIMS_COPY_SHARE;
	quotes->n_strong += is_strong;
}

static void claims_name_quote(struct claims *c, uint32_t place, struct claims_match *out)
{
	out->contains[out->n_contains] = claims_read_names(c, place, 1 + out->n_contains).uri;
	out->n_contains++;
}

/* Two passages make a round-up, and then weaker ones count as well; a single one is background, unless it is all of an
 * earlier story. */
static void claims_name_by_samples(struct claims *c, const struct claims_quotes *quotes, bool is_roundup,
                                   struct claims_match *out)
{
	for (size_t i = 0; i < quotes->n && out->n_contains < CLAIMS_CONTAINS_MAX; i++)
		if (is_roundup || quotes->items[i].is_whole)
			claims_name_quote(c, quotes->items[i].place, out);
}

/* --- by all shingles ---------------------------------------------------------------------------------------------- */

struct claims_passage {
	uint32_t rank;
	uint32_t score;
	uint16_t first, last; /* shingles of the round-up */
};

/* Each once, in their order; how many. */
static size_t claims_shingles(const struct sketch_words *words, uint32_t scope, uint32_t out[SKETCH_SHINGLES_MAX])
{
	uint16_t slots[CLAIMS_SLOTS] = {0}; /* 1 + index in out */
	size_t n = 0;
	for (size_t i = 0; i < words->n_shingles && n < SKETCH_SHINGLES_MAX; i++) {
		uint32_t shingle = words->shingles[i] ^ scope;
		size_t at = shingle * UINT64_C(0x9e3779b97f4a7c15) >> 40 & (CLAIMS_SLOTS - 1);
		while (slots[at] && out[slots[at] - 1] != shingle)
			at = (at + 1) & (CLAIMS_SLOTS - 1);
		if (slots[at])
			continue;
		out[n++] = shingle;
		slots[at] = (uint16_t)n;
	}
	return n;
}

/* Numbers of `other` in frames that the round-up has, too. */
static void claims_compare_facts(const struct sketch_words *words, const struct sketch_text *other, uint32_t *same,
                                 uint32_t *changed)
{
	*same = *changed = 0;
	for (size_t i = 0; i < other->n_numbers; i++) {
		bool has_frame = false, has_number = false;
		for (size_t k = 0; k < words->n_facts && !has_number; k++) {
			bool is_frame = words->facts[k].frame == other->numbers[i].frame;
			has_frame |= is_frame;
			has_number = is_frame && words->facts[k].value == other->numbers[i].value;
		}
		*same += has_number;
		*changed += has_frame && !has_number;
	}
}

/* False: what both have is no passage. */
static bool claims_read_passage(const struct claims *c, const struct sketch_words *words,
                                const struct claims_candidate *candidate, struct claims_passage *out)
{
	struct sketch_text other;
	uint32_t same, changed;
	claims_read_sketch(c, claims_at(c, c->entries.oldest + candidate->rank), &other);
	claims_compare_facts(words, &other, &same, &changed);
	*out = (struct claims_passage){
	        candidate->rank, candidate->shared + (same < CLAIMS_PASSAGE_NUMBERS ? same : CLAIMS_PASSAGE_NUMBERS),
	        candidate->first, candidate->last};
	bool is_other = candidate->shared < CLAIMS_PASSAGE_MANY ? 2 * changed > same : changed > 1 && changed > same;
	return !is_other && out->score >= CLAIMS_PASSAGE_MIN &&
	       (uint32_t)(candidate->last - candidate->first) < CLAIMS_PASSAGE_SPREAD * candidate->shared;
}

static int claims_by_score(const void *a, const void *b)
{
	const struct claims_passage *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
	                            : (x->rank > y->rank) - (x->rank < y->rank);
}

static int claims_by_passage(const void *a, const void *b)
{
	const struct claims_passage *x = a, *y = b;
	return x->first != y->first ? (x->first > y->first) - (x->first < y->first)
	                            : (x->rank > y->rank) - (x->rank < y->rank);
}

static bool claims_overlaps(const struct claims_passage *better, size_t n, const struct claims_passage *passage)
{
	int length = passage->last - passage->first + 1;
	for (size_t i = 0; i < n; i++) {
		int from = better[i].first > passage->first ? better[i].first : passage->first;
		int to = better[i].last < passage->last ? better[i].last : passage->last;
		if (to - from + 1 > CLAIMS_PASSAGE_OVERLAP * length)
			return true;
	}
	return false;
}

/* All that may be passages, in no order; how many. */
static size_t claims_find_passages(struct claims *c, const struct sketch_words *words, const struct claims_span *span,
                                   struct claims_passage found[CLAIMS_LOOKED_MAX])
{
	uint32_t shingles[SKETCH_SHINGLES_MAX];
	struct claims_candidate chosen[CLAIMS_LOOKED_MAX];
	size_t n_shared, n_found = 0;
	size_t n = claims_shingles(words, claims_scope(c, claims_at(c, span->own)), shingles);
	const struct postings_found *shared =
	        postings_find_all(c->postings, shingles, n, claims_window_from(c, span->own), span->before, &n_shared);
	n = claims_choose(c, shared, n_shared, CLAIMS_PASSAGE_SHARED, chosen);
	for (size_t i = 0; i < n; i++)
		n_found += claims_counts(c, c->entries.oldest + chosen[i].rank, span->own) &&
		           claims_read_passage(c, words, &chosen[i], &found[n_found]);
	return n_found;
}

/* Is the passage one of a copy, or a piece, of the earlier story that has this one, too? */
static bool claims_is_of(const struct claims *c, const struct claims_passage *passage,
                         const struct claims_passage *earlier)
{
	struct sketch_text own, other;
	struct likeness l;
	if (earlier->rank >= passage->rank || !claims_overlaps(passage, 1, earlier))
		return false;
	claims_read_sketch(c, claims_at(c, c->entries.oldest + passage->rank), &own);
	claims_read_sketch(c, claims_at(c, c->entries.oldest + earlier->rank), &other);
	likeness_judge(&own, &other, &(struct likeness_terms){.limits = c->window.limits}, &l);
	return l.relation == RELATION_SYNDICATED || l.relation == RELATION_REVISION || l.relation == RELATION_EXCERPT;
}

/* Who is quoted: the earliest story whose copy that is. */
static uint32_t claims_source(const struct claims *c, const struct claims_passage *passage,
                              const struct claims_passage *found, size_t n_found)
{
	uint32_t rank = passage->rank;
	for (size_t i = 0; i < n_found; i++)
		if (found[i].rank < rank && claims_is_of(c, passage, &found[i]))
			rank = found[i].rank;
	return rank;
}

/* The best ones that do not stand in each other's place, in the order of the text; 0: this is no round-up. */
static size_t claims_choose_passages(const struct claims *c, struct claims_passage *found, size_t n_found,
                                     struct claims_passage chosen[CLAIMS_CONTAINS_MAX])
{
	size_t n = 0, n_sure = 0;
	qsort(found, n_found, sizeof(*found), claims_by_score);
	for (size_t i = 0; i < n_found && n < CLAIMS_CONTAINS_MAX; i++) {
		if (claims_overlaps(chosen, n, &found[i]))
			continue;
		n_sure += found[i].score >= CLAIMS_PASSAGE_SURE;
		chosen[n++] = found[i];
	}
	if (n_sure < 2 && !(n_sure && n >= CLAIMS_PASSAGES_MIN))
		return 0;
	for (size_t i = 0; i < n; i++)
		chosen[i].rank = claims_source(c, &chosen[i], found, n_found);
	qsort(chosen, n, sizeof(*chosen), claims_by_passage);
	return n;
}

void claims_name_quotes(struct claims *c, const struct claim *claim, const struct claims_span *span,
                        const struct claims_quotes *quotes, struct claims_match *out)
{
	struct claims_passage found[CLAIMS_LOOKED_MAX], chosen[CLAIMS_CONTAINS_MAX];
	if (!claim->words || !claim->words->n_shingles) {
		claims_name_by_samples(c, quotes, quotes->n_strong >= 2, out);
		return;
	}
	size_t n_found = claims_find_passages(c, claim->words, span, found);
	size_t n = claims_choose_passages(c, found, n_found, chosen);
	for (size_t i = 0; i < n; i++)
		claims_name_quote(c, c->entries.oldest + chosen[i].rank, out);
	if (!n)
		claims_name_by_samples(c, quotes, false, out);
}
