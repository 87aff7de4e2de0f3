/*
 * The order in which a story's lines are read. A line that is not sure stays.
 *
 * Each line is looked at a fixed number of times, long ones only at their beginning and end, so that time grows with
 * the text alone. See reader.h.
 */
#include "pipeline/stages/cleanup/reader.h"

#include "pipeline/stages/cleanup/bare.h"
#include "pipeline/stages/cleanup/between.h"
#include "pipeline/stages/cleanup/blocks.h"
#include "pipeline/stages/cleanup/bylines.h"
#include "pipeline/stages/cleanup/dateline.h"
#include "pipeline/stages/cleanup/facts.h"
#include "pipeline/stages/cleanup/heads.h"
#include "pipeline/stages/cleanup/makers.h"
#include "pipeline/stages/cleanup/metaline.h"
#include "pipeline/stages/cleanup/notes.h"
#include "pipeline/stages/cleanup/own.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/stages/cleanup/signs.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define HEAD_LINES_MAX      12
#define LEAD_LINES_MAX      6
#define LEAD_BYTES_MAX      200
#define TAIL_LINES_MAX      24
#define ABOVE_LINES_MAX     5
#define KICKERS_MAX         3
#define LOOSE_BYTES_MAX     160
#define LOOSE_LINES_MAX     4
#define SIGN_LINE_MAX       90
#define LOOSE_SENTENCES_MAX 2

/* --- from the top ----------------------------------------------------------------------------------------------- */

/* A first line that is no headline: it is too long, or it opens with a dateline as the first paragraph does. */
static bool reader_is_paragraph(const struct marks *m, const struct line *line)
{
	struct dateline d;
	if (line->end - line->start > LINE_BYTES_MAX)
		return true;
	if (!facts_dateline(m, line, &d) || !(d.source.end || d.date.end))
		return false;
	return shape_is_sentence(marks_line(m, line));
}

/* A paragraph behind a dateline of more than a place. */
static bool reader_is_lead(const struct marks *m, const struct line *line)
{
	struct dateline d;
	return facts_dateline(m, line, &d) && (d.source.end || d.date.end);
}

/* A line between headline and text goes, or the first part of it. */
static bool reader_is_preamble(struct scan *s)
{
	if (own_keeps(s))
		return false;
	return own_read(s, false) || notes_holds(s) || metaline_read(s) || bylines_try_by(s) || bylines_try_labels(s) ||
	       notes_read(s, false) || bylines_try_agency(s) || between_read(s) || makers_try_house(s) ||
	       heads_read_number(s);
}

/* Would `read` cut the line? Nothing is cut or kept. whole: not only its beginning. */
static bool reader_would_cut(const struct marks *m, const struct line *line, bool (*read)(struct scan *s), bool whole)
{
	struct marks copy = *m;
	struct line same = *line;
	struct scan s;
	copy.lines = &same;
	copy.n_lines = 1;
	scan_line(&s, &copy, &same);
	return read(&s) && !(whole && same.cut_to);
}

static bool reader_is_time(const struct marks *m, const struct line *line)
{
	return reader_would_cut(m, line, metaline_read, true);
}

/* Names in a line of their own, above a time line or below one. */
static bool reader_is_beside_time(struct scan *s)
{
	const struct line *next = s->line + 1, *end = s->m->lines + s->m->n_lines;
	const char *above = s->line > s->m->lines ? s->line[-1].kind : NULL;
	bool below = above && strcmp(above, "metaline") == 0;
	return next < end && !own_keeps(s) && bylines_may_be_beside_time(s) && (below || reader_is_time(s->m, next)) &&
	       bylines_cut_beside_time(s);
}

/* "Inrikes": a word between headline and time line. */
static bool reader_is_section(struct scan *s)
{
	const struct line *next = s->line + 1, *end = s->m->lines + s->m->n_lines;
	if (next >= end || own_keeps(s) || !heads_is_word(s->m, s->line) || !reader_is_time(s->m, next))
		return false;
	heads_cut_kicker(s->m, s->line);
	return true;
}

