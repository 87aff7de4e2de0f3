/*
 * A story is read in order: notes and headline at the top (notes.h), section and time (metaline.h), byline (bylines.h),
 * dateline (dateline.h); then, from the end, signs and credits (signs.h); then every line between for what wires put
 * among paragraphs (between.h). Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_READER_H
#define WIREDESK_CLEANUP_READER_H

#include "pipeline/stages/cleanup/marks.h"

/*
 * Reads the text. with_headline: the first line that is no note to editors is the headline, unless it is a paragraph:
 * too long, or a sentence behind a dateline. A headline behind which nothing stays is the text as well, and is not cut.
 */
void reader_read(struct marks *m, bool with_headline);

#endif
