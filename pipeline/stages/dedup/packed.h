/*
 * A sketch without its samples in few bytes: what an index keeps of it.
 *
 * Only what is there takes room: about a hundred bytes for an ordinary story, half of them minima. Pure functions, any
 * thread.
 */
#ifndef WIREDESK_DEDUP_PACKED_H
#define WIREDESK_DEDUP_PACKED_H

#include "pipeline/sketch.h"

#include <stdbool.h>
#include <stddef.h>

/* Counts and flags, shingles, minima; then numbers and words bit by bit. */
#define PACKED_NUMBER_BITS 28
#define PACKED_BYTES_MAX                                                                                               \
	(3 + 5 + SKETCH_MINIMA / 2 + SKETCH_OPENING_MINIMA / 2 +                                                       \
	 (SKETCH_NUMBERS_MAX * PACKED_NUMBER_BITS + (SKETCH_NAMES_MAX + SKETCH_HEADLINE_MAX) * SKETCH_WORD_BITS) / 8 + \
	 1)

/* How many bytes were written. Values are cut to their bits (sketch.h). */
size_t packed_write(const struct sketch_text *text, uint8_t out[PACKED_BYTES_MAX]);
/* p: as packed_write wrote it. How many bytes that were. */
size_t packed_read(const uint8_t *p, struct sketch_text *out);
size_t packed_bytes(const uint8_t *p);
/* Of it the numbers of things and the minima alone; the rest of out is not set. */
void packed_read_minima(const uint8_t *p, struct sketch_text *out);
/* Bytes from elsewhere: are they a packed sketch of at most n bytes? n: at least 8. */
bool packed_is_sound(const uint8_t *p, size_t n);

#endif
