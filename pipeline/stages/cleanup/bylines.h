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

/* The same from `at` to the line's end, without cutting the line. */
bool bylines_labels_from(struct scan *s, size_t at);

/* "(Con información de AFP y EFE)": a source without a colon, among the last lines. */
bool bylines_try_credit(struct scan *s);

/* "(Reporting by Nora Teasdale; Editing by Colm Vance)" */
bool bylines_try_contributors(struct scan *s);

/* "Keystone writer Dale Ormsby contributed from Holt." */
bool bylines_try_contributed(struct scan *s);

#endif
