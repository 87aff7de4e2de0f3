/*
 * What is wrong with the rows of a user's own gazetteer: said with its place, and counted. See own_build_inside.h.
 */
#include "pipeline/stages/entities/own_build_inside.h"

#include "pipeline/base/utf8.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

static void own_build_say(struct own_build *b, const struct own_place *at, bool is_error, const char *format,
                          va_list args)
{
	char words[1000], place[PATH_MAX + 64] = "";
	uint64_t *count = is_error ? &b->counts.errors : &b->counts.warnings;
	if (++*count > OWN_BUILD_SAID_MAX || !b->options.say)
		return;
	if (at && at->column)
		snprintf(place, sizeof place, "%s:%llu:%llu: ", at->file, (unsigned long long)at->line,
		         (unsigned long long)at->column);
	else if (at)
		snprintf(place, sizeof place, "%s:%llu: ", at->file, (unsigned long long)at->line);
	vsnprintf(words, sizeof words, format, args);
	struct err err = {0};
	err_set(&err, "%s%s", place, words);
	b->options.say(b->options.arg, is_error, err.words);
}

void own_build_wrong(struct own_build *build, const struct own_place *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	own_build_say(build, at, true, format, args);
	va_end(args);
}

void own_build_warn(struct own_build *b, const struct own_place *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	own_build_say(b, at, false, format, args);
	va_end(args);
}

struct own_place own_build_at(const struct own_place *at, const struct own_cell *cell)
{
	return (struct own_place){at->file, at->line, cell->column};
}

struct own_shown own_build_show(struct str text)
{
	struct own_shown shown;
	size_t n = 0, at = 0;
	while (at < text.n && n < OWN_BUILD_SHOWN) {
		size_t from = at;
		uint32_t c = utf8_next(text, &at);
		bool plain = c >= ' ' && c != 0x7f && !(c >= 0x80 && c < 0xa0) && !(c >= 0x200b && c <= 0x200f) &&
		             !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
		if (plain) {
			memcpy(&shown.p[n], text.p + from, at - from);
			n += at - from;
		} else {
			shown.p[n++] = '?';
		}
	}
	memcpy(&shown.p[n], at < text.n ? "…" : "", at < text.n ? sizeof "…" : 1);
	return shown;
}
