/*
 * Lists and texts that nobody meant well. An input that begins as a list of names does is one, its size and checksum
 * put right: it is refused, or it can be asked anything; so is one that begins as a user's own gazetteer does. One that
 * begins with "name" or a brace are rows for the maker of such: they are refused in words, or their gazetteer can be
 * opened and asked. Any other is a text for the list that is shipped: matches are in order, inside, of a bounded
 * length, and stand for something.
 */
#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/stages/entities/own_file.h"
#include "pipeline/stages/entities/own_list.h"
#include "pipeline/stages/entities/own_rows.h"

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

/* --- a user's own ------------------------------------------------------------------------------------------------- */

/* Asks a list about a text; returns how many names stand in it. */
static size_t fuzz_own_text(struct own_list *list, struct str text, const char *language)
{
	struct arena arena;
	struct own_match found[64];
	struct own_lists lists = {{list}, 1};
	size_t behind = 0;
	arena_init(&arena, 0, 0);
	struct words words = words_split(text, &arena);
	struct gazetteer_word *known = ARENA_ARRAY(&arena, struct gazetteer_word, words.n + 1);
	for (size_t i = 0; i < words.n; i++)
		known[i].hash = gazetteer_file_word(words_text(&words, i));
	size_t n = own_lists_match(&lists, &words, known, str_of(language), found, 64);
	for (size_t i = 0; i < n; i++) {
		struct own_thing thing;
		CHECK(found[i].first >= behind && found[i].n >= 1 && found[i].n <= OWN_FILE_NAME_WORDS);
		behind = found[i].first + found[i].n;
		CHECK(behind <= words.n);
		own_match_decide(&found[i], &words, str_of(language), -1, &thing);
		CHECK(utf8_is_valid(thing.uri) && utf8_is_valid(thing.name) && thing.type <= NAME_IS_PLACE);
	}
	arena_free(&arena);
	return n;
}

static struct own_list *fuzz_own_open(const void *bytes, size_t n)
{
	char path[64];
	struct err err = {0};
	int fd = memfd_create("own", MFD_CLOEXEC);
	CHECK(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct own_list *list = own_list_open(path, &err);
	CHECK(!list == err_is_set(&err));
	close(fd);
	return list;
}

static void fuzz_own_list(const uint8_t *data, size_t n)
{
	char *bytes = malloc(n);
	CHECK(bytes);
	memcpy(bytes, data, n);
	struct own_file_head *head = (struct own_file_head *)bytes;
	head->version = OWN_FILE_VERSION;
	head->bytes = n;
	head->checksum = 0;
	head->checksum = XXH3_64bits(bytes, n);
	struct own_list *list = fuzz_own_open(bytes, n);
	if (list)
		fuzz_own_text(list, STR("Alpha Beta, ALPHA GAMMA and Beta in Gamma. alpha de Beta"), "en");
	own_list_close(&list);
	free(bytes);
}

static void fuzz_own_say(void *arg, bool is_error, const char *words)
{
	(void)arg;
	(void)is_error;
	CHECK(words[0] && utf8_is_valid(str_of(words)));
}

static void fuzz_own_rows(struct str rows)
{
	static char path[64];
	struct own_build_options options = {.base = STR("urn:fuzz:"), .say = fuzz_own_say};
	struct own_build *build = own_build_new(&options);
	struct err err = {0};
	if (!path[0])
		snprintf(path, sizeof path, "/dev/shm/wiredesk-fuzz-own-%d", (int)getpid());
	own_rows_read_text(build, rows.p[0] == '{' ? "rows.jsonl" : "rows.tsv", rows);
	bool good = own_build_end(build);
	struct own_build_counts counts = own_build_count(build);
	CHECK(good == (counts.errors == 0));
	if (good) {
		CHECK(own_build_write(build, path, "fuzz", &err));
		struct own_list *list = own_list_open(path, &err);
		CHECK(list && counts.names > 0);
		if (utf8_is_valid(rows))
			fuzz_own_text(list, rows, "en");
		own_list_close(&list);
		unlink(path);
	}
	own_build_free(&build);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n >= sizeof(struct own_file_head) && memcmp(data, OWN_FILE_MAGIC, 8) == 0) {
		fuzz_own_list(data, n);
		return 0;
	}
	if (n > 4 && (memcmp(data, "name", 4) == 0 || data[0] == '{'))
		fuzz_own_rows(str_make(data, n));
	if (n >= sizeof(struct gazetteer_file_head) && memcmp(data, GAZETTEER_FILE_MAGIC, 8) == 0)
		fuzz_list(data, n);
	else if (utf8_is_valid(str_make(data, n)))
		fuzz_text(fuzz_shipped, str_make(data, n));
	return 0;
}
