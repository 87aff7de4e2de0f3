#include "tests/harness.h"

#include "worker/done.h"

static const char *written(const struct done *done)
{
	static char text[DONE_TEXT_MAX + 1];
	struct buf out;
	buf_init(&out, 1 << 20);
	assert_true(done_write(done, &out));
	memcpy(text, out.n ? out.p : "", out.n);
	text[out.n] = 0;
	buf_free(&out);
	return text;
}

static void the_base_moves_over_what_follows_it(void **state)
{
	(void)state;
	struct done done = {.base = 10};
	done_add(&done, 12, 14);
	done_add(&done, 10, 12);
	assert_int_equal(done.base, 14);
	assert_int_equal(done.n, 0);
	done_free(&done);
}

static void a_gap_holds_the_base(void **state)
{
	(void)state;
	struct done done = {.base = 10};
	done_add(&done, 11, 13);
	assert_int_equal(done.base, 10);
	assert_true(done_has(&done, 9));
	assert_false(done_has(&done, 10));
	assert_true(done_has(&done, 11));
	assert_true(done_has(&done, 12));
	assert_false(done_has(&done, 13));
	done_free(&done);
}

static void ranges_that_touch_become_one(void **state)
{
	(void)state;
	struct done done = {0};
	done_add(&done, 20, 22);
	done_add(&done, 10, 12);
	done_add(&done, 30, 31);
	assert_int_equal(done.n, 3);
	done_add(&done, 12, 20);
	assert_int_equal(done.n, 2);
	done_add(&done, 11, 40);
	assert_int_equal(done.n, 1);
	assert_string_equal(written(&done), "done1 10+30");
	done_free(&done);
}

static void reads_what_it_has_written(void **state)
{
	(void)state;
	struct done done = {.base = 5}, again = {0};
	done_add(&done, 7, 9);
	done_add(&done, 12, 13);
	assert_string_equal(written(&done), "done1 2+2 3+1");
	assert_true(done_read(&again, 5, STR("done1 2+2 3+1")));
	assert_string_equal(written(&again), "done1 2+2 3+1");
	assert_true(done_has(&again, 12));
	done_free(&done);
	done_free(&again);
}

static void an_empty_text_is_no_range(void **state)
{
	(void)state;
	struct done done = {0};
	assert_true(done_read(&done, 5, STR("")));
	assert_int_equal(done.base, 5);
	assert_string_equal(written(&done), "");
	done_free(&done);
}

static void refuses_what_something_else_has_written(void **state)
{
	(void)state;
	static const char *const texts[] = {"x",
	                                    "done1",
	                                    "done2 1+1",
	                                    "done1 1",
	                                    "done1 0+1",
	                                    "done1 1+0",
	                                    "done1 -1+2",
	                                    "done1 1+1x",
	                                    "done1 1+",
	                                    "done1 1+1  ",
	                                    "done1 9223372036854775807+1"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct done done = {0};
		if (done_read(&done, 5, str_of(texts[i])))
			fail_msg("'%s' was read", texts[i]);
		done_free(&done);
	}
}

static void says_when_the_gaps_are_too_many(void **state)
{
	(void)state;
	struct done done = {0};
	struct buf out;
	buf_init(&out, 1 << 20);
	for (int64_t i = 1; i < 2000; i++)
		done_add(&done, 2 * i, 2 * i + 1);
	assert_false(done_write(&done, &out));
	buf_free(&out);
	done_free(&done);
}

static void holds_what_a_plain_list_would(void **state)
{
	(void)state;
	struct done done = {0};
	bool plain[300] = {0};
	unsigned seed = 7;
	for (int i = 0; i < 400; i++) {
		seed = seed * 1103515245 + 12345;
		int64_t from = (seed >> 16) % 280, length = (seed >> 8) % 5;
		done_add(&done, from, from + length);
		for (int64_t o = from; o < from + length; o++)
			plain[o] = true;
		for (int64_t o = 0; o < 300; o++)
			assert_int_equal(done_has(&done, o), plain[o]);
	}
	done_free(&done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_base_moves_over_what_follows_it),
	        cmocka_unit_test(a_gap_holds_the_base),
	        cmocka_unit_test(ranges_that_touch_become_one),
	        cmocka_unit_test(reads_what_it_has_written),
	        cmocka_unit_test(an_empty_text_is_no_range),
	        cmocka_unit_test(refuses_what_something_else_has_written),
	        cmocka_unit_test(says_when_the_gaps_are_too_many),
	        cmocka_unit_test(holds_what_a_plain_list_would),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
