/*
 * The inverted index. See postings.h.
 *
 * A table of heads, and from each a chain of nodes, newest first: the nodes of all samples that fall there. A node is
 * known by its claim's number and its place in the claim, so a link is 4 bytes; links to claims that have left are
 * ends. So the oldest claim leaves without a step, the newest by as many as it has nodes.
 *
 * A sample is stirred first, by a function that can be undone, so that no two become the same. Its upper bits choose
 * the head, its lower ones stand in the node; there are so many heads that the two together are all of it. Samples can
 * be made to order by whoever writes a story; which head they fall on cannot, since stirring hangs on a number that
 * this process drew. What is found does not.
 *
 * A node cannot tell its head, and to take back the newest claim one must know it. Of the newest claims heads are
 * remembered; for others, which nobody takes back, all heads would have to be searched.
 */
#include "pipeline/stages/dedup/postings.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* No fewer, or a head and a node's tag would not be all of a sample; no more, or the tag would be known from it. */
#define POSTINGS_FIRST_BITS 16
#define POSTINGS_MOST_BITS  31
#define POSTINGS_TAG_BITS   16
/* Nodes a head, when the number of heads doubles. */
#define POSTINGS_LOAD 4
/* So many of the newest claims can be taken back quickly. */
#define POSTINGS_RECENT 65536
/* Places in a claim, as they are numbered. */
#define POSTINGS_PLACES_MAX 16
_Static_assert(POSTINGS_NOTED_MAX <= POSTINGS_PLACES_MAX, "each node has its place");
/* Scratch: places for what is found, a power of two, at most half of them taken. */
#define POSTINGS_SLOTS 8192
_Static_assert(POSTINGS_SLOTS >= 3 * POSTINGS_FOUND_MAX, "there is room for all that can be found");
#define POSTINGS_NONE UINT32_MAX
#define POSTINGS_MIX  UINT64_C(0x9e3779b97f4a7c15)

/* Halves of 16 bits, so that no node takes more than it has. */
struct postings_node {
	uint16_t tag;
	uint16_t older[2]; /* claim * POSTINGS_PLACES_MAX + place; of a claim that has left: the end */
};

struct postings_claim {
	struct postings_node nodes[POSTINGS_NOTED_MAX];
	uint16_t span;
	uint16_t n;
};

/* Upper bits of the stirred samples of one of the newest claims, in the order of its nodes. */
struct postings_recent {
	uint16_t upper[POSTINGS_NOTED_MAX];
};

struct postings {
	struct ring claims;
	struct ring recent; /* the newest claims, of the same numbers */
	uint32_t *heads;
	uint32_t head_bits;
	uint32_t salt;
	size_t n_nodes;
	struct postings_found found[POSTINGS_FOUND_MAX];
	size_t n_found;
	uint16_t slots[POSTINGS_SLOTS]; /* 1 + index in found; 0: free */
};
_Static_assert(POSTINGS_FOUND_MAX < UINT16_MAX, "an index fits a slot");

/* --- nodes ------------------------------------------------------------------------------------------------------ */

/* Each step can be undone: multiplying by an odd number, and mixing the upper half into the lower one. */
static uint32_t postings_stir(const struct postings *p, uint32_t sample)
{
	sample = (sample ^ p->salt) * 0x9e3779b1u;
	sample = (sample ^ sample >> 15) * 0x85ebca77u;
	return sample ^ sample >> 16;
}

static uint32_t *postings_head(const struct postings *p, uint32_t stirred)
{
	return &p->heads[stirred >> (32 - p->head_bits)];
}

/* The claim of a node, as a distance from the oldest. */
static uint32_t postings_distance(const struct postings *p, uint32_t id)
{
	return (id / POSTINGS_PLACES_MAX - p->claims.oldest) & (RING_COUNT_MAX - 1);
}

static bool postings_is_held(const struct postings *p, uint32_t id)
{
	return id != POSTINGS_NONE && postings_distance(p, id) < p->claims.count;
}

static struct postings_claim *postings_claim_of(const struct postings *p, uint32_t id)
{
	return ring_at(&p->claims, p->claims.oldest + postings_distance(p, id));
}

static struct postings_node *postings_node(const struct postings *p, uint32_t id)
{
	return &postings_claim_of(p, id)->nodes[id % POSTINGS_PLACES_MAX];
}

static uint32_t postings_id(uint32_t claim, uint32_t place)
{
	return claim * POSTINGS_PLACES_MAX + place;
}

static uint32_t postings_older(const struct postings_node *node)
{
	return node->older[0] | (uint32_t)node->older[1] << 16;
}

