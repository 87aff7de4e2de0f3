/* Names behind labels. See bylines.h. */
#include "pipeline/stages/cleanup/bylines.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/dateline.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define LABELS_MAX         8
#define LABEL_WORDS_MAX    12
#define BYLINE_WORDS_MAX   10
#define HANDLE_BYTES_MAX   16
#define NAMES_LINE_MAX     4
#define PLACE_BYTES_MAX    60
#define BYLINE_BYTES_MAX   120
#define BRACKET_BEFORE_MAX 12 /* bytes before the first label */
#define BRACKET_OTHER_MAX  24
#define BEHIND_BYTES_MAX   240
#define LIKE_LABEL_MAX     80

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
	bool role =
	        kind == PHRASE_AUTHOR || kind == PHRASE_EDITOR || kind == PHRASE_CREDIT || kind == PHRASE_CONTRIBUTOR;
	return role && hit->phrase->mode == PHRASE_LABEL && scan_colon(s->text, hit->end);
}

static size_t bylines_labels(const struct scan *s, size_t from, struct phrase_hit *labels, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_hits && s->hits[i].end <= s->text.n && n < most; i++) {
		bool again = n && s->hits[i].end == labels[n - 1].end;
		if (!again && s->hits[i].start >= from && bylines_is_label(s, &s->hits[i]))
			labels[n++] = s->hits[i];
	}
	return n;
}

/* "huaxia": what editors of some agencies sign with. */
static bool bylines_is_handle(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 'a' || name.p[i] > 'z')
			return false;
	return name.n >= 2 && name.n <= HANDLE_BYTES_MAX;
}

/* People and outlets; an agency's name may be in small letters, and so may what an editor signs with. */
static bool bylines_is_names(struct str names, const struct phrase *label)
{
	size_t words;
	names = str_trim(names);
	return (shape_is_names(names, &words) && words <= LABEL_WORDS_MAX) || agencies_is(names) ||
	       (label->kind == PHRASE_EDITOR && bylines_is_handle(names));
}

/* What stands between a label and `end`, without brackets and marks. */
static struct range bylines_names_of(const struct scan *s, const struct phrase_hit *label, size_t end)
{
	size_t start = scan_colon(s->text, label->end);
	while (end > start && strchr(" ()/|;,]>", s->text.p[end - 1]))
		end--;
	static const struct str wide[] = {STR_INIT("）"), STR_INIT("】")};
	for (size_t i = 0; i < COUNT(wide); i++)
		if (str_ends(str_slice(s->text, start, end), wide[i]))
			end -= wide[i].n;
	return (struct range){start, end};
}

/* Keeps the names behind labels that the text from `at` to the line's end is made of; all of them or nothing. */
static const struct phrase *bylines_keep_labels(struct scan *s, size_t at)
{
	struct phrase_hit labels[LABELS_MAX];
	struct range names[LABELS_MAX];
	size_t n = bylines_labels(s, at, labels, LABELS_MAX);
	if (!n || labels[0].start != at)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		names[i] = bylines_names_of(s, &labels[i], i + 1 < n ? labels[i + 1].start : s->text.n);
		if (!bylines_is_names(str_slice(s->text, names[i].start, names[i].end), labels[i].phrase))
			return NULL;
	}
	for (size_t i = 0; i < n; i++)
		marks_piece(s->m, bylines_role(labels[i].phrase->kind), names[i],
		            (struct range){labels[i].start, labels[i].end});
	return labels[0].phrase;
}

