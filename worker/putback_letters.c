/*
 * The letters of `wiredesk replay`: which there are, and those of one round.
 */
#include "consumer/kafka_questions.h"
#include "pipeline/base/check.h"
#include "worker/putback_loop.h"

#define PUTBACK_SILENCE_MS     60000 /* so long no broker says anything: give up */
#define PUTBACK_ROUND_BYTES    ((size_t)8 << 20)
#define PUTBACK_PARTITIONS_MAX 10000

/* --- where to begin and to end ----------------------------------------------------------------------------------- */

/* How many partitions a topic has; 0 with err set: none that can be used. */
static int putback_ask_partitions(struct putback_loop *l, const char *name, struct err *err)
{
	rd_kafka_resp_err_t fault;
	const struct rd_kafka_metadata *found = kafka_questions_topic(l->consumer, name, PUTBACK_ASK_MS, &fault);
	if (!found) {
		err_set(err, "cannot ask for topic '%s': %s%s%s", name, rd_kafka_err2str(fault),
		        err_is_set(&l->trouble) ? ": " : "", l->trouble.words);
		return 0;
	}
	fault = found->topics[0].err;
	int n = fault ? 0 : found->topics[0].partition_cnt;
	rd_kafka_metadata_destroy(found);
	if (n < 1 || n > PUTBACK_PARTITIONS_MAX) {
		err_set(err, "topic '%s' cannot be used: %s", name,
		        fault ? rd_kafka_err2str(fault) : "it has no partition, or too many");
		return 0;
	}
	return n;
}

static bool putback_count_partitions(struct putback_loop *l, struct err *err)
{
	const struct strings *inputs = &l->with.config->kafka.input;
	l->input_partitions = calloc(inputs->n, sizeof *l->input_partitions);
	CHECK(l->input_partitions);
	for (size_t i = 0; i < inputs->n; i++) {
		l->input_partitions[i] = putback_ask_partitions(l, inputs->items[i].p, err);
		if (!l->input_partitions[i])
			return false;
	}
	l->n_partitions = (size_t)putback_ask_partitions(l, l->topic, err);
	l->partitions = calloc(l->n_partitions + 1, sizeof *l->partitions);
	CHECK(l->partitions);
	return l->n_partitions > 0;
}

rd_kafka_topic_partition_list_t *putback_list(const struct putback_loop *l)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)l->n_partitions);
	for (size_t i = 0; i < l->n_partitions; i++)
		rd_kafka_topic_partition_list_add(list, l->topic, (int32_t)i);
	return list;
}

static bool putback_place(struct putback_loop *l, const rd_kafka_topic_partition_t *committed, struct err *err)
{
	struct putback_partition *p = &l->partitions[committed->partition];
	int64_t low, high;
	rd_kafka_topic_partition_t at = {.topic = (char *)(uintptr_t)l->topic,
	                                 .partition = committed->partition,
	                                 .offset = RD_KAFKA_OFFSET_BEGINNING};
	rd_kafka_resp_err_t fault = kafka_questions_offset(l->consumer, &at, PUTBACK_ASK_MS, &low);
	at.offset = RD_KAFKA_OFFSET_END;
	if (!fault)
		fault = kafka_questions_offset(l->consumer, &at, PUTBACK_ASK_MS, &high);
	if (fault)
		return err_set(err, "cannot ask for the end of '%s' partition %d: %s", l->topic, committed->partition,
		               rd_kafka_err2str(fault));
	int64_t base = committed->offset < 0 ? low : committed->offset;
	if (!done_read(&p->done, base, str_make(committed->metadata, committed->metadata_size)))
		return err_set(err, "what group '%s' has committed for '%s' partition %d was written by something else",
		               l->group, l->topic, committed->partition);
	/* What retention took is neither done nor left. */
	if (base < low)
		done_add(&p->done, base, low);
	p->position = p->done.base;
	p->end = high;
	p->is_read = p->position >= high;
	return true;
}

static bool putback_places(struct putback_loop *l, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = putback_list(l);
	rd_kafka_resp_err_t fault = rd_kafka_committed(l->consumer, list, PUTBACK_ASK_MS);
	bool good = !fault || err_set(err, "cannot ask where group '%s' stands: %s", l->group, rd_kafka_err2str(fault));
	for (int i = 0; good && i < list->cnt; i++) {
		fault = list->elems[i].err;
		good = fault ? err_set(err, "cannot ask where group '%s' stands: %s", l->group, rd_kafka_err2str(fault))
		             : putback_place(l, &list->elems[i], err);
	}
	rd_kafka_topic_partition_list_destroy(list);
	return good;
}

static bool putback_assign(struct putback_loop *l, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)l->n_partitions);
	for (size_t i = 0; i < l->n_partitions; i++) {
		if (!l->partitions[i].is_read)
			rd_kafka_topic_partition_list_add(list, l->topic, (int32_t)i)->offset =
			        l->partitions[i].position;
	}
	rd_kafka_resp_err_t fault = rd_kafka_assign(l->consumer, list);
	rd_kafka_topic_partition_list_destroy(list);
	return !fault || err_set(err, "cannot read '%s': %s", l->topic, rd_kafka_err2str(fault));
}

