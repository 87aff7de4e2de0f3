/*
 * The Kafka source: a consumer handle, and everything that happens to it made into events.
 *
 * librdkafka calls back only from inside poll (and close), on the loop's thread. The rebalance callback records and
 * makes poll return; the error callback judges and records. What poll finds is, in this order: a verdict (the source
 * has ended; told again and again), a rebalance, a message, the end of a partition, trouble, nothing.
 *
 * librdkafka (2.0.2) has three traps. Partitions are never paused or sought, only assigned: each order to a partition
 * has a number, and one that arrives behind a higher number is dropped without a word. A pause gets its number on the
 * caller's thread, a start on librdkafka's own, and between number and queue there is no lock; so a pause soon after an
 * assignment now and then cost a partition its start, and nothing of it was ever read. Assignments are one thread's.
 *
 * And a new assignment never replaces one, but always none: librdkafka takes the old partitions away with a stop that
 * is on its way still when assign returns. A partition that stands in the new assignment, too, and goes with the next
 * one at once, would be stopped twice, on which librdkafka ends the process. Stops are on their way no longer when a
 * second assign is carried out.
 *
 * The third needs upkeep. When the committed offsets that an assignment begins with cannot be had (an unknown error of
 * the coordinator is enough), librdkafka reports that once and then never starts those partitions. So after an error,
 * and as long as a partition has shown no sign of life, the assignment is made again, each partition where reading
 * stands.
 */
#include "consumer/kafka_source.h"

#include "consumer/kafka_conf.h"
#include "consumer/kafka_held.h"
#include "consumer/kafka_places.h"
#include "consumer/kafka_questions.h"
#include "consumer/kafka_rebalance.h"
#include "consumer/kafka_topics.h"
#include "consumer/kafka_trouble.h"
#include "consumer/kafka_watch.h"
#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#include <stdlib.h>
#include <string.h>

#define KAFKA_SOURCE_GIVE_UP_MS      60000
#define KAFKA_SOURCE_QUIET_US        (30 * 1000000LL) /* lasting trouble that is not seen for so long is over */
#define KAFKA_SOURCE_ASSIGN_AGAIN_US (1 * 1000000LL)
#define KAFKA_SOURCE_LOOK_US         (2 * 1000000LL)

struct kafka_source {
	struct source source;
	rd_kafka_t *rk;
	struct clock *clock;
	char *group, *instance, *cluster;
	int64_t give_up_us;

	struct topics topics;
	struct places places;
	struct rebalance rebalance;
	bool answer_due;   /* a rebalance was recorded, and neither assign nor unassign came yet */
	bool unassign_due; /* it was told, and only unassign is in order */
	bool closing;      /* the callback answers by itself */

	enum source_happening verdict; /* SOURCE_IDLE: none */
	struct err verdict_words;

	int64_t due_us;          /* the next upkeep; 0: none */
	int64_t assign_again_us; /* 0: not needed */
	struct watch watch;
	struct held held;
	struct spell lasting; /* trouble that may pass */
	int64_t lasting_seen_us;

	struct header headers[KAFKA_SOURCE_HEADERS_MAX];
};

static struct kafka_source *kafka_source_of(struct source *source)
{
	return (struct kafka_source *)source;
}

/* --- trouble -------------------------------------------------------------------------------------------------- */

static void kafka_source_schedule(struct kafka_source *s)
{
	s->due_us = s->assign_again_us;
	if (s->watch.due_us && (!s->due_us || s->watch.due_us < s->due_us))
		s->due_us = s->watch.due_us;
	if (s->held.due_us && (!s->due_us || s->held.due_us < s->due_us))
		s->due_us = s->held.due_us;
}

static void kafka_source_fenced(struct kafka_source *s)
{
	if (s->verdict)
		return;
	s->verdict = SOURCE_FENCED;
	err_set(&s->verdict_words,
	        "another worker runs as instance '%s' of group '%s', or this one came back after an outage: give each "
	        "worker an --instance of its own; if each has one, start it again",
	        s->instance ? s->instance : "", s->group);
}

