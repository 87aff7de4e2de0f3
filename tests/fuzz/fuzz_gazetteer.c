/*
 * Lists and texts that nobody meant well. An input that begins as a list of names does is one, its size and checksum
 * put right: it is refused, or it can be asked anything. Any other is a text for the list that is shipped: matches are
 * in order, inside, of a bounded length, and stand for something.
 */
#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/gazetteer_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct gazetteer *fuzz_shipped;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};
	(void)argc;
	(void)argv;
	fuzz_shipped = gazetteer_open(WD_SOURCE_DIR "/pipeline/stages/entities/names.gazetteer", &err);
	if (!fuzz_shipped)
		check_panic("%s", err.words);
	return 0;
}

static void fuzz_entries(const struct gazetteer *g, uint32_t name)
{
	static const char *const languages[] = {"", "en", "id", "zh-Hant", "x-"};
	struct name_entry entries[8];
	for (size_t l = 0; l < sizeof(languages) / sizeof(languages[0]); l++) {
		size_t n = gazetteer_entries(g, name, str_of(languages[l]), entries, 8);
		CHECK(n <= 8);
		for (size_t i = 0; i < n; i++) {
			CHECK(memchr(entries[i].uri, 0, sizeof(entries[i].uri)));
			CHECK(memchr(entries[i].country, 0, sizeof(entries[i].country)));
			gazetteer_country_name(g, entries[i].country, str_of(languages[l]));
		}
	}
}

static void fuzz_text(const struct gazetteer *g, struct str text)
{
	struct arena arena;
	struct name_match found[64];
	size_t behind = 0;
	arena_init(&arena, 0, 0);
	struct words words = words_split(text, &arena);
	size_t n = gazetteer_match(g, &words, found, 64);
	CHECK(n <= 64);
	for (size_t i = 0; i < n; i++) {
		CHECK(found[i].first >= behind && found[i].n >= 1 && found[i].n <= GAZETTEER_NAME_WORDS);
		behind = found[i].first + found[i].n;
		CHECK(behind <= words.n);
		fuzz_entries(g, found[i].name);
	}
	arena_free(&arena);
}

/* The input as a file, with its size and checksum in place. */
static void fuzz_list(const uint8_t *data, size_t n)
{
	char path[64];
	struct err err = {0};
	char *bytes = malloc(n);
	CHECK(bytes);
	memcpy(bytes, data, n);
	struct gazetteer_file_head *head = (struct gazetteer_file_head *)bytes;
	head->version = GAZETTEER_FILE_VERSION;
	head->bytes = n;
	head->checksum = 0;
	head->checksum = XXH3_64bits(bytes, n);
	int fd = memfd_create("list", MFD_CLOEXEC);
	CHECK(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct gazetteer *g = gazetteer_open(path, &err);
	CHECK(!g == err_is_set(&err));
	if (g) {
		fuzz_text(g, STR("Alpha Beta, ALPHA GAMMA and Beta in Gamma. alpha de Beta"));
		gazetteer_close(&g);
	}
	close(fd);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n >= sizeof(struct gazetteer_file_head) && memcmp(data, GAZETTEER_FILE_MAGIC, 8) == 0)
		fuzz_list(data, n);
	else if (utf8_is_valid(str_make(data, n)))
		fuzz_text(fuzz_shipped, str_make(data, n));
	return 0;
}
