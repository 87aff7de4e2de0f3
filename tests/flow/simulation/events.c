/* See events.h. */
#include "tests/flow/simulation/events.h"

#include "tests/flow/simulation/process.h"

#define SESSION_US  (1500 * MS)
#define MAX_POLL_US (10 * SECOND)

/* --- what the broker does when time is over ----------------------------------------------------------------------- */

static void watch_session(struct process *p)
{
	int64_t now = schedule_now_us();
	bool still = p->still_since_us && now < p->host.still_until_us;
	int64_t silent_since = p->gone_us ? p->gone_us : still ? p->still_since_us : 0;
	bool no_session = silent_since && now - silent_since > SESSION_US;
	bool no_poll = p->client && !p->host.dying && now - p->polled_us > MAX_POLL_US;
	if (!no_session && !no_poll)
		return;
	process_throw_out(p);
	p->polled_us = now;
	if (p->gone_us)
		p->gone_us = 0;
	else
		p->still_since_us = 0;
}

static void watch_transaction(struct process *p)
{
	struct world *w = p->world;
	uint64_t number = mem_transaction(w->broker, p->instance);
	int64_t now = schedule_now_us();
	if (number != p->transaction)
		p->transaction_us = now;
	p->transaction = number;
	if (!number || now - p->transaction_us < TEST_WORKER_TRANSACTION_MS * MS)
		return;
	world_tell("the transaction of %s is over", p->instance);
	world_happens(w, EXPIRED);
	mem_expire_transaction(w->broker, p->instance);
}

static void watch_all(struct world *w)
{
	for (size_t i = 0; i < PROCESSES; i++) {
		struct process *p = &w->processes[i];
		if (!p->world)
			continue;
		watch_session(p);
		if (!p->original)
			watch_transaction(p);
	}
	if (w->healing || one_in(3))
		mem_arrive(w->broker);
}

/* --- what happens ------------------------------------------------------------------------------------------------- */

static enum part_kind draw_kind(void)
{
	static const enum part_kind rare[] = {PART_COPY, PART_DEAD, PART_DROP, PART_DEAD,
	                                      PART_COPY, PART_HUGE, PART_STUB, PART_REFUSED};
	return one_in(4) ? rare[below(one_in(4) ? 8 : 5)] : PART_ARTICLE;
}

static void put_message(struct world *w)
{
	struct judge *j = &w->judge;
	int partition = (int)below((uint32_t)j->partitions);
	struct tale tale = {.n_parts = 1 + (int)below(PARTS_MAX), .is_poison = w->has_poison && one_in(20)};
	if (j->n[partition] == MESSAGES_MAX)
		return;
	for (int i = 0; i < tale.n_parts; i++)
		tale.kinds[i] = tale.is_poison ? PART_ARTICLE : draw_kind();
	judge_put(j, w->broker, partition, &tale);
	if (one_in(6))
		judge_gap(j, w->broker, partition);
}

void events_put_messages(struct world *w, int n)
{
	for (; n > 0 && w->to_come > 0; n--, w->to_come--)
		put_message(w);
}

static void tell_to_stop(struct process *p)
{
	if (!p->client || p->stop)
		return;
	world_tell("%s is told to stop", p->instance);
	world_happens(p->world, STOPPED);
	p->stop_us = schedule_now_us();
	p->stood_us = p->host.still_until_us > p->stop_us ? p->host.still_until_us - p->stop_us : 0;
	p->unheard = one_in(2);
	atomic_store(&p->stop, true);
}

static void stand_still(struct process *p)
{
	int64_t us = (int64_t)below(one_in(2) ? 300 : 4000) * MS;
	if (!p->client || p->host.dying || p->host.still_until_us > schedule_now_us())
		return;
	world_tell("%s stands still for %" PRId64 " ms", p->instance, us / MS);
	world_happens(p->world, STOOD_STILL);
	p->still_since_us = schedule_now_us();
	p->host.still_until_us = p->still_since_us + us;
	p->stood_us += us;
}

