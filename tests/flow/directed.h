/*
 * A source around another: whoever directs a test acts before each poll, on the thread that polls, and sees what came.
 * Everything else goes to the other source as it is; what that one leaves out is left out here, too.
 */
#ifndef WIREDESK_TESTS_DIRECTED_H
#define WIREDESK_TESTS_DIRECTED_H

#include "consumer/source.h"

struct directed {
	struct source source; /* for the loop */
	struct source *inner;
	struct source_ops ops;
	void (*before)(void *arg);                                  /* or NULL */
	void (*after)(void *arg, const struct source_event *event); /* or NULL */
	void *arg;
};

/* inner, before, after and arg are set; sets the rest. Its close closes inner. */
void directed_init(struct directed *directed);

#endif
