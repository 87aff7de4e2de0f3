/*
 * Reading a story's lines: from the top for notes, headline, section and time, byline and dateline; from the end for
 * credits, notes and signs; and every line between for what wires put among paragraphs. A line that is not sure stays.
 *
 * Each line is looked at a fixed number of times, long ones only at their beginning and end, so that time grows with
 * the text alone. See marks.h.
 */
#include "pipeline/stages/cleanup/marks.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/chars.h"
#include "pipeline/stages/cleanup/dateline.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define LINES_MAX        65536 /* what comes behind them is text */
#define LINE_BYTES_MAX   600   /* longer ones are paragraphs */
#define HITS_MAX         24
#define HEAD_LINES_MAX   12
#define TAIL_LINES_MAX   24
#define NAMES_WORDS_MAX  16
#define CAPTION_TAIL_MAX 80

struct marks_scan {
	struct marks *m;
	struct line *line;
	size_t core; /* behind brackets and bullets */
	struct phrase_hit hits[HITS_MAX];
	size_t n_hits;
};

void marks_piece(struct marks *m, enum piece_kind kind, size_t start, size_t end, struct range label)
{
	while (start < end && (m->text.p[start] == ' ' || m->text.p[start] == '\t'))
		start++;
	while (end > start && (m->text.p[end - 1] == ' ' || m->text.p[end - 1] == '\t'))
		end--;
	if (start < end && m->n_pieces < MARKS_PIECES_MAX)
		m->pieces[m->n_pieces++] = (struct piece){kind, {start, end}, label};
}

static bool marks_cut(struct line *line, const char *kind, const char *rule)
{
	line->kind = kind;
	line->rule = rule;
	return true;
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

static size_t marks_line_end(struct str text, size_t at)
{
	while (at < text.n) {
		at += chars_text_run(text, at);
		size_t next = at;
		if (at < text.n && chars_next(text, &next) == CHARS_BREAK)
			return at;
		at = next;
	}
	return at;
}

static bool marks_is_space(struct str text, size_t at, size_t *next)
{
	*next = at;
	enum chars_kind kind = chars_next(text, next);
	return kind != CHARS_TEXT && kind != CHARS_BREAKABLE;
}

/* Without what is not seen at either end. */
static void marks_trim(struct str text, struct line *line, size_t end)
{
	size_t at = line->begin, next;
	while (at < end && marks_is_space(text, at, &next))
		at = next;
	line->start = line->end = at;
	while (at < end) {
		bool space = marks_is_space(text, at, &next);
		at = next;
		if (!space)
			line->end = at;
	}
}

static size_t marks_break_end(struct str text, size_t at)
{
	if (at >= text.n)
		return text.n;
	bool pair = text.p[at] == '\r' && at + 1 < text.n && text.p[at + 1] == '\n';
	chars_next(text, &at);
	return at + pair;
}

static size_t marks_count(struct str text, size_t at)
{
	size_t n = 0;
	while (at < text.n && n < LINES_MAX) {
		at = marks_break_end(text, marks_line_end(text, at));
		n++;
	}
	return n;
}

static void marks_split(struct marks *m, size_t from)
{
	size_t room = marks_count(m->text, from);
	m->lines = ARENA_ARRAY(m->a, struct line, room + 1);
	for (size_t i = 0, at = from; i < room; i++) {
		struct line *line = &m->lines[m->n_lines];
		size_t end = marks_line_end(m->text, at);
		line->begin = at;
		marks_trim(m->text, line, end);
		at = line->next = marks_break_end(m->text, end);
		m->n_lines += line->end > line->start;
	}
	m->lines[m->n_lines] = (struct line){0};
}

/* --- what a line says --------------------------------------------------------------------------------------------- */

static void marks_scan(struct marks_scan *s, struct marks *m, struct line *line)
{
	static const char *const marks[] = {"(", "[", "<", "*",  "-",  " ",  "•", "–", "—",
	                                    "▶", "►", "☞", "【", "（", "［", "■", "»"};
	s->m = m;
	s->line = line;
	s->core = line->start;
	for (size_t i = 0; i < COUNT(marks) && s->core < line->end; i++) {
		if (!str_starts(marks_text(m, s->core, line->end), str_of(marks[i])))
			continue;
		s->core += strlen(marks[i]);
		i = (size_t)-1;
	}
	s->n_hits = 0;
	if (line->end - line->start <= LINE_BYTES_MAX)
		s->n_hits = phrases_find(m->phrases, m->text, line->start, line->end, s->hits, HITS_MAX);
}

static bool marks_opens(const struct marks_scan *s, const struct phrase_hit *hit)
{
	return hit->start == s->line->start || hit->start == s->core;
}

/* Behind blanks and the colon behind a label, or 0: there is none. */
static size_t marks_colon(struct str text, size_t at)
{
	while (at < text.n && fold_char(fold_peek(text, at)).c[0] == ' ')
		utf8_next(text, &at);
	uint32_t c = fold_peek(text, at);
	if (fold_char(c).c[0] != ':' && c != '|')
		return 0;
	utf8_next(text, &at);
	while (at < text.n && fold_char(fold_peek(text, at)).c[0] == ' ')
		utf8_next(text, &at);
	return at;
}

/* Is [at, end) nothing but marks? */
static bool marks_says_nothing(const struct marks *m, size_t at, size_t end)
{
	struct str text = str_slice(m->text, 0, end);
	while (at < end)
		if (fold_is_word_char(utf8_next(text, &at)))
			return false;
	return true;
}

static bool marks_is_sentence_end(uint32_t c)
{
	return c == '.' || c == '!' || c == '?' || c == 0x3002 || c == 0x0964 || c == 0x06d4 || c == 0xff01 ||
	       c == 0xff1f;
}

static bool marks_is_sentence(const struct marks *m, size_t start, size_t end)
{
	struct str s = marks_text(m, start, end);
	return s.n && marks_is_sentence_end(fold_before(s, s.n));
}

static bool marks_is_capitals(struct str s)
{
	size_t capitals = 0;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (fold_is_lower(c))
			return false;
		capitals += fold_is_upper(c);
	}
	return capitals >= 2;
}

