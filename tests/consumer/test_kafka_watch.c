/*
 * An outage has a line at its beginning, one a minute, and one at its end.
 */
#include "tests/harness.h"

#include "consumer/kafka_watch.h"
#include "pipeline/base/log.h"

#define SECOND 1000000LL

struct fixture {
	struct watch watch;
	char log[4096];
	size_t n;
};

static void keep_log(void *arg, struct str line)
{
	struct fixture *f = arg;
	assert_true(f->n + line.n < sizeof(f->log));
	memcpy(f->log + f->n, line.p, line.n);
	f->n += line.n;
	f->log[f->n] = 0;
}

static size_t count(const struct fixture *f, const char *word)
{
	size_t n = 0;
	for (const char *at = f->log; (at = strstr(at, word)); at++)
		n++;
	return n;
}

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){.watch = {.every_us = 2 * SECOND}};
	log_setup(LOG_INFO, LOG_JSON);
	log_redirect(keep_log, &f);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_redirect(NULL, NULL);
	return 0;
}

static void a_doubt_asks_at_once_and_an_answer_ends_it_without_a_word(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(f->watch.due_us, 0);
	watch_doubt(&f->watch, "connection refused", 5 * SECOND);
	assert_int_equal(f->watch.due_us, 5 * SECOND);
	assert_null(watch_trouble(&f->watch));
	watch_answered(&f->watch, NULL, 6 * SECOND);
	assert_int_equal(f->watch.due_us, 0);
	assert_int_equal(f->n, 0);
}

static void an_outage_is_told_when_it_begins_once_a_minute_and_when_it_is_over(void **state)
{
	struct fixture *f = *state;
	for (int64_t s = 10; s < 10 + 150; s += 2) {
		watch_doubt(&f->watch, "connection refused", s * SECOND);
		watch_unanswered(&f->watch, s * SECOND);
		assert_string_equal(watch_trouble(&f->watch), "no broker answers");
		assert_int_equal(f->watch.due_us, (s + 2) * SECOND);
		assert_int_equal(count(f, "KAFKA-AWAY"), (s >= 12) + (s >= 72) + (s >= 132));
	}
	assert_has(f->log, "\"seconds\":2,\"error\":\"connection refused\"");
	assert_has(f->log, "\"seconds\":122");
	watch_answered(&f->watch, NULL, 170 * SECOND);
	watch_answered(&f->watch, NULL, 171 * SECOND);
	assert_int_equal(count(f, "KAFKA-BACK"), 1);
	assert_has(f->log, "\"seconds\":160");
	assert_null(watch_trouble(&f->watch));
}

static void what_is_over_by_the_second_question_is_not_told(void **state)
{
	struct fixture *f = *state;
	watch_unanswered(&f->watch, 10 * SECOND);
	watch_answered(&f->watch, NULL, 12 * SECOND);
	assert_int_equal(f->n, 0);
}

static void a_missing_topic_is_named_and_told_as_seldom(void **state)
{
	struct fixture *f = *state;
	watch_doubt_topics(&f->watch, 60 * SECOND, 10 * SECOND);
	for (int64_t s = 10; s < 10 + 90; s += 2)
		watch_answered(&f->watch, "wire.raw", s * SECOND);
	assert_int_equal(count(f, "TOPIC-MISSING"), 2);
	assert_int_equal(count(f, "\"topic\":\"wire.raw\""), 2);
	assert_string_equal(watch_trouble(&f->watch), "an input topic does not exist");
	watch_answered(&f->watch, NULL, 100 * SECOND);
	assert_int_equal(count(f, "TOPIC-BACK"), 1);
	assert_null(watch_trouble(&f->watch));
	assert_int_equal(f->watch.due_us, 0);
}

static void topics_stay_in_doubt_for_a_while_for_brokers_learn_at_different_times(void **state)
{
	struct fixture *f = *state;
	watch_doubt_topics(&f->watch, 60 * SECOND, 10 * SECOND);
	watch_answered(&f->watch, NULL, 10 * SECOND);
	assert_int_equal(f->watch.due_us, 12 * SECOND);
	watch_answered(&f->watch, NULL, 70 * SECOND);
	assert_int_equal(f->watch.due_us, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        T(a_doubt_asks_at_once_and_an_answer_ends_it_without_a_word),
	        T(an_outage_is_told_when_it_begins_once_a_minute_and_when_it_is_over),
	        T(what_is_over_by_the_second_question_is_not_told),
	        T(a_missing_topic_is_named_and_told_as_seldom),
	        T(topics_stay_in_doubt_for_a_while_for_brokers_learn_at_different_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
