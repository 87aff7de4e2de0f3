/*
 * The bare loop that wiredesk is measured against: consume, produce the same bytes, commit, exactly once, nothing else.
 *
 *     passthrough BROKERS INPUT OUTPUT GROUP COUNT [STORIES_A_BATCH]
 *
 * Ends after COUNT messages are committed. Two batches in flight, as in the worker: this thread fills one while the
 * publisher's commits the other. The settings are the ones that proved quickest with librdkafka 2.0.2; without them
 * (one request a partition, a delivery report, a short back-off) the loop costs more than twice as much, and the
 * comparison would flatter us.
 *
 * Limitations: one worker, no rebalance while it runs, any error ends it with exit code 1. It is a measure, not a
 * program.
 */
#include <librdkafka/rdkafka.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PARTITIONS_MAX 64
#define BATCH_WAIT_MS  100
#define TIMEOUT_MS     30000

struct batch {
	rd_kafka_message_t **messages;
	size_t n;
	int64_t next[PARTITIONS_MAX]; /* 0: nothing of this partition */
};

struct passthrough {
	const char *input, *output;
	rd_kafka_t *consumer, *producer;
	size_t batch_stories;
	int64_t count;
	rd_kafka_consumer_group_metadata_t *metadata; /* of the last assignment */

	/* One mailbox: the batch that is being published, NULL when there is none. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct batch *published;
	bool done;
};

__attribute__((format(printf, 1, 2), noreturn)) static void passthrough_die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("passthrough: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void passthrough_check(rd_kafka_error_t *error, const char *what)
{
	if (error)
		passthrough_die("%s: %s", what, rd_kafka_error_string(error));
}

/* --- clients ----------------------------------------------------------------------------------------------------- */

static rd_kafka_conf_t *passthrough_conf(const char *const *pairs)
{
	char words[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	for (; *pairs; pairs += 2)
		if (rd_kafka_conf_set(conf, pairs[0], pairs[1], words, sizeof(words)) != RD_KAFKA_CONF_OK)
			passthrough_die("%s", words);
	return conf;
}

static rd_kafka_t *passthrough_client(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
	char words[256];
	rd_kafka_t *client = rd_kafka_new(type, conf, words, sizeof(words));
	if (!client)
		passthrough_die("%s", words);
	return client;
}

static void passthrough_on_report(rd_kafka_t *producer, const rd_kafka_message_t *report, void *opaque)
{
	(void)producer, (void)opaque;
	if (report->err)
		passthrough_die("a record failed: %s", rd_kafka_err2str(report->err));
}

static void passthrough_on_rebalance(rd_kafka_t *consumer, rd_kafka_resp_err_t event,
                                     rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
	struct passthrough *p = opaque;
	if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		p->metadata = rd_kafka_consumer_group_metadata(consumer);
		rd_kafka_assign(consumer, partitions);
	} else {
		rd_kafka_assign(consumer, NULL);
	}
}

static void passthrough_open_producer(struct passthrough *p, const char *brokers, const char *group)
{
	const char *pairs[] = {"bootstrap.servers",
	                       brokers,
	                       "transactional.id",
	                       group,
	                       "transaction.timeout.ms",
	                       "30000",
	                       "batch.size",
	                       "8000000",
	                       "message.max.bytes",
	                       "8000000",
	                       "batch.num.messages",
	                       "100000",
	                       "linger.ms",
	                       "100",
	                       "retry.backoff.ms",
	                       "10",
	                       "queue.buffering.max.messages",
	                       "100000",
	                       "queue.buffering.max.kbytes",
	                       "1000000",
	                       "socket.nagle.disable",
	                       "true",
	                       NULL};
	rd_kafka_conf_t *conf = passthrough_conf(pairs);
	rd_kafka_conf_set_dr_msg_cb(conf, passthrough_on_report);
	p->producer = passthrough_client(RD_KAFKA_PRODUCER, conf);
	passthrough_check(rd_kafka_init_transactions(p->producer, TIMEOUT_MS), "cannot take the transactional id");

	/* Otherwise the first record waits for metadata, up to a second. */
	const struct rd_kafka_metadata *metadata;
	rd_kafka_topic_t *topic = rd_kafka_topic_new(p->producer, p->output, NULL);
	rd_kafka_resp_err_t error = rd_kafka_metadata(p->producer, 0, topic, &metadata, TIMEOUT_MS);
	if (error)
		passthrough_die("cannot ask about topic '%s': %s", p->output, rd_kafka_err2str(error));
	rd_kafka_metadata_destroy(metadata);
	rd_kafka_topic_destroy(topic);
}

static void passthrough_open_consumer(struct passthrough *p, const char *brokers, const char *group)
{
	const char *pairs[] = {"bootstrap.servers",
	                       brokers,
	                       "group.id",
	                       group,
	                       "isolation.level",
	                       "read_committed",
	                       "enable.auto.commit",
	                       "false",
	                       "enable.auto.offset.store",
	                       "false",
	                       "auto.offset.reset",
	                       "earliest",
	                       "partition.assignment.strategy",
	                       "range",
	                       "fetch.wait.max.ms",
	                       "100",
	                       "socket.nagle.disable",
	                       "true",
	                       NULL};
	rd_kafka_conf_t *conf = passthrough_conf(pairs);
	rd_kafka_conf_set_rebalance_cb(conf, passthrough_on_rebalance);
	rd_kafka_conf_set_opaque(conf, p);
	p->consumer = passthrough_client(RD_KAFKA_CONSUMER, conf);
	rd_kafka_poll_set_consumer(p->consumer);

	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(topics, p->input, RD_KAFKA_PARTITION_UA);
	rd_kafka_resp_err_t error = rd_kafka_subscribe(p->consumer, topics);
	if (error)
		passthrough_die("cannot subscribe to '%s': %s", p->input, rd_kafka_err2str(error));
	rd_kafka_topic_partition_list_destroy(topics);
}

/* --- the publisher ----------------------------------------------------------------------------------------------- */

static void passthrough_produce(struct passthrough *p, rd_kafka_message_t *msg)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(3);
	rd_kafka_header_add(headers, "source", -1, "bench", 5);
	rd_kafka_header_add(headers, "kind", -1, "story", 5);
	rd_kafka_header_add(headers, "content-type", -1, "application/json", 16);
	for (;;) {
		rd_kafka_resp_err_t error = rd_kafka_producev(
		        p->producer, RD_KAFKA_V_TOPIC(p->output), RD_KAFKA_V_MSGFLAGS(0),
		        RD_KAFKA_V_KEY(msg->key, msg->key_len), RD_KAFKA_V_VALUE(msg->payload, msg->len),
		        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
		if (!error)
			return;
		if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
			passthrough_die("cannot produce: %s", rd_kafka_err2str(error));
		rd_kafka_poll(p->producer, 10);
	}
}

static void passthrough_send_offsets(struct passthrough *p, const struct batch *batch)
{
	rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(PARTITIONS_MAX);
	for (int32_t i = 0; i < PARTITIONS_MAX; i++)
		if (batch->next[i])
			rd_kafka_topic_partition_list_add(offsets, p->input, i)->offset = batch->next[i];
	passthrough_check(rd_kafka_send_offsets_to_transaction(p->producer, offsets, p->metadata, TIMEOUT_MS),
	                  "cannot send offsets");
	rd_kafka_topic_partition_list_destroy(offsets);
}

static void passthrough_publish(struct passthrough *p, struct batch *batch)
{
	passthrough_check(rd_kafka_begin_transaction(p->producer), "cannot begin");
	for (size_t i = 0; i < batch->n; i++)
		passthrough_produce(p, batch->messages[i]);
	passthrough_send_offsets(p, batch);
	/* commit flushes, and a flush does not wait for linger.ms; no record is refused here, so it cannot stall. */
	passthrough_check(rd_kafka_commit_transaction(p->producer, -1), "cannot commit");

	for (size_t i = 0; i < batch->n; i++)
		rd_kafka_message_destroy(batch->messages[i]);
	batch->n = 0;
	memset(batch->next, 0, sizeof(batch->next));
}

static void *passthrough_publisher(void *arg)
{
	struct passthrough *p = arg;
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!p->published && !p->done)
			pthread_cond_wait(&p->changed, &p->lock);
		if (!p->published)
			break;
		pthread_mutex_unlock(&p->lock);
		passthrough_publish(p, p->published);
		pthread_mutex_lock(&p->lock);
		p->published = NULL;
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* --- the loop ---------------------------------------------------------------------------------------------------- */

static int64_t passthrough_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void passthrough_fill(struct passthrough *p, struct batch *batch, int64_t wanted)
{
	int64_t first_ms = 0;
	while (batch->n < p->batch_stories && (int64_t)batch->n < wanted) {
		if (batch->n > 0 && passthrough_now_ms() - first_ms >= BATCH_WAIT_MS)
			return;
		rd_kafka_message_t *msg = rd_kafka_consumer_poll(p->consumer, BATCH_WAIT_MS);
		if (!msg)
			continue;
		if (msg->err || msg->partition >= PARTITIONS_MAX)
			passthrough_die("cannot consume: %s", rd_kafka_message_errstr(msg));
		if (batch->n == 0)
			first_ms = passthrough_now_ms();
		batch->next[msg->partition] = msg->offset + 1;
		batch->messages[batch->n++] = msg;
	}
}

static void passthrough_hand_over(struct passthrough *p, struct batch *batch)
{
	pthread_mutex_lock(&p->lock);
	while (p->published)
		pthread_cond_wait(&p->changed, &p->lock);
	p->published = batch;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

static void passthrough_run(struct passthrough *p)
{
	struct batch batches[2] = {0};
	for (int i = 0; i < 2; i++)
		batches[i].messages = calloc(p->batch_stories, sizeof(*batches[i].messages));
	pthread_t publisher;
	pthread_create(&publisher, NULL, passthrough_publisher, p);

	/* When a batch is taken by the publisher, the one before has come back: two are enough. */
	int64_t seen = 0;
	for (int i = 0; seen < p->count; i ^= 1) {
		passthrough_fill(p, &batches[i], p->count - seen);
		seen += (int64_t)batches[i].n;
		passthrough_hand_over(p, &batches[i]);
	}

	pthread_mutex_lock(&p->lock);
	p->done = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(publisher, NULL);
	for (int i = 0; i < 2; i++)
		free(batches[i].messages);
}

int main(int argc, char **argv)
{
	if (argc < 6 || argc > 7)
		passthrough_die("usage: passthrough BROKERS INPUT OUTPUT GROUP COUNT [STORIES_A_BATCH]");
	struct passthrough p = {
	        .input = argv[2],
	        .output = argv[3],
	        .count = strtoll(argv[5], NULL, 10),
	        .batch_stories = argc > 6 ? strtoul(argv[6], NULL, 10) : 1000,
	        .lock = PTHREAD_MUTEX_INITIALIZER,
	        .changed = PTHREAD_COND_INITIALIZER,
	};
	if (p.count < 1 || p.batch_stories < 1)
		passthrough_die("COUNT and STORIES_A_BATCH are numbers from 1 on");

	passthrough_open_producer(&p, argv[1], argv[4]);
	passthrough_open_consumer(&p, argv[1], argv[4]);
	passthrough_run(&p);

	rd_kafka_consumer_group_metadata_destroy(p.metadata);
	rd_kafka_consumer_close(p.consumer);
	rd_kafka_destroy(p.consumer);
	rd_kafka_destroy(p.producer);
	return 0;
}
