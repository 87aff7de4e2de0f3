#include "tests/flow/simulation/schedule.h"

#include "pipeline/base/check.h"
#include "tests/flow/simulation/fiber.h"

#define FIBERS_MAX 64
#define FOR_EVER   INT64_MAX

struct runner_up {
	struct fiber *fiber;
	struct host *host;
	bool (*ready)(void *arg);
	void *ready_arg;
	int64_t wake_us;
	void (*run)(void *arg);
	void *arg;
};

static struct {
	struct runner_up *fibers[FIBERS_MAX];
	size_t n;
	struct runner_up *current;
	int64_t now_us;
	uint64_t chance, steps;
} schedule;

/* --- chance and time ---------------------------------------------------------------------------------------------- */

uint32_t below(uint32_t n)
{
	schedule.chance ^= schedule.chance << 13;
	schedule.chance ^= schedule.chance >> 7;
	schedule.chance ^= schedule.chance << 17;
	return (uint32_t)(schedule.chance >> 33) % n;
}

bool one_in(uint32_t n)
{
	return below(n) == 0;
}

void schedule_start(uint64_t seed)
{
	CHECK(schedule.n == 0);
	schedule.now_us = 1;
	schedule.steps = 0;
	schedule.chance = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (int i = 0; i < 8; i++)
		below(2);
}

int64_t schedule_now_us(void)
{
	return schedule.now_us++;
}

uint64_t schedule_steps(void)
{
	return schedule.steps;
}

/* --- fibers ------------------------------------------------------------------------------------------------------- */

static void schedule_main(void *arg)
{
	struct runner_up *f = arg;
	f->run(f->arg);
}

void schedule_spawn(struct host *host, void (*run)(void *arg), void *arg)
{
	CHECK(schedule.n < FIBERS_MAX);
	struct runner_up *f = calloc(1, sizeof(*f));
	CHECK(f);
	*f = (struct runner_up){.host = host, .run = run, .arg = arg};
	f->fiber = fiber_new(schedule_main, f);
	schedule.fibers[schedule.n++] = f;
}

struct host *schedule_host(void)
{
	CHECK(schedule.current);
	return schedule.current->host;
}

static bool is_dying(const struct runner_up *f)
{
	return f->host && f->host->dying;
}

bool schedule_wait(bool (*ready)(void *arg), void *arg, int64_t timeout_us)
{
	struct runner_up *f = schedule.current;
	CHECK(f);
	if (is_dying(f) && !ready)
		return false;
	f->ready = ready;
	f->ready_arg = arg;
	f->wake_us = timeout_us < 0 ? FOR_EVER : schedule.now_us + timeout_us;
	fiber_yield();
	return ready && ready(arg);
}

/* When could it go on, as things stand? */
static int64_t moment_of(const struct runner_up *f)
{
	if (f->ready && f->ready(f->ready_arg))
		return is_dying(f) || !f->host ? 0 : f->host->still_until_us;
	if (f->wake_us == FOR_EVER)
		return FOR_EVER;
	if (is_dying(f))
		return 0;
	return f->host && f->host->still_until_us > f->wake_us ? f->host->still_until_us : f->wake_us;
}

static void resume(size_t i)
{
	struct runner_up *f = schedule.fibers[i];
	schedule.current = f;
	fiber_resume(f->fiber);
	schedule.current = NULL;
	if (!fiber_has_ended(f->fiber))
		return;
	fiber_free(&f->fiber);
	free(f);
	/* The order of the others stays as it is. */
	schedule.n--;
	memmove(&schedule.fibers[i], &schedule.fibers[i + 1], (schedule.n - i) * sizeof(*schedule.fibers));
}

/* One of those who can go on now, and of the dying first; FIBERS_MAX: none, and *next_us is when somebody can. */
static size_t choose(int64_t *next_us)
{
	size_t able[FIBERS_MAX], n = 0;
	bool dying = false;
	*next_us = FOR_EVER;
	for (size_t i = 0; i < schedule.n; i++) {
		const struct runner_up *f = schedule.fibers[i];
		int64_t moment = moment_of(f);
		if (moment < *next_us)
			*next_us = moment;
		if (moment > schedule.now_us || (dying && !is_dying(f)))
			continue;
		if (is_dying(f) && !dying)
			n = 0;
		dying |= is_dying(f);
		able[n++] = i;
	}
	return n ? able[below((uint32_t)n)] : FIBERS_MAX;
}

bool schedule_step(void)
{
	int64_t next_us;
	size_t i = choose(&next_us);
	if (i == FIBERS_MAX && next_us != FOR_EVER) {
		schedule.now_us = next_us;
		i = choose(&next_us);
	}
	if (i == FIBERS_MAX)
		return false;
	schedule.steps++;
	resume(i);
	return true;
}

size_t schedule_left(void)
{
	return schedule.n;
}
