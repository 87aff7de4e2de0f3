#include "tests/flow/mock_worker.h"

#include "pipeline/base/check.h"
#include "pipeline/plan.h"
#include "producer/kafka_sink.h"
#include "tests/flow/directed.h"

#include <pthread.h>

#define STAGES       "decode,cleanup,language,fingerprint,dedup,route"
#define GROUP        "desk"
#define INSTANCE     "one"
#define FORMATS      5
#define READ_WAIT_MS 100

struct mock_worker {
	struct mock_worker_options with;
	rd_kafka_t *keeper; /* has the cluster, and puts messages into it */
	rd_kafka_mock_cluster_t *cluster;
	int64_t put[MOCK_WORKER_PARTITIONS];
	size_t n_stories;

	struct arena arena;
	struct metrics *metrics;
	struct plan plan;
	struct sink *sink;
	struct sink_limits limits;
	struct directed source;
	struct condemned *condemned;
	struct runner *runner;
	struct loop *loop;
	_Atomic bool stop;

	size_t seen, assignments;
	int64_t patience_until_ms;
	bool failed;
	enum loop_end end;
	struct err err;
};

static const struct feed feeds[] = {{.name = STR_INIT("default")}};
static const struct output_topics topics = {.fallback = "articles", .duplicates = "duplicates", .dead_letters = "dead"};

/* --- the director ------------------------------------------------------------------------------------------------ */

static void direct(void *arg)
{
	struct mock_worker *w = arg;
	if (clock_mono_ms(clock_system()) > w->patience_until_ms)
		mock_worker_fail(w, "nothing came of it for %d ms", MOCK_WORKER_PATIENCE_MS);
	if (!w->failed)
		w->with.direct(w, w->with.arg);
}

static void count_event(void *arg, const struct source_event *event)
{
	struct mock_worker *w = arg;
	w->seen += event->happening == SOURCE_MESSAGE;
	w->assignments += event->happening == SOURCE_ASSIGNED;
}

/* --- the cluster -------------------------------------------------------------------------------------------------- */

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char words[300];
	if (rd_kafka_conf_set(conf, name, value, words, sizeof(words)) != RD_KAFKA_CONF_OK)
		fail_msg("%s", words);
}

static void open_cluster(struct mock_worker *w)
{
	static const char *const names[] = {"raw", "articles", "duplicates", "dead"};
	char words[300], brokers[16];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	snprintf(brokers, sizeof(brokers), "%d", w->with.brokers);
	set(conf, "test.mock.num.brokers", brokers);
	set(conf, "log_level", "0");
	set(conf, "linger.ms", "0");
	set(conf, "message.max.bytes", "4000000");
	w->keeper = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
	assert_non_null(w->keeper);
	w->cluster = rd_kafka_handle_mock_cluster(w->keeper);
	assert_non_null(w->cluster);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(
		        rd_kafka_mock_topic_create(w->cluster, names[i], MOCK_WORKER_PARTITIONS, w->with.brokers),
		        RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* As worker/client.c does: what the library has to say is in the log, too. */
static void library_log(const rd_kafka_t *client, int level, const char *facility, const char *words)
{
	(void)level;
	log_debug("KAFKA-LIBRARY", "from the library", LOG_CSTR("client", rd_kafka_name(client)),
	          LOG_CSTR("facility", facility), LOG_CSTR("words", words));
}

/* Timeouts are the shortest that a busy machine bears; what is waited for is always an event. */
static rd_kafka_conf_t *client_conf(const struct mock_worker *w)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(w->cluster));
	rd_kafka_conf_set_log_cb(conf, library_log);
	if (w->with.debug)
		set(conf, "debug", "all");
	set(conf, "fetch.wait.max.ms", "50");
	set(conf, "reconnect.backoff.ms", "20");
	set(conf, "reconnect.backoff.max.ms", "200");
	return conf;
}

/* --- the worker --------------------------------------------------------------------------------------------------- */

static const char *hook_condemned(void *arg, const struct message *msg, int64_t part, enum reason *reason)
{
	return condemned_find(((struct mock_worker *)arg)->condemned, msg, part, reason);
}

