/*
 * The loop against a broker in memory: each thing that can go wrong, at every call at which it can.
 *
 * The judge reads what a read_committed reader sees. Each part of each message must stand there once, in the order of
 * its partition, whatever failed on the way; nothing may be left open, held or pending.
 */
#include "tests/harness.h"

#include "tests/membroker/worker.h"

#include <stdio.h>

#define PARTITIONS 3
#define MESSAGES   7 /* a partition */
#define PARTS      2

static const char *const topics[] = {"raw", NULL};

/* --- the world ---------------------------------------------------------------------------------------------------- */

static struct mem_broker *make_world(void)
{
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", PARTITIONS);
	for (int p = 0; p < PARTITIONS; p++) {
		for (int m = 0; m < MESSAGES; m++) {
			char key[32], value[64];
			snprintf(key, sizeof(key), "p%d-%d", p, m);
			snprintf(value, sizeof(value), "p%d-%d-0|p%d-%d-1", p, m, p, m);
			mem_put(b, "raw", p, str_of(key), str_of(value), NULL, 0);
			if (m == 3)
				mem_gap(b, "raw", p, 1);
		}
		mem_gap(b, "raw", p, 1);
	}
	return b;
}

static struct mem_client *make_client(struct mem_broker *b)
{
	return mem_client_new(b, "w1", topics, "articles", "duplicates", "dead");
}

/* --- the judge ---------------------------------------------------------------------------------------------------- */

struct judged {
	int seen[PARTITIONS][MESSAGES][PARTS];
	int last[PARTITIONS]; /* order: message * PARTS + part, of the last one seen */
};

static void judge_one(struct judged *j, const struct mem_record *record)
{
	int p, m, part = -1;
	char key[32];
	snprintf(key, sizeof(key), "%.*s", STR_ARG(record->key));
	int n = sscanf(key, "p%d-%d-%d", &p, &m, &part);
	assert_true(n >= 2);
	for (int i = n == 3 ? part : 0; i <= (n == 3 ? part : PARTS - 1); i++) {
		j->seen[p][m][i]++;
		if (m * PARTS + i <= j->last[p])
			fail_msg("%s comes after %d of its partition", key, j->last[p]);
		j->last[p] = m * PARTS + i;
	}
}

/* Every part once, in order; all offsets committed to the very end, gaps too. */
static void judge(struct mem_broker *b)
{
	struct judged j = {0};
	memset(j.last, -1, sizeof(j.last));
	for (size_t i = 0; i < mem_committed(b); i++) {
		struct mem_record record = mem_record(b, i);
		judge_one(&j, &record);
	}
	for (int p = 0; p < PARTITIONS; p++) {
		for (int m = 0; m < MESSAGES; m++) {
			for (int i = 0; i < PARTS; i++) {
				if (j.seen[p][m][i] != 1)
					fail_msg("p%d-%d-%d was seen %d times", p, m, i, j.seen[p][m][i]);
			}
		}
		assert_int_equal(mem_group_offset(b, "raw", p), MESSAGES + 2);
	}
	assert_int_equal(mem_open_transactions(b), 0);
}

static void judge_life(const struct test_worker_result *r)
{
	if (r->witness.broken)
		fail_msg("%s", r->witness.broken);
	assert_int_equal(r->held, 0);
	assert_int_equal(r->witness.n_pending, 0);
}

