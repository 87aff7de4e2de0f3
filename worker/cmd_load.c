/*
 * wiredesk load: raw stories from files into an input topic. Each FILE is one message, or with --each-line each of its
 * lines. All FILEs are looked at before the first is loaded: a slip is told while there is nothing to undo. The
 * producer is idempotent, so a connection that breaks neither loses nor doubles a message of one run; a run that fails
 * half way and is repeated loads again what it had loaded.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "worker/admin.h"
#include "worker/client.h"
#include "worker/command.h"
#include "worker/progress.h"
#include "worker/signals.h"

#include <errno.h>
#include <sys/stat.h>

#define CMD_LOAD_HEADERS_MAX 100
#define CMD_LOAD_REACH_MS    15000
#define CMD_LOAD_FLUSH_MS    60000
#define CMD_LOAD_TOPIC_MAX   249
#define CMD_LOAD_NAMED_MAX   10 /* files that cannot be loaded and are named */

struct cmd_load {
	const struct command_line *line;
	struct config *config;
	rd_kafka_t *rk;
	const char *topic, *key;
	rd_kafka_headers_t *headers; /* copied for each message */
	_Atomic bool *stop;
	struct progress progress;
	int64_t n_sent, n_bytes; /* handed to librdkafka */
	int64_t n_loaded;        /* acknowledged */
	int64_t n_refused;       /* by the broker, or too long */
	struct err refusal;      /* the first one's words */
	struct err trouble;      /* last heard from the brokers */
};

/* --- callbacks, inside rd_kafka_poll ------------------------------------------------------------------------------ */

static void cmd_load_refuse(struct cmd_load *load, const char *name, const char *words)
{
	load->n_refused++;
	err_set(&load->refusal, "'%s': %s", name, words);
}

static void cmd_load_on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	struct cmd_load *load = opaque;
	if (message->err)
		cmd_load_refuse(load, message->_private, rd_kafka_err2str(message->err));
	else
		load->n_loaded++;
}

static void cmd_load_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
	(void)rk;
	(void)code;
	struct cmd_load *load = opaque;
	err_clear(&load->trouble);
	err_set(&load->trouble, "%s", reason);
}

/* --- one message -------------------------------------------------------------------------------------------------- */

static rd_kafka_resp_err_t cmd_load_produce(struct cmd_load *load, struct str value, const char *name)
{
	rd_kafka_headers_t *headers = load->headers ? rd_kafka_headers_copy(load->headers) : NULL;
	rd_kafka_resp_err_t fault = rd_kafka_producev(
	        load->rk, RD_KAFKA_V_TOPIC(load->topic), RD_KAFKA_V_VALUE((void *)(uintptr_t)value.p, value.n),
	        RD_KAFKA_V_KEY((void *)(uintptr_t)load->key, load->key ? strlen(load->key) : 0),
	        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	        RD_KAFKA_V_OPAQUE((void *)(uintptr_t)name), RD_KAFKA_V_END);
	if (fault && headers)
		rd_kafka_headers_destroy(headers);
	return fault;
}

