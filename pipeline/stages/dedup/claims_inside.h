/*
 * The index of claims from inside: for the files that make it up, claims.c (what is held), claims_chains.c (claims of
 * equal hashes), claims_judge.c (the verdict) and claims_quotes.c (what a round-up quotes).
 *
 * Claims stand in a ring in the order of the world, addressed by number: what each judging looks at, 36 bytes. The rest
 * (id, uri, version, sketch) stands in a line of bytes (texts.h, claim_text.h), as claims leave in the order they came,
 * or from the newest end. So the oldest claims fall away without a step each, and memory whole blocks at a time.
 */
#ifndef WIREDESK_CLAIMS_INSIDE_H
#define WIREDESK_CLAIMS_INSIDE_H

#include "pipeline/stages/dedup/claim_text.h"
#include "pipeline/stages/dedup/claims.h"
#include "pipeline/stages/dedup/heads.h"
#include "pipeline/stages/dedup/packed.h"
#include "pipeline/stages/dedup/postings.h"
#include "pipeline/stages/dedup/ring.h"
#include "pipeline/stages/dedup/texts.h"

#include <string.h>

enum claims_kind { BY_EXACT, BY_BODY, BY_GUID, KINDS };

/* Numbers in halves, so that none asks for more alignment than it is worth. */
struct claims_entry {
	uint32_t exact[2], body[2]; /* hashes, scope included, the lower half first; 0: none */
	uint32_t older[2];          /* the next in its chain by exact and by body hash */
	uint32_t time_low, text_low;
	uint16_t time_high; /* milliseconds in 48 bits */
	uint8_t text_high;  /* place in texts */
	uint8_t flags;
};
_Static_assert(sizeof(struct claims_entry) == 36, "an entry has no gaps");

enum claims_flag {
	CLAIMS_VOID = 1 << 0,
	CLAIMS_SKETCH = 1 << 1,
	CLAIMS_GUID = 1 << 2,  /* with a version */
	CLAIMS_SCOPE = 1 << 3, /* of four bytes */
	CLAIMS_LINE = 1 << 4,  /* << kind: an earlier claim had the same hash, and a line begins its text */
};

/* Where a claim stands among those of its hash; at the beginning of its text, one for each kind that has any. */
struct claims_line {
	uint32_t older, leap; /* the one before, and one far before */
	uint32_t length;      /* claims before it */
};

/* Behind the lines of a claim with a guid and a version. Then come scope, sketch, version, id, uri and source, each
 * where there is one. */
struct claims_guid {
	uint64_t hash;
	uint32_t older; /* in its chain */
};

/* The newest place when a claim became void. */
struct claims_void {
	uint32_t place, newest;
};

struct claims_heads {
	struct heads heads;
	size_t n; /* claims that have such a hash */
};

struct claims {
	struct claims_window window;
	struct ring entries;
	struct postings *postings; /* of the same numbers */
	uint32_t window_from;      /* the first claim in the window of the one judged last */
	struct claims_heads chains[KINDS];
	uint64_t salt;
	struct texts texts;
	struct claim_text_names names, sources;
	struct buf text;           /* scratch: the newest claim's */
	struct claims_void *voids; /* by place */
	size_t n_voids, void_room;
	/* What a match points to, until the next change. */
	struct sketch_text other;
	char id[CLAIM_TEXT_ID_MAX];
	char uris[1 + CLAIMS_CONTAINS_MAX][CLAIM_TEXT_UUID_URI_BYTES];
};

/* --- entries ---------------------------------------------------------------------------------------------------- */

static inline struct claims_entry *claims_at(const struct claims *c, uint32_t place)
{
	return ring_at(&c->entries, place);
}

/* Places in the order of the world; places themselves wrap. */
static inline uint32_t claims_rank(const struct claims *c, uint32_t place)
{
	return place - c->entries.oldest;
}

/* The least number from `from` on that ends in these bits. */
static inline uint64_t claims_unwrap(uint64_t kept, unsigned bits, uint64_t from)
{
	return from + ((kept - from) & ((UINT64_C(1) << bits) - 1));
}

