/*
 * Help as it is shown: words in lines of at most 100 characters.
 */
#ifndef WIREDESK_WRAP_H
#define WIREDESK_WRAP_H

#include "pipeline/base/buf.h"

/*
 * Writes words from `column` on, where the caller stands already; what does not fit goes to the next line, at the same
 * column. Line feeds in the words are kept, and so are blanks that begin a line; none is left at a line's end. Ends
 * with a line feed.
 */
void wrap_words(struct buf *out, const char *words, size_t column);

#endif
