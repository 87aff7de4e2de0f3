/*
 * A dateline is read from its end: the marks that can end one are tried in turn, and what stands before the mark must
 * fall apart into a place, a date and a source and nothing else. See dateline.h.
 */
#include "pipeline/stages/cleanup/dateline.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"

#define COUNT(array)          (sizeof(array) / sizeof((array)[0]))
#define DATELINE_ITEMS_MAX    6
#define DATELINE_TRIES_MAX    3
#define DATELINE_REGIONS_MAX  2
#define DATELINE_AUTHOR_WORDS 4
#define DATELINE_SOURCE_BYTES 48
#define DATELINE_LOOK_BYTES   60
#define DATELINE_SEARCH_BYTES 2000 /* of the story, in which a surname is looked for */

struct dateline_item {
	struct range at;
	bool in_marks; /* (…) or /…/ */
};

/* What can end a dateline. */
struct dateline_mark {
	const char *words;
	size_t kept; /* bytes of it that belong to what stands before it */
	enum {
		MARK_DASH,
		MARK_STOP,
		MARK_COLON,
		MARK_GLUED
	} kind; /* a glued dash needs a source or a date before it */
};

struct dateline_sense {
	struct dateline *out;
	const struct dateline_mark *mark;
	bool source_in_marks;
	size_t places, regions;
};

/* --- items ------------------------------------------------------------------------------------------------------ */

static bool dateline_add(struct str s, struct dateline_item *items, size_t *n, struct range at, bool in_marks)
{
	at = dateline_trim(s, at);
	while (at.end > at.start && s.p[at.end - 1] == '-')
		at.end--; /* "ZURICH--(BUSINESS WIRE)--" */
	if (at.start >= at.end)
		return true;
	if (*n == DATELINE_ITEMS_MAX)
		return false;
	items[(*n)++] = (struct dateline_item){at, in_marks};
	return true;
}

/* Does an item end at `at`: a comma, a sentence's stop, a dash before a blank ("یزد- ایرنا- ")? */
static bool dateline_stops(struct str s, size_t start, size_t at, size_t end)
{
	bool blank_behind = at + 1 < end && s.p[at + 1] == ' ';
	bool ordinal = at > start && s.p[at - 1] >= '0' && s.p[at - 1] <= '9'; /* "Praha 14. března" */
	return s.p[at] == ',' || (s.p[at] == '.' && blank_behind && at - start > 4 && !ordinal) ||
	       (s.p[at] == '-' && blank_behind && at > start) || str_starts(str_slice(s, at, end), STR("،"));
}

/* Splits at commas, sentence stops, dashes and brackets. False: it is no dateline. */
static bool dateline_split(struct str s, size_t at, size_t end, struct dateline_item *items, size_t *n)
{
	size_t start = at;
	*n = 0;
	for (; at < end; at++) {
		char c = s.p[at];
		bool stroke = c == '/' && (at == start || s.p[at - 1] == ' ' || (at + 1 < end && s.p[at + 1] == ' '));
		char close = c == '(' ? ')' : c == '[' ? ']' : stroke ? '/' : 0;
		if (close) {
			size_t shut = str_index(s, close, at + 1);
			if (shut >= end || !dateline_add(s, items, n, (struct range){start, at}, false) ||
			    !dateline_add(s, items, n, (struct range){at + 1, shut}, true))
				return false;
			at = shut;
			start = shut + 1;
		} else if (dateline_stops(s, start, at, end)) {
			if (!dateline_add(s, items, n, (struct range){start, at}, false))
				return false;
			start = at + (c == ',' || c == '.' || c == '-' ? 1 : 2);
		}
	}
	while (end > start && (s.p[end - 1] == '.' || s.p[end - 1] == ' '))
		end--;
	return dateline_add(s, items, n, (struct range){start, end}, false);
}

/* "Dec. 9 Kyodo", "عين الريحان 10 فبراير", "10 fév 2025", "Aug. 3": where the date begins and ends in an item. */
static bool dateline_find_date(struct str s, struct range at, struct range *date)
{
	struct str item = str_slice(s, 0, at.end);
	for (size_t i = at.start; i < at.end; i++) {
		bool opens = i == at.start || s.p[i - 1] == ' ';
		struct date d;
		size_t end = opens ? dates_read(item, i, false, &d) : 0;
		if (end) {
			*date = dateline_trim(s, (struct range){i, end});
			return true;
		}
	}
	return false;
}

