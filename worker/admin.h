/*
 * Questions to the cluster, and topics made: for check, topics and run.
 *
 * The handle is a consumer without a group: unlike a producer it never makes a topic by asking for it. Its own log is
 * silent; what goes wrong is told by the errors here. One thread.
 */
#ifndef WIREDESK_ADMIN_H
#define WIREDESK_ADMIN_H

#include "worker/config.h"

#include <librdkafka/rdkafka.h>

struct admin;

/* NULL with err set when librdkafka refuses the configuration. Nothing is connected to yet. */
struct admin *admin_open(const struct config *config, struct err *err);
void admin_close(struct admin **admin);

/*
 * Waits until a broker has answered; then id and number of brokers are known. When none does at once, a line in the log
 * says what is waited for and how long at the most. False with err set after timeout_ms (the words name the last
 * trouble: connection refused, …), or 3 s after the first refusal of log-in or certificate, which hardly passes; or
 * with err empty when *stop (may be NULL) became true.
 */
bool admin_reach(struct admin *admin, int timeout_ms, const _Atomic bool *stop, struct err *err);
struct str admin_cluster(const struct admin *admin); /* lives as long as the admin */
size_t admin_brokers(const struct admin *admin);

/* What the cluster says of a topic. -1 or "": it does not say (no right to, or an old broker). */
struct admin_topic {
	bool exists;
	int partitions;
	int replication;
	int64_t message_bytes; /* max.message.bytes */
	int64_t retention_ms;  /* -1 also: for ever */
	int64_t in_sync;       /* min.insync.replicas */
	char cleanup[64];      /* cleanup.policy */
	char timestamps[64];   /* message.timestamp.type */
	bool is_described;     /* its settings could be read */
	bool is_forbidden;     /* it may not even be seen; find and describe are false then */
};

/*
 * False with err set when the cluster does not answer or refuses; a topic that is not there is no error. find asks only
 * what every cluster answers at once (is it there, partitions, replication), describe also for the settings.
 */
bool admin_find(struct admin *admin, const char *topic, struct admin_topic *out, struct err *err);
bool admin_describe(struct admin *admin, const char *topic, struct admin_topic *out, struct err *err);

struct admin_wish {
	const char *topic;
	int partitions;
	int replication; /* -1: the cluster's default */
	struct {
		const char *name, *value;
	} settings[8];
	size_t n_settings;
};
/* Makes it. *existed: somebody had made it already; that is no error. */
bool admin_create(struct admin *admin, const struct admin_wish *wish, bool *existed, struct err *err);

/* How a group stands, and whether this client may join it. */
struct admin_group {
	bool is_described; /* false: the cluster knows no such question; then nothing below is known */
	char state[64];    /* "Stable", "Empty", …; "" where there is no such group yet */
	size_t members;
	enum { ADMIN_READ_UNKNOWN, ADMIN_READ_FORBIDDEN, ADMIN_READ_ALLOWED } read;
};

/*
 * Joins nothing. What may be read may be described too, so a refusal to describe is an answer. The reverse is no
 * answer: which operations are allowed librdkafka tells from 2.3 on only, and with an older one read is unknown for a
 * group that may be described. False with err set: the cluster does not answer.
 */
bool admin_group(struct admin *admin, const char *group, struct admin_group *out, struct err *err);

/* A setting of one of the brokers as a number, or -1: transaction.max.timeout.ms, group.min.session.timeout.ms, … */
int64_t admin_broker_setting(struct admin *admin, const char *name);

#endif
