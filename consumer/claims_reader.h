/*
 * Reads the claims topic: one partition, by offset, without a group, and also what no transaction has committed, for a
 * claim counts from the moment at which it stands in the log. Each reader has a handle of its own.
 *
 * What ends a reader's place (the log was cut, or the topic deleted and made again) comes as LOG_MOVED; claims_log.h
 * says what that means. After a topic was not there for a while nobody can say whether it is the same: it is taken for
 * another.
 */
#ifndef WIREDESK_CLAIMS_READER_H
#define WIREDESK_CLAIMS_READER_H

#include "pipeline/claims_log.h"

#include <librdkafka/rdkafka.h>

/* template: brokers and security; lives as long as the cursor. NULL with err set when librdkafka refuses it. */
struct claims_cursor *claims_reader_open(const rd_kafka_conf_t *template, const char *topic, int64_t offset,
                                         struct err *err);
enum log_answer claims_reader_read(struct claims_cursor *cursor, int64_t wait_ms, struct log_record *out,
                                   struct err *err);
void claims_reader_shut(struct claims_cursor *cursor);

/* Questions about the topic, by a handle of claims_reader_asker; each waits at most twice timeout_ms. */
rd_kafka_t *claims_reader_asker(const rd_kafka_conf_t *template, struct err *err);
bool claims_reader_bounds(rd_kafka_t *rk, const char *topic, int timeout_ms, int64_t *first, int64_t *next,
                          struct err *err);
bool claims_reader_find(rd_kafka_t *rk, const char *topic, int timeout_ms, int64_t time_ms, int64_t *offset,
                        struct err *err);

#endif
