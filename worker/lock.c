/*
 * The worker's folder and its lock. The file holds the process's number, for the message to whoever comes second.
 */
#include "worker/lock.h"

#include "worker/state.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

/* A group's name may hold any byte; a folder's should not. Two groups that differ in such bytes only share a folder,
 * and the lock. */
static void lock_name(char *out, size_t room, struct str group, const char *instance)
{
	snprintf(out, room, "%.*s.%s", STR_ARG(group), instance);
	for (char *p = out; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			*p = '_';
}

static bool lock_held(const struct lock *lock, const char *instance, struct err *err)
{
	char holder[32] = "";
	ssize_t n = pread(lock->fd, holder, sizeof holder - 1, 0);
	holder[n > 0 ? strcspn(holder, "\n") : 0] = 0;
	return err_set(err,
	               "another worker (process %s) runs as instance '%s' with state folder '%s'; give this one a name "
	               "of its own with --instance",
	               holder[0] ? holder : "unknown", instance, lock->dir);
}

static bool lock_open(struct lock *lock, const char *instance, struct err *err)
{
	char path[PATH_MAX], text[32];
	if (!state_path(lock->dir, "lock", path, err))
		return false;
	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (lock->fd < 0)
		return err_set(err, "cannot write to state folder '%s': %s%s", lock->dir, strerror(errno),
		               state_advice(errno));
	if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? lock_held(lock, instance, err)
		                            : err_set(err, "cannot lock '%s': %s", path, strerror(errno));
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(lock->fd, 0) != 0 || pwrite(lock->fd, text, (size_t)n, 0) != n)
		return err_set(err, "cannot write to '%s': %s%s", path, strerror(errno), state_advice(errno));
	return true;
}

bool lock_take(struct lock *lock, struct str state_dir, struct str group, const char *instance, struct err *err)
{
	char name[600];
	lock->fd = -1;
	lock_name(name, sizeof name, group, instance);
	if (!state_path(state_dir.p, name, lock->dir, err) || !state_dir_make(lock->dir, err))
		return false;
	if (lock_open(lock, instance, err))
		return true;
	lock_release(lock);
	return false;
}

void lock_release(struct lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
