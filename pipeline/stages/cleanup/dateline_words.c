/* The words of datelines: names of places and outlets, and what is none. See dateline.h. */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/dateline_inside.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/sorted.h"

#define COUNT(array)        (sizeof(array) / sizeof((array)[0]))
#define DATELINE_AGENCY_MAX 6 /* letters before a reporter's name */

size_t dateline_blanks(struct str s, size_t at)
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

struct range dateline_trim(struct str s, struct range r)
{
	r.start = dateline_blanks(str_slice(s, 0, r.end), r.start);
	while (r.end > r.start && (s.p[r.end - 1] == ' ' || s.p[r.end - 1] == '\t'))
		r.end--;
	return r;
}

size_t dateline_after(struct str s, size_t at, const char *words)
{
	struct str w = str_of(words);
	return str_starts(str_slice(s, at, s.n), w) ? at + w.n : 0;
}

size_t dateline_find(struct str s, size_t at, const char *words)
{
	struct str w = str_of(words);
	/* The text is short, and so are the words: to prepare a search costs more than it. */
	for (; at + w.n <= s.n; at++)
		if (s.p[at] == w.p[0] && memcmp(s.p + at, w.p, w.n) == 0)
			return at;
	return 0;
}

static const struct str dateline_no_places[] = {
#define NO_PLACE(words) STR_INIT(words),
#define SHORT_PLACE(name)
#define CITY(name)
#define PARTY(name)
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct str dateline_short_places[] = {
#define NO_PLACE(words)
#define SHORT_PLACE(name) STR_INIT(name),
#define CITY(name)
#define PARTY(name)
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct str dateline_cities[] = {
#define NO_PLACE(words)
#define SHORT_PLACE(name)
#define CITY(name) STR_INIT(name),
#define PARTY(name)
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

static const struct str dateline_parties[] = {
#define NO_PLACE(words)
#define SHORT_PLACE(name)
#define CITY(name)
#define PARTY(name) STR_INIT(name),
#include "pipeline/stages/cleanup/dateline.def"
#undef NO_PLACE
#undef SHORT_PLACE
#undef CITY
#undef PARTY
};

/* Is it, folded, one of the rows? */
static bool dateline_is_row(struct str s, const struct str *rows, size_t n)
{
	char folded[2 * DATELINE_MAX_BYTES];
	struct str key = {folded, fold_text(fold_cut(s, DATELINE_MAX_BYTES), folded, sizeof(folded))};
	return sorted_has(rows, n, key);
}

#define DATELINE_IS_ROW(s, rows) dateline_is_row(s, rows, COUNT(rows))

bool dateline_is_city(struct str s)
{
	return DATELINE_IS_ROW(s, dateline_cities);
}

bool dateline_is_no_place(struct str s)
{
	return DATELINE_IS_ROW(s, dateline_no_places);
}

bool dateline_is_short_place(struct str s)
{
	return DATELINE_IS_ROW(s, dateline_short_places);
}

bool dateline_is_party(struct str s)
{
	return DATELINE_IS_ROW(s, dateline_parties);
}

/* "and", between two places. */
static bool dateline_joins(struct str word)
{
	static const char *const words[] = {"and", "und", "et", "y", "e",  "en", "og",
	                                    "och", "ja",  "i",  "a", "és", "ve", "dan"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

#define PARTICLE_BYTES_MAX 4

/* Words that begin small inside the names of places. */
static bool dateline_is_particle(struct str word)
{
	static const char *const words[] = {"de", "la",  "del", "of",  "the", "am",  "an",   "der", "den",
	                                    "im", "sur", "le",  "les", "do",  "da",  "dos",  "das", "di",
	                                    "el", "al",  "ob",  "bei", "na",  "nad", "upon", "on",  "in"};
	if (word.n > PARTICLE_BYTES_MAX)
		return false;
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return dateline_joins(word);
}

static bool dateline_is_name_word(struct str word, bool first)
{
	uint32_t c = fold_peek(word, 0);
	if (!fold_is_word_char(c) || fold_digit(c) >= 0 || (fold_is_lower(c) && (first || !dateline_is_particle(word))))
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (strchr("\"!?;:<>=@#()0123456789", word.p[i]))
			return false;
	return true;
}

bool dateline_is_name(struct str s, size_t most)
{
	size_t words = 0;
	for (size_t at = 0; at < s.n;) {
		size_t end = str_index(s, ' ', at);
		if (!dateline_is_name_word(str_slice(s, at, end), words == 0) || ++words > most)
			return false;
		for (at = end; at < s.n && s.p[at] == ' ';)
			at++;
	}
	return words > 0;
}

bool dateline_is_sentence(struct str s, size_t at)
{
	size_t first = at, from, end;
	while (first < s.n && fold_is_word_char((unsigned char)s.p[first]) && (unsigned char)s.p[first] < 0x80)
		first++;
	from = end = first + 1;
	while (end < s.n && s.p[end] >= 'a' && s.p[end] <= 'z')
		end++;
	return first > at && end > from && s.p[first] == ' ' && !dateline_is_particle(str_slice(s, from, end)) &&
	       !dates_may_stand_in(str_slice(s, at, s.n));
}

struct range dateline_first_of(struct str s, struct range places)
{
	for (size_t at = places.start; at < places.end;) {
		size_t end = str_index(str_slice(s, 0, places.end), ' ', at);
		if (at > places.start && end < places.end && dateline_joins(str_slice(s, at, end)) &&
		    fold_is_capitals(str_slice(s, places.start, at - 1)) &&
		    fold_is_capitals(str_slice(s, end, places.end)))
			return (struct range){places.start, at - 1};
		at = end + 1;
	}
	return places;
}

bool dateline_is_site(struct str s)
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

bool dateline_is_outlet(struct str s)
{
	struct str first = str_slice(s, 0, str_index(s, ' ', 0));
	return first.n >= 3 && first.n < s.n && fold_is_capitals(first) && !fold_is_capitals(s);
}

size_t dateline_agency_end(struct str source)
{
	size_t end = 0;
	while (end < source.n && source.p[end] >= 'A' && source.p[end] <= 'Z')
		end++;
	if (end < 2 || end > DATELINE_AGENCY_MAX || end == source.n || !strchr("-/", source.p[end]))
		return 0;
	struct str name = str_slice(source, end + 1, source.n);
	return str_index(name, ' ', 0) < name.n && !fold_is_capitals(name) && dateline_is_name(name, 4) ? end : 0;
}
