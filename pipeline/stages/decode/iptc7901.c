/*
 * IPTC 7901, as European agencies send it: a line with service, number, priority, category, words and source, the
 * keywords, STX, the headline up to " =", the text in lines of some 69 columns, ETX and a stamp.
 *
 *     SOH eca062 4 i 211  dpa 061
 *
 *     Germany-politics/
 *     STX 2ND LEAD
 *     Headline, which may take more lines
 *     By Name, dpa =
 *
 *     Berlin (dpa) - …
 *     # dpa NOTEBOOK …            for editors
 *     dpa wsz jln npr
 *     ETX 131137 GMT Nov 13
 *
 * Paragraphs are apart by an empty line, or by blanks before the first one's words.
 */
#include "pipeline/stages/decode/tape.h"

#define HEAD_LINES_MAX 12

struct iptc {
	struct decode *d;
	struct tape tape;
	size_t at;
	struct draft draft;
	struct tape_text headline, body, notes;
	struct str service; /* eca062 */
};

/* --- is it? ------------------------------------------------------------------------------------------------------- */

static size_t iptc_run(struct str s, size_t at, bool digits)
{
	size_t end = at;
	for (; end < s.n; end++) {
		char c = s.p[end];
		bool digit = c >= '0' && c <= '9', letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		if (digits ? !digit : !letter)
			break;
	}
	return end - at;
}

/* "eca062 4 i 211  dpa 061": letters and digits, priority, category, words; the source's number ends the line. Returns
 * the bytes of the first, or 0. */
static size_t iptc_service(struct str line, char *priority, struct str *category)
{
	size_t letters = iptc_run(line, 0, false), digits = iptc_run(line, letters, true), at = letters + digits;
	if (letters < 2 || letters > 4 || digits < 2 || digits > 5 || at + 4 > line.n || line.p[at] != ' ')
		return 0;
	*priority = line.p[at + 1];
	if (*priority < '1' || *priority > '9' || line.p[at + 2] != ' ')
		return 0;
	size_t category_bytes = iptc_run(line, at + 3, false), behind = at + 3 + category_bytes;
	*category = str_slice(line, at + 3, behind);
	if (!category_bytes || category_bytes > 4 || behind >= line.n || line.p[behind] != ' ')
		return 0;
	while (behind < line.n && line.p[behind] == ' ')
		behind++;
	bool numbered = line.p[line.n - 1] >= '0' && line.p[line.n - 1] <= '9';
	size_t words = iptc_run(line, behind, true);
	return words && behind + words < line.n && numbered ? letters + digits : 0;
}

bool iptc7901_is(const struct decode *d, struct str text, const struct walk *w)
{
	char priority;
	struct str category;
	(void)d;
	(void)w;
	return iptc_service(tape_first_line(text), &priority, &category) > 0;
}

/* --- the head ----------------------------------------------------------------------------------------------------- */

/* "Germany-politics/", "/politics/Britain/EU/" */
static struct str iptc_slug(struct str s)
{
	while (s.n && s.p[0] == '/')
		s = str_slice(s, 1, s.n);
	while (s.n && s.p[s.n - 1] == '/')
		s = str_slice(s, 0, s.n - 1);
	return str_trim(s);
}

/* "1ST LEAD", "REFILE", "EILMELDUNG": capitals that say which version it is, above the headline. */
static bool iptc_is_version(struct str s)
{
	static const char *const words[] = {
	        "LEAD",       "REFILE", "KORREKTUR", "CORRECTION", "CORRECT",      "EILMELDUNG",   "NEWS ALERT",
	        "KILL",       "UPDATE", "REPEAT",    "ADVISORY",   "BERICHTIGUNG", "WIEDERHOLUNG", "ZUSAMMENFASSUNG",
	        "NEUFASSUNG", "URGENT", "ALERT",     "FLASH",      " NET",         "WRITETHRU"};
	if (s.n > 40)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_has_fold(s, words[i]))
			return true;
	}
	return false;
}

/* "By Helen Maguire, dpa", "Von Marco Krefting, dpa": the names. */
static struct str iptc_byline(struct str s)
{
	static const char *const words[] = {"By ", "Von ", "Par ", "Por ", "Di "};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!str_starts(s, str_of(words[i])))
			continue;
		return draft_names(str_slice(s, strlen(words[i]), s.n));
	}
	return (struct str){0};
}

/* One line above the text. True: it was the last one of the head. */
static bool iptc_head_line(struct iptc *t, struct str s)
{
	bool last = s.n && s.p[s.n - 1] == '=';
	s = str_trim(str_slice(s, 0, s.n - last));
	struct str by = iptc_byline(s);
	if (iptc_is_version(s))
		tape_version(&t->draft, s);
	else if (by.n && t->headline.n)
		t->draft.by = by;
	else
		tape_text_add(&t->headline, s, false);
	return last;
}

/* The keywords stand before the headline: above STX, or with a slash at an end where that was lost. */
static bool iptc_is_slug(const struct tape_line *line)
{
	struct str s = line->words;
	return !line->stx && s.n && (s.p[s.n - 1] == '/' || s.p[0] == '/');
}

