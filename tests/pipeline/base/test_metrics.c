#include "tests/harness.h"

#include "pipeline/base/metrics.h"
#include "pipeline/base/task.h"
#include "pipeline/base/utf8.h"

struct world {
	struct metrics *metrics;
	struct buf out;
};

static int start(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	w->metrics = metrics_new();
	buf_init(&w->out, 16 << 20);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	metrics_free(&w->metrics);
	assert_null(w->metrics);
	buf_free(&w->out);
	free(w);
	return 0;
}

/* What a scrape would get, ending in NUL. */
static const char *scrape(struct world *w)
{
	buf_clear(&w->out);
	metrics_write(w->metrics, &w->out);
	buf_putc(&w->out, 0);
	assert_false(w->out.overflow);
	return w->out.p;
}

static void writes_nothing_where_nothing_is_counted(void **state)
{
	assert_string_equal(scrape(*state), "");
}

static void writes_help_type_and_samples_in_the_order_of_the_table(void **state)
{
	struct world *w = *state;
	series_set(metrics_plain(w->metrics, METRIC_READY), 1);
	struct series *messages = metrics_plain(w->metrics, METRIC_MESSAGES);
	series_add(messages, 40);
	series_add(messages, 2);
	assert_int_equal(series_value(messages), 42);
	series_add(metrics_series(w->metrics, METRIC_DROPS, "stage", STR("decode"), "reason", STR("no-story"), NULL,
	                          STR("")),
	           3);
	assert_string_equal(scrape(w),
	                    "# HELP wiredesk_messages_total Messages of committed batches.\n"
	                    "# TYPE wiredesk_messages_total counter\n"
	                    "wiredesk_messages_total 42\n"
	                    "# HELP wiredesk_drops_total Dropped parts by stage and reason, after the commit.\n"
	                    "# TYPE wiredesk_drops_total counter\n"
	                    "wiredesk_drops_total{stage=\"decode\",reason=\"no-story\"} 3\n"
	                    "# HELP wiredesk_ready 1 when the worker has its models, brokers and assignment; what "
	                    "/readyz says.\n"
	                    "# TYPE wiredesk_ready gauge\n"
	                    "wiredesk_ready 1\n");
}

static void the_same_labels_are_the_same_series(void **state)
{
	struct world *w = *state;
	struct series *one = metrics_labelled(w->metrics, METRIC_VERDICTS, "verdict", STR("exact"));
	assert_ptr_equal(metrics_labelled(w->metrics, METRIC_VERDICTS, "verdict", STR("exact")), one);
	assert_ptr_not_equal(metrics_labelled(w->metrics, METRIC_VERDICTS, "verdict", STR("original")), one);
	assert_ptr_not_equal(metrics_labelled(w->metrics, METRIC_STORIES, "verdict", STR("exact")), one);
}

static void escapes_label_values(void **state)
{
	struct world *w = *state;
	series_set(metrics_labelled(w->metrics, METRIC_LAG, "topic", STR("a\"b\\c\nd\xff")), -5);
	assert_has(scrape(w), "wiredesk_partition_lag{topic=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"} -5\n");
	char much[5000];
	memset(much, '"', sizeof(much));
	metrics_series(w->metrics, METRIC_LAG, "a", str_make(much, sizeof(much)), "b", str_make(much, sizeof(much)),
	               "c", str_make(much, sizeof(much)));
	assert_true(utf8_is_valid(str_of(scrape(w))));
}

static void times_are_written_in_seconds(void **state)
{
	struct world *w = *state;
	struct series *time = metrics_labelled(w->metrics, METRIC_STAGE_SECONDS, "stage", STR("dedup"));
	series_add(time, 1500);
	assert_has(scrape(w), "wiredesk_stage_seconds_total{stage=\"dedup\"} 0.001500\n");
	series_add(time, 2998500);
	assert_has(scrape(w), "wiredesk_stage_seconds_total{stage=\"dedup\"} 3\n");
}

