/* Names behind labels. See bylines.h. */
#include "pipeline/stages/cleanup/bylines.h"

#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define LABELS_MAX       8
#define LABEL_WORDS_MAX  12
#define BYLINE_WORDS_MAX 10
#define PLACE_BYTES_MAX  60
#define BYLINE_BYTES_MAX 120

/* --- labels ----------------------------------------------------------------------------------------------------- */

static enum piece_kind bylines_role(enum phrase_kind kind)
{
	return kind == PHRASE_AUTHOR   ? PIECE_AUTHOR
	       : kind == PHRASE_EDITOR ? PIECE_EDITOR
	       : kind == PHRASE_CREDIT ? PIECE_CREDIT
	                               : PIECE_CONTRIBUTOR;
}

static bool bylines_is_label(const struct scan *s, const struct phrase_hit *hit)
{
	enum phrase_kind kind = hit->phrase->kind;
	bool role = kind == PHRASE_AUTHOR || kind == PHRASE_EDITOR || kind == PHRASE_CREDIT;
	return role && hit->phrase->mode == PHRASE_LABEL && scan_colon(s->text, hit->end);
}

static size_t bylines_labels(const struct scan *s, size_t from, struct phrase_hit *labels)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_hits && n < LABELS_MAX; i++) {
		bool again = n && s->hits[i].end == labels[n - 1].end;
		if (!again && s->hits[i].start >= from && bylines_is_label(s, &s->hits[i]))
			labels[n++] = s->hits[i];
	}
	return n;
}

/* What stands between a label and `end`, without brackets and marks. */
static struct range bylines_names_of(const struct scan *s, const struct phrase_hit *label, size_t end)
{
	size_t start = scan_colon(s->text, label->end);
	while (end > start && strchr(" ()/|;", s->text.p[end - 1]))
		end--;
	if (str_ends(str_slice(s->text, start, end), STR("）")))
		end -= 3;
	return (struct range){start, end};
}

/* Keeps the names behind labels that the text from `at` to the line's end is made of; all of them or nothing. */
static const struct phrase *bylines_keep_labels(struct scan *s, size_t at)
{
	struct phrase_hit labels[LABELS_MAX];
	struct range names[LABELS_MAX];
	size_t n = bylines_labels(s, at, labels), words;
	if (!n || labels[0].start != at)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		names[i] = bylines_names_of(s, &labels[i], i + 1 < n ? labels[i + 1].start : s->line->end);
		if (!shape_is_names(str_slice(s->text, names[i].start, names[i].end), &words) ||
		    words > LABEL_WORDS_MAX)
			return NULL;
	}
	for (size_t i = 0; i < n; i++)
		marks_piece(s->m, bylines_role(labels[i].phrase->kind), names[i],
		            (struct range){labels[i].start, labels[i].end});
	return labels[0].phrase;
}

bool bylines_labels_from(struct scan *s, size_t at)
{
	return bylines_keep_labels(s, at) != NULL;
}

bool bylines_try_labels(struct scan *s)
{
	const struct phrase *first = bylines_keep_labels(s, s->line->start);
	if (!first && s->core != s->line->start)
		first = bylines_keep_labels(s, s->core);
	return first && lines_cut(s->line, first->kind == PHRASE_CREDIT ? "credit" : "byline", first->rule);
}

/* --- by --------------------------------------------------------------------------------------------------------- */

/* At least two words, unless in capitals. */
static bool bylines_is_by(const struct scan *s, const struct phrase_hit *hit)
{
	struct str rest = scan_from(s, hit->end);
	size_t words;
	bool by = hit->phrase->mode == PHRASE_BY && hit->phrase->kind == PHRASE_AUTHOR;
	if (!by || hit->start != s->line->start || !fold_is_upper(fold_peek(s->text, hit->start)))
		return false;
	return rest.n <= BYLINE_BYTES_MAX && shape_is_names(rest, &words) && words <= BYLINE_WORDS_MAX &&
	       !shape_is_sentence(rest) && (words >= 2 || fold_is_capitals(str_trim(rest)));
}

