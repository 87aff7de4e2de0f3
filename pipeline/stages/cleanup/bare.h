/*
 * Signs at the end that need no table of phrases: initials, numbers and times of a message, an agency's name,
 * addresses. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_BARE_H
#define WIREDESK_CLEANUP_BARE_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts the line and keeps its time or its agency, where it is one of these. */
bool bare_read(struct scan *s);

/* "ENS", "(PAB)", "(Abc/PAB)", "PTI SA VGN": an agency signs. Cuts nothing, and keeps the agency. */
bool bare_is_signature(struct scan *s);

/* Is the line initials with strokes, or of a story with an agency some groups without: "jvo mha"? */
bool bare_signs(const struct scan *s);

/* "gh/rs", "ZC // MA", "ktl \ kbt": initials of those who made it. */
bool bare_is_initials(struct str s);

/* "kpd as tb", "PTI SA VGN", "भाषा अमित नरेश": short words, or names without capitals, behind an agency. */
bool bare_is_agency_and_initials(struct str s, struct str agency);

/* The dateline's agency, without region. */
struct str bare_agency(const struct marks *m);

#endif