static bool marks_is_particle(struct str word)
{
	static const char *const words[] = {"de",  "la", "del", "van", "von", "der", "den", "al",  "bin", "le", "du",
	                                    "di",  "da", "do",  "dos", "das", "el",  "and", "und", "et",  "y",  "e",
	                                    "en",  "og", "och", "dan", "i",   "ja",  "ve",  "и",   "та",  "in", "ten",
	                                    "für", "of", "the", "for", "dpa", "a",   "à",   "zu",  "dari"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

static size_t marks_word_end(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != ' ' && s.p[at] != '\t')
		at++;
	return at;
}

/* Are these names, and what goes with names, but no sentence? */
static bool marks_is_names(const struct marks *m, size_t start, size_t end, size_t *words)
{
	struct str s = str_trim(marks_text(m, start, end));
	size_t names = 0;
	*words = 0;
	for (size_t at = 0; at < s.n;) {
		size_t word_end = marks_word_end(s, at);
		struct str word = str_slice(s, at, word_end);
		at = word_end + 1;
		if (!word.n)
			continue;
		uint32_t c = fold_peek(word, 0);
		for (size_t i = 0; i < word.n && !fold_is_word_char(c);)
			c = utf8_next(word, &i);
		bool is_site = str_index(word, '.', 1) + 2 < word.n || str_index(word, '/', 1) < word.n ||
		               str_index(word, '@', 0) < word.n;
		if (fold_is_lower(c) && !marks_is_particle(word) && !is_site)
			return false;
		names += fold_is_word_char(c) && !fold_is_lower(c);
		names += is_site;
		if (++*words > NAMES_WORDS_MAX || (c >= '0' && c <= '9'))
			return false;
	}
	/* An initial's or an abbreviation's full stop may end names, a word's does not. */
	size_t last = s.n;
	while (last && s.p[last - 1] != ' ')
		last--;
	return names > 0 && !(marks_is_sentence(m, start, end) && s.n - last > 4);
}

/* Is a phrase of a table more than its words here? Sets where the rest begins. */
static bool marks_holds(const struct marks_scan *s, const struct phrase_hit *hit, size_t *rest, bool *colon)
{
	struct str text = str_slice(s->m->text, 0, s->line->end);
	size_t behind = marks_colon(text, hit->end);
	bool alone =
	        marks_says_nothing(s->m, hit->end, s->line->end) && !marks_is_sentence(s->m, hit->end, s->line->end);
	*colon = behind != 0;
	*rest = behind ? behind : hit->end;
	switch (hit->phrase->mode) {
	case PHRASE_LABEL:
		return *colon || alone;
	case PHRASE_TITLE:
		return *colon || alone || !marks_is_sentence(s->m, hit->end, s->line->end);
	case PHRASE_WHOLE:
		return alone;
	case PHRASE_LAST:
		return alone || marks_says_nothing(s->m, hit->end, s->line->end);
	default:
		return true;
	}
}

static bool marks_opens_large(const struct marks *m, size_t at, size_t end)
{
	struct str text = str_slice(m->text, 0, end);
	while (at < end) {
		uint32_t c = utf8_next(text, &at);
		if (fold_is_word_char(c))
			return !fold_is_lower(c);
	}
	return false;
}

/* --- lines among paragraphs -----------------------------------------------------------------------------------------
 */

/* A headline has no full stop; a label that is one word may begin a sentence. */
static bool marks_is_promo(const struct marks_scan *s, const struct phrase_hit *hit, size_t rest, bool colon)
{
	const struct marks *m = s->m;
	struct str label = marks_text(m, hit->start, hit->end);
	bool capitals = marks_is_capitals(label);
	bool one_word = str_index(hit->phrase->text, ' ', 0) == hit->phrase->text.n && (unsigned char)label.p[0] < 0x80;
	if (hit->phrase->mode == PHRASE_START)
		return s->line->end - s->line->start <= 250;
	if (!colon && one_word && !capitals)
		return false;
	if (rest < s->line->end && !marks_opens_large(m, rest, s->line->end))
		return false;
	return capitals || !marks_is_sentence(m, rest, s->line->end);
}

static bool marks_try_between(struct marks_scan *s, const struct phrase_hit *hit, size_t rest, bool colon)
{
	struct line *line = s->line;
	const char *rule = hit->phrase->rule;
	switch (hit->phrase->kind) {
	case PHRASE_PROMO:
		if (!marks_is_promo(s, hit, rest, colon))
			return false;
		if (hit->phrase->mode != PHRASE_START && hit->phrase->mode != PHRASE_WHOLE)
			marks_piece(s->m, PIECE_RELATED, rest, line->end, (struct range){0});
		return marks_cut(line, "promo", rule);
	case PHRASE_AD:
		return marks_cut(line, "ad", rule);
	case PHRASE_SHARE:
		return marks_cut(line, "share", rule);
	case PHRASE_SUBSCRIBE:
		return line->end - line->start <= 200 && marks_cut(line, "subscribe", rule);
	case PHRASE_PAGINATION:
		return marks_cut(line, "pagination", rule);
	default:
		return false;
	}
}

/* "… outside the store. Photo: Jude Farrier/Echo" */
static bool marks_try_caption(struct marks_scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		size_t words, rest = marks_colon(str_slice(s->m->text, 0, s->line->end), hit->end);
		if (hit->phrase->kind != PHRASE_CAPTION || !rest || s->line->end - rest > CAPTION_TAIL_MAX)
			continue;
		uint32_t before = hit->start > s->line->start + 1 ? (unsigned char)s->m->text.p[hit->start - 2] : 0;
		bool opens = marks_opens(s, hit) || marks_is_sentence_end(before) || before == ')';
		if (opens && marks_is_names(s->m, rest, s->line->end, &words) && words <= 6)
			return marks_cut(s->line, "caption", hit->phrase->rule);
	}
	return false;
}

