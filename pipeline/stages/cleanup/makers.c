/* Names and houses. See makers.h. */
#include "pipeline/stages/cleanup/makers.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/dateline.h"
#include "pipeline/stages/cleanup/facts.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

#define COUNT(array)        (sizeof(array) / sizeof((array)[0]))
#define MAKERS_BYTES_MAX    160
#define MAKERS_NAMES_MAX    6
#define MAKERS_ALONE_MAX    3 /* names without a house */
#define NAME_WORDS_MAX      4
#define NAME_BYTES_MAX      60
#define NAME_EAST_BYTES_MAX 48
#define WORD_BYTES_MIN      3 /* shorter ones are initials and particles */
#define HOUSE_BYTES_MAX     24
#define HOUSE_LETTERS_MAX   6 /* of one that is not known */
#define OUTLET_BYTES_MIN    5
#define OUTLET_BYTES_MAX    24
#define SEARCH_BYTES_MAX    16384 /* of the text, on each side, in which a word is looked for */

struct makers {
	struct range names[MAKERS_NAMES_MAX], house;
	size_t n;
};

/* --- words ------------------------------------------------------------------------------------------------------ */

static bool makers_holds(struct str text, struct str word)
{
	for (size_t at = 0; at + word.n <= text.n; at++) {
		const char *hit = memmem(text.p + at, text.n - at, word.p, word.n);
		if (!hit)
			return false;
		at = (size_t)(hit - text.p);
		if (!fold_is_word_char(fold_before(text, at)) && !fold_is_word_char(fold_peek(text, at + word.n)))
			return true;
	}
	return false;
}

/* Does the text have none of the words outside of the line? */
static bool makers_is_nowhere(const struct scan *s, struct range at)
{
	struct str text = s->m->text, words = str_slice(text, at.start, at.end);
	struct str before = fold_last(str_slice(text, 0, s->line->begin), SEARCH_BYTES_MAX),
	           behind = fold_cut(str_slice(text, s->line->next, text.n), SEARCH_BYTES_MAX);
	for (size_t i = 0, end; i < words.n; i = end + 1) {
		end = str_index(words, ' ', i);
		struct str word = str_slice(words, i, end);
		while (word.n && strchr(",;./()", word.p[word.n - 1]))
			word.n--;
		if (word.n >= WORD_BYTES_MIN && (makers_holds(before, word) || makers_holds(behind, word)))
			return false;
	}
	return true;
}

static bool makers_has_case(struct str s)
{
	uint32_t c = fold_peek(s, 0);
	return fold_is_upper(c) || fold_is_lower(c);
}

/* Each word begins with a capital, but for "de", "van"; at least two, of which none is a section's. */
static bool makers_is_name(struct str name)
{
	static const char *const small[] = {"de", "la", "del", "van", "von", "der", "den", "di", "da", "do", "dos",
	                                    "el", "al", "bin", "le",  "ter", "ten", "af",  "av", "zu", "y"};
	size_t words = 0;
	if (name.n > NAME_BYTES_MAX || shape_has_digit(name) || dateline_is_no_place(name))
		return false;
	for (size_t at = 0, end; at < name.n; at = end + 1, words++) {
		end = str_index(name, ' ', at);
		struct str word = str_slice(name, at, end);
		bool particle = false;
		for (size_t i = 0; i < COUNT(small); i++)
			particle |= words && str_is(word, small[i]);
		for (size_t i = 0; i < word.n; i++)
			if (strchr("\"!?;:<>=@#()[]&/+*", word.p[i]))
				return false;
		if (!particle && !fold_is_upper(fold_peek(word, 0)))
			return false;
		if (word.n > 4 && str_ends(word, STR(".")))
			return false;
	}
	return words >= 2 && words <= NAME_WORDS_MAX;
}

/* The same for scripts without capitals: a few words and no marks. */
static bool makers_is_east_name(struct str name)
{
	size_t words = 1;
	for (size_t at = 0; at < name.n;) {
		uint32_t c = utf8_next(name, &at);
		words += c == ' ';
		if (c < 0x80 && c != ' ' && c != '-' && c != '.' && c != '\'')
			return false;
		if (shape_is_sentence_end(c) && c != '.')
			return false;
	}
	return name.n && words >= 2 && words <= NAME_WORDS_MAX && name.n <= NAME_EAST_BYTES_MAX &&
	       !makers_has_case(name) && fold_is_blank_script(fold_peek(name, 0));
}

