/* Kills, embargoes, corrections, advice to editors. See notes.h. */
#include "pipeline/stages/cleanup/notes.h"

#include "pipeline/stages/cleanup/between.h"
#include "pipeline/stages/cleanup/meaning.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define READING_DIGITS_MAX 5
#define READING_REST_MAX   12

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

void notes_corrects(struct marks *m, const struct line *line)
{
	if (!m->has_correction_note)
		m->correction = (struct range){line->start, line->end};
	m->has_correction_note = true;
}

/* "CORRECTION: …" is a headline; in brackets, alone or with a sentence behind it is a note. */
static bool notes_is_correction(const struct scan *s, const struct scan_sign *sign)
{
	bool note = sign->hit->phrase->mode == PHRASE_START || sign->alone || s->text.p[s->line->start] == '(';
	struct str rest = scan_from(s, sign->rest);
	/* "Correctie: in de vierde alinea …" */
	bool small = fold_is_lower(fold_peek(rest, 0)) && !fold_is_capitals(marks_line(s->m, s->line));
	return note || (sign->colon && (small || shape_is_sentence(rest)));
}

static bool notes_correction(struct scan *s, const struct scan_sign *sign)
{
	if (!notes_is_correction(s, sign))
		return false;
	notes_corrects(s->m, s->line);
	return lines_cut(s->line, "correction-note", sign->hit->phrase->rule);
}

static bool notes_cut_embargo(struct scan *s, const char *rule)
{
	marks_piece(s->m, PIECE_EMBARGO, (struct range){s->line->start, s->line->end}, (struct range){0});
	return s->m->is_embargoed = lines_cut(s->line, "embargo", rule);
}

/* The line is one that holds the story until a time. Words that signals know must say when; those of another table say
 * so by their place. */
static bool notes_embargo(struct scan *s, const struct scan_sign *sign)
{
	struct signal_hit hit;
	struct str line = scan_from(s, s->line->start);
	bool known = signals_open(s->m->signals, line, false, &hit) &&
	             (hit.kind == SIGNAL_HOLD || hit.kind == SIGNAL_EMBARGO);
	if (known ? !meaning_holds(s->m->signals, line, NULL) : !notes_is_embargo(s, sign))
		return false;
	return notes_cut_embargo(s, sign->hit->phrase->rule);
}

static bool notes_advisory(struct scan *s, const struct phrase *phrase)
{
	/* "(Adds quotes)", "(Updates throughout)" */
	s->m->is_update = s->m->is_update || phrase->text.p[0] == '(';
	return lines_cut(s->line, "advisory", phrase->rule);
}

/* Words that cancel more than stories need evidence; where a line before has killed, it is there. */
static bool notes_kill(struct scan *s, const struct scan_sign *sign)
{
	struct str line = scan_from(s, s->line->start);
	if (s->m->signals && !s->m->is_kill && !meaning_kills(s->m->signals, line, s->m->text))
		return false;
	return s->m->is_kill = lines_cut(s->line, "kill-note", sign->hit->phrase->rule);
}

static bool notes_try(struct scan *s, const struct scan_sign *sign)
{
	struct marks *m = s->m;
	const struct phrase *phrase = sign->hit->phrase;
	switch (phrase->kind) {
	case PHRASE_KILL:
		return notes_kill(s, sign);
	case PHRASE_EMBARGO:
		return notes_embargo(s, sign);
	case PHRASE_CORRECTION:
		return notes_correction(s, sign);
	case PHRASE_ADVISORY:
		return notes_advisory(s, phrase);
	case PHRASE_UPDATE:
		return m->is_update = lines_cut(s->line, "update", phrase->rule);
	case PHRASE_META:
		/* "دسته‌بندی: سینما": a section with its label */
		if (phrase->mode == PHRASE_LABEL && sign->colon && !shape_is_sentence(scan_from(s, sign->rest))) {
			marks_piece(m, PIECE_SECTION, (struct range){sign->rest, s->line->end}, (struct range){0});
			return lines_cut(s->line, "metaline", phrase->rule);
		}
		return phrase->mode == PHRASE_WHOLE && lines_cut(s->line, "metaline", phrase->rule);
	default:
		return false;
	}
}