static void kafka_source_fail(struct kafka_source *s, const struct trouble *trouble, const char *topic,
                              const char *words)
{
	if (s->verdict)
		return;
	s->verdict = SOURCE_FAILED;
	if (topic)
		err_set(&s->verdict_words, "cannot read topic '%s' in group '%s': %s; %s", topic, s->group, words,
		        trouble->advice);
	else
		err_set(&s->verdict_words, "cannot read as group '%s': %s; %s%s", s->group, words, trouble->advice,
		        trouble_hint(words, rd_kafka_version()));
}

static void kafka_source_fatal(struct kafka_source *s)
{
	char words[512];
	rd_kafka_resp_err_t code = rd_kafka_fatal_error(s->rk, words, sizeof(words));
	if (!code || s->verdict)
		return;
	if (trouble_of(code)->kind == TROUBLE_FENCED) {
		kafka_source_fenced(s);
		return;
	}
	s->verdict = SOURCE_FATAL;
	err_set(&s->verdict_words, "cannot go on as a member of group '%s': %s: %s", s->group, rd_kafka_err2name(code),
	        words);
}

/* librdkafka's own thread hears of it first. */
static bool kafka_source_is_over(struct source *source)
{
	return rd_kafka_fatal_error(kafka_source_of(source)->rk, NULL, 0) != 0;
}

static void kafka_source_doubt(struct kafka_source *s, const char *words)
{
	watch_doubt(&s->watch, words, clock_mono_us(s->clock));
	kafka_source_schedule(s);
}

static void kafka_source_lasting(struct kafka_source *s, const struct trouble *trouble, const char *words)
{
	int64_t now_us = clock_mono_us(s->clock);
	if (now_us - s->lasting_seen_us > KAFKA_SOURCE_QUIET_US)
		s->lasting.on = false;
	bool tell = spell_goes_on(&s->lasting, 0, now_us);
	s->lasting_seen_us = now_us;
	if (now_us - s->lasting.since_us >= s->give_up_us)
		kafka_source_fail(s, trouble, NULL, words);
	else if (tell)
		log_warn("KAFKA-REFUSES", "the brokers refuse this client; trying on",
		         LOG_INT("seconds", spell_seconds(&s->lasting, now_us)), LOG_CSTR("error", words),
		         LOG_CSTR("advice", trouble->advice));
	kafka_source_doubt(s, words);
}

/* librdkafka tells of a missing topic once, and not at all when it comes. */
static void kafka_source_missing(struct kafka_source *s)
{
	watch_doubt_topics(&s->watch, s->give_up_us, clock_mono_us(s->clock));
	kafka_source_schedule(s);
}

static void kafka_source_passing(struct kafka_source *s, rd_kafka_resp_err_t code, const char *words)
{
	switch (code) {
	case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
		/* The words before it say why. */
		kafka_source_doubt(s, s->watch.words[0] ? NULL : words);
		return;
	case RD_KAFKA_RESP_ERR__TRANSPORT:
	case RD_KAFKA_RESP_ERR__RESOLVE:
	case RD_KAFKA_RESP_ERR__TIMED_OUT:
		kafka_source_doubt(s, words);
		return;
	case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
		log_error("POLL-LATE", "the worker was too slow and leaves the group; it comes back by itself",
		          LOG_CSTR("error", words),
		          LOG_CSTR("advice", "make batches smaller or kafka.max-poll-interval longer"));
		return;
	default:
		log_warn("KAFKA-TROUBLE", "the consumer reports an error; trying on",
		         LOG_CSTR("code", rd_kafka_err2name(code)), LOG_CSTR("error", words));
	}
}