/* Somebody starts the same instance a second time, on another host. */
static void start_twin(struct world *w, size_t i)
{
	struct process *p = &w->processes[i], *twin = &w->processes[WORKERS_MAX + i];
	if (!p->client || twin->world)
		return;
	world_happens(w, TWINS);
	twin->world = w;
	twin->original = p;
	schedule_spawn(&twin->host, process_main, twin);
}

static void leap(struct process *p)
{
	world_happens(p->world, LEAPS);
	if (one_in(2))
		p->wall_skew_ms += (int64_t)below(7200000) - 3600000;
	else
		p->mono_skew_us += (int64_t)below(20000) * MS;
}

static void begin_outage(struct world *w)
{
	world_happens(w, OUTAGES);
	w->outage_until_us = schedule_now_us() + (int64_t)below(one_in(3) ? 3000 : 200) * MS;
}

static void draw_event(struct world *w)
{
	size_t i = below((uint32_t)w->n_workers);
	struct process *p = &w->processes[i];
	if (p->world->processes[WORKERS_MAX + i].client && one_in(2))
		p = &w->processes[WORKERS_MAX + i];
	switch (below(10)) {
	case 0:
	case 1:
		if (p->client && !p->host.dying && process_kill(p))
			mem_client_kill(p->client);
		break;
	case 2:
		tell_to_stop(p);
		if (one_in(2))
			begin_outage(w);
		break;
	case 3:
	case 4:
		stand_still(p);
		break;
	case 5:
		world_happens(w, REBALANCED);
		mem_rebalance(w->broker);
		break;
	case 6:
		process_throw_out(p);
		break;
	case 7:
		begin_outage(w);
		break;
	case 8:
		leap(p);
		break;
	default:
		start_twin(w, i);
	}
}

static void heal(struct world *w)
{
	events_put_messages(w, w->to_come);
	w->healing = true;
	w->outage_until_us = 0;
	w->heal_us = schedule_now_us();
	w->heal_step = schedule_steps();
	for (size_t i = 0; i < w->n_workers; i++)
		w->processes[i].away = i && w->processes[i].away && one_in(2); /* somebody is there */
	world_tell("all heals");
}

static bool is_stuck(struct world *w)
{
	return w->healing &&
	       (schedule_now_us() - w->heal_us > HEAL_MOST_US || schedule_steps() - w->heal_step > HEAL_MOST_STEPS);
}

static bool is_all_done(struct world *w)
{
	return judge_is_done(&w->judge) && mem_open_transactions(w->broker) == 0;
}

/* Whatever becomes of it, in the end every process ends. */
static void end_all(struct world *w)
{
	world_tell("over");
	w->over = true;
	for (size_t i = 0; i < PROCESSES; i++) {
		struct process *p = &w->processes[i];
		p->away = false;
		if (!p->client)
			continue;
		if (w->judge.broken[0] && !p->host.dying) {
			process_die(p);
			mem_client_kill(p->client);
		}
		p->stop_us = schedule_now_us();
		atomic_store(&p->stop, true);
	}
}

void events_main(void *arg)
{
	struct world *w = arg;
	int64_t faults_us = (int64_t)below(2500) * MS;
	while (!w->judge.broken[0] && !(w->healing && is_all_done(w))) {
		schedule_wait(NULL, NULL, (int64_t)(1 + below(20)) * MS);
		events_put_messages(w, one_in(4) ? (int)below(3) : 0);
		if (!w->healing && one_in(w->event_rate))
			draw_event(w);
		if (!w->healing && schedule_now_us() > faults_us)
			heal(w);
		watch_all(w);
		if (is_stuck(w))
			judge_break(&w->judge, "not all is done %" PRId64 " s and %" PRIu64 " steps after all healed",
			            (schedule_now_us() - w->heal_us) / SECOND, schedule_steps() - w->heal_step);
	}
	end_all(w);
}
