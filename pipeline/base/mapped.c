/*
 * Mapped data files; see mapped.h.
 */
#include "pipeline/base/mapped.h"

#include "pipeline/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define MAPPED_MAGIC_BYTES 8

static bool mapped_map(struct mapped *m, const struct mapped_kind *kind, const char *path, struct err *err)
{
	struct stat st;
	void *p = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, "cannot open the %s '%s': %s", kind->name, path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(err, "the %s '%s' is no file", kind->name, path);
	} else if (st.st_size < (off_t)kind->head_bytes || st.st_size > (off_t)kind->bytes_max) {
		err_set(err, "the %s '%s' is damaged: it has %lld bytes", kind->name, path, (long long)st.st_size);
	} else {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			err_set(err, "cannot map the %s '%s': %s", kind->name, path, strerror(errno));
	}
	close(fd);
	if (p == MAP_FAILED)
		return false;
	*m = (struct mapped){p, (size_t)st.st_size};
	return true;
}

static uint64_t mapped_checksum(const struct mapped *m, size_t at)
{
	static const uint64_t zero;
	XXH3_state_t *state = XXH3_createState();
	if (!state)
		check_panic("out of memory");
	XXH3_64bits_reset(state);
	XXH3_64bits_update(state, m->p, at);
	XXH3_64bits_update(state, &zero, sizeof(zero));
	XXH3_64bits_update(state, (const char *)m->p + at + sizeof(zero), m->n - at - sizeof(zero));
	uint64_t sum = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return sum;
}

static bool mapped_check(const struct mapped *m, const struct mapped_kind *kind, const char *path, struct err *err)
{
	const char *head = m->p;
	uint32_t version;
	uint64_t bytes, checksum;
	memcpy(&version, head + MAPPED_MAGIC_BYTES, sizeof(version));
	memcpy(&bytes, head + kind->bytes_at, sizeof(bytes));
	memcpy(&checksum, head + kind->checksum_at, sizeof(checksum));
	if (memcmp(head, kind->magic, MAPPED_MAGIC_BYTES) != 0)
		return err_set(err, "'%s' is no %s", path, kind->name);
	if (version != kind->version)
		return err_set(err, "the %s '%s' has version %u, this program reads version %u%s%s", kind->name, path,
		               version, kind->version, kind->advice ? "; " : "", kind->advice ? kind->advice : "");
	if (bytes != m->n || checksum != mapped_checksum(m, kind->checksum_at))
		return err_set(err, "the %s '%s' is damaged: its checksum is another; %s", kind->name, path,
		               kind->advice ? kind->advice : "install it again");
	return true;
}

bool mapped_open(struct mapped *m, const struct mapped_kind *kind, const char *path, struct err *err)
{
	CHECK(kind->bytes_at + sizeof(uint64_t) <= kind->head_bytes);
	CHECK(kind->checksum_at + sizeof(uint64_t) <= kind->head_bytes);
	*m = (struct mapped){0};
	if (!mapped_map(m, kind, path, err))
		return false;
	if (!mapped_check(m, kind, path, err))
		mapped_close(m);
	return m->p != NULL;
}

const void *mapped_part(const char **at, size_t *left, size_t count, size_t size)
{
	const char *part = *at;
	if (*left == SIZE_MAX || count > *left / size) {
		*left = SIZE_MAX;
		return part;
	}
	*at += count * size;
	*left -= count * size;
	return part;
}

void mapped_close(struct mapped *m)
{
	if (m->p)
		munmap((void *)(uintptr_t)m->p, m->n);
	*m = (struct mapped){0};
}