static void kafka_source_trouble(struct kafka_source *s, rd_kafka_resp_err_t code, const char *topic, const char *words)
{
	const struct trouble *trouble = trouble_of(code);
	switch (trouble->kind) {
	case TROUBLE_PASSING:
		kafka_source_passing(s, code, words);
		return;
	case TROUBLE_LASTING:
		kafka_source_lasting(s, trouble, words);
		return;
	case TROUBLE_TOPIC:
		kafka_source_missing(s);
		return;
	case TROUBLE_OVER:
		kafka_source_fail(s, trouble, topic, words);
		return;
	case TROUBLE_FENCED:
		kafka_source_fenced(s);
		return;
	case TROUBLE_FATAL:
		kafka_source_fatal(s);
		return;
	}
}

/* --- callbacks ------------------------------------------------------------------------------------------------ */

static void kafka_source_on_error(rd_kafka_t *rk, int code, const char *words, void *opaque)
{
	struct kafka_source *s = opaque;
	(void)rk; /* s->rk is not yet set while rd_kafka_new runs, but no callback is served then */
	if (!s->closing)
		kafka_source_trouble(s, (rd_kafka_resp_err_t)code, NULL, words);
}

static void kafka_source_on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                                      rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
	struct kafka_source *s = opaque;
	if (s->closing) {
		rd_kafka_assign(rk, NULL);
		return;
	}
	rebalance_record(&s->rebalance, rk, code, partitions, &s->topics);
	if (s->rebalance.happening == SOURCE_LOST) /* perhaps because no heartbeat is answered */
		kafka_source_doubt(s, NULL);
	s->answer_due = true;
	rd_kafka_yield(rk);
}

/* --- assignment ----------------------------------------------------------------------------------------------- */

/* Assigns none, so that the next assignment replaces none. */
static void kafka_source_clear(struct kafka_source *s)
{
	if (s->places.n == 0)
		return;
	rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);
	rd_kafka_assign(s->rk, none);
	rd_kafka_topic_partition_list_destroy(none);
}

static rd_kafka_resp_err_t kafka_source_assign_places(struct kafka_source *s)
{
	rd_kafka_topic_partition_list_t *list = places_list(&s->places);
	rd_kafka_resp_err_t code = rd_kafka_assign(s->rk, list);
	rd_kafka_topic_partition_list_destroy(list);
	return code;
}

/* The one place that changes the assignment; NULL: to none. */
static rd_kafka_resp_err_t kafka_source_replace(struct kafka_source *s, const struct offsets *partitions)
{
	if (partitions)
		kafka_source_clear(s);
	places_assign(&s->places, partitions ? partitions : &(struct offsets){0});
	rd_kafka_resp_err_t code = partitions ? kafka_source_assign_places(s) : rd_kafka_assign(s->rk, NULL);
	s->answer_due = false;
	s->unassign_due = false;
	s->assign_again_us = 0;
	held_assigned(&s->held, s->places.n > 0, clock_mono_us(s->clock));
	kafka_source_schedule(s);
	return code;
}

static bool kafka_source_assign(struct source *source, const struct offsets *partitions, struct err *err)
{
	struct kafka_source *s = kafka_source_of(source);
	CHECK(!s->unassign_due && !s->closing);
	if (partitions->n > KAFKA_SOURCE_PARTITIONS_MAX)
		return err_set(err, "cannot take %zu partitions: the limit is %d; run more workers", partitions->n,
		               KAFKA_SOURCE_PARTITIONS_MAX);
	rd_kafka_resp_err_t code = kafka_source_replace(s, partitions);
	return !code || err_set(err, "cannot assign %zu partitions: %s", partitions->n, rd_kafka_err2str(code));
}

static bool kafka_source_unassign(struct source *source, struct err *err)
{
	rd_kafka_resp_err_t code = kafka_source_replace(kafka_source_of(source), NULL);
	return !code || err_set(err, "cannot give partitions back: %s", rd_kafka_err2str(code));
}

/* For partitions that librdkafka never started. */
static void kafka_source_assign_again(struct kafka_source *s)
{
	s->assign_again_us = 0;
	if (places_all_seen(&s->places))
		return;
	kafka_source_clear(s);
	rd_kafka_resp_err_t code = kafka_source_assign_places(s);
	if (code)
		log_warn("KAFKA-TROUBLE", "cannot ask for committed offsets again",
		         LOG_CSTR("code", rd_kafka_err2name(code)));
}

