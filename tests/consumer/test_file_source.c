/* Files, pipes and lines as messages. */
#include "tests/harness.h"

#include "consumer/file_source.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/stat.h>

#define LIMIT ((size_t)100)

static char folder[] = "/tmp/wd_file_source_XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[100];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* The path of a file with this content; valid until the test ends (static room for eight). */
static const char *file_with(struct str content)
{
	static char paths[8][100];
	static unsigned n;
	char *path = paths[n++ % 8];
	snprintf(path, sizeof(paths[0]), "%s/%u", folder, n);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
	assert_int_equal(fclose(f), 0);
	return path;
}

static struct source *open_files(const char *const *files, size_t n, bool each_line)
{
	struct file_source_options options = {files, n, each_line, LIMIT};
	struct err err = {0};
	struct source *source = file_source_new(&options, &err);
	if (!source)
		print_error("%s\n", err.words);
	assert_non_null(source);
	struct source_event event;
	source->ops->poll(source, 0, &event);
	assert_int_equal(event.happening, SOURCE_ASSIGNED);
	assert_int_equal(event.partitions.n, 1);
	assert_string_equal(event.partitions.items[0].topic, "enrich");
	assert_true(source->ops->assign(source, &event.partitions, &err));
	return source;
}

static struct source_event next(struct source *source)
{
	struct source_event event;
	do
		source->ops->poll(source, 1000, &event);
	while (event.happening == SOURCE_IDLE);
	return event;
}

static void expect(struct source *source, const char *value)
{
	struct source_event event = next(source);
	assert_int_equal(event.happening, SOURCE_MESSAGE);
	assert_null(event.message.broken);
	assert_str(event.message.value, value);
	assert_non_null(event.message.value.p);
	source->ops->release(source, event.message.owner);
}

static void expect_broken(struct source *source, const char *value, const char *words)
{
	struct source_event event = next(source);
	assert_int_equal(event.happening, SOURCE_MESSAGE);
	assert_non_null(event.message.broken);
	assert_has(event.message.broken, words);
	assert_str(event.message.value, value);
	source->ops->release(source, event.message.owner);
}

static void expect_size(struct source *source, size_t n)
{
	struct source_event event = next(source);
	assert_int_equal(event.happening, SOURCE_MESSAGE);
	assert_null(event.message.broken);
	assert_int_equal(event.message.value.n, n);
	source->ops->release(source, event.message.owner);
}

static void expect_end_and_close(struct source *source)
{
	assert_int_equal(next(source).happening, SOURCE_END);
	assert_int_equal(next(source).happening, SOURCE_END);
	source->ops->close(source);
}

/* --- whole files ---------------------------------------------------------------------------------------------- */

static void each_file_is_one_message_with_its_number(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("first\nstory\n")), file_with(STR("second"))};
	struct source *source = open_files(files, 2, false);
	struct source_event event = next(source);
	assert_int_equal(event.happening, SOURCE_MESSAGE);
	assert_str(event.message.value, "first\nstory\n");
	assert_str(event.message.delivery.cluster, "local");
	assert_str(event.message.delivery.topic, "enrich");
	assert_int_equal(event.message.delivery.partition, 0);
	assert_int_equal(event.message.delivery.offset, 0);
	assert_int_equal(event.message.origin.offset, 0);
	assert_true(event.message.timestamp_ms == -1);
	assert_null(event.message.key.p);
	source->ops->release(source, event.message.owner);
	event = next(source);
	assert_str(event.message.value, "second");
	assert_int_equal(event.message.delivery.offset, 1);
	source->ops->release(source, event.message.owner);
	expect_end_and_close(source);
}

static void an_empty_file_is_an_empty_message(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR(""))};
	struct source *source = open_files(files, 1, false);
	expect(source, "");
	expect_end_and_close(source);
}

static void of_a_file_over_the_limit_just_a_byte_more_than_the_limit_comes(void **state)
{
	(void)state;
	char text[1000];
	memset(text, 'x', sizeof(text));
	const char *files[] = {file_with(str_make(text, sizeof(text))), file_with(str_make(text, LIMIT)),
	                       file_with(str_make(text, LIMIT + 1))};
	struct source *source = open_files(files, 3, false);
	expect_size(source, LIMIT + 1);
	expect_size(source, LIMIT);
	expect_size(source, LIMIT + 1);
	expect_end_and_close(source);
}

static void a_file_that_is_not_there_is_named_at_once(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("good")), "/nowhere/story.txt"};
	struct file_source_options options = {files, 2, false, LIMIT};
	struct err err = {0};
	assert_null(file_source_new(&options, &err));
	assert_string_equal(err.words, "cannot open '/nowhere/story.txt': No such file or directory");
}