/* Lines between headline and text. Returns the number of the first line of the text. */
static size_t reader_preamble(struct marks *m, size_t i)
{
	struct scan s;
	for (size_t n = 0; i < m->n_lines && n < HEAD_LINES_MAX; i++, n++) {
		if (m->lines[i].kind)
			continue; /* with the heading above it */
		scan_line(&s, m, &m->lines[i]);
		if ((!reader_is_preamble(&s) && !reader_is_beside_time(&s) && !reader_is_section(&s) &&
		     (own_keeps(&s) || !makers_try_alone(&s, false))) ||
		    s.line->cut_to)
			return i;
	}
	return i;
}

/* Is the line one that wires put between headline and text? */
static bool reader_is_furniture(const struct marks *m, const struct line *line)
{
	return reader_would_cut(m, line, reader_is_preamble, false);
}

/* Does the line stand below a headline: a paragraph, or furniture? */
static bool reader_is_below_headline(const struct marks *m, const struct line *line)
{
	return line->end - line->start > LEAD_BYTES_MAX || shape_is_sentence(marks_line(m, line)) ||
	       reader_is_lead(m, line) || reader_is_furniture(m, line) ||
	       (line + 1 < m->lines + m->n_lines && reader_is_time(m, line + 1));
}

/* A time, or who made the story. */
static bool reader_is_imprint(struct scan *s)
{
	return !own_keeps(s) && (metaline_read(s) || bylines_try_by(s) || bylines_try_labels(s) || makers_try_house(s));
}

/* Is line i a second headline, with times or makers below it? */
static bool reader_is_second(const struct marks *m, size_t i)
{
	return i + 2 < m->n_lines && heads_is_title(m, &m->lines[i]) && !reader_is_furniture(m, &m->lines[i]) &&
	       reader_would_cut(m, &m->lines[i + 1], reader_is_imprint, true);
}

/* A time line or a label with names above the headline; what stands below them must look like one. */
static bool reader_is_above(struct scan *s)
{
	const struct marks *m = s->m;
	const struct line *next = s->line + 1, *end = m->lines + m->n_lines - 1;
	if (!metaline_may_be(s) && !scan_is_labelled(s, PHRASE_AUTHOR) && !scan_is_labelled(s, PHRASE_CREDIT))
		return false;
	for (int n = 0; next < end && n < ABOVE_LINES_MAX &&
	                (reader_is_furniture(m, next) || reader_would_cut(m, next, heads_read, true));
	     n++)
		next++;
	return next < end && heads_is_title(m, next) && (metaline_read(s) || bylines_try_labels(s));
}

/* Notes, slugs and time lines above the headline. Returns the number of the line behind them. */
static size_t reader_above(struct marks *m)
{
	struct scan s;
	size_t i = 0;
	for (; i + 1 < m->n_lines && i < HEAD_LINES_MAX; i++) {
		scan_line(&s, m, &m->lines[i]);
		bool slug = !shape_is_sentence(marks_line(m, &m->lines[i + 1])) && !reader_is_lead(m, &m->lines[i + 1]);
		if (own_keeps(&s) || (!own_read(&s, false) && !notes_read(&s, true) && !(slug && heads_read(&s)) &&
		                      !reader_is_above(&s)))
			break;
		m->is_update = m->is_update || notes_version_tag(m->text, s.line) < s.line->end;
	}
	return i;
}

static void reader_headline(struct marks *m, size_t i)
{
	struct scan s;
	scan_line(&s, m, &m->lines[i]);
	m->headline = i;
	if (!own_keeps(&s))
		notes_headline(&s);
	m->headline_start = heads_start(&s);
	m->headline_end = notes_version_tag(m->text, s.line);
	m->is_update = m->is_update || m->headline_end < s.line->end;
	lines_cut(s.line, "headline", "first-line");
}

/* All that stands above the text; sections may stand above the headline. Returns the number of the text's first line.
 */
