/*
 * Titles: words that may stand before a person's name and are no part of it ("Presiden", "Dr.", "Señora").
 */
#ifndef WIREDESK_ENTITIES_TITLE_H
#define WIREDESK_ENTITIES_TITLE_H

#include "pipeline/stages/entities/reading.h"

bool title_is_one(const struct reading *r, size_t word);

/* The same of a text, not folded. */
bool title_is_text(struct str text);

/* The same of a word that is folded already; and the table's texts, empty behind the last. */
bool title_is_folded(struct str folded);
struct str title_text(size_t row);

/* Does a title stand right before the word, with its full stop or without? */
bool title_is_before(const struct reading *r, size_t first);

#endif
