/*
 * A folder of its own for each test, empty at first and gone afterwards.
 */
#ifndef WIREDESK_TEST_FOLDER_H
#define WIREDESK_TEST_FOLDER_H

#include "tests/harness.h"

#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[64];
};

static inline int folder_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int folder_make(void **state)
{
	static struct folder folder;
	snprintf(folder.path, sizeof folder.path, "/tmp/wiredesk-test-XXXXXX");
	*state = &folder;
	return mkdtemp(folder.path) ? 0 : -1;
}

static inline int folder_remove(void **state)
{
	struct folder *folder = *state;
	chmod(folder->path, 0700);
	return nftw(folder->path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *folder_file(const struct folder *folder, const char *name)
{
	static char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", folder->path, name);
	return path;
}

static inline void folder_write(const struct folder *folder, const char *name, struct str bytes)
{
	FILE *file = fopen(folder_file(folder, name), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

/* Into a buffer that the next call uses again. */
static inline struct str folder_read(const struct folder *folder, const char *name)
{
	static char bytes[1 << 20];
	FILE *file = fopen(folder_file(folder, name), "r");
	assert_non_null(file);
	size_t n = fread(bytes, 1, sizeof bytes - 1, file);
	bytes[n] = 0;
	fclose(file);
	return str_make(bytes, n);
}

static inline bool folder_has(const struct folder *folder, const char *name)
{
	return access(folder_file(folder, name), F_OK) == 0;
}

#endif
