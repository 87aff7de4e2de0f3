/*
 * Order of versions as people count.
 */
#ifndef WIREDESK_DEDUP_VERSIONS_H
#define WIREDESK_DEDUP_VERSIONS_H

#include "pipeline/base/str.h"

/* Below 0, 0 or above: runs of digits by their number, the rest by bytes ("9" < "10", "1.2" < "1.10"). */
int versions_compare(struct str a, struct str b);

#endif