/* "3 min read", "waktu baca 2 menit": digits, and a short word at most besides. */
static bool notes_reading_time(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		struct str rest = str_trim(scan_from(s, hit->end));
		bool alone = hit->start <= s->line->start + READING_DIGITS_MAX && rest.n <= READING_REST_MAX;
		if (hit->phrase->kind == PHRASE_READING && alone && shape_has_digit(words) && !shape_is_sentence(rest))
			return lines_cut(s->line, "metaline", hit->phrase->rule);
	}
	return false;
}

bool notes_holds(struct scan *s)
{
	return meaning_holds(s->m->signals, scan_from(s, s->line->start), NULL) && notes_cut_embargo(s, "signal");
}

/* By the table of signals, which knows more languages than that of phrases. */
static bool notes_signal(struct scan *s)
{
	struct str line = scan_from(s, s->line->start);
	bool kills =
	        meaning_kills(s->m->signals, line, s->m->text) || (s->m->is_kill && meaning_bans(s->m->signals, line));
	if (kills)
		return s->m->is_kill = lines_cut(s->line, "kill-note", "signal");
	return notes_holds(s);
}

bool notes_read(struct scan *s, bool above)
{
	struct scan_sign sign;
	if (notes_reading_time(s))
		return true;
	for (size_t i = 0; scan_next(s, &i, &sign);) {
		enum phrase_kind kind = sign.hit->phrase->kind;
		bool only_above =
		        kind == PHRASE_KILL || (kind == PHRASE_UPDATE && sign.hit->phrase->mode != PHRASE_START);
		bool furniture = kind == PHRASE_AD || kind == PHRASE_SHARE;
		if ((above || !only_above) && notes_try(s, &sign))
			return true;
		if (above && furniture && between_try(s, &sign))
			return true;
	}
	return above && (notes_signal(s) || between_try_enclosed(s));
}

bool notes_is_notebook(const struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++)
		if (s->hits[i].phrase->kind == PHRASE_NOTEBOOK && s->hits[i].start == s->line->start &&
		    shape_says_nothing(scan_from(s, s->hits[i].end)))
			return true;
	return false;
}

/* Is the phrase set off from a headline: by a colon, a closing bracket, a dash; a number may stand before it? */
static bool notes_is_prefix(const struct scan *s, const struct phrase_hit *hit)
{
	static const char *const marks[] = {":", "：", ")", "]", "】", "］", "）", "/"};
	static const char *const dashes[] = {"-", "–", "—"};
	size_t at = shape_blanks(s->text, hit->end), blanks = at - hit->end;
	while (at < s->text.n && s->text.p[at] >= '0' && s->text.p[at] <= '9')
		at++;
	struct str rest = scan_from(s, at);
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(rest, str_of(marks[i])))
			return true;
	bool large = fold_is_capitals(str_slice(s->text, hit->start, hit->end));
	for (size_t i = 0; i < COUNT(dashes); i++)
		if (str_starts(rest, str_of(dashes[i])))
			return large || blanks;
	return false;
}

/* The word before a headline says less than a note. */
static void notes_headline_corrects(struct marks *m, struct range word)
{
	if (!m->correction.end)
		m->correction = word;
}

void notes_headline(const struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		bool kind = hit->phrase->kind == PHRASE_CORRECTION || hit->phrase->kind == PHRASE_UPDATE;
		bool mode = hit->phrase->mode == PHRASE_LABEL || hit->phrase->mode == PHRASE_PREFIX;
		if (!kind || !mode || !scan_opens(s, hit) || !notes_is_prefix(s, hit))
			continue;
		s->m->is_update = true;
		if (hit->phrase->kind == PHRASE_CORRECTION)
			notes_headline_corrects(s->m, (struct range){hit->start, hit->end});
	}
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
