/*
 * A desk without Kafka: the run list over files and stdin, with the worker's own engine. For enrich, explain and bench.
 *
 * The configuration is optional; what only Kafka can give is left out: nothing is condemned or suspected, and no record
 * is too large.
 */
#ifndef WIREDESK_DESK_H
#define WIREDESK_DESK_H

#include "consumer/source.h"
#include "pipeline/plan.h"
#include "pipeline/run.h"
#include "producer/sink.h"
#include "worker/command.h"
#include "worker/config.h"

#include <limits.h>

struct desk {
	const struct command_line *line;
	struct config *config;
	struct metrics *metrics;
	char data_dir[PATH_MAX];
	struct plan plan;
	bool plan_is_open;
	size_t lanes;
	struct runner *runner;
};

/* Rows that the commands share; desk_command reads them. */
#define DESK_OPTION_INPUT_FORMAT                                                                                       \
	{                                                                                                              \
		"input-format", 0, "FORMAT",                                                                           \
		        "Takes every message for this format (plain-text, json, ninjs) instead of what the sources "   \
		        "say; auto: recognised by content."                                                            \
	}
#define DESK_OPTION_STAGES                                                                                             \
	{                                                                                                              \
		"stages", 0, "A,B,C",                                                                                  \
		        "Runs just these stages instead of the configured list, with the options that it gives them."  \
	}
#define DESK_OPTION_EACH_LINE                                                                                          \
	{                                                                                                              \
		"each-line", 0, NULL,                                                                                  \
		        "Each line is a message of its own, written in JSON: a string is the message's text, an "      \
		        "object is itself the message."                                                                \
	}
/* What enrich, explain and bench all take. */
#define DESK_OPTIONS                                                                                                   \
	COMMAND_OPTION_CONFIG, COMMAND_OPTION_SET, COMMAND_OPTION_DATA, DESK_OPTION_INPUT_FORMAT, DESK_OPTION_STAGES,  \
	        DESK_OPTION_EACH_LINE
#define DESK_OPTION_LANES                                                                                              \
	{                                                                                                              \
		"lanes", 0, "N", "Threads that work. Default: as configured, else one a core."                         \
	}

/*
 * The whole of a command: opens configuration, run list, stages and lanes (0: as --lanes says), gives the desk and the
 * command's own arg to work, closes it, and says what has gone wrong. The exit code.
 */
int desk_command(const struct command_line *line, size_t lanes,
                 int (*work)(struct desk *desk, void *arg, struct err *err), void *arg);

/*
 * Takes the command's files (none: stdin) through the loop and into the sink, which stays the caller's. Answers the
 * exit code. When the reader of standard output has gone, it does not return: the process ends as SIGPIPE ends a
 * filter.
 */
int desk_run(struct desk *desk, struct sink *sink, struct err *err);

/* The files as a source, for those who drive the runner by themselves. NULL with err set: a file cannot be opened. */
struct source *desk_source(struct desk *desk, struct err *err);

#endif