/* Behind the last blank of an item: "DINANT 04/03". */
static size_t dateline_last_word(struct str s, struct range at)
{
	size_t last = at.end;
	while (last > at.start && s.p[last - 1] != ' ')
		last--;
	return last;
}

/* "18/01", "3/3": day and month alone. */
static bool dateline_is_short_date(struct str s)
{
	size_t slash = str_index(s, '/', 1);
	if (s.n > 5 || slash > 2 || slash + 1 >= s.n || s.n - slash > 3)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i != slash && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return true;
}

/* --- what an item is -------------------------------------------------------------------------------------------- */

/* "القاهرة في 17 مارس": without the word between place and date. */
static struct range dateline_without_preposition(struct str s, struct range place)
{
	static const struct str in = STR_INIT(" في");
	if (str_ends(str_slice(s, place.start, place.end), in))
		place.end -= in.n;
	return place;
}

/* A date goes out of the middle of an item; what is left before it is a place, behind it a source. */
static bool dateline_take_date(struct str s, struct dateline_sense *sense, struct range at)
{
	struct dateline *out = sense->out;
	struct range date;
	if (out->date.end || !dateline_find_date(s, at, &date))
		return false;
	struct range before = dateline_trim(s, (struct range){at.start, date.start});
	struct range behind = dateline_trim(s, (struct range){date.end, at.end});
	/* "KHOLM, March 4. /TASS/. ", "ZAGREB, 4. ožujka 2024. (Hina) - " */
	while (behind.end > behind.start && s.p[behind.end - 1] == '.')
		behind.end--;
	/* "Bruxelles, dimanche 3 mars" */
	if (before.end > before.start && dates_weekday(str_slice(s, 0, before.end), before.start) == before.end)
		date.start = before.start = before.end = before.start;
	bool has_before = before.end > before.start, has_behind = behind.end > behind.start;
	if (has_before && (sense->places || !dateline_is_name(str_slice(s, before.start, before.end), 4)))
		return false;
	if (has_behind && (out->source.end || !dateline_is_name(str_slice(s, behind.start, behind.end), 2)))
		return false;
	out->date = date;
	if (has_before) {
		out->place = dateline_without_preposition(s, before);
		sense->places++;
	}
	if (has_behind)
		out->source = behind;
	return true;
}

static bool dateline_take_marked(struct str s, struct dateline_sense *sense, struct range at)
{
	struct str words = str_slice(s, at.start, at.end);
	uint32_t first = fold_peek(words, 0);
	size_t blanks = 0;
	for (size_t i = 0; i < words.n; i++)
		blanks += words.p[i] == ' ';
	/* "Valparaíso (Chile), 14 nov (AUS).- ": what stood in the first brackets was a region. */
	if (sense->out->source.end && sense->source_in_marks && sense->regions < DATELINE_REGIONS_MAX) {
		sense->regions++;
		sense->out->source = (struct range){0};
	}
	if (sense->out->source.end || words.n > DATELINE_SOURCE_BYTES || utf8_count(words) < 2 || blanks > 3 ||
	    !fold_is_word_char(first) || fold_digit(first) >= 0)
		return false;
	sense->out->source = at;
	return sense->source_in_marks = true;
}

/* "ACN Berga.-": the agency before the place, without a mark. */
static void dateline_place(struct str s, struct dateline_sense *sense, struct range at)
{
	size_t blank = str_index(str_slice(s, 0, at.end), ' ', at.start);
	struct str first = str_slice(s, at.start, blank);
	sense->out->place = at;
	if (blank >= at.end || sense->out->source.end || sense->mark->kind != MARK_GLUED || !fold_is_capitals(first) ||
	    !agencies_is(first))
		return;
	sense->out->source = (struct range){at.start, blank};
	sense->out->place.start = blank + 1;
}

