/*
 * The tally: counts what became of a batch's parts, once, after its commit.
 *
 * In a run without kills these counters equal the topics exactly. Loop thread only; the numbers in the status may be
 * read by others.
 */
#ifndef WIREDESK_TALLY_H
#define WIREDESK_TALLY_H

#include "pipeline/base/metrics.h"
#include "pipeline/batch.h"

#define TALLY_LANGUAGES_MAX 100

struct tally_counts {
	uint64_t messages, raw_bytes;
	uint64_t articles, duplicates, drops, dead_letters;
};

struct tally;

struct tally *tally_new(struct metrics *metrics);
void tally_free(struct tally **tally);
/* Adds the batch to the metrics and says what was in it. */
struct tally_counts tally_batch(struct tally *tally, const struct batch *batch);

#endif