static bool marks_between(struct marks_scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		size_t rest;
		bool colon;
		if (marks_opens(s, &s->hits[i]) && marks_holds(s, &s->hits[i], &rest, &colon) &&
		    marks_try_between(s, &s->hits[i], rest, colon))
			return true;
	}
	return marks_try_caption(s);
}

/* --- names and sources ----------------------------------------------------------------------------------------------
 */

static enum piece_kind marks_role(enum phrase_kind kind)
{
	return kind == PHRASE_AUTHOR   ? PIECE_AUTHOR
	       : kind == PHRASE_EDITOR ? PIECE_EDITOR
	       : kind == PHRASE_CREDIT ? PIECE_CREDIT
	                               : PIECE_CONTRIBUTOR;
}

static bool marks_is_label(const struct marks_scan *s, const struct phrase_hit *hit)
{
	bool role = hit->phrase->kind == PHRASE_AUTHOR || hit->phrase->kind == PHRASE_EDITOR ||
	            hit->phrase->kind == PHRASE_CREDIT;
	return role && hit->phrase->mode == PHRASE_LABEL &&
	       marks_colon(str_slice(s->m->text, 0, s->line->end), hit->end);
}

/* "Penulis : Haryo Jati Editor : Deni-Muliya": a line of labels, each with a name; all of it or nothing. */
static bool marks_try_labels(struct marks_scan *s)
{
	struct phrase_hit labels[8];
	size_t n = 0, words;
	for (size_t i = 0; i < s->n_hits && n < COUNT(labels); i++) {
		bool again = n && s->hits[i].end == labels[n - 1].end;
		if (marks_is_label(s, &s->hits[i]) && !again)
			labels[n++] = s->hits[i];
	}
	if (!n || !marks_opens(s, &labels[0]))
		return false;
	struct piece pieces[COUNT(labels)];
	for (size_t i = 0; i < n; i++) {
		size_t start = marks_colon(str_slice(s->m->text, 0, s->line->end), labels[i].end);
		size_t end = i + 1 < n ? labels[i + 1].start : s->line->end;
		while (end > start && strchr(" ()/|;", s->m->text.p[end - 1]))
			end--;
		if (str_ends(marks_text(s->m, start, end), STR("）")))
			end -= 3;
		if (!marks_is_names(s->m, start, end, &words) || words > 12)
			return false;
		pieces[i] = (struct piece){
		        marks_role(labels[i].phrase->kind), {start, end}, {labels[i].start, labels[i].end}};
	}
	for (size_t i = 0; i < n; i++)
		marks_piece(s->m, pieces[i].kind, pieces[i].at.start, pieces[i].at.end, pieces[i].label);
	bool credit = labels[0].phrase->kind == PHRASE_CREDIT;
	return marks_cut(s->line, credit ? "credit" : "byline", labels[0].phrase->rule);
}