/* --- upkeep --------------------------------------------------------------------------------------------------- */

/* Brokers that do not answer are no reason to give up, a topic that they do not have for long is one. */
static void kafka_source_look(struct kafka_source *s)
{
	watch_look(&s->watch, s->rk, &s->topics, s->clock);
	const struct spell *missing = &s->watch.missing;
	if (s->verdict || s->watch.away.on || !missing->on ||
	    clock_mono_us(s->clock) - missing->since_us < s->give_up_us)
		return;
	s->verdict = SOURCE_FAILED;
	err_set(&s->verdict_words,
	        "input topic '%s' does not exist: create it (wiredesk topics --create) or correct kafka.input",
	        s->watch.topic);
}

static void kafka_source_upkeep(struct kafka_source *s)
{
	int64_t now_us = clock_mono_us(s->clock);
	if (s->assign_again_us && now_us >= s->assign_again_us)
		kafka_source_assign_again(s);
	if (s->watch.due_us && now_us >= s->watch.due_us)
		kafka_source_look(s);
	if (s->held.due_us && now_us >= s->held.due_us)
		held_look(&s->held, &s->places, s->rk, s->watch.away.on, s->clock);
	kafka_source_schedule(s);
}

/* --- poll ----------------------------------------------------------------------------------------------------- */

static void kafka_source_tell_verdict(struct kafka_source *s, struct source_event *event)
{
	event->happening = s->verdict;
	event->err = s->verdict_words;
}

/*
 * An assignment that came too late. An answer is due all the same, and librdkafka goes on only from an assignment, be
 * it of nothing (unassign would leave it waiting for ever); the next heartbeat then takes it back, and the member joins
 * anew.
 */
static void kafka_source_answer_stale(struct kafka_source *s, enum source_happening happening)
{
	struct offsets none = {0};
	kafka_source_replace(s, happening == SOURCE_ASSIGNED ? &none : NULL);
}

static void kafka_source_tell_rebalance(struct kafka_source *s, struct source_event *event)
{
	struct rebalance *r = &s->rebalance;
	enum source_happening happening = r->happening;
	r->happening = SOURCE_IDLE;
	if (r->stale) {
		kafka_source_answer_stale(s, happening);
		return;
	}
	event->happening = happening;
	event->partitions = r->partitions;
	event->metadata = r->metadata;
	s->unassign_due = happening != SOURCE_ASSIGNED;
	if (happening == SOURCE_ASSIGNED)
		s->lasting.on = false;
}

/* Headers point into the message; over the limit the first ones come, and the message is broken. */
static void kafka_source_read_headers(struct kafka_source *s, const rd_kafka_message_t *rkm, struct message *msg)
{
	rd_kafka_headers_t *headers = NULL;
	if (rd_kafka_message_headers(rkm, &headers))
		return;
	size_t n = rd_kafka_header_cnt(headers);
	if (n > KAFKA_SOURCE_HEADERS_MAX) {
		n = KAFKA_SOURCE_HEADERS_MAX;
		msg->broken = "the message has more than 10000 headers";
		msg->broken_reason = REASON_BAD_HEADER;
	}
	for (size_t i = 0; i < n; i++) {
		const char *name = NULL;
		const void *value = NULL;
		size_t size = 0;
		rd_kafka_header_get_all(headers, i, &name, &value, &size);
		s->headers[i] = (struct header){str_of(name), {value, size}};
	}
	msg->headers = s->headers;
	msg->n_headers = n;
}

