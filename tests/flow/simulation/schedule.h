/*
 * Who goes on next, and what time it is: everything that a seed decides.
 *
 * Fibers belong to a host (a worker's process), which may stand still for a while (SIGSTOP) or be dying: then its
 * fibers run to their ends before anybody else's, and do not wait any more. Time stands still while anybody can go on,
 * but for a microsecond each time that somebody looks at it, and then leaps to the next moment that somebody waits for.
 */
#ifndef WIREDESK_TESTS_SCHEDULE_H
#define WIREDESK_TESTS_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host {
	int64_t still_until_us;
	bool dying;
};

/* Nobody is left of the last one. */
void schedule_start(uint64_t seed);
/* Chance: 0 … n - 1. */
uint32_t below(uint32_t n);
bool one_in(uint32_t n);

int64_t schedule_now_us(void);
uint64_t schedule_steps(void);

/* host NULL: of none. Ended fibers go by themselves. */
void schedule_spawn(struct host *host, void (*run)(void *arg), void *arg);
/* Of the fiber that runs. */
struct host *schedule_host(void);
/*
 * In a fiber: others go on until ready(arg) is true (NULL: never) or the time is over (below 0: never); 0 lets others
 * go on once. Is it ready?
 */
bool schedule_wait(bool (*ready)(void *arg), void *arg, int64_t timeout_us);
/* Outside: somebody's turn. False: nobody is left, or nobody can ever go on. */
bool schedule_step(void);
size_t schedule_left(void);

#endif
