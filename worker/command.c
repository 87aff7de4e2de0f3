/*
 * What all sub-commands share: reading arguments by rows, --help from the same rows, the configuration, the data
 * folder.
 */
#include "worker/command.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/log.h"
#include "worker/config.h"
#include "worker/wrap.h"

#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
/* getopt's `struct option` would meet ours, of pipeline/base/options.h. */
#define option getopt_option
#include <getopt.h>
#undef option

#define COMMAND_OPTIONS_MAX 24
#define COMMAND_HELP_COLUMN 26

/* --- what was given ----------------------------------------------------------------------------------------------- */

size_t command_values(const struct command_line *line, const char *name, const char **values, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < line->n_given && n < room; i++)
		if (strcmp(line->given[i].option->name, name) == 0)
			values[n++] = line->given[i].value;
	return n;
}

const char *command_value(const struct command_line *line, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < line->n_given; i++)
		if (strcmp(line->given[i].option->name, name) == 0)
			value = line->given[i].value;
	return value;
}

bool command_has(const struct command_line *line, const char *name)
{
	for (size_t i = 0; i < line->n_given; i++)
		if (strcmp(line->given[i].option->name, name) == 0)
			return true;
	return false;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static size_t command_count(const struct command *command)
{
	size_t n = 0;
	while (command->options && command->options[n].name)
		n++;
	return n;
}

/* getopt's tables from our rows; `help` comes last, with its own letter. */
static void command_tables(const struct command *command, size_t n, struct getopt_option *longs, char *letters)
{
	*letters++ = ':'; /* a missing value is told apart, and nothing is printed by getopt */
	for (size_t i = 0; i < n; i++) {
		const struct command_option *row = &command->options[i];
		longs[i] = (struct getopt_option){row->name, row->value ? required_argument : no_argument, NULL,
		                                  1000 + (int)i};
		if (row->letter) {
			*letters++ = row->letter;
			if (row->value)
				*letters++ = ':';
		}
	}
	longs[n] = (struct getopt_option){"help", no_argument, NULL, 'h'};
	longs[n + 1] = (struct getopt_option){0};
	*letters++ = 'h';
	*letters = 0;
}

static const struct command_option *command_row(const struct command *command, size_t n, int got)
{
	if (got >= 1000)
		return &command->options[got - 1000];
	for (size_t i = 0; i < n; i++)
		if (command->options[i].letter == got)
			return &command->options[i];
	return NULL;
}

/* An option that getopt does not know, or knows without its value. */
static bool command_bad_option(const struct command *command, size_t n, int got, const char *argument, struct err *err)
{
	if (got == ':')
		return err_set(err, "option '%s' needs a value", argument);
	if (optopt > 0 && optopt < 256)
		return err_set(err, "unknown option '-%c'; see 'wiredesk %s --help'", optopt, command->name);
	const char *names[COMMAND_OPTIONS_MAX + 2];
	for (size_t i = 0; i < n; i++)
		names[i] = command->options[i].name;
	names[n] = "help";
	names[n + 1] = NULL;
	const char *equals = strchr(argument, '=');
	size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
	struct str name = str_slice(str_make(argument, length), 2, length);
	const char *nearest = strncmp(argument, "--", 2) == 0 ? options_nearest(name, names) : NULL;
	if (nearest)
		return err_set(err, "unknown option '%s'; did you mean '--%s'?", argument, nearest);
	return err_set(err, "unknown option '%s'; see 'wiredesk %s --help'", argument, command->name);
}

static bool command_check(const struct command_line *line, struct err *err)
{
	const struct command *command = line->command;
	if (line->n_files > command->files_max)
		return err_set(err, "'%s' is one argument too many; usage: wiredesk %s %s",
		               line->files[command->files_max], command->name, command->arguments);
	if (command->needs_config && !command_has(line, "config"))
		return err_set(err, "which configuration? give it with -c FILE");
	return true;
}

bool command_parse(const struct command *command, int argc, char **argv, struct command_line *line, bool *help,
                   struct err *err)
{
	struct getopt_option longs[COMMAND_OPTIONS_MAX + 2];
	char letters[2 * COMMAND_OPTIONS_MAX + 4];
	size_t n = command_count(command);
	command_tables(command, n, longs, letters);
	*line = (struct command_line){.command = command};
	*help = false;
	optind = 0; /* glibc: start anew */
	int got;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) >= 0) {
		if (got == 'h') {
			*help = true;
			return true;
		}
		const struct command_option *row = got == '?' || got == ':' ? NULL : command_row(command, n, got);
		if (!row)
			return command_bad_option(command, n, got, argv[optind - 1], err);
		if (line->n_given == COMMAND_GIVEN_MAX)
			return err_set(err, "more than %d options", COMMAND_GIVEN_MAX);
		line->given[line->n_given].option = row;
		line->given[line->n_given++].value = optarg;
	}
	line->files = argv + optind;
	line->n_files = (size_t)(argc - optind);
	return command_check(line, err);
}