/* --- items ------------------------------------------------------------------------------------------------------ */

/* Where an agency's name begins that ends the words, behind a blank or a stroke; or their end. */
static size_t makers_house_behind(struct str words)
{
	for (size_t i = 1; i < words.n; i++)
		if (strchr(" /(", words.p[i - 1]) && agencies_is(str_trim(str_slice(words, i, words.n))))
			return i;
	return words.n;
}

/* Is there a blank with one of these bytes behind it? Where there is none, words that begin so need not be looked for.
 */
static bool makers_has_blank_before(struct str words, const char *bytes)
{
	size_t n = strlen(bytes);
	for (size_t at = str_index(words, ' ', 0); at + 1 < words.n; at = str_index(words, ' ', at + 1))
		if (memchr(bytes, words.p[at + 1], n))
			return true;
	return false;
}

/* Behind "Xinhua writers ", or 0. */
static size_t makers_behind_job(struct str words)
{
	static const char *const jobs[] = {" writers ",       " writer ",     " reporters ",
	                                   " reporter ",      " staff ",      " correspondents ",
	                                   " correspondent ", " journalist ", " Reporter "};
	if (!makers_has_blank_before(words, "wrscjR"))
		return 0;
	for (size_t i = 0; i < COUNT(jobs); i++) {
		const char *hit = words.n ? memmem(words.p, words.n, jobs[i], strlen(jobs[i])) : NULL;
		if (hit && agencies_is(str_slice(words, 0, (size_t)(hit - words.p))))
			return (size_t)(hit - words.p) + strlen(jobs[i]);
	}
	return 0;
}

static size_t makers_dash(struct str words, size_t *behind)
{
	static const char *const dashes[] = {" - ", " – ", " — ", " | "};
	if (!makers_has_blank_before(words, "-|\xe2"))
		return words.n;
	for (size_t i = 0; i < COUNT(dashes); i++) {
		const char *hit = words.n ? memmem(words.p, words.n, dashes[i], strlen(dashes[i])) : NULL;
		if (hit) {
			*behind = (size_t)(hit - words.p) + strlen(dashes[i]);
			return (size_t)(hit - words.p);
		}
	}
	return words.n;
}

static bool makers_add(const struct scan *s, struct makers *m, struct str name)
{
	size_t start = (size_t)(name.p - s->text.p);
	if (m->n == MAKERS_NAMES_MAX || !(makers_is_name(name) || makers_is_east_name(name)))
		return false;
	m->names[m->n++] = (struct range){start, start + name.n};
	return true;
}

static bool makers_keep_house(const struct scan *s, struct makers *m, struct str house)
{
	size_t start = (size_t)(house.p - s->text.p);
	if (!agencies_is(house))
		return false;
	m->house = (struct range){start, start + house.n};
	return true;
}

/* A name, an agency, or a name with an agency behind it. */
static bool makers_item(const struct scan *s, struct makers *m, struct str item)
{
	size_t behind = 0, dash, house;
	item = str_trim(item);
	item = str_slice(item, makers_behind_job(item), item.n);
	if (makers_keep_house(s, m, item))
		return true;
	dash = makers_dash(item, &behind);
	if (dash < item.n) {
		struct str first = str_trim(str_slice(item, 0, dash)), second = str_slice(item, behind, item.n);
		if (makers_keep_house(s, m, first))
			return makers_add(s, m, str_trim(second));
		house = agencies_is(str_trim(second)) ? 0 : makers_house_behind(second);
		return house < second.n && makers_keep_house(s, m, str_trim(str_slice(second, house, second.n))) &&
		       makers_add(s, m, first);
	}
	struct str core = str_ends(item, STR(")")) ? str_slice(item, 0, item.n - 1) : item;
	house = makers_house_behind(core);
	if (house == core.n)
		return makers_add(s, m, item);
	struct str name = str_trim(str_slice(core, 0, house - 1));
	return makers_keep_house(s, m, str_trim(str_slice(core, house, core.n))) && makers_add(s, m, name);
}

