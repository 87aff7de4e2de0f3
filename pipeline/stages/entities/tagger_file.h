/*
 * The file of the tagger's weights, in the order of its parts; little-endian.
 *
 *     struct tagger_file_head
 *     struct tagger_file_bucket × n_buckets     four rows each, 64 bytes, on a 64-byte boundary
 *
 * A row holds a feature's weight for each label but O, whose weights are zero. A feature stands in one of two buckets
 * that its key names, or nowhere: then its weights are zero. Two keys of 2^33 that share bucket and check are taken for
 * one.
 */
#ifndef WIREDESK_ENTITIES_TAGGER_FILE_H
#define WIREDESK_ENTITIES_TAGGER_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define TAGGER_FILE_MAGIC     "WDTAGGR\n"
#define TAGGER_FILE_VERSION   1
#define TAGGER_FILE_BYTES_MAX (64 * 1024 * 1024) /* against nonsense; what is shipped has 13 MB at the most */
#define TAGGER_FILE_ROWS      4                  /* of a bucket */

/* Labels: 0 is outside; each type has begin, inside, last, and a name of one word. */
#define TAGGER_LABELS 13
enum { LABEL_OUTSIDE, LABEL_BEGIN, LABEL_INSIDE, LABEL_LAST, LABEL_SINGLE, LABELS_OF_TYPE = 4 };

/* Two grammars: of words, and of characters that are words each. */
#define TAGGER_GRAMMARS 2

struct tagger_file_head {
	char magic[8];
	uint32_t version;
	uint32_t n_buckets;
	float scale;                                                    /* what a weight of 1 is worth */
	int16_t follows[TAGGER_GRAMMARS][TAGGER_LABELS][TAGGER_LABELS]; /* weights of a label behind a label */
	uint64_t bytes;                                                 /* of the file */
	uint64_t checksum;                                              /* XXH3 of the file with zeros in this place */
	uint8_t unused[56];
};

struct tagger_file_row {
	uint32_t check; /* 0: a free row */
	int8_t weights[TAGGER_LABELS - 1];
};

struct tagger_file_bucket {
	struct tagger_file_row rows[TAGGER_FILE_ROWS];
};

_Static_assert(sizeof(struct tagger_file_head) % 64 == 0, "buckets begin on a cache line");
_Static_assert(sizeof(struct tagger_file_bucket) == 64, "a bucket is a cache line");

static inline uint32_t tagger_file_check(uint64_t key)
{
	return (uint32_t)key ? (uint32_t)key : 1;
}

static inline uint32_t tagger_file_bucket(uint64_t key, uint32_t n_buckets, unsigned which)
{
	if (which)
		key *= UINT64_C(0xd6e8feb86659fd93);
	return (uint32_t)((key >> 32) * n_buckets >> 32);
}

/* Which labels may stand behind which; outside stands before and behind all. */
static inline bool tagger_file_may_follow(unsigned from, unsigned to)
{
	unsigned from_part = from ? (from - 1) % LABELS_OF_TYPE + 1 : LABEL_OUTSIDE;
	unsigned to_part = to ? (to - 1) % LABELS_OF_TYPE + 1 : LABEL_OUTSIDE;
	if (from_part == LABEL_BEGIN || from_part == LABEL_INSIDE)
		return (to_part == LABEL_INSIDE || to_part == LABEL_LAST) &&
		       (from - 1) / LABELS_OF_TYPE == (to - 1) / LABELS_OF_TYPE;
	return to_part == LABEL_OUTSIDE || to_part == LABEL_BEGIN || to_part == LABEL_SINGLE;
}

#endif
