/*
 * A canary word in every place of a message, in good stories and in broken ones of every kind, through the whole
 * worker: it must come out in records and dead letters, and be neither in the log, however talkative, nor in metrics,
 * nor in the words of an error.
 */
#include "tests/flow/mock_worker.h"

/* Eight letters, so that it may even stand in a language tag. */
#define CANARY "Qzkanary"

static const struct feed canary_feeds[] = {
        {.name = STR_INIT("latin"),
         .charset = STR_INIT("ISO-8859-1"),
         .match_header = STR_INIT("feed"),
         .match_header_value = STR_INIT("latin")},
        {.name = STR_INIT("utf8"),
         .charset = STR_INIT("UTF-8"),
         .match_header = STR_INIT("feed"),
         .match_header_value = STR_INIT("utf8")},
        {.name = STR_INIT("json"),
         .format = STR_INIT("json"),
         .match_header = STR_INIT("feed"),
         .match_header_value = STR_INIT("json")},
        {.name = STR_INIT("default")},
};

/* --- what goes in ------------------------------------------------------------------------------------------------- */

struct canary {
	bool put;
	bool refused;
	struct mock_log *log;
};

static void put(struct mock_worker *w, const char *feed, struct str value)
{
	const struct header headers[] = {{STR("feed"), str_of(feed)},
	                                 {STR("x-" CANARY), STR(CANARY)},
	                                 {STR("traceparent"), STR("00-" CANARY "-01")}};
	mock_worker_put(w, 0, STR("key-" CANARY), value, headers, 3);
}

static void put_replay(struct mock_worker *w, const char *origin, const char *part, struct str value)
{
	const struct header headers[] = {{STR("wiredesk-origin"), str_of(origin)},
	                                 {STR("wiredesk-part"), str_of(part)},
	                                 {STR("wiredesk-first-seen"), STR(CANARY)}};
	mock_worker_put(w, 0, STR(CANARY), value, headers, 3);
}

/* `text` between a beginning and an end, `n` times; freed by the caller. */
static struct str repeated(const char *begin, const char *text, size_t n, const char *end)
{
	struct buf b;
	buf_init(&b, 64 << 20);
	buf_str(&b, str_of(begin));
	for (size_t i = 0; i < n; i++)
		buf_str(&b, str_of(text));
	buf_str(&b, str_of(end));
	assert_false(b.overflow);
	return buf_view(&b);
}

static void put_repeated(struct mock_worker *w, const char *begin, const char *text, size_t n, const char *end)
{
	struct str value = repeated(begin, text, n, end);
	put(w, "none", value);
	free((void *)(uintptr_t)value.p);
}

static void put_good_ones(struct mock_worker *w)
{
	put(w, "none", STR(CANARY " says\n\nThe word " CANARY " stands in headline and body.\n"));
	put(w, "none", STR("A twin of\n\nthe word " CANARY ".\n"));
	put(w, "none", STR("A twin of\n\nthe word " CANARY ".\n"));
	put(w, "latin",
	    STR("Gr\xfc\xdf"
	        "e\n\nvon " CANARY ".\n"));
	put(w, "none",
	    STR("{\"headline\":\"" CANARY "\",\"body\":\"" CANARY "\",\"guid\":\"" CANARY "\",\"uri\":\"tag:" CANARY
	        "\",\"language\":\"en-x-" CANARY "\",\"version\":\"" CANARY "\",\"by\":\"" CANARY
	        "\",\"slugline\":\"" CANARY "\",\"located\":\"" CANARY "\",\"edNote\":\"" CANARY
	        "\",\"urgency\":\"" CANARY "\",\"type\":\"" CANARY "\",\"versionCreated\":\"" CANARY
	        "\",\"copyrightNotice\":\"" CANARY "\",\"" CANARY "\":\"" CANARY "\"}"));
	put(w, "none",
	    STR("{\"headlines\":[{\"value\":\"" CANARY "\"}],\"bodies\":[{\"value\":\"<p>" CANARY
	        "</p>\",\"contentType\":\"text/html\"}],\"subjects\":[{\"name\":\"" CANARY "\"}],\"language\":\"" CANARY
	        "\",\"pubStatus\":\"" CANARY "\",\"profile\":\"" CANARY "\"}"));
}

