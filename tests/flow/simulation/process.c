/* See process.h. */
#include "tests/flow/simulation/process.h"

#include "pipeline/base/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *const topics[] = {"raw", NULL};
static const char *const state_names[] = {"suspects", "condemned"};

/* --- clocks ------------------------------------------------------------------------------------------------------- */

static struct process *process_of(struct clock *c)
{
	return (struct process *)(void *)((char *)c - offsetof(struct process, clock));
}

static int64_t process_mono_us(struct clock *c)
{
	return schedule_now_us() + process_of(c)->mono_skew_us;
}

static int64_t process_wall_ms(struct clock *c)
{
	return INT64_C(1700000000000) + schedule_now_us() / 1000 + process_of(c)->wall_skew_ms;
}

static void process_sleep_us(struct clock *c, int64_t us)
{
	(void)c;
	schedule_wait(NULL, NULL, us);
}

/* --- what a killed process leaves --------------------------------------------------------------------------------- */

static void state_path_of(const struct process *p, size_t i, char out[128])
{
	snprintf(out, 128, "%s/%s", p->dir, state_names[i]);
}

void process_forget_state(const struct process *p)
{
	char path[128];
	for (size_t i = 0; i < 2; i++) {
		state_path_of(p, i, path);
		unlink(path);
	}
}

static void state_save(struct process *p)
{
	char path[128];
	for (size_t i = 0; i < 2; i++) {
		struct state_file *saved = &p->saved[i];
		state_path_of(p, i, path);
		int fd = open(path, O_RDONLY);
		saved->n = fd < 0 ? -1 : read(fd, saved->bytes, STATE_BYTES);
		CHECK(saved->n < STATE_BYTES);
		if (fd >= 0)
			close(fd);
	}
}

/* What the dying process did to its files after its death never was. */
static void state_restore(const struct process *p)
{
	char path[128];
	process_forget_state(p);
	for (size_t i = 0; i < 2; i++) {
		const struct state_file *saved = &p->saved[i];
		if (saved->n < 0)
			continue;
		state_path_of(p, i, path);
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		CHECK(fd >= 0 && write(fd, saved->bytes, (size_t)saved->n) == saved->n);
		close(fd);
	}
}

/* --- killing ------------------------------------------------------------------------------------------------------ */

void process_die(struct process *p)
{
	state_save(p);
	p->host.dying = true;
	p->host.still_until_us = 0;
	p->gone_us = schedule_now_us();
}

/*
 * SIGKILL from outside. Nobody can tell who killed a process, so that a message that is at work in four such deaths is
 * condemned, whatever it is: here an innocent is at work in one at most.
 */
bool process_kill(struct process *p)
{
	bool at_work = false;
	for (size_t i = 0; i < LANES; i++) {
		const struct tale *tale = p->at_work[i];
		if (tale && !tale->is_poison && tale->kills)
			return false;
	}
	for (size_t i = 0; i < LANES; i++) {
		struct tale *tale = (struct tale *)(uintptr_t)p->at_work[i];
		if (tale)
			tale->kills++;
		at_work |= tale != NULL;
	}
	world_tell("%s is killed%s", p->instance, at_work ? " at work" : "");
	world_happens(p->world, KILLED);
	p->world->counts[KILLED_AT_WORK] += at_work;
	process_die(p);
	return true;
}

/* --- stories at work ---------------------------------------------------------------------------------------------- */

static void process_working(void *arg, size_t lane, const struct message *msg)
{
	struct process *p = arg;
	CHECK(lane < LANES);
	if (!p->host.dying)
		p->at_work[lane] =
		        msg ? judge_find(&p->world->judge, msg->delivery.partition, msg->delivery.offset) : NULL;
}

/* Once among others, unknown; then alone, with nothing in flight beside it. */
static void process_poison(struct process *p, const struct story *st)
{
	struct world *w = p->world;
	const struct position *at = &st->msg->delivery;
	const struct tale *tale = judge_find(&w->judge, at->partition, at->offset);
	int *deaths = &p->poison_deaths[at->partition][tale - w->judge.tales[at->partition]];
	world_tell("%s dies of p%d at %" PRId64, p->instance, at->partition, at->offset);
	world_happens(w, POISONED);
	if (++*deaths > 1 + SUSPECTS_ALONE_MAX)
		judge_break(&w->judge, "%s died %d times of the same message", p->instance, *deaths);
	if (*deaths > 1 && w->healing && mem_transaction(w->broker, p->instance))
		judge_break(&w->judge, "%s worked on a suspect beside a batch in flight", p->instance);
	process_die(p);
	mem_client_kill(p->client);
}

