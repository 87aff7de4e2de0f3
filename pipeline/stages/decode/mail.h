/*
 * What an e-mail is made of: header fields, encoded words, parts, transfer encodings (RFC 5322, 2045 to 2047, 2231,
 * 3676). Bytes in, bytes out; whose charset they are of is rfc822.c's to find out.
 *
 * All of it is read leniently and within limits: what is beyond them is left out. Views are of the mail or of the
 * arena.
 */
#ifndef WIREDESK_DECODE_MAIL_H
#define WIREDESK_DECODE_MAIL_H

#include "pipeline/base/arena.h"

#define MAIL_FIELDS_MAX 200
#define MAIL_HEAD_BYTES (256 * 1024)

struct mail_field {
	struct str name, value; /* value: as written, on however many lines */
};

struct mail_head {
	struct mail_field fields[MAIL_FIELDS_MAX];
	size_t n;
	struct str body; /* behind the empty line */
};

/* The header fields that a mail, or a part of one, begins with. False: it does not begin with any. */
bool mail_head_read(struct str mail, struct mail_head *head);

/* The first field of that name (any case), unfolded: on one line, trimmed; in the arena or a view. Empty: none. */
struct str mail_field(const struct mail_head *head, const char *name, struct arena *a);
bool mail_has_field(const struct mail_head *head, const char *name);

/* "text/plain; charset=utf-8": what stands before the first ';'. */
struct str mail_value(struct str field);
/* A parameter behind it: quoted or not, in pieces (name*0, name*1), with a charset of its own (which is left out). */
struct str mail_parameter(struct str field, const char *name, struct arena *a);

/* Without quoted-printable or base64, whatever of it can be read. */
struct str mail_untransfer(struct str body, struct str encoding, struct arena *a);

/* Parts between the lines of a boundary. *at is 0 before the first; false: there is no further one. */
bool mail_part_next(struct str body, struct str boundary, size_t *at, struct str *part);

/* A piece of a field with encoded words: text as written (no charset), or the bytes that a word stands for. Words of
 * one charset that follow each other are one piece. *at is 0 before the first; false: there is no further one. */
struct mail_piece {
	struct str bytes, charset;
};
bool mail_piece_next(struct str field, size_t *at, struct mail_piece *piece, struct arena *a);

/* Line feeds where lines end in a return and a line feed. */
struct str mail_unreturn(struct str text, struct arena *a);
/* Lines that were broken to fit (format=flowed) are one again. */
struct str mail_unflow(struct str text, bool delete_space, struct arena *a);
/* Without the signature behind a line "-- ". */
struct str mail_unsign(struct str text);

#endif
