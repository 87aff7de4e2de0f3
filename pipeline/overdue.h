/*
 * How long has a message been at work? Counted in looks at it, not from its beginning: a process that is stopped
 * (SIGSTOP, a frozen container, a virtual machine on its way to another host) works on nothing meanwhile, and when it
 * goes on, the message it was at is not to be taken for one that hangs. One thread looks.
 */
#ifndef WIREDESK_OVERDUE_H
#define WIREDESK_OVERDUE_H

#include <stdbool.h>
#include <stdint.h>

/* From one look to the next no more than this is counted: the process was stopped, or had no processor. */
#define OVERDUE_STEP_MAX_US 1000000

/* All 0: nothing was looked at yet. */
struct overdue {
	int64_t since_us;  /* of what was at work at the last look */
	int64_t worked_us; /* on that, as far as seen */
};

/* since_us: when what is at work was begun, which tells it from what was there before; 0: nothing is. step_us: since
 * the last look. True: it has been at work for limit_us. */
bool overdue_look(struct overdue *overdue, int64_t since_us, int64_t step_us, int64_t limit_us);

#endif
