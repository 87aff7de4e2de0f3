/*
 * Splitting in one pass. See words.h.
 *
 * Hyphens and apostrophes never join: "Jong-un" is three words, so are "Putin's", "l'Italia" and "O'Neill". What
 * belongs to a name there differs by language and by name ("Korea Utara-Rusia", "Marie-Claire"), and who labels words
 * can say it only of words. The letters among the modifiers (as in Hawaiʻi) are letters. Marks, and the joiners of
 * Persian and Indic scripts, belong to what stands before them.
 *
 * A sentence ends with . ! ? … and their like, with quotes and brackets behind them, when white space follows and then
 * no small letter; a wide sign (。) needs no white space. A full stop ends none behind a single letter ("J. Doe", "U.S.
 * troops"), a number of one or two digits ("21. Januar"), or a title ("Dr.").
 */
#include "pipeline/stages/entities/words.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>

#define WORDS_CLOSERS_MAX 4 /* behind a sentence's end; more are no ordinary sentence */
#define WORDS_TITLE_MAX   7 /* letters */

enum words_class {
	WORDS_SPACE,
	WORDS_LINE,
	WORDS_UPPER,
	WORDS_LOWER,
	WORDS_CASELESS,
	WORDS_MARK,
	WORDS_DIGIT,
	WORDS_ALONE,
	WORDS_OTHER,
};

struct words_reader {
	struct words words;
	struct arena *arena;
	size_t room;
	size_t at, cp;  /* of the next character, whose… */
	size_t next_at; /* …end and… */
	uint8_t flags;  /* …flags from what stands before it, and… */
	uint8_t class;  /* …class are these */
};

/* --- characters ------------------------------------------------------------------------------------------------ */

static bool words_is_between(uint32_t c, uint32_t first, uint32_t last)
{
	return c - first <= last - first;
}

/* Of a script written without spaces, or where endings are glued to names as in Korean? */
static bool words_is_alone(uint32_t c)
{
	if (c < 0x0e00)
		return false;
	if (c < 0x2e80)
		return words_is_between(c, 0x0e00, 0x0eff) || words_is_between(c, 0x1000, 0x109f) ||
		       words_is_between(c, 0x1780, 0x17ff);
	return words_is_between(c, 0x2e80, 0x2fdf) || words_is_between(c, 0x3005, 0x3007) ||
	       words_is_between(c, 0x3021, 0x30ff) || words_is_between(c, 0x31f0, 0x31ff) ||
	       words_is_between(c, 0x3400, 0x9fff) || words_is_between(c, 0xa9e0, 0xa9ff) ||
	       words_is_between(c, 0xaa60, 0xaa7f) || words_is_between(c, 0xac00, 0xd7ff) ||
	       words_is_between(c, 0xf900, 0xfaff) || words_is_between(c, 0xff66, 0xff9f) ||
	       words_is_between(c, 0x20000, 0x3ffff);
}

static enum words_class words_letter_class(uint32_t c, int8_t type)
{
	if (words_is_alone(c))
		return WORDS_ALONE;
	/* Georgian has capitals that its texts do not use. */
	if (words_is_between(c, 0x10d0, 0x10ff))
		return WORDS_CASELESS;
	if (type == U_UPPERCASE_LETTER || type == U_TITLECASE_LETTER)
		return WORDS_UPPER;
	return type == U_LOWERCASE_LETTER ? WORDS_LOWER : WORDS_CASELESS;
}

