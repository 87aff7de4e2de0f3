/* Slugs by their shape, kickers by what stands below them. See heads.h. */
#include "pipeline/stages/cleanup/heads.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/facts.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define COUNT(array)        (sizeof(array) / sizeof((array)[0]))
#define SLUG_BYTES_MAX      160
#define SLUG_PREFIX_MAX     24
#define SLUG_CAPITALS_MIN   8
#define REFERENCE_BYTES_MAX 40
#define CODE_DIGITS_MIN     4
#define CRUMB_BYTES_MAX     60
#define CRUMBS_MAX          6
#define CRUMBS_BYTES_MAX    300
#define TITLE_BYTES_MAX     300
#define TITLE_WORDS_MIN     4
#define KICKER_CHARS_MAX    24 /* of one or two words; of a list or of capitals twice as many */
#define KICKER_CAPITALS_MAX 4  /* words */
#define KICKER_EAST_MAX     4  /* characters of a script without blanks; of those of the south-east thrice as many */
#define TITLE_EAST_MIN      10

/* --- slugs ------------------------------------------------------------------------------------------------------ */

static bool heads_is_number(struct str s)
{
	size_t digits = 0;
	for (size_t at = 0; at < s.n; digits++)
		if (fold_digit(utf8_next(s, &at)) < 0)
			return false;
	return digits > 0;
}

/* "bdt0432", "APA0287": letters, then digits. */
static bool heads_is_numbered(struct str word)
{
	size_t letters = 0;
	while (letters < word.n && (unsigned char)word.p[letters] < 0x80 &&
	       !shape_has_digit(str_slice(word, letters, letters + 1)))
		letters++;
	size_t digits = word.n - letters;
	return letters >= 2 && letters <= 4 && digits >= 3 && digits <= 5 &&
	       heads_is_number(str_slice(word, letters, word.n));
}

/* "bdt0432 3 pl 312 dpa 0567", "APA0287 5 II 0352 CI": number of the message, its priority, a department. */
static bool heads_is_transmission(struct str s)
{
	size_t first = str_index(s, ' ', 0), second = str_index(s, ' ', shape_blanks(s, first));
	size_t at = shape_blanks(s, second), third = str_index(s, ' ', at);
	return third < s.n && heads_is_numbered(str_slice(s, 0, first)) && second - shape_blanks(s, first) == 1 &&
	       shape_has_digit(str_slice(s, second - 1, second)) && third - at <= 3;
}

/* "BC-EU--France-Notre Dame, 4th Ld-Writethru", "US--Storm Damage": short groups of capitals, two dashes, words. */
static bool heads_is_dashed(struct str s)
{
	const char *hit = s.n ? memmem(s.p, s.n, "--", 2) : NULL;
	size_t end = hit ? (size_t)(hit - s.p) : 0, letters = 0;
	if (end < 2 || end > SLUG_PREFIX_MAX || !fold_is_word_char(fold_peek(s, end + 2)))
		return false;
	for (size_t i = 0; i < end; i++) {
		letters = s.p[i] == '-' ? 0 : letters + 1;
		if (letters > 4 || (s.p[i] != '-' && (s.p[i] < 'A' || s.p[i] > 'Z')))
			return false;
	}
	return true;
}

/* Capitals and marks, and no letter of a script without them. */
static bool heads_is_capitals(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (fold_is_word_char(c) && !fold_is_upper(c))
			return false;
	}
	return true;
}

/* "Regierung/Bundestag/Wahlen/", "VOLBY-SNĚMOVNA-SOUHRN": keywords without a blank. */
static bool heads_is_keywords(struct str s)
{
	size_t strokes = 0, dashes = 0;
	for (size_t i = 0; i < s.n; i++) {
		strokes += s.p[i] == '/';
		dashes += s.p[i] == '-';
		if (strchr(" \t:@.", s.p[i]))
			return false;
	}
	if (strokes >= 2)
		return true;
	return strokes + dashes > 0 && s.n >= SLUG_CAPITALS_MIN && heads_is_capitals(s);
}

/* "News ID: 85816342": a label and a number. */
static bool heads_is_code(struct str s)
{
	size_t colon = str_index(s, ':', 0);
	struct str number = str_trim(str_slice(s, colon + 1, s.n));
	return colon > 0 && colon < s.n && colon <= REFERENCE_BYTES_MAX && utf8_count(number) >= CODE_DIGITS_MIN &&
	       heads_is_number(number);
}

