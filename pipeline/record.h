/*
 * The record that goes out: ninjs 3.0 plus the object `wiredesk`, and the Kafka headers.
 *
 * Written in two steps. In the lane, after the last any-order stage, everything but wiredesk.dedup; there the size is
 * checked, with RECORD_DEDUP_MAX kept free, before anything is claimed. In the tail the verdict is appended in place,
 * so the value is contiguous and nothing is copied. Fields of groups that no stage has written are absent.
 */
#ifndef WIREDESK_RECORD_H
#define WIREDESK_RECORD_H

#include "pipeline/base/buf.h"
#include "pipeline/story.h"

/* wiredesk.dedup and the closing braces need at most so many bytes; evidence that would exceed it is left out and says
 * so. */
#define RECORD_DEDUP_MAX 4096

/* What Kafka may add to a record around key, value and headers: record and batch framing, lengths as varints. */
#define RECORD_FRAMING_BYTES 1024

struct call;

/* Renders into scratch, copies into call->keep; fills st->record.head and the headers known so far. */
void record_render(struct call *call, struct story *st, struct buf *scratch);

/* Key, value with the room for the verdict, headers and framing: what must fit the topics' max.message.bytes. */
size_t record_bytes(const struct story *st);

/* Appends wiredesk.dedup (absent when no dedup stage ran) and the braces; sets record.value and the last headers. */
void record_finish(struct story *st);

#endif
