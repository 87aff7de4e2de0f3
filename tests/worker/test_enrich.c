#include "tests/harness.h"

#include "tests/worker/folder.h"
#include "tests/worker/program.h"

#include <poll.h>
#include <signal.h>

static void gives_one_line_a_story_in_input_order(void **state)
{
	(void)state;
	static char lines[64 * 2000];
	size_t n = 0;
	for (int i = 0; i < 2000; i++)
		n += (size_t)snprintf(lines + n, sizeof lines - n, "\"Story number %d of many\"\n", i);
	struct program p = PROGRAM(lines, "enrich", "--each-line", "--lanes", "4", "--set", "batch.stories=100");
	assert_int_equal(p.code, 0);
	assert_string_equal(p.err, "");
	const char *at = p.out;
	for (int i = 0; i < 2000; i++) {
		char id[64];
		snprintf(id, sizeof id, "\"id\":\"local/enrich/0/%d/0\"", i);
		const char *end = strchr(at, '\n'), *found = strstr(at, id);
		assert_true(found && found < end);
		at = end + 1;
	}
	assert_int_equal(*at, 0);
	program_free(&p);
}

static void a_line_that_is_no_json_is_a_dead_letter_of_its_own(void **state)
{
	(void)state;
	struct program p = PROGRAM("\"one\"\n17\n{\"headline\":\"Two\",\"body\":\"b\"}\n", "enrich", "--each-line");
	assert_int_equal(p.code, 1);
	assert_has(p.out, "{\"type\":\"dead-letter\",\"reason\":\"bad-json\"");
	assert_has(p.out, "\"value\":\"Two\"");
	assert_has(p.out, "local/enrich/0/2/0");
	program_free(&p);
}

static void an_empty_message_is_a_drop_and_no_failure(void **state)
{
	(void)state;
	struct program p = PROGRAM("", "enrich");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "{\"type\":\"drop\",\"reason\":\"no-value\"");
	program_free(&p);
	p = PROGRAM("  \n ", "enrich");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "{\"type\":\"drop\",\"reason\":\"no-story\"");
	program_free(&p);
}

static void a_file_that_cannot_be_read_ends_with_4(void **state)
{
	(void)state;
	struct program p = PROGRAM("", "enrich", "/no/such/file");
	assert_int_equal(p.code, 4);
	assert_string_equal(p.out, "");
	assert_has(p.err, "'/no/such/file': No such file");
	program_free(&p);
}

static void bad_usage_ends_with_2(void **state)
{
	(void)state;
	static const struct {
		const char *args[3], *words;
	} cases[] = {
	        {{"--frobnicate"}, "unknown option '--frobnicate'"},
	        {{"--stages", "decod"}, "did you mean 'decode'?"},
	        {{"--stages", "cleanup"}, "needs 'decode' before it"},
	        {{"--stages", ""}, "names no stage"},
	        {{"--stages", "decode,,language"}, "'decode,,language' names no stage at place 2"},
	        {{"--stages", "decode, "}, "names no stage at place 2"},
	        {{"--input-format", "morse"}, "unknown format 'morse'"},
	        {{"--lanes", "0"}, "from 1 to 64"},
	        {{"-c", "/no/such/file"}, "/no/such/file"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program p = PROGRAM("x", "enrich", cases[i].args[0], cases[i].args[1]);
		assert_int_equal(p.code, 2);
		assert_string_equal(p.out, "");
		assert_has(p.err, cases[i].words);
		program_free(&p);
	}
}

static void the_format_can_be_forced(void **state)
{
	(void)state;
	struct program p = PROGRAM("{\"headline\":\"x\"}", "enrich", "--input-format", "plain-text");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "{\\\"headline\\\":\\\"x\\\"}");
	program_free(&p);
	p = PROGRAM("just text", "enrich", "--input-format", "json");
	assert_int_equal(p.code, 1);
	assert_has(p.out, "\"reason\":\"bad-json\"");
	program_free(&p);
}

static void fields_of_absent_stages_are_absent(void **state)
{
	(void)state;
	struct program p = PROGRAM("A headline\n\nText of the story.", "enrich", "--stages", "decode");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "\"value\":\"A headline\\n\\nText of the story.\"");
	assert_null(strstr(p.out, "\"headlines\""));
	assert_null(strstr(p.out, "\"dedup\""));
	assert_null(strstr(p.out, "\"removed\""));
	program_free(&p);
}

static void the_second_of_two_equal_files_is_exact(void **state)
{
	struct folder *folder = *state;
	char first[PATH_MAX], second[PATH_MAX];
	struct str text = STR("Rain in Spain\n\nIt rained in Spain on Tuesday, the weather office said.\n");
	folder_write(folder, "a", text);
	folder_write(folder, "b", text);
	snprintf(first, sizeof first, "%s", folder_file(folder, "a"));
	snprintf(second, sizeof second, "%s", folder_file(folder, "b"));
	struct program p = PROGRAM("", "enrich", first, second);
	assert_int_equal(p.code, 0);
	const char *line = strchr(p.out, '\n');
	assert_has(p.out, "\"verdict\":\"original\"");
	assert_has(line, "\"verdict\":\"exact\"");
	assert_has(line, "\"id\":\"local/enrich/0/0/0\"");
	program_free(&p);
}