/* Empty is not absent, and librdkafka says which by the pointer. */
static void kafka_source_read_message(struct kafka_source *s, rd_kafka_message_t *rkm, const struct place *place,
                                      struct message *msg)
{
	rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
	int64_t timestamp_ms = rd_kafka_message_timestamp(rkm, &kind);
	*msg = (struct message){
	        .delivery = {str_of(s->cluster), str_of(place->topic), rkm->partition, rkm->offset},
	        .timestamp_ms = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : timestamp_ms,
	        .key = {rkm->key, rkm->key_len},
	        .value = {rkm->payload, rkm->len},
	        .owner = rkm,
	};
	msg->origin = msg->delivery;
	kafka_source_read_headers(s, rkm, msg);
}

/* Offsets of a partition only rise. When they do not, its log is not the one that was assigned. */
static void kafka_source_went_back(struct kafka_source *s, const struct place *place, int64_t offset)
{
	s->verdict = SOURCE_FAILED;
	err_set(&s->verdict_words,
	        "partition %d of topic '%s' went back from offset %lld to %lld: was the topic made anew, or truncated? "
	        "Start again to read it from where the group stands",
	        place->partition, place->topic, (long long)place->next, (long long)offset);
}

/* Takes the message, or leaves it to the caller to destroy. */
static bool kafka_source_tell_message(struct kafka_source *s, rd_kafka_message_t *rkm, struct source_event *event)
{
	const char *topic = rd_kafka_topic_name(rkm->rkt);
	struct place *place = places_find(&s->places, topic, rkm->partition);
	if (!place) {
		log_warn("MESSAGE-STRAY", "a message of a partition that is not assigned was left out",
		         LOG_CSTR("topic", topic), LOG_INT("partition", rkm->partition));
		return false;
	}
	if (!places_pass(&s->places, place, s->rk, rkm->offset)) {
		kafka_source_went_back(s, place, rkm->offset);
		return false;
	}
	event->happening = SOURCE_MESSAGE;
	kafka_source_read_message(s, rkm, place, &event->message);
	s->lasting.on = false;
	return true;
}

static void kafka_source_tell_end(struct kafka_source *s, const rd_kafka_message_t *rkm, struct source_event *event)
{
	struct place *place = places_find(&s->places, rd_kafka_topic_name(rkm->rkt), rkm->partition);
	if (!place || !places_pass_end(&s->places, place, s->rk, rkm->offset))
		return;
	event->happening = SOURCE_EOF;
	event->at = (struct offset){place->topic, place->partition, place->next};
	s->lasting.on = false;
}

static void kafka_source_tell_error(struct kafka_source *s, const rd_kafka_message_t *rkm)
{
	const char *topic = rkm->rkt ? rd_kafka_topic_name(rkm->rkt) : NULL;
	kafka_source_trouble(s, rkm->err, topic, rd_kafka_message_errstr(rkm));
	if (s->assign_again_us || s->answer_due || places_all_seen(&s->places))
		return;
	s->assign_again_us = clock_mono_us(s->clock) + KAFKA_SOURCE_ASSIGN_AGAIN_US;
	kafka_source_schedule(s);
}

