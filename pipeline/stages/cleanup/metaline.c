/* "Kompas dunia | 21 Januari 2024, 14:32 WIB". See metaline.h. */
#include "pipeline/stages/cleanup/metaline.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/bylines.h"
#include "pipeline/stages/cleanup/facts.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/times.h"
#include "pipeline/words/zones.h"

#define COUNT(array)        (sizeof(array) / sizeof((array)[0]))
#define METALINE_BYTES_MAX  200
#define METALINE_DIGITS_MIN 3 /* of a date with its year */
#define SECTION_BYTES_MAX   60
#define SECTION_BLANKS_MAX  4
#define DAY_NAME_BYTES_MAX  40
#define PLACE_SEARCH_BYTES  4000
#define AGO_BYTES_MAX       24
#define METALINE_PARTS_MAX  8

struct metaline {
	size_t section_end, time_start, time_end;
	struct date date;
};

/* --- where a date may begin --------------------------------------------------------------------------------------- */

/* Behind "Published:", or 0. */
size_t metaline_behind_word(const struct scan *s, size_t at)
{
	size_t behind = 0;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind == PHRASE_META && hit->phrase->mode == PHRASE_BY && hit->start == at)
			behind = hit->end;
	}
	if (!behind)
		return 0;
	size_t colon = scan_colon(s->text, behind);
	return colon ? colon : shape_blanks(s->text, behind);
}

/* Behind "Senin,", "Thứ Sáu,", "Mardi": a day's name, of two words at most, with a comma or a blank before the date; or
 * `at`. */
static size_t metaline_behind_day(struct str text, size_t at)
{
	struct str rest = fold_cut(str_slice(text, at, text.n), DAY_NAME_BYTES_MAX);
	size_t blanks = 0;
	for (size_t i = 0; i < rest.n;) {
		size_t start = i;
		uint32_t c = utf8_next(rest, &i);
		if (fold_digit(c) >= 0)
			return start && rest.p[start - 1] == ' ' ? at + start : at;
		/* "چهارشنبه / ۷ خرداد" */
		if (c == '/' && start && rest.p[start - 1] == ' ')
			return shape_blanks(text, at + i);
		if (c == ',' || c == 0x60c || c == 0x3001)
			return start ? shape_blanks(text, at + i) : at;
		blanks += c == ' ';
		if (blanks > 2 || (!fold_is_word_char(c) && c != ' ' && c != '.' && c != '-'))
			return at;
	}
	return at;
}

/* May a mark begin with these bytes? Asked of every byte of a line, where all but a few are no beginning. */
static bool metaline_may_separate(struct str rest)
{
	unsigned char first = rest.n ? (unsigned char)rest.p[0] : 0, next = rest.n > 1 ? (unsigned char)rest.p[1] : 0;
	return first == '|' || first >= 0x80 || (first == ' ' && (next == '-' || next >= 0x80));
}

/* The mark between section and time at `at`, or 0. */
static size_t metaline_separator(struct str s, size_t at)
{
	static const struct str marks[] = {STR_INIT("|"),   STR_INIT("•"),   STR_INIT("·"),  STR_INIT(" - "),
	                                   STR_INIT(" – "), STR_INIT(" — "), STR_INIT("／"), STR_INIT("｜")};
	struct str rest = str_slice(s, at, s.n);
	if (!metaline_may_separate(rest))
		return 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i].p[0] == rest.p[0] && str_starts(rest, marks[i]))
			return at + marks[i].n;
	return 0;
}

static bool metaline_is_section(struct str s)
{
	size_t blanks = 0;
	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		blanks += s.p[i] == ' ';
		if (strchr("0123456789.!?:;\"", s.p[i]))
			return false;
	}
	return s.n && s.n <= SECTION_BYTES_MAX && blanks <= SECTION_BLANKS_MAX;
}

static bool metaline_date_at(const struct scan *s, struct metaline *meta, size_t at)
{
	meta->time_start = at;
	meta->time_end = dates_read(s->text, at, true, &meta->date);
	return meta->time_end && meta->date.year;
}

/* A day's name may stand before the date. */
static bool metaline_date(const struct scan *s, struct metaline *meta, size_t at)
{
	if (metaline_date_at(s, meta, at))
		return true;
	size_t behind = metaline_behind_day(s->text, at);
	return behind != at && metaline_date_at(s, meta, behind);
}

/* "Uppdaterad 14.05 | …": is all before `end` a time, named by a word before it? */
static bool metaline_is_time(const struct scan *s, size_t end)
{
	struct date d = {0};
	size_t word = metaline_behind_word(s, s->line->start), at = word ? times_read(s->text, word, &d) : 0;
	return at && shape_blanks(s->text, at) >= end;
}

/* Behind blanks and a bracket: "[2024年3月3日 23:05]". */
static size_t metaline_open(struct str text, size_t at)
{
	at = shape_blanks(text, at);
	return at < text.n && text.p[at] == '[' ? at + 1 : at;
}

