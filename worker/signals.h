/*
 * Signals of a worker: SIGTERM and SIGINT ask it to drain; a second SIGINT ends it at once; SIGHUP asks it
 * to read its files anew; SIGPIPE is nothing.
 */
#ifndef WIREDESK_SIGNALS_H
#define WIREDESK_SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>

/* The flag that the signals set; the process has one. */
_Atomic bool *signals_install(void);

/*
 * From now on SIGHUP ends nothing, but sets this flag: files that may change are to be read anew. Whoever does so
 * clears it first.
 */
_Atomic bool *signals_watch_hangup(void);

/*
 * From the first signal on the process has so many seconds to end by itself; then it ends with exit code 0, wherever it
 * is, and the log says so (CUT-SHORT). For a process that loses nothing by that, however long a library or a stage
 * keeps it from looking at the flag. `last` (or NULL) is called right before that end, in the handler: it may do only
 * what handlers may.
 */
void signals_stop_within(unsigned seconds, void (*last)(void *arg), void *arg);

/*
 * The same from now on, with this exit code, without `last`, and no later than it would have to end anyhow. For the way
 * out, when all is settled and only libraries are taken down: one of them may wait for ever.
 */
void signals_end_within(unsigned seconds, int code);

#endif