/* Lives follow each other until one ends in peace, as a supervisor does it. */
static void run_to_the_end(struct mem_broker *b, struct mem_client *c, const struct test_worker_options *options)
{
	for (int life = 0; life < 5; life++) {
		struct test_worker_result r = test_worker_run(c, options);
		bool dead = mem_client_is_dead(c);
		judge_life(&r);
		if (mem_client_broken(c))
			fail_msg("%s", mem_client_broken(c));
		mem_client_free(&c);
		if (!dead && r.end == LOOP_DONE)
			return;
		c = make_client(b);
	}
	fail_msg("five lives were not enough");
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void publishes_every_part_once_and_commits_to_the_end(void **state)
{
	(void)state;
	struct mem_broker *b = make_world();
	struct mem_client *c = make_client(b);
	struct test_worker_result r = test_worker_run(c, &(struct test_worker_options){.until_end = true});
	assert_int_equal(r.end, LOOP_DONE);
	judge(b);
	judge_life(&r);
	assert_int_equal(r.articles, PARTITIONS * MESSAGES * PARTS);
	assert_int_equal(r.witness.committed_stories, PARTITIONS * MESSAGES * PARTS);
	assert_int_equal(mem_aborted(b), 0);
	mem_client_free(&c);
	mem_broker_free(&b);
}

static uint64_t calls_without_faults(const struct test_worker_options *options)
{
	struct mem_broker *b = make_world();
	struct mem_client *c = make_client(b);
	test_worker_run(c, options);
	uint64_t calls = mem_client_calls(c);
	mem_client_free(&c);
	mem_broker_free(&b);
	return calls;
}

static void fail_at_every_call(enum mem_fault fault, const struct test_worker_options *options)
{
	uint64_t calls = calls_without_faults(options);
	assert_true(calls > 60);
	for (uint64_t at = 1; at <= calls; at++) {
		struct mem_broker *b = make_world();
		struct mem_client *c = make_client(b);
		mem_client_fault(c, fault, at);
		run_to_the_end(b, c, options);
		judge(b);
		mem_broker_free(&b);
	}
}

static const struct test_worker_options inline_run = {.until_end = true};
static const struct test_worker_options threaded_run = {.until_end = true, .threads = true, .lanes = 3};

static void survives_a_kill_before_every_call(void **state)
{
	(void)state;
	fail_at_every_call(MEM_DIE, &inline_run);
}

static void survives_a_kill_after_every_call(void **state)
{
	(void)state;
	fail_at_every_call(MEM_DIE_AFTER, &inline_run);
}

static void survives_an_outage_at_every_call(void **state)
{
	(void)state;
	fail_at_every_call(MEM_FAIL, &inline_run);
}

static void survives_a_lost_answer_at_every_call(void **state)
{
	(void)state;
	fail_at_every_call(MEM_LOSE_ANSWER, &inline_run);
}

static void survives_a_rebalance_at_every_call(void **state)
{
	(void)state;
	fail_at_every_call(MEM_REBALANCE, &inline_run);
}

static void survives_losing_its_partitions_at_every_call(void **state)
{
	(void)state;
	fail_at_every_call(MEM_STEAL, &inline_run);
}

static void survives_all_of_it_with_threads(void **state)
{
	(void)state;
	for (enum mem_fault fault = MEM_DIE; fault <= MEM_STEAL; fault++)
		fail_at_every_call(fault, &threaded_run);
}

static void takes_up_after_begin_answered_abort(void **state)
{
	(void)state;
	struct mem_broker *b = make_world();
	struct mem_client *c = make_client(b);
	struct witness w = {.begins_to_abort = 3};
	struct test_worker_options options = {.until_end = true, .witness = &w};
	struct test_worker_result r = test_worker_run(c, &options);
	assert_int_equal(r.end, LOOP_DONE);
	judge(b);
	judge_life(&r);
	assert_true(r.witness.rollbacks >= 3);
	mem_client_free(&c);
	mem_broker_free(&b);
}

static void publishes_what_is_worked_when_told_to_stop_and_the_next_goes_on(void **state)
{
	(void)state;
	for (uint64_t begin = 1; begin <= 5; begin++) {
		struct mem_broker *b = make_world();
		struct mem_client *c = make_client(b);
		_Atomic bool stop = false;
		struct witness w = {.stop_at_begin = begin};
		struct test_worker_options options = {.witness = &w, .stop = &stop, .batch_stories = 4};
		struct test_worker_result r = test_worker_run(c, &options);
		assert_int_equal(r.end, LOOP_DONE);
		judge_life(&r);
		assert_int_equal(mem_committed(b), r.witness.committed_stories);
		assert_int_equal(r.witness.commits, begin);
		mem_client_free(&c);
		run_to_the_end(b, make_client(b), &inline_run);
		judge(b);
		mem_broker_free(&b);
	}
}

static void stops_at_once_where_there_is_nothing(void **state)
{
	(void)state;
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", PARTITIONS);
	struct mem_client *c = make_client(b);
	struct test_worker_result r = test_worker_run(c, &inline_run);
	assert_int_equal(r.end, LOOP_DONE);
	assert_int_equal(mem_committed(b), 0);
	assert_int_equal(mem_group_offset(b, "raw", 0), 0);
	judge_life(&r);
	mem_client_free(&c);
	mem_broker_free(&b);
}

static size_t count_of(struct mem_broker *b, const char *topic)
{
	size_t n = 0;
	for (size_t i = 0; i < mem_committed(b); i++)
		n += strcmp(mem_record(b, i).topic, topic) == 0;
	return n;
}

static const char *header_of(const struct mem_record *record, const char *name)
{
	for (size_t i = 0; i < record->n_headers; i++) {
		if (str_is(record->headers[i].name, name))
			return record->headers[i].value.p;
	}
	return "(no such header)";
}

static void a_message_of_twelve_parts_of_which_one_dies_gives_eleven_and_a_dead_letter(void **state)
{
	(void)state;
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", 1);
	struct str value = STR("a0|a1|a2|a3|a4|a5|dead6|a7|a8|a9|a10|drop11");
	mem_put(b, "raw", 0, STR("key"), value, NULL, 0);
	struct mem_client *c = make_client(b);
	struct test_worker_result r = test_worker_run(c, &inline_run);
	judge_life(&r);
	assert_int_equal(r.articles, 10);
	assert_int_equal(r.dead_letters, 1);
	assert_int_equal(r.drops, 1);
	assert_int_equal(count_of(b, "articles"), 10);
	assert_int_equal(count_of(b, "dead"), 1);
	struct mem_record dead = mem_record(b, mem_committed(b) - 1);
	assert_true(str_eq(dead.value, value));
	assert_str(dead.key, "key");
	assert_string_equal(header_of(&dead, "wiredesk-part"), "6");
	assert_string_equal(header_of(&dead, "wiredesk-reason"), "bad-format");
	assert_string_equal(header_of(&dead, "wiredesk-origin"), "mem/raw/0/0");
	mem_client_free(&c);
	mem_broker_free(&b);
}

static void a_story_over_its_memory_dies_alone(void **state)
{
	(void)state;
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", 1);
	mem_put(b, "raw", 0, STR("k"), STR("a0|huge1|a2"), NULL, 0);
	mem_put(b, "raw", 0, STR("k"), STR("b0"), NULL, 0);
	struct mem_client *c = make_client(b);
	struct test_worker_result r = test_worker_run(c, &inline_run);
	judge_life(&r);
	assert_int_equal(r.articles, 3);
	assert_int_equal(r.dead_letters, 1);
	struct mem_record dead = mem_record(b, 2);
	assert_string_equal(dead.topic, "dead");
	assert_string_equal(header_of(&dead, "wiredesk-reason"), "limit-story");
	assert_string_equal(header_of(&dead, "wiredesk-stage"), "eat");
	mem_client_free(&c);
	mem_broker_free(&b);
}

static void a_replayed_dead_letter_brings_back_just_its_part(void **state)
{
	(void)state;
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", 1);
	const struct header headers[] = {{STR("wiredesk-origin"), STR("mem/raw/0/77")},
	                                 {STR("wiredesk-attempts"), STR("1")},
	                                 {STR("wiredesk-part"), STR("7")},
	                                 {STR("wiredesk-part"), STR("2")},
	                                 {STR("wiredesk-part"), STR("99")}};
	mem_put(b, "raw", 0, STR("k"), STR("a0|a1|dead2|a3|a4|a5|a6|a7|a8"), headers, 5);
	struct mem_client *c = make_client(b);
	struct test_worker_result r = test_worker_run(c, &inline_run);
	judge_life(&r);
	assert_int_equal(count_of(b, "articles"), 1);
	assert_str(mem_record(b, 0).key, "a7");
	assert_int_equal(r.dead_letters, 2);
	struct mem_record dead = mem_record(b, 1);
	assert_string_equal(header_of(&dead, "wiredesk-origin"), "mem/raw/0/77");
	assert_string_equal(header_of(&dead, "wiredesk-attempts"), "2");
	mem_client_free(&c);
	mem_broker_free(&b);
}

static size_t count_headers_of(const struct mem_record *record, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < record->n_headers; i++)
		n += str_is(record->headers[i].name, name);
	return n;
}

