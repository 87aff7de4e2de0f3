/*
 * ISO/IEC 6937, the charset of teletext and of older European wires, which ICU has no converter for. An accent stands
 * as a byte of its own before its letter. Tables after ISO/IEC 6937:2001, with the two places that its first edition of
 * 1983 gave '$' and '#'.
 */
#ifndef WIREDESK_DECODE_CHARSET_6937_H
#define WIREDESK_DECODE_CHARSET_6937_H

#include "pipeline/base/buf.h"
#include "pipeline/base/str.h"

#define CHARSET_6937 "ISO-6937"

/* Is it one of the names that this charset goes by? */
bool charset_is_6937(struct str name);

/* Appends `in` as UTF-8, composed where there is such a letter. A byte without a meaning, or an accent without a
 * letter, becomes U+FFFD. *fault_at: where the first of these is; untouched where there is none. Returns how many there
 * are. */
size_t charset_6937_convert(struct str in, struct buf *out, size_t *fault_at);

#endif
