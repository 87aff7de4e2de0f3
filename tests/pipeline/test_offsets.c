#include "tests/harness.h"

#include "pipeline/offsets.h"

static int64_t next_of(const struct offsets *o, const char *topic, int partition)
{
	const struct offset *at = offsets_find(o, topic, partition, NULL);
	return at ? at->next : -1;
}

static void sets_and_finds_by_topic_and_partition(void **state)
{
	(void)state;
	struct offsets o = {0};
	assert_null(offsets_find(&o, "a", 0, NULL));
	offsets_set(&o, "a", 0, 5);
	offsets_set(&o, "a", 1, 6);
	offsets_set(&o, "b", 0, 7);
	offsets_set(&o, "a", 0, 8);
	assert_int_equal(o.n, 3);
	assert_int_equal(next_of(&o, "a", 0), 8);
	assert_int_equal(next_of(&o, "a", 1), 6);
	assert_int_equal(next_of(&o, "b", 0), 7);
	assert_int_equal(next_of(&o, "b", 1), -1);
	offsets_free(&o);
	assert_int_equal(o.n, 0);
}

static void finds_a_topic_whose_name_is_another_copy(void **state)
{
	(void)state;
	struct offsets o = {0};
	const char copy[] = "topic";
	offsets_set(&o, "topic", 3, 1);
	offsets_set(&o, copy, 3, 2);
	assert_int_equal(o.n, 1);
	assert_int_equal(next_of(&o, "topic", 3), 2);
	offsets_free(&o);
}

static void takes_a_hint_but_does_not_rely_on_it(void **state)
{
	(void)state;
	struct offsets o = {0};
	for (int i = 0; i < 40; i++)
		offsets_set(&o, "a", i, i);
	size_t hint = 0;
	assert_int_equal(offsets_find(&o, "a", 30, &hint)->next, 30);
	assert_int_equal(hint, 30);
	assert_int_equal(offsets_find(&o, "a", 30, &hint)->next, 30);
	assert_int_equal(offsets_find(&o, "a", 2, &hint)->next, 2);
	hint = 4000; /* of a longer list, earlier */
	assert_int_equal(offsets_find(&o, "a", 39, &hint)->next, 39);
	assert_null(offsets_find(&o, "b", 39, &hint));
	offsets_free(&o);
}

static void a_copy_stands_for_itself(void **state)
{
	(void)state;
	struct offsets from = {0}, to = {0};
	offsets_set(&to, "old", 0, 1);
	offsets_set(&from, "a", 0, 5);
	offsets_copy(&to, &from);
	offsets_set(&from, "a", 0, 9);
	assert_int_equal(to.n, 1);
	assert_int_equal(next_of(&to, "a", 0), 5);
	offsets_clear(&from);
	assert_int_equal(from.n, 0);
	assert_int_equal(next_of(&to, "a", 0), 5);
	offsets_free(&from);
	offsets_free(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sets_and_finds_by_topic_and_partition),
	        cmocka_unit_test(finds_a_topic_whose_name_is_another_copy),
	        cmocka_unit_test(takes_a_hint_but_does_not_rely_on_it),
	        cmocka_unit_test(a_copy_stands_for_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
