/*
 * Filling, sealing and emptying of batches. All memory is kept from batch to batch.
 */
#include "pipeline/batch.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"

/* Blocks large enough that a usual batch (8 MB raw, some 20 MB derived) settles on a few of them for ever. */
#define LANE_BLOCK_BYTES (1 << 20)
#define LANE_KEEP_BYTES  (32 << 20)

void batch_init(struct batch *b, size_t n_lanes, void (*release)(void *source, void *owner), void *source)
{
	CHECK(n_lanes >= 1 && n_lanes <= LANES_MAX);
	memset(b, 0, sizeof(*b));
	b->n_lanes = n_lanes;
	b->release = release;
	b->source = source;
	arena_init(&b->fill, 0, 0);
	for (size_t i = 0; i < n_lanes; i++)
		arena_init(&b->lanes[i], LANE_BLOCK_BYTES, LANE_KEEP_BYTES);
}

static void release_all(struct batch *b)
{
	for (size_t i = 0; i < b->n_messages; i++) {
		if (b->messages[i].owner && b->release)
			b->release(b->source, b->messages[i].owner);
		b->messages[i].owner = NULL;
	}
}

void batch_reset(struct batch *b)
{
	release_all(b);
	b->n_messages = 0;
	b->n_taken = 0;
	b->n_eofs = 0;
	b->raw_bytes = 0;
	b->opened_us = 0;
	b->metadata = (struct str){0};
	b->assignment = 0;
	b->n_begun = 0;
	offsets_clear(&b->next);
	arena_reset(&b->fill);
	for (size_t i = 0; i < b->n_lanes; i++)
		arena_reset(&b->lanes[i]);
	atomic_store(&b->next_message, 0);
	atomic_store(&b->derived_bytes, 0);
	atomic_store(&b->n_stories, 0);
}

void batch_free(struct batch *b)
{
	release_all(b);
	free(b->messages);
	free(b->eofs);
	offsets_free(&b->next);
	arena_free(&b->fill);
	for (size_t i = 0; i < b->n_lanes; i++)
		arena_free(&b->lanes[i]);
	memset(b, 0, sizeof(*b));
}

/* Room for one more of something; doubling, from malloc, kept. */
static void *grown(void *items, size_t n, size_t *room, size_t item_bytes)
{
	if (n < *room)
		return items;
	*room = *room ? 2 * *room : 64;
	return grow(items, *room, item_bytes);
}

static size_t message_bytes(const struct message *msg)
{
	size_t bytes = msg->key.n + msg->value.n + msg->n_headers * sizeof(struct header);
	for (size_t i = 0; i < msg->n_headers; i++)
		bytes += msg->headers[i].name.n + msg->headers[i].value.n;
	return bytes;
}

void batch_add(struct batch *b, const struct message *msg)
{
	CHECK(msg->n_headers == 0 || msg->headers);
	CHECK(msg->delivery.partition >= 0 && msg->delivery.offset >= 0);
	b->messages = grown(b->messages, b->n_messages, &b->room, sizeof(*b->messages));
	struct message *own = &b->messages[b->n_messages++];
	*own = *msg;
	if (msg->n_headers) {
		struct header *headers = ARENA_ARRAY(&b->fill, struct header, msg->n_headers);
		memcpy(headers, msg->headers, msg->n_headers * sizeof(*headers));
		own->headers = headers;
	}
	b->raw_bytes += message_bytes(msg);
}

void batch_add_eof(struct batch *b, const struct offset *at)
{
	for (size_t i = 0; i < b->n_eofs; i++) {
		struct eof_mark *mark = &b->eofs[i];
		if (mark->at.partition == at->partition && strcmp(mark->at.topic, at->topic) == 0) {
			*mark = (struct eof_mark){*at, b->n_messages};
			return;
		}
	}
	b->eofs = grown(b->eofs, b->n_eofs, &b->eofs_room, sizeof(*b->eofs));
	b->eofs[b->n_eofs++] = (struct eof_mark){*at, b->n_messages};
}

/* What expand and the stages made of a message that was not worked on, or was but goes back, is of no use later. */
static void message_as_delivered(struct message *msg)
{
	msg->parts = NULL;
	msg->n_parts = 0;
	msg->end = (struct ending){0};
	msg->only = NULL;
	msg->n_only = 0;
}

static void move_untaken(struct batch *b, struct batch *rest)
{
	for (size_t i = b->n_taken; i < b->n_messages; i++) {
		struct message *msg = &b->messages[i];
		message_as_delivered(msg);
		batch_add(rest, msg);
		b->raw_bytes -= message_bytes(msg);
		msg->owner = NULL;
	}
	size_t kept = 0;
	for (size_t i = 0; i < b->n_eofs; i++) {
		struct eof_mark mark = b->eofs[i];
		if (mark.after <= b->n_taken) {
			b->eofs[kept++] = mark;
			continue;
		}
		batch_add_eof(rest, &mark.at);
		rest->eofs[rest->n_eofs - 1].after = mark.after - b->n_taken;
	}
	b->n_eofs = kept;
	b->n_messages = b->n_taken;
}

bool batch_is_empty(const struct batch *b)
{
	return b->n_messages == 0 && b->n_eofs == 0;
}

void batch_seal(struct batch *b, struct batch *rest)
{
	CHECK(b->n_taken <= b->n_messages);
	CHECK(b != rest && batch_is_empty(rest));
	CHECK(b->n_begun == 0);
	if (b->n_taken < b->n_messages) {
		rest->opened_us = b->opened_us;
		rest->metadata = b->metadata;
		rest->assignment = b->assignment;
		move_untaken(b, rest);
	}
	offsets_clear(&b->next);
	size_t hint = 0;
	for (size_t i = 0; i < b->n_messages; i++) {
		const struct position *at = &b->messages[i].delivery;
		struct offset *entry = offsets_find(&b->next, at->topic.p, at->partition, &hint);
		if (entry)
			entry->next = at->offset + 1;
		else
			offsets_set(&b->next, at->topic.p, at->partition, at->offset + 1);
	}
	for (size_t i = 0; i < b->n_eofs; i++) {
		const struct offset *at = &b->eofs[i].at;
		struct offset *entry = offsets_find(&b->next, at->topic, at->partition, NULL);
		if (!entry || entry->next < at->next)
			offsets_set(&b->next, at->topic, at->partition, at->next);
	}
}

struct story *batch_new_story(struct arena *a, struct message *msg, uint32_t part)
{
	struct story *st = ARENA_NEW(a, struct story);
	st->msg = msg;
	st->part = part;
	return st;
}

void batch_swap_lanes(struct batch *a, struct batch *b)
{
	CHECK(a->n_lanes == b->n_lanes);
	for (size_t i = 0; i < a->n_lanes; i++) {
		struct arena kept = a->lanes[i];
		a->lanes[i] = b->lanes[i];
		b->lanes[i] = kept;
	}
}