/* False: it makes no sense to go on. A full queue is waited for; what is too large is counted as refused. */
static bool cmd_load_send(struct cmd_load *load, struct str value, const char *name, struct err *err)
{
	rd_kafka_resp_err_t fault;
	while ((fault = cmd_load_produce(load, value, name)) == RD_KAFKA_RESP_ERR__QUEUE_FULL &&
	       !atomic_load(load->stop))
		rd_kafka_poll(load->rk, 100);
	if (fault == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		return err_set(err, "stopped");
	if (fault == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
		cmd_load_refuse(load, name, rd_kafka_err2str(fault));
	else if (fault)
		return err_set(err, "cannot send to topic '%s': %s", load->topic, rd_kafka_err2str(fault));
	load->n_sent++;
	load->n_bytes += (int64_t)value.n;
	rd_kafka_poll(load->rk, 0);
	progress_show(&load->progress, load->n_sent, load->n_bytes);
	return !atomic_load(load->stop) || err_set(err, "stopped");
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* Of a regular file the size is known without reading it. */
static bool cmd_load_fits(struct cmd_load *load, int fd, const char *name, struct err *err)
{
	struct stat st;
	if (fd < 0 ? stat(name, &st) != 0 : fstat(fd, &st) != 0)
		return err_set(err, "cannot open '%s': %s", name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, "cannot read '%s': it is a folder; name the files in it", name);
	if (command_has(load->line, "each-line") || !S_ISREG(st.st_mode) ||
	    st.st_size <= load->config->limits.message_bytes)
		return true;
	return err_set(err, "'%s' has %lld bytes, and limits.message allows %lld", name, (long long)st.st_size,
	               (long long)load->config->limits.message_bytes);
}

/* Pipes are not opened twice: whoever writes to one would notice. */
static bool cmd_load_may_take(struct cmd_load *load, const char *name, struct err *err)
{
	if (strcmp(name, "-") == 0)
		return cmd_load_fits(load, STDIN_FILENO, "stdin", err);
	return cmd_load_fits(load, -1, name, err) &&
	       (access(name, R_OK) == 0 || err_set(err, "cannot open '%s': %s", name, strerror(errno)));
}

/* False when a file cannot be loaded, after naming all of them. */
static bool cmd_load_may_take_all(struct cmd_load *load)
{
	size_t n_bad = 0;
	for (size_t i = 0; i < load->line->n_files; i++) {
		struct err err = {0};
		if (!cmd_load_may_take(load, load->line->files[i], &err) && n_bad++ < CMD_LOAD_NAMED_MAX)
			command_fail(load->line, EXIT_CODE_FAILED, &err);
	}
	if (n_bad)
		command_fail_words(load->line, EXIT_CODE_FAILED, "nothing was loaded: %zu of %zu %s cannot be", n_bad,
		                   load->line->n_files, command_noun(load->line->n_files, "file", "files"));
	return n_bad == 0;
}

/*
 * Bytes up to and without `end` into piece. False when there was nothing left. With EOF all that there is is one piece,
 * and when it does not fit, the rest is of no interest: it may be a pipe without an end.
 */
static bool cmd_load_piece(FILE *in, int end, struct buf *piece)
{
	int c = EOF;
	bool some = false;
	buf_clear(piece);
	while (!(end == EOF && piece->overflow) && (c = getc_unlocked(in)) != EOF) {
		some = true;
		if (c == end)
			break;
		buf_putc(piece, (char)c);
	}
	return some;
}

/* An empty FILE is an empty message; behind a last line feed there is no line. */
static bool cmd_load_stream(struct cmd_load *load, FILE *in, const char *name, struct err *err)
{
	bool each_line = command_has(load->line, "each-line");
	struct buf piece;
	bool good = true;
	buf_init(&piece, (size_t)load->config->limits.message_bytes);
	while (good && (cmd_load_piece(in, each_line ? '\n' : EOF, &piece) || !each_line) && !ferror(in)) {
		if (piece.overflow)
			cmd_load_refuse(load, name, "larger than limits.message");
		else
			good = cmd_load_send(load, piece.n ? buf_view(&piece) : STR(""), name, err);
		if (!each_line)
			break;
	}
	if (good && ferror(in))
		good = err_set(err, "cannot read '%s': %s", name, strerror(errno));
	buf_free(&piece);
	return good;
}

/* It may have grown since all were looked at. */
static bool cmd_load_file(struct cmd_load *load, const char *name, struct err *err)
{
	if (strcmp(name, "-") == 0)
		return cmd_load_stream(load, stdin, "stdin", err);
	FILE *in = fopen(name, "re");
	if (!in)
		return err_set(err, "cannot open '%s': %s", name, strerror(errno));
	bool good = cmd_load_fits(load, fileno(in), name, err) && cmd_load_stream(load, in, name, err);
	fclose(in);
	return good;
}

static int64_t cmd_load_total_bytes(const struct command_line *line)
{
	int64_t total = 0;
	for (size_t i = 0; i < line->n_files; i++) {
		struct stat st;
		if (stat(line->files[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		total += st.st_size;
	}
	return total;
}

/* --- putting together --------------------------------------------------------------------------------------------- */

static bool cmd_load_headers(struct cmd_load *load, struct err *err)
{
	const char *given[CMD_LOAD_HEADERS_MAX + 1];
	size_t n = command_values(load->line, "header", given, CMD_LOAD_HEADERS_MAX + 1);
	if (n > CMD_LOAD_HEADERS_MAX)
		return err_set(err, "more than %d headers", CMD_LOAD_HEADERS_MAX);
	load->headers = n ? rd_kafka_headers_new(n) : NULL;
	for (size_t i = 0; i < n; i++) {
		const char *equals = strchr(given[i], '=');
		if (!equals || equals == given[i])
			return err_set(err, "--header %.100s: write NAME=VALUE", given[i]);
		rd_kafka_header_add(load->headers, given[i], equals - given[i], equals + 1, -1);
	}
	return true;
}

/* Only into a topic that the worker reads: anything else is a slip. */
static bool cmd_load_topic(struct cmd_load *load, struct err *err)
{
	const struct strings *input = &load->config->kafka.input;
	const char *given = command_value(load->line, "topic");
	load->topic = given ? given : input->items[0].p;
	for (size_t i = 0; i < input->n; i++)
		if (str_is(input->items[i], load->topic))
			return true;
	return err_set(err, "'%.250s' is no input topic of this configuration", load->topic);
}

/* A producer would make a missing topic by writing to it; here that is a slip, too. */
static bool cmd_load_look(struct cmd_load *load, struct err *err)
{
	struct admin_topic is;
	struct admin *admin = admin_open(load->config, err);
	bool good = admin && admin_reach(admin, CMD_LOAD_REACH_MS, load->stop, err) &&
	            admin_find(admin, load->topic, &is, err);
	if (good && !is.exists)
		good = err_set(err, "topic '%s' is not there; make it: wiredesk topics -c %s --create", load->topic,
		               load->config->file);
	admin_close(&admin);
	return good;
}

static bool cmd_load_open(struct cmd_load *load, struct err *err)
{
	char why[512];
	rd_kafka_conf_t *conf = client_conf(load->config, CLIENT_LOADER, NULL, err);
	if (!conf)
		return false;
	rd_kafka_conf_set_opaque(conf, load);
	rd_kafka_conf_set_dr_msg_cb(conf, cmd_load_on_report);
	rd_kafka_conf_set_error_cb(conf, cmd_load_on_error);
	rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
	load->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	if (load->rk)
		return true;
	rd_kafka_conf_destroy(conf);
	return err_set(err, "librdkafka refuses the configuration: %s", why);
}

/* Waits for all reports. */
static bool cmd_load_flush(struct cmd_load *load, struct err *err)
{
	for (int waited_ms = 0; rd_kafka_outq_len(load->rk) && waited_ms < CMD_LOAD_FLUSH_MS; waited_ms += 100) {
		rd_kafka_poll(load->rk, 100);
		progress_show(&load->progress, load->n_loaded, load->n_bytes);
	}
	int left = rd_kafka_outq_len(load->rk);
	if (left == 0)
		return true;
	return err_set(err,
	               "no broker took the last %d %s within %d s%s%s; are kafka.brokers and the security "
	               "settings right?",
	               left, command_noun((uint64_t)left, "message", "messages"), CMD_LOAD_FLUSH_MS / 1000,
	               err_is_set(&load->trouble) ? ": " : "", load->trouble.words);
}

static bool cmd_load_all(struct cmd_load *load, struct err *err)
{
	progress_start(&load->progress, clock_system(), "messages", cmd_load_total_bytes(load->line));
	bool good = true;
	for (size_t i = 0; good && i < load->line->n_files; i++)
		good = cmd_load_file(load, load->line->files[i], err);
	good = cmd_load_flush(load, good ? err : NULL) && good;
	progress_end(&load->progress);
	return good;
}

static int cmd_load_report(struct cmd_load *load, bool good, const struct err *err)
{
	double seconds = progress_seconds(&load->progress);
	printf("%lld %s loaded into '%s' in %.1f s (%.0f/s, %.1f MB)\n", (long long)load->n_loaded,
	       command_noun((uint64_t)load->n_loaded, "message", "messages"), load->topic, seconds,
	       seconds > 0 ? (double)load->n_loaded / seconds : 0.0, (double)load->n_bytes / 1e6);
	fflush(stdout);
	char fatal[512];
	if (rd_kafka_fatal_error(load->rk, fatal, sizeof fatal))
		return command_fail_words(load->line, EXIT_CODE_FENCED, "%s", fatal);
	if (!good)
		return command_fail(load->line, EXIT_CODE_FAILED, err);
	if (load->n_refused)
		return command_fail_words(load->line, EXIT_CODE_DEAD_LETTERS, "%lld %s refused; the first: %s",
		                          (long long)load->n_refused,
		                          command_noun((uint64_t)load->n_refused, "message was", "messages were"),
		                          load->refusal.words);
	return EXIT_CODE_DONE;
}

static int cmd_load_with(struct cmd_load *load)
{
	struct err err = {0};
	if (!cmd_load_topic(load, &err) || !cmd_load_headers(load, &err) || !cmd_load_open(load, &err))
		return command_fail(load->line, EXIT_CODE_USAGE, &err);
	if (!cmd_load_may_take_all(load))
		return EXIT_CODE_FAILED;
	load->stop = signals_install();
	if (!cmd_load_look(load, &err))
		return err_is_set(&err) ? command_fail(load->line, EXIT_CODE_FAILED, &err) : EXIT_CODE_FAILED;
	bool good = cmd_load_all(load, &err);
	return cmd_load_report(load, good, &err);
}

static int cmd_load_run(const struct command_line *line)
{
	struct cmd_load load = {.line = line, .key = command_value(line, "key")};
	if (line->n_files == 0)
		return command_fail_words(line, EXIT_CODE_USAGE, "which files? '-' is stdin");
	load.config = command_config(line);
	if (!load.config)
		return EXIT_CODE_USAGE;
	int code = cmd_load_with(&load);
	if (load.headers)
		rd_kafka_headers_destroy(load.headers);
	if (load.rk)
		rd_kafka_destroy(load.rk);
	config_free(&load.config);
	return code;
}

static const struct command_option cmd_load_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        {"each-line", 0, NULL, "Each line of a FILE is one message; without it, each FILE is one."},
        {"topic", 0, "NAME", "Which of kafka.input; the first of them without it."},
        {"key", 0, "TEXT",
         "The key of all messages, which so keep their order; without it they have none and are spread."},
        {"header", 0, "NAME=VALUE", "A header of all messages; may be repeated."},
        COMMAND_OPTION_END,
};

const struct command command_load = {
        .name = "load",
        .arguments = "-c FILE [--each-line] [--key TEXT] [--header NAME=VALUE]… FILE…",
        .summary = "Raw stories from files into the input topic.",
        .help = "Exit code 1 when the brokers refused messages for good (too large), 4 when a file cannot be read or "
                "no broker answers.",
        .options = cmd_load_options,
        .files_max = SIZE_MAX,
        .needs_config = true,
        .run = cmd_load_run,
};