static void put_broken_ones(struct mock_worker *w)
{
	put(w, "none", STR("not text: \xff\xfe" CANARY "\xc3"));
	put(w, "none", STR("not text: \0" CANARY));
	put(w, "utf8", STR("not UTF-8: \xff\xff\xff\xff" CANARY));
	put(w, "json", STR("no JSON: " CANARY));
	put(w, "none", STR("[\"" CANARY "\\u0000\"]"));
	put(w, "none", STR("{\"headline\":\"" CANARY "\",\"headline\":\"" CANARY "\"}"));
	put(w, "none", STR("{\"" CANARY "\":\"" CANARY "\"}"));
	put(w, "none", STR("[true,\"" CANARY "\"]"));
	put_repeated(w, "", "[", 200, "\"" CANARY "\"");
	put_repeated(w, "[", "{\"body\":\"" CANARY "\"},", 2100, "{\"body\":\"x\"}]");
	put_repeated(w, "", CANARY " ", 100000, "");            /* limit-message */
	put_repeated(w, CANARY "\n\n", "\"", 560000, "");       /* limit-record */
	put_repeated(w, "[\"" CANARY "\"", ",1", 100000, "]");  /* limit-parse */
	put_repeated(w, CANARY "\n\n", "\x01\x02", 350000, ""); /* limit-story: removed bytes are told one by one */
	put_replay(w, "c/" CANARY "/x/1", "0", STR("a header that cannot be read"));
	put_replay(w, "c/" CANARY "/0/1", CANARY, STR("a header that cannot be read"));
	put_replay(w, "c/" CANARY "/0/1", "7", STR("no such part: " CANARY));
	mock_worker_condemn(w, 0, mock_worker_next(w, 0), REASON_POISON);
	put(w, "none", STR("poison: " CANARY));
	put(w, "none", (struct str){0});
	put(w, "none", STR("[]"));
}

static void put_a_refused_one(struct mock_worker *w)
{
	rd_kafka_mock_topic_set_error(mock_worker_cluster(w), "articles", RD_KAFKA_RESP_ERR_POLICY_VIOLATION);
	put(w, "none", STR("Refused\n\nThe policy of " CANARY " is against it.\n"));
}

static void direct_canary(struct mock_worker *w, void *arg)
{
	struct canary *canary = arg;
	if (!canary->put) {
		canary->put = true;
		put_good_ones(w);
		put_broken_ones(w);
	} else if (!mock_worker_is_done(w)) {
		return;
	} else if (!canary->refused) {
		canary->refused = true;
		put_a_refused_one(w);
	} else {
		rd_kafka_mock_topic_set_error(mock_worker_cluster(w), "articles", RD_KAFKA_RESP_ERR_NO_ERROR);
		mock_worker_stop(w);
	}
}

/* --- what comes out ----------------------------------------------------------------------------------------------- */

/* In any case of letters: tags and names may have been spelled anew. */
static const char *find_canary(struct str text)
{
	const size_t n = strlen(CANARY);
	for (size_t i = 0; i + n <= text.n; i++) {
		if ((text.p[i] | 0x20) == (CANARY[0] | 0x20) && strncasecmp(text.p + i, CANARY, n) == 0)
			return text.p + i;
	}
	return NULL;
}

static void assert_no_canary(struct str text, const char *where)
{
	const char *hit = find_canary(text);
	if (!hit)
		return;
	size_t from = (size_t)(hit - text.p) > 300 ? (size_t)(hit - text.p) - 300 : 0;
	print_error("the canary is in the %s: %.*s\n", where, STR_ARG(str_slice(text, from, from + 400)));
	fail();
}

struct seen {
	size_t n_with_canary;
	bool reasons[REASON_COUNT];
};

static void see_record(void *arg, const rd_kafka_message_t *record)
{
	struct seen *seen = arg;
	seen->n_with_canary += find_canary(str_make(record->payload, record->len)) != NULL;
}