static void process_story(void *arg, const struct story *st)
{
	struct process *p = arg;
	struct world *w = p->world;
	if (!p->host.dying && one_in(2))
		schedule_wait(NULL, NULL, one_in(20) ? (int64_t)below(20) * MS : 0);
	if (!p->host.dying && !w->healing && w->faults[MEM_DIE] && one_in(2 * w->fault_rate) && process_kill(p))
		mem_client_kill(p->client);
	if (!p->host.dying && memmem(st->decode.text.p, st->decode.text.n, "POISON", 6))
		process_poison(p, st);
}

/* --- calls to the broker ------------------------------------------------------------------------------------------ */

static int64_t draw_delay_us(struct world *w, enum mem_call call)
{
	if (w->healing || !one_in(call == MEM_OPEN ? w->delay_rate / 10 + 1 : w->delay_rate))
		return 0;
	world_happens(w, DELAYS);
	return one_in(12) ? (int64_t)below(2500) * MS : (int64_t)below(40) * MS;
}

static enum mem_fault draw_fault(struct world *w, enum mem_call call)
{
	if (w->healing)
		return MEM_NONE;
	if (schedule_now_us() < w->outage_until_us)
		return MEM_FAIL;
	uint32_t rate = call == MEM_COMMIT ? w->fault_rate / 16 + 2 : w->fault_rate;
	if (!one_in(rate))
		return MEM_NONE;
	enum mem_fault fault = (enum mem_fault)(1 + below(MEM_FATAL));
	if ((fault == MEM_FATAL || fault == MEM_STEAL) && !one_in(4))
		return MEM_NONE;
	return w->faults[fault] ? fault : MEM_NONE;
}

void process_throw_out(struct process *p)
{
	world_tell("%s is thrown out", p->instance);
	world_happens(p->world, THROWN_OUT);
	mem_throw_out(p->world->broker, p->instance);
}

/* Where it matters: before its offsets are taken, or when they are and nobody knows yet. */
static bool may_be_thrown_out(struct world *w, enum mem_call call)
{
	return (call == MEM_OFFSETS || call == MEM_COMMIT) && !w->healing && w->faults[MEM_NONE] &&
	       one_in(w->fault_rate / 4 + 5);
}

static enum mem_fault decide(void *arg, struct mem_client *c, enum mem_call call)
{
	struct process *p = arg;
	struct world *w = p->world;
	world_trace(w, (uint64_t)call << 8 | (uint64_t)(p - w->processes));
	if (call == MEM_POLL)
		p->polled_us = schedule_now_us();
	int64_t delay_us = call == MEM_IDLE ? (int64_t)mem_client_wait_ms(c) * MS : draw_delay_us(w, call);
	if (may_be_thrown_out(w, call)) {
		process_throw_out(p);
		delay_us += (int64_t)below(300) * MS; /* others have its partitions by then */
	}
	if (call >= MEM_BEGIN && p->unheard) {
		p->unheard = false;
		delay_us += (int64_t)(2000 + below(2000)) * MS;
	}
	schedule_wait(NULL, NULL, delay_us);
	if (call <= MEM_OPEN)
		p->stood_us += delay_us; /* it is not the batch in flight that keeps it from stopping */
	world_trace(w, (uint64_t)schedule_now_us());
	if (p->host.dying)
		return MEM_DIE;
	if (call == MEM_IDLE)
		return MEM_NONE;
	enum mem_fault fault = draw_fault(w, call);
	if ((fault == MEM_DIE || fault == MEM_DIE_AFTER) && !process_kill(p))
		return MEM_NONE;
	if (fault != MEM_NONE)
		world_tell("%s: fault %d at call %d", p->instance, fault, call);
	if (fault != MEM_NONE)
		world_happens(w, FAULTS);
	return fault;
}

/* As in main: it just ends. */
static void process_abandoned(void *arg)
{
	process_die(arg);
}

/* --- a life ------------------------------------------------------------------------------------------------------- */

static bool may_start(void *arg)
{
	const struct process *p = arg;
	const struct world *w = p->world;
	return w->over || (!p->away && schedule_now_us() >= p->start_us);
}

