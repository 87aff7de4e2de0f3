/*
 * The claims topic; see claims_topic.h.
 */
#include "worker/claims_topic.h"

#include "consumer/claims_reader.h"
#include "pipeline/base/check.h"
#include "producer/claims_writer.h"
#include "worker/client.h"

#include <stdlib.h>

#define CLAIMS_TOPIC_ASK_MS    5000
#define CLAIMS_TOPIC_WORDS     512
#define CLAIMS_TOPIC_SETTLE_MS 10000

struct claims_topic {
	struct claims_log log; /* first, so that one is the other */
	char name[256];
	rd_kafka_conf_t *template;
	rd_kafka_t *asker;
	struct claims_writer *writer;
};

static struct claims_topic *topic_of(struct claims_log *log)
{
	return (struct claims_topic *)(void *)log;
}

static bool topic_append(struct claims_log *log, const struct str *values, size_t n, int64_t patience_ms,
                         struct err *err)
{
	return claims_writer_append(topic_of(log)->writer, values, n, patience_ms, err);
}

static struct claims_cursor *topic_open(struct claims_log *log, int64_t offset, struct err *err)
{
	return claims_reader_open(topic_of(log)->template, topic_of(log)->name, offset, err);
}

static bool topic_bounds(struct claims_log *log, int64_t *first, int64_t *next, struct err *err)
{
	return claims_reader_bounds(topic_of(log)->asker, topic_of(log)->name, CLAIMS_TOPIC_ASK_MS, first, next, err);
}

static bool topic_find(struct claims_log *log, int64_t time_ms, int64_t *offset, struct err *err)
{
	return claims_reader_find(topic_of(log)->asker, topic_of(log)->name, CLAIMS_TOPIC_ASK_MS, time_ms, offset, err);
}

static void topic_close(struct claims_log *log)
{
	struct claims_topic *t = topic_of(log);
	claims_writer_free(&t->writer);
	if (t->asker)
		rd_kafka_destroy(t->asker);
	if (t->template)
		rd_kafka_conf_destroy(t->template);
	free(t);
}

static const struct claims_log_ops topic_ops = {
        .append = topic_append,
        .open = topic_open,
        .read = claims_reader_read,
        .shut = claims_reader_shut,
        .bounds = topic_bounds,
        .find = topic_find,
        .close = topic_close,
};

struct claims_log *claims_topic_new(const struct config *config, const char *topic, struct clock *clock,
                                    const _Atomic bool *stop, struct err *err)
{
	char why[CLAIMS_TOPIC_WORDS];
	struct claims_topic *t = calloc(1, sizeof(*t));
	CHECK(t && strlen(topic) < sizeof(t->name));
	t->log.ops = &topic_ops;
	memcpy(t->name, topic, strlen(topic) + 1);
	t->template = client_conf(config, CLIENT_ADMIN, NULL, err);
	rd_kafka_conf_t *conf = t->template ? rd_kafka_conf_dup(t->template) : NULL;
	t->asker = conf ? rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why)) : NULL;
	if (conf && !t->asker) {
		rd_kafka_conf_destroy(conf);
		err_set(err, "cannot ask about the claims topic: %s", why);
	}
	t->writer = t->asker ? claims_writer_new(t->template, topic, clock, stop, err) : NULL;
	if (t->writer)
		return &t->log;
	topic_close(&t->log);
	return NULL;
}

bool claims_topic_settle(const struct config *config, const char *topic, struct str space,
                         const struct claim_settings *settings, struct err *err)
{
	struct claims_log *log = claims_topic_new(config, topic, clock_system(), NULL, err);
	if (!log)
		return false;
	struct buf record;
	buf_init(&record, CLAIM_RECORD_BYTES_MAX);
	claim_record_write_settings(&record, claim_space(space), settings);
	struct str value = buf_view(&record);
	bool good = log->ops->append(log, &value, 1, CLAIMS_TOPIC_SETTLE_MS, err);
	buf_free(&record);
	log->ops->close(log);
	return good;
}
