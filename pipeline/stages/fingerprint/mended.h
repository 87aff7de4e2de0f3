/*
 * Text that went through a wrong charset on its way, read as it was meant: UTF-8 that somebody took for Windows-1252
 * ("cafÃ©", "â€™"). For comparison alone: what the record has of the text stays as it came.
 */
#ifndef WIREDESK_MENDED_H
#define WIREDESK_MENDED_H

#include "pipeline/base/arena.h"

/* The text itself, or a mended copy in the arena. Text is mended where two such characters stand in it at least, and
 * more than accented letters as they should be. */
struct str mended_text(struct arena *a, struct str text);

#endif
