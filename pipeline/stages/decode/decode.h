/*
 * What the files of this stage share: one message on its way to its parts, and the walk through them.
 *
 *     charset.c        bytes → UTF-8
 *     decode.c         which format is it? containers → parts; the stage's table
 *     envelope.c       gzip, zstd, base64 → bytes
 *     formats.def      the formats there are, in the order in which they are tried
 *     text.c           plain text
 *     copy.c           what people put around a text: labels, heads of codes, signatures
 *     draft.c          what a format says of a story → the story; the one place with rules for all formats
 *     signals.c        kills, corrections and updates by signals, notes and words before headlines (a table)
 *     moments.c          points in time as they are written → RFC 3339
 *     json_walk.c      JSON: lists, containers and strings → objects
 *     json_fields.c    an object's keys → the fields that we know (a table)
 *     json_map.c           the same by a source's own map of paths
 *     json.c           those fields → a story
 *     ninjs.c          headlines and bodies by role, what is handed through (ninjs_shape.c: is it valid?)
 *     markup.c         mark-up → tokens; prose.c: text as it is read
 *     html.c           a body's mark-up → paragraphs
 *     page.c           a web page → the article in it (page_layout.c, page_facts.c, page_choose.c, hints.c)
 *     xml.h            the XML family has its own map there
 *     rfc822.c         an e-mail (mail.c: header fields, parts, encodings)
 *     identity.c       uri and hash of each part
 */
#ifndef WIREDESK_DECODE_H
#define WIREDESK_DECODE_H

#include "pipeline/base/json_doc.h"
#include "pipeline/stage.h"
#include "pipeline/stages/decode/charset.h"
#include "pipeline/stages/decode/hints.h"
#include "pipeline/stages/decode/json_fields.h"
#include "pipeline/stages/decode/json_map.h"
#include "pipeline/words/language_tag.h"
#include "pipeline/words/zone_clock.h"

enum decode_format {
	FORMAT_ANY,
#define FORMAT(ID, id, word) FORMAT_##ID,
#include "pipeline/stages/decode/formats.def"
#undef FORMAT
	FORMATS_END
};

struct decode_shared {
	struct language_codes languages;
	struct hints hints;
	struct charset_bytes *charsets;
	struct json_map *fields;
};

struct decode_local {
	struct converters charsets;
	struct buf json;     /* scratch: lists of a draft */
	struct buf unpacked; /* scratch: what was compressed */
	struct zone_clock zone;
};

#define DECODE_ENVELOPES_MAX 8

/* One message. Functions that get it answer whether to go on: false means that the message as a whole has ended. */
struct decode {
	struct call *call;
	struct message *msg;
	struct charset_text in; /* the text at hand: decode_bytes puts the outer one back */
	enum decode_format forced;
	enum answer answer;
	const char *envelopes[DECODE_ENVELOPES_MAX]; /* around what is at hand, outermost first */
	size_t n_envelopes;
	struct str *own_bytes; /* of each part, by its number; call->tmp */
	size_t own_bytes_room;
};

/* A value on its way to become one part or several. */
struct walk {
	struct str bytes;    /* what it was written as: the part's own bytes */
	int strings;         /* JSON strings around it: text in text */
	int containers;      /* arrays and objects with items around it */
	int envelopes;       /* compressions and prefixes around it */
	struct str language; /* what the container says of its items */
	uint32_t beside;     /* token of an object that has a story's text, where another one says all else of it */
};

/* Notes an envelope for the parts that are made until decode_leave. Of more than there is room for, the outer ones
 * are noted. */
void decode_enter(struct decode *d, const char *envelope);
void decode_leave(struct decode *d);

/* The next part, or NULL when the limit is reached and the message has ended. */
struct story *decode_part(struct decode *d, struct str bytes);

void decode_warn(struct decode *d, struct story *st, const char *word);

/* One part that is no story ends here, with these words; its neighbours go on. False: the message has ended. */
bool decode_dead_part(struct decode *d, struct str bytes, enum reason reason, const char *words);

/* The same for text whose format is sure: the message's own ends as a whole. */
bool decode_refuse(struct decode *d, const struct walk *w, enum reason reason, const char *words);

/* Must this text be of the format that the source says? What is in a container or a string may be of any. */
bool decode_must(const struct decode *d, const struct walk *w);

/*
 * Bytes that may be of any charset and format: a message's own, or those of an envelope around it. declared: the
 * charset that the envelope names; empty: none. False: the message has ended.
 */
bool decode_bytes(struct decode *d, struct str bytes, struct str declared, struct walk w);

/* Text that may be of any format: a message's own, or one that was inside another. False: the message has ended. */
bool decode_text(struct decode *d, struct str text, struct walk w);

/*
 * What a reader made of text: parts; nothing, because it is not of this format after all and others may try; or the end
 * of the whole message.
 */
enum took { TOOK_ALL, TOOK_NOT, TOOK_END };

/*
 * A format, a row of formats.def: id_is tells by the content, from as little of it as will do; id_read makes the parts
 * (decode_part), and must not have made one when it answers TOOK_NOT. Text is without a byte order mark.
 */
#define FORMAT(ID, id, word)                                                                                           \
	bool id##_is(const struct decode *d, struct str text, const struct walk *w);                                   \
	enum took id##_read(struct decode *d, struct str text, struct walk w);
#include "pipeline/stages/decode/formats.def"
#undef FORMAT

/* Is it a mail whose parts are in charsets of their own, so that as a whole it is in none? */
bool rfc822_is_raw(const struct decode *d, struct str bytes, const struct walk *w);

/* Is nothing in it but white space, punctuation and control characters? Stops at the first letter. */
bool text_is_blank(struct str text);

/* An object that is to be a story. */
struct json_object {
	const struct json_doc *doc;
	uint32_t at;
	const struct json_fields *fields;
	struct str language; /* what the container says of its items; empty: nothing */
	uint32_t beside;     /* an object that has the text if this one has none; 0: there is none */
};

/* Fills a part from it, or ends the part. */
void json_fill(struct decode *d, struct story *st, const struct json_object *object);

/* uri and hash of all parts, once it is known how many there are. */
void identity_fill(struct decode *d);
/* An absolute URI as RFC 3986 writes it. any_letters: also with letters beyond ASCII. */
bool identity_is_uri(struct str s, bool any_letters);

#endif