/* "By NORA TEASDALE": at least two words, unless in capitals. */
static bool marks_try_by(struct marks_scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		size_t words;
		if (hit->phrase->mode != PHRASE_BY || hit->phrase->kind != PHRASE_AUTHOR ||
		    hit->start != s->line->start || !fold_is_upper(fold_peek(s->m->text, hit->start)))
			continue;
		if (!marks_is_names(s->m, hit->end, s->line->end, &words) || words > 10 ||
		    s->line->end - hit->end > 120)
			continue;
		struct str names = str_trim(marks_text(s->m, hit->end, s->line->end));
		if ((words < 2 && !marks_is_capitals(names)) || marks_is_sentence(s->m, hit->end, s->line->end))
			continue;
		marks_piece(s->m, PIECE_AUTHOR, hit->end, s->line->end, (struct range){hit->start, hit->end});
		return marks_cut(s->line, "byline", hit->phrase->rule);
	}
	return false;
}

/* "(Reporting by Nora Teasdale; Editing by Colm Vance)" */
static bool marks_try_contributors(struct marks_scan *s)
{
	const struct phrase_hit *first = NULL;
	for (size_t i = 0; i < s->n_hits && !first; i++) {
		bool role = s->hits[i].phrase->kind == PHRASE_CONTRIBUTOR && s->hits[i].phrase->mode == PHRASE_START;
		if (role && marks_opens(s, &s->hits[i]))
			first = &s->hits[i];
	}
	if (!first || !marks_opens_large(s->m, first->end, s->line->end))
		return false;
	size_t last_end = 0;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind != PHRASE_CONTRIBUTOR || hit->phrase->mode != PHRASE_START ||
		    hit->end <= last_end)
			continue;
		last_end = hit->end;
		size_t end = hit->end;
		while (end < s->line->end && s->m->text.p[end] != ';' && s->m->text.p[end] != ')')
			end++;
		bool edits = str_starts(hit->phrase->text, STR("edit"));
		size_t colon = marks_colon(str_slice(s->m->text, 0, end), hit->end);
		marks_piece(s->m, edits ? PIECE_EDITOR : PIECE_CONTRIBUTOR, colon ? colon : hit->end, end,
		            (struct range){hit->start, hit->end});
	}
	return marks_cut(s->line, "contributors", first->phrase->rule);
}

/* "Keystone writer Dale Ormsby contributed from Holt." */
static bool marks_try_contributed(struct marks_scan *s)
{
	static const char *const jobs[] = {" writers ",       " writer ",         " reporters ",  " reporter ",
	                                   " correspondent ", " correspondents ", " journalist ", " journalists "};
	for (size_t i = 0; i < s->n_hits; i++) {
		if (s->hits[i].phrase->mode != PHRASE_INSIDE)
			continue;
		struct str before = marks_text(s->m, s->core, s->hits[i].start);
		size_t start = s->core;
		bool job = false;
		for (size_t j = 0; j < COUNT(jobs); j++) {
			const char *hit = memmem(before.p, before.n, jobs[j], strlen(jobs[j]));
			if (hit && !job) {
				start = s->core + (size_t)(hit - before.p) + strlen(jobs[j]);
				job = true;
			}
		}
		size_t words;
		if ((!job && !str_ends(s->hits[i].phrase->text, STR("this report"))) ||
		    !marks_is_names(s->m, start, s->hits[i].start, &words))
			continue;
		marks_piece(s->m, PIECE_CONTRIBUTOR, start, s->hits[i].start, (struct range){0});
		return marks_cut(s->line, "contributors", s->hits[i].phrase->rule);
	}
	return false;
}

/* --- section and time ------------------------------------------------------------------------------------------------
 */

static size_t marks_blanks(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* Behind "Published:" or "Senin," where a date may begin. */
static size_t marks_before_date(const struct marks_scan *s, size_t at)
{
	struct str text = str_slice(s->m->text, 0, s->line->end);
	size_t behind = 0;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind == PHRASE_META && hit->phrase->mode == PHRASE_BY && hit->start == at)
			behind = hit->end;
	}
	if (behind) {
		size_t colon = marks_colon(text, behind);
		return colon ? colon : marks_blanks(text, behind);
	}
	size_t comma = str_index(text, ',', at);
	bool day_name = comma < text.n && comma - at <= 24 && comma > at;
	for (size_t i = at; day_name && i < comma; i++)
		day_name = text.p[i] != ' ' || i == at;
	for (size_t i = at; day_name && i < comma; i++)
		day_name = text.p[i] < '0' || text.p[i] > '9';
	return day_name ? marks_blanks(text, comma + 1) : at;
}

