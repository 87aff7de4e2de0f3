/*
 * Lines that wires put among paragraphs: promos, advertisements, share buttons, captions. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_BETWEEN_H
#define WIREDESK_CLEANUP_BETWEEN_H

#include "pipeline/stages/cleanup/scan.h"

/* Cuts the line and keeps its pieces, where it is one of these. */
bool between_read(struct scan *s);

/* The same for one phrase of it: a line of the wire's own, without captions. */
bool between_try(struct scan *s, const struct scan_sign *sign);

/* "*** Serviços áudio e vídeo disponíveis ***": a note between rows of marks. */
bool between_try_enclosed(struct scan *s);

#endif
