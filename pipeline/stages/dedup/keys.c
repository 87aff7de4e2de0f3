/*
 * Keys; see keys.h. A ring, and chains through it from newest to oldest: a link to what has left is an end, so the
 * oldest leaves without a step.
 *
 * Positions may be made to order by whoever writes to an input topic; which bucket they fall into cannot, since it
 * hangs on a number that this process drew.
 */
#include "pipeline/stages/dedup/keys.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/ring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define KEYS_FIRST_BITS 10
/* Keys a bucket, when the number of buckets doubles. */
#define KEYS_LOAD 2
#define KEYS_MIX  UINT64_C(0x9e3779b97f4a7c15)
/* Numbers start shortly before they wrap, so that wrapping is nothing special. */
#define KEYS_FIRST_NUMBER (UINT32_MAX - 1000)

struct keys {
	struct ring ring;
	uint32_t *buckets; /* number of the newest; one that is not held: none */
	uint32_t bits;
	uint64_t salt;
};

static uint32_t *keys_bucket(const struct keys *k, uint64_t position)
{
	return &k->buckets[((position ^ k->salt) * KEYS_MIX ^ k->salt) * KEYS_MIX >> (64 - k->bits)];
}

/* A number that is not held. */
static uint32_t keys_none(const struct keys *k)
{
	return k->ring.oldest - 1;
}

static void keys_link(struct keys *k, uint32_t number)
{
	struct keys_entry *e = ring_at(&k->ring, number);
	uint32_t *bucket = keys_bucket(k, e->key.position);
	e->older = *bucket;
	*bucket = number;
}

static void keys_make_buckets(struct keys *k)
{
	size_t n = (size_t)1 << k->bits;
	k->buckets = realloc(k->buckets, n * sizeof(*k->buckets));
	if (!k->buckets)
		check_panic("out of memory");
	for (size_t i = 0; i < n; i++)
		k->buckets[i] = keys_none(k);
	for (uint32_t i = 0; i < k->ring.count; i++)
		keys_link(k, k->ring.oldest + i);
}

struct keys *keys_new(void)
{
	struct keys *k = calloc(1, sizeof(*k));
	if (!k)
		check_panic("out of memory");
	if (getrandom(&k->salt, sizeof(k->salt), 0) != (ssize_t)sizeof(k->salt))
		k->salt = (uintptr_t)k;
	ring_init(&k->ring, sizeof(struct keys_entry), KEYS_FIRST_NUMBER);
	k->bits = KEYS_FIRST_BITS;
	keys_make_buckets(k);
	return k;
}

void keys_free(struct keys **keys)
{
	struct keys *k = *keys;
	if (!k)
		return;
	*keys = NULL;
	ring_free(&k->ring);
	free(k->buckets);
	free(k);
}

/* The first of a chain, from `number` on, that is held; NULL at its end. A link never leads to a newer one: numbers
 * that have left and come again by wrapping would need 2^32 keys in between, and RING_COUNT_MAX are held at most. */
static struct keys_entry *keys_at(const struct keys *k, uint32_t number)
{
	return ring_holds(&k->ring, number) ? ring_at(&k->ring, number) : NULL;
}

struct keys_entry *keys_find(struct keys *k, const struct key *key)
{
	struct keys_entry *e = keys_at(k, *keys_bucket(k, key->position));
	while (e && !key_equal(&e->key, key))
		e = keys_at(k, e->older);
	return e;
}

struct keys_entry *keys_next_ended(struct keys *k, const struct key *ended, const struct keys_entry *previous)
{
	struct keys_entry *e = keys_at(k, previous ? previous->older : *keys_bucket(k, ended->position));
	while (e && !key_is_ended(&e->key, ended))
		e = keys_at(k, e->older);
	return e;
}

struct keys_entry *keys_oldest(struct keys *k)
{
	return k->ring.count ? ring_at(&k->ring, k->ring.oldest) : NULL;
}

struct keys_entry *keys_add(struct keys *k, const struct key *key)
{
	if (k->ring.count >> k->bits >= KEYS_LOAD) {
		k->bits++;
		keys_make_buckets(k);
	}
	struct keys_entry *e = ring_push(&k->ring);
	*e = (struct keys_entry){.key = *key};
	keys_link(k, ring_newest(&k->ring));
	return e;
}

void keys_drop_oldest(struct keys *k)
{
	CHECK(k->ring.count);
	ring_drop_oldest(&k->ring);
}

void keys_drop_newest(struct keys *k)
{
	CHECK(k->ring.count);
	uint32_t number = ring_newest(&k->ring);
	const struct keys_entry *e = ring_at(&k->ring, number);
	uint32_t *bucket = keys_bucket(k, e->key.position);
	CHECK(*bucket == number);
	*bucket = e->older;
	ring_drop_newest(&k->ring);
}

size_t keys_count(const struct keys *k)
{
	return k->ring.count;
}
