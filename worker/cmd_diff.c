/*
 * wiredesk diff: the same stories through two configurations.
 *
 * Each configuration is a process of its own that writes its records into a pipe, as enrich does; both are read line by
 * line, side by side, so that no more than two records are in memory, however many stories there are. What is to be
 * shown waits in an unnamed file until all is counted.
 */
#include "pipeline/base/json.h"
#include "pipeline/base/json_doc.h"
#include "producer/file_sink.h"
#include "worker/desk.h"
#include "worker/difference.h"
#include "worker/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CMD_DIFF_SHOWN      20
#define CMD_DIFF_FIELDS_MAX 1000
#define CMD_DIFF_FIELD_MAX  200
#define CMD_DIFF_TEXT_MAX   ((size_t)256 << 20)

/* One configuration at work. */
struct cmd_diff_side {
	const char *config;
	pid_t pid;
	FILE *from;
	char *line;
	size_t room;
	struct str record; /* empty: at the end */
	uint64_t place[2];
};

/* In how many stories a field differs. */
struct cmd_diff_field {
	char name[CMD_DIFF_FIELD_MAX];
	uint64_t n;
};

struct cmd_diff {
	const struct command_line *line;
	struct cmd_diff_side sides[2];
	struct arena arena; /* of one pair */
	struct cmd_diff_field *fields;
	size_t n_fields;
	uint64_t stories, differ, other_fields;
	uint64_t shown_max;
	bool is_json;
	FILE *shown;
	struct buf out;
	struct explain_text text;
	struct progress progress;
};

/* --- a configuration at work -------------------------------------------------------------------------------------- */

static int cmd_diff_enrich(struct desk *desk, void *arg, struct err *err)
{
	const int *fd = arg;
	struct sink *sink = file_sink_new(*fd, "the pipe");
	int code = desk_run(desk, sink, err);
	sink->ops->close(sink);
	return code;
}

/* The command line as it would be for enrich. */
static int cmd_diff_child(const struct command_line *line, const char *config, int fd)
{
	static const struct command_option row = COMMAND_OPTION_CONFIG;
	struct command_line own = *line;
	own.files = line->files + 2;
	own.n_files = line->n_files - 2;
	if (own.n_given == COMMAND_GIVEN_MAX)
		return command_fail_words(line, EXIT_CODE_USAGE, "more than %d options", COMMAND_GIVEN_MAX - 1);
	own.given[own.n_given].option = &row;
	own.given[own.n_given++].value = config;
	return desk_command(&own, 0, cmd_diff_enrich, &fd);
}

static bool cmd_diff_start(struct cmd_diff *d, struct cmd_diff_side *side, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, "cannot make a pipe: %s", strerror(errno));
	fflush(NULL);
	side->pid = fork();
	if (side->pid < 0)
		return err_set(err, "cannot start a process: %s", strerror(errno));
	if (side->pid == 0) {
		close(ends[0]);
		if (d->sides[0].from) /* or the first would never learn that nobody reads it */
			close(fileno(d->sides[0].from));
		int code = cmd_diff_child(d->line, side->config, ends[1]);
		fflush(stderr);
		_exit(code);
	}
	close(ends[1]);
	side->from = fdopen(ends[0], "r");
	return side->from || err_set(err, "cannot read a pipe: %s", strerror(errno));
}

/* The next record, with its place; none: the record is empty. */
static bool cmd_diff_next(struct cmd_diff *d, struct cmd_diff_side *side, struct err *err)
{
	ssize_t n = getline(&side->line, &side->room, side->from);
	side->record = n > 0 ? str_make(side->line, (size_t)n) : STR("");
	if (side->record.n && side->record.p[side->record.n - 1] == '\n')
		side->record.n--;
	return !side->record.n || difference_place(side->record, &d->arena, side->place) ||
	       err_set(err, "a record of '%s' does not say where it stands", side->config);
}

/* --- counting and showing ----------------------------------------------------------------------------------------- */

