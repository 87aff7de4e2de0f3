/* Properties of librdkafka, set by us: a mistake is said in words that name them. */
#ifndef WIREDESK_PRODUCER_KAFKA_CONF_H
#define WIREDESK_PRODUCER_KAFKA_CONF_H

#include "pipeline/base/err.h"

#include <librdkafka/rdkafka.h>

static inline bool kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	char words[512];
	return rd_kafka_conf_set(conf, name, value, words, sizeof(words)) == RD_KAFKA_CONF_OK ||
	       err_set(err, "cannot set the producer's '%s' to '%s': %s", name, value, words);
}

#endif
