/*
 * Bytes to UTF-8. In this order: a byte order mark; the charset that a source forces; escapes of ISO-2022; bytes that
 * are valid UTF-8, whatever they declare; UTF-16 without a mark where it is obvious; what the envelope, the XML
 * declaration or the page's <meta> declares; UTF-8 with some damage; the letters themselves.
 *
 * Nothing is lost in silence: a byte without a meaning becomes U+FFFD, in mark-up NUL bytes go, and the story says
 * so (notes); where more than a few are lost the charset is the wrong one.
 */
#ifndef WIREDESK_DECODE_CHARSET_H
#define WIREDESK_DECODE_CHARSET_H

#include "pipeline/stages/decode/converters.h"

#define CHARSET_NOTES_MAX 3

/* Warnings for the stories: bytes-lost, charset-mixed, charset-doubled; each once. */
struct charset_notes {
	const char *words[CHARSET_NOTES_MAX];
	size_t n;
};

struct charset_text {
	struct str text;     /* UTF-8 without NUL bytes, a byte order mark included */
	size_t mark_bytes;   /* of the byte order mark that text begins with */
	const char *charset; /* as far as known also when reading failed */
	const char *basis;   /* on what ground: bom, declared, escapes, valid-utf8, utf-16-pattern, detected */
	bool converted;      /* text was made; else it is a view of the bytes */
	size_t fault_at;     /* the first byte that is no text, where some are none */
	struct charset_notes notes;
};

/* Adds those that are not there yet. */
void charset_notes_add(struct charset_notes *notes, const struct charset_notes *more);

struct charset_ask {
	struct str bytes;
	struct str forced;   /* by the source's row in the configuration; empty: not */
	struct str declared; /* by what is around the bytes; empty: not */
};

/* REASON_NONE, or the reason for which the bytes are no text. */
enum reason charset_read(struct call *call, const struct charset_ask *ask, struct converters *converters,
                         struct charset_text *out);

#endif
