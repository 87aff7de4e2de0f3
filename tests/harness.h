/*
 * What every cmocka file needs: the headers that cmocka wants before its own, and a few checks on our types.
 * A test's name is a sentence: drops_an_empty_story_with_a_reason.
 */
#ifndef WIREDESK_HARNESS_H
#define WIREDESK_HARNESS_H

#include "pipeline/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define assert_str(actual, expected) harness_assert_str((actual), (expected), __FILE__, __LINE__)
static inline void harness_assert_str(struct str actual, const char *expected, const char *file, int line)
{
	if (str_is(actual, expected))
		return;
	print_error("'%.*s' is not '%s'\n", STR_ARG(actual), expected);
	_fail(file, line);
}

/* Is `part` somewhere in `text`? Fails with both when it is not. */
#define assert_has(text, part) harness_assert_has((text), (part), __FILE__, __LINE__)
static inline void harness_assert_has(const char *text, const char *part, const char *file, int line)
{
	if (strstr(text, part))
		return;
	print_error("'%s' is not in '%s'\n", part, text);
	_fail(file, line);
}

#endif