static void postings_set_older(struct postings_node *node, uint32_t id)
{
	node->older[0] = (uint16_t)id;
	node->older[1] = (uint16_t)(id >> 16);
}

static void postings_make_heads(struct postings *p)
{
	size_t bytes = sizeof(*p->heads) << p->head_bits;
	p->heads = malloc(bytes);
	if (!p->heads)
		check_panic("out of memory");
	memset(p->heads, 0xff, bytes); /* POSTINGS_NONE all over */
}

/* Where a chain's next node is to be written: a head, or the node before it. */
struct postings_end {
	uint32_t *head;
	struct postings_node *node;
};

static void postings_append(struct postings_end *end, uint32_t id, struct postings_node *node)
{
	if (end->node)
		postings_set_older(end->node, id);
	else
		*end->head = id;
	end->node = node;
}

/* One chain becomes two: the next bit of each sample decides. Both stay in order. */
static void postings_split(struct postings *p, uint32_t id, uint32_t *heads)
{
	struct postings_end ends[2] = {{heads, NULL}, {heads + 1, NULL}};
	uint32_t bit = 32 - p->head_bits;
	while (postings_is_held(p, id)) {
		struct postings_node *node = postings_node(p, id);
		postings_append(&ends[node->tag >> bit & 1], id, node);
		id = postings_older(node);
	}
	for (int i = 0; i < 2; i++)
		postings_append(&ends[i], POSTINGS_NONE, NULL);
}

static void postings_grow(struct postings *p)
{
	uint32_t *old = p->heads;
	size_t n = (size_t)1 << p->head_bits++;
	postings_make_heads(p);
	for (size_t i = 0; i < n; i++)
		postings_split(p, old[i], &p->heads[2 * i]);
	free(old);
}

/* --- claims ----------------------------------------------------------------------------------------------------- */

struct postings *postings_new(uint32_t first_claim)
{
	struct postings *p = calloc(1, sizeof(*p));
	if (!p)
		check_panic("out of memory");
	if (getrandom(&p->salt, sizeof(p->salt), 0) != (ssize_t)sizeof(p->salt))
		p->salt = (uint32_t)(uintptr_t)p;
	ring_init(&p->claims, sizeof(struct postings_claim), first_claim);
	ring_init(&p->recent, sizeof(struct postings_recent), first_claim);
	p->head_bits = POSTINGS_FIRST_BITS;
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
	ring_free(&p->recent);
	free(p->heads);
	free(p);
}

void postings_prefetch(const struct postings *p, const uint32_t *samples, size_t n)
{
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(postings_head(p, postings_stir(p, samples[i])));
}

/* Was the sample noted as often as it may be in this span? Chains run back in time, so other spans end the search. */
static bool postings_is_full(const struct postings *p, uint32_t stirred, uint16_t span)
{
	int n = 0;
	for (uint32_t id = *postings_head(p, stirred); postings_is_held(p, id);) {
		const struct postings_claim *c = postings_claim_of(p, id);
		const struct postings_node *node = &c->nodes[id % POSTINGS_PLACES_MAX];
		if (c->span != span)
			return false;
		n += node->tag == (uint16_t)stirred;
		if (n == POSTINGS_CAP)
			return true;
		id = postings_older(node);
	}
	return false;
}

static void postings_note(struct postings *p, struct postings_claim *c, uint32_t stirred)
{
	uint32_t *head = postings_head(p, stirred), claim = ring_newest(&p->claims);
	struct postings_recent *recent = ring_at(&p->recent, claim);
	struct postings_node *node = &c->nodes[c->n];
	node->tag = (uint16_t)stirred;
	postings_set_older(node, postings_is_held(p, *head) ? *head : POSTINGS_NONE);
	recent->upper[c->n] = (uint16_t)(stirred >> POSTINGS_TAG_BITS);
	*head = postings_id(claim, c->n++);
}

static struct postings_claim *postings_push(struct postings *p, uint16_t span)
{
	struct postings_claim *c = ring_push(&p->claims);
	c->span = span;
	c->n = 0;
	ring_push(&p->recent);
	if (p->recent.count > POSTINGS_RECENT)
		ring_drop_oldest(&p->recent);
	return c;
}