/* The mark between section and time at `at`, or 0. */
static size_t marks_separator(struct str s, size_t at)
{
	static const char *const marks[] = {"|", "•", "·", " - ", " – ", " — ", "／", "｜"};
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(str_slice(s, at, s.n), str_of(marks[i])))
			return at + strlen(marks[i]);
	return 0;
}

static bool marks_is_section(const struct marks *m, size_t start, size_t end)
{
	struct str s = str_trim(marks_text(m, start, end));
	size_t blanks = 0;
	for (size_t i = 0; i < s.n; i++) {
		blanks += s.p[i] == ' ';
		if ((s.p[i] >= '0' && s.p[i] <= '9') || strchr(".!?:;\"", s.p[i]))
			return false;
	}
	return s.n && s.n <= 60 && blanks <= 4;
}

struct marks_meta {
	size_t section_end, time_start, time_end;
	struct date date;
};

static bool marks_find_time(const struct marks_scan *s, struct marks_meta *meta)
{
	struct str text = str_slice(s->m->text, 0, s->line->end);
	size_t at = s->line->start, limit = at + 200 < text.n ? at + 200 : text.n;
	meta->section_end = at;
	for (size_t next = at; next; at++) {
		size_t start = marks_before_date(s, marks_blanks(text, next));
		meta->time_start = start;
		meta->time_end = dates_read(text, start, true, &meta->date);
		if (meta->time_end && meta->date.year)
			return meta->section_end == s->line->start ||
			       marks_is_section(s->m, s->line->start, meta->section_end);
		next = 0;
		for (at = meta->section_end + (meta->section_end != s->line->start); at < limit && !next; at++)
			next = marks_separator(text, at);
		meta->section_end = at ? at - 1 : 0;
		if (!next)
			return false;
	}
	return false;
}

/* "WITAMBON": a zone's name that a place's may have taken a letter of. The story's other words tell. */
static size_t marks_glued_zone(const struct marks *m, const struct line *line, struct marks_meta *meta)
{
	if (!meta->date.zone.n || meta->date.has_offset)
		return meta->time_end;
	size_t start = (size_t)(meta->date.zone.p - m->text.p);
	for (size_t n = meta->date.zone.n; n; n = dates_zone_length(m->text, start, n - 1)) {
		struct dateline d;
		if (!dateline_read(m->text, start + n, line->end, &d) || d.place.start != start + n)
			continue;
		struct str place = marks_text(m, d.place.start, d.place.end);
		for (size_t at = line->end, tries = 0; tries < 4000 && at < m->text.n; at++, tries++)
			if (fold_is_upper((unsigned char)m->text.p[at]) && at + place.n <= m->text.n &&
			    fold_equal(place, fold_cut(str_slice(m->text, at, m->text.n), place.n)))
				return start + n;
		for (size_t at = 0; at < line->begin && at < 4000; at++)
			if (fold_is_upper((unsigned char)m->text.p[at]) &&
			    fold_equal(place, fold_cut(str_slice(m->text, at, m->text.n), place.n)))
				return start + n;
	}
	return meta->time_end;
}

/* The words on both sides of a boundary, for the record. */
static void marks_note_glue(struct marks *m, const struct line *line, size_t at)
{
	size_t left = at, right = at;
	while (left > line->start &&
	       ((unsigned char)m->text.p[left - 1] >= 0x80 || fold_is_word_char((unsigned char)m->text.p[left - 1])))
		left--;
	while (right < line->end && !strchr(" ,.(-", m->text.p[right]))
		right++;
	m->glue = (struct glue){true, at, {left, at}, {at, right}};
}

static bool marks_try_meta(struct marks_scan *s)
{
	struct marks_meta meta;
	struct dateline dateline;
	struct marks *m = s->m;
	if (!marks_find_time(s, &meta))
		return false;
	size_t end = marks_glued_zone(m, s->line, &meta),
	       behind = marks_blanks(str_slice(m->text, 0, s->line->end), end);
	if (!marks_says_nothing(m, end, s->line->end)) {
		bool glued = behind == end && fold_is_upper(fold_peek(m->text, end));
		bool sure = dateline_read(m->text, behind, s->line->end, &dateline);
		if (!sure && !(glued && meta.date.has_time))
			return false;
		s->line->cut_to = behind;
		if (glued)
			marks_note_glue(m, s->line, end);
	}
	if (meta.section_end > s->line->start)
		marks_piece(m, PIECE_SECTION, s->line->start, meta.section_end, (struct range){0});
	marks_piece(m, PIECE_TIME, meta.time_start, end, (struct range){0});
	return marks_cut(s->line, "metaline", "section-time");
}

