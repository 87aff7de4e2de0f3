/*
 * What the readers of teleprinter formats share: a message's lines without their control bytes, and the text that is
 * put together of them.
 *
 * Control bytes by their names in ASCII; feeds lose some of them, so that no reader may rely on one.
 */
#ifndef WIREDESK_DECODE_TAPE_H
#define WIREDESK_DECODE_TAPE_H

#include "pipeline/stages/decode/draft.h"

#define TAPE_SOH 0x01
#define TAPE_STX 0x02
#define TAPE_ETX 0x03
#define TAPE_EOT 0x04
#define TAPE_BS  0x08
#define TAPE_FF  0x0c
#define TAPE_DLE 0x10
#define TAPE_DC1 0x11
#define TAPE_DC4 0x14
#define TAPE_RS  0x1e
#define TAPE_US  0x1f
#define TAPE_DEL 0x7f

struct tape_line {
	struct str words; /* trimmed, control bytes at its ends gone */
	size_t indent;    /* blanks before the words; a tab counts as eight */
	bool stx, etx;    /* the line begins with such a byte, or one stands alone before it */
	bool row;         /* a row of a table: it begins with BS */
};

struct tape {
	struct tape_line *lines;
	size_t n;
};

/* The lines of a text, which may end in CR, LF or both; in call->tmp. */
struct tape tape_read(struct decode *d, struct str text);

/* The first line with words: what tells a format, without splitting the whole. */
struct str tape_first_line(struct str text);

/* A message may be several frames, one story each. `next` answers where a frame begins behind the first one, or text.n;
 * `read` makes a part of one, false: the message has ended. */
struct tape_frames {
	size_t (*next)(const struct decode *d, struct str text, const struct walk *w);
	bool (*read)(struct decode *d, struct str frame, struct walk w);
};
enum took tape_read_frames(struct decode *d, struct str text, struct walk w, const struct tape_frames *frames);

/* For `next`: a SOH behind an ETX from which on the text is of the format. */
size_t tape_next_soh(const struct decode *d, struct str text, const struct walk *w,
                     bool (*is)(const struct decode *d, struct str text, const struct walk *w));

/* Text in the making, in call->tmp. */
struct tape_text {
	char *p;
	size_t n;
};

/* Empty text with room for all that can be made of the tape. */
struct tape_text tape_text_new(struct decode *d, struct str tape);

/* Puts words behind the last ones: as a paragraph of their own, or as more of the same. Blanks between words become
 * one. */
void tape_text_add(struct tape_text *text, struct str words, bool own_paragraph);
/* A line that stays as it is, for tables: blanks within are kept. */
void tape_text_row(struct tape_text *text, struct str words);
/* A copy in call->keep. */
struct str tape_text_keep(struct decode *d, const struct tape_text *text);

/* "2nd Ld-Writethru", "1ST LEAD", "KILL", "KORREKTUR", …: what a slug or a line of the head says about the story. */
void tape_version(struct draft *draft, struct str words);

#endif