static void a_folder_is_no_file(void **state)
{
	(void)state;
	const char *files[] = {folder};
	struct file_source_options options = {files, 1, false, LIMIT};
	struct err err = {0};
	assert_null(file_source_new(&options, &err));
	assert_has(err.words, "it is a folder");
}

static void a_file_that_goes_before_it_is_read_is_a_failure(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("soon gone"))};
	struct source *source = open_files(files, 1, false);
	assert_int_equal(unlink(files[0]), 0);
	struct source_event event = next(source);
	assert_int_equal(event.happening, SOURCE_FAILED);
	assert_has(event.err.words, files[0]);
	source->ops->close(source);
}

/* --- lines ---------------------------------------------------------------------------------------------------- */

static void a_line_is_the_value_of_its_json_string(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("\"BERLIN\\n\\u00dcber \\ud83d\\ude00\"\n  \"x\" \r\n\"\"\n"))};
	struct source *source = open_files(files, 1, true);
	expect(source, "BERLIN\nÜber 😀");
	expect(source, "x");
	expect(source, "");
	expect_end_and_close(source);
}

static void a_line_with_an_object_is_itself_the_message(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("{\"headline\": \"A\\u00e9\"}\n{}"))};
	struct source *source = open_files(files, 1, true);
	expect(source, "{\"headline\": \"A\\u00e9\"}");
	expect(source, "{}");
	expect_end_and_close(source);
}

static void a_line_that_is_neither_is_broken_and_the_next_one_is_good(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("[1,2]\nplain\n17\nnull\n{\"a\":\n\"open\n\"a\" \"b\"\n\"good\"\n"))};
	struct source *source = open_files(files, 1, true);
	expect_broken(source, "[1,2]", "neither a JSON string nor a JSON object");
	expect_broken(source, "plain", "neither");
	expect_broken(source, "17", "neither");
	expect_broken(source, "null", "neither");
	expect_broken(source, "{\"a\":", "neither");
	expect_broken(source, "\"open", "neither");
	expect_broken(source, "\"a\" \"b\"", "neither");
	expect(source, "good");
	expect_end_and_close(source);
}

static void a_line_with_half_a_pair_or_without_utf8_is_broken(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("\"a\\u0000b\"\n\"\\ud83d\"\n\"caf\xE9\"\n"))};
	struct source *source = open_files(files, 1, true);
	expect_broken(source, "\"a\\u0000b\"", "\\u0000");
	expect_broken(source, "\"\\ud83d\"", "surrogate");
	expect_broken(source, "\"caf\xE9\"", "not valid UTF-8");
	expect_end_and_close(source);
}

static void a_line_of_white_space_is_an_empty_message(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("\n \t\r\n\"x\"\n"))};
	struct source *source = open_files(files, 1, true);
	expect(source, "");
	expect(source, "");
	expect(source, "x");
	expect_end_and_close(source);
}

static void a_byte_order_mark_before_the_first_line_is_not_part_of_it(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("\xEF\xBB\xBF\"x\"\n")), file_with(STR("\xEF\xBB\xBF\"y\"\n"))};
	struct source *source = open_files(files, 2, true);
	expect(source, "x");
	expect(source, "y");
	expect_end_and_close(source);
}

/* Lines of every length around the limit, and one that is longer than any buffer. */
static void a_line_over_the_limit_is_cut_and_the_next_one_is_whole(void **state)
{
	(void)state;
	for (size_t n = LIMIT - 3; n < LIMIT + 5; n++) {
		char line[400];
		memset(line, 'x', sizeof(line));
		line[0] = line[n - 1] = '"';
		snprintf(line + n, sizeof(line) - n, "\n\"good\"\n");
		const char *files[] = {file_with(str_of(line))};
		struct source *source = open_files(files, 1, true);
		expect_size(source, n <= LIMIT ? n - 2 : LIMIT + 1);
		expect(source, "good");
		expect_end_and_close(source);
	}
}

static size_t heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2(); /* all zero under AddressSanitizer */
	return info.uordblks + info.hblkhd;
}

static void a_line_of_ten_megabytes_is_skipped_without_being_held(void **state)
{
	(void)state;
	size_t n = 10000000;
	char *text = malloc(n);
	memset(text, 'x', n);
	memcpy(text + n - 7, "\n\"good\"", 7);
	const char *files[] = {file_with(str_make(text, n)), file_with(str_make(text, n - 7))};
	free(text);
	size_t before = heap_bytes();
	struct source *source = open_files(files, 2, true);
	expect_size(source, LIMIT + 1);
	expect(source, "good");
	expect_size(source, LIMIT + 1);
	assert_int_equal(next(source).happening, SOURCE_END);
	assert_true(heap_bytes() < before + 1000000);
	expect_end_and_close(source);
}

