/*
 * Log lines with a fixed word to search for, then what happened, then key=value pairs.
 *
 *     log_info("ASSIGNED", "partitions assigned", LOG_INT("partitions", n), LOG_STR("topic", topic));
 *
 * gives, on a terminal:    20:59:32.120 info  ASSIGNED partitions assigned partitions=4 topic=wire.raw
 * and elsewhere: {"time":"…","level":"info","word":"ASSIGNED","message":"…","partitions":4,"topic":"wire.raw"}
 *
 * Words and messages are literals of ours. Values are short (over 1,000 bytes they are cut, and end in an ellipsis),
 * made valid UTF-8 and escaped; story text never gets in. What happens a thousand times a second is a counter, not a
 * line. Lines are written whole, to stderr; any thread. A word that repeats more often than 20 times in 10 s is held
 * back and counted: the next line of that word says suppressed=N.
 */
#ifndef WIREDESK_LOG_H
#define WIREDESK_LOG_H

#include "pipeline/base/clock.h"
#include "pipeline/base/str.h"

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_SILENT };
enum log_format { LOG_AUTO, LOG_TEXT, LOG_JSON };

struct log_field {
	const char *key; /* NULL ends the list */
	enum { LOG_FIELD_STR, LOG_FIELD_INT } kind;
	struct str text;
	int64_t number;
};

#define LOG_STR(k, s)  ((struct log_field){.key = (k), .kind = LOG_FIELD_STR, .text = (s)})
#define LOG_CSTR(k, c) ((struct log_field){.key = (k), .kind = LOG_FIELD_STR, .text = str_of(c)})
#define LOG_INT(k, i)  ((struct log_field){.key = (k), .kind = LOG_FIELD_INT, .number = (i)})

/* Before the first line: the least level that is written (default info) and the format (auto: text on a terminal). */
void log_setup(enum log_level least, enum log_format format);
/* Where lines go, for tests: NULL is stderr again. The function gets whole lines with their line feed. */
void log_redirect(void (*write)(void *arg, struct str line), void *arg);
/* Whose time counts for stamps and for holding back, for tests: NULL is the real clock again. */
void log_clock(struct clock *clock);
/* How many lines of that level there were, those held back included, those below the least level not. */
int64_t log_lines(enum log_level level);

void log_write(enum log_level level, const char *word, const char *message, const struct log_field *fields);

/*
 * The same out of a signal handler, where nothing may be waited for: one number beside, no holding back, and where
 * lines go otherwise counts for nothing. Word, message and key are plain ASCII without quotes.
 */
void log_write_in_handler(enum log_level level, const char *word, const char *message, const char *key, int number);

/* At least the message, then any number of fields. */
#define LOG_FIRST(m, ...) (m)
#define LOG_REST(m, ...)  ((const struct log_field[]){__VA_ARGS__})
#define log_debug(w, ...) log_write(LOG_DEBUG, (w), LOG_FIRST(__VA_ARGS__, 0), LOG_REST(__VA_ARGS__, LOG_LAST))
#define log_info(w, ...)  log_write(LOG_INFO, (w), LOG_FIRST(__VA_ARGS__, 0), LOG_REST(__VA_ARGS__, LOG_LAST))
#define log_warn(w, ...)  log_write(LOG_WARN, (w), LOG_FIRST(__VA_ARGS__, 0), LOG_REST(__VA_ARGS__, LOG_LAST))
#define log_error(w, ...) log_write(LOG_ERROR, (w), LOG_FIRST(__VA_ARGS__, 0), LOG_REST(__VA_ARGS__, LOG_LAST))
#define LOG_LAST          ((struct log_field){.key = NULL})

#endif
