/*
 * The whole worker on the mock cluster: nothing wrong, a stop in the middle, records that are refused.
 */
#include "tests/flow/mock_script.h"

/* --- what the tests share ----------------------------------------------------------------------------------------- */

struct letters {
	size_t n, n_stubs;
	char reasons[200];
	size_t value_bytes;
};

static void read_letter(void *arg, const rd_kafka_message_t *record)
{
	struct letters *letters = arg;
	rd_kafka_headers_t *headers;
	const void *value;
	size_t n;
	letters->n++;
	letters->value_bytes = record->len;
	assert_int_equal(rd_kafka_message_headers(record, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
	if (!rd_kafka_header_get_last(headers, "wiredesk-reason", &value, &n)) {
		size_t at = strlen(letters->reasons);
		snprintf(letters->reasons + at, sizeof(letters->reasons) - at, "%.*s ", (int)n, (const char *)value);
	}
	letters->n_stubs += !rd_kafka_header_get_last(headers, "wiredesk-stub", &value, &n);
}

/* Quotation marks are two bytes each in JSON, so the article outgrows what the message itself may still have. */
static struct str quotes(size_t n)
{
	char *text = malloc(n);
	assert_non_null(text);
	memset(text, '"', n);
	memcpy(text, "Quotes\n\nsay ", 12);
	return str_make(text, n);
}

/* --- nothing wrong ------------------------------------------------------------------------------------------------ */

/* Stories, three more with nine copies each, two that are no text, one too large as a record, a tombstone, a feed of
 * three. */
static void put_all_kinds(struct mock_worker *w)
{
	mock_worker_put_stories(w, STORIES);
	for (int i = 0; i < 30; i++) {
		char text[100];
		int n = snprintf(text, sizeof(text), "Twins\n\nThe story of the twins, number %d of them all.\n",
		                 i % 3);
		mock_worker_put(w, i % 4, STR("twin"), str_make(text, (size_t)n), NULL, 0);
	}
	mock_worker_put(w, 1, STR("nul"), STR("nul\0byte"), NULL, 0);
	mock_worker_put(w, 2, STR("bad"), STR("\xff\xfe\x00\xd8\x00"), NULL, 0);
	mock_worker_put(w, 3, STR("stone"), (struct str){0}, NULL, 0);
	mock_worker_put(
	        w, 0, STR("feed"),
	        STR("[{\"body\":\"One of three.\"},{\"body\":\"Two of three.\"},{\"body\":\"Three of three.\"}]"), NULL,
	        0);
	struct str large = quotes(700000);
	mock_worker_put(w, 1, STR("large"), large, NULL, 0);
	free((void *)(uintptr_t)large.p);
}

static void look_on(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	script->was_ready |= !atomic_load(&mock_worker_status(w)->unready);
}

static void carries_stories_from_topic_to_topics_and_stops_at_their_ends(void **state)
{
	struct script *script = *state;
	struct letters letters = {0};
	struct mock_worker *w =
	        mock_worker_open(&(struct mock_worker_options){.direct = look_on, .arg = script, .until_end = true});
	put_all_kinds(w);
	script_run_well(w);
	assert_true(script->was_ready);
	assert_true(mock_worker_is_done(w));
	const struct loop_status *status = mock_worker_status(w);
	assert_int_equal(status->articles, STORIES + 3 + 3);
	assert_int_equal(status->duplicates, 27);
	assert_int_equal(status->dead_letters, 3);
	assert_int_equal(status->drops, 1);
	assert_int_equal(mock_worker_read(w, "articles", NULL, NULL), STORIES + 3 + 3);
	assert_int_equal(mock_worker_read(w, "duplicates", NULL, NULL), 27);
	assert_int_equal(mock_worker_read(w, "dead", read_letter, &letters), 3);
	assert_has(letters.reasons, "limit-record");
	assert_int_equal(mock_worker_metric(w, METRIC_STORIES, "outcome", "article"), STORIES + 3 + 3);
	assert_int_equal(script_aborted(w), 0);
	assert_true(mock_log_has(script->log, "ASSIGNED"));
	mock_worker_close(&w);
}

static void stop_after_three_batches(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	if (script->scene++ == 0)
		mock_worker_put_stories(w, STORIES);
	if (mock_worker_status(w)->committed_batches >= 3)
		mock_worker_stop(w);
}

static void publishes_what_is_in_flight_when_stopped_in_the_middle(void **state)
{
	struct mock_worker *w = mock_worker_open(
	        &(struct mock_worker_options){.direct = stop_after_three_batches, .arg = *state, .batch_stories = 10});
	script_run_well(w);
	const struct loop_status *status = mock_worker_status(w);
	assert_false(mock_worker_is_done(w));
	assert_in_range(status->committed_batches, 3, 5);
	assert_in_range(status->articles, 21, 50);
	assert_int_equal(mock_worker_committed(w), status->articles);
	assert_int_equal(mock_worker_read(w, "articles", NULL, NULL), status->articles);
	assert_int_equal(script_aborted(w), 0);
	mock_worker_close(&w);
}

/* --- records that are refused ------------------------------------------------------------------------------------- */

static void put_what_outgrows_the_limit(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	if (script->scene++ == 0) {
		struct str text = quotes(700000);
		mock_worker_put_stories(w, 10);
		mock_worker_put(w, 1, STR("large"), text, NULL, 0);
		mock_worker_put_stories(w, 10);
		free((void *)(uintptr_t)text.p);
	} else if (mock_worker_is_done(w)) {
		mock_worker_stop(w);
	}
}

static void condemns_a_record_that_the_client_refuses_and_no_other(void **state)
{
	struct script *script = *state;
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){
	        .direct = put_what_outgrows_the_limit, .arg = script, .sizes_unchecked = true});
	script_run_well(w);
	struct letters letters = {0};
	assert_int_equal(mock_worker_status(w)->articles, 20);
	assert_int_equal(mock_worker_status(w)->dead_letters, 1);
	assert_int_equal(mock_worker_read(w, "dead", read_letter, &letters), 1);
	assert_string_equal(letters.reasons, "refused ");
	assert_int_equal(letters.value_bytes, 700000);
	assert_int_equal(letters.n_stubs, 0);
	assert_int_equal(script_aborted(w), 1);
	assert_true(mock_log_has(script->log, "RECORD-REFUSED"));
	mock_worker_close(&w);
}

