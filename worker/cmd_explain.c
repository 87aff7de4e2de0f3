/*
 * wiredesk explain: what enrich does, told to a person.
 */
#include "worker/desk.h"
#include "worker/explain.h"

static const char *const cmd_explain_stdin[] = {"standard input"};

/* See https://no-color.org; a terminal that cannot is called dumb. */
static bool cmd_explain_wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	if ((no_color && *no_color) || !term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(STDOUT_FILENO) == 1;
}

static bool cmd_explain_colour(const struct command_line *line, bool *colour, struct err *err)
{
	const char *when = command_value(line, "color");
	if (!when || strcmp(when, "auto") == 0)
		*colour = cmd_explain_wants_colour();
	else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
		*colour = strcmp(when, "always") == 0;
	else
		return err_set(err, "--color is auto, always or never, not '%s'", when);
	return true;
}

static int cmd_explain_through(struct desk *desk, void *arg, struct err *err)
{
	const bool *colour = arg;
	const struct command_line *line = desk->line;
	struct explain_options options = {.fd = STDOUT_FILENO, .colour = *colour, .plan = &desk->plan};
	if (!command_has(line, "each-line")) {
		options.files = line->n_files ? (const char *const *)line->files : cmd_explain_stdin;
		options.n_files = line->n_files ? line->n_files : 1;
	}
	struct sink *sink = explain_new(&options);
	int code = desk_run(desk, sink, err);
	sink->ops->close(sink);
	return code;
}

static int cmd_explain_run(const struct command_line *line)
{
	struct err err = {0};
	bool colour = false;
	if (!cmd_explain_colour(line, &colour, &err))
		return command_fail(line, EXIT_CODE_USAGE, &err);
	return desk_command(line, 0, cmd_explain_through, &colour);
}

static const struct command_option cmd_explain_options[] = {
        DESK_OPTIONS,
        {"color", 0, "WHEN", "auto (default: on a terminal, unless NO_COLOR is set), always or never."},
        COMMAND_OPTION_END,
};

const struct command command_explain = {
        .name = "explain",
        .arguments = "[-c FILE] [--stages A,B,C] [--each-line] [FILE…]",
        .summary = "Tells what each stage saw, changed and removed in a story, and why; for a person.",
        .help = "Reads as enrich does. What a story holds is shown safely: control characters stand as \\x1b.\n"
                "\n"
                "  wiredesk explain story.txt\n"
                "  wiredesk explain first.txt copy.txt     why is the second a duplicate of the first?\n"
                "  wiredesk explain --color always story.json | less -R",
        .options = cmd_explain_options,
        .files_max = SIZE_MAX,
        .run = cmd_explain_run,
};
