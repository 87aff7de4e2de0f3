/*
 * ASCII is folded here; only what is near to other characters goes through ICU. A piece may be cut before any ASCII
 * character, since nothing before one combines with it. Where a piece would grow over its limit without one, ICU is
 * asked for a boundary; in a run of combining marks that has none (no language does that) it is cut anyway, at the same
 * place each time, so that such a text costs no more than any other. See folding.h.
 */
#include "pipeline/stages/fingerprint/folding.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

/* So many ASCII bytes in a row end a piece: from there on folding them here is cheaper. */
#define FOLDING_ASCII_RUN 32

bool folding_init(struct folding *f, struct err *err)
{
	UErrorCode code = U_ZERO_ERROR;
	f->table = unorm2_getNFKCCasefoldInstance(&code);
	if (U_FAILURE(code))
		return err_set(err, "cannot load ICU's table for NFKC_Casefold: %s; is the ICU data package installed?",
		               u_errorName(code));
	return true;
}

/* --- what comes out --------------------------------------------------------------------------------------------- */

static void folding_flush(struct folding *f)
{
	if (f->n)
		f->take(f->arg, f->out, f->n);
	f->n = 0;
}

void folding_blank(struct folding *f)
{
	f->blank_is_due = f->any;
}

/* Room for one blank and one character of four bytes. */
static void folding_prepare(struct folding *f)
{
	if (f->n + 5 > FOLDING_OUT_BYTES)
		folding_flush(f);
	if (f->blank_is_due)
		f->out[f->n++] = ' ';
	f->blank_is_due = false;
	f->any = true;
}

/* A run of ASCII characters, lower-cased. The loop that most text goes through: it writes to where there is room. */
static void folding_put_ascii(struct folding *f, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];
		if (c <= ' ' && str_is_space(c)) {
			folding_blank(f);
			continue;
		}
		if (f->blank_is_due || f->n + 5 > FOLDING_OUT_BYTES || !f->any)
			folding_prepare(f);
		f->out[f->n++] = (char)(c + (c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0));
	}
}

static void folding_put(struct folding *f, UChar32 c)
{
	if (u_isUWhiteSpace(c)) {
		folding_blank(f);
		return;
	}
	folding_prepare(f);
	f->n += utf8_write(f->out + f->n, (uint32_t)c);
}

/* --- pieces --------------------------------------------------------------------------------------------------- */

static bool folding_is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* The last place at or before `end` where the text may be cut, or 0: see the file's head. */
static size_t folding_boundary(const struct folding *f, struct str text, size_t end)
{
	for (size_t at = end; at > 0; at--) {
		if (((unsigned char)text.p[at] & 0xc0) == 0x80)
			continue;
		size_t next = at;
		if (unorm2_hasBoundaryBefore(f->table, (UChar32)utf8_next(text, &next)))
			return at;
	}
	return 0;
}

/* The start of the character that `at` lies in. */
static size_t folding_character(struct str text, size_t at)
{
	while (((unsigned char)text.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Length of the piece that begins text: to a long run of ASCII, or as much as there is room for. */
static size_t folding_piece_length(const struct folding *f, struct str text)
{
	size_t limit = text.n < FOLDING_PIECE_BYTES ? text.n : FOLDING_PIECE_BYTES;
	size_t ascii_run = 0;
	for (size_t at = 0; at < limit; at++) {
		ascii_run = folding_is_ascii(text.p[at]) ? ascii_run + 1 : 0;
		if (ascii_run == FOLDING_ASCII_RUN)
			return at;
	}
	if (limit == text.n)
		return limit;
	size_t boundary = folding_boundary(f, text, limit);
	return boundary ? boundary : folding_character(text, limit);
}

static void folding_piece(struct folding *f, struct str piece)
{
	CHECK(piece.n > 0 && piece.n <= FOLDING_PIECE_BYTES);
	UErrorCode code = U_ZERO_ERROR;
	int32_t n = 0;
	u_strFromUTF8(f->units, FOLDING_PIECE_BYTES, &n, piece.p, (int32_t)piece.n, &code);
	/* "Not terminated" is a warning: the text just fits. Anything else cannot be: it is valid UTF-8. */
	CHECK(U_SUCCESS(code));
	code = U_ZERO_ERROR;
	int32_t folded = unorm2_normalize(f->table, f->units, n, f->folded, FOLDING_FOLDED_UNITS, &code);
	CHECK(U_SUCCESS(code));
	for (int32_t i = 0; i < folded;) {
		UChar32 c;
		U16_NEXT(f->folded, i, folded, c);
		folding_put(f, c);
	}
}

/* Length of the run of ASCII at `at` that may be folded here: an ASCII character before another kind may combine with
 * it. */
static size_t folding_ascii_run(struct str text, size_t at)
{
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	size_t end = at;
	for (uint64_t word; end + sizeof(word) <= text.n; end += sizeof(word)) {
		memcpy(&word, text.p + end, sizeof(word));
		if (word & high_bits)
			break;
	}
	while (end < text.n && folding_is_ascii(text.p[end]))
		end++;
	bool is_followed = end < text.n && end > at;
	return end - at - is_followed;
}

void folding_begin(struct folding *f, void (*take)(void *arg, const char *p, size_t n), void *arg)
{
	f->take = take;
	f->arg = arg;
	f->n = 0;
	f->any = f->blank_is_due = false;
}

void folding_feed(struct folding *f, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t n = folding_ascii_run(text, i);
		folding_put_ascii(f, text.p + i, n);
		i += n;
		if (i == text.n)
			break;
		n = folding_piece_length(f, str_slice(text, i, text.n));
		folding_piece(f, str_slice(text, i, i + n));
		i += n;
	}
}

bool folding_end(struct folding *f)
{
	folding_flush(f);
	return f->any;
}
