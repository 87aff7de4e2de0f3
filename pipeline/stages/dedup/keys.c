/*
 * Keys; see keys.h. A ring, and chains through it from newest to oldest: a link to what has left is an end, so the
 * oldest leaves without a step.
 *
 * Offsets and times do not fall, so the lower bits of each tell all of it, as what follows the oldest one's.
 *
 * Positions may be made to order by whoever writes to an input topic; which chain they fall into cannot, since it
 * hangs on a number that this process drew.
 */
#include "pipeline/stages/dedup/keys.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/dedup/heads.h"
#include "pipeline/stages/dedup/ring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Keys a chain. */
#define KEYS_LOAD 2
/* The chain that will be split so many splits later is asked for. */
#define KEYS_SPLIT_AHEAD 4
/* Of a chain so many keys are asked for: few chains are longer. */
#define KEYS_EXPECTED_STEPS 3
#define KEYS_MIX            UINT64_C(0x9e3779b97f4a7c15)
/* Numbers start shortly before they wrap, so that wrapping is nothing special. */
#define KEYS_FIRST_NUMBER (UINT32_MAX - 1000)
/* No key has it: numbers that have left and come again by wrapping would need 2^32 keys in between, and RING_COUNT_MAX
 * are held at most. */
#define KEYS_NONE(k) ((k)->ring.oldest - 1)
/* Of what is added to the oldest key's time and offset: 17 years, and far more records than a log takes meanwhile. */
#define KEYS_TIME_BITS   39
#define KEYS_OFFSET_BITS 40

/* Bytes, so that none asks for more alignment than it is worth. */
struct keys_packed {
	uint8_t position[8], bytes_hash[8];
	uint8_t older[4];
	uint8_t part[3];
	uint8_t offset[5]; /* the lower bits */
	uint8_t time[5];   /* the lower bits, times two; then is it void? */
};
_Static_assert(sizeof(struct keys_packed) == 33, "nothing stands between them");
_Static_assert(KEY_PART_MAX < 1 << 24, "a part fits three bytes");

struct keys {
	struct ring ring;
	struct heads heads;
	uint64_t salt;
	int64_t oldest_offset, oldest_time_ms;
};

/* --- entries ------------------------------------------------------------------------------------------------------ */

