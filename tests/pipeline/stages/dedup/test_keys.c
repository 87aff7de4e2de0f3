/*
 * Keys: found again, ended by part and by message, and leaving at both ends.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/keys.h"

static struct key key_number(uint64_t position, uint32_t part)
{
	return (struct key){position, position * 7, part};
}

static void add(struct keys *keys, struct key key, int64_t offset)
{
	keys_add(keys, &(struct keys_entry){.key = key, .offset = offset});
}

/* Over what fits the bytes that are kept of them. */
#define OFFSET ((INT64_C(3) << 40) - 4000)

static int64_t time_of(uint64_t i)
{
	return (INT64_C(1) << 41) - 1000000 + (int64_t)i * 1000;
}

static void a_key_is_equal_in_all_its_parts_alone(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	struct key key = key_number(5, 1);
	add(keys, key, 12);
	struct keys_entry found;
	assert_true(keys_find(keys, &key, &found));
	assert_int_equal(found.offset, 12);
	assert_true(key_equal(&found.key, &key));
	const struct key others[] = {{6, 35, 1}, {5, 36, 1}, {5, 35, 2}};
	for (size_t i = 0; i < 3; i++)
		assert_false(keys_find(keys, &others[i], NULL));
	keys_free(&keys);
	assert_null(keys);
}

static void an_ended_message_means_all_its_parts(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	for (uint32_t part = 0; part < 3; part++) {
		struct key key = key_number(5, part), other = key_number(6, part);
		add(keys, key, 0);
		add(keys, other, 0);
	}
	const struct key all = {5, 0, CLAIM_ALL_PARTS}, one = {5, 0, 2};
	size_t n = 0;
	for (struct keys_entry e = {0}; keys_next_ended(keys, &all, &e); n++)
		assert_int_equal(e.key.position, 5);
	assert_int_equal(n, 3);
	struct keys_entry e = {0};
	assert_true(keys_next_ended(keys, &one, &e));
	assert_int_equal(e.key.part, 2);
	assert_false(keys_next_ended(keys, &one, &e));
	keys_free(&keys);
}

/* Many more than it begins with, over the number where it wraps. */
static void what_has_left_is_not_found(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	for (uint64_t i = 0; i < 9000; i++) {
		struct key key = key_number(i / 3, (uint32_t)(i % 3));
		keys_add(keys, &(struct keys_entry){.key = key, .offset = OFFSET + (int64_t)i, .time_ms = time_of(i)});
	}
	for (size_t i = 0; i < 2500; i++)
		keys_drop_oldest(keys);
	for (size_t i = 0; i < 2500; i++)
		keys_drop_newest(keys);
	assert_int_equal(keys_count(keys), 4000);
	assert_int_equal(keys_oldest_time_ms(keys), time_of(2500));
	for (uint64_t i = 0; i < 9000; i++) {
		struct key key = key_number(i / 3, (uint32_t)(i % 3));
		struct keys_entry e;
		bool is_held = i >= 2500 && i < 6500;
		assert_int_equal(keys_find(keys, &key, &e), is_held);
		if (!is_held)
			continue;
		assert_int_equal(e.offset, OFFSET + (int64_t)i);
		assert_int_equal(e.time_ms, time_of(i));
		assert_int_equal(keys_newer(keys, &e), 6499 - i);
		assert_false(e.is_void);
	}
	struct key again = key_number(1, 1);
	keys_add(keys, &(struct keys_entry){.key = again, .offset = OFFSET + 9000, .time_ms = time_of(9000)});
	assert_true(keys_find(keys, &again, NULL));
	keys_free(&keys);
}

static void a_void_stays_with_its_key_alone(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	for (uint64_t i = 0; i < 5000; i++)
		keys_add(keys, &(struct keys_entry){.key = key_number(i, 0), .offset = OFFSET, .time_ms = time_of(i)});
	struct keys_entry e;
	struct key key = key_number(4000, 0);
	assert_true(keys_find(keys, &key, &e));
	keys_set_void(keys, &e);
	for (uint64_t i = 0; i < 5000; i++) {
		key = key_number(i, 0);
		assert_true(keys_find(keys, &key, &e));
		assert_int_equal(e.is_void, i == 4000);
		assert_int_equal(e.time_ms, time_of(i));
	}
	keys_free(&keys);
}

static void the_same_origin_has_the_same_number_everywhere(void **state)
{
	(void)state;
	struct claim_key key = {{STR("c"), STR("wire.raw"), 3, 77}, 2, 99};
	struct key a = key_of(&key);
	assert_true(a.position == UINT64_C(0x73bfcee633d25143));
	assert_int_equal(a.part, 2);
	assert_int_equal(a.bytes_hash, 99);
	const struct position others[] = {{STR("d"), STR("wire.raw"), 3, 77},
	                                  {STR("c"), STR("wire.rax"), 3, 77},
	                                  {STR("c"), STR("wire.raw"), 4, 77},
	                                  {STR("c"), STR("wire.raw"), 3, 78},
	                                  {STR("cw"), STR("ire.raw"), 3, 77}};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		key.origin = others[i];
		assert_true(key_of(&key).position != a.position);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_key_is_equal_in_all_its_parts_alone),
	        cmocka_unit_test(an_ended_message_means_all_its_parts),
	        cmocka_unit_test(what_has_left_is_not_found),
	        cmocka_unit_test(a_void_stays_with_its_key_alone),
	        cmocka_unit_test(the_same_origin_has_the_same_number_everywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
