/*
 * Claims in memory. See claims.h.
 *
 * Claims stand in a ring in the order of the world, addressed by number: what each judging looks at, 36 bytes. The rest
 * (id, uri, version, sketch) stands in a line of bytes (texts.h, claim_text.h), as claims leave in the order they came,
 * or from the newest end. So the oldest claims fall away without a step each, and memory whole blocks at a time.
 *
 * Equal hashes are found by chains: a table of heads, and from each a chain of claims, newest first, in which of each
 * hash only the newest claim stands. It leads on to the older ones of its hash (its *line*), each to the one before
 * and, as a leap, to one far before, so that the earliest one in the window is found in a few steps, however many share
 * the hash: a thousand equal stories cost hardly more than a thousand different ones, forwards and backwards. A link to
 * what has left is an end. What a line needs stands with the texts, so that the many claims that are nobody's twin do
 * without.
 *
 * Samples of sketches stand in an inverted index (postings.h); a claim's scope is mixed into them, so that claims of
 * other scopes are not even met.
 *
 * ledger.h promises the memory a claim. Numbers begin shortly before they wrap, so that wrapping is nothing special.
 */
#include "pipeline/stages/dedup/claims.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stages/dedup/claim_text.h"
#include "pipeline/stages/dedup/packed.h"
#include "pipeline/stages/dedup/postings.h"
#include "pipeline/stages/dedup/ring.h"
#include "pipeline/stages/dedup/texts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define CLAIMS_FIRST_NUMBER (UINT32_MAX - 2000)
#define CLAIMS_FIRST_BITS   10
/* Claims a head, when the number of heads doubles. */
#define CLAIMS_LOAD 2
#define CLAIMS_MIX  UINT64_C(0x9e3779b97f4a7c15)
/* One guid with very many versions, newest first, must not make judging slow: only so many of its first claims are
 * looked at. */
#define CLAIMS_GUID_STEPS 256
/* Spans of a window, for the caps of postings. */
#define CLAIMS_SPANS 64
/* Of a claim's samples so many are noted, the smallest of its lead and of the whole. */
#define CLAIMS_NOTED_LEAD  5
#define CLAIMS_NOTED_WHOLE 5
_Static_assert(CLAIMS_NOTED_LEAD + CLAIMS_NOTED_WHOLE <= POSTINGS_NOTED_MAX, "all that is noted has its place");
/* Claims that share so many samples are looked at, and no more of them than that: those that share most. */
#define CLAIMS_SHARED_MIN 2
/* A story this short has few samples: one is enough. */
#define CLAIMS_SHORT_SHINGLES 64
#define CLAIMS_LOOKED_MAX     128
/* A quotation: so many samples, this share of the quoted story; one that shares as much as CLAIMS_COPY_SHARE with
 * another is the same passage again. */
#define CLAIMS_QUOTES_MAX   16
#define CLAIMS_QUOTE_SHARED 4
#define CLAIMS_QUOTE_SHARE  0.1
#define CLAIMS_COPY_SHARE   0.5
/* Of a version so many bytes are kept and compared. */
#define CLAIMS_VERSION_BYTES 255
#define CLAIMS_CACHE_LINE    64

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

/* Behind the lines of a claim with a guid and a version. Then come scope, sketch, version, id and uri, each where there
 * is one. */
struct claims_guid {
	uint64_t hash;
	uint32_t older; /* in its chain */
};

/* The newest place when a claim became void. */
struct claims_void {
	uint32_t place, newest;
};

struct claims_heads {
	uint32_t *heads;
	uint32_t bits;
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
	struct claim_text_names names;
	struct buf text;           /* scratch: the newest claim's */
	struct claims_void *voids; /* by place */
	size_t n_voids, void_room;
	/* What a match points to, until the next change. */
	struct sketch_text other;
	char id[CLAIM_TEXT_ID_MAX];
	char uris[1 + CLAIMS_CONTAINS_MAX][CLAIM_TEXT_UUID_URI_BYTES];
};

/* --- entries ---------------------------------------------------------------------------------------------------- */

static void *claims_realloc(void *p, size_t count, size_t size)
{
	CHECK(count <= SIZE_MAX / size);
	p = realloc(p, count * size);
	if (!p)
		check_panic("out of memory");
	return p;
}

static struct claims_entry *claims_at(const struct claims *c, uint32_t place)
{
	return ring_at(&c->entries, place);
}

/* Places in the order of the world; places themselves wrap. */
static uint32_t claims_rank(const struct claims *c, uint32_t place)
{
	return place - c->entries.oldest;
}

bool claims_holds(const struct claims *c, uint32_t place)
{
	return place != CLAIMS_NONE && ring_holds(&c->entries, place);
}

/* The least number from `from` on that ends in these bits. */
static uint64_t claims_unwrap(uint64_t kept, unsigned bits, uint64_t from)
{
	return from + ((kept - from) & ((UINT64_C(1) << bits) - 1));
}

