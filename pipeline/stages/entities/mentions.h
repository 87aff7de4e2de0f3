/*
 * Mentions: the runs of words that name somebody or something, from what the tagger marked, what the gazetteer knows
 * for sure, and what the story itself makes sure elsewhere.
 *
 * The same words name the same kind of thing in one story, unless the tagger is sure of both; a name that is sure in
 * one place is found where the tagger passed it over. Time and memory are linear in the words.
 */
#ifndef WIREDESK_ENTITIES_MENTIONS_H
#define WIREDESK_ENTITIES_MENTIONS_H

#include "pipeline/stages/entities/marks.h"
#include "pipeline/stages/entities/mention.h"

/* tagged: the tagger's marks. */
struct mentions mentions_find(const struct reading *r, const struct marks *tagged, const struct marks_known *known);

#endif
