/*
 * The ledgers that dedup can ask the process for (stage_env.ledger_new). The local one needs nobody's help.
 */
#ifndef WIREDESK_LEDGERS_H
#define WIREDESK_LEDGERS_H

#include "pipeline/stage.h"

struct ledger *ledgers_new(const struct stage_env *env, const char *name, const struct node *options, int64_t window_ms,
                           struct err *err);

#endif
