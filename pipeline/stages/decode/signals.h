/*
 * What the words of a format say about the story as a message: that it kills, withdraws, corrects or updates another.
 * All of it ends in the draft's control, is_correction, correction and is_partial.
 */
#ifndef WIREDESK_DECODE_SIGNALS_H
#define WIREDESK_DECODE_SIGNALS_H

#include "pipeline/stages/decode/draft.h"

/* The words before a headline: "KILL - …", "CORRECTED-UPDATE 2-…", "【更正】…". */
void signals_headline(struct draft *draft, struct str headline);

/* Notes for editors: a sentence that begins with a word for a correction or an update, in many languages. */
void signals_notes(struct draft *draft, struct str notes);

/* The reason that a sender gives for a new version ("Neu: …" adds, all else corrects). */
void signals_reason(struct draft *draft, struct str note);

#endif