/* Length of what parts two makers at `at`, or 0. */
static size_t makers_mark(struct str s, size_t at)
{
	static const char *const marks[] = {",",     ";",   "،",    " and ", " und ", " et ",  " och ", " og ", " en ",
	                                    " y ",   " e ", " i ",  " in ",  " и ",   " та ",  " і ",   " ja ", " ve ",
	                                    " dan ", " a ", " și ", " un ",  " ir ",  " και ", " & ",   " և "};
	if (!memchr(",; \xd8", s.p[at], 4))
		return 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i][0] == s.p[at] && str_starts(str_slice(s, at, s.n), str_of(marks[i])))
			return strlen(marks[i]);
	return 0;
}

/* Are the words names and agencies alone? */
static bool makers_read_words(const struct scan *s, struct str words, struct makers *m)
{
	*m = (struct makers){0};
	if (!words.n || words.n > MAKERS_BYTES_MAX || shape_has_digit(words) || shape_stops(words))
		return false;
	for (size_t start = 0, end; start < words.n;) {
		size_t mark = 0;
		for (end = start; end < words.n && !(mark = makers_mark(words, end));)
			end++;
		if (!makers_item(s, m, str_slice(words, start, end)))
			return false;
		start = end + mark;
	}
	return m->n > 0;
}

/* Is the line from `at` on made of names and agencies alone? */
static bool makers_read(const struct scan *s, size_t at, struct makers *m)
{
	struct line_facts *facts = at == s->line->start ? s->line->facts : NULL;
	if (facts && facts->is_no_makers)
		return false;
	bool makers = makers_read_words(s, scan_from(s, at), m);
	if (facts)
		facts->is_no_makers = !makers;
	return makers;
}

static bool makers_keep(struct scan *s, const struct makers *m, const char *rule)
{
	for (size_t i = 0; i < m->n; i++)
		marks_piece(s->m, PIECE_AUTHOR, m->names[i], (struct range){0});
	if (m->house.end)
		marks_agency(s->m, m->house);
	return lines_cut(s->line, "byline", rule);
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

/* Behind a word for "by" that opens the line, or 0. */
static size_t makers_behind_by(const struct scan *s, const char **rule)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind == PHRASE_AUTHOR && hit->phrase->mode == PHRASE_BY &&
		    hit->start == s->line->start && hit->end < s->line->end) {
			*rule = hit->phrase->rule;
			return shape_blanks(s->text, hit->end);
		}
	}
	return 0;
}

/* A word in a capital stands elsewhere in the text. */
bool makers_tells_on(const struct scan *s)
{
	struct str words = scan_from(s, s->line->start), own = marks_text(s->m, s->m->source);
	for (size_t at = 0, end; at < words.n; at = end + 1) {
		end = str_index(words, ' ', at);
		struct range word = {s->line->start + at, s->line->start + end};
		struct str name = marks_text(s->m, word);
		if (fold_is_upper(fold_peek(name, 0)) && !(own.n && str_starts(name, own)) &&
		    !makers_is_nowhere(s, word))
			return true;
	}
	return false;
}

bool makers_try_house(struct scan *s)
{
	struct makers m;
	const char *rule = NULL;
	size_t by = makers_behind_by(s, &rule);
	if (by && makers_read(s, by, &m)) {
		/* In small letters a sentence may begin like that, and in a script without capitals. */
		bool nowhere = true;
		for (size_t i = 0; i < m.n; i++)
			nowhere &= makers_is_nowhere(s, m.names[i]);
		if (m.house.end || nowhere)
			return makers_keep(s, &m, rule);
	}
	return makers_read(s, s->line->start, &m) && m.house.end && makers_keep(s, &m, "house");
}

static bool makers_is_sentence_beside(const struct scan *s, bool last)
{
	const struct line *lines = s->m->lines;
	ptrdiff_t at = s->line - lines, n = (ptrdiff_t)s->m->n_lines;
	/* Credits and other stories' headlines may stand between the last sentence and a name. */
	for (int i = 1; i <= (last ? 4 : 3); i++) {
		ptrdiff_t beside = last ? at - i : at + i;
		if (beside < 0 || beside >= n)
			return false;
		struct str words = marks_line(s->m, &lines[beside]);
		uint32_t end = fold_before(words, words.n);
		if (shape_is_sentence(words) || end == '"' || end == 0x201d || end == 0xbb)
			return true;
	}
	return false;
}