static uint64_t claims_text_place(const struct claims *c, const struct claims_entry *e)
{
	return claims_unwrap((uint64_t)e->text_high << 32 | e->text_low, TEXTS_PLACE_BITS, c->texts.oldest);
}

static int64_t claims_time(const struct claims *c, uint32_t place)
{
	const struct claims_entry *e = claims_at(c, place);
	/* Before 1970, too. */
	return (int64_t)((uint64_t)e->time_high << 48 | (uint64_t)e->time_low << 16) >> 16;
}

static uint8_t *claims_text(const struct claims *c, const struct claims_entry *e)
{
	return (uint8_t *)texts_at(&c->texts, claims_text_place(c, e));
}

static int claims_lines(const struct claims_entry *e, unsigned kinds)
{
	return __builtin_popcount(e->flags / CLAIMS_LINE & ((1u << kinds) - 1));
}

static bool claims_has_line(const struct claims_entry *e, enum claims_kind kind)
{
	return e->flags & CLAIMS_LINE << kind;
}

static struct claims_line claims_line(const struct claims *c, const struct claims_entry *e, enum claims_kind kind)
{
	struct claims_line line;
	memcpy(&line, claims_text(c, e) + (size_t)claims_lines(e, kind) * sizeof(line), sizeof(line));
	return line;
}

static uint8_t *claims_guid_at(const struct claims *c, const struct claims_entry *e)
{
	return claims_text(c, e) + (size_t)claims_lines(e, KINDS) * sizeof(struct claims_line);
}

static struct claims_guid claims_guid(const struct claims *c, const struct claims_entry *e)
{
	struct claims_guid guid = {0, CLAIMS_NONE};
	if (e->flags & CLAIMS_GUID)
		memcpy(&guid, claims_guid_at(c, e), sizeof(guid));
	return guid;
}

static const uint8_t *claims_scope_at(const struct claims *c, const struct claims_entry *e)
{
	return claims_guid_at(c, e) + (e->flags & CLAIMS_GUID ? sizeof(struct claims_guid) : 0);
}

/* What is mixed into its samples. */
static uint32_t claims_scope(const struct claims *c, const struct claims_entry *e)
{
	uint32_t scope = 0;
	if (e->flags & CLAIMS_SCOPE)
		memcpy(&scope, claims_scope_at(c, e), sizeof(scope));
	return scope;
}

static const uint8_t *claims_sketch_at(const struct claims *c, const struct claims_entry *e)
{
	return claims_scope_at(c, e) + (e->flags & CLAIMS_SCOPE ? sizeof(uint32_t) : 0);
}

/* Without shingles where there is none: nothing is like it. What stands behind it. */
static const uint8_t *claims_read_sketch(const struct claims *c, const struct claims_entry *e, struct sketch_text *out)
{
	const uint8_t *p = claims_sketch_at(c, e);
	if (e->flags & CLAIMS_SKETCH)
		return p + packed_read(p, out);
	*out = (struct sketch_text){0};
	return p;
}

/* --- chains and lines ------------------------------------------------------------------------------------------- */

static uint64_t claims_hash(const struct claims *c, const struct claims_entry *e, enum claims_kind kind)
{
	if (kind == BY_GUID)
		return claims_guid(c, e).hash;
	const uint32_t *half = kind == BY_EXACT ? e->exact : e->body;
	return (uint64_t)half[1] << 32 | half[0];
}

