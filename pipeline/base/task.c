/*
 * One mailbox a task: `run` is what was posted and has not ended; the mutex makes the hand-over a barrier.
 */
#include "pipeline/base/task.h"

#include "pipeline/base/check.h"

#include <errno.h>
#include <pthread.h>

struct task {
	enum task_kind kind;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t posted, done;
	void (*run)(void *arg); /* under the lock, as the two below; NULL: idle */
	void *arg;
	bool ending;
	char name[16];
};

static void task_loop(struct task *task)
{
	pthread_mutex_lock(&task->lock);
	for (;;) {
		while (!task->run && !task->ending)
			pthread_cond_wait(&task->posted, &task->lock);
		if (!task->run)
			break;
		pthread_mutex_unlock(&task->lock);
		task->run(task->arg);
		pthread_mutex_lock(&task->lock);
		task->run = NULL;
		pthread_cond_signal(&task->done);
	}
	pthread_mutex_unlock(&task->lock);
}

static void *task_main(void *arg)
{
	struct task *task = arg;
	struct check_stack stack;
	pthread_setname_np(pthread_self(), task->name);
	check_stack_set(&stack);
	task_loop(task);
	check_stack_restore(&stack);
	return NULL;
}

static void task_start(struct task *task)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&task->lock, NULL);
	pthread_cond_init(&task->posted, NULL);
	pthread_cond_init(&task->done, &attr);
	pthread_condattr_destroy(&attr);
	int failed = pthread_create(&task->thread, NULL, task_main, task);
	if (failed)
		check_panic("cannot start thread '%s': %s", task->name, strerror(failed));
}

struct task *task_new(enum task_kind kind, const char *name)
{
	struct task *task = calloc(1, sizeof(*task));
	if (!task)
		check_panic("out of memory: no task '%s'", name);
	task->kind = kind;
	snprintf(task->name, sizeof(task->name), "%s", name);
	if (kind == TASK_THREAD)
		task_start(task);
	return task;
}

static void task_stop(struct task *task)
{
	pthread_mutex_lock(&task->lock);
	task->ending = true;
	pthread_cond_signal(&task->posted);
	pthread_mutex_unlock(&task->lock);
	pthread_join(task->thread, NULL);
	pthread_cond_destroy(&task->done);
	pthread_cond_destroy(&task->posted);
	pthread_mutex_destroy(&task->lock);
}

void task_free(struct task **task)
{
	struct task *ended = *task;
	*task = NULL;
	if (!ended)
		return;
	if (ended->kind == TASK_THREAD)
		task_stop(ended);
	free(ended);
}

void task_post(struct task *task, void (*run)(void *arg), void *arg)
{
	CHECK(run);
	if (task->kind == TASK_INLINE) {
		CHECK(!task->run);
		task->run = run;
		run(arg);
		task->run = NULL;
		return;
	}
	pthread_mutex_lock(&task->lock);
	CHECK(!task->run && !task->ending);
	task->run = run;
	task->arg = arg;
	pthread_cond_signal(&task->posted);
	pthread_mutex_unlock(&task->lock);
}

bool task_is_idle(struct task *task)
{
	return task_wait(task, 0);
}

static struct timespec task_deadline(int timeout_ms)
{
	struct timespec at;
	CHECK(clock_gettime(CLOCK_MONOTONIC, &at) == 0);
	at.tv_sec += timeout_ms / 1000;
	at.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000L;
	}
	return at;
}

bool task_wait(struct task *task, int timeout_ms)
{
	if (task->kind == TASK_INLINE)
		return !task->run;
	struct timespec until = task_deadline(timeout_ms > 0 ? timeout_ms : 0);
	pthread_mutex_lock(&task->lock);
	bool late = timeout_ms == 0;
	while (task->run && !late) {
		if (timeout_ms < 0)
			pthread_cond_wait(&task->done, &task->lock);
		else
			late = pthread_cond_timedwait(&task->done, &task->lock, &until) == ETIMEDOUT;
	}
	bool idle = !task->run;
	pthread_mutex_unlock(&task->lock);
	return idle;
}
