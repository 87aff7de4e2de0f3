/*
 * ANPA 1312, as American agencies send it (ANPA 84-2): a line with service and number, one with priority, category and
 * keyword, then STX, the text, ETX and a stamp with the agency and the time.
 *
 *     SYN SYN SOH W2870 US asian
 *     r l DC3 DC1 BC-Slug 1stLd-Writethru   11-13 1049
 *     STX ^BC-Long Slug,466<
 *     ^Headline<
 *     ^Eds: for editors<
 *     ^By NAME=
 *     TAB, blanks: a paragraph
 *     ETX AP-WF-11-13-13 1509GMT<
 *
 * '^' begins a line of the head, '<' ends one and '=' a centred one. In tables BS begins a row, US and RS are blanks of
 * fixed width and DLE is one within a cell. Kyodo's variant has no '^' and ends the headline with '+'.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/decode/tape.h"

struct anpa {
	struct decode *d;
	struct tape tape;
	size_t at; /* the line at hand */
	struct draft draft;
	struct tape_text body, notes;
	struct str service; /* W2870 */
	bool has_paragraphs;
};

/* --- is it? ------------------------------------------------------------------------------------------------------- */

/* Letters and a number of three digits or more: "W2870", "a0105KYODO"; how many bytes, or 0. */
static size_t anpa_service(struct str line)
{
	size_t letters = 0, at;
	while (letters < line.n && letters < 4 && (line.p[letters] | 32) >= 'a' && (line.p[letters] | 32) <= 'z')
		letters++;
	for (at = letters; at < line.n && line.p[at] >= '0' && line.p[at] <= '9';)
		at++;
	return letters && at - letters >= 3 && at - letters <= 5 ? at : 0;
}

/* "r l", then DC1 to DC4, or a slug where they were lost. */
static bool anpa_is_second(struct str line)
{
	bool letters = line.n > 4 && (line.p[0] | 32) >= 'a' && (line.p[0] | 32) <= 'z' && line.p[1] == ' ' &&
	               (line.p[2] | 32) >= 'a' && (line.p[2] | 32) <= 'z';
	return letters && ((line.p[3] >= TAPE_DC1 && line.p[3] <= TAPE_DC4) ||
	                   str_starts(str_slice(line, 3, line.n), STR(" BC-")));
}

