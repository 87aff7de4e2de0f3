/*
 * The first error speaks: what is set stays, and only a prefix may be put before it.
 */
#include "pipeline/base/err.h"

#include "pipeline/base/check.h"

#include <stdarg.h>

bool err_set(struct err *err, const char *format, ...)
{
	if (!err || err_is_set(err))
		return false;
	va_list args;
	va_start(args, format);
	vsnprintf(err->words, sizeof(err->words), format, args);
	va_end(args);
	CHECK(err_is_set(err));
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
	/* The prefix leads, so what stood before is cut where there is too little room. */
	size_t at = strlen(err->words);
	size_t room = sizeof(err->words) - 1 - at;
	size_t old_n = strlen(old.words);
	if (room < 2 || old_n == 0)
		return false;
	memcpy(err->words + at, ": ", 2);
	if (old_n > room - 2)
		old_n = room - 2;
	memcpy(err->words + at + 2, old.words, old_n);
	err->words[at + 2 + old_n] = 0;
	return false;
}