static enum words_class words_class_of(uint32_t c)
{
	/* Most letters beyond ASCII: Cyrillic, Han, Hangul. */
	if (words_is_between(c, 0x0410, 0x044f))
		return c < 0x0430 ? WORDS_UPPER : WORDS_LOWER;
	if (words_is_between(c, 0x4e00, 0x9fff) || words_is_between(c, 0xac00, 0xd7a3))
		return WORDS_ALONE;
	int8_t type = u_charType((UChar32)c);
	switch (type) {
	case U_UPPERCASE_LETTER:
	case U_LOWERCASE_LETTER:
	case U_TITLECASE_LETTER:
	case U_MODIFIER_LETTER:
	case U_OTHER_LETTER:
	case U_LETTER_NUMBER:
		return words_letter_class(c, type);
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
	case U_COMBINING_SPACING_MARK:
		return WORDS_MARK;
	case U_DECIMAL_DIGIT_NUMBER:
		return WORDS_DIGIT;
	case U_LINE_SEPARATOR:
	case U_PARAGRAPH_SEPARATOR:
		return WORDS_LINE;
	case U_FORMAT_CHAR:
		/* Soft hyphen, the joiners and non-joiners. */
		return c == 0xad || c == 0x200c || c == 0x200d ? WORDS_MARK : WORDS_SPACE;
	case U_SPACE_SEPARATOR:
	case U_CONTROL_CHAR:
		return WORDS_SPACE;
	default:
		return WORDS_OTHER;
	}
}

static const uint8_t words_ascii[128] = {
        [0 ... 9] = WORDS_SPACE,     [10] = WORDS_LINE,           [11 ... 12] = WORDS_SPACE,
        [13] = WORDS_LINE,           [14 ... ' '] = WORDS_SPACE,  ['!' ... '/'] = WORDS_OTHER,
        ['0' ... '9'] = WORDS_DIGIT, [':' ... '@'] = WORDS_OTHER, ['A' ... 'Z'] = WORDS_UPPER,
        ['[' ... '`'] = WORDS_OTHER, ['a' ... 'z'] = WORDS_LOWER, ['{' ... '~'] = WORDS_OTHER,
        [0x7f] = WORDS_SPACE,
};

/* The character at *at, which moves past it: of two and three bytes, as most beyond ASCII are, here. */
static uint32_t words_next(struct str text, size_t *at)
{
	const unsigned char *p = (const unsigned char *)text.p + *at;
	if (p[0] >= 0xc0 && p[0] < 0xe0 && text.n - *at >= 2) {
		*at += 2;
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	}
	if (p[0] >= 0xe0 && p[0] < 0xf0 && text.n - *at >= 3) {
		*at += 3;
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	}
	return utf8_next(text, at);
}

/* Looks at the character at `at`; false at the end. */
static bool words_look(struct words_reader *r)
{
	struct str text = r->words.text;
	if (r->at >= text.n)
		return false;
	unsigned char c = (unsigned char)text.p[r->at];
	r->next_at = r->at;
	if (c < 0x80) {
		r->next_at++;
		r->class = words_ascii[c];
	} else {
		r->class = (uint8_t)words_class_of(words_next(text, &r->next_at));
	}
	return true;
}

static void words_pass(struct words_reader *r)
{
	r->at = r->next_at;
	r->cp++;
}

/* --- sentences -------------------------------------------------------------------------------------------------- */

static bool words_sign_is_one_of(const struct words *w, size_t i, const char *const *signs)
{
	struct str sign = words_text(w, i);
	for (; *signs; signs++)
		if (**signs == sign.p[0] && str_is(sign, *signs))
			return true;
	return false;
}

static bool words_is_closer(const struct words *w, size_t i)
{
	static const char *const wide[] = {"”", "’", "»", "›", "“", "«", "」", "』", "）", "】", NULL};
	if (w->at[i].kind != WORD_SIGN || w->at[i].flags & WORD_SPACE_BEFORE)
		return false;
	char c = w->text.p[w->at[i].start];
	return c & 0x80 ? words_sign_is_one_of(w, i, wide) : c == '"' || c == '\'' || c == ')' || c == ']' || c == '}';
}