static void cmd_diff_count(struct cmd_diff *d, struct str field)
{
	size_t i = 0;
	field = field.n ? str_slice(field, 0, CMD_DIFF_FIELD_MAX - 1) : STR("(the whole record)");
	while (i < d->n_fields && !str_is(field, d->fields[i].name))
		i++;
	if (i == CMD_DIFF_FIELDS_MAX) {
		d->other_fields++;
		return;
	}
	if (i == d->n_fields) {
		memcpy(d->fields[i].name, field.p, field.n);
		d->n_fields++;
	}
	d->fields[i].n++;
}

static void cmd_diff_flush(struct cmd_diff *d)
{
	fwrite(d->out.p, 1, d->out.n, d->shown);
	buf_clear(&d->out);
}

static struct str cmd_diff_file(const struct cmd_diff *d, uint64_t number)
{
	bool each_line = command_has(d->line, "each-line");
	return !each_line && number + 2 < d->line->n_files ? str_of(d->line->files[number + 2]) : STR("");
}

static void cmd_diff_show_text(struct cmd_diff *d, const uint64_t place[2], const struct difference *found)
{
	explain_text_ink(&d->text, INK_TITLE);
	explain_text_say(&d->text, "=== message %llu, story %llu", (unsigned long long)place[0],
	                 (unsigned long long)place[1] + 1);
	struct str file = cmd_diff_file(d, place[0]);
	if (file.n)
		explain_text_say(&d->text, ": ");
	explain_text_line(&d->text, file, CMD_DIFF_FIELD_MAX);
	explain_text_ink(&d->text, INK_PLAIN);
	explain_text_say(&d->text, "\n");
	for (; found; found = found->next)
		difference_show(found, &d->text, &d->arena);
	explain_text_say(&d->text, "\n");
}

static void cmd_diff_json_value(struct json *j, const char *key, struct str value)
{
	if (!value.n)
		return;
	json_key(j, key);
	json_raw(j, value);
}

