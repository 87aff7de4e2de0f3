/*
 * Putting back: from a dead letter to the record that a raw topic gets again.
 *
 * The record has the letter's value and key, the message's own headers, and of ours those that a worker needs to give
 * the stories their old identity: wiredesk-origin, -part, -attempts, -first-seen (pipeline/replay.h). Why they died
 * last time stays behind. No Kafka here.
 */
#ifndef WIREDESK_PUTBACK_H
#define WIREDESK_PUTBACK_H

#include "pipeline/base/options.h"
#include "pipeline/story.h"

enum putback_kind {
	PUTBACK_GOOD,
	PUTBACK_OTHER_REASON, /* none of its reasons is the one that is wanted */
	PUTBACK_STUB,      /* it has no value: its bytes were too large or refused, and stand in the raw topic only */
	PUTBACK_NO_ORIGIN, /* its headers do not say where it came from: it is no dead letter of ours, or broken */
	PUTBACK_NO_INPUT,  /* where it came from is no input topic of this configuration */
	PUTBACK_KIND_COUNT
};
/* For a person: why it is not put back. */
const char *putback_words(enum putback_kind kind);

struct putback {
	enum putback_kind kind;
	struct position origin;
	size_t input;       /* good: where it goes, as an index into the inputs */
	size_t n_parts;     /* stories that died; a message as a whole counts one */
	enum reason reason; /* the first set's; REASON_NONE: unknown here */
};

/* reason empty: every one. Views point into the headers. */
void putback_read(const struct header *headers, size_t n_headers, const struct strings *inputs, struct str reason,
                  struct putback *out);

/* Does this header of a dead letter go back with it? */
bool putback_keeps(const struct header *header);

#endif
