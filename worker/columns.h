/*
 * Two texts side by side for a person: words that the other one has not are marked, by colour or in brackets.
 */
#ifndef WIREDESK_COLUMNS_H
#define WIREDESK_COLUMNS_H

#include "worker/explain_text.h"

#define COLUMNS_WIDTH     56   /* cells of one column */
#define COLUMNS_LINES     12   /* of a body; what follows is left out, which it says */
#define COLUMNS_WORDS_MAX 4096 /* words of a text that are looked at */

struct columns_text {
	struct str name, headline, body;
};

/* Writes whole lines. Text of a story, made safe (explain_text.h). */
void columns_show(struct explain_text *t, const struct columns_text *left, const struct columns_text *right);

#endif
