/*
 * Options as rows of a table: from one row come the parser, the check, the default, --help and the reference.
 *
 *     struct dedup_options { enum … ledger; int64_t window_ms; };
 *     static const struct option dedup_options[] = {
 *             OPTION_ENUM(struct dedup_options, ledger, "ledger", dedup_ledgers, "local", "Where claims are kept."),
 *             OPTION_DURATION(struct dedup_options, window_ms, "window", "72h", "1m", "90d", "How long a story …"),
 *             OPTION_END};
 *
 * An unknown key, a doubled one, a wrong type or a value out of range is an error with file, line, column and the
 * nearest known name. Units: bytes "8MB" (B, kB, MB, GB powers of 1000; KiB, MiB, GiB), durations "100ms" (ms, s, m, h,
 * d) kept in milliseconds; both may have a decimal fraction, "1.5GB", "0.5h". Strings end in NUL and live as long as
 * the node tree. What is written in quotes is text: "24" is no number, but "24h" is a duration. A key without a value
 * (`zone:`) is an empty string, an empty list or no node, and an error for all else.
 */
#ifndef WIREDESK_OPTIONS_H
#define WIREDESK_OPTIONS_H

#include "pipeline/base/node.h"

#include <stdint.h>

enum option_type {
	OPTION_TYPE_END,
	OPTION_TYPE_BOOL,     /* bool */
	OPTION_TYPE_INT,      /* int64_t */
	OPTION_TYPE_BYTES,    /* int64_t */
	OPTION_TYPE_DURATION, /* int64_t, milliseconds */
	OPTION_TYPE_NUMBER,   /* double */
	OPTION_TYPE_STRING,   /* struct str; empty default: not set (null pointer) */
	OPTION_TYPE_ENUM,     /* int, index into words */
	OPTION_TYPE_STRINGS,  /* struct strings: a list, or one scalar; the default's words stand between commas; each
	                         one  of words, where there are any */
	OPTION_TYPE_NODE,     /* struct node *: any shape, read by the owner; NULL when absent */
};

struct strings {
	struct str *items;
	size_t n;
};

struct option {
	enum option_type type;
	const char *name;
	size_t place;             /* offset of the field in the owner's struct */
	const char *initial;      /* as one would write it; NULL: must be given */
	const char *least, *most; /* as one would write them; NULL: no bound */
	const char *const *words; /* enum, strings: the words, NULL at the end */
	const char *help;         /* one sentence */
};

#define OPTION_ROW(type, S, f, name, initial, least, most, words, help)                                                \
	{                                                                                                              \
		type, name, offsetof(S, f), initial, least, most, words, help                                          \
	}
#define OPTION_PLAIN(type, S, f, n, i, h)         OPTION_ROW(type, S, f, n, i, NULL, NULL, NULL, h)
#define OPTION_BOUND(type, S, f, n, i, lo, hi, h) OPTION_ROW(type, S, f, n, i, lo, hi, NULL, h)

/* Name, initial value, bounds, help. */
#define OPTION_BOOL(S, f, n, i, h)             OPTION_PLAIN(OPTION_TYPE_BOOL, S, f, n, i, h)
#define OPTION_INT(S, f, n, i, lo, hi, h)      OPTION_BOUND(OPTION_TYPE_INT, S, f, n, i, lo, hi, h)
#define OPTION_BYTES(S, f, n, i, lo, hi, h)    OPTION_BOUND(OPTION_TYPE_BYTES, S, f, n, i, lo, hi, h)
#define OPTION_DURATION(S, f, n, i, lo, hi, h) OPTION_BOUND(OPTION_TYPE_DURATION, S, f, n, i, lo, hi, h)
#define OPTION_NUMBER(S, f, n, i, lo, hi, h)   OPTION_BOUND(OPTION_TYPE_NUMBER, S, f, n, i, lo, hi, h)
#define OPTION_STRING(S, f, n, i, h)           OPTION_PLAIN(OPTION_TYPE_STRING, S, f, n, i, h)
#define OPTION_ENUM(S, f, n, words, i, h)      OPTION_ROW(OPTION_TYPE_ENUM, S, f, n, i, NULL, NULL, words, h)
#define OPTION_STRINGS(S, f, n, i, h)          OPTION_PLAIN(OPTION_TYPE_STRINGS, S, f, n, i, h)
#define OPTION_WORDS(S, f, n, words, i, h)     OPTION_ROW(OPTION_TYPE_STRINGS, S, f, n, i, NULL, NULL, words, h)
#define OPTION_NODE(S, f, n, h)                OPTION_PLAIN(OPTION_TYPE_NODE, S, f, n, "", h)
#define OPTION_END                                                                                                     \
	{                                                                                                              \
		OPTION_TYPE_END, NULL, 0, NULL, NULL, NULL, NULL, NULL                                                 \
	}

/*
 * Fills the struct at `into` from a map (NULL: defaults only). `what` names the owner in errors ("stage 'dedup'").
 * Lists are made in the arena. False with err set at the first fault.
 */
bool options_read(const struct option *rows, const struct node *map, void *into, const char *what, struct arena *a,
                  struct err *err);

/*
 * Single values, for those who read an OPTION_NODE by themselves. False, and nothing written, when it is no such value.
 */
bool options_parse_bytes(struct str text, int64_t *out);
bool options_parse_duration(struct str text, int64_t *out_ms);
bool options_parse_int(struct str text, int64_t *out);
bool options_parse_bool(struct str text, bool *out);
/* Index of a word. */
bool options_parse_word(struct str text, const char *const *words, int *out);

/*
 * The known name nearest to a wrong one (at most a third of its letters differ), else the shortest that begins with it,
 * or NULL. names ends in NULL.
 */
const char *options_nearest(struct str wrong, const char *const *names);
/* "; did you mean 'NAME'?" of the nearest, to be put behind words, or "". Valid until this thread's next call. */
const char *options_hint(struct str wrong, const char *const *names);

#endif
