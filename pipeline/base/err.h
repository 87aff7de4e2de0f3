/*
 * One error in words, for faults that a person has to read.
 *
 * The first error speaks: later ones are consequences, and err_set keeps what stands already. Words are lower case,
 * without full stop, say what failed, with what, and why, the subject in single quotes:
 * cannot open 'x.yaml': No such file or directory. Story text never gets in.
 */
#ifndef WIREDESK_ERR_H
#define WIREDESK_ERR_H

#include <stdbool.h>

struct err {
	char words[1000]; /* "" : no error */
};

/*
 * Formats into err unless it holds an error already (too long: cut, and ends in an ellipsis). Always returns false, so
 * that a function can `return err_set(…)`. err may be NULL.
 */
bool err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "words: " before what stands there; for a caller that knows more of where it happened. Returns false. */
bool err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline bool err_is_set(const struct err *err)
{
	return err->words[0] != 0;
}

static inline void err_clear(struct err *err)
{
	err->words[0] = 0;
}

#endif
