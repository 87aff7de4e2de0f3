/*
 * Most characters fold by themselves: ICU is asked for them once, and from then on they stand in a table. ASCII needs
 * no table. Only what goes together with its neighbours (marks that combine, jamos, what folds to nothing) goes through
 * ICU, in pieces. A text may be cut before any character that ICU calls a boundary. Where a piece would grow over its
 * limit without one, in a run of combining marks (no language does that), it is cut anyway, at the same place each
 * time, so that such a text costs no more than any other. See folding.h.
 */
#include "pipeline/stages/fingerprint/folding.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/fingerprint/step.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

/* So many characters in a row that fold by themselves end a piece: from there on folding them here is cheaper. */
#define FOLDING_SIMPLE_RUN 16
/* What a character is, in the lowest byte of its word: so many bytes it becomes, or a blank; with neither bit it is not
 * simple. A text may be cut before it. The seven bytes above are what it becomes, the first the lowest. */
#define FOLDING_BYTES    0x07
#define FOLDING_SIMPLE   0x08
#define FOLDING_BLANK    0x10
#define FOLDING_BOUNDARY 0x20
/* A word of eight bytes, each of them c. */
#define FOLDING_EACH(c) ((uint64_t)(c)*UINT64_C(0x0101010101010101))

bool folding_init(struct folding *f, struct err *err)
{
	UErrorCode code = U_ZERO_ERROR;
	f->table = unorm2_getNFKCCasefoldInstance(&code);
	if (U_FAILURE(code))
		return err_set(err, "cannot load ICU's table for NFKC_Casefold: %s; is the ICU data package installed?",
		               u_errorName(code));
	return true;
}

void folding_free(struct folding *f)
{
	for (size_t i = 0; i < FOLDING_PAGES; i++)
		free(f->pages[i]);
}

/* --- characters ------------------------------------------------------------------------------------------------- */

/* What folds to blanks and something else, or to much, is not simple. */
static uint64_t folding_spell(const UChar *folded, int32_t n)
{
	uint64_t bytes = 0;
	size_t length = 0;
	for (int32_t i = 0; i < n;) {
		char character[4];
		UChar32 c;
		U16_NEXT(folded, i, n, c);
		if (u_isUWhiteSpace(c))
			return n == 1 ? FOLDING_BLANK : 0;
		size_t more = utf8_write(character, (uint32_t)c);
		if (length + more > FOLDING_BYTES)
			return 0;
		for (size_t k = 0; k < more; k++)
			bytes |= (uint64_t)(unsigned char)character[k] << 8 * ++length;
	}
	return bytes | FOLDING_SIMPLE | length;
}

static uint64_t folding_make_char(const struct folding *f, UChar unit)
{
	UChar folded[FOLDING_PAGE_CHARS];
	UErrorCode code = U_ZERO_ERROR;
	if (!unorm2_hasBoundaryBefore(f->table, unit))
		return 0;
	int32_t n = unorm2_normalize(f->table, &unit, 1, folded, FOLDING_PAGE_CHARS, &code);
	CHECK(U_SUCCESS(code));
	/* Half of a pair of units cannot be met. */
	return FOLDING_BOUNDARY | (U16_IS_SURROGATE(unit) ? 0 : folding_spell(folded, n));
}

static struct folding_page *folding_make_page(struct folding *f, uint32_t number)
{
	struct folding_page *page = malloc(sizeof(*page));
	if (!page)
		check_panic("out of memory");
	for (uint32_t i = 0; i < FOLDING_PAGE_CHARS; i++)
		page->chars[i] = folding_make_char(f, (UChar)(number * FOLDING_PAGE_CHARS + i));
	return f->pages[number] = page;
}