/* --- above the headline
 * ------------------------------------------------------------------------------------------------ */

static bool marks_has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

static bool marks_is_embargo(const struct marks_scan *s, const struct phrase_hit *hit, size_t rest)
{
	if (!marks_has_digit(marks_text(s->m, rest, s->line->end)))
		return false;
	if (hit->phrase->mode == PHRASE_START)
		return true;
	uint32_t c = fold_peek(s->m->text, rest);
	bool inside = c >= '0' && c <= '9';
	for (size_t i = 0; i < s->n_hits; i++)
		inside |= s->hits[i].phrase->kind == PHRASE_EMBARGO && s->hits[i].start >= rest;
	return inside;
}

static bool marks_try_note(struct marks_scan *s, const struct phrase_hit *hit, size_t rest)
{
	struct marks *m = s->m;
	bool alone = marks_says_nothing(m, hit->end, s->line->end);
	switch (hit->phrase->kind) {
	case PHRASE_KILL:
		return m->is_kill = marks_cut(s->line, "kill-note", hit->phrase->rule);
	case PHRASE_EMBARGO:
		return marks_is_embargo(s, hit, rest) &&
		       (m->is_embargoed = marks_cut(s->line, "embargo", hit->phrase->rule));
	case PHRASE_CORRECTION:
		/* "CORRECTION: …" is a headline; in brackets or alone it is a note. */
		return (hit->phrase->mode == PHRASE_START || alone || m->text.p[s->line->start] == '(') &&
		       marks_cut(s->line, "correction-note", hit->phrase->rule);
	case PHRASE_ADVISORY:
		return marks_cut(s->line, "advisory", hit->phrase->rule);
	case PHRASE_UPDATE:
		return marks_cut(s->line, "update", hit->phrase->rule);
	case PHRASE_META:
		return hit->phrase->mode == PHRASE_WHOLE && marks_cut(s->line, "metaline", hit->phrase->rule);
	default:
		return false;
	}
}

static bool marks_notes(struct marks_scan *s, bool above)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		size_t rest;
		bool colon;
		if (!marks_opens(s, hit) || !marks_holds(s, hit, &rest, &colon))
			continue;
		bool short_of = !above && (hit->phrase->kind == PHRASE_KILL || hit->phrase->kind == PHRASE_UPDATE);
		if (!short_of && marks_try_note(s, hit, rest))
			return true;
		bool furniture = hit->phrase->kind == PHRASE_AD || hit->phrase->kind == PHRASE_SHARE;
		if (above && furniture && marks_try_between(s, hit, rest, colon))
			return true;
	}
	return false;
}

/* Where ", 1st Ld-Writethru" begins in a headline, or its end. */
static size_t marks_version_tag(const struct marks *m, const struct line *line)
{
	struct str s = str_slice(m->text, 0, line->end);
	for (size_t at = line->start; at + 6 < s.n; at++) {
		size_t p = at + 2;
		if (s.p[at] != ',' || s.p[at + 1] != ' ' || s.p[p] < '0' || s.p[p] > '9')
			continue;
		while (p < s.n && s.p[p] >= '0' && s.p[p] <= '9')
			p++;
		struct str rest = str_slice(s, p + 2, s.n);
		if (str_starts(rest, STR(" Ld")) || str_starts(rest, STR(" LD")) || str_starts(rest, STR(" Lead")))
			return at;
	}
	return line->end;
}

static size_t marks_head(struct marks *m)
{
	struct marks_scan s;
	size_t i = 0;
	for (; i + 1 < m->n_lines && i < HEAD_LINES_MAX; i++) {
		marks_scan(&s, m, &m->lines[i]);
		if (!marks_notes(&s, true))
			break;
	}
	m->headline = i;
	if (i == m->n_lines)
		return i;
	m->headline_end = marks_version_tag(m, &m->lines[i]);
	marks_cut(&m->lines[i], "headline", "first-line");
	return i + 1;
}

/* Lines between headline and text. */
static size_t marks_preamble(struct marks *m, size_t i)
{
	struct marks_scan s;
	for (size_t n = 0; i < m->n_lines && n < HEAD_LINES_MAX; i++, n++) {
		struct line *line = &m->lines[i];
		marks_scan(&s, m, line);
		if (marks_try_meta(&s)) {
			if (line->cut_to)
				return i;
			continue;
		}
		if (!marks_try_by(&s) && !marks_try_labels(&s) && !marks_notes(&s, false) && !marks_between(&s))
			return i;
	}
	return i;
}