/* Tries to read the time at the line's start, then behind each separator. */
static bool metaline_find(struct scan *s, struct metaline *meta)
{
	size_t start = s->line->start, limit = start + METALINE_BYTES_MAX, next = start;
	meta->section_end = start;
	for (size_t from = start;; from++) {
		size_t at = metaline_open(s->text, next), word = metaline_behind_word(s, at);
		at = word ? word : at;
		if (metaline_date(s, meta, at))
			return meta->section_end == start ||
			       metaline_is_section(str_slice(s->text, start, meta->section_end)) ||
			       metaline_is_time(s, meta->section_end) ||
			       bylines_labels_between(s, start, meta->section_end, false);
		while (from < limit && from < s->text.n && !(next = metaline_separator(s->text, from)))
			from++;
		if (from >= limit || from >= s->text.n)
			return false;
		meta->section_end = from;
	}
}

/* --- what is glued ------------------------------------------------------------------------------------------------ */

/* In [from, to), beginning with a capital. */
static bool metaline_holds_name(struct str text, size_t from, size_t to, struct str name)
{
	uint32_t first = fold_char(fold_peek(name, 0)).c[0];
	for (size_t at = from; at < to && at + name.n <= text.n;) {
		size_t start = at;
		unsigned char byte = (unsigned char)text.p[at];
		if (byte < 'A' || (byte > 'Z' && byte < 0x80)) {
			at++;
			continue;
		}
		uint32_t c = utf8_next(text, &at);
		if (fold_is_upper(c) && fold_char(c).c[0] == first &&
		    fold_equal(name, fold_cut(str_slice(text, start, text.n), name.n)))
			return true;
	}
	return false;
}

/* "WITAMBON": a zone's name that a place's may have taken a letter of. The story's other words tell. */
static size_t metaline_glued_zone(const struct scan *s, const struct metaline *meta)
{
	struct str text = s->m->text;
	if (!meta->date.zone.n || meta->date.has_offset)
		return meta->time_end;
	size_t start = (size_t)(meta->date.zone.p - text.p);
	for (size_t n = meta->date.zone.n; n; n = zones_length(text, start, n - 1)) {
		struct dateline d;
		if (!dateline_read(text, start + n, s->line->end, &d) || d.place.start != start + n)
			continue;
		struct str place = str_slice(text, d.place.start, d.place.end);
		size_t before = s->line->begin < PLACE_SEARCH_BYTES ? s->line->begin : PLACE_SEARCH_BYTES;
		if (metaline_holds_name(text, s->line->end, s->line->end + PLACE_SEARCH_BYTES, place) ||
		    metaline_holds_name(text, 0, before, place))
			return start + n;
	}
	return meta->time_end;
}

/* The words on both sides of a boundary, for the record. */
static void metaline_note_glue(struct scan *s, size_t at)
{
	size_t left = at, right = at;
	while (left > s->line->start &&
	       ((unsigned char)s->text.p[left - 1] >= 0x80 || fold_is_word_char((unsigned char)s->text.p[left - 1])))
		left--;
	while (right < s->line->end && !strchr(" ,.(-", s->text.p[right]))
		right++;
	s->m->glue = (struct glue){true, at, {left, at}, {at, right}};
}

/* More stands behind the time: only a dateline may, or what a time is glued to. */
static bool metaline_cut_part(struct scan *s, const struct metaline *meta, size_t end)
{
	size_t behind = shape_blanks(s->text, end);
	struct dateline dateline;
	bool glued = behind == end && fold_is_upper(fold_peek(s->text, end));
	bool sure = dateline_read(s->text, behind, s->line->end, &dateline) && dateline.place.end;
	if (!sure && !(glued && meta->date.has_time))
		return false;
	s->line->cut_to = behind;
	if (glued)
		metaline_note_glue(s, end);
	return true;
}

/* --- what stands behind the time --------------------------------------------------------------------------------- */

/* "aktualizováno 15:02", "Atualizado há 2 horas": behind such a word a time alone, or a few words down to the end.
 * Returns where they end, or 0. */
static size_t metaline_hour(const struct scan *s, size_t at, bool named)
{
	struct date d = {0};
	size_t end = named ? times_read(s->text, at, &d) : 0;
	struct str rest = scan_from(s, at);
	bool few = named && rest.n <= AGO_BYTES_MAX && shape_has_digit(rest) && !shape_is_sentence(rest);
	return end ? end : few ? s->text.n : 0;
}

/* A second time: "… - Updated: 7 March 2024", "（…更新）". Where only it has the hour of the same day, it is the one.
 */
static size_t metaline_again(const struct scan *s, size_t at, struct metaline *meta)
{
	struct metaline again;
	size_t word = metaline_behind_word(s, at);
	at = word ? word : at;
	if (!metaline_date(s, &again, at))
		return metaline_hour(s, at, word != 0);
	bool same_day = again.date.year == meta->date.year && again.date.month == meta->date.month &&
	                again.date.day == meta->date.day;
	if (same_day && again.date.has_time && !meta->date.has_time) {
		meta->time_start = again.time_start;
		meta->time_end = again.time_end;
	}
	size_t named = metaline_behind_word(s, again.time_end);
	return named ? named : again.time_end;
}

