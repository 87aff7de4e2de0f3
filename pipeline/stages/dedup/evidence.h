/*
 * Evidence for a verdict, as the record gives it: how much is shared, which facts differ, which stories are quoted.
 */
#ifndef WIREDESK_EVIDENCE_H
#define WIREDESK_EVIDENCE_H

#include "pipeline/base/buf.h"
#include "pipeline/stages/dedup/claims.h"

/* A finished object never needs more. */
#define EVIDENCE_BYTES_MAX 2048

/* Why an original that nothing was found for could not be told by its likeness: "files", "short"; NULL: it could. */
const char *evidence_reason(const struct claim *claim);

/*
 * Writes a finished JSON object. claim is the judged story's own; its words name the facts that it alone has. Of the
 * other story only small numbers are known by value, all else by number.
 */
void evidence_write(struct buf *out, const struct claim *claim, const struct claims_match *match);

#endif
