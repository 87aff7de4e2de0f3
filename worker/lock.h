/*
 * A worker's own folder inside state-dir, and the lock that keeps a second worker of the same name out of it.
 *
 * The folder is STATE_DIR/GROUP.INSTANCE, so that workers with names of their own may share a state-dir. The lock is
 * the kernel's (flock): it ends with the process, however that ends.
 */
#ifndef WIREDESK_LOCK_H
#define WIREDESK_LOCK_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"

#include <limits.h>

struct lock {
	char dir[PATH_MAX]; /* the worker's folder, made if absent */
	int fd;
};

/* False with err set: the folder cannot be made or written, or another worker of this name runs. */
bool lock_take(struct lock *lock, struct str state_dir, struct str group, const char *instance, struct err *err);
void lock_release(struct lock *lock);

#endif
