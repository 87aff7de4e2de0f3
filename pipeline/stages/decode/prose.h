/* Text out of mark-up as it is read: white space folded as a browser does, references read, lines where blocks end. */
#ifndef WIREDESK_DECODE_PROSE_H
#define WIREDESK_DECODE_PROSE_H

#include "pipeline/base/str.h"

/* Its room is the writer's: what comes out is never longer than what went in. */
struct prose {
	char *out;
	size_t n;
	bool space;       /* a blank is due before the next character */
	bool line;        /* a line feed is due */
	bool no_hyphens;  /* soft hyphens, which nobody sees, are left out */
	unsigned int pre; /* inside so many <pre>: white space stays */
};

/* Characters as they are. */
void prose_put(struct prose *p, struct str s);
/* White space is folded. */
void prose_put_words(struct prose *p, struct str s);
/* The same, and references are characters. */
void prose_put_text(struct prose *p, struct str s);

#endif
