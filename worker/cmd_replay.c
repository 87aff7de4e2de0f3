/*
 * wiredesk replay: dead letters back into the raw topics that they came from, each once.
 */
#include "worker/putback_run.h"

#include "worker/admin.h"
#include "worker/command.h"
#include "worker/signals.h"

#include <inttypes.h>

#define CMD_REPLAY_REACH_MS 15000

static bool cmd_replay_is_reason(const char *word)
{
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		if (strcmp(word, reason_word((enum reason)i)) == 0)
			return true;
	}
	return false;
}

static bool cmd_replay_reason(const struct command_line *line, struct str *reason, struct err *err)
{
	const char *word = command_value(line, "reason");
	const char *words[REASON_COUNT] = {NULL};
	*reason = str_of(word);
	if (!word || cmd_replay_is_reason(word))
		return true;
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		words[i - 1] = reason_word((enum reason)i);
	return err_set(err, "no dead letter has the reason '%.100s'%s", word, options_hint(*reason, words));
}

/* --- the report -------------------------------------------------------------------------------------------------- */

static void cmd_replay_report(const struct putback_setup *setup, const struct putback_counts *counts)
{
	uint64_t n = counts->letters[PUTBACK_GOOD], parts = counts->parts;
	printf("%s: %" PRIu64 " %s (%" PRIu64 " %s) of '%s'\n", setup->dry_run ? "would put back" : "put back", n,
	       command_noun(n, "dead letter", "dead letters"), parts, command_noun(parts, "story", "stories"),
	       setup->config->output.dead_letters);
	for (int i = 0; i < REASON_COUNT; i++) {
		if (counts->reasons[i])
			printf("  %-14s %llu\n", i == REASON_NONE ? "other" : reason_word((enum reason)i),
			       (unsigned long long)counts->reasons[i]);
	}
	for (int kind = PUTBACK_GOOD + 1; kind < PUTBACK_KIND_COUNT; kind++) {
		if (counts->letters[kind])
			printf("not put back: %llu %s\n", (unsigned long long)counts->letters[kind],
			       putback_words((enum putback_kind)kind));
	}
	if (counts->refused)
		printf("not put back: %llu that the raw topic refuses, left for later; the first: %s\n",
		       (unsigned long long)counts->refused, counts->refusal.words);
}

/* What was left because of --reason was wanted so; the rest wants somebody to look. */
static bool cmd_replay_left_any(const struct putback_counts *counts)
{
	return counts->refused || counts->letters[PUTBACK_STUB] || counts->letters[PUTBACK_NO_ORIGIN] ||
	       counts->letters[PUTBACK_NO_INPUT];
}

/* Who cannot be reached, or refuses us, is told sooner and better than a transaction's start would tell. */
static int cmd_replay_reach(const struct config *config, const _Atomic bool *stop, struct err *err)
{
	struct admin *admin = admin_open(config, err);
	if (!admin)
		return EXIT_CODE_USAGE;
	bool good = admin_reach(admin, CMD_REPLAY_REACH_MS, stop, err);
	admin_close(&admin);
	return good ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static int cmd_replay_with(const struct command_line *line, struct config *config)
{
	struct err err = {0};
	struct putback_counts counts;
	struct putback_setup setup = {.config = config, .dry_run = command_has(line, "dry-run")};
	if (!cmd_replay_reason(line, &setup.reason, &err))
		return command_fail(line, EXIT_CODE_USAGE, &err);
	setup.stop = signals_install();
	int reached = cmd_replay_reach(config, setup.stop, &err);
	if (reached != EXIT_CODE_DONE)
		return err_is_set(&err) ? command_fail(line, (enum exit_code)reached, &err) : reached;
	int code = putback_run(&setup, &counts, &err);
	cmd_replay_report(&setup, &counts);
	fflush(stdout);
	if (code != EXIT_CODE_DONE)
		return command_fail(line, (enum exit_code)code, &err);
	return cmd_replay_left_any(&counts) ? EXIT_CODE_DEAD_LETTERS : EXIT_CODE_DONE;
}

static int cmd_replay_run(const struct command_line *line)
{
	struct config *config = command_config(line);
	if (!config)
		return EXIT_CODE_USAGE;
	int code = cmd_replay_with(line, config);
	config_free(&config);
	return code;
}

static const struct command_option cmd_replay_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        {"reason", 0, "WORD", "Only dead letters of this reason, such as limit-record; others are left for later."},
        {"dry-run", 0, NULL, "Counts what would be put back, and does nothing."},
        COMMAND_OPTION_END,
};

const struct command command_replay = {
        .name = "replay",
        .arguments = "-c FILE [--reason WORD] [--dry-run]",
        .summary = "Puts dead letters back into the raw topics that they came from, each once.",
        .help = "Takes what the topic of dead letters holds at start and no run has put back yet. A worker then works "
                "on "
                "those stories again that had died, under their old identity; stories of the same message that were "
                "published are not published again. It may be stopped at any time, and goes on when it is called "
                "again.\n"
                "\n"
                "Exit code 1: done, but some can't be put back: stubs without a value, letters from topics that are no "
                "input, or too large for the raw topic.\n"
                "\n"
                "  wiredesk replay -c wiredesk.yaml --dry-run\n"
                "  wiredesk replay -c wiredesk.yaml --reason limit-record",
        .options = cmd_replay_options,
        .needs_config = true,
        .run = cmd_replay_run,
};