static size_t reader_top(struct marks *m)
{
	size_t i = reader_above(m), next;
	if (i == m->n_lines || m->lines[i].cut_to || reader_is_paragraph(m, &m->lines[i]))
		return i;
	for (int kickers = 0;; kickers++, i = next) {
		next = reader_preamble(m, i + 1);
		if (next + 1 >= m->n_lines || kickers == KICKERS_MAX ||
		    !heads_is_kicker(m, &m->lines[i], &m->lines[next], next > i + 1) ||
		    !(reader_is_below_headline(m, &m->lines[next + 1]) || reader_is_second(m, next + 1)))
			break;
		heads_cut_kicker(m, &m->lines[i]);
	}
	reader_headline(m, i);
	return next;
}

/* Where no line of the text opens with a dateline, but one behind a few short lines that are no sentences does (a
 * second headline, an agency's name), the story begins there. What stands above is read as the preamble goes on; what
 * is not known stays. Returns the number of that line. */
static size_t reader_lead(struct marks *m)
{
	struct scan s;
	size_t i = m->body, lead;
	if (m->lines[i].cut_to)
		return i;
	if (reader_is_second(m, i))
		return reader_preamble(m, i + 1);
	for (lead = i; lead < m->n_lines && !reader_is_lead(m, &m->lines[lead]); lead++) {
		const struct line *line = &m->lines[lead];
		if (line->kind)
			return i;
		if (lead - i == LEAD_LINES_MAX || line->end - line->start > LEAD_BYTES_MAX ||
		    shape_is_sentence(marks_line(m, line)))
			return i;
	}
	if (lead == m->n_lines)
		return i;
	for (; i < lead; i++) {
		scan_line(&s, m, &m->lines[i]);
		reader_is_preamble(&s);
	}
	return m->lines[lead].kind ? m->body : lead;
}

/* "HALIFAX" in a line of its own, below a byline, an agency or a time. */
static bool reader_is_place(const struct marks *m, struct dateline *d)
{
	const struct line *line = &m->lines[m->lead], *next = line + 1;
	if (!m->lead || m->lead + 1 >= m->n_lines || line->cut_to || !line[-1].kind || m->lead == m->headline + 1)
		return false;
	struct str below = marks_line(m, next);
	return shape_is_sentence(below) && !fold_is_capitals(below) &&
	       dateline_read_place(m->text, line->start, line->end, d);
}

/* Does a desk's own rule say that the line is as it should be? */
static bool reader_is_kept(struct marks *m, const struct line *line)
{
	struct line same = *line;
	struct scan s;
	if (!phrases_has_keeps(m->phrases))
		return false;
	scan_line(&s, m, &same);
	return own_keeps(&s);
}

static void reader_dateline(struct marks *m)
{
	const struct range none = {0};
	const struct line *line = &m->lines[m->lead];
	size_t at = line->cut_to ? line->cut_to : line->start;
	struct dateline d;
	if ((line->kind && !line->cut_to) || reader_is_kept(m, line))
		return;
	bool opens = line->cut_to ? dateline_read(m->text, at, line->end, &d) : facts_dateline(m, line, &d);
	if (!opens && !reader_is_place(m, &d))
		return;
	m->dateline = (struct removal){"dateline", d.rule, {at, d.end < line->end ? d.end : line->next}};
	m->source = d.source;
	/* Its text goes into the record with its blanks, as it was taken out. */
	marks_piece(m, PIECE_DATELINE, m->dateline.at, none);
	if (m->n_pieces && m->pieces[m->n_pieces - 1].kind == PIECE_DATELINE)
		m->pieces[m->n_pieces - 1].at = m->dateline.at;
	marks_piece(m, PIECE_PLACE, d.place, none);
	marks_piece(m, PIECE_SOURCE, d.source, none);
	marks_piece(m, PIECE_DATE, d.date, none);
	marks_piece(m, PIECE_AUTHOR, d.author, none);
}

/* --- from the end ----------------------------------------------------------------------------------------------- */

