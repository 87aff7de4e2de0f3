/*
 * Words by which wires mark what is not the writer's text, in many languages, found in one pass.
 *
 * The table (phrases.def) is compiled once, at open, into one automaton that runs over the folded bytes of a line and
 * reports every phrase that ends there. Time is one table look-up a byte, whatever the text is made of.
 */
#ifndef WIREDESK_CLEANUP_PHRASES_H
#define WIREDESK_CLEANUP_PHRASES_H

#include "pipeline/base/str.h"

#include <stdint.h>

enum phrase_mode {
	PHRASE_LABEL, /* "Words:" and something, or the words alone in their line */
	PHRASE_TITLE, /* the same, and the words with a headline behind them without a colon */
	PHRASE_WHOLE, /* alone in their line */
	PHRASE_START, /* begin a line, whatever comes behind them */
	PHRASE_LAST, /* alone in one of the last lines, or all that is left behind the last sentence; of a slug: it ends
	              */
	PHRASE_BY,   /* before a name, without a colon: "By", "Von" */
	PHRASE_INSIDE, /* anywhere in one of the last lines */
	PHRASE_LIST,   /* alone in their line, with other stories' headlines below */
	PHRASE_BLOCK,  /* open a block of lines at the end (blocks.h) */
	PHRASE_PREFIX  /* before the words of a headline, with a mark behind: "UPDATE 2-", "[정정]" */
};

enum phrase_kind {
	PHRASE_PROMO,
	PHRASE_AUTHOR,
	PHRASE_EDITOR,
	PHRASE_CONTRIBUTOR,
	PHRASE_CREDIT,
	PHRASE_CAPTION,
	PHRASE_ENDMARK,
	PHRASE_ADVISORY,
	PHRASE_NOTEBOOK, /* an advisory that goes on to the end */
	PHRASE_UPDATE,
	PHRASE_META,
	PHRASE_MORE, /* an advisory that says that the story goes on */
	PHRASE_CORRECTION,
	PHRASE_KILL,
	PHRASE_EMBARGO,
	PHRASE_SHARE,
	PHRASE_SUBSCRIBE,
	PHRASE_AD,
	PHRASE_COPYRIGHT,
	PHRASE_USAGE,
	PHRASE_CONTACT,
	PHRASE_PAGINATION,
	PHRASE_SLUG,    /* an agency's line above the headline */
	PHRASE_HOME,    /* where the way to a page begins */
	PHRASE_ABOUT,   /* before a company's name, above what it says of itself */
	PHRASE_MEDIA,   /* in brackets: what comes with a story */
	PHRASE_SOCIAL,  /* a network on which the wire has a page */
	PHRASE_TAGS,    /* keywords at the end */
	PHRASE_READING, /* how many minutes a story takes */
};

struct phrase {
	struct str text;
	const char *rule; /* "language:words" */
	enum phrase_kind kind;
	enum phrase_mode mode;
};

/* A phrase found in a text: [start, end) in its bytes. */
struct phrase_hit {
	const struct phrase *phrase;
	size_t start, end;
};

struct phrases;

/* NULL without memory. */
struct phrases *phrases_new(void);
void phrases_free(struct phrases *p);

/* Whole words of the table in [at, end) of text, in the order of their ends, longer ones first; at most `max`, what
 * comes later is not reported. Returns how many. */
size_t phrases_find(const struct phrases *p, struct str text, size_t at, size_t end, struct phrase_hit *hits,
                    size_t max);

#endif