bool makers_try_alone(struct scan *s, bool last)
{
	struct makers m;
	struct str words = scan_from(s, s->line->start);
	/* Names behind commas at the end may be a list of the writer's. */
	if (last && memchr(words.p, ',', words.n))
		return false;
	if (!makers_read(s, s->line->start, &m) || m.n > MAKERS_ALONE_MAX || !makers_is_sentence_beside(s, last) ||
	    fold_is_capitals(words))
		return false;
	for (size_t i = 0; i < m.n; i++) {
		struct str name = marks_text(s->m, m.names[i]);
		if (!makers_has_case(name) || agencies_is_like(name) || !makers_is_nowhere(s, m.names[i]))
			return false;
	}
	return makers_keep(s, &m, "names");
}

/* The dateline's agency, one of the table, or two to six capitals; in strokes any word in a capital. */
static bool makers_is_house(const struct scan *s, struct str house, bool in_strokes)
{
	struct str own = marks_text(s->m, s->m->source);
	size_t letters = 0;
	if (!house.n || house.n > HOUSE_BYTES_MAX || shape_has_digit(house) || !fold_is_upper(fold_peek(house, 0)))
		return false;
	if ((own.n && fold_equal(house, own)) || agencies_is(house))
		return true;
	for (size_t at = 0; at < house.n; letters++)
		if (!fold_is_word_char(utf8_next(house, &at)))
			return false;
	return letters >= 2 && (in_strokes || (fold_is_capitals(house) && letters <= HOUSE_LETTERS_MAX));
}

/* Splits "Name/HOUSE", "Name /House/", "Name (HOUSE)", "HOUSE/Name" in two; false: it is none of these. */
static bool makers_split(const struct scan *s, struct str words, struct str *names, struct str *house)
{
	static const char *const seps[] = {" /", " (", "/"};
	for (size_t i = 0; i < COUNT(seps); i++) {
		const char *hit = words.n ? memmem(words.p, words.n, seps[i], strlen(seps[i])) : NULL;
		size_t at = hit ? (size_t)(hit - words.p) : words.n, behind = at + strlen(seps[i]);
		if (!hit || behind >= words.n)
			continue;
		char close = i == 0 ? '/' : i == 1 ? ')' : 0;
		*names = str_slice(words, 0, at);
		*house = str_slice(words, behind, words.n);
		if (close && (!house->n || house->p[house->n - 1] != close))
			continue;
		house->n -= close != 0;
		if (makers_is_house(s, *house, i == 0))
			return true;
		/* The agency first. */
		struct str first = *names;
		*names = *house;
		*house = first;
		return !close && makers_is_house(s, first, false);
	}
	return false;
}

bool makers_try_signed(struct scan *s)
{
	struct str words = scan_from(s, s->line->start), names, house;
	const struct line *above = s->line > s->m->lines ? s->line - 1 : s->line;
	if (!words.n || words.n > MAKERS_BYTES_MAX || (!memchr(words.p, '/', words.n) && words.p[words.n - 1] != ')') ||
	    shape_has_digit(words) || fold_is_capitals(words) ||
	    (above != s->line && !above->kind && !shape_is_sentence(marks_line(s->m, above))) ||
	    !makers_split(s, words, &names, &house))
		return false;
	size_t start = s->line->start + (size_t)(house.p - words.p);
	struct makers m = {.house = {start, start + house.n}};
	for (size_t at = 0, end; at < names.n; at = end + 1) {
		end = str_index(names, ',', at);
		struct str name = str_trim(str_slice(names, at, end));
		if (!makers_has_case(name) || !makers_is_name(name) || !makers_add(s, &m, name) ||
		    !makers_is_nowhere(s, m.names[m.n - 1]))
			return false;
	}
	return m.n && makers_keep(s, &m, "names-house");
}

bool makers_try_outlet(struct scan *s)
{
	struct str word = scan_from(s, s->line->start);
	if (word.n < OUTLET_BYTES_MIN || word.n > OUTLET_BYTES_MAX || !fold_is_upper(fold_peek(word, 0)) ||
	    fold_is_capitals(word) || dateline_is_no_place(word) || !makers_is_sentence_beside(s, true))
		return false;
	for (size_t at = 0; at < word.n;)
		if (!fold_is_word_char(utf8_next(word, &at)))
			return false;
	struct range at = {s->line->start, s->line->end};
	if (!makers_is_nowhere(s, at))
		return false;
	marks_agency(s->m, at);
	return lines_cut(s->line, "credit", "outlet");
}
