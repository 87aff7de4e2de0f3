/* Phrases in a line. See scan.h. */
#include "pipeline/stages/cleanup/scan.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/facts.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define SCAN_CAPTION_BYTES 240 /* more than a caption's words and what may stand behind them (between.c) */

/* Length of the bracket, bullet or blank at the start of s, or 0. */
static size_t scan_mark(struct str s)
{
	static const char *const marks[] = {"•", "–", "—", "▶", "►", "☞", "【", "（", "［", "■", "»", "◇",  "◆", "●",
	                                    "○", "□", "▽", "▼", "▲", "★", "☆",  "※",  "→",  "▷", "◎", "・", "＜"};
	if (!s.n)
		return 0;
	if ((unsigned char)s.p[0] < 0x80)
		return s.p[0] && strchr("([<*-+>/=^ ", s.p[0]) ? 1 : 0;
	/* All of them begin with one of these. */
	if (!memchr("\xe2\xe3\xef\xc2", s.p[0], 4))
		return 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(s, str_of(marks[i])))
			return strlen(marks[i]);
	return 0;
}

size_t scan_find(const struct marks *m, size_t at, size_t end, struct phrase_hit *hits, size_t max)
{
	size_t n = phrases_find(m->phrases, m->text, at, end, hits, max), kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!hits[i].phrase->feed || hits[i].phrase->feed == m->feed)
			hits[kept++] = hits[i];
	return kept;
}

static size_t scan_core(struct str text, size_t at)
{
	for (size_t n = scan_mark(str_slice(text, at, text.n)); n; n = scan_mark(str_slice(text, at, text.n)))
		at += n;
	return at;
}

/* The phrases of a line that have not been looked for. */
static void scan_facts(const struct marks *m, const struct line *line, struct line_facts *facts)
{
	static const struct phrase_hit none[1];
	struct phrase_hit hits[SCAN_HITS_MAX];
	size_t n = line->end - line->start <= LINE_BYTES_MAX ? scan_find(m, line->start, line->end, hits, SCAN_HITS_MAX)
	                                                     : 0;
	struct phrase_hit *kept = n ? arena_alloc(m->a, n * sizeof(*kept)) : NULL;
	if (n)
		memcpy(kept, hits, n * sizeof(*kept));
	facts->hits = n ? kept : none;
	facts->n_hits = n;
	facts->core = scan_core(str_slice(m->text, 0, line->end), line->start);
}

static void scan_with(struct scan *s, struct marks *m, struct line *line, const struct line_facts *facts)
{
	s->m = m;
	s->line = line;
	s->text = str_slice(m->text, 0, line->end);
	s->core = facts->core;
	s->hits = facts->hits;
	s->n_hits = facts->n_hits;
}

void scan_line(struct scan *s, struct marks *m, struct line *line)
{
	struct line_facts own = {0}, *facts = line->facts ? line->facts : &own;
	if (!facts->hits)
		scan_facts(m, line, facts);
	scan_with(s, m, line, facts);
}

/* core: behind its brackets and bullets. */
static bool scan_opens_at(const struct marks *m, const struct line *line, size_t core)
{
	return phrases_may_open(m->phrases, m->text, line->start, line->end) ||
	       (core != line->start && phrases_may_open(m->phrases, m->text, core, line->end));
}

bool scan_may_open(const struct marks *m, const struct line *line)
{
	return scan_opens_at(m, line, scan_core(str_slice(m->text, 0, line->end), line->start));
}

/* May the line hold a caption, which stands in its last bytes and ends in names, or what a desk's own rule keeps? */
static bool scan_may_hold(const struct marks *m, const struct line *line)
{
	struct str words = marks_line(m, line);
	size_t from = line->end - fold_last(words, SCAN_CAPTION_BYTES).n;
	if (phrases_has_keeps(m->phrases))
		return phrases_may_hold(m->phrases, m->text, line->start, line->end);
	return shape_may_end_in_names(words) && phrases_may_hold(m->phrases, m->text, from, line->end);
}

