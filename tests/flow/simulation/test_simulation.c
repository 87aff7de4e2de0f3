/*
 * The worker against everything that may happen to it and to its brokers, in memory, many thousand times.
 *
 * A history has up to four partitions of messages and up to three workers: the real loop, batches, publisher, suspects
 * and condemned, with their threads as fibers that take turns at every call to the broker and at every story. A seed
 * draws whose turn it is and what happens: processes are killed at any call, stand still, are told to stop, come again,
 * elsewhere or twice; members are thrown out, partitions are stolen; answers are lost or late, requests fail, for a
 * while or for good; transactions run out of time; records are refused; stories kill whoever works on them; clocks
 * leap. Then all heals, and everything must end within a bounded time.
 *
 * Held to what a read_committed reader sees (judge.h), at each commit: every part ends once, as what it is; offsets say
 * just what is out. And in the end: order, no transaction left open, nothing held. A poison message ends as a dead
 * letter after its bound, and no innocent does, whoever died beside it. Stages saw the promises of stage.h (witness),
 * the broker those of source.h and sink.h kept.
 *
 *     WD_RUNS=N WD_SEED=S test_simulation     N histories from seed S on (default 1,000 from 1)
 *     WD_LOUD=1                               the workers' log, and what happens
 */
#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "tests/flow/simulation/history.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t setting(const char *name, uint64_t preset)
{
	const char *words = getenv(name);
	return words ? strtoull(words, NULL, 10) : preset;
}

static void print_totals(const struct totals *t)
{
	const uint64_t *n = t->counts;
	const struct mem_counts *b = &t->broker;
#define U PRIu64
	printf("%" U " histories, %" U " messages, %" U " steps, %" U " lives\n", t->histories, t->messages, t->steps,
	       n[LIVES]);
	printf("  parts:     %" U " articles, %" U " duplicates, %" U " drops, %" U " dead (%" U " refused, %" U
	       " stubs, %" U " condemned), %" U " messages stolen\n",
	       t->articles, t->copies, t->drops, t->dead, t->refused, t->stubs, t->condemned, b->stolen);
	printf("  processes: %" U " killed (%" U " at work), %" U " died of poison, %" U " told to stop, %" U
	       " stood still, %" U " twins, %" U " batches abandoned; ended %" U " well, %" U " fenced or fatal, %" U
	       " failed\n",
	       n[KILLED], n[KILLED_AT_WORK], n[POISONED], n[STOPPED], n[STOOD_STILL], n[TWINS], n[ABANDONED],
	       n[ENDED_WELL], n[ENDED_FENCED], n[ENDED_FAILED]);
	printf("  group:     %" U " generations, %" U " places had again, %" U " thrown out, %" U " rebalances asked\n",
	       b->generations, b->rejoined, b->thrown_out, n[REBALANCED]);
	printf("  brokers:   %" U " commits, %" U " aborts, %" U " fenced, %" U " stale generations, %" U
	       " expired, %" U " unknown outcomes, %" U " commits late (%" U " refused), %" U " visible late\n",
	       b->commits, b->aborts, b->fenced, b->stale, b->expired, b->unknown, b->late, b->late_refused,
	       b->lagging);
	printf("  faults:    %" U ", %" U " delays, %" U " outages, %" U " leaps of clocks\n", n[FAULTS], n[DELAYS],
	       n[OUTAGES], n[LEAPS]);
#undef U
}

static void everything_ends_once_whatever_happens(void **state)
{
	(void)state;
	struct totals t = {0};
	uint64_t first = setting("WD_SEED", 1), n = setting("WD_RUNS", 1000);
	for (uint64_t seed = first; seed < first + n; seed++)
		history_run(seed, &t);
	print_totals(&t);
	if (n < 1000)
		return;
	/* All that is to be tested has happened. */
	for (size_t i = 0; i < HAPPENINGS; i++)
		assert_true(t.counts[i]);
	for (size_t i = 0; i < sizeof(t.broker) / sizeof(uint64_t); i++)
		assert_true(((const uint64_t *)&t.broker)[i]);
	assert_true(t.articles && t.copies && t.drops && t.dead && t.stubs && t.refused && t.condemned);
}

static void a_seed_tells_the_same_history_again(void **state)
{
	(void)state;
	struct totals t = {0};
	uint64_t first = setting("WD_SEED", 1);
	for (uint64_t seed = first; seed < first + 20; seed++)
		assert_true(history_run(seed, &t) == history_run(seed, &t));
}

static void tell_seed(int number)
{
	char words[64];
	int n = snprintf(words, sizeof(words), "seed %" PRIu64 "\n", history_seed());
	(void)!write(2, words, (size_t)n);
	signal(number, SIG_DFL);
	raise(number);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_seed_tells_the_same_history_again),
	        cmocka_unit_test(everything_ends_once_whatever_happens),
	};
	bool is_loud = getenv("WD_LOUD") != NULL;
	log_setup(is_loud ? LOG_DEBUG : LOG_SILENT, LOG_TEXT);
	if (is_loud)
		world_be_loud();
	signal(SIGABRT, tell_seed);
	signal(SIGTERM, tell_seed);
	return cmocka_run_group_tests(tests, history_make_folder, history_remove_folder);
}