static bool dateline_take_place(struct str s, struct dateline_sense *sense, struct range at)
{
	struct dateline *out = sense->out;
	struct str words = str_slice(s, at.start, at.end);
	if (!dateline_is_name(words, 5) || sense->places > 1)
		return false;
	if (sense->places && !out->source.end && agencies_is(words)) {
		out->source = at; /* "Jakarta, ANTARA - ", "تهران - ایرنا - " */
		return true;
	}
	bool outlet = sense->places && fold_is_capitals(str_slice(s, out->place.start, out->place.end)) &&
	              dateline_is_outlet(words);
	if (!sense->places++)
		dateline_place(s, sense, at);
	else if (!out->source.end && (out->date.end || outlet))
		out->source = at; /* "МОСКВА, 10 фев - РИА Новости." */
	return true;
}

static bool dateline_take(struct str s, struct dateline_sense *sense, struct dateline_item item)
{
	struct dateline *out = sense->out;
	struct str words = str_slice(s, item.at.start, item.at.end);
	if (item.in_marks)
		return dateline_take_marked(s, sense, item.at);
	if (!out->date.end && dateline_is_short_date(words)) {
		out->date = item.at;
		return true;
	}
	size_t last = dateline_last_word(s, item.at);
	if (!out->date.end && last > item.at.start && dateline_is_short_date(str_slice(s, last, item.at.end))) {
		out->date = (struct range){last, item.at.end};
		return dateline_take_place(s, sense, dateline_trim(s, (struct range){item.at.start, last}));
	}
	bool year = words.n == 4 && words.p[0] >= '1' && words.p[0] <= '2' && words.p[3] >= '0' && words.p[3] <= '9';
	if (year && out->date.end) {
		out->date.end = item.at.end;
		return true;
	}
	/* "2024. március 3., vasárnap (MTI)" */
	if (out->date.end && dates_weekday(words, 0) == words.n) {
		out->date.end = item.at.end;
		return true;
	}
	if (dateline_take_date(s, sense, item.at))
		return true;
	if (!out->source.end && dateline_is_site(words)) {
		out->source = item.at;
		return true;
	}
	return dateline_take_place(s, sense, item.at);
}

/* --- is it sure? ------------------------------------------------------------------------------------------------ */

/* Does the last of the words stand in the text by itself, without the one before it? Then it is a surname. */
static bool dateline_is_surname(struct str words, struct str text)
{
	size_t last = words.n;
	while (last && words.p[last - 1] != ' ')
		last--;
	struct str name = str_slice(words, last, words.n);
	if (!last || name.n < 3)
		return false;
	text = str_slice(text, 0, DATELINE_SEARCH_BYTES);
	for (size_t at = 0; at + name.n <= text.n; at++) {
		const char *hit = memmem(text.p + at, text.n - at, name.p, name.n);
		if (!hit)
			return false;
		at = (size_t)(hit - text.p);
		bool whole =
		        !fold_is_word_char(fold_before(text, at)) && !fold_is_word_char(fold_peek(text, at + name.n));
		if (whole && !str_ends(str_slice(text, 0, at), str_slice(words, 0, last)))
			return true;
	}
	return false;
}

/* "Anna Smith (CDU) - " */
static bool dateline_is_person(struct str s, const struct dateline *d, struct str behind)
{
	struct str place = str_slice(s, d->place.start, d->place.end),
	           source = str_slice(s, d->source.start, d->source.end);
	if (d->date.end || fold_is_capitals(place) || str_index(place, ' ', 0) == place.n)
		return false;
	bool senator = source.n > 2 && (source.p[0] == 'R' || source.p[0] == 'D') && source.p[1] == '-';
	return senator || dateline_is_party(source) || dateline_is_surname(place, behind);
}

/* In a script without blanks a dash is glued to its words. */
static bool dateline_is_east(struct str place)
{
	return !fold_is_blank_script(fold_peek(place, 0));
}

/* A place in capitals says by itself that it is one, but not where all is in capitals. */
static bool dateline_is_sure_place(struct str place, struct str behind)
{
	return fold_is_capitals(place) && !fold_is_capitals(fold_cut(behind, DATELINE_LOOK_BYTES)) &&
	       (place.n >= 5 || dateline_is_short_place(place));
}

