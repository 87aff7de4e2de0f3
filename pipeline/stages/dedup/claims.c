/*
 * Claims in memory. See claims.h.
 *
 * Claims stand in a ring in the order of the world, addressed by number, so that growing moves nothing that is pointed
 * at; texts (id, uri, guid, version) stand in a line (texts.h), as claims leave in the order they came, or from the
 * newest end. A chain is a doubly linked list in a bucket, oldest first: a new claim goes to its end, and any claim is
 * taken out in one step, however many share the bucket. So a thousand equal stories cost no more than a thousand
 * different ones, forwards and backwards. Samples of sketches stand in an inverted index (postings.h); a claim's scope
 * is mixed into them, so that claims of other scopes are not even met.
 *
 * ledger.h promises the memory a claim. Numbers begin shortly before they wrap, so that wrapping is nothing special.
 */
#include "pipeline/stages/dedup/claims.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stages/dedup/postings.h"
#include "pipeline/stages/dedup/ring.h"
#include "pipeline/stages/dedup/texts.h"

#include <stdlib.h>

#define CLAIMS_FIRST_NUMBER  (UINT32_MAX - 2000)
#define CLAIMS_FIRST_BUCKETS 1024
/* Claims a bucket, when the number of buckets doubles. */
#define CLAIMS_BUCKET_LOAD 2
/* One guid with very many versions, newest first, must not make judging slow: only so many of its first claims are
 * looked at. */
#define CLAIMS_GUID_STEPS 256
/* Spans of a window, for the caps of postings. */
#define CLAIMS_SPANS 64
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

enum claims_chain { BY_EXACT, BY_BODY, BY_GUID, CHAINS };

struct claims_link {
	uint32_t older, newer;
};

struct claims_ends {
	uint32_t oldest, newest;
};

struct claims_entry {
	uint64_t hash[CHAINS]; /* scope included; 0: not in that chain */
	const char *text;
	int64_t time_ms;
	struct claims_link chain[CHAINS];
	uint32_t scope;               /* is mixed into samples */
	uint32_t id_n, uri_n, guid_n; /* lengths of the texts, in this order */
	uint32_t version_n : 30;      /* then the version's */
	bool guid_is_uri : 1;         /* it stands there once, guid_n is 0 */
	bool is_void : 1;
	struct sketch_text sketch; /* no shingles: nothing is like it */
};

/* The newest place when a claim became void. */
struct claims_void {
	uint32_t place, newest;
};

struct claims {
	struct claims_window window;
	struct ring entries;
	struct postings *postings; /* of the same numbers */
	uint32_t window_from;      /* the first claim in the window of the one judged last */
	struct claims_ends *buckets[CHAINS];
	uint32_t n_buckets; /* of each chain; a power of two */
	struct texts texts;
	struct claims_void *voids; /* by place */
	size_t n_voids, void_room;
};

/* --- memory --------------------------------------------------------------------------------------------------- */

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

static size_t claims_text_bytes_of(const struct claims_entry *e)
{
	return (size_t)e->id_n + e->uri_n + e->guid_n + e->version_n;
}

static struct str claims_id(const struct claims_entry *e)
{
	return str_make(e->text, e->id_n);
}

static struct str claims_uri(const struct claims_entry *e)
{
	return str_make(e->text + e->id_n, e->uri_n);
}

static struct str claims_guid(const struct claims_entry *e)
{
	return e->guid_is_uri ? claims_uri(e) : str_make(e->text + e->id_n + e->uri_n, e->guid_n);
}

static struct str claims_version(const struct claims_entry *e)
{
	return str_make(e->text + e->id_n + e->uri_n + e->guid_n, e->version_n);
}

/* --- chains --------------------------------------------------------------------------------------------------- */

static struct claims_ends *claims_bucket(const struct claims *c, enum claims_chain chain, uint64_t hash)
{
	return &c->buckets[chain][hash & (c->n_buckets - 1)];
}

static void claims_link_chain(struct claims *c, enum claims_chain chain, uint32_t i)
{
	struct claims_ends *bucket = claims_bucket(c, chain, claims_at(c, i)->hash[chain]);
	claims_at(c, i)->chain[chain] = (struct claims_link){bucket->newest, CLAIMS_NONE};
	if (bucket->newest != CLAIMS_NONE)
		claims_at(c, bucket->newest)->chain[chain].newer = i;
	else
		bucket->oldest = i;
	bucket->newest = i;
}

