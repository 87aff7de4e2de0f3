/*
 * One line and the phrases in it: what each reader of lines looks at. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_SCAN_H
#define WIREDESK_CLEANUP_SCAN_H

#include "pipeline/stages/cleanup/lines.h"
#include "pipeline/stages/cleanup/marks.h"
#include "pipeline/stages/cleanup/phrases.h"

#define SCAN_HITS_MAX 32

struct scan {
	struct marks *m;
	struct line *line;
	struct str text; /* all of the text up to the line's end */
	size_t core;     /* behind brackets and bullets */
	const struct phrase_hit *hits;
	size_t n_hits; /* 0 in a line that is too long to be anything but a paragraph */
};

/* A phrase that opens the line and is more than its words there. */
struct scan_sign {
	const struct phrase_hit *hit;
	size_t rest; /* behind the phrase and its colon */
	bool colon;
	bool alone; /* nothing but marks stands behind it */
};

/* The phrases in [at, end) of the text that are for stories of its source. */
size_t scan_find(const struct marks *m, size_t at, size_t end, struct phrase_hit *hits, size_t max);

void scan_line(struct scan *s, struct marks *m, struct line *line);

/* The same for those who ask only what opens a line, whether it holds a caption and whether a desk's own rule keeps it:
 * where there is none of these it has no hits at all. Most paragraphs have none, and are passed over quickly. */
void scan_paragraph(struct scan *s, struct marks *m, struct line *line);

/* May a phrase open the line, or what is behind its brackets and bullets? False: surely not. */
bool scan_may_open(const struct marks *m, const struct line *line);

/* The next such phrase from hits[*i] on, which moves past it; false: there is none. */
bool scan_next(const struct scan *s, size_t *i, struct scan_sign *sign);

/* Does the phrase open the line, or what is in its brackets? */
bool scan_opens(const struct scan *s, const struct phrase_hit *hit);

/* Does a label of this kind open the line? */
bool scan_is_labelled(const struct scan *s, enum phrase_kind kind);

/* Behind blanks and the colon behind a label, or 0: there is none. */
size_t scan_colon(struct str text, size_t at);

/* The line's words from `at` on. */
static inline struct str scan_from(const struct scan *s, size_t at)
{
	return str_slice(s->text, at, s->text.n);
}

#endif