static void lines_are_numbered_over_all_files(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("\"a\"\n\"b\"")), file_with(STR("")), file_with(STR("\"c\"\n"))};
	struct source *source = open_files(files, 3, true);
	for (int i = 0; i < 3; i++) {
		struct source_event event = next(source);
		assert_int_equal(event.happening, SOURCE_MESSAGE);
		assert_int_equal(event.message.delivery.offset, i);
		source->ops->release(source, event.message.owner);
	}
	expect_end_and_close(source);
}

/* --- pipes ---------------------------------------------------------------------------------------------------- */

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void expect_idle(struct source *source)
{
	struct source_event event;
	source->ops->poll(source, 20, &event);
	assert_int_equal(event.happening, SOURCE_IDLE);
}

static void lines_of_a_pipe_come_as_they_are_written(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	char path[40];
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	const char *files[] = {path};
	struct source *source = open_files(files, 1, true);
	expect_idle(source);
	say(ends[1], "\"one\"\n\"tw");
	expect(source, "one");
	expect_idle(source);
	say(ends[1], "o\"\n");
	expect(source, "two");
	say(ends[1], "\"last\"");
	expect_idle(source);
	close(ends[1]);
	expect(source, "last");
	expect_end_and_close(source);
	close(ends[0]);
}

static void standard_input_is_read_when_no_file_is_named(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	int kept = dup(STDIN_FILENO);
	dup2(ends[0], STDIN_FILENO);
	struct source *source = open_files(NULL, 0, false);
	say(ends[1], "a story ");
	expect_idle(source);
	say(ends[1], "in two pieces");
	close(ends[1]);
	expect(source, "a story in two pieces");
	expect_end_and_close(source);
	dup2(kept, STDIN_FILENO);
	close(kept);
	close(ends[0]);
}

static void tells_nothing_while_no_partition_is_assigned(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("story"))};
	struct source *source = open_files(files, 1, false);
	struct offset at = {"enrich", 0, OFFSET_AS_COMMITTED};
	struct offsets none = {0}, partitions = {&at, 1, 1};
	struct err err = {0};
	assert_true(source->ops->assign(source, &none, &err));
	expect_idle(source);
	assert_true(source->ops->assign(source, &partitions, &err));
	expect(source, "story");
	expect_end_and_close(source);
}

static void files_cannot_be_rewound(void **state)
{
	(void)state;
	const char *files[] = {file_with(STR("a")), file_with(STR("b"))};
	struct source *source = open_files(files, 2, false);
	expect(source, "a");
	struct offset at = {"enrich", 0, 0};
	struct offsets partitions = {&at, 1, 1};
	struct err err = {0};
	assert_false(source->ops->assign(source, &partitions, &err));
	assert_has(err.words, "cannot read files again");
	at.next = 1;
	err_clear(&err);
	assert_true(source->ops->assign(source, &partitions, &err));
	expect(source, "b");
	expect_end_and_close(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each_file_is_one_message_with_its_number),
	        cmocka_unit_test(an_empty_file_is_an_empty_message),
	        cmocka_unit_test(of_a_file_over_the_limit_just_a_byte_more_than_the_limit_comes),
	        cmocka_unit_test(a_file_that_is_not_there_is_named_at_once),
	        cmocka_unit_test(a_folder_is_no_file),
	        cmocka_unit_test(a_file_that_goes_before_it_is_read_is_a_failure),
	        cmocka_unit_test(a_line_is_the_value_of_its_json_string),
	        cmocka_unit_test(a_line_with_an_object_is_itself_the_message),
	        cmocka_unit_test(a_line_that_is_neither_is_broken_and_the_next_one_is_good),
	        cmocka_unit_test(a_line_with_half_a_pair_or_without_utf8_is_broken),
	        cmocka_unit_test(a_line_of_white_space_is_an_empty_message),
	        cmocka_unit_test(a_byte_order_mark_before_the_first_line_is_not_part_of_it),
	        cmocka_unit_test(a_line_over_the_limit_is_cut_and_the_next_one_is_whole),
	        cmocka_unit_test(a_line_of_ten_megabytes_is_skipped_without_being_held),
	        cmocka_unit_test(lines_are_numbered_over_all_files),
	        cmocka_unit_test(lines_of_a_pipe_come_as_they_are_written),
	        cmocka_unit_test(standard_input_is_read_when_no_file_is_named),
	        cmocka_unit_test(tells_nothing_while_no_partition_is_assigned),
	        cmocka_unit_test(files_cannot_be_rewound),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
