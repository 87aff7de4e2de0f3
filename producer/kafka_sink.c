/*
 * The Kafka sink: handles, properties, topics, and what of a batch becomes which record. When a transaction goes on and
 * when it is aborted is transaction.h's, what its errors mean the ladder's.
 *
 * Article and duplicate values, keys and headers lie in the batch's arenas, dead letters borrow the raw bytes: nothing
 * is copied on the way out, and so no batch leaves publish while librdkafka still holds a pointer into it.
 */
#include "producer/kafka_sink.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "pipeline/record.h"
#include "producer/dead_letters.h"
#include "producer/kafka_conf.h"
#include "producer/topic_limits.h"
#include "producer/transaction.h"

#define OPEN_MS             30000
#define METADATA_MS         1000
#define LIMITS_AGAIN_US     (10 * 1000000LL)
#define PRODUCE_BATCH_BYTES (8 << 20)
/* librdkafka's own bounds of message.max.bytes. */
#define MESSAGE_BYTES_LEAST 1000
#define MESSAGE_BYTES_MOST  1000000000

struct kafka_sink {
	struct sink sink;
	rd_kafka_conf_t *template;
	char *group, *instance, *config_file;
	int64_t open_ms;
	struct clock *clock;
	const struct output_topics *names;
	struct topic_limit *topics; /* each once */
	rd_kafka_topic_t **handles; /* of the producer, beside topics */
	size_t n_topics;
	rd_kafka_topic_t *dead_letters;
	size_t dead_bytes;        /* limit of the dead-letter topic */
	size_t message_max_bytes; /* the largest limit of all topics */
	size_t batch_bytes;       /* what fits all of them */
	int64_t limits_again_us;  /* when they were last asked for again; 0: never */
	bool limits_fell;         /* a broker found something too large: the limits are not as they were read */
	struct transaction transaction;
};

static struct kafka_sink *kafka_sink_of(struct sink *sink)
{
	return (struct kafka_sink *)sink;
}

static char *copy_text(const char *text)
{
	char *copy = strdup(text);
	CHECK(copy);
	return copy;
}

/* --- topics ------------------------------------------------------------------------------------------------------- */

static void kafka_sink_add_topic(struct kafka_sink *k, const char *name)
{
	for (size_t i = 0; i < k->n_topics; i++) {
		if (strcmp(k->topics[i].topic, name) == 0)
			return;
	}
	k->topics[k->n_topics++].topic = name;
}

static void kafka_sink_list_topics(struct kafka_sink *k)
{
	size_t room = 3 + k->names->n_by_language;
	k->topics = calloc(room, sizeof(*k->topics));
	k->handles = calloc(room, sizeof(*k->handles));
	CHECK(k->topics && k->handles);
	kafka_sink_add_topic(k, k->names->fallback);
	for (size_t i = 0; i < k->names->n_by_language; i++)
		kafka_sink_add_topic(k, k->names->by_language[i].topic);
	kafka_sink_add_topic(k, k->names->duplicates);
	kafka_sink_add_topic(k, k->names->dead_letters);
}