static void iptc_head(struct iptc *t)
{
	size_t start = t->at, most = start + HEAD_LINES_MAX < t->tape.n ? start + HEAD_LINES_MAX : t->tape.n,
	       last = start;
	/* The line that ends with '=' ends the head; without one it is the first line behind STX. */
	while (last < most && !(t->tape.lines[last].words.n && str_ends(t->tape.lines[last].words, STR("="))))
		last++;
	bool marked = last < most;
	bool inside = false;
	for (; t->at < most; t->at++) {
		const struct tape_line *line = &t->tape.lines[t->at];
		inside |= line->stx;
		if (!line->words.n) {
			if (t->headline.n && !marked)
				break;
			continue;
		}
		if (!inside && (iptc_is_slug(line) || (marked && !t->draft.slugline.n && t->at < last &&
		                                       memchr(line->words.p, '/', line->words.n)))) {
			t->draft.slugline = iptc_slug(line->words);
			tape_version(&t->draft, line->words);
			continue;
		}
		if (iptc_head_line(t, line->words)) {
			t->at++;
			break;
		}
	}
}

/* --- the text ----------------------------------------------------------------------------------------------------- */

/* What follows is for editors: "# dpa NOTEBOOK", "# Notizblock", "* * * *", "## Redaktionelle Hinweise". */
static bool iptc_is_notebook(struct str s)
{
	bool marked = s.n > 2 && s.p[0] == '#' &&
	              (str_has_fold(s, "notebook") || str_has_fold(s, "notizblock") || str_has_fold(s, "bloc-notes") ||
	               str_has_fold(s, "cuaderno"));
	return marked || str_starts(s, STR("* * * *"));
}

/* "dpa wsz jln npr": the agency and the desks' initials, in small letters, alone in the last line. */
static bool iptc_is_initials(struct str s)
{
	size_t words = 1;
	for (size_t i = 0; i < s.n; i++) {
		words += s.p[i] == ' ';
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != ' ')
			return false;
	}
	return words >= 2 && words <= 7 && s.n <= 40;
}

/* The first line that is neither text nor a note: ETX, or the stamp. */
static size_t iptc_end(const struct iptc *t)
{
	size_t end = t->at;
	while (end < t->tape.n && !t->tape.lines[end].etx)
		end++;
	if (end < t->tape.n)
		return end;
	/* The stamp is the last line with words, where it begins with six digits. */
	while (end > t->at && !t->tape.lines[end - 1].words.n)
		end--;
	bool stamp = end > t->at && iptc_run(t->tape.lines[end - 1].words, 0, true) == 6;
	return stamp ? end - 1 : end;
}

static void iptc_text(struct iptc *t, size_t end)
{
	size_t last = end;
	while (last > t->at && !t->tape.lines[last - 1].words.n)
		last--;
	if (last > t->at && iptc_is_initials(t->tape.lines[last - 1].words))
		last--;
	bool blank = true, notes = false;
	for (; t->at < last; t->at++) {
		const struct tape_line *line = &t->tape.lines[t->at];
		notes |= iptc_is_notebook(line->words);
		tape_text_add(notes ? &t->notes : &t->body, line->words, blank || line->indent >= 3 || notes);
		blank = !line->words.n;
	}
	t->at = end;
}

/* "131137 GMT Nov 13": day, hour and minute, month, year. */
static void iptc_stamp(struct iptc *t)
{
	for (; t->at < t->tape.n; t->at++) {
		struct str s = t->tape.lines[t->at].words;
		if (iptc_run(s, 0, true) != 6)
			continue;
		t->draft.version_created = s;
		t->draft.guid = arena_printf(t->d->call->keep, "%.*s/%.*s", STR_ARG(t->service), STR_ARG(s));
		return;
	}
}

/* --- the format --------------------------------------------------------------------------------------------------- */

static void iptc_first(struct iptc *t)
{
	char priority;
	struct draft_thing category = {0};
	while (t->at < t->tape.n && !t->tape.lines[t->at].words.n)
		t->at++;
	struct str line = t->at < t->tape.n ? t->tape.lines[t->at++].words : (struct str){0};
	size_t service = iptc_service(line, &priority, &category.literal);
	t->service = str_slice(line, 0, service);
	t->draft.urgency = str_slice(line, service + 1, service + 2);
	draft_add(t->d, &t->draft, DRAFT_SUBJECTS, &category);
}

static bool iptc_frame(struct decode *d, struct str text, struct walk w)
{
	struct iptc t = {.d = d, .tape = tape_read(d, text)};
	struct story *st = decode_part(d, w.bytes);
	if (!st)
		return false;
	iptc_first(&t);
	t.headline = tape_text_new(d, text);
	t.body = tape_text_new(d, text);
	t.notes = tape_text_new(d, text);
	iptc_head(&t);
	iptc_text(&t, iptc_end(&t));
	iptc_stamp(&t);
	t.draft.headline = tape_text_keep(d, &t.headline);
	t.draft.body = tape_text_keep(d, &t.body);
	t.draft.ed_note = tape_text_keep(d, &t.notes);
	draft_fill(d, st, "iptc7901", &t.draft);
	if (draft_is_empty(st))
		story_drop(d->call, st, REASON_NO_STORY);
	return true;
}

static size_t iptc_next(const struct decode *d, struct str text, const struct walk *w)
{
	return tape_next_soh(d, text, w, iptc7901_is);
}

enum took iptc7901_read(struct decode *d, struct str text, struct walk w)
{
	static const struct tape_frames frames = {iptc_next, iptc_frame};
	return iptc7901_is(d, text, &w) ? tape_read_frames(d, text, w, &frames) : TOOK_NOT;
}