/* "By our correspondent in LONDON": a byline that names nobody. */
static bool bylines_try_nobody(struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		bool nobody = hit->phrase->kind == PHRASE_AUTHOR && hit->phrase->mode == PHRASE_START;
		struct str rest = scan_from(s, hit->end);
		if (nobody && hit->start == s->line->start && rest.n <= PLACE_BYTES_MAX && !shape_is_sentence(rest))
			return lines_cut(s->line, "byline", hit->phrase->rule);
	}
	return false;
}

bool bylines_try_by(struct scan *s)
{
	if (bylines_try_nobody(s))
		return true;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (!bylines_is_by(s, hit))
			continue;
		marks_piece(s->m, PIECE_AUTHOR, (struct range){hit->end, s->line->end},
		            (struct range){hit->start, hit->end});
		return lines_cut(s->line, "byline", hit->phrase->rule);
	}
	return false;
}

bool bylines_try_credit(struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		bool credit = hit->phrase->mode == PHRASE_BY && hit->phrase->kind == PHRASE_CREDIT;
		size_t end = s->line->end, words;
		while (end > hit->end && strchr(" ).]", s->text.p[end - 1]))
			end--;
		struct str names = str_slice(s->text, hit->end, end);
		if (!credit || !scan_opens(s, hit) || names.n > BYLINE_BYTES_MAX || !shape_is_names(names, &words))
			continue;
		marks_piece(s->m, PIECE_CREDIT, (struct range){hit->end, end}, (struct range){hit->start, hit->end});
		return lines_cut(s->line, "credit", hit->phrase->rule);
	}
	return false;
}

/* --- contributors ----------------------------------------------------------------------------------------------- */

static bool bylines_is_role(const struct phrase_hit *hit)
{
	return hit->phrase->kind == PHRASE_CONTRIBUTOR && hit->phrase->mode == PHRASE_START;
}

static void bylines_contributor(struct scan *s, const struct phrase_hit *hit)
{
	size_t end = hit->end;
	while (end < s->line->end && s->text.p[end] != ';' && s->text.p[end] != ')')
		end++;
	bool edits = str_starts(hit->phrase->text, STR("edit"));
	size_t colon = scan_colon(str_slice(s->text, 0, end), hit->end);
	marks_piece(s->m, edits ? PIECE_EDITOR : PIECE_CONTRIBUTOR, (struct range){colon ? colon : hit->end, end},
	            (struct range){hit->start, hit->end});
}

bool bylines_try_contributors(struct scan *s)
{
	size_t first = 0, last_end = 0;
	while (first < s->n_hits && !(bylines_is_role(&s->hits[first]) && scan_opens(s, &s->hits[first])))
		first++;
	if (first == s->n_hits || !shape_opens_large(scan_from(s, s->hits[first].end)))
		return false;
	for (size_t i = 0; i < s->n_hits; i++) {
		if (!bylines_is_role(&s->hits[i]) || s->hits[i].end <= last_end)
			continue;
		last_end = s->hits[i].end;
		bylines_contributor(s, &s->hits[i]);
	}
	return lines_cut(s->line, "contributors", s->hits[first].phrase->rule);
}

/* Behind the word for a job in s, or 0. */
static size_t bylines_behind_job(struct str s)
{
	static const char *const jobs[] = {" writers ",       " writer ",         " reporters ",  " reporter ",
	                                   " correspondent ", " correspondents ", " journalist ", " journalists "};
	for (size_t i = 0; i < COUNT(jobs); i++) {
		const char *hit = s.n ? memmem(s.p, s.n, jobs[i], strlen(jobs[i])) : NULL;
		if (hit)
			return (size_t)(hit - s.p) + strlen(jobs[i]);
	}
	return 0;
}

bool bylines_try_contributed(struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		size_t words;
		if (hit->phrase->mode != PHRASE_INSIDE)
			continue;
		size_t job = bylines_behind_job(str_slice(s->text, s->core, hit->start));
		struct range names = {s->core + job, hit->start};
		if ((!job && !str_ends(hit->phrase->text, STR("this report"))) ||
		    !shape_is_names(str_slice(s->text, names.start, names.end), &words))
			continue;
		marks_piece(s->m, PIECE_CONTRIBUTOR, names, (struct range){0});
		return lines_cut(s->line, "contributors", hit->phrase->rule);
	}
	return false;
}
