/*
 * What the names of an element hint at: the article's text, what is around it, what has nothing to do with it. Names of
 * classes and ids are words of a trade, in some thirty languages: a table (hints.def).
 */
#ifndef WIREDESK_DECODE_HINTS_H
#define WIREDESK_DECODE_HINTS_H

#include "pipeline/base/str.h"

#include <stdint.h>

enum hint {
	HINT_TEXT = 1 << 0,    /* the article's text */
	HINT_ARTICLE = 1 << 1, /* the article, or where it may be */
	HINT_LEAD = 1 << 2,    /* standfirst */
	HINT_META = 1 << 3,    /* byline, date */
	HINT_HEAD = 1 << 4,    /* headline */
	HINT_CAPTION = 1 << 5,
	HINT_COMMENT = 1 << 6,
	HINT_JUNK = 1 << 7,
	HINT_ASIDE = 1 << 8, /* beside the text, and may be of it */
	HINT_HIDDEN = 1 << 9,
	HINT_BY = 1 << 14,   /* byline */
	HINT_ASKS = 1 << 15, /* something of whoever looks at the page: consent, a login, a form */
	/* Not by names: by the element, its attributes, or what is in it. */
	HINT_FIGURE = 1 << 10,
	HINT_FOOT = 1 << 11,
	HINT_BODY_PROPERTY = 1 << 12, /* itemprop says that it is the article's body */
	HINT_OTHER = 1 << 13,         /* another article */
};

#define HINTS_KEYS 4096

/* An index over the table, made once. */
struct hints {
	uint16_t first[HINTS_KEYS];
	uint16_t next[1024];
};

void hints_fill(struct hints *hints);

/* Bits of enum hint. names: a value of class, id or the like; names in it stand apart by white space. */
uint32_t hints_read(const struct hints *hints, struct str names);

#endif
