/*
 * Partitions that do not begin are told of once, each minute, and when they have begun.
 */
#include "tests/harness.h"

#include "consumer/kafka_held.h"
#include "pipeline/base/log.h"

#define SECOND 1000000LL

struct fixture {
	struct held held;
	struct place item;
	struct places places;
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
	f = (struct fixture){.item = {.topic = "wire.raw", .partition = 3, .next = OFFSET_AS_COMMITTED}};
	f.places = (struct places){.items = &f.item, .n = 1, .room = 1};
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

static void nothing_is_looked_at_before_partitions_are_assigned(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(f->held.due_us, 0);
	held_assigned(&f->held, true, 10 * SECOND);
	assert_in_range(f->held.due_us, 10 * SECOND + 1, 12 * SECOND);
	assert_int_equal(f->held.ask_us, 20 * SECOND);
	held_assigned(&f->held, false, 11 * SECOND);
	assert_int_equal(f->held.due_us, 0);
}

static void partitions_that_have_begun_are_looked_at_no_more_and_not_asked_for(void **state)
{
	struct fixture *f = *state;
	held_assigned(&f->held, true, 0);
	f->item.seen = true;
	held_look(&f->held, &f->places, NULL, false, clock_system()); /* without a handle: a question would crash */
	assert_int_equal(f->held.due_us, 0);
	assert_int_equal(f->n, 0);
}

static void nobody_is_asked_while_no_broker_answers(void **state)
{
	struct fixture *f = *state;
	held_assigned(&f->held, true, 0);
	held_look(&f->held, &f->places, NULL, true, clock_system());
	assert_true(f->held.due_us > 0);
	assert_null(held_trouble(&f->held));
}

static void offsets_that_are_held_are_told_at_once_each_minute_and_when_it_is_over(void **state)
{
	struct fixture *f = *state;
	for (int64_t s = 10; s < 10 + 150; s += 10) {
		held_answered(&f->held, &f->item, "timed out", s * SECOND);
		assert_string_equal(held_trouble(&f->held), "the brokers do not tell where the group stands");
		assert_int_equal(count(f, "OFFSETS-HELD"), 1 + (s >= 70) + (s >= 130));
	}
	assert_has(f->log, "\"topic\":\"wire.raw\",\"partition\":3,\"seconds\":0,\"error\":\"timed out\"");
	assert_has(f->log, "find-hanging");
	f->item.seen = true;
	held_look(&f->held, &f->places, NULL, false, clock_system());
	held_look(&f->held, &f->places, NULL, false, clock_system());
	assert_int_equal(count(f, "OFFSETS-TOLD"), 1);
	assert_null(held_trouble(&f->held));
}

static void an_answer_ends_it_too(void **state)
{
	struct fixture *f = *state;
	held_answered(&f->held, &f->item, NULL, 5 * SECOND);
	assert_int_equal(f->n, 0);
	held_answered(&f->held, &f->item, "timed out", 10 * SECOND);
	held_answered(&f->held, &f->item, NULL, 21 * SECOND);
	assert_has(f->log, "\"word\":\"OFFSETS-TOLD\"");
	assert_has(f->log, "\"seconds\":11");
	assert_null(held_trouble(&f->held));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        T(nothing_is_looked_at_before_partitions_are_assigned),
	        T(partitions_that_have_begun_are_looked_at_no_more_and_not_asked_for),
	        T(nobody_is_asked_while_no_broker_answers),
	        T(offsets_that_are_held_are_told_at_once_each_minute_and_when_it_is_over),
	        T(an_answer_ends_it_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
