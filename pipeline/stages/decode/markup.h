/*
 * HTML as a row of tokens: one pass, after the tokenization rules of the HTML standard, without a tree.
 *
 *     struct markup m = markup_start(text);
 *     while (markup_next(&m)) …
 *
 * What is in scripts, styles and their like is one token and is not read as tags; comments and declarations are left
 * out. Where the standard would let one wrong sign swallow the rest of a text, this reader is milder: a quote that is
 * never closed hides no '>', a '<' behind which there is no '>' is a sign of its own. Time is linear, whatever the
 * text does; of a tag's attributes the first MARKUP_ATTRIBUTES_MAX are kept. Nothing is allocated: all are views of the
 * text.
 */
#ifndef WIREDESK_DECODE_MARKUP_H
#define WIREDESK_DECODE_MARKUP_H

#include "pipeline/base/str.h"

#include <stdint.h>

#define MARKUP_ATTRIBUTES_MAX 24

enum tag {
	TAG_OTHER,
#define TAG(name, ID, shape, content) TAG_##ID,
#include "pipeline/stages/decode/tags.def"
#undef TAG
	TAGS_END
};

enum tag_shape { SHAPE_INLINE, SHAPE_BLOCK, SHAPE_CELL, SHAPE_PRE, SHAPE_HIDDEN };

/* What stands between its tags: anything, nothing, characters alone (RAW: references are not read in them either). */
enum tag_content { CONTENT_ANY, CONTENT_VOID, CONTENT_TEXT, CONTENT_RAW, CONTENT_SCRIPT };

struct tag_row {
	const char *name;
	enum tag_shape shape;
	enum tag_content content;
};

extern const struct tag_row tag_rows[TAGS_END];

enum markup_kind {
	MARKUP_TEXT,  /* characters, references among them; white space as written */
	MARKUP_RAW,   /* characters in which '&' is an '&' */
	MARKUP_OPEN,  /* a start tag */
	MARKUP_CLOSE, /* an end tag */
};

struct markup_attribute {
	struct str name, value; /* as written */
};

struct markup {
	struct str in;
	size_t at;
	/* Behind these there is no further one: looking again and again for an end that never comes is quadratic. */
	size_t last_quote, last_apostrophe, last_greater;
	uint64_t endless[(TAGS_END + 63) / 64]; /* tags that markup_skip found no end of */
	enum tag raw;                           /* the next token is what is in this element */

	/* The token. */
	enum markup_kind kind;
	enum tag tag;
	bool is_empty;   /* a tag that ends in "/>" */
	struct str text; /* of a tag: its name */
	size_t n_attributes;
	struct markup_attribute attributes[MARKUP_ATTRIBUTES_MAX];
};

struct markup markup_start(struct str text);

/* The next token; false: there is none. */
bool markup_next(struct markup *m);

/* Behind a start tag: leaves out all that is in the element, its end tag too. False: it never ends, and nothing was
 * left out. The first end tag of that name counts. */
bool markup_skip(struct markup *m);

/* An attribute of the start tag, as written; null pointer: it has none of that name (in lower case). */
struct str markup_attribute(const struct markup *m, const char *name);

bool markup_is_letter(char c);
/* Are they the same but for the case of ASCII letters? */
bool markup_is_name(struct str s, const char *name);

#endif
