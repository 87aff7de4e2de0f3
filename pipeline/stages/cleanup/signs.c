/* What agencies put at the end. See signs.h. */
#include "pipeline/stages/cleanup/signs.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/bare.h"
#include "pipeline/stages/cleanup/between.h"
#include "pipeline/stages/cleanup/bylines.h"
#include "pipeline/stages/cleanup/makers.h"
#include "pipeline/stages/cleanup/notes.h"
#include "pipeline/stages/cleanup/own.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

#define INSIDE_BYTES_MAX     120
#define HANDLE_BYTES_MAX     80
#define HASHES_BYTES_MAX     300
#define SIGN_BYTES_MAX       70
#define SIGN_DIGITS_MAX      8
#define SIGN_CAPITALS_MAX    8
#define BEHIND_BYTES_MAX     40
#define COPYRIGHT_BYTES_MAX  200
#define COPYRIGHT_YEAR_BYTES 12
#define CONTACT_BYTES_MAX    250
#define REACH_LABEL_MAX      60
#define REACH_DIGITS_MIN     7
#define CALL_BEHIND_MAX      2 /* bytes: a mark */

/* --- by the table ------------------------------------------------------------------------------------------------- */

static bool signs_try_copyright(struct scan *s, const struct phrase_hit *hit)
{
	struct str words = str_trim(scan_from(s, hit->end)), agency = bare_agency(s->m);
	bool signs = agency.n && fold_equal(fold_cut(words, agency.n), agency) &&
	             !str_starts(hit->phrase->text, STR("copy"));
	bool is_mark = str_is(hit->phrase->text, "©") || str_is(hit->phrase->text, "(c)");
	if (hit->phrase->mode == PHRASE_INSIDE)
		return false; /* signs_try_inside */
	if (is_mark && s->line->end - s->line->start > COPYRIGHT_BYTES_MAX)
		return false;
	/* "Copyright 2024 …"; a writer's sentence may begin with the word. */
	if (str_is(hit->phrase->text, "copyright") && !shape_has_digit(fold_cut(words, COPYRIGHT_YEAR_BYTES)))
		return false;
	return lines_cut(s->line, signs ? "endmark" : "copyright", hit->phrase->rule);
}

static bool signs_is_contact(struct str words)
{
	return words.n <= CONTACT_BYTES_MAX && (shape_has_digit(words) || shape_has_link(words));
}

/* "@wire", "https://…": where a page of a network is. */
static bool signs_is_handle(struct str words)
{
	return words.n <= HANDLE_BYTES_MAX && !shape_is_sentence(words) &&
	       (str_index(words, '@', 0) < words.n || memmem(words.p, words.n, "http", 4) ||
	        memmem(words.p, words.n, ".com", 4));
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
	case PHRASE_SOCIAL:
		return sign->colon && signs_is_handle(scan_from(s, sign->rest)) && lines_cut(s->line, "contact", rule);
	case PHRASE_ADVISORY:
		return lines_cut(s->line, "advisory", rule);
	case PHRASE_UPDATE:
		return sign->hit->phrase->mode == PHRASE_START &&
		       (s->m->is_update = lines_cut(s->line, "update", rule));
	case PHRASE_TAGS:
		return sign->colon && lines_cut(s->line, "promo", rule);
	case PHRASE_CORRECTION:
		return signs_try_correction(s, sign);
	default:
		return false;
	}
}

/* "(foto) (vídeo)", "(foto)(audio)": what comes with the story. */
static bool signs_is_media(const struct scan *s)
{
	size_t at = s->line->start, brackets = 0;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind != PHRASE_MEDIA || hit->start < at)
			continue;
		if (!shape_says_nothing(str_slice(s->text, at, hit->start)))
			return false;
		at = hit->end;
		brackets++;
	}
	return brackets && s->text.p[s->line->start] == '(' && shape_says_nothing(scan_from(s, at));
}

