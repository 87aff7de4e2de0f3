/*
 * What may be around a message's bytes: compression, transfer encodings, the prefix of a schema registry.
 */
#ifndef WIREDESK_DECODE_ENVELOPE_H
#define WIREDESK_DECODE_ENVELOPE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/buf.h"

enum envelope {
	ENVELOPE_NONE,
	ENVELOPE_GZIP,
	ENVELOPE_ZSTD,
	ENVELOPE_SCHEMA_ID, /* Confluent's: a zero byte and four of the schema's number, before JSON or text */
};

/* By the first bytes. */
enum envelope envelope_of(struct str bytes);

enum envelope_fault {
	ENVELOPE_OK,
	ENVELOPE_BROKEN, /* not what it begins as, or cut off */
	ENVELOPE_TOO_LARGE,
};

/*
 * What is inside, in out (its limit is the limit of what comes out) or as a view of the bytes. Several members, one
 * behind the other, are one text, as gzip and zstd have it.
 */
enum envelope_fault envelope_open(enum envelope envelope, struct str bytes, struct buf *out, struct str *inside);

/* What the record calls it: "gzip", "zstd", "schema-id:17". */
const char *envelope_word(enum envelope envelope, struct str bytes, struct arena *a);

/*
 * Bytes of base64, also of its alphabet for addresses; white space is left out. False: something else is in it. Then
 * the bytes are what can be read: other signs are left out, and '=' ends a run, behind which another may begin.
 */
bool envelope_base64(struct str coded, struct arena *a, struct str *bytes);

#endif
