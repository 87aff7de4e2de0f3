/*
 * Dead letters: what becomes of a message that is dead as a whole, or of which parts are dead.
 *
 * One record a message: untouched key and value, the message's own headers, then wiredesk-origin, -attempts,
 * -first-seen, and for each dead part one set of wiredesk-part, -stage, -reason, -error (a message dead as a whole has
 * one set without -part). A replay finds in them what to do; conservation counts the sets.
 *
 * -attempts is the message's attempts + 1. A message that is itself a replay of some parts and now dies as a whole gets
 * one set for each of those parts, never a set without -part: a replay of it must not bring back parts that were
 * published. One whose wiredesk- headers could not be read (bad-header, or broken) keeps its wiredesk-origin (the last
 * one, of 600 bytes at most; else it gets its own) and its first 2,000 -part headers untouched, but for those of more
 * than 20 bytes, which are empty then.
 *
 * One that cannot fit its topic, or was refused, becomes a *stub*: no value, the same headers and wiredesk-stub,
 * -value-bytes and -value-sha256, so that the bytes can be found in the raw topic. A stub that does not fit loses, in
 * this order and until it fits: the message's own headers, its key (wiredesk-key-sha256 instead), the words of -error.
 */
#ifndef WIREDESK_DEAD_LETTERS_H
#define WIREDESK_DEAD_LETTERS_H

#include "pipeline/story.h"

struct dead_letter {
	struct str key;   /* null pointer: none */
	struct str value; /* null pointer: none */
	struct header *headers;
	size_t n_headers;
	size_t n_parts; /* dead parts that it stands for; a message as a whole counts one */
	bool stub;
};

/*
 * How many dead parts the message's letter stands for: conservation counts these. A message that is dead as a whole is
 * one; but a replay of some parts that now dies as a whole is so many. 0: nothing of it is dead.
 */
size_t dead_letter_parts(const struct message *msg);

/* Has this message anything dead in it? */
bool dead_letter_needed(const struct message *msg);

/*
 * Builds it in the arena; key, value and original headers are borrowed from the message. limit_bytes: of the record, 0
 * none. force_stub: it was refused before. Headers of the message that begin with "wiredesk-" are not repeated (they
 * are of an earlier death). now: RFC 3339, for first-seen when the message has none.
 */
void dead_letter_make(struct arena *a, const struct message *msg, size_t limit_bytes, bool force_stub, struct str now,
                      struct dead_letter *out);

#endif