void scan_paragraph(struct scan *s, struct marks *m, struct line *line)
{
	size_t core = scan_core(str_slice(m->text, 0, line->end), line->start);
	bool is_known = line->facts && line->facts->hits, is_long = line->end - line->start > LINE_BYTES_MAX;
	if (is_known || (!is_long && (scan_opens_at(m, line, core) || scan_may_hold(m, line))))
		scan_line(s, m, line);
	else
		scan_with(s, m, line, &(struct line_facts){.core = core});
}

bool scan_opens(const struct scan *s, const struct phrase_hit *hit)
{
	return hit->start == s->line->start || hit->start == s->core;
}

bool scan_is_labelled(const struct scan *s, enum phrase_kind kind)
{
	for (size_t i = 0; i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == kind && s->hits[i].phrase->mode == PHRASE_LABEL &&
		    scan_opens(s, &s->hits[i]))
			return true;
	return false;
}

static size_t scan_skip_blanks(struct str text, size_t at)
{
	while (at < text.n && fold_char(fold_peek(text, at)).c[0] == ' ')
		utf8_next(text, &at);
	return at;
}

size_t scan_colon(struct str text, size_t at)
{
	at = scan_skip_blanks(text, at);
	uint32_t c = fold_peek(text, at);
	if (fold_char(c).c[0] != ':' && c != '|')
		return 0;
	utf8_next(text, &at);
	return scan_skip_blanks(text, at);
}

static bool scan_holds(const struct scan *s, struct scan_sign *sign)
{
	struct str behind = scan_from(s, sign->hit->end);
	bool sentence = shape_is_sentence(behind);
	switch (sign->hit->phrase->mode) {
	case PHRASE_LABEL:
		return sign->colon || (sign->alone && !sentence);
	case PHRASE_TITLE:
		return sign->colon || !sentence;
	case PHRASE_WHOLE:
		return sign->alone && !sentence;
	case PHRASE_LAST:
		return sign->alone;
	case PHRASE_LIST:
		return sign->alone;
	case PHRASE_PREFIX:
	case PHRASE_BLOCK:
		return false;
	default:
		return true;
	}
}

/* "【関連記事】…", "[관련기사] …": behind the bracket around a label, or 0. */
static size_t scan_closed(const struct scan *s, const struct phrase_hit *hit)
{
	static const char *const marks[] = {"】", "］", "]"};
	for (size_t i = 0; hit->start > s->line->start && i < COUNT(marks); i++)
		if (str_starts(scan_from(s, hit->end), str_of(marks[i])))
			return scan_skip_blanks(s->text, hit->end + strlen(marks[i]));
	return 0;
}

/* "RECTIFICATIF - Bien lire …": behind the dash that stands behind a note's label in capitals, or 0. */
static size_t scan_dashed(const struct scan *s, const struct phrase_hit *hit)
{
	static const char *const dashes[] = {" - ", " – ", " — "};
	enum phrase_kind kind = hit->phrase->kind;
	bool note = kind == PHRASE_CORRECTION || kind == PHRASE_EMBARGO || kind == PHRASE_ADVISORY;
	if (!note || hit->phrase->mode != PHRASE_LABEL || !fold_is_capitals(str_slice(s->text, hit->start, hit->end)))
		return 0;
	for (size_t i = 0; i < COUNT(dashes); i++)
		if (str_starts(scan_from(s, hit->end), str_of(dashes[i])))
			return hit->end + strlen(dashes[i]);
	return 0;
}

bool scan_next(const struct scan *s, size_t *i, struct scan_sign *sign)
{
	while (*i < s->n_hits) {
		const struct phrase_hit *hit = &s->hits[(*i)++];
		if (!scan_opens(s, hit))
			continue;
		size_t behind = scan_colon(s->text, hit->end);
		behind = behind ? behind : scan_closed(s, hit);
		behind = behind ? behind : scan_dashed(s, hit);
		*sign = (struct scan_sign){hit, behind ? behind : hit->end, behind != 0, false};
		sign->alone = shape_says_nothing(scan_from(s, hit->end));
		if (scan_holds(s, sign))
			return true;
	}
	return false;
}