static void claims_unlink_chain(struct claims *c, enum claims_chain chain, uint32_t i)
{
	struct claims_ends *bucket = claims_bucket(c, chain, claims_at(c, i)->hash[chain]);
	struct claims_link at = claims_at(c, i)->chain[chain];
	if (at.older != CLAIMS_NONE)
		claims_at(c, at.older)->chain[chain].newer = at.newer;
	else
		bucket->oldest = at.newer;
	if (at.newer != CLAIMS_NONE)
		claims_at(c, at.newer)->chain[chain].older = at.older;
	else
		bucket->newest = at.older;
}

static void claims_link(struct claims *c, uint32_t i)
{
	for (enum claims_chain chain = 0; chain < CHAINS; chain++)
		if (claims_at(c, i)->hash[chain])
			claims_link_chain(c, chain, i);
}

static void claims_unlink(struct claims *c, uint32_t i)
{
	for (enum claims_chain chain = 0; chain < CHAINS; chain++)
		if (claims_at(c, i)->hash[chain])
			claims_unlink_chain(c, chain, i);
}

static void claims_grow_buckets(struct claims *c)
{
	c->n_buckets = c->n_buckets ? 2 * c->n_buckets : CLAIMS_FIRST_BUCKETS;
	for (enum claims_chain chain = 0; chain < CHAINS; chain++) {
		c->buckets[chain] = claims_realloc(c->buckets[chain], c->n_buckets, sizeof(struct claims_ends));
		memset(c->buckets[chain], 0xff, c->n_buckets * sizeof(struct claims_ends)); /* CLAIMS_NONE all over */
	}
	for (uint32_t i = 0; i < c->entries.count; i++)
		claims_link(c, c->entries.oldest + i);
}

/* --- entering ------------------------------------------------------------------------------------------------- */

struct claims *claims_new(const struct claims_window *window)
{
	struct claims *c = claims_realloc(NULL, 1, sizeof(*c));
	*c = (struct claims){.window = *window, .window_from = CLAIMS_FIRST_NUMBER};
	ring_init(&c->entries, sizeof(struct claims_entry), CLAIMS_FIRST_NUMBER);
	c->postings = postings_new(CLAIMS_FIRST_NUMBER);
	claims_grow_buckets(c);
	return c;
}

