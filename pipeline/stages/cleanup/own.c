/* A desk's own rules, line by line. See own.h. */
#include "pipeline/stages/cleanup/own.h"

#include "pipeline/stages/cleanup/shape.h"

#define INSIDE_BYTES_MAX 120

const char *own_removal(enum phrase_kind kind)
{
	switch (kind) {
	case PHRASE_PROMO:
		return "promo";
	case PHRASE_AD:
		return "ad";
	case PHRASE_SHARE:
		return "share";
	case PHRASE_SUBSCRIBE:
		return "subscribe";
	case PHRASE_COPYRIGHT:
		return "copyright";
	case PHRASE_USAGE:
		return "usage";
	case PHRASE_CONTACT:
		return "contact";
	case PHRASE_PAGINATION:
		return "pagination";
	case PHRASE_ENDMARK:
		return "endmark";
	case PHRASE_ADVISORY:
		return "advisory";
	case PHRASE_CAPTION:
		return "caption";
	default:
		return NULL;
	}
}

static bool own_is_inside(const struct scan *s, const struct phrase_hit *hit)
{
	struct str words = scan_from(s, s->line->start);
	return hit->phrase->is_own && hit->phrase->mode == PHRASE_INSIDE &&
	       (hit->phrase->kind == PHRASE_KEEP || (words.n <= INSIDE_BYTES_MAX && !shape_is_sentence(words)));
}

bool own_keeps(const struct scan *s)
{
	struct scan_sign sign;
	for (size_t i = 0; i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == PHRASE_KEEP && own_is_inside(s, &s->hits[i]))
			return true;
	for (size_t i = 0; s->n_hits && scan_next(s, &i, &sign);)
		if (sign.hit->phrase->kind == PHRASE_KEEP)
			return true;
	return false;
}

static bool own_cut(struct scan *s, const struct phrase *phrase, size_t rest)
{
	if (phrase->kind == PHRASE_PROMO && (phrase->mode == PHRASE_LABEL || phrase->mode == PHRASE_TITLE))
		marks_piece(s->m, PIECE_RELATED, (struct range){rest, s->line->end}, (struct range){0});
	return lines_cut(s->line, own_removal(phrase->kind), phrase->rule);
}

bool own_read(struct scan *s, bool is_tail)
{
	struct scan_sign sign;
	for (size_t i = 0; i < s->n_hits && is_tail; i++)
		if (own_removal(s->hits[i].phrase->kind) && own_is_inside(s, &s->hits[i]))
			return own_cut(s, s->hits[i].phrase, s->hits[i].end);
	for (size_t i = 0; s->n_hits && scan_next(s, &i, &sign);) {
		const struct phrase *phrase = sign.hit->phrase;
		bool is_place = is_tail || (phrase->mode != PHRASE_LAST && phrase->mode != PHRASE_INSIDE);
		if (phrase->is_own && is_place && own_removal(phrase->kind) && phrase->mode != PHRASE_LIST)
			return own_cut(s, phrase, sign.rest);
	}
	return false;
}

static void own_forget(struct marks *m, const struct line *line)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->n_pieces; i++)
		if (m->pieces[i].at.start < line->begin || m->pieces[i].at.start >= line->next)
			m->pieces[kept++] = m->pieces[i];
	m->n_pieces = kept;
}

void own_restore(struct marks *m)
{
	struct scan s;
	for (size_t i = 0; phrases_has_keeps(m->phrases) && i < m->n_lines; i++) {
		struct line *line = &m->lines[i];
		if (!line->kind || i == m->headline)
			continue;
		scan_line(&s, m, line);
		if (!own_keeps(&s))
			continue;
		line->kind = NULL;
		line->cut_to = 0;
		own_forget(m, line);
	}
}
