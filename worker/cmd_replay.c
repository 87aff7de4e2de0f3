/*
 * wiredesk replay: dead letters back into the raw topics that they came from, each once.
 */
#include "worker/putback_run.h"

#include "pipeline/stage.h"
#include "pipeline/words/rfc3339.h"
#include "worker/admin.h"
#include "worker/command.h"
#include "worker/signals.h"

#include <inttypes.h>

#define CMD_REPLAY_REACH_MS   15000
#define CMD_REPLAY_STAGES_MAX 200
#define CMD_REPLAY_NUMBER_MAX 1000000

/* --- what is wanted ---------------------------------------------------------------------------------------------- */

/* One of these words, or none given. names: NULL at the end. */
static bool cmd_replay_word(const struct command_line *line, const char *option, const char *const *names,
                            struct str *out, struct err *err)
{
	*out = str_of(command_value(line, option));
	for (size_t i = 0; names[i] && out->p; i++) {
		if (str_is(*out, names[i]))
			return true;
	}
	return !out->p ||
	       err_set(err, "no dead letter has the %s '%.100s'%s", option, out->p, options_hint(*out, names));
}

static bool cmd_replay_reason(const struct command_line *line, struct str *reason, struct err *err)
{
	const char *words[REASON_COUNT] = {NULL};
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		words[i - 1] = reason_word((enum reason)i);
	return cmd_replay_word(line, "reason", words, reason, err);
}

/* Those that are stages, and the others that may end a story (struct ending). */
static bool cmd_replay_stage(const struct command_line *line, struct str *stage, struct err *err)
{
	const char *words[CMD_REPLAY_STAGES_MAX + 5] = {"run", "render", "producer", "broker"};
	for (size_t n = 4, i = 0; stage_registry[i] && i < CMD_REPLAY_STAGES_MAX; i++)
		words[n++] = stage_registry[i]->name;
	return cmd_replay_word(line, "stage", words, stage, err);
}

/* A point in time, or so long ago. */
static bool cmd_replay_time(const struct command_line *line, const char *option, int64_t *out_ms, struct err *err)
{
	const char *text = command_value(line, option);
	int64_t ago_ms;
	if (!text || rfc3339_read(str_of(text), out_ms))
		return true;
	if (!options_parse_duration(str_of(text), &ago_ms))
		return err_set(
		        err,
		        "--%s '%.100s' is neither a time with a zone, such as 2026-11-23T07:30:00Z, nor how long "
		        "ago, such as 2h",
		        option, text);
	*out_ms = clock_wall_ms(clock_system()) - ago_ms;
	return true;
}

static bool cmd_replay_number(const struct command_line *line, const char *option, int64_t *out, struct err *err)
{
	const char *text = command_value(line, option);
	if (!text)
		return true;
	if (options_parse_int(str_of(text), out) && *out >= 1 && *out <= CMD_REPLAY_NUMBER_MAX)
		return true;
	return err_set(err, "--%s '%.100s' is no number from 1 to %d", option, text, CMD_REPLAY_NUMBER_MAX);
}

static bool cmd_replay_setup(const struct command_line *line, struct putback_setup *setup, struct err *err)
{
	struct putback_filter *filter = &setup->filter;
	if (!cmd_replay_reason(line, &filter->reason, err) || !cmd_replay_stage(line, &filter->stage, err) ||
	    !cmd_replay_time(line, "since", &filter->since_ms, err) ||
	    !cmd_replay_time(line, "until", &filter->until_ms, err) ||
	    !cmd_replay_number(line, "attempts", &filter->attempts, err) ||
	    !cmd_replay_number(line, "rate", &setup->rate, err))
		return false;
	if (filter->until_ms && filter->since_ms >= filter->until_ms)
		return err_set(err, "nothing can have died since '%.100s' and until '%.100s'",
		               command_value(line, "since"), command_value(line, "until"));
	return true;
}

/* --- the report -------------------------------------------------------------------------------------------------- */

