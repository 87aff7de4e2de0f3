/*
 * What the files of this stage share: one message on its way to its parts, and the walk through them.
 *
 *     charset.c        bytes → UTF-8
 *     decode.c         which format is it? containers → parts; the stage's table
 *     text.c           plain text
 *     json_fields.c    an object's keys → the fields that we know (a table)
 *     json.c           those fields → a story
 *     ninjs.c          headlines and bodies by role, what is handed through (ninjs_shape.c: is it valid?)
 *     html.c           a body's mark-up → paragraphs
 *     identity.c       uri and hash of each part
 */
#ifndef WIREDESK_DECODE_H
#define WIREDESK_DECODE_H

#include "pipeline/base/json_doc.h"
#include "pipeline/stage.h"
#include "pipeline/stages/decode/charset.h"
#include "pipeline/stages/decode/json_fields.h"
#include "pipeline/words/language_tag.h"

enum decode_format { FORMAT_ANY, FORMAT_PLAIN_TEXT, FORMAT_JSON, FORMAT_NINJS };

struct decode_shared {
	struct language_codes languages;
};

struct decode_local {
	struct charset_handles charsets;
};

/* One message. Functions that get it answer whether to go on: false means that the message as a whole has ended. */
struct decode {
	struct call *call;
	struct message *msg;
	struct charset_text in;
	enum decode_format forced;
	enum answer answer;
	struct str *own_bytes; /* of each part, by its number; call->tmp */
	size_t own_bytes_room;
};

/* A value on its way to become one part or several. */
struct walk {
	struct str bytes;    /* what it was written as: the part's own bytes */
	int strings;         /* JSON strings around it: text in text */
	int containers;      /* arrays and objects with items around it */
	struct str language; /* what the container says of its items */
};

/* The next part, or NULL when the limit is reached and the message has ended. */
struct story *decode_part(struct decode *d, struct str bytes);

void decode_warn(struct decode *d, struct story *st, const char *word);

/* Fills a part with plain text. mark_bytes: of a byte order mark in front, which is part of text and not of the body.
 */
void text_fill(const struct decode *d, struct story *st, struct str text, size_t mark_bytes, enum text_kind kind);
/* Is nothing in it but white space, punctuation and control characters? Stops at the first letter. */
bool text_is_blank(struct str text);

/* An object that is to be a story. */
struct json_object {
	const struct json_doc *doc;
	uint32_t at;
	const struct json_fields *fields;
	struct str language; /* what the container says of its items; empty: nothing */
};

/* Fills a part from it, or ends the part. */
void json_fill(struct decode *d, struct story *st, const struct json_object *object);

/* uri and hash of all parts, once it is known how many there are. */
void identity_fill(struct decode *d);
/* An absolute URI as RFC 3986 writes it. any_letters: also with letters beyond ASCII. */
bool identity_is_uri(struct str s, bool any_letters);

#endif
