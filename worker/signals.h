/*
 * Signals of a worker: SIGTERM and SIGINT ask it to drain; a second SIGINT ends it at once; SIGPIPE is nothing.
 */
#ifndef WIREDESK_SIGNALS_H
#define WIREDESK_SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>

/* The flag that the signals set; the process has one. */
_Atomic bool *signals_install(void);

#endif