/* Is there enough in it that no sentence begins like this? */
static bool dateline_is_enough(struct str s, const struct dateline_sense *sense, struct str behind)
{
	const struct dateline *d = sense->out;
	struct str place = str_slice(s, d->place.start, d->place.end);
	struct str source = str_slice(s, d->source.start, d->source.end);
	bool dash = sense->mark->kind == MARK_DASH || sense->mark->kind == MARK_GLUED;
	if (sense->mark->kind == MARK_GLUED && !d->source.end && !(d->date.end && dateline_is_east(place)))
		return false;
	if (sense->mark->kind == MARK_COLON)
		return sense->places == 1 &&
		       (sense->source_in_marks || d->date.end || dateline_is_sure_place(place, behind)) &&
		       shape_opens_large(behind);
	if (sense->source_in_marks)
		return (dash || d->date.end || fold_is_capitals(place) || agencies_is(source)) &&
		       !dateline_is_person(s, d, behind);
	if (d->source.end && d->date.end)
		return true;
	/* "Jakarta, ANTARA - ", but not "In Tokyo, NHK - the broadcaster - ". */
	bool agency = dash && !fold_is_capitals(place) && shape_opens_large(behind) && agencies_is(source);
	if (d->source.end)
		return dash && (dateline_is_site(source) || fold_is_capitals(place) || agency);
	/* "Jakarta - Jembatan Ambon …" */
	if (sense->mark->kind == MARK_DASH && sense->places == 1 && !d->date.end && shape_opens_large(behind) &&
	    dateline_is_city(place))
		return true;
	return dash && (d->date.end || (sense->places <= 2 && dateline_is_sure_place(place, behind)));
}

static bool dateline_is_sure(struct str s, const struct dateline_sense *sense, struct str behind)
{
	const struct dateline *d = sense->out;
	struct str place = str_slice(s, d->place.start, d->place.end);
	bool dash = sense->mark->kind == MARK_DASH || sense->mark->kind == MARK_GLUED;
	/* "March 16 (Reuters) - " */
	if (!sense->places && dash && sense->source_in_marks && d->date.end)
		return d->date.start < d->source.start;
	return sense->places && dateline_is_enough(s, sense, behind) && !dateline_is_signal(place) &&
	       dates_weekday(place, 0) != place.n;
}

/* Is [at, hit) a dateline that this mark ends? text: all of it, for what stands behind. */
static bool dateline_sense(struct str text, struct str s, size_t at, size_t hit, struct dateline_sense *sense)
{
	struct dateline_item items[DATELINE_ITEMS_MAX];
	size_t n;
	*sense->out = (struct dateline){.rule = "place-source-date"};
	if (!dateline_split(s, at, hit + sense->mark->kept, items, &n) || !n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!dateline_take(s, sense, items[i]))
			return false;
	return dateline_is_sure(s, sense, str_slice(text, hit + strlen(sense->mark->words), text.n));
}

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
	       !dateline_is_signal(source);
}

/* (ANSA) - ROMA, 11 OTT - ; (Reuters) - The bank … */
static bool dateline_source_first(struct str text, struct str s, size_t at, struct dateline *out)
{
	static const char *const dashes[] = {" - ", " – ", " — ", " -- "};
	static const struct dateline_mark mark = {" - ", 0, MARK_DASH};
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
	size_t end = dateline_find(s, behind, mark.words);
	bool place = end && fold_is_capitals(source) && dateline_sense(text, s, behind, end, &sense) && out->date.end;
	if (!place) {
		*out = (struct dateline){.end = behind, .rule = "source"};
	} else {
		out->end = end + strlen(mark.words);
		out->rule = "source-place-date";
	}
	out->source = (struct range){open, shut};
	out->end = dateline_blanks(s, out->end);
	return true;
}

/* --- marks at the end --------------------------------------------------------------------------------------------- */