static inline uint64_t claims_text_place(const struct claims *c, const struct claims_entry *e)
{
	return claims_unwrap((uint64_t)e->text_high << 32 | e->text_low, TEXTS_PLACE_BITS, c->texts.oldest);
}

static inline int64_t claims_time(const struct claims *c, uint32_t place)
{
	const struct claims_entry *e = claims_at(c, place);
	/* Before 1970, too. */
	return (int64_t)((uint64_t)e->time_high << 48 | (uint64_t)e->time_low << 16) >> 16;
}

static inline uint8_t *claims_text(const struct claims *c, const struct claims_entry *e)
{
	return (uint8_t *)texts_at(&c->texts, claims_text_place(c, e));
}

static inline int claims_lines(const struct claims_entry *e, unsigned kinds)
{
	return __builtin_popcount(e->flags / CLAIMS_LINE & ((1u << kinds) - 1));
}

static inline bool claims_has_line(const struct claims_entry *e, enum claims_kind kind)
{
	return e->flags & CLAIMS_LINE << kind;
}

static inline struct claims_line claims_line(const struct claims *c, const struct claims_entry *e,
                                             enum claims_kind kind)
{
	struct claims_line line;
	memcpy(&line, claims_text(c, e) + (size_t)claims_lines(e, kind) * sizeof(line), sizeof(line));
	return line;
}

static inline uint8_t *claims_guid_at(const struct claims *c, const struct claims_entry *e)
{
	return claims_text(c, e) + (size_t)claims_lines(e, KINDS) * sizeof(struct claims_line);
}

static inline struct claims_guid claims_guid(const struct claims *c, const struct claims_entry *e)
{
	struct claims_guid guid = {0, CLAIMS_NONE};
	if (e->flags & CLAIMS_GUID)
		memcpy(&guid, claims_guid_at(c, e), sizeof(guid));
	return guid;
}

static inline const uint8_t *claims_scope_at(const struct claims *c, const struct claims_entry *e)
{
	return claims_guid_at(c, e) + (e->flags & CLAIMS_GUID ? sizeof(struct claims_guid) : 0);
}

/* What is mixed into its samples. */
static inline uint32_t claims_scope(const struct claims *c, const struct claims_entry *e)
{
	uint32_t scope = 0;
	if (e->flags & CLAIMS_SCOPE)
		memcpy(&scope, claims_scope_at(c, e), sizeof(scope));
	return scope;
}

static inline const uint8_t *claims_sketch_at(const struct claims *c, const struct claims_entry *e)
{
	return claims_scope_at(c, e) + (e->flags & CLAIMS_SCOPE ? sizeof(uint32_t) : 0);
}

/* Without shingles where there is none: nothing is like it. What stands behind it. */
static inline const uint8_t *claims_read_sketch(const struct claims *c, const struct claims_entry *e,
                                                struct sketch_text *out)
{
	const uint8_t *p = claims_sketch_at(c, e);
	if (e->flags & CLAIMS_SKETCH)
		return p + packed_read(p, out);
	*out = (struct sketch_text){0};
	return p;
}

/* Of its sketch the numbers of things, and the minima; the rest is not set. */
static inline void claims_read_minima(const struct claims *c, const struct claims_entry *e, struct sketch_text *out)
{
	out->n_shingles = 0;
	if (e->flags & CLAIMS_SKETCH)
		packed_read_minima(claims_sketch_at(c, e), out);
}

static inline uint64_t claims_hash(const struct claims *c, const struct claims_entry *e, enum claims_kind kind)
{
	if (kind == BY_GUID)
		return claims_guid(c, e).hash;
	const uint32_t *half = kind == BY_EXACT ? e->exact : e->body;
	return (uint64_t)half[1] << 32 | half[0];
}

/* Claims from the one to the other. One number is never a claim's. */
static inline uint32_t claims_distance(uint32_t from, uint32_t to)
{
	return to - from - (CLAIMS_NONE - from < to - from);
}

