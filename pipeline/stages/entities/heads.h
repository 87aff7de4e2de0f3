/*
 * Heads: what words beside a name say that it is. "Universidad de Chile" and "Halder Inc." are organisations, "canal de
 * Bourgogne" and "Skeena River" are places, "the exporter Norrin" is no person, and a storm is nobody.
 *
 * The tagger's marks are set right by them, and names that it passed over are marked. Linear in the words.
 */
#ifndef WIREDESK_ENTITIES_HEADS_H
#define WIREDESK_ENTITIES_HEADS_H

#include "pipeline/stages/entities/marks.h"

struct marks heads_mark(const struct reading *r, const struct marks *tagged);

#endif
