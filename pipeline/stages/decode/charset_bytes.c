#include "pipeline/stages/decode/charset_bytes.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>

static const struct charset_pair {
	const char *charset, *letters;
} charset_pairs[] = {
#define PAIR(charset, letters) {charset, letters},
#include "pipeline/stages/decode/charset_letters.def"
#undef PAIR
};

#define PAIRS (sizeof charset_pairs / sizeof *charset_pairs)

/* What a byte beyond ASCII is, by a pair. */
enum charset_class {
	CLASS_NONE,    /* no character, or a control character */
	CLASS_FOREIGN, /* a letter of other languages */
	CLASS_SIGN,    /* what no newspaper writes: "¤", "¬", box drawings */
	CLASS_MARK,    /* quotes, dashes, currencies: outside of words */
	CLASS_BLANK,   /* U+00A0: between words, where a mark would be inside of one */
	CLASS_SMALL,
	CLASS_LARGE,
	/* Words are of one script: in text of another, ASCII letters are no neighbours that a word may have. */
	CLASS_ASCII_INSIDE,
	CLASSES,
};

/* An alphabet of more letters is in the order of their frequency. */
#define ORDERED_LETTERS 20

/* A byte is looked up for all pairs at once, so that what they say of it stands side by side. */
struct charset_bytes {
	uint8_t classes[256][PAIRS];
	int8_t weights[128][PAIRS]; /* of letters beyond ASCII: quarters */
	double priors[PAIRS]; /* how much likelier than others it is before any byte is read: decides where letters are
	                         few */
	/* What a character says for the pair by the classes before, of and behind it, in quarters, 4 at most: a figure,
	 * and whether the letter's weight is added. */
	int8_t says[CLASSES * CLASSES * CLASSES];
	int8_t is_weighed[CLASSES * CLASSES * CLASSES]; /* -1: it is, 0: not */
};

/* The number of the letter among the letters, or -1. */
static int charset_place(const char *letters, uint32_t c)
{
	struct str s = str_of(letters);
	int place = 0;
	for (size_t at = 0; at < s.n; place++) {
		if (utf8_next(s, &at) == c)
			return place;
	}
	return -1;
}

static enum charset_class charset_class_of(const char *letters, uint32_t c)
{
	static const char marks[] = "‘’“”„‚«»‹›–—…€£§°¿¡·•®©™\u00a0½¼¾²³ºª´²×";
	if (c < 0xa0 || c == 0xfffd || !u_isdefined((UChar32)c))
		return CLASS_NONE;
	if (c == 0xa0)
		return CLASS_BLANK;
	if (charset_place(letters, c) >= 0)
		return CLASS_SMALL;
	if (charset_place(letters, (uint32_t)u_tolower((UChar32)c)) >= 0)
		return CLASS_LARGE;
	if (charset_place(marks, c) >= 0)
		return CLASS_MARK;
	return u_isalpha((UChar32)c) ? CLASS_FOREIGN : CLASS_SIGN;
}

/* Of a long alphabet the first third is three quarters of a text, the last third hardly there. */
static int8_t charset_weight(const char *letters, uint32_t c)
{
	static const int8_t weights[] = {4, 1, -2};
	size_t n = utf8_count(str_of(letters));
	int place = charset_place(letters, (uint32_t)u_tolower((UChar32)c));
	if (place < 0 || n <= ORDERED_LETTERS)
		return 4;
	return weights[3 * (size_t)place / n];
}

/* A byte may be several units only in charsets that are not in the table. */
static uint32_t charset_unit(UConverter *converter, unsigned char byte)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar units[4];
	char in = (char)byte;
	int32_t n = ucnv_toUChars(converter, units, 4, &in, 1, &status);
	return U_SUCCESS(status) && n == 1 ? units[0] : 0xfffd;
}

static enum charset_class charset_ascii(unsigned char c, bool latin)
{
	bool small = c >= 'a' && c <= 'z', large = c >= 'A' && c <= 'Z';
	if (!small && !large)
		return CLASS_MARK;
	return latin ? small ? CLASS_SMALL : CLASS_LARGE : CLASS_ASCII_INSIDE;
}

static bool charset_fill(struct charset_bytes *tables, size_t i)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *converter = ucnv_open(charset_pairs[i].charset, &status);
	if (U_FAILURE(status))
		return false;
	const char *letters = charset_pairs[i].letters;
	size_t at = 0;
	bool latin = utf8_next(str_of(letters), &at) < 0x370;
	bool usual = strcmp(charset_pairs[i].charset, "windows-1252") == 0;
	tables->priors[i] = usual ? .08 : strncmp(charset_pairs[i].charset, "windows", 7) == 0 ? .02 : 0;
	for (int byte = 0; byte < 0x80; byte++)
		tables->classes[byte][i] = (uint8_t)charset_ascii((unsigned char)byte, latin);
	for (int byte = 0x80; byte < 0x100; byte++) {
		uint32_t c = charset_unit(converter, (unsigned char)byte);
		enum charset_class is = charset_class_of(letters, c);
		int8_t weight = charset_weight(letters, c);
		tables->classes[byte][i] = (uint8_t)is;
		tables->weights[byte - 0x80][i] = is == CLASS_LARGE ? weight / 2 : weight;
	}
	ucnv_close(converter);
	return true;
}

