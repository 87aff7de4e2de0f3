/* Declared language tags: is it well-formed (BCP 47) and of a language that ISO 639 knows? */
#ifndef WIREDESK_DECODE_LANGUAGE_TAG_H
#define WIREDESK_DECODE_LANGUAGE_TAG_H

#include "pipeline/base/arena.h"

/* A bit a code of two or three letters. Made once, read by all lanes. */
struct language_codes {
	uint8_t known[(26 * 26 + 26 * 26 * 26 + 7) / 8];
};

void language_codes_fill(struct language_codes *codes);

/*
 * The tag in the usual spelling (zh-Hant-TW; '_' counts as '-'), in the arena. Empty where it says nothing: malformed,
 * of an unknown language, or one of und, mul, mis, zxx.
 */
struct str language_tag_read(const struct language_codes *codes, struct str written, struct arena *a);

#endif
