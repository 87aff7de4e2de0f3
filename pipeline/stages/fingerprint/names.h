/*
 * The capitalised words of a story's lead: who and where it is about, as far as capital letters tell.
 */
#ifndef WIREDESK_NAMES_H
#define WIREDESK_NAMES_H

#include "pipeline/base/str.h"
#include "pipeline/sketch.h"

/* The lead: so many words, and never more than so many bytes. */
#define NAMES_LEAD_WORDS 80
#define NAMES_LEAD_BYTES 2000

/* Fills text->names and their words; where capitals are everywhere they tell nothing, and the flag says so. */
void names_read(struct str body, struct sketch_text *text, struct sketch_words *words);

#endif
