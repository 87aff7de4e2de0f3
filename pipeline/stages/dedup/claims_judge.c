/*
 * The verdict on a claim. See claims.h for what it hangs on, claims_inside.h for what is held.
 *
 * Equal hashes and versions are looked for first; then what shares samples and stands before the earliest of those.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/claims_inside.h"
#include "pipeline/stages/dedup/versions.h"

#include <stdlib.h>

/* One guid with very many versions, newest first, must not make judging slow: only so many of its first claims are
 * looked at. */
#define CLAIMS_GUID_STEPS 256
/* Claims that share so many samples are looked at. */
#define CLAIMS_SHARED_MIN 2
/* A story this short has few samples: one is enough. */
#define CLAIMS_SHORT_SHINGLES 64
/* What an original resembles is told if so much of it stands there. */
#define CLAIMS_TWIN_SHARE 0.5
#define CLAIMS_CACHE_LINE 64

/* --- the window -------------------------------------------------------------------------------------------------- */

/* By how much `own` is the later one; only the story's own time may fall. */
static int64_t claims_later_ms(const struct claims *c, uint32_t place, uint32_t own)
{
	int64_t theirs = claims_time(c, place), mine = claims_time(c, own);
	return theirs == CLAIMS_NO_TIME || mine == CLAIMS_NO_TIME ? 0 : mine - theirs;
}

static int64_t claims_age_ms(const struct claims *c, uint32_t place, uint32_t own)
{
	return llabs(claims_later_ms(c, place, own));
}

static bool claims_is_past(const struct claims *c, uint32_t place, uint32_t own)
{
	return claims_age_ms(c, place, own) >= c->window.ms ||
	       (c->window.claims && claims_distance(place, own) > c->window.claims);
}

bool claims_counts(const struct claims *c, uint32_t place, uint32_t own)
{
	return !claims_is_past(c, place, own) && !claims_is_void_for(c, place, own);
}

/* It is found from where the last one began. */
uint32_t claims_window_from(struct claims *c, uint32_t own)
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

/* Is e a claim of an earlier version of the same story (below 0), or of a later one (above 0)? */
static int claims_compare_versions(const struct claims *c, const struct claims_entry *e, const struct claims_entry *own)
{
	if (!(own->flags & e->flags & CLAIMS_GUID) || claims_guid(c, e).hash != claims_guid(c, own).hash)
		return 0;
	return versions_compare(claims_version(c, e), claims_version(c, own));
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
		if (i == CLAIMS_NONE || claims_compare_versions(c, claims_at(c, i), claims_at(c, own)) != 0)
			return i;
	}
	return CLAIMS_NONE;
}

/* --- likeness --------------------------------------------------------------------------------------------------- */

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
		struct claims_candidate candidate = {claims_rank(c, found[i].claim), shared, found[i].first,
		                                     found[i].last};
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

size_t claims_choose(const struct claims *c, const struct postings_found *found, size_t n, uint32_t shared_min,
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

struct claims_names claims_read_names(struct claims *c, uint32_t place, size_t uri_room)
{
	const struct claims_entry *e = claims_at(c, place);
	const uint8_t *p = claims_read_sketch(c, e, &c->other);
	struct claims_names names = {.version = STR("")};
	if (e->flags & CLAIMS_GUID)
		names.version = claim_text_take(&p);
	names.id = claim_text_take_id(&c->names, &p, c->id);
	names.uri = claim_text_take_uri(&p, c->uris[uri_room]);
	names.source = claim_text_take_name(&c->sources, &p);
	return names;
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

/* The one that has most of the words, and is another story all the same. */
struct claims_twin {
	uint32_t place;
	struct likeness likeness;
};

static void claims_mind_twin(struct claims_twin *twin, uint32_t place, const struct likeness *l)
{
	bool has_words = 100 * l->share >= l->limits.same_text && l->own_share >= CLAIMS_TWIN_SHARE;
	if (!has_words || (twin->place != CLAIMS_NONE && l->share <= twin->likeness.share))
		return;
	*twin = (struct claims_twin){place, *l};
}

/* The first claim before `before` that is like own; on the way, those that own contains, and its twin. */
static uint32_t claims_first_like(struct claims *c, const struct claim *claim, uint32_t own, uint32_t before,
                                  struct claims_twin *twin, struct claims_match *out)
{
	struct claims_quotes quotes;
	struct likeness_terms terms = {.limits = c->window.limits};
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
		terms.age_ms = claims_age_ms(c, place, own);
		terms.shared = chosen[i].shared;
		claims_read_minima(c, claims_at(c, place), &other);
		if (!likeness_is_any(&mine, &other, &terms))
			continue;
		claims_read_sketch(c, claims_at(c, place), &other);
		likeness_judge(&mine, &other, &terms, &out->likeness);
		if (out->likeness.relation == RELATION_DIFFERENT)
			claims_mind_twin(twin, place, &out->likeness);
		else if (out->likeness.relation == RELATION_CONTAINS)
			claims_add_quote(&quotes, place, &other, &out->likeness, chosen[i].shared);
		else
			return place;
	}
	/* Where an equal one was found already, nobody asks what else the text contains. */
	if (quotes.n && before == own)
		claims_name_quotes(c, claim, &(struct claims_span){own, before}, &quotes, out);
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
	int order = claims_compare_versions(c, e, mine);
	if (order) {
		out->verdict = VERDICT_REVISION;
		out->method = CLAIMS_VERSION;
		out->is_late = order > 0;
		if (!out->likeness.relation)
			likeness_judge(&own_sketch, &c->other,
			               &(struct likeness_terms){.age_ms = claims_age_ms(c, place, own),
			                                        .limits = c->window.limits},
			               &out->likeness);
	}
	out->n_contains = 0;
	out->uri = names.uri;
	out->id = names.id;
	out->source = names.source;
	out->version = names.version;
	out->own_version = claims_version(c, mine);
	out->other_sketch = &c->other;
	out->age_ms = claims_later_ms(c, place, own);
	out->is_orphan = (e->flags & CLAIMS_VOID) != 0;
}

static void claims_fill_twin(struct claims *c, const struct claims_twin *twin, uint32_t own, struct claims_match *out)
{
	out->likeness = twin->likeness;
	out->uri = claims_read_names(c, twin->place, 0).uri;
	out->other_sketch = &c->other;
	out->age_ms = claims_later_ms(c, twin->place, own);
}

void claims_judge(struct claims *c, const struct claim *claim, uint32_t own, struct claims_match *out)
{
	struct claims_twin twin = {.place = CLAIMS_NONE};
	*out = (struct claims_match){.verdict = VERDICT_ORIGINAL};
	uint32_t earliest = claims_first_equal(c, own, out);
	uint32_t like = claims_first_like(c, claim, own, earliest != CLAIMS_NONE ? earliest : own, &twin, out);
	if (like != CLAIMS_NONE) {
		out->verdict = claims_verdict_of[out->likeness.relation];
		out->method = CLAIMS_SHINGLES;
		earliest = like;
	} else {
		out->likeness = (struct likeness){0};
	}
	if (earliest != CLAIMS_NONE)
		claims_fill_match(c, earliest, own, out);
	else if (twin.place != CLAIMS_NONE && !out->n_contains)
		claims_fill_twin(c, &twin, own, out);
}
