/*
 * A dateline is read from its end: the marks that can end one are tried in turn, and what stands before the mark must
 * fall apart into a place, a date and a source and nothing else. See dateline.h.
 */
#include "pipeline/stages/cleanup/dateline.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define DATELINE_MAX_BYTES 220
#define DATELINE_ITEMS_MAX 6

struct dateline_item {
	struct range at;
	bool in_marks; /* (…) or /…/ */
};

/* --- words ------------------------------------------------------------------------------------------------------ */

static size_t dateline_blanks(struct str s, size_t at)
{
	for (;;) {
		struct str rest = str_slice(s, at, s.n);
		if (str_starts(rest, STR(" ")) || str_starts(rest, STR("\t")))
			at++;
		else if (str_starts(rest, STR("\u00a0")))
			at += 2;
		else if (str_starts(rest, STR("\u3000")))
			at += 3;
		else
			return at;
	}
}

static struct range dateline_trim(struct str s, struct range r)
{
	r.start = dateline_blanks(str_slice(s, 0, r.end), r.start);
	while (r.end > r.start && (s.p[r.end - 1] == ' ' || s.p[r.end - 1] == '\t'))
		r.end--;
	return r;
}

/* Letters in capitals, at least two of them, and none in lower case. */
static bool dateline_is_capitals(struct str word)
{
	size_t capitals = 0;
	for (size_t at = 0; at < word.n;) {
		uint32_t c = utf8_next(word, &at);
		if (fold_is_lower(c))
			return false;
		capitals += fold_is_upper(c);
	}
	return capitals >= 2;
}

