/* Kills, embargoes, corrections, advice to editors. See notes.h. */
#include "pipeline/stages/cleanup/notes.h"

#include "pipeline/stages/cleanup/between.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

/* A time is said, and it is no headline about an embargo. */
static bool notes_is_embargo(const struct scan *s, const struct scan_sign *sign)
{
	if (!shape_has_digit(scan_from(s, sign->rest)))
		return false;
	if (sign->hit->phrase->mode == PHRASE_START)
		return true;
	uint32_t c = fold_peek(s->text, sign->rest);
	bool inside = c >= '0' && c <= '9';
	for (size_t i = 0; i < s->n_hits; i++)
		inside |= s->hits[i].phrase->kind == PHRASE_EMBARGO && s->hits[i].start >= sign->rest;
	return inside;
}

/* "CORRECTION: …" is a headline; in brackets or alone it is a note. */
static bool notes_is_correction(const struct scan *s, const struct scan_sign *sign)
{
	return sign->hit->phrase->mode == PHRASE_START || sign->alone || s->text.p[s->line->start] == '(';
}

static bool notes_try(struct scan *s, const struct scan_sign *sign)
{
	struct marks *m = s->m;
	const struct phrase *phrase = sign->hit->phrase;
	switch (phrase->kind) {
	case PHRASE_KILL:
		return m->is_kill = lines_cut(s->line, "kill-note", phrase->rule);
	case PHRASE_EMBARGO:
		return notes_is_embargo(s, sign) && (m->is_embargoed = lines_cut(s->line, "embargo", phrase->rule));
	case PHRASE_CORRECTION:
		return notes_is_correction(s, sign) && lines_cut(s->line, "correction-note", phrase->rule);
	case PHRASE_ADVISORY:
		return lines_cut(s->line, "advisory", phrase->rule);
	case PHRASE_UPDATE:
		return lines_cut(s->line, "update", phrase->rule);
	case PHRASE_META:
		return phrase->mode == PHRASE_WHOLE && lines_cut(s->line, "metaline", phrase->rule);
	default:
		return false;
	}
}

bool notes_read(struct scan *s, bool above)
{
	struct scan_sign sign;
	for (size_t i = 0; scan_next(s, &i, &sign);) {
		enum phrase_kind kind = sign.hit->phrase->kind;
		bool only_above = kind == PHRASE_KILL || kind == PHRASE_UPDATE;
		bool furniture = kind == PHRASE_AD || kind == PHRASE_SHARE;
		if ((above || !only_above) && notes_try(s, &sign))
			return true;
		if (above && furniture && between_try(s, &sign))
			return true;
	}
	return false;
}

bool notes_is_notebook(const struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == PHRASE_NOTEBOOK && s->hits[i].start == s->line->start &&
		    shape_says_nothing(scan_from(s, s->hits[i].end)))
			return true;
	return false;
}

size_t notes_version_tag(struct str text, const struct line *line)
{
	struct str s = str_slice(text, 0, line->end);
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
