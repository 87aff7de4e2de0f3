/* Headlines. See headline.h. */
#include "pipeline/stages/fingerprint/headline.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/fingerprint/shingles.h"
#include "pipeline/words/fold.h"

#include <stdbool.h>

/* "UPDATE 1-CORRECTED-(Adds details)": so many marks one behind the other. */
#define HEADLINE_MARKS_MAX 4
#define HEADLINE_DIGITS    3
#define HEADLINE_WORD_MAX  96 /* bytes of a mark, folded */

struct headline_mark {
	uint8_t flag;
	struct str word;
};

static const struct headline_mark headline_table[] = {
#define MARK(kind, word) {SKETCH_##kind, STR_INIT(word)},
#include "pipeline/stages/fingerprint/marks.def"
#undef MARK
};

/* --- marks ------------------------------------------------------------------------------------------------------ */

static size_t headline_skip_blanks(struct str s, size_t at)
{
	for (size_t next = at; at < s.n; at = next) {
		struct folded c = fold_char(utf8_next(s, &next));
		if (c.c[0] && c.c[0] != ' ' && c.c[0] != '*')
			break;
	}
	return at;
}

static bool headline_is_opening(uint32_t c)
{
	return c == '(' || c == '[' || c == '{' || c == 0xff08 || c == 0x3010 || c == 0x300c || c == 0xff3b;
}

static bool headline_is_closing(uint32_t c)
{
	return c == ')' || c == ']' || c == '}' || c == 0xff09 || c == 0x3011 || c == 0x300d || c == 0xff3d;
}

static bool headline_is_separator(uint32_t c)
{
	return c == ':' || c == '-' || c == '/' || c == '|' || c == 0x2013 || c == 0x2014 || c == 0x2015 ||
	       c == 0xff1a || c == 0x00b7 || headline_is_closing(c);
}

/* "2nd", "3rd", "1." and the like before a mark. */
static size_t headline_skip_ordinal(struct str s, size_t at)
{
	size_t end = at, letters = 0;
	while (end < s.n && end - at < HEADLINE_DIGITS && s.p[end] >= '0' && s.p[end] <= '9')
		end++;
	if (end == at)
		return at;
	for (size_t next = end; end < s.n; end = next) {
		uint32_t c = utf8_next(s, &next);
		bool belongs = c == '.' || c == 0xba || c == 0xaa || (fold_is_word_char(c) && letters++ < 2);
		if (!belongs)
			break;
	}
	return headline_skip_blanks(s, end);
}

/* Where the word of the table ends that stands at `at`, folded, or 0. */
static size_t headline_match(struct str s, size_t at, struct str word)
{
	for (size_t i = 0; i < word.n;) {
		if (at >= s.n)
			return 0;
		struct folded c = fold_char(utf8_next(s, &at));
		for (size_t k = 0; k < 2 && c.c[k]; k++)
			if (i >= word.n || utf8_next(word, &i) != c.c[k])
				return 0;
	}
	return at;
}

/* The longest word of the table at `at`; its end, or 0. */
static size_t headline_find(struct str s, size_t at, uint8_t *flag)
{
	size_t longest = 0;
	if (at >= s.n)
		return 0;
	uint32_t first = fold_char(fold_peek(s, at)).c[0];
	for (size_t i = 0; i < sizeof(headline_table) / sizeof(headline_table[0]); i++) {
		const struct headline_mark *mark = &headline_table[i];
		if (fold_peek(mark->word, 0) != first)
			continue;
		size_t end = headline_match(s, at, mark->word);
		if (end <= longest)
			continue;
		uint32_t last = fold_before(s, end), next = fold_peek(s, end);
		bool goes_on = fold_is_word_char(next) && fold_is_blank_script(last) && !(next >= '0' && next <= '9');
		if (goes_on)
			continue;
		longest = end;
		*flag = mark->flag;
	}
	return longest;
}

