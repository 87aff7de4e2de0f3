/*
 * Lines that name who made the story without a label: by an agency beside the name, or by their place and by words that
 * the story has nowhere else. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_MAKERS_H
#define WIREDESK_CLEANUP_MAKERS_H

#include "pipeline/stages/cleanup/scan.h"

/* "Anna Berg/TT och Gus Sand/TT", "Anna Berg, BNS", "STT – Anna Berg", "Ana Reis - Repórter da Agência Brasil": names
 * and an agency; names behind "by", in small letters, too. Cuts the line and keeps both. */
bool makers_try_house(struct scan *s);

/* "Anna Berg og Gus Sand": full names and nothing else, of which no word stands elsewhere in the text, beside a
 * sentence: below a headline (not `last`) or behind the last paragraph (`last`). */
bool makers_try_alone(struct scan *s, bool last);

/* Does the line name whom or what the rest of the text names, too? */
bool makers_tells_on(const struct scan *s);

/* "Moa Lind/NTT", "Mette Krogh /Rizo/", "Thu Hạ (TTXN)", "STS/Aino Vaara": names that stand nowhere else in the text,
 * and beside them an agency's name, known or not, below a sentence or below what is cut. */
bool makers_try_signed(struct scan *s);

/* "Kusttext": a word that the text has nowhere, below its last sentence: who sent it. */
bool makers_try_outlet(struct scan *s);

#endif