static void hook_working(void *arg, size_t lane, const struct message *msg)
{
	struct mock_worker *w = arg;
	(void)lane;
	if (msg && w->with.work)
		w->with.work(w, w->with.arg);
}

static void open_stages(struct mock_worker *w)
{
	struct stage_env env = {.data_dir = STR(WD_SOURCE_DIR "/pipeline/stages"),
	                        .clock = clock_system(),
	                        .metrics = w->metrics,
	                        .limits = {.message_bytes = w->with.message_bytes,
	                                   .story_bytes = w->with.story_bytes,
	                                   .parts = 2000,
	                                   .parse_bytes = w->with.parse_bytes,
	                                   .depth = 64},
	                        .feeds = w->with.feeds,
	                        .n_feeds = w->with.n_feeds,
	                        .output = &topics};
	if (!plan_read(&w->plan, plan_choose(NULL, STR(STAGES), &w->arena), stage_registry, &w->arena, &w->err) ||
	    !plan_open(&w->plan, &env, &w->err))
		fail_msg("%s", w->err.words);
}

static void open_sink(struct mock_worker *w)
{
	rd_kafka_conf_t *conf = client_conf(w);
	struct kafka_sink_options options = {.template = conf,
	                                     .group = GROUP,
	                                     .instance = INSTANCE,
	                                     .transaction_ms = w->with.transaction_ms,
	                                     .topics = &topics,
	                                     .clock = clock_system()};
	w->sink = kafka_sink_new(&options, &w->err);
	rd_kafka_conf_destroy(conf);
	if (!w->sink || w->sink->ops->open(w->sink, &w->limits, &w->err) != PUBLISH_COMMITTED)
		fail_msg("%s", w->err.words);
}

static void open_runner(struct mock_worker *w)
{
	struct runner_options options = {.lanes = w->with.lanes,
	                                 .task_kind = TASK_THREAD,
	                                 .record_limit_bytes = w->with.sizes_unchecked ? 0 : w->limits.record_bytes,
	                                 .hooks = {w, hook_working, hook_condemned}};
	w->condemned = condemned_open(NULL, STR("mock"), STR(GROUP), &w->err);
	w->runner = runner_new(&w->plan, &options, &w->err);
	if (!w->condemned || !w->runner)
		fail_msg("%s", w->err.words);
}

static void open_source(struct mock_worker *w)
{
	static const char *const raw[] = {"raw"};
	struct kafka_source_options options = {.conf = client_conf(w),
	                                       .group = GROUP,
	                                       .instance = INSTANCE,
	                                       .topics = raw,
	                                       .n_topics = 1,
	                                       .cluster = STR("mock"),
	                                       .clock = clock_system()};
	set(options.conf, "session.timeout.ms", "3000");
	set(options.conf, "heartbeat.interval.ms", "500");
	w->source = (struct directed){
	        .inner = kafka_source_new(&options, &w->err), .before = direct, .after = count_event, .arg = w};
	if (!w->source.inner)
		fail_msg("%s", w->err.words);
	directed_init(&w->source);
}

static void open_loop(struct mock_worker *w)
{
	struct loop_setup setup = {.source = &w->source.source,
	                           .sink = w->sink,
	                           .runner = w->runner,
	                           .condemned = w->condemned,
	                           .clock = clock_system(),
	                           .metrics = w->metrics,
	                           .options = {.batch_stories = w->with.batch_stories,
	                                       .batch_bytes = 8000000,
	                                       .batch_wait_ms = 20,
	                                       .work_ms = 60000,
	                                       .transaction_ms = w->with.transaction_ms,
	                                       .stop_ms = w->with.stop_ms,
	                                       .idle_commit_ms = 100,
	                                       .back_off_min_ms = 1,
	                                       .back_off_max_ms = 100,
	                                       .until_end = w->with.until_end,
	                                       .publisher_task = TASK_THREAD},
	                           .lanes = w->with.lanes,
	                           .stop = &w->stop};
	w->loop = loop_new(&setup);
}

