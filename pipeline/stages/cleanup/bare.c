/* What agencies leave at the end of a message. See bare.h. */
#include "pipeline/stages/cleanup/bare.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/metaline.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/times.h"

#define INITIALS_BYTES_MAX  40
#define INITIALS_GROUPS_MAX 8
#define INITIALS_CHARS_MAX  4
#define SIGNATURE_BYTES_MAX 60
#define SIGNATURE_NAME_MAX  24 /* bytes of a name in a script without capitals */
#define SIGNATURE_NAMES_MAX 3
#define STAMP_BYTES_MAX     70
#define ADDRESS_BYTES_MAX   40
#define ADDRESSES_BYTES_MAX 250

struct str bare_agency(const struct marks *m)
{
	struct str source = marks_text(m, m->source);
	return str_slice(source, 0, str_index(source, '/', 0));
}

/* --- initials --------------------------------------------------------------------------------------------------- */

/* What groups of initials are made of and parted by. */
struct bare_groups {
	size_t n, strokes, dashes, blanks;
	size_t loose; /* of the blanks: not beside a stroke */
	bool small, large, digits;
};

static bool bare_is_stroke(struct str s, size_t at)
{
	return at < s.n && strchr("/\\|", s.p[at]) && s.p[at];
}

/* False: something in it is no group of up to four letters. */
static bool bare_count_groups(struct str s, struct bare_groups *g)
{
	size_t chars = 0, letters = 0;
	*g = (struct bare_groups){0};
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		bool parts = c == '/' || c == '\\' || c == '-' || c == ' ' || c == '|';
		/* "م.ل/ر.ح" */
		if (c == '.' && chars == letters && letters)
			continue;
		if (parts) {
			if (chars && !letters)
				return false;
			g->n += chars > 0;
			chars = letters = 0;
			g->strokes += c == '/' || c == '\\' || c == '|';
			g->dashes += c == '-';
			g->blanks += c == ' ';
			g->loose += c == ' ' && !bare_is_stroke(s, at) && !(at > 1 && bare_is_stroke(s, at - 2));
			continue;
		}
		if (!fold_is_word_char(c) || ++chars > INITIALS_CHARS_MAX)
			return false;
		letters += fold_digit(c) < 0;
		g->digits |= fold_digit(c) >= 0;
		g->small |= fold_is_lower(c);
		g->large |= fold_is_upper(c);
	}
	g->n += chars > 0;
	return (!chars || letters) && s.n <= INITIALS_BYTES_MAX && g->n <= INITIALS_GROUPS_MAX;
}

/* "M.N.", "А.Б.": single letters with stops. */
static bool bare_is_stopped(struct str s)
{
	size_t pairs = 0;
	for (size_t at = 0; at < s.n; pairs++) {
		uint32_t c = utf8_next(s, &at);
		if (!fold_is_word_char(c) || fold_is_lower(c) || fold_digit(c) >= 0 || at >= s.n || s.p[at++] != '.')
			return false;
		while (at < s.n && s.p[at] == ' ')
			at++;
	}
	return pairs >= 2 && pairs <= INITIALS_CHARS_MAX;
}

bool bare_is_initials(struct str s)
{
	struct bare_groups g;
	if (s.n > 1 && s.p[0] == '/')
		s = str_slice(s, 1, s.n);
	if (!s.n || strchr("/\\-|", s.p[0]) || !bare_count_groups(s, &g))
		return false;
	/* "kwr/": one alone; "KYG/ S0A QBXB": digits among capitals only. */
	bool ends = s.n && s.p[s.n - 1] == '/';
	if (g.small && (g.digits || g.loose))
		return false; /* "home and/or away" */
	return g.strokes && (g.n >= 2 || (g.n == 1 && ends && s.n > 3));
}

/* "JRA" below "(FIN) JRC/MAO": capitals below initials with strokes. */
static bool bare_is_below_initials(const struct scan *s, struct str words)
{
	if (s->line == s->m->lines || words.n < 2 || words.n > INITIALS_CHARS_MAX || !fold_is_capitals(words))
		return false;
	struct str above = marks_line(s->m, s->line - 1);
	if (above.n > SIGNATURE_BYTES_MAX)
		return false;
	const char *blank = memrchr(above.p, ' ', above.n);
	return bare_is_initials(str_slice(above, blank ? (size_t)(blank + 1 - above.p) : 0, above.n));
}

