/*
 * Claims in memory. See claims.h.
 *
 * Claims stand in a slab, addressed by number, so that growing moves nothing that is pointed at; texts (id, uri, guid,
 * version) stand in a line (texts.h), as claims leave in the order they came, or from the newest end. A chain is a
 * doubly linked list in a bucket, oldest first: a new claim goes to its end, and any claim is taken out in one step,
 * however many share the bucket. So a thousand equal stories cost no more than a thousand different ones, forwards and
 * backwards.
 *
 * Memory a claim: 128 bytes of slab, 16 to 32 of buckets, and its texts; ledger.h promises the sum. Room that the slab
 * has ahead was never touched, and costs nothing.
 */
#include "pipeline/stages/dedup/claims.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stages/dedup/texts.h"

#include <inttypes.h>

#define CLAIMS_FIRST_ROOM 1024
/* Claims a bucket, when the number of buckets doubles. */
#define CLAIMS_BUCKET_LOAD 2
/* One guid with very many versions, newest first, must not make judging slow: only so many of its first claims are
 * looked at. */
#define CLAIMS_GUID_STEPS 256
/* Cluster and topic are names of a few hundred bytes, whoever gave them (replay.c sees to it). */
#define CLAIMS_POSITION_MAX 4096

enum claims_chain { BY_KEY, BY_EXACT, BY_BODY, BY_GUID, CHAINS };

struct claims_link {
	uint32_t older, newer;
};

struct claims_ends {
	uint32_t oldest, newest;
};

struct claims_entry {
	uint64_t hash[CHAINS]; /* scope included; 0: not in that chain */
	uint64_t bytes_hash;
	uint64_t number; /* its place in the order of the world */
	const char *text;
	int64_t time_ms;
	struct claims_link chain[CHAINS];
	struct claims_link order; /* free entries are chained by order.newer */
	uint32_t part;
	uint32_t id_n, uri_n, guid_n; /* lengths of the texts, in this order */
	uint32_t version_n : 30;      /* then the version's */
	bool guid_is_uri : 1;         /* it stands there once, guid_n is 0 */
	bool is_void : 1;
};
_Static_assert(sizeof(struct claims_entry) == 128, "LEDGER_CLAIM_BYTES counts on it");

