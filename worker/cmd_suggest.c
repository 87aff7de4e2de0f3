/*
 * wiredesk suggest: lines that a source repeats, as rules that a desk may take into its file. Nothing is acted on.
 */
#include "producer/sink.h"
#include "worker/desk.h"
#include "worker/progress.h"
#include "worker/suggest.h"

#include "pipeline/base/check.h"

#define CMD_SUGGEST_LEAST    5
#define CMD_SUGGEST_TEXT_MAX (1 << 20)

/* The end of the loop: it learns, and writes nothing. */
struct cmd_suggest {
	struct sink sink;
	struct suggest *suggest;
	struct progress progress;
	int64_t least, bytes;
};

static enum publish_result cmd_suggest_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	(void)sink;
	(void)err;
	*limits = (struct sink_limits){0};
	return PUBLISH_COMMITTED;
}

static void cmd_suggest_publish(struct sink *sink, struct publication *mail)
{
	struct cmd_suggest *c = (struct cmd_suggest *)sink;
	for (size_t i = 0; i < mail->batch->n_messages; i++) {
		const struct message *msg = &mail->batch->messages[i];
		c->bytes += (int64_t)msg->value.n;
		for (size_t k = 0; msg->end.outcome == OUTCOME_OPEN && k < msg->n_parts; k++)
			if (msg->parts[k]->done & GROUP_CLEANUP)
				suggest_learn(c->suggest, msg->parts[k]);
	}
	progress_show(&c->progress, (int64_t)suggest_stories(c->suggest), c->bytes);
	mail->result = PUBLISH_COMMITTED;
}

static enum publish_result cmd_suggest_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	(void)sink;
	(void)timeout_ms;
	(void)err;
	return PUBLISH_COMMITTED;
}

static void cmd_suggest_close(struct sink *sink)
{
	(void)sink;
}

static const struct sink_ops cmd_suggest_ops = {cmd_suggest_open, cmd_suggest_publish, cmd_suggest_renew,
                                                cmd_suggest_close};

static void cmd_suggest_print(struct cmd_suggest *c)
{
	struct buf out;
	buf_init(&out, CMD_SUGGEST_TEXT_MAX);
	if (!suggest_write(c->suggest, &out))
		buf_printf(&out, "# %llu stories, and nothing that at least %lld of a source repeat as boilerplate\n",
		           (unsigned long long)suggest_stories(c->suggest), (long long)c->least);
	fwrite(out.p, 1, out.n, stdout);
	fflush(stdout);
	buf_free(&out);
}

static int cmd_suggest_through(struct desk *desk, void *arg, struct err *err)
{
	struct cmd_suggest *c = arg;
	c->suggest = suggest_new(&(struct suggest_options){
	        .feeds = desk->config->feeds, .n_feeds = desk->config->n_feeds, .least = (uint64_t)c->least});
	progress_start(&c->progress, clock_system(), "stories", 0);
	int code = desk_run(desk, &c->sink, err);
	progress_end(&c->progress);
	if (code == EXIT_CODE_DONE)
		cmd_suggest_print(c);
	suggest_free(&c->suggest);
	return code;
}

static int cmd_suggest_run(const struct command_line *line)
{
	static const struct command_option stages = DESK_OPTION_STAGES;
	struct cmd_suggest c = {.sink.ops = &cmd_suggest_ops, .least = CMD_SUGGEST_LEAST};
	struct command_line own = *line;
	const char *least = command_value(line, "least");
	if (least && (!options_parse_int(str_of(least), &c.least) || c.least < 2 || c.least > 1000000))
		return command_fail_words(line, EXIT_CODE_USAGE,
		                          "--least is a number of stories from 2 to 1000000, not '%s'", least);
	if (own.n_given == COMMAND_GIVEN_MAX)
		return command_fail_words(line, EXIT_CODE_USAGE, "more than %d options", COMMAND_GIVEN_MAX - 1);
	own.given[own.n_given].option = &stages;
	own.given[own.n_given++].value = "decode,cleanup,language";
	return desk_command(&own, 0, cmd_suggest_through, &c);
}

static const struct command_option cmd_suggest_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        COMMAND_OPTION_DATA,
        DESK_OPTION_INPUT_FORMAT,
        DESK_OPTION_EACH_LINE,
        DESK_OPTION_LANES,
        {"least", 0, "N", "Offers what at least N stories of a source have (default 5)."},
        COMMAND_OPTION_END,
};

const struct command command_suggest = {
        .name = "suggest",
        .arguments = "[-c FILE] [--each-line] [--least N] [FILE…]",
        .summary = "Offers what a source's stories repeat as rules for cleanup; acts on nothing.",
        .help = "Looks at what cleanup leaves of the stories (with the rules of -c, if it names some) for lines, "
                "beginnings and ends of lines that many stories of one source have at like places, and prints them as "
                "lines of a rule file, with an example, in how many stories they are, and whether such a rule is built "
                "in for another place. Copies and versions of one story count once. Tables' heads, subheads and "
                "background that a writer repeats are not offered; look at each line all the same, and try the file "
                "with 'wiredesk diff'.\n"
                "\n"
                "  wiredesk suggest -c desk.yaml stories/* > more.tsv\n"
                "  wiredesk suggest --each-line wire.jsonl",
        .options = cmd_suggest_options,
        .files_max = SIZE_MAX,
        .run = cmd_suggest_run,
};
