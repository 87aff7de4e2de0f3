/*
 * --until-end against a broker in memory: a worker is not done before the group is, whoever holds the partitions; and
 * it leaves to others what came after its start.
 */
#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "tests/flow/directed.h"
#include "tests/membroker/worker.h"

#include <pthread.h>
#include <stdio.h>

#define PARTITIONS 4
#define MESSAGES   6 /* a partition, when it starts */

static const char *const topics[] = {"raw", NULL};

/* What a director knows. */
struct play {
	struct directed source;
	void (*direct)(struct play *);
	struct mem_broker *broker;
	struct mem_client *other;
	int polls, scene;
};

static void direct(void *arg)
{
	struct play *p = arg;
	p->polls++;
	p->direct(p);
}

/* --- the world ---------------------------------------------------------------------------------------------------- */

static void put(struct mem_broker *b, int partition, int message)
{
	char value[32];
	snprintf(value, sizeof(value), "p%d-%d", partition, message);
	mem_put(b, "raw", partition, STR("k"), str_of(value), NULL, 0);
}

/* The last offset of each partition is no message, as after a transaction. */
static struct mem_broker *make_world(int partitions)
{
	struct mem_broker *b = mem_broker_new();
	mem_topic(b, "raw", partitions);
	for (int p = 0; p < partitions; p++) {
		for (int m = 0; m < MESSAGES; m++)
			put(b, p, m);
		mem_gap(b, "raw", p, 1);
	}
	return b;
}

static struct mem_client *join(struct mem_broker *b, const char *instance)
{
	return mem_client_new(b, instance, topics, "articles", "duplicates", "dead");
}

static size_t times_seen(struct mem_broker *b, int partition, int message)
{
	char key[32];
	size_t n = 0;
	snprintf(key, sizeof(key), "p%d-%d", partition, message);
	for (size_t i = 0; i < mem_committed(b); i++)
		n += str_is(mem_record(b, i).key, key);
	return n;
}

static void assert_all_out_once(struct mem_broker *b, int partitions)
{
	for (int p = 0; p < partitions; p++) {
		for (int m = 0; m < MESSAGES; m++)
			assert_int_equal(times_seen(b, p, m), 1);
		assert_true(mem_group_offset(b, "raw", p) >= MESSAGES + 1);
	}
}

static struct test_worker_result run_directed(struct play *p, struct mem_client *c)
{
	p->source = (struct directed){.inner = mem_client_source(c), .before = direct, .arg = p};
	directed_init(&p->source);
	return test_worker_run(c, &(struct test_worker_options){.until_end = true, .source = &p->source.source});
}

static void assert_ended_well(const struct test_worker_result *r)
{
	if (r->end != LOOP_DONE || r->witness.broken)
		fail_msg("ended with %d: %s %s", r->end, r->err.words, r->witness.broken ? r->witness.broken : "");
	assert_int_equal(r->held, 0);
}

/* --- the log ------------------------------------------------------------------------------------------------------ */

static char log_text[20000];

static void log_catch(void *arg, struct str line)
{
	size_t at = strlen(log_text);
	(void)arg;
	snprintf(log_text + at, sizeof(log_text) - at, "%.*s", STR_ARG(line));
}

static int catch_log(void **state)
{
	(void)state;
	log_text[0] = 0;
	log_redirect(log_catch, NULL);
	return 0;
}

static int let_log_go(void **state)
{
	(void)state;
	log_redirect(NULL, NULL);
	return 0;
}

