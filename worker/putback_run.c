/*
 * The loop of `wiredesk replay`.
 *
 * A round: read some letters, begin, produce what is good, flush, offsets, commit. A refusal names its request and not
 * its record, so a round that is refused is aborted and done again one letter at a time; the letter that is refused
 * alone stays where it is.
 */
#include "worker/putback_run.h"

#include "pipeline/base/check.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/log.h"
#include "worker/client.h"
#include "worker/command.h"
#include "worker/done.h"

#define PUTBACK_ASK_MS         30000
#define PUTBACK_SILENCE_MS     60000 /* so long no broker says anything: give up */
#define PUTBACK_ROUND_LETTERS  500
#define PUTBACK_ROUND_BYTES    ((size_t)8 << 20)
#define PUTBACK_PARTITIONS_MAX 10000
#define PUTBACK_TRIES          3

struct putback_partition {
	struct done done; /* as committed */
	struct done next; /* as this round will have it */
	int64_t position; /* behind the last letter read */
	int64_t end;      /* seen at start */
	bool is_read;
};

struct putback_letter {
	rd_kafka_message_t *message;
	int64_t from; /* where the partition stood before it; what lies between holds no letter */
	struct putback putback;
	struct header *headers;
	size_t n_headers;
	bool is_refused;
};

struct putback_loop {
	struct putback_setup with;
	struct putback_counts *counts;
	const char *topic;
	char group[300];
	rd_kafka_t *consumer, *producer;
	rd_kafka_consumer_group_metadata_t *metadata;
	struct clock *clock;
	struct putback_partition *partitions;
	size_t n_partitions;
	int *input_partitions; /* of each input topic */
	struct putback_letter letters[PUTBACK_ROUND_LETTERS];
	size_t n_letters, n_bytes;
	struct arena arena; /* headers of the round's letters */
	struct err trouble; /* last heard from the brokers */
	int n_failed;       /* reports of the transaction in progress */
	bool is_refusal;    /* the first one's: it is about a record, not about the surroundings */
	struct err failure; /* and its words */
};

/* --- callbacks, inside polls ------------------------------------------------------------------------------------- */

/* What a topic says of a record, whoever asks and how often. */
static bool putback_is_refusal(rd_kafka_resp_err_t fault)
{
	return fault == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || fault == RD_KAFKA_RESP_ERR_INVALID_MSG ||
	       fault == RD_KAFKA_RESP_ERR_INVALID_RECORD || fault == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP ||
	       fault == RD_KAFKA_RESP_ERR_POLICY_VIOLATION;
}

static void putback_fail(struct putback_loop *l, rd_kafka_resp_err_t fault)
{
	l->n_failed++;
	/* Purged are those that an earlier failure took with it. */
	if (fault == RD_KAFKA_RESP_ERR__PURGE_QUEUE || fault == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
		return;
	if (!err_is_set(&l->failure))
		l->is_refusal = putback_is_refusal(fault);
	err_set(&l->failure, "%s", rd_kafka_err2str(fault));
}

static void putback_on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	if (message->err)
		putback_fail(opaque, message->err);
}

static void putback_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
	(void)rk;
	(void)code;
	struct putback_loop *l = opaque;
	err_clear(&l->trouble);
	err_set(&l->trouble, "%.300s", reason);
}

/* --- clients ------------------------------------------------------------------------------------------------------ */

struct putback_property {
	const char *name, *value;
};

/* The promise rests on these, whatever the configuration says. */
static const struct putback_property putback_consumer_properties[] = {
        {"isolation.level", "read_committed"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "earliest"},
        {"enable.partition.eof", "true"},
        {"allow.auto.create.topics", "false"},
        {NULL, NULL},
};

static const struct putback_property putback_producer_properties[] = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"partitioner", "murmur2_random"}, /* as Java's, so that a key has one partition whoever writes it */
        {"linger.ms", "10"},
        {NULL, NULL},
};

static bool putback_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	char why[300];
	return rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK ||
	       err_set(err, "librdkafka refuses '%s': %s", name, why);
}