/* A title that a full stop makes short, or the beginning of a number's name. */
static bool words_is_title(struct str word)
{
	static const char *const titles[] = {
	        "mr",  "mrs", "ms",   "dr",   "drs",    "dra",    "prof",    "st",     "sr",     "sra",   "jr",
	        "gen", "col", "lt",   "sgt",  "capt",   "maj",    "adm",     "cmdr",   "rep",    "sen",   "gov",
	        "rev", "hon", "no",   "nr",   "art",    "vs",     "jan",     "feb",    "mar",    "apr",   "jun",
	        "jul", "aug", "sep",  "sept", "oct",    "okt",    "nov",     "dec",    "des",    "ir",    "hj",
	        "kec", "kab", "jl",   "jend", "letjen", "mayjen", "brigjen", "kombes", "komjen", "irjen", "bzw",
	        "ca",  "kl",  "bl",   "evtl", "ing",    "mag",    "sv",      "doc",    "ifj",    "tzv",   "mgr",
	        "ph",  "mme", "mlle", "sig",  "dott",   "on",     NULL};
	char lower[WORDS_TITLE_MAX + 1];
	if (word.n < 2 || word.n > WORDS_TITLE_MAX)
		return false;
	for (size_t i = 0; i < word.n; i++)
		lower[i] = (char)((unsigned char)word.p[i] < 0x80 ? word.p[i] | 0x20 : 0);
	for (const char *const *t = titles; *t; t++)
		if (**t == lower[0] && str_is(str_make(lower, word.n), *t))
			return true;
	return false;
}

/* Does a full stop behind this word say that the word is cut, or a number's? */
static bool words_is_cut(const struct words *w, size_t i)
{
	const struct word *word = &w->at[i];
	uint32_t letters = word->end_cp - word->start_cp;
	if (word->kind == WORD_LETTERS && !(word->flags & (WORD_ALONE | WORD_CASELESS)))
		return letters == 1 || words_is_title(words_text(w, i));
	return word->kind == WORD_DIGITS && letters <= 2;
}