static void cmd_replay_report_times(const struct putback_counts *counts)
{
	char oldest[25], newest[25];
	if (counts->oldest_ms < 0)
		return;
	clock_format(counts->oldest_ms, oldest);
	clock_format(counts->newest_ms, newest);
	printf("  died from %s to %s\n", oldest, newest);
}

static void cmd_replay_report(const struct putback_setup *setup, const struct putback_counts *counts)
{
	uint64_t n = counts->letters[PUTBACK_GOOD], parts = counts->parts;
	printf("%s: %" PRIu64 " %s (%" PRIu64 " %s) of '%s'\n", setup->dry_run ? "would put back" : "put back", n,
	       command_noun(n, "dead letter", "dead letters"), parts, command_noun(parts, "story", "stories"),
	       setup->config->output.dead_letters);
	for (size_t i = 0; i < counts->n_rows; i++) {
		const struct putback_row *row = &counts->rows[i];
		printf("  %-14s %-14s %" PRIu64 "\n", row->reason == REASON_NONE ? "other" : reason_word(row->reason),
		       row->stage, row->letters);
	}
	cmd_replay_report_times(counts);
	for (int kind = PUTBACK_GOOD + 1; kind < PUTBACK_KIND_COUNT; kind++) {
		if (counts->letters[kind])
			printf("not put back: %llu %s\n", (unsigned long long)counts->letters[kind],
			       putback_words((enum putback_kind)kind));
	}
	if (counts->refused)
		printf("not put back: %llu that the raw topic refuses, left for later; the first: %s\n",
		       (unsigned long long)counts->refused, counts->refusal.words);
}

/* What a choice of reasons, stages or times left was left on purpose; the rest wants somebody to look. */
static bool cmd_replay_left_any(const struct putback_counts *counts)
{
	return counts->refused || counts->letters[PUTBACK_TRIED] || counts->letters[PUTBACK_STUB] ||
	       counts->letters[PUTBACK_NO_ORIGIN] || counts->letters[PUTBACK_NO_INPUT];
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
	struct progress progress;
	struct putback_setup setup = {.config = config,
	                              .dry_run = command_has(line, "dry-run"),
	                              .clock = clock_system(),
	                              .progress = &progress};
	if (!cmd_replay_setup(line, &setup, &err))
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
        {"reason", 0, "WORD", "Only dead letters of this reason, such as limit-record."},
        {"stage", 0, "NAME", "Only those that died in this stage; with --reason: of both at once."},
        {"since", 0, "TIME", "Only those that died then or later: 2026-11-23T07:30:00Z, or how long ago: 2h."},
        {"until", 0, "TIME", "Only those that died before then."},
        {"attempts", 0, "N", "Leaves those that have died N times already: what keeps dying comes back no more."},
        {"rate", 0, "N", "Puts back at most N dead letters a second, so that what is new need not wait behind them."},
        {"dry-run", 0, NULL, "Counts what would be put back, and does nothing."},
        COMMAND_OPTION_END,
};

const struct command command_replay = {
        .name = "replay",
        .arguments = "-c FILE [--reason WORD] [--stage NAME] [--since TIME] [--until TIME] [--attempts N] [--rate N] "
                     "[--dry-run]",
        .summary = "Puts dead letters back into the raw topics that they came from, each once.",
        .help = "Takes what the topic of dead letters holds at start and no run has put back yet. A worker then works "
                "on those stories again that had died, under their old identity; stories of the same message that were "
                "published are not published again. It may be stopped or killed at any time, and goes on when it is "
                "called again. What a choice leaves is left for later. On a terminal it shows how far it is.\n"
                "\n"
                "Exit code 1: done, but some can't be put back: stubs without a value, letters from topics that are no "
                "input, too large for the raw topic, or dead as often as --attempts allows.\n"
                "\n"
                "  wiredesk replay -c wiredesk.yaml --dry-run\n"
                "  wiredesk replay -c wiredesk.yaml --reason limit-record --since 24h\n"
                "  wiredesk replay -c wiredesk.yaml --attempts 3 --rate 50",
        .options = cmd_replay_options,
        .needs_config = true,
        .run = cmd_replay_run,
};
