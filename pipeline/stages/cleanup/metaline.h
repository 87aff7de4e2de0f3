/*
 * The line of section and time near the headline, also where the dateline is glued to it. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_METALINE_H
#define WIREDESK_CLEANUP_METALINE_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts the line, or its beginning (line->cut_to), and keeps section and time; notes a glued boundary. */
bool metaline_read(struct scan *s);

/* Are there digits enough for a date? */
bool metaline_may_be(const struct scan *s);

/* Behind a word that says that a time follows at `at` ("Published:"), or 0. */
size_t metaline_behind_word(const struct scan *s, size_t at);

#endif