static void a_configuration_for_kafka_serves_without_kafka(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "c.yaml",
	             STR("kafka: { brokers: 127.0.0.1:1 }\n"
	                 "stages: [decode, cleanup, fingerprint, dedup: { window: 24h }, route]\n"));
	struct program p = PROGRAM("A story of some words.", "enrich", "-c", folder_file(folder, "c.yaml"));
	assert_string_equal(p.err, "");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "\"verdict\":\"original\"");
	program_free(&p);
}

static void chosen_stages_take_their_options_from_the_file(void **state)
{
	struct folder *folder = *state;
	folder_write(folder, "a", STR("The same headline\n\nAnd the same text."));
	folder_write(folder, "c.yaml", STR("stages: [decode, fingerprint, dedup, route: { duplicates: [] }]\n"));
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", folder_file(folder, "a"));
	static const char stages[] = "decode,fingerprint,dedup,route";
	struct program p = PROGRAM("", "bench", "--stages", stages, "--seconds", "0", copy, copy);
	assert_has(p.out, "they ended as 1 article, 1 duplicate, 0 drops, 0 dead letters");
	program_free(&p);
	p = PROGRAM("", "bench", "-c", folder_file(folder, "c.yaml"), "--stages", stages, "--seconds", "0", copy, copy);
	assert_has(p.out, "they ended as 2 articles, 0 duplicates, 0 drops, 0 dead letters");
	program_free(&p);
}

static void a_line_comes_out_while_the_pipe_is_still_open(void **state)
{
	(void)state;
	int in[2], out[2], err = program_file(NULL);
	char text[8192];
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid_t child = program_start((const char *const[]){"enrich", "--each-line", NULL}, in[0], out[1], err);
	close(in[0]);
	close(out[1]);
	assert_int_equal(write(in[1], "\"one\"\n", 6), 6);
	struct pollfd ready = {.fd = out[0], .events = POLLIN};
	assert_int_equal(poll(&ready, 1, 60000), 1);
	assert_true(read(out[0], text, sizeof text) > 0);
	close(in[1]);
	assert_int_equal(read(out[0], text, sizeof text), 0);
	struct program p;
	program_end(child, &p);
	assert_int_equal(p.code, 0);
	close(out[0]);
	close(err);
}

static void is_quiet_when_its_reader_goes(void **state)
{
	(void)state;
	int out[2], in = program_file("\"one\"\n\"two\"\n"), err = program_file(NULL);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	close(out[0]);
	pid_t child = program_start((const char *const[]){"enrich", "--each-line", NULL}, in, out[1], err);
	close(out[1]);
	close(in);
	struct program p = {0};
	program_end(child, &p);
	p.err = program_text(err);
	assert_int_equal(p.signal, SIGPIPE);
	assert_string_equal(p.err, "");
	program_free(&p);
}

static void says_when_the_disk_is_full(void **state)
{
	(void)state;
	int in = program_file("text"), out = open("/dev/full", O_WRONLY), err = program_file(NULL);
	pid_t child = program_start((const char *const[]){"enrich", NULL}, in, out, err);
	close(in);
	close(out);
	struct program p = {0};
	program_end(child, &p);
	p.err = program_text(err);
	assert_int_equal(p.code, 4);
	assert_has(p.err, "No space left on device");
	program_free(&p);
}

static void explain_gives_a_terminal_no_orders(void **state)
{
	(void)state;
	struct program p = PROGRAM("A \033]0;title\007 story\n\nwith \xe2\x80\xae turns.", "explain");
	assert_int_equal(p.code, 0);
	assert_null(strchr(p.out, '\033'));
	assert_null(strchr(p.out, '\007'));
	assert_null(strstr(p.out, "\xe2\x80\xae"));
	assert_has(p.out, "\\x1b");
	program_free(&p);
}

static void explain_tells_of_dead_letters_without_failing(void **state)
{
	(void)state;
	struct program p = PROGRAM("text", "explain", "--input-format", "json");
	assert_int_equal(p.code, 0);
	assert_has(p.out, "DEAD LETTER: bad-json");
	program_free(&p);
}

static void explain_has_colours_where_they_are_asked_for(void **state)
{
	(void)state;
	struct program p = PROGRAM("text", "explain", "--color", "always");
	assert_has(p.out, "\033[1m");
	program_free(&p);
	p = PROGRAM("text", "explain", "--color", "sometimes");
	assert_int_equal(p.code, 2);
	program_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(gives_one_line_a_story_in_input_order),
	        cmocka_unit_test(a_line_that_is_no_json_is_a_dead_letter_of_its_own),
	        cmocka_unit_test(an_empty_message_is_a_drop_and_no_failure),
	        cmocka_unit_test(a_file_that_cannot_be_read_ends_with_4),
	        cmocka_unit_test(bad_usage_ends_with_2),
	        cmocka_unit_test(the_format_can_be_forced),
	        cmocka_unit_test(fields_of_absent_stages_are_absent),
	        cmocka_unit_test_setup_teardown(the_second_of_two_equal_files_is_exact, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(a_configuration_for_kafka_serves_without_kafka, folder_make,
	                                        folder_remove),
	        cmocka_unit_test_setup_teardown(chosen_stages_take_their_options_from_the_file, folder_make,
	                                        folder_remove),
	        cmocka_unit_test(a_line_comes_out_while_the_pipe_is_still_open),
	        cmocka_unit_test(is_quiet_when_its_reader_goes),
	        cmocka_unit_test(says_when_the_disk_is_full),
	        cmocka_unit_test(explain_gives_a_terminal_no_orders),
	        cmocka_unit_test(explain_tells_of_dead_letters_without_failing),
	        cmocka_unit_test(explain_has_colours_where_they_are_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