void postings_add(struct postings *p, uint32_t span, const uint32_t *samples, size_t n)
{
	CHECK(n <= POSTINGS_NOTED_MAX);
	uint32_t stirred[POSTINGS_NOTED_MAX];
	struct postings_claim *c = postings_push(p, (uint16_t)span);
	for (size_t i = 0; i < n; i++) {
		stirred[i] = postings_stir(p, samples[i]);
		__builtin_prefetch(postings_head(p, stirred[i]));
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t id = *postings_head(p, stirred[i]);
		if (postings_is_held(p, id))
			__builtin_prefetch(postings_node(p, id));
	}
	for (size_t i = 0; i < n; i++) {
		/* One number in all is taken for none, and cannot be a node's. */
		bool is_none = postings_id(ring_newest(&p->claims), c->n) == POSTINGS_NONE;
		if (!is_none && !postings_is_full(p, stirred[i], c->span))
			postings_note(p, c, stirred[i]);
	}
	p->n_nodes += c->n;
	if (p->n_nodes >> p->head_bits >= POSTINGS_LOAD && p->head_bits < POSTINGS_MOST_BITS)
		postings_grow(p);
}

uint32_t postings_oldest_span(const struct postings *p, uint32_t now)
{
	CHECK(p->claims.count);
	const struct postings_claim *oldest = ring_at(&p->claims, p->claims.oldest);
	return now - (uint16_t)(now - oldest->span);
}

void postings_drop_oldest(struct postings *p)
{
	const struct postings_claim *c = ring_at(&p->claims, p->claims.oldest);
	p->n_nodes -= c->n;
	if (p->recent.count == p->claims.count)
		ring_drop_oldest(&p->recent);
	ring_drop_oldest(&p->claims);
}

/* The head that leads to a node whose claim is not among the newest ones. */
static uint32_t *postings_search_head(const struct postings *p, uint32_t id)
{
	for (size_t i = 0; i < (size_t)1 << p->head_bits; i++)
		if (p->heads[i] == id)
			return &p->heads[i];
	check_panic("no head leads to the newest claim");
}

static uint32_t *postings_head_of(const struct postings *p, const struct postings_claim *c, uint32_t place)
{
	uint32_t claim = ring_newest(&p->claims);
	if (!p->recent.count)
		return postings_search_head(p, postings_id(claim, place));
	const struct postings_recent *recent = ring_at(&p->recent, claim);
	return postings_head(p, (uint32_t)recent->upper[place] << POSTINGS_TAG_BITS | c->nodes[place].tag);
}

void postings_drop_newest(struct postings *p)
{
	uint32_t claim = ring_newest(&p->claims);
	const struct postings_claim *c = ring_at(&p->claims, claim);
	for (uint32_t k = c->n; k--;) {
		uint32_t *head = postings_head_of(p, c, k);
		CHECK(*head == postings_id(claim, k));
		*head = postings_older(&c->nodes[k]);
	}
	p->n_nodes -= c->n;
	if (p->recent.count)
		ring_drop_newest(&p->recent);
	else
		p->recent.oldest--;
	ring_drop_newest(&p->claims);
}

/* --- looking up ------------------------------------------------------------------------------------------------- */

static uint16_t *postings_slot(struct postings *p, uint32_t claim)
{
	uint32_t at = (uint32_t)(claim * POSTINGS_MIX >> 40) & (POSTINGS_SLOTS - 1);
	while (p->slots[at] && p->found[p->slots[at] - 1].claim != claim)
		at = (at + 1) & (POSTINGS_SLOTS - 1);
	return &p->slots[at];
}

static void postings_count(struct postings *p, uint32_t claim)
{
	uint16_t *slot = postings_slot(p, claim);
	if (*slot) {
		p->found[*slot - 1].shared++;
		return;
	}
	CHECK(p->n_found < POSTINGS_FOUND_MAX);
	p->found[p->n_found] = (struct postings_found){claim, 1};
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

/* One sample's chain, as far as it was read. */
struct postings_reader {
	uint32_t id, n;
	uint16_t tag;
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
	const struct postings_node *node = &c->nodes[r->id % POSTINGS_PLACES_MAX];
	if (node->tag == r->tag && distance < before - p->claims.oldest) {
		postings_count(p, claim);
		r->n++;
	}
	r->id = postings_older(node);
	if (postings_is_held(p, r->id))
		__builtin_prefetch(postings_node(p, r->id));
	return true;
}

const struct postings_found *postings_find(struct postings *p, const uint32_t *samples, size_t n_samples, uint32_t from,
                                           uint32_t before, size_t *n)
{
	CHECK(n_samples <= POSTINGS_ASKED_MAX);
	struct postings_reader readers[POSTINGS_ASKED_MAX];
	postings_forget_found(p);
	postings_prefetch(p, samples, n_samples);
	for (size_t i = 0; i < n_samples; i++) {
		uint32_t stirred = postings_stir(p, samples[i]);
		readers[i] = (struct postings_reader){.id = *postings_head(p, stirred), .tag = (uint16_t)stirred};
		if (postings_is_held(p, readers[i].id))
			__builtin_prefetch(postings_node(p, readers[i].id));
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
