/*
 * Waiting for the group's offsets.
 */
#include "consumer/kafka_held.h"

#include "pipeline/base/log.h"

#define HELD_LOOK_US (1 * 1000000LL)
#define HELD_ASK_US  (10 * 1000000LL)
#define HELD_ASK_MS  1000

void held_assigned(struct held *held, bool any, int64_t now_us)
{
	held->due_us = any ? now_us + HELD_LOOK_US : 0;
	held->ask_us = now_us + HELD_ASK_US;
	if (!any)
		held->spell.on = false;
}

static const struct place *held_first(const struct places *places)
{
	for (size_t i = 0; i < places->n; i++) {
		if (!places->items[i].seen)
			return &places->items[i];
	}
	return NULL;
}

static void held_is_over(struct held *held, int64_t now_us)
{
	if (held->spell.on)
		log_info("OFFSETS-TOLD", "the brokers tell again where the group stands",
		         LOG_INT("seconds", spell_seconds(&held->spell, now_us)));
	held->spell.on = false;
}

void held_answered(struct held *held, const struct place *first, const char *why, int64_t now_us)
{
	if (!why)
		held_is_over(held, now_us);
	else if (spell_goes_on(&held->spell, 0, now_us))
		log_warn(
		        "OFFSETS-HELD", "the brokers do not tell where the group stands; waiting",
		        LOG_CSTR("topic", first->topic), LOG_INT("partition", first->partition),
		        LOG_INT("seconds", spell_seconds(&held->spell, now_us)), LOG_CSTR("error", why),
		        LOG_CSTR(
		                "advice",
		                "a transaction that has not ended holds the group's offsets; one of a worker that died "
		                "ends after kafka.transaction-timeout; if this lasts longer, find it with "
		                "kafka-transactions.sh find-hanging and end it with kafka-transactions.sh abort"));
}

static rd_kafka_resp_err_t held_ask(const struct places *places, rd_kafka_t *rk)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)places->n);
	for (size_t i = 0; i < places->n; i++) {
		const struct place *place = &places->items[i];
		if (!place->seen)
			rd_kafka_topic_partition_list_add(list, place->topic, place->partition);
	}
	rd_kafka_resp_err_t code = rd_kafka_committed(rk, list, HELD_ASK_MS);
	for (int i = 0; !code && i < list->cnt; i++)
		code = list->elems[i].err;
	rd_kafka_topic_partition_list_destroy(list);
	return code;
}

void held_look(struct held *held, const struct places *places, rd_kafka_t *rk, bool away, struct clock *clock)
{
	int64_t now_us = clock_mono_us(clock);
	const struct place *first = held_first(places);
	held->due_us = first ? now_us + HELD_LOOK_US : 0;
	if (!first) {
		held_is_over(held, now_us);
	} else if (now_us >= held->ask_us && !away) {
		rd_kafka_resp_err_t code = held_ask(places, rk);
		now_us = clock_mono_us(clock);
		held_answered(held, first, code ? rd_kafka_err2str(code) : NULL, now_us);
		held->ask_us = now_us + HELD_ASK_US;
	}
}

const char *held_trouble(const struct held *held)
{
	return held->spell.on ? "the brokers do not tell where the group stands" : NULL;
}
