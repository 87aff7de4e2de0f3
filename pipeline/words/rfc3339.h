/* Points in time as RFC 3339 writes them, with a zone. */
#ifndef WIREDESK_RFC3339_H
#define WIREDESK_RFC3339_H

#include "pipeline/base/str.h"

#include <stdint.h>

/* Is it a date and time with zone that exist (2024-02-30 does not)? 'T' and 'Z' may be small, as the RFC allows. */
bool rfc3339_is_time(struct str s);

/* Milliseconds since 1970-01-01T00:00:00Z of such a time; what is finer is cut off. False: it is none. */
bool rfc3339_read(struct str s, int64_t *ms);

#endif