bool anpa1312_is(const struct decode *d, struct str text, const struct walk *w)
{
	(void)d;
	(void)w;
	struct str first = tape_first_line(text);
	size_t service = anpa_service(first);
	if (!service || first.p < text.p || first.n > 40)
		return false;
	bool soh = first.p > text.p && first.p[-1] == TAPE_SOH;
	struct str second = tape_first_line(str_slice(text, (size_t)(first.p - text.p) + first.n, text.n));
	return (soh || memchr(first.p, TAPE_US, first.n)) && anpa_is_second(second);
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static struct str anpa_line(const struct anpa *a, size_t i)
{
	return a->tape.lines[i].words;
}

/* A line of the head without its marks. *centred: '=' ended it. */
static struct str anpa_bare(struct str s, bool *centred)
{
	if (s.n && s.p[0] == '^')
		s = str_slice(s, 1, s.n);
	*centred = s.n && s.p[s.n - 1] == '=';
	while (s.n && strchr("<=", s.p[s.n - 1]))
		s = str_trim(str_slice(s, 0, s.n - 1));
	return str_trim(s);
}

/* Into the text: "``" and "''" are quotes, a lone '_' a dash. */
static struct str anpa_words(const struct anpa *a, struct str s)
{
	if (str_index(s, '`', 0) == s.n && str_index(s, '\'', 0) == s.n && str_index(s, '_', 0) == s.n)
		return s;
	char *out = arena_alloc(a->d->call->tmp, 3 * s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char next = i + 1 < s.n ? s.p[i + 1] : ' ';
		if ((s.p[i] == '`' && next == '`') || (s.p[i] == '\'' && next == '\'')) {
			out[n++] = '"';
			i++;
		} else if (s.p[i] == '_' && next == ' ' && i && s.p[i - 1] == ' ') {
			memcpy(out + n, "\xe2\x80\x94", 3);
			n += 3;
		} else {
			out[n++] = s.p[i];
		}
	}
	return str_make(out, n);
}

/* A row of a table: cells apart by a tab. '{' is one half there. */
static struct str anpa_row(const struct anpa *a, struct str s)
{
	char *out = arena_alloc(a->d->call->tmp, 2 * s.n + 1);
	size_t n = 0;
	bool gap = false;
	if (s.n && s.p[0] == '^')
		s = str_slice(s, 1, s.n);
	for (size_t i = 0; i < s.n; i++) {
		bool wide = s.p[i] == TAPE_US || s.p[i] == TAPE_RS;
		bool blank = wide || s.p[i] == ' ' || s.p[i] == TAPE_DLE;
		gap |= wide;
		if (blank && i + 1 < s.n && (s.p[i + 1] == TAPE_US || s.p[i + 1] == TAPE_RS || s.p[i + 1] == ' '))
			continue;
		if (blank) {
			out[n++] = gap ? '\t' : ' ';
			gap = false;
		} else if (s.p[i] == '{') {
			memcpy(out + n, "\xc2\xbd", 2);
			n += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return str_trim(str_make(out, n));
}

/* --- the head ----------------------------------------------------------------------------------------------------- */

static void anpa_urgency(struct draft *draft, char priority)
{
	static const char letters[] = "fbur", digits[] = "1235";
	const char *hit = strchr(letters, priority | 32);
	if (hit)
		draft->urgency = str_make(digits + (hit - letters), 1);
}

/* "f k BC-Slug KILL   02-11 0031" */
static void anpa_keyword(struct anpa *a, struct str line)
{
	struct draft_thing category = {.literal = str_slice(line, 2, 3)};
	anpa_urgency(&a->draft, line.p[0]);
	draft_add(a->d, &a->draft, DRAFT_SUBJECTS, &category);
	tape_version(&a->draft, str_slice(line, 3, line.n));
}

static bool anpa_is_slug(struct str s)
{
	return str_starts_fold(s, "BC-") || str_starts_fold(s, "AM-") || str_starts_fold(s, "PM-") ||
	       str_starts_fold(s, "AP-") || str_starts_fold(s, "BU-");
}

/* "BC-US--Giant Lobster Death, 1st Ld-Writethru,127": without the count of words at its end. */
static struct str anpa_slug(struct str s)
{
	size_t end = s.n;
	while (end && s.p[end - 1] >= '0' && s.p[end - 1] <= '9')
		end--;
	if (end < s.n && end && s.p[end - 1] == ',')
		s = str_slice(s, 0, end - 1);
	return str_trim(s);
}

static bool anpa_is_note(struct str s)
{
	return str_starts_fold(s, "Eds:") || str_starts_fold(s, "(Eds:") || str_starts_fold(s, "Eds.") ||
	       str_starts_fold(s, "Editors:");
}

static bool anpa_is_photo(struct str s)
{
	return str_starts_fold(s, "AP Photo") || str_starts_fold(s, "AP Graphic") || str_starts_fold(s, "AP Video") ||
	       str_starts_fold(s, "With AP Photo");
}

/* "By PAUL BYRNE and ALMUDENA CALATRAVA", "AP Sports Writer" below it. */
static bool anpa_byline(struct anpa *a, struct str s, bool centred)
{
	if (str_starts_fold(s, "By ") && (centred || s.n < 80)) {
		a->draft.by = str_trim(str_slice(s, 3, s.n));
		return true;
	}
	/* Whose writer it is. */
	return a->draft.by.n && centred && !a->body.n;
}

static void anpa_head(struct anpa *a, struct str line)
{
	bool centred;
	struct str s = anpa_bare(line, &centred);
	/* "*9006< ^AP-Slug,0176<" */
	size_t again = str_index(s, '^', 0);
	if (again < s.n)
		s = anpa_bare(str_slice(s, again, s.n), &centred);
	if (!s.n || str_is(s, "___"))
		return;
	if (!a->draft.slugline.n && anpa_is_slug(s)) {
		a->draft.slugline = anpa_slug(s);
		tape_version(&a->draft, s);
	} else if (anpa_is_note(s)) {
		tape_text_add(&a->notes, s, true);
	} else if (anpa_is_photo(s) || anpa_byline(a, s, centred)) {
		return;
	} else if (!a->draft.headline.n) {
		a->draft.headline = s;
	} else if (a->has_paragraphs && !a->body.n) {
		return; /* a summary, which the text says again */
	} else {
		tape_text_add(&a->body, anpa_words(a, s), true);
	}
}

/* --- the text ----------------------------------------------------------------------------------------------------- */

static bool anpa_is_paragraph(const struct tape_line *line)
{
	return line->indent >= 3 && line->words.n && line->words.p[0] != '^';
}

static void anpa_text_line(struct anpa *a, const struct tape_line *line, bool after_blank)
{
	bool centred;
	if (line->row) {
		tape_text_row(&a->body, anpa_row(a, line->words));
	} else if (line->words.p[0] == '^' || (line->words.p[line->words.n - 1] == '=' && line->words.n < 80)) {
		anpa_head(a, line->words);
	} else {
		struct str s = anpa_bare(line->words, &centred);
		if (!str_is(s, "___"))
			tape_text_add(&a->body, anpa_words(a, s), anpa_is_paragraph(line) || after_blank);
	}
}

/* Kyodo's "Soccer: Urawa Reds claim 7th cup+" */
static bool anpa_plus_headline(struct anpa *a, const struct tape_line *line)
{
	struct str s = line->words;
	if (a->draft.headline.n || a->body.n || line->indent || s.p[s.n - 1] != '+')
		return false;
	a->draft.headline = str_trim(str_slice(s, 0, s.n - 1));
	return true;
}

/* Where the next line with this mark stands, or the end. */
static size_t anpa_find(const struct anpa *a, size_t from, bool etx)
{
	while (from < a->tape.n && !(etx ? a->tape.lines[from].etx : a->tape.lines[from].stx))
		from++;
	return from;
}

static void anpa_text(struct anpa *a, size_t end)
{
	bool blank = true;
	for (size_t i = a->at; i < end; i++)
		a->has_paragraphs |= anpa_is_paragraph(&a->tape.lines[i]);
	for (; a->at < end; a->at++) {
		const struct tape_line *line = &a->tape.lines[a->at];
		bool first_slug = !a->draft.slugline.n && anpa_is_slug(line->words);
		/* "==Kyodo" ends the text. */
		if (!line->words.n || str_starts(line->words, STR("=="))) {
			blank = true;
			continue;
		}
		if (first_slug)
			anpa_head(a, line->words);
		else if (!anpa_plus_headline(a, line))
			anpa_text_line(a, line, blank);
		blank = false;
	}
}

/* --- the stamp ---------------------------------------------------------------------------------------------------- */

static int anpa_two(struct str s, size_t at)
{
	bool digits = at + 2 <= s.n && s.p[at] >= '0' && s.p[at] <= '9' && s.p[at + 1] >= '0' && s.p[at + 1] <= '9';
	return digits ? (s.p[at] - '0') * 10 + (s.p[at + 1] - '0') : -1;
}

/* "AP-WF-11-13-13 1509GMT<": month, day, year. "KWS-21:37-09-12-18": the time, then day, month, year. */
static void anpa_stamp(struct anpa *a, struct str s)
{
	struct arena *keep = a->d->call->keep;
	for (size_t at = 0; at + 8 <= s.n; at++) {
		bool dated = anpa_two(s, at) >= 0 && s.p[at + 2] == '-' && anpa_two(s, at + 3) >= 0 &&
		             s.p[at + 5] == '-' && anpa_two(s, at + 6) >= 0;
		if (!dated || (at && s.p[at - 1] == ':'))
			continue;
		bool time_first = at >= 6 && s.p[at - 4] == ':' && s.p[at - 1] == '-';
		int first = anpa_two(s, at), second = anpa_two(s, at + 3), year = 2000 + anpa_two(s, at + 6);
		int month = time_first ? second : first, day = time_first ? first : second;
		size_t clock = time_first ? at - 6 : at + 9;
		int hour = anpa_two(s, clock), minute = anpa_two(s, time_first ? clock + 3 : clock + 2);
		bool gmt = !time_first && str_starts_fold(str_slice(s, at + 13, s.n), "GMT");
		a->draft.guid = arena_printf(keep, "%.*s-%04d-%02d-%02d", STR_ARG(a->service), year, month, day);
		if (hour >= 0 && minute >= 0)
			a->draft.version_created = arena_printf(keep, "%04d-%02d-%02dT%02d:%02d:00%s", year, month, day,
			                                        hour, minute, gmt ? "Z" : "");
		return;
	}
}

/* --- the format --------------------------------------------------------------------------------------------------- */

static void anpa_read(struct anpa *a)
{
	while (a->at < a->tape.n && !anpa_line(a, a->at).n)
		a->at++;
	struct str first = anpa_line(a, a->at++);
	a->service = str_slice(first, 0, anpa_service(first));
	while (a->at < a->tape.n && !anpa_is_second(anpa_line(a, a->at)))
		a->at++;
	if (a->at < a->tape.n)
		anpa_keyword(a, anpa_line(a, a->at++));
	size_t end = anpa_find(a, a->at, true);
	anpa_text(a, end);
	for (; end < a->tape.n; end++)
		anpa_stamp(a, anpa_line(a, end));
}

static bool anpa_frame(struct decode *d, struct str text, struct walk w)
{
	struct story *st = decode_part(d, w.bytes);
	if (!st)
		return false;
	struct anpa a = {.d = d, .tape = tape_read(d, text)};
	a.body = tape_text_new(d, text);
	a.notes = tape_text_new(d, text);
	anpa_read(&a);
	a.draft.body = tape_text_keep(d, &a.body);
	a.draft.ed_note = tape_text_keep(d, &a.notes);
	a.draft.headline = arena_copy(d->call->keep, a.draft.headline);
	draft_fill(d, st, "anpa1312", &a.draft);
	if (draft_is_empty(st))
		story_drop(d->call, st, REASON_NO_STORY);
	return true;
}

static size_t anpa_next(const struct decode *d, struct str text, const struct walk *w)
{
	return tape_next_soh(d, text, w, anpa1312_is);
}

enum took anpa1312_read(struct decode *d, struct str text, struct walk w)
{
	static const struct tape_frames frames = {anpa_next, anpa_frame};
	return anpa_service(tape_first_line(text)) ? tape_read_frames(d, text, w, &frames) : TOOK_NOT;
}
