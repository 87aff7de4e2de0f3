/*
 * Stories longer than a fuzzer makes them: what looks only into the first or last thousands of bytes of a text is to
 * cut between characters wherever that falls.
 */
#ifndef WIREDESK_FUZZ_LONG_H
#define WIREDESK_FUZZ_LONG_H

#include "pipeline/base/arena.h"
#include "pipeline/words/fold.h"

#define FUZZ_LONG_TAIL 24

/* Behind the text its last bytes over and over, up to some length that `how` chooses; 0: nothing. A word with an
 * apostrophe there stands across each limit sooner or later. */
static inline struct str fuzz_long(struct arena *a, struct str text, unsigned how)
{
	static const size_t lengths[] = {0, 320, 460, 720, 1600, 2100, 4200, 16600};
	struct str tail = fold_last(text, FUZZ_LONG_TAIL);
	size_t most = lengths[how % (sizeof(lengths) / sizeof(*lengths))], n = text.n;
	if (!tail.n || n >= most)
		return text;
	char *p = arena_alloc(a, most + tail.n);
	memcpy(p, text.p, n);
	for (; n < most; n += tail.n)
		memcpy(p + n, tail.p, tail.n);
	return str_make(p, n);
}

#endif
