/*
 * wiredesk enrich: the run list over files and stdin, one line of JSON a story on stdout. A filter: fast from files,
 * prompt in a pipe, quiet when its reader goes.
 */
#include "producer/file_sink.h"
#include "worker/desk.h"

static int cmd_enrich_through(struct desk *desk, void *arg, struct err *err)
{
	(void)arg;
	struct sink *sink = file_sink_new(STDOUT_FILENO, "standard output");
	int code = desk_run(desk, sink, err);
	if (code == EXIT_CODE_DONE && file_sink_dead_letters(sink))
		code = EXIT_CODE_DEAD_LETTERS;
	sink->ops->close(sink);
	return code;
}

static int cmd_enrich_run(const struct command_line *line)
{
	return desk_command(line, 0, cmd_enrich_through, NULL);
}

static const struct command_option cmd_enrich_options[] = {
        DESK_OPTIONS,
        DESK_OPTION_LANES,
        COMMAND_OPTION_END,
};

const struct command command_enrich = {
        .name = "enrich",
        .arguments = "[-c FILE] [--input-format FORMAT] [--stages A,B,C] [--each-line] [FILE…]",
        .summary = "Takes stories from files or stdin through the stages: one line of JSON a story on stdout.",
        .help = "Each FILE is one message ('-', or none: stdin). Lines stand in input order: an article as it would go "
                "to Kafka (a duplicate is an article with its verdict), {\"type\":\"dead-letter\",\"reason\":…}, or "
                "{\"type\":\"drop\",\"reason\":…} for a message without a story. Exit code 1: done, and some are dead "
                "letters. Needs neither Kafka nor a configuration.\n"
                "\n"
                "  wiredesk enrich story.txt\n"
                "  wiredesk enrich *.json | jq -r .headlines[0].value\n"
                "  echo '\"BERLIN (dpa) - Ein Satz.\"' | wiredesk enrich --each-line\n"
                "  tail -f wire.jsonl | wiredesk enrich --each-line --stages decode,language",
        .options = cmd_enrich_options,
        .files_max = SIZE_MAX,
        .run = cmd_enrich_run,
};
