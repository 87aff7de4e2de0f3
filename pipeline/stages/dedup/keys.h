/*
 * Which claims were made already? Keys, in the order of the world, with what is known of each.
 *
 * Keys are remembered longer than claims: a story that comes again after its claim was forgotten must still not be
 * taken for a new one. They come as the newest and leave at either end, the oldest when they are forgotten, the newest
 * when they are taken back. In a steady state nothing is allocated. One thread.
 */
#ifndef WIREDESK_DEDUP_KEYS_H
#define WIREDESK_DEDUP_KEYS_H

#include "pipeline/stages/dedup/claim_key.h"

struct keys;

struct keys_entry {
	struct key key;
	uint32_t older; /* its own */
	int64_t offset; /* in the log; the key's own position */
	int64_t time_ms;
	uint32_t place; /* in the index (claims.h), if it is held there */
	bool is_void;
};

struct keys *keys_new(void);
void keys_free(struct keys **keys);

/* The newest of that key. Views into the table, until the next change. NULL: none. */
struct keys_entry *keys_find(struct keys *keys, const struct key *key);
/* The next one, from newest to oldest, that `ended` means; previous NULL: the first. */
struct keys_entry *keys_next_ended(struct keys *keys, const struct key *ended, const struct keys_entry *previous);
struct keys_entry *keys_oldest(struct keys *keys);

/* As the newest. offset, time_ms and place are for the caller to fill. */
struct keys_entry *keys_add(struct keys *keys, const struct key *key);
/* There must be one. */
void keys_drop_oldest(struct keys *keys);
void keys_drop_newest(struct keys *keys);
size_t keys_count(const struct keys *keys);

#endif