/* Ends the sentence with the last word, if white space is behind it or not? */
static bool words_ends(const struct words *w, bool space)
{
	static const char *const wide[] = {"。", "！", "？", "｡", "．", "।", "॥", "։", "።", "။", NULL};
	static const char *const narrow[] = {"…", "؟", "۔", "‼", "⁇", "⁈", "⁉", NULL};
	size_t last = w->n - 1;
	for (int i = 0; i < WORDS_CLOSERS_MAX && last > 0 && words_is_closer(w, last); i++)
		last--;
	if (w->at[last].kind != WORD_SIGN)
		return false;
	char c = w->text.p[w->at[last].start];
	if (!(c & 0x80) && c != '.')
		return space && (c == '!' || c == '?');
	if (c == '.')
		return space && !(last > 0 && !(w->at[last].flags & WORD_SPACE_BEFORE) && words_is_cut(w, last - 1));
	return words_sign_is_one_of(w, last, wide) || (space && words_sign_is_one_of(w, last, narrow));
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static struct word *words_add(struct words_reader *r)
{
	struct words *w = &r->words;
	if (w->n == r->room)
		w->at = arena_grow(r->arena, w->at, &r->room, sizeof(*w->at));
	w->at[w->n] = (struct word){.start = (uint32_t)r->at, .start_cp = (uint32_t)r->cp, .flags = r->flags};
	return &w->at[w->n++];
}

/* Takes this character and all behind it that have one of the classes, and marks. Returns the classes taken. */
static unsigned words_take(struct words_reader *r, struct word *word, unsigned classes, unsigned *n_upper)
{
	unsigned taken = 0;
	const unsigned char *text = (const unsigned char *)r->words.text.p;
	classes |= 1u << WORDS_MARK;
	do {
		/* Most of a word's letters are small ones of ASCII. */
		size_t from = r->next_at, at = from;
		while (r->class == WORDS_LOWER && at < r->words.text.n && text[at] >= 'a' && text[at] <= 'z')
			at++;
		r->cp += at - from;
		r->next_at = at;
		taken |= 1u << r->class;
		*n_upper += r->class == WORDS_UPPER;
		words_pass(r);
	} while (words_look(r) && classes >> r->class & 1);
	word->end = (uint32_t)r->at;
	word->end_cp = (uint32_t)r->cp;
	return taken;
}

static void words_take_letters(struct words_reader *r, struct word *word)
{
	unsigned n_upper = 0;
	unsigned first = r->class;
	unsigned taken = words_take(r, word, 1u << WORDS_UPPER | 1u << WORDS_LOWER | 1u << WORDS_CASELESS, &n_upper);
	word->kind = WORD_LETTERS;
	if (first == WORDS_UPPER)
		word->flags |= WORD_UPPER_FIRST;
	if (first == WORDS_CASELESS)
		word->flags |= WORD_CASELESS;
	if (n_upper > 1 && !(taken >> WORDS_LOWER & 1))
		word->flags |= WORD_UPPER_ALL;
}

static bool words_is_ascii_letter(unsigned char c)
{
	return (c | 0x20u) - 'a' < 26;
}

/* Takes letters of ASCII, as most of most texts are; false, and nothing taken, where another letter or a mark may go
 * on. */
static bool words_take_ascii(struct words_reader *r)
{
	const unsigned char *text = (const unsigned char *)r->words.text.p;
	size_t n = r->words.text.n, at = r->at;
	unsigned n_upper = 0;
	for (; at < n && words_is_ascii_letter(text[at]); at++)
		n_upper += text[at] < 'a';
	if (at < n && text[at] >= 0x80)
		return false;
	size_t letters = at - r->at;
	struct word *word = words_add(r);
	word->kind = WORD_LETTERS;
	word->flags |= text[r->at] < 'a' ? WORD_UPPER_FIRST : 0;
	word->flags |= n_upper > 1 && n_upper == letters ? WORD_UPPER_ALL : 0;
	r->at = at;
	r->cp += letters;
	word->end = (uint32_t)r->at;
	word->end_cp = (uint32_t)r->cp;
	return true;
}

static void words_take_one(struct words_reader *r, struct word *word)
{
	unsigned n_upper = 0;
	switch (r->class) {
	case WORDS_UPPER:
	case WORDS_LOWER:
	case WORDS_CASELESS:
		words_take_letters(r, word);
		break;
	case WORDS_DIGIT:
		word->kind = WORD_DIGITS;
		words_take(r, word, 1u << WORDS_DIGIT, &n_upper);
		break;
	case WORDS_ALONE:
		word->kind = WORD_LETTERS;
		word->flags |= WORD_ALONE | WORD_CASELESS;
		words_take(r, word, 0, &n_upper);
		break;
	default:
		word->kind = WORD_SIGN;
		words_take(r, word, 0, &n_upper);
	}
}

/* Is the word just taken, which stands behind a sign, the first of a sentence? */
static void words_mark_sentence(struct words *w)
{
	struct word *word = &w->at[w->n - 1];
	if (words_is_small(word) || words_is_closer(w, w->n - 1))
		return;
	bool space = word->flags & WORD_SPACE_BEFORE;
	w->n--;
	if (words_ends(w, space))
		word->flags |= WORD_SENTENCE;
	w->n++;
}

struct words words_split(struct str body, struct arena *arena)
{
	CHECK(body.n < UINT32_MAX);
	struct words_reader r = {.words.text = body,
	                         .arena = arena,
	                         .room = body.n / 5,
	                         .flags = WORD_SPACE_BEFORE | WORD_SENTENCE | WORD_PARAGRAPH};
	r.words.at = arena_alloc(arena, r.room * sizeof(struct word));
	for (bool behind_sign = false; r.at < body.n;) {
		unsigned char c = (unsigned char)body.p[r.at];
		if (!words_is_ascii_letter(c) || !words_take_ascii(&r)) {
			words_look(&r);
			if (r.class <= WORDS_LINE) {
				r.flags |= r.class == WORDS_LINE ? WORD_SPACE_BEFORE | WORD_SENTENCE | WORD_PARAGRAPH
				                                 : WORD_SPACE_BEFORE;
				words_pass(&r);
				continue;
			}
			words_take_one(&r, words_add(&r));
		}
		r.flags = 0;
		if (behind_sign)
			words_mark_sentence(&r.words);
		behind_sign = r.words.at[r.words.n - 1].kind == WORD_SIGN;
	}
	return r.words;
}
