/*
 * What a character is to cleanup. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_CHARS_H
#define WIREDESK_CLEANUP_CHARS_H

#include "pipeline/base/str.h"

#include <stdint.h>

enum chars_kind {
	CHARS_TEXT,      /* a writer's character: stays */
	CHARS_BLANK,     /* horizontal white space: a run of it becomes one space */
	CHARS_BREAK,     /* ends a line */
	CHARS_CONTROL,   /* carries no meaning for a reader: taken out */
	CHARS_SEPARATOR, /* taken out as well, but what stands on its sides must not grow together */
	CHARS_BIDI, /* control of direction: means nothing unless the text has letters that run from right to left */
	CHARS_BREAKABLE, /* U+200B: part of the spelling where words are not told apart by blanks, noise elsewhere */
};

/* Length of the run of CHARS_TEXT at `at`, in bytes; a single blank of ASCII within it is part of it. The text must be
 * valid UTF-8. */
size_t chars_text_run(struct str text, size_t at);

/* Where the next CHARS_BREAK from `at` on begins, or the end. */
size_t chars_break(struct str text, size_t at);

/* The kind of the character at *at, which moves past it. */
enum chars_kind chars_next(struct str text, size_t *at);

/* Is there a letter of a script that runs from right to left? Looks at every character until it finds one. */
bool chars_has_right_to_left(struct str text);

/* Does text end in a character of a script that is written without blanks (Thai, Lao, Khmer, Burmese, Tibetan)? */
bool chars_ends_without_blanks(struct str text);

#endif
