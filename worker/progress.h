/*
 * A progress bar with rate on a terminal, and nothing elsewhere: one line on stderr, drawn anew at most ten times a
 * second.
 */
#ifndef WIREDESK_PROGRESS_H
#define WIREDESK_PROGRESS_H

#include "pipeline/base/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
	struct clock *clock;
	const char *unit;    /* "messages" */
	int64_t total_bytes; /* 0: not known, no bar */
	int64_t started_us, drawn_us;
	bool is_terminal;
};

void progress_start(struct progress *p, struct clock *clock, const char *unit, int64_t total_bytes);
void progress_show(struct progress *p, int64_t count, int64_t bytes);
/* Where something else than bytes says how much of all is done, from 0 to 1. */
void progress_show_share(struct progress *p, int64_t count, int64_t bytes, double share);
/* Wipes the line. */
void progress_end(struct progress *p);
double progress_seconds(const struct progress *p);

#endif