static void a_histogram_counts_up_to_each_bound(void **state)
{
	struct world *w = *state;
	struct series *seconds = metrics_labelled(w->metrics, METRIC_BATCH_SECONDS, "result", STR("committed"));
	static const int64_t times_us[] = {0, 1000, 1001, 30000000, 60000001};
	for (size_t i = 0; i < 5; i++)
		series_observe_us(seconds, times_us[i]);
	assert_int_equal(series_value(seconds), 5);
	const char *text = scrape(w);
	assert_has(text, "# TYPE wiredesk_batch_seconds histogram\n"
	                 "wiredesk_batch_seconds_bucket{result=\"committed\",le=\"0.001\"} 2\n"
	                 "wiredesk_batch_seconds_bucket{result=\"committed\",le=\"0.0025\"} 3\n");
	assert_has(text, "wiredesk_batch_seconds_bucket{result=\"committed\",le=\"10\"} 3\n"
	                 "wiredesk_batch_seconds_bucket{result=\"committed\",le=\"30\"} 4\n"
	                 "wiredesk_batch_seconds_bucket{result=\"committed\",le=\"60\"} 4\n"
	                 "wiredesk_batch_seconds_bucket{result=\"committed\",le=\"+Inf\"} 5\n"
	                 "wiredesk_batch_seconds_sum{result=\"committed\"} 90.002002\n"
	                 "wiredesk_batch_seconds_count{result=\"committed\"} 5\n");
	series_observe_us(metrics_plain(w->metrics, METRIC_PUBLISH_SECONDS), 7);
	assert_has(scrape(w), "wiredesk_publish_seconds_bucket{le=\"0.001\"} 1\n");
	assert_has(scrape(w), "wiredesk_publish_seconds_sum 0.000007\nwiredesk_publish_seconds_count 1\n");
}

static void beyond_the_limit_one_series_takes_the_rest(void **state)
{
	struct world *w = *state;
	struct series *series = NULL;
	for (int i = 0; i < METRICS_SERIES_MAX + 10; i++) {
		char name[32];
		snprintf(name, sizeof(name), "topic-%d", i);
		series = metrics_labelled(w->metrics, METRIC_LAG, "topic", str_of(name));
		series_add(series, 1);
	}
	assert_int_equal(series_value(series), 10);
	assert_has(scrape(w), "wiredesk_partition_lag{overflow=\"true\"} 10\n");
	assert_int_equal(series_value(metrics_labelled(w->metrics, METRIC_LAG, "topic", STR("topic-0"))), 1);
	assert_ptr_not_equal(metrics_plain(w->metrics, METRIC_MESSAGES), series);
}

static void count_much(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%d", i % 50);
		series_add(metrics_labelled(arg, METRIC_LANGUAGES, "language", str_of(name)), 1);
		series_observe_us(metrics_plain(arg, METRIC_BATCH_SECONDS), i);
	}
}

static void many_threads_lose_no_count(void **state)
{
	struct world *w = *state;
	struct task *tasks[3];
	for (size_t i = 0; i < 3; i++) {
		tasks[i] = task_new(TASK_THREAD, "count");
		task_post(tasks[i], count_much, w->metrics);
	}
	scrape(w);
	for (size_t i = 0; i < 3; i++)
		task_free(&tasks[i]);
	assert_int_equal(series_value(metrics_labelled(w->metrics, METRIC_LANGUAGES, "language", STR("7"))), 120);
	assert_int_equal(series_value(metrics_plain(w->metrics, METRIC_BATCH_SECONDS)), 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(writes_nothing_where_nothing_is_counted, start, end),
	        cmocka_unit_test_setup_teardown(writes_help_type_and_samples_in_the_order_of_the_table, start, end),
	        cmocka_unit_test_setup_teardown(the_same_labels_are_the_same_series, start, end),
	        cmocka_unit_test_setup_teardown(escapes_label_values, start, end),
	        cmocka_unit_test_setup_teardown(times_are_written_in_seconds, start, end),
	        cmocka_unit_test_setup_teardown(a_histogram_counts_up_to_each_bound, start, end),
	        cmocka_unit_test_setup_teardown(beyond_the_limit_one_series_takes_the_rest, start, end),
	        cmocka_unit_test_setup_teardown(many_threads_lose_no_count, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
