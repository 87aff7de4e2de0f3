/*
 * The topics that a configuration names, with what each is for and how it has to be: for topics and check.
 */
#ifndef WIREDESK_TOPICS_H
#define WIREDESK_TOPICS_H

#include "pipeline/stages/dedup/claim_record.h"
#include "worker/admin.h"
#include "worker/config.h"

enum topic_role {
	TOPIC_INPUT,
	TOPIC_ARTICLES,
	TOPIC_DUPLICATES,
	TOPIC_DEAD_LETTERS,
	TOPIC_CLAIMS,
};
const char *topic_role_word(enum topic_role role);

struct topic {
	const char *name;
	enum topic_role role;
};

/* Each topic once, inputs first; in the configuration's arena. */
struct topic *topics_of(struct config *config, size_t *n);

/* How it should be made. Texts live in the configuration's arena. */
void topics_wish(struct config *config, const struct topic *topic, int partitions, int replication,
                 struct admin_wish *wish);

/* max.message.bytes of an input topic that takes each message of limits.message, and takes it again from replay. */
int64_t topics_input_bytes(const struct config *config);

/* What dedup judges by, when its claims are kept in Kafka; else false. */
bool topics_claims_settings(const struct config *config, struct claim_settings *settings, struct str *space);

/* Is the topic of the claims as it must be, for this window? False with err set: what is not, and the command that
 * mends it. What could not be asked is taken for good. */
bool topics_claims_fit(const struct config *config, const char *topic, const struct admin_topic *is, struct err *err);

/* dedup's window, when its claims are kept in Kafka; else 0. */
int64_t topics_claims_window_ms(const struct config *config);

/* What dedup's option of this name is set to, or is where nobody set it. */
int64_t topics_dedup_number(const struct config *config, const char *name);

#endif
