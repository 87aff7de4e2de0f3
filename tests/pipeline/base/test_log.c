#include "tests/harness.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/log.h"
#include "pipeline/base/task.h"
#include "pipeline/base/utf8.h"

#include <cjson/cJSON.h>

/* A clock that the test moves. */
struct hand_clock {
	struct clock base;
	int64_t us;
};

static int64_t hand_mono(struct clock *c)
{
	return ((struct hand_clock *)c)->us;
}

static int64_t hand_wall(struct clock *c)
{
	return INT64_C(1705822320000) + ((struct hand_clock *)c)->us / 1000;
}

static struct hand_clock hand = {{hand_mono, hand_wall, NULL}, 0};
static struct buf written;

static void write_line(void *arg, struct str line)
{
	(void)arg;
	buf_str(&written, line);
}

static int start(void **state)
{
	(void)state;
	buf_init(&written, 4 << 20);
	hand.us = 0;
	log_clock(&hand.base);
	log_redirect(write_line, NULL);
	log_setup(LOG_INFO, LOG_TEXT);
	return 0;
}

static int end(void **state)
{
	(void)state;
	log_redirect(NULL, NULL);
	log_clock(NULL);
	buf_free(&written);
	return 0;
}

static int count_lines(void)
{
	int n = 0;
	for (size_t i = 0; i < written.n; i++)
		n += written.p[i] == '\n';
	return n;
}

static void writes_a_line_for_a_terminal(void **state)
{
	(void)state;
	hand.us = 120000;
	log_info("ASSIGNED", "partitions assigned", LOG_INT("partitions", 4), LOG_CSTR("topic", "wire.raw"));
	log_warn("SLOW", "a thing is slow");
	log_debug("HIDDEN", "below the least level");
	assert_str(buf_view(&written), "07:32:00.120 info  ASSIGNED partitions assigned partitions=4 topic=wire.raw\n"
	                               "07:32:00.120 warn  SLOW a thing is slow\n");
}

static void writes_json_elsewhere(void **state)
{
	(void)state;
	log_setup(LOG_DEBUG, LOG_JSON);
	log_error("TORN", "it is torn", LOG_CSTR("why", "a \"quote\"\n"), LOG_INT("n", -1));
	assert_str(buf_view(&written), "{\"time\":\"2024-01-21T07:32:00.000Z\",\"level\":\"error\",\"word\":\"TORN\","
	                               "\"message\":\"it is torn\","
	                               "\"why\":\"a \\\"quote\\\"\\n\",\"n\":-1}\n");
}

static void a_value_cannot_forge_a_line_or_a_field(void **state)
{
	(void)state;
	log_info("WORD", "m", LOG_STR("k", STR("x y=1\nerror FAKE \x1b[0m")), LOG_CSTR("empty", ""));
	assert_str(buf_view(&written), "07:32:00.000 info  WORD m k=\"x y=1\\nerror FAKE \\u001b[0m\" empty=\"\"\n");
}

static void cuts_long_values_between_characters(void **state)
{
	(void)state;
	char text[3001];
	for (size_t i = 0; i < 3000; i += 3)
		memcpy(text + i, "€", 3);
	log_info("LONG", "m", LOG_STR("k", str_make(text, 3000)), LOG_STR("l", str_make(text, 999)));
	assert_true(utf8_is_valid(buf_view(&written)));
	assert_true(written.n < 2100);
	buf_putc(&written, 0);
	assert_has(written.p, "€… l=€");
	assert_has(written.p, "€\n");
}

static void replaces_what_is_no_utf_8(void **state)
{
	(void)state;
	char text[2000];
	memset(text, 0xff, sizeof(text));
	log_info("BAD", "m", LOG_STR("k", STR("a\xff\xc3")), LOG_STR("l", str_make(text, sizeof(text))));
	assert_true(utf8_is_valid(buf_view(&written)));
	buf_putc(&written, 0);
	assert_has(written.p, "k=a\xef\xbf\xbd\xef\xbf\xbd l=");
	assert_true(written.n < 1100);
}

static void holds_back_a_word_that_repeats_and_says_how_often(void **state)
{
	(void)state;
	int64_t before = log_lines(LOG_WARN);
	for (int i = 0; i < 50; i++)
		log_warn("NOISE", "again");
	log_warn("OTHER", "is not held back");
	assert_int_equal(count_lines(), 21);
	assert_int_equal(log_lines(LOG_WARN) - before, 51);
	hand.us = 9999999;
	log_warn("NOISE", "again");
	assert_int_equal(count_lines(), 21);
	hand.us = 10000000;
	buf_clear(&written);
	log_warn("NOISE", "again");
	log_warn("NOISE", "again");
	assert_str(buf_view(&written), "07:32:10.000 warn  NOISE again suppressed=31\n"
	                               "07:32:10.000 warn  NOISE again\n");
}

static void silent_writes_nothing(void **state)
{
	(void)state;
	log_setup(LOG_SILENT, LOG_JSON);
	log_error("GONE", "nobody hears this");
	assert_int_equal(written.n, 0);
}

static void write_many(void *arg)
{
	(void)arg;
	for (int i = 0; i < 200; i++) {
		log_info("MANY", "many lines", LOG_CSTR("k", "some value that is not so short"));
	}
}

static void lines_of_many_threads_stay_whole(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_JSON);
	struct task *tasks[4];
	for (size_t i = 0; i < 4; i++) {
		tasks[i] = task_new(TASK_THREAD, "log");
		task_post(tasks[i], write_many, NULL);
	}
	for (size_t i = 0; i < 4; i++)
		task_free(&tasks[i]);
	assert_int_equal(count_lines(), 20);
	struct str rest = buf_view(&written);
	while (rest.n) {
		size_t line = str_index(rest, '\n', 0);
		cJSON *read = cJSON_ParseWithLength(rest.p, line);
		assert_non_null(read);
		cJSON_Delete(read);
		rest = str_slice(rest, line + 1, rest.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(writes_a_line_for_a_terminal, start, end),
	        cmocka_unit_test_setup_teardown(writes_json_elsewhere, start, end),
	        cmocka_unit_test_setup_teardown(a_value_cannot_forge_a_line_or_a_field, start, end),
	        cmocka_unit_test_setup_teardown(cuts_long_values_between_characters, start, end),
	        cmocka_unit_test_setup_teardown(replaces_what_is_no_utf_8, start, end),
	        cmocka_unit_test_setup_teardown(holds_back_a_word_that_repeats_and_says_how_often, start, end),
	        cmocka_unit_test_setup_teardown(silent_writes_nothing, start, end),
	        cmocka_unit_test_setup_teardown(lines_of_many_threads_stay_whole, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
