/*
 * The claims log behind a topic: its reader (consumer/claims_reader.h) and its writer (producer/claims_writer.h) put
 * together, and the ledger on top.
 */
#ifndef WIREDESK_CLAIMS_TOPIC_H
#define WIREDESK_CLAIMS_TOPIC_H

#include "pipeline/base/quit.h"
#include "pipeline/claims_log.h"
#include "pipeline/stages/dedup/claim_record.h"
#include "worker/config.h"

/* Connects to nothing yet. NULL with err set when librdkafka refuses the configuration. */
struct claims_log *claims_topic_new(const struct config *config, const char *topic, struct clock *clock,
                                    struct quit quit, struct err *err);

/* Writes settings into the log, as its latest. */
bool claims_topic_settle(const struct config *config, const char *topic, struct str space,
                         const struct claim_settings *settings, struct err *err);

#endif
