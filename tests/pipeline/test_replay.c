#include "tests/harness.h"

#include "pipeline/batch.h"
#include "pipeline/replay.h"

struct fixture {
	struct arena keep;
	struct stage_env env;
	struct call call;
	struct message msg;
	struct header headers[16];
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	arena_init(&f->keep, 0, 0);
	f->env.limits.parts = 4;
	f->call = (struct call){.stage = "run", .keep = &f->keep, .env = &f->env};
	f->msg.delivery = (struct position){STR("c1"), STR("raw"), 2, 50};
	f->msg.headers = f->headers;
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->keep);
	free(f);
	return 0;
}

static void add(struct fixture *f, const char *name, const char *value)
{
	f->headers[f->msg.n_headers++] = (struct header){str_of(name), str_of(value)};
}

/* Reads anew with these headers: name, value, …, NULL. */
static bool read_headers(struct fixture *f, ...)
{
	va_list args;
	va_start(args, f);
	f->msg.n_headers = 0;
	f->msg.end = (struct ending){0};
	for (const char *name = va_arg(args, const char *); name; name = va_arg(args, const char *))
		add(f, name, va_arg(args, const char *));
	va_end(args);
	return replay_read(&f->call, &f->msg);
}

static void assert_bad_header(struct fixture *f)
{
	assert_int_equal(f->msg.end.outcome, OUTCOME_DEAD);
	assert_int_equal(f->msg.end.reason, REASON_BAD_HEADER);
	assert_str(f->msg.origin.topic, "raw");
	assert_int_equal(f->msg.origin.offset, 50);
	assert_int_equal(f->msg.attempts, 0);
	assert_false(f->msg.is_put_back);
}

static void an_ordinary_message_is_its_own_origin(void **state)
{
	struct fixture *f = *state;
	f->msg.origin = (struct position){STR("x"), STR("x"), 9, 9};
	f->msg.attempts = 4;
	f->msg.is_put_back = true;
	assert_true(read_headers(f, "feed", "antara", "wiredesk-part", "3", "wiredesk-attempts", "2", NULL));
	assert_str(f->msg.origin.topic, "raw");
	assert_int_equal(f->msg.origin.offset, 50);
	assert_int_equal(f->msg.attempts, 0);
	assert_null(f->msg.only);
	assert_null(f->msg.first_seen.p);
}

static void takes_origin_attempts_and_time_from_the_headers(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-origin", "c0/raw.old/3/77", "wiredesk-attempts", "2",
	                         "wiredesk-first-seen", "2024-01-02T03:04:05.000Z", NULL));
	assert_str(f->msg.origin.cluster, "c0");
	assert_str(f->msg.origin.topic, "raw.old");
	assert_int_equal(f->msg.origin.partition, 3);
	assert_int_equal(f->msg.origin.offset, 77);
	assert_int_equal(f->msg.delivery.offset, 50);
	assert_int_equal(f->msg.attempts, 2);
	assert_true(f->msg.is_put_back);
	assert_str(f->msg.first_seen, "2024-01-02T03:04:05.000Z");
	assert_null(f->msg.only);
}

static void only_the_clusters_name_may_hold_a_slash(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-origin", "a/b/raw/0/9223372036854775807", NULL));
	assert_str(f->msg.origin.cluster, "a/b");
	assert_str(f->msg.origin.topic, "raw");
	assert_true(f->msg.origin.offset == INT64_MAX);
}

static void refuses_origins_that_are_none(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"",
	                                  "raw",
	                                  "raw/0/1",
	                                  "c//0/1",
	                                  "/raw/0/1",
	                                  "c/raw/0/",
	                                  "c/raw//1",
	                                  "c/raw/x/1",
	                                  "c/raw/0/1x",
	                                  "c/raw/-1/1",
	                                  "c/raw/0/-1",
	                                  "c/raw/0/9223372036854775808",
	                                  "c/r w/0/1",
	                                  "c/r\"w/0/1",
	                                  "c/r\\w/0/1",
	                                  "c/r\nw/0/1",
	                                  "c/r\x7fw/0/1",
	                                  "c\x01/r/0/1",
	                                  "c/r\xc3\xa4w/0/1",
	                                  "c/raw/2147483648/1",
	                                  "c/raw/0/0x10"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (read_headers(f, "wiredesk-origin", bad[i], NULL))
			fail_msg("'%s' was taken for an origin", bad[i]);
		assert_bad_header(f);
	}
}

static void refuses_names_longer_than_kafka_has_them(void **state)
{
	struct fixture *f = *state;
	char origin[600];
	snprintf(origin, sizeof(origin), "c/%0249d/0/1", 7);
	assert_true(read_headers(f, "wiredesk-origin", origin, NULL));
	snprintf(origin, sizeof(origin), "c/%0250d/0/1", 7);
	assert_false(read_headers(f, "wiredesk-origin", origin, NULL));
	snprintf(origin, sizeof(origin), "%0255d/raw/0/1", 7);
	assert_true(read_headers(f, "wiredesk-origin", origin, NULL));
	snprintf(origin, sizeof(origin), "%0256d/raw/0/1", 7);
	assert_false(read_headers(f, "wiredesk-origin", origin, NULL));
	assert_bad_header(f);
}

