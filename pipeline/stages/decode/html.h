/*
 * Mark-up of a story's body to paragraphs, in a small and safe way: tags go, blocks become lines, scripts and styles go
 * with all that is in them, names of characters become characters, white space is folded as a browser does.
 *
 * No tree and no nesting is kept, so nothing can be nested too deeply, and time is linear whatever the mark-up does.
 * Limitation: this takes a fragment that is a story; it does not look for the story in a web page.
 */
#ifndef WIREDESK_DECODE_HTML_H
#define WIREDESK_DECODE_HTML_H

#include "pipeline/base/arena.h"

/* Does text without a declared type look like mark-up: a tag in front, a tag at the end? */
bool html_is_likely(struct str s);

/* Does it have more than one block (so that a version without mark-up may have lost its paragraphs)? */
bool html_has_blocks(struct str s);

/* Paragraphs joined by one line feed, in `keep`; `tmp` is scratch. Never longer than the mark-up. */
struct str html_to_text(struct str s, struct arena *tmp, struct arena *keep);

#endif