/* "Siehe APA0114/12.02", "… दूसरी लीड": by a word of the table. */
static const struct phrase *heads_phrase(const struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		struct str rest = scan_from(s, hit->end);
		bool opens = hit->phrase->mode == PHRASE_START && hit->start == s->line->start &&
		             rest.n <= REFERENCE_BYTES_MAX && shape_has_digit(rest);
		bool ends = hit->phrase->mode == PHRASE_LAST && shape_says_nothing(rest);
		if (hit->phrase->kind == PHRASE_SLUG && (opens || ends))
			return hit->phrase;
	}
	return NULL;
}

static const char *heads_slug(const struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	const struct phrase *phrase = heads_phrase(s);
	if (words.n > SLUG_BYTES_MAX)
		return NULL;
	return phrase                         ? phrase->rule
	       : heads_is_transmission(words) ? "transmission"
	       : heads_is_dashed(words)       ? "slug"
	       : heads_is_keywords(words)     ? "keywords"
	       : heads_is_code(words)         ? "number"
	                                      : NULL;
}

/* --- the way to a page ------------------------------------------------------------------------------------------ */

/* Length of the mark between two steps at `at`, or 0; *sure: it is no stroke, which other lines have, too. */
static size_t heads_step(struct str s, size_t at, bool *sure)
{
	static const char *const marks[] = {" > ", " » ", " › ", " → ", ">", "›", " / "};
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(str_slice(s, at, s.n), str_of(marks[i]))) {
			*sure = i + 1 < COUNT(marks);
			return strlen(marks[i]);
		}
	return 0;
}

static bool heads_is_home(const struct scan *s, size_t end)
{
	for (size_t i = 0; i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == PHRASE_HOME && scan_opens(s, &s->hits[i]) && s->hits[i].end == end)
			return true;
	return false;
}

/* "Home > News > World": the last step is the section. */
static bool heads_crumbs(struct scan *s)
{
	size_t steps = 0, sure_steps = 0, start = s->line->start, home = 0;
	struct str text = s->text;
	if (text.n - start > CRUMBS_BYTES_MAX)
		return false;
	for (size_t at = start; at < text.n;) {
		bool sure = false;
		size_t n = heads_step(text, at, &sure);
		if (!n) {
			utf8_next(text, &at);
			continue;
		}
		if (at == start || at - start > CRUMB_BYTES_MAX || ++steps > CRUMBS_MAX)
			return false;
		home = home ? home : at;
		sure_steps += sure;
		start = at += n;
	}
	struct str last = str_slice(text, start, text.n);
	if (!steps || !last.n || last.n > CRUMB_BYTES_MAX || shape_is_sentence(last) ||
	    (sure_steps < 2 && !heads_is_home(s, home)))
		return false;
	marks_piece(s->m, PIECE_SECTION, (struct range){start, text.n}, (struct range){0});
	return lines_cut(s->line, "metaline", "path");
}

bool heads_read(struct scan *s)
{
	if (heads_crumbs(s))
		return true;
	const char *rule = heads_slug(s);
	return rule && lines_cut(s->line, "header", rule);
}

bool heads_read_number(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	return words.n <= SLUG_BYTES_MAX && heads_is_transmission(words) &&
	       lines_cut(s->line, "header", "transmission");
}

size_t heads_start(const struct scan *s)
{
	size_t at = s->line->start;
	while (at < s->text.n && strchr("^+ ", s->text.p[at]))
		at++;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		size_t behind = scan_colon(s->text, hit->end);
		if (hit->phrase->kind == PHRASE_SLUG && hit->phrase->mode == PHRASE_PREFIX && hit->start == at &&
		    behind)
			at = behind;
	}
	return at < s->text.n ? at : s->line->start;
}

/* --- kickers ---------------------------------------------------------------------------------------------------- */

static size_t heads_words(struct str s)
{
	size_t words = 0;
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		end = str_index(s, ' ', at);
		words += !shape_says_nothing(str_slice(s, at, end));
	}
	return words;
}

/* Characters of scripts without blanks that a kicker may have, by one of its letters; 0: its words count. */
static size_t heads_east_max(struct str s)
{
	uint32_t c = fold_peek(s, 0);
	if (fold_is_blank_script(c))
		return c >= 0x0e00 && c <= 0x17ff && !(c >= 0x10a0 && c < 0x1780) ? 3 * KICKER_EAST_MAX : 0;
	return c >= 0xac00 && c <= 0xd7a3 ? 0 : KICKER_EAST_MAX;
}