/* "Theo dõi … trên Google News": words of the table anywhere in a short line that is no sentence. */
static bool signs_try_inside(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	if (!s->n_hits)
		return false;
	for (size_t i = 0; i < s->n_hits && words.n <= COPYRIGHT_BYTES_MAX; i++) {
		const struct phrase *phrase = s->hits[i].phrase;
		/* What a writer quotes is no notice. */
		if (phrase->kind == PHRASE_COPYRIGHT && phrase->mode == PHRASE_INSIDE &&
		    !(shape_is_sentence(words) && shape_quotes(words)))
			return lines_cut(s->line, "copyright", phrase->rule);
	}
	for (size_t i = 0; i < s->n_hits && words.n <= INSIDE_BYTES_MAX && !shape_is_sentence(words); i++)
		if (s->hits[i].phrase->kind == PHRASE_PROMO && s->hits[i].phrase->mode == PHRASE_INSIDE)
			return lines_cut(s->line, "promo", s->hits[i].phrase->rule);
	return false;
}

static bool signs_opens_sentence(const struct scan *s, size_t at)
{
	return at > s->line->start + 1 && s->text.p[at - 1] == ' ' &&
	       shape_is_sentence_end(fold_before(s->text, at - 1));
}

/* "Seuraa uutisia Instagramissa": the reader is called to a channel. */
static bool signs_try_call(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	const char *call = NULL;
	const struct phrase_hit *channel = NULL;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		bool verb = hit->phrase->kind == PHRASE_CALL && hit->phrase->mode == PHRASE_START;
		if (verb && (scan_opens(s, hit) || signs_opens_sentence(s, hit->start)))
			call = hit->phrase->rule;
		if (hit->phrase->kind == PHRASE_CHANNEL)
			channel = hit;
	}
	/* A sentence ends with the channel: "… Приєднуйтесь до нас у Вайбері!" */
	bool ends = channel && s->line->end - channel->end <= CALL_BEHIND_MAX;
	return call && channel && words.n <= COPYRIGHT_BYTES_MAX && (ends || !shape_is_sentence(words)) &&
	       !shape_quotes(words) && lines_cut(s->line, "promo", call);
}

/* "Contactpersoon voor de redactie: Marlies Kuiper, 06-5550123": a label that begins like "contact" or "press" in many
 * languages, and where to reach somebody. */
static bool signs_is_reach(struct str words)
{
	static const char *const stems[] = {"contact",   "contat", "kontakt", "press",   "pers",  "prens",  "media",
	                                    "medien",    "redak",  "redac",   "контакт", "пресс", "прес",   "редак",
	                                    "επικοινων", "yhtey",  "basın",   "ارتباط",  "تماس",  "للتواصل"};
	size_t colon = str_index(words, ':', 0), digits = 0;
	struct str rest = str_slice(words, colon + 1, words.n);
	if (colon == words.n || colon > REACH_LABEL_MAX || words.n > INSIDE_BYTES_MAX || shape_is_sentence(words))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		digits += rest.p[i] >= '0' && rest.p[i] <= '9';
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]) && (digits >= REACH_DIGITS_MIN || shape_has_link(rest));
	     i++)
		if (fold_equal(fold_cut(words, strlen(stems[i])), str_of(stems[i])))
			return true;
	return false;
}

/* "(S E R V I C E - https://wire.example)": where to look, in brackets of its own. */
static bool signs_is_bracket(struct str words)
{
	return words.n > 2 && words.n <= COPYRIGHT_BYTES_MAX && words.p[0] == '(' && words.p[words.n - 1] == ')' &&
	       shape_has_link(words) && str_index(words, ')', 0) == words.n - 1;
}

/* "/ ۲۳۴": a stroke and a number of whoever wrote it. */
static bool signs_is_number(struct str s)
{
	size_t digits = 0;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		digits += fold_digit(c) >= 0;
		if (fold_digit(c) < 0 && c != ' ' && c != '/' && c != '.' && c != '-')
			return false;
	}
	return digits && digits <= SIGN_DIGITS_MAX && s.p[0] == '/';
}

/* "(Schluss) hac/mk/ham", "انتهای پیام/ ۲۳۴" */
static bool signs_try_closed_initials(struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind == PHRASE_ENDMARK && scan_opens(s, hit) &&
		    (bare_is_initials(str_trim(scan_from(s, hit->end))) || signs_is_number(scan_from(s, hit->end))))
			return lines_cut(s->line, "endmark", hit->phrase->rule);
	}
	return false;
}

