/*
 * Character references, as HTML and XML write them: "&amp;", "&#8211;", "&#x2013;". Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_REFERENCES_H
#define WIREDESK_WORDS_REFERENCES_H

#include "pipeline/base/str.h"

#include <stdint.h>

/* Length of the reference that begins at the '&' at `at`, and the character it stands for; 0: it is none, or of no
 * character that text may hold. A number may lack its semicolon, a name may not. */
size_t references_read(struct str s, size_t at, uint32_t *character);

#endif
