/* See history.h. */
#include "tests/harness.h"

#include "tests/flow/simulation/history.h"

#include "pipeline/base/check.h"
#include "tests/flow/simulation/events.h"
#include "tests/flow/simulation/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static volatile uint64_t seed_now;

static void history_make(struct world *w)
{
	static const uint32_t fault_rates[] = {15, 40, 100, 300, 1000000};
	static const uint32_t delay_rates[] = {10, 50, 200, 1000000};
	static struct state_file saved[PROCESSES][2];
	*w = (struct world){.broker = mem_broker_new(), .n_workers = 1 + below(WORKERS_MAX)};
	w->judge.partitions = 1 + (int)below(PARTITIONS_MAX);
	mem_topic(w->broker, "raw", w->judge.partitions);
	mem_refuse(w->broker, "articles", "REFUSED");
	mem_refuse(w->broker, "dead", "TOOLARGE");
	mem_on_commit(w->broker, judge_commit, &w->judge);
	w->fault_rate = fault_rates[below(5)];
	w->delay_rate = delay_rates[below(4)];
	w->event_rate = 2 + below(30);
	for (size_t i = 0; i <= MEM_FATAL; i++)
		w->faults[i] = !one_in(3);
	w->has_poison = one_in(3);
	w->to_come = 10 + (int)below(50);
	events_put_messages(w, (int)below(40));
	for (size_t i = 0; i < PROCESSES; i++) {
		process_make(w, i, folder);
		w->processes[i].saved = saved[i];
	}
	schedule_spawn(NULL, events_main, w);
	for (size_t i = 0; i < w->n_workers; i++) {
		struct process *p = &w->processes[i];
		p->world = w;
		p->start_us = (int64_t)below(100) * MS;
		schedule_spawn(&p->host, process_main, p);
	}
}

/* Where nobody was killed before it could count, what the workers counted is what the topics hold. */
static void check_counts(struct world *w)
{
	const uint64_t *n = w->counts;
	struct mem_counts broker = mem_counts(w->broker);
	uint64_t articles = 0, duplicates = 0, drops = 0, dead = 0;
	if (n[KILLED] || n[POISONED] || n[ABANDONED] || n[ENDED_FENCED] || n[ENDED_FAILED] || broker.stolen)
		return;
	for (size_t i = 0; i < PROCESSES; i++) {
		articles += w->processes[i].articles;
		duplicates += w->processes[i].duplicates;
		drops += w->processes[i].drops;
		dead += w->processes[i].dead_letters;
	}
	const struct judge *j = &w->judge;
	if (articles != j->articles || duplicates != j->copies || drops != j->drops || dead != j->dead)
		judge_break(&w->judge,
		            "counted %" PRIu64 " articles, %" PRIu64 " duplicates, %" PRIu64 " drops, %" PRIu64
		            " dead parts; the topics hold %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64,
		            articles, duplicates, drops, dead, j->articles, j->copies, j->drops, j->dead);
}

static void add_totals(struct totals *t, struct world *w)
{
	struct mem_counts b = mem_counts(w->broker);
	const struct judge *j = &w->judge;
	t->histories++;
	t->steps += schedule_steps();
	for (int p = 0; p < j->partitions; p++)
		t->messages += (uint64_t)j->n[p];
	t->articles += j->articles;
	t->copies += j->copies;
	t->drops += j->drops;
	t->dead += j->dead;
	t->stubs += j->stubs;
	t->refused += j->refused;
	t->condemned += j->condemned;
	for (size_t i = 0; i < HAPPENINGS; i++)
		t->counts[i] += w->counts[i];
	for (size_t i = 0; i < sizeof(b) / sizeof(uint64_t); i++)
		((uint64_t *)&t->broker)[i] += ((const uint64_t *)&b)[i];
}

uint64_t history_run(uint64_t seed, struct totals *totals)
{
	static struct world w;
	seed_now = seed;
	schedule_start(seed);
	history_make(&w);
	while (schedule_step()) {
		if (schedule_steps() > 20 * HEAL_MOST_STEPS)
			check_panic("seed %" PRIu64 ": it does not end", seed);
	}
	if (schedule_left())
		check_panic("seed %" PRIu64 ": %zu fibers wait for each other (%s)", seed, schedule_left(),
		            w.judge.broken);
	judge_order(&w.judge, w.broker);
	check_counts(&w);
	add_totals(totals, &w);
	world_trace(&w, schedule_steps());
	mem_broker_free(&w.broker);
	if (w.judge.broken[0])
		fail_msg("seed %" PRIu64 ": %s", seed, w.judge.broken);
	return w.trace;
}

uint64_t history_seed(void)
{
	return seed_now;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

int history_make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/wiredesk-simulation-XXXXXX",
	         access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < PROCESSES; i++) {
		char path[96];
		snprintf(path, sizeof(path), "%s/%zu", folder, i);
		if (mkdir(path, 0700) != 0)
			return -1;
	}
	return 0;
}

int history_remove_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < PROCESSES; i++) {
		struct process p;
		snprintf(p.dir, sizeof(p.dir), "%s/%zu", folder, i);
		process_forget_state(&p);
		rmdir(p.dir);
	}
	fiber_forget_stacks();
	return rmdir(folder);
}
