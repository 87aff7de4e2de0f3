/*
 * From what the index found to what a ledger answers.
 */
#ifndef WIREDESK_DEDUP_JUDGING_H
#define WIREDESK_DEDUP_JUDGING_H

#include "pipeline/base/arena.h"
#include "pipeline/base/buf.h"
#include "pipeline/stages/dedup/claims.h"

/* Judges the claim at `place`; texts of the judgement are copied into `keep`. True: its match is an orphan. */
bool judging_judge(struct claims *claims, const struct claim *claim, uint32_t place, struct arena *keep,
                   struct judgement *out);

/* Not judged, for a reason: one of the words of the record's schema. `evidence` is a finished object. */
struct judgement judging_none(struct str evidence);

#endif
