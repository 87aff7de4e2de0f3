/*
 * Names of news agencies. Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_AGENCIES_H
#define WIREDESK_WORDS_AGENCIES_H

#include "pipeline/base/str.h"

/* Is it an agency's name, or several ("AFP/EFE", "ats afp", "TTXVN/Vietnam+")? */
bool agencies_is(struct str name);

/* Does it say by a word of its own that it is one: "Great Lakes Wire", "Redazione ANSA"? */
bool agencies_is_like(struct str name);

/* Of those: does it say no more than that a newsroom wrote it ("Redacción Madrid")? */
bool agencies_is_desk(struct str name);

#endif