/* Routes name topics by the configuration's own pointers, or by equal names. */
static rd_kafka_topic_t *kafka_sink_topic(const struct kafka_sink *k, const char *name)
{
	for (size_t i = 0; i < k->n_topics; i++) {
		if (k->topics[i].topic == name)
			return k->handles[i];
	}
	for (size_t i = 0; i < k->n_topics; i++) {
		if (strcmp(k->topics[i].topic, name) == 0)
			return k->handles[i];
	}
	check_panic("output topic '%s' is not one of the configuration's", name);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool takes_stories(const struct output_topics *names, const char *topic)
{
	if (strcmp(topic, names->fallback) == 0 || strcmp(topic, names->duplicates) == 0)
		return true;
	for (size_t i = 0; i < names->n_by_language; i++) {
		if (strcmp(topic, names->by_language[i].topic) == 0)
			return true;
	}
	return false;
}

static void kafka_sink_take_limits(struct kafka_sink *k, struct sink_limits *limits)
{
	limits->record_bytes = SIZE_MAX;
	k->message_max_bytes = MESSAGE_BYTES_LEAST;
	k->batch_bytes = PRODUCE_BATCH_BYTES;
	for (size_t i = 0; i < k->n_topics; i++) {
		const struct topic_limit *topic = &k->topics[i];
		if (strcmp(topic->topic, k->names->dead_letters) == 0)
			k->dead_bytes = topic->max_bytes;
		if (takes_stories(k->names, topic->topic))
			limits->record_bytes = least(limits->record_bytes, topic->max_bytes);
		if (topic->max_bytes > k->message_max_bytes)
			k->message_max_bytes = least(topic->max_bytes, MESSAGE_BYTES_MOST);
		k->batch_bytes = least(k->batch_bytes, topic->max_bytes);
	}
	limits->dead_bytes = k->dead_bytes;
}

/* --- properties --------------------------------------------------------------------------------------------------- */

struct property {
	const char *name;
	const char *value;
};

/* What the promises rest on. */
static const struct property musts[] = {
        {"enable.idempotence", "true"},        {"acks", "all"},
        {"partitioner", "murmur2_random"}, /* as Java's, so that a key has one partition whoever writes it */
        {"allow.auto.create.topics", "false"}, {"delivery.report.only.error", "false"},
        {"queue.buffering.max.messages", "0"}, /* no limit: a batch is one */
};

/* What makes it fast; measured. A property that the user has set stays as it is. */
static const struct property wishes[] = {
        {"linger.ms", "100"},             /* the flush ends it; until then nothing leaves alone */
        {"retry.backoff.ms", "10"},       /* slept whenever the coordinator still ends the last transaction */
        {"batch.num.messages", "100000"}, /* one request a partition */
        {"socket.nagle.disable", "true"},
};

static bool set_number(rd_kafka_conf_t *conf, const char *name, int64_t number, struct err *err)
{
	char value[32];
	snprintf(value, sizeof(value), "%lld", (long long)number);
	if (number > INT32_MAX) /* librdkafka would cut it */
		return err_set(err, "cannot set the producer's '%s' to '%s': too large", name, value);
	return kafka_conf_set(conf, name, value, err);
}

static bool is_default(const rd_kafka_conf_t *conf, const rd_kafka_conf_t *fresh, const char *name)
{
	char now[64], initial[64];
	size_t now_n = sizeof(now), initial_n = sizeof(initial);
	return rd_kafka_conf_get(conf, name, now, &now_n) == RD_KAFKA_CONF_OK &&
	       rd_kafka_conf_get(fresh, name, initial, &initial_n) == RD_KAFKA_CONF_OK && strcmp(now, initial) == 0;
}

static bool set_wishes(rd_kafka_conf_t *conf, struct err *err)
{
	rd_kafka_conf_t *fresh = rd_kafka_conf_new();
	bool set = true;
	for (size_t i = 0; set && i < sizeof(wishes) / sizeof(*wishes); i++)
		set = !is_default(conf, fresh, wishes[i].name) ||
		      kafka_conf_set(conf, wishes[i].name, wishes[i].value, err);
	rd_kafka_conf_destroy(fresh);
	return set;
}

static bool set_musts(const struct kafka_sink *k, rd_kafka_conf_t *conf, struct err *err)
{
	char id[512];
	snprintf(id, sizeof(id), "%s.%s", k->group, k->instance);
	bool set = kafka_conf_set(conf, "transactional.id", id, err) &&
	           set_number(conf, "transaction.timeout.ms", k->transaction.transaction_ms, err) &&
	           set_number(conf, "message.max.bytes", (int64_t)k->message_max_bytes, err) &&
	           set_number(conf, "batch.size", (int64_t)k->batch_bytes, err);
	for (size_t i = 0; set && i < sizeof(musts) / sizeof(*musts); i++)
		set = kafka_conf_set(conf, musts[i].name, musts[i].value, err);
	return set;
}

/* The template with everything that is ours on top; NULL with err set. */
static rd_kafka_conf_t *kafka_sink_conf(struct kafka_sink *k, struct err *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_dup(k->template);
	if (set_wishes(conf, err) && set_musts(k, conf, err)) {
		transaction_attach(&k->transaction, conf);
		return conf;
	}
	rd_kafka_conf_destroy(conf);
	return NULL;
}

/* --- the life of a producer --------------------------------------------------------------------------------------- */

static void kafka_sink_drop_producer(struct kafka_sink *k)
{
	for (size_t i = 0; i < k->n_topics; i++) {
		if (k->handles[i])
			rd_kafka_topic_destroy(k->handles[i]);
		k->handles[i] = NULL;
	}
	/* Ends its threads, and with them every use of our records. */
	if (k->transaction.producer)
		rd_kafka_destroy(k->transaction.producer);
	k->transaction.producer = NULL;
}

static bool kafka_sink_make_producer(struct kafka_sink *k, struct err *err)
{
	char words[512];
	CHECK(!k->transaction.producer); /* one at a time has the transactional id */
	rd_kafka_conf_t *conf = kafka_sink_conf(k, err);
	if (!conf)
		return false;
	k->transaction.producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
	if (k->transaction.producer)
		return true;
	rd_kafka_conf_destroy(conf);
	return err_set(err, "cannot make a Kafka producer: %s", words);
}

/*
 * Handles for all topics, and their metadata: else the first record to each would wait for it, up to a second. When
 * it does not come in time the first transaction waits, that is all.
 */
static void kafka_sink_meet_topics(struct kafka_sink *k)
{
	const struct rd_kafka_metadata *metadata;
	for (size_t i = 0; i < k->n_topics; i++) {
		CHECK(!k->handles[i]);
		k->handles[i] = rd_kafka_topic_new(k->transaction.producer, k->topics[i].topic, NULL);
		CHECK(k->handles[i]);
	}
	if (!rd_kafka_metadata(k->transaction.producer, 0, NULL, &metadata, METADATA_MS))
		rd_kafka_metadata_destroy(metadata);
	k->dead_letters = kafka_sink_topic(k, k->names->dead_letters);
}

/* STEP_NONE: there is a producer, and the transactional id is its. */
static struct ladder_verdict kafka_sink_start(struct kafka_sink *k, int64_t timeout_ms, struct err *err)
{
	if (!kafka_sink_make_producer(k, err))
		return ladder_end(PUBLISH_FAILED);
	struct ladder_verdict verdict = transaction_init(&k->transaction, timeout_ms, err);
	if (verdict.step == STEP_NONE)
		kafka_sink_meet_topics(k);
	else
		kafka_sink_drop_producer(k);
	return verdict;
}

static bool kafka_sink_read_limits(struct kafka_sink *k, int64_t timeout_ms, struct sink_limits *limits,
                                   struct err *err)
{
	struct topic_question question = {.template = k->template,
	                                  .topics = k->topics,
	                                  .n_topics = k->n_topics,
	                                  .config_file = k->config_file,
	                                  .timeout_ms = timeout_ms,
	                                  .clock = k->clock};
	if (!topic_limits_read(&question, err))
		return false;
	kafka_sink_take_limits(k, limits);
	return true;
}

/*
 * A topic's limit is one of whole requests, too. When it falls under a worker, requests of many small records no longer
 * fit, and the halving of batches would go on for ever. When it cannot be asked, whatever keeps us from it shows itself
 * in the next step. What a story's record may measure stays as it was at start: those beyond are found one by one.
 */
static void kafka_sink_read_limits_again(struct kafka_sink *k)
{
	struct sink_limits limits;
	struct err err = {0};
	int64_t now_us = clock_mono_us(k->clock);
	if (!k->limits_fell || (k->limits_again_us && now_us - k->limits_again_us < LIMITS_AGAIN_US))
		return;
	k->limits_again_us = now_us;
	if (kafka_sink_read_limits(k, k->transaction.transaction_ms / 4, &limits, &err))
		log_info("LIMITS-READ", "something was too large for its topic: max.message.bytes was read again",
		         LOG_INT("least_bytes", (int64_t)k->batch_bytes));
}

static enum publish_result kafka_sink_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	struct kafka_sink *k = kafka_sink_of(sink);
	CHECK(!k->transaction.producer);
	if (!kafka_sink_read_limits(k, k->open_ms, limits, err))
		return PUBLISH_FAILED;
	return kafka_sink_start(k, k->open_ms, err).result;
}

