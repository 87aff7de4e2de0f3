/*
 * Are the brokers there, and the topics?
 *
 * librdkafka tells when a connection breaks, not when it is back, and of a missing topic once. So whatever it tells
 * only raises a doubt, and while there is one the brokers are asked, every two seconds: no answer means that nobody is
 * there, an answer ends the doubt. Of an outage the log has one line at its beginning (KAFKA-AWAY, TOPIC-MISSING), one
 * a minute while it lasts, and one when it is over (KAFKA-BACK, TOPIC-BACK). One thread.
 */
#ifndef WIREDESK_KAFKA_WATCH_H
#define WIREDESK_KAFKA_WATCH_H

#include "consumer/kafka_topics.h"
#include "pipeline/base/clock.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

/* Something that lasts, and is told now and then. */
struct spell {
	bool on, told;
	int64_t since_us, due_us;
};

/* It begins or goes on. True when a line is due: when it has lasted for patience_us, and a minute after the last one.
 */
bool spell_goes_on(struct spell *spell, int64_t patience_us, int64_t now_us);
/* So many seconds it has lasted. */
int64_t spell_seconds(const struct spell *spell, int64_t now_us);

struct watch {
	int64_t every_us;        /* from one question to the next */
	int64_t due_us;          /* the next question; 0: nothing is in doubt */
	int64_t topics_until_us; /* so long topics are in doubt, whatever the answers: brokers learn at different times
	                          */
	struct spell away, missing;
	const char *topic; /* one that is missing, interned */
	char words[600];   /* last heard of the brokers */
};

/* A doubt. words: what was heard of the brokers; NULL: nothing new. */
void watch_doubt(struct watch *watch, const char *words, int64_t now_us);
/* Topics are in doubt, too, for so long. */
void watch_doubt_topics(struct watch *watch, int64_t for_us, int64_t now_us);

/* Asks the brokers, a second at most for each topic, and takes the answer. */
void watch_look(struct watch *watch, rd_kafka_t *rk, const struct topics *topics, struct clock *clock);
/* What came of it, for tests: no answer; or an answer, with a topic (interned) that is not there, or NULL. */
void watch_unanswered(struct watch *watch, int64_t now_us);
void watch_answered(struct watch *watch, const char *missing, int64_t now_us);

/* What is wrong, in words; NULL: nothing that is known. */
const char *watch_trouble(const struct watch *watch);

#endif
