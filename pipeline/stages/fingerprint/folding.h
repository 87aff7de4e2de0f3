/*
 * Text as it is compared: after NFKC, case folding (Unicode's NFKC_Casefold) and white space, each run of which counts
 * as one blank, at the ends as none.
 *
 * Text goes through in pieces, so memory does not depend on its length, and what comes out does not depend on the
 * pieces. One thread.
 */
#ifndef WIREDESK_FOLDING_H
#define WIREDESK_FOLDING_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"

#include <unicode/unorm2.h>

#define FOLDING_PIECE_BYTES 2048
/* U+FDFA makes 18 UTF-16 units of 3 bytes: 6 a byte, which nothing surpasses. */
#define FOLDING_FOLDED_UNITS (6 * FOLDING_PIECE_BYTES + 64)
#define FOLDING_OUT_BYTES    4096

/* Characters of the planes that have pages; others are left to ICU. */
#define FOLDING_PAGES      256
#define FOLDING_PAGE_CHARS 256

/* What a character becomes where neither it nor the next one goes together with the one before: see folding.c. */
struct folding_page {
	uint64_t chars[FOLDING_PAGE_CHARS];
};

struct folding {
	const UNormalizer2 *table;                 /* ICU's own, for the process */
	struct folding_page *pages[FOLDING_PAGES]; /* made when a character is first met */
	/* Gets what comes out: whole characters of UTF-8, at most FOLDING_OUT_BYTES at a time. */
	void (*take)(void *arg, const char *p, size_t n);
	void *arg;
	size_t n;
	bool any;          /* something came out */
	bool blank_is_due; /* white space was met behind something */
	char out[FOLDING_OUT_BYTES];
	UChar units[FOLDING_PIECE_BYTES];
	UChar folded[FOLDING_FOLDED_UNITS];
};

bool folding_init(struct folding *f, struct err *err);
void folding_free(struct folding *f);

void folding_begin(struct folding *f, void (*take)(void *arg, const char *p, size_t n), void *arg);
/* Valid UTF-8. May be called again: the texts are one behind the other. */
void folding_feed(struct folding *f, struct str text);
/* As white space in the text. */
void folding_blank(struct folding *f);
/* Hands on what is left. False: nothing but white space came. */
bool folding_end(struct folding *f);

#endif