static void refuse_until_one_is_named(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	rd_kafka_resp_err_t too_large[500];
	switch (script->scene) {
	case 0:
		for (size_t i = 0; i < 500; i++)
			too_large[i] = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
		mock_worker_put_stories(w, 40);
		rd_kafka_mock_push_request_errors_array(mock_worker_cluster(w), API_PRODUCE, 500, too_large);
		script_next(w, script);
		break;
	case 1:
		if (!mock_log_has(script->log, "RECORD-REFUSED"))
			break;
		rd_kafka_mock_clear_request_errors(mock_worker_cluster(w), API_PRODUCE);
		script_next(w, script);
		break;
	default:
		if (mock_worker_is_done(w))
			mock_worker_stop(w);
	}
}

static void narrows_refusals_of_whole_requests_down_to_one_record(void **state)
{
	struct letters letters = {0};
	struct mock_worker *w = mock_worker_open(
	        &(struct mock_worker_options){.direct = refuse_until_one_is_named, .arg = *state, .batch_stories = 8});
	script_run_well(w);
	assert_int_equal(mock_worker_status(w)->articles, 39);
	assert_int_equal(mock_worker_status(w)->dead_letters, 1);
	assert_int_equal(mock_worker_read(w, "dead", read_letter, &letters), 1);
	assert_string_equal(letters.reasons, "refused ");
	mock_worker_close(&w);
}

/* No record can help it: the worker ends, says what to allow, and the stories stay where they are. */
static void forbid_the_articles(struct mock_worker *w, void *arg)
{
	struct script *script = arg;
	if (script->scene++ > 0)
		return;
	mock_worker_put_stories(w, 20);
	rd_kafka_mock_topic_set_error(mock_worker_cluster(w), "articles", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
}

static void ends_with_words_where_an_output_topic_is_forbidden(void **state)
{
	struct mock_worker *w =
	        mock_worker_open(&(struct mock_worker_options){.direct = forbid_the_articles, .arg = *state});
	assert_true(mock_worker_run(w));
	assert_int_equal(mock_worker_end(w), LOOP_FAILED);
	assert_non_null(strstr(mock_worker_words(w), "allow Write"));
	assert_int_equal(mock_worker_status(w)->articles, 0);
	assert_int_equal(mock_worker_status(w)->dead_letters, 0);
	mock_worker_close(&w);
}

/* --- a stop while lanes are at work ------------------------------------------------------------------------------ */

#define LONG_BATCH 40
#define WORKED     5

struct long_batch {
	bool put;
	size_t worked;
};

static void put_a_long_batch(struct mock_worker *w, void *arg)
{
	struct long_batch *b = arg;
	if (b->put || mock_worker_unready(w))
		return;
	b->put = true;
	mock_worker_put_stories(w, LONG_BATCH);
}

static void stop_at_work(struct mock_worker *w, void *arg)
{
	struct long_batch *b = arg;
	if (++b->worked == WORKED)
		mock_worker_stop(w);
}

/* The tail begins on the messages once more; it may be there that the worker is told. */
static void publishes_of_a_long_batch_what_is_worked_on_when_it_is_told_to_stop(void **state)
{
	struct long_batch b = {0};
	struct mock_worker *w = mock_worker_open(&(struct mock_worker_options){
	        .direct = put_a_long_batch, .work = stop_at_work, .arg = &b, .lanes = 1, .stop_ms = 5000});
	(void)state;
	script_run_well(w);
	assert_in_range(mock_worker_status(w)->articles, 1, WORKED);
	mock_worker_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        SCRIPT_TEST(carries_stories_from_topic_to_topics_and_stops_at_their_ends),
	        SCRIPT_TEST(publishes_what_is_in_flight_when_stopped_in_the_middle),
	        SCRIPT_TEST(publishes_of_a_long_batch_what_is_worked_on_when_it_is_told_to_stop),
	        SCRIPT_TEST(condemns_a_record_that_the_client_refuses_and_no_other),
	        SCRIPT_TEST(narrows_refusals_of_whole_requests_down_to_one_record),
	        SCRIPT_TEST(ends_with_words_where_an_output_topic_is_forbidden),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
