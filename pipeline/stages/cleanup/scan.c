/* Phrases in a line. See scan.h. */
#include "pipeline/stages/cleanup/scan.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Length of the bracket, bullet or blank at the start of s, or 0. */
static size_t scan_mark(struct str s)
{
	static const char *const marks[] = {"•", "–", "—", "▶", "►", "☞", "【", "（", "［", "■", "»"};
	if (!s.n)
		return 0;
	if ((unsigned char)s.p[0] < 0x80)
		return s.p[0] && strchr("([<*-+>/=^ ", s.p[0]) ? 1 : 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(s, str_of(marks[i])))
			return strlen(marks[i]);
	return 0;
}

void scan_line(struct scan *s, struct marks *m, struct line *line)
{
	s->m = m;
	s->line = line;
	s->text = str_slice(m->text, 0, line->end);
	s->core = line->start;
	for (size_t n = scan_mark(scan_from(s, s->core)); n; n = scan_mark(scan_from(s, s->core)))
		s->core += n;
	s->n_hits = 0;
	if (line->end - line->start <= LINE_BYTES_MAX)
		s->n_hits = phrases_find(m->phrases, m->text, line->start, line->end, s->hits, SCAN_HITS_MAX);
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

bool scan_next(const struct scan *s, size_t *i, struct scan_sign *sign)
{
	while (*i < s->n_hits) {
		const struct phrase_hit *hit = &s->hits[(*i)++];
		if (!scan_opens(s, hit))
			continue;
		size_t behind = scan_colon(s->text, hit->end);
		behind = behind ? behind : scan_closed(s, hit);
		*sign = (struct scan_sign){hit, behind ? behind : hit->end, behind != 0, false};
		sign->alone = shape_says_nothing(scan_from(s, hit->end));
		if (scan_holds(s, sign))
			return true;
	}
	return false;
}