struct mock_worker *mock_worker_open(const struct mock_worker_options *options)
{
	struct mock_worker *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->with = *options;
	w->with.brokers = options->brokers ? options->brokers : 1;
	w->with.lanes = options->lanes ? options->lanes : 2;
	w->with.batch_stories = options->batch_stories ? options->batch_stories : 50;
	w->with.transaction_ms = options->transaction_ms ? options->transaction_ms : 10000;
	w->with.story_bytes = options->story_bytes ? options->story_bytes : 16000000;
	w->with.message_bytes = options->message_bytes ? options->message_bytes : 16000000;
	w->with.parse_bytes = options->parse_bytes ? options->parse_bytes : 128000000;
	if (!options->feeds) {
		w->with.feeds = feeds;
		w->with.n_feeds = 1;
	}
	w->metrics = metrics_new();
	arena_init(&w->arena, 0, 0);
	open_cluster(w);
	open_stages(w);
	open_sink(w);
	open_runner(w);
	open_source(w);
	open_loop(w);
	return w;
}

bool mock_worker_run(struct mock_worker *w)
{
	struct err err = {0};
	mock_worker_went_on(w);
	w->end = loop_run(w->loop, &err);
	if (!w->failed)
		w->err = err;
	return !w->failed;
}

void mock_worker_close(struct mock_worker **worker)
{
	struct mock_worker *w = *worker;
	*worker = NULL;
	if (loop_is_abandoned(w->loop))
		loop_free(&w->loop);
	w->sink->ops->close(w->sink);
	w->source.source.ops->close(&w->source.source);
	loop_free(&w->loop);
	runner_free(&w->runner);
	plan_close(&w->plan);
	condemned_close(&w->condemned);
	rd_kafka_destroy(w->keeper);
	metrics_free(&w->metrics);
	arena_free(&w->arena);
	free(w);
}

bool mock_worker_is_abandoned(const struct mock_worker *w)
{
	return loop_is_abandoned(w->loop);
}

enum loop_end mock_worker_end(const struct mock_worker *w)
{
	return w->end;
}

const char *mock_worker_words(const struct mock_worker *w)
{
	return w->err.words;
}

/* --- for the director --------------------------------------------------------------------------------------------- */

rd_kafka_mock_cluster_t *mock_worker_cluster(struct mock_worker *w)
{
	return w->cluster;
}

