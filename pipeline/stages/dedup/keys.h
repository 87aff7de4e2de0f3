/*
 * Which claims were made already? Keys, in the order of the world, with what is known of each.
 *
 * Keys are remembered longer than claims: a story that comes again after its claim was forgotten must still not be
 * taken for a new one. They come as the newest and leave at either end, the oldest when they are forgotten, the newest
 * when they are taken back. In a steady state nothing is allocated. One thread.
 *
 * A key stands here with all its 160 bits: two that were taken for one would be a story lost. A key takes 33 bytes, and
 * some three for finding it.
 *
 * Whoever enters a claim into an index with each key finds its place there by how many keys are newer (keys_newer,
 * claims_newest_but).
 */
#ifndef WIREDESK_DEDUP_KEYS_H
#define WIREDESK_DEDUP_KEYS_H

#include "pipeline/stages/dedup/claim_key.h"

struct keys;

/* What is known of a key: a copy. {0}: nothing yet. */
struct keys_entry {
	struct key key;
	int64_t offset; /* in the log; the key's own position */
	int64_t time_ms;
	uint32_t number; /* of the order in which they came; wraps */
	uint32_t older;  /* its own */
	bool is_known;
	bool is_void;
};

struct keys *keys_new(void);
void keys_free(struct keys **keys);

/* These keys are asked for and added next: asks for the memory that it will want, of all at the same time. At most
 * KEYS_EXPECTED_MAX. */
#define KEYS_EXPECTED_MAX 16
void keys_expect(const struct keys *keys, const struct key *next, size_t n);
/* The newest of that key; false: none. found: NULL where only that is asked. */
bool keys_find(const struct keys *keys, const struct key *key, struct keys_entry *found);
/* From *at, {0} for the first, to the next one, from newest to oldest, that `ended` means; false: there is none. */
bool keys_next_ended(const struct keys *keys, const struct key *ended, struct keys_entry *at);

/* As the newest: its number is set, and that it is known. Neither offset nor time falls. A key's part is at most
 * KEY_PART_MAX. */
void keys_add(struct keys *keys, struct keys_entry *entry);
void keys_set_void(struct keys *keys, const struct keys_entry *entry);
/* There must be one. */
void keys_drop_oldest(struct keys *keys);
void keys_drop_newest(struct keys *keys);

size_t keys_count(const struct keys *keys);
/* How many are newer. */
size_t keys_newer(const struct keys *keys, const struct keys_entry *entry);
/* There must be one. */
int64_t keys_oldest_time_ms(const struct keys *keys);

#endif
