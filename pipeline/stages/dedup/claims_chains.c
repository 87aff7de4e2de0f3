/*
 * Claims of equal hashes. See claims_inside.h.
 *
 * Equal hashes are found by chains: a table of heads, and from each a chain of claims, newest first, in which of each
 * hash only the newest claim stands. It leads on to the older ones of its hash (its *line*), each to the one before
 * and, as a leap, to one far before, so that the earliest one in the window is found in a few steps, however many share
 * the hash: a thousand equal stories cost hardly more than a thousand different ones, forwards and backwards. A link to
 * what has left is an end. What a line needs stands with the texts, so that the many claims that are nobody's twin do
 * without.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/claims_inside.h"

#define CLAIMS_MIX UINT64_C(0x9e3779b97f4a7c15)
/* The chain that will be split so many splits later is asked for. */
#define CLAIMS_SPLIT_AHEAD 4

static uint32_t claims_chain(const struct claims *c, enum claims_kind kind, uint64_t hash)
{
	return heads_index(&c->chains[kind].heads, ((hash ^ c->salt) * CLAIMS_MIX ^ c->salt) * CLAIMS_MIX >> 32);
}

uint32_t *claims_head(const struct claims *c, enum claims_kind kind, uint64_t hash)
{
	return heads_at(&c->chains[kind].heads, claims_chain(c, kind, hash));
}

static uint32_t claims_if_held(const struct claims *c, uint32_t place)
{
	return claims_holds(c, place) ? place : CLAIMS_NONE;
}

/* The next in its chain, or CLAIMS_NONE. */
static uint32_t claims_next(const struct claims *c, enum claims_kind kind, uint32_t place)
{
	const struct claims_entry *e = claims_at(c, place);
	return claims_if_held(c, kind == BY_GUID ? claims_guid(c, e).older : e->older[kind]);
}

static void claims_set_next(struct claims *c, enum claims_kind kind, uint32_t place, uint32_t next)
{
	struct claims_entry *e = claims_at(c, place);
	if (kind == BY_GUID)
		memcpy(claims_guid_at(c, e) + offsetof(struct claims_guid, older), &next, sizeof(next));
	else
		e->older[kind] = next;
}

uint32_t claims_expect_at(const struct claims *c, uint32_t link)
{
	uint32_t place = claims_if_held(c, link);
	if (place != CLAIMS_NONE)
		__builtin_prefetch(claims_at(c, place));
	return place;
}

/* A guid's link stands with its claim's text, which is one step more. */
uint32_t claims_expect_behind(const struct claims *c, enum claims_kind kind, uint32_t place)
{
	if (place == CLAIMS_NONE)
		return CLAIMS_NONE;
	if (kind != BY_GUID)
		return claims_expect_at(c, claims_at(c, place)->older[kind]);
	__builtin_prefetch(claims_text(c, claims_at(c, place)));
	return CLAIMS_NONE;
}

/* The newest claim of that hash, or CLAIMS_NONE. before: the one before it in the chain, CLAIMS_NONE: the head. */
uint32_t claims_newest_of(const struct claims *c, enum claims_kind kind, uint64_t hash, uint32_t *before)
{
	uint32_t i = claims_if_held(c, *claims_head(c, kind, hash));
	*before = CLAIMS_NONE;
	while (i != CLAIMS_NONE && claims_hash(c, claims_at(c, i), kind) != hash) {
		*before = i;
		i = claims_next(c, kind, i);
	}
	return i;
}

/* The newest claim enters its chain, and the one of its hash that stood there leaves it. */
void claims_link(struct claims *c, enum claims_kind kind, uint32_t i)
{
	uint64_t hash = claims_hash(c, claims_at(c, i), kind);
	uint32_t *head = claims_head(c, kind, hash), before;
	uint32_t twin = claims_newest_of(c, kind, hash, &before);
	if (before != CLAIMS_NONE && twin != CLAIMS_NONE)
		claims_set_next(c, kind, before, claims_next(c, kind, twin));
	bool twin_was_first = before == CLAIMS_NONE && twin != CLAIMS_NONE;
	claims_set_next(c, kind, i, twin_was_first ? claims_next(c, kind, twin) : claims_if_held(c, *head));
	*head = i;
}

