/* Guesses by letters. See shape.h. */
#include "pipeline/stages/cleanup/shape.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#define COUNT(array)    (sizeof(array) / sizeof((array)[0]))
#define NAMES_WORDS_MAX 16

bool shape_says_nothing(struct str s)
{
	for (size_t at = 0; at < s.n;)
		if (fold_is_word_char(utf8_next(s, &at)))
			return false;
	return true;
}

bool shape_is_sentence_end(uint32_t c)
{
	return c == '.' || c == '!' || c == '?' || c == 0x3002 || c == 0x0964 || c == 0x06d4 || c == 0xff01 ||
	       c == 0xff1f;
}

bool shape_is_sentence(struct str s)
{
	return s.n && shape_is_sentence_end(fold_before(s, s.n));
}

bool shape_opens_large(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (fold_is_word_char(c))
			return !fold_is_lower(c);
	}
	return false;
}

bool shape_has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

bool shape_has_link(struct str s)
{
	return s.n && (memchr(s.p, '@', s.n) || memmem(s.p, s.n, "www.", 4) || memmem(s.p, s.n, "http", 4));
}

bool shape_quotes(struct str s)
{
	return s.n && (memchr(s.p, '"', s.n) || memmem(s.p, s.n, "“", 3) || memmem(s.p, s.n, "„", 3) ||
	               memmem(s.p, s.n, "«", 2) || memmem(s.p, s.n, "「", 3));
}

size_t shape_blanks(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* --- names ------------------------------------------------------------------------------------------------------ */

/* Words that begin small among names. */
static bool shape_is_particle(struct str word)
{
	static const char *const words[] = {"de", "la",   "del",  "van", "von", "der", "den", "al",  "bin", "le",
	                                    "du", "di",   "da",   "do",  "dos", "das", "el",  "and", "und", "et",
	                                    "y",  "e",    "en",   "og",  "och", "dan", "i",   "ja",  "ve",  "и",
	                                    "та", "in",   "ten",  "für", "of",  "the", "for", "dpa", "a",   "à",
	                                    "zu", "dari", "avec", "con", "com", "mit"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* "kabar.com", "rio@sable.example", "KPD/th" */
static bool shape_is_address(struct str word)
{
	return str_index(word, '.', 1) + 2 < word.n || str_index(word, '/', 1) < word.n ||
	       str_index(word, '@', 0) < word.n;
}

static size_t shape_word_end(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != ' ' && s.p[at] != '\t')
		at++;
	return at;
}

/* "Annika Strobel, dna": an agency's small letters, last behind a comma. */
static bool shape_is_small_agency(struct str s, size_t at, struct str word)
{
	if (at + word.n != s.n || word.n > 8 || at < 2 || s.p[at - 2] != ',')
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (s.p[i + at] != '/' && (s.p[i + at] < 'a' || s.p[i + at] > 'z'))
			return false;
	return str_index(word, '/', 0) <= 4;
}

bool shape_stops(struct str s)
{
	if (!shape_is_sentence(s))
		return false;
	const char *blank = memrchr(s.p, ' ', s.n);
	size_t last = blank ? (size_t)(blank - s.p) + 1 : 0;
	return s.n - last > 4;
}

bool shape_may_end_in_names(struct str s)
{
	static const struct str colon = STR_INIT("：");
	if (!shape_stops(s))
		return true;
	/* Within its last word names may begin, too: "Foto:Ann." */
	const char *blank = memrchr(s.p, ' ', s.n);
	struct str word = str_slice(s, blank ? (size_t)(blank - s.p) + 1 : 0, s.n - 1);
	bool marks = false, wide = false;
	for (size_t i = 0; i < word.n; i++) {
		marks |= word.p[i] == ':' || word.p[i] == '|' || word.p[i] == '/' || word.p[i] == '.';
		wide |= word.p[i] == colon.p[0];
	}
	return marks || (wide && memmem(word.p, word.n, colon.p, colon.n));
}

bool shape_is_names(struct str s, size_t *words)
{
	size_t names = 0;
	*words = 0;
	s = str_trim(s);
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		end = shape_word_end(s, at);
		struct str word = str_slice(s, at, end);
		if (!word.n)
			continue;
		uint32_t c = fold_peek(word, 0);
		for (size_t i = 0; i < word.n && !fold_is_word_char(c);)
			c = utf8_next(word, &i);
		/* "g1 MT" */
		bool address = shape_is_address(word) || (word.n <= 4 && fold_is_lower(c) && shape_has_digit(word));
		if (fold_is_lower(c) && !shape_is_particle(word) && !address && !shape_is_small_agency(s, at, word))
			return false;
		if (++*words > NAMES_WORDS_MAX || (c >= '0' && c <= '9'))
			return false;
		names += address || (fold_is_word_char(c) && !fold_is_lower(c));
	}
	return names > 0 && !shape_stops(s);
}
