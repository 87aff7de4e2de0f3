/*
 * What a match names of a claim (id, uri, version) in few bytes.
 *
 * An id that ends in partition, offset and part, as ids do, is kept as these three numbers and the number of what
 * stands before them (cluster and topic), of which there are few; a uri of the form urn:uuid as its sixteen bytes; the
 * name of a source, of which there are few, too, as its number. What has another form is kept as it is. All come out as
 * they went in. One thread.
 */
#ifndef WIREDESK_DEDUP_CLAIM_TEXT_H
#define WIREDESK_DEDUP_CLAIM_TEXT_H

#include "pipeline/base/buf.h"
#include "pipeline/base/str.h"

#include <stdint.h>

/* Cluster and topic are names of a few hundred bytes, whoever gave them (replay.c sees to it). */
#define CLAIM_TEXT_ID_MAX 4096
/* "urn:uuid:" and 36 characters. */
#define CLAIM_TEXT_UUID_URI_BYTES 45
#define CLAIM_TEXT_NAMES_MAX      255
#define CLAIM_TEXT_SLOTS          512 /* a power of two, of which half stay free */

/* Beginnings of ids, or names of sources. They are never forgotten; when there are CLAIM_TEXT_NAMES_MAX, further ones
 * stand with their claims. */
struct claim_text_names {
	struct str names[CLAIM_TEXT_NAMES_MAX];
	size_t n;
	uint8_t slots[CLAIM_TEXT_SLOTS]; /* by hash: 1 + index in names; 0: free */
};
void claim_text_names_free(struct claim_text_names *names);

/* At most CLAIM_TEXT_ID_MAX bytes. */
void claim_text_put_id(struct claim_text_names *names, struct buf *out, struct str id);
void claim_text_put_uri(struct buf *out, struct str uri);
/* A byte or two, or one more than the name has and its length. */
void claim_text_put_name(struct claim_text_names *names, struct buf *out, struct str name);
void claim_text_put(struct buf *out, struct str text);

/* From *p, which moves behind it, as it was put there. Views into these bytes, or into room. */
struct str claim_text_take_id(const struct claim_text_names *names, const uint8_t **p, char room[CLAIM_TEXT_ID_MAX]);
struct str claim_text_take_uri(const uint8_t **p, char room[CLAIM_TEXT_UUID_URI_BYTES]);
struct str claim_text_take_name(const struct claim_text_names *names, const uint8_t **p);
struct str claim_text_take(const uint8_t **p);

#endif
