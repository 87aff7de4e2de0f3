/*
 * Bytes to UTF-8: byte order marks, the charset that a source forces, UTF-16 without a mark where it is obvious.
 *
 * ICU's converters are opened once a lane and reset before each use. A byte that has no meaning in the charset is an
 * error and never a substitute character: what was lost silently would be missed by nobody.
 */
#ifndef WIREDESK_DECODE_CHARSET_H
#define WIREDESK_DECODE_CHARSET_H

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/stage.h"

struct charset_handle;

/* A lane's converters and the buffer that they write into. */
struct charset_handles {
	struct charset_handle *items;
	size_t n;
	struct buf out;
};

/* Is the charset that a source names one that can be read? False with err set, its place first. */
bool charset_check(const struct feed *feed, struct err *err);

/* Opens one for every charset that a source names, and those that are recognised. False with err set: ICU
 * has none of the name. */
bool charset_open(struct charset_handles *handles, const struct stage_env *env, struct err *err);
void charset_close(struct charset_handles *handles);

struct charset_text {
	struct str text;     /* UTF-8 without NUL bytes, a byte order mark included */
	size_t mark_bytes;   /* of the byte order mark that text begins with */
	const char *charset; /* as far as known also when reading failed */
	const char *basis;   /* on what ground: bom, declared, valid-utf8, utf-16-pattern */
	bool converted;      /* text was made; else it is a view of the message's value */
	size_t fault_at;     /* the byte of the message that is no text */
};

/* REASON_NONE, or the reason for which the message is dead. */
enum reason charset_read(struct call *call, const struct message *msg, struct charset_handles *handles,
                         struct charset_text *out);

#endif
