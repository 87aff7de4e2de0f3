/*
 * Claims in memory: how they enter and leave. See claims.h, and claims_inside.h for what is held of each.
 *
 * Samples of sketches stand in an inverted index (postings.h); a claim's scope is mixed into them, so that claims of
 * other scopes are not even met.
 *
 * ledger.h promises the memory a claim. Numbers begin shortly before they wrap, so that wrapping is nothing special.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/dedup/claims_inside.h"
#include "pipeline/stages/dedup/noted.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>
#include <sys/random.h>

#define CLAIMS_FIRST_NUMBER (UINT32_MAX - 2000)
/* Claims a head. */
#define CLAIMS_LOAD 2
/* Spans of a window, for the caps of postings. */
#define CLAIMS_SPANS 64
/* Of a claim's samples so many are noted, the smallest of its lead and of the whole; then the others, for want of room.
 */
#define CLAIMS_NOTED_LEAD  5
#define CLAIMS_NOTED_WHOLE 5
_Static_assert(CLAIMS_NOTED_LEAD + CLAIMS_NOTED_WHOLE <= POSTINGS_NOTED_MAX, "all of them may be noted");
_Static_assert(SKETCH_SAMPLES_MAX <= POSTINGS_ASKED_MAX, "all samples may be asked for");
/* Of a chain so many claims are asked for: few chains are longer. */
#define CLAIMS_EXPECTED_STEPS 3

bool claims_holds(const struct claims *c, uint32_t place)
{
	return place != CLAIMS_NONE && ring_holds(&c->entries, place);
}

/* --- entering ------------------------------------------------------------------------------------------------- */

struct claims *claims_new(const struct claims_window *window)
{
	struct claims *c = grow(NULL, 1, sizeof(*c));
	CHECK(window->ms > 0);
	*c = (struct claims){.window = *window, .window_from = CLAIMS_FIRST_NUMBER};
	if (getrandom(&c->salt, sizeof(c->salt), 0) != (ssize_t)sizeof(c->salt))
		c->salt = (uintptr_t)c;
	ring_init(&c->entries, sizeof(struct claims_entry), CLAIMS_FIRST_NUMBER);
	c->postings = postings_new(CLAIMS_FIRST_NUMBER);
	texts_init(&c->texts);
	buf_init(&c->text, TEXTS_BLOCK_BYTES);
	for (enum claims_kind kind = 0; kind < KINDS; kind++)
		heads_init(&c->chains[kind].heads, CLAIMS_NONE);
	return c;
}