/* The line in which what goes to editors alone begins, or n_lines. It goes down to the end, but for the last signs. */
static size_t reader_notebook(struct marks *m)
{
	struct scan s;
	size_t i = m->lead + 1, end = m->n_lines;
	for (bool found = false; i < m->n_lines && !found; i += !found) {
		if (!strchr("#*", m->text.p[m->lines[i].start]))
			continue;
		scan_line(&s, m, &m->lines[i]);
		found = notes_is_notebook(&s);
	}
	for (size_t n = 0; end > i && n < TAIL_LINES_MAX; end--, n++) {
		scan_line(&s, m, &m->lines[end - 1]);
		if (!bare_read(&s))
			break;
	}
	for (size_t j = i; j < end; j++)
		lines_cut(&m->lines[j], "advisory", "notebook");
	return i;
}

static bool reader_is_above_sign(const struct scan *s)
{
	const struct line *below = s->line + 1;
	return below < s->m->lines + s->m->n_lines && below->kind && strcmp(below->kind, "endmark") == 0;
}

static bool reader_is_kept_below(struct marks *m, size_t i, size_t end)
{
	for (; i < end; i++)
		if (reader_is_kept(m, &m->lines[i]))
			return true;
	return false;
}

/* May a line below such a sign go with it? It is short; numbers and labels may be a table's, and what quotes, or names
 * what the story names, goes on with it. */
static bool reader_is_loose(struct marks *m, struct line *line, bool whole)
{
	struct str words = marks_line(m, line);
	struct scan s;
	if (words.n > LOOSE_BYTES_MAX || strchr("-*•|–—", words.p[0]) || shape_quotes(words))
		return false;
	if (shape_has_link(words))
		return true;
	if (memchr(words.p, ':', words.n) || (shape_has_digit(words) && !(whole && shape_is_sentence(words))))
		return false;
	scan_paragraph(&s, m, line);
	return !shape_is_sentence(words) || (whole && fold_is_upper(fold_peek(words, 0)) && !makers_tells_on(&s));
}

/* Does the line say by itself that the story ends here: a sign of an agency, a word for the end, who wrote it and for
 * whom? Most are told at once to be none. */
static bool reader_is_sign(const struct marks *m, const struct line *line)
{
	struct marks copy = *m;
	struct line same = *line;
	struct scan s;
	struct str words = marks_line(m, line);
	if (words.n > SIGN_LINE_MAX || (words.p[0] != '(' && shape_is_sentence(words)))
		return false;
	copy.lines = &same;
	copy.n_lines = 1;
	scan_paragraph(&s, &copy, &same);
	return signs_is_end(&s) || makers_try_signed(&s);
}

/* The line of the sign that is nearest above `end`, plus one, or 0: there is none among the last lines. */
static size_t reader_sign_above(struct marks *m, size_t least, size_t end)
{
	for (size_t i = end; i > least && end - i <= LOOSE_LINES_MAX; i--)
		if (reader_is_sign(m, &m->lines[i - 1]))
			return i;
	return 0;
}

/* Short lines below a sign, down to `end`, are no writer's; of sentences there may be two, and then they are all.
 * Returns the number of the line behind the sign, or `end`. */
static size_t reader_below_sign(struct marks *m, size_t least, size_t end)
{
	size_t sign = reader_sign_above(m, least, end);
	if (sign < 2 || sign == end ||
	    !(m->lines[sign - 2].kind || shape_is_sentence(marks_line(m, &m->lines[sign - 2]))) ||
	    reader_is_kept_below(m, sign, end))
		return end;
	for (size_t i = sign; i < end; i++)
		if (!reader_is_loose(m, &m->lines[i], end - sign <= LOOSE_SENTENCES_MAX))
			return end;
	for (size_t i = sign; i < end; i++)
		lines_cut(&m->lines[i], "promo", "below-sign");
	return sign;
}

/* "Yayıncı: Murat Çınar" below "Muhabir: Elif Karagöz". */
static bool reader_is_like_label(struct scan *s)
{
	return s->line > s->m->lines && bylines_is_like_label(s) &&
	       reader_would_cut(s->m, s->line - 1, bylines_try_labels, true) && bylines_try_like_label(s);
}

