#include "tests/harness.h"

#include "pipeline/base/buf.h"
#include "worker/command.h"
#include "worker/wrap.h"

static int run_nothing(const struct command_line *line)
{
	(void)line;
	return EXIT_CODE_DONE;
}

static const struct command_option options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        {"create", 0, NULL, "Makes them."},
        COMMAND_OPTION_END,
};

static const struct command command = {
        .name = "try",
        .arguments = "-c FILE [--create]",
        .summary = "Tries.",
        .options = options,
        .files_max = 2,
        .needs_config = true,
        .run = run_nothing,
};

struct parsed {
	struct command_line line;
	bool help, good;
	struct err err;
};

#define PARSE(p, ...) parse((p), (char *[]){(char[]){"try"}, __VA_ARGS__ __VA_OPT__(, ) NULL})
static void parse(struct parsed *p, char **argv)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	*p = (struct parsed){0};
	p->good = command_parse(&command, argc, argv, &p->line, &p->help, &p->err);
}
#define W(text) ((char[]){text})

static void reads_options_in_any_place_and_the_last_value_counts(void **state)
{
	(void)state;
	struct parsed p;
	PARSE(&p, W("-c"), W("a.yaml"), W("one"), W("--create"), W("--set"), W("a=1"), W("two"), W("--set=b=2"),
	      W("--config"), W("b.yaml"));
	assert_true(p.good);
	assert_string_equal(command_value(&p.line, "config"), "b.yaml");
	assert_true(command_has(&p.line, "create"));
	assert_int_equal(p.line.n_files, 2);
	assert_string_equal(p.line.files[1], "two");
	const char *sets[4];
	assert_int_equal(command_values(&p.line, "set", sets, 4), 2);
	assert_string_equal(sets[1], "b=2");
	assert_int_equal(command_values(&p.line, "set", sets, 1), 1);
}

static void names_the_nearest_option(void **state)
{
	(void)state;
	struct parsed p;
	PARSE(&p, W("--craete"));
	assert_false(p.good);
	assert_string_equal(p.err.words, "unknown option '--craete'; did you mean '--create'?");
	PARSE(&p, W("--zzz=5"));
	assert_has(p.err.words, "unknown option '--zzz=5'; see 'wiredesk try --help'");
	PARSE(&p, W("-x"), W("file"));
	assert_has(p.err.words, "unknown option '-x'");
}

static void says_what_is_missing_or_too_much(void **state)
{
	(void)state;
	struct parsed p;
	PARSE(&p, W("--create"));
	assert_has(p.err.words, "give it with -c FILE");
	PARSE(&p, W("--create"), W("--set"));
	assert_has(p.err.words, "option '--set' needs a value");
	PARSE(&p, W("-c"));
	assert_has(p.err.words, "needs a value");
	PARSE(&p, W("-c"), W("x"), W("1"), W("2"), W("3"));
	assert_has(p.err.words, "'3' is one argument too many; usage: wiredesk try -c FILE");
	PARSE(&p, W("--create=yes"), W("-c"), W("x"));
	assert_false(p.good);
}

static void help_wins_over_what_is_missing(void **state)
{
	(void)state;
	struct parsed p;
	PARSE(&p, W("--help"));
	assert_true(p.good && p.help);
	struct buf out;
	buf_init(&out, 10000);
	command_help(&command, &out);
	buf_putc(&out, 0);
	assert_has(out.p, "usage: wiredesk try -c FILE [--create]");
	assert_has(out.p, "-c, --config FILE");
	assert_has(out.p, "Makes them.");
	assert_has(out.p, "--help");
	buf_free(&out);
}

static void breaks_help_without_leaving_blanks_behind(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 10000);
	char words[400];
	for (size_t i = 0; i < sizeof words - 1; i++)
		words[i] = i % 9 == 8 ? ' ' : 'a';
	words[sizeof words - 1] = 0;
	buf_str(&out, STR("head"));
	wrap_words(&out, words, 4);
	wrap_words(&out, "first \n\n  kept", 0);
	buf_putc(&out, 0);
	assert_null(strstr(out.p, " \n"));
	assert_has(out.p, "\n    aaaaaaaa");
	assert_has(out.p, "first\n\n  kept\n");
	for (char *line = out.p, *end; (end = strchr(line, '\n')); line = end + 1)
		assert_true(end - line <= 100);
	buf_free(&out);
}

static void refuses_more_options_than_it_has_room_for(void **state)
{
	(void)state;
	char *argv[2 * COMMAND_GIVEN_MAX + 10];
	int argc = 0;
	char name[] = "try", create[] = "--create";
	argv[argc++] = name;
	for (int i = 0; i <= COMMAND_GIVEN_MAX; i++)
		argv[argc++] = create;
	argv[argc] = NULL;
	struct parsed p;
	parse(&p, argv);
	assert_false(p.good);
	assert_has(p.err.words, "more than 256 options");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reads_options_in_any_place_and_the_last_value_counts),
	        cmocka_unit_test(names_the_nearest_option),
	        cmocka_unit_test(says_what_is_missing_or_too_much),
	        cmocka_unit_test(help_wins_over_what_is_missing),
	        cmocka_unit_test(breaks_help_without_leaving_blanks_behind),
	        cmocka_unit_test(refuses_more_options_than_it_has_room_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
