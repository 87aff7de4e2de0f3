/*
 * Which East Asian charset is text in? Bytes that are whole characters of one are read as it has them, and the one wins
 * whose characters are those of its language: kana, syllables of hangul, hanzi that every page has, and the commas and
 * quotes between them. A line of text is enough.
 */
#ifndef WIREDESK_DECODE_CHARSET_WIDE_H
#define WIREDESK_DECODE_CHARSET_WIDE_H

#include "pipeline/base/str.h"
#include "pipeline/stages/decode/converters.h"

/* The likeliest charset's name, by the first kilobyte from the first byte beyond ASCII on; NULL: it is none of them.
 * *fits: how well, at most 1; text of a language is above WIDE_FITS_WELL in its own. Overwrites converters->out. */
const char *charset_wide_guess(struct converters *converters, struct str bytes, double *fits);

#define WIDE_FITS_WELL .75
#define WIDE_FITS      .6 /* bytes that mean nothing in the charset are mostly below */

#endif