bool bylines_labels_between(struct scan *s, size_t at, size_t end, bool keep)
{
	struct str whole = s->text;
	size_t pieces = s->m->n_pieces;
	s->text = str_slice(whole, 0, end);
	bool labels = bylines_keep_labels(s, at) != NULL;
	s->text = whole;
	s->m->n_pieces = keep ? s->m->n_pieces : pieces;
	return labels;
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

/* Where " – ", " - " or " | " begins, or the end. */
static size_t bylines_dash(struct str s)
{
	static const char *const dashes[] = {" - ", " – ", " — ", " | "};
	size_t best = s.n;
	for (size_t i = 0; i < COUNT(dashes); i++) {
		const char *hit = best ? memmem(s.p, best, dashes[i], strlen(dashes[i])) : NULL;
		best = hit ? (size_t)(hit - s.p) : best;
	}
	return best;
}

/* At least two words, unless in capitals. Behind a dash may stand whose they are: "Ana Sá – Repórter da Agência Serra".
 */
static bool bylines_is_by(const struct scan *s, const struct phrase_hit *hit)
{
	struct str rest = scan_from(s, hit->end);
	size_t words;
	bool by = hit->phrase->mode == PHRASE_BY && hit->phrase->kind == PHRASE_AUTHOR;
	if (!by || !fold_is_upper(fold_peek(s->text, hit->start)))
		return false;
	if (rest.n > BYLINE_BYTES_MAX || !shape_is_names(rest, &words) || shape_is_sentence(rest))
		return false;
	size_t dash = bylines_dash(rest);
	if (dash < rest.n && !shape_is_names(str_slice(rest, 0, dash), &words))
		return false;
	return words <= BYLINE_WORDS_MAX &&
	       (words >= 2 || fold_is_capitals(str_trim(rest)) || agencies_is(str_trim(rest)));
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

bool bylines_by_from(struct scan *s, size_t at)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->start != at || !bylines_is_by(s, hit))
			continue;
		marks_piece(s->m, PIECE_AUTHOR, (struct range){hit->end, s->line->end},
		            (struct range){hit->start, hit->end});
		return true;
	}
	return false;
}

bool bylines_try_by(struct scan *s)
{
	if (bylines_try_nobody(s))
		return true;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->start == s->line->start && bylines_by_from(s, hit->start))
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
		/* A word alone is a label in capitals only: "SOURCE Harlow Dairy PLC". */
		bool capitals = fold_is_capitals(str_slice(s->text, hit->start, hit->end));
		if (credit && str_is(hit->phrase->text, "source") && !capitals)
			continue;
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