static uint32_t *claims_head(const struct claims *c, enum claims_kind kind, uint64_t hash)
{
	const struct claims_heads *chain = &c->chains[kind];
	return &chain->heads[((hash ^ c->salt) * CLAIMS_MIX ^ c->salt) * CLAIMS_MIX >> (64 - chain->bits)];
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

/* The newest claim of that hash, or CLAIMS_NONE. before: the one before it in the chain, CLAIMS_NONE: the head. */
static uint32_t claims_newest_of(const struct claims *c, enum claims_kind kind, uint64_t hash, uint32_t *before)
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
static void claims_link(struct claims *c, enum claims_kind kind, uint32_t i)
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
static void claims_unlink(struct claims *c, enum claims_kind kind, uint32_t i)
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

static void claims_make_heads(struct claims_heads *chain)
{
	size_t n = (size_t)1 << chain->bits;
	chain->heads = claims_realloc(chain->heads, n, sizeof(*chain->heads));
	memset(chain->heads, 0xff, n * sizeof(*chain->heads)); /* CLAIMS_NONE all over */
}

static void claims_grow_chain(struct claims *c, enum claims_kind kind)
{
	c->chains[kind].bits++;
	claims_make_heads(&c->chains[kind]);
	for (uint32_t i = 0; i < c->entries.count; i++)
		if (claims_hash(c, claims_at(c, c->entries.oldest + i), kind))
			claims_link(c, kind, c->entries.oldest + i);
}

/* The first of its hash has none, and is its own leap. */
static struct claims_line claims_line_of(const struct claims *c, enum claims_kind kind, uint32_t place)
{
	const struct claims_entry *e = claims_at(c, place);
	return claims_has_line(e, kind) ? claims_line(c, e, kind) : (struct claims_line){CLAIMS_NONE, place, 0};
}

/*
 * The line of a claim whose hash `twin` had last. A leap is one step, or as long as the two leaps before it together
 * with one step where these are of one length; so from any claim any other of its line is reached in a number of leaps
 * and steps that grows with the logarithm alone (Myers' skew-binary lists).
 */
static struct claims_line claims_line_behind(const struct claims *c, enum claims_kind kind, uint32_t twin)
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
static uint32_t claims_earliest(const struct claims *c, enum claims_kind kind, uint32_t newest, uint32_t rank)
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
static uint32_t claims_of_length(const struct claims *c, enum claims_kind kind, uint32_t newest, uint32_t length)
{
	uint32_t i = newest;
	for (struct claims_line line; (line = claims_line_of(c, kind, i)).length > length;) {
		bool leaps = claims_holds(c, line.leap) && claims_line_of(c, kind, line.leap).length >= length;
		i = leaps ? line.leap : line.older;
	}
	return i;
}

/* --- entering ------------------------------------------------------------------------------------------------- */

struct claims *claims_new(const struct claims_window *window)
{
	struct claims *c = claims_realloc(NULL, 1, sizeof(*c));
	CHECK(window->ms > 0);
	*c = (struct claims){.window = *window, .window_from = CLAIMS_FIRST_NUMBER};
	if (getrandom(&c->salt, sizeof(c->salt), 0) != (ssize_t)sizeof(c->salt))
		c->salt = (uintptr_t)c;
	ring_init(&c->entries, sizeof(struct claims_entry), CLAIMS_FIRST_NUMBER);
	c->postings = postings_new(CLAIMS_FIRST_NUMBER);
	texts_init(&c->texts);
	buf_init(&c->text, TEXTS_BLOCK_BYTES);
	for (enum claims_kind kind = 0; kind < KINDS; kind++) {
		c->chains[kind].bits = CLAIMS_FIRST_BITS;
		claims_make_heads(&c->chains[kind]);
	}
	return c;
}

void claims_free(struct claims **claims)
{
	struct claims *c = *claims;
	if (!c)
		return;
	*claims = NULL;
	for (enum claims_kind kind = 0; kind < KINDS; kind++)
		free(c->chains[kind].heads);
	ring_free(&c->entries);
	postings_free(&c->postings);
	texts_free(&c->texts);
	buf_free(&c->text);
	claim_text_names_free(&c->names);
	free(c->voids);
	free(c);
}

/* Two words as one; never 0, which means none. */
static uint64_t claims_mix(uint64_t a, uint64_t b)
{
	uint64_t words[2] = {a, b};
	uint64_t hash = digest_xxh64(str_make(words, sizeof(words)));
	return hash ? hash : 1;
}

static uint32_t claims_scope_of(const struct claim *claim)
{
	return claim->scope.n ? (uint32_t)(digest_xxh64(claim->scope) >> 32) : 0;
}

static void claims_find_hashes(const struct claim *claim, uint64_t hashes[KINDS])
{
	uint64_t scope = digest_xxh64(claim->scope);
	bool has_version = claim->guid.n && claim->version.n;
	hashes[BY_EXACT] = claim->exact_hash ? claims_mix(claim->exact_hash, scope) : 0;
	hashes[BY_BODY] = claim->body_hash ? claims_mix(claim->body_hash, scope) : 0;
	hashes[BY_GUID] = has_version ? claims_mix(digest_xxh64(claim->guid), scope) : 0;
}

/* The part of a claim that the postings know. */
static size_t claims_noted(const struct sketch *sketch, uint32_t scope, uint32_t noted[POSTINGS_NOTED_MAX])
{
	size_t n = 0, lead = 0, whole = 0;
	for (size_t i = 0; sketch && i < sketch->n_samples; i++)
		if (i < sketch->n_lead_samples ? lead++ < CLAIMS_NOTED_LEAD : whole++ < CLAIMS_NOTED_WHOLE)
			noted[n++] = sketch->samples[i] ^ scope;
	return n;
}

int64_t claims_span_ms(int64_t window_ms)
{
	int64_t span_ms = window_ms / CLAIMS_SPANS;
	return span_ms ? span_ms : 1;
}

/* Lines of the hashes that earlier claims have, too; the flags that say which. */
static uint8_t claims_put_lines(struct claims *c, const uint64_t hashes[KINDS])
{
	uint8_t flags = 0;
	for (enum claims_kind kind = 0; kind < KINDS; kind++) {
		uint32_t before, twin = hashes[kind] ? claims_newest_of(c, kind, hashes[kind], &before) : CLAIMS_NONE;
		if (twin == CLAIMS_NONE)
			continue;
		struct claims_line line = claims_line_behind(c, kind, twin);
		buf_put(&c->text, &line, sizeof(line));
		flags |= (uint8_t)(CLAIMS_LINE << kind);
	}
	return flags;
}

/* Makes the claim's text in c->text; its flags. */
static uint8_t claims_put_text(struct claims *c, const struct claim *claim, const uint64_t hashes[KINDS])
{
	buf_clear(&c->text);
	uint8_t flags = claims_put_lines(c, hashes);
	if (hashes[BY_GUID]) {
		struct claims_guid guid = {.hash = hashes[BY_GUID], .older = CLAIMS_NONE};
		buf_put(&c->text, &guid, sizeof(guid));
		flags |= CLAIMS_GUID;
	}
	uint32_t scope = claims_scope_of(claim);
	if (scope) {
		buf_put(&c->text, &scope, sizeof(scope));
		flags |= CLAIMS_SCOPE;
	}
	if (claim->sketch) {
		uint8_t packed[PACKED_BYTES_MAX];
		buf_put(&c->text, packed, packed_write(&claim->sketch->text, packed));
		flags |= CLAIMS_SKETCH;
	}
	if (hashes[BY_GUID])
		claim_text_put(&c->text, str_slice(claim->version, 0, CLAIMS_VERSION_BYTES));
	claim_text_put_id(&c->names, &c->text, claim->id);
	claim_text_put_uri(&c->text, claim->uri);
	CHECK(!c->text.overflow);
	return flags;
}

static void claims_set_place(struct claims_entry *e, uint64_t text, int64_t time_ms)
{
	e->text_low = (uint32_t)text;
	e->text_high = (uint8_t)(text >> 32);
	e->time_low = (uint32_t)time_ms;
	e->time_high = (uint16_t)((uint64_t)time_ms >> 32);
}

/* The number that links take for none holds nothing. */
static void claims_fill_gap(struct claims *c, int64_t time_ms)
{
	if (c->entries.oldest + c->entries.count != CLAIMS_NONE)
		return;
	struct claims_entry *gap = ring_push(&c->entries);
	*gap = (struct claims_entry){0};
	claims_set_place(gap, texts_add(&c->texts, 0), time_ms);
	postings_add(c->postings, 0, NULL, 0);
}

static uint32_t claims_push(struct claims *c, const uint64_t hashes[KINDS], uint8_t flags, int64_t time_ms)
{
	struct claims_entry *e = ring_push(&c->entries);
	*e = (struct claims_entry){.exact = {(uint32_t)hashes[BY_EXACT], (uint32_t)(hashes[BY_EXACT] >> 32)},
	                           .body = {(uint32_t)hashes[BY_BODY], (uint32_t)(hashes[BY_BODY] >> 32)},
	                           .flags = flags};
	uint64_t text = texts_add(&c->texts, c->text.n);
	memcpy(texts_at(&c->texts, text), c->text.p, c->text.n);
	claims_set_place(e, text, time_ms);
	return ring_newest(&c->entries);
}

static void claims_note(struct claims *c, const uint32_t *noted, size_t n, int64_t order_ms)
{
	postings_add(c->postings, (uint32_t)(order_ms / claims_span_ms(c->window.ms)), noted, n);
}

uint32_t claims_enter(struct claims *c, const struct claim *claim, int64_t time_ms, int64_t order_ms)
{
	CHECK(c->window.is_story_time || time_ms == order_ms);
	CHECK(c->window.is_story_time || !c->entries.count || claims_time(c, ring_newest(&c->entries)) <= time_ms);
	uint64_t hashes[KINDS];
	uint32_t noted[POSTINGS_NOTED_MAX];
	size_t n_noted = claims_noted(claim->sketch, claims_scope_of(claim), noted);
	claims_find_hashes(claim, hashes);
	postings_prefetch(c->postings, noted, n_noted);
	for (enum claims_kind kind = 0; kind < KINDS; kind++)
		__builtin_prefetch(claims_head(c, kind, hashes[kind]));
	claims_fill_gap(c, time_ms);
	uint8_t flags = claims_put_text(c, claim, hashes);
	uint32_t i = claims_push(c, hashes, flags, time_ms);
	for (enum claims_kind kind = 0; kind < KINDS; kind++) {
		if (!hashes[kind])
			continue;
		if (c->chains[kind].n++ >> c->chains[kind].bits >= CLAIMS_LOAD)
			claims_grow_chain(c, kind);
		else
			claims_link(c, kind, i);
	}
	claims_note(c, noted, n_noted, order_ms);
	return i;
}

/* Claims from the one to the other. One number is never a claim's. */
static uint32_t claims_distance(uint32_t from, uint32_t to)
{
	return to - from - (CLAIMS_NONE - from < to - from);
}

size_t claims_before(const struct claims *c, uint32_t place)
{
	return claims_distance(c->entries.oldest, place);
}

bool claims_is_same(const struct claims *c, uint32_t place, const struct claim *claim)
{
	static const struct sketch_text none;
	const struct claims_entry *e = claims_at(c, place);
	struct sketch_text held = {0};
	uint64_t hashes[KINDS];
	claims_find_hashes(claim, hashes);
	claims_read_sketch(c, e, &held);
	return claims_hash(c, e, BY_EXACT) == hashes[BY_EXACT] && claims_hash(c, e, BY_BODY) == hashes[BY_BODY] &&
	       claims_scope(c, e) == claims_scope_of(claim) &&
	       memcmp(&held, claim->sketch ? &claim->sketch->text : &none, sizeof(held)) == 0;
}

int64_t claims_oldest_order_ms(const struct claims *c, int64_t now_ms)
{
	int64_t span_ms = claims_span_ms(c->window.ms);
	return postings_oldest_span(c->postings, (uint32_t)(now_ms / span_ms)) * span_ms;
}

/* --- leaving -------------------------------------------------------------------------------------------------- */

static void claims_uncount(struct claims *c, const struct claims_entry *e)
{
	for (enum claims_kind kind = 0; kind < KINDS; kind++)
		c->chains[kind].n -= claims_hash(c, e, kind) != 0;
}

static void claims_drop_first(struct claims *c)
{
	uint32_t i = c->entries.oldest;
	claims_uncount(c, claims_at(c, i));
	if (c->n_voids && c->voids[0].place == i)
		memmove(c->voids, c->voids + 1, --c->n_voids * sizeof(*c->voids));
	postings_drop_oldest(c->postings);
	bool is_last = c->entries.count == 1;
	texts_drop_before(&c->texts, is_last ? c->texts.end : claims_text_place(c, claims_at(c, i + 1)));
	ring_drop_oldest(&c->entries);
	if (c->window_from == i)
		c->window_from++;
}

void claims_drop_oldest(struct claims *c)
{
	CHECK(c->entries.count);
	claims_drop_first(c);
	if (c->entries.count && c->entries.oldest == CLAIMS_NONE)
		claims_drop_first(c);
}

static void claims_drop_last(struct claims *c)
{
	uint32_t i = ring_newest(&c->entries);
	const struct claims_entry *e = claims_at(c, i);
	for (enum claims_kind kind = 0; kind < KINDS; kind++)
		if (claims_hash(c, e, kind))
			claims_unlink(c, kind, i);
	claims_uncount(c, e);
	c->n_voids -= (e->flags & CLAIMS_VOID) != 0;
	for (size_t n = 0; n < c->n_voids; n++)
		c->voids[n].newest -= c->voids[n].newest == i;
	texts_drop_from(&c->texts, claims_text_place(c, e));
	postings_drop_newest(c->postings);
	ring_drop_newest(&c->entries);
	if (claims_rank(c, c->window_from) > c->entries.count)
		c->window_from = i;
}

void claims_drop_newest(struct claims *c)
{
	CHECK(c->entries.count);
	claims_drop_last(c);
	if (c->entries.count && ring_newest(&c->entries) == CLAIMS_NONE)
		claims_drop_last(c);
}

/* Where the void of a place stands, or has to. */
static size_t claims_void_at(const struct claims *c, uint32_t place)
{
	size_t from = 0, end = c->n_voids;
	while (from < end) {
		size_t middle = (from + end) / 2;
		if (claims_rank(c, c->voids[middle].place) < claims_rank(c, place))
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

void claims_void(struct claims *c, uint32_t place)
{
	CHECK(claims_holds(c, place) && !(claims_at(c, place)->flags & CLAIMS_VOID));
	if (c->n_voids == c->void_room) {
		c->void_room = c->void_room ? 2 * c->void_room : 64;
		c->voids = claims_realloc(c->voids, c->void_room, sizeof(*c->voids));
	}
	size_t at = claims_void_at(c, place);
	memmove(&c->voids[at + 1], &c->voids[at], (c->n_voids++ - at) * sizeof(*c->voids));
	c->voids[at] = (struct claims_void){place, ring_newest(&c->entries)};
	claims_at(c, place)->flags |= CLAIMS_VOID;
}

/* Was it void when `own` was entered? */
static bool claims_is_void_for(const struct claims *c, uint32_t place, uint32_t own)
{
	return claims_at(c, place)->flags & CLAIMS_VOID &&
	       claims_rank(c, c->voids[claims_void_at(c, place)].newest) < claims_rank(c, own);
}

size_t claims_count(const struct claims *c)
{
	return c->entries.count - ring_holds(&c->entries, CLAIMS_NONE);
}

size_t claims_text_bytes(const struct claims *c)
{
	return texts_bytes(&c->texts);
}

bool claims_oldest_is_past(const struct claims *c, int64_t now_ms)
{
	return c->entries.count && now_ms - claims_time(c, c->entries.oldest) >= c->window.ms;
}

/* --- judging -------------------------------------------------------------------------------------------------- */

static bool claims_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The run of digits that begins at *at, without leading zeros; *at moves behind it. */
static struct str claims_digits(struct str s, size_t *at)
{
	while (*at < s.n && s.p[*at] == '0')
		(*at)++;
	size_t start = *at;
	while (*at < s.n && claims_is_digit(s.p[*at]))
		(*at)++;
	return str_slice(s, start, *at);
}

int claims_compare_versions(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	while (i < a.n && j < b.n) {
		if (claims_is_digit(a.p[i]) && claims_is_digit(b.p[j])) {
			struct str x = claims_digits(a, &i), y = claims_digits(b, &j);
			int order = x.n != y.n ? (x.n > y.n) - (x.n < y.n) : str_compare(x, y);
			if (order)
				return order;
			continue;
		}
		if (a.p[i] != b.p[j])
			return (unsigned char)a.p[i] < (unsigned char)b.p[j] ? -1 : 1;
		i++;
		j++;
	}
	return (i < a.n) - (j < b.n);
}

/* Time between them; only the story's own time may fall. */
static int64_t claims_age_ms(const struct claims *c, uint32_t place, uint32_t own)
{
	return llabs(claims_time(c, own) - claims_time(c, place));
}

static bool claims_is_past(const struct claims *c, uint32_t place, uint32_t own)
{
	return claims_age_ms(c, place, own) >= c->window.ms ||
	       (c->window.claims && claims_distance(place, own) > c->window.claims);
}

/* Neither out of the window nor void. */
static bool claims_counts(const struct claims *c, uint32_t place, uint32_t own)
{
	return !claims_is_past(c, place, own) && !claims_is_void_for(c, place, own);
}

/* Times do not fall, so the window begins at one place; it is found from where the last one began. */
static uint32_t claims_window_from(struct claims *c, uint32_t own)
{
	if (c->window.is_story_time)
		return c->entries.oldest;
	uint32_t from = claims_rank(c, c->window_from), end = claims_rank(c, own);
	if (from > end)
		from = end;
	while (from && !claims_is_past(c, c->entries.oldest + from - 1, own))
		from--;
	while (from < end && claims_is_past(c, c->entries.oldest + from, own))
		from++;
	return c->window_from = c->entries.oldest + from;
}

/* Behind its sketch. */
static struct str claims_version(const struct claims *c, const struct claims_entry *e)
{
	const uint8_t *p = claims_sketch_at(c, e);
	if (!(e->flags & CLAIMS_GUID))
		return STR("");
	p += e->flags & CLAIMS_SKETCH ? packed_bytes(p) : 0;
	return claim_text_take(&p);
}

/* Is e a claim of an earlier version of the same story? */
static bool claims_is_earlier_version(const struct claims *c, const struct claims_entry *e,
                                      const struct claims_entry *own)
{
	return own->flags & e->flags & CLAIMS_GUID && claims_guid(c, e).hash == claims_guid(c, own).hash &&
	       claims_compare_versions(claims_version(c, e), claims_version(c, own)) < 0;
}

/* Claims of one hash before `own`, from the earliest on that may be in its window. */
struct claims_walk {
	enum claims_kind kind;
	uint32_t own, newest, at, length;
};

/* The next that counts, or CLAIMS_NONE. */
static uint32_t claims_walk_next(const struct claims *c, struct claims_walk *w)
{
	while (w->at != CLAIMS_NONE && claims_rank(c, w->at) < claims_rank(c, w->own)) {
		uint32_t found = w->at;
		w->at = claims_of_length(c, w->kind, w->newest, ++w->length);
		if (claims_counts(c, found, w->own))
			return found;
	}
	return CLAIMS_NONE;
}

static struct claims_walk claims_walk(struct claims *c, enum claims_kind kind, uint32_t own)
{
	struct claims_walk w = {kind, own, CLAIMS_NONE, CLAIMS_NONE, 0};
	uint64_t hash = claims_hash(c, claims_at(c, own), kind);
	uint32_t before;
	if (!hash)
		return w;
	w.newest = claims_newest_of(c, kind, hash, &before);
	CHECK(w.newest != CLAIMS_NONE);
	w.at = claims_earliest(c, kind, w.newest, claims_rank(c, claims_window_from(c, own)));
	w.length = claims_line_of(c, kind, w.at).length;
	return w;
}

/* The first claim before `own` with the same hash, or CLAIMS_NONE. */
static uint32_t claims_first(struct claims *c, enum claims_kind kind, uint32_t own)
{
	struct claims_walk w = claims_walk(c, kind, own);
	return claims_walk_next(c, &w);
}

static uint32_t claims_first_version(struct claims *c, uint32_t own)
{
	struct claims_walk w = claims_walk(c, BY_GUID, own);
	for (int steps = 0; steps < CLAIMS_GUID_STEPS; steps++) {
		uint32_t i = claims_walk_next(c, &w);
		if (i == CLAIMS_NONE || claims_is_earlier_version(c, claims_at(c, i), claims_at(c, own)))
			return i;
	}
	return CLAIMS_NONE;
}

/* --- likeness --------------------------------------------------------------------------------------------------- */

struct claims_candidate {
	uint32_t rank, shared;
};

static int claims_by_rank(const void *a, const void *b)
{
	const struct claims_candidate *x = a, *y = b;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Adds those that share `shared` samples, the earliest where there is no room for all. */
static size_t claims_choose_some(const struct claims *c, const struct postings_found *found, size_t n, uint32_t shared,
                                 struct claims_candidate *chosen, size_t n_chosen)
{
	for (size_t i = 0; i < n; i++) {
		if (found[i].shared != shared)
			continue;
		struct claims_candidate candidate = {claims_rank(c, found[i].claim), shared};
		size_t at = n_chosen;
		while (at && chosen[at - 1].shared == shared && chosen[at - 1].rank > candidate.rank)
			at--;
		if (at == CLAIMS_LOOKED_MAX)
			continue;
		n_chosen += n_chosen < CLAIMS_LOOKED_MAX;
		memmove(&chosen[at + 1], &chosen[at], (n_chosen - 1 - at) * sizeof(*chosen));
		chosen[at] = candidate;
	}
	return n_chosen;
}

/* The claims that share most samples, in their order; how many. */
static size_t claims_choose(const struct claims *c, const struct postings_found *found, size_t n, uint32_t shared_min,
                            struct claims_candidate chosen[CLAIMS_LOOKED_MAX])
{
	size_t with[SKETCH_SAMPLES_MAX + 1] = {0}, n_chosen = 0;
	for (size_t i = 0; i < n; i++)
		with[found[i].shared]++;
	for (uint32_t shared = SKETCH_SAMPLES_MAX; shared >= shared_min && n_chosen < CLAIMS_LOOKED_MAX; shared--)
		if (with[shared])
			n_chosen = claims_choose_some(c, found, n, shared, chosen, n_chosen);
	qsort(chosen, n_chosen, sizeof(*chosen), claims_by_rank);
	return n_chosen;
}

/* Candidates for `own` before `before`, in their order. */
static size_t claims_candidates(struct claims *c, const struct claim *claim, uint32_t own, uint32_t before,
                                struct claims_candidate chosen[CLAIMS_LOOKED_MAX])
{
	uint32_t samples[SKETCH_SAMPLES_MAX], scope = claims_scope(c, claims_at(c, own));
	size_t n_found, n = claim->sketch ? claim->sketch->n_samples : 0;
	for (size_t i = 0; i < n; i++)
		samples[i] = claim->sketch->samples[i] ^ scope;
	if (!n)
		return 0;
	const struct postings_found *found =
	        postings_find(c->postings, samples, n, claims_window_from(c, own), before, &n_found);
	bool is_short = claim->sketch->text.n_shingles < CLAIMS_SHORT_SHINGLES;
	return claims_choose(c, found, n_found, is_short ? 1 : CLAIMS_SHARED_MIN, chosen);
}

/* What a round-up may quote, as far as one candidate tells. */
struct claims_quotes {
	struct {
		uint32_t place;
		struct sketch_text sketch;
		bool is_strong, is_whole;
	} items[CLAIMS_QUOTES_MAX];
	size_t n, n_strong;
};

/* A copy of what is quoted already is not quoted, too. */
static bool claims_is_quoted(const struct claims_quotes *quotes, const struct sketch_text *sketch)
{
	struct likeness copy;
	for (size_t i = 0; i < quotes->n; i++) {
		likeness_judge(sketch, &quotes->items[i].sketch, 0, 0, &copy);
		if (copy.share >= CLAIMS_COPY_SHARE)
			return true;
	}
	return false;
}

static void claims_add_quote(struct claims_quotes *quotes, uint32_t place, const struct sketch_text *sketch,
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

/* What stands behind a claim's sketch; the sketch in c->other. */
struct claims_names {
	struct str version, id, uri;
};

/* uri_room: one of c->uris. */
static struct claims_names claims_read_names(struct claims *c, uint32_t place, size_t uri_room)
{
	const struct claims_entry *e = claims_at(c, place);
	const uint8_t *p = claims_read_sketch(c, e, &c->other);
	struct claims_names names = {.version = STR("")};
	if (e->flags & CLAIMS_GUID)
		names.version = claim_text_take(&p);
	names.id = claim_text_take_id(&c->names, &p, c->id);
	names.uri = claim_text_take_uri(&p, c->uris[uri_room]);
	return names;
}

/* Two passages make a round-up, and then weaker ones count as well; a single one is background, unless it is all of an
 * earlier story. */
static void claims_name_quotes(struct claims *c, const struct claims_quotes *quotes, struct claims_match *out)
{
	bool is_roundup = quotes->n_strong >= 2;
	for (size_t i = 0; i < quotes->n && out->n_contains < CLAIMS_CONTAINS_MAX; i++) {
		if (!is_roundup && !quotes->items[i].is_whole)
			continue;
		out->contains[out->n_contains] = claims_read_names(c, quotes->items[i].place, 1 + out->n_contains).uri;
		out->n_contains++;
	}
}

static void claims_prefetch(const struct claims *c, const struct claims_candidate *chosen, size_t n)
{
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(claims_at(c, c->entries.oldest + chosen[i].rank));
	for (size_t i = 0; i < n; i++) {
		const uint8_t *text = claims_text(c, claims_at(c, c->entries.oldest + chosen[i].rank));
		__builtin_prefetch(text);
		__builtin_prefetch(text + CLAIMS_CACHE_LINE);
	}
}

/* The first claim before `before` that is like own; on the way, those that own contains. */
static uint32_t claims_first_like(struct claims *c, const struct claim *claim, uint32_t own, uint32_t before,
                                  struct claims_match *out)
{
	struct claims_quotes quotes;
	struct claims_candidate chosen[CLAIMS_LOOKED_MAX];
	struct sketch_text mine, other;
	size_t n = claims_candidates(c, claim, own, before, chosen);
	quotes.n = quotes.n_strong = 0;
	if (n)
		claims_read_sketch(c, claims_at(c, own), &mine);
	claims_prefetch(c, chosen, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t place = c->entries.oldest + chosen[i].rank;
		if (!claims_counts(c, place, own))
			continue;
		claims_read_sketch(c, claims_at(c, place), &other);
		likeness_judge(&mine, &other, claims_age_ms(c, place, own), chosen[i].shared, &out->likeness);
		if (out->likeness.relation == RELATION_CONTAINS)
			claims_add_quote(&quotes, place, &other, &out->likeness, chosen[i].shared);
		else if (out->likeness.relation != RELATION_DIFFERENT)
			return place;
	}
	claims_name_quotes(c, &quotes, out);
	return CLAIMS_NONE;
}

/* --- the verdict ------------------------------------------------------------------------------------------------ */

static const enum verdict claims_verdict_of[] = {
        [RELATION_SYNDICATED] = VERDICT_SYNDICATED,
        [RELATION_REVISION] = VERDICT_REVISION,
        [RELATION_EXCERPT] = VERDICT_EXCERPT,
};

/* By hashes and versions; the earliest wins. */
static uint32_t claims_first_equal(struct claims *c, uint32_t own, struct claims_match *out)
{
	static const struct {
		enum verdict verdict;
		enum claims_method method;
	} kinds[] = {{VERDICT_EXACT, CLAIMS_TEXT_HASH},
	             {VERDICT_SYNDICATED, CLAIMS_BODY_HASH},
	             {VERDICT_REVISION, CLAIMS_VERSION}};
	uint32_t found[] = {claims_first(c, BY_EXACT, own), claims_first(c, BY_BODY, own),
	                    claims_first_version(c, own)};
	uint32_t earliest = CLAIMS_NONE;
	for (size_t i = 0; i < 3; i++) {
		if (found[i] == CLAIMS_NONE ||
		    (earliest != CLAIMS_NONE && claims_rank(c, found[i]) >= claims_rank(c, earliest)))
			continue;
		earliest = found[i];
		out->verdict = kinds[i].verdict;
		out->method = kinds[i].method;
	}
	return earliest;
}

/* The same body under a headline that says "corrected". */
static void claims_mind_marks(const struct sketch_text *other, const struct sketch_text *own, struct claims_match *out)
{
	uint8_t marks = own->flags & (SKETCH_UPDATE | SKETCH_CORRECTION);
	if (out->method != CLAIMS_BODY_HASH || !(marks & ~other->flags))
		return;
	out->verdict = VERDICT_REVISION;
	out->likeness.reason = LIKENESS_MARK;
}

static void claims_fill_match(struct claims *c, uint32_t place, uint32_t own, struct claims_match *out)
{
	const struct claims_entry *e = claims_at(c, place), *mine = claims_at(c, own);
	struct sketch_text own_sketch;
	struct claims_names names = claims_read_names(c, place, 0);
	claims_read_sketch(c, mine, &own_sketch);
	claims_mind_marks(&c->other, &own_sketch, out);
	if (claims_is_earlier_version(c, e, mine)) {
		out->verdict = VERDICT_REVISION;
		out->method = CLAIMS_VERSION;
	}
	out->n_contains = 0;
	out->uri = names.uri;
	out->id = names.id;
	out->version = names.version;
	out->own_version = claims_version(c, mine);
	out->other_sketch = &c->other;
	out->age_ms = claims_time(c, own) - claims_time(c, place);
	out->is_orphan = (e->flags & CLAIMS_VOID) != 0;
}

void claims_judge(struct claims *c, const struct claim *claim, uint32_t own, struct claims_match *out)
{
	*out = (struct claims_match){.verdict = VERDICT_ORIGINAL};
	uint32_t earliest = claims_first_equal(c, own, out);
	uint32_t like = claims_first_like(c, claim, own, earliest != CLAIMS_NONE ? earliest : own, out);
	if (like != CLAIMS_NONE) {
		out->verdict = claims_verdict_of[out->likeness.relation];
		out->method = CLAIMS_SHINGLES;
		earliest = like;
	} else {
		out->likeness = (struct likeness){0};
	}
	if (earliest != CLAIMS_NONE)
		claims_fill_match(c, earliest, own, out);
}