static void marks_dateline(struct marks *m)
{
	struct dateline d;
	struct line *line = &m->lines[m->body];
	if (m->body == m->n_lines)
		return;
	size_t at = line->cut_to ? line->cut_to : line->start;
	if (!dateline_read(m->text, at, line->end, &d))
		return;
	m->dateline = (struct removal){"dateline", d.rule, {line->cut_to ? at : line->start, d.end}};
	m->source = d.source;
	const struct range none = {0};
	marks_piece(m, PIECE_DATELINE, at, d.end, none);
	/* Its text goes into the record with its blanks, as it was taken out. */
	if (m->n_pieces && m->pieces[m->n_pieces - 1].kind == PIECE_DATELINE)
		m->pieces[m->n_pieces - 1].at = m->dateline.at;
	marks_piece(m, PIECE_PLACE, d.place.start, d.place.end, none);
	marks_piece(m, PIECE_SOURCE, d.source.start, d.source.end, none);
	marks_piece(m, PIECE_DATE, d.date.start, d.date.end, none);
	marks_piece(m, PIECE_AUTHOR, d.author.start, d.author.end, none);
}

/* --- from the end
 * ------------------------------------------------------------------------------------------------------ */

/* "gh/rs", "ZC // MA": initials of those who made it. */
static bool marks_is_initials(struct str s)
{
	size_t letters = 0, groups = 1;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '/' || c == '-') {
			groups += letters > 0;
			if (!letters && c != '/')
				return false;
			letters = 0;
		} else if (c != ' ') {
			if (!fold_is_word_char((unsigned char)c) || (unsigned char)c >= 0x80 ||
			    (c >= '0' && c <= '9') || ++letters > 4)
				return false;
		}
	}
	return letters && groups >= 2 && groups <= 5 && str_index(s, '/', 0) < s.n;
}

/* "071122 GMT Feb 25", "AP-WF-11-13-13 1509GMT" */
static bool marks_is_stamp(const struct marks *m, const struct line *line)
{
	struct str s = marks_text(m, line->start, line->end);
	size_t digits = 0;
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (digits == 6 && s.n < 24 && s.p[6] == ' ' && dates_zone_length(s, 7, s.n))
		return true;
	return s.n < 32 && str_starts(s, STR("AP-")) && str_ends(s, STR("GMT")) && marks_has_digit(s);
}

static struct str marks_source_word(const struct marks *m)
{
	struct str source = marks_text(m, m->source.start, m->source.end);
	return str_slice(source, 0, str_index(source, '/', 0));
}

/* "kpd as tb", "(PAB)", "ENS": the agency signs. */
static bool marks_is_signature(const struct marks *m, const struct line *line)
{
	struct str s = marks_text(m, line->start, line->end), source = marks_source_word(m);
	bool in_marks = s.n > 4 && ((s.p[0] == '(' && s.p[s.n - 1] == ')') || (s.p[0] == '/' && s.p[s.n - 1] == '/'));
	if (in_marks)
		s = str_slice(s, 1, s.n - 1);
	if (s.n > 40 || !s.n)
		return false;
	if (source.n && fold_equal(s, source))
		return true;
	if (in_marks)
		return s.n <= 8 && marks_is_capitals(s) && str_index(s, ' ', 0) == s.n;
	size_t first = str_index(s, ' ', 0), words = 1;
	if (!source.n || first == s.n || !fold_equal(str_slice(s, 0, first), source))
		return false;
	for (size_t at = first + 1; at < s.n; words++) {
		size_t end = str_index(s, ' ', at);
		if (end - at > 4)
			return false;
		at = end + 1;
	}
	return words <= 6;
}

static bool marks_try_copyright(struct marks_scan *s, const struct phrase_hit *hit)
{
	struct str words = marks_text(s->m, hit->end, s->line->end), source = marks_source_word(s->m);
	struct str trimmed = str_trim(words);
	bool signs = source.n && fold_equal(fold_cut(trimmed, source.n), source) &&
	             !str_starts(hit->phrase->text, STR("copy"));
	bool is_mark = str_is(hit->phrase->text, "©") || str_is(hit->phrase->text, "(c)");
	if (is_mark && s->line->end - s->line->start > 200)
		return false;
	return marks_cut(s->line, signs ? "endmark" : "copyright", hit->phrase->rule);
}

static bool marks_is_contact(const struct marks_scan *s)
{
	struct str words = marks_text(s->m, s->line->start, s->line->end);
	return words.n <= 250 && (marks_has_digit(words) || str_index(words, '@', 0) < words.n ||
	                          memmem(words.p, words.n, "www.", 4) || memmem(words.p, words.n, "http", 4));
}

static bool marks_try_last(struct marks_scan *s, const struct phrase_hit *hit)
{
	const char *rule = hit->phrase->rule;
	switch (hit->phrase->kind) {
	case PHRASE_ENDMARK:
		return marks_cut(s->line, "endmark", rule);
	case PHRASE_MORE:
		return s->m->is_partial = marks_cut(s->line, "advisory", rule);
	case PHRASE_COPYRIGHT:
		return marks_try_copyright(s, hit);
	case PHRASE_USAGE:
		return marks_cut(s->line, "usage", rule);
	case PHRASE_CONTACT:
		return marks_is_contact(s) && marks_cut(s->line, "contact", rule);
	case PHRASE_ADVISORY:
		return marks_cut(s->line, "advisory", rule);
	case PHRASE_CORRECTION:
		return (hit->phrase->mode == PHRASE_START && !str_starts(hit->phrase->text, STR("corrects"))) &&
		       marks_cut(s->line, "correction-note", rule);
	default:
		return false;
	}
}