static void refuses_attempts_and_parts_that_are_no_numbers(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"", "x", "-1", "1.5", "4294967296", " 1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", bad[i], NULL));
		assert_bad_header(f);
		assert_false(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-attempts", bad[i], NULL));
		assert_bad_header(f);
	}
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "4294967295", "wiredesk-attempts",
	                         "4294967294", NULL));
}

/* It becomes one more in the next dead letter. */
static void refuses_so_many_attempts_that_one_more_is_none(void **state)
{
	struct fixture *f = *state;
	assert_false(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-attempts", "4294967295", NULL));
	assert_bad_header(f);
}

/* They go on into the next dead letter, which has to fit its topic. */
static void a_time_that_is_none_is_not_taken_over(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"", "yesterday", "2024-02-30T03:04:05.000Z", "2024-01-02",
	                                  "2024-01-02T03:04:05.0000000000000000000000Z"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-first-seen", bad[i], NULL));
		assert_int_equal(f->msg.first_seen.n, 0);
	}
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-first-seen", "2024-01-02T03:04:05+07:00",
	                         NULL));
	assert_str(f->msg.first_seen, "2024-01-02T03:04:05+07:00");
}

static void refuses_an_origin_that_is_long_with_zeros(void **state)
{
	struct fixture *f = *state;
	static char origin[1000];
	snprintf(origin, sizeof(origin), "c/raw/0/%0700d", 7);
	assert_false(read_headers(f, "wiredesk-origin", origin, NULL));
	assert_bad_header(f);
}

static void refuses_more_parts_than_a_message_may_have(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "1", "wiredesk-part", "2",
	                         "wiredesk-part", "3", "wiredesk-part", "4", NULL));
	assert_false(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "1", "wiredesk-part", "2",
	                          "wiredesk-part", "3", "wiredesk-part", "4", "wiredesk-part", "5", NULL));
	assert_bad_header(f);
	assert_null(f->msg.only);
}

static void knows_its_parts_in_order_and_each_once(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-part", "7", "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "2",
	                         "wiredesk-part", "7", "wiredesk-part", "0", NULL));
	assert_int_equal(f->msg.n_only, 3);
	assert_int_equal(f->msg.only[0], 0);
	assert_int_equal(f->msg.only[1], 2);
	assert_int_equal(f->msg.only[2], 7);
}

static void make_parts(struct fixture *f, size_t n)
{
	f->msg.parts = ARENA_ARRAY(&f->keep, struct story *, n);
	f->msg.n_parts = n;
	for (size_t i = 0; i < n; i++)
		f->msg.parts[i] = batch_new_story(&f->keep, &f->msg, (uint32_t)i);
}

static void leaves_the_parts_that_go_on(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "2", "wiredesk-part", "0", NULL));
	make_parts(f, 4);
	replay_select(&f->call, &f->msg);
	assert_int_equal(f->msg.n_parts, 2);
	assert_int_equal(f->msg.parts[0]->part, 0);
	assert_int_equal(f->msg.parts[1]->part, 2);
	assert_int_equal(f->msg.parts[1]->end.outcome, OUTCOME_OPEN);
}

static void a_part_that_is_there_no_more_is_dead(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "1", "wiredesk-part", "4", NULL));
	make_parts(f, 4);
	replay_select(&f->call, &f->msg);
	assert_int_equal(f->msg.n_parts, 2);
	assert_int_equal(f->msg.parts[1]->part, 4);
	assert_int_equal(f->msg.parts[1]->end.outcome, OUTCOME_DEAD);
	assert_int_equal(f->msg.parts[1]->end.reason, REASON_NO_SUCH_PART);
	assert_str(f->msg.parts[1]->end.words, "the message has 4 parts, none of number 4");
	assert_ptr_equal(f->msg.parts[1]->msg, &f->msg);
}

static void leaves_all_parts_where_none_is_named_or_the_message_has_ended(void **state)
{
	struct fixture *f = *state;
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", NULL));
	make_parts(f, 3);
	replay_select(&f->call, &f->msg);
	assert_int_equal(f->msg.n_parts, 3);
	assert_true(read_headers(f, "wiredesk-origin", "c/raw/0/1", "wiredesk-part", "1", NULL));
	f->msg.n_parts = 0;
	message_dead(&f->call, &f->msg, REASON_BAD_JSON, NULL);
	replay_select(&f->call, &f->msg);
	assert_int_equal(f->msg.n_parts, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(an_ordinary_message_is_its_own_origin),
	        TEST(takes_origin_attempts_and_time_from_the_headers),
	        TEST(only_the_clusters_name_may_hold_a_slash),
	        TEST(refuses_origins_that_are_none),
	        TEST(refuses_names_longer_than_kafka_has_them),
	        TEST(refuses_attempts_and_parts_that_are_no_numbers),
	        TEST(refuses_so_many_attempts_that_one_more_is_none),
	        TEST(a_time_that_is_none_is_not_taken_over),
	        TEST(refuses_an_origin_that_is_long_with_zeros),
	        TEST(refuses_more_parts_than_a_message_may_have),
	        TEST(knows_its_parts_in_order_and_each_once),
	        TEST(leaves_the_parts_that_go_on),
	        TEST(a_part_that_is_there_no_more_is_dead),
	        TEST(leaves_all_parts_where_none_is_named_or_the_message_has_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
