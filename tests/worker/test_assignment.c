#include "tests/harness.h"

#include "worker/assignment.h"

static const char topic[] = "raw";

struct fixture {
	struct metrics *metrics;
	struct assignment *held;
	struct offsets out, ends;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->metrics = metrics_new();
	f->held = assignment_new(f->metrics);
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	assignment_free(&f->held);
	assert_null(f->held);
	metrics_free(&f->metrics);
	offsets_free(&f->out);
	offsets_free(&f->ends);
	free(f);
	return 0;
}

/* Partitions 0 … n-1. */
static void take(struct fixture *f, int n, int64_t now_ms)
{
	struct offsets partitions = {0};
	for (int i = 0; i < n; i++)
		offsets_set(&partitions, topic, i, OFFSET_AS_COMMITTED);
	assignment_take(f->held, &partitions, now_ms);
	offsets_free(&partitions);
}

static bool read_one(struct fixture *f, int partition, int64_t offset)
{
	struct position at = {STR("c"), {topic, 3}, partition, offset};
	return assignment_read(f->held, &at);
}

static bool at_end(struct fixture *f, int partition, int64_t next)
{
	return assignment_at_end(f->held, &(struct offset){topic, partition, next}, 77);
}

static void commit(struct fixture *f, int partition, int64_t next, int64_t now_ms)
{
	struct offset at = {topic, partition, next};
	assignment_committed(f->held, &(struct offsets){&at, 1, 1}, now_ms);
}

static int64_t rewound_to(struct fixture *f, int partition)
{
	assignment_rewind(f->held, &f->out);
	struct offset *at = offsets_find(&f->out, topic, partition, NULL);
	assert_non_null(at);
	return at->next;
}

static void set_end(struct fixture *f, int partition, int64_t end)
{
	offsets_set(&f->ends, topic, partition, end);
	assignment_set_ends(f->held, &f->ends);
}

static struct partition_status status_of(struct fixture *f, int partition)
{
	struct partition_status status[8];
	size_t n = assignment_status(f->held, status, 8);
	for (size_t i = 0; i < n; i++) {
		if (status[i].partition == partition)
			return status[i];
	}
	fail_msg("partition %d is not assigned", partition);
	return status[0];
}

static int64_t metric(struct fixture *f, enum metric_id id, const char *partition)
{
	return series_value(
	        metrics_series(f->metrics, id, "topic", STR("raw"), "partition", str_of(partition), NULL, STR("")));
}

static void goes_back_to_where_the_group_stands_until_something_is_committed(void **state)
{
	struct fixture *f = *state;
	take(f, 2, 1);
	read_one(f, 0, 10);
	read_one(f, 0, 11);
	assert_int_equal(rewound_to(f, 0), OFFSET_AS_COMMITTED);
	commit(f, 0, 11, 2);
	read_one(f, 0, 11);
	assert_int_equal(rewound_to(f, 0), 11);
	assert_int_equal(rewound_to(f, 1), OFFSET_AS_COMMITTED);
	assert_int_equal(f->out.n, 2);
}

static void a_new_assignment_knows_nothing_of_the_commits_of_the_last(void **state)
{
	struct fixture *f = *state;
	take(f, 2, 1);
	commit(f, 0, 11, 2);
	assignment_drop(f->held);
	assert_int_equal(assignment_count(f->held), 0);
	take(f, 3, 3);
	assert_int_equal(assignment_count(f->held), 3);
	assert_int_equal(rewound_to(f, 0), OFFSET_AS_COMMITTED);
	assert_int_equal(status_of(f, 0).next, -1);
}

static void a_commit_of_partitions_that_are_gone_changes_nothing(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	commit(f, 5, 11, 2);
	assert_int_equal(rewound_to(f, 0), OFFSET_AS_COMMITTED);
	assert_int_equal(f->out.n, 1);
}

static void says_once_that_an_end_is_not_committed_yet(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	assert_true(at_end(f, 0, 20));
	commit(f, 0, 20, 2);
	assert_false(at_end(f, 0, 20));
	assert_true(at_end(f, 0, 21));
	assert_false(at_end(f, 3, 21));
}

static void tells_others_how_far_each_partition_is(void **state)
{
	struct fixture *f = *state;
	take(f, 2, 5);
	assert_int_equal(status_of(f, 1).next, -1);
	assert_int_equal(status_of(f, 1).last_progress_ms, 5);
	commit(f, 1, 30, 9);
	assert_int_equal(status_of(f, 1).next, 30);
	assert_int_equal(status_of(f, 1).last_progress_ms, 9);
	assert_false(status_of(f, 1).at_end);
	at_end(f, 1, 30);
	assert_true(status_of(f, 1).at_end);
	assert_int_equal(status_of(f, 1).last_progress_ms, 77);
	read_one(f, 1, 30);
	assert_false(status_of(f, 1).at_end);
	assert_string_equal(status_of(f, 1).topic, "raw");
}

static void a_rewind_takes_partitions_from_their_end(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	at_end(f, 0, 4);
	assignment_rewind(f->held, &f->out);
	assert_false(status_of(f, 0).at_end);
}

