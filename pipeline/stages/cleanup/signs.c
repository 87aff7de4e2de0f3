/* What agencies put at the end. See signs.h. */
#include "pipeline/stages/cleanup/signs.h"

#include "pipeline/stages/cleanup/between.h"
#include "pipeline/stages/cleanup/bylines.h"
#include "pipeline/stages/cleanup/notes.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/zones.h"

#define INITIALS_BYTES_MAX   24
#define SIGNATURE_BYTES_MAX  40
#define BEHIND_BYTES_MAX     40
#define COPYRIGHT_BYTES_MAX  200
#define COPYRIGHT_YEAR_BYTES 12
#define CONTACT_BYTES_MAX    250

/* --- without a table ------------------------------------------------------------------------------------------------
 */

/* "gh/rs", "ZC // MA", "kwr/ zab/": initials of those who made it. */
static bool signs_is_initials(struct str s)
{
	size_t letters = 0, groups = 1;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '/' || c == '-') {
			if (!letters && c != '/')
				return false;
			groups += letters > 0;
			letters = 0;
		} else if (c != ' ' &&
		           (c >= 0x80 || !fold_is_word_char(c) || (c >= '0' && c <= '9') || ++letters > 4)) {
			return false;
		}
	}
	bool ends = letters || (s.n && s.p[s.n - 1] == '/');
	return s.n <= INITIALS_BYTES_MAX && ends && groups >= 2 && groups <= 5 && str_index(s, '/', 0) < s.n;
}

/* "Feb 25" at `at`, up to the end. */
static bool signs_is_month_and_year(struct str s, size_t at)
{
	size_t blank = str_index(s, ' ', at);
	struct str month = str_slice(s, at, blank), year = str_slice(s, blank + 1, s.n);
	return month.n >= 3 && month.n <= 5 && fold_is_upper(fold_peek(month, 0)) && !shape_has_digit(month) &&
	       year.n == 2 && shape_has_digit(year) && shape_says_nothing(str_slice(year, 2, year.n));
}

/* "071122 GMT Feb 25", "071122 Feb 25", "AP-WF-11-13-13 1509GMT" */
static bool signs_is_stamp(struct str s)
{
	size_t digits = 0;
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (digits == 6 && s.n < 24 && s.p[6] == ' ')
		return zones_length(s, 7, s.n) || signs_is_month_and_year(s, 7);
	return s.n < 32 && str_starts(s, STR("AP-")) && str_ends(s, STR("GMT")) && shape_has_digit(s);
}

/* The dateline's agency, without region. */
static struct str signs_agency(const struct marks *m)
{
	struct str source = marks_text(m, m->source);
	return str_slice(source, 0, str_index(source, '/', 0));
}

/* "kpd as tb": the agency's name and short words behind it. */
static bool signs_is_agency_and_initials(struct str s, struct str agency)
{
	size_t first = str_index(s, ' ', 0), words = 1;
	if (!agency.n || first == s.n || !fold_equal(str_slice(s, 0, first), agency))
		return false;
	for (size_t at = first + 1; at < s.n; words++) {
		size_t end = str_index(s, ' ', at);
		if (end - at > 4)
			return false;
		at = end + 1;
	}
	return words <= 6;
}

/* "kpd as tb", "(PAB)", "ENS": the agency signs. */
static bool signs_is_signature(struct str s, struct str agency)
{
	/* "(ANSA)." */
	if (s.n > 4 && str_ends(s, STR(").")))
		s.n--;
	bool in_marks = s.n > 4 && ((s.p[0] == '(' && s.p[s.n - 1] == ')') || (s.p[0] == '/' && s.p[s.n - 1] == '/'));
	if (in_marks)
		s = str_slice(s, 1, s.n - 1);
	if (s.n > SIGNATURE_BYTES_MAX || !s.n)
		return false;
	if (agency.n && fold_equal(s, agency))
		return true;
	if (in_marks)
		return s.n <= 8 && fold_is_capitals(s) && str_index(s, ' ', 0) == s.n;
	return signs_is_agency_and_initials(s, agency);
}

/* --- by the table ---------------------------------------------------------------------------------------------------
 */

static bool signs_try_copyright(struct scan *s, const struct phrase_hit *hit)
{
	struct str words = str_trim(scan_from(s, hit->end)), agency = signs_agency(s->m);
	bool signs = agency.n && fold_equal(fold_cut(words, agency.n), agency) &&
	             !str_starts(hit->phrase->text, STR("copy"));
	bool is_mark = str_is(hit->phrase->text, "©") || str_is(hit->phrase->text, "(c)");
	if (is_mark && s->line->end - s->line->start > COPYRIGHT_BYTES_MAX)
		return false;
	/* "Copyright 2024 …"; a writer's sentence may begin with the word. */
	if (str_is(hit->phrase->text, "copyright") && !shape_has_digit(fold_cut(words, COPYRIGHT_YEAR_BYTES)))
		return false;
	return lines_cut(s->line, signs ? "endmark" : "copyright", hit->phrase->rule);
}

static bool signs_is_contact(struct str words)
{
	return words.n <= CONTACT_BYTES_MAX &&
	       (shape_has_digit(words) || str_index(words, '@', 0) < words.n || memmem(words.p, words.n, "www.", 4) ||
	        memmem(words.p, words.n, "http", 4));
}

