/*
 * wiredesk: one binary, a sub-command first. This file finds the command, answers --help, --version and --help-config,
 * and looks at the end whether all that was printed has arrived.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/options.h"
#include "worker/command.h"
#include "worker/config.h"
#include "worker/version.h"

#include <errno.h>
#include <fcntl.h>

#define COMMAND(name) extern const struct command command_##name;
#include "worker/commands.def"
#undef COMMAND

static const struct command *const main_commands[] = {
#define COMMAND(name) &command_##name,
#include "worker/commands.def"
#undef COMMAND
        NULL,
};

#define MAIN_COMMANDS_MAX 32
#define MAIN_TEXT_MAX     (256 * 1024)

static void main_usage(struct buf *out)
{
	buf_str(out, STR("usage: wiredesk COMMAND [OPTION…] [FILE…]\n\n"
	                 "Takes raw wire stories from Kafka, cleans, identifies and compares them, and sends them on, "
	                 "exactly once.\n\n"));
	for (size_t i = 0; main_commands[i]; i++)
		buf_printf(out, "  %-10s %s\n", main_commands[i]->name, main_commands[i]->summary);
	buf_str(out, STR("\n  wiredesk COMMAND --help   what it does and takes\n"
	                 "  wiredesk --help-config    every key of the configuration\n"
	                 "  wiredesk --version        version, commit and libraries\n\n"
	                 "Exit codes: 0 done, 1 done but some stories are dead letters, 2 bad usage or configuration,\n"
	                 "3 fenced by the broker or fatal Kafka error, 4 the surroundings failed.\n"));
}

static void main_print(void (*write)(struct buf *out))
{
	struct buf out;
	buf_init(&out, MAIN_TEXT_MAX);
	write(&out);
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

/* The options that stand without a command; false: it is none of them. */
static bool main_answer(const char *word)
{
	static const struct {
		const char *word;
		void (*write)(struct buf *out);
	} answers[] = {{"--help", main_usage},
	               {"-h", main_usage},
	               {"help", main_usage},
	               {"--version", version_write},
	               {"--help-config", config_help}};
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (strcmp(word, answers[i].word) == 0) {
			main_print(answers[i].write);
			return true;
		}
	return false;
}

static const struct command *main_find(const char *name)
{
	for (size_t i = 0; main_commands[i]; i++)
		if (strcmp(main_commands[i]->name, name) == 0)
			return main_commands[i];
	return NULL;
}

static int main_unknown(const char *name)
{
	const char *names[MAIN_COMMANDS_MAX + 1];
	size_t n = 0;
	while (main_commands[n]) {
		CHECK(n < MAIN_COMMANDS_MAX);
		names[n] = main_commands[n]->name;
		n++;
	}
	names[n] = NULL;
	const char *nearest = options_nearest(str_of(name), names);
	if (nearest)
		fprintf(stderr, "wiredesk: unknown command '%s'; did you mean '%s'?\n", name, nearest);
	else
		fprintf(stderr, "wiredesk: unknown command '%s'; 'wiredesk --help' lists them\n", name);
	return EXIT_CODE_USAGE;
}

static void main_command_help(const struct command *command)
{
	struct buf out;
	buf_init(&out, MAIN_TEXT_MAX);
	command_help(command, &out);
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

/*
 * What a command printed may still wait in memory, or was lost already: a full disk must not look like success. Of
 * two troubles the first keeps its exit code.
 */
static int main_end(int code)
{
	bool has_failed = ferror(stdout), is_closed = fclose(stdout) == 0;
	if (!has_failed && is_closed)
		return code;
	fprintf(stderr, "wiredesk: cannot write standard output: %s\n",
	        is_closed ? "a part of it is lost" : strerror(errno));
	return code == EXIT_CODE_DONE || code == EXIT_CODE_DEAD_LETTERS ? EXIT_CODE_FAILED : code;
}

static int main_command(int argc, char **argv)
{
	const struct command *command = main_find(argv[1]);
	if (!command)
		return main_unknown(argv[1]);
	static struct command_line line; /* some KiB: not on the stack */
	struct err err = {0};
	bool help;
	if (!command_parse(command, argc - 1, argv + 1, &line, &help, &err))
		return command_fail(&line, EXIT_CODE_USAGE, &err);
	if (!help)
		return command->run(&line);
	main_command_help(command);
	return EXIT_CODE_DONE;
}

/*
 * Whoever starts us may have closed standard input, output or error. The next file or socket that is opened would get
 * its number, and what is said would be written into it: the log into the state folder. So each gets a placeholder,
 * which is opened the wrong way round: reading and writing go on to fail, and whoever needs them says so.
 */
static bool main_fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	if (!main_fill_descriptors())
		return EXIT_CODE_FAILED;
	check_install();
	if (argc < 2) {
		fprintf(stderr, "wiredesk: which command? 'wiredesk --help' lists them\n");
		return EXIT_CODE_USAGE;
	}
	return main_end(main_answer(argv[1]) ? EXIT_CODE_DONE : main_command(argc, argv));
}
