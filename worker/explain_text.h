/*
 * Text for a terminal, made safe.
 *
 * A story may hold anything: escape sequences that repaint the screen, marks that turn the direction of what follows.
 * So everything that comes from a story goes through here, and what is no plain character is shown as its number:
 * \x1b, \u202e, and \xNN for bytes that are no UTF-8. Colours come from here too, and only where they are wanted.
 */
#ifndef WIREDESK_EXPLAIN_TEXT_H
#define WIREDESK_EXPLAIN_TEXT_H

#include "pipeline/base/buf.h"

enum explain_ink {
	INK_PLAIN,
	INK_TITLE,
	INK_NAME,
	INK_FAINT,
	INK_GOOD,
	INK_WARN,
	INK_BAD,
	INK_REMOVED,
	INK_ESCAPED,
	INK_PERSON,
	INK_ORGANISATION,
	INK_PLACE,
	INK_COUNT,
};

struct explain_text {
	struct buf *out;
	bool colour;
	enum explain_ink ink; /* what follows is written in it */
};

/* Everything until the next call; INK_PLAIN goes back to the terminal's own. */
void explain_text_ink(struct explain_text *t, enum explain_ink ink);

/* One line: line feeds are escaped too. Cut after `most` characters, which it says. */
void explain_text_line(struct explain_text *t, struct str s, size_t most);

/* As it stands in its lines, each after `margin`; the first too when at_start. Tabs stay, carriage returns are shown.
 */
void explain_text_block(struct explain_text *t, struct str s, const char *margin, bool at_start);

/* Words of ours, and numbers: printf without any text of a story. */
void explain_text_say(struct explain_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