void claims_free(struct claims **claims)
{
	struct claims *c = *claims;
	if (!c)
		return;
	*claims = NULL;
	for (enum claims_chain chain = 0; chain < CHAINS; chain++)
		free(c->buckets[chain]);
	ring_free(&c->entries);
	postings_free(&c->postings);
	texts_free(&c->texts);
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

static char *claims_put(char *to, struct str s)
{
	if (s.n)
		memcpy(to, s.p, s.n);
	return to + s.n;
}

static void claims_write_text(struct claims *c, struct claims_entry *e, const struct claim *claim)
{
	const size_t most = (size_t)1 << 30;
	CHECK(claim->id.n < most && claim->uri.n < most && claim->guid.n < most && claim->version.n < most);
	e->guid_is_uri = str_eq(claim->guid, claim->uri);
	e->id_n = (uint32_t)claim->id.n;
	e->uri_n = (uint32_t)claim->uri.n;
	e->guid_n = e->guid_is_uri ? 0 : (uint32_t)claim->guid.n;
	e->version_n = (uint32_t)claim->version.n & (most - 1);
	char *to = texts_add(&c->texts, claims_text_bytes_of(e));
	e->text = to;
	to = claims_put(to, claim->id);
	to = claims_put(to, claim->uri);
	to = claims_put(to, str_slice(claim->guid, 0, e->guid_n));
	claims_put(to, claim->version);
}

static uint32_t claims_scope(const struct claim *claim)
{
	return claim->scope.n ? (uint32_t)(digest_xxh64(claim->scope) >> 32) : 0;
}

static void claims_set_hashes(struct claims_entry *e, const struct claim *claim)
{
	uint64_t scope = digest_xxh64(claim->scope);
	bool has_version = claim->guid.n && claim->version.n;
	e->hash[BY_EXACT] = claim->exact_hash ? claims_mix(claim->exact_hash, scope) : 0;
	e->hash[BY_BODY] = claim->body_hash ? claims_mix(claim->body_hash, scope) : 0;
	e->hash[BY_GUID] = has_version ? claims_mix(digest_xxh64(claim->guid), scope) : 0;
}

/* The part of a claim that the postings know: its first samples, of the lead and of the whole. */
static size_t claims_noted(const struct sketch *sketch, uint32_t scope, uint32_t noted[POSTINGS_NOTED_MAX])
{
	size_t n = 0, whole = 0;
	for (size_t i = 0; sketch && i < sketch->n_samples && n < POSTINGS_NOTED_MAX; i++) {
		bool is_lead = i < sketch->n_lead_samples;
		if (is_lead || whole++ < POSTINGS_NOTED_MAX - SKETCH_LEAD_SAMPLES_MAX)
			noted[n++] = sketch->samples[i] ^ scope;
	}
	return n;
}

int64_t claims_span_ms(int64_t window_ms)
{
	int64_t span_ms = window_ms / CLAIMS_SPANS;
	return span_ms ? span_ms : 1;
}

static void claims_note(struct claims *c, const struct claim *claim, int64_t order_ms)
{
	uint32_t noted[POSTINGS_NOTED_MAX];
	size_t n = claims_noted(claim->sketch, claims_scope(claim), noted);
	postings_add(c->postings, (uint32_t)(order_ms / claims_span_ms(c->window.ms)), noted, n);
}

/* The number that links take for none holds nothing. */
static void claims_fill_gap(struct claims *c, int64_t time_ms)
{
	if (c->entries.oldest + c->entries.count != CLAIMS_NONE)
		return;
	struct claims_entry *gap = ring_push(&c->entries);
	*gap = (struct claims_entry){.time_ms = time_ms};
	gap->text = texts_add(&c->texts, 0);
	postings_add(c->postings, 0, NULL, 0);
}

uint32_t claims_enter(struct claims *c, const struct claim *claim, int64_t time_ms, int64_t order_ms)
{
	CHECK(c->window.is_story_time || time_ms == order_ms);
	CHECK(c->window.is_story_time || !c->entries.count ||
	      claims_at(c, ring_newest(&c->entries))->time_ms <= time_ms);
	if (c->entries.count / CLAIMS_BUCKET_LOAD >= c->n_buckets)
		claims_grow_buckets(c);
	claims_fill_gap(c, time_ms);
	struct claims_entry *e = ring_push(&c->entries);
	uint32_t i = ring_newest(&c->entries);
	*e = (struct claims_entry){.scope = claims_scope(claim), .time_ms = time_ms};
	if (claim->sketch)
		e->sketch = claim->sketch->text;
	claims_set_hashes(e, claim);
	claims_write_text(c, e, claim);
	claims_link(c, i);
	claims_note(c, claim, order_ms);
	return i;
}

bool claims_holds(const struct claims *c, uint32_t place)
{
	return place != CLAIMS_NONE && ring_holds(&c->entries, place);
}

/* --- leaving -------------------------------------------------------------------------------------------------- */

static void claims_drop_first(struct claims *c)
{
	uint32_t i = c->entries.oldest;
	const struct claims_entry *e = claims_at(c, i);
	claims_unlink(c, i);
	if (c->n_voids && c->voids[0].place == i)
		memmove(c->voids, c->voids + 1, --c->n_voids * sizeof(*c->voids));
	texts_drop_oldest(&c->texts, claims_text_bytes_of(e));
	postings_drop_oldest(c->postings);
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
	claims_unlink(c, i);
	c->n_voids -= e->is_void;
	for (size_t n = 0; n < c->n_voids; n++)
		c->voids[n].newest -= c->voids[n].newest == i;
	texts_drop_newest(&c->texts, e->text, claims_text_bytes_of(e));
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
	CHECK(claims_holds(c, place) && !claims_at(c, place)->is_void);
	if (c->n_voids == c->void_room) {
		c->void_room = c->void_room ? 2 * c->void_room : 64;
		c->voids = claims_realloc(c->voids, c->void_room, sizeof(*c->voids));
	}
	size_t at = claims_void_at(c, place);
	memmove(&c->voids[at + 1], &c->voids[at], (c->n_voids++ - at) * sizeof(*c->voids));
	c->voids[at] = (struct claims_void){place, ring_newest(&c->entries)};
	claims_at(c, place)->is_void = true;
}

/* Was it void when `own` was entered? */
static bool claims_is_void_for(const struct claims *c, uint32_t place, uint32_t own)
{
	return claims_at(c, place)->is_void &&
	       claims_rank(c, c->voids[claims_void_at(c, place)].newest) < claims_rank(c, own);
}

size_t claims_count(const struct claims *c)
{
	return c->entries.count - ring_holds(&c->entries, CLAIMS_NONE);
}

size_t claims_text_bytes(const struct claims *c)
{
	return c->texts.bytes;
}

bool claims_oldest_is_past(const struct claims *c, int64_t now_ms)
{
	return c->entries.count && now_ms - claims_at(c, c->entries.oldest)->time_ms >= c->window.ms;
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

/* Claims from the one to the other. One number is never a claim's. */
static uint32_t claims_distance(uint32_t from, uint32_t to)
{
	return to - from - (CLAIMS_NONE - from < to - from);
}

/* Time between them; only the story's own time may fall. */
static int64_t claims_age_ms(const struct claims *c, uint32_t place, uint32_t own)
{
	return llabs(claims_at(c, own)->time_ms - claims_at(c, place)->time_ms);
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

/* Is e a claim of an earlier version of the same story? */
static bool claims_is_earlier_version(const struct claims_entry *e, const struct claims_entry *own)
{
	return own->hash[BY_GUID] && e->hash[BY_GUID] == own->hash[BY_GUID] &&
	       str_eq(claims_guid(e), claims_guid(own)) &&
	       claims_compare_versions(claims_version(e), claims_version(own)) < 0;
}

/* The first claim before `own` with the same hash, or CLAIMS_NONE. */
static uint32_t claims_first(const struct claims *c, enum claims_chain chain, uint32_t own)
{
	uint64_t hash = claims_at(c, own)->hash[chain];
	if (!hash)
		return CLAIMS_NONE;
	uint32_t i = claims_bucket(c, chain, hash)->oldest;
	for (; i != CLAIMS_NONE && claims_rank(c, i) < claims_rank(c, own); i = claims_at(c, i)->chain[chain].newer)
		if (claims_at(c, i)->hash[chain] == hash && claims_counts(c, i, own))
			return i;
	return CLAIMS_NONE;
}

static uint32_t claims_first_version(const struct claims *c, uint32_t own)
{
	const struct claims_entry *mine = claims_at(c, own);
	uint64_t hash = mine->hash[BY_GUID];
	if (!hash)
		return CLAIMS_NONE;
	int steps = 0;
	uint32_t i = claims_bucket(c, BY_GUID, hash)->oldest;
	for (; i != CLAIMS_NONE && steps < CLAIMS_GUID_STEPS; i = claims_at(c, i)->chain[BY_GUID].newer) {
		const struct claims_entry *e = claims_at(c, i);
		if (claims_rank(c, i) >= claims_rank(c, own))
			return CLAIMS_NONE;
		if (e->hash[BY_GUID] != hash || !claims_counts(c, i, own))
			continue;
		steps++;
		if (claims_is_earlier_version(e, mine))
			return i;
	}
	return CLAIMS_NONE;
}

/* --- likeness --------------------------------------------------------------------------------------------------- */

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
	uint32_t samples[SKETCH_SAMPLES_MAX], scope = claims_at(c, own)->scope;
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
		const struct claims_entry *entry;
		bool is_strong, is_whole;
	} items[CLAIMS_QUOTES_MAX];
	size_t n, n_strong;
};

/* A copy of what is quoted already is not quoted, too. */
static bool claims_is_quoted(const struct claims_quotes *quotes, const struct claims_entry *e)
{
	struct likeness copy;
	for (size_t i = 0; i < quotes->n; i++) {
		likeness_judge(&e->sketch, &quotes->items[i].entry->sketch, 0, 0, &copy);
		if (copy.share >= CLAIMS_COPY_SHARE)
			return true;
	}
	return false;
}

static void claims_add_quote(struct claims_quotes *quotes, const struct claims_entry *e, const struct likeness *l,
                             uint32_t shared)
{
	if (quotes->n == CLAIMS_QUOTES_MAX || claims_is_quoted(quotes, e))
		return;
	bool is_strong = shared >= CLAIMS_QUOTE_SHARED && l->other_share >= CLAIMS_QUOTE_SHARE;
	quotes->items[quotes->n].entry = e;
	quotes->items[quotes->n].is_strong = is_strong;
	quotes->items[quotes->n++].is_whole = l->other_share >= CLAIMS_COPY_SHARE;
	quotes->n_strong += is_strong;
}

/* Two passages make a round-up, and then weaker ones count as well; a single one is background, unless it is all of an
 * earlier story. */
static void claims_name_quotes(const struct claims_quotes *quotes, struct claims_match *out)
{
	bool is_roundup = quotes->n_strong >= 2;
	for (size_t i = 0; i < quotes->n && out->n_contains < CLAIMS_CONTAINS_MAX; i++)
		if (is_roundup || quotes->items[i].is_whole)
			out->contains[out->n_contains++] = claims_uri(quotes->items[i].entry);
}

/* The first claim before `before` that is like own; on the way, those that own contains. */
static uint32_t claims_first_like(struct claims *c, const struct claim *claim, uint32_t own, uint32_t before,
                                  struct claims_match *out)
{
	struct claims_quotes quotes = {.n = 0};
	struct claims_candidate chosen[CLAIMS_LOOKED_MAX];
	const struct claims_entry *mine = claims_at(c, own);
	size_t n = claims_candidates(c, claim, own, before, chosen);
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(&claims_at(c, c->entries.oldest + chosen[i].rank)->sketch);
	for (size_t i = 0; i < n; i++) {
		uint32_t place = c->entries.oldest + chosen[i].rank;
		const struct claims_entry *e = claims_at(c, place);
		if (!claims_counts(c, place, own))
			continue;
		likeness_judge(&mine->sketch, &e->sketch, claims_age_ms(c, place, own), chosen[i].shared,
		               &out->likeness);
		if (out->likeness.relation == RELATION_CONTAINS)
			claims_add_quote(&quotes, e, &out->likeness, chosen[i].shared);
		else if (out->likeness.relation != RELATION_DIFFERENT)
			return place;
	}
	claims_name_quotes(&quotes, out);
	return CLAIMS_NONE;
}

/* --- the verdict ------------------------------------------------------------------------------------------------ */

static const enum verdict claims_verdict_of[] = {
        [RELATION_SYNDICATED] = VERDICT_SYNDICATED,
        [RELATION_REVISION] = VERDICT_REVISION,
        [RELATION_EXCERPT] = VERDICT_EXCERPT,
};

/* By hashes and versions; the earliest wins. */
static uint32_t claims_first_equal(const struct claims *c, uint32_t own, struct claims_match *out)
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
static void claims_mind_marks(const struct claims_entry *e, const struct claims_entry *own, struct claims_match *out)
{
	uint8_t marks = own->sketch.flags & (SKETCH_UPDATE | SKETCH_CORRECTION);
	if (out->method != CLAIMS_BODY_HASH || !(marks & ~e->sketch.flags))
		return;
	out->verdict = VERDICT_REVISION;
	out->likeness.reason = LIKENESS_MARK;
}

static void claims_fill_match(const struct claims_entry *e, const struct claims_entry *own, struct claims_match *out)
{
	claims_mind_marks(e, own, out);
	if (claims_is_earlier_version(e, own)) {
		out->verdict = VERDICT_REVISION;
		out->method = CLAIMS_VERSION;
	}
	out->n_contains = 0;
	out->uri = claims_uri(e);
	out->id = claims_id(e);
	out->version = claims_version(e);
	out->own_version = claims_version(own);
	out->other_sketch = &e->sketch;
	out->age_ms = own->time_ms - e->time_ms;
	out->is_orphan = e->is_void;
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
		claims_fill_match(claims_at(c, earliest), claims_at(c, own), out);
}