static void put_one(struct mock_worker *w, int32_t partition, struct str key, struct str value,
                    const struct header *headers, size_t n_headers)
{
	rd_kafka_headers_t *list = rd_kafka_headers_new(n_headers);
	for (size_t i = 0; i < n_headers; i++)
		rd_kafka_header_add(list, headers[i].name.p, (ssize_t)headers[i].name.n, headers[i].value.p,
		                    (ssize_t)headers[i].value.n);
	rd_kafka_resp_err_t error = rd_kafka_producev(
	        w->keeper, RD_KAFKA_V_TOPIC("raw"), RD_KAFKA_V_PARTITION(partition),
	        RD_KAFKA_V_KEY((void *)(uintptr_t)key.p, key.n), RD_KAFKA_V_VALUE((void *)(uintptr_t)value.p, value.n),
	        RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
	if (error) {
		rd_kafka_headers_destroy(list);
		mock_worker_fail(w, "cannot put a message: %s", rd_kafka_err2str(error));
	}
	w->put[partition]++;
}

static void flush(struct mock_worker *w)
{
	if (rd_kafka_flush(w->keeper, MOCK_WORKER_PATIENCE_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
		mock_worker_fail(w, "the mock cluster does not take messages");
}

void mock_worker_put(struct mock_worker *w, int32_t partition, struct str key, struct str value,
                     const struct header *headers, size_t n_headers)
{
	put_one(w, partition, key, value, headers, n_headers);
	flush(w);
}

/* Every story says its number in words of its own, so that none is a copy of another. */
static struct str story_text(char *room, size_t n, size_t number)
{
	static const char *const forms[FORMATS] = {
	        "Council number %zu votes on the harbour\n\nThe city council of district %zu voted on Monday to "
	        "repair the harbour wall, which the storms of last winter had damaged.\n",
	        "Stadtrat Nummer %zu stimmt ab\n\nDer Stadtrat von Bezirk %zu hat am Montag beschlossen, die Mauer am "
	        "Hafen zu erneuern, die im letzten Winter gelitten hatte.\n",
	        "\"Dewan nomor %zu memilih\\n\\nDewan kota di distrik %zu pada hari Senin memutuskan untuk memperbaiki "
	        "tembok pelabuhan yang rusak karena badai.\"",
	        "{\"headline\":\"Le conseil num\\u00e9ro %zu vote\",\"body\":\"Le conseil municipal du district %zu a "
	        "d\\u00e9cid\\u00e9 lundi de r\\u00e9parer le mur du port.\"}",
	        "{\"headlines\":[{\"value\":\"Council %zu meets again\"}],\"bodies\":[{\"value\":\"The members of "
	        "council %zu met again on Tuesday and talked about the budget.\"}]}"};
	int length = snprintf(room, n, forms[number % FORMATS], number, number);
	return str_make(room, (size_t)length);
}

void mock_worker_put_stories(struct mock_worker *w, size_t n)
{
	char text[600], key[32];
	for (size_t i = 0; i < n; i++) {
		size_t number = w->n_stories++;
		int length = snprintf(key, sizeof(key), "story-%zu", number);
		put_one(w, (int32_t)(number % MOCK_WORKER_PARTITIONS), str_make(key, (size_t)length),
		        story_text(text, sizeof(text), number), NULL, 0);
	}
	flush(w);
}

void mock_worker_condemn(struct mock_worker *w, int32_t partition, int64_t offset, enum reason reason)
{
	struct position at = {STR("mock"), STR("raw"), partition, offset};
	struct err err = {0};
	if (!condemned_add(w->condemned, &at, -1, reason, "for the test", &err))
		mock_worker_fail(w, "%s", err.words);
}

int64_t mock_worker_next(const struct mock_worker *w, int32_t partition)
{
	return w->put[partition];
}

void mock_worker_inject(struct mock_worker *w, enum mock_api api, rd_kafka_resp_err_t error)
{
	rd_kafka_mock_broker_push_request_error_rtts(w->cluster, 1, (int16_t)api, 1, error, 0);
}

size_t mock_worker_injected(struct mock_worker *w, enum mock_api api)
{
	size_t n = 0;
	rd_kafka_mock_broker_error_stack_cnt(w->cluster, 1, (int16_t)api, &n);
	return n;
}

void mock_worker_stop(struct mock_worker *w)
{
	atomic_store(&w->stop, true);
}

void mock_worker_fail(struct mock_worker *w, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!w->failed)
		vsnprintf(w->err.words, sizeof(w->err.words), format, args);
	va_end(args);
	w->failed = true;
	mock_worker_stop(w);
}

void mock_worker_went_on(struct mock_worker *w)
{
	w->patience_until_ms = clock_mono_ms(clock_system()) + MOCK_WORKER_PATIENCE_MS;
}

bool mock_worker_is_done(struct mock_worker *w)
{
	struct partition_status status[MOCK_WORKER_PARTITIONS];
	if (loop_partitions(w->loop, status, MOCK_WORKER_PARTITIONS) != MOCK_WORKER_PARTITIONS)
		return false;
	for (size_t i = 0; i < MOCK_WORKER_PARTITIONS; i++) {
		int64_t next = status[i].next < 0 ? 0 : status[i].next;
		if (next != w->put[status[i].partition])
			return false;
	}
	return true;
}

size_t mock_worker_committed(struct mock_worker *w)
{
	struct partition_status status[MOCK_WORKER_PARTITIONS];
	size_t n = loop_partitions(w->loop, status, MOCK_WORKER_PARTITIONS);
	size_t committed = 0;
	for (size_t i = 0; i < n; i++)
		committed += status[i].next < 0 ? 0 : (size_t)status[i].next;
	return committed;
}

size_t mock_worker_seen(const struct mock_worker *w)
{
	return w->seen;
}

size_t mock_worker_assignments(const struct mock_worker *w)
{
	return w->assignments;
}

const char *mock_worker_unready(const struct mock_worker *w)
{
	return loop_unready(w->loop);
}

const struct loop_status *mock_worker_status(const struct mock_worker *w)
{
	return loop_status(w->loop);
}

int64_t mock_worker_metric(struct mock_worker *w, enum metric_id id, const char *key, const char *value)
{
	return series_value(metrics_labelled(w->metrics, id, key, str_of(value)));
}

void mock_worker_metrics(struct mock_worker *w, struct buf *out)
{
	metrics_write(w->metrics, out);
}

/* --- the log ------------------------------------------------------------------------------------------------------ */

struct mock_log {
	pthread_mutex_t lock;
	struct buf text;
};

static void mock_log_write(void *arg, struct str line)
{
	struct mock_log *log = arg;
	pthread_mutex_lock(&log->lock);
	buf_str(&log->text, line);
	pthread_mutex_unlock(&log->lock);
}

struct mock_log *mock_log_start(enum log_level least)
{
	struct mock_log *log = calloc(1, sizeof(*log));
	assert_non_null(log);
	pthread_mutex_init(&log->lock, NULL);
	buf_init(&log->text, 64 << 20);
	log_setup(least, LOG_TEXT);
	log_redirect(mock_log_write, log);
	return log;
}

bool mock_log_has(struct mock_log *log, const char *part)
{
	pthread_mutex_lock(&log->lock);
	bool has = log->text.n && memmem(log->text.p, log->text.n, part, strlen(part));
	CHECK(!log->text.overflow);
	pthread_mutex_unlock(&log->lock);
	return has;
}

struct str mock_log_text(const struct mock_log *log)
{
	return buf_view(&log->text);
}

void mock_log_stop(struct mock_log **log)
{
	log_redirect(NULL, NULL);
	pthread_mutex_destroy(&(*log)->lock);
	buf_free(&(*log)->text);
	free(*log);
	*log = NULL;
}

/* --- what came out ------------------------------------------------------------------------------------------------ */

static rd_kafka_t *new_reader(struct mock_worker *w, const char *topic)
{
	char words[300];
	rd_kafka_conf_t *conf = client_conf(w);
	set(conf, "group.id", "reader");
	set(conf, "enable.auto.commit", "false");
	set(conf, "enable.partition.eof", "true");
	set(conf, "isolation.level", "read_uncommitted");
	rd_kafka_t *reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, words, sizeof(words));
	assert_non_null(reader);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(MOCK_WORKER_PARTITIONS);
	for (int32_t i = 0; i < MOCK_WORKER_PARTITIONS; i++)
		rd_kafka_topic_partition_list_add(list, topic, i)->offset = 0;
	assert_int_equal(rd_kafka_assign(reader, list), RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_topic_partition_list_destroy(list);
	return reader;
}

size_t mock_worker_read(struct mock_worker *w, const char *topic,
                        void (*each)(void *arg, const rd_kafka_message_t *record), void *arg)
{
	size_t n = 0;
	int ends = 0;
	rd_kafka_t *reader = new_reader(w, topic);
	int64_t until_ms = clock_mono_ms(clock_system()) + MOCK_WORKER_PATIENCE_MS;
	while (ends < MOCK_WORKER_PARTITIONS && clock_mono_ms(clock_system()) < until_ms) {
		rd_kafka_message_t *record = rd_kafka_consumer_poll(reader, READ_WAIT_MS);
		if (!record)
			continue;
		ends += record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
		n += !record->err;
		if (!record->err && each)
			each(arg, record);
		rd_kafka_message_destroy(record);
	}
	rd_kafka_consumer_close(reader);
	rd_kafka_destroy(reader);
	assert_int_equal(ends, MOCK_WORKER_PARTITIONS);
	return n;
}
