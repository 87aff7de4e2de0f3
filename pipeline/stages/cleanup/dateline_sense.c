/* What stands before a dateline's last mark, taken apart into place, date and source; and is it enough to be sure? */
#include "pipeline/stages/cleanup/dateline_inside.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"

#define COUNT(array)          (sizeof(array) / sizeof((array)[0]))
#define DATELINE_ITEMS_MAX    6
#define DATELINE_REGIONS_MAX  2
#define DATELINE_PLACES_MAX   4
#define DATELINE_PLACE_WORDS  4    /* before a date */
#define DATELINE_SEARCH_BYTES 2000 /* of the story, in which a surname is looked for */

/* --- words ------------------------------------------------------------------------------------------------------ */

/* "Dec. 9 Kyodo", "عين الريحان 10 فبراير", "10 fév 2025", "Aug. 3": where the date begins and ends in an item. */
static bool dateline_find_date(struct str s, struct range at, struct range *date)
{
	struct str item = str_slice(s, 0, at.end);
	/* What stands before it must be a place, which has only so many words. */
	size_t words = 0;
	if (!dates_may_stand_in(str_slice(s, at.start, at.end)))
		return false;
	for (size_t i = at.start; i < at.end && words <= DATELINE_PLACE_WORDS; i = str_index(item, ' ', i) + 1) {
		struct date d;
		size_t end = dates_read(item, i, false, &d);
		if (end) {
			*date = dateline_trim(s, (struct range){i, end});
			return true;
		}
		words += s.p[i] != ' ';
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
	/* "ЗАРЕЧНЫЙ, 18 фев – СевИнформ. " */
	static const char *const dashes[] = {"–", "—"};
	for (size_t i = 0; i < COUNT(dashes); i++) {
		size_t dash = dateline_after(str_slice(s, 0, behind.end), behind.start, dashes[i]);
		if (dash)
			behind = dateline_trim(s, (struct range){dash, behind.end});
	}
	/* "KHOLM, March 4. /TASS/. ", "ZAGREB, 4. ožujka 2024. (Hina) - " */
	while (behind.end > behind.start && s.p[behind.end - 1] == '.')
		behind.end--;
	/* "Bruxelles, dimanche 3 mars" */
	if (before.end > before.start && dates_weekday(str_slice(s, 0, before.end), before.start) == before.end)
		date.start = before.start = before.end = before.start;
	bool has_before = before.end > before.start, has_behind = behind.end > behind.start;
	if (has_before &&
	    (sense->places || !dateline_is_name(str_slice(s, before.start, before.end), DATELINE_PLACE_WORDS)))
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
	/* "LONDON, PARIS and ROME, Feb. 2 (Reuters) - ": what looked like an outlet was two more places. */
	if (sense->out->source.end && !sense->source_in_marks)
		sense->out->source = (struct range){0};
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
	sense->out->place = dateline_first_of(s, at);
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
	if (!dateline_is_name(words, 5) || sense->places == DATELINE_PLACES_MAX)
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
	else
		sense->second = at;
	return true;
}

/* "عين الريحان - 12 - 3 (قنا) -- ": day and month, each an item of its own. A number alone is no date. */
static bool dateline_take_number(struct str s, struct dateline_sense *sense, struct range item)
{
	struct dateline *out = sense->out;
	struct str words = str_slice(s, item.start, item.end);
	if (words.n > 2 || fold_digit((unsigned char)words.p[0]) < 0 ||
	    (words.n > 1 && fold_digit((unsigned char)words.p[1]) < 0))
		return false;
	if (sense->day.end && !out->date.end)
		out->date = (struct range){sense->day.start, item.end};
	else if (sense->day.end || out->date.end || !sense->places)
		return false;
	sense->day = item;
	return true;
}

static bool dateline_take(struct str s, struct dateline_sense *sense, struct range item)
{
	struct dateline *out = sense->out;
	struct str words = str_slice(s, item.start, item.end);
	if (!out->date.end && dateline_is_short_date(words)) {
		out->date = item;
		return true;
	}
	if (dateline_take_number(s, sense, item))
		return true;
	size_t last = dateline_last_word(s, item);
	if (!out->date.end && last > item.start && dateline_is_short_date(str_slice(s, last, item.end))) {
		out->date = (struct range){last, item.end};
		return dateline_take_place(s, sense, dateline_trim(s, (struct range){item.start, last}));
	}
	bool year = words.n == 4 && words.p[0] >= '1' && words.p[0] <= '2' && words.p[3] >= '0' && words.p[3] <= '9';
	if (year && out->date.end) {
		out->date.end = item.end;
		return true;
	}
	/* "2024. március 3., vasárnap (MTI)" */
	if (out->date.end && dates_weekday(words, 0) == words.n) {
		out->date.end = item.end;
		return true;
	}
	if (dateline_take_date(s, sense, item))
		return true;
	if (!out->source.end && dateline_is_site(words)) {
		out->source = item;
		return true;
	}
	return dateline_take_place(s, sense, item);
}

/* --- items ------------------------------------------------------------------------------------------------------ */

/* in_marks: (…) or /…/. False: with such an item it is no dateline. */
static bool dateline_add(struct str s, struct dateline_sense *sense, struct range at, bool in_marks)
{
	at = dateline_trim(s, at);
	while (at.end > at.start && s.p[at.end - 1] == '-')
		at.end--; /* "ZURICH--(BUSINESS WIRE)--" */
	if (at.start >= at.end)
		return true;
	if (sense->items++ == DATELINE_ITEMS_MAX)
		return false;
	return in_marks ? dateline_take_marked(s, sense, at) : dateline_take(s, sense, at);
}

/* Does an item end at `at`: a comma, a sentence's stop, a dash before a blank ("یزد- ایرنا- ")? */
static bool dateline_stops(struct str s, size_t start, size_t at, size_t end)
{
	bool blank_behind = at + 1 < end && s.p[at + 1] == ' ';
	bool ordinal = at > start && s.p[at - 1] >= '0' && s.p[at - 1] <= '9'; /* "Praha 14. března" */
	switch (s.p[at]) {
	case ',':
		return true;
	case '.':
		return blank_behind && at - start > 4 && !ordinal;
	case '-':
		return blank_behind && at > start;
	case '\xd8':
		return str_starts(str_slice(s, at, end), STR("،"));
	default:
		return false;
	}
}

/* Takes what stands between commas, sentence stops, dashes and brackets, one after the other. False: it is no
 * dateline. */
static bool dateline_take_all(struct str s, size_t at, size_t end, struct dateline_sense *sense)
{
	size_t start = at;
	for (; at < end; at++) {
		char c = s.p[at];
		bool stroke = c == '/' && (at == start || s.p[at - 1] == ' ' || (at + 1 < end && s.p[at + 1] == ' '));
		char close = c == '(' ? ')' : c == '[' ? ']' : stroke ? '/' : 0;
		if (close) {
			size_t shut = str_index(s, close, at + 1);
			if (shut >= end || !dateline_add(s, sense, (struct range){start, at}, false) ||
			    !dateline_add(s, sense, (struct range){at + 1, shut}, true))
				return false;
			at = shut;
			start = shut + 1;
		} else if (dateline_stops(s, start, at, end)) {
			if (!dateline_add(s, sense, (struct range){start, at}, false))
				return false;
			start = at + (c == ',' || c == '.' || c == '-' ? 1 : 2);
		}
	}
	while (end > start && (s.p[end - 1] == '.' || s.p[end - 1] == ' '))
		end--;
	return dateline_add(s, sense, (struct range){start, end}, false) && sense->items > 0;
}

/* --- is it sure? ------------------------------------------------------------------------------------------------ */

bool dateline_is_surname(struct str words, struct str text)
{
	size_t last = words.n;
	while (last && words.p[last - 1] != ' ')
		last--;
	struct str name = str_slice(words, last, words.n);
	if (!last || name.n < 3)
		return false;
	text = fold_cut(text, DATELINE_SEARCH_BYTES);
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

/* "HOLT – …": does the text name it with small letters, which an abbreviation never has? */
static bool dateline_is_in_small(struct str place, struct str text)
{
	uint32_t first = fold_peek(place, 0);
	text = fold_cut(text, DATELINE_SEARCH_BYTES);
	for (size_t at = 0; place.n >= 3 && at + place.n <= text.n; at++) {
		struct str word = fold_cut(str_slice(text, at, text.n), place.n);
		if ((unsigned char)text.p[at] == (unsigned char)place.p[0] && fold_peek(text, at) == first &&
		    !fold_is_word_char(fold_before(text, at)) && !fold_is_word_char(fold_peek(text, at + word.n)) &&
		    !fold_is_capitals(word) && fold_equal(word, place))
			return true;
	}
	return false;
}

/* A place in capitals says by itself that it is one, but not where all is in capitals. */
static bool dateline_is_sure_place(struct str place, struct str behind)
{
	return fold_is_capitals(place) && !fold_is_capitals(fold_cut(behind, DATELINE_LOOK_BYTES)) &&
	       (place.n >= 5 || dateline_is_short_place(place) || dateline_is_in_small(place, behind));
}

/* "sda", "ats/awp": three or four small letters, or two such words with a stroke. */
static bool dateline_is_small(struct str source)
{
	size_t letters = 0, words = 1;
	for (size_t i = 0; i < source.n; i++) {
		if (source.p[i] == '/' && letters >= 3) {
			letters = 0;
			words++;
		} else if (source.p[i] < 'a' || source.p[i] > 'z' || ++letters > 4) {
			return false;
		}
	}
	return letters >= 3 && words <= 2;
}

/* "Delsberg (kat/als) Die Bahn …", "Erfelden (epn). Die Glocke …": where a sentence had a small word, the dateline has
 * a capital behind its brackets. */
static bool dateline_is_small_sure(struct str source, struct str behind)
{
	return dateline_is_small(source) && fold_is_upper(fold_peek(behind, 0));
}

/* "HALMA (KNS) ", but not "APITO (G Tobias) ": brackets and no dash. */
static bool dateline_is_marked_sure(struct str place, struct str source)
{
	return agencies_is(source) || dateline_agency_end(source) ||
	       (fold_is_capitals(place) && fold_is_capitals(source)) ||
	       (fold_is_capitals(place) && dateline_is_site(source));
}

/* "Anna Lind (Norge) - Eva Roy (Canada) 2:0": what stands behind has brackets, too, or says no sentence. */
static bool dateline_is_row_of_list(struct str s, const struct dateline *d, struct str behind)
{
	struct str line = str_slice(behind, 0, str_index(behind, '\n', 0)),
	           place = str_slice(s, d->place.start, d->place.end);
	if (fold_is_capitals(place))
		return false;
	struct str head = fold_cut(line, DATELINE_LOOK_BYTES);
	return !shape_is_sentence(str_trim(line)) && line.n < DATELINE_ALONE_BYTES &&
	       (str_index(head, '(', 0) < head.n || shape_has_digit(line));
}

/* Is there enough in it that no sentence begins like this? */
static bool dateline_is_enough(struct str s, const struct dateline_sense *sense, struct str behind)
{
	const struct dateline *d = sense->out;
	struct str place = str_slice(s, d->place.start, d->place.end);
	struct str source = str_slice(s, d->source.start, d->source.end);
	bool dash = sense->mark->kind == MARK_DASH || sense->mark->kind == MARK_GLUED;
	if (sense->places > 2 && !agencies_is(source) && !(fold_is_capitals(place) && d->date.end))
		return false;
	if (sense->mark->kind == MARK_GLUED && !d->source.end && !(d->date.end && dateline_is_east(place)))
		return false;
	if (sense->mark->kind == MARK_COLON)
		return sense->places == 1 &&
		       (d->date.end || dateline_is_sure_place(place, behind) ||
		        (sense->source_in_marks && dateline_is_marked_sure(place, source))) &&
		       shape_opens_large(behind);
	/* "Sandvær (NTB): ", but not "Numbers (drawn order): " */
	bool colon = str_starts(sense->mark->words, STR("):"));
	if (colon && !d->date.end && !fold_is_capitals(source) && !dateline_is_marked_sure(place, source))
		return false;
	if (sense->source_in_marks)
		return (dash || d->date.end || dateline_is_marked_sure(place, source) ||
		        dateline_is_small_sure(source, behind)) &&
		       !dateline_is_person(s, d, behind) &&
		       (d->date.end || agencies_is(source) || !dateline_is_row_of_list(s, d, behind));
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

/* "سبزآباد - ایرسا - … سبزآباد …": a place and a word, in a script whose sentences have no marks there; the story names
 * the place again. */
static bool dateline_is_named_again(struct str s, const struct dateline_sense *sense, struct str behind)
{
	struct dateline *d = sense->out;
	uint32_t first = fold_peek(s, d->place.start);
	struct str place = str_slice(s, d->place.start, d->place.end), look = fold_cut(behind, DATELINE_MAX_BYTES);
	if (first < 0x590 || first > 0x8ff || sense->places != 2 || d->source.end || d->date.end || place.n < 6 ||
	    sense->mark->kind != MARK_DASH ||
	    str_index(str_slice(s, 0, sense->second.end), ' ', sense->second.start) < sense->second.end ||
	    !memmem(look.p, look.n, place.p, place.n))
		return false;
	d->source = sense->second;
	return true;
}

static bool dateline_is_sure(struct str s, const struct dateline_sense *sense, struct str behind)
{
	const struct dateline *d = sense->out;
	struct str place = str_slice(s, d->place.start, d->place.end);
	bool dash = sense->mark->kind == MARK_DASH || sense->mark->kind == MARK_GLUED;
	/* "March 16 (Reuters) - " */
	if (!sense->places && dash && sense->source_in_marks && d->date.end)
		return d->date.start < d->source.start;
	/* "Room - 12 - 3 (left) -- was theirs." */
	if (sense->day.end && !(sense->source_in_marks && shape_opens_large(behind)))
		return false;
	return sense->places && (dateline_is_enough(s, sense, behind) || dateline_is_named_again(s, sense, behind)) &&
	       !dateline_is_no_place(place) && dates_weekday(place, 0) != place.n;
}

bool dateline_sense(struct str text, struct str s, size_t at, size_t hit, struct dateline_sense *sense)
{
	*sense->out = (struct dateline){.rule = "place-source-date"};
	return dateline_take_all(s, at, hit + sense->mark->kept, sense) &&
	       dateline_is_sure(s, sense, str_slice(text, hit + sense->mark->words.n, text.n));
}
