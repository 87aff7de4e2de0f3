/*
 * The line of section and time near the headline, also where the dateline is glued to it. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_METALINE_H
#define WIREDESK_CLEANUP_METALINE_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts the line, or its beginning (line->cut_to), and keeps section and time; notes a glued boundary. */
bool metaline_read(struct scan *s);

#endif