/* "Rui Menezes, da Rádio Cerrado", "Jun Ilagan)" */
static bool bylines_are_helpers(struct str names, size_t *words)
{
	return names.n <= BYLINE_BYTES_MAX && !shape_has_digit(names) && shape_is_names(names, words) &&
	       !shape_is_sentence(names) && *words <= LABEL_WORDS_MAX;
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
	/* "Reporting by …" and its kin begin no sentence; "Colaborou …" may. */
	size_t words;
	struct str names = scan_from(s, s->hits[first].end);
	if (!str_ends(s->hits[first].phrase->text, STR(" by")) && !bylines_are_helpers(names, &words))
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

/* --- signs with names -------------------------------------------------------------------------------------------- */

/* "World News", "Middle East": a section in capitals at its words' beginnings, as names are. */
static bool bylines_is_section(struct str words)
{
	if (dateline_is_no_place(words))
		return true;
	for (size_t at = 0, end; at < words.n; at = end + 1) {
		end = str_index(words, ' ', at);
		if (dateline_is_no_place(str_slice(words, at, end)))
			return true;
	}
	return false;
}

/* Where the bracket opens that stands nearest before `at`, or `at`. */
static size_t bylines_open(struct str s, size_t from, size_t at)
{
	static const char *const marks[] = {"(", "（", "【", "[", "<"};
	for (size_t i = at; i-- > from;)
		for (size_t j = 0; j < COUNT(marks); j++)
			if (str_starts(str_slice(s, i, at), str_of(marks[j])))
				return i;
	return at;
}

/* "…）1130303", "…)": without a number, blanks and stops behind the bracket that closes; 0: none closes. */
static size_t bylines_close(struct str s, size_t from)
{
	static const char *const marks[] = {")", "）", "】", "]", ">"};
	size_t end = s.n;
	while (end > from && strchr(" .0123456789", s.p[end - 1]))
		end--;
	for (size_t j = 0; j < COUNT(marks); j++)
		if (str_ends(str_slice(s, from, end), str_of(marks[j])))
			return end;
	return 0;
}

/* "AGERPRES/(A - autor: Ion Pop, editor: Ada Lupu)", "（編輯：王小明）1130303": a bracket at the line's end with labels
 * and names. Keeps them; returns the rule, and where the sign begins. */
static const char *bylines_bracket(struct scan *s, size_t from, size_t *start)
{
	struct phrase_hit label;
	size_t close = bylines_close(s->text, from), n = close ? bylines_labels(s, from, &label, 1) : 0;
	size_t open = n ? bylines_open(s->text, from, label.start) : 0;
	if (!n || open == label.start || label.start - open > BRACKET_BEFORE_MAX)
		return NULL;
	struct str whole = s->text;
	s->text = str_slice(whole, 0, close);
	const struct phrase *first = bylines_keep_labels(s, label.start);
	s->text = whole;
	if (!first)
		return NULL;
	/* "AGERPRES/(" */
	size_t word = open;
	while (word > from && s->text.p[word - 1] != ' ')
		word--;
	struct str agency = str_slice(s->text, word, open);
	while (agency.n && strchr("/ ", agency.p[agency.n - 1]))
		agency.n--;
	*start = open;
	bool glued = word + agency.n < open && s->text.p[word + agency.n] == '/' && fold_is_capitals(agency);
	if (agency.n && (agencies_is(agency) || glued)) {
		*start = word;
		marks_agency(s->m, (struct range){word, word + agency.n});
	}
	return first->rule;
}

/* "(with reports from Jun Ilagan)", "(Con información de EFE)": a bracket at the line's end that opens with words for
 * who helped, with names behind them. Keeps them; returns the rule, and where the bracket opens. */
static const char *bylines_helped(struct scan *s, size_t from, size_t *start)
{
	size_t close = bylines_close(s->text, from), open = close ? bylines_open(s->text, from, close) : 0, words;
	for (size_t i = 0; open < close && i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		bool helped =
		        bylines_is_role(hit) || (hit->phrase->kind == PHRASE_CREDIT && hit->phrase->mode == PHRASE_BY);
		struct range names = {hit->end, close ? close - 1 : 0};
		if (!helped || hit->start != open + 1 || names.end <= names.start ||
		    !shape_is_names(str_slice(s->text, names.start, names.end), &words))
			continue;
		marks_piece(s->m, hit->phrase->kind == PHRASE_CREDIT ? PIECE_CREDIT : PIECE_CONTRIBUTOR, names,
		            (struct range){hit->start, hit->end});
		*start = open;
		return hit->phrase->rule;
	}
	return NULL;
}

bool bylines_try_bracket(struct scan *s)
{
	size_t start, pieces = s->m->n_pieces;
	const char *rule = bylines_bracket(s, s->line->start, &start);
	/* "【纠错】【责任编辑:周明】": nothing before it but another bracket. */
	struct str before = rule ? str_trim(str_slice(s->text, s->line->start, start)) : (struct str){0};
	bool bracket = str_starts(before, STR("【")) && str_ends(before, STR("】")) && before.n <= BRACKET_OTHER_MAX;
	if (rule && (!before.n || bracket))
		return lines_cut(s->line, "byline", rule);
	s->m->n_pieces = pieces;
	return false;
}

const char *bylines_behind(struct marks *m, const struct line *line, size_t *start)
{
	struct line copy = *line;
	struct scan s;
	/* Long lines are looked at where they end. */
	copy.facts = NULL;
	copy.start = line->end - fold_last(marks_line(m, line), BEHIND_BYTES_MAX).n;
	if (!bylines_close(str_slice(m->text, 0, line->end), copy.start))
		return NULL; /* as most lines; it is asked before phrases are looked for */
	scan_line(&s, m, &copy);
	const char *rule = bylines_bracket(&s, copy.start, start);
	return rule ? rule : bylines_helped(&s, copy.start, start);
}

/* "Associated Press", "Great Lakes Wire", "Redazione ANSA" */
bool bylines_try_agency(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	size_t n, last = words.n;
	while (last && words.p[last - 1] != ' ')
		last--;
	bool like = agencies_is_like(words) && shape_is_names(words, &n) && n <= 4 &&
	            !bylines_is_section(str_trim(str_slice(words, 0, last)));
	if (words.n > PLACE_BYTES_MAX || !(agencies_is(words) || like))
		return false;
	if (!agencies_is_desk(words))
		marks_agency(s->m, (struct range){s->line->start, s->line->end});
	return lines_cut(s->line, "credit", "agency");
}

/* Does each word begin with a capital? */
static bool bylines_are_large(struct str name)
{
	for (size_t at = 0, end; at < name.n; at = end + 1) {
		end = str_index(name, ' ', at);
		if (!fold_is_upper(fold_peek(name, at)))
			return false;
	}
	return true;
}

bool bylines_may_be_beside_time(const struct scan *s)
{
	static const struct str in = STR_INIT(" in ");
	struct str words = scan_from(s, s->line->start);
	if (words.n > BYLINE_BYTES_MAX || shape_has_digit(words) || fold_is_capitals(words))
		return false;
	size_t dash = str_index(words, '-', 0), n;
	const char *hit = words.n ? memmem(words.p, words.n, in.p, in.n) : NULL;
	/* "Dimas Arpan - detikNews", "Sam Porter in Holm" */
	bool parted = dash > 1 && dash < words.n && words.p[dash - 1] == ' ';
	struct str names = hit ? str_slice(words, 0, (size_t)(hit - words.p))
	                       : str_trim(str_slice(words, 0, parted ? dash : words.n));
	for (size_t at = 0, end; at < names.n; at = end + 1) {
		end = str_index(names, ',', at);
		struct str name = str_trim(str_slice(names, at, end));
		if (!shape_is_names(name, &n) || n < 2 || n > 3 || !bylines_are_large(name))
			return false;
	}
	return names.n > 0;
}

bool bylines_is_like_label(const struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	return words.n <= LIKE_LABEL_MAX && str_index(words, ':', 0) < words.n;
}

bool bylines_try_like_label(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	size_t colon = bylines_is_like_label(s) ? str_index(words, ':', 0) : words.n, n;
	struct str label = str_trim(str_slice(words, 0, colon)), name = str_trim(str_slice(words, colon + 1, words.n));
	if (!label.n || !name.n || shape_has_digit(words) || !fold_is_upper(fold_peek(label, 0)) ||
	    !shape_is_names(name, &n) || n < 2 || n > NAMES_LINE_MAX || !bylines_are_large(name) ||
	    bylines_dash(name) < name.n)
		return false;
	for (size_t at = 0, blanks = 0; at < label.n;) {
		uint32_t c = utf8_next(label, &at);
		blanks += c == ' ';
		if (blanks > 1 || (c != ' ' && !fold_is_word_char(c)))
			return false;
	}
	size_t start = s->line->start + (size_t)(name.p - words.p);
	marks_piece(s->m, PIECE_CONTRIBUTOR, (struct range){start, s->line->end},
	            (struct range){s->line->start, s->line->start + label.n});
	return lines_cut(s->line, "byline", "label");
}

bool bylines_cut_beside_time(struct scan *s)
{
	bool section = bylines_is_section(scan_from(s, s->line->start));
	marks_piece(s->m, section ? PIECE_SECTION : PIECE_AUTHOR, (struct range){s->line->start, s->line->end},
	            (struct range){0});
	return lines_cut(s->line, section ? "metaline" : "byline", section ? "section" : "names");
}

bool bylines_try_names(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	size_t n, people = 0;
	for (size_t i = 0; i < s->m->n_pieces; i++)
		if (s->m->pieces[i].kind == PIECE_AUTHOR)
			return false;
	if (words.n > BYLINE_BYTES_MAX || shape_has_digit(words))
		return false;
	for (size_t at = 0, end; at < words.n; at = end + 1, people++) {
		end = str_index(words, ',', at);
		struct str name = str_trim(str_slice(words, at, end));
		if (!shape_is_names(name, &n) || n < 2 || n > 4 || !fold_is_upper(fold_peek(name, 0)))
			return false;
	}
	if (people > NAMES_LINE_MAX)
		return false;
	marks_piece(s->m, PIECE_AUTHOR, (struct range){s->line->start, s->line->end}, (struct range){0});
	return lines_cut(s->line, "byline", "names");
}
