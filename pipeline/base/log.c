/*
 * One state for the process, behind one lock: a line is put together on the caller's thread and written, whole, under
 * the lock, so lines do not mix and stand in the order of their stamps. Losing a line is never worth a crash or a
 * wait: a write that fails is forgotten.
 */
#include "pipeline/base/log.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#define LOG_VALUE_BYTES_MAX 1000 /* all of a struct err */
#define LOG_LINE_BYTES_MAX  ((size_t)1 << 20)
#define LOG_BURST           20
#define LOG_WINDOW_US       INT64_C(10000000)
/* Words are literals of ours; should there be more one day, those beyond are not held back. */
#define LOG_WORDS_MAX 256

/* What a word has had in its current window. */
struct log_word {
	const char *word;
	int64_t since_us;
	int lines;
	int64_t suppressed;
};

struct log_state {
	pthread_mutex_t lock;
	_Atomic int least;
	_Atomic int format;
	_Atomic int64_t lines[LOG_SILENT];
	/* under the lock */
	struct clock *clock;
	void (*write)(void *arg, struct str line);
	void *write_arg;
	struct log_word words[LOG_WORDS_MAX];
};

static struct log_state log_state = {.lock = PTHREAD_MUTEX_INITIALIZER, .least = LOG_INFO, .format = LOG_AUTO};

static const char *const log_levels[] = {"debug", "info", "warn", "error"};

void log_setup(enum log_level least, enum log_format format)
{
	if (format == LOG_AUTO)
		format = isatty(STDERR_FILENO) ? LOG_TEXT : LOG_JSON;
	log_state.least = (int)least;
	log_state.format = (int)format;
}

void log_redirect(void (*write)(void *arg, struct str line), void *arg)
{
	pthread_mutex_lock(&log_state.lock);
	log_state.write = write;
	log_state.write_arg = arg;
	pthread_mutex_unlock(&log_state.lock);
}

/* Another clock has another zero, so windows begin anew. */
void log_clock(struct clock *clock)
{
	pthread_mutex_lock(&log_state.lock);
	log_state.clock = clock;
	memset(log_state.words, 0, sizeof(log_state.words));
	pthread_mutex_unlock(&log_state.lock);
}

int64_t log_lines(enum log_level level)
{
	CHECK(level < LOG_SILENT);
	return log_state.lines[level];
}

/* The word's place, open addressing; NULL when the table is full. */
static struct log_word *log_find(const char *word)
{
	uint64_t hash = digest_xxh64(str_of(word));
	for (size_t i = 0; i < LOG_WORDS_MAX; i++) {
		struct log_word *place = &log_state.words[(hash + i) % LOG_WORDS_MAX];
		if (!place->word)
			*place = (struct log_word){.word = word, .since_us = INT64_MIN};
		if (strcmp(place->word, word) == 0)
			return place;
	}
	return NULL;
}

/* May the line go out? Then *suppressed says how many of its word did not since the last that did. */
static bool log_admit(struct clock *clock, const char *word, int64_t *suppressed)
{
	struct log_word *place = log_find(word);
	*suppressed = 0;
	if (!place)
		return true;
	int64_t now_us = clock_mono_us(clock);
	if (place->since_us == INT64_MIN || now_us - place->since_us >= LOG_WINDOW_US) {
		place->since_us = now_us;
		place->lines = 0;
	}
	if (place->lines >= LOG_BURST) {
		place->suppressed++;
		return false;
	}
	place->lines++;
	*suppressed = place->suppressed;
	place->suppressed = 0;
	return true;
}

/* A value as valid UTF-8 of at most LOG_VALUE_BYTES_MAX bytes; a bad byte becomes U+FFFD, a cut shows as an ellipsis.
 */
static struct str log_clean(struct buf *scratch, struct str value)
{
	buf_clear(scratch);
	while (value.n) {
		size_t room = LOG_VALUE_BYTES_MAX - scratch->n;
		size_t good = utf8_valid_length(str_slice(value, 0, room));
		buf_str(scratch, str_slice(value, 0, good));
		value = str_slice(value, good, value.n);
		if (value.n && room - good < 4) {
			buf_str(scratch, STR("…"));
			break;
		}
		if (value.n) {
			buf_str(scratch, STR("\xef\xbf\xbd"));
			value = str_slice(value, 1, value.n);
		}
	}
	return buf_view(scratch);
}

static bool log_needs_quotes(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if ((unsigned char)value.p[i] <= ' ' || value.p[i] == '"' || value.p[i] == '\\' || value.p[i] == 0x7f)
			return true;
	}
	return value.n == 0;
}

static void log_text_field(struct buf *out, struct buf *scratch, const struct log_field *field)
{
	buf_printf(out, " %s=", field->key);
	if (field->kind == LOG_FIELD_INT) {
		buf_int(out, field->number);
		return;
	}
	struct str value = log_clean(scratch, field->text);
	bool quotes = log_needs_quotes(value);
	if (quotes)
		buf_putc(out, '"');
	json_escape(out, value);
	if (quotes)
		buf_putc(out, '"');
}

