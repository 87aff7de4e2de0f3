/*
 * Names as a reader writes them. Pure functions, any thread.
 */
#ifndef WIREDESK_CREDITS_NAMES_H
#define WIREDESK_CREDITS_NAMES_H

#include "pipeline/base/arena.h"
#include "pipeline/base/str.h"

/*
 * A name in normal case: one that is all capitals as the story itself writes it elsewhere (headline, body), else each
 * word with a capital. Any other name as it is. Long blanks become one.
 */
struct str names_normal_case(struct arena *a, struct str name, struct str headline, struct str body);

/* The same for a person, of whose name a part may be in capitals: "Zehra ALTINDAĞ". */
struct str names_person(struct arena *a, struct str name, struct str headline, struct str body);

/* The next name of a list at *at ("Maya Gebeilly in Beirut, Anthony Deutsch and David Clarke"), or an empty view. */
struct str names_next(struct str list, size_t *at);

#endif
