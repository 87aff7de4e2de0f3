/*
 * A sub-command: one table, from which the parser and --help come.
 *
 * A command is a `const struct command command_NAME` at the bottom of cmd_NAME.c, and one line in commands.def. main
 * reads the arguments by the command's rows (getopt_long), answers --help itself, and calls run with what was given.
 * run's answer is the exit code; a command that fails says why by command_fail.
 */
#ifndef WIREDESK_COMMAND_H
#define WIREDESK_COMMAND_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"

#include <stdint.h>

/* Exit codes: an interface. */
enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_DEAD_LETTERS = 1, /* done, but some stories are dead letters */
	EXIT_CODE_USAGE = 2,        /* bad usage or configuration */
	EXIT_CODE_FENCED = 3,       /* fenced by the broker, or a fatal Kafka error */
	EXIT_CODE_FAILED = 4,       /* the surroundings failed */
};

struct command_option {
	const char *name;  /* long name; NULL ends the rows */
	char letter;       /* 0: none */
	const char *value; /* what --help calls its value; NULL: it takes none */
	const char *help;  /* one sentence */
};

/* Rows that several commands share. */
#define COMMAND_OPTION_CONFIG                                                                                          \
	{                                                                                                              \
		"config", 'c', "FILE", "The configuration (YAML)."                                                     \
	}
#define COMMAND_OPTION_SET                                                                                             \
	{                                                                                                              \
		"set", 0, "KEY=VALUE",                                                                                 \
		        "Sets one key of the configuration, such as batch.stories=500; may be repeated."               \
	}
#define COMMAND_OPTION_DATA                                                                                            \
	{                                                                                                              \
		"data", 0, "DIR", "Where models and tables are, instead of beside the program."                        \
	}
#define COMMAND_OPTION_END                                                                                             \
	{                                                                                                              \
		NULL, 0, NULL, NULL                                                                                    \
	}

#define COMMAND_GIVEN_MAX 256

struct command;

/* What was given on the command line. Everything points into argv. */
struct command_line {
	const struct command *command;
	struct {
		const struct command_option *option;
		const char *value;
	} given[COMMAND_GIVEN_MAX]; /* in order */
	size_t n_given;
	char **files; /* what is no option; NULL at the end */
	size_t n_files;
};

struct command {
	const char *name;
	const char *arguments; /* for the usage line: "-c FILE [--create]" */
	const char *summary;   /* one line, for the list of commands */
	const char *help;      /* more sentences for --help, or NULL */
	const struct command_option *options;
	size_t files_max;  /* how many arguments that are no options; SIZE_MAX: any */
	bool needs_config; /* --config must be given */
	int (*run)(const struct command_line *line);
};

/* The last value given for a long name, or NULL. */
const char *command_value(const struct command_line *line, const char *name);
bool command_has(const struct command_line *line, const char *name);
/* All values given for a name, in order; returns how many (at most room). */
size_t command_values(const struct command_line *line, const char *name, const char **values, size_t room);

/* The word for one, or that for all other numbers: "1 message", "0 messages". */
const char *command_noun(uint64_t n, const char *one, const char *many);

/* "wiredesk NAME: words" to stderr; returns the code. */
int command_fail(const struct command_line *line, enum exit_code code, const struct err *err);
int command_fail_words(const struct command_line *line, enum exit_code code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/*
 * Loads the configuration by --config and --set and logs its warnings; NULL after saying why (exit code 2). Without
 * --config: the defaults.
 */
struct config;
struct config *command_config(const struct command_line *line);
/* Logs what a stage finds odd in the configuration; for stage_env.warn. */
void command_warn(void *arg, const char *words);

/*
 * The folder of models and tables: --data; else `data` beside the program, as in a build folder; else
 * ../share/wiredesk. Writes into out, which holds PATH_MAX bytes. False with err set when there is none.
 */
bool command_data_dir(const struct command_line *line, char *out, struct err *err);

/* Reads the arguments after the command's name. False with err set; *help when --help was among them. */
bool command_parse(const struct command *command, int argc, char **argv, struct command_line *line, bool *help,
                   struct err *err);
struct buf;
void command_help(const struct command *command, struct buf *out);

#endif
