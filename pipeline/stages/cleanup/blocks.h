/*
 * Blocks at the end of a text: where to reach a company's press office, what the company says of itself, keywords.
 * Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_BLOCKS_H
#define WIREDESK_CLEANUP_BLOCKS_H

#include "pipeline/stages/cleanup/marks.h"

/* Cuts the block that ends before line `end` and begins behind line `least`, if there is one. Returns the number of its
 * first line, or `end`. */
size_t blocks_cut(struct marks *m, size_t least, size_t end);

#endif