/* The character at `at`, which moves behind it. */
static inline uint64_t folding_next(struct folding *f, struct str text, size_t *at)
{
	uint32_t c = step_next(text, at), number = c / FOLDING_PAGE_CHARS;
	if (number >= FOLDING_PAGES)
		return unorm2_hasBoundaryBefore(f->table, (UChar32)c) ? FOLDING_BOUNDARY : 0;
	const struct folding_page *page = f->pages[number];
	if (!page)
		page = folding_make_page(f, number);
	return page->chars[c % FOLDING_PAGE_CHARS];
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

/* Room for one blank and what one character becomes. */
static void folding_prepare(struct folding *f)
{
	if (f->n + 1 + sizeof(uint64_t) > FOLDING_OUT_BYTES)
		folding_flush(f);
	if (f->blank_is_due)
		f->out[f->n++] = ' ';
	f->blank_is_due = false;
	f->any = true;
}

static char folding_lower(char c)
{
	return (char)(c + (c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0));
}

/* Eight ASCII characters, lower-cased: a capital's bit 7 is set by the first sum and not by the second. */
static uint64_t folding_lower_eight(uint64_t w)
{
	uint64_t from_a = w + FOLDING_EACH(0x80 - 'A'), behind_z = w + FOLDING_EACH(0x7f - 'Z');
	return w | ((from_a ^ behind_z) & FOLDING_EACH(0x80)) >> 2;
}

/*
 * Copies eight characters at a time while all white space among them is single blanks; the first is none. A blank at
 * the end waits for what follows it. How many went.
 */
static size_t folding_put_eights(char *out, const char *p, size_t n)
{
	size_t i = 0;
	for (uint64_t w; i + sizeof(w) <= n;) {
		memcpy(&w, p + i, sizeof(w));
		w = le64toh(w);
		uint64_t blanks = w ^ FOLDING_EACH(' ');
		blanks = (blanks - FOLDING_EACH(1)) & ~blanks & FOLDING_EACH(0x80);
		uint64_t control = (w - FOLDING_EACH(' ')) & ~w & FOLDING_EACH(0x80);
		if (control | (blanks & blanks << 8))
			break;
		w = htole64(folding_lower_eight(w));
		memcpy(out + i, &w, sizeof(w));
		i += sizeof(w) - (blanks >> 63);
	}
	return i;
}

/* A run of ASCII characters, lower-cased. The loop that most text goes through: it writes to where there is room, a
 * word at a time. */
static void folding_put_ascii(struct folding *f, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (p[i] <= ' ' && str_is_space(p[i])) {
			folding_blank(f);
			i++;
			continue;
		}
		folding_prepare(f);
		size_t room = FOLDING_OUT_BYTES - f->n, end = n - i < room ? n : i + room;
		char *out = f->out + f->n;
		size_t start = i;
		i += folding_put_eights(out, p + i, end - i);
		out += i - start;
		for (; i < end && !(p[i] <= ' ' && str_is_space(p[i])); i++)
			*out++ = folding_lower(p[i]);
		f->n += i - start;
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

static void folding_put_char(struct folding *f, uint64_t c)
{
	if (c & FOLDING_BLANK) {
		folding_blank(f);
		return;
	}
	folding_prepare(f);
	uint64_t bytes = htole64(c >> 8);
	memcpy(f->out + f->n, &bytes, sizeof(bytes));
	f->n += c & FOLDING_BYTES;
}

static bool folding_is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* The characters from `at` on that fold by themselves, up to a run of ASCII; where they end. */
static size_t folding_put_simple(struct folding *f, struct str text, size_t at)
{
	size_t next = at;
	uint64_t c = folding_next(f, text, &next);
	while (c & (FOLDING_SIMPLE | FOLDING_BLANK)) {
		size_t behind = next;
		uint64_t after = next < text.n ? folding_next(f, text, &behind) : FOLDING_BOUNDARY;
		if (!(after & FOLDING_BOUNDARY))
			break;
		folding_put_char(f, c);
		at = next;
		if (at == text.n ||
		    (folding_is_ascii(text.p[at]) && at + 1 < text.n && folding_is_ascii(text.p[at + 1])))
			break;
		c = after;
		next = behind;
	}
	return at;
}

/* --- pieces --------------------------------------------------------------------------------------------------- */

/* The start of the character that `at` lies in. */
static size_t folding_character(struct str text, size_t at)
{
	while (((unsigned char)text.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Length of the piece that begins text: to a run of characters that fold by themselves, or as much as there is room
 * for. */
static size_t folding_piece_length(struct folding *f, struct str text)
{
	size_t limit = text.n < FOLDING_PIECE_BYTES ? text.n : FOLDING_PIECE_BYTES;
	size_t run = 0, run_at = 0, boundary = 0;
	for (size_t at = 0; at < limit;) {
		size_t start = at;
		uint64_t c = folding_next(f, text, &at);
		if (at > limit)
			break;
		bool is_boundary = c & FOLDING_BOUNDARY;
		if (is_boundary)
			boundary = start;
		if (!run)
			run_at = start;
		run = is_boundary && c & (FOLDING_SIMPLE | FOLDING_BLANK) ? run + 1 : 0;
		if (run == FOLDING_SIMPLE_RUN && run_at > 0)
			return run_at;
	}
	if (limit == text.n)
		return limit;
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
		n = folding_put_simple(f, text, i) - i;
		if (!n) {
			n = folding_piece_length(f, str_slice(text, i, text.n));
			folding_piece(f, str_slice(text, i, i + n));
		}
		i += n;
	}
}

bool folding_end(struct folding *f)
{
	folding_flush(f);
	return f->any;
}
