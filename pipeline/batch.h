/*
 * A batch: the messages of one transaction, their stories, the offsets that commit with them.
 *
 * It has one owner at a time. The loop fills it, the lanes work on it (each on messages of its own, taken off one
 * counter), the loop walks its tail and hands it to the publisher, which hands it back. Two batches are in flight at
 * the most, and both are made at start and used again, so that in a steady state nothing is allocated.
 *
 * Offsets travel in the batch and so does the group's metadata, as bytes, taken once when the partitions were assigned:
 * metadata asked for at commit time would carry a later generation, and the broker would accept a batch whose
 * partitions are already somebody else's.
 */
#ifndef WIREDESK_BATCH_H
#define WIREDESK_BATCH_H

#include "pipeline/base/arena.h"
#include "pipeline/offsets.h"
#include "pipeline/story.h"

#include <stdatomic.h>

#define LANES_MAX 64

/* "This partition was read to its end": `next` may lie beyond the last message, behind transaction markers. */
struct eof_mark {
	struct offset at;
	size_t after; /* it came after so many messages of this batch */
};

struct batch {
	uint64_t number; /* rises for ever, also across rewinds */
	struct message *messages;
	size_t n_messages;
	size_t n_taken; /* after the lanes: messages 0 … n_taken-1 are in; the rest was cut off and opens the next batch
	                 */
	size_t room;
	struct eof_mark *eofs;
	size_t n_eofs, eofs_room;
	size_t raw_bytes;  /* keys, values and headers of all messages */
	int64_t opened_us; /* when its first message came */

	struct offsets next; /* batch_seal: what the transaction commits */
	struct str metadata; /* of the assignment; owned by the loop, which outlives the batch */
	uint64_t assignment; /* number of the assignment that it was read under */

	struct arena fill;             /* headers of messages; loop thread */
	struct arena lanes[LANES_MAX]; /* what each lane derived; lane 0 is the loop's, and after the hand-over the
	                                  publisher's */
	size_t n_lanes;

	/* Budget of the cut, counted by the lanes together. */
	_Atomic size_t next_message;
	_Atomic size_t derived_bytes;
	_Atomic size_t n_stories;

	size_t n_begun; /* entries of the plan, from the first in-order one, whose begin was called */

	void (*release)(void *source, void *owner); /* gives a message back to its source */
	void *source;
};

void batch_init(struct batch *b, size_t n_lanes, void (*release)(void *source, void *owner), void *source);
/* Releases all messages, forgets everything, keeps the memory. The number is set by the caller. */
void batch_reset(struct batch *b);
void batch_free(struct batch *b);

/* Neither a message nor the end of a partition. */
bool batch_is_empty(const struct batch *b);

/* Adds a message; its headers are copied into the batch, its owner belongs to the batch from now on. */
void batch_add(struct batch *b, const struct message *msg);
/* Notes the end of a partition; a later note of the same partition takes the earlier one's place. */
void batch_add_eof(struct batch *b, const struct offset *at);

/*
 * After the lanes: moves what was not taken (messages and the marks behind them) to `rest`, in order, and makes `next`
 * from what was. rest must be empty; it is the next batch to fill.
 */
void batch_seal(struct batch *b, struct batch *rest);

/*
 * Swaps the arenas of the lanes of two batches that are not being worked on. Three batches take turns, but only two
 * hold derived stories at a time: so two sets of arenas do.
 */
void batch_swap_lanes(struct batch *a, struct batch *b);

/* A story of the message, in the lane's arena, zeroed, its part number set. For expand; the runner checks the count. */
struct story *batch_new_story(struct arena *a, struct message *msg, uint32_t part);

#endif
