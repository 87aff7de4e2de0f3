/*
 * Where messages come from: a Kafka consumer group, files and stdin, or the in-memory broker of the tests.
 *
 * Callbacks only record; the loop acts. So everything that happens to a source is an event that poll returns, and
 * nothing happens to the assignment unless the loop calls assign or unassign. All functions are called on the loop
 * thread, but committed and release, which the publisher calls too.
 *
 * The life of an assignment:
 *
 *     poll → ASSIGNED(partitions, metadata)   loop: assign(partitions at OFFSET_AS_COMMITTED)
 *     poll → MESSAGE, EOF …
 *     rewind after an abort                   loop: assign(the same partitions, at the offsets to go on from)
 *     back-off                                loop: assign(no partition), and after a while as after an abort
 *     poll → REVOKED or LOST                  loop: settles both batches, then unassign
 *     poll → ASSIGNED …
 *
 * After assign, poll returns nothing read before it, neither messages nor EOF. Between REVOKED/LOST and unassign,
 * neither poll nor assign is called. An ASSIGNED without partitions is possible, and is assigned and unassigned like
 * any other.
 */
#ifndef WIREDESK_SOURCE_H
#define WIREDESK_SOURCE_H

#include "pipeline/base/err.h"
#include "pipeline/offsets.h"
#include "pipeline/story.h"

enum source_happening {
	SOURCE_IDLE,     /* the time is over, or something happened inside that concerns nobody */
	SOURCE_MESSAGE,  /* message: header views valid until the next poll; owner is the caller's, to be given to
	                    release */
	SOURCE_EOF,      /* at: this partition is read to its end, next offset as given */
	SOURCE_ASSIGNED, /* partitions and metadata: views valid until the next poll */
	SOURCE_REVOKED,  /* all partitions go back (eager), in an orderly way: their batches may still commit */
	SOURCE_LOST,     /* all partitions are gone already: nothing may commit any more */
	SOURCE_END,      /* there will never be more (files); repeats */
	SOURCE_FENCED,   /* another worker took this place: exit 3; err says who */
	SOURCE_FATAL,    /* Kafka's fatal error: exit 3 */
	SOURCE_FAILED,   /* the surroundings fail for good (authorisation refused, topic gone): exit 4 */
};

struct source_event {
	enum source_happening happening;
	struct message message; /* delivery and origin alike; the runner reads a replay's origin from its headers */
	struct offset at;
	struct offsets partitions;
	struct str metadata;
	struct err err;
};

struct source {
	const struct source_ops *ops;
};

struct source_ops {
	/* The next event, after at most timeout_ms. */
	void (*poll)(struct source *, int timeout_ms, struct source_event *event);

	/*
	 * Read these partitions from these offsets from now on, and nothing else; forgets what was fetched.
	 * OFFSET_AS_COMMITTED asks the broker. Of no partition there are neither messages nor EOF, while polls go on
	 * and see all other events: so a loop that needs a rest has one, and keeps its place in the group.
	 */
	bool (*assign)(struct source *, const struct offsets *partitions, struct err *err);
	bool (*unassign)(struct source *, struct err *err);

	/*
	 * The group's committed offset of each partition, or OFFSET_AS_COMMITTED where there is none. Waits until
	 * transactions that could still change it have ended, at most timeout_ms. Any thread.
	 */
	bool (*committed)(struct source *, struct offsets *partitions, int timeout_ms, struct err *err);
	/*
	 * Every partition of the input topics, whoever holds it, with its end as a read_committed reader can reach it
	 * (the last stable offset). False: not all of them are known. May be NULL: the source itself tells SOURCE_END.
	 */
	bool (*ends)(struct source *, struct offsets *ends, int timeout_ms, struct err *err);

	/*
	 * The end of a partition as last heard from the broker, without asking; -1: not known. For metrics. May be
	 * NULL.
	 */
	int64_t (*known_end)(struct source *, const char *topic, int32_t partition);

	/*
	 * What keeps messages from coming just now, in words (a literal); NULL: nothing that is known. For readiness.
	 * May be NULL.
	 */
	const char *(*trouble)(struct source *);

	/*
	 * Looks whether messages could come, without handing one out: for a caller that waits for something else and
	 * does not poll meanwhile, so that an outage is told while it lasts. Takes some seconds at most. May be NULL.
	 */
	void (*look)(struct source *);

	/*
	 * Is it beyond help, whatever polls have told so far: fenced, or fatal? For a caller that waits for something
	 * else and does not poll meanwhile. Quick. May be NULL.
	 */
	bool (*is_over)(struct source *);

	/* Gives a message's memory back. Any thread. (First argument void *, for batch_init.) */
	void (*release)(void *source, void *owner);

	/* Leaves the group, in an orderly way. The loop has settled; all messages were released. Frees the source. */
	void (*close)(struct source *);
};

#endif