struct log_line {
	enum log_level level;
	const char *word, *message;
	const struct log_field *fields;
	int64_t suppressed;
	char time[25];
};

/* Of the stamp only the time of day: a terminal's reader knows the date. */
static void log_write_text(struct buf *out, struct buf *scratch, const struct log_line *line)
{
	buf_printf(out, "%.12s %-5s %s %s", line->time + 11, log_levels[line->level], line->word, line->message);
	for (const struct log_field *field = line->fields; field->key; field++)
		log_text_field(out, scratch, field);
	if (line->suppressed)
		buf_printf(out, " suppressed=%lld", (long long)line->suppressed);
}

static void log_write_json(struct buf *out, struct buf *scratch, const struct log_line *line)
{
	struct json j = json_start(out);
	json_open_object(&j);
	json_key(&j, "time");
	json_cstr(&j, line->time);
	json_key(&j, "level");
	json_cstr(&j, log_levels[line->level]);
	json_key(&j, "word");
	json_cstr(&j, line->word);
	json_key(&j, "message");
	json_str(&j, log_clean(scratch, str_of(line->message)));
	for (const struct log_field *field = line->fields; field->key; field++) {
		json_key(&j, field->key);
		if (field->kind == LOG_FIELD_INT)
			json_int(&j, field->number);
		else
			json_str(&j, log_clean(scratch, field->text));
	}
	if (line->suppressed) {
		json_key(&j, "suppressed");
		json_int(&j, line->suppressed);
	}
	json_close(&j);
}

static void log_to_stderr(struct str line)
{
	while (line.n) {
		ssize_t n = write(STDERR_FILENO, line.p, line.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		line = str_slice(line, (size_t)n, line.n);
	}
}

static void log_emit(struct log_line *line, struct clock *clock)
{
	struct buf out, scratch;
	buf_init(&out, LOG_LINE_BYTES_MAX);
	buf_init(&scratch, 2 * LOG_VALUE_BYTES_MAX);
	clock_format(clock_wall_ms(clock), line->time);
	if (log_state.format == LOG_JSON)
		log_write_json(&out, &scratch, line);
	else
		log_write_text(&out, &scratch, line);
	buf_putc(&out, '\n');
	CHECK(!out.overflow && !scratch.overflow);
	if (log_state.write)
		log_state.write(log_state.write_arg, buf_view(&out));
	else
		log_to_stderr(buf_view(&out));
	buf_free(&scratch);
	buf_free(&out);
}

void log_write(enum log_level level, const char *word, const char *message, const struct log_field *fields)
{
	CHECK(level < LOG_SILENT && word && message && fields);
	if ((int)level < log_state.least)
		return;
	if (log_state.format == LOG_AUTO)
		log_setup((enum log_level)log_state.least, LOG_AUTO);
	log_state.lines[level]++;
	struct log_line line = {.level = level, .word = word, .message = message, .fields = fields};
	pthread_mutex_lock(&log_state.lock);
	struct clock *clock = log_state.clock ? log_state.clock : clock_system();
	if (log_admit(clock, word, &line.suppressed))
		log_emit(&line, clock);
	pthread_mutex_unlock(&log_state.lock);
}

/* --- in a signal handler: only what handlers may call ------------------------------------------------------------- */

#define LOG_HANDLER_BYTES_MAX 512

struct log_handler_line {
	char bytes[LOG_HANDLER_BYTES_MAX];
	size_t n;
};

static void log_add(struct log_handler_line *line, const char *text)
{
	while (*text && line->n < sizeof(line->bytes))
		line->bytes[line->n++] = *text++;
}

static void log_add_number(struct log_handler_line *line, int number)
{
	char digits[12] = {0};
	size_t at = sizeof(digits) - 1;
	unsigned left = number < 0 ? 0U - (unsigned)number : (unsigned)number;
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (number < 0)
		digits[--at] = '-';
	log_add(line, digits + at);
}

static void log_add_all(struct log_handler_line *line, const char *const *pieces)
{
	for (; *pieces; pieces++)
		log_add(line, *pieces);
}

void log_write_in_handler(enum log_level level, const char *word, const char *message, const char *key, int number)
{
	struct log_handler_line line = {.n = 0};
	char time[25];
	if ((int)level < log_state.least)
		return;
	log_state.lines[level]++;
	clock_format(clock_wall_ms(clock_system()), time);
	bool is_text = log_state.format == LOG_TEXT;
	if (is_text) {
		time[23] = 0; /* without the Z, as log_write_text */
		log_add_all(&line, (const char *const[]){time + 11, " ", log_levels[level],
		                                         level == LOG_INFO || level == LOG_WARN ? "  " : " ", word, " ",
		                                         message, " ", key, "=", NULL});
	} else {
		log_add_all(&line, (const char *const[]){"{\"time\":\"", time, "\",\"level\":\"", log_levels[level],
		                                         "\",\"word\":\"", word, "\",\"message\":\"", message, "\",\"",
		                                         key, "\":", NULL});
	}
	log_add_number(&line, number);
	log_add(&line, is_text ? "\n" : "}\n");
	log_to_stderr(str_make(line.bytes, line.n));
}
