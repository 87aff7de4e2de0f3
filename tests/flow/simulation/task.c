/*
 * Tasks (pipeline/base/task.h) whose threads are fibers: linked before the library, this takes the place of the real
 * ones.
 */
#include "pipeline/base/task.h"

#include "pipeline/base/check.h"
#include "tests/flow/simulation/schedule.h"

struct task {
	enum task_kind kind;
	void (*run)(void *arg); /* NULL: idle */
	void *arg;
	bool ending, ended;
};

static bool task_has_work(void *arg)
{
	const struct task *task = arg;
	return task->run || task->ending;
}

static void task_main(void *arg)
{
	struct task *task = arg;
	while (schedule_wait(task_has_work, task, -1) && task->run) {
		task->run(task->arg);
		task->run = NULL;
	}
	task->ended = true;
}

struct task *task_new(enum task_kind kind, const char *name)
{
	struct task *task = calloc(1, sizeof(*task));
	(void)name;
	CHECK(task);
	task->kind = kind;
	if (kind == TASK_THREAD)
		schedule_spawn(schedule_host(), task_main, task);
	return task;
}

static bool task_has_ended(void *arg)
{
	return ((const struct task *)arg)->ended;
}

void task_free(struct task **task)
{
	struct task *ended = *task;
	*task = NULL;
	if (!ended)
		return;
	ended->ending = true;
	if (ended->kind == TASK_THREAD)
		CHECK(schedule_wait(task_has_ended, ended, -1));
	free(ended);
}

void task_post(struct task *task, void (*run)(void *arg), void *arg)
{
	CHECK(run && !task->run && !task->ending);
	task->run = run;
	task->arg = arg;
	if (task->kind == TASK_THREAD)
		return;
	run(arg);
	task->run = NULL;
}

bool task_is_idle(struct task *task)
{
	return !task->run;
}

static bool task_idles(void *arg)
{
	return task_is_idle(arg);
}

bool task_wait(struct task *task, int timeout_ms)
{
	if (task->kind == TASK_INLINE || timeout_ms == 0)
		return task_is_idle(task);
	return task_is_idle(task) || schedule_wait(task_idles, task, timeout_ms < 0 ? -1 : 1000 * (int64_t)timeout_ms);
}
