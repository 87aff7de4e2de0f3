/*
 * Writes to the claims topic: an idempotent producer of its own, beside the one of the transactions. A claim must stand
 * before its story is judged, long before anything commits.
 *
 * One thread.
 */
#ifndef WIREDESK_CLAIMS_WRITER_H
#define WIREDESK_CLAIMS_WRITER_H

#include "pipeline/base/clock.h"
#include "pipeline/base/err.h"
#include "pipeline/base/quit.h"
#include "pipeline/base/str.h"

#include <librdkafka/rdkafka.h>

struct claims_writer;

/* template: brokers and security; copied. NULL with err set when librdkafka refuses it. */
struct claims_writer *claims_writer_new(const rd_kafka_conf_t *template, const char *topic, struct clock *clock,
                                        struct quit quit, struct err *err);
void claims_writer_free(struct claims_writer **writer);

/* Appends to partition 0, in order. True: all brokers that must have them do. False with err set: each may stand in the
 * log, now or a little later. */
bool claims_writer_append(struct claims_writer *writer, const struct str *values, size_t n, int64_t patience_ms,
                          struct err *err);

#endif