/* "TEMPORAL VALENCIA (Crónica)": without what stands in brackets at the end. */
static struct str heads_without_bracket(struct str s)
{
	size_t open = str_index(s, '(', 0);
	return s.n && s.p[s.n - 1] == ')' && open > 0 ? str_trim(str_slice(s, 0, open)) : s;
}

/* "Actualités - Sports", "Áradás - Budapest - összefoglaló": a list of one or two words each. */
static bool heads_is_list(struct str s)
{
	static const struct str dash = STR_INIT(" - ");
	size_t items = 0;
	for (size_t at = 0; at < s.n; items++) {
		const char *hit = memmem(s.p + at, s.n - at, dash.p, dash.n);
		size_t end = hit ? (size_t)(hit - s.p) : s.n, words = heads_words(str_slice(s, at, end));
		if (!words || words > 2)
			return false;
		at = hit ? end + dash.n : s.n;
	}
	return items >= 2 && items <= 3;
}

bool heads_is_title(const struct marks *m, const struct line *line)
{
	struct str words = marks_line(m, line);
	struct dateline d;
	uint32_t last = fold_before(words, words.n);
	bool stops = shape_is_sentence(words) && last != '?' && last != '!' && !str_ends(words, STR("..."));
	return words.n <= TITLE_BYTES_MAX && !line->cut_to && !stops &&
	       (fold_is_word_char(fold_peek(words, 0)) || strchr("\"'+(", words.p[0]) ||
	        (unsigned char)words.p[0] >= 0x80) &&
	       !facts_dateline(m, line, &d);
}

static bool heads_is_short(struct str s, bool apart)
{
	size_t chars = utf8_count(s), words = heads_words(heads_without_bracket(s)), east = heads_east_max(s);
	if (east)
		return chars <= east;
	if (fold_is_capitals(heads_without_bracket(s)))
		return words <= KICKER_CAPITALS_MAX && chars <= 2 * KICKER_CHARS_MAX;
	if (heads_is_list(s))
		return !apart && chars <= 2 * KICKER_CHARS_MAX;
	return words <= 2 && chars <= KICKER_CHARS_MAX;
}

bool heads_is_kicker(const struct marks *m, const struct line *line, const struct line *title, bool apart)
{
	struct str first = marks_line(m, line), second = marks_line(m, title);
	bool east = heads_east_max(second) != 0;
	for (size_t i = 0; i < first.n; i++)
		if (strchr("0123456789.,:;!?\"", first.p[i]))
			return false;
	if (utf8_count(second) < 2 * utf8_count(heads_without_bracket(first)) ||
	    (east ? utf8_count(second) < TITLE_EAST_MIN : heads_words(second) < TITLE_WORDS_MIN))
		return false;
	return heads_is_short(first, apart) && !(fold_is_capitals(first) && fold_is_capitals(second)) &&
	       heads_is_title(m, title);
}

bool heads_is_word(const struct marks *m, const struct line *line)
{
	struct str words = marks_line(m, line);
	return heads_words(words) == 1 && utf8_count(words) <= KICKER_CHARS_MAX && fold_is_upper(fold_peek(words, 0)) &&
	       !shape_is_sentence(words) && !shape_has_digit(words) && !strchr(":/@", words.p[words.n - 1]);
}

/* "POLITICS PostOffice": a wire's keyword before another. */
static bool heads_is_slug(struct str words)
{
	struct str first = str_slice(words, 0, str_index(words, ' ', 0));
	return first.n < words.n && fold_is_capitals(first) && !fold_is_capitals(words);
}

void heads_cut_kicker(struct marks *m, struct line *line)
{
	struct str words = marks_line(m, line);
	/* Capitals of more than a word are an agency's keywords, and so is what a bracket describes. */
	bool section = heads_without_bracket(words).n == words.n && !heads_is_slug(words) &&
	               (!fold_is_capitals(words) || heads_words(words) == 1);
	if (section)
		marks_piece(m, PIECE_SECTION, (struct range){line->start, line->end}, (struct range){0});
	lines_cut(line, section ? "metaline" : "header", section ? "section" : "kicker");
}
