/*
 * Text that was wrapped at a width, as teleprinters and mail do it: lines that are one paragraph are put together
 * again. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_WRAP_H
#define WIREDESK_CLEANUP_WRAP_H

#include "pipeline/base/arena.h"
#include "pipeline/base/str.h"

/*
 * The same text with blanks in the place of the line ends that only a width has made; every other byte stays where it
 * is. A text that does not look wrapped for sure is returned as it is. The first line, which may be a headline, ends
 * where it ends.
 */
struct str wrap_undo(struct arena *keep, struct arena *tmp, struct str text);

#endif