static size_t headline_skip_digits(struct str s, size_t at)
{
	for (size_t i = 0; i < HEADLINE_DIGITS && at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; i++)
		at++;
	return headline_skip_blanks(s, at);
}

/* Behind the bracket that closes what is open at `at`. */
static size_t headline_close(struct str s, size_t at)
{
	while (at < s.n)
		if (headline_is_closing(utf8_next(s, &at)))
			break;
	return at;
}

/* One mark at `at`: where the headline goes on, or `at`. */
static size_t headline_mark_at(struct str s, size_t at, uint8_t *flags)
{
	uint8_t flag = 0;
	size_t start = headline_skip_blanks(s, at);
	bool in_brackets = headline_is_opening(fold_peek(s, start));
	if (in_brackets)
		utf8_next(s, &start);
	size_t word = headline_skip_ordinal(s, headline_skip_blanks(s, start));
	size_t end = headline_find(s, word, &flag);
	if (!end)
		return at;
	size_t digits = headline_skip_blanks(s, end), after = headline_skip_digits(s, digits);
	bool separated = headline_is_separator(fold_peek(s, after));
	if (!in_brackets && !separated)
		return at;
	*flags |= flag;
	if (in_brackets)
		return headline_skip_blanks(s, headline_close(s, end));
	while (headline_is_separator(fold_peek(s, after)))
		utf8_next(s, &after);
	return headline_skip_blanks(s, after);
}

/* "… (종합)": the last brackets, when a mark opens them. */
static struct str headline_mark_behind(struct str s, uint8_t *flags)
{
	size_t opening = s.n;
	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		if (headline_is_opening(utf8_next(s, &at)))
			opening = start;
	}
	if (opening == s.n || opening == 0)
		return s;
	size_t end = headline_mark_at(s, opening, flags);
	return end == s.n ? str_slice(s, 0, opening) : s;
}

uint8_t headline_marks(struct str headline, struct str *rest)
{
	uint8_t flags = 0;
	size_t at = 0;
	*rest = fold_cut(headline, HEADLINE_BYTES_MAX);
	for (int i = 0; i < HEADLINE_MARKS_MAX && at < rest->n; i++) {
		size_t next = headline_mark_at(*rest, at, &flags);
		if (next == at)
			break;
		at = next;
	}
	*rest = headline_mark_behind(str_slice(*rest, at, rest->n), &flags);
	return flags;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static void headline_keep(struct sketch_text *text, uint64_t hash)
{
	uint16_t value = (uint16_t)(shingles_mix(hash) >> (64 - SKETCH_WORD_BITS));
	for (size_t i = 0; i < text->n_headline; i++)
		if (text->headline[i] == value)
			return;
	if (text->n_headline < SKETCH_HEADLINE_MAX)
		text->headline[text->n_headline++] = value;
}

struct str headline_without_outlet(struct str s)
{
	size_t at = str_index(s, '|', 0);
	return at > s.n / 3 && at < s.n ? str_slice(s, 0, at) : s;
}

void headline_read(struct str headline, struct sketch_text *text)
{
	struct str rest;
	uint64_t word = 0;
	uint32_t before = 0;
	text->flags |= headline_marks(headline, &rest);
	rest = headline_without_outlet(rest);
	for (size_t at = 0; at < rest.n;) {
		struct folded c = fold_char(utf8_next(rest, &at));
		for (size_t k = 0; k < 2 && c.c[k]; k++) {
			bool is_word = fold_is_word_char(c.c[k]);
			bool stands_alone = is_word && !fold_is_blank_script(c.c[k]);
			if ((!is_word || stands_alone) && word) {
				headline_keep(text, word);
				word = 0;
			}
			/* Two characters are the word of a script without blanks. */
			if (stands_alone && before)
				headline_keep(text, shingles_add(shingles_add(0, before), c.c[k]));
			else if (is_word && !stands_alone)
				word = shingles_add(word, c.c[k]);
			before = stands_alone ? c.c[k] : 0;
		}
	}
	if (word)
		headline_keep(text, word);
}