static const struct dateline_mark dateline_marks[] = {
        {" - ", 0, MARK_DASH}, {" – ", 0, MARK_DASH}, {" — ", 0, MARK_DASH},  {" -- ", 0, MARK_DASH},
        {".- ", 0, MARK_DASH}, {" _ ", 0, MARK_DASH}, {" ـ ", 0, MARK_DASH},  {")--", 1, MARK_DASH},
        {") -", 1, MARK_DASH}, {")- ", 1, MARK_DASH}, {")— ", 1, MARK_DASH},  {")– ", 1, MARK_DASH},
        {" = ", 0, MARK_DASH}, {"/. ", 1, MARK_STOP}, {"/ - ", 1, MARK_DASH}, {"/ ", 1, MARK_STOP},
        {"): ", 1, MARK_DASH}, {")। ", 1, MARK_DASH}, {") ", 1, MARK_STOP},   {". ", 0, MARK_STOP},
        {": ", 0, MARK_COLON}, {".-", 1, MARK_GLUED}, {"- ", 0, MARK_GLUED},
};

static const struct dateline_mark dateline_no_mark = {"", 0, MARK_DASH};

/* Tries one mark where it stands first, second, third. */
static bool dateline_try(struct str text, struct str s, size_t at, const struct dateline_mark *mark,
                         struct dateline *out)
{
	size_t hit = dateline_find(s, at, mark->words);
	for (int tries = 0; hit && tries < DATELINE_TRIES_MAX; tries++) {
		struct dateline_sense sense = {.out = out, .mark = mark};
		if (dateline_sense(text, s, at, hit, &sense)) {
			out->end = dateline_blanks(s, hit + strlen(mark->words));
			return true;
		}
		hit = dateline_find(s, hit + 1, mark->words);
	}
	return false;
}

static bool dateline_try_all(struct str text, struct str s, size_t at, struct dateline *out)
{
	for (size_t i = 0; i < COUNT(dateline_marks); i++)
		if (dateline_try(text, s, at, &dateline_marks[i], out))
			return true;
	return false;
}

/* "МОСКВА, 10 фев - РИА Новости. ": what a dash seems to end may go on with the source. */
static void dateline_go_on(struct str text, struct str s, size_t at, struct dateline *out)
{
	static const struct dateline_mark stop = {". ", 0, MARK_STOP};
	struct dateline longer;
	if (out->source.end || !out->date.end || !dateline_try(text, s, at, &stop, &longer) || longer.end <= out->end)
		return;
	struct str source = str_slice(s, longer.source.start, longer.source.end);
	if (source.n && (fold_is_capitals(source) || dateline_is_outlet(source)))
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

/* "DOW JONES--Die Molkerei …" */
static bool dateline_agency_first(struct str s, size_t at, struct dateline *out)
{
	bool large = fold_is_upper(fold_peek(s, at));
	size_t dashes = large ? dateline_find(s, at, "--") : 0, dash = large ? dateline_find(s, at, " - ") : 0;
	struct str name = str_slice(s, at, dash);
	/* "AGI - Il ponte …" */
	if (dash && name.n <= DATELINE_SOURCE_BYTES && fold_is_capitals(name) && agencies_is(name) &&
	    shape_opens_large(str_slice(s, dash, s.n))) {
		*out = (struct dateline){.source = {at, dash}, .end = dateline_blanks(s, dash + 3), .rule = "source"};
		return true;
	}
	if (!dashes || dashes - at > DATELINE_SOURCE_BYTES || !agencies_is(str_slice(s, at, dashes)) ||
	    !shape_opens_large(str_slice(s, dashes, s.n)))
		return false;
	*out = (struct dateline){.source = {at, dashes}, .end = dateline_blanks(s, dashes + 2), .rule = "source"};
	return true;
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

bool dateline_read_place(struct str text, size_t at, size_t end, struct dateline *out)
{
	struct str place = str_slice(text, at, end);
	*out = (struct dateline){.end = end, .place = {at, end}, .rule = "place"};
	return (place.n >= 5 || dateline_is_short_place(place)) && place.n <= DATELINE_SOURCE_BYTES &&
	       fold_is_capitals(place) && dateline_is_name(place, 3) && !dateline_is_signal(place);
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
	if (dateline_agency_first(s, at, out))
		return out->end < end;
	if (!dateline_try_all(text, s, at, out))
		return end < text.n && dateline_read_alone(text, s, at, end, out);
	dateline_go_on(text, s, at, out);
	dateline_part_author(s, out);
	dateline_part_correspondent(s, out);
	dateline_author_behind(text, s, out);
	return out->end <= last;
}
