/*
 * Text that is damaged on its way: some bytes of another charset in UTF-8, and UTF-8 that was read as Windows-1252 and
 * written as UTF-8 again. What is mended is said by the caller; what is not sure is left as it is. Pure functions.
 */
#ifndef WIREDESK_DECODE_CHARSET_MEND_H
#define WIREDESK_DECODE_CHARSET_MEND_H

#include "pipeline/base/buf.h"

/* Is it UTF-8 with damage: more whole characters beyond ASCII than torn ones, or no more than `most` of these? */
bool charset_is_utf8_damaged(struct str bytes, size_t most);

/*
 * Valid UTF-8 into out: bytes that belong to no character are read as Windows-1252 in a piece (up to a line's end, a
 * quote or a tag) that has no character beyond ASCII of its own; in others, and where that has none, each becomes
 * U+FFFD. *lost: how many did.
 */
void charset_mend_bytes(struct str bytes, struct buf *out, size_t *lost);

/* Does a piece of valid text stand there that charset_mend_double would change? Fast. */
bool charset_is_double(struct str text);

/*
 * "Ã©" to "é": each run of characters beyond ASCII that, in bytes of Windows-1252, is whole characters of UTF-8. Only
 * where all runs of a piece are so, for then no other reading makes sense. Valid UTF-8 in, valid UTF-8 into out.
 */
void charset_mend_double(struct str text, struct buf *out);

#endif
