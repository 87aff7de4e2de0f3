/*
 * Charsets of one byte a character, by a table that is made of ICU's converter once: most of what is not UTF-8 comes in
 * one of these, and the converter looks at each byte three times.
 */
#ifndef WIREDESK_DECODE_CHARSET_SINGLE_H
#define WIREDESK_DECODE_CHARSET_SINGLE_H

#include "pipeline/base/buf.h"
#include "pipeline/base/str.h"

#include <unicode/ucnv.h>

struct charset_single {
	char utf8[256][4]; /* three bytes at most, and what is behind them */
	uint8_t n[256];    /* bytes; 0: without a meaning */
	bool has_ascii;    /* bytes below 0x80 stand for themselves */
};

/* NULL: the charset is none of them, or one byte of it is several characters. The caller frees it. */
struct charset_single *charset_single_new(UConverter *icu);

/* Appends `in` as UTF-8; a byte without a meaning becomes U+FFFD. *fault_at: where the first of these is; untouched
 * where there is none. Returns how many there are. */
size_t charset_single_convert(const struct charset_single *charset, struct str in, struct buf *out, size_t *fault_at);

#endif