static void keys_put(uint8_t *out, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t keys_take(const uint8_t *p, size_t n)
{
	uint64_t value = 0;
	for (size_t i = 0; i < n; i++)
		value |= (uint64_t)p[i] << 8 * i;
	return value;
}

/* The least number from `from` on that ends in these bits. */
static int64_t keys_unwrap(uint64_t kept, unsigned bits, int64_t from)
{
	return from + (int64_t)((kept - (uint64_t)from) & ((UINT64_C(1) << bits) - 1));
}

static struct keys_packed *keys_at(const struct keys *k, uint32_t number)
{
	return ring_at(&k->ring, number);
}

static uint64_t keys_position(const struct keys_packed *p)
{
	return keys_take(p->position, sizeof(p->position));
}

static uint32_t keys_older(const struct keys_packed *p)
{
	return (uint32_t)keys_take(p->older, sizeof(p->older));
}

static void keys_set_older(struct keys_packed *p, uint32_t number)
{
	keys_put(p->older, number, sizeof(p->older));
}

static struct key keys_key(const struct keys_packed *p)
{
	return (struct key){keys_position(p), keys_take(p->bytes_hash, sizeof(p->bytes_hash)),
	                    (uint32_t)keys_take(p->part, sizeof(p->part))};
}

static int64_t keys_offset(const struct keys *k, const struct keys_packed *p)
{
	return keys_unwrap(keys_take(p->offset, sizeof(p->offset)), KEYS_OFFSET_BITS, k->oldest_offset);
}

static int64_t keys_time_ms(const struct keys *k, const struct keys_packed *p)
{
	return keys_unwrap(keys_take(p->time, sizeof(p->time)) >> 1, KEYS_TIME_BITS, k->oldest_time_ms);
}

static struct keys_entry keys_read(const struct keys *k, uint32_t number)
{
	const struct keys_packed *p = keys_at(k, number);
	return (struct keys_entry){.key = keys_key(p),
	                           .offset = keys_offset(k, p),
	                           .time_ms = keys_time_ms(k, p),
	                           .number = number,
	                           .older = keys_older(p),
	                           .is_known = true,
	                           .is_void = p->time[0] & 1};
}

static void keys_write(struct keys_packed *p, const struct keys_entry *e)
{
	CHECK(e->key.part <= KEY_PART_MAX);
	keys_put(p->position, e->key.position, sizeof(p->position));
	keys_put(p->bytes_hash, e->key.bytes_hash, sizeof(p->bytes_hash));
	keys_put(p->part, e->key.part, sizeof(p->part));
	keys_put(p->offset, (uint64_t)e->offset, sizeof(p->offset));
	keys_put(p->time, (uint64_t)e->time_ms << 1 | e->is_void, sizeof(p->time));
}

/* --- chains ------------------------------------------------------------------------------------------------------- */

static uint32_t keys_chain(const struct keys *k, uint64_t position)
{
	return heads_index(&k->heads, ((position ^ k->salt) * KEYS_MIX ^ k->salt) * KEYS_MIX >> 32);
}

static uint32_t *keys_head(const struct keys *k, uint64_t position)
{
	return heads_at(&k->heads, keys_chain(k, position));
}

static uint32_t keys_expect_at(const struct keys *k, uint32_t link)
{
	if (!ring_holds(&k->ring, link))
		return KEYS_NONE(k);
	__builtin_prefetch(keys_at(k, link));
	return link;
}

/* One chain becomes two; both stay in order. */
static void keys_split(struct keys *k)
{
	struct keys_packed *ends[2] = {NULL, NULL};
	uint32_t first = heads_add(&k->heads), chains[2] = {first, k->heads.n - 1};
	/* They are taken apart in a row. */
	keys_expect_at(k, *heads_at(&k->heads, (chains[0] + KEYS_SPLIT_AHEAD) % k->heads.half));
	for (uint32_t number = *heads_at(&k->heads, chains[0]); ring_holds(&k->ring, number);) {
		struct keys_packed *p = keys_at(k, number);
		int which = keys_chain(k, keys_position(p)) == chains[1];
		if (ends[which])
			keys_set_older(ends[which], number);
		else
			*heads_at(&k->heads, chains[which]) = number;
		ends[which] = p;
		number = keys_older(p);
	}
	for (int which = 0; which < 2; which++) {
		if (ends[which])
			keys_set_older(ends[which], KEYS_NONE(k));
		else
			*heads_at(&k->heads, chains[which]) = KEYS_NONE(k);
	}
}

struct keys *keys_new(void)
{
	struct keys *k = grow_new(sizeof(*k));
	if (getrandom(&k->salt, sizeof(k->salt), 0) != (ssize_t)sizeof(k->salt))
		k->salt = (uintptr_t)k;
	ring_init(&k->ring, sizeof(struct keys_packed), KEYS_FIRST_NUMBER);
	heads_init(&k->heads, KEYS_NONE(k));
	return k;
}

void keys_free(struct keys **keys)
{
	struct keys *k = *keys;
	if (!k)
		return;
	*keys = NULL;
	ring_free(&k->ring);
	heads_free(&k->heads);
	free(k);
}

void keys_expect(const struct keys *k, const struct key *next, size_t n)
{
	const uint32_t *heads[KEYS_EXPECTED_MAX];
	uint32_t at[KEYS_EXPECTED_MAX];
	CHECK(n <= KEYS_EXPECTED_MAX);
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(heads[i] = keys_head(k, next[i].position));
	for (size_t i = 0; i < n; i++)
		at[i] = keys_expect_at(k, *heads[i]);
	for (int step = 1; step < KEYS_EXPECTED_STEPS; step++)
		for (size_t i = 0; i < n; i++)
			if (ring_holds(&k->ring, at[i]))
				at[i] = keys_expect_at(k, keys_older(keys_at(k, at[i])));
}

bool keys_find(const struct keys *k, const struct key *key, struct keys_entry *found)
{
	uint32_t number = *keys_head(k, key->position);
	while (ring_holds(&k->ring, number)) {
		const struct keys_packed *p = keys_at(k, number);
		struct key held = keys_key(p);
		if (key_equal(&held, key)) {
			if (found)
				*found = keys_read(k, number);
			return true;
		}
		number = keys_older(p);
	}
	return false;
}

bool keys_next_ended(const struct keys *k, const struct key *ended, struct keys_entry *at)
{
	uint32_t number = at->is_known ? at->older : *keys_head(k, ended->position);
	while (ring_holds(&k->ring, number)) {
		*at = keys_read(k, number);
		if (key_is_ended(&at->key, ended))
			return true;
		number = at->older;
	}
	return false;
}

/* --- both ends ---------------------------------------------------------------------------------------------------- */

void keys_add(struct keys *k, struct keys_entry *entry)
{
	if (!k->ring.count) {
		k->oldest_offset = entry->offset;
		k->oldest_time_ms = entry->time_ms;
	}
	CHECK(entry->offset >= k->oldest_offset && (entry->offset - k->oldest_offset) >> KEYS_OFFSET_BITS == 0);
	CHECK(entry->time_ms >= k->oldest_time_ms && (entry->time_ms - k->oldest_time_ms) >> KEYS_TIME_BITS == 0);
	if (k->ring.count / KEYS_LOAD >= k->heads.n)
		keys_split(k);
	uint32_t *head = keys_head(k, entry->key.position);
	struct keys_packed *p = ring_push(&k->ring);
	keys_write(p, entry);
	keys_set_older(p, *head);
	*head = entry->number = ring_newest(&k->ring);
	entry->is_known = true;
}

void keys_set_void(struct keys *k, const struct keys_entry *entry)
{
	CHECK(ring_holds(&k->ring, entry->number));
	keys_at(k, entry->number)->time[0] |= 1;
}

void keys_drop_oldest(struct keys *k)
{
	CHECK(k->ring.count);
	ring_drop_oldest(&k->ring);
	if (!k->ring.count)
		return;
	const struct keys_packed *oldest = keys_at(k, k->ring.oldest);
	k->oldest_offset = keys_offset(k, oldest);
	k->oldest_time_ms = keys_time_ms(k, oldest);
}

void keys_drop_newest(struct keys *k)
{
	CHECK(k->ring.count);
	uint32_t number = ring_newest(&k->ring);
	const struct keys_packed *p = keys_at(k, number);
	uint32_t *head = keys_head(k, keys_position(p));
	CHECK(*head == number);
	*head = keys_older(p);
	ring_drop_newest(&k->ring);
}

size_t keys_count(const struct keys *k)
{
	return k->ring.count;
}

size_t keys_newer(const struct keys *k, const struct keys_entry *entry)
{
	CHECK(ring_holds(&k->ring, entry->number));
	return ring_newest(&k->ring) - entry->number;
}

int64_t keys_oldest_time_ms(const struct keys *k)
{
	CHECK(k->ring.count);
	return k->oldest_time_ms;
}