/* --- help --------------------------------------------------------------------------------------------------------- */

static void command_help_option(struct buf *out, const struct command_option *row)
{
	char head[80];
	int n = snprintf(head, sizeof head, "  %c%c%s--%s%s%s", row->letter ? '-' : ' ',
	                 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name, row->value ? " " : "",
	                 row->value ? row->value : "");
	buf_str(out, str_of(head));
	buf_printf(out, n >= COMMAND_HELP_COLUMN ? "\n%*s" : "%*s",
	           COMMAND_HELP_COLUMN - (n < COMMAND_HELP_COLUMN ? n : 0), "");
	wrap_words(out, row->help, COMMAND_HELP_COLUMN);
}

void command_help(const struct command *command, struct buf *out)
{
	static const struct command_option help = {"help", 'h', NULL, "This text."};
	buf_printf(out, "usage: wiredesk %s %s\n\n", command->name, command->arguments);
	wrap_words(out, command->summary, 0);
	if (command->help) {
		buf_putc(out, '\n');
		wrap_words(out, command->help, 0);
	}
	buf_putc(out, '\n');
	for (size_t i = 0; i < command_count(command); i++)
		command_help_option(out, &command->options[i]);
	command_help_option(out, &help);
}

const char *command_noun(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* --- failing ------------------------------------------------------------------------------------------------------ */

int command_fail(const struct command_line *line, enum exit_code code, const struct err *err)
{
	fprintf(stderr, "wiredesk %s: %s\n", line->command->name, err->words);
	return code;
}

int command_fail_words(const struct command_line *line, enum exit_code code, const char *format, ...)
{
	struct err err = {0};
	va_list args;
	va_start(args, format);
	vsnprintf(err.words, sizeof err.words, format, args);
	va_end(args);
	return command_fail(line, code, &err);
}

/* --- what most commands need -------------------------------------------------------------------------------------- */

void command_warn(void *arg, const char *words)
{
	(void)arg;
	log_warn("CONFIG-WARNING", "the configuration was read, but", LOG_CSTR("warning", words));
}

struct config *command_config(const struct command_line *line)
{
	const char *sets[COMMAND_GIVEN_MAX];
	size_t n_sets = command_values(line, "set", sets, COMMAND_GIVEN_MAX);
	struct err err = {0};
	struct config *config = config_load(command_value(line, "config"), sets, n_sets, &err);
	if (!config) {
		command_fail(line, EXIT_CODE_USAGE, &err);
		return NULL;
	}
	log_setup((enum log_level)config->log.level, (enum log_format)config->log.format);
	for (size_t i = 0; i < config->warnings.n; i++)
		command_warn(NULL, config->warnings.items[i].p);
	return config;
}

static bool command_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool command_data_dir(const struct command_line *line, char *out, struct err *err)
{
	const char *given = command_value(line, "data");
	if (given) {
		if (!command_is_dir(given) || !realpath(given, out))
			return err_set(err, "no folder '%s', given with --data", given);
		return true;
	}
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	if (n <= 0)
		return err_set(err, "cannot tell where the program stands; say where its data is with --data DIR");
	program[n] = 0;
	*strrchr(program, '/') = 0;
	static const char *const places[] = {"data", "../share/wiredesk"};
	for (size_t i = 0; i < 2; i++) {
		char path[PATH_MAX + 32];
		snprintf(path, sizeof path, "%s/%s", program, places[i]);
		if (command_is_dir(path) && realpath(path, out))
			return true;
	}
	return err_set(
	        err, "no models and tables in '%s/data' nor '%s/../share/wiredesk'; say where they are with --data DIR",
	        program, program);
}
