/* Points in time as RFC 3339 writes them, with a zone. */
#ifndef WIREDESK_DECODE_RFC3339_H
#define WIREDESK_DECODE_RFC3339_H

#include "pipeline/base/str.h"

/* Is it a date and time with zone that exist (2024-02-30 does not)? 'T' and 'Z' may be small, as the RFC allows. */
bool rfc3339_is_time(struct str s);

#endif