/* "#sáp nhập #Thành phố Hồ Chí Minh": keywords. */
static bool signs_is_hashes(struct str s)
{
	size_t hashes = 0;
	for (size_t i = 0; i < s.n; i++)
		hashes += s.p[i] == '#' && (!i || s.p[i - 1] == ' ') && fold_is_word_char(fold_peek(s, i + 1)) &&
		          fold_digit(fold_peek(s, i + 1)) < 0;
	return hashes && s.p[0] == '#' && s.n <= HASHES_BYTES_MAX && !shape_is_sentence(s);
}

bool signs_is_end(struct scan *s)
{
	struct scan_sign sign;
	for (size_t i = 0; scan_next(s, &i, &sign);) {
		struct str words = str_slice(s->text, sign.hit->start, sign.hit->end);
		/* A desk's own is for the last lines alone. */
		if (sign.hit->phrase->kind == PHRASE_ENDMARK && !sign.hit->phrase->is_own && !shape_says_nothing(words))
			return lines_cut(s->line, "endmark", sign.hit->phrase->rule);
	}
	return (bare_is_signature(s) || bare_signs(s)) && lines_cut(s->line, "endmark", "agency");
}

bool signs_read(struct scan *s)
{
	struct scan_sign sign;
	for (size_t i = 0; scan_next(s, &i, &sign);)
		if (signs_try(s, &sign))
			return true;
	if (bylines_try_labels(s) || bylines_try_bracket(s) || bylines_try_credit(s) || bylines_try_contributors(s) ||
	    bylines_try_contributed(s) || between_read(s) || makers_try_house(s))
		return true;
	if (signs_try_inside(s) || signs_try_call(s) || signs_try_closed_initials(s))
		return true;
	if (signs_is_reach(scan_from(s, s->line->start)))
		return lines_cut(s->line, "contact", "reach");
	if (signs_is_bracket(scan_from(s, s->line->start)))
		return lines_cut(s->line, "contact", "bracket");
	if (signs_is_media(s))
		return lines_cut(s->line, "caption", "media");
	if (signs_is_hashes(scan_from(s, s->line->start)))
		return lines_cut(s->line, "promo", "hashes");
	return bare_read(s);
}

/* --- behind the last sentence ------------------------------------------------------------------------------------- */

/* A desk's own sign: it may look as it likes. */
static bool signs_is_own(const struct phrase_hit *hit)
{
	return hit->phrase->is_own && hit->phrase->mode == PHRASE_LAST && own_removal(hit->phrase->kind);
}

/* The end marks of the table that a line ends with; how many. */
static size_t signs_last(const struct marks *m, const struct line *line, struct phrase_hit *hits)
{
	size_t from = line->end - fold_last(marks_line(m, line), BEHIND_BYTES_MAX).n, kept = 0;
	size_t n = scan_find(m, from, line->end, hits, SCAN_HITS_MAX);
	for (size_t i = 0; i < n; i++)
		if ((hits[i].phrase->kind == PHRASE_ENDMARK || signs_is_own(&hits[i])) && hits[i].end == line->end)
			hits[kept++] = hits[i];
	return kept;
}

/* "…。（完）" */
static bool signs_is_bracketed(const struct marks *m, const struct phrase_hit *hit)
{
	return fold_char(fold_peek(m->text, hit->start)).c[0] == '(';
}

/* "… Enditem", "… ■", "… ENDS": a sign without brackets that no sentence has. */
static bool signs_is_loose(const struct marks *m, const struct phrase_hit *hit)
{
	struct str words = str_slice(m->text, hit->start, hit->end);
	return shape_says_nothing(words) || fold_is_capitals(words) || str_is(hit->phrase->text, "enditem") ||
	       signs_is_own(hit);
}

/* The rule of the first end mark that is one of these, and where it starts; NULL: there is none. */
static const char *signs_first(const struct marks *m, const struct phrase_hit *hits, size_t n,
                               bool (*is)(const struct marks *m, const struct phrase_hit *hit), size_t *start)
{
	for (size_t i = 0; i < n; i++)
		if (is(m, &hits[i])) {
			*start = hits[i].start;
			return hits[i].phrase->rule;
		}
	return NULL;
}

