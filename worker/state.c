/*
 * Files in the state folder.
 */
#include "worker/state.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define STATE_ASIDE ".damaged"
#define STATE_FRESH ".new"
#define STATE_TRY   ".wiredesk-check"
/* More than the suspects and the condemned of a bad day. */
#define STATE_TRY_BYTES (64 * 1024)

const char *state_advice(int why)
{
	if (why == ENOSPC || why == EDQUOT)
		return "; make room there, or set state-dir to a folder on another disk";
	return "; set state-dir to a folder that this user may write to";
}

/* One folder; that it is there already is no error. */
static bool state_make_one(const char *path, struct err *err)
{
	if (mkdir(path, 0750) == 0)
		return true;
	int why = errno;
	struct stat st;
	if (why == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	return err_set(err, "cannot make the state folder '%s': %s%s", path, strerror(why), state_advice(why));
}

bool state_dir_make(const char *dir, struct err *err)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s", dir);
	if (n <= 0 || (size_t)n >= sizeof path)
		return err_set(err, "the name of the state folder is empty or too long");
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		if (!state_make_one(path, err))
			return false;
		*p = '/';
	}
	return state_make_one(path, err);
}

bool state_path(const char *dir, const char *name, char out[PATH_MAX], struct err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
	/* Room for the names that a file has while it is written, and when it is put aside. */
	if (n < 0 || (size_t)n + sizeof STATE_ASIDE > PATH_MAX)
		return err_set(err, "the name of the state folder is too long");
	return true;
}

static bool state_read_all(int fd, const char *path, struct buf *out, struct err *err)
{
	for (;;) {
		if (!buf_reserve(out, 4096))
			return err_set(err, "'%s' is larger than the %zu bytes that it may have", path,
			               out->limit_bytes);
		ssize_t n = read(fd, out->p + out->n, 4096);
		if (n == 0)
			return true;
		if (n > 0)
			out->n += (size_t)n;
		else if (errno != EINTR)
			return err_set(err, "cannot read '%s': %s", path, strerror(errno));
	}
}

bool state_read(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0)
		return err_set(err, "cannot open '%s': %s%s", path, strerror(errno), state_advice(errno));
	bool good = state_read_all(fd, path, out, err);
	close(fd);
	return good;
}

static bool state_write_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return fsync(fd) == 0;
}

/* The name in the folder is written too, else a power cut may bring the old file back. */
static void state_sync_dir(const char *path)
{
	char dir[PATH_MAX];
	snprintf(dir, sizeof dir, "%s", path);
	char *slash = strrchr(dir, '/');
	CHECK(slash);
	*slash = 0;
	int fd = open(slash == dir ? "/" : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* The nearest folder above that is there; "." and "/" always are. */
static void state_parent(char *path)
{
	struct stat st;
	do {
		char *slash = strrchr(path, '/');
		if (!slash)
			snprintf(path, PATH_MAX, ".");
		else
			slash[slash == path] = 0;
	} while (stat(path, &st) != 0 && errno == ENOENT);
}

static bool state_try_path(const char *dir, char out[PATH_MAX], struct err *err)
{
	char name[64];
	snprintf(name, sizeof name, STATE_TRY ".%ld", (long)getpid());
	return state_path(dir, name, out, err);
}

static bool state_try_to_make(const char *dir, struct err *err)
{
	char parent[PATH_MAX], path[PATH_MAX];
	snprintf(parent, sizeof parent, "%s", dir);
	state_parent(parent);
	if (!state_try_path(parent, path, err))
		return false;
	if (mkdir(path, 0750) != 0)
		return err_set(err, "it is not there, and no folder can be made in '%s': %s", parent, strerror(errno));
	rmdir(path);
	return true;
}

bool state_dir_try(const char *dir, struct err *err)
{
	static const char zeros[STATE_TRY_BYTES];
	char path[PATH_MAX];
	struct stat st;
	if (stat(dir, &st) != 0)
		return errno == ENOENT ? state_try_to_make(dir, err) : err_set(err, "%s", strerror(errno));
	if (!state_try_path(dir, path, err))
		return false;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(err, "%s", strerror(errno));
	bool good = state_write_all(fd, str_make(zeros, sizeof zeros));
	int why = errno;
	close(fd);
	unlink(path);
	return good || err_set(err, "%s", strerror(why));
}

bool state_replace(const char *path, struct str bytes, struct err *err)
{
	char fresh[PATH_MAX + sizeof STATE_FRESH];
	snprintf(fresh, sizeof fresh, "%s" STATE_FRESH, path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(err, "cannot write '%s': %s%s", fresh, strerror(errno), state_advice(errno));
	bool good = state_write_all(fd, bytes);
	int why = errno;
	close(fd);
	if (good && rename(fresh, path) != 0) {
		good = false;
		why = errno;
	}
	if (!good) {
		unlink(fresh);
		return err_set(err, "cannot write '%s': %s%s", path, strerror(why), state_advice(why));
	}
	state_sync_dir(path);
	return true;
}

void state_put_aside(const char *path, const char *why)
{
	char aside[PATH_MAX + sizeof STATE_ASIDE];
	snprintf(aside, sizeof aside, "%s" STATE_ASIDE, path);
	bool renamed = rename(path, aside) == 0;
	log_error("STATE-DAMAGED",
	          renamed ? "a file of the state folder cannot be used, it is put aside and a new one begins"
	                  : "a file of the state folder cannot be used and cannot be put aside",
	          LOG_CSTR("file", path), LOG_CSTR("why", why));
}
