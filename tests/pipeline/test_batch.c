#include "tests/harness.h"

#include "pipeline/batch.h"

static int released;

static void release(void *source, void *owner)
{
	(void)source;
	(void)owner;
	released++;
}

static const char topic[] = "raw";

static void add(struct batch *b, int partition, int64_t offset)
{
	struct header headers[] = {{STR("name"), STR("value")}};
	struct message msg = {.delivery = {STR("c"), {topic, 3}, partition, offset},
	                      .value = STR("12345"),
	                      .headers = headers,
	                      .n_headers = 1,
	                      .owner = &released};
	batch_add(b, &msg);
	headers[0].name = STR("gone"); /* the batch has its own copy */
}

static int64_t next_of(const struct batch *b, int partition)
{
	const struct offset *at = offsets_find(&b->next, topic, partition, NULL);
	return at ? at->next : -1;
}

struct pair {
	struct batch b, rest;
};

static int make(void **state)
{
	static struct pair pair;
	released = 0;
	batch_init(&pair.b, 2, release, NULL);
	batch_init(&pair.rest, 2, release, NULL);
	*state = &pair;
	return 0;
}

static int unmake(void **state)
{
	struct pair *pair = *state;
	batch_free(&pair->b);
	batch_free(&pair->rest);
	return 0;
}

static void keeps_headers_of_its_own(void **state)
{
	struct batch *b = &((struct pair *)*state)->b;
	add(b, 0, 7);
	assert_str(b->messages[0].headers[0].name, "name");
	assert_int_equal(b->raw_bytes, 5 + 9 + sizeof(struct header));
}

static void seals_to_the_offset_behind_the_last_message_taken(void **state)
{
	struct pair *pair = *state;
	add(&pair->b, 0, 7);
	add(&pair->b, 1, 3);
	add(&pair->b, 0, 9);
	pair->b.n_taken = 3;
	batch_seal(&pair->b, &pair->rest);
	assert_int_equal(next_of(&pair->b, 0), 10);
	assert_int_equal(next_of(&pair->b, 1), 4);
	assert_int_equal(pair->rest.n_messages, 0);
}

static void moves_what_was_cut_off_and_releases_each_message_once(void **state)
{
	struct pair *pair = *state;
	add(&pair->b, 0, 7);
	add(&pair->b, 0, 8);
	add(&pair->b, 0, 9);
	pair->b.n_taken = 1;
	batch_seal(&pair->b, &pair->rest);
	assert_int_equal(next_of(&pair->b, 0), 8);
	assert_int_equal(pair->rest.n_messages, 2);
	assert_int_equal(pair->rest.messages[0].delivery.offset, 8);
	assert_str(pair->rest.messages[1].headers[0].value, "value");
	batch_reset(&pair->b);
	assert_int_equal(released, 1);
	batch_reset(&pair->rest);
	assert_int_equal(released, 3);
	batch_reset(&pair->rest);
	assert_int_equal(released, 3);
}

static void an_end_of_partition_counts_only_when_what_came_before_it_was_taken(void **state)
{
	struct pair *pair = *state;
	add(&pair->b, 0, 7);
	batch_add_eof(&pair->b, &(struct offset){topic, 1, 50});
	add(&pair->b, 0, 8);
	batch_add_eof(&pair->b, &(struct offset){topic, 0, 12});
	pair->b.n_taken = 1;
	batch_seal(&pair->b, &pair->rest);
	assert_int_equal(next_of(&pair->b, 0), 8);
	assert_int_equal(next_of(&pair->b, 1), 50);
	pair->rest.n_taken = 1;
	batch_reset(&pair->b);
	batch_seal(&pair->rest, &pair->b);
	assert_int_equal(next_of(&pair->rest, 0), 12);
	assert_int_equal(next_of(&pair->rest, 1), -1);
}

static void an_end_that_lies_before_the_last_message_changes_nothing(void **state)
{
	struct pair *pair = *state;
	batch_add_eof(&pair->b, &(struct offset){topic, 0, 5});
	add(&pair->b, 0, 7);
	pair->b.n_taken = 1;
	batch_seal(&pair->b, &pair->rest);
	assert_int_equal(next_of(&pair->b, 0), 8);
}

static void a_batch_of_ends_alone_has_offsets(void **state)
{
	struct pair *pair = *state;
	batch_add_eof(&pair->b, &(struct offset){topic, 0, 5});
	batch_add_eof(&pair->b, &(struct offset){topic, 0, 6});
	batch_seal(&pair->b, &pair->rest);
	assert_int_equal(next_of(&pair->b, 0), 6);
	assert_int_equal(pair->b.next.n, 1);
}

static void swaps_arenas_between_batches(void **state)
{
	struct pair *pair = *state;
	void *warm = arena_alloc(&pair->b.lanes[1], 100);
	arena_reset(&pair->b.lanes[1]);
	batch_swap_lanes(&pair->b, &pair->rest);
	assert_ptr_equal(arena_alloc(&pair->rest.lanes[1], 100), warm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(keeps_headers_of_its_own, make, unmake),
	        cmocka_unit_test_setup_teardown(seals_to_the_offset_behind_the_last_message_taken, make, unmake),
	        cmocka_unit_test_setup_teardown(moves_what_was_cut_off_and_releases_each_message_once, make, unmake),
	        cmocka_unit_test_setup_teardown(an_end_of_partition_counts_only_when_what_came_before_it_was_taken,
	                                        make, unmake),
	        cmocka_unit_test_setup_teardown(an_end_that_lies_before_the_last_message_changes_nothing, make, unmake),
	        cmocka_unit_test_setup_teardown(a_batch_of_ends_alone_has_offsets, make, unmake),
	        cmocka_unit_test_setup_teardown(swaps_arenas_between_batches, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