/* True: the message was handed out in the event. */
static bool kafka_source_take(struct kafka_source *s, rd_kafka_message_t *rkm, struct source_event *event)
{
	if (s->rebalance.happening)
		kafka_source_tell_rebalance(s, event);
	else if (!rkm)
		kafka_source_fatal(s);
	else if (!rkm->err)
		return kafka_source_tell_message(s, rkm, event);
	else if (rkm->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
		kafka_source_tell_end(s, rkm, event);
	else
		kafka_source_tell_error(s, rkm);
	return false;
}

/* No longer than until the next upkeep. */
static int kafka_source_wait_ms(struct kafka_source *s, int timeout_ms)
{
	if (!s->due_us)
		return timeout_ms;
	int64_t now_us = clock_mono_us(s->clock);
	if (now_us >= s->due_us)
		kafka_source_upkeep(s);
	int64_t left_ms = s->due_us ? (s->due_us - now_us) / 1000 + 1 : timeout_ms;
	return left_ms < timeout_ms ? (left_ms > 0 ? (int)left_ms : 0) : timeout_ms;
}

static void kafka_source_poll(struct source *source, int timeout_ms, struct source_event *event)
{
	struct kafka_source *s = kafka_source_of(source);
	CHECK(!s->unassign_due);
	event->happening = SOURCE_IDLE;
	err_clear(&event->err);
	int wait_ms = kafka_source_wait_ms(s, timeout_ms);
	if (!s->verdict) {
		rd_kafka_message_t *rkm = rd_kafka_consumer_poll(s->rk, wait_ms);
		if (!kafka_source_take(s, rkm, event) && rkm)
			rd_kafka_message_destroy(rkm);
	}
	if (s->verdict && event->happening == SOURCE_IDLE)
		kafka_source_tell_verdict(s, event);
}

static void kafka_source_look_beside(struct source *source)
{
	struct kafka_source *s = kafka_source_of(source);
	kafka_source_doubt(s, NULL);
	kafka_source_upkeep(s);
}

static const char *kafka_source_words(struct source *source)
{
	struct kafka_source *s = kafka_source_of(source);
	if (s->watch.away.on && s->lasting.on)
		return "the brokers refuse this client";
	const char *trouble = watch_trouble(&s->watch);
	return trouble ? trouble : held_trouble(&s->held);
}

/* --- questions ------------------------------------------------------------------------------------------------ */

static bool kafka_source_committed(struct source *source, struct offsets *partitions, int timeout_ms, struct err *err)
{
	struct kafka_source *s = kafka_source_of(source);
	if (kafka_questions_committed(s->rk, partitions, timeout_ms, err))
		return true;
	return err_prefix(err, "cannot read the committed offsets of group '%s'", s->group);
}

static bool kafka_source_ends(struct source *source, struct offsets *ends, int timeout_ms, struct err *err)
{
	struct kafka_source *s = kafka_source_of(source);
	return kafka_questions_ends(s->rk, &s->topics, ends, timeout_ms, err);
}

/* As fetches brought it; it counts what open transactions still hold back. */
static int64_t kafka_source_known_end(struct source *source, const char *topic, int32_t partition)
{
	int64_t low = 0, high = 0;
	rd_kafka_resp_err_t code =
	        rd_kafka_get_watermark_offsets(kafka_source_of(source)->rk, topic, partition, &low, &high);
	return code || high < 0 ? -1 : high;
}

static void kafka_source_release(void *source, void *owner)
{
	(void)source;
	rd_kafka_message_destroy(owner);
}

/* --- begin and end -------------------------------------------------------------------------------------------- */

static void kafka_source_free(struct kafka_source *s)
{
	rebalance_free(&s->rebalance);
	places_free(&s->places);
	topics_free(&s->topics);
	free(s->group);
	free(s->instance);
	free(s->cluster);
	free(s);
}

/* librdkafka waits in close for an answer to a rebalance that poll has told or would have told. */
static void kafka_source_close(struct source *source)
{
	struct kafka_source *s = kafka_source_of(source);
	s->closing = true;
	if (s->answer_due || s->unassign_due)
		rd_kafka_assign(s->rk, NULL);
	rd_kafka_consumer_close(s->rk);
	rd_kafka_destroy(s->rk);
	kafka_source_free(s);
}

static const struct source_ops kafka_source_ops = {
        .poll = kafka_source_poll,
        .assign = kafka_source_assign,
        .unassign = kafka_source_unassign,
        .committed = kafka_source_committed,
        .ends = kafka_source_ends,
        .known_end = kafka_source_known_end,
        .trouble = kafka_source_words,
        .is_over = kafka_source_is_over,
        .look = kafka_source_look_beside,
        .release = kafka_source_release,
        .close = kafka_source_close,
};

/* What the promise of exactly once rests on; whatever the user wrote, these stand. */
static bool kafka_source_set_guarantee(rd_kafka_conf_t *conf, const struct kafka_source_options *options,
                                       struct err *err)
{
	static const char *const fixed[][2] = {
	        {"isolation.level", "read_committed"},      {"enable.auto.commit", "false"},
	        {"enable.auto.offset.store", "false"},      {"auto.offset.reset", "earliest"},
	        {"partition.assignment.strategy", "range"}, {"enable.partition.eof", "true"},
	        {"allow.auto.create.topics", "false"},
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (!kafka_conf_set(conf, fixed[i][0], fixed[i][1], err))
			return false;
	}
	return kafka_conf_set(conf, "group.id", options->group, err) &&
	       (!options->instance || kafka_conf_set(conf, "group.instance.id", options->instance, err));
}

static bool kafka_source_connect(struct kafka_source *s, rd_kafka_conf_t **conf, struct err *err)
{
	char words[512];
	rd_kafka_conf_set_opaque(*conf, s);
	rd_kafka_conf_set_rebalance_cb(*conf, kafka_source_on_rebalance);
	rd_kafka_conf_set_error_cb(*conf, kafka_source_on_error);
	s->rk = rd_kafka_new(RD_KAFKA_CONSUMER, *conf, words, sizeof(words));
	if (!s->rk)
		return err_set(err, "cannot make the Kafka consumer: %s", words);
	*conf = NULL; /* it belongs to the handle now */
	rd_kafka_resp_err_t code = rd_kafka_poll_set_consumer(s->rk);
	return !code || err_set(err, "cannot make the Kafka consumer: %s", rd_kafka_err2str(code));
}

static bool kafka_source_subscribe(struct kafka_source *s, const struct kafka_source_options *options, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)options->n_topics);
	bool good = true;
	for (size_t i = 0; good && i < options->n_topics; i++) {
		const char *topic = options->topics[i];
		good = topic[0] != '^' ||
		       err_set(err, "cannot subscribe to '%s': topics are named one by one, not by a pattern", topic);
		rd_kafka_topic_partition_list_add(list, topics_intern(&s->topics, topic), RD_KAFKA_PARTITION_UA);
	}
	rd_kafka_resp_err_t code = good ? rd_kafka_subscribe(s->rk, list) : RD_KAFKA_RESP_ERR_NO_ERROR;
	rd_kafka_topic_partition_list_destroy(list);
	return good && (!code || err_set(err, "cannot subscribe to the input topics: %s", rd_kafka_err2str(code)));
}

