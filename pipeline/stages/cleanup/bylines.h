/*
 * Lines that say who made the story: authors, editors, contributors, sources. Pure functions, any thread.
 *
 * Each cuts the line and keeps its pieces, where it is one of these.
 */
#ifndef WIREDESK_CLEANUP_BYLINES_H
#define WIREDESK_CLEANUP_BYLINES_H

#include "pipeline/stages/cleanup/scan.h"

/* "By NORA TEASDALE" */
bool bylines_try_by(struct scan *s);

/* "Penulis : Haryo Jati Editor : Deni-Muliya" */
bool bylines_try_labels(struct scan *s);

/* The same, labels or "By", from `at` to the line's end, without cutting the line. */
bool bylines_labels_from(struct scan *s, size_t at);

bool bylines_by_from(struct scan *s, size_t at);

/* The same for labels that [at, end) is made of; keeps the names if `keep`. */
bool bylines_labels_between(struct scan *s, size_t at, size_t end, bool keep);

/* "(Con información de AFP y EFE)": a source without a colon, among the last lines. */
bool bylines_try_credit(struct scan *s);

/* "(Reporting by Nora Teasdale; Editing by Colm Vance)" */
bool bylines_try_contributors(struct scan *s);

/* "Keystone writer Dale Ormsby contributed from Holt." */
bool bylines_try_contributed(struct scan *s);

/* "AGERPRES/(A - autor: Ion Pop, editor: Ada Lupu)", "【责任编辑:周明】" */
bool bylines_try_bracket(struct scan *s);

/* The same behind the last sentence of a line that stays: the rule, and where the sign begins; NULL: there is none. */
const char *bylines_behind(struct marks *m, const struct line *line, size_t *start);

/* "Sam Porter in Holm", "Dimas Arpan, Ratna Dewi": full names without a word before them. Only beside a time line is
 * that a byline, or a section's name in two words, and goes. */
bool bylines_may_be_beside_time(const struct scan *s);
bool bylines_cut_beside_time(struct scan *s);

/* "Sonia Otfin, Jan Bruszew": full names and nothing else, where no author is known. Only above an agency's sign is a
 * line like that a byline. */
bool bylines_try_names(struct scan *s);

/* "Yayıncı: Murat Çınar": a name behind a label that the table does not have. Only below a line of labels that it has
 * is that a byline. */
bool bylines_is_like_label(const struct scan *s);
bool bylines_try_like_label(struct scan *s);

/* A line that is an agency's name, above the text. */
bool bylines_try_agency(struct scan *s);

#endif