bool putback_begin_reading(struct putback_loop *l, struct err *err)
{
	return putback_count_partitions(l, err) && putback_places(l, err) && putback_assign(l, err);
}

bool putback_all_read(const struct putback_loop *l)
{
	for (size_t i = 0; i < l->n_partitions; i++) {
		if (!l->partitions[i].is_read)
			return false;
	}
	return true;
}

int64_t putback_left(const struct putback_loop *l)
{
	int64_t left = 0;
	for (size_t i = 0; i < l->n_partitions; i++) {
		const struct putback_partition *p = &l->partitions[i];
		if (!p->is_read && p->end > p->position)
			left += p->end - p->position;
	}
	return left;
}

/* --- reading letters --------------------------------------------------------------------------------------------- */

static void putback_read_headers(struct putback_loop *l, struct putback_letter *letter)
{
	rd_kafka_headers_t *headers;
	const char *name;
	const void *value;
	size_t size;
	if (rd_kafka_message_headers(letter->message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	size_t n = rd_kafka_header_cnt(headers);
	letter->headers = ARENA_ARRAY(&l->arena, struct header, n);
	while (letter->n_headers < n &&
	       rd_kafka_header_get_all(headers, letter->n_headers, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR)
		letter->headers[letter->n_headers++] = (struct header){str_of(name), str_make(value, size)};
}

/* Offsets of a partition only rise. When they do not, its log is not the one that was read. */
static bool putback_went_back(const struct putback_loop *l, const rd_kafka_message_t *message, struct err *err)
{
	CHECK(message->partition >= 0 && (size_t)message->partition < l->n_partitions);
	const struct putback_partition *p = &l->partitions[message->partition];
	if (message->offset >= p->position)
		return false;
	err_set(err,
	        "partition %d of '%s' went back from offset %lld to %lld: was the topic made anew? Start the replay "
	        "again",
	        message->partition, l->topic, (long long)p->position, (long long)message->offset);
	return true;
}

/* Behind the end seen at start, or done in an earlier run: not ours. The message is taken in either case. */
static void putback_take(struct putback_loop *l, rd_kafka_message_t *message)
{
	struct putback_partition *p = &l->partitions[message->partition];
	if (message->offset >= p->end || done_has(&p->done, message->offset)) {
		p->is_read = message->offset >= p->end;
		p->position = message->offset + 1;
		rd_kafka_message_destroy(message);
		return;
	}
	CHECK(l->n_letters < l->round_letters);
	struct putback_letter *letter = &l->letters[l->n_letters++];
	*letter = (struct putback_letter){.message = message, .from = p->position};
	putback_read_headers(l, letter);
	struct putback_record record = {letter->headers, letter->n_headers, rd_kafka_message_timestamp(message, NULL)};
	letter->time_ms = record.time_ms;
	putback_read(&record, &l->with.config->kafka.input, &l->with.filter, &letter->putback);
	if (letter->putback.kind == PUTBACK_GOOD && !message->payload)
		letter->putback.kind = PUTBACK_STUB;
	l->n_bytes += message->len;
	p->position = message->offset + 1;
	p->is_read = p->position >= p->end;
}

/* True: something came. */
static bool putback_poll(struct putback_loop *l, struct err *err)
{
	rd_kafka_message_t *message = rd_kafka_consumer_poll(l->consumer, 100);
	if (!message)
		return false;
	if (!message->err && !putback_went_back(l, message, err)) {
		putback_take(l, message);
		return true;
	}
	if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
		l->partitions[message->partition].is_read = true;
	else if (message->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
	         message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		err_set(err, "cannot read '%s': %s", l->topic, rd_kafka_err2str(message->err));
	bool came = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
	rd_kafka_message_destroy(message);
	return came;
}

void putback_forget_round(struct putback_loop *l)
{
	for (size_t i = 0; i < l->n_letters; i++)
		rd_kafka_message_destroy(l->letters[i].message);
	l->n_letters = 0;
	l->n_bytes = 0;
	arena_reset(&l->arena);
}

bool putback_fill(struct putback_loop *l, struct err *err)
{
	int64_t heard_ms = clock_mono_ms(l->clock);
	while (l->n_letters < l->round_letters && l->n_bytes < PUTBACK_ROUND_BYTES && !putback_all_read(l) &&
	       !atomic_load(l->with.stop)) {
		bool came = putback_poll(l, err);
		if (err_is_set(err))
			return false;
		int64_t now_ms = clock_mono_ms(l->clock);
		heard_ms = came ? now_ms : heard_ms;
		if (!came && l->n_letters)
			return true; /* enough for a round; what stays away is asked for again */
		if (now_ms - heard_ms > PUTBACK_SILENCE_MS)
			return err_set(err, "nothing came from '%s' for %d s: %s", l->topic, PUTBACK_SILENCE_MS / 1000,
			               err_is_set(&l->trouble) ? l->trouble.words : "no broker answers");
	}
	return true;
}