struct claims {
	int64_t window_ms;
	struct claims_entry *entries;
	uint32_t room, touched, count; /* entries from `touched` on were never used */
	uint32_t free;
	struct claims_ends order;
	struct claims_ends *buckets[CHAINS];
	uint32_t n_buckets; /* of each chain; a power of two */
	uint64_t next_number;
	struct texts texts;
	struct buf position; /* scratch */
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

static void claims_grow_entries(struct claims *c)
{
	CHECK(c->room < CLAIMS_NONE / 2);
	c->room = c->room ? 2 * c->room : CLAIMS_FIRST_ROOM;
	c->entries = claims_realloc(c->entries, c->room, sizeof(*c->entries));
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
	struct claims_ends *bucket = claims_bucket(c, chain, c->entries[i].hash[chain]);
	c->entries[i].chain[chain] = (struct claims_link){bucket->newest, CLAIMS_NONE};
	if (bucket->newest != CLAIMS_NONE)
		c->entries[bucket->newest].chain[chain].newer = i;
	else
		bucket->oldest = i;
	bucket->newest = i;
}

static void claims_unlink_chain(struct claims *c, enum claims_chain chain, uint32_t i)
{
	struct claims_ends *bucket = claims_bucket(c, chain, c->entries[i].hash[chain]);
	struct claims_link at = c->entries[i].chain[chain];
	if (at.older != CLAIMS_NONE)
		c->entries[at.older].chain[chain].newer = at.newer;
	else
		bucket->oldest = at.newer;
	if (at.newer != CLAIMS_NONE)
		c->entries[at.newer].chain[chain].older = at.older;
	else
		bucket->newest = at.older;
}

static void claims_link(struct claims *c, uint32_t i)
{
	for (enum claims_chain chain = 0; chain < CHAINS; chain++)
		if (c->entries[i].hash[chain])
			claims_link_chain(c, chain, i);
}

static void claims_unlink(struct claims *c, uint32_t i)
{
	for (enum claims_chain chain = 0; chain < CHAINS; chain++)
		if (c->entries[i].hash[chain])
			claims_unlink_chain(c, chain, i);
}

static void claims_grow_buckets(struct claims *c)
{
	c->n_buckets = c->n_buckets ? 2 * c->n_buckets : CLAIMS_FIRST_ROOM;
	for (enum claims_chain chain = 0; chain < CHAINS; chain++) {
		c->buckets[chain] = claims_realloc(c->buckets[chain], c->n_buckets, sizeof(struct claims_ends));
		memset(c->buckets[chain], 0xff, c->n_buckets * sizeof(struct claims_ends)); /* CLAIMS_NONE all over */
	}
	for (uint32_t i = c->order.oldest; i != CLAIMS_NONE; i = c->entries[i].order.newer)
		if (!c->entries[i].is_void)
			claims_link(c, i);
}

/* --- entering ------------------------------------------------------------------------------------------------- */

struct claims *claims_new(int64_t window_ms)
{
	struct claims *c = claims_realloc(NULL, 1, sizeof(*c));
	*c = (struct claims){.window_ms = window_ms, .free = CLAIMS_NONE, .order = {CLAIMS_NONE, CLAIMS_NONE}};
	buf_init(&c->position, CLAIMS_POSITION_MAX);
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
	free(c->entries);
	texts_free(&c->texts);
	buf_free(&c->position);
	free(c);
}

/* Two words as one; never 0, which means none. */
static uint64_t claims_mix(uint64_t a, uint64_t b)
{
	uint64_t words[2] = {a, b};
	uint64_t hash = digest_xxh64(str_make(words, sizeof(words)));
	return hash ? hash : 1;
}

/* Stands for cluster, topic, partition and offset. With part and bytes_hash a key is 160 bits: equal means the same. */
static uint64_t claims_position_hash(struct claims *c, const struct position *at)
{
	buf_clear(&c->position);
	buf_printf(&c->position, "%.*s/%.*s/%" PRId32 "/%" PRId64, STR_ARG(at->cluster), STR_ARG(at->topic),
	           at->partition, at->offset);
	CHECK(!c->position.overflow);
	return claims_mix(digest_xxh64(buf_view(&c->position)), 0);
}

static uint32_t claims_find(const struct claims *c, const struct claim_key *key, uint64_t hash)
{
	uint32_t i = claims_bucket(c, BY_KEY, hash)->oldest;
	for (; i != CLAIMS_NONE; i = c->entries[i].chain[BY_KEY].newer) {
		const struct claims_entry *e = &c->entries[i];
		if (e->hash[BY_KEY] == hash && e->part == key->part && e->bytes_hash == key->bytes_hash)
			return i;
	}
	return CLAIMS_NONE;
}

static uint32_t claims_take_entry(struct claims *c)
{
	if (c->count / CLAIMS_BUCKET_LOAD >= c->n_buckets)
		claims_grow_buckets(c);
	c->count++;
	uint32_t i = c->free;
	if (i != CLAIMS_NONE) {
		c->free = c->entries[i].order.newer;
		return i;
	}
	if (c->touched == c->room)
		claims_grow_entries(c);
	return c->touched++;
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

static void claims_set_hashes(struct claims_entry *e, const struct claim *claim, uint64_t position_hash)
{
	uint64_t scope = digest_xxh64(claim->scope);
	bool has_version = claim->guid.n && claim->version.n;
	e->hash[BY_KEY] = position_hash;
	e->hash[BY_EXACT] = claim->exact_hash ? claims_mix(claim->exact_hash, scope) : 0;
	e->hash[BY_BODY] = claim->body_hash ? claims_mix(claim->body_hash, scope) : 0;
	e->hash[BY_GUID] = has_version ? claims_mix(digest_xxh64(claim->guid), scope) : 0;
}

static void claims_append_order(struct claims *c, uint32_t i)
{
	c->entries[i].order = (struct claims_link){c->order.newest, CLAIMS_NONE};
	if (c->order.newest != CLAIMS_NONE)
		c->entries[c->order.newest].order.newer = i;
	else
		c->order.oldest = i;
	c->order.newest = i;
}

uint32_t claims_enter(struct claims *c, const struct claim *claim, int64_t time_ms, bool *fresh)
{
	CHECK(claim->key.part != CLAIM_ALL_PARTS);
	CHECK(c->order.newest == CLAIMS_NONE || c->entries[c->order.newest].time_ms <= time_ms);
	uint64_t position_hash = claims_position_hash(c, &claim->key.origin);
	uint32_t first = claims_find(c, &claim->key, position_hash);
	*fresh = first == CLAIMS_NONE;
	if (!*fresh)
		return first;
	uint32_t i = claims_take_entry(c);
	struct claims_entry *e = &c->entries[i];
	*e = (struct claims_entry){.bytes_hash = claim->key.bytes_hash,
	                           .part = claim->key.part,
	                           .number = c->next_number++,
	                           .time_ms = time_ms};
	claims_set_hashes(e, claim, position_hash);
	claims_write_text(c, e, claim);
	claims_append_order(c, i);
	claims_link(c, i);
	return i;
}

/* --- leaving -------------------------------------------------------------------------------------------------- */

static void claims_release(struct claims *c, uint32_t i)
{
	struct claims_entry *e = &c->entries[i];
	if (!e->is_void)
		claims_unlink(c, i);
	e->order = (struct claims_link){CLAIMS_NONE, c->free};
	c->free = i;
	CHECK(c->count > 0);
	c->count--;
}

void claims_drop_oldest(struct claims *c)
{
	uint32_t i = c->order.oldest;
	CHECK(i != CLAIMS_NONE);
	uint32_t newer = c->entries[i].order.newer;
	c->order.oldest = newer;
	if (newer != CLAIMS_NONE)
		c->entries[newer].order.older = CLAIMS_NONE;
	else
		c->order.newest = CLAIMS_NONE;
	texts_drop_oldest(&c->texts, claims_text_bytes_of(&c->entries[i]));
	claims_release(c, i);
}

void claims_drop_newest(struct claims *c)
{
	uint32_t i = c->order.newest;
	CHECK(i != CLAIMS_NONE);
	uint32_t older = c->entries[i].order.older;
	c->order.newest = older;
	if (older != CLAIMS_NONE)
		c->entries[older].order.newer = CLAIMS_NONE;
	else
		c->order.oldest = CLAIMS_NONE;
	texts_drop_newest(&c->texts, c->entries[i].text, claims_text_bytes_of(&c->entries[i]));
	claims_release(c, i);
}

static void claims_void_entry(struct claims *c, uint32_t i)
{
	claims_unlink(c, i);
	c->entries[i].is_void = true;
}

void claims_void(struct claims *c, const struct claim_key *key)
{
	uint64_t hash = claims_position_hash(c, &key->origin);
	uint32_t newer, i = claims_bucket(c, BY_KEY, hash)->oldest;
	for (; i != CLAIMS_NONE; i = newer) {
		const struct claims_entry *e = &c->entries[i];
		newer = e->chain[BY_KEY].newer;
		if (e->hash[BY_KEY] == hash && (key->part == CLAIM_ALL_PARTS || key->part == e->part))
			claims_void_entry(c, i);
	}
}

size_t claims_count(const struct claims *c)
{
	return c->count;
}

size_t claims_text_bytes(const struct claims *c)
{
	return c->texts.bytes;
}

bool claims_oldest_is_past(const struct claims *c, int64_t now_ms)
{
	return c->order.oldest != CLAIMS_NONE && now_ms - c->entries[c->order.oldest].time_ms >= c->window_ms;
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

static bool claims_counts(const struct claims *c, const struct claims_entry *e, const struct claims_entry *own)
{
	return e->number < own->number && own->time_ms - e->time_ms < c->window_ms;
}

/* Is e a claim of an earlier version of the same story? */
static bool claims_is_earlier_version(const struct claims_entry *e, const struct claims_entry *own)
{
	return own->hash[BY_GUID] && e->hash[BY_GUID] == own->hash[BY_GUID] &&
	       str_eq(claims_guid(e), claims_guid(own)) &&
	       claims_compare_versions(claims_version(e), claims_version(own)) < 0;
}

static const struct claims_entry *claims_first(const struct claims *c, enum claims_chain chain,
                                               const struct claims_entry *own)
{
	uint64_t hash = own->hash[chain];
	if (!hash)
		return NULL;
	uint32_t i = claims_bucket(c, chain, hash)->oldest;
	for (; i != CLAIMS_NONE && c->entries[i].number < own->number; i = c->entries[i].chain[chain].newer)
		if (c->entries[i].hash[chain] == hash && claims_counts(c, &c->entries[i], own))
			return &c->entries[i];
	return NULL;
}

static const struct claims_entry *claims_first_version(const struct claims *c, const struct claims_entry *own)
{
	uint64_t hash = own->hash[BY_GUID];
	if (!hash)
		return NULL;
	int steps = 0;
	uint32_t i = claims_bucket(c, BY_GUID, hash)->oldest;
	for (; i != CLAIMS_NONE && steps < CLAIMS_GUID_STEPS; i = c->entries[i].chain[BY_GUID].newer) {
		const struct claims_entry *e = &c->entries[i];
		if (e->number >= own->number)
			return NULL;
		if (e->hash[BY_GUID] != hash)
			continue;
		steps++;
		if (claims_counts(c, e, own) && claims_is_earlier_version(e, own))
			return e;
	}
	return NULL;
}

void claims_judge(const struct claims *c, uint32_t place, struct claims_match *out)
{
	*out = (struct claims_match){.verdict = VERDICT_ORIGINAL};
	const struct claims_entry *own = &c->entries[place];
	const struct claims_entry *found[] = {claims_first(c, BY_EXACT, own), claims_first(c, BY_BODY, own),
	                                      claims_first_version(c, own)};
	static const enum verdict verdicts[] = {VERDICT_EXACT, VERDICT_SYNDICATED, VERDICT_REVISION};
	const struct claims_entry *earliest = NULL;
	for (size_t i = 0; i < 3; i++) {
		if (!found[i] || (earliest && found[i]->number >= earliest->number))
			continue;
		earliest = found[i];
		out->verdict = verdicts[i];
	}
	if (!earliest)
		return;
	if (claims_is_earlier_version(earliest, own))
		out->verdict = VERDICT_REVISION;
	out->uri = claims_uri(earliest);
	out->id = claims_id(earliest);
	out->version = claims_version(earliest);
	out->own_version = claims_version(own);
	out->age_ms = own->time_ms - earliest->time_ms;
}