static void cmd_diff_show_json(struct cmd_diff *d, const uint64_t place[2], const struct difference *found)
{
	struct json j = json_start(&d->out);
	json_open_object(&j);
	json_key(&j, "message");
	json_int(&j, (int64_t)place[0]);
	json_key(&j, "part");
	json_int(&j, (int64_t)place[1]);
	json_key(&j, "differences");
	json_open_array(&j);
	for (; found; found = found->next) {
		json_open_object(&j);
		json_key(&j, "field");
		json_str(&j, found->field);
		cmd_diff_json_value(&j, "a", found->a);
		cmd_diff_json_value(&j, "b", found->b);
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
	buf_putc(&d->out, '\n');
}

static void cmd_diff_pair(struct cmd_diff *d, const uint64_t place[2], struct str a, struct str b)
{
	struct difference *found = difference_find(a, b, &d->arena);
	d->stories++;
	progress_show(&d->progress, (int64_t)d->stories, 0);
	if (!found)
		return;
	for (struct difference *one = found; one; one = one->next)
		cmd_diff_count(d, one->field);
	if (d->differ++ >= d->shown_max)
		return;
	if (d->is_json)
		cmd_diff_show_json(d, place, found);
	else
		cmd_diff_show_text(d, place, found);
	cmd_diff_flush(d);
}

/* Which side comes first: below 0 the first, above 0 the second, 0 both. */
static int cmd_diff_order(const struct cmd_diff_side *a, const struct cmd_diff_side *b)
{
	if (!a->record.n || !b->record.n)
		return a->record.n ? -1 : 1;
	for (int i = 0; i < 2; i++)
		if (a->place[i] != b->place[i])
			return a->place[i] < b->place[i] ? -1 : 1;
	return 0;
}

static bool cmd_diff_compare(struct cmd_diff *d, struct err *err)
{
	struct cmd_diff_side *a = &d->sides[0], *b = &d->sides[1];
	bool good = cmd_diff_next(d, a, err) && cmd_diff_next(d, b, err);
	while (good && (a->record.n || b->record.n)) {
		int order = cmd_diff_order(a, b);
		cmd_diff_pair(d, order <= 0 ? a->place : b->place, order <= 0 ? a->record : STR(""),
		              order >= 0 ? b->record : STR(""));
		arena_reset(&d->arena);
		good = (order > 0 || cmd_diff_next(d, a, err)) && (order < 0 || cmd_diff_next(d, b, err));
	}
	return good;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int cmd_diff_by_count(const void *a, const void *b)
{
	const struct cmd_diff_field *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

static void cmd_diff_sum_json(struct cmd_diff *d)
{
	struct json j = json_start(&d->out);
	json_open_object(&j);
	json_key(&j, "stories");
	json_int(&j, (int64_t)d->stories);
	json_key(&j, "differ");
	json_int(&j, (int64_t)d->differ);
	json_key(&j, "fields");
	json_open_object(&j);
	for (size_t i = 0; i < d->n_fields; i++) {
		json_key_str(&j, str_of(d->fields[i].name));
		json_int(&j, (int64_t)d->fields[i].n);
	}
	json_close(&j);
	json_close(&j);
	buf_putc(&d->out, '\n');
}

static void cmd_diff_sum_text(struct cmd_diff *d)
{
	explain_text_say(&d->text, "%llu %s, %llu %s\n", (unsigned long long)d->stories,
	                 command_noun(d->stories, "story", "stories"), (unsigned long long)d->differ,
	                 command_noun(d->differ, "differs", "differ"));
	for (size_t i = 0; i < d->n_fields; i++) {
		explain_text_say(&d->text, "%8llu  ", (unsigned long long)d->fields[i].n);
		explain_text_line(&d->text, str_of(d->fields[i].name), CMD_DIFF_FIELD_MAX);
		explain_text_say(&d->text, "\n");
	}
	if (d->other_fields)
		explain_text_say(&d->text, "%8llu  in other fields\n", (unsigned long long)d->other_fields);
	explain_text_say(&d->text, "\n");
}

/* The sum first; in JSON, where it is for no person, last. */
static void cmd_diff_print(struct cmd_diff *d)
{
	char bytes[1 << 16];
	qsort(d->fields, d->n_fields, sizeof(*d->fields), cmd_diff_by_count);
	if (!d->is_json) {
		cmd_diff_sum_text(d);
		fwrite(d->out.p, 1, d->out.n, stdout);
		buf_clear(&d->out);
	}
	rewind(d->shown);
	for (size_t n; (n = fread(bytes, 1, sizeof bytes, d->shown)) > 0;)
		fwrite(bytes, 1, n, stdout);
	if (d->is_json)
		cmd_diff_sum_json(d);
	else if (d->differ > d->shown_max)
		explain_text_say(&d->text, "%llu more differ; --all shows them\n",
		                 (unsigned long long)(d->differ - d->shown_max));
	fwrite(d->out.p, 1, d->out.n, stdout);
	fflush(stdout);
}

/* The process's exit code; dead letters are results like others. */
static int cmd_diff_end(struct cmd_diff_side *side)
{
	int status = 0;
	if (side->from)
		fclose(side->from);
	free(side->line);
	if (side->pid <= 0)
		return EXIT_CODE_DONE;
	while (waitpid(side->pid, &status, 0) < 0 && errno == EINTR)
		;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_CODE_FAILED;
	return code == EXIT_CODE_DEAD_LETTERS ? EXIT_CODE_DONE : code;
}

static bool cmd_diff_read_options(struct cmd_diff *d, struct err *err)
{
	const char *limit = command_value(d->line, "limit");
	int64_t n = CMD_DIFF_SHOWN;
	if (limit && (!options_parse_int(str_of(limit), &n) || n < 0))
		return err_set(err, "--limit is a number of stories, not '%s'", limit);
	d->is_json = command_has(d->line, "json");
	d->shown_max = command_has(d->line, "all") || (d->is_json && !limit) ? UINT64_MAX : (uint64_t)n;
	if (d->line->n_files < 3)
		return err_set(err, "two configurations and at least one file of stories are needed: wiredesk diff "
		                    "A.yaml B.yaml FILE…");
	for (size_t i = 2; i < d->line->n_files; i++)
		if (strcmp(d->line->files[i], "-") == 0)
			return err_set(err, "both configurations read the stories, so these must be files");
	return true;
}

/* In memory where no folder can be written, as in a container with a root that is read only. */
static FILE *cmd_diff_unnamed(void)
{
	FILE *file = tmpfile();
	int fd = file ? -1 : memfd_create("differences", MFD_CLOEXEC);
	return fd < 0 ? file : fdopen(fd, "w+");
}

static int cmd_diff_work(struct cmd_diff *d, struct err *err)
{
	int codes[2] = {0, 0};
	buf_init(&d->out, CMD_DIFF_TEXT_MAX);
	arena_init(&d->arena, 0, 0);
	d->fields = calloc(CMD_DIFF_FIELDS_MAX, sizeof *d->fields);
	d->shown = cmd_diff_unnamed();
	d->text = (struct explain_text){.out = &d->out, .colour = false};
	bool good = (d->shown && d->fields) || err_set(err, "no room for what differs: %s", strerror(errno));
	good = good && cmd_diff_start(d, &d->sides[0], err) && cmd_diff_start(d, &d->sides[1], err);
	progress_start(&d->progress, clock_system(), "stories", 0);
	good = good && cmd_diff_compare(d, err);
	progress_end(&d->progress);
	for (int i = 0; i < 2; i++)
		codes[i] = cmd_diff_end(&d->sides[i]);
	if (good && !codes[0] && !codes[1])
		cmd_diff_print(d);
	buf_free(&d->out);
	arena_free(&d->arena);
	free(d->fields);
	if (d->shown)
		fclose(d->shown);
	return codes[0] ? codes[0] : codes[1] ? codes[1] : !good ? EXIT_CODE_FAILED : d->differ ? 1 : 0;
}

static int cmd_diff_run(const struct command_line *line)
{
	struct err err = {0};
	struct cmd_diff d = {.line = line};
	if (!cmd_diff_read_options(&d, &err))
		return command_fail(line, EXIT_CODE_USAGE, &err);
	d.sides[0].config = line->files[0];
	d.sides[1].config = line->files[1];
	int code = cmd_diff_work(&d, &err);
	if (err_is_set(&err))
		command_fail(line, (enum exit_code)code, &err);
	return code;
}

static const struct command_option cmd_diff_options[] = {
        COMMAND_OPTION_SET,
        COMMAND_OPTION_DATA,
        DESK_OPTION_INPUT_FORMAT,
        DESK_OPTION_STAGES,
        DESK_OPTION_EACH_LINE,
        DESK_OPTION_LANES,
        {"limit", 0, "N", "Shows the first N stories that differ (default 20); all are counted."},
        {"all", 0, NULL, "Shows all stories that differ."},
        {"json", 0, NULL, "A line of JSON a story that differs, and a last one with the counts."},
        COMMAND_OPTION_END,
};

const struct command command_diff = {
        .name = "diff",
        .arguments = "[--each-line] [--all] [--json] A.yaml B.yaml FILE…",
        .summary = "Takes the same stories through two configurations and shows what differs, by field.",
        .help = "Stories are read as enrich reads them. First comes how many stories differ in which fields, then each "
                "story: what stands only in A's record, and only in B's. Exit code 0: no difference, 1: some, 2: bad "
                "usage or configuration.\n"
                "\n"
                "  wiredesk diff today.yaml tomorrow.yaml stories/*\n"
                "  wiredesk diff a.yaml b.yaml --each-line --json wire.jsonl | jq .fields",
        .options = cmd_diff_options,
        .files_max = SIZE_MAX,
        .run = cmd_diff_run,
};
