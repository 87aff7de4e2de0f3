/*
 * A dateline is read from its end: the marks that can end one are tried in turn, and what stands before the mark must
 * fall apart into a place, a date and a source and nothing else (dateline_sense.c). See dateline.h.
 */
#include "pipeline/stages/cleanup/dateline_inside.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"

#define COUNT(array)          (sizeof(array) / sizeof((array)[0]))
#define DATELINE_TRIES_MAX    3
#define DATELINE_AUTHOR_WORDS 4

/* --- sources before places -------------------------------------------------------------------------------------- */

/* "AFP", "dpa/tmn", "Dân trí": what agencies and outlets put in brackets. */
static bool dateline_is_source(struct str source)
{
	static const char *const small[] = {"dpa", "afp", "ap", "ots", "sda", "ats", "taz", "epd", "kna"};
	struct str first = str_slice(source, 0, str_index(source, '/', 0));
	for (size_t i = 0; i < COUNT(small); i++)
		if (str_is(first, small[i]))
			return true;
	return source.n >= 2 && source.n <= DATELINE_SOURCE_BYTES && fold_is_upper(fold_peek(source, 0)) &&
	       (fold_is_capitals(source) || dateline_is_name(source, 3) || str_index(source, ' ', 0) < source.n) &&
	       !dateline_is_no_place(source);
}

/* (ANSA) - ROMA, 11 OTT - ; (Reuters) - The bank … */
static bool dateline_source_first(struct str text, struct str s, size_t at, struct dateline *out)
{
	static const char *const dashes[] = {" - ", " – ", " — ", " -- "};
	static const struct dateline_mark mark = {STR_INIT(" - "), 0, MARK_DASH};
	struct dateline_sense sense = {.out = out, .mark = &mark};
	size_t open = dateline_after(s, at, "("), shut = open ? str_index(s, ')', open) : s.n, behind = 0;
	for (size_t i = 0; i < COUNT(dashes) && !behind && shut < s.n; i++)
		behind = dateline_after(s, shut + 1, dashes[i]);
	struct str source = str_slice(s, open, shut);
	/* "(Belga) In Diest …" */
	if (!behind && shut < s.n && shut + 1 < s.n && s.p[shut + 1] == ' ' && agencies_is(source))
		behind = shut + 2;
	if (!behind || !dateline_is_source(source))
		return false;
	size_t end = dateline_find(s, behind, mark.words.p);
	bool place = end && dateline_sense(text, s, behind, end, &sense) && out->date.end;
	if (!place) {
		*out = (struct dateline){.end = behind, .rule = "source"};
	} else {
		out->end = end + mark.words.n;
		out->rule = "source-place-date";
	}
	out->source = (struct range){open, shut};
	out->end = dateline_blanks(s, out->end);
	return true;
}

/* --- marks at the end --------------------------------------------------------------------------------------------- */

static const struct dateline_mark dateline_marks[] = {
#define MARK(words, kept, kind)                                                                                        \
	{                                                                                                              \
		STR_INIT(words), kept, MARK_##kind                                                                     \
	}
        MARK(" - ", 0, DASH), MARK(" – ", 0, DASH), MARK(" — ", 0, DASH), MARK(" -- ", 0, DASH), MARK(".- ", 0, DASH),
        MARK(" _ ", 0, DASH), MARK(" ـ ", 0, DASH), MARK(")--", 1, DASH), MARK(") -", 1, DASH),  MARK(")- ", 1, DASH),
        MARK(")— ", 1, DASH), MARK(")– ", 1, DASH), MARK(" = ", 0, DASH), MARK("/. ", 1, STOP),  MARK("/ - ", 1, DASH),
        MARK("/ ", 1, STOP),  MARK("): ", 1, DASH), MARK(")। ", 1, DASH), MARK(") ", 1, STOP),   MARK(". ", 0, STOP),
        MARK(": ", 0, COLON), MARK(".-", 1, GLUED), MARK("- ", 0, GLUED),
#undef MARK
};

static const struct dateline_mark dateline_no_mark = {STR_INIT(""), 0, MARK_DASH};

