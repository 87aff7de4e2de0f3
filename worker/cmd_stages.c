/*
 * wiredesk stages: what there is to put into the run list, and what each takes, reads and writes. Everything printed
 * here comes from the stages' own tables.
 */
#include "pipeline/base/buf.h"
#include "pipeline/stage.h"
#include "worker/command.h"
#include "worker/config.h"

#define CMD_STAGES_TEXT_MAX (256 * 1024)
#define CMD_STAGES_MAX      64

static const struct {
	uint32_t group;
	const char *name;
} cmd_stages_groups[] = {
        {GROUP_DECODE, "decode"},     {GROUP_CLEANUP, "cleanup"},   {GROUP_CREDITS, "credits"},
        {GROUP_LANGUAGE, "language"}, {GROUP_ENTITIES, "entities"}, {GROUP_FINGERPRINT, "fingerprint"},
        {GROUP_DEDUP, "dedup"},       {GROUP_ROUTE, "route"},
};

static void cmd_stages_put_groups(struct buf *out, const char *label, uint32_t groups)
{
	const char *between = "";
	buf_printf(out, "  %-8s ", label);
	for (size_t i = 0; i < sizeof cmd_stages_groups / sizeof cmd_stages_groups[0]; i++)
		if (groups & cmd_stages_groups[i].group) {
			buf_printf(out, "%s%s", between, cmd_stages_groups[i].name);
			between = ", ";
		}
	buf_str(out, groups ? STR("\n") : STR("-\n"));
}

static void cmd_stages_list(struct buf *out)
{
	for (size_t i = 0; stage_registry[i]; i++) {
		const struct stage *stage = stage_registry[i];
		buf_printf(out, "%-12s %-9s %s\n", stage->name,
		           stage->order == STAGE_IN_ORDER ? "in order" : "any order", stage->summary);
	}
}

static void cmd_stages_show(struct buf *out, const struct stage *stage)
{
	buf_printf(out, "%s: %s\n\n", stage->name, stage->summary);
	buf_printf(out, "  %-8s %s\n", "order",
	           stage->order == STAGE_IN_ORDER ? "in input order, on one thread" : "any, on all lanes");
	cmd_stages_put_groups(out, "needs", stage->needs);
	cmd_stages_put_groups(out, "reads", stage->reads);
	cmd_stages_put_groups(out, "writes", stage->writes);
	if (!stage->options || stage->options[0].type == OPTION_TYPE_END) {
		buf_str(out, STR("\n  No options.\n"));
		return;
	}
	buf_putc(out, '\n');
	config_help_rows(out, stage->options, 2);
}

static const struct stage *cmd_stages_find(const char *name)
{
	for (size_t i = 0; stage_registry[i]; i++)
		if (strcmp(stage_registry[i]->name, name) == 0)
			return stage_registry[i];
	return NULL;
}

static int cmd_stages_unknown(const struct command_line *line, const char *name)
{
	const char *names[CMD_STAGES_MAX + 1];
	size_t n = 0;
	for (; stage_registry[n] && n < CMD_STAGES_MAX; n++)
		names[n] = stage_registry[n]->name;
	names[n] = NULL;
	const char *nearest = options_nearest(str_of(name), names);
	return command_fail_words(line, EXIT_CODE_USAGE,
	                          nearest ? "no stage '%s'; did you mean '%s'?"
	                                  : "no stage '%s'; 'wiredesk stages' lists them",
	                          name, nearest);
}

static int cmd_stages_run(const struct command_line *line)
{
	const struct stage *stage = line->n_files ? cmd_stages_find(line->files[0]) : NULL;
	if (line->n_files && !stage)
		return cmd_stages_unknown(line, line->files[0]);
	struct buf out;
	buf_init(&out, CMD_STAGES_TEXT_MAX);
	if (stage)
		cmd_stages_show(&out, stage);
	else
		cmd_stages_list(&out);
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return EXIT_CODE_DONE;
}

static const struct command_option cmd_stages_options[] = {COMMAND_OPTION_END};

const struct command command_stages = {
        .name = "stages",
        .arguments = "[NAME]",
        .summary = "Lists the stages there are, or the options and fields of one.",
        .options = cmd_stages_options,
        .files_max = 1,
        .run = cmd_stages_run,
};