static void a_replay_that_dies_as_a_whole_counts_each_part_it_was_to_bring(void **state)
{
	(void)state;
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", 1);
	const struct header headers[] = {{STR("wiredesk-origin"), STR("mem/raw/0/77")},
	                                 {STR("wiredesk-attempts"), STR("1")},
	                                 {STR("wiredesk-part"), STR("7")},
	                                 {STR("wiredesk-part"), STR("2")}};
	char value[2 * 101];
	for (int i = 0; i < 101; i++) {
		value[2 * i] = 'a';
		value[2 * i + 1] = '|'; /* 101 parts, and 100 are allowed */
	}
	mem_put(b, "raw", 0, STR("k"), str_make(value, sizeof(value)), headers, 4);
	struct mem_client *c = make_client(b);
	struct test_worker_result r = test_worker_run(c, &inline_run);
	judge_life(&r);
	assert_int_equal(count_of(b, "dead"), 1);
	assert_int_equal(r.dead_letters, 2);
	struct mem_record dead = mem_record(b, 0);
	assert_int_equal(count_headers_of(&dead, "wiredesk-part"), 2);
	assert_string_equal(header_of(&dead, "wiredesk-reason"), "limit-parts");
	mem_client_free(&c);
	mem_broker_free(&b);
}

/* --- records that the broker refuses ------------------------------------------------------------------------------ */