/* Where a mark stands first, second, third; 0: no more. */
struct dateline_hits {
	size_t at[DATELINE_TRIES_MAX];
	size_t n;
};

/* May one of the marks begin at `at`? Most blanks are before a word. */
static bool dateline_may_be_mark(struct str s, size_t at)
{
	switch (s.p[at]) {
	case '.':
	case ')':
	case '/':
	case ':':
	case '-':
		return true;
	case ' ':
		return at + 1 < s.n && memchr("-\xe2_\xd9=", s.p[at + 1], 5);
	default:
		return false;
	}
}

/* Finds all the marks in one pass. */
static void dateline_find_marks(struct str s, size_t at, const struct dateline_mark *marks, size_t n,
                                struct dateline_hits *hits)
{
	for (; at < s.n; at++) {
		struct str rest = str_slice(s, at, s.n);
		if (!dateline_may_be_mark(s, at))
			continue;
		for (size_t i = 0; i < n; i++)
			if (marks[i].words.p[0] == s.p[at] && hits[i].n < DATELINE_TRIES_MAX &&
			    str_starts(rest, marks[i].words))
				hits[i].at[hits[i].n++] = at;
	}
}

/* Tries one mark where it stands; at the very beginning it ends nothing. */
static bool dateline_try(struct str text, struct str s, size_t at, const struct dateline_mark *mark,
                         const struct dateline_hits *hits, struct dateline *out)
{
	for (size_t i = 0; i < hits->n && hits->at[i]; i++) {
		struct dateline_sense sense = {.out = out, .mark = mark};
		if (dateline_sense(text, s, at, hits->at[i], &sense)) {
			out->end = dateline_blanks(s, hits->at[i] + mark->words.n);
			return true;
		}
	}
	return false;
}

static bool dateline_try_all(struct str text, struct str s, size_t at, struct dateline *out)
{
	struct dateline_hits hits[COUNT(dateline_marks)] = {0};
	dateline_find_marks(s, at, dateline_marks, COUNT(dateline_marks), hits);
	for (size_t i = 0; i < COUNT(dateline_marks); i++)
		if (dateline_try(text, s, at, &dateline_marks[i], &hits[i], out))
			return true;
	return false;
}

/* "СевИнформ": a word with a capital inside, as no other word has. */
static bool dateline_is_camel(struct str s)
{
	uint32_t before = 0;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (fold_is_upper(c) && fold_is_lower(before))
			return str_index(s, ' ', 0) == s.n;
		before = c;
	}
	return false;
}

/* "МОСКВА, 10 фев - РИА Новости. ": what a dash seems to end may go on with the source. */
static void dateline_go_on(struct str text, struct str s, size_t at, struct dateline *out)
{
	static const struct dateline_mark stop = {STR_INIT(". "), 0, MARK_STOP};
	struct dateline_hits hits = {0};
	struct dateline longer;
	if (out->source.end || !out->date.end)
		return;
	dateline_find_marks(s, at, &stop, 1, &hits);
	if (!dateline_try(text, s, at, &stop, &hits, &longer) || longer.end <= out->end)
		return;
	struct str source = str_slice(s, longer.source.start, longer.source.end);
	if (source.n && (fold_is_capitals(source) || dateline_is_outlet(source) || dateline_is_camel(source)))
		*out = longer;
}

/* "Zehra ALTINDAĞ/MARDİN, (FHA)- ": the reporter stands before the place. */
static void dateline_part_author(struct str s, struct dateline *out)
{
	struct str place = str_slice(s, out->place.start, out->place.end);
	size_t slash = str_index(place, '/', 0), blank = str_index(place, ' ', 0);
	if (slash == place.n || blank > slash || !fold_is_capitals(str_slice(place, slash + 1, place.n)) ||
	    fold_is_capitals(str_slice(place, 0, blank)))
		return;
	out->author = (struct range){out->place.start, out->place.start + slash};
	out->place.start += slash + 1;
}

