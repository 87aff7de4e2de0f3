/*
 * Fibers: functions on stacks of their own that take turns on one thread, for a simulation whose every switch is drawn
 * by a seed.
 */
#ifndef WIREDESK_TESTS_FIBER_H
#define WIREDESK_TESTS_FIBER_H

#include <stdbool.h>

struct fiber;

struct fiber *fiber_new(void (*run)(void *arg), void *arg);
/* It must have ended. */
void fiber_free(struct fiber **fiber);
/* From outside all fibers: runs it until it yields or ends. */
void fiber_resume(struct fiber *fiber);
/* From inside: back to where it was resumed. */
void fiber_yield(void);
bool fiber_has_ended(const struct fiber *fiber);
/* NULL: outside all fibers. */
struct fiber *fiber_current(void);
/* Stacks are kept for the next fiber; at the end they go. */
void fiber_forget_stacks(void);

#endif
