/*
 * What charset bytes are in that are no UTF-8: what they say themselves, and what they look like.
 */
#ifndef WIREDESK_DECODE_CHARSET_GUESS_H
#define WIREDESK_DECODE_CHARSET_GUESS_H

#include "pipeline/base/str.h"
#include "pipeline/stages/decode/converters.h"

/* The charset that an XML declaration or a page's <meta> names within the first 2,048 bytes, as a view; else empty. */
struct str charset_said(struct str bytes);

/* Escapes of ISO-2022 (7 bits, so valid UTF-8, too): the charset that they switch to, else NULL. */
const char *charset_escaped(struct str bytes);

/* Bytes that may be text of an 8-bit or East Asian charset: no NUL, and few control bytes. */
bool charset_may_be_text(struct str bytes);

/* What they look like: the likeliest of the 8-bit charsets (charset_bytes.h) and of the East Asian ones
 * (charset_wide.h), the likelier one first; the other may be NULL. */
void charset_guess(struct converters *converters, struct str bytes, const char *names[2]);

#endif