static char *kafka_source_copy(const char *p, size_t n)
{
	char *own = p ? strndup(p, n) : NULL;
	CHECK(!p || own);
	return own;
}

static struct kafka_source *kafka_source_make(const struct kafka_source_options *options)
{
	struct kafka_source *s = calloc(1, sizeof(*s));
	CHECK(s);
	s->source.ops = &kafka_source_ops;
	s->clock = options->clock;
	s->group = kafka_source_copy(options->group, strlen(options->group));
	s->instance = kafka_source_copy(options->instance, options->instance ? strlen(options->instance) : 0);
	s->cluster = kafka_source_copy(options->cluster.p ? options->cluster.p : "", options->cluster.n);
	s->give_up_us = (options->give_up_ms ? options->give_up_ms : KAFKA_SOURCE_GIVE_UP_MS) * 1000;
	s->watch.every_us = s->give_up_us < KAFKA_SOURCE_LOOK_US ? s->give_up_us : KAFKA_SOURCE_LOOK_US;
	return s;
}

struct source *kafka_source_new(const struct kafka_source_options *options, struct err *err)
{
	CHECK(options->conf && options->group && options->clock);
	struct kafka_source *s = kafka_source_make(options);
	rd_kafka_conf_t *conf = options->conf;
	if (kafka_source_set_guarantee(conf, options, err) && kafka_source_connect(s, &conf, err) &&
	    kafka_source_subscribe(s, options, err))
		return &s->source;
	if (conf)
		rd_kafka_conf_destroy(conf);
	s->closing = true;
	if (s->rk)
		rd_kafka_destroy(s->rk);
	kafka_source_free(s);
	return NULL;
}
