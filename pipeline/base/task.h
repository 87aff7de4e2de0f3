/*
 * Threads behind an interface: a task runs one function at a time for its owner, on a thread of its own or, for
 * simulations and small commands, inline on the owner's thread.
 *
 * This is the only way in which wiredesk starts threads (the watchdog and libmicrohttpd's and librdkafka's own apart).
 * A task has one owner: only the thread that made it posts and waits. What post hands over belongs to the task until
 * done says so; the hand-over is a full memory barrier in both directions.
 */
#ifndef WIREDESK_TASK_H
#define WIREDESK_TASK_H

#include <stdbool.h>

struct task;

enum task_kind {
	TASK_THREAD, /* a thread that lives as long as the task */
	TASK_INLINE, /* runs inside task_post, on the caller's thread */
};

/* The name shows in debuggers (15 bytes). Out of threads: the process aborts. */
struct task *task_new(enum task_kind kind, const char *name);
/* Waits for what runs, ends the thread. *task is cleared. NULL is nothing. */
void task_free(struct task **task);

/* Starts run(arg). The task must be idle: posting to a busy one is a bug. */
void task_post(struct task *task, void (*run)(void *arg), void *arg);
/* Is it idle? Does not wait. */
bool task_is_idle(struct task *task);
/*
 * Waits until it is idle or timeout_ms are over (-1: for ever); returns whether it is idle. Real time, not a struct
 * clock's.
 */
bool task_wait(struct task *task, int timeout_ms);

#endif
