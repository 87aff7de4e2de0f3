/*
 * The inverted index. See postings.h.
 *
 * A table of heads, and from each a chain of nodes, newest first: the nodes of all samples whose hash falls there. A
 * node is known by its claim's number and its place in the claim, so a link is 4 bytes; links to claims that have left
 * are ends. So the oldest claim leaves without a step, the newest by as many as it has nodes.
 *
 * Samples can be made to order by whoever writes a story; which head they fall on cannot, since it hangs on a number
 * that this process drew. What is found does not.
 */
#include "pipeline/stages/dedup/postings.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define POSTINGS_FIRST_HEADS 4096
/* Nodes a head, when the number of heads doubles. */
#define POSTINGS_LOAD 2
/* Scratch: places for what is found, a power of two, at most half of them taken. */
#define POSTINGS_PLACES 8192
_Static_assert(POSTINGS_PLACES >= 3 * POSTINGS_FOUND_MAX, "there is room for all that can be found");
#define POSTINGS_NONE UINT32_MAX
#define POSTINGS_MIX  UINT64_C(0x9e3779b97f4a7c15)

struct postings_node {
	uint32_t sample;
	uint32_t older; /* claim * POSTINGS_NOTED_MAX + place; of a claim that has left: the end */
};

struct postings_claim {
	struct postings_node nodes[POSTINGS_NOTED_MAX];
	uint32_t span;
	uint32_t n;
};

struct postings {
	struct ring claims;
	uint32_t *heads;
	uint32_t head_bits;
	uint64_t salt;
	size_t n_nodes;
	struct postings_found found[POSTINGS_FOUND_MAX];
	size_t n_found;
	uint16_t places[POSTINGS_PLACES]; /* 1 + index in found; 0: free */
};
_Static_assert(POSTINGS_FOUND_MAX < UINT16_MAX, "an index fits a place");

/* --- nodes ------------------------------------------------------------------------------------------------------ */

static uint32_t *postings_head(const struct postings *p, uint32_t sample)
{
	return &p->heads[((sample + p->salt) * POSTINGS_MIX ^ p->salt) * POSTINGS_MIX >> (64 - p->head_bits)];
}

/* The claim of a node, as a distance from the oldest. */
static uint32_t postings_distance(const struct postings *p, uint32_t id)
{
	return (id / POSTINGS_NOTED_MAX - p->claims.oldest) & (RING_COUNT_MAX - 1);
}

static bool postings_is_held(const struct postings *p, uint32_t id)
{
	return id != POSTINGS_NONE && postings_distance(p, id) < p->claims.count;
}

static struct postings_claim *postings_claim_of(const struct postings *p, uint32_t id)
{
	return ring_at(&p->claims, p->claims.oldest + postings_distance(p, id));
}

static uint32_t postings_id(uint32_t claim, uint32_t place)
{
	return claim * POSTINGS_NOTED_MAX + place;
}

static void postings_link(struct postings *p, uint32_t claim, uint32_t place)
{
	struct postings_claim *c = ring_at(&p->claims, claim);
	uint32_t *head = postings_head(p, c->nodes[place].sample);
	c->nodes[place].older = postings_is_held(p, *head) ? *head : POSTINGS_NONE;
	*head = postings_id(claim, place);
}

static void postings_make_heads(struct postings *p)
{
	size_t bytes = sizeof(*p->heads) << p->head_bits;
	p->heads = realloc(p->heads, bytes);
	if (!p->heads)
		check_panic("out of memory");
	memset(p->heads, 0xff, bytes); /* POSTINGS_NONE all over */
}

static void postings_grow(struct postings *p)
{
	p->head_bits++;
	postings_make_heads(p);
	for (uint32_t i = 0; i < p->claims.count; i++) {
		uint32_t claim = p->claims.oldest + i;
		const struct postings_claim *c = ring_at(&p->claims, claim);
		for (uint32_t k = 0; k < c->n; k++)
			postings_link(p, claim, k);
	}
}

/* --- claims ----------------------------------------------------------------------------------------------------- */

struct postings *postings_new(uint32_t first_claim)
{
	struct postings *p = calloc(1, sizeof(*p));
	if (!p)
		check_panic("out of memory");
	if (getrandom(&p->salt, sizeof(p->salt), 0) != (ssize_t)sizeof(p->salt))
		p->salt = (uintptr_t)p;
	ring_init(&p->claims, sizeof(struct postings_claim), first_claim);
	while (1u << p->head_bits < POSTINGS_FIRST_HEADS)
		p->head_bits++;
	postings_make_heads(p);
	return p;
}

void postings_free(struct postings **postings)
{
	struct postings *p = *postings;
	if (!p)
		return;
	*postings = NULL;
	ring_free(&p->claims);
	free(p->heads);
	free(p);
}

/* Was the sample noted as often as it may be in this span? Chains run back in time, so other spans end the search. */
static bool postings_is_full(const struct postings *p, uint32_t sample, uint32_t span)
{
	int n = 0;
	for (uint32_t id = *postings_head(p, sample); postings_is_held(p, id);) {
		const struct postings_claim *c = postings_claim_of(p, id);
		const struct postings_node *node = &c->nodes[id % POSTINGS_NOTED_MAX];
		if (c->span != span)
			return false;
		n += node->sample == sample;
		if (n == POSTINGS_CAP)
			return true;
		id = node->older;
	}
	return false;
}

