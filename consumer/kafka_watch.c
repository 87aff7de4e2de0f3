/*
 * Doubts, questions and answers, and the lines about them.
 */
#include "consumer/kafka_watch.h"

#include "consumer/kafka_questions.h"
#include "pipeline/base/log.h"

#define SPELL_TELL_US (60 * 1000000LL)
#define WATCH_ASK_MS  1000

/* --- spells --------------------------------------------------------------------------------------------------- */

bool spell_goes_on(struct spell *spell, int64_t patience_us, int64_t now_us)
{
	if (!spell->on)
		*spell = (struct spell){.on = true, .since_us = now_us, .due_us = now_us + patience_us};
	if (now_us < spell->due_us)
		return false;
	spell->due_us = now_us + SPELL_TELL_US;
	spell->told = true;
	return true;
}

int64_t spell_seconds(const struct spell *spell, int64_t now_us)
{
	return (now_us - spell->since_us) / 1000000;
}

/* --- doubts --------------------------------------------------------------------------------------------------- */

void watch_doubt(struct watch *watch, const char *words, int64_t now_us)
{
	if (words)
		snprintf(watch->words, sizeof(watch->words), "%s", words);
	if (!watch->due_us)
		watch->due_us = now_us;
}

void watch_doubt_topics(struct watch *watch, int64_t for_us, int64_t now_us)
{
	watch->topics_until_us = now_us + for_us;
	watch_doubt(watch, NULL, now_us);
}

/* --- answers -------------------------------------------------------------------------------------------------- */

/* Told from the second time on: the library's first words of a broken connection are guesses at why. */
void watch_unanswered(struct watch *watch, int64_t now_us)
{
	watch->due_us = now_us + watch->every_us;
	if (!spell_goes_on(&watch->away, watch->every_us, now_us))
		return;
	log_warn("KAFKA-AWAY", "no broker answers; trying on", LOG_INT("seconds", spell_seconds(&watch->away, now_us)),
	         LOG_CSTR("error", watch->words));
}

static void watch_brokers_are_back(struct watch *watch, int64_t now_us)
{
	if (watch->away.on && watch->away.told)
		log_info("KAFKA-BACK", "brokers answer again", LOG_INT("seconds", spell_seconds(&watch->away, now_us)));
	watch->away.on = false;
	watch->words[0] = 0;
}

static void watch_topic_is_missing(struct watch *watch, const char *topic, int64_t now_us)
{
	watch->topic = topic;
	if (spell_goes_on(&watch->missing, 0, now_us))
		log_warn("TOPIC-MISSING", "an input topic does not exist; waiting for it", LOG_CSTR("topic", topic),
		         LOG_INT("seconds", spell_seconds(&watch->missing, now_us)));
}

static void watch_topics_are_there(struct watch *watch, int64_t now_us)
{
	if (watch->missing.on)
		log_info("TOPIC-BACK", "the input topic is there", LOG_CSTR("topic", watch->topic),
		         LOG_INT("seconds", spell_seconds(&watch->missing, now_us)));
	watch->missing.on = false;
}

void watch_answered(struct watch *watch, const char *missing, int64_t now_us)
{
	watch_brokers_are_back(watch, now_us);
	if (missing)
		watch_topic_is_missing(watch, missing, now_us);
	else
		watch_topics_are_there(watch, now_us);
	bool doubt = missing || now_us < watch->topics_until_us;
	watch->due_us = doubt ? now_us + watch->every_us : 0;
}

/* --- questions ------------------------------------------------------------------------------------------------ */

/* False with *there untouched: no answer. */
static bool watch_ask(rd_kafka_t *rk, const char *topic, bool *there)
{
	rd_kafka_resp_err_t code;
	const struct rd_kafka_metadata *answer = kafka_questions_topic(rk, topic, WATCH_ASK_MS, &code);
	if (!answer)
		return false;
	*there = answer->topic_cnt == 1 && !answer->topics[0].err && answer->topics[0].partition_cnt > 0;
	rd_kafka_metadata_destroy(answer);
	return true;
}

void watch_look(struct watch *watch, rd_kafka_t *rk, const struct topics *topics, struct clock *clock)
{
	bool answered = true, there = true;
	size_t i = 0;
	while (i < topics->n && answered && there)
		answered = watch_ask(rk, topics->names[i++], &there);
	if (answered)
		watch_answered(watch, there ? NULL : topics->names[i - 1], clock_mono_us(clock));
	else
		watch_unanswered(watch, clock_mono_us(clock));
}

const char *watch_trouble(const struct watch *watch)
{
	if (watch->away.on)
		return "no broker answers";
	return watch->missing.on ? "an input topic does not exist" : NULL;
}
