/*
 * Who sent a story, for whoever asks who copied whom. It decides nothing.
 */
#ifndef WIREDESK_SENDER_H
#define WIREDESK_SENDER_H

#include "pipeline/stage.h"

/* The agency or outlet that its text names, else the one that its format does, else the row of `sources:` that it came
 * by: whole characters, at most so many bytes. Empty: nobody says. Lives in call->keep, or as long as the story. */
struct str sender_of(struct call *call, const struct story *st, size_t bytes_max);

#endif