/* Words that begin small inside the names of places. */
static bool dateline_is_particle(struct str word)
{
	static const char *const words[] = {"de",  "la",  "del", "of", "the", "am",  "an",  "der",  "den", "im", "sur",
	                                    "le",  "les", "do",  "da", "dos", "das", "di",  "el",   "al",  "y",  "e",
	                                    "and", "und", "et",  "ob", "bei", "na",  "nad", "upon", "on",  "in"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* A name of at most `most` words: each begins with a capital, or its script has none. */
static bool dateline_is_name(struct str s, size_t most, bool digits)
{
	size_t words = 0;
	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		while (at < s.n && s.p[at] != ' ')
			at++;
		struct str word = str_slice(s, start, at);
		while (at < s.n && s.p[at] == ' ')
			at++;
		uint32_t first = fold_peek(word, 0);
		if (!digits && first >= '0' && first <= '9')
			return false;
		if (!fold_is_word_char(first) || (fold_is_lower(first) && (!words || !dateline_is_particle(word))))
			return false;
		if (++words > most)
			return false;
		for (size_t i = 0; i < word.n; i++)
			if (strchr("\"!?;:<>=@#()", word.p[i]) || (!digits && word.p[i] >= '0' && word.p[i] <= '9'))
				return false;
	}
	return words > 0;
}

static bool dateline_is_site(struct str s)
{
	size_t dot = str_index(s, '.', 1);
	if (s.n > 40 || dot + 2 >= s.n || str_index(s, ' ', 0) < s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80 ||
		    (!fold_is_word_char((unsigned char)s.p[i]) && !strchr(".-", s.p[i])))
			return false;
	return fold_is_upper((unsigned char)s.p[0]) && s.p[s.n - 1] != '.' && s.n - dot - 1 <= 4;
}

/* Words in capitals that open a line and are no place. */
static bool dateline_is_signal(struct str s)
{
	static const char *const words[] = {
	        "breaking",    "breaking news", "update",    "updated",   "live",      "opinion",   "analysis",
	        "video",       "watch",         "read",      "exclusive", "explainer", "factbox",   "timeline",
	        "interview",   "review",        "editorial", "comment",   "photos",    "gallery",   "podcast",
	        "sponsored",   "correction",    "corrected", "kill",      "urgent",    "alert",     "advisory",
	        "note",        "summary",       "recap",     "poll",      "quiz",      "feature",   "profile",
	        "obituary",    "eilmeldung",    "kommentar", "ticker",    "vidéo",     "direct",    "opinión",
	        "última hora", "en vivo",       "covid-19",  "срочно",    "молния",    "обновлено", "видео"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (fold_equal(s, str_of(words[i])))
			return true;
	return false;
}

/* --- items ------------------------------------------------------------------------------------------------------ */

static bool dateline_add(struct str s, struct dateline_item *items, size_t *n, size_t start, size_t end, bool in_marks)
{
	struct range at = dateline_trim(s, (struct range){start, end});
	if (at.start >= at.end)
		return true;
	if (*n == DATELINE_ITEMS_MAX)
		return false;
	items[(*n)++] = (struct dateline_item){at, in_marks};
	return true;
}

/* Splits at commas, sentence stops, dashes and brackets. False: it is no dateline. */
static bool dateline_split(struct str s, size_t at, size_t end, struct dateline_item *items, size_t *n)
{
	size_t start = at;
	*n = 0;
	for (; at < end; at++) {
		char c = s.p[at];
		char close = c == '(' ? ')' : c == '/' && (at == start || s.p[at - 1] == ' ') ? '/' : 0;
		bool stop = c == ',' || (c == '.' && at + 1 < end && s.p[at + 1] == ' ' && at - start > 4) ||
		            (c == '-' && at > start && s.p[at - 1] == ' ' && at + 1 < end && s.p[at + 1] == ' ');
		if (close) {
			size_t shut = str_index(s, close, at + 1);
			if (shut >= end || !dateline_add(s, items, n, start, at, false) ||
			    !dateline_add(s, items, n, at + 1, shut, true))
				return false;
			at = shut;
			start = shut + 1;
		} else if (stop) {
			if (!dateline_add(s, items, n, start, at, false))
				return false;
			start = at + 1;
		}
	}
	while (end > start && (s.p[end - 1] == '.' || s.p[end - 1] == ' '))
		end--;
	return dateline_add(s, items, n, start, end, false);
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

/* "18/01" of an item, day and month alone. */
static bool dateline_is_short_date(struct str s)
{
	return s.n == 5 && s.p[2] == '/' && s.p[0] <= '3' && s.p[0] >= '0' && s.p[3] <= '1' && s.p[3] >= '0';
}

struct dateline_sense {
	struct dateline *out;
	bool source_in_marks, has_year_alone;
	size_t places;
};

/* A date goes out of the middle of an item; what is left before it is a place, behind it a source. */
static bool dateline_take_date(struct str s, struct dateline_sense *sense, struct range at)
{
	struct range date;
	if (sense->out->date.end || !dateline_find_date(s, at, &date))
		return false;
	sense->out->date = date;
	struct range before = dateline_trim(s, (struct range){at.start, date.start});
	struct range behind = dateline_trim(s, (struct range){date.end, at.end});
	if (before.end > before.start) {
		if (sense->places || !dateline_is_name(str_slice(s, before.start, before.end), 4, false))
			return false;
		sense->out->place = before;
		sense->places++;
	}
	if (behind.end > behind.start) {
		struct str source = str_slice(s, behind.start, behind.end);
		if (sense->out->source.end || !dateline_is_name(source, 2, false))
			return false;
		sense->out->source = behind;
	}
	return true;
}

static bool dateline_take(struct str s, struct dateline_sense *sense, struct dateline_item item)
{
	struct dateline *out = sense->out;
	struct str words = str_slice(s, item.at.start, item.at.end);
	if (item.in_marks) {
		if (out->source.end || words.n > 48 || utf8_count(words) < 2)
			return false;
		uint32_t first = fold_peek(words, 0);
		size_t blanks = 0;
		for (size_t i = 0; i < words.n; i++)
			blanks += words.p[i] == ' ';
		if (!fold_is_word_char(first) || (first >= '0' && first <= '9') || blanks > 3)
			return false;
		out->source = item.at;
		return sense->source_in_marks = true;
	}
	if (dateline_is_short_date(words) && !out->date.end) {
		out->date = item.at;
		return true;
	}
	if (words.n == 4 && out->date.end && words.p[0] >= '1' && words.p[0] <= '2' && words.p[3] <= '9') {
		out->date.end = item.at.end;
		return true;
	}
	if (dateline_take_date(s, sense, item.at))
		return true;
	if (!out->source.end && dateline_is_site(words)) {
		out->source = item.at;
		return true;
	}
	if (!dateline_is_name(words, 5, false) || sense->places > 1)
		return false;
	if (!sense->places++)
		out->place = item.at;
	else if (out->date.end && !out->source.end)
		out->source = item.at; /* "МОСКВА, 10 фев - РИА Новости." */
	return true;
}

/* Is there enough in it that no sentence begins like this? */
static bool dateline_is_sure(struct str s, const struct dateline_sense *sense, bool dash)
{
	const struct dateline *d = sense->out;
	struct str place = str_slice(s, d->place.start, d->place.end);
	if (!sense->places || dateline_is_signal(place))
		return false;
	if (sense->source_in_marks)
		return dash || d->date.end || dateline_is_capitals(place);
	if (d->source.end && d->date.end)
		return true;
	if (d->source.end)
		return dash && dateline_is_site(str_slice(s, d->source.start, d->source.end));
	if (!dash)
		return false;
	if (d->date.end)
		return true;
	return sense->places <= 2 && dateline_is_capitals(place) && place.n >= 5;
}

static bool dateline_sense(struct str s, size_t at, size_t end, bool dash, struct dateline *out)
{
	struct dateline_item items[DATELINE_ITEMS_MAX];
	struct dateline_sense sense = {.out = out};
	size_t n;
	*out = (struct dateline){.rule = "place-source-date"};
	if (!dateline_split(s, at, end, items, &n) || !n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!dateline_take(s, &sense, items[i]))
			return false;
	return dateline_is_sure(s, &sense, dash);
}

/* --- shapes of their own ------------------------------------------------------------------------------------------ */

static size_t dateline_after(struct str s, size_t at, const char *words)
{
	struct str w = str_of(words);
	return str_starts(str_slice(s, at, s.n), w) ? at + w.n : 0;
}

static size_t dateline_find(struct str s, size_t at, const char *words)
{
	struct str w = str_of(words);
	const char *hit = at < s.n ? memmem(s.p + at, s.n - at, w.p, w.n) : NULL;
	return hit ? (size_t)(hit - s.p) : 0;
}

/* 晨星社柳溪2月10日电（记者 顾思远） */
static bool dateline_chinese(struct str s, size_t at, struct dateline *out)
{
	static const char *const agencies[] = {"社", "网", "網", "报", "報", "台"};
	size_t wire = dateline_find(s, at, "日电"), wire_old = dateline_find(s, at, "日電");
	if (wire_old && (!wire || wire_old < wire))
		wire = wire_old;
	if (!wire)
		return false;
	size_t source_end = 0, open = dateline_after(s, at, "（");
	size_t from = open ? open : at;
	for (size_t i = 0; i < COUNT(agencies); i++) {
		size_t hit = dateline_find(s, from, agencies[i]);
		if (hit && hit < wire && (!source_end || hit + 3 < source_end))
			source_end = hit + 3;
	}
	size_t date = wire;
	while (date > from && fold_before(s, date) != 0 &&
	       (((unsigned char)s.p[date - 1] < 0x80 && s.p[date - 1] >= '0' && s.p[date - 1] <= '9') ||
	        fold_before(s, date) == 0x6708 || fold_before(s, date) == 0x5e74))
		date -= (unsigned char)s.p[date - 1] < 0x80 ? 1 : 3;
	if (!source_end || source_end > date || date == wire || date - source_end > 40)
		return false;
	*out = (struct dateline){.source = {from, source_end},
	                         .place = {source_end, date},
	                         .date = {date, wire + 3},
	                         .end = wire + 6,
	                         .rule = "agency-place-date"};
	size_t bracket = open ? 0 : dateline_after(s, out->end, "（");
	size_t shut = bracket ? dateline_find(s, bracket, "）") : 0;
	size_t reporter = bracket ? dateline_after(s, bracket, "记者") : 0;
	if (bracket && !reporter)
		reporter = dateline_after(s, bracket, "記者");
	if (shut && reporter && shut - reporter < 60) {
		out->author = dateline_trim(s, (struct range){dateline_blanks(s, reporter), shut});
		out->end = shut + 3;
	}
	size_t closes = open ? dateline_after(s, out->end, "）") : 0;
	out->end = dateline_blanks(s, closes ? closes : out->end);
	return true;
}

/* 【楓町＝共進】, 【楓町共同】 has no mark between its parts and is left alone. */
static bool dateline_japanese(struct str s, size_t at, struct dateline *out)
{
	size_t open = dateline_after(s, at, "【");
	size_t shut = open ? dateline_find(s, open, "】") : 0;
	size_t mark = open ? dateline_find(s, open, "＝") : 0;
	if (!shut || !mark || mark > shut || shut - open > 60)
		return false;
	*out = (struct dateline){.place = {open, mark}, .source = {mark + 3, shut}, .rule = "bracket-place-agency"};
	out->end = dateline_blanks(s, shut + 3);
	return true;
}

/* (솔향리=한빛통신) 배도윤 기자 = */
static bool dateline_korean(struct str s, size_t at, struct dateline *out)
{
	size_t open = dateline_after(s, at, "(");
	size_t mark = open ? str_index(s, '=', open) : s.n;
	size_t shut = open ? str_index(s, ')', open) : s.n;
	if (!open || mark > shut || shut - open > 80 || shut >= s.n)
		return false;
	size_t reporter = dateline_find(s, shut, "기자");
	size_t end = dateline_find(s, shut, "= ");
	if (!end || end - shut > 80)
		return false;
	*out = (struct dateline){.place = {open, mark}, .source = {mark + 1, shut}, .rule = "place-agency-reporter"};
	if (reporter && reporter < end)
		out->author = dateline_trim(s, (struct range){shut + 1, reporter});
	out->end = dateline_blanks(s, end + 1);
	return true;
}

/* (ANSA) - ROMA, 11 OTT - */
static bool dateline_source_first(struct str s, size_t at, struct dateline *out)
{
	size_t open = dateline_after(s, at, "(");
	size_t shut = open ? str_index(s, ')', open) : s.n;
	size_t dash = shut < s.n ? dateline_after(s, shut, ") - ") : 0;
	size_t end = dash ? dateline_find(s, dash, " - ") : 0;
	if (!end || !dateline_is_capitals(str_slice(s, open, shut)) || !dateline_sense(s, dash, end, true, out) ||
	    !out->date.end)
		return false;
	out->source = (struct range){open, shut};
	out->end = dateline_blanks(s, end + 3);
	out->rule = "source-place-date";
	return true;
}

/* --- marks at the end --------------------------------------------------------------------------------------------- */

bool dateline_read(struct str text, size_t at, size_t end, struct dateline *out)
{
	static const struct {
		const char *mark;
		bool dash;
		size_t kept; /* bytes of the mark that belong to what stands before it */
	} marks[] = {{" - ", true, 0}, {" – ", true, 0}, {" — ", true, 0}, {" -- ", true, 0}, {".- ", true, 0},
	             {" _ ", true, 0}, {")--", true, 1}, {") -", true, 1}, {" = ", true, 0},  {"/. ", false, 1},
	             {"): ", true, 1}, {") ", false, 1}, {". ", false, 0}};
	struct str s = fold_cut(str_slice(text, 0, end), at + DATELINE_MAX_BYTES);
	if (dateline_chinese(s, at, out) || dateline_japanese(s, at, out) || dateline_korean(s, at, out) ||
	    dateline_source_first(s, at, out))
		return out->end < end;
	for (size_t i = 0; i < COUNT(marks); i++) {
		size_t hit = dateline_find(s, at, marks[i].mark);
		for (int tries = 0; hit && tries < 3; tries++) {
			if (dateline_sense(s, at, hit + marks[i].kept, marks[i].dash, out)) {
				out->end = dateline_blanks(s, hit + strlen(marks[i].mark));
				return out->end < end;
			}
			hit = dateline_find(s, hit + 1, marks[i].mark);
		}
	}
	return false;
}
