#include "consumer/kafka_places.h"

#include "consumer/kafka_questions.h"
#include "pipeline/base/grow.h"
#include "pipeline/base/log.h"

#include <stdlib.h>
#include <string.h>

/* Only the first event of a partition waits so long, and only if its offset is not the one expected. */
#define PLACES_REQUEST_MS 2000

void places_assign(struct places *places, const struct offsets *partitions)
{
	if (partitions->n > places->room) {
		places->room = partitions->n;
		places->items = grow(places->items, places->room, sizeof(*places->items));
	}
	places->n = partitions->n;
	places->hint = 0;
	places->asked = false;
	for (size_t i = 0; i < partitions->n; i++) {
		const struct offset *at = &partitions->items[i];
		places->items[i] = (struct place){.topic = at->topic,
		                                  .partition = at->partition,
		                                  .next = at->next,
		                                  .by_broker = at->next == OFFSET_AS_COMMITTED};
	}
}

void places_free(struct places *places)
{
	free(places->items);
	*places = (struct places){0};
}

static bool places_is_of(const struct place *place, const char *topic, int32_t partition)
{
	return place->partition == partition && strcmp(place->topic, topic) == 0;
}

struct place *places_find(struct places *places, const char *topic, int32_t partition)
{
	if (places->hint < places->n && places_is_of(&places->items[places->hint], topic, partition))
		return &places->items[places->hint];
	for (size_t i = 0; i < places->n; i++) {
		if (places_is_of(&places->items[i], topic, partition)) {
			places->hint = i;
			return &places->items[i];
		}
	}
	return NULL;
}

/*
 * What the group has committed in the partitions that were assigned so and have shown nothing yet. Nobody but this
 * worker commits them, and it has read nothing of them, so the answer is what the assignment began with.
 */
static void places_ask_committed(struct places *places, rd_kafka_t *rk)
{
	if (places->asked)
		return;
	places->asked = true;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)places->n);
	for (size_t i = 0; i < places->n; i++) {
		const struct place *place = &places->items[i];
		if (place->next == OFFSET_AS_COMMITTED && !place->seen)
			rd_kafka_topic_partition_list_add(list, place->topic, place->partition);
	}
	rd_kafka_resp_err_t code = rd_kafka_committed(rk, list, PLACES_REQUEST_MS);
	for (int i = 0; !code && i < list->cnt; i++) {
		struct place *place = places_find(places, list->elems[i].topic, list->elems[i].partition);
		if (place && !list->elems[i].err && list->elems[i].offset >= 0)
			place->next = list->elems[i].offset;
	}
	rd_kafka_topic_partition_list_destroy(list);
}

/* Reading begins behind the expected offset: transaction markers, or lost data? */
static void places_look_at_gap(const struct place *place, rd_kafka_t *rk, int64_t offset)
{
	int64_t low = 0;
	const rd_kafka_topic_partition_t at = {.topic = (char *)(uintptr_t)place->topic,
	                                       .partition = place->partition,
	                                       .offset = RD_KAFKA_OFFSET_BEGINNING};
	if (kafka_questions_offset(rk, &at, PLACES_REQUEST_MS, &low) || low <= place->next)
		return;
	log_error("OFFSET-GAP", "the topic lost stories before this group read them; reading goes on behind them",
	          LOG_CSTR("topic", place->topic), LOG_INT("partition", place->partition),
	          LOG_INT("expected", place->next), LOG_INT("earliest", low), LOG_INT("first", offset),
	          LOG_INT("lost_offsets", low - place->next),
	          LOG_CSTR("advice", "the topic's retention is shorter than this worker was away"));
}

/* What is committed lies behind the end of the log: the topic was made anew, or lost its newest records. */
static void places_log_back(const struct place *place, int64_t offset)
{
	log_error("OFFSET-BACK", "the topic ends before what this group has read; it is read again from its beginning",
	          LOG_CSTR("topic", place->topic), LOG_INT("partition", place->partition),
	          LOG_INT("expected", place->next), LOG_INT("first", offset),
	          LOG_CSTR("advice", "was the topic made anew, or truncated?"));
}

static bool places_pass_first(struct places *places, struct place *place, rd_kafka_t *rk, int64_t offset)
{
	if (place->next == OFFSET_AS_COMMITTED)
		places_ask_committed(places, rk);
	place->seen = true;
	if (place->next == OFFSET_AS_COMMITTED || offset == place->next)
		return true;
	if (offset > place->next) {
		places_look_at_gap(place, rk, offset);
		return true;
	}
	if (!place->by_broker)
		return false;
	places_log_back(place, offset);
	return true;
}

bool places_pass_end(struct places *places, struct place *place, rd_kafka_t *rk, int64_t offset)
{
	if (offset < 0)
		return false;
	bool good = place->seen ? offset >= place->next : places_pass_first(places, place, rk, offset);
	if (good)
		place->next = offset;
	return good;
}

bool places_pass(struct places *places, struct place *place, rd_kafka_t *rk, int64_t offset)
{
	bool good = places_pass_end(places, place, rk, offset);
	if (good)
		place->next = offset + 1;
	return good;
}

bool places_all_seen(const struct places *places)
{
	for (size_t i = 0; i < places->n; i++) {
		if (!places->items[i].seen)
			return false;
	}
	return true;
}

rd_kafka_topic_partition_list_t *places_list(const struct places *places)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)places->n);
	for (size_t i = 0; i < places->n; i++) {
		const struct place *place = &places->items[i];
		rd_kafka_topic_partition_list_add(list, place->topic, place->partition)->offset =
		        place->next == OFFSET_AS_COMMITTED ? RD_KAFKA_OFFSET_STORED : place->next;
	}
	return list;
}
