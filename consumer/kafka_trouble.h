/*
 * What each error of librdkafka's consumer means for a worker: does it pass, and if not, what should a person do?
 * One table, so that the question has one place. Pure, any thread.
 */
#ifndef WIREDESK_KAFKA_TROUBLE_H
#define WIREDESK_KAFKA_TROUBLE_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

enum trouble_kind {
	TROUBLE_PASSING, /* librdkafka tries again by itself */
	TROUBLE_LASTING, /* it may pass; when it comes again and again for long, it will not */
	TROUBLE_TOPIC,   /* a topic is not there (yet, or any more); told once, so it must be looked at again */
	TROUBLE_OVER,    /* trying again does not help */
	TROUBLE_FENCED,  /* another worker has our place */
	TROUBLE_FATAL,   /* librdkafka gave up; rd_kafka_fatal_error knows why */
};

struct trouble {
	rd_kafka_resp_err_t code;
	enum trouble_kind kind;
	const char *advice; /* ends a message for a person; "" for those that pass */
};

/* The row of this code; never NULL. What is not in the table passes. */
const struct trouble *trouble_of(rd_kafka_resp_err_t code);

/* Log-in or certificate refused: it may pass while brokers start, but hardly does. */
bool trouble_is_refusal(rd_kafka_resp_err_t code);

/*
 * More advice, "; …" or "", where these words of a refusal can have a cause that they do not name: SCRAM of an old
 * librdkafka (version as rd_kafka_version() has it) on Kafka 4, which looks like a wrong password.
 */
const char *trouble_hint(const char *words, int version);

#endif
