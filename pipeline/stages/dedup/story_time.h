/*
 * When a story says it was made.
 */
#ifndef WIREDESK_DEDUP_STORY_TIME_H
#define WIREDESK_DEDUP_STORY_TIME_H

#include "pipeline/base/str.h"
#include "pipeline/story.h"

#include <stdint.h>

/* Milliseconds since 1970 of a time as decode and credits write it (RFC 3339 with zone). False: it is none. */
bool story_time_read(struct str text, int64_t *ms);
/* The story's versionCreated, of its format or of its text; else `otherwise`. */
int64_t story_time_of(const struct story *st, int64_t otherwise_ms);

#endif
