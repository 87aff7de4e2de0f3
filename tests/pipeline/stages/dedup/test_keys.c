/*
 * Keys: found again, ended by part and by message, and leaving at both ends.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/keys.h"

static struct key key_number(uint64_t position, uint32_t part)
{
	return (struct key){position, position * 7, part};
}

static void a_key_is_equal_in_all_its_parts_alone(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	struct key key = key_number(5, 1);
	keys_add(keys, &key)->offset = 12;
	assert_int_equal(keys_find(keys, &key)->offset, 12);
	const struct key others[] = {{6, 35, 1}, {5, 36, 1}, {5, 35, 2}};
	for (size_t i = 0; i < 3; i++)
		assert_null(keys_find(keys, &others[i]));
	keys_free(&keys);
	assert_null(keys);
}

static void an_ended_message_means_all_its_parts(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	for (uint32_t part = 0; part < 3; part++) {
		struct key key = key_number(5, part), other = key_number(6, part);
		keys_add(keys, &key);
		keys_add(keys, &other);
	}
	const struct key all = {5, 0, CLAIM_ALL_PARTS}, one = {5, 0, 2};
	size_t n = 0;
	for (struct keys_entry *e = NULL; (e = keys_next_ended(keys, &all, e)); n++)
		assert_int_equal(e->key.position, 5);
	assert_int_equal(n, 3);
	struct keys_entry *e = keys_next_ended(keys, &one, NULL);
	assert_int_equal(e->key.part, 2);
	assert_null(keys_next_ended(keys, &one, e));
	keys_free(&keys);
}

/* Many more than it begins with, over the number where it wraps. */
static void what_has_left_is_not_found(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	for (uint64_t i = 0; i < 9000; i++) {
		struct key key = key_number(i / 3, (uint32_t)(i % 3));
		keys_add(keys, &key)->offset = (int64_t)i;
	}
	for (size_t i = 0; i < 2500; i++)
		keys_drop_oldest(keys);
	for (size_t i = 0; i < 2500; i++)
		keys_drop_newest(keys);
	assert_int_equal(keys_count(keys), 4000);
	assert_int_equal(keys_oldest(keys)->offset, 2500);
	for (uint64_t i = 0; i < 9000; i++) {
		struct key key = key_number(i / 3, (uint32_t)(i % 3));
		const struct keys_entry *e = keys_find(keys, &key);
		assert_true(i >= 2500 && i < 6500 ? e && e->offset == (int64_t)i : !e);
	}
	struct key again = key_number(1, 1);
	keys_add(keys, &again);
	assert_non_null(keys_find(keys, &again));
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
	        cmocka_unit_test(the_same_origin_has_the_same_number_everywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
