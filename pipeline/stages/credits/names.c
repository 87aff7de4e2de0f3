/* Splitting of lists of names, and normal case. See names.h. */
#include "pipeline/stages/credits/names.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

#include <unicode/uchar.h>

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define NAMES_SEARCH_MAX   65536 /* bytes of the body in which the story's own spelling is looked for */
#define NAMES_CAPITAL_MAX  120
#define NAMES_KOREAN_CHARS 3 /* of most Korean names, each of three bytes */
#define NAMES_HAN_BYTES    3
#define NAMES_SURNAME_MIN  4 /* fewer letters may be initials */

/* --- lists ------------------------------------------------------------------------------------------------------ */

/* Length of what parts two names at `at`, or 0. */
static size_t names_mark(struct str s, size_t at)
{
	static const char *const marks[] = {",",     ";",    "、",     "，",  " and ",  " und ", " et ",  " dan ",
	                                    " och ", " og ", " en ",   " y ", " e ",    " & ",   " и ",   " та ",
	                                    " ve ",  " ja ", " with ", " | ", " avec ", " con ", " com ", " mit "};
	if (!memchr(", ;\xe3\xef", s.p[at], 5))
		return 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i][0] == s.p[at] && str_starts(str_slice(s, at, s.n), str_of(marks[i])))
			return strlen(marks[i]);
	return 0;
}

static struct str names_trim(struct str s)
{
	static const struct str of = STR_INIT("'s ");
	s = str_trim(s);
	/* "CNN's Max Orr" */
	const char *hit = str_index(s, '\'', 0) < s.n ? memmem(s.p, s.n, of.p, of.n) : NULL;
	if (hit && agencies_is(str_slice(s, 0, (size_t)(hit - s.p))))
		s = str_slice(s, (size_t)(hit - s.p) + of.n, s.n);
	while (s.n && strchr("()[]-:", s.p[0]))
		s = str_trim(str_slice(s, 1, s.n));
	while (s.n && strchr("()[]:;", s.p[s.n - 1]))
		s = str_trim(str_slice(s, 0, s.n - 1));
	/* An initial keeps its full stop. */
	if (s.n > 3 && s.p[s.n - 1] == '.' && s.p[s.n - 3] != ' ' && s.p[s.n - 2] != '.')
		s = str_trim(str_slice(s, 0, s.n - 1));
	return s;
}

/* May one of the words below stand in it? In most names there is none, and a look at their beginnings is enough. */
static bool names_may_have_place(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char behind = i + 1 < s.n ? s.p[i + 1] : 0;
		if (s.p[i] == '/' || (s.p[i] == ' ' && memchr("ida(<-/\xc3\xe2", behind, 9)))
			return true;
	}
	return false;
}

/* "John Leicester in Paris" */
static struct str names_without_place(struct str s)
{
	static const char *const words[] = {" in ", " dari ", " di ", " aus ", " à ", " (",
	                                    " /",   "/",      " <",   " - ",   " – ", " — "};
	for (size_t i = 0; i < COUNT(words) && names_may_have_place(s); i++) {
		const char *hit = s.n ? memmem(s.p, s.n, words[i], strlen(words[i])) : NULL;
		if (hit && hit > s.p)
			s = str_slice(s, 0, (size_t)(hit - s.p));
	}
	return s;
}

/* "Rangga Pandu/Imam Silfia": a stroke between two full names; before an agency or initials it parts no names. */
static size_t names_stroke(struct str s, size_t from, size_t at)
{
	if (s.p[at] != '/')
		return 0;
	size_t end = str_index(s, '/', at + 1);
	return str_index(str_slice(s, from, at), ' ', 0) < at - from &&
	                       str_index(str_slice(s, at + 1, end), ' ', 1) < end - at - 1
	               ? 1
	               : 0;
}

/* "황재하 이미령": a blank behind a whole Korean name of three syllables, and before another. */
static size_t names_korean(struct str s, size_t from, size_t at)
{
	if (s.p[at] != ' ' || at - from != 3 * NAMES_KOREAN_CHARS || (unsigned char)s.p[from] < 0xea)
		return 0;
	size_t end = str_index(s, ' ', at + 1);
	for (size_t i = from; i < end;) {
		uint32_t c = utf8_next(s, &i);
		if (c != ' ' && (c < 0xac00 || c > 0xd7a3))
			return 0;
	}
	return end - at - 1 == 3 * NAMES_KOREAN_CHARS ? 1 : 0;
}

/* "陈牧原 郑可心": a blank between Chinese names of two to four characters. */
static size_t names_chinese(struct str s, size_t from, size_t at)
{
	size_t wide = str_starts(str_slice(s, at, s.n), STR("\u3000")) ? 3 : 0;
	size_t behind = at + (wide ? wide : 1), before = at - from;
	if ((!wide && s.p[at] != ' ') || before < 2 * NAMES_HAN_BYTES || before > 4 * NAMES_HAN_BYTES)
		return 0;
	size_t end = behind;
	while (end < s.n && (unsigned char)s.p[end] >= 0xe3)
		end += NAMES_HAN_BYTES;
	for (size_t i = from; i < end && i < s.n;) {
		uint32_t c = utf8_next(s, &i);
		if (c != ' ' && c != 0x3000 && (c < 0x4e00 || c > 0x9fff))
			return 0;
	}
	size_t n = end - behind;
	return n >= 2 * NAMES_HAN_BYTES && n <= 4 * NAMES_HAN_BYTES ? behind - at : 0;
}

