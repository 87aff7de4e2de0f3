#include "tests/harness.h"

#include "pipeline/base/task.h"

#include <pthread.h>

/* A gate that the task waits at, so that the test knows it busy. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open;
	int passed;
};

static void gate_wait(void *arg)
{
	struct gate *gate = arg;
	pthread_mutex_lock(&gate->lock);
	while (!gate->open)
		pthread_cond_wait(&gate->opened, &gate->lock);
	gate->passed++;
	pthread_mutex_unlock(&gate->lock);
}

static void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = true;
	pthread_cond_broadcast(&gate->opened);
	pthread_mutex_unlock(&gate->lock);
}

static void count(void *arg)
{
	++*(int *)arg;
}

static void runs_what_is_posted_on_another_thread(void **state)
{
	(void)state;
	struct gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
	struct task *task = task_new(TASK_THREAD, "a-name-longer-than-fifteen");
	assert_true(task_is_idle(task));
	task_post(task, gate_wait, &gate);
	assert_false(task_is_idle(task));
	assert_false(task_wait(task, 5));
	gate_open(&gate);
	assert_true(task_wait(task, -1));
	assert_int_equal(gate.passed, 1);
	task_free(&task);
	assert_null(task);
}

static void hands_memory_over_in_both_directions(void **state)
{
	(void)state;
	int n = 0;
	struct task *task = task_new(TASK_THREAD, "count");
	for (int i = 0; i < 1000; i++) {
		n++;
		task_post(task, count, &n);
		while (!task_wait(task, 1000))
			;
	}
	assert_int_equal(n, 2000);
	task_free(&task);
}

static void free_waits_for_what_runs(void **state)
{
	(void)state;
	struct gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
	struct task *opener = task_new(TASK_THREAD, "opener");
	struct task *task = task_new(TASK_THREAD, "task");
	task_post(task, gate_wait, &gate);
	task_post(opener, (void (*)(void *))gate_open, &gate);
	task_free(&task);
	assert_int_equal(gate.passed, 1);
	task_free(&opener);
}

static void inline_runs_inside_post(void **state)
{
	(void)state;
	int n = 0;
	struct task *task = task_new(TASK_INLINE, "inline");
	task_post(task, count, &n);
	assert_int_equal(n, 1);
	assert_true(task_is_idle(task));
	assert_true(task_wait(task, -1));
	task_free(&task);
	task_free(&task);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(runs_what_is_posted_on_another_thread),
	        cmocka_unit_test(hands_memory_over_in_both_directions),
	        cmocka_unit_test(free_waits_for_what_runs),
	        cmocka_unit_test(inline_runs_inside_post),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