static void check_life(struct process *p, const struct test_worker_result *r)
{
	struct judge *j = &p->world->judge;
	const char *broken = mem_client_broken(p->client);
	if (r->witness.broken)
		judge_break(j, "%s: %s", p->instance, r->witness.broken);
	if (broken && !r->abandoned)
		judge_break(j, "%s: %s", p->instance, broken);
	if (r->held || r->witness.n_pending)
		judge_break(j, "%s ended with %zu messages and %zu batches in its hands", p->instance, r->held,
		            r->witness.n_pending);
	int64_t ended_us = r->abandoned ? p->gone_us : schedule_now_us();
	int64_t patience_us = p->options.stop_ms * MS + SECOND + p->stood_us;
	if (p->stop && p->options.stop_ms && (r->abandoned || !p->host.dying) && ended_us - p->stop_us > patience_us)
		judge_break(j, "%s needed %" PRId64 " ms to stop", p->instance, (ended_us - p->stop_us) / MS);
	if (r->end == LOOP_DONE && !p->stop && !p->host.dying)
		judge_break(j, "%s ended without being told to", p->instance);
}

static void count_life(struct process *p, const struct test_worker_result *r)
{
	struct world *w = p->world;
	world_happens(w, LIVES);
	p->articles += r->articles;
	p->duplicates += r->duplicates;
	p->drops += r->drops;
	p->dead_letters += r->dead_letters;
	w->counts[ABANDONED] += r->abandoned;
	if (!p->host.dying)
		world_happens(w, r->end == LOOP_DONE     ? ENDED_WELL
		                 : r->end == LOOP_FENCED ? ENDED_FENCED
		                                         : ENDED_FAILED);
}

/* A killed member's place waits for it; so does that of a static member that ends well, and it may also give it back.
 */
static void process_leave(struct process *p, const struct test_worker_result *r)
{
	bool stays = p->host.dying || r->end != LOOP_DONE || one_in(2);
	if (stays && !p->host.dying)
		mem_client_kill(p->client);
	p->gone_us = stays ? schedule_now_us() : 0;
	mem_client_free(&p->client);
	if (p->host.dying)
		state_restore(p);
	p->host.dying = false;
	memset(p->at_work, 0, sizeof(p->at_work));
}

static void process_live(struct process *p)
{
	struct world *w = p->world;
	atomic_store(&p->stop, false);
	p->stop_us = p->stood_us = 0;
	p->unheard = false;
	p->gone_us = 0;
	p->polled_us = schedule_now_us();
	p->witness = (struct witness){0};
	p->client = mem_client_new_outside(w->broker, p->instance, topics, "articles", "duplicates", "dead");
	mem_client_direct(p->client, decide, p);
	world_tell("%s begins", p->instance);
	struct test_worker_result r = test_worker_run(p->client, &p->options);
	world_tell("%s ends with %d%s: %s", p->instance, r.end, r.abandoned ? " and a batch in flight" : "",
	           r.err.words);
	if (!p->stop_us && p->stop)
		p->stop_us = schedule_now_us();
	check_life(p, &r);
	count_life(p, &r);
	process_leave(p, &r);
	p->start_us = schedule_now_us() + (int64_t)below(one_in(4) ? 3000 : 200) * MS;
}

void process_main(void *arg)
{
	struct process *p = arg;
	struct world *w = p->world;
	for (;;) {
		while (!may_start(p))
			schedule_wait(NULL, NULL, p->away ? 50 * MS : p->start_us - schedule_now_us() + 1);
		if (w->over)
			break;
		process_live(p);
		if (p->original)
			break;
		if (!w->healing && one_in(10))
			p->away = true;
	}
}

void process_make(struct world *w, size_t i, const char *folder)
{
	struct process *p = &w->processes[i];
	p->clock = (struct clock){process_mono_us, process_wall_ms, process_sleep_us};
	snprintf(p->instance, sizeof(p->instance), "w%zu", i % WORKERS_MAX);
	snprintf(p->dir, sizeof(p->dir), "%s/%zu", folder, i);
	process_forget_state(p);
	static const int64_t patience_ms[] = {0, 300, 1000, 4000};
	p->options = (struct test_worker_options){.batch_stories = 1 + below(8),
	                                          .lanes = 1 + below(LANES),
	                                          .threads = true,
	                                          .state_dir = p->dir,
	                                          .story_bytes = 64 * 1024,
	                                          .stop = &p->stop,
	                                          .clock = &p->clock,
	                                          .stop_ms = patience_ms[below(4)],
	                                          .witness = &p->witness,
	                                          .watch = {p, process_working, process_story, process_abandoned}};
}