/* "/Корр. ТАСС Алексей Угаров/": the source is the agency alone, the reporter its author. */
static void dateline_part_correspondent(struct str s, struct dateline *out)
{
	static const char *const words[] = {"Корр. ", "корр. "};
	size_t at = 0;
	for (size_t i = 0; i < COUNT(words) && !at; i++)
		at = dateline_after(str_slice(s, 0, out->source.end), out->source.start, words[i]);
	if (!at)
		return;
	size_t blank = str_index(str_slice(s, 0, out->source.end), ' ', at);
	if (blank >= out->source.end || !fold_is_capitals(str_slice(s, at, blank)))
		return;
	out->author = (struct range){blank + 1, out->source.end};
	out->source = (struct range){at, blank};
}

/* "(Калина Тодорова, БТА)", "(Anna Berg/TT)", "(NTK-Kari Solbakken)": reporter and agency in the brackets. */
static void dateline_part_house(struct str s, struct dateline *out)
{
	size_t agency = dateline_agency_end(str_slice(s, out->source.start, out->source.end));
	if (agency && !out->author.end) {
		out->author = (struct range){out->source.start + agency + 1, out->source.end};
		out->source.end = out->source.start + agency;
		return;
	}
	for (size_t i = out->source.start + 1; i < out->source.end; i++) {
		bool parts = s.p[i] == ',' || s.p[i] == '/';
		struct range name = dateline_trim(s, (struct range){out->source.start, i});
		struct range house = dateline_trim(s, (struct range){i + 1, out->source.end});
		struct str words = str_slice(s, name.start, name.end);
		if (!parts || out->author.end || !dateline_is_name(words, DATELINE_AUTHOR_WORDS) ||
		    str_index(words, ' ', 0) == words.n || !agencies_is(str_slice(s, house.start, house.end)))
			continue;
		out->author = name;
		out->source = house;
		return;
	}
}

/* "SİVAS (AA) - AYŞE DEMİR - Sivas'ta …": the reporter behind the dateline, in capitals. */
static void dateline_author_behind(struct str text, struct str s, struct dateline *out)
{
	static const struct str dash = STR_INIT(" - ");
	size_t end = dateline_find(s, out->end, dash.p);
	struct str name = str_slice(s, out->end, end), behind = str_slice(text, end + dash.n, text.n);
	if (!end || !out->source.end || out->author.end || str_index(name, ' ', 0) == name.n ||
	    !fold_is_capitals(name) || !dateline_is_name(name, DATELINE_AUTHOR_WORDS) ||
	    fold_is_capitals(fold_cut(behind, DATELINE_LOOK_BYTES)))
		return;
	out->author = (struct range){out->end, end};
	out->end = dateline_blanks(s, end + dash.n);
}

/* "Алматы. 12 марта. КазИнфо – Мадина Сарсенова. Новый маршрут …": a name and a stop behind place, date and source.
 * Whom the story names again is in it: that is its first sentence. */
static void dateline_name_behind(struct str text, struct str s, struct dateline *out)
{
	size_t stop = dateline_find(s, out->end, ". ");
	struct str name = str_slice(s, out->end, stop);
	if (!stop || !out->source.end || !out->date.end || out->author.end || str_index(name, ' ', 0) == name.n ||
	    s.p[out->source.end] != ' ' || !dateline_is_name(name, DATELINE_AUTHOR_WORDS - 1) ||
	    !shape_opens_large(str_slice(s, stop, s.n)) || dateline_is_surname(name, str_slice(text, stop, text.n)))
		return;
	out->author = (struct range){out->end, stop};
	out->end = dateline_blanks(s, stop + 1);
}

/* "ایسنا/تهران ": an agency and a place, in a script whose sentences have no marks there. */
static bool dateline_agency_and_place(struct str s, size_t at, struct dateline *out)
{
	uint32_t first = fold_peek(s, at);
	if (first < 0x590 || first > 0x8ff)
		return false;
	size_t slash = str_index(fold_cut(str_slice(s, 0, s.n), at + DATELINE_SOURCE_BYTES), '/', at);
	size_t blank = str_index(s, ' ', slash);
	if (blank >= s.n || blank - slash > DATELINE_SOURCE_BYTES ||
	    str_index(str_slice(s, at, slash), ' ', 0) < slash - at || !agencies_is(str_slice(s, at, slash)) ||
	    !dateline_is_name(str_slice(s, slash + 1, blank), 1))
		return false;
	*out = (struct dateline){.source = {at, slash},
	                         .place = {slash + 1, blank},
	                         .end = dateline_blanks(s, blank),
	                         .rule = "agency-place"};
	return true;
}

