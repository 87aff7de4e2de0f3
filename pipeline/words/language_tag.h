/* Language tags as others write them: is it well-formed (BCP 47) and of a language that ISO 639 knows? */
#ifndef WIREDESK_WORDS_LANGUAGE_TAG_H
#define WIREDESK_WORDS_LANGUAGE_TAG_H

#include "pipeline/base/arena.h"

#define LANGUAGE_TAG_GUESS_BYTES 12

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

/*
 * What may have been meant by something that is no tag: "en" by "english". False when nothing is near. The languages'
 * names are known in English.
 */
bool language_tag_guess(struct str written, char tag[LANGUAGE_TAG_GUESS_BYTES]);

#endif