static void see_dead_letter(void *arg, const rd_kafka_message_t *record)
{
	struct seen *seen = arg;
	rd_kafka_headers_t *headers;
	const char *name;
	const void *value;
	size_t n;
	see_record(arg, record);
	assert_int_equal(rd_kafka_message_headers(record, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
	for (size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &n); i++) {
		struct str text = str_make(value, n);
		if (strcmp(name, "wiredesk-error") == 0)
			assert_no_canary(text, "words of an error");
		for (enum reason r = 0; strcmp(name, "wiredesk-reason") == 0 && r < REASON_COUNT; r++)
			seen->reasons[r] |= str_is(text, reason_word(r));
	}
}

/* Every reason a story can die of here; bad-charset needs a charset that not every byte is valid in. */
static void assert_all_reasons(const struct seen *seen)
{
	static const enum reason reasons[] = {
	        REASON_NOT_TEXT,      REASON_BAD_CHARSET,  REASON_BAD_JSON,    REASON_BAD_FORMAT,  REASON_BAD_HEADER,
	        REASON_LIMIT_MESSAGE, REASON_LIMIT_STORY,  REASON_LIMIT_DEPTH, REASON_LIMIT_PARTS, REASON_LIMIT_PARSE,
	        REASON_LIMIT_RECORD,  REASON_NO_SUCH_PART, REASON_REFUSED,     REASON_POISON};
	size_t n_missing = 0;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		if (!seen->reasons[reasons[i]])
			print_error("no dead letter says '%s'\n", reason_word(reasons[i]));
		n_missing += !seen->reasons[reasons[i]];
	}
	assert_int_equal(n_missing, 0);
}

/* A word that comes too often is held back; not on a clock that leaps. */
static int64_t leaping_us(struct clock *clock)
{
	static _Atomic int64_t us;
	(void)clock;
	return atomic_fetch_add(&us, 60 * 1000 * 1000);
}

static int64_t leaping_ms(struct clock *clock)
{
	return 1700000000000 + leaping_us(clock) / 1000;
}

static void a_word_of_a_story_is_in_no_log_and_no_metric(void **state)
{
	(void)state;
	struct clock leaping = {.mono_us = leaping_us, .wall_ms = leaping_ms};
	struct canary canary = {.log = mock_log_start(LOG_DEBUG)};
	struct buf metrics;
	struct seen articles = {0}, duplicates = {0}, dead = {0};
	log_clock(&leaping);
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){.direct = direct_canary,
	                                                                       .arg = &canary,
	                                                                       .message_bytes = 850000,
	                                                                       .story_bytes = 4000000,
	                                                                       .parse_bytes = 3000000,
	                                                                       .feeds = canary_feeds,
	                                                                       .n_feeds = 4,
	                                                                       .debug = true});
	bool well = mock_worker_run(w);
	if (!well || mock_worker_end(w) != LOOP_DONE)
		fail_msg("ended with %d: %s", mock_worker_end(w), mock_worker_words(w));
	buf_init(&metrics, 8 << 20);
	mock_worker_metrics(w, &metrics);
	mock_worker_read(w, "articles", see_record, &articles);
	mock_worker_read(w, "duplicates", see_record, &duplicates);
	mock_worker_read(w, "dead", see_dead_letter, &dead);
	mock_worker_close(&w);
	assert_all_reasons(&dead);
	assert_true(articles.n_with_canary >= 4);
	assert_true(duplicates.n_with_canary >= 1);
	assert_true(dead.n_with_canary >= 10);
	assert_true(mock_log_has(canary.log, "RECORD-REFUSED") && mock_log_has(canary.log, "KAFKA-LIBRARY"));
	assert_no_canary(mock_log_text(canary.log), "log");
	assert_no_canary(buf_view(&metrics), "metrics");
	log_clock(NULL);
	buf_free(&metrics);
	mock_log_stop(&canary.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_word_of_a_story_is_in_no_log_and_no_metric),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