/* The last lines before `end`. Returns the number of the line behind the last one that stays. */
static size_t reader_tail(struct marks *m, size_t end)
{
	struct scan s;
	/* Behind a headline there may be nothing but a sign. */
	bool may_be_empty = m->headline < m->n_lines && !m->dateline.kind && !m->lines[m->lead].cut_to;
	size_t least = m->lead + (may_be_empty ? 0 : 1);
	for (size_t n = 0; end > least && n < TAIL_LINES_MAX; end--, n++) {
		scan_line(&s, m, &m->lines[end - 1]);
		if (own_keeps(&s))
			break;
		if (own_read(&s, true) || signs_read(&s) || (reader_is_above_sign(&s) && bylines_try_names(&s)))
			continue;
		/* Signs may stand above a block, too. */
		size_t block = blocks_cut(m, least, end);
		if (block == end && !makers_try_signed(&s) && !makers_try_alone(&s, true) && !makers_try_outlet(&s) &&
		    !reader_is_like_label(&s)) {
			block = reader_below_sign(m, least, end);
			if (block == end)
				break;
		}
		end = block == end ? end : block + 1;
	}
	return end;
}

/* --- between ---------------------------------------------------------------------------------------------------- */

/* Between the first paragraph and the last lines. Returns the last line that stays. */
static size_t reader_middle(struct marks *m, size_t end)
{
	struct scan s;
	size_t last = m->lead;
	for (size_t i = m->lead + 1; i < end; i++) {
		scan_paragraph(&s, m, &m->lines[i]);
		if (!m->lines[i].kind && (own_keeps(&s) || (!own_read(&s, false) && !between_read(&s))))
			last = i;
	}
	return last;
}

/* A sign behind what stays of the last line. */
static void reader_endmark(struct marks *m, const struct line *last)
{
	struct line line = *last;
	line.facts = NULL; /* its start moves */
	size_t dateline = m->dateline.kind && last == &m->lines[m->lead] ? m->dateline.at.end : 0;
	if (last->kind && !last->cut_to)
		return;
	if (reader_is_kept(m, last))
		return;
	line.start = last->cut_to > line.start ? last->cut_to : line.start;
	line.start = dateline > line.start ? dateline : line.start;
	if (line.start < line.end)
		m->endmark = signs_behind_last(m, &line);
}

static int reader_compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

/* Where nothing else stays, the headline is the text. */
static void reader_keep_headline(struct marks *m)
{
	for (size_t i = 0; i < m->n_lines; i++)
		if (!m->lines[i].kind || m->lines[i].cut_to)
			return;
	if (m->headline < m->n_lines)
		m->lines[m->headline].kind = NULL;
}

/* A body whose first line is the headline over again, as feeds and fields of HTML have it. Returns the line below. */
static size_t reader_repeated(struct marks *m)
{
	if (m->n_lines < 2 || !fold_equal(marks_line(m, &m->lines[0]), str_trim(m->given)) ||
	    reader_is_kept(m, &m->lines[0]))
		return 0;
	lines_cut(&m->lines[0], "headline", "repeated");
	return 1;
}

void reader_read(struct marks *m, bool with_headline)
{
	m->pieces = arena_alloc(m->a, MARKS_PIECES_MAX * sizeof(*m->pieces));
	m->lines = lines_split(m->a, m->text, &m->n_lines);
	facts_make(m->a, m->lines, m->n_lines);
	m->headline = m->n_lines;
	m->body = with_headline ? reader_top(m) : reader_preamble(m, reader_repeated(m));
	m->lead = m->body;
	if (m->body < m->n_lines) {
		m->lead = reader_lead(m);
		reader_dateline(m);
		size_t end = reader_tail(m, reader_notebook(m));
		if (end > m->lead)
			reader_endmark(m, &m->lines[reader_middle(m, end)]);
	}
	/* An agency's name elsewhere is the source where the dateline names none. */
	if (m->source.end == m->source.start)
		marks_piece(m, PIECE_CREDIT, m->agency, (struct range){0});
	own_restore(m);
	reader_keep_headline(m);
	qsort(m->pieces, m->n_pieces, sizeof(*m->pieces), reader_compare);
}