static enum publish_result kafka_sink_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	struct kafka_sink *k = kafka_sink_of(sink);
	kafka_sink_drop_producer(k);
	return kafka_sink_start(k, timeout_ms, err).result;
}

/* --- a batch's records -------------------------------------------------------------------------------------------- */

struct publishing {
	struct kafka_sink *k;
	struct publication *pub;
	struct arena *arena; /* lane 0's: the publisher's after the hand-over */
	char now[25];
};

static bool publish_story(struct publishing *p, size_t message, const struct story *st)
{
	struct kafka_sink *k = p->k;
	bool duplicate = st->end.outcome == OUTCOME_DUPLICATE;
	/* A run list without a route has one topic for each outcome. */
	const char *const usual = duplicate ? k->names->duplicates : k->names->fallback;
	const char *const *topics = st->route.n_topics ? st->route.topics : &usual;
	size_t n_topics = st->route.n_topics ? st->route.n_topics : 1;
	struct transaction_record record = {
	        .kind = RECORD_STORY,
	        /* Without decode a record goes on as it came. */
	        .key = st->done & GROUP_DECODE ? st->decode.uri : st->msg->key,
	        .value = st->record.value,
	        .headers = st->record.headers,
	        .n_headers = st->record.n_headers,
	        .message = message,
	        .part = st->part,
	};
	for (size_t i = 0; i < n_topics; i++) {
		record.topic = kafka_sink_topic(k, topics[i]);
		if (!transaction_produce(&k->transaction, &record))
			return false;
	}
	return true;
}