/* The newest claim leaves, and the one before it of its hash comes back to its place: behind all newer ones. */
void claims_unlink(struct claims *c, enum claims_kind kind, uint32_t i)
{
	const struct claims_entry *e = claims_at(c, i);
	uint32_t *head = claims_head(c, kind, claims_hash(c, e, kind));
	CHECK(*head == i);
	*head = claims_next(c, kind, i);
	uint32_t twin = claims_has_line(e, kind) ? claims_if_held(c, claims_line(c, e, kind).older) : CLAIMS_NONE;
	if (twin == CLAIMS_NONE)
		return;
	uint32_t before = CLAIMS_NONE, next = *head;
	while (next != CLAIMS_NONE && claims_rank(c, next) > claims_rank(c, twin)) {
		before = next;
		next = claims_next(c, kind, next);
	}
	claims_set_next(c, kind, twin, next);
	if (before == CLAIMS_NONE)
		*head = twin;
	else
		claims_set_next(c, kind, before, twin);
}

/* One chain becomes two; both stay in order. */
void claims_split(struct claims *c, enum claims_kind kind)
{
	struct heads *heads = &c->chains[kind].heads;
	uint32_t ends[2] = {CLAIMS_NONE, CLAIMS_NONE}, first = heads_add(heads);
	uint32_t chains[2] = {first, heads->n - 1};
	/* They are taken apart in a row. */
	claims_expect_at(c, *heads_at(heads, (chains[0] + CLAIMS_SPLIT_AHEAD) % heads->half));
	for (uint32_t i = claims_if_held(c, *heads_at(heads, chains[0])), next; i != CLAIMS_NONE; i = next) {
		int which = claims_chain(c, kind, claims_hash(c, claims_at(c, i), kind)) == chains[1];
		next = claims_next(c, kind, i);
		if (ends[which] != CLAIMS_NONE)
			claims_set_next(c, kind, ends[which], i);
		else
			*heads_at(heads, chains[which]) = i;
		ends[which] = i;
	}
	for (int which = 0; which < 2; which++) {
		if (ends[which] != CLAIMS_NONE)
			claims_set_next(c, kind, ends[which], CLAIMS_NONE);
		else
			*heads_at(heads, chains[which]) = CLAIMS_NONE;
	}
}

/* The first of its hash has none, and is its own leap. */
struct claims_line claims_line_of(const struct claims *c, enum claims_kind kind, uint32_t place)
{
	const struct claims_entry *e = claims_at(c, place);
	return claims_has_line(e, kind) ? claims_line(c, e, kind) : (struct claims_line){CLAIMS_NONE, place, 0};
}

/*
 * The line of a claim whose hash `twin` had last. A leap is one step, or as long as the two leaps before it together
 * with one step where these are of one length; so from any claim any other of its line is reached in a number of leaps
 * and steps that grows with the logarithm alone (Myers' skew-binary lists).
 */
struct claims_line claims_line_behind(const struct claims *c, enum claims_kind kind, uint32_t twin)
{
	struct claims_line last = claims_line_of(c, kind, twin), line = {twin, twin, last.length + 1};
	if (!claims_holds(c, last.leap))
		return line;
	struct claims_line near = claims_line_of(c, kind, last.leap);
	if (!claims_holds(c, near.leap))
		return line;
	struct claims_line far = claims_line_of(c, kind, near.leap);
	if (last.length - near.length == near.length - far.length)
		line.leap = near.leap;
	return line;
}

/* Of the line that `newest` ends, the earliest claim of that rank or a higher one. */
uint32_t claims_earliest(const struct claims *c, enum claims_kind kind, uint32_t newest, uint32_t rank)
{
	for (uint32_t i = newest;;) {
		struct claims_line line = claims_line_of(c, kind, i);
		if (line.length && claims_holds(c, line.leap) && claims_rank(c, line.leap) >= rank)
			i = line.leap;
		else if (line.length && claims_holds(c, line.older) && claims_rank(c, line.older) >= rank)
			i = line.older;
		else
			return i;
	}
}

/* Of the line that `newest` ends, the claim with `length` before it, which must be held. */
uint32_t claims_of_length(const struct claims *c, enum claims_kind kind, uint32_t newest, uint32_t length)
{
	uint32_t i = newest;
	for (struct claims_line line; (line = claims_line_of(c, kind, i)).length > length;) {
		bool leaps = claims_holds(c, line.leap) && claims_line_of(c, kind, line.leap).length >= length;
		i = leaps ? line.leap : line.older;
	}
	return i;
}
