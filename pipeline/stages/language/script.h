/*
 * Which script is a text written in? Told by its letters. Pure functions, any thread.
 */
#ifndef WIREDESK_LANGUAGE_SCRIPT_H
#define WIREDESK_LANGUAGE_SCRIPT_H

#include "pipeline/base/str.h"

struct script_found {
	const char
	        *name; /* ISO 15924; Jpan, Kore, Hans and Hant for the writing systems of East Asia; NULL: no letters */
	size_t letters; /* of this script */
	double share;   /* of all letters, as far as they say something */
};

/* The script that most letters belong to. The text must be valid UTF-8. */
struct script_found script_find(struct str text);

/* The name of the group of languages that it belongs to in the model: "Hani" for Hans and Hant, else its own. */
const char *script_group(const char *script);

#endif