static char state_dir[64];

static int make_state_dir(void **state)
{
	(void)state;
	snprintf(state_dir, sizeof(state_dir), "/tmp/wiredesk-test-XXXXXX");
	return mkdtemp(state_dir) ? 0 : -1;
}

static int remove_state_dir(void **state)
{
	(void)state;
	char path[96];
	const char *const names[] = {"condemned", "suspects"};
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", state_dir, names[i]);
		remove(path);
	}
	return rmdir(state_dir);
}

static void fill_with_one_refused(struct mem_broker *b, int bad_partition, int bad_message)
{
	mem_topic(b, "raw", PARTITIONS);
	for (int p = 0; p < PARTITIONS; p++) {
		for (int m = 0; m < 40; m++) {
			char value[64];
			bool bad = p == bad_partition && m == bad_message;
			snprintf(value, sizeof(value), "p%d-%d-0|p%d-%d-1%s", p, m, p, m, bad ? "REFUSED" : "");
			mem_put(b, "raw", p, STR("k"), str_of(value), NULL, 0);
		}
	}
}

static void a_refused_record_is_found_and_no_neighbour_dies(void **state)
{
	(void)state;
	for (int bad = 0; bad < 40; bad += 13) {
		struct mem_broker *b = mem_broker_new();
		fill_with_one_refused(b, bad % PARTITIONS, bad);
		mem_refuse(b, "articles", "REFUSED");
		struct mem_client *c = make_client(b);
		struct test_worker_options options = {.until_end = true, .batch_stories = 30, .state_dir = state_dir};
		struct test_worker_result r = test_worker_run(c, &options);
		assert_int_equal(r.end, LOOP_DONE);
		judge_life(&r);
		assert_int_equal(count_of(b, "articles"), PARTITIONS * 40 * 2 - 1);
		assert_int_equal(count_of(b, "dead"), 1);
		assert_int_equal(r.dead_letters, 1);
		mem_client_free(&c);
		mem_broker_free(&b);
	}
}

/* Each look is ten seconds after the one before. */
struct hasty {
	struct clock clock;
	_Atomic int64_t us;
	int64_t tidied_us[8];
	size_t n_tidied;
};

static int64_t hasty_mono_us(struct clock *clock)
{
	return atomic_fetch_add(&((struct hasty *)clock)->us, 10 * 1000000LL);
}

