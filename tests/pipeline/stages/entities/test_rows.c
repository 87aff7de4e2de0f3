/*
 * Rows of weights: every row of a small file is found by its key and by no other, however many keys are asked for, and
 * also where signs mislead.
 */
#include "tests/harness.h"

#include "pipeline/stages/entities/rows.h"

#define BUCKETS 64
#define KEYS    200

struct table {
	struct tagger_file_bucket buckets[BUCKETS];
	uint64_t keys[KEYS];
	struct rows rows;
};

/* Half of the checks differ in no byte that a sign is made of. */
static uint64_t key_at(size_t i)
{
	uint64_t check = i % 2 ? 0x11000022 + ((uint64_t)i << 16) : 0x9e3779b9 * ((uint64_t)i + 1);
	return (i + 1) * UINT64_C(0x0351e5c9f2a7b000) << 32 | (check & UINT32_MAX);
}

/* Odd keys stand in their second bucket, where it has room. */
static void put(struct table *table, uint64_t key, size_t i)
{
	for (unsigned which = 0; which < 2; which++) {
		struct tagger_file_bucket *bucket =
		        &table->buckets[tagger_file_bucket(key, BUCKETS, which ^ (unsigned)(i & 1))];
		for (size_t k = 0; k < TAGGER_FILE_ROWS; k++)
			if (!bucket->rows[k].check) {
				bucket->rows[k].check = tagger_file_check(key);
				for (size_t l = 0; l < TAGGER_LABELS - 1; l++)
					bucket->rows[k].weights[l] = (int8_t)(i * 7 + l * 31);
				return;
			}
	}
}

static int set_up(void **state)
{
	static struct table table;
	memset(&table, 0, sizeof(table));
	for (size_t i = 0; i < KEYS; i++)
		put(&table, table.keys[i] = key_at(i), i);
	rows_open(&table.rows, table.buckets, BUCKETS);
	*state = &table;
	return 0;
}

static int tear_down(void **state)
{
	struct table *table = *state;
	rows_close(&table->rows);
	return 0;
}

/* What the file says of a key, as tagger_file.h describes it. */
static int weight(const struct table *table, uint64_t key, size_t label)
{
	for (unsigned which = 0; which < 2; which++) {
		const struct tagger_file_bucket *bucket = &table->buckets[tagger_file_bucket(key, BUCKETS, which)];
		for (size_t k = 0; k < TAGGER_FILE_ROWS; k++)
			if (bucket->rows[k].check == tagger_file_check(key))
				return bucket->rows[k].weights[label];
	}
	return 0;
}

static void adds_the_row_of_each_key_and_nothing_for_others(void **state)
{
	const struct table *table = *state;
	static struct rows_wanted wanted;
	for (size_t i = 0; i < 2 * KEYS; i++) {
		struct rows_sum sum = {0};
		uint64_t key = key_at(i);
		rows_want(&table->rows, &wanted, &key, 1, &sum);
		rows_add(&table->rows, &wanted);
		for (size_t l = 0; l < TAGGER_LABELS - 1; l++)
			assert_int_equal(sum.lanes[ROWS_FIRST_LANE + l], weight(table, key, l));
	}
}

static void adds_more_keys_than_it_collects_at_once(void **state)
{
	const struct table *table = *state;
	static struct rows_wanted wanted;
	struct rows_sum sums[3] = {0};
	int expected[3] = {0};
	for (size_t i = 0; i < 5 * ROWS_WANTED; i++) {
		uint64_t key = key_at(i * 13 % KEYS);
		rows_want(&table->rows, &wanted, &key, 1, &sums[i % 3]);
		expected[i % 3] += weight(table, key, 5);
	}
	rows_add(&table->rows, &wanted);
	assert_int_equal(wanted.n, 0);
	for (size_t s = 0; s < 3; s++)
		assert_int_equal(sums[s].lanes[ROWS_FIRST_LANE + 5], (int16_t)expected[s]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(adds_the_row_of_each_key_and_nothing_for_others, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(adds_more_keys_than_it_collects_at_once, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
