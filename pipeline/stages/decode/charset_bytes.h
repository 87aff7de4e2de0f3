/*
 * Which 8-bit charset is text in? The one whose letters beyond ASCII are those of one language, small within words,
 * with quotes and dashes where these stand. A few letters are enough for that, where statistics of pairs need a page.
 */
#ifndef WIREDESK_DECODE_CHARSET_BYTES_H
#define WIREDESK_DECODE_CHARSET_BYTES_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"

struct charset_bytes;

/* Tables of all charsets and languages of charset_letters.def, for the whole process; read only. NULL with err set: ICU
 * lacks a charset. */
struct charset_bytes *charset_bytes_new(struct err *err);
void charset_bytes_free(struct charset_bytes **tables);

/* The likeliest charset's name. *fits: how well, at most 1; below .5 it is hardly any of these. Linear in the text. */
const char *charset_bytes_guess(const struct charset_bytes *tables, struct str bytes, double *fits);

#endif