void postings_add(struct postings *p, uint32_t span, const uint32_t *samples, size_t n)
{
	CHECK(n <= POSTINGS_NOTED_MAX);
	struct postings_claim *c = ring_push(&p->claims);
	c->span = span;
	c->n = 0;
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(postings_head(p, samples[i]));
	for (size_t i = 0; i < n; i++) {
		/* One number in all is taken for none, and cannot be a node's. */
		bool is_none = postings_id(ring_newest(&p->claims), c->n) == POSTINGS_NONE;
		if (is_none || postings_is_full(p, samples[i], span))
			continue;
		c->nodes[c->n].sample = samples[i];
		postings_link(p, ring_newest(&p->claims), c->n++);
	}
	p->n_nodes += c->n;
	if (p->n_nodes >> p->head_bits >= POSTINGS_LOAD)
		postings_grow(p);
}

void postings_drop_oldest(struct postings *p)
{
	const struct postings_claim *c = ring_at(&p->claims, p->claims.oldest);
	p->n_nodes -= c->n;
	ring_drop_oldest(&p->claims);
}

void postings_drop_newest(struct postings *p)
{
	uint32_t claim = ring_newest(&p->claims);
	const struct postings_claim *c = ring_at(&p->claims, claim);
	for (uint32_t k = c->n; k--;) {
		uint32_t *head = postings_head(p, c->nodes[k].sample);
		CHECK(*head == postings_id(claim, k));
		*head = c->nodes[k].older;
	}
	p->n_nodes -= c->n;
	ring_drop_newest(&p->claims);
}

/* --- looking up ------------------------------------------------------------------------------------------------- */

static uint16_t *postings_place(struct postings *p, uint32_t claim)
{
	uint32_t at = (uint32_t)(claim * POSTINGS_MIX >> 40) & (POSTINGS_PLACES - 1);
	while (p->places[at] && p->found[p->places[at] - 1].claim != claim)
		at = (at + 1) & (POSTINGS_PLACES - 1);
	return &p->places[at];
}

static void postings_count(struct postings *p, uint32_t claim)
{
	uint16_t *place = postings_place(p, claim);
	if (*place) {
		p->found[*place - 1].shared++;
		return;
	}
	CHECK(p->n_found < POSTINGS_FOUND_MAX);
	p->found[p->n_found] = (struct postings_found){claim, 1};
	*place = (uint16_t)++p->n_found;
}

/* Backwards, so that each place is still found behind those that were taken before it. */
static void postings_forget_found(struct postings *p)
{
	while (p->n_found) {
		*postings_place(p, p->found[p->n_found - 1].claim) = 0;
		p->n_found--;
	}
}

/* One sample's chain, as far as it was read. */
struct postings_reader {
	uint32_t sample, id, n;
};

/* One step along a chain; false: it has ended. */
static bool postings_step(struct postings *p, struct postings_reader *r, uint32_t from, uint32_t before)
{
	if (r->n == POSTINGS_READ || !postings_is_held(p, r->id))
		return false;
	uint32_t distance = postings_distance(p, r->id), claim = p->claims.oldest + distance;
	if (distance < from - p->claims.oldest)
		return false;
	const struct postings_claim *c = ring_at(&p->claims, claim);
	const struct postings_node *node = &c->nodes[r->id % POSTINGS_NOTED_MAX];
	if (node->sample == r->sample && distance < before - p->claims.oldest) {
		postings_count(p, claim);
		r->n++;
	}
	r->id = node->older;
	if (postings_is_held(p, r->id))
		__builtin_prefetch(&postings_claim_of(p, r->id)->nodes[r->id % POSTINGS_NOTED_MAX]);
	return true;
}

const struct postings_found *postings_find(struct postings *p, const uint32_t *samples, size_t n_samples, uint32_t from,
                                           uint32_t before, size_t *n)
{
	CHECK(n_samples <= POSTINGS_ASKED_MAX);
	struct postings_reader readers[POSTINGS_ASKED_MAX];
	postings_forget_found(p);
	for (size_t i = 0; i < n_samples; i++)
		__builtin_prefetch(postings_head(p, samples[i]));
	for (size_t i = 0; i < n_samples; i++) {
		uint32_t id = *postings_head(p, samples[i]);
		readers[i] = (struct postings_reader){.sample = samples[i], .id = id};
		if (postings_is_held(p, id))
			__builtin_prefetch(&postings_claim_of(p, id)->nodes[id % POSTINGS_NOTED_MAX]);
	}
	/* All chains side by side, so that their memory comes at the same time. */
	for (size_t n_open = n_samples; n_open;) {
		size_t still_open = 0;
		for (size_t i = 0; i < n_open; i++) {
			readers[still_open] = readers[i];
			still_open += postings_step(p, &readers[still_open], from, before);
		}
		n_open = still_open;
	}
	*n = p->n_found;
	return p->found;
}