static bool putback_set_all(rd_kafka_conf_t *conf, const struct putback_property *properties, struct err *err)
{
	for (; properties->name; properties++) {
		if (!putback_set(conf, properties->name, properties->value, err))
			return false;
	}
	return true;
}

static rd_kafka_t *putback_client(struct putback_loop *l, rd_kafka_type_t type, rd_kafka_conf_t *conf, struct err *err)
{
	char why[300];
	rd_kafka_conf_set_opaque(conf, l);
	rd_kafka_conf_set_error_cb(conf, putback_on_error);
	if (type == RD_KAFKA_PRODUCER)
		rd_kafka_conf_set_dr_msg_cb(conf, putback_on_report);
	rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
	if (rk)
		return rk;
	rd_kafka_conf_destroy(conf);
	err_set(err, "librdkafka refuses the configuration: %s", why);
	return NULL;
}

static bool putback_open_consumer(struct putback_loop *l, struct err *err)
{
	rd_kafka_conf_t *conf = client_conf(l->with.config, CLIENT_CONSUMER, "replay", err);
	if (!conf)
		return false;
	if (!putback_set_all(conf, putback_consumer_properties, err) || !putback_set(conf, "group.id", l->group, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	l->consumer = putback_client(l, RD_KAFKA_CONSUMER, conf, err);
	if (!l->consumer)
		return false;
	rd_kafka_poll_set_consumer(l->consumer);
	return true;
}

/* Room for headers beside the value; whether the topic takes it is the broker's to say. */
static bool putback_set_producer(struct putback_loop *l, rd_kafka_conf_t *conf, struct err *err)
{
	char bytes[24], timeout[24], id[310];
	snprintf(bytes, sizeof bytes, "%lld", (long long)l->with.config->limits.message_bytes + (1 << 20));
	snprintf(timeout, sizeof timeout, "%lld", (long long)l->with.config->kafka.transaction_timeout_ms);
	snprintf(id, sizeof id, "%s/0", l->group);
	return putback_set_all(conf, putback_producer_properties, err) &&
	       putback_set(conf, "transactional.id", id, err) &&
	       putback_set(conf, "transaction.timeout.ms", timeout, err) &&
	       putback_set(conf, "message.max.bytes", bytes, err);
}

static bool putback_open_producer(struct putback_loop *l, struct err *err)
{
	rd_kafka_conf_t *conf = client_conf(l->with.config, CLIENT_PRODUCER, "replay", err);
	if (!conf)
		return false;
	if (!putback_set_producer(l, conf, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	l->producer = putback_client(l, RD_KAFKA_PRODUCER, conf, err);
	return l->producer != NULL;
}

/* The exit code of a transactional call that failed; says so. */
static int putback_fault(const char *what, rd_kafka_error_t *fault, struct err *err)
{
	bool is_fatal = rd_kafka_error_is_fatal(fault);
	bool is_fenced = rd_kafka_error_code(fault) == RD_KAFKA_RESP_ERR__FENCED;
	err_set(err, "%s: %s%s", what, rd_kafka_error_string(fault),
	        is_fenced ? "; another replay of this group has begun" : "");
	rd_kafka_error_destroy(fault);
	return is_fatal ? EXIT_CODE_FENCED : EXIT_CODE_FAILED;
}

/* Ends the open transaction of a replay that died, and keeps an older one from committing. */
static int putback_take_id(struct putback_loop *l, struct err *err)
{
	rd_kafka_error_t *fault = rd_kafka_init_transactions(l->producer, PUTBACK_ASK_MS);
	if (!fault)
		return EXIT_CODE_DONE;
	int code = putback_fault("cannot take the transactional id of replay", fault, err);
	if (err_is_set(&l->trouble))
		err_prefix(err, "%s", l->trouble.words);
	return code;
}

/* --- where to begin and to end ------------------------------------------------------------------------------------ */

/* How many partitions a topic has; 0 with err set: none that can be used. */
static int putback_ask_partitions(struct putback_loop *l, const char *name, struct err *err)
{
	const struct rd_kafka_metadata *found = NULL;
	rd_kafka_topic_t *topic = rd_kafka_topic_new(l->consumer, name, NULL);
	CHECK(topic);
	rd_kafka_resp_err_t fault = rd_kafka_metadata(l->consumer, 0, topic, &found, PUTBACK_ASK_MS);
	rd_kafka_topic_destroy(topic);
	if (fault) {
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

static rd_kafka_topic_partition_list_t *putback_list(const struct putback_loop *l)
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
	rd_kafka_resp_err_t fault = rd_kafka_query_watermark_offsets(l->consumer, l->topic, committed->partition, &low,
	                                                             &high, PUTBACK_ASK_MS);
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

static bool putback_all_read(const struct putback_loop *l)
{
	for (size_t i = 0; i < l->n_partitions; i++) {
		if (!l->partitions[i].is_read)
			return false;
	}
	return true;
}

/* --- reading letters ------------------------------------------------------------------------------------------------
 */

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
	struct putback_letter *letter = &l->letters[l->n_letters++];
	*letter = (struct putback_letter){.message = message, .from = p->position};
	putback_read_headers(l, letter);
	putback_read(letter->headers, letter->n_headers, &l->with.config->kafka.input, l->with.reason,
	             &letter->putback);
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
	if (!message->err) {
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

static void putback_forget_round(struct putback_loop *l)
{
	for (size_t i = 0; i < l->n_letters; i++)
		rd_kafka_message_destroy(l->letters[i].message);
	l->n_letters = 0;
	l->n_bytes = 0;
	arena_reset(&l->arena);
}

/* Some letters, or all there are. False with err set: nothing was heard for too long. */
static bool putback_fill(struct putback_loop *l, struct err *err)
{
	int64_t heard_ms = clock_mono_ms(l->clock);
	while (l->n_letters < PUTBACK_ROUND_LETTERS && l->n_bytes < PUTBACK_ROUND_BYTES && !putback_all_read(l) &&
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

/* --- one transaction ------------------------------------------------------------------------------------------------
 */

static rd_kafka_headers_t *putback_headers(const struct putback_letter *letter)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(letter->n_headers);
	for (size_t i = 0; i < letter->n_headers; i++) {
		const struct header *header = &letter->headers[i];
		if (putback_keeps(header))
			rd_kafka_header_add(headers, header->name.p, (ssize_t)header->name.n, header->value.p,
			                    (ssize_t)header->value.n);
	}
	return headers;
}

/* In its old partition, so that order holds as it did; where the topic has fewer now, the key decides. */
static void putback_produce(struct putback_loop *l, const struct putback_letter *letter)
{
	const struct putback *putback = &letter->putback;
	const rd_kafka_message_t *message = letter->message;
	bool has_place = putback->origin.partition < l->input_partitions[putback->input];
	rd_kafka_headers_t *headers = putback_headers(letter);
	/* The bytes stay where they are until the transaction has ended. */
	rd_kafka_resp_err_t fault = rd_kafka_producev(
	        l->producer, RD_KAFKA_V_TOPIC(l->with.config->kafka.input.items[putback->input].p),
	        RD_KAFKA_V_PARTITION(has_place ? putback->origin.partition : RD_KAFKA_PARTITION_UA),
	        RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_KEY(message->key, message->key_len),
	        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_END);
	if (!fault)
		return;
	rd_kafka_headers_destroy(headers);
	putback_fail(l, fault);
}

static bool putback_is_to_go(const struct putback_letter *letter)
{
	return letter->putback.kind == PUTBACK_GOOD && !letter->is_refused;
}

/* Letters first … last-1, until all are reported. False with err set: one failed, or the time is over. */
static bool putback_send(struct putback_loop *l, size_t first, size_t last, struct err *err)
{
	int64_t deadline_ms = clock_mono_ms(l->clock) + l->with.config->kafka.transaction_timeout_ms / 2;
	l->n_failed = 0;
	l->is_refusal = false;
	err_clear(&l->failure);
	for (size_t i = first; i < last && l->n_failed == 0; i++) {
		if (putback_is_to_go(&l->letters[i]))
			putback_produce(l, &l->letters[i]);
	}
	while (rd_kafka_outq_len(l->producer) > 0 && l->n_failed == 0) {
		rd_kafka_poll(l->producer, 10);
		if (clock_mono_ms(l->clock) > deadline_ms)
			return err_set(err, "the brokers do not answer%s%s", err_is_set(&l->trouble) ? ": " : "",
			               l->trouble.words);
	}
	if (l->n_failed)
		err_set(err, "%s", err_is_set(&l->failure) ? l->failure.words : "the transaction cannot go on");
	return l->n_failed == 0;
}

/* Is a letter of this kind settled, or does it stay for a later run? */
static bool putback_settles(const struct putback_letter *letter)
{
	switch (letter->putback.kind) {
	case PUTBACK_GOOD:
		return !letter->is_refused;
	case PUTBACK_STUB:
	case PUTBACK_NO_ORIGIN:
		return true;
	default:
		return false;
	}
}

static void putback_step(struct putback_loop *l, size_t first, size_t last)
{
	for (size_t i = 0; i < l->n_partitions; i++)
		done_copy(&l->partitions[i].next, &l->partitions[i].done);
	for (size_t i = first; i < last; i++) {
		const struct putback_letter *letter = &l->letters[i];
		struct done *next = &l->partitions[letter->message->partition].next;
		if (putback_settles(letter))
			done_add(next, letter->from, letter->message->offset + 1);
	}
}

/* NULL with err set: the gaps are too many to be written down. */
static rd_kafka_topic_partition_list_t *putback_offsets(struct putback_loop *l, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = putback_list(l);
	for (size_t i = 0; i < l->n_partitions; i++) {
		struct buf text;
		buf_init(&text, 2 * DONE_TEXT_MAX);
		list->elems[i].offset = l->partitions[i].next.base;
		if (!done_write(&l->partitions[i].next, &text)) {
			buf_free(&text);
			rd_kafka_topic_partition_list_destroy(list);
			err_set(err,
			        "dead letters that were put back and some that were left lie so mixed in '%s' "
			        "partition "
			        "%zu that a list of them no longer fits Kafka's offset metadata; put back the others "
			        "too, "
			        "without --reason",
			        l->topic, i);
			return NULL;
		}
		list->elems[i].metadata = text.n ? text.p : NULL; /* freed with the list */
		list->elems[i].metadata_size = text.n;
		if (!text.n)
			buf_free(&text);
	}
	return list;
}

/* Is the same call to be made again? Then the fault is gone. */
static bool putback_again(struct putback_loop *l, rd_kafka_error_t **fault, int64_t deadline_ms)
{
	if (!*fault || !rd_kafka_error_is_retriable(*fault) || clock_mono_ms(l->clock) >= deadline_ms)
		return false;
	rd_kafka_error_destroy(*fault);
	*fault = NULL;
	return true;
}

static rd_kafka_error_t *putback_end_transaction(struct putback_loop *l, rd_kafka_topic_partition_list_t *offsets)
{
	int timeout_ms = (int)l->with.config->kafka.transaction_timeout_ms;
	int64_t deadline_ms = clock_mono_ms(l->clock) + timeout_ms;
	rd_kafka_error_t *fault;
	do {
		fault = rd_kafka_send_offsets_to_transaction(l->producer, offsets, l->metadata, timeout_ms);
	} while (putback_again(l, &fault, deadline_ms));
	if (fault)
		return fault;
	do {
		fault = rd_kafka_commit_transaction(l->producer, timeout_ms);
	} while (putback_again(l, &fault, deadline_ms));
	return fault;
}

/* And takes the reports of what it purged, which else would be the next transaction's. */
static void putback_abort(struct putback_loop *l)
{
	int timeout_ms = (int)l->with.config->kafka.transaction_timeout_ms;
	int64_t deadline_ms = clock_mono_ms(l->clock) + timeout_ms;
	rd_kafka_error_t *fault = rd_kafka_abort_transaction(l->producer, timeout_ms);
	if (fault)
		rd_kafka_error_destroy(fault);
	while (rd_kafka_outq_len(l->producer) > 0 && clock_mono_ms(l->clock) < deadline_ms)
		rd_kafka_poll(l->producer, 10);
}

static void putback_count(struct putback_loop *l, size_t first, size_t last)
{
	struct putback_counts *counts = l->counts;
	for (size_t i = first; i < last; i++) {
		const struct putback_letter *letter = &l->letters[i];
		if (letter->is_refused) {
			counts->refused++;
			continue;
		}
		counts->letters[letter->putback.kind]++;
		if (letter->putback.kind != PUTBACK_GOOD)
			continue;
		counts->parts += letter->putback.n_parts;
		counts->reasons[letter->putback.reason]++;
	}
}

static void putback_committed(struct putback_loop *l, size_t first, size_t last)
{
	for (size_t i = 0; i < l->n_partitions; i++)
		done_copy(&l->partitions[i].done, &l->partitions[i].next);
	putback_count(l, first, last);
}

/* Records were thrown away and nothing said why: the next call of the transaction tells. It cannot commit any more. */
static void putback_ask_why(struct putback_loop *l, rd_kafka_topic_partition_list_t *offsets, struct err *err)
{
	rd_kafka_error_t *fault =
	        rd_kafka_send_offsets_to_transaction(l->producer, offsets, l->metadata, PUTBACK_ASK_MS);
	if (!fault)
		return;
	err_clear(err);
	err_set(err, "%s", rd_kafka_error_string(fault));
	rd_kafka_error_destroy(fault);
}

/* What was sent did not all arrive. Being fenced shows at once; everything else ends in an abort. */
static int putback_give_up(struct putback_loop *l, rd_kafka_topic_partition_list_t *offsets, struct err *err)
{
	char why[300];
	if (l->n_failed && !err_is_set(&l->failure))
		putback_ask_why(l, offsets, err);
	if (rd_kafka_fatal_error(l->producer, why, sizeof why)) {
		err_clear(err);
		err_set(err, "%s", why);
		return EXIT_CODE_FENCED;
	}
	putback_abort(l);
	return EXIT_CODE_FAILED;
}

static int putback_not_committed(struct putback_loop *l, rd_kafka_error_t *fault, struct err *err)
{
	bool aborts = rd_kafka_error_txn_requires_abort(fault);
	int code = putback_fault("the last dead letters may not have been put back; run replay again, it finds out",
	                         fault, err);
	if (aborts)
		putback_abort(l);
	return code;
}

enum putback_next { PUTBACK_GO_ON, PUTBACK_SPLIT, PUTBACK_TRY_AGAIN, PUTBACK_END };

static enum putback_next putback_after_failure(const struct putback_loop *l, int code)
{
	if (code != EXIT_CODE_FAILED || l->n_failed == 0)
		return PUTBACK_END;
	if (l->is_refusal)
		return PUTBACK_SPLIT;
	return err_is_set(&l->failure) ? PUTBACK_END : PUTBACK_TRY_AGAIN;
}

/* Letters first … last-1 as one transaction. Answers the exit code, where it is to end. */
static int putback_transact(struct putback_loop *l, size_t first, size_t last, enum putback_next *next, struct err *err)
{
	*next = PUTBACK_END;
	putback_step(l, first, last);
	rd_kafka_topic_partition_list_t *offsets = putback_offsets(l, err);
	if (!offsets)
		return EXIT_CODE_FAILED;
	rd_kafka_error_t *fault = rd_kafka_begin_transaction(l->producer);
	if (!fault && !putback_send(l, first, last, err)) {
		int code = putback_give_up(l, offsets, err);
		rd_kafka_topic_partition_list_destroy(offsets);
		*next = putback_after_failure(l, code);
		return code;
	}
	if (!fault)
		fault = putback_end_transaction(l, offsets);
	rd_kafka_topic_partition_list_destroy(offsets);
	if (!fault) {
		*next = PUTBACK_GO_ON;
		putback_committed(l, first, last);
		return EXIT_CODE_DONE;
	}
	return putback_not_committed(l, fault, err);
}

/* --- rounds
 * ----------------------------------------------------------------------------------------------------------- */

static void putback_refused(struct putback_loop *l, struct putback_letter *letter, struct err *err)
{
	letter->is_refused = true;
	err_set(&l->counts->refusal, "%s/%d/%lld: %s", l->topic, letter->message->partition,
	        (long long)letter->message->offset, err->words);
	err_clear(err);
}

/*
 * Where one transaction was refused, librdkafka may take the next for spoilt too ("skipped sequence numbers"): the
 * trouble of the first is noted a moment after its report. So what failed without a reason of its own is tried again.
 */
static int putback_try(struct putback_loop *l, size_t first, size_t last, enum putback_next *next, struct err *err)
{
	int code = EXIT_CODE_FAILED;
	*next = PUTBACK_TRY_AGAIN;
	for (int i = 0; i < PUTBACK_TRIES && *next == PUTBACK_TRY_AGAIN; i++) {
		err_clear(err);
		code = putback_transact(l, first, last, next, err);
	}
	return code;
}

/* Each letter by itself; who is refused alone stays behind. */
static int putback_one_by_one(struct putback_loop *l, struct err *err)
{
	for (size_t i = 0; i < l->n_letters; i++) {
		enum putback_next next;
		int code = putback_try(l, i, i + 1, &next, err);
		if (next == PUTBACK_SPLIT) {
			putback_refused(l, &l->letters[i], err);
			putback_count(l, i, i + 1);
		} else if (next != PUTBACK_GO_ON) {
			return code;
		}
	}
	return EXIT_CODE_DONE;
}

static int putback_round(struct putback_loop *l, struct err *err)
{
	enum putback_next next;
	if (l->with.dry_run) {
		putback_count(l, 0, l->n_letters);
		return EXIT_CODE_DONE;
	}
	int code = putback_try(l, 0, l->n_letters, &next, err);
	if (next != PUTBACK_SPLIT)
		return code;
	err_clear(err);
	return putback_one_by_one(l, err);
}

static int putback_rounds(struct putback_loop *l, struct err *err)
{
	while (!putback_all_read(l) && !atomic_load(l->with.stop)) {
		if (!putback_fill(l, err))
			return EXIT_CODE_FAILED;
		int code = l->n_letters ? putback_round(l, err) : EXIT_CODE_DONE;
		putback_forget_round(l);
		if (code != EXIT_CODE_DONE)
			return code;
	}
	return EXIT_CODE_DONE;
}

/* --- life
 * ------------------------------------------------------------------------------------------------------------- */

/* The transactional id is taken before anybody asks where the group stands. */
static int putback_open(struct putback_loop *l, struct err *err)
{
	if (!l->with.dry_run) {
		if (!putback_open_producer(l, err))
			return EXIT_CODE_USAGE;
		int code = putback_take_id(l, err);
		if (code != EXIT_CODE_DONE)
			return code;
	}
	if (!putback_open_consumer(l, err))
		return EXIT_CODE_USAGE;
	l->metadata = rd_kafka_consumer_group_metadata_new(l->group);
	return putback_count_partitions(l, err) && putback_places(l, err) && putback_assign(l, err) ? EXIT_CODE_DONE
	                                                                                            : EXIT_CODE_FAILED;
}

static void putback_close(struct putback_loop *l)
{
	putback_forget_round(l);
	for (size_t i = 0; i < l->n_partitions; i++) {
		done_free(&l->partitions[i].done);
		done_free(&l->partitions[i].next);
	}
	free(l->partitions);
	free(l->input_partitions);
	arena_free(&l->arena);
	if (l->metadata)
		rd_kafka_consumer_group_metadata_destroy(l->metadata);
	if (l->producer)
		rd_kafka_destroy(l->producer);
	if (l->consumer) {
		rd_kafka_consumer_close(l->consumer);
		rd_kafka_destroy(l->consumer);
	}
	free(l);
}

int putback_run(const struct putback_setup *setup, struct putback_counts *counts, struct err *err)
{
	struct putback_loop *l = calloc(1, sizeof *l);
	CHECK(l);
	*counts = (struct putback_counts){0};
	l->with = *setup;
	l->counts = counts;
	l->topic = setup->config->output.dead_letters;
	l->clock = clock_system();
	snprintf(l->group, sizeof l->group, "%s.replay", setup->config->kafka.group.p);
	arena_init(&l->arena, 0, 0);
	int code = putback_open(l, err);
	if (code == EXIT_CODE_DONE)
		code = putback_rounds(l, err);
	putback_close(l);
	return code;
}