static void assert_logged(const char *words)
{
	if (!strstr(log_text, words))
		fail_msg("'%s' is not in the log:\n%s", words, log_text);
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

/* The other holds partitions 1 and 3, does nothing, and is found dead long after the worker has done its own. */
static void the_other_dies_in_the_end(struct play *p)
{
	struct source_event event;
	if (p->polls != 60000)
		return;
	mem_client_fault(p->other, MEM_DIE, 1);
	mem_client_source(p->other)->ops->poll(mem_client_source(p->other), 0, &event);
	mem_expire_members(p->broker);
}

static void waits_for_the_partitions_of_one_who_is_dead_and_works_them(void **state)
{
	(void)state;
	struct mem_broker *b = make_world(PARTITIONS);
	struct mem_client *c = join(b, "w1");
	struct play p = {.direct = the_other_dies_in_the_end, .broker = b, .other = join(b, "w2")};
	struct test_worker_result r = run_directed(&p, c);
	assert_ended_well(&r);
	assert_all_out_once(b, PARTITIONS);
	assert_logged("WAITING");
	assert_logged("raw/1 at 0 of 7, raw/3 at 0 of 7");
	mem_client_free(&p.other);
	mem_client_free(&c);
	mem_broker_free(&b);
}

struct life {
	struct mem_client *client;
	struct test_worker_result result;
};

static void *live(void *arg)
{
	struct life *life = arg;
	life->result = test_worker_run(life->client, &(struct test_worker_options){.until_end = true, .threads = true});
	mem_client_free(&life->client); /* leaves, so that the group shares anew */
	return NULL;
}

static void run_together(int partitions, int workers)
{
	static const char *const names[] = {"w1", "w2", "w3"};
	struct mem_broker *b = make_world(partitions);
	struct life lives[3] = {0};
	pthread_t threads[3];
	for (int i = 0; i < workers; i++)
		lives[i].client = join(b, names[i]);
	for (int i = 0; i < workers; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, live, &lives[i]), 0);
	for (int i = 0; i < workers; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < workers; i++)
		assert_ended_well(&lives[i].result);
	assert_all_out_once(b, partitions);
	mem_broker_free(&b);
}

static void several_workers_end_when_all_is_done(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		run_together(PARTITIONS, 3);
}

static void a_worker_without_partitions_ends_when_all_is_done(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		run_together(1, 3);
}

/* Partition 1 has the most to read; meanwhile something comes to partition 0, which is at its end. */
static void something_comes_to_partition_0(struct play *p)
{
	if (p->scene == 0 && mem_group_offset(p->broker, "raw", 0) == MESSAGES + 1) {
		put(p->broker, 0, 100);
		p->scene = 1;
	}
}

static void what_comes_after_the_start_is_left_to_the_next(void **state)
{
	(void)state;
	struct mem_broker *b = make_world(2);
	for (int m = 0; m < 500; m++)
		put(b, 1, 1000 + m);
	struct mem_client *c = join(b, "w1");
	struct play p = {.direct = something_comes_to_partition_0, .broker = b};
	struct test_worker_result r = run_directed(&p, c);
	assert_ended_well(&r);
	assert_int_equal(p.scene, 1);
	assert_all_out_once(b, 2);
	assert_int_equal(times_seen(b, 1, 1499), 1);
	assert_int_equal(times_seen(b, 0, 100), 0);
	assert_int_equal(mem_group_offset(b, "raw", 0), MESSAGES + 1);
	mem_client_free(&c);
	c = join(b, "w1");
	r = test_worker_run(c, &(struct test_worker_options){.until_end = true});
	assert_ended_well(&r);
	assert_int_equal(times_seen(b, 0, 100), 1);
	mem_client_free(&c);
	mem_broker_free(&b);
}

/*
 * The other has noted a later end of partition 0 than this worker, and this one a later end of partition 1 than the
 * other: were both to stop at their own ends and wait, they would wait for ever. So who waits works on.
 */
static void the_other_waits_for_more_than_this_one_wants(struct play *p)
{
	struct source_event event;
	if (p->polls == 3000)
		put(p->broker, 0, 100);
	if (p->scene || p->polls < 6000 || mem_group_offset(p->broker, "raw", 0) < MESSAGES + 2)
		return;
	p->scene = 1; /* it has what it waited for, and goes */
	mem_client_fault(p->other, MEM_DIE, 1);
	mem_client_source(p->other)->ops->poll(mem_client_source(p->other), 0, &event);
	mem_expire_members(p->broker);
}

static void who_waits_for_others_works_on_what_comes_in(void **state)
{
	(void)state;
	struct mem_broker *b = make_world(2);
	struct mem_client *c = join(b, "w1");
	struct play p = {.direct = the_other_waits_for_more_than_this_one_wants, .broker = b, .other = join(b, "w2")};
	struct test_worker_result r = run_directed(&p, c);
	assert_ended_well(&r);
	assert_all_out_once(b, 2);
	assert_int_equal(times_seen(b, 0, 100), 1);
	mem_client_free(&p.other);
	mem_client_free(&c);
	mem_broker_free(&b);
}

#define LOGGED(name) cmocka_unit_test_setup_teardown(name, catch_log, let_log_go)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        LOGGED(what_comes_after_the_start_is_left_to_the_next),
	        LOGGED(waits_for_the_partitions_of_one_who_is_dead_and_works_them),
	        LOGGED(who_waits_for_others_works_on_what_comes_in),
	        LOGGED(several_workers_end_when_all_is_done),
	        LOGGED(a_worker_without_partitions_ends_when_all_is_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