void claims_free(struct claims **claims)
{
	struct claims *c = *claims;
	if (!c)
		return;
	*claims = NULL;
	for (enum claims_kind kind = 0; kind < KINDS; kind++)
		heads_free(&c->chains[kind].heads);
	ring_free(&c->entries);
	postings_free(&c->postings);
	texts_free(&c->texts);
	buf_free(&c->text);
	claim_text_names_free(&c->names);
	claim_text_names_free(&c->sources);
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

/* The part of a claim that the postings know: its samples in the order in which they are worth being noted. */
static size_t claims_noted(const struct sketch *sketch, uint32_t scope, uint32_t noted[SKETCH_SAMPLES_MAX])
{
	if (!sketch)
		return 0;
	size_t n = 0, n_lead = sketch->n_lead_samples, n_all = sketch->n_samples;
	size_t lead = n_lead < CLAIMS_NOTED_LEAD ? n_lead : CLAIMS_NOTED_LEAD;
	size_t whole = n_all - n_lead < CLAIMS_NOTED_WHOLE ? n_all : n_lead + CLAIMS_NOTED_WHOLE;
	const size_t from[] = {0, n_lead, lead, whole}, to[] = {lead, whole, n_lead, n_all};
	for (size_t part = 0; part < 4; part++)
		for (size_t i = from[part]; i < to[part]; i++)
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
		claim_text_put(&c->text, fold_cut(claim->version, CLAIM_VERSION_MAX));
	claim_text_put_id(&c->names, &c->text, claim->id);
	claim_text_put_uri(&c->text, claim->uri);
	claim_text_put_name(&c->sources, &c->text, fold_cut(claim->source, CLAIM_SOURCE_MAX));
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

static void claims_note(struct claims *c, const uint32_t *noted, size_t n, int64_t order_ms)
{
	postings_add(c->postings, order_ms / claims_span_ms(c->window.ms), noted, n);
}

/* The number that links take for none holds nothing. */
static void claims_fill_gap(struct claims *c, int64_t time_ms, int64_t order_ms)
{
	if (c->entries.oldest + c->entries.count != CLAIMS_NONE)
		return;
	struct claims_entry *gap = ring_push(&c->entries);
	*gap = (struct claims_entry){0};
	claims_set_place(gap, texts_add(&c->texts, 0), time_ms);
	claims_note(c, NULL, 0, order_ms);
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

/* What claims_expect has of each claim from one step to the next. */
struct claims_expected {
	const uint32_t *heads[KINDS]; /* NULL: none */
	uint32_t at[KINDS];
	size_t n;
	struct noted_hint hints[SKETCH_SAMPLES_MAX];
};

static void claims_expect_one(const struct claims *c, const struct claim *claim, struct claims_expected *out)
{
	uint64_t hashes[KINDS];
	uint32_t samples[SKETCH_SAMPLES_MAX];
	claims_find_hashes(claim, hashes);
	out->n = claims_noted(claim->sketch, claims_scope_of(claim), samples);
	postings_expect(c->postings, samples, out->n, out->hints);
	for (enum claims_kind kind = 0; kind < KINDS; kind++) {
		out->heads[kind] = hashes[kind] ? claims_head(c, kind, hashes[kind]) : NULL;
		__builtin_prefetch(out->heads[kind]);
	}
}

static void claims_expect_chains(const struct claims *c, struct claims_expected *expected, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (enum claims_kind kind = 0; kind < KINDS; kind++)
			if (expected[i].heads[kind])
				expected[i].at[kind] = claims_expect_at(c, *expected[i].heads[kind]);
	for (int step = 1; step < CLAIMS_EXPECTED_STEPS; step++)
		for (size_t i = 0; i < n; i++)
			for (enum claims_kind kind = 0; kind < KINDS; kind++)
				if (expected[i].heads[kind])
					expected[i].at[kind] = claims_expect_behind(c, kind, expected[i].at[kind]);
}

void claims_expect(struct claims *c, const struct claim *next, size_t n)
{
	struct claims_expected expected[CLAIMS_EXPECTED_MAX];
	CHECK(n <= CLAIMS_EXPECTED_MAX);
	for (size_t i = 0; i < n; i++)
		claims_expect_one(c, &next[i], &expected[i]);
	for (size_t i = 0; i < n; i++)
		postings_expect_notes(expected[i].hints, expected[i].n);
	claims_expect_chains(c, expected, n);
}

uint32_t claims_enter(struct claims *c, const struct claim *claim, int64_t time_ms, int64_t order_ms)
{
	CHECK(c->window.is_story_time || time_ms == order_ms);
	CHECK(c->window.is_story_time || !c->entries.count || claims_time(c, ring_newest(&c->entries)) <= time_ms);
	uint64_t hashes[KINDS];
	uint32_t noted[SKETCH_SAMPLES_MAX];
	size_t n_noted = claims_noted(claim->sketch, claims_scope_of(claim), noted);
	claims_find_hashes(claim, hashes);
	claims_fill_gap(c, time_ms, order_ms);
	uint8_t flags = claims_put_text(c, claim, hashes);
	uint32_t i = claims_push(c, hashes, flags, time_ms);
	for (enum claims_kind kind = 0; kind < KINDS; kind++) {
		if (!hashes[kind])
			continue;
		if (c->chains[kind].n++ / CLAIMS_LOAD >= c->chains[kind].heads.n)
			claims_split(c, kind);
		claims_link(c, kind, i);
	}
	claims_note(c, noted, n_noted, order_ms);
	return i;
}

size_t claims_count(const struct claims *c)
{
	return c->entries.count - ring_holds(&c->entries, CLAIMS_NONE);
}

uint32_t claims_newest_but(const struct claims *c, size_t newer)
{
	if (newer >= claims_count(c))
		return CLAIMS_NONE;
	uint32_t newest = ring_newest(&c->entries), place = newest - (uint32_t)newer;
	return place - (newest - CLAIMS_NONE <= newest - place);
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

int64_t claims_oldest_order_ms(const struct claims *c)
{
	return postings_oldest_span(c->postings) * claims_span_ms(c->window.ms);
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
		c->voids = grow(c->voids, c->void_room, sizeof(*c->voids));
	}
	size_t at = claims_void_at(c, place);
	memmove(&c->voids[at + 1], &c->voids[at], (c->n_voids++ - at) * sizeof(*c->voids));
	c->voids[at] = (struct claims_void){place, ring_newest(&c->entries)};
	claims_at(c, place)->flags |= CLAIMS_VOID;
}

bool claims_is_void_for(const struct claims *c, uint32_t place, uint32_t own)
{
	return claims_at(c, place)->flags & CLAIMS_VOID &&
	       claims_rank(c, c->voids[claims_void_at(c, place)].newest) < claims_rank(c, own);
}

size_t claims_text_bytes(const struct claims *c)
{
	return texts_bytes(&c->texts);
}

bool claims_oldest_is_past(const struct claims *c, int64_t now_ms)
{
	return c->entries.count && now_ms - claims_time(c, c->entries.oldest) >= c->window.ms;
}
