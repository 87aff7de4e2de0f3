/*
 * What stands in the claims log: claims, voids and settings, as bytes.
 *
 * A record begins with "WD", the version of its layout and its kind, and carries a checksum over all of it. Numbers
 * are little-endian. Records of other layouts, of other namespaces and of nobody's making are told apart, so that they
 * can be counted and skipped.
 *
 * A claim's sketch stands in a section of its own for each *format* of sketches. Formats change in three steps, so that
 * at no moment two workers compare what cannot be compared: first all workers read the new one and the old one; then
 * all write both, for one window; then all judge by the new one and write it alone. The settings record says by which
 * format is judged. Of a claim without a section in that format only the key and the hashes count.
 *
 * A claim with a uri of up to 64 bytes takes at most 512 bytes. Pure functions, any thread.
 */
#ifndef WIREDESK_CLAIM_RECORD_H
#define WIREDESK_CLAIM_RECORD_H

#include "pipeline/base/buf.h"
#include "pipeline/sketch.h"
#include "pipeline/stages/dedup/claim_key.h"
#include "pipeline/stages/dedup/likeness.h"

/* No record is longer: longer ones are foreign. */
#define CLAIM_RECORD_BYTES_MAX 4096
/* The format of sketch.h. */
#define CLAIM_FORMAT_SKETCH 1
/* Formats are numbered from 1 to this. */
#define CLAIM_FORMATS_MAX 8
/* A section with the name of the claim's source. Programs from before there was one skip it, as they skip sketches of
 * other formats, and write none: then the source is unknown. */
#define CLAIM_SECTION_SOURCE 16

/* By what all workers judge. A year; and what an index can number. */
#define CLAIM_WINDOW_MS_MAX     (INT64_C(366) * 24 * 3600 * 1000)
#define CLAIM_WINDOW_CLAIMS_MAX (1u << 27)

struct claim_settings {
	int64_t window_ms;
	uint32_t window_claims; /* and no more than so many claims back */
	uint8_t format;         /* of the sketches that are compared */
	struct likeness_limits limits;
};

enum claim_record_kind { CLAIM_RECORD_CLAIM = 'c', CLAIM_RECORD_VOID = 'v', CLAIM_RECORD_SETTINGS = 's' };

struct claim_record {
	enum claim_record_kind kind;
	uint64_t space;
	struct key key; /* of claim and void */
	/* A claim: views into the record's bytes. guid is the hash of the guid, in eight bytes; words is NULL,
	 * key.origin is empty. sketch points to the one beside it. */
	struct claim claim;
	struct sketch sketch;
	struct claim_settings settings;
};

/* How one format puts a sketch into bytes and takes it out. */
struct claim_format {
	uint8_t number;
	void (*write)(struct buf *out, const struct sketch *sketch);
	/* False: it is none. */
	bool (*read)(struct str bytes, struct sketch *out);
};
/* The formats that this program knows: a table that ends with number 0. */
extern const struct claim_format claim_formats[];

/* A namespace in a number: 0 for the empty name, which is the usual one. */
uint64_t claim_space(struct str name);

/*
 * formats: those to write, a table like claim_formats. False, and nothing is written, when the texts (id, scope, uri)
 * are so long that the record were too long, or id or uri none that a record can name. Of the version
 * CLAIM_VERSION_MAX bytes are written at most.
 */
bool claim_record_write(struct buf *out, uint64_t space, const struct claim *claim, const struct claim_format *formats);
void claim_record_write_void(struct buf *out, uint64_t space, const struct key *key);
void claim_record_write_settings(struct buf *out, uint64_t space, const struct claim_settings *settings);

/* Makes the checksum of a record again that was changed: for tests. */
void claim_record_seal(struct buf *record);

enum claim_record_answer {
	CLAIM_RECORD_READ,
	CLAIM_RECORD_FOREIGN, /* no such record, damaged, or with an id, uri or version that no record can name */
	CLAIM_RECORD_NEWER,   /* of a later layout or kind */
};
/* format: whose section is read; with NULL none is. out->claim's sketch is NULL when there is no such section. */
enum claim_record_answer claim_record_read(struct str bytes, const struct claim_format *format,
                                           struct claim_record *out);

#endif