/* "This article was amended …", "Ralat: …" with a sentence. */
static bool signs_try_correction(struct scan *s, const struct scan_sign *sign)
{
	const struct phrase *phrase = sign->hit->phrase;
	bool opens = phrase->mode == PHRASE_START && !str_starts(phrase->text, STR("corrects"));
	if (!opens && !(sign->colon && shape_is_sentence(scan_from(s, sign->rest))))
		return false;
	notes_corrects(s->m, s->line);
	return lines_cut(s->line, "correction-note", phrase->rule);
}

static bool signs_try(struct scan *s, const struct scan_sign *sign)
{
	const struct phrase_hit *hit = sign->hit;
	const char *rule = hit->phrase->rule;
	switch (hit->phrase->kind) {
	case PHRASE_ENDMARK:
		return lines_cut(s->line, "endmark", rule);
	case PHRASE_MORE:
		return s->m->is_partial = lines_cut(s->line, "advisory", rule);
	case PHRASE_COPYRIGHT:
		return signs_try_copyright(s, hit);
	case PHRASE_USAGE:
		return lines_cut(s->line, "usage", rule);
	case PHRASE_CONTACT:
		return signs_is_contact(scan_from(s, s->line->start)) && lines_cut(s->line, "contact", rule);
	case PHRASE_ADVISORY:
		return lines_cut(s->line, "advisory", rule);
	case PHRASE_CORRECTION:
		return signs_try_correction(s, sign);
	default:
		return false;
	}
}

/* "((anna.smith@wire.example; +49 30 220 133))", "anna@wire.example": where to reach those who made it. */
static bool signs_is_address(struct str s)
{
	if (s.n > 4 && s.n <= CONTACT_BYTES_MAX && str_starts(s, STR("((")) && str_ends(s, STR("))")))
		return true;
	return s.n <= BEHIND_BYTES_MAX && str_index(s, ' ', 0) == s.n && str_index(s, '@', 1) + 3 < s.n;
}

bool signs_read_bare(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	if (signs_is_initials(words))
		return lines_cut(s->line, "endmark", "initials");
	if (signs_is_stamp(words))
		return lines_cut(s->line, "endmark", "time-stamp");
	if (signs_is_address(words))
		return lines_cut(s->line, "contact", "address");
	return signs_is_signature(words, signs_agency(s->m)) && lines_cut(s->line, "endmark", "agency");
}

bool signs_read(struct scan *s)
{
	struct scan_sign sign;
	for (size_t i = 0; scan_next(s, &i, &sign);)
		if (signs_try(s, &sign))
			return true;
	if (bylines_try_labels(s) || bylines_try_credit(s) || bylines_try_contributors(s) ||
	    bylines_try_contributed(s) || between_read(s))
		return true;
	return signs_read_bare(s);
}

/* --- behind the last sentence ---------------------------------------------------------------------------------------
 */

/* "…。（完）": the rule of a bracketed sign that ends the line, and where it starts. */
static const char *signs_bracketed(const struct marks *m, const struct line *line, size_t *start)
{
	struct phrase_hit hits[SCAN_HITS_MAX];
	size_t from = line->end - line->start > BEHIND_BYTES_MAX ? line->end - BEHIND_BYTES_MAX : line->start;
	while (from < line->end && ((unsigned char)m->text.p[from] & 0xc0) == 0x80)
		from++;
	size_t n = phrases_find(m->phrases, m->text, from, line->end, hits, SCAN_HITS_MAX);
	for (size_t i = 0; i < n; i++) {
		bool bracketed = fold_char(fold_peek(m->text, hits[i].start)).c[0] == '(';
		if (hits[i].phrase->kind != PHRASE_ENDMARK || hits[i].end != line->end || !bracketed)
			continue;
		*start = hits[i].start;
		return hits[i].phrase->rule;
	}
	return NULL;
}

/* "… AGN", "… (AGN).", "…（共同）": the agency's name that ends s, with its brackets; or empty. */
static struct str signs_closing(struct str s, struct str agency)
{
	static const char *const brackets[][2] = {{" ", ""}, {"(", ")"}, {"(", ")."}, {"（", "）"}};
	for (size_t i = 0; agency.n && i < sizeof(brackets) / sizeof(brackets[0]); i++) {
		struct str open = str_of(brackets[i][0]), close = str_of(brackets[i][1]);
		size_t n = open.n + agency.n + close.n;
		struct str sign = str_slice(s, s.n > n ? s.n - n : s.n, s.n);
		if (sign.n == n && str_starts(sign, open) && str_ends(sign, close) &&
		    str_eq(str_slice(sign, open.n, open.n + agency.n), agency))
			return str_trim(sign);
	}
	return (struct str){0};
}

struct removal signs_behind_last(const struct marks *m, const struct line *line)
{
	struct str agency = signs_agency(m), words = str_slice(m->text, line->start, line->end);
	size_t start = 0;
	const char *rule = signs_bracketed(m, line, &start);
	struct str sign = signs_closing(words, agency);
	if (!rule && sign.n) {
		rule = "agency";
		start = (size_t)(sign.p - m->text.p);
	}
	size_t before = start;
	while (rule && before > line->start && m->text.p[before - 1] == ' ')
		before--;
	uint32_t last = rule && before > line->start ? fold_before(m->text, before) : 0;
	if (!shape_is_sentence_end(last) && last != '"' && last != 0x201d)
		return (struct removal){0};
	return (struct removal){"endmark", rule, {start, line->next}};
}
