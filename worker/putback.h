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
	PUTBACK_OTHER_REASON, /* none of its parts died of the reason, in the stage, that is wanted */
	PUTBACK_OTHER_TIME,   /* it died earlier or later than is wanted, or nobody knows when */
	PUTBACK_TRIED,        /* it has been tried as often as is allowed */
	PUTBACK_STUB,      /* it has no value: its bytes were too large or refused, and stand in the raw topic only */
	PUTBACK_NO_ORIGIN, /* its headers do not say where it came from: it is no dead letter of ours, or broken */
	PUTBACK_NO_INPUT,  /* where it came from is no input topic of this configuration */
	PUTBACK_KIND_COUNT
};
/* For a person: why it is not put back. */
const char *putback_words(enum putback_kind kind);

/* Which are wanted. Zero-initialised: every one. */
struct putback_filter {
	struct str reason, stage; /* both of one and the same part; empty: any */
	int64_t since_ms,
	        until_ms; /* died at or after the one, before the other, by the letter's own time; 0: no bound */
	int64_t attempts; /* died less often than so; 0: however often */
};

/* What a record of the dead letters' topic tells of itself. */
struct putback_record {
	const struct header *headers;
	size_t n_headers;
	int64_t time_ms; /* -1: the broker does not tell */
};

struct putback {
	enum putback_kind kind;
	struct position origin;
	size_t input;       /* good: where it goes, as an index into the inputs */
	size_t n_parts;     /* stories that died; a message as a whole counts one */
	enum reason reason; /* the first set's; REASON_NONE: unknown here */
	struct str stage;   /* the first set's */
};

/* Views point into the headers. */
void putback_read(const struct putback_record *record, const struct strings *inputs,
                  const struct putback_filter *filter, struct putback *out);

/* Does this header of a dead letter go back with it? */
bool putback_keeps(const struct header *header);

#endif