/* Where what stands behind the last sentence begins, at most so many bytes before the end; or the end. */
static size_t signs_after_sentence(const struct marks *m, const struct line *line)
{
	struct str text = str_slice(m->text, 0, line->end);
	size_t from = line->end - fold_last(marks_line(m, line), SIGN_BYTES_MAX).n, best = line->end;
	for (size_t at = from; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		bool ends =
		        shape_is_sentence_end(c) || ((c == '"' || c == 0x201d || c == 0xbb) && at > line->start + 1);
		if (!ends)
			continue;
		size_t behind = shape_blanks(text, at);
		bool parted = behind > at || c == 0x3002 || (unsigned char)fold_peek(text, at) == '(';
		if (parted && behind < text.n)
			best = behind;
	}
	return best;
}

/* "www.wire.example", "wire.example" */
static bool signs_is_site(struct str s)
{
	return str_index(s, ' ', 0) == s.n && str_index(s, '.', 1) + 2 < s.n;
}

/* "… said Taufa.....AGN", "… said Taufa. –AGN": where the marks before the dateline's agency begin, or the line's end.
 * A stop that ends the sentence stays. */
static size_t signs_glued(const struct marks *m, const struct line *line)
{
	struct str words = marks_line(m, line), agency = bare_agency(m), last = fold_last(words, agency.n);
	size_t at = words.n - last.n, marks = 0;
	if (agency.n < 2 || !at || last.n < agency.n || !fold_equal(last, agency))
		return line->end;
	for (; at && strchr(".-/ ", words.p[at - 1]); at--)
		marks += words.p[at - 1] != ' ';
	if (marks < 2 || words.p[at] != '.')
		return line->end;
	return line->start + at + 1;
}

/* "… AGN", "… (AGN).", "…（共同）": the dateline's agency as it is written there, or any in brackets. */
static const char *signs_agency_behind(struct marks *m, const struct line *line, size_t *start)
{
	size_t at = signs_after_sentence(m, line);
	if ((*start = signs_glued(m, line)) != line->end)
		return "agency";
	struct str sign = str_slice(m->text, at, line->end), agency = bare_agency(m);
	struct str core = sign;
	if (at == line->end)
		return NULL;
	/* "(NWN)(nwn.example)" */
	size_t shut = sign.p[0] == '(' ? str_index(sign, ')', 0) : sign.n;
	if (shut + 2 < sign.n && sign.p[shut + 1] == '(' && signs_is_site(str_slice(sign, shut + 2, sign.n - 1)))
		sign.n = shut + 1;
	static const char *const brackets[][2] = {{"(", ")"}, {"(", ")."}, {"（", "）"}, {"[", "]"}};
	for (size_t i = 0; i < sizeof(brackets) / sizeof(brackets[0]); i++)
		if (str_starts(sign, str_of(brackets[i][0])) && str_ends(sign, str_of(brackets[i][1])))
			core = str_slice(sign, strlen(brackets[i][0]), sign.n - strlen(brackets[i][1]));
	bool marked = core.n < sign.n, known = agencies_is(core);
	bool own = agency.n && str_eq(core, agency),
	     capitals = fold_is_capitals(core) && str_index(core, ' ', 0) == core.n;
	if (!own && !(known && (marked || capitals)) && !(marked && capitals && core.n <= SIGN_CAPITALS_MAX) &&
	    !(fold_is_capitals(sign) && bare_is_agency_and_initials(sign, agency)))
		return NULL;
	if (known)
		marks_agency(m,
		             (struct range){at + (size_t)(core.p - sign.p), at + (size_t)(core.p - sign.p) + core.n});
	*start = at;
	return "agency";
}

struct removal signs_behind_last(struct marks *m, const struct line *line)
{
	struct phrase_hit hits[SCAN_HITS_MAX];
	size_t start = 0, n = signs_last(m, line, hits);
	const char *kind = "endmark", *rule = signs_first(m, hits, n, signs_is_bracketed, &start);
	if (!rule)
		rule = signs_agency_behind(m, line, &start);
	if (!rule)
		rule = signs_first(m, hits, n, signs_is_loose, &start);
	if (!rule && (rule = bylines_behind(m, line, &start)) != NULL)
		kind = "byline";
	size_t before = start;
	while (rule && before > line->start && m->text.p[before - 1] == ' ')
		before--;
	uint32_t last = rule && before > line->start ? fold_before(m->text, before) : 0;
	if (!shape_is_sentence_end(last) && last != '"' && last != 0x201d && last != 0xbb)
		return (struct removal){0};
	return (struct removal){kind, rule, {start, line->next}};
}