static bool marks_last(struct marks_scan *s)
{
	struct line *line = s->line;
	for (size_t i = 0; i < s->n_hits; i++) {
		size_t rest;
		bool colon;
		if (marks_opens(s, &s->hits[i]) && marks_holds(s, &s->hits[i], &rest, &colon) &&
		    marks_try_last(s, &s->hits[i]))
			return true;
	}
	if (marks_try_labels(s) || marks_try_contributors(s) || marks_try_contributed(s) || marks_between(s))
		return true;
	struct str words = marks_text(s->m, line->start, line->end);
	if (words.n <= 24 && marks_is_initials(words))
		return marks_cut(line, "endmark", "initials");
	if (marks_is_stamp(s->m, line))
		return marks_cut(line, "endmark", "time-stamp");
	return marks_is_signature(s->m, line) && marks_cut(line, "endmark", "agency");
}

static size_t marks_tail(struct marks *m)
{
	struct marks_scan s;
	size_t i = m->n_lines;
	for (size_t n = 0; i > m->body + 1 && n < TAIL_LINES_MAX; i--, n++) {
		marks_scan(&s, m, &m->lines[i - 1]);
		if (!marks_last(&s))
			break;
	}
	return i;
}

/* "… repartió billetes. ENS", "…。（完）": a sign behind the last sentence. */
static void marks_endmark(struct marks *m, size_t last)
{
	struct line *line = &m->lines[last];
	struct phrase_hit hits[HITS_MAX];
	size_t from = line->end - line->start > 40 ? line->end - 40 : line->start, start = 0;
	while (from < line->end && ((unsigned char)m->text.p[from] & 0xc0) == 0x80)
		from++;
	size_t n = phrases_find(m->phrases, m->text, from, line->end, hits, HITS_MAX);
	const char *rule = NULL;
	for (size_t i = 0; i < n && !rule; i++) {
		bool bracketed = fold_char(fold_peek(m->text, hits[i].start)).c[0] == '(';
		if (hits[i].phrase->kind != PHRASE_ENDMARK || hits[i].end != line->end || !bracketed)
			continue;
		rule = hits[i].phrase->rule;
		start = hits[i].start;
	}
	struct str source = marks_source_word(m), words = marks_text(m, line->start, line->end);
	if (!rule && source.n && str_ends(words, source) && words.n > source.n + 2 &&
	    words.p[words.n - source.n - 1] == ' ') {
		rule = "agency";
		start = line->end - source.n;
	}
	size_t before = start;
	while (rule && before > line->start && m->text.p[before - 1] == ' ')
		before--;
	bool follows = rule && (marks_is_sentence(m, line->start, before) || m->text.p[before - 1] == '"' ||
	                        fold_before(m->text, before) == 0x201d);
	if (follows)
		m->endmark = (struct removal){"endmark", rule, {start, line->next}};
}

/* --- all of it
 * --------------------------------------------------------------------------------------------------------- */

static bool marks_is_notebook(const struct marks_scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == PHRASE_NOTEBOOK && s->hits[i].start == s->line->start &&
		    marks_says_nothing(s->m, s->hits[i].end, s->line->end))
			return true;
	return false;
}

/* Between the first paragraph and the last lines. Returns the last line that stays. */
static size_t marks_middle(struct marks *m, size_t end)
{
	struct marks_scan s;
	size_t last = m->body;
	bool notebook = false;
	for (size_t i = m->body + 1; i < end; i++) {
		marks_scan(&s, m, &m->lines[i]);
		notebook = notebook || marks_is_notebook(&s);
		if (notebook)
			marks_cut(&m->lines[i], "advisory", "notebook");
		else if (!marks_between(&s))
			last = i;
	}
	return last;
}

static int marks_compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

void marks_read(struct marks *m, size_t from, size_t to, bool with_headline)
{
	m->text = str_slice(m->text, 0, to);
	m->pieces = ARENA_ARRAY(m->a, struct piece, MARKS_PIECES_MAX);
	marks_split(m, from);
	m->headline = m->n_lines;
	m->body = with_headline ? marks_head(m) : 0;
	m->body = marks_preamble(m, m->body);
	if (m->body < m->n_lines) {
		marks_dateline(m);
		size_t end = marks_tail(m);
		marks_endmark(m, marks_middle(m, end));
	}
	qsort(m->pieces, m->n_pieces, sizeof(*m->pieces), marks_compare);
}
