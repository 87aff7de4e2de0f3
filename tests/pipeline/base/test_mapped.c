/*
 * Shipped data files: what is opened, and what is refused by name. The file is laid out here, not by those who write
 * them.
 */
#include "tests/harness.h"

#include "pipeline/base/mapped.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

struct head {
	char magic[8];
	uint32_t version, spare;
	uint64_t bytes, checksum;
};

struct file {
	struct head head;
	char body[40];
};

static const struct mapped_kind kind = {
        .name = "book of tests",
        .magic = "TESTBOOK",
        .version = 3,
        .head_bytes = sizeof(struct head),
        .bytes_max = 1024,
        .bytes_at = offsetof(struct head, bytes),
        .checksum_at = offsetof(struct head, checksum),
};

static struct file file_sound(void)
{
	struct file f = {.head = {.version = 3, .bytes = sizeof(f)}, .body = "what it says"};
	memcpy(f.head.magic, "TESTBOOK", 8);
	f.head.checksum = XXH3_64bits(&f, sizeof(f));
	return f;
}

static bool open_bytes(struct mapped *m, const void *p, size_t n, struct err *err)
{
	char path[] = "/tmp/test-mapped-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	close(fd);
	bool opened = mapped_open(m, &kind, path, err);
	unlink(path);
	return opened;
}

static void assert_refused(const void *p, size_t n, const char *words)
{
	struct mapped m;
	struct err err = {0};
	assert_false(open_bytes(&m, p, n, &err));
	assert_null(m.p);
	assert_non_null(strstr(err.words, words));
	assert_non_null(strstr(err.words, "book of tests"));
}

static void a_sound_file_is_mapped_whole(void **state)
{
	(void)state;
	struct file f = file_sound();
	struct mapped m;
	struct err err = {0};
	assert_true(open_bytes(&m, &f, sizeof(f), &err));
	assert_int_equal(m.n, sizeof(f));
	assert_memory_equal(m.p, &f, sizeof(f));
	mapped_close(&m);
	assert_null(m.p);
	mapped_close(&m);
}

static void what_is_no_such_file_is_refused_by_name(void **state)
{
	(void)state;
	struct mapped m;
	struct err err = {0};
	assert_false(mapped_open(&m, &kind, "/tmp/no-such-folder/book", &err));
	assert_non_null(strstr(err.words, "cannot open the book of tests '/tmp/no-such-folder/book'"));
	err = (struct err){0};
	assert_false(mapped_open(&m, &kind, "/tmp", &err));
	assert_non_null(strstr(err.words, "is no file"));

	struct file f = file_sound();
	f.head.magic[7] = 'X';
	assert_refused(&f, sizeof(f), "is no book of tests");
	f = file_sound();
	f.head.version = 4;
	assert_refused(&f, sizeof(f), "has version 4, this program reads version 3");
}

static void each_damage_is_told(void **state)
{
	(void)state;
	struct file f = file_sound();
	assert_refused(&f, 0, "damaged: it has 0 bytes");
	assert_refused(&f, sizeof(struct head) - 1, "damaged: it has 31 bytes");
	assert_refused(&f, sizeof(f) - 1, "checksum is another");
	static const char large[1025];
	assert_refused(large, sizeof(large), "damaged: it has 1025 bytes");
	for (size_t i = offsetof(struct head, spare); i < sizeof(f); i++) {
		f = file_sound();
		((char *)&f)[i] ^= 4;
		assert_refused(&f, sizeof(f), "checksum is another");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_sound_file_is_mapped_whole),
	        cmocka_unit_test(what_is_no_such_file_is_refused_by_name),
	        cmocka_unit_test(each_damage_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