/* "DOW JONES--Die Molkerei …", "AGI - Il ponte …" */
static bool dateline_agency_first(struct str s, size_t at, struct dateline *out)
{
	static const struct {
		const char *words;
		bool capitals; /* before it */
	} dashes[] = {{" - ", true}, {"--", false}};
	bool large = fold_is_upper(fold_peek(s, at));
	for (size_t i = 0; large && i < COUNT(dashes); i++) {
		struct str look = str_slice(s, 0, at + DATELINE_SOURCE_BYTES + strlen(dashes[i].words));
		size_t dash = dateline_find(look, at, dashes[i].words);
		struct str name = str_slice(s, at, dash);
		if (!dash || name.n > DATELINE_SOURCE_BYTES || (dashes[i].capitals && !fold_is_capitals(name)) ||
		    !agencies_is(name) || !shape_opens_large(str_slice(s, dash, s.n)))
			continue;
		*out = (struct dateline){.source = {at, dash},
		                         .end = dateline_blanks(s, dash + strlen(dashes[i].words)),
		                         .rule = "source"};
		return true;
	}
	return false;
}

/* "Bakı, 4 mart, AZƏRTAC": no mark ends it, and nothing else stands in its line. */
static bool dateline_read_alone(struct str text, struct str s, size_t at, size_t end, struct dateline *out)
{
	struct dateline_sense sense = {.out = out, .mark = &dateline_no_mark};
	if (end - at > DATELINE_ALONE_BYTES || end > s.n || !dateline_sense(text, s, at, end, &sense) ||
	    !out->date.end || !agencies_is(str_slice(s, out->source.start, out->source.end)))
		return false;
	out->end = end;
	return true;
}

/* "KYOTO, Feb. 1 /Kyodo JBN/ --" in a line of its own: the dash at the line's end belongs to it. */
static size_t dateline_last_dash(struct str text, size_t at, size_t end)
{
	static const char *const dashes[] = {"-", "–", "—"};
	size_t from = at;
	for (bool more = true; more && from < end;) {
		more = false;
		for (size_t i = 0; i < COUNT(dashes) && !more; i++) {
			size_t behind = dateline_after(str_slice(text, 0, end), from, dashes[i]);
			more = behind > 0;
			from = more ? dateline_blanks(text, behind) : from;
		}
	}
	return from >= end ? end : at;
}

bool dateline_read_place(struct str text, size_t at, size_t end, struct dateline *out)
{
	struct str place = str_slice(text, at, end);
	*out = (struct dateline){.end = end, .place = {at, end}, .rule = "place"};
	return (place.n >= 5 || dateline_is_short_place(place)) && place.n <= DATELINE_SOURCE_BYTES &&
	       fold_is_capitals(place) && dateline_is_name(place, 3) && !dateline_is_no_place(place);
}

bool dateline_read(struct str text, size_t at, size_t end, struct dateline *out)
{
	struct str s = fold_cut(str_slice(text, 0, end), at + DATELINE_MAX_BYTES);
	uint32_t first = fold_peek(s, at);
	/* A line of its own has text below it. */
	size_t last = end < text.n ? end : end - 1;
	if (first >= 0x80 || first == '(' || first == '[')
		if (dateline_east_read(s, at, out))
			return out->end < end;
	if (first == '(' && dateline_source_first(text, s, at, out))
		return out->end <= last;
	if (dateline_agency_first(s, at, out) || dateline_agency_and_place(s, at, out))
		return out->end < end;
	if (dateline_is_sentence(s, at))
		return false;
	if (!dateline_try_all(text, s, at, out))
		return end < text.n && dateline_read_alone(text, s, at, end, out);
	dateline_go_on(text, s, at, out);
	dateline_part_author(s, out);
	dateline_part_correspondent(s, out);
	dateline_part_house(s, out);
	dateline_author_behind(text, s, out);
	dateline_name_behind(text, s, out);
	out->end = dateline_last_dash(text, out->end, end);
	return out->end <= last;
}