/* *is_weighed: the letter's weight is added. */
static int8_t charset_says(int before, int here, int after, bool *is_weighed)
{
	bool inside = before >= CLASS_SMALL && before <= CLASS_LARGE && after >= CLASS_SMALL && after <= CLASS_LARGE;
	*is_weighed = false;
	if (here >= CLASS_SMALL && (before == CLASS_ASCII_INSIDE || after == CLASS_ASCII_INSIDE))
		return -8;
	switch (here) {
	case CLASS_NONE:
		return -12;
	case CLASS_FOREIGN:
		return -6;
	case CLASS_SIGN:
		return -8;
	case CLASS_MARK:
		return inside ? -2 : 2; /* an apostrophe may stand there */
	case CLASS_BLANK:
		return 4;
	case CLASS_LARGE:
		*is_weighed = before != CLASS_SMALL && !(inside && after == CLASS_SMALL);
		return *is_weighed ? 0 : before == CLASS_SMALL ? -6 : -3;
	default:
		*is_weighed = before != CLASS_LARGE || after != CLASS_LARGE;
		return *is_weighed ? 0 : -2;
	}
}

static size_t charset_place_of(size_t before, size_t here, size_t after)
{
	return (before * CLASSES + here) * CLASSES + after;
}

static void charset_fill_says(struct charset_bytes *tables)
{
	for (int before = 0; before < CLASSES; before++)
		for (int here = 0; here < CLASSES; here++)
			for (int after = 0; after < CLASSES; after++) {
				bool is_weighed;
				size_t at = charset_place_of((size_t)before, (size_t)here, (size_t)after);
				tables->says[at] = charset_says(before, here, after, &is_weighed);
				tables->is_weighed[at] = is_weighed ? -1 : 0;
			}
}

struct charset_bytes *charset_bytes_new(struct err *err)
{
	struct charset_bytes *tables = calloc(1, sizeof *tables);
	CHECK(tables);
	charset_fill_says(tables);
	for (size_t i = 0; i < PAIRS; i++) {
		if (!charset_fill(tables, i)) {
			err_set(err, "cannot open ICU's converter '%s'", charset_pairs[i].charset);
			charset_bytes_free(&tables);
			return NULL;
		}
	}
	return tables;
}

void charset_bytes_free(struct charset_bytes **tables)
{
	free(*tables);
	*tables = NULL;
}

/* --- guess -------------------------------------------------------------------------------------------------------- */

/* Of text in a charset of several bytes a character nearly each byte is beyond ASCII; statistics need no more than
 * these. */
#define LOOK_AT_BYTES 20000
#define LOOK_AT_HIGH  2000
/* What is likelier before any byte is read counts less from so many bytes on: one wrong letter of a page decides. */
#define PRIOR_BYTES 60

/* What all pairs say of the character at `at`, added to their sums. */
static void charset_add(const struct charset_bytes *tables, struct str s, size_t at, int32_t sums[PAIRS])
{
	unsigned char c = (unsigned char)s.p[at];
	const uint8_t *before = tables->classes[at ? (unsigned char)s.p[at - 1] : ' '], *here = tables->classes[c];
	const uint8_t *after = tables->classes[at + 1 < s.n ? (unsigned char)s.p[at + 1] : ' '];
	const int8_t *weights = tables->weights[c - 0x80];
	for (size_t i = 0; i < PAIRS; i++) {
		size_t place = charset_place_of(before[i], here[i], after[i]);
		sums[i] += tables->says[place] + (tables->is_weighed[place] & weights[i]);
	}
}

const char *charset_bytes_guess(const struct charset_bytes *tables, struct str bytes, double *fits)
{
	size_t best = 0, high = 0;
	int32_t sums[PAIRS] = {0};
	double best_fit = -100;
	bytes = str_slice(bytes, 0, bytes.n < LOOK_AT_BYTES ? bytes.n : LOOK_AT_BYTES);
	for (size_t at = utf8_ascii_end(bytes, 0); at < bytes.n && high < LOOK_AT_HIGH;
	     at = utf8_ascii_end(bytes, at + 1)) {
		charset_add(tables, bytes, at, sums);
		high++;
	}
	for (size_t i = 0; i < PAIRS; i++) {
		double fit = high ? (double)sums[i] / (double)(4 * high) : 0, prior = tables->priors[i];
		prior = high > PRIOR_BYTES ? prior * PRIOR_BYTES / (double)high : prior;
		if (fit + prior > best_fit) {
			best_fit = fit + prior;
			*fits = fit;
			best = i;
		}
	}
	return charset_pairs[best].charset;
}
