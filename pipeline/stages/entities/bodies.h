/*
 * Bodies: is the word what an organisation is, in any language: "commission", "Verband", "банк", "liitto"? Of names
 * whose initials stand in brackets this tells those of organisations from "gross domestic product (GDP)".
 */
#ifndef WIREDESK_ENTITIES_BODIES_H
#define WIREDESK_ENTITIES_BODIES_H

#include "pipeline/stages/entities/reading.h"

/* Is the word at `at` where a language puts what a name is of? "Zentralbank" at the end, "Bank of …"; first, or behind
 * an adjective, elsewhere. */
bool bodies_may_be_head(const struct reading *r, size_t first, size_t end, size_t at);

/* Is one of the words of a name what the name is of, where its language puts that word: before the rest, or behind? */
bool bodies_has_head(const struct reading *r, size_t first, size_t end);

#endif
