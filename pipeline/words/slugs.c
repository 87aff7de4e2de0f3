/* Word by word from the left; from the first one that says something on the slug is told. See slugs.h. */
#include "pipeline/words/slugs.h"

#include "pipeline/words/fold.h"

#include <strings.h>

#define SLUG_BYTES_MAX 300

struct slug_word {
	struct str s;
	bool is_listed; /* a comma stands before it, or nothing */
	bool is_joined; /* a dash does */
	bool is_large;
};

static bool slug_is_mark(char c)
{
	return c == ' ' || c == ',' || c == '-' || c == '(' || c == ')' || c == '\t' || c == '/';
}

static bool slug_next(struct str s, size_t *at, struct slug_word *word)
{
	char before = *at ? ' ' : ',';
	for (; *at < s.n && slug_is_mark(s.p[*at]); (*at)++)
		before = before == ',' ? ',' : s.p[*at];
	size_t start = *at;
	word->is_large = true;
	for (; *at < s.n && !slug_is_mark(s.p[*at]); (*at)++)
		word->is_large = word->is_large && !(s.p[*at] >= 'a' && s.p[*at] <= 'z');
	word->s = str_slice(s, start, *at);
	word->is_listed = before == ',';
	word->is_joined = before == '-';
	return word->s.n > 0;
}

static bool slug_is(struct str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* "3rd", "2.", "1st" glued to "Ld": what stands behind the number and its ending; number 0: none. */
static struct str slug_ordinal(struct str s, int *number)
{
	static const char *const ends[] = {"st", "nd", "rd", "th", "."};
	size_t at = 0;
	*number = 0;
	for (; at < s.n && at < 3 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		*number = *number * 10 + (s.p[at] - '0');
	if (!at || at == 3 || *number > 99) {
		*number = 0;
		return s;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);
		if (s.n - at >= n && strncasecmp(s.p + at, ends[i], n) == 0)
			return str_slice(s, at + n, s.n);
	}
	return at == s.n ? str_slice(s, s.n, s.n) : (*number = 0, s);
}

static bool slug_is_lead(struct str s)
{
	return slug_is(s, "Ld") || slug_is(s, "Lead") || slug_is(s, "Lede") || slug_is(s, "Writethru") ||
	       slug_is(s, "WT");
}

static bool slug_is_add(struct str s)
{
	return slug_is(s, "Add") || slug_is(s, "Take") || slug_is(s, "Teil") || slug_is(s, "Insert") ||
	       slug_is(s, "Sub");
}

/* Words in capitals at the end, behind a comma; a kill also behind a slug that is in small letters: "BC-Flood KILL".
 * None is joined by a dash: "US-BEE-KILL" is news. */
static bool slug_alone(struct slug *slug, const struct slug_word *before, const struct slug_word *word)
{
	static const struct {
		const char *word;
		size_t flag;
	} rows[] = {
	        {"KILL", offsetof(struct slug, is_kill)},           {"WITHDRAWN", offsetof(struct slug, is_withdrawal)},
	        {"WITHHOLD", offsetof(struct slug, is_withdrawal)}, {"ADVISORY", offsetof(struct slug, is_advisory)},
	        {"ADVISORIES", offsetof(struct slug, is_advisory)}, {"BUDGET", offsetof(struct slug, is_budget)},
	        {"TEST", offsetof(struct slug, is_test)},
	};
	bool is_behind = !word->is_joined && before->s.n && !before->is_large && slug_is(word->s, "KILL");
	if (!word->is_large || !(word->is_listed || is_behind))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slug_is(word->s, rows[i].word))
			return *((bool *)((char *)slug + rows[i].flag)) = true;
	return false;
}

static bool slug_word_of_version(struct slug *slug, const struct slug_word *word)
{
	if (slug_is(word->s, "Writethru") || slug_is(word->s, "Writethrough"))
		return slug->is_writethru = true;
	if (word->is_large && slug_is(word->s, "REFILE"))
		return slug->is_refile = true;
	return word->is_large &&
	       (slug_is(word->s, "CORRECTED") || slug_is(word->s, "CORRECTION") || slug_is(word->s, "KORREKTUR") ||
	        slug_is(word->s, "BERICHTIGUNG")) &&
	       (slug->is_correction = true);
}

/* The number was read; `what` is what it counts. */
static bool slug_counted(struct slug *slug, int number, struct str what)
{
	if (slug_is_lead(what)) {
		slug->lead = number;
		slug->is_writethru = slug->is_writethru || slug_is(what, "Writethru");
		return true;
	}
	if (!slug_is_add(what))
		return false;
	slug->take = number;
	return slug->is_take = true;
}

/* "Take 2", "UPDATE 2", "2 of 3". */
static bool slug_number_behind(struct slug *slug, struct str before, int number)
{
	if (slug_is(before, "Take") || slug_is(before, "Teil") || slug_is(before, "Add")) {
		slug->take = number;
		return slug->is_take = true;
	}
	if (!slug_is(before, "UPDATE") && !slug_is(before, "Lead") && !slug_is(before, "Ld"))
		return false;
	slug->lead = number;
	return true;
}

/* "BC-", "AM-", "PM-": the cycle of a day that a story is meant for. */
static struct str slug_core(struct str s)
{
	static const char *const cycles[] = {"BC-", "AM-", "PM-", "BU-"};
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++)
		if (s.n > 3 && strncasecmp(s.p, cycles[i], 3) == 0)
			s = str_slice(s, 3, s.n);
	while (s.n && slug_is_mark(s.p[s.n - 1]))
		s.n--;
	while (s.n && slug_is_mark(s.p[0]))
		s = str_slice(s, 1, s.n);
	return s;
}

/* A word that is followed by nothing but numbers (an ANPA line ends in a date and a count). */
static bool slug_is_last(struct str s, size_t at)
{
	for (; at < s.n; at++)
		if (!slug_is_mark(s.p[at]) && !(s.p[at] >= '0' && s.p[at] <= '9'))
			return false;
	return true;
}

bool slug_read(struct str s, struct slug *slug)
{
	struct slug_word word, before = {0};
	size_t at = 0, core = 0;
	bool any = false;
	int pending = 0; /* a number that waits for what it counts */
	s = str_trim(fold_cut(s, SLUG_BYTES_MAX));
	*slug = (struct slug){0};
	for (size_t start = 0; slug_next(s, &at, &word); before = word) {
		int number;
		struct str behind = slug_ordinal(word.s, &number);
		start = (size_t)(word.s.p - s.p);
		bool says = slug_is_last(s, at) && slug_alone(slug, &before, &word);
		says = slug_word_of_version(slug, &word) || says;
		if (pending)
			says = slug_counted(slug, pending, word.s) || says;
		if (number && behind.n)
			says = slug_counted(slug, number, behind) || says;
		else if (number)
			says = slug_number_behind(slug, before.s, number) || says;
		if (says && !any)
			core = pending || (number && !behind.n) ? (size_t)(before.s.p - s.p) : start;
		any = any || says;
		pending = number && !behind.n ? number : 0;
	}
	slug->core = slug_core(str_slice(s, 0, any ? core : s.n));
	return any;
}