static void tells_no_more_than_there_is_room_for(void **state)
{
	struct fixture *f = *state;
	struct partition_status status[2] = {{.partition = -1}, {.partition = -1}};
	take(f, 3, 1);
	assert_int_equal(assignment_status(f->held, status, 1), 3);
	assert_int_equal(status[0].partition, 0);
	assert_int_equal(status[1].partition, -1);
}

static void counts_in_metrics_what_is_assigned_committed_and_left(void **state)
{
	struct fixture *f = *state;
	take(f, 2, 1);
	assert_int_equal(series_value(metrics_plain(f->metrics, METRIC_ASSIGNED)), 2);
	commit(f, 1, 30, 9);
	assert_int_equal(metric(f, METRIC_OFFSET, "1"), 30);
	assignment_set_lag(f->held, &(struct offset){topic, 1, 30}, 12);
	assignment_set_lag(f->held, &(struct offset){topic, 6, 30}, 99);
	assert_int_equal(metric(f, METRIC_LAG, "1"), 12);
	assignment_drop(f->held);
	assert_int_equal(series_value(metrics_plain(f->metrics, METRIC_ASSIGNED)), 0);
}

/* --- until the end ------------------------------------------------------------------------------------------------ */

static void reads_to_the_ends_seen_first_and_no_further(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	assert_true(read_one(f, 0, 3));
	set_end(f, 0, 5);
	assert_true(read_one(f, 0, 4));
	assert_true(assignment_all_read(f->held));
	assert_false(read_one(f, 0, 5));
}

static void has_read_all_when_every_partition_is_at_its_end(void **state)
{
	struct fixture *f = *state;
	take(f, 2, 1);
	set_end(f, 0, 5);
	set_end(f, 1, 0);
	assert_false(assignment_all_read(f->held));
	at_end(f, 1, 0);
	assert_false(assignment_all_read(f->held));
	read_one(f, 0, 3);
	assert_false(assignment_all_read(f->held));
	at_end(f, 0, 5); /* offset 4 is a marker, not a message */
	assert_true(assignment_all_read(f->held));
	assignment_rewind(f->held, &f->out);
	assert_false(assignment_all_read(f->held));
}

static void the_end_behind_what_was_left_out_is_not_committed(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	set_end(f, 0, 5);
	read_one(f, 0, 4);
	commit(f, 0, 5, 2);
	assert_false(read_one(f, 0, 5));
	assert_false(at_end(f, 0, 6));
	assert_true(assignment_all_read(f->held));
	assignment_rewind(f->held, &f->out);
	assert_true(at_end(f, 0, 6)); /* as after a transaction: what was left out is not behind it */
}

static void ends_hold_for_later_assignments_and_nothing_is_wanted_of_partitions_that_came_later(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	set_end(f, 0, 5);
	assignment_drop(f->held);
	take(f, 2, 2);
	assert_true(read_one(f, 0, 4));
	assert_false(read_one(f, 0, 5));
	assert_false(read_one(f, 1, 0));
	assert_true(assignment_all_read(f->held));
}

static void lifted_ends_stop_nobody_until_the_next_assignment(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	set_end(f, 0, 5);
	at_end(f, 0, 5);
	assert_false(assignment_lift_ends(f->held));
	assert_true(assignment_is_lifted(f->held));
	assert_false(assignment_all_read(f->held));
	assert_true(read_one(f, 0, 5));
	assignment_drop(f->held);
	take(f, 1, 2);
	assert_false(read_one(f, 0, 5));
	assert_true(assignment_lift_ends(f->held)); /* it was left out, and is to be read again */
}

static void without_ends_nothing_is_ever_all_read(void **state)
{
	struct fixture *f = *state;
	take(f, 1, 1);
	at_end(f, 0, 5);
	assert_false(assignment_all_read(f->held));
}

static void a_worker_without_partitions_has_read_all(void **state)
{
	struct fixture *f = *state;
	take(f, 0, 1);
	assert_true(assignment_all_read(f->held));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(goes_back_to_where_the_group_stands_until_something_is_committed),
	        TEST(a_new_assignment_knows_nothing_of_the_commits_of_the_last),
	        TEST(a_commit_of_partitions_that_are_gone_changes_nothing),
	        TEST(says_once_that_an_end_is_not_committed_yet),
	        TEST(tells_others_how_far_each_partition_is),
	        TEST(a_rewind_takes_partitions_from_their_end),
	        TEST(tells_no_more_than_there_is_room_for),
	        TEST(counts_in_metrics_what_is_assigned_committed_and_left),
	        TEST(reads_to_the_ends_seen_first_and_no_further),
	        TEST(has_read_all_when_every_partition_is_at_its_end),
	        TEST(the_end_behind_what_was_left_out_is_not_committed),
	        TEST(ends_hold_for_later_assignments_and_nothing_is_wanted_of_partitions_that_came_later),
	        TEST(lifted_ends_stop_nobody_until_the_next_assignment),
	        TEST(without_ends_nothing_is_ever_all_read),
	        TEST(a_worker_without_partitions_has_read_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