/* Where the words at `at` end: at the next mark between parts, or with the line. */
static size_t metaline_part_end(const struct scan *s, size_t at)
{
	for (; at < s->text.n; at++)
		if (metaline_separator(s->text, at) || strchr(")]", s->text.p[at]) ||
		    str_starts(scan_from(s, at), STR("）")))
			return at;
	return at;
}

/* "(共同通信)", "- AFP": an agency; "| All, Japan", "(heure de Paris)": words that say no more. Returns where they end,
 * or 0. */
static size_t metaline_words(struct scan *s, size_t at)
{
	size_t end = metaline_part_end(s, at), words;
	struct str part = str_trim(str_slice(s->text, at, end));
	if (agencies_is(part)) {
		marks_agency(s->m, (struct range){at, end});
		return end;
	}
	bool in_brackets =
	        at > s->line->start && (s->text.p[at - 1] == '(' || str_ends(str_slice(s->text, 0, at), STR("（")));
	/* "（3/3 15:02 更新）" */
	for (size_t i = 0; in_brackets && i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == PHRASE_META && s->hits[i].start >= at && s->hits[i].end <= end)
			return end;
	bool behind_bar = at > s->line->start && strchr("| ", s->text.p[at - 1]) && shape_is_names(part, &words);
	return metaline_is_section(part) && (in_brackets || behind_bar) && at > s->line->start ? end : 0;
}

/* Behind blanks and marks between parts. */
static size_t metaline_marks(struct str text, size_t at)
{
	static const char *const marks[] = {"\u00a0", "\u3000", "•", "·", "–", "—", "（", "）", "｜", "／", "["};
	for (size_t i = 0; at < text.n && i < COUNT(marks);) {
		struct str rest = str_slice(text, at, text.n), mark = str_of(marks[i]);
		if (strchr(" \t-|,(;/)]", text.p[at]))
			at++;
		else if (str_starts(rest, mark))
			at += mark.n;
		else
			i++;
	}
	return at;
}

/* Are the parts behind the time the wire's own, each of them? Then what they say is kept. */
static bool metaline_rest(struct scan *s, struct metaline *meta, size_t at)
{
	size_t pieces = s->m->n_pieces;
	for (int parts = 0; parts < METALINE_PARTS_MAX; parts++) {
		at = metaline_marks(s->text, at);
		if (shape_says_nothing(scan_from(s, at)) || bylines_labels_from(s, at) || bylines_by_from(s, at))
			return true;
		size_t end = metaline_again(s, at, meta);
		end = end ? end : metaline_behind_word(s, at);
		end = end ? end : metaline_words(s, at);
		if (!end)
			break;
		at = end;
	}
	s->m->n_pieces = pieces;
	return false;
}

/* What stands before the time: an agency, the names of those who made the story, else the section. */
static void metaline_section(struct scan *s, const struct metaline *meta)
{
	const struct range at = {s->line->start, meta->section_end}, none = {0};
	struct str words = str_trim(str_slice(s->text, at.start, at.end));
	size_t n;
	if (bylines_labels_between(s, at.start, at.end, true) || metaline_is_time(s, at.end))
		return; /* "Source: Xinhua| 2024-03-03 14:30:15" */
	bool names = str_index(words, ',', 0) < words.n && shape_is_names(words, &n) && n >= 4;
	if (agencies_is(words))
		marks_agency(s->m, at);
	else
		marks_piece(s->m, names ? PIECE_AUTHOR : PIECE_SECTION, at, none);
}

bool metaline_may_be(const struct scan *s)
{
	struct str look = fold_cut(scan_from(s, s->line->start), METALINE_BYTES_MAX);
	size_t digits = 0;
	for (size_t at = 0; at < look.n && digits < METALINE_DIGITS_MIN;) {
		unsigned char byte = (unsigned char)look.p[at];
		/* Of two bytes only some of three beginnings are digits. */
		if (byte < 0x80)
			digits += look.p[at] >= '0' && look.p[at] <= '9', at++;
		else if (byte < 0xe0 && byte != 0xd9 && byte != 0xdb && byte != 0xdf)
			at += 2;
		else
			digits += fold_digit(utf8_next(look, &at)) >= 0;
	}
	return digits >= METALINE_DIGITS_MIN;
}

bool metaline_read(struct scan *s)
{
	struct metaline meta;
	struct dateline dateline;
	if (!metaline_may_be(s) || !metaline_find(s, &meta))
		return false;
	/* "Saint-Aubin, 4 mars 2024 (AFP) -" in a line of its own */
	bool is_short = s->line->end - s->line->start <= DATELINE_ALONE_BYTES;
	if (is_short && facts_dateline(s->m, s->line, &dateline) && dateline.end == s->line->end)
		return false;
	size_t end = metaline_glued_zone(s, &meta);
	bool whole = meta.time_end == end && metaline_rest(s, &meta, end);
	if (!whole && !metaline_cut_part(s, &meta, end))
		return false;
	if (meta.section_end > s->line->start)
		metaline_section(s, &meta);
	marks_piece(s->m, PIECE_TIME, (struct range){meta.time_start, whole ? meta.time_end : end}, (struct range){0});
	return lines_cut(s->line, "metaline", "section-time");
}
