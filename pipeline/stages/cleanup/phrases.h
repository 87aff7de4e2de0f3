/*
 * Words by which wires mark what is not the writer's text, in many languages, found in one pass.
 *
 * The table (phrases.def) is compiled once, at open, into one automaton that runs over a line, folding it on the way,
 * and reports every phrase in it. Time is a look at each byte and a few at each word, however many phrases there are; a
 * text that is made of their beginnings costs a walk of at most PHRASE_CHARS_MAX steps a word.
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
	PHRASE_CALL,    /* calls the reader to do something, if a channel is in the line; inside: points to where */
	PHRASE_CHANNEL, /* a way on which a wire reaches its readers */
	PHRASE_KEEP,    /* a desk's own (rules.h): the line stays, whatever else is said of it */
};

#define PHRASE_CHARS_MAX 127 /* of a phrase, folded */

struct feed;

struct phrase {
	struct str text;
	const char *rule; /* "language:words"; of a desk's own: "FILE:language:words" */
	enum phrase_kind kind;
	enum phrase_mode mode;
	bool is_own;             /* of a desk's rule file */
	const struct feed *feed; /* the only source whose stories it is for; NULL: all */
};

/* A phrase found in a text: [start, end) in its bytes. */
struct phrase_hit {
	const struct phrase *phrase;
	size_t start, end;
};

struct phrases;

/* The table and a desk's own phrases, which must outlive it. NULL without memory. */
struct phrases *phrases_new(const struct phrase *own, size_t n_own);
void phrases_free(struct phrases *p);

/* Whole words of the table in [at, end) of text, in the order of their ends, longer ones first; at most `max`, what
 * comes later is not reported, but for a desk's own, of which the last one is. Returns how many. */
size_t phrases_find(const struct phrases *p, struct str text, size_t at, size_t end, struct phrase_hit *hits,
                    size_t max);

/* May a phrase begin at `at` of text, which ends at `end`? May there be a caption's in [at, end), or a desk's own that
 * keeps a line? False: surely not. Either costs less than to find them. */
bool phrases_may_open(const struct phrases *p, struct str text, size_t at, size_t end);
bool phrases_may_hold(const struct phrases *p, struct str text, size_t at, size_t end);

/* Does one of a desk's own keep lines? */
bool phrases_has_keeps(const struct phrases *p);

/* The table. */
const struct phrase *phrases_built_in(size_t *n);

#endif