static int64_t hasty_wall_ms(struct clock *clock)
{
	(void)clock;
	return 1700000000000;
}

static void hasty_sleep_us(struct clock *clock, int64_t us)
{
	atomic_fetch_add(&((struct hasty *)clock)->us, us);
}

static void hasty_tidy(void *arg)
{
	struct hasty *h = arg;
	if (h->n_tidied < 8)
		h->tidied_us[h->n_tidied++] = atomic_load(&h->us);
}

static void tidies_once_a_minute(void **state)
{
	(void)state;
	struct hasty hasty = {.clock = {hasty_mono_us, hasty_wall_ms, hasty_sleep_us}};
	struct mem_broker *b = make_world();
	struct mem_client *c = make_client(b);
	struct test_worker_options options = {
	        .until_end = true, .clock = &hasty.clock, .tidy = hasty_tidy, .tidy_arg = &hasty};
	struct test_worker_result r = test_worker_run(c, &options);
	assert_int_equal(r.end, LOOP_DONE);
	judge_life(&r);
	assert_true(hasty.n_tidied > 2);
	for (size_t i = 0; i < hasty.n_tidied; i++)
		assert_true(hasty.tidied_us[i] - (i ? hasty.tidied_us[i - 1] : 0) >= 60 * 1000000LL);
	mem_client_free(&c);
	mem_broker_free(&b);
}

static void a_refused_dead_letter_becomes_a_stub(void **state)
{
	(void)state;
	struct mem_broker *b = mem_broker_new();
	fill_with_one_refused(b, 1, 5);
	mem_put(b, "raw", 1, STR("k"), STR("dead, and its letter is TOO LARGE"), NULL, 0);
	mem_refuse(b, "dead", "TOO LARGE");
	struct mem_client *c = make_client(b);
	struct test_worker_options options = {.until_end = true, .batch_stories = 30, .state_dir = state_dir};
	struct test_worker_result r = test_worker_run(c, &options);
	assert_int_equal(r.end, LOOP_DONE);
	judge_life(&r);
	assert_int_equal(count_of(b, "articles"), PARTITIONS * 40 * 2);
	assert_int_equal(count_of(b, "dead"), 1);
	for (size_t i = 0; i < mem_committed(b); i++) {
		struct mem_record record = mem_record(b, i);
		if (strcmp(record.topic, "dead") == 0)
			assert_null(record.value.p);
	}
	mem_client_free(&c);
	mem_broker_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(publishes_every_part_once_and_commits_to_the_end),
	        cmocka_unit_test(survives_a_kill_before_every_call),
	        cmocka_unit_test(survives_a_kill_after_every_call),
	        cmocka_unit_test(survives_an_outage_at_every_call),
	        cmocka_unit_test(survives_a_lost_answer_at_every_call),
	        cmocka_unit_test(survives_a_rebalance_at_every_call),
	        cmocka_unit_test(survives_losing_its_partitions_at_every_call),
	        cmocka_unit_test(survives_all_of_it_with_threads),
	        cmocka_unit_test(takes_up_after_begin_answered_abort),
	        cmocka_unit_test(publishes_what_is_worked_when_told_to_stop_and_the_next_goes_on),
	        cmocka_unit_test(stops_at_once_where_there_is_nothing),
	        cmocka_unit_test(a_message_of_twelve_parts_of_which_one_dies_gives_eleven_and_a_dead_letter),
	        cmocka_unit_test(a_story_over_its_memory_dies_alone),
	        cmocka_unit_test(tidies_once_a_minute),
	        cmocka_unit_test(a_replayed_dead_letter_brings_back_just_its_part),
	        cmocka_unit_test(a_replay_that_dies_as_a_whole_counts_each_part_it_was_to_bring),
	        cmocka_unit_test_setup_teardown(a_refused_record_is_found_and_no_neighbour_dies, make_state_dir,
	                                        remove_state_dir),
	        cmocka_unit_test_setup_teardown(a_refused_dead_letter_becomes_a_stub, make_state_dir, remove_state_dir),
	};
	cmocka_set_test_filter(getenv("WD_TEST_FILTER"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
