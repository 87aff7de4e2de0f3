/*
 * Signals of a worker: SIGTERM and SIGINT ask it to drain; a second SIGINT ends it at once; SIGPIPE is nothing.
 */
#ifndef WIREDESK_SIGNALS_H
#define WIREDESK_SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>

/* The flag that the signals set; the process has one. */
_Atomic bool *signals_install(void);

/*
 * From now on the process has so many seconds to end by itself; then it ends with this exit code, wherever it is. For
 * the way out, when all is settled and only libraries are taken down: one of them may wait for ever.
 */
void signals_end_within(unsigned seconds, int code);

#endif
