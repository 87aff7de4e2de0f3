/*
 * What wires put above a headline: slugs, numbers, keywords, the way to a page, a section's name. Pure functions, any
 * thread.
 */
#ifndef WIREDESK_CLEANUP_HEADS_H
#define WIREDESK_CLEANUP_HEADS_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts a line that no headline looks like; keeps the section that a path ends in. */
bool heads_read(struct scan *s);

/* Cuts "APA0287 5 II 0352 CI" alone, as it may stand below a headline, too. */
bool heads_read_number(struct scan *s);

/* Where the words of a headline begin: behind "^", "++ ", "dpa-AFX: ". */
size_t heads_start(const struct scan *s);

/* Could the line be a headline: no sentence, no paragraph, no dateline? */
bool heads_is_title(const struct marks *m, const struct line *line);

/* Is `line` a section or a slug that stands above the headline `title`, rather than a headline above a second one?
 * apart: other lines stand between. */
bool heads_is_kicker(const struct marks *m, const struct line *line, const struct line *title, bool apart);

/* Is the line one word, as a section's name may be? */
bool heads_is_word(const struct marks *m, const struct line *line);

/* Cuts such a line, and keeps it where it is a section. */
void heads_cut_kicker(struct marks *m, struct line *line);

#endif