static bool publish_dead_letter(struct publishing *p, size_t message, const struct message *msg)
{
	struct kafka_sink *k = p->k;
	bool stub = p->pub->stub && p->pub->stub(p->pub->stub_arg, msg);
	struct dead_letter letter;
	dead_letter_make(p->arena, msg, k->dead_bytes, stub, str_of(p->now), &letter);
	struct transaction_record record = {.kind = letter.stub ? RECORD_STUB : RECORD_DEAD_LETTER,
	                                    .topic = k->dead_letters,
	                                    .key = letter.key,
	                                    .value = letter.value,
	                                    .headers = letter.headers,
	                                    .n_headers = letter.n_headers,
	                                    .message = message,
	                                    .part = -1};
	return transaction_produce(&k->transaction, &record);
}

static bool publish_message(struct publishing *p, size_t message)
{
	const struct message *msg = &p->pub->batch->messages[message];
	for (size_t i = 0; msg->end.outcome == OUTCOME_OPEN && i < msg->n_parts; i++) {
		const struct story *st = msg->parts[i];
		CHECK(st->end.outcome != OUTCOME_OPEN);
		if ((st->end.outcome == OUTCOME_ARTICLE || st->end.outcome == OUTCOME_DUPLICATE) &&
		    !publish_story(p, message, st))
			return false;
	}
	return !dead_letter_needed(msg) || publish_dead_letter(p, message, msg);
}

static bool publish_messages(struct publishing *p)
{
	for (size_t i = 0; i < p->pub->batch->n_taken; i++) {
		if (!publish_message(p, i))
			return false;
	}
	return true;
}

/* The last transaction had no end that its producer knew of: the transactional id is taken anew, which gives it one. */
static bool kafka_sink_has_producer(struct kafka_sink *k, struct publication *pub)
{
	if (k->transaction.producer)
		return true;
	kafka_sink_read_limits_again(k);
	struct ladder_verdict verdict = kafka_sink_start(k, k->transaction.transaction_ms / 4, &pub->err);
	if (verdict.step == STEP_NONE)
		return true;
	if (verdict.cause == CAUSE_OUTAGE)
		verdict.result = PUBLISH_ABORTED; /* of this batch nothing was sent */
	transaction_give_up(&k->transaction, verdict);
	return false;
}

static void kafka_sink_publish(struct sink *sink, struct publication *pub)
{
	struct kafka_sink *k = kafka_sink_of(sink);
	struct transaction *t = &k->transaction;
	struct publishing p = {.k = k, .pub = pub, .arena = &pub->batch->lanes[0]};
	clock_format(clock_wall_ms(k->clock), p.now);
	transaction_start(t, pub);
	bool committed = kafka_sink_has_producer(k, pub) && transaction_begin(t) && publish_messages(&p) &&
	                 transaction_flush(t) && transaction_offsets(t) && transaction_commit(t);
	if (!transaction_finish(t))
		kafka_sink_drop_producer(k);
	k->limits_fell = t->fault == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
	CHECK(committed == (pub->result == PUBLISH_COMMITTED));
}

/* --- the sink ----------------------------------------------------------------------------------------------------- */

static void kafka_sink_close(struct sink *sink)
{
	struct kafka_sink *k = kafka_sink_of(sink);
	kafka_sink_drop_producer(k);
	offsets_caller_free(&k->transaction.caller);
	rd_kafka_conf_destroy(k->template);
	free(k->topics);
	free(k->handles);
	free(k->group);
	free(k->instance);
	free(k->config_file);
	free(k);
}

static const struct sink_ops kafka_sink_ops = {
        .open = kafka_sink_open,
        .publish = kafka_sink_publish,
        .renew = kafka_sink_renew,
        .close = kafka_sink_close,
};

struct sink *kafka_sink_new(const struct kafka_sink_options *options, struct err *err)
{
	CHECK(options->transaction_ms >= 1000 && options->clock && options->topics);
	struct kafka_sink *k = calloc(1, sizeof(*k));
	CHECK(k);
	k->sink.ops = &kafka_sink_ops;
	k->template = rd_kafka_conf_dup(options->template);
	k->group = copy_text(options->group);
	k->instance = copy_text(options->instance);
	k->config_file = copy_text(options->config_file ? options->config_file : "FILE");
	k->open_ms = options->open_ms ? options->open_ms : OPEN_MS;
	k->clock = options->clock;
	k->names = options->topics;
	k->transaction.caller = offsets_caller_new();
	k->transaction.clock = options->clock;
	k->transaction.group = k->group;
	k->transaction.instance = k->instance;
	k->transaction.transaction_ms = options->transaction_ms;
	k->message_max_bytes = TOPIC_LIMIT_DEFAULT_BYTES;
	k->batch_bytes = TOPIC_LIMIT_DEFAULT_BYTES;
	kafka_sink_list_topics(k);
	rd_kafka_conf_t *conf = kafka_sink_conf(k, err);
	if (!conf) {
		kafka_sink_close(&k->sink);
		return NULL;
	}
	rd_kafka_conf_destroy(conf);
	return &k->sink;
}
