/*
 * Is a text no language at all, though it has letters: a table of prices or results, a list of names, source text,
 * links? Told by its words as they are written. Pure functions, any thread.
 */
#ifndef WIREDESK_LANGUAGE_NOISE_H
#define WIREDESK_LANGUAGE_NOISE_H

#include "pipeline/base/str.h"

#include <stdbool.h>

struct noise_found {
	const char *reason; /* table, code or names; NULL: it may well be a language */
	bool is_sure;       /* else only if no language fits well: headlines in title case look the same */
};

/* The text must be valid UTF-8. */
struct noise_found noise_find(struct str text);

#endif