/* --- claims.c --------------------------------------------------------------------------------------------------- */

/* Was it void when `own` was entered? */
bool claims_is_void_for(const struct claims *c, uint32_t place, uint32_t own);

/* --- claims_judge.c --------------------------------------------------------------------------------------------- */

/* Of claims that share samples no more are looked at: those that share most. */
#define CLAIMS_LOOKED_MAX 128

struct claims_candidate {
	uint32_t rank, shared;
	uint16_t first, last; /* of the samples */
};

/* Claims judged and entered: what is compared with `own` stands before `before`. */
struct claims_span {
	uint32_t own, before;
};

/* Is the claim at `place` neither out of own's window nor void? */
bool claims_counts(const struct claims *c, uint32_t place, uint32_t own);
/* Times do not fall, so the window begins at one place. */
uint32_t claims_window_from(struct claims *c, uint32_t own);
/* The claims that share most samples, in their order; how many. */
size_t claims_choose(const struct claims *c, const struct postings_found *found, size_t n, uint32_t shared_min,
                     struct claims_candidate chosen[CLAIMS_LOOKED_MAX]);

/* What stands behind a claim's sketch; the sketch in c->other. */
struct claims_names {
	struct str version, id, uri, source;
};
/* uri_room: one of c->uris. */
struct claims_names claims_read_names(struct claims *c, uint32_t place, size_t uri_room);

/* --- claims_quotes.c -------------------------------------------------------------------------------------------- */

#define CLAIMS_QUOTES_MAX 16

/* What a round-up may quote, as far as its samples tell. */
struct claims_quotes {
	struct {
		uint32_t place;
		struct sketch_text sketch;
		bool is_strong, is_whole;
	} items[CLAIMS_QUOTES_MAX];
	size_t n, n_strong;
};

void claims_add_quote(struct claims_quotes *quotes, uint32_t place, const struct sketch_text *sketch,
                      const struct likeness *l, uint32_t shared);
/* Into out->contains. */
void claims_name_quotes(struct claims *c, const struct claim *claim, const struct claims_span *span,
                        const struct claims_quotes *quotes, struct claims_match *out);

/* --- claims_chains.c -------------------------------------------------------------------------------------------- */

/* Where the chain of that hash begins. */
uint32_t *claims_head(const struct claims *c, enum claims_kind kind, uint64_t hash);
/* Ask for the memory of a claim that a chain leads to; CLAIMS_NONE: it leads nowhere. And for that of what stands
 * behind it. */
uint32_t claims_expect_at(const struct claims *c, uint32_t link);
uint32_t claims_expect_behind(const struct claims *c, enum claims_kind kind, uint32_t place);
/* The newest claim of that hash, or CLAIMS_NONE. before: the one before it in the chain, CLAIMS_NONE: the head. */
uint32_t claims_newest_of(const struct claims *c, enum claims_kind kind, uint64_t hash, uint32_t *before);
/* The newest claim enters its chain, and leaves it. */
void claims_link(struct claims *c, enum claims_kind kind, uint32_t place);
void claims_unlink(struct claims *c, enum claims_kind kind, uint32_t place);
/* One chain more. */
void claims_split(struct claims *c, enum claims_kind kind);
/* What a claim's line is; of the first of its hash, which has none: it is its own leap. */
struct claims_line claims_line_of(const struct claims *c, enum claims_kind kind, uint32_t place);
/* The line of a claim whose hash `twin` had last. */
struct claims_line claims_line_behind(const struct claims *c, enum claims_kind kind, uint32_t twin);
/* Of the line that `newest` ends: the earliest claim of that rank or a higher one; the one with `length` before it,
 * which must be held. */
uint32_t claims_earliest(const struct claims *c, enum claims_kind kind, uint32_t newest, uint32_t rank);
uint32_t claims_of_length(const struct claims *c, enum claims_kind kind, uint32_t newest, uint32_t length);

#endif