/* "YJ4-ABC", and where an agency is known to sign: "ivn mcs snm", "abc". */
static bool bare_is_loose_initials(struct str s, bool agency)
{
	struct bare_groups g;
	if (!bare_count_groups(s, &g) || !(g.small ^ g.large))
		return false;
	if (g.large && g.dashes == 1 && g.n == 2 && !g.blanks)
		return true;
	return agency && g.small && !g.strokes && !g.digits && !g.dashes && g.n <= 5 && (g.n > 1 || s.n >= 3);
}

/* --- an agency signs -------------------------------------------------------------------------------------------- */

/* Without brackets and dashes around it: "(ANSA).", "==Kyodo", "-- BERNAMA", "-สำนักข่าวไทย". */
static struct str bare_core(struct str s)
{
	if (s.n > 4 && str_ends(s, STR(").")))
		s.n--;
	static const char *const wide[][2] = {{"［", "］"}, {"（", "）"}, {"【", "】"}};
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (str_starts(s, str_of(wide[i][0])) && str_ends(s, str_of(wide[i][1])) && s.n > 6)
			s = str_slice(s, 3, s.n - 3);
	while (s.n && strchr("(/-=*<[ ", s.p[0]))
		s = str_slice(s, 1, s.n);
	while (s.n && strchr(")/-=*>] ", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* "kpd as tb", "PTI SA VGN", "(Hina) xabc", "भाषा अमित नरेश": short words, or names without capitals, behind an agency.
 */
bool bare_is_agency_and_initials(struct str s, struct str agency)
{
	size_t first = str_index(s, ' ', 0), words = 0;
	struct str name = bare_core(str_slice(s, 0, first));
	/* "epd-Nord abc def" */
	if (name.n > agency.n && agency.n && strchr("-/", name.p[agency.n]))
		name.n = agency.n;
	bool known = !fold_is_lower(fold_peek(name, 0)) && agencies_is(name);
	if (first == s.n || !(known || (agency.n && fold_equal(name, agency))))
		return false;
	bool has_case = fold_is_upper(fold_peek(name, 0)) || fold_is_lower(fold_peek(name, 0));
	for (size_t at = first + 1, end; at < s.n; at = end + 1, words++) {
		end = str_index(s, ' ', at);
		struct str word = str_slice(s, at, end);
		for (size_t i = 0; i < word.n;)
			if (!fold_is_word_char(fold_peek(word, i)) || (utf8_next(word, &i), false))
				return false;
		if (has_case ? utf8_count(word) > INITIALS_CHARS_MAX : word.n > SIGNATURE_NAME_MAX)
			return false;
	}
	return words <= (has_case ? 6 : SIGNATURE_NAMES_MAX);
}

/* "CWA/kb/dl/25": the dateline's agency, initials, perhaps a year. */
static bool bare_is_agency_and_strokes(struct str s, struct str agency)
{
	if (!agency.n || s.n <= agency.n || s.p[agency.n] != '/' || !fold_equal(str_slice(s, 0, agency.n), agency))
		return false;
	struct str rest = str_slice(s, agency.n + 1, s.n);
	const char *last = rest.n ? memrchr(rest.p, '/', rest.n) : NULL;
	struct str number = last ? str_slice(rest, (size_t)(last + 1 - rest.p), rest.n) : (struct str){0};
	bool year = number.n == 2 || number.n == 4;
	for (size_t i = 0; i < number.n; i++)
		year &= number.p[i] >= '0' && number.p[i] <= '9';
	if (year)
		rest.n = (size_t)(last - rest.p);
	struct bare_groups g;
	return bare_count_groups(rest, &g) && g.n && !g.loose;
}

/* "ENS", "(PAB)", "STT", "(TTXVN/Vietnam+)" */
static bool bare_signature(struct scan *s, struct str words, struct str agency)
{
	struct str core = bare_core(words);
	bool in_marks = words.n > core.n + 1 && strchr("(/", words.p[0]);
	if (words.n > SIGNATURE_BYTES_MAX || !core.n)
		return false;
	if (agency.n && (fold_equal(core, agency) || bare_is_agency_and_strokes(core, agency)))
		return true;
	if (!fold_is_lower(fold_peek(core, 0)) && agencies_is(core)) {
		marks_agency(s->m, (struct range){(size_t)(core.p - s->text.p), (size_t)(core.p - s->text.p) + core.n});
		return true;
	}
	/* "(Abc/Def/Adnkronos)" */
	size_t last = core.n;
	while (last && core.p[last - 1] != '/')
		last--;
	struct str house = str_slice(core, last, core.n);
	if (in_marks && last && (agencies_is(house) || (agency.n && fold_equal(house, agency))) &&
	    bare_is_initials(str_slice(core, 0, last)))
		return true;
	/* "(dar/rdw)" */
	if (in_marks && words.p[0] == '(' && bare_is_initials(core))
		return true;
	if (in_marks && core.n <= 8 && fold_is_capitals(core) && str_index(core, ' ', 0) == core.n)
		return true;
	return bare_is_agency_and_initials(words, agency);
}

/* "नरेश" below "भाषा अमित नरेश", "VGN" below "PTI SA VGN": the last word again. */
static bool bare_is_repeated(const struct scan *s, struct str words, struct str agency)
{
	if (s->line == s->m->lines || str_index(words, ' ', 0) < words.n || words.n > SIGNATURE_NAME_MAX)
		return false;
	const struct line *above = s->line - 1;
	struct str sign = marks_line(s->m, above);
	size_t n = sign.n;
	return n > words.n && n <= SIGNATURE_BYTES_MAX && str_ends(sign, words) && sign.p[n - words.n - 1] == ' ' &&
	       bare_is_agency_and_initials(sign, agency);
}

/* --- numbers and times ------------------------------------------------------------------------------------------ */

/* "AP-WF-11-13-13 1509GMT"; "1206 1958 अहमदाबाद": month and day, hour and minute, a place. */
static bool bare_is_numbers(struct str s)
{
	if (s.n < 32 && str_starts(s, STR("AP-")) && str_ends(s, STR("GMT")) && shape_has_digit(s))
		return true;
	for (size_t i = 0; i < 9; i++)
		if (i >= s.n || (i == 4 ? s.p[i] != ' ' : s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.n == 9 || (s.n > 10 && s.n <= STAMP_BYTES_MAX && s.p[9] == ' ' &&
	                    !shape_has_digit(str_slice(s, 9, s.n)) && !shape_is_sentence(s));
}

/* "0115", "14:30 ت م" below an agency's sign: a number, a time with short words. */
static bool bare_is_short_time(struct str s)
{
	struct date d = {0};
	size_t digits = 0, end = times_read(s, 0, &d);
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (digits == s.n && digits >= 3 && digits <= 6)
		return true;
	struct bare_groups g;
	return end && d.has_time && bare_count_groups(str_trim(str_slice(s, end, s.n)), &g) && g.n <= 2;
}

/* Behind "MTI ", "APA0287    ": what stands before a message's time; or `at`. */
static size_t bare_behind_name(struct str s, size_t at)
{
	size_t end = str_index(s, ' ', at), letters = at;
	while (letters < end && (unsigned char)s.p[letters] < 0x80 && (s.p[letters] < '0' || s.p[letters] > '9'))
		letters++;
	bool name = end < s.n && (agencies_is(str_slice(s, at, end)) || fold_is_capitals(str_slice(s, at, letters)));
	return name && letters > at + 1 ? shape_blanks(s, end) : at;
}

/* "ISSN 2499 - 3166": a periodical's number. */
static bool bare_is_serial(struct str s)
{
	static const struct str issn = STR_INIT("ISSN");
	size_t digits = 0;
	for (size_t i = issn.n; i < s.n; i++) {
		digits += s.p[i] >= '0' && s.p[i] <= '9';
		if (!strchr("0123456789 -:X", s.p[i]))
			return false;
	}
	return str_starts(s, issn) && digits >= 7 && digits <= 8;
}

/* "061712 Mai 25", "2025/04/04 11:35 송고", "March 04, 2024 02:15 ET (07:15 GMT)": the time of a message. */
static bool bare_time(struct scan *s)
{
	struct date d;
	size_t start = s->line->start, at = metaline_behind_word(s, start);
	if (s->text.n - start > STAMP_BYTES_MAX)
		return false;
	bool is_named = at != 0;
	at = at ? at : bare_behind_name(s->text, start);
	size_t end = dates_read(s->text, at, true, &d);
	/* "Publicado: 4/3/2025": the word for it stands for the hour. */
	if (!end || !(d.has_time || (is_named && d.year)))
		return false;
	size_t named = metaline_behind_word(s, shape_blanks(s->text, end));
	struct str rest = str_trim(scan_from(s, named ? named : end));
	/* "ET (07:15 GMT)" */
	struct date again = {0};
	size_t open = str_index(rest, '(', 0);
	bool twice = open <= 4 && open < rest.n && times_read(rest, open + 1, &again);
	/* "07 Jul 2025 22:30 - PA" */
	size_t dash = str_starts(rest, STR("- ")) ? 2 : 0;
	bool agency = rest.n && agencies_is(str_slice(rest, dash, rest.n));
	if (agency)
		marks_agency(s->m, (struct range){s->text.n - rest.n + dash, s->text.n});
	/* "14-MAR-25 12:33 NNNN" */
	if (!shape_says_nothing(rest) && !twice && !agency && !str_is(rest, "NNNN"))
		return false;
	marks_piece(s->m, PIECE_TIME, (struct range){at, end}, (struct range){0});
	return true;
}

/* --- addresses -------------------------------------------------------------------------------------------------- */

/* "((anna.smith@wire.example; +49 30 220 133))", "anna@wire.example", "배도윤 기자 doyun@wire.example": where to reach
 * those who made it. */
static bool bare_is_address(struct str s)
{
	if (s.n > 4 && s.n <= ADDRESSES_BYTES_MAX && str_starts(s, STR("((")) && str_ends(s, STR("))")))
		return true;
	size_t last = s.n;
	while (last && s.p[last - 1] != ' ')
		last--;
	size_t sign = str_index(s, '@', last + 1);
	/* Behind a few words of a script without capitals, as Korean wires have it. */
	bool few = last <= ADDRESSES_BYTES_MAX / 4 && (unsigned char)s.p[0] >= 0xe2;
	return s.n - last <= ADDRESS_BYTES_MAX && (!last || few) && sign + 3 < s.n;
}

/* "news.modal.header": a key of a page's own texts. */
static bool bare_is_key(struct str s)
{
	size_t stops = 0;
	for (size_t i = 0; i < s.n; i++) {
		stops += s.p[i] == '.';
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '.' && s.p[i] != '_')
			return false;
	}
	return stops >= 2 && s.n <= ADDRESS_BYTES_MAX && s.p[s.n - 1] != '.' && !str_starts(s, STR("www."));
}

/* "ANP Productie / redactie politiek": an agency and its desk. */
static bool bare_is_desk(struct str s)
{
	struct str first = str_slice(s, 0, str_index(s, ' ', 0));
	return first.n < s.n && s.n <= SIGNATURE_BYTES_MAX && fold_is_capitals(first) && agencies_is(first) &&
	       str_index(s, '/', 0) < s.n && !shape_is_sentence(s) && !shape_has_digit(s);
}

bool bare_is_signature(struct scan *s)
{
	return bare_signature(s, scan_from(s, s->line->start), bare_agency(s->m));
}

bool bare_signs(const struct scan *s)
{
	struct bare_groups g;
	struct str words = scan_from(s, s->line->start);
	bool loose =
	        bare_agency(s->m).n && bare_is_loose_initials(words, true) && bare_count_groups(words, &g) && g.n >= 2;
	return words.n <= INITIALS_BYTES_MAX && (loose || bare_is_initials(words));
}

bool bare_read(struct scan *s)
{
	struct str words = scan_from(s, s->line->start), agency = bare_agency(s->m);
	if (words.n > ADDRESSES_BYTES_MAX)
		return false;
	if (bare_is_initials(words) || bare_is_stopped(words) || bare_is_below_initials(s, words))
		return lines_cut(s->line, "endmark", "initials");
	if (bare_is_serial(words))
		return lines_cut(s->line, "copyright", "issn");
	if (bare_is_numbers(words) || bare_time(s) || (agency.n && bare_is_short_time(words)))
		return lines_cut(s->line, "endmark", "time-stamp");
	if (bare_is_key(words))
		return lines_cut(s->line, "header", "key");
	if (bare_is_desk(words)) {
		marks_agency(s->m, (struct range){s->line->start, s->line->start + str_index(words, ' ', 0)});
		return lines_cut(s->line, "endmark", "desk");
	}
	if (bare_is_address(words))
		return lines_cut(s->line, "contact", "address");
	if (bare_signature(s, words, agency) || bare_is_repeated(s, words, agency))
		return lines_cut(s->line, "endmark", "agency");
	return bare_is_loose_initials(words, agency.n > 0) && lines_cut(s->line, "endmark", "initials");
}
