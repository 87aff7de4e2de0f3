/*
 * The first error speaks: what is set stays, and only a prefix may be put before it.
 */
#include "pipeline/base/err.h"

#include "pipeline/base/check.h"

#include <stdarg.h>

#define ERR_CUT "…"

/* Words of n bytes did not fit: a mark takes the place of the last character that does. */
static void err_mark_cut(struct err *err, size_t n)
{
	if (n < sizeof(err->words))
		return;
	size_t at = sizeof(err->words) - sizeof(ERR_CUT);
	while (at && ((unsigned char)err->words[at] & 0xc0) == 0x80)
		at--;
	memcpy(err->words + at, ERR_CUT, sizeof(ERR_CUT));
}

bool err_set(struct err *err, const char *format, ...)
{
	if (!err || err_is_set(err))
		return false;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(err->words, sizeof(err->words), format, args);
	va_end(args);
	CHECK(n >= 0 && err_is_set(err));
	err_mark_cut(err, (size_t)n);
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	if (!err)
		return false;
	struct err old = *err;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(err->words, sizeof(err->words), format, args);
	va_end(args);
	CHECK(n >= 0);
	err_mark_cut(err, (size_t)n);
	/* The prefix leads, so what stood before is cut where there is too little room. */
	size_t at = strlen(err->words);
	size_t room = sizeof(err->words) - 1 - at;
	size_t old_n = strlen(old.words);
	if (room < 2 || old_n == 0)
		return false;
	memcpy(err->words + at, ": ", 2);
	size_t kept = old_n > room - 2 ? room - 2 : old_n;
	memcpy(err->words + at + 2, old.words, kept);
	err->words[at + 2 + kept] = 0;
	err_mark_cut(err, at + 2 + old_n);
	return false;
}