struct str names_next(struct str list, size_t *at)
{
	while (*at < list.n) {
		size_t start = *at, end = start, mark = 0;
		while (end < list.n && !(mark = names_mark(list, end)) && !(mark = names_stroke(list, start, end)) &&
		       !(mark = names_korean(list, start, end)) && !(mark = names_chinese(list, start, end)))
			end++;
		*at = end + mark;
		struct str name = names_trim(names_without_place(str_slice(list, start, end)));
		if (name.n)
			return name;
	}
	return (struct str){0};
}

/* --- case ------------------------------------------------------------------------------------------------------- */

/* Where in `text` the same words stand in another case, beginning with a capital and as whole words. */
static struct str names_elsewhere(struct str name, struct str text)
{
	text = fold_cut(text, NAMES_SEARCH_MAX);
	uint32_t first = fold_char(fold_peek(name, 0)).c[0];
	/* But for these two no letter beyond ASCII folds to one of it: its capital can be searched for. */
	bool is_small = first >= 'a' && first <= 'z' && first != 'i' && first != 'k';
	for (size_t at = 0; at < text.n;) {
		if (is_small && (at = str_index(text, (char)(first - 'a' + 'A'), at)) == text.n)
			break;
		size_t start = at;
		uint32_t c = utf8_next(text, &at);
		if (!fold_is_upper(c) || fold_char(c).c[0] != first || fold_is_word_char(fold_before(text, start)))
			continue;
		size_t end = start;
		for (size_t left = utf8_count(name); left && end < text.n; left--)
			utf8_next(text, &end);
		struct str found = str_slice(text, start, end);
		if (!fold_is_word_char(fold_peek(text, end)) && !fold_is_capitals(found) && fold_equal(found, name))
			return found;
	}
	return (struct str){0};
}

static bool names_is_turkish(struct str text)
{
	text = fold_cut(text, NAMES_SEARCH_MAX);
	static const struct str dotless = STR_INIT("\u0131");
	for (size_t at = str_index(text, dotless.p[0], 0); at < text.n; at = str_index(text, dotless.p[0], at + 1))
		if (str_starts(str_slice(text, at, text.n), dotless))
			return true;
	return false;
}

static bool names_is_particle(struct str word)
{
	static const char *const words[] = {"DE", "LA", "DEL", "OF",  "THE", "VAN", "VON", "DER", "DEN",
	                                    "DO", "DA", "DOS", "DAS", "DI",  "LE",  "DU",  "AM",  "AND"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

static uint32_t names_lower(uint32_t c, bool turkish)
{
	if (turkish && c == 'I')
		return 0x131;
	if (c == 0x130)
		return 'i';
	return (uint32_t)u_tolower((UChar32)c);
}

static struct str names_capitalised(struct arena *a, struct str name, bool turkish)
{
	char *out = arena_alloc(a, 4 * name.n + 1);
	size_t n = 0, letters = 0;
	bool small = false;
	for (size_t at = 0; at < name.n;) {
		size_t start = at;
		uint32_t c = utf8_next(name, &at);
		if (!fold_is_word_char(c)) {
			/* O'BRIEN, but not the letters behind a longer word's apostrophe. */
			letters = c == '\'' && letters > 1 ? letters : 0;
			n += utf8_write(out + n, c);
			continue;
		}
		if (!letters++) {
			size_t end = str_index(name, ' ', start);
			small = start && names_is_particle(str_slice(name, start, end));
		}
		n += utf8_write(out + n, letters == 1 && !small ? c : names_lower(c, turkish));
	}
	return str_make(out, n);
}

static struct str names_one_blank(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool blank = s.p[i] == ' ' || s.p[i] == '\t';
		if (!blank || (n && out[n - 1] != ' '))
			out[n++] = blank ? ' ' : s.p[i];
	}
	return str_make(out, n);
}

struct str names_normal_case(struct arena *a, struct str name, struct str headline, struct str body)
{
	name = names_one_blank(a, name);
	if (!fold_is_capitals(name) || name.n > NAMES_CAPITAL_MAX)
		return name;
	struct str found = names_elsewhere(name, body);
	if (!found.n)
		found = names_elsewhere(name, headline);
	if (found.n)
		return arena_copy(a, found);
	return names_capitalised(a, name, names_is_turkish(body));
}

static bool names_is_surname(struct str word)
{
	return utf8_count(word) >= NAMES_SURNAME_MIN && fold_is_capitals(word);
}

static bool names_has_capitals(struct str name)
{
	for (size_t at = 0, end; at < name.n; at = end + 1) {
		end = str_index(name, ' ', at);
		if (names_is_surname(str_slice(name, at, end)))
			return true;
	}
	return false;
}

/* "Zehra ALTINDAĞ": a surname in capitals behind a first name that is not. */
static struct str names_with_capitals(struct arena *a, struct str name, struct str body)
{
	bool turkish = names_is_turkish(body);
	struct str out = STR("");
	for (size_t at = 0, end; at < name.n; at = end + 1) {
		end = str_index(name, ' ', at);
		struct str word = str_slice(name, at, end);
		word = names_is_surname(word) ? names_capitalised(a, word, turkish) : word;
		out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), at ? " " : "", STR_ARG(word));
	}
	return out;
}

struct str names_person(struct arena *a, struct str name, struct str headline, struct str body)
{
	name = names_one_blank(a, name);
	if (fold_is_capitals(name) || name.n > NAMES_CAPITAL_MAX)
		return names_normal_case(a, name, headline, body);
	return names_has_capitals(name) ? names_with_capitals(a, name, body) : name;
}
